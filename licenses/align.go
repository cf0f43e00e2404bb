// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// An alignment lays a template over a text, word by word from an anchor that both share, first onwards, then backwards. Where
// they differ it looks for the cheapest way to meet again: words of the template that are missing cost one each unless they
// are free, words of the text that the template does not have cost one each beyond the gap that the template allows.
type alignment struct {
	cost     int
	matched  int  // words that are equal
	from, to int  // the range of the text that was covered
	core     span // without what only a hole of the template reaches where it begins or ends
}

const (
	meetRun    = 3  // words that must agree before both count as met again
	searchText = 30 // how far ahead to look in the text, beyond the gap
	searchTmpl = 60 // and in the template
)

// align lays t over ids so that word pos of the template stands at word at of the text; ok is false when it costs more than the
// budget.
func (t *template) align(ids []uint16, pos, at, budget int, turns []uint16) (a alignment, ok bool) {
	forward := aligner{t: t, ids: ids, turns: turns, n: len(t.words), m: len(ids)}
	cost, matched, end, last := forward.run(pos, at, budget)
	if cost > budget {
		return a, false
	}
	backward := aligner{t: t, ids: ids, turns: turns, n: len(t.words), m: len(ids), reversed: true}
	c, k, start, first := backward.run(backward.n-pos, backward.m-at, budget-cost)
	if cost += c; cost > budget {
		return a, false
	}
	if matched += k; matched*2 < t.required { // with many free words the budget alone would pay for what lacks at the ends
		return a, false
	}
	edits := append(forward.edits, backward.edits...)
	if t.required < shortLicense && (t.refilled(ids, turns, edits) || t.rewritten(ids, turns, edits)) || t.required >= shortLicense && t.changed(ids, turns, edits) > t.required/shareChanged+fewChanged {
		return a, false
	}
	a = alignment{cost, matched, len(ids) - start, end, span{len(ids) - first, last}}
	return a, a.core.size() > 0
}

// edit is a difference: words i to k of the template give way to words j to l of the text.
type edit struct{ i, k, j, l int }

// aligner reads template and text in one direction; positions count in that direction.
type aligner struct {
	t        *template
	ids      []uint16
	turns    []uint16
	n, m     int
	reversed bool
	edits    []edit
}

func (a *aligner) word(i int) uint16 {
	if a.reversed {
		i = a.n - 1 - i
	}
	return a.t.words[i]
}

func (a *aligner) text(j int) uint16 {
	if a.reversed {
		j = a.m - 1 - j
	}
	return a.ids[j]
}

func (a *aligner) gap(i int) int {
	if a.reversed {
		i = a.n - i
	}
	return int(a.t.gap[i])
}

// need is how many words of the template from i up to k are not free.
func (a *aligner) need(i, k int) int {
	if a.reversed {
		i, k = a.n-k, a.n-i
	}
	return int(a.t.needed[k]) - int(a.t.needed[i])
}

// run walks from word i of the template and word j of the text to the end of the template. The text agrees up to end, and up to core
// either with words that may not be missing or with more words than it has others there.
func (a *aligner) run(i, j, budget int) (cost, matched, end, core int) {
	end, core = j, j
	agree, other := 0, 0 // words behind core
	for i < a.n && cost <= budget {
		if other == 0 {
			if n := a.equal(i, j); n > 0 {
				i, j, matched = i+n, j+n, matched+n
				end, core = j, j
				continue
			}
		}
		if j < a.m && a.word(i) == a.text(j) {
			i, j, matched = i+1, j+1, matched+1
			end = j
			if agree++; a.need(i-1, i) > 0 || agree > other {
				core, agree, other = j, 0, 0
			}
			continue
		}
		finish := endCost(a.need(i, a.n))
		di, dj, c := a.meet(i, j, min(budget-cost, finish+meetRun))
		if di < 0 {
			return cost + finish, matched, end, core
		}
		e := a.edit(i, i+di, j, j+dj)
		if c > 0 && a.twisted(i, di, j, dj) || a.renumbered(e) {
			return budget + 1, matched, end, core
		}
		a.edits = append(a.edits, e)
		i, j, cost, other = i+di, j+dj, cost+c, other+dj
	}
	return cost, matched, end, core
}

