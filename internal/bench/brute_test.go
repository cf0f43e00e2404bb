// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"

	"communs/indexer"
)

// posting is a block that holds a word, and how often.
type posting struct{ block, freq uint32 }

// wordsOf reads the postings of one word from somewhere.
type wordsOf func(term string) ([]posting, error)

// gramsOf reads the blocks of one trigram from somewhere.
type gramsOf func(trigram uint32) []uint32

// truth is what stands in the blocks of a shard: every posting list, of words and of trigrams.
type truth struct {
	words map[string][]posting
	at    []int32 // by trigram: where its list is in grams, from 1
	grams []gramList
}

// gramList is the blocks that hold a trigram.
type gramList struct {
	trigram uint32
	blocks  []uint32
}

// readTruth reads every block of a shard.
func readTruth(s *indexer.Shard) (*truth, error) {
	want := &truth{words: map[string][]posting{}, at: make([]int32, 1<<24)}
	tokens := indexer.NewTokenizer()
	var folded []byte
	var segments []indexer.Segment
	for i := range uint32(s.NumBlocks()) {
		b := s.Block(i)
		src, err := s.Content(b.Blob)
		if err != nil {
			return nil, err
		}
		latin1 := s.Blob(b.Blob).Flags&indexer.FlagLatin1 != 0
		segments = s.Segments(i, segments[:0])
		for _, seg := range segments {
			text := src[seg.StartByte:seg.EndByte]
			tokens.Add(text, latin1)
			for line := range bytes.SplitSeq(text, []byte("\n")) {
				folded = indexer.Fold(folded[:0], line)
				for j := 0; j+3 <= len(folded); j++ {
					want.addGram(uint32(folded[j])<<16|uint32(folded[j+1])<<8|uint32(folded[j+2]), i)
				}
			}
		}
		terms, _ := tokens.Terms()
		for _, t := range terms {
			want.words[t.Term] = append(want.words[t.Term], posting{i, uint32(t.Freq)})
		}
	}
	return want, nil
}

func (want *truth) addGram(trigram, block uint32) {
	if want.at[trigram] == 0 {
		want.grams = append(want.grams, gramList{trigram: trigram})
		want.at[trigram] = int32(len(want.grams))
	}
	l := &want.grams[want.at[trigram]-1]
	if n := len(l.blocks); n == 0 || l.blocks[n-1] != block {
		l.blocks = append(l.blocks, block)
	}
}

func (want *truth) lists() int { return len(want.grams) + len(want.words) }

// differences compares every posting list with what stands in the blocks.
func (want *truth) differences(words wordsOf, grams gramsOf) (wrong []string, err error) {
	for _, l := range want.grams {
		if got := grams(l.trigram); !slices.Equal(got, l.blocks) {
			wrong = append(wrong, fmt.Sprintf("trigram %06x: %d blocks, want %d", l.trigram, len(got), len(l.blocks)))
		}
	}
	for term, want := range want.words {
		got, err := words(term)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(got, func(a, b posting) int { return cmp.Compare(a.block, b.block) })
		if !slices.Equal(got, want) {
			wrong = append(wrong, fmt.Sprintf("word %q: %d blocks, want %d", term, len(got), len(want)))
		}
	}
	return wrong, nil
}

// readers give a shard's own postings.
func readers(t *testing.T, s *indexer.Shard) (wordsOf, gramsOf) {
	t.Helper()
	w, err := s.Words()
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Grams()
	if err != nil {
		t.Fatal(err)
	}
	words := func(term string) (list []posting, err error) {
		err = w.Postings(indexer.FieldWords, term, func(block, freq uint32) { list = append(list, posting{block, freq}) })
		return list, err
	}
	return words, func(trigram uint32) []uint32 { return g.Postings(trigram, nil) }
}

// agreesWithBruteForce holds every posting list of an index against its blocks. Bleve's builder merges some forty segments
// here: merging is where a segment format has lost hits.
func agreesWithBruteForce(t *testing.T, data string) {
	x, err := indexer.Open(data, indexer.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for i, s := range x.Shards() {
		want, err := readTruth(s)
		if err != nil {
			t.Fatal(err)
		}
		words, grams := readers(t, s)
		wrong, err := want.differences(words, grams)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("shard %s: %d blocks, %d lists", s.Name(), s.NumBlocks(), want.lists())
		if len(wrong) > 0 {
			t.Errorf("shard %s: %d of %d lists are wrong, such as %s", s.Name(), len(wrong), want.lists(), wrong[0])
		}
		if i == len(x.Shards())-1 {
			seesDroppedHits(t, s, want)
		}
	}
}

// seesDroppedHits shows that the comparison would see what a segment loses: the hits of one run of blocks.
func seesDroppedHits(t *testing.T, s *indexer.Shard, want *truth) {
	t.Helper()
	words, grams := readers(t, s)
	from, to := uint32(s.NumBlocks()/2), uint32(s.NumBlocks()/2+10)
	wrong, err := want.differences(func(term string) ([]posting, error) {
		list, err := words(term)
		return slices.DeleteFunc(list, func(p posting) bool { return p.block >= from && p.block < to }), err
	}, grams)
	if err != nil || len(wrong) == 0 {
		t.Errorf("ten blocks without words are not seen (%v)", err)
	}
	wrong, err = want.differences(words, func(trigram uint32) []uint32 {
		return slices.DeleteFunc(grams(trigram), func(b uint32) bool { return b >= from && b < to })
	})
	if err != nil || len(wrong) == 0 {
		t.Errorf("ten blocks without trigrams are not seen (%v)", err)
	}
}
