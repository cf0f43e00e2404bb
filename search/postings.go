// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"container/list"
	"math"
	"slices"
	"sort"
	"sync"

	"communs/indexer"
)

// postings is where one word stands in one shard.
type postings struct {
	blocks []uint32 // ascending
	freqs  []uint16
	live   int // how many of the blocks answer
}

// postingsCache keeps the postings that were used last.
type postingsCache struct {
	mu    sync.Mutex
	size  int
	lists map[postingsKey]*list.Element
	order *list.List
}

type postingsKey struct {
	shard int
	field string
	term  string
}

type cachedPostings struct {
	key   postingsKey
	value *postings
}

// maxPostingsCache is how many entries are kept: six bytes each.
const maxPostingsCache = 6 << 20

func newPostingsCache() *postingsCache {
	return &postingsCache{lists: map[postingsKey]*list.Element{}, order: list.New()}
}

func (c *postingsCache) get(key postingsKey) *postings {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.lists[key]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedPostings).value
}

func (c *postingsCache) put(key postingsKey, p *postings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.lists[key]; ok {
		return
	}
	const overhead = 32 // entries that an empty list weighs
	c.lists[key] = c.order.PushFront(&cachedPostings{key, p})
	for c.size += len(p.blocks) + overhead; c.size > maxPostingsCache && c.order.Len() > 1; {
		old := c.order.Remove(c.order.Back()).(*cachedPostings)
		delete(c.lists, old.key)
		c.size -= len(old.value.blocks) + overhead
	}
}

// wordPostings reads where a word stands in a shard: in the field of the blocks' own lines, or of their names.
func (g *generation) wordPostings(shard int, field, term string) (*postings, error) {
	key := postingsKey{shard, field, term}
	if p := g.postings.get(key); p != nil {
		return p, nil
	}
	s := g.x.Shards()[shard]
	words, err := s.Words()
	if err != nil {
		return nil, err
	}
	n, err := words.DocFreq(field, term)
	if err != nil {
		return nil, err
	}
	p, err := readPostings(words, field, term, n, s.NumBlocks())
	if err != nil {
		return nil, err
	}
	p.live = len(p.blocks)
	if live := g.live[shard]; !live.all {
		p.live = 0
		for _, b := range p.blocks {
			if live.has(s.Block(b).Blob) {
				p.live++
			}
		}
	}
	g.postings.put(key, p)
	return p, nil
}

// readPostings sorts what Bleve gives in the order of its documents: a long list through a table with a place for every
// block, a short one by itself.
func readPostings(words *indexer.Words, field, term string, n, blocks int) (*postings, error) {
	p := &postings{blocks: make([]uint32, 0, n), freqs: make([]uint16, 0, n)}
	if n > blocks/32 {
		table := make([]uint16, blocks)
		err := words.Postings(field, term, func(block, freq uint32) {
			if int(block) < blocks {
				table[block] = uint16(min(freq, math.MaxUint16))
			}
		})
		for b, freq := range table {
			if freq > 0 {
				p.blocks, p.freqs = append(p.blocks, uint32(b)), append(p.freqs, freq)
			}
		}
		return p, err
	}
	pairs := make([]uint64, 0, n)
	err := words.Postings(field, term, func(block, freq uint32) {
		if int(block) < blocks {
			pairs = append(pairs, uint64(block)<<16|uint64(min(freq, math.MaxUint16)))
		}
	})
	slices.Sort(pairs)
	for _, x := range pairs {
		p.blocks, p.freqs = append(p.blocks, uint32(x>>16)), append(p.freqs, uint16(x))
	}
	return p, err
}

// wordList is where one word of the question, with all its parts, stands in one shard.
type wordList struct {
	blocks []uint32
	freqs  []uint16  // for each block, one for each part
	weigh  []float64 // inverse document frequency of each part
	whole  []uint32  // blocks that have the word in one piece
	names  []uint32  // of a relaxed question: blocks in whose names all parts of the word stand
	any    []scaled  // the typed word and its translations, when there are any: blocks are those of all of them
}

// BM25's parameters.
const (
	bm25K1 = 1.2
	bm25B  = 0.75
)

// nameFrequency is how often a word counts in a relaxed question for standing in the block's name, beside standing there.
const nameFrequency = 3

// inverse is a term's inverse document frequency over all shards.
func (g *generation) inverse(term string) (float64, error) {
	n, err := g.count(term)
	return math.Log(1 + (float64(g.counted-n)+0.5)/(float64(n)+0.5)), err
}

