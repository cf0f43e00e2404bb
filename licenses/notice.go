// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// A notice says in prose under which licence something is. It is read in three steps. First the licences that are named are
// collected with their places; then names that belong together (see group.go) and have an introduction, such as "licensed
// under the terms of" (see introduction.go), make a statement; at last the statements of a file are settled (see settle.go): what is an
// alternative to what, what only repeats or explains what was said. A name without an introduction is no statement.
//
// The words of a notice are those of plain, with articles, "version" and the like left out, and names that run into their version
// parted: gplv2 is gpl 2.
type notice struct {
	words []string
	at    []int32 // by word: its place in the plain text
	first []bool  // by word: the first of its line
	gap   []gap   // by word: what stands before it
	prose bool    // not the comments of a program
}

// vagueScore is the confidence in a notice that leaves open which licence is meant.
const vagueScore = 0.6

// masked stands for words that are part of something found already.
const masked = "\x00"

// newNotice takes the words of t from one place up to another.
func newNotice(t *plainText, from, to int) *notice {
	n := &notice{words: make([]string, 0, to-from), at: make([]int32, 0, to-from), first: make([]bool, 0, to-from), gap: make([]gap, 0, to-from)}
	if to <= from {
		return n
	}
	base := int(t.Words[from].From)
	all := string(t.Bytes[base:t.Words[to-1].To])
	line, first, before := int32(-1), false, gap(0)
	for i := from; i < to; i++ {
		w := t.Words[i]
		if w.Line != line {
			line, first = w.Line, true
		}
		s := all[int(w.From)-base : int(w.To)-base]
		if g := w.Gap; i > from && g&gapSentence != 0 && isAbbreviation(all[int(t.Words[i-1].From)-base:int(t.Words[i-1].To)-base]) {
			before |= g &^ gapSentence
		} else {
			before |= g
		}
		if isDropped(s) {
			continue
		}
		head, version := partVersion(s)
		for _, part := range [2]string{head, version} {
			if part != "" {
				n.words, n.at, n.first, n.gap = append(n.words, part), append(n.at, int32(i)), append(n.first, first), append(n.gap, before)
				first, before = false, 0
			}
		}
	}
	return n
}

func isDropped(s string) bool {
	switch s {
	case "the", "a", "an", "version", "versions", "v", "ver", "vers", "http", "www", "release":
		return true
	}
	return false
}

// isAbbreviation reports whether a full stop behind the word ends no sentence.
func isAbbreviation(s string) bool {
	switch s {
	case "v", "ver", "vers", "inc", "ltd", "corp", "co", "vs", "no", "st", "e", "g", "i", "al", "et":
		return true
	}
	return false
}

// partVersion cuts the version off a name it has run into.
func partVersion(s string) (head, version string) {
	if len(s) < 2 || s[len(s)-1] < '0' || s[len(s)-1] > '9' || len(s) > 12 {
		return s, ""
	}
	digits := len(s)
	for digits > 0 && s[digits-1] >= '0' && s[digits-1] <= '9' {
		digits--
	}
	switch head := strings.TrimSuffix(s[:digits], "v"); head {
	case "", "gpl", "lgpl", "agpl", "apache", "asl", "mpl", "epl", "cpl", "cecill", "eupl", "cddl", "bsd", "osl", "afl", "gfdl", "fdl", "al":
		return head, s[digits:]
	}
	return s, ""
}

// statement is one notice, or a match of a text, in words of the plain text.
type statement struct {
	expr     Expression
	from, to int // places in the plain text
	how      string
	score    float64
	loose    []string // ids that were taken although no version was said
	other    bool     // the sentence says that this is an alternative to what stands before
	choice   bool     // the sentence says that one of several may be chosen
	several  bool     // and that they follow one by one
	below    bool     // and that the text of one follows
	joined   bool     // it was put together of several
	grant    bool     // the sentence grants rights, it does not only mention
	part     bool     // a paragraph of its own, labelled by a short name, that is written out for those that use the name
	title    bool     // a name alone on its line, or at the head of a text
	hint     bool     // says too little to count beside another statement
	link     bool     // only an address, which says nothing alone
	named    bool     // an exception that is only named
}

// atom is a licence that is named, in words of the notice.
type atom struct {
	name
	from, to int
}

// atoms finds the licences that are named.
func (d *Detector) atoms(n *notice) []atom {
	var found []atom
	for i, end := 0, 0; i < len(n.words); {
		if !d.names.begins(n.words[i]) {
			i++
			continue
		}
		a, ok := d.atomAt(n, i, end)
		if !ok {
			i++
			continue
		}
		if !n.compared(i) && !n.denies(a.to) {
			found = append(found, a)
		}
		i, end = a.to, a.to
	}
	return n.withExceptions(n.withoutLone(found))
}

