// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A typed word and its translations are one term of the question: a block that has several of them counts the best one only. None
// counts as rarer than the first translation is, or a word that is rare because it is odd would outweigh the rest.

// scaled is one of them in one shard.
type scaled struct {
	list   *wordList
	weight float64
	at     []uint32 // for each block of all of them, one more than its place in list; 0 when it is not there
}

// align fills at for the blocks of all.
func (s *scaled) align(blocks []uint32) {
	s.at = make([]uint32, len(blocks))
	i := 0
	for at, b := range s.list.blocks {
		for blocks[i] < b {
			i++
		}
		s.at[i] = uint32(at) + 1
	}
}

// termCounts remembers how many blocks have a term: every question asks for each of its words, and a French one for each translation.
type termCounts struct {
	mu sync.Mutex
	n  map[string]int
}

// maxTermCounts bounds it to some megabytes; then it starts afresh.
const maxTermCounts = 1 << 15

func (c *termCounts) get(term string) (int, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.n[term]
	return n, ok
}

func (c *termCounts) put(term string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil || len(c.n) >= maxTermCounts {
		c.n = map[string]int{}
	}
	c.n[term] = n
}

// allTerms gives the terms of a leaf and of its translations, one after the other.
func (l *leaf) allTerms() []string {
	if len(l.others) == 0 {
		return l.terms.Parts
	}
	all := slices.Clone(l.terms.Parts)
	for _, o := range l.others {
		all = append(all, o.terms.Parts...)
	}
	return all
}

// anyWord finds a word or one of its translations in a shard; weigh is inverse of each of allTerms, names asks for names too.
func (g *generation) anyWord(shard int, l *leaf, weigh []float64, names bool) (*wordList, error) {
	typed, err := g.wordsIn(shard, l.terms, weigh[:len(l.terms.Parts)], names)
	if err != nil || len(l.others) == 0 {
		return typed, err
	}
	weigh = weigh[len(l.terms.Parts):]
	first := sum(weigh[:len(l.others[0].terms.Parts)])
	if l.others[0].form { // not translated: as common as its most common form
		first = min(first, sum(typed.weigh))
	}
	out := &wordList{whole: typed.whole, any: []scaled{{list: typed, weight: atMost(first, typed.weigh)}}}
	for _, o := range l.others {
		list, err := g.wordsIn(shard, o.terms, weigh[:len(o.terms.Parts)], names)
		if err != nil {
			return nil, err
		}
		weigh = weigh[len(o.terms.Parts):]
		out.any = append(out.any, scaled{list: list, weight: o.weight * atMost(first, list.weigh)})
	}
	for _, s := range out.any {
		out.blocks = union(nil, out.blocks, s.list.blocks)
		out.names = union(nil, out.names, s.list.names)
	}
	for i := range out.any {
		out.any[i].align(out.blocks)
	}
	return out, nil
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

// atMost is what brings a word's inverse document frequency down to a limit.
func atMost(limit float64, weigh []float64) float64 {
	if total := sum(weigh); total > limit {
		return limit / total
	}
	return 1
}

// best is BM25 of the i-th block of the list, of the word or of its translation that counts most there.
func (l *wordList) best(i int, norm float64) float64 {
	block := l.blocks[i]
	if l.any == nil {
		return l.score(i, holdsBlock(l.names, block), norm)
	}
	best := 0.0
	for _, s := range l.any {
		if at := int(s.at[i]) - 1; at >= 0 {
			best = max(best, s.weight*s.list.score(at, holdsBlock(s.list.names, block), norm))
		}
	}
	return best
}

func holdsBlock(sorted []uint32, block uint32) bool {
	if len(sorted) == 0 {
		return false
	}
	_, ok := slices.BinarySearch(sorted, block)
	return ok
}

// alternativeNeedle is a translation as names and paths have it.
type alternativeNeedle struct {
	needle
	weight float64
}

// alternatives adds what the ranking looks for in names and paths: a word or phrase or its translations.
func (p *plan) alternatives(extra *synonyms) {
	said := foldAccents(strings.ReplaceAll(extra.said, " ", ""))
	n := needle{folded: said, bare: bareText(said), path: true, rare: rarestASCII(said)}
	n.narrow = rarestASCII(n.bare)
	if p.shortest == 0 || len(n.bare) < p.shortest {
		p.shortest = len(n.bare)
	}
	for _, o := range extra.names {
		folded := foldRunes([]rune(strings.ReplaceAll(o.text, " ", "")))
		a := alternativeNeedle{needle: needle{folded: folded, bare: bareText(folded), rare: rarestASCII(folded)}, weight: o.weight}
		a.narrow = rarestASCII(a.bare)
		n.others = append(n.others, a)
		if p.shortest == 0 || len(a.bare) < p.shortest {
			p.shortest = len(a.bare)
		}
	}
	p.needles = append(p.needles, n)
}

// degree is how well a name fits a term of the question: as it was typed, or else translated.
func (n *needle) degree(name string, folded []byte) float64 {
	best := nameDegree(n.folded, name, folded)
	if best == 0 && n.bare != n.folded {
		best = nameDegree(n.bare, name, folded)
	}
	for i := range n.others {
		o := &n.others[i]
		best = max(best, o.weight*nameDegree(o.bare, name, folded))
	}
	return best
}

// mayStandIn is false when degree is 0 for a name.
func (n *needle) mayStandIn(name string) bool {
	if holdsRare(name, n.narrow) {
		return true
	}
	for i := range n.others {
		if holdsRare(name, n.others[i].narrow) {
			return true
		}
	}
	return false
}

// inPath is how well a path fits a term of the question.
func (n *needle) inPath(folded []byte) float64 {
	if bytes.Contains(folded, []byte(n.folded)) {
		return 1
	}
	best := 0.0
	for i := range n.others {
		if o := &n.others[i]; o.weight > best && bytes.Contains(folded, []byte(o.folded)) {
			best = o.weight
		}
	}
	return best
}

// othersMayStandIn is false when inPath is 0 for a path but for what was typed.
func (n *needle) othersMayStandIn(path []byte) bool {
	for i := range n.others {
		if holdsRare(path, n.others[i].rare) {
			return true
		}
	}
	return false
}

// joinedOthers is the least weight of the words that make up the whole name, in the question's order, when some of them are
// translations; 0 when they do not make it up.
func (p *plan) joinedOthers(folded []byte) float64 {
	var room [64]byte
	bare := room[:0]
	for _, c := range folded {
		if c != '_' && c != '-' && c != '.' && c != ':' {
			bare = append(bare, c)
		}
	}
	return joinedFrom(p.needles, bare)
}

func joinedFrom(needles []needle, rest []byte) float64 {
	if len(needles) == 0 {
		if len(rest) == 0 {
			return 1
		}
		return 0
	}
	n := &needles[0]
	if bytes.HasPrefix(rest, []byte(n.bare)) {
		if w := joinedFrom(needles[1:], rest[len(n.bare):]); w > 0 {
			return w
		}
	}
	best := 0.0
	for i := range n.others {
		if o := &n.others[i]; o.weight > best && bytes.HasPrefix(rest, []byte(o.bare)) {
			best = max(best, min(o.weight, joinedFrom(needles[1:], rest[len(o.bare):])))
		}
	}
	return best
}

// describeOthers tells how a word with translations is looked up.
func describeOthers(l *leaf) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: words %v", l.said, l.terms.Parts)
	for _, o := range l.others {
		fmt.Fprintf(&b, ", or %v × %.2f", o.terms.Parts, o.weight)
	}
	return b.String()
}
