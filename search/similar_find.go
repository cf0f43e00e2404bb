// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"communs/indexer"
)

// How much is looked at for one example.
const (
	maxPrints       = 4096    // prints looked up: of a longer example those with the smallest hashes
	printBudget     = 1 << 20 // entries of lists that are read, the rarest prints first
	ownCandidates   = 48      // texts that are compared because of their own lines
	outerCandidates = 16      // the same, because of the blocks within
)

// fewBlocks is how many blocks there are taken to be at least when telling how rare a print is: in a small index all are rare.
const fewBlocks = 1 << 17

// distinctPrints gives the prints of tokens in ascending order, at most maxPrints.
func distinctPrints(tokens []indexer.PrintToken) []uint32 {
	prints := indexer.AppendPrints(nil, tokens)
	slices.Sort(prints)
	prints = slices.Compact(prints)
	return prints[:min(len(prints), maxPrints)]
}

// similarRun is one example over one generation.
type similarRun struct {
	g       *generation
	public  bool
	example *example
	lang    string

	parts    []similarPart
	weights  []float32 // of each print; 0 when it is too common to be read
	weight   float64   // of all prints of the example
	crowd    int       // texts that share about as many prints with it as the best one
	damaged  atomic.Bool
	outdated atomic.Bool
	matches  []likeness
}

// similarPart is what is known of one shard.
type similarPart struct {
	prints *indexer.Prints
	lists  []indexer.PrintList // for each print of the example
	own    []candidate         // by their own lines
	outer  []candidate         // by the blocks within them
}

// candidate is a text that shares prints with the example.
type candidate struct {
	weight float32 // bits: how unlikely it is to share so many prints by chance
	rank   float32 // the same, less for blocks that hold others and are longer than the example
	part   uint32
	blocks []uint32 // those with this text
	text   uint64
}

// before tells whether a candidate is compared rather than another: by rank, and among equals by text, whatever shard they are in.
func (c candidate) before(other candidate) bool {
	return cmp.Or(cmp.Compare(other.rank, c.rank), cmp.Compare(c.text, other.text)) < 0
}

func (r *similarRun) do(ctx context.Context) error {
	shards := r.g.x.Shards()
	r.damaged.Store(len(r.g.x.Faults()) > 0)
	r.parts = make([]similarPart, len(shards))
	parallel(len(shards), func(i int) { r.lookUp(i) })
	if len(shards) > 0 && !slices.ContainsFunc(r.parts, func(p similarPart) bool { return p.prints != nil }) && r.outdated.Load() {
		return indexer.ErrNoPrints
	}
	r.weigh()
	if ctx.Err() == nil {
		parallel(len(shards), func(i int) { r.gather(i) })
	}
	if ctx.Err() == nil {
		r.compare(ctx)
	}
	return nil
}

// parallel does the work for 0 to n-1 on all processors.
func parallel(n int, do func(i int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		done.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	done.Wait()
}

// lookUp finds the lists of the example's prints in a shard.
func (r *similarRun) lookUp(part int) {
	p := &r.parts[part]
	prints, err := r.g.x.Shards()[part].Prints()
	switch {
	case errors.Is(err, indexer.ErrNoPrints):
		r.outdated.Store(true)
		return
	case err != nil:
		r.damaged.Store(true)
		r.g.faults.add(err)
		return
	}
	p.prints = prints
	p.lists = make([]indexer.PrintList, len(r.example.prints))
	for i, print := range r.example.prints {
		p.lists[i] = prints.Find(print)
	}
}

// weigh gives each print its weight: how many bits it tells, the rarer the more. The commonest are not read when there is enough to
// read without them.
func (r *similarRun) weigh() {
	type counted struct{ print, count int }
	all := make([]counted, 0, len(r.example.prints))
	for i := range r.example.prints {
		n := 0
		for _, p := range r.parts {
			if p.lists != nil {
				n += p.lists[i].Count
			}
		}
		all = append(all, counted{i, n})
	}
	slices.SortFunc(all, func(a, b counted) int { return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.print, b.print)) })
	r.weights = make([]float32, len(all))
	read := 0
	for _, c := range all {
		bits := math.Log2(float64(max(r.g.counted, fewBlocks)+1) / float64(c.count+1))
		if bits <= 0 {
			continue
		}
		r.weight += bits
		if read += c.count; read > printBudget {
			continue
		}
		r.weights[c.print] = float32(bits)
	}
}

