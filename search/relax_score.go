// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"slices"
	"strings"

	"communs/indexer"
)

// inName is how much of the question the current block's name says.
func (w *worker) inName(block uint32) (sum, share float64) {
	r := w.plan.relaxed
	if w.row.NameLen() == 0 {
		return 0, 0
	}
	hit := 0.0
	for i, leaf := range r.words {
		if holdsBlock(w.batch.words[leaf].names, block) {
			sum += r.weights[i]
			hit += float64(len(w.plan.leaves[leaf].terms.Parts))
		}
	}
	if sum == 0 {
		return 0, 0
	}
	return sum, min(1, hit/float64(nameParts(w.shard.BlockName(w.row))))
}

// nameParts counts the parts of a name, its enclosing blocks' aside.
func nameParts(name string) (n int) {
	if at := strings.LastIndexAny(name, ".:#"); at >= 0 && at+1 < len(name) {
		name = name[at+1:]
	}
	for i := range len(name) {
		if isWordByte(name[i]) && name[i] != '_' && partStarts(name, i) {
			n++
		}
	}
	return max(1, n)
}

// relaxedTerms sets the terms of the current block's score that only a relaxed question has.
func (w *worker) relaxedTerms(block uint32, v *values) {
	r := w.plan.relaxed
	v[termMissing] = round(w.missing(block) / max(r.total, 1e-9))
	if v[termMissing] == 0 {
		v[termComplete] = 1
		v[termVerbatim] = round(w.verbatim(block))
	}
	named, share := w.inName(block)
	v[termNamed], v[termNameShare] = round(named), round(share)
	v[termAround] = round(w.around())
	if w.batch.related != nil {
		v[termRelated] = round(w.related(block))
	}
	if slices.Contains(r.langs, w.shard.LangName(w.blob.Lang)) {
		v[termLanguage] = 1
	}
}

// around is the weight of the words in the names of the enclosing blocks and in the path.
func (w *worker) around() (sum float64) {
	r := w.plan.relaxed
	w.buf = indexer.Fold(w.buf[:0], w.g.x.Repos()[w.best.at.Repo].PathBytes(w.best.at.Row))
	for parent := w.row.Parent; parent >= 0; {
		row := w.shard.Block(uint32(parent))
		w.buf = indexer.Fold(append(w.buf, ' '), []byte(w.shard.BlockName(row)))
		parent = row.Parent
	}
	for i, leaf := range r.words {
		for _, part := range w.plan.leaves[leaf].terms.Parts {
			if len(part) > 2 && bytes.Contains(w.buf, []byte(part)) {
				sum += r.weights[i]
				break
			}
		}
	}
	return sum
}

// stopWords are English and French words that say little by themselves.
var stopWords = func() map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(`a about above after again all also an and any are as at be been being both but by can could
		did do does doing each either else even ever for from further given had has have having he her here his how i if in into
		is it its itself just me more most much must my no nor not of off on once only or other our out over own same she
		should so some such than that the their them then there these they this those through to too under until up upon us
		use used uses using very was we were what when where whether which while who whom whose why will with within without would you your
		au aux avec ce ces cet cette comme comment dans de des donc du elle en est et etre il ils je la le les leur leurs lors lui
		mais mes mon ne nos notre nous on ou par pas plus pour puis qu quand que quel quelle qui sa sans se ses si son sont sous
		sur ta te tes ton tous tout toute toutes tu un une vers vos votre vous`) {
		all[word] = true
	}
	return all
}()

// verbatim is BM25 of the words that do not count, in a block that has all words of the question: it may hold the sentence as it was
// typed. Where a word is missing they would only lead astray.
func (w *worker) verbatim(block uint32) (sum float64) {
	for i, l := range w.plan.leaves {
		if l.idle {
			sum += w.leaf(i, block).bm25
		}
	}
	return sum
}