// equal counts the words from i and j on that agree without a difference.
func (a *aligner) equal(i, j int) int {
	n := 0
	if a.reversed {
		words, ids := a.t.words[:a.n-i], a.ids[:a.m-j]
		for n < len(words) && n < len(ids) && words[len(words)-1-n] == ids[len(ids)-1-n] {
			n++
		}
		return n
	}
	words, ids := a.t.words[i:], a.ids[j:]
	for n < len(words) && n < len(ids) && words[n] == ids[n] {
		n++
	}
	return n
}

// edit gives a difference in the order of template and text.
func (a *aligner) edit(i, k, j, l int) edit {
	if a.reversed {
		return edit{a.n - k, a.n - i, a.m - l, a.m - j}
	}
	return edit{i, k, j, l}
}

// nameGap is from how many words on a hole takes the name of somebody, which may have any word in it.
const nameGap = 20

// shortLicense is below how many words every one of them counts.
const shortLicense = 400

// twisted reports whether a difference turns the meaning of a short licence: a text that adds a ban or drops a permission is
// another licence, however few its words. In a long one such words are too common to tell.
func (a *aligner) twisted(i, di, j, dj int) bool {
	if a.t.required >= shortLicense {
		return false
	}
	broken := false // words that run together or are cut in two lack without being left out
	for l := j; l < j+dj; l++ {
		broken = broken || a.text(l) == unknownWord || a.turns[a.text(l)]&turnsCut != 0
	}
	for k := i; k < i+di; k++ {
		if !broken && a.need(k, k+1) > 0 && a.turns[a.word(k)]&turnsMissing != 0 {
			return true
		}
	}
	if dj <= a.gap(i) {
		return false
	}
	added, duty, old, number, other := false, false, false, false, false
	for l := j; l < j+dj; l++ {
		if w := a.text(l); w != unknownWord {
			added, duty, number = added || a.turns[w]&turnsAdded != 0, duty || a.turns[w]&turnsDuty != 0, number || a.turns[w]&turnsNumber != 0
		}
	}
	for k := i; k < i+di; k++ {
		old, other = old || a.turns[a.word(k)]&turnsDuty != 0, other || a.turns[a.word(k)]&turnsNumber != 0 && a.need(k, k+1) > 0
	}
	return added || duty && !old || number && other
}

const (
	shareChanged = 100 // of so many words of a long licence one may differ
	fewChanged   = 3   // and so many besides
	clauseWords  = 3   // so many in a row change it
	newClause    = 8   // so many are a clause of a short one
	titleWords   = 60  // within so many words from its beginning a text says its version
)

// changed counts the words of a long licence that differ and change its terms: not the numbers of clauses, copyright lines, nor a word
// or two. What lacks in one place and stands in another has only moved.
func (t *template) changed(ids []uint16, turns []uint16, edits []edit) int {
	lacks := map[uint16]int{}
	room := 0 // for what holes take
	for _, e := range edits {
		if e.k-e.i < clauseWords && e.l-e.j < clauseWords || mentions(t.words[e.i:e.k], turns, turnsCopyright) || mentions(ids[e.j:e.l], turns, turnsCopyright) {
			continue
		}
		for g := e.i; g < e.k; g++ {
			if w := t.words[g]; turns[w]&turnsMarker == 0 && t.needed[g+1] > t.needed[g] {
				lacks[w]++
			}
		}
		for _, w := range ids[e.j:e.l] {
			if w == unknownWord || turns[w]&turnsMarker == 0 {
				lacks[w]--
			}
		}
		room += int(slices.Max(t.gap[e.i : e.k+1]))
	}
	missing, added := 0, -room
	for _, n := range lacks {
		missing, added = missing+max(0, n), added+max(0, -n)
	}
	return max(missing/2, added) // what was left out asks for nothing new
}

