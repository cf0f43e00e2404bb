// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"communs/internal/durable"
)

// wordsWriter collects the postings of a shard's words in memory and writes them as one segment. Bleve's own builder keeps
// a map and several slices for each document, writes a segment for every few thousand and merges these in the end: it took
// more than a third of all processor time of indexing. It collects in a goroutine of its own, so that analysis goes on
// meanwhile.
type wordsWriter struct {
	disk   *durable.Disk
	dir    string
	blobs  chan wordsBlob
	done   chan struct{}
	stop   atomic.Bool // given up: nothing more is worth collecting
	fields [2]fieldPostings
	n      uint32 // documents
}

// wordsBlob is what the goroutine is sent: the blocks of a blob.
type wordsBlob struct {
	first  uint32
	blocks []analysedBlock
}

func newWordsWriter(disk *durable.Disk, dir string) (*wordsWriter, error) {
	if err := disk.MkdirAll(dir); err != nil {
		return nil, err
	}
	w := &wordsWriter{disk: disk, dir: dir, blobs: make(chan wordsBlob, 16), done: make(chan struct{})}
	w.fields = [2]fieldPostings{newFieldPostings(FieldName), newFieldPostings(FieldWords)}
	go w.collect()
	return w, nil
}

func (w *wordsWriter) collect() {
	defer close(w.done)
	for blob := range w.blobs {
		if w.stop.Load() {
			continue
		}
		for i := range blob.blocks {
			b := &blob.blocks[i]
			w.fields[0].add(blob.first+uint32(i), b.nameWords)
			w.fields[1].add(blob.first+uint32(i), b.words)
		}
	}
}

// add queues the terms of the blocks of a blob, the first of which has the given ordinal. Blobs come in ascending order.
func (w *wordsWriter) add(first uint32, blocks []analysedBlock) {
	w.blobs <- wordsBlob{first, blocks}
	w.n += uint32(len(blocks))
}

// close writes the index and gives the block ordinal of each of its documents, u32 each.
func (w *wordsWriter) close() ([]byte, error) {
	close(w.blobs)
	<-w.done
	if w.n == 0 {
		return nil, w.disk.Remove(w.dir)
	}
	if err := w.write(); err != nil {
		return nil, fmt.Errorf("build the words index: %w", err)
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
	for i := range w.n {
		docs = binary.LittleEndian.AppendUint32(docs, i)
	}
	return docs, nil
}

// write makes the folder. What Bleve keeps beside the segment is made by its own builder, of one document; then the segment takes the
// place of that document's.
func (w *wordsWriter) write() error {
	store := filepath.Join(w.dir, "store")
	if err := w.disk.Step(durable.OpWrite, w.dir); err != nil {
		return err
	}
	builder, err := scorch.NewBuilder(map[string]any{
		"path":                store,
		"buildPathPrefix":     w.dir,
		"forceSegmentType":    "zap",
		"forceSegmentVersion": zapVersion,
		"internal":            map[string][]byte{"_mapping": []byte(noMapping)},
	})
	if err != nil {
		return err
	}
	if err := builder.Index(onlyDoc{}); err != nil {
		return err
	}
	if err := builder.Close(); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(store, "*.zap"))
	if err != nil || len(names) != 1 {
		return fmt.Errorf("want one segment in %s, found %d", store, len(names))
	}
	if err := w.disk.WriteFile(filepath.Join(w.dir, "index_meta.json"), []byte(wordsMeta)); err != nil {
		return err
	}
	if err := writeSegment(w.disk, names[0], w.n, w.fields[:]); err != nil {
		return err
	}
	return w.disk.SyncTree(w.dir)
}

// abort ends the goroutine of a writer that is given up.
func (w *wordsWriter) abort() {
	w.stop.Store(true)
	close(w.blobs)
	<-w.done
}

// fieldPostings collects the postings of one field: for each term the blocks that hold it and how often.
type fieldPostings struct {
	name    string
	seed    maphash.Seed
	entries []termEntry // open addressing: a power of two of them, at most three quarters taken
	terms   []termPostings
	keys    []byte
	lists   byteLists
	scratch []byte
}

// termEntry is free when its term is 0.
type termEntry struct{ hash, term uint32 } // position in terms + 1

// termPostings is a term and its postings: for each block the uvarint of (its difference to the block before, the first to −1)
// << 1, plus 1 when the term stands there more than once, and then the uvarint of how often.
type termPostings struct {
	key    uint32
	next   uint32 // the last block + 1
	count  uint32
	list   byteList
	keyLen uint16
}

