// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"communs/indexer"
)

// source is where candidates come from: the shards of this machine here, and one day a cluster. It takes the question and
// yields, batch by batch, every block that may answer, with the term values that only it knows. Filters that are cheap
// to ask later, verification, ranking and explanation are the same whatever the source.
type source interface {
	candidates(ctx context.Context, p *plan, yield func(*batch)) error
}

// batch is candidates from one part of the source.
type batch struct {
	part    int
	all     bool     // every block of the part is a candidate
	blocks  []uint32 // ascending; with in:file, numbers of blobs
	n       int      // how many candidates
	words   []*wordList
	best    []picked   // of a relaxed question, see relax_pick.go
	related [][]scaled // of a relaxed question, for each leaf
	scans   bool       // nothing narrowed a text or a regular expression down: budget applies
}

// block is the i-th candidate.
func (b *batch) block(i int) uint32 {
	if b.all {
		return uint32(i)
	}
	return b.blocks[i]
}

// shardSource finds candidates in the shards of one generation.
type shardSource struct {
	g     *generation
	fault func(error)
}

func (s *shardSource) candidates(ctx context.Context, p *plan, yield func(*batch)) error {
	weigh := make([][]float64, len(p.leaves))
	for i, l := range p.leaves {
		for _, term := range l.allTerms() {
			w, err := s.g.inverse(term)
			if err != nil {
				s.fault(err)
			}
			weigh[i] = append(weigh[i], w)
		}
	}
	var batches []*batch // of a relaxed question, whose answers depend on all shards together
	for part := range s.g.x.Shards() {
		if ctx.Err() != nil {
			return nil // what was found so far is answered, as partial
		}
		b, err := s.shard(part, p, weigh)
		if err != nil {
			s.fault(err)
			continue
		}
		if p.relaxed == nil {
			yield(b)
			continue
		}
		batches = append(batches, b)
	}
	if p.relaxed != nil && len(p.root.kids) == 1 {
		keepBest(batches)
	}
	for _, b := range batches {
		yield(b)
	}
	return nil
}

// shardSearch looks for candidates in one shard.
type shardSearch struct {
	*shardSource
	shard *indexer.Shard
	grams *indexer.Grams
	plan  *plan
	batch *batch
	room  *rooms
}

// rooms are buffers for posting lists, used again by later searches.
type rooms struct{ free [][]uint32 }

var roomsPool = sync.Pool{New: func() any { return &rooms{} }}

func (r *rooms) take() []uint32 {
	if n := len(r.free); n > 0 {
		b := r.free[n-1]
		r.free = r.free[:n-1]
		return b[:0]
	}
	return nil
}

func (r *rooms) give(b []uint32) {
	if cap(b) > 0 && len(r.free) < 8 {
		r.free = append(r.free, b)
	}
}

func (s *shardSource) shard(part int, p *plan, weigh [][]float64) (*batch, error) {
	x := &shardSearch{shardSource: s, shard: s.g.x.Shards()[part], plan: p, batch: &batch{part: part}}
	x.batch.words = make([]*wordList, len(p.leaves))
	var err error
	for i, l := range p.leaves {
		if l.scope != scopeWords {
			continue
		}
		if x.batch.words[i], err = s.g.anyWord(part, l, weigh[i], p.relaxed != nil && !l.idle); err != nil {
			return nil, err
		}
		if len(l.related) == 0 {
			continue
		}
		if x.batch.related == nil {
			x.batch.related = make([][]scaled, len(p.leaves))
		}
		if x.batch.related[i], err = s.g.relatedLists(part, l); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(p.leaves, func(l *leaf) bool { return l.text != nil }) {
		if x.grams, err = x.shard.Grams(); err != nil {
			return nil, err
		}
	}
	x.room = roomsPool.Get().(*rooms)
	defer roomsPool.Put(x.room)
	set := x.node(p.root, set{all: true})
	b := x.batch
	if b.all = set.all; b.all {
		b.n = x.shard.NumBlocks()
		if p.parsed.inFile {
			b.n = x.shard.NumBlobs()
		}
		b.scans = p.root.scope&scopeContent != 0
		return b, nil
	}
	b.blocks = slices.Clone(set.list)
	b.n = len(b.blocks)
	if set.owned {
		x.room.give(set.list)
	}
	return b, nil
}

// describe tells how a leaf is looked up, for the explanation.
func describe(l *leaf) string {
	switch {
	case len(l.others) > 0:
		return describeOthers(l)
	case l.scope == scopeWords && l.terms.Whole != "":
		return fmt.Sprintf("%s: words %v, whole %s", l.said, l.terms.Parts, l.terms.Whole)
	case l.scope == scopeWords:
		return fmt.Sprintf("%s: words %v", l.said, l.terms.Parts)
	case l.text != nil && l.text.grams.op == gramAll:
		return l.said + ": scan"
	case l.text != nil:
		return fmt.Sprintf("%s: trigrams %s", l.said, l.text.grams)
	}
	return l.said + ": filter"
}