// mentions reports whether one of some words turns the meaning in a way.
func mentions(words []uint16, turns []uint16, turn uint16) bool {
	return slices.ContainsFunc(words, func(w uint16) bool { return w != unknownWord && turns[w]&turn != 0 })
}

// renumbered reports whether a difference is one of the version that the title says.
func (a *aligner) renumbered(e edit) bool {
	if e.i >= titleWords || e.k == e.i || e.l == e.j {
		return false
	}
	for g := e.i; g < e.k; g++ {
		if a.turns[a.t.words[g]]&turnsMarker == 0 {
			return false
		}
	}
	for _, w := range a.ids[e.j:e.l] {
		if w == unknownWord || a.turns[w]&turnsMarker == 0 {
			return false
		}
	}
	return a.versioned(a.t.words[:e.i]) && a.versioned(a.ids[:e.j])
}

// versioned reports whether a number behind some words is that of a version.
func (a *aligner) versioned(words []uint16) bool {
	for len(words) > 0 {
		w := words[len(words)-1]
		if w == unknownWord || a.turns[w]&(turnsMarker|turnsVersion) == 0 {
			return false
		}
		if a.turns[w]&turnsVersion != 0 {
			return true
		}
		words = words[:len(words)-1]
	}
	return false
}

// rewritten reports whether the differences of a short licence leave out what it asks for, or put a clause more into it.
func (t *template) rewritten(ids []uint16, turns []uint16, edits []edit) bool {
	var missing, added uint16
	for _, e := range edits {
		for g := e.i; g < e.k; g++ {
			if t.needed[g+1] > t.needed[g] {
				missing |= turns[t.words[g]]
			}
		}
		var here uint16
		for _, w := range ids[e.j:e.l] {
			if w != unknownWord {
				here |= turns[w]
			}
		}
		room := int(slices.Max(t.gap[e.i : e.k+1]))
		if e.k == e.i && int(t.needed[e.i]) > meetRun && t.required-int(t.needed[e.i]) > meetRun {
			room = 0 // between two of its words nobody's name stands
		}
		if e.l-e.j-room >= newClause && here&turnsTerm != 0 && here&turnsCopyright == 0 {
			return true
		}
		added |= here
	}
	return missing&turnsAsked != 0 && added&(turnsNegation|turnsAsked) == 0
}

// refilled reports whether what was filled into a hole of a short licence turns its meaning: a hole takes a name, no condition and no
// ban, and what stood there as a ban stays one.
func (t *template) refilled(ids []uint16, turns []uint16, edits []edit) bool {
	for _, g := range t.groups {
		if slices.Max(t.gap[g.from:g.to+1]) == 0 || g.to > g.from && turns[t.words[g.from]]&turnsCopyright != 0 {
			continue
		}
		var template, text uint16 // what the hole holds there and here
		filled, at := 0, g.from
		slices.SortFunc(edits, func(a, b edit) int { return a.i - b.i })
		for _, e := range edits {
			if e.i < g.from || e.k > g.to {
				continue
			}
			for _, w := range ids[e.j:e.l] {
				if filled++; w != unknownWord {
					text |= turns[w]
				}
			}
			for ; at < e.i; at++ {
				text |= turns[t.words[at]]
			}
			at = max(at, e.k)
		}
		if filled == 0 {
			continue
		}
		for ; at < g.to; at++ {
			text |= turns[t.words[at]]
		}
		for _, w := range t.words[g.from:g.to] {
			template |= turns[w]
		}
		turned := text &^ template
		if (text^template)&turnsNegation != 0 || turned&turnsDuty != 0 || turned&turnsAdded != 0 && slices.Max(t.gap[g.from:g.to+1]) < nameGap {
			return true
		}
	}
	return false
}

// endCost is what it costs when the text lacks the first or last words of a template: a preamble or an appendix is often left
// out, so that many cost less than as many differences in between.
func endCost(words int) int { return min(words, 20+words/6) }