func newFieldPostings(name string) fieldPostings {
	return fieldPostings{name: name, seed: maphash.MakeSeed(), entries: make([]termEntry, 1<<10)}
}

// add records the terms of a block. Blocks come in ascending order.
func (f *fieldPostings) add(block uint32, terms []TermFreq) {
	for _, term := range terms {
		p := f.postings(term.Term)
		delta := uint64(block+1-p.next) << 1
		p.next = block + 1
		p.count++
		if term.Freq == 1 {
			f.lists.appendUvarint(&p.list, delta)
			continue
		}
		f.lists.appendUvarint(&p.list, delta|1)
		f.lists.appendUvarint(&p.list, uint64(term.Freq))
	}
}

// postings finds a term, or makes it.
func (f *fieldPostings) postings(term string) *termPostings {
	hash := uint32(maphash.String(f.seed, term))
	mask := uint32(len(f.entries) - 1)
	i := hash & mask
	for ; f.entries[i].term != 0; i = (i + 1) & mask {
		if f.entries[i].hash == hash {
			if p := &f.terms[f.entries[i].term-1]; string(f.key(p)) == term {
				return p
			}
		}
	}
	f.terms = append(f.terms, termPostings{key: uint32(len(f.keys)), keyLen: uint16(len(term))})
	f.keys = append(f.keys, term...)
	f.entries[i] = termEntry{hash, uint32(len(f.terms))}
	if len(f.terms)*4 >= len(f.entries)*3 {
		f.rehash()
	}
	return &f.terms[len(f.terms)-1]
}

func (f *fieldPostings) key(p *termPostings) []byte { return f.keys[p.key:][:p.keyLen] }

func (f *fieldPostings) rehash() {
	old := f.entries
	f.entries = make([]termEntry, 2*len(old))
	mask := uint32(len(f.entries) - 1)
	for _, e := range old {
		if e.term == 0 {
			continue
		}
		i := e.hash & mask
		for f.entries[i].term != 0 {
			i = (i + 1) & mask
		}
		f.entries[i] = e
	}
}

// sorted puts the terms in the order of their bytes; nothing may be added after.
func (f *fieldPostings) sorted() []termPostings {
	f.entries = nil
	slices.SortFunc(f.terms, func(a, b termPostings) int { return bytes.Compare(f.key(&a), f.key(&b)) })
	return f.terms
}

// read gives the blocks of a term, ascending, and how often it stands in each.
func (f *fieldPostings) read(p *termPostings, blocks, freqs []uint32) ([]uint32, []uint32) {
	f.scratch = f.lists.read(f.scratch[:0], p.list)
	at := ^uint32(0)
	for rest := f.scratch; len(rest) > 0; {
		v, n := binary.Uvarint(rest)
		rest = rest[n:]
		at += uint32(v >> 1)
		freq := uint64(1)
		if v&1 != 0 {
			freq, n = binary.Uvarint(rest)
			rest = rest[n:]
		}
		blocks, freqs = append(blocks, at), append(freqs, uint32(freq))
	}
	return blocks, freqs
}

// onlyDoc is the one document of which Bleve’s builder makes the folder; its segment is replaced by ours.
type onlyDoc struct{}

func (onlyDoc) ID() string                                 { return "0" }
func (onlyDoc) Size() int                                  { return 0 }
func (onlyDoc) VisitComposite(index.CompositeFieldVisitor) {}
func (onlyDoc) HasComposite() bool                         { return false }
func (onlyDoc) NumPlainTextBytes() uint64                  { return 0 }
func (onlyDoc) StoredFieldsBytes() uint64                  { return 0 }
func (onlyDoc) Indexed() bool                              { return true }
func (onlyDoc) AddIDField()                                {}
func (d onlyDoc) VisitFields(visit index.FieldVisitor)     { visit(onlyID{}) }

type onlyID struct{}

func (onlyID) Name() string                                     { return "_id" }
func (onlyID) Value() []byte                                    { return []byte("0") }
func (onlyID) ArrayPositions() []uint64                         { return nil }
func (onlyID) EncodedFieldType() byte                           { return 't' }
func (onlyID) Analyze()                                         {}
func (onlyID) Options() index.FieldIndexingOptions              { return index.IndexField | index.StoreField }
func (onlyID) AnalyzedTokenFrequencies() index.TokenFrequencies { return nil }
func (onlyID) AnalyzedLength() int                              { return 0 }
func (onlyID) NumPlainTextBytes() uint64                        { return 0 }