// gather adds up the weights that the blocks of a shard share with the example, and keeps the best.
func (r *similarRun) gather(part int) {
	p := &r.parts[part]
	if p.prints == nil {
		return
	}
	shard := r.g.x.Shards()[part]
	weights := make([]float32, shard.NumBlocks()) // of a block's own lines
	var touched, list []uint32
	for i, l := range p.lists {
		w := r.weights[i]
		if w == 0 || l.Count == 0 {
			continue
		}
		list = p.prints.Blocks(l, list[:0])
		for _, b := range list {
			if weights[b] == 0 {
				touched = append(touched, b)
			}
			weights[b] += w
		}
	}
	own, least := newBest(ownCandidates), r.least()
	live := r.g.live[part]
	within := map[uint32]float32{} // of blocks that others of weight stand in: an example may be a whole class
	for _, b := range touched {
		if weights[b] < least/4 {
			continue
		}
		row := shard.Block(b)
		if row.Parent < 0 && !own.wants(weights[b]) || !live.has(row.Blob) || r.public && !r.g.free(part, row.Blob) {
			continue
		}
		if weights[b] >= least {
			own.add(weights[b], b, row.Text)
		}
		for up := row.Parent; up >= 0; up = shard.Block(uint32(up)).Parent {
			within[uint32(up)] += weights[b]
		}
	}
	outer := newBest(outerCandidates)
	for _, b := range slices.Sorted(maps.Keys(within)) {
		w := within[b]
		// Prints that several blocks within have were counted several times, and a long block has some of any example.
		row := shard.Block(b)
		w = min(w+weights[b], float32(r.weight))
		size := float32(row.EndByte-row.StartByte) / float32(len(r.example.code))
		outer.addAs(w/(nestQuery+(1-nestQuery)*size), w, b, row.Text)
	}
	p.own, p.outer = own.sorted(part), outer.sorted(part)
}

// free tells whether a public instance may show a blob somewhere: a public instance searches no other.
func (g *generation) free(part int, blob uint32) bool {
	return slices.ContainsFunc(g.x.Places(part, blob), func(at indexer.Place) bool { return g.mayShow(part, blob, at) })
}

// least is the weight below which a block is not worth a look.
func (r *similarRun) least() float32 { return float32(min(minBits, r.weight/8)) }

// best keeps the candidates of most weight, equal texts together.
type best struct {
	room  int
	items []candidate
	texts map[uint64]int // text → position in items
	floor float32        // the smallest rank, once there is no more room
}

func newBest(room int) *best { return &best{room: room, texts: map[uint64]int{}} }

func (b *best) wants(weight float32) bool { return weight >= b.floor }

func (b *best) add(weight float32, block uint32, text uint64) { b.addAs(weight, weight, block, text) }

// addAs adds a block that is ranked by another figure than its weight.
func (b *best) addAs(rank, weight float32, block uint32, text uint64) {
	if rank < b.floor {
		return
	}
	if i, ok := b.texts[text]; ok {
		b.items[i].blocks = append(b.items[i].blocks, block)
		b.items[i].rank, b.items[i].weight = max(b.items[i].rank, rank), max(b.items[i].weight, weight)
		return
	}
	c := candidate{rank: rank, weight: weight, blocks: []uint32{block}, text: text}
	if len(b.items) < b.room {
		b.texts[text] = len(b.items)
		b.items = append(b.items, c)
	} else {
		i := b.smallest()
		if !c.before(b.items[i]) {
			return
		}
		delete(b.texts, b.items[i].text)
		b.items[i] = c
		b.texts[text] = i
	}
	if len(b.items) == b.room {
		b.floor = b.items[b.smallest()].rank
	}
}

func (b *best) smallest() int {
	at := 0
	for i := range b.items {
		if b.items[at].before(b.items[i]) {
			at = i
		}
	}
	return at
}

func (b *best) sorted(part int) []candidate {
	for i := range b.items {
		b.items[i].part = uint32(part)
		slices.Sort(b.items[i].blocks)
	}
	slices.SortFunc(b.items, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.text, b.text))
	})
	return b.items
}
