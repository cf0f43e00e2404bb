// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "strings"

// denied is the place of an introduction whose sentence takes its meaning away.
const denied = -1

// introduction looks around a name for the words that make it a statement, and says where they begin.
func (n *notice) introduction(atoms []atom, k int, terse bool) (at int, ok bool) {
	a := atoms[k]
	i, end := a.from, a.to
	if n.run(i-2, "module", "license") || n.run(i-3, "module", "license", "dual") || n.run(i-4, "module", "license", "dual") { // read by modules
		return 0, false
	}
	if a.sold { // by itself it is the item of a list, or of those who bought it
		return i - 2, n.held(i) || k+1 < len(atoms) && n.relation(a, atoms[k+1], true) > same && n.has(n.sentence(i, 12), i, "under", "terms", "licensed")
	}
	if a.expr == publicDomain && !n.joined(atoms, k) {
		if at, ok := n.dedicated(i); ok {
			return at, true
		}
		return i, n.labelled(i) || i < 60 && n.ownLine(i, end) && (terse || n.declared(i, end))
	}
	beside := end < len(n.words) && strings.HasPrefix(n.words[end], "licens") || n.has(i, end, "license", "licenses")
	for p := end; p < min(end+5, len(n.words)) && (p == end || isFiller(n.words[p-1]) || isShort(n.words[p-1])) && n.gap[p]&(gapSentence|gapParagraph) == 0; p++ {
		if n.words[p] == "licensed" {
			return i, !n.ofParts(p+1) && !n.negated(max(i-1, 0))
		}
	}
	if a.url && len(n.words) < 30 || !a.weak && end-i >= len(n.words)*2/3 { // a link or a name and little else
		return i, true
	}
	if all := max(end, n.choiceEnd(atoms, k)); i < 200 && n.ownLine(i, all) && !n.heads(all, a.expr) && (terse && i < 60 || !a.weak && !a.url && i < 200 && beside) {
		return i, true
	}
	if i < 200 && !a.weak && !a.loose && n.ownLine(i, n.choiceEnd(atoms, k)) { // Version: MPL 1.1/GPL 2.0
		return i, true
	}
	if i > 1 && n.has(i-2, i, "alternative") && (n.first[i-1] || n.first[i-2]) { // ALTERNATIVE A - MIT License
		return i, true
	}
	if n.refers(i, end) || n.applies(i, end) || n.prose && !a.weak && isGNU(a.expr) && n.called(i, end) {
		return i, true
	}
	if (n.labelled(i) || terse && n.scoped(i)) && !n.heads(end, a.expr) {
		return i, true
	}
	if at, ok := n.announced(i); ok {
		return at, true
	}
	other := 0
	for p := i - 1; p >= 0 && p >= i-18; p-- {
		w := n.words[p]
		if w == masked {
			return 0, false
		}
		if isTrigger(w) || isPair(n, p) {
			if a.weak && !beside && i-p > 3 && !n.joined(atoms, k) || n.negated(p) || w == "under" && n.elsewhere(p, i, beside) {
				return denied, false
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

// ofParts reports whether "MIT licensed" stands before a word at p that says of which part of something it is said: "MIT licensed parts are in lib".
func (n *notice) ofParts(p int) bool {
	if p >= len(n.words) || n.gap[p]&(gapSentence|gapParagraph|gapComma) != 0 {
		return false
	}
	switch n.words[p] {
	case "parts", "portions", "components", "pieces", "dependencies", "libraries", "packages", "modules", "projects", "assets", "plugins":
		return true
	}
	return false
}

// handled reports whether the sentence says what a tool does with files under a licence, so that "under" at word p introduces none: "detects files
// under the MIT License".
func (n *notice) handled(p int) bool {
	if n.words[p] != "under" || !n.has(p-1, p, "files", "code", "software", "projects", "packages", "components", "works", "programs", "sources") {
		return false
	}
	return n.has(n.sentence(p, 14), p, "detects", "detect", "recognizes", "recognises", "recognize", "identifies", "identify", "finds", "find", "scans", "lists", "handles", "accepts",
		"rejects", "supports", "parses", "flags", "reports", "skips", "imports")
}

// elsewhere reports whether "under" at word p, before a name at word i, speaks of something else than under what this is licensed; beside tells that
// the name is called a licence. So do programs run and are tested: "runs under Python 2.0". X11 alone is a window system.
func (n *notice) elsewhere(p, i int, beside bool) bool {
	if !n.prose && !n.grants(p) {
		return true
	}
	if beside || n.has(n.sentence(p, 14), p, "licensed", "license", "licensing", "released", "distributed", "distribute", "redistribute", "published", "copyright", "terms") {
		return false
	}
	return n.words[i] == "x11" || n.has(n.sentence(p, 9), p, "run", "runs", "running", "ran", "work", "works", "working", "tested", "compile", "compiles", "compiled", "build", "builds", "built",
		"rendering", "window", "windows", "executed", "executes", "started", "developed", "ported", "using")
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

// announced reports whether the name at i begins a list, or a line of its own, of licences that the sentence before offers: "released under any of the
// following licenses, please choose one:". What must be so, or is asked, announces nothing.
func (n *notice) announced(i int) (at int, ok bool) {
	if i == 0 || n.gap[i]&(gapColon|gapItem) == 0 || n.gap[i]&gapQuestion != 0 || n.words[i-1] == masked {
		return 0, false
	}
	at = n.sentence(i-1, 40)
	if !n.has(at, i, "license", "licenses", "licensed", "licensing", "under") || n.has(at, i, "should", "supported", "accepted", "allowed", "recommended", "contributions", "dependencies", "not", "if") {
		return 0, false
	}
	for p := at; p+1 < i; p++ {
		if n.words[p] == "must" && n.words[p+1] == "be" {
			return 0, false
		}
	}
	choice, _ := n.offers(at, i)
	return at, choice
}

// joined reports whether another name is joined to a name: common words that stand together are names.
func (n *notice) joined(atoms []atom, k int) bool {
	return k+1 < len(atoms) && n.relation(atoms[k], atoms[k+1], false) >= listed
}

// refers reports whether the sentence sends the reader to the name for the terms: "see COPYING (GNU GPL) for license conditions".
func (n *notice) refers(i, end int) bool {
	return end+1 < len(n.words) && n.words[end] == "for" && (strings.HasPrefix(n.words[end+1], "licens") || n.words[end+1] == "copying" || n.words[end+1] == "distribution" || n.words[end+1] == "legal") &&
		n.has(n.sentence(i, 12), i, "see", "read", "consult")
}

// applies reports whether the name is the subject of a sentence that says that it holds here: "The GNU GPL applies to this file", "is what governs this
// work".
func (n *notice) applies(i, end int) bool {
	if i-n.sentence(i, 4) > 2 {
		return false
	}
	for p := end; p < min(end+4, len(n.words)) && n.gap[p]&(gapSentence|gapParagraph|gapComma) == 0; p++ {
		switch n.words[p] {
		case "governs", "covers":
			return n.has(p+1, p+3, "this", "all")
		case "applies", "apply":
			return n.run(p+1, "to") && n.has(p+2, p+4, "this", "all")
		case "license", "is", "what", "that", "which":
		default:
			return false
		}
	}
	return false
}

// called reports whether the sentence says no more than that something is the name: "libfoo is LGPLv2.1".
func (n *notice) called(i, end int) bool {
	return i > 1 && n.words[i-1] == "is" && i-n.sentence(i, 6) <= 4 && !n.negated(i-1) && (end == len(n.words) || n.first[end] || n.gap[end]&(gapSentence|gapParagraph) != 0)
}

// choiceEnd is where the names end that are joined to a name at the start of a line by or or a slash; 0 when it is alone.
func (n *notice) choiceEnd(atoms []atom, k int) int {
	end := 0
	if !n.first[atoms[k].from] {
		return 0
	}
	if strings.Contains(atoms[k].expr, " OR ") {
		end = atoms[k].to
	}
	for last := k + 20; k+1 < min(len(atoms), last); k++ {
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

// scoped reports whether the name at i stands behind a label that says what is under it: "Code: MIT, Documentation: CC-BY-4.0".
func (n *notice) scoped(i int) bool {
	if i == 0 || !n.first[i-1] || n.gap[i]&gapColon == 0 {
		return false
	}
	switch n.words[i-1] {
	case "code", "source", "software", "documentation", "docs", "data", "content", "text", "texts", "media", "artwork", "assets", "images", "fonts", "donnees", "textes", "contenu", "contenus":
		return true
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
		switch w := n.words[end]; w {
		case "released", "see", "at", "your", "option", "choice", "discretion":
		default:
			if !strings.HasPrefix(w, "licens") {
				return n.restricted(end)
			}
		}
		end++
	}
	return true
}

// restricted reports whether a remark begins at word p, behind the name of a licence, that says for what use alone it holds: "MIT License (for
// non-commercial use only)".
func (n *notice) restricted(p int) bool {
	return n.gap[p]&(gapBracket|gapComma) != 0 && n.has(p, n.sentenceEnd(p, 8), "only") && n.has(p, n.sentenceEnd(p, 8), "use", "purposes")
}

// negated reports whether the words before an introduction take its meaning away: a denial, a condition, a comparison, history, or that
// it speaks of something else.
func (n *notice) negated(p int) bool {
	from := n.sentence(p, 5)
	if n.has(from, p+1, "not", "compatible", "incompatible", "unlike", "like", "similar", "previously", "formerly", "was", "were", "unless", "if", "convert",
		"relicense", "example", "instance", "whose", "dependencies", "pas", "never", "cannot", "wish", "wants", "elects") {
		return true
	}
	if n.handled(p) || n.quoted(p) || n.prose && n.demanded(from, p) {
		return true
	}
	if end := n.sentenceEnd(p, 25); end < len(n.words) && n.gap[end]&gapQuestion != 0 {
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

// quoted reports whether the words at p stand in quotation marks, as what somebody says: "the notice says “placed in the public domain”".
func (n *notice) quoted(p int) bool {
	for q := p; q > 0 && q > p-8; q-- {
		if n.gap[q]&gapQuote != 0 {
			return n.has(max(n.sentence(q-1, 5), q-5), q, "says", "said", "say", "saying", "wrote", "writes", "claims", "claimed", "states", "stated", "reads", "read", "quote", "mentions", "words",
				"dit", "ecrit", "affirme", "indique", "porte", "mention", "lit")
		}
		if n.gap[q]&(gapSentence|gapParagraph) != 0 {
			return false
		}
	}
	return false
}

// demanded reports whether the words say under what something would have to be: "contributions must be under the MIT license".
func (n *notice) demanded(from, to int) bool {
	for q := from; q < to; q++ {
		if n.words[q+1] == "be" && (n.words[q] == "must" || n.words[q] == "should") {
			return true
		}
	}
	return false
}

// isTrigger reports whether a word alone introduces a licence.
func isTrigger(w string) bool {
	switch w {
	case "under", "sous", "governed", "covered", "protected", "licensed", "licensing", "regi", "regie", "regis", "soumis", "soumise", "dedicated", "lizenziert":
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
		return a == "choice" || a == "terms" || a == "conditions" || a == "provisions"
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
