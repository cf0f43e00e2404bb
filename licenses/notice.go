// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// A notice says in prose under which licence something is: an introduction ("licensed under the terms of"), then one
// or several names of licences, joined by and, or. A name without an introduction is no notice. Words that stand between
// without changing the meaning are fillers.
//
// The words of a notice are those of plain, with articles, "version" and the like left out, and names that run into their version
// parted: gplv2 is gpl 2.
type notice struct {
	words []string
	at    []int32 // by word: its place in the plain text
	first []bool  // by word: the first of its line
}

// vagueScore is the confidence in a notice that leaves open which licence is meant.
const vagueScore = 0.6

// masked stands for words that are part of something found already.
const masked = "\x00"

// newNotice takes the words of t from one place up to another.
func newNotice(t *plainText, from, to int) *notice {
	n := &notice{words: make([]string, 0, to-from), at: make([]int32, 0, to-from), first: make([]bool, 0, to-from)}
	if to <= from {
		return n
	}
	base := int(t.Words[from].From)
	all := string(t.Bytes[base:t.Words[to-1].To])
	line, first := int32(-1), false
	for i := from; i < to; i++ {
		w := t.Words[i]
		if w.Line != line {
			line, first = w.Line, true
		}
		s := all[int(w.From)-base : int(w.To)-base]
		if isDropped(s) {
			continue
		}
		head, version := partVersion(s)
		if head != "" {
			n.push(head, i, first)
			first = false
		}
		if version != "" {
			n.push(version, i, first)
			first = false
		}
	}
	return n
}

func (n *notice) push(w string, at int, first bool) {
	n.words, n.at, n.first = append(n.words, w), append(n.at, int32(at)), append(n.first, first)
}

