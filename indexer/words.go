// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v16"

	"communs/internal/durable"
)

// The words folder is a Bleve index with one document for each block of the shard, its id being the block's ordinal as four
// big-endian bytes. It has two fields, both with term frequencies:
//
//	words  the terms of the block's own lines (see Tokenizer)
//	name   the terms of the block's name
//
// It is built offline by scorch's Builder, so it has one segment and is never written again; bleve.Open can read it. The
// segment format is zap 16: version 17 lost hits when segments were merged.
const (
	FieldWords = "words"
	FieldName  = "name"

	zapVersion = 16
	wordsBatch = 5000
	wordsMeta  = `{"storage":"","index_type":"scorch","config":{"forceSegmentType":"zap","forceSegmentVersion":16}}`
	noMapping  = `{}` // bleve.Open asks for one
)

// wordsWriter feeds the builder from a goroutine of its own, so that analysis goes on meanwhile.
type wordsWriter struct {
	disk *durable.Disk
	dir  string
	docs chan *wordDoc
	done chan error
	stop atomic.Bool // given up: nothing more is worth writing
	n    int
}

func newWordsWriter(disk *durable.Disk, dir string) (*wordsWriter, error) {
	if err := disk.MkdirAll(dir); err != nil {
		return nil, err
	}
	builder, err := scorch.NewBuilder(map[string]any{
		"path":                filepath.Join(dir, "store"),
		"buildPathPrefix":     dir,
		"batchSize":           wordsBatch,
		"mergeMax":            100,
		"forceSegmentType":    "zap",
		"forceSegmentVersion": zapVersion,
		"internal":            map[string][]byte{"_mapping": []byte(noMapping)},
	})
	if err != nil {
		return nil, fmt.Errorf("start the words index: %w", err)
	}
	w := &wordsWriter{disk: disk, dir: dir, docs: make(chan *wordDoc, 256), done: make(chan error, 1)}
	go w.build(builder)
	return w, nil
}

func (w *wordsWriter) build(builder *scorch.Builder) {
	var failed error
	n := 0
	for doc := range w.docs {
		if failed != nil || w.stop.Load() {
			continue
		}
		if n++; n%wordsBatch == 0 { // the builder writes a segment now
			failed = w.disk.Step(durable.OpWrite, w.dir)
		}
		if failed == nil {
			failed = builder.Index(doc)
		}
	}
	if failed == nil && n > 0 && !w.stop.Load() { // what the builder has not closed holds nothing but files
		if failed = w.disk.Step(durable.OpWrite, w.dir); failed == nil {
			failed = builder.Close()
		}
	}
	w.done <- failed
}

// add queues a block's terms.
func (w *wordsWriter) add(block uint32, words, name []TermFreq) {
	id := string(binary.BigEndian.AppendUint32(nil, block))
	w.docs <- &wordDoc{id: id, fields: []*wordField{newWordField(FieldWords, words), newWordField(FieldName, name)}}
	w.n++
}

// close finishes the index and gives the block ordinal of each of its documents, u32 each.
func (w *wordsWriter) close() ([]byte, error) {
	close(w.docs)
	if err := <-w.done; err != nil {
		return nil, fmt.Errorf("build the words index: %w", err)
	}
	if w.n == 0 {
		return nil, w.disk.Remove(w.dir)
	}
	if err := w.disk.WriteFile(filepath.Join(w.dir, "index_meta.json"), []byte(wordsMeta)); err != nil {
		return nil, err
	}
	if err := w.disk.SyncTree(w.dir); err != nil {
		return nil, err
	}
	seg, err := openSegment(w.dir)
	if err != nil {
		return nil, err
	}
	defer seg.Close()
	if seg.Count() != uint64(w.n) {
		return nil, fmt.Errorf("build the words index: %d documents went in, %d are there", w.n, seg.Count())
	}
	docs := make([]byte, 0, 4*w.n)
	for i := range seg.Count() {
		id, err := seg.DocID(i)
		if err != nil || len(id) != 4 {
			return nil, fmt.Errorf("build the words index: document %d has no id: %w", i, err)
		}
		docs = binary.LittleEndian.AppendUint32(docs, binary.BigEndian.Uint32(id))
	}
	return docs, nil
}

// abort ends the goroutine of a writer that is given up, without the seconds that merging its segments takes.
func (w *wordsWriter) abort() {
	w.stop.Store(true)
	close(w.docs)
	<-w.done
}

func openSegment(dir string) (*zap.Segment, error) {
	names, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil || len(names) != 1 {
		return nil, fmt.Errorf("open the words index %s: want one segment, found %d", dir, len(names))
	}
	seg, err := (&zap.ZapPlugin{}).Open(names[0])
	if err != nil {
		return nil, fmt.Errorf("open the words index: %w", err)
	}
	z, ok := seg.(*zap.Segment)
	if !ok {
		return nil, errors.New("open the words index: not a segment on disk")
	}
	return z, nil
}

