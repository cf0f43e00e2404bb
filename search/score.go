// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"

	"communs/indexer"
)

// hit records that the current block answers.
func (w *worker) hit(block uint32) {
	v := w.terms(block)
	w.out = append(w.out, match{
		score: v.score(w.plan), place: w.best.rank, text: w.row.Text, at: w.best.at, part: uint32(w.batch.part), block: block,
		loose: v[termMissing] > 0,
	})
}

// terms gives the terms of the current block's score at its best place.
func (w *worker) terms(block uint32) values {
	if !w.best.known {
		w.choose(w.places)
	}
	v := w.best.terms
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
	if n := w.plan.shortest; n > 0 && w.row.NameLen() >= n {
		if name := w.shard.BlockName(w.row); w.plan.mayName(name) {
			w.name = indexer.Fold(w.name[:0], []byte(name))
			v[termName] = w.plan.nameValue(name, w.name)
		}
	}
	v[termDefinition] = definition(w.row.Kind)
	v[termClarity] = clarity(&w.row)
	return v
}

// choose takes the place with the best score; among equals the first by repository and path.
func (w *worker) choose(places []indexer.Place) {
	w.best.known = false
	copies := copiesValue(len(w.g.x.Places(w.batch.part, w.blobAt)))
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
