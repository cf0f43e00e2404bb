// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"cmp"
	"slices"
)

// match is a template that a text holds.
type match struct {
	t *template
	alignment
}

// score is the share of the template's words that the text has.
func (m match) score() float64 { return 1 - float64(m.cost)/float64(max(1, m.t.required)) }

// weight orders matches of the same words: the more words agree, the better; a difference counts more than a word.
func (m match) weight() int { return m.matched - 4*m.cost }

// budget is how many words may differ before a text is another text. Free words give a little room too, for what is changed
// amid them.
func (t *template) budget() int {
	return t.required/12 + min(2, t.required/12) + (len(t.words)-t.required)/40
}

// minRequired is how many words a template must ask for, to be told from chance.
const minRequired = 10

// findTexts finds the templates that a text holds, in the order of the text.
func (d *Detector) findTexts(ids []uint16) []match {
	if len(ids) < shingleSize {
		return nil
	}
	hits := d.index.lookup(ids)
	var found []match
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].template == hits[0].template {
			n++
		}
		t := &d.templates[hits[0].template]
		if n*8 >= t.prints && t.required >= minRequired {
			found = t.matches(ids, hits[:n], d.turns, found)
		}
		hits = hits[n:]
	}
	return choose(found)
}

// matches aligns one template wherever enough of its hits lie on about the same diagonal.
func (t *template) matches(ids []uint16, hits []hit, turns []uint8, found []match) []match {
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(a.diagonal(), b.diagonal()) })
	slack := int32(max(40, len(t.words)/4))
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].diagonal()-hits[0].diagonal() <= slack {
			n++
		}
		if n*6 >= t.prints {
			for _, anchor := range []hit{hits[n/2], hits[n/4], hits[n*3/4]} { // one of them may be a phrase that repeats
				if a, ok := t.align(ids, int(anchor.pos), int(anchor.at), t.budget(), turns); ok {
					found = append(found, match{t, a})
					break
				}
			}
		}
		hits = hits[n:]
	}
	return found
}

func (h hit) diagonal() int32 { return h.at - int32(h.pos) }

// choose keeps the best of matches that cover the same words.
func choose(found []match) []match {
	slices.SortStableFunc(found, func(a, b match) int {
		if c := cmp.Compare(b.weight(), a.weight()); c != 0 {
			return c
		}
		if c := cmp.Compare(len(a.t.words), len(b.t.words)); c != 0 {
			return c
		}
		return cmp.Compare(a.t.expr, b.t.expr)
	})
	var kept []match
	for _, m := range found {
		if !slices.ContainsFunc(kept, func(k match) bool { return m.from < k.to && k.from < m.to }) {
			kept = append(kept, m)
		}
	}
	slices.SortFunc(kept, func(a, b match) int { return cmp.Compare(a.from, b.from) })
	return kept
}
