// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"communs/indexer"
)

// plainBM25 ranks the blocks of an index by BM25 alone, k1 1.2 and b 0.75, over all words of a query, of which a block may hold any:
// identifiers split and words stemmed as Communs does, and nothing else. It is what the ranking is measured against.
type plainBM25 struct {
	x       *indexer.Index
	n       int
	average float64
}

func openPlainBM25(data string) (*plainBM25, error) {
	x, err := indexer.Open(data, indexer.OpenOptions{})
	if err != nil {
		return nil, err
	}
	p := &plainBM25{x: x}
	tokens := uint64(0)
	for _, s := range x.Shards() {
		p.n += s.NumBlocks()
		tokens += s.TotalTokens()
	}
	p.average = float64(tokens) / float64(max(1, p.n))
	return p, nil
}

// rankedBlock is a block of a shard with its score.
type rankedBlock struct {
	shard int
	block uint32
	score float64
}

// search gives the n best blocks, each text once.
func (p *plainBM25) search(query string, n int) ([]rankedBlock, error) {
	scores := make([]map[uint32]float64, len(p.x.Shards()))
	seen := map[string]bool{}
	for word := range strings.FieldsSeq(query) {
		for _, term := range indexer.QueryTerms(word).Parts {
			if seen[term] {
				continue
			}
			seen[term] = true
			if err := p.add(scores, term); err != nil {
				return nil, err
			}
		}
	}
	var list []rankedBlock
	for shard, found := range scores {
		for block, score := range found {
			list = append(list, rankedBlock{shard, block, score})
		}
	}
	slices.SortFunc(list, func(a, b rankedBlock) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.shard, b.shard), cmp.Compare(a.block, b.block))
	})
	texts := map[uint64]bool{}
	return slices.DeleteFunc(list, func(b rankedBlock) bool {
		text := p.x.Shards()[b.shard].Block(b.block).Text
		again := len(texts) >= n || texts[text]
		texts[text] = true
		return again
	}), nil
}

// add adds what one term gives each block.
func (p *plainBM25) add(scores []map[uint32]float64, term string) error {
	type posting struct {
		shard       int
		block, freq uint32
	}
	var all []posting
	for i, s := range p.x.Shards() {
		words, err := s.Words()
		if err != nil {
			return err
		}
		err = words.Postings(indexer.FieldWords, term, func(block, freq uint32) { all = append(all, posting{i, block, freq}) })
		if err != nil {
			return err
		}
	}
	const k1, b = 1.2, 0.75
	idf := math.Log(1 + (float64(p.n-len(all))+0.5)/(float64(len(all))+0.5))
	for _, at := range all {
		if scores[at.shard] == nil {
			scores[at.shard] = map[uint32]float64{}
		}
		f := float64(at.freq)
		norm := k1 * (1 - b + b*float64(p.x.Shards()[at.shard].Block(at.block).Tokens)/p.average)
		scores[at.shard][at.block] += idf * f * (k1 + 1) / (f + norm)
	}
	return nil
}

// hit gives a block as an answer of the program would have it.
func (p *plainBM25) hit(b rankedBlock) (h rankedHit) {
	s := p.x.Shards()[b.shard]
	row := s.Block(b.block)
	h.Name, h.Start, h.End = s.BlockName(row), row.Start, row.End
	for _, at := range p.x.Places(b.shard, row.Blob) {
		o := p.x.Repos()[at.Repo]
		h.Repo, h.Path = o.Meta().URL, o.Path(at.Row)
		h.Occurrences = append(h.Occurrences, hitPlace{Repo: h.Repo, Path: h.Path})
	}
	return h
}

// askAll ranks the queries.
func (p *plainBM25) askAll(queries []wanted) (*rankingScore, error) {
	score := &rankingScore{}
	for i := range queries {
		began := time.Now()
		list, err := p.search(queries[i].Query, 10)
		if err != nil {
			return nil, err
		}
		millis := float64(time.Since(began).Microseconds()) / 1000
		score.add(1+slices.IndexFunc(list, func(b rankedBlock) bool { return queries[i].is(p.hit(b)) }), millis)
	}
	return score, nil
}
