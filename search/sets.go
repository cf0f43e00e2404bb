// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	mathbits "math/bits"
	"slices"
)

// set is some of a shard's blocks, or all. owned says that the list is a buffer of this search, free to be changed.
type set struct {
	all   bool
	list  []uint32
	owned bool
}

// node gives the blocks among within that may fulfil a part of the question.
func (x *shardSearch) node(n *planNode, within set) set {
	switch n.op {
	case planAnd:
		for _, kid := range n.kids { // words come before text, see plan.compile
			if !within.all && len(within.list) == 0 {
				break
			}
			within = x.node(kid, within)
		}
		return within
	case planOr:
		return x.or(n, within)
	case planNot:
		return within
	case planMost:
		return x.both(within, x.most())
	}
	l := x.plan.leaves[n.leaf]
	switch {
	case l.scope == scopeWords:
		return x.both(within, x.units(set{list: x.batch.words[n.leaf].blocks}))
	case l.text != nil && x.plan.parsed.inFile: // trigrams of one text stand in one block
		return x.both(within, x.units(x.gramSet(l.text.grams, set{all: true})))
	case l.text != nil:
		return x.gramSet(l.text.grams, within)
	}
	return within
}

func (x *shardSearch) or(n *planNode, within set) set {
	var out set
	for _, kid := range n.kids {
		s := x.node(kid, set{all: within.all, list: within.list}) // not owned: the next kid needs it too
		if s.all {
			return within
		}
		out = x.either(out, s)
	}
	return out // which may be within's own list, so that is not given back
}

// units turns blocks into blobs for in:file.
func (x *shardSearch) units(s set) set {
	if !x.plan.parsed.inFile || s.all {
		return s
	}
	out := x.room.take()
	for _, b := range s.list {
		if blob := x.shard.Block(b).Blob; len(out) == 0 || out[len(out)-1] != blob {
			out = append(out, blob)
		}
	}
	return set{list: out, owned: true}
}

func (x *shardSearch) both(a, b set) set {
	switch {
	case a.all:
		return b
	case b.all:
		return a
	case len(a.list) > len(b.list):
		a, b = b, a
	}
	out := a.list
	if !a.owned {
		out = x.room.take()
	}
	out = intersect(out[:0], a.list, b.list)
	if b.owned {
		x.room.give(b.list)
	}
	return set{list: out, owned: true}
}

func (x *shardSearch) either(a, b set) set {
	if len(a.list) == 0 {
		return b
	}
	if len(b.list) == 0 {
		return a
	}
	out := set{list: union(x.room.take(), a.list, b.list), owned: true}
	for _, s := range []set{a, b} {
		if s.owned {
			x.room.give(s.list)
		}
	}
	return out
}

// intersect appends to dst what stands in both lists, of which a is the shorter. dst may be a[:0].
func intersect(dst, a, b []uint32) []uint32 {
	if len(a)*16 < len(b) {
		at := 0
		for _, v := range a {
			if at = gallop(b, at, v); at == len(b) {
				break
			}
			if b[at] == v {
				dst = append(dst, v)
			}
		}
		return dst
	}
	j := 0
	for _, v := range a {
		for j < len(b) && b[j] < v {
			j++
		}
		if j == len(b) {
			break
		}
		if b[j] == v {
			dst = append(dst, v)
		}
	}
	return dst
}

// union appends to dst what stands in one of the lists or in both.
func union(dst, a, b []uint32) []uint32 {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			dst, a = append(dst, a[0]), a[1:]
		case a[0] > b[0]:
			dst, b = append(dst, b[0]), b[1:]
		default:
			dst, a, b = append(dst, a[0]), a[1:], b[1:]
		}
	}
	return append(append(dst, a...), b...)
}

// gramSet gives the blocks among within whose trigrams fulfil q.
func (x *shardSearch) gramSet(q *gramQuery, within set) set {
	switch q.op {
	case gramAll:
		return within
	case gramNone:
		return set{}
	case gramOr:
		return x.gramOr(q, within)
	}
	type counted struct {
		gram  uint32
		count int
	}
	var room [64]counted
	grams := room[:0]
	for _, g := range q.grams {
		n := x.grams.Count(g)
		if n == 0 {
			return set{}
		}
		grams = append(grams, counted{g, n})
	}
	slices.SortFunc(grams, func(a, b counted) int { return a.count - b.count })
	useless := 0 // lists in a row that removed next to nothing
	for _, g := range grams {
		if !within.all && (len(within.list)*readRatio < g.count || useless == 2) {
			break
		}
		before := len(within.list)
		list := set{list: x.grams.Postings(g.gram, x.room.take()), owned: true}
		if within.all {
			within = list
			continue
		}
		if within = x.both(within, list); len(within.list) == 0 {
			return within
		}
		if useless++; len(within.list) < before-before/20 {
			useless = 0
		}
	}
	type priced struct {
		sub  *gramQuery
		cost int
	}
	var subs []priced
	for _, sub := range q.sub {
		if within.all || sub.weight()*findCost < len(within.list)*readRatio {
			subs = append(subs, priced{sub, x.cost(sub)})
		}
	}
	slices.SortStableFunc(subs, func(a, b priced) int { return a.cost - b.cost })
	for _, s := range subs {
		if !within.all && (len(within.list) == 0 || len(within.list)*readRatio < s.cost) {
			break
		}
		within = x.gramSet(s.sub, within)
	}
	return within
}

// findCost is how many entries of a posting list may be read in the time that it takes to find one.
const findCost = 200

// readRatio is how many entries of a posting list may be read for each candidate that it might remove: reading one
// takes a nanosecond or two, verifying a block some hundreds.
const readRatio = 64

func (x *shardSearch) gramOr(q *gramQuery, within set) set {
	if len(q.grams) > fewGrams && len(q.sub) == 0 {
		return x.both(within, x.manyGrams(q.grams))
	}
	var out set
	for _, g := range q.grams {
		out = x.either(out, set{list: x.grams.Postings(g, x.room.take()), owned: true})
	}
	for _, sub := range q.sub {
		s := x.gramSet(sub, set{all: true})
		if s.all {
			return within
		}
		out = x.either(out, s)
	}
	return x.both(within, out)
}

// fewGrams is up to how many posting lists are united one by one; more go through a bit for each block.
const fewGrams = 4

// manyGrams gives the blocks that have one of the trigrams.
func (x *shardSearch) manyGrams(grams []uint32) set {
	bits := make([]uint64, x.shard.NumBlocks()/64+1)
	list := x.room.take()
	for _, g := range grams {
		list = x.grams.Postings(g, list[:0])
		for _, b := range list {
			bits[b/64] |= 1 << (b % 64)
		}
	}
	list = list[:0]
	for i, word := range bits {
		for ; word != 0; word &= word - 1 {
			list = append(list, uint32(i*64+mathbits.TrailingZeros64(word)))
		}
	}
	return set{list: list, owned: true}
}

// cost estimates how many entries of posting lists a condition makes one read.
func (x *shardSearch) cost(q *gramQuery) (n int) {
	for _, g := range q.grams {
		c := x.grams.Count(g) + findCost
		if q.op == gramAnd && n > 0 {
			c = min(n, c)
			n = 0
		}
		n += c
	}
	for _, sub := range q.sub {
		c := x.cost(sub)
		if q.op == gramAnd && n > 0 {
			c = min(n, c)
			n = 0
		}
		n += c
	}
	return n
}
