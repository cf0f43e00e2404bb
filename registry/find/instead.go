// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"slices"

	"communs/registry"
)

// Alternative is a software that may stand in the place of another, with what speaks for it.
type Alternative struct {
	Software *registry.Software `json:"software"`
	Reasons  []Reason           `json:"reasons"` // the strongest first
	Score    float64            `json:"score"`
}

// Reason says why a software may stand in the place of another.
type Reason struct {
	Key  string   `json:"reason"` // find.alternative.KEY is the sentence
	With []string `json:"with,omitempty"`
}

// The reasons.
const (
	ReasonListed   = "listed"   // a card names the other as an alternative
	ReasonReplaces = "replaces" // it says that it replaces it
	ReasonBoth     = "both"     // both replace the same; With names it
	ReasonNeeds    = "needs"    // they answer the same needs; With holds their ids
)

// Alternatives gives what may stand in the place of a software, the most fitting first, at most n.
func (f *Finder) Alternatives(id string, n int) ([]Alternative, error) {
	v, done := f.reading()
	defer done()
	at, ok := v.byID[id]
	if !ok {
		return nil, &UnknownError{id}
	}
	list := []Alternative{}
	for i := range v.entries {
		if reasons, score := v.alternative(at, int32(i)); score >= leastAlike {
			t := tally{score: score}
			t.always(&v.entries[i], 0)
			list = append(list, Alternative{v.entries[i].Software, reasons, t.score})
		}
	}
	slices.SortFunc(list, func(a, b Alternative) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Software.ID, b.Software.ID))
	})
	return list[:min(n, len(list))], nil
}

// leastAlike is what two software must have in common that one is an alternative to the other: the main need of one, which the other answers
// too, is enough.
const leastAlike = 1.5

// alternative tells what speaks for a software in the place of another, and how much.
func (v *view) alternative(of, at int32) (reasons []Reason, score float64) {
	a, b := &v.entries[of], &v.entries[at]
	if of == at {
		return nil, 0
	}
	if slices.Contains(a.Like, b.ID) || slices.Contains(b.Like, a.ID) {
		reasons, score = append(reasons, Reason{ReasonListed, nil}), weightListed
	}
	if slices.ContainsFunc(b.replaces, func(x brand) bool { return x.joined == a.joined }) {
		reasons, score = append(reasons, Reason{ReasonReplaces, nil}), score+weightReplaces
	}
	if shared, value := v.sharedNeeds(a, b); value > 0 {
		reasons, score = append(reasons, Reason{ReasonNeeds, shared}), score+value*weightNeed
	}
	var both []string
	for i, x := range b.replaces {
		if slices.ContainsFunc(a.replaces, func(y brand) bool { return x.joined == y.joined }) {
			both = append(both, b.Replaces[i])
		}
	}
	if len(both) > 0 {
		reasons, score = append(reasons, Reason{ReasonBoth, both}), score+min(2, float64(len(both)))
	}
	return reasons, score
}

// sharedNeeds gives the needs that both answer, and how much they say: the first of each most.
func (v *view) sharedNeeds(a, b *entry) (shared []string, value float64) {
	total := 0.0
	for i, need := range a.needs {
		weight := 1 / float64(i+1)
		total += weight
		if j := slices.Index(b.needs, need); j >= 0 {
			shared = append(shared, v.needs.ids[need])
			value += weight / float64(j+1)
		}
	}
	if total == 0 {
		return nil, 0
	}
	return shared, value / total
}

// inPlaceOf gives what may stand in the place of the software that a question names.
func (v *view) inPlaceOf(targets []int32) ([]match, fit) {
	var found []match
	scores := map[int32]float64{}
	for at := range int32(len(v.entries)) {
		for _, of := range targets {
			if _, score := v.alternative(of, at); score >= leastAlike && !slices.Contains(targets, at) {
				scores[at] = max(scores[at], score)
			}
		}
		if scores[at] > 0 {
			found = append(found, match{at: at})
		}
	}
	return found, func(t *tally, at int32) { t.add("alternative", scores[at], weightInstead) }
}
