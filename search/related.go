// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"communs/indexer"
)

// Code says dir where a question says directory. lexicon/related.txt lists such words, by hand: "a = b, c" are short and long forms
// of one word, "a > b, c" words of near meaning, for who asks for a. They are asked for in relaxed questions only, never bring a
// block in, and count where the typed word counts less.
type relatedWords map[string][]alternative // by the term of the typed word

// sourceRelated is the source of related words.
const sourceRelated = "related"

// How much related words count.
const (
	shortFormWeight  = 0.8
	nearWeight       = 0.5
	maxRelated       = 6    // of one word
	maxRelatedCommon = 0.15 // of all blocks: a word that more of them have says nothing
)

//go:embed lexicon/related.txt
var relatedText []byte

// baseRelated is the list, read when the first long question needs it.
var baseRelated = sync.OnceValues(func() (relatedWords, error) {
	r := relatedWords{}
	if err := r.read(bytes.NewReader(relatedText)); err != nil {
		return r, err
	}
	for term, list := range r {
		slices.SortStableFunc(list, func(a, b alternative) int {
			return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.text, b.text))
		})
		r[term] = list[:min(len(list), maxRelated)]
	}
	return r, nil
})

// read reads such a list.
func (r relatedWords) read(in io.Reader) error {
	return eachLine(in, func(n int, line string) error {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			return nil
		}
		if word, others, ok := strings.Cut(line, "="); ok {
			forms := append(strings.Split(others, ","), word)
			for _, a := range forms {
				for _, b := range forms {
					r.add(a, b, shortFormWeight)
				}
			}
			return nil
		}
		word, others, ok := strings.Cut(line, ">")
		if !ok {
			return fmt.Errorf("related words, line %d: neither = nor >", n)
		}
		for other := range strings.SplitSeq(others, ",") {
			r.add(word, other, nearWeight)
		}
		return nil
	})
}

// add enters a pair; of two equal ones the heavier stays.
func (r relatedWords) add(word, other string, weight float64) {
	word, other = strings.TrimSpace(word), strings.TrimSpace(other)
	from, to := indexer.QueryTerms(word), indexer.QueryTerms(other)
	if len(from.Parts) != 1 || len(to.Parts) != 1 || from.Parts[0] == to.Parts[0] {
		return
	}
	list := r[from.Parts[0]]
	for i := range list {
		if list[i].terms.Parts[0] == to.Parts[0] {
			if weight > list[i].weight {
				list[i] = alternative{text: other, terms: to, weight: weight}
			}
			return
		}
	}
	r[from.Parts[0]] = append(list, alternative{text: other, terms: to, weight: weight})
}

// relate finds the related words of those that count in a relaxed question, but for those that were typed or refused.
func (g *generation) relate(p *plan, r *relaxation) {
	if p.parsed.asTyped {
		return
	}
	words, err := baseRelated()
	if err != nil {
		g.faults.add(err)
	}
	refused, typed := map[string]bool{}, map[string]bool{}
	for _, word := range p.parsed.refused() {
		refused[foldAccents(word)] = true
	}
	for _, i := range r.words {
		for _, term := range p.leaves[i].terms.Parts {
			typed[term] = true
		}
	}
	for _, i := range r.words {
		l := p.leaves[i]
		forms := []alternative{{text: l.said, terms: l.terms, weight: 1}}
		if len(l.others) > 0 && !l.others[0].form {
			forms = l.others[:1]
		}
		if len(forms[0].terms.Parts) != 1 {
			continue
		}
		for _, w := range words[forms[0].terms.Parts[0]] {
			term := w.terms.Parts[0]
			n, _ := g.count(term) // what cannot be read is named when the question is answered
			if typed[term] || refused[foldAccents(w.text)] || n == 0 || float64(n) > maxRelatedCommon*float64(g.counted) {
				continue
			}
			l.related = append(l.related, w)
			added := Added{For: l.said, Word: w.text, Weight: w.weight, Source: sourceRelated}
			if !slices.ContainsFunc(r.added, func(a Added) bool { return a.For == added.For && a.Word == added.Word }) {
				r.added = append(r.added, added)
			}
		}
	}
}

// relatedLists finds the related words of a leaf in a shard. None counts as rarer than the typed word is, in its most common form.
func (g *generation) relatedLists(shard int, l *leaf) (lists []scaled, err error) {
	limit, err := g.leafWeight(l)
	for _, w := range l.related {
		weigh, failed := g.inverse(w.terms.Parts[0])
		if failed != nil {
			return nil, failed
		}
		list, failed := g.wordsIn(shard, w.terms, []float64{weigh}, true)
		if failed != nil {
			return nil, failed
		}
		if len(list.blocks) > 0 {
			lists = append(lists, scaled{list: list, weight: w.weight * atMost(limit, list.weigh)})
		}
	}
	return lists, err
}

// related is what related words add to the BM25 of the words that were typed.
func (w *worker) related(block uint32) (sum float64) {
	for _, leaf := range w.plan.relaxed.words {
		best := 0.0
		for _, s := range w.batch.related[leaf] {
			if at, ok := slices.BinarySearch(s.list.blocks, block); ok {
				best = max(best, s.weight*s.list.score(at, holdsBlock(s.list.names, block), w.norm))
			}
		}
		sum += max(0, best-w.leaf(leaf, block).bm25)
	}
	return sum
}