// atomAt is the licence named at word i; the name before ends at end.
func (d *Detector) atomAt(n *notice, i, end int) (atom, bool) {
	if a, ok := n.gnu(i, end); ok {
		return a, true
	}
	if n.words[i] == "license" && i+1 < len(n.words) && n.gap[i+1]&gapColon != 0 { // a label
		return atom{}, false
	}
	if e, k := d.names.find(n.words[i:]); k > 0 {
		return atom{e, i, i + k}, true
	}
	return n.sold(i)
}

// denies reports whether the words behind a name, which ends at p, say that it does not hold: "so that the BSD license may not apply".
func (n *notice) denies(p int) bool {
	if n.run(p, "license") {
		p++
	}
	return p+2 < len(n.words) && n.words[p+1] == "not" && strings.HasPrefix(n.words[p+2], "appl") && n.gap[p]&(gapSentence|gapParagraph|gapComma) == 0
}

// compared reports whether the words before a name at word i only compare another licence with it: "is close to the GNU LGPL".
func (n *notice) compared(i int) bool {
	if i < 2 {
		return false
	}
	switch n.words[i-2] {
	case "close", "closer", "similar", "comparable", "equivalent", "identical":
		return n.words[i-1] == "to"
	case "compatible", "incompatible":
		return n.words[i-1] == "with"
	}
	return false
}

// findNotices reads the notices of a text. Terse allows a name alone on its line, as a licence file may hold it.
func (d *Detector) findNotices(n *notice, terse bool) []statement {
	atoms := d.atoms(n)
	var found []statement
	end := 0     // of the last statement
	refused := 0 // where the last name ends of which the sentence states nothing
	for i := 0; i < len(atoms); {
		intro, ok := n.introduction(atoms, i, terse)
		if intro == denied || refused > 0 && n.gap[atoms[i].from]&gapItem != 0 && atoms[i].from-refused < 12 {
			ok, refused = false, atoms[i].to
		}
		if !ok && len(found) > 0 {
			intro, ok = n.continued(atoms[i], end, found[len(found)-1].several)
		}
		if !ok {
			if s, ok := n.hint(atoms[i]); ok {
				found = append(found, s)
			}
			i++
			continue
		}
		g := n.group(atoms[i:], intro, end)
		last := atoms[i+g.count-1].to
		g.or = g.or || len(g.atoms) > 1 && n.referred(last)
		s := g.statement(n)
		s.ofLinux(n, last)
		if n.vague(g.atoms[0]) {
			if len(g.atoms) == 1 && n.points(g.atoms[0].from, last) {
				i += g.count
				continue
			}
			s.score = vagueScore
		}
		begin := n.sentence(intro, 25)
		s.grant = n.opens(begin) && n.has(begin, intro, "redistribute", "modify", "permission")
		s.below = n.has(last, last+2, "below") || n.has(begin, last+6, "following", "follows")
		s.title = n.alone(intro, last)
		s.other = n.alternative(max(end, intro-30), g.atoms[0].from)
		s.choice = s.choice || n.orBelow(last)
		s.part = n.defined(begin)
		found = append(found, s)
		i, end = i+g.count, last
	}
	return found
}

// opens reports whether a paragraph begins at word i or shortly before it.
func (n *notice) opens(i int) bool {
	for p := i; p >= 0 && p > i-10; p-- {
		if n.gap[p]&gapParagraph != 0 || p == 0 || n.words[p-1] == masked {
			return true
		}
	}
	return false
}

// alone reports whether a statement is all of its line, and short.
func (n *notice) alone(intro, last int) bool {
	for last < len(n.words) && !n.first[last] && strings.HasPrefix(n.words[last], "licens") {
		last++
	}
	return last-intro < 9 && (n.first[intro] || intro > 0 && n.first[intro-1]) && (last == len(n.words) || n.first[last] || n.words[last] == masked) &&
		n.gap[intro]&gapColon == 0
}

// orBelow reports whether the sentence goes on behind its names with the offer of what stands below: "or, when distributed separately,
// subject to the following license:".
func (n *notice) orBelow(last int) bool {
	end := n.sentenceEnd(last, 40)
	for p := last; p < end; p++ {
		if n.words[p] == "or" {
			for q := p + 1; q+1 < end; q++ {
				if n.words[q] == "following" && n.has(q+1, q+4, "license", "terms", "conditions") {
					return end < len(n.words) && (n.gap[end]&gapColon != 0 || n.words[end] == masked)
				}
			}
		}
	}
	return false
}

