// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"

	"communs/indexer"
)

// hit records that the current block answers.
func (w *worker) hit(block uint32) {
	v, rough := w.termsFrom(block, w.floor)
	m := match{
		score: math.Inf(-1), place: w.best.rank, text: w.row.Text, at: w.best.at, part: uint32(w.batch.part), block: block,
		loose: v[termMissing] > 0, rough: rough,
	}
	if !rough {
		m.score = v.score(w.plan)
		w.keepBest(m.score, m.text)
	}
	w.out = append(w.out, m)
}

// scoredText is a score and the hash of the text that has it.
type scoredText struct {
	score float64
	text  uint64
}

// keepBest raises the floor to the score that so many different texts have as the answer may show. It looks now and then.
func (w *worker) keepBest(score float64, text uint64) {
	if w.keep == 0 || score <= w.floor {
		return
	}
	if w.top = append(w.top, scoredText{score, text}); len(w.top) < w.look {
		return
	}
	slices.SortFunc(w.top, func(a, b scoredText) int { return cmp.Compare(b.score, a.score) })
	seen := make(map[uint64]bool, w.keep)
	w.top = slices.DeleteFunc(w.top, func(t scoredText) bool {
		again := seen[t.text]
		seen[t.text] = true
		return again
	})
	if len(w.top) >= w.keep {
		w.top = w.top[:w.keep]
		w.floor = w.top[w.keep-1].score
	}
	w.look = len(w.top) + w.keep
}

// settle scores what was left out for being too low to be shown, when it is shown all the same: near copies fold. It is false
// when the deadline came before it had done so.
func (r *run) settle(ctx context.Context) bool {
	w := newWorker(r)
	w.halt = new(atomic.Bool)
	w.halt.Store(ctx.Err() != nil)
	defer context.AfterFunc(ctx, func() { w.halt.Store(true) })()
	for i := range r.matches {
		m := &r.matches[i]
		if !m.rough {
			continue
		}
		if v := w.again(*m); !w.halt.Load() {
			m.score, m.rough = v.score(r.plan), false
			continue
		}
		r.late = true
		return false
	}
	return true
}

// terms gives the terms of the current block's score at its best place.
func (w *worker) terms(block uint32) values {
	v, _ := w.termsFrom(block, math.Inf(-1))
	return v
}

// termsFrom gives the same. It is rough, without the name's part, when the score is below a floor whatever that part is.
func (w *worker) termsFrom(block uint32, floor float64) (v values, rough bool) {
	if !w.best.known {
		w.choose(w.places)
	}
	v = w.best.terms
	texts, wholeTexts := 0.0, 0.0
	for i, l := range w.plan.leaves {
		if l.negated || l.scope != scopeWords && l.scope != scopeContent {
			continue
		}
		f := w.leaf(i, block)
		switch {
		case !f.holds:
		case l.idle:
		case l.scope == scopeWords:
			v[termBM25] += f.bm25
			if f.whole {
				v[termIdentifier]++
			}
		default:
			if texts++; f.whole {
				wholeTexts++
			}
		}
	}
	if texts > 0 {
		v[termWord] = round(wholeTexts / texts)
	}
	v[termBM25] = round(v[termBM25])
	if w.plan.relaxed != nil {
		w.relaxedTerms(block, &v)
	}
	v[termDefinition] = definition(w.row.Kind)
	v[termClarity] = clarity(&w.row)
	if w.plan.relaxed == nil && v.score(w.plan)+ranking[termName].weight+1e-5 < floor {
		return v, true
	}
	if n := w.plan.shortest; n > 0 && w.row.NameLen() >= n {
		if name := w.shard.BlockName(w.row); w.plan.mayName(name) {
			w.name = indexer.Fold(w.name[:0], []byte(name))
			v[termName] = w.plan.nameValue(name, w.name)
		}
	}
	return v, false
}

// choose takes the place with the best score; among equals the first by repository and path.
func (w *worker) choose(places []indexer.Place) {
	w.best.known = false
	copies := copiesValue(w.g.independent(w.batch.part, w.blobAt))
	for _, at := range places {
		p := shownPlace{known: true, at: at, rank: uint64(w.g.repos[at.Repo].rank)<<32 | uint64(at.Row)}
		p.terms = w.placeTerms(at)
		p.terms[termCopies] = copies
		p.score = p.terms.score(w.plan)
		if !w.best.known || cmp.Or(cmp.Compare(w.best.score, p.score), cmp.Compare(p.rank, w.best.rank)) < 0 {
			w.best = p
		}
	}
}

func (w *worker) placeTerms(at indexer.Place) (v values) {
	o := w.g.x.Repos()[at.Repo]
	if path := o.PathBytes(at.Row); w.plan.mayPath(path) {
		w.buf = indexer.Fold(w.buf[:0], path)
		v[termPath] = w.plan.pathValue(w.buf)
	}
	v[termLiveness] = w.g.repos[at.Repo].liveness
	flags := o.Flags(at.Row)
	for _, f := range [...]struct {
		flag indexer.Flag
		term rankTerm
	}{{indexer.FlagTest, termTest}, {indexer.FlagVendored, termVendored}, {indexer.FlagGenerated, termGenerated}} {
		if flags&f.flag != 0 {
			v[f.term] = 1
		}
	}
	return v
}