func isDropped(s string) bool {
	switch s {
	case "the", "a", "an", "version", "versions", "v", "ver", "vers", "http", "www", "release":
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
	other    bool // the sentence says that this is an alternative to what stands before
	choice   bool // the sentence says that one of several may be chosen
	named    bool // an exception that is only named
}

// findNotices reads the notices of a text. Terse allows a name alone on its line, as a licence file may hold it.
func (d *Detector) findNotices(n *notice, terse bool) []statement {
	var found []statement
	for i := 0; i < len(n.words); {
		named, end := d.nameAt(n, i)
		if end == 0 {
			i++
			continue
		}
		intro, ok := n.introduction(i, end, named, terse)
		if !ok {
			i = end
			continue
		}
		s, next := d.group(n, i, end, named)
		if n.vague(i, next) {
			if n.points(i, next) {
				i = next
				continue
			}
			s.score = vagueScore
		}
		s.other = n.has(intro-12, i, "alternatively", "alternativement", "alternative")
		s.choice = s.choice || n.has(intro-12, i, "dual", "either", "choice", "disjunctive", "triple", "tri", "choose")
		found = append(found, s)
		i = next
	}
	return found
}

// vague reports whether the words of a name leave open which licence is meant. It is taken for the usual one, with less
// confidence, and gives way to the licence file that lies near (see [Tree]).
func (n *notice) vague(i, end int) bool {
	switch strings.Join(n.words[i:end], " ") {
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

// nameAt is the licence named at word i and where the name ends; 0 when none is.
func (d *Detector) nameAt(n *notice, i int) (name, int) {
	if e, from, end := n.gnu(i); end > 0 && from <= i {
		return name{expr: e}, end
	}
	if e, k := d.names.find(n.words[i:]); k > 0 {
		return e, i + k
	}
	return name{}, 0
}

// group reads the names that are joined to the one at i.
func (d *Detector) group(n *notice, i, end int, first name) (statement, int) {
	dual := n.has(i-12, i, "dual", "either", "triple", "tri", "choice", "choose")
	exprs, either, and := []string{first.expr}, false, false
	next, other := end, 0
	for p, op := end, false; p < len(n.words) && p < next+9; p++ {
		if e, stop := d.nameAt(n, p); stop > 0 {
			if !slices.Contains(exprs, e.expr) {
				if !op && !e.url && !either && !dual && p > next { // names run together, as in MIT/GPL, are a choice
					break
				}
				if !e.url {
					exprs = append(exprs, e.expr)
					either = either || p == next && !op
				}
			}
			p, next, op = stop-1, stop, false
			continue
		}
		switch w := n.words[p]; {
		case w == "or" || w == "ou":
			either, op = true, true
		case w == "and" || w == "et" || w == "plus":
			and, op = true, true
		case !isConnector(w):
			if other++; !dual || other > 5 {
				p = len(n.words)
			}
		}
	}
	var es []Expression
	for _, s := range exprs {
		if e, err := Parse(s); err == nil {
			es = append(es, e)
		}
	}
	s := statement{from: int(n.at[i]), to: int(n.at[next-1]) + 1, how: "notice", score: 0.9}
	dual = dual || n.has(next, next+8, "choice", "option", "choose")
	if len(es) > 1 && (either && !and || dual || either) {
		s.expr = Or(es...)
	} else {
		s.expr = And(es...)
	}
	return s, next
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

// exceptions finds the exceptions that are named, not quoted.
func (n *notice) exceptions() []statement {
	for i := 0; i+1 < len(n.words); i++ {
		if !strings.HasPrefix(n.words[i+1], "exception") || n.negated(i) {
			continue
		}
		id := map[string]string{"classpath": "Classpath-exception-2.0", "llvm": "LLVM-exception", "autoconf": "Autoconf-exception-generic"}[n.words[i]]
		if id != "" {
			return []statement{{expr: Expression{id}, from: int(n.at[i]), to: int(n.at[i+1]) + 1, how: "notice", score: 0.9, named: true}}
		}
	}
	return nil
}

// introduction looks leftwards from a name for the words that make it a notice, and says where they begin.
func (n *notice) introduction(i, end int, named name, terse bool) (at int, ok bool) {
	beside := end < len(n.words) && strings.HasPrefix(n.words[end], "licens") || strings.HasPrefix(n.words[end-1], "licens")
	for p := end; p < min(end+5, len(n.words)) && (p == end || isFiller(n.words[p-1]) || isShort(n.words[p-1])); p++ {
		if n.words[p] == "licensed" {
			return i, true
		}
	}
	if named.url && len(n.words) < 30 || !named.weak && end-i >= len(n.words)*2/3 { // a link or a name and little else
		return i, true
	}
	if n.ownLine(i, end) && !n.heads(end, named.expr) && (terse && i < 60 || !named.weak && !named.url && i < 200 && beside) {
		return i, true
	}
	other := 0
	for p := i - 1; p >= 0 && p >= i-18; p-- {
		w := n.words[p]
		if w == masked {
			return 0, false
		}
		if isTrigger(w) || isPair(n, p) {
			if named.weak && !beside && i-p > 3 || n.negated(p) {
				return 0, false
			}
			return p, true
		}
		if strings.HasPrefix(w, "licens") && i-p <= 3 && !n.heads(end, named.expr) && (n.first[p] || p > 0 && n.first[p-1] && n.words[p-1] != "see" && !isShort(n.words[p-1])) {
			return p, true
		}
		if !isFiller(w) {
			if other++; other > 1 {
				return 0, false
			}
		}
	}
	return 0, false
}

// heads reports whether a name is the title of a text that is not the licence's own: otherwise the text would have been found.
// Only of the EUPL, which is official in 23 languages, most texts are not known here, so that its title tells.
func (n *notice) heads(end int, expr string) bool {
	if strings.HasPrefix(expr, "EUPL-") {
		return false
	}
	following := 0
	for _, w := range n.words[end:] {
		if w == masked || following > 60 {
			break
		}
		following++
	}
	return following > 60 && n.has(end, end+60, "hereby", "permission", "permissions", "redistribution", "redistributions", "granted", "grants", "definitions")
}

// ownLine reports whether the words from i to end, and perhaps the word license, are all of their line.
func (n *notice) ownLine(i, end int) bool {
	if !n.first[i] {
		return false
	}
	for end < len(n.words) && !n.first[end] {
		if w := n.words[end]; !strings.HasPrefix(w, "licens") && w != "released" && w != "see" {
			return false
		}
		end++
	}
	return true
}

// negated reports whether the words before an introduction take its meaning away.
func (n *notice) negated(p int) bool {
	return n.has(p-5, p+1, "not", "compatible", "incompatible", "unlike", "previously", "formerly", "was", "were", "unless", "if", "convert",
		"relicense", "example", "instance", "which", "whose", "dependencies", "pas")
}

// isTrigger reports whether a word alone introduces a licence.
func isTrigger(w string) bool {
	switch w {
	case "under", "sous", "governed", "covered", "licensed", "licensing", "regi", "regie", "regis", "soumis", "soumise", "dedicated", "lizenziert":
		return true
	}
	return false
}

// isPair reports whether word p, after the one before it, introduces a licence.
func isPair(n *notice, p int) bool {
	if p == 0 {
		return false
	}
	a, b := n.words[p-1], n.words[p]
	switch b {
	case "to":
		return a == "subject" || a == "pursuant"
	case "of":
		return a == "terms" || a == "conditions" || a == "provisions"
	case "with":
		return a == "accordance" || a == "compliance"
	case "is", "are":
		return strings.HasPrefix(a, "licens")
	case "par":
		return a == "regi" || a == "regie"
	}
	return false
}

// isFiller reports whether a word may stand between an introduction and a name.
func isFiller(w string) bool {
	switch w {
	case "terms", "term", "and", "conditions", "of", "provisions", "either", "both", "following", "license", "licenses", "its", "this", "any", "one",
		"or", "your", "choice", "at", "option", "our", "same", "software", "open", "source", "free", "permissive", "standard", "gnu", "simplified", "new",
		"modified", "with", "as", "to", "by", "in", "respective", "dual", "two", "three", "all", "these", "de", "la", "le", "les", "du", "des",
		"termes", "et", "ou", "d", "l", "ses", "style", "liberal", "public", "general", "2", "3", "1", "0", "later", "lesser", "library", "org",
		"s", "soit", "licence", "only", "is", "are", "dispositions", "francaise", "french", "opensource", "version", "distribution", "fsf", "mit", "bsd", "creative",
		"commons", "attribution", "share", "alike", "sharealike", "unported", "international", "noncommercial", "approved", "osi", "non", "commercial":
		return true
	}
	return false
}

// isShort reports whether a word is a licence's short name.
func isShort(w string) bool {
	switch w {
	case "gpl", "lgpl", "agpl", "mit", "bsd", "apache", "mpl":
		return true
	}
	return false
}

// isConnector reports whether a word may stand between two names that belong together.
func isConnector(w string) bool {
	switch w {
	case "license", "licenses", "either", "of", "your", "choice", "at", "option", "both", "also", "as", "well", "terms", "under", "with", "by", "published",
		"free", "software", "foundation", "conditions", "licence", "gnu", "later", "any", "its", "licensed", "s", "l", "la", "le", "de", "org", "alternatively", "inc", "see", "copy", "is", "available",
		"obtain", "you", "may", "to", "from", "in", "file":
		return true
	}
	return false
}