// defined reports whether the sentence at word i is the text below a short name that stands as label at the head of a paragraph, as in
// Debian's lists: "License: GPL-1+", an empty line before.
func (n *notice) defined(i int) bool {
	for p := i; p > 0 && p >= i-8; p-- {
		if n.words[p] == "license" && n.first[p] && p+1 < len(n.words) && n.gap[p+1]&gapColon != 0 {
			return n.gap[p]&gapParagraph != 0
		}
		if n.gap[p]&gapParagraph != 0 {
			return false
		}
	}
	return false
}

// vague reports whether the words of a name leave open which licence is meant. It is taken for the usual one, with less
// confidence, and gives way to the licence file that lies near (see [Tree]).
func (n *notice) vague(a atom) bool {
	switch strings.Join(n.words[a.from:a.to], " ") {
	case "bsd license", "bsd", "artistic license", "bsd style license", "bsd type license", "mit style license":
		return true
	}
	return false
}

// points reports whether a name only says of what style the licence in another file is, as in "a BSD-style license that can be
// found in the LICENSE file".
func (n *notice) points(i, end int) bool {
	return n.has(i, end, "style", "type") && n.has(end, end+10, "found", "see", "contained", "accompanying", "included", "file")
}

// hint reads what only points to a licence: where its text lies, as Debian has it; "see the GNU General Public License for more details"; that
// it includes software of the Apache Software Foundation. It tells the version of what is stated without one.
func (n *notice) hint(a atom) (statement, bool) {
	e, err := Parse(a.expr)
	lies := a.from > 1 && n.run(a.from-2, "common", "licenses") || n.run(a.from, "common", "licenses")
	details := a.loose && isGNU(a.expr) && (n.run(a.to, "for", "more", "details") || n.run(a.to, "for", "details"))
	product := n.prose && a.from > 2 && n.run(a.from-3, "software", "developed", n.words[a.from-1])
	link := !a.loose && a.from > 2 && n.run(a.from-3, "gnu", "org", "licenses")
	if err != nil || !lies && !details && !product && !link {
		return statement{}, false
	}
	s := statement{expr: e, from: int(n.at[a.from]), to: int(n.at[a.to-1]) + 1, how: "notice", score: vagueScore, hint: true, link: link && !lies}
	if a.loose {
		s.loose = []string{a.expr}
	}
	return s, true
}

// alternative reports whether the words from p to the name at i say that it is an alternative to what stands before.
func (n *notice) alternative(p, i int) bool {
	for q := max(p, 0); q < i; q++ {
		switch n.words[q] {
		case "secondary":
			if n.run(q+1, "licenses") || n.run(q+1, "license") {
				return true
			}
		case "alternatively", "alternativement", "alternative", "alternately":
			return true
		case "instead": // you may instead use it under
			if n.run(q-1, "may") {
				return true
			}
		case "permission": // under the MPL with permission to redistribute under the GPL
			if n.run(q+1, "to", "redistribute", "under") && n.run(q-1, "with") {
				return true
			}
		case "or", "ou":
			if n.gap[q]&(gapSentence|gapParagraph) != 0 || n.first[q] && q < i-1 && n.words[q+1] == "under" {
				return true
			}
		}
	}
	return false
}

// sentence is the first word of the sentence that word i stands in, at most so many words back.
func (n *notice) sentence(i, most int) int {
	p := i
	for p > 0 && i-p < most && n.gap[p]&(gapSentence|gapParagraph) == 0 && n.words[p-1] != masked {
		p--
	}
	return p
}

// sentenceEnd is where the sentence that word i stands in ends, at most so many words ahead.
func (n *notice) sentenceEnd(i, most int) int {
	p := i
	for p < len(n.words) && p-i < most && (p == i || n.gap[p]&(gapSentence|gapParagraph) == 0) && n.words[p] != masked {
		p++
	}
	return p
}

// has reports whether one of the given words stands in a range.
func (n *notice) has(from, to int, words ...string) bool {
	for i := max(0, from); i < min(to, len(n.words)); i++ {
		if slices.Contains(words, n.words[i]) {
			return true
		}
	}
	return false
}

// run reports whether the given words stand at i, one after the other; none of them may be a name's.
func (n *notice) run(i int, words ...string) bool {
	return i >= 0 && i+len(words) <= len(n.words) && slices.Equal(n.words[i:i+len(words)], words)
}
