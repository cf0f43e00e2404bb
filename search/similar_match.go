// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"

	"communs/indexer"
)

// tileRun is how many tokens in a row two texts must share for it to count.
const tileRun = 5

// maxTries is how many places of the example are tried for one place of a block.
const maxTries = 32

// A tileIndex finds the runs that texts share with one example, as greedy string tiling does (Wise 1993), in one pass.
type tileIndex struct {
	tokens []indexer.PrintToken
	grams  []uint32 // hash of the run that starts at each token
	head   []int32  // by hash, the first place of the example that has it; -1 for none
	next   []int32
}

func newTileIndex(tokens []indexer.PrintToken) *tileIndex {
	n := max(0, len(tokens)-tileRun+1)
	size := 16
	for size < 2*n {
		size *= 2
	}
	t := &tileIndex{tokens: tokens, grams: make([]uint32, n), head: make([]int32, size), next: make([]int32, n)}
	for i := range t.head {
		t.head[i] = -1
	}
	for i := n - 1; i >= 0; i-- {
		h := gramOf(tokens[i:])
		t.grams[i] = h
		slot := h & uint32(size-1)
		t.next[i], t.head[slot] = t.head[slot], int32(i)
	}
	return t
}

// gramOf hashes the first tokens of a text.
func gramOf(tokens []indexer.PrintToken) uint32 {
	h := uint64(1)
	for i := range tileRun {
		h = (h ^ uint64(tokens[i].Blind)) * 0x9ddfea08eb382d69
		h ^= h >> 31
	}
	return uint32(h >> 16)
}

// tile is a run that an example and a block share.
type tile struct{ query, block, n int }

// comparison is what an example and a block share.
type comparison struct {
	query int // tokens of the example that stand in the block
	same  int // of those, how many have the same text
	block int // tokens of the block that stand in the example
	tiles []tile
}

// tiler compares blocks with one example; keep one for each goroutine.
type tiler struct {
	index *tileIndex
	cover []uint8 // of each token of the example: 1 shared, 2 with the same text
	tiles []tile
	sums  []int // scratch of chain
	from  []int
	row   []int32 // scratch of align
}

// compare finds what a block shares with the example: of the runs that both have, the heaviest that come in the same order.
// The tiles are good until the next call.
func (t *tiler) compare(block []indexer.PrintToken) comparison {
	x := t.index
	t.tiles = t.tiles[:0]
	expect := 0 // where the example goes on after the last tile
	for j := 0; j+tileRun <= len(block); {
		at, n := t.longest(block, j, expect)
		if n < tileRun {
			j++
			continue
		}
		t.tiles = append(t.tiles, tile{at, j, n})
		j += n
		expect = at + n
	}
	t.near(2*len(x.tokens) + nearSlack)
	t.chain()
	t.cover = append(t.cover[:0], make([]uint8, len(x.tokens))...)
	c := comparison{tiles: t.tiles}
	for _, tile := range t.tiles {
		c.block += tile.n
		for k := range tile.n {
			mark := uint8(1)
			if x.tokens[tile.query+k].Raw == block[tile.block+k].Raw {
				mark = 2
			}
			t.cover[tile.query+k] = max(t.cover[tile.query+k], mark)
		}
	}
	for _, mark := range t.cover {
		if mark > 0 {
			c.query++
		}
		if mark > 1 {
			c.same++
		}
	}
	return c
}

// An alignment pays so much for two tokens with the same text, and for two that are the same but for a name or a literal.
const (
	alignSame  = 10
	alignBlind = 6
	alignSlack = 16
	maxAligned = 300_000 // pairs of tokens; of longer texts the runs tell enough
)

// align gives how much of the two token sequences can be matched in order (weighted longest common subsequence), in tokens; false
// when they are too long. Code whose every other line was changed has hardly a run left, but still an order.
func (t *tiler) align(block []indexer.PrintToken) (float64, bool) {
	query := t.index.tokens
	block = t.reach(block)
	if len(query)*len(block) > maxAligned {
		return 0, false
	}
	t.row = append(t.row[:0], make([]int32, len(block)+1)...)
	row := t.row
	for i := range query {
		blind, raw := query[i].Blind, query[i].Raw
		diagonal, left := int32(0), int32(0)
		for j := range block {
			up := row[j+1]
			v := max(up, left)
			if block[j].Blind == blind {
				pay := int32(alignBlind)
				if block[j].Raw == raw {
					pay = alignSame
				}
				v = max(v, diagonal+pay)
			}
			diagonal, left = up, v
			row[j+1] = v
		}
	}
	return float64(row[len(block)]) / alignSame, true
}

// reach gives that part of the block which the example can reach from the tiles: what lies farther off is of something else.
func (t *tiler) reach(block []indexer.PrintToken) []indexer.PrintToken {
	if len(t.tiles) == 0 {
		return nil
	}
	first, last := t.tiles[0], t.tiles[len(t.tiles)-1]
	from := max(0, first.block-first.query-alignSlack)
	to := min(len(block), last.block+len(t.index.tokens)-last.query+alignSlack)
	return block[from:max(from, to)]
}

