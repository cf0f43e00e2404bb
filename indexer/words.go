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
