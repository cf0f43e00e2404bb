// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "strings"

// introduction looks around a name for the words that make it a statement, and says where they begin.
func (n *notice) introduction(atoms []atom, k int, terse bool) (at int, ok bool) {
	a := atoms[k]
	i, end := a.from, a.to
	if n.run(i-2, "module", "license") || n.run(i-3, "module", "license", "dual") || n.run(i-4, "module", "license", "dual") { // read by modules
		return 0, false
	}
	if a.expr == publicDomain {
		if at, ok := n.dedicated(i); ok {
			return at, true
		}
		return i, n.labelled(i) || terse && i < 60 && n.ownLine(i, end)
	}
	beside := end < len(n.words) && strings.HasPrefix(n.words[end], "licens") || n.has(i, end, "license", "licenses")
	for p := end; p < min(end+5, len(n.words)) && (p == end || isFiller(n.words[p-1]) || isShort(n.words[p-1])) && n.gap[p]&(gapSentence|gapParagraph) == 0; p++ {
		if n.words[p] == "licensed" {
			return i, true
		}
	}
	if a.url && len(n.words) < 30 || !a.weak && end-i >= len(n.words)*2/3 { // a link or a name and little else
		return i, true
	}
	if n.ownLine(i, end) && !n.heads(end, a.expr) && (terse && i < 60 || !a.weak && !a.url && i < 200 && beside) {
		return i, true
	}
	if i < 200 && !a.weak && !a.loose && n.ownLine(i, n.choiceEnd(atoms, k)) { // Version: MPL 1.1/GPL 2.0
		return i, true
	}
	if i > 1 && n.has(i-2, i, "alternative") && (n.first[i-1] || n.first[i-2]) { // ALTERNATIVE A - MIT License
		return i, true
	}
	if n.refers(i, end) || n.prose && !a.weak && isGNU(a.expr) && n.called(i, end) {
		return i, true
	}
	if n.labelled(i) && !n.heads(end, a.expr) {
		return i, true
	}
	other := 0
	for p := i - 1; p >= 0 && p >= i-18; p-- {
		w := n.words[p]
		if w == masked {
			return 0, false
		}
		if isTrigger(w) || isPair(n, p) {
			if a.weak && !beside && i-p > 3 && !n.joined(atoms, k) || n.negated(p) || w == "under" && !n.prose && !n.grants(p) {
				return 0, false
			}
			return p, true
		}
		if strings.HasPrefix(w, "licens") && i-p <= 3 && !n.heads(end, a.expr) && (n.first[p] || p > 0 && n.first[p-1] && n.words[p-1] != "see" && !isShort(n.words[p-1])) {
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

// continued reports whether a name goes on with what was stated before it: the next item of a list of licences to choose from, an
// alternative ("Or: the MIT license"), what the Eclipse Public License calls a secondary license. End is where the statement before ends.
func (n *notice) continued(a atom, end int, several bool) (at int, ok bool) {
	i := a.from
	switch {
	case i-end >= follow:
		return 0, false
	case several && n.first[i]:
		return i, true
	case n.alternative(max(end, i-4), i):
		return i, true
	}
	from := max(end, n.sentence(i, 50))
	return from, n.has(from, i, "secondary") && n.gap[i]&gapColon != 0
}

// grants reports whether "under" at word p tells what something is licensed under; comments of programs also speak of code under some
// licence.
func (n *notice) grants(p int) bool {
	if n.gap[p]&gapComma != 0 || p > 0 && n.words[p-1] == "or" {
		return true
	}
	for q := p - 1; q >= 0 && q >= p-9; q-- {
		switch w := n.words[q]; w {
		case masked:
			return false
		case "is", "are", "released", "distributed", "available", "published", "provided", "made", "redistribute", "redistributed", "distribute", "modify", "modified", "use", "used", "covered",
			"issued", "offered", "copy", "permission", "free", "placed", "falls", "copyright", "contributed", "either", "open", "sourced", "source", "granted",
			"this", "opensourced", "all", "redistribution", "shared", "put", "alternatively":
			return true
		default:
			if strings.HasPrefix(w, "licens") || strings.HasPrefix(w, "copyright") {
				return true
			}
		}
		if n.gap[q]&(gapSentence|gapParagraph) != 0 {
			return q == p-1 || n.first[q]
		}
	}
	return p < 3 || n.first[p]
}

// joined reports whether another name is joined to a name: common words that stand together are names.
func (n *notice) joined(atoms []atom, k int) bool {
	return k+1 < len(atoms) && n.relation(atoms[k], atoms[k+1], false) >= listed
}

// refers reports whether the sentence sends the reader to the name for the terms: "see COPYING (GNU GPL) for license conditions".
func (n *notice) refers(i, end int) bool {
	return end+1 < len(n.words) && n.words[end] == "for" && (strings.HasPrefix(n.words[end+1], "licens") || n.words[end+1] == "copying" || n.words[end+1] == "distribution") &&
		n.has(n.sentence(i, 12), i, "see")
}

// called reports whether the sentence says no more than that something is the name: "libfoo is LGPLv2.1".
func (n *notice) called(i, end int) bool {
	return i > 1 && n.words[i-1] == "is" && i-n.sentence(i, 6) <= 4 && !n.negated(i-1) && (end == len(n.words) || n.first[end] || n.gap[end]&(gapSentence|gapParagraph) != 0)
}

// choiceEnd is where the names end that are joined to a name by or or a slash; 0 when it is alone.
func (n *notice) choiceEnd(atoms []atom, k int) int {
	end := 0
	if strings.Contains(atoms[k].expr, " OR ") {
		end = atoms[k].to
	}
	for ; k+1 < len(atoms); k++ {
		if r := n.relation(atoms[k], atoms[k+1], false); r != alternative && r != slashed {
			break
		}
		end = atoms[k+1].to
	}
	return end
}

// labelled reports whether the name at i stands behind a label: "License: GPL".
func (n *notice) labelled(i int) bool {
	if i == 0 || n.gap[i]&(gapColon|gapParagraph) == 0 || n.gap[i]&gapSentence != 0 {
		return false
	}
	switch w := n.words[i-1]; w {
	case "license", "licenses", "licensing", "copying", "copyright":
		return n.first[i-1] && (n.gap[i]&gapColon != 0)
	}
	return false
}

// heads reports whether a name is the title of a text that is not the licence's own: otherwise the text would have been found.
// Only of the EUPL, which is official in 23 languages, most texts are not known here, so that its title tells.
func (n *notice) heads(end int, expr string) bool {
	if strings.HasPrefix(expr, "EUPL-") {
		return false
	}
	following := 0
	for _, w := range n.words[end:] {
		if w == masked {
			break
		}
		if following++; following > 60 {
			break
		}
	}
	return following > 60 && n.has(end, end+60, "hereby", "permission", "permissions", "redistribution", "redistributions", "granted", "grants", "definitions")
}

// ownLine reports whether the words from i to end, and perhaps the word license, are all of their line.
func (n *notice) ownLine(i, end int) bool {
	if !n.first[i] || end == 0 {
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

// negated reports whether the words before an introduction take its meaning away: a denial, a condition, a comparison, history, or that
// it speaks of something else.
func (n *notice) negated(p int) bool {
	from := n.sentence(p, 5)
	if n.has(from, p+1, "not", "compatible", "incompatible", "unlike", "like", "similar", "previously", "formerly", "was", "were", "unless", "if", "convert",
		"relicense", "example", "instance", "whose", "dependencies", "pas", "never", "cannot", "wish", "wants", "elects") {
		return true
	}
	for q := n.sentence(p, 14); q+2 < p; q++ {
		switch n.words[q] {
		case "t", "not": // GPL-compatible doesn't mean that we distribute it under the GPL
			if n.has(q+1, q+2, "mean", "imply") {
				return true
			}
		case "with": // combine it with other software that is released under the GPL
			if n.words[q+1] == "other" && n.has(q+2, q+3, "software", "code", "programs", "works") {
				return true
			}
		}
	}
	return !n.prose && n.has(from, p+1, "which")
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
	case "between":
		return a == "choose"
	case "via":
		return a == "available" || a == "released" || a == "distributed"
	case "of":
		return a == "terms" || a == "conditions" || a == "provisions"
	case "as":
		return a == "terms"
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
		"modified", "with", "as", "less", "more", "restrictive", "to", "by", "in", "respective", "dual", "tri", "two", "three", "all", "these", "de", "la", "le", "les", "du", "des",
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
