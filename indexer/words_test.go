// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v16"
	"github.com/google/go-cmp/cmp"

	"communs/internal/durable"
)

// TestSegmentIsWhatZapWrites: the same documents, given to zapx, make a segment that reads the same in every respect: documents,
// terms, postings with frequency and norm.
func TestSegmentIsWhatZapWrites(t *testing.T) {
	for _, documents := range []int{1, 2, 700, 1024, 5000} {
		t.Run(fmt.Sprint(documents), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(documents)))
			var docs []index.Document
			fields := []fieldPostings{newFieldPostings(FieldName), newFieldPostings(FieldWords)}
			for doc := range documents {
				words, name := randomTerms(random, 40), []TermFreq(nil)
				if random.IntN(3) == 0 {
					name = randomTerms(random, 2)
				}
				fields[0].add(uint32(doc), name)
				fields[1].add(uint32(doc), words)
				id := string(binary.BigEndian.AppendUint32(nil, uint32(doc)))
				docs = append(docs, zapDoc{id, []zapField{{FieldWords, words, ""}, {FieldName, name, ""}, {"_id", []TermFreq{{id, 1}}, id}}})
			}
			want, _, err := (&zap.ZapPlugin{}).New(docs)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(t.TempDir(), "segment.zap")
			if err := writeSegment(&durable.Disk{}, name, uint32(documents), fields); err != nil {
				t.Fatal(err)
			}
			got, err := (&zap.ZapPlugin{}).Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Close()
			if diff := cmp.Diff(readSegment(t, want), readSegment(t, got)); diff != "" {
				t.Errorf("zapx wrote -, we +:\n%s", diff)
			}
		})
	}
}

// randomTerms draws from words that are used very unevenly, as those of code are.
func randomTerms(random *rand.Rand, most int) (terms []TermFreq) {
	drawn := map[string]int{}
	for range random.IntN(most) + 1 {
		word := fmt.Sprintf("w%x", int(2000*random.Float64()*random.Float64()*random.Float64()*random.Float64()))
		drawn[word] += 1 + random.IntN(2)*random.IntN(300)
	}
	for word, n := range drawn {
		terms = append(terms, TermFreq{word, n})
	}
	return terms
}

// segmentContent is all that a segment says.
type segmentContent struct {
	IDs    []string
	Fields []string
	Terms  map[string][]string // field → each term with its postings, in order
}

func readSegment(t *testing.T, s segment.Segment) segmentContent {
	t.Helper()
	out := segmentContent{Fields: slices.Sorted(slices.Values(s.Fields())), Terms: map[string][]string{}}
	for doc := range s.Count() {
		id, err := s.DocID(doc)
		if err != nil {
			t.Fatal(err)
		}
		out.IDs = append(out.IDs, fmt.Sprintf("%x", id))
		if found, err := s.DocNumbers([]string{string(id)}); err != nil || !found.Contains(uint32(doc)) || found.GetCardinality() != 1 {
			t.Errorf("document %d is found at %v, %v", doc, found, err)
		}
	}
	for _, field := range out.Fields {
		dict, err := s.Dictionary(field)
		if err != nil {
			t.Fatal(err)
		}
		terms := dict.AutomatonIterator(nil, nil, nil)
		for {
			entry, err := terms.Next()
			if err != nil {
				t.Fatal(err)
			}
			if entry == nil {
				break
			}
			list, err := dict.PostingsList([]byte(entry.Term), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			line := fmt.Sprintf("%q %d:", entry.Term, list.Count())
			for it := list.Iterator(true, true, false, nil); ; {
				p, err := it.Next()
				if err != nil {
					t.Fatal(err)
				}
				if p == nil {
					break
				}
				line += fmt.Sprintf(" %d×%d/%v", p.Number(), p.Frequency(), p.Norm())
			}
			out.Terms[field] = append(out.Terms[field], line)
		}
	}
	return out
}

// zapDoc is a document as zapx takes it.
type zapDoc struct {
	id     string
	fields []zapField
}

func (d zapDoc) ID() string                                 { return d.id }
func (d zapDoc) Size() int                                  { return 0 }
func (d zapDoc) VisitComposite(index.CompositeFieldVisitor) {}
func (d zapDoc) HasComposite() bool                         { return false }
func (d zapDoc) NumPlainTextBytes() uint64                  { return 0 }
func (d zapDoc) StoredFieldsBytes() uint64                  { return 0 }
func (d zapDoc) Indexed() bool                              { return true }
func (d zapDoc) AddIDField()                                {}

func (d zapDoc) VisitFields(visit index.FieldVisitor) {
	for _, f := range d.fields {
		visit(f)
	}
}

type zapField struct {
	name  string
	terms []TermFreq
	value string
}

func (f zapField) Name() string              { return f.name }
func (f zapField) Value() []byte             { return []byte(f.value) }
func (f zapField) ArrayPositions() []uint64  { return nil }
func (f zapField) EncodedFieldType() byte    { return 't' }
func (f zapField) Analyze()                  {}
func (f zapField) AnalyzedLength() int       { return fieldLength }
func (f zapField) NumPlainTextBytes() uint64 { return 0 }

func (f zapField) Options() index.FieldIndexingOptions {
	if f.value != "" {
		return index.IndexField | index.StoreField
	}
	return index.IndexField
}

func (f zapField) AnalyzedTokenFrequencies() index.TokenFrequencies {
	all := index.TokenFrequencies{}
	for _, term := range f.terms {
		freq := &index.TokenFreq{Term: []byte(term.Term)}
		freq.SetFrequency(term.Freq)
		all[term.Term] = freq
	}
	return all
}

func TestByteLists(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var lists byteLists
	list := make([]byteList, 50)
	want := make([][]byte, len(list))
	for range 400_000 {
		i := int(float64(len(list)) * random.Float64() * random.Float64())
		v := random.Uint64() >> random.IntN(64)
		lists.appendUvarint(&list[i], v)
		want[i] = binary.AppendUvarint(want[i], v)
		if random.IntN(1000) == 0 && !slices.Equal(lists.read(nil, list[i]), want[i]) {
			t.Fatalf("list %d of %d bytes reads otherwise", i, len(want[i]))
		}
	}
	for i := range list {
		if !slices.Equal(lists.read(nil, list[i]), want[i]) {
			t.Errorf("list %d of %d bytes reads otherwise", i, len(want[i]))
		}
	}
}

func BenchmarkWordsWriter(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	blocks := make([]analysedBlock, 2000)
	for i := range blocks {
		blocks[i].words = randomTerms(random, 60)
	}
	for b.Loop() {
		w, err := newWordsWriter(&durable.Disk{}, filepath.Join(b.TempDir(), "words"))
		if err != nil {
			b.Fatal(err)
		}
		for i := range 20 {
			w.add(uint32(i*len(blocks)), blocks)
		}
		if _, err := w.close(); err != nil {
			b.Fatal(err)
		}
		os.RemoveAll(w.dir)
	}
}
