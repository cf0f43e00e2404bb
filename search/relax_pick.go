// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"math"
	"slices"
)

// A relaxed question could be answered by every block that holds one of its words. All of them are scored by BM25 alone, in one
// pass over the posting lists; the best go on to be filtered, ranked and counted. Which ones depends on all shards together.

// mostRanked is how many blocks go on when nothing but words is asked for. Filters come after, so with them all go on that
// hold enough of the words.
const mostRanked = 1000

// picked is a block with its BM25.
type picked struct {
	block uint32
	score float32
}

// readNorms gives lengthNorm of every block of a shard.
func (g *generation) readNorms(shard int) []float32 {
	s := g.x.Shards()[shard]
	norms := make([]float32, s.NumBlocks())
	for b := range norms {
		norms[b] = float32(lengthNorm(s.Block(uint32(b)).Tokens, g.average))
	}
	return norms
}

// most gives the blocks of the shard that hold one of the words that count: mostRanked of them at most, those with the highest BM25
// and those that equal the last of them, unless the question has filters. Their scores are kept for the cut over all shards.
func (x *shardSearch) most() set {
	r := x.plan.relaxed
	norms := x.g.norm[x.batch.part]()
	scores := make([]float32, len(norms))
	list := x.room.take()
	for _, leaf := range r.words {
		list = x.batch.words[leaf].scoreAll(norms, scores, list)
	}
	if live := x.g.live[x.batch.part]; !live.all {
		list = slices.DeleteFunc(list, func(b uint32) bool { return !live.has(x.shard.Block(b).Blob) })
	}
	if len(x.plan.root.kids) == 1 {
		x.batch.best = bestBlocks(list, scores, mostRanked)
		list = list[:0]
		for _, p := range x.batch.best {
			list = append(list, p.block)
		}
	}
	slices.Sort(list)
	return set{list: list, owned: true}
}

// scoreAll adds the word's BM25 in each block to scores, and to list the blocks that had none.
func (l *wordList) scoreAll(norms, scores []float32, list []uint32) []uint32 {
	one, weigh, names := l.any == nil && len(l.weigh) == 1, float32(0), l.names
	if one {
		weigh = float32(l.weigh[0] * (bm25K1 + 1))
	}
	for i, b := range l.blocks {
		if scores[b] == 0 {
			list = append(list, b)
		}
		if !one { // an identifier, or a word with translations
			scores[b] += float32(l.best(i, float64(norms[b])))
			continue
		}
		f := float32(l.freqs[i])
		for len(names) > 0 && names[0] < b {
			names = names[1:]
		}
		if len(names) > 0 && names[0] == b {
			f += nameFrequency
		}
		scores[b] += weigh * f / (f + norms[b])
	}
	return list
}

// bestBlocks gives the n blocks with the highest scores and those that equal the last of them. The bits of a positive float32 are
// ordered as it is: counting by the upper ones tells below which score no block can be among the best, so that few are sorted.
func bestBlocks(blocks []uint32, scores []float32, n int) []picked {
	const shift = 18
	class := func(b uint32) uint32 { return math.Float32bits(scores[b]) >> shift }
	counts := make([]int32, 1<<(31-shift))
	for _, b := range blocks {
		counts[class(b)]++
	}
	least, left := len(counts)-1, n
	for ; least > 0 && left > int(counts[least]); least-- {
		left -= int(counts[least])
	}
	out := make([]picked, 0, n+int(counts[least]))
	for _, b := range blocks {
		if class(b) >= uint32(least) {
			out = append(out, picked{b, scores[b]})
		}
	}
	return cut(out, n)
}

// cut keeps the n first and those that equal the last of them, in order.
func cut(list []picked, n int) []picked {
	slices.SortFunc(list, func(a, b picked) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.block, b.block)) })
	if len(list) <= n {
		return list
	}
	end := n
	for end < len(list) && list[end].score == list[n-1].score {
		end++
	}
	return list[:end]
}

// keepBest leaves of the shards' best blocks those that are the best of all.
func keepBest(batches []*batch) {
	var all []picked
	for _, b := range batches {
		all = append(all, b.best...)
	}
	if len(all) <= mostRanked {
		return
	}
	all = cut(all, mostRanked)
	least := all[len(all)-1].score
	for _, b := range batches {
		b.blocks = b.blocks[:0]
		for _, p := range b.best {
			if p.score >= least {
				b.blocks = append(b.blocks, p.block)
			}
		}
		slices.Sort(b.blocks)
		b.n = len(b.blocks)
	}
}