// nearSlack is how many tokens a copy may be longer than twice the example.
const nearSlack = 60

// near keeps the tiles of that stretch of the block, of so many tokens at most, which has most of them: a long block shares something
// here and there with any example.
func (t *tiler) near(stretch int) {
	if len(t.tiles) == 0 || t.tiles[len(t.tiles)-1].block-t.tiles[0].block <= stretch {
		return
	}
	best, from, to, first, sum := 0, 0, 0, 0, 0
	for i, tile := range t.tiles {
		sum += tile.n
		for tile.block+tile.n-t.tiles[first].block > stretch && first < i {
			sum -= t.tiles[first].n
			first++
		}
		if sum > best {
			best, from, to = sum, first, i+1
		}
	}
	t.tiles = append(t.tiles[:0], t.tiles[from:to]...)
}

// maxChain is how many tiles before one are looked at as its forerunner.
const maxChain = 64

// chain keeps the heaviest tiles that come in the same order on both sides.
func (t *tiler) chain() {
	t.sums, t.from = t.sums[:0], t.from[:0]
	last := -1
	for i, tile := range t.tiles {
		sum, from := tile.n, -1
		for j := i - 1; j >= max(0, i-maxChain); j-- {
			before := t.tiles[j]
			overlap := before.query + before.n - tile.query
			if before.query >= tile.query || overlap >= tile.n {
				continue
			}
			if s := t.sums[j] + tile.n - max(0, overlap); s > sum {
				sum, from = s, j
			}
		}
		t.sums, t.from = append(t.sums, sum), append(t.from, from)
		if last < 0 || sum > t.sums[last] {
			last = i
		}
	}
	n := 0
	for i := last; i >= 0; i = t.from[i] {
		n++
	}
	at := n
	for i := last; i >= 0; i = t.from[i] {
		at--
		t.tiles[i], t.tiles[at] = t.tiles[at], t.tiles[i]
	}
	t.tiles = t.tiles[:n]
}

// longest finds the longest run that starts at a place of the block; of equal ones that which is nearest to where the example
// went on.
func (t *tiler) longest(block []indexer.PrintToken, j, expect int) (at, n int) {
	x := t.index
	h := gramOf(block[j:])
	most := 0
	try := func(i int) {
		length, limit := 0, min(len(x.tokens)-i, len(block)-j)
		for length < limit && x.tokens[i+length].Blind == block[j+length].Blind {
			length++
		}
		value := length
		if d := i - expect; d >= 0 && d <= goesOn {
			value += goesOnBonus
		}
		if length >= tileRun && (value > most || value == most && tileDistance(i, expect) < tileDistance(at, expect)) {
			at, n, most = i, length, value
		}
	}
	if expect < len(x.grams) && x.grams[expect] == h { // of a run that comes hundreds of times, the place that is likeliest
		try(expect)
	}
	tries := 0
	for i := x.head[h&uint32(len(x.head)-1)]; i >= 0 && tries < maxTries; i = x.next[i] {
		if x.grams[i] == h {
			try(int(i))
			tries++
		}
	}
	return at, n
}

// A run that goes on where the last one ended, or a little later, is preferred to one elsewhere that is longer by so much.
const (
	goesOn      = 60
	goesOnBonus = 4
)

func tileDistance(a, b int) int {
	if a < b {
		return 2 * (b - a) // going back is less likely
	}
	return a - b
}

// maxGap is how many lines between two tiles still make one range.
const maxGap = 3

// ranges gives the lines of both sides that the tiles cover, joined where few lines lie between. first is the number of the
// block's first line.
func (c *comparison) ranges(example, block []indexer.PrintToken, first int) []RangePair {
	tiles := slices.Clone(c.tiles)
	slices.SortFunc(tiles, func(a, b tile) int { return a.block - b.block })
	out := []RangePair{}
	for _, t := range tiles {
		p := RangePair{
			Query: [2]int{int(example[t.query].Line) + 1, int(example[t.query+t.n-1].Line) + 1},
			Block: [2]int{int(block[t.block].Line) + first, int(block[t.block+t.n-1].Line) + first},
		}
		if len(out) > 0 {
			last := &out[len(out)-1]
			if d := p.Query[0] - last.Query[1]; d >= 0 && d <= maxGap+1 && p.Block[0]-last.Block[1] <= maxGap+1 {
				last.Query[1], last.Block[1] = max(last.Query[1], p.Query[1]), max(last.Block[1], p.Block[1])
				continue
			}
			if p.Query[0] >= last.Query[0] && p.Query[1] <= last.Query[1] && p.Block[1] <= last.Block[1] { // within the line before
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// blindSum is equal for texts that differ in nothing but names, literals, comments and layout.
func blindSum(tokens []indexer.PrintToken) uint64 {
	h := uint64(len(tokens))
	for i := range tokens {
		h = (h ^ uint64(tokens[i].Blind)) * 0x9ddfea08eb382d69
		h ^= h >> 29
	}
	return h
}