// wordDoc is a block as Bleve takes it, with its token frequencies computed beforehand.
type wordDoc struct {
	id     string
	fields []*wordField
}

func (d *wordDoc) ID() string                                 { return d.id }
func (d *wordDoc) Size() int                                  { return len(d.id) }
func (d *wordDoc) VisitComposite(index.CompositeFieldVisitor) {}
func (d *wordDoc) HasComposite() bool                         { return false }
func (d *wordDoc) NumPlainTextBytes() uint64                  { return 0 }
func (d *wordDoc) StoredFieldsBytes() uint64                  { return 0 }
func (d *wordDoc) Indexed() bool                              { return true }

func (d *wordDoc) VisitFields(visit index.FieldVisitor) {
	for _, f := range d.fields {
		visit(f)
	}
}

func (d *wordDoc) AddIDField() {
	f := newWordField("_id", []TermFreq{{Term: d.id, Freq: 1}})
	f.value, f.options = []byte(d.id), index.IndexField|index.StoreField
	d.fields = append(d.fields, f)
}

type wordField struct {
	name    string
	value   []byte
	terms   index.TokenFrequencies
	options index.FieldIndexingOptions
}

func newWordField(name string, terms []TermFreq) *wordField {
	slab := make([]index.TokenFreq, len(terms))
	freqs := make(index.TokenFrequencies, len(terms))
	for i, t := range terms {
		slab[i].Term = []byte(t.Term)
		slab[i].SetFrequency(t.Freq)
		freqs[t.Term] = &slab[i]
	}
	return &wordField{name: name, terms: freqs, options: index.IndexField}
}

func (f *wordField) Name() string                                     { return f.name }
func (f *wordField) Value() []byte                                    { return f.value }
func (f *wordField) ArrayPositions() []uint64                         { return nil }
func (f *wordField) EncodedFieldType() byte                           { return 't' }
func (f *wordField) Analyze()                                         {}
func (f *wordField) Options() index.FieldIndexingOptions              { return f.options }
func (f *wordField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.terms }
func (f *wordField) NumPlainTextBytes() uint64                        { return 0 }

// AnalyzedLength is the same for every field: the format stores it with each posting, in as many bytes as it takes, and BM25
// has the block's length from the block table.
func (f *wordField) AnalyzedLength() int { return 1 }

// Words reads the postings of a shard's words index. It is safe for concurrent use.
type Words struct {
	name  string
	seg   *zap.Segment
	docs  []byte
	check sync.Once
	err   error
}

func openWords(dir, name string, docs []byte) (*Words, error) {
	w := &Words{name: name, docs: docs}
	if len(docs) == 0 {
		return w, nil
	}
	seg, err := openSegment(dir)
	if err != nil {
		return nil, &CorruptError{File: name, Why: err.Error()}
	}
	if seg.Count() != uint64(len(docs)/4) {
		seg.Close()
		return nil, &CorruptError{File: name, Why: "its number of documents is not the table's"}
	}
	w.seg = seg
	return w, nil
}

// verify compares the segment's checksum, once.
func (w *Words) verify() error {
	w.check.Do(func() {
		if w.seg == nil {
			return
		}
		data, err := os.ReadFile(w.seg.Path())
		if err != nil {
			w.err = err
		} else if n := len(data) - 4; n < 0 || crc32.ChecksumIEEE(data[:n]) != binary.BigEndian.Uint32(data[n:]) {
			w.err = &CorruptError{File: w.name, Why: "its checksum does not match"}
		}
	})
	return w.err
}

func (w *Words) list(field, term string) (segment.PostingsList, error) {
	if w.seg == nil {
		return nil, nil
	}
	dict, err := w.seg.Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", w.name, err)
	}
	list, err := dict.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", w.name, err)
	}
	return list, nil
}

// DocFreq is the number of blocks whose field holds the term.
func (w *Words) DocFreq(field, term string) (int, error) {
	list, err := w.list(field, term)
	if err != nil || list == nil {
		return 0, err
	}
	return int(list.Count()), nil
}

// Postings calls yield with each block whose field holds the term and how often it does, in no order.
func (w *Words) Postings(field, term string, yield func(block, freq uint32)) error {
	list, err := w.list(field, term)
	if err != nil || list == nil {
		return err
	}
	it := list.Iterator(true, false, false, nil)
	for {
		p, err := it.Next()
		if err != nil {
			return fmt.Errorf("read %s: %w", w.name, err)
		}
		if p == nil {
			return nil
		}
		if doc := p.Number(); doc < uint64(len(w.docs)/4) {
			yield(binary.LittleEndian.Uint32(w.docs[doc*4:]), uint32(p.Frequency()))
		}
	}
}

func (w *Words) close() error {
	if w == nil || w.seg == nil {
		return nil
	}
	return w.seg.Close()
}
