// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v16"
)

// The words folder is a Bleve index with one document for each block of the shard, its id being the block's ordinal as four
// big-endian bytes. It has two fields, both with term frequencies:
//
//	words  the terms of the block's own lines (see Tokenizer)
//	name   the terms of the block's name
//
// It has one segment (see segmentWriter) and is never written again; bleve.Open can read it. The segment format is zap 16:
// version 17 lost hits when segments were merged. Older segments hold their documents in another order than the blocks'.
const (
	FieldWords = "words"
	FieldName  = "name"

	zapVersion = 16
	wordsMeta  = `{"storage":"","index_type":"scorch","config":{"forceSegmentType":"zap","forceSegmentVersion":16}}`
	noMapping  = `{}` // bleve.Open asks for one
)

func segmentFile(dir string) (string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil || len(names) != 1 {
		return "", fmt.Errorf("open the words index %s: want one segment, found %d", dir, len(names))
	}
	return names[0], nil
}

func openSegment(dir string) (*zap.Segment, error) {
	name, err := segmentFile(dir)
	if err != nil {
		return nil, err
	}
	seg, err := (&zap.ZapPlugin{}).Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the words index: %w", err)
	}
	z, ok := seg.(*zap.Segment)
	if !ok {
		return nil, errors.New("open the words index: not a segment on disk")
	}
	return z, nil
}

// Words reads the postings of a shard's words index. It is safe for concurrent use.
type Words struct {
	dir, name string
	docs      []byte
	check     sync.Once
	seg       *zap.Segment // nil until the first reading, and where there are no words
	err       error
}

func openWords(dir, name string, docs []byte) (*Words, error) {
	w := &Words{dir: dir, name: name, docs: docs}
	if len(docs) > 0 {
		if _, err := segmentFile(dir); err != nil {
			return nil, &CorruptError{File: name, Why: err.Error()}
		}
	}
	return w, nil
}

// verify opens the segment, once, when its checksum is right: zapx takes every offset that it reads for true.
func (w *Words) verify() error {
	w.check.Do(func() {
		if len(w.docs) > 0 {
			w.seg, w.err = w.open()
		}
	})
	return w.err
}

func (w *Words) open() (*zap.Segment, error) {
	name, err := segmentFile(w.dir)
	if err != nil {
		return nil, &CorruptError{File: w.name, Why: err.Error()}
	}
	whole, err := segmentIsWhole(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", w.name, err)
	}
	if !whole {
		return nil, &CorruptError{File: w.name, Why: "its checksum does not match"}
	}
	seg, err := openSegment(w.dir)
	if err != nil {
		return nil, &CorruptError{File: w.name, Why: err.Error()}
	}
	if seg.Count() != uint64(len(w.docs)/4) {
		seg.Close()
		return nil, &CorruptError{File: w.name, Why: "its number of documents is not the table's"}
	}
	return seg, nil
}

// segmentIsWhole compares the checksum at the end of a segment with its bytes.
func segmentIsWhole(name string) (bool, error) {
	file, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() < crc32.Size {
		return false, err
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyBuffer(sum, io.LimitReader(file, info.Size()-crc32.Size), make([]byte, 1<<18)); err != nil {
		return false, err
	}
	var want [crc32.Size]byte
	if _, err := io.ReadFull(file, want[:]); err != nil {
		return false, err
	}
	return sum.Sum32() == binary.BigEndian.Uint32(want[:]), nil
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

// guard makes an error of what zapx does with bytes that changed after their checksum was compared: it reads outside of them.
func (w *Words) guard(err *error) {
	if p := recover(); p != nil {
		*err = &CorruptError{File: w.name, Why: fmt.Sprint("it changed while it was read: ", p)}
	}
}

// DocFreq is the number of blocks whose field holds the term.
func (w *Words) DocFreq(field, term string) (n int, err error) {
	defer w.guard(&err)
	list, err := w.list(field, term)
	if err != nil || list == nil {
		return 0, err
	}
	return int(list.Count()), nil
}

// Postings calls yield with each block whose field holds the term and how often it does, in no order.
func (w *Words) Postings(field, term string, yield func(block, freq uint32)) (err error) {
	defer w.guard(&err)
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
