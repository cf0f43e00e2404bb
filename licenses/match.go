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

// weight orders matches of the same words: the more words agree, the better; a difference counts more than a word. A licence that SPDX
// lists goes before one that it does not list and that hardly differs.
func (m match) weight() int {
	w := m.matched - 4*m.cost
	if m.t.unlisted {
		w -= m.t.required / 50
	}
	return w
}

// budget is how many words may differ before a text is another text. Free words give a little room too, for what is changed
// amid them.
func (t *template) budget() int {
	return t.required/12 + min(2, t.required/12) + (len(t.words)-t.required)/40
}

// minRequired is how many words a template must ask for, to be told from chance.
const minRequired = 10

// findTexts finds the templates that a text holds, in the order of the text. Regions of the text that share enough with some
// template are looked at each for itself: what is found there depends on their words alone, and files of one project have the
// same ones, so that most are known already. Breaks are the places in ids where something that is not comment stands.
func (d *Detector) findTexts(ids []uint16, breaks []int) []match {
	s := d.scratch.Get().(*lookup)
	defer d.scratch.Put(s)
	var found []match
	for _, r := range s.regions(d, ids, breaks) {
		words := ids[r.from:r.to]
		key := d.memo.key(words)
		known, ok := d.memo.get(key)
		if !ok {
			known = choose(s.matches(d, words, r), len(words))
			d.memo.put(key, known)
		}
		for _, m := range known {
			m.from, m.to, m.core = m.from+r.from, m.to+r.from, span{m.core.from + r.from, m.core.to + r.from}
			found = append(found, m)
		}
	}
	return found
}

// enough reports whether so many hits may be a copy of the template.
func (t *template) enough(hits int) bool { return hits*6 >= t.prints && t.required >= minRequired }

// affords reports whether a text with these words may be the template, and the most that a match can weigh: words that it lacks
// altogether cost no less than as many at the end.
func (t *template) affords(present []bool) (most int, ok bool) {
	lacking, free, budget := 0, 0, t.budget()
	for i, w := range t.words {
		switch {
		case present[w]:
		case t.needed[i+1] == t.needed[i]:
			free++
		default:
			if lacking++; endCost(lacking) > budget {
				return 0, false
			}
		}
	}
	return match{t, alignment{cost: endCost(lacking), matched: len(t.words) - lacking - free}}.weight(), true
}

// matches aligns one template wherever enough of its hits lie on about the same diagonal.
func (t *template) matches(ids []uint16, hits []hit, turns []uint16, found []match) []match {
	slices.SortFunc(hits, func(a, b hit) int { return int(a.diagonal() - b.diagonal()) })
	slack := int32(max(40, len(t.words)/4))
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].diagonal()-hits[0].diagonal() <= slack {
			n++
		}
		if t.enough(n) {
			for _, anchor := range []hit{hits[n/2], hits[n/4], hits[n*3/4], hits[n-1]} { // one of them may be a phrase that repeats
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

// stretch is how many words of a region have one list of the matches that lie there, so that a match is compared with its neighbours only.
const stretch = 256

// choose keeps the best of matches that cover the same words, of so many. Two that follow each other may both claim words between them, where
// a copyright line may be: those count for neither.
func choose(found []match, words int) []match {
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
	there := make([][]match, words/stretch+1)
	for _, m := range found {
		lists := there[m.from/stretch : m.to/stretch+1]
		if slices.ContainsFunc(lists, func(list []match) bool { return slices.ContainsFunc(list, m.competes) }) {
			continue
		}
		kept = append(kept, m)
		for i := range lists {
			lists[i] = append(lists[i], m)
		}
	}
	slices.SortFunc(kept, func(a, b match) int { return cmp.Compare(a.core.from, b.core.from) })
	for i := 1; i < len(kept); i++ { // what two of them share belongs to the first, unless only the second must have it
		before, m := &kept[i-1], &kept[i]
		before.to = min(before.to, max(before.core.to, m.core.from))
		m.from = max(m.from, before.to)
		m.core.from = max(m.core.from, m.from)
	}
	return kept
}

// competes reports whether a match has the words of one that weighs more. One that SPDX does not list takes none of them at all.
func (m match) competes(k match) bool {
	mine, other := m.core, k.core
	if m.t.unlisted && !k.t.unlisted {
		mine, other = span{m.from, m.to}, span{k.from, k.to}
	}
	return overlap(mine, other) > min(mine.size(), other.size())/5
}

// overlap is how many words two ranges share.
func overlap(a, b span) int { return min(a.to, b.to) - max(a.from, b.from) }

func (s span) size() int { return s.to - s.from }
