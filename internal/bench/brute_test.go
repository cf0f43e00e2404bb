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

// bruteForce reads every block of a shard and compares every posting list, of words and of trigrams, with what stands in
// the blocks. It gives the first differences, and how many lists it compared.
func bruteForce(s *indexer.Shard, words wordsOf, grams gramsOf) (wrong []string, lists int, err error) {
	wantWords, wantGrams := map[string][]posting{}, map[uint32][]uint32{}
	tokens := indexer.NewTokenizer()
	var folded []byte
	var segments []indexer.Segment
	for i := range uint32(s.NumBlocks()) {
		b := s.Block(i)
		src, err := s.Content(b.Blob)
		if err != nil {
			return nil, 0, err
		}
		latin1 := s.Blob(b.Blob).Flags&indexer.FlagLatin1 != 0
		segments = s.Segments(i, segments[:0])
		for _, seg := range segments {
			text := src[seg.StartByte:seg.EndByte]
			tokens.Add(text, latin1)
			for line := range bytes.SplitSeq(text, []byte("\n")) {
				folded = indexer.Fold(folded[:0], line)
				for j := 0; j+3 <= len(folded); j++ {
					key := uint32(folded[j])<<16 | uint32(folded[j+1])<<8 | uint32(folded[j+2])
					if l := wantGrams[key]; len(l) == 0 || l[len(l)-1] != i {
						wantGrams[key] = append(l, i)
					}
				}
			}
		}
		terms, _ := tokens.Terms()
		for _, t := range terms {
			wantWords[t.Term] = append(wantWords[t.Term], posting{i, uint32(t.Freq)})
		}
	}
	for key, want := range wantGrams {
		if got := grams(key); !slices.Equal(got, want) {
			wrong = append(wrong, fmt.Sprintf("trigram %06x: %d blocks, want %d", key, len(got), len(want)))
		}
	}
	for term, want := range wantWords {
		got, err := words(term)
		if err != nil {
			return nil, 0, err
		}
		slices.SortFunc(got, func(a, b posting) int { return cmp.Compare(a.block, b.block) })
		if !slices.Equal(got, want) {
			wrong = append(wrong, fmt.Sprintf("word %q: %d blocks, want %d", term, len(got), len(want)))
		}
	}
	return wrong, len(wantGrams) + len(wantWords), nil
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
	for _, s := range x.Shards() {
		words, grams := readers(t, s)
		wrong, lists, err := bruteForce(s, words, grams)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("shard %s: %d blocks, %d lists", s.Name(), s.NumBlocks(), lists)
		if len(wrong) > 0 {
			t.Errorf("shard %s: %d of %d lists are wrong, such as %s", s.Name(), len(wrong), lists, wrong[0])
		}
	}
	seesDroppedHits(t, x.Shards()[len(x.Shards())-1])
}

// seesDroppedHits shows that the comparison would see what a segment loses: the hits of one run of blocks.
func seesDroppedHits(t *testing.T, s *indexer.Shard) {
	t.Helper()
	words, grams := readers(t, s)
	from, to := uint32(s.NumBlocks()/2), uint32(s.NumBlocks()/2+10)
	wrong, _, err := bruteForce(s, func(term string) ([]posting, error) {
		list, err := words(term)
		return slices.DeleteFunc(list, func(p posting) bool { return p.block >= from && p.block < to }), err
	}, grams)
	if err != nil || len(wrong) == 0 {
		t.Errorf("ten blocks without words are not seen (%v)", err)
	}
	wrong, _, err = bruteForce(s, words, func(trigram uint32) []uint32 {
		return slices.DeleteFunc(grams(trigram), func(b uint32) bool { return b >= from && b < to })
	})
	if err != nil || len(wrong) == 0 {
		t.Errorf("ten blocks without trigrams are not seen (%v)", err)
	}
}
