// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// segmentOf writes a segment and gives its folder and file.
func segmentOf(t *testing.T, documents int, fields ...fieldPostings) (dir, name string) {
	t.Helper()
	dir = t.TempDir()
	name = filepath.Join(dir, "store", "000000000001.zap")
	if err := os.Mkdir(filepath.Join(dir, "store"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeSegment(&durable.Disk{}, name, uint32(documents), fields); err != nil {
		t.Fatal(err)
	}
	return dir, name
}

// TestManyBlocks: lists beyond what one container of a roaring bitmap holds, runs, gaps, the longest term, and a field without any.
func TestManyBlocks(t *testing.T) {
	for _, n := range []int{1, 65535, 65536, 65537, 140_000} {
		random := rand.New(rand.NewPCG(1, uint64(n)))
		words := newFieldPostings(FieldWords)
		want := map[string]map[uint32]uint32{}
		longest := strings.Repeat("x", maxTerm)
		for block := range n {
			terms := []TermFreq{{"all", 1 + random.IntN(3)}}
			if block%2 == 0 {
				terms = append(terms, TermFreq{longest, 1})
			}
			if block > n/2 && block < n/2+3000 {
				terms = append(terms, TermFreq{"run", 1})
			}
			if random.IntN(1000) == 0 {
				terms = append(terms, TermFreq{"rare", 1 << 20}, TermFreq{fmt.Sprintf("once%d", block), 1})
			}
			if block == n-1 {
				terms = append(terms, TermFreq{"last", 70_000})
			}
			words.add(uint32(block), terms)
			for _, term := range terms {
				if want[term.Term] == nil {
					want[term.Term] = map[uint32]uint32{}
				}
				want[term.Term][uint32(block)] = uint32(term.Freq)
			}
		}
		dir, _ := segmentOf(t, n, newFieldPostings(FieldName), words)
		var docs []byte
		for block := range n {
			docs = binary.LittleEndian.AppendUint32(docs, uint32(block))
		}
		w, err := openWords(dir, "words", docs)
		if err != nil || w.verify() != nil {
			t.Fatal(err, w.verify())
		}
		for term, postings := range want {
			got := map[uint32]uint32{}
			err := w.Postings(FieldWords, term, func(block, freq uint32) { got[block] = freq })
			if count, failed := w.DocFreq(FieldWords, term); err != nil || failed != nil || count != len(postings) || !maps.Equal(got, postings) {
				t.Errorf("%d blocks, %s: %d of %d postings, %v, %v", n, term, count, len(postings), err, failed)
			}
		}
		if count, err := w.DocFreq(FieldName, "all"); count != 0 || err != nil {
			t.Errorf("%d blocks: %d names, %v", n, count, err)
		}
		w.close()
	}
}

// TestDamagedSegment: zapx is not let near a segment whose checksum does not match, and of one that changes after, reading
// ends in an error at most.
func TestDamagedSegment(t *testing.T) {
	const documents = 500
	random := rand.New(rand.NewPCG(1, 2))
	words, names := newFieldPostings(FieldWords), newFieldPostings(FieldName)
	for doc := range uint32(documents) {
		words.add(doc, randomTerms(random, 40))
		names.add(doc, randomTerms(random, 2))
	}
	dir, name := segmentOf(t, documents, names, words)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	damage := func(bytes int) {
		file, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for range bytes {
			at := random.IntN(len(whole))
			if random.IntN(2) == 0 { // what zapx reads on opening is at the end
				at = len(whole) - 1 - random.IntN(200)
			}
			if _, err := file.WriteAt([]byte{whole[at] ^ byte(1+random.IntN(255))}, int64(at)); err != nil {
				t.Fatal(err)
			}
		}
	}
	failed := 0
	for range 300 {
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := openWords(dir, "words", make([]byte, 4*documents))
		if err != nil || w.verify() != nil {
			t.Fatal(err, w.verify())
		}
		damage(200)
		for i := range 40 {
			if err := w.Postings(FieldWords, fmt.Sprintf("w%x", i), func(_, _ uint32) {}); err != nil {
				failed++
			}
		}
		w.close()
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		damage(1)
		if w, err = openWords(dir, "words", make([]byte, 4*documents)); err == nil {
			err = w.verify()
		}
		if corrupt := (*CorruptError)(nil); !errors.As(err, &corrupt) || corrupt.File != "words" {
			t.Errorf("a changed byte: %v", err)
		}
		w.close()
	}
	if failed == 0 {
		t.Error("no damage was seen")
	}
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