// count is the number of live blocks that have a term, over all shards.
func (g *generation) count(term string) (int, error) {
	if n, ok := g.counts.get(term); ok {
		return n, nil
	}
	n, whole, err := g.countAll(term)
	if whole && err == nil {
		g.counts.put(term, n)
	}
	return n, err
}

// countAll counts; whole is false when a shard could not be read.
func (g *generation) countAll(term string) (n int, whole bool, err error) {
	whole = true
	for i, s := range g.x.Shards() {
		if g.live[i].all {
			words, err := s.Words()
			if err != nil {
				whole = false
				continue // named when its postings are read
			}
			df, err := words.DocFreq(indexer.FieldWords, term)
			if err != nil {
				return 0, false, err
			}
			n += df
			continue
		}
		p, err := g.wordPostings(i, indexer.FieldWords, term)
		if err != nil {
			whole = false
			continue
		}
		n += p.live
	}
	return n, whole, nil
}

// wordsIn finds a word of the question in a shard; weigh is inverse of each part. With names, it also finds it in names.
func (g *generation) wordsIn(shard int, terms indexer.Terms, weigh []float64, names bool) (*wordList, error) {
	l := &wordList{weigh: weigh}
	parts := make([]*postings, len(terms.Parts))
	for i, term := range terms.Parts {
		var err error
		if parts[i], err = g.wordPostings(shard, indexer.FieldWords, term); err != nil {
			return nil, err
		}
	}
	if len(parts) == 1 {
		l.blocks, l.freqs = parts[0].blocks, parts[0].freqs
	} else {
		l.intersect(parts)
	}
	if terms.Whole != "" && len(l.blocks) > 0 {
		p, err := g.wordPostings(shard, indexer.FieldWords, terms.Whole)
		if err != nil {
			return nil, err
		}
		l.whole = p.blocks
	}
	if !names {
		return l, nil
	}
	var err error
	l.names, err = g.named(shard, terms)
	return l, err
}

// named gives the blocks of a shard in whose names all parts of a word stand.
func (g *generation) named(shard int, terms indexer.Terms) (blocks []uint32, err error) {
	for i, term := range terms.Parts {
		p, err := g.wordPostings(shard, indexer.FieldName, term)
		switch {
		case err != nil:
			return nil, err
		case i == 0:
			blocks = p.blocks
		case len(blocks) > len(p.blocks):
			blocks = intersect(nil, p.blocks, blocks)
		default:
			blocks = intersect(nil, blocks, p.blocks)
		}
	}
	return blocks, nil
}

// intersect keeps the blocks that have all parts.
func (l *wordList) intersect(parts []*postings) {
	rarest := parts[0]
	for _, p := range parts {
		if len(p.blocks) < len(rarest.blocks) {
			rarest = p
		}
	}
	at := make([]int, len(parts))
	row := make([]uint16, len(parts))
next:
	for _, b := range rarest.blocks {
		for i, p := range parts {
			at[i] = gallop(p.blocks, at[i], b)
			if at[i] == len(p.blocks) || p.blocks[at[i]] != b {
				continue next
			}
			row[i] = p.freqs[at[i]]
		}
		l.blocks, l.freqs = append(l.blocks, b), append(l.freqs, row...)
	}
}

// lengthNorm is what BM25 sets against a word's frequency in a block of so many words.
func lengthNorm(tokens uint32, average float64) float64 {
	return bm25K1 * (1 - bm25B + bm25B*float64(tokens)/average)
}

// score is BM25 of the word in the i-th block of the list; named tells that the word stands in the block's name.
func (l *wordList) score(i int, named bool, norm float64) (sum float64) {
	for p, w := range l.weigh {
		f := float64(l.freqs[i*len(l.weigh)+p])
		if named {
			f += nameFrequency
		}
		sum += w * f * (bm25K1 + 1) / (f + norm)
	}
	return sum
}

// gallop finds the first position, from at on, whose value is not below b, in steps that double.
func gallop(sorted []uint32, at int, b uint32) int {
	if at >= len(sorted) || sorted[at] >= b {
		return at
	}
	step := 1
	for at+step < len(sorted) && sorted[at+step] < b {
		at += step
		step *= 2
	}
	hi := min(at+step, len(sorted))
	return at + 1 + sort.Search(hi-at-1, func(i int) bool { return sorted[at+1+i] >= b })
}
