// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// A known licence is not the whole of it where a sentence beside it takes back what it gives: "may not be used for commercial
// purposes", "for personal use only", "subject to the Commons Clause". Such a sentence is a licence of its own, which nobody knows; what
// it stands beside holds together with it, so that the whole is not taken for free.

// restrictionNear is how many lines a restriction may stand from what it restricts, in a file that is no licence file.
const restrictionNear = 12

// restrictions finds the sentences outside of the covered words that restrict what a statement of the file gives.
func (s *scanner) restrictions(covered []bool, statements []statement) []statement {
	if len(statements)+len(s.tags) == 0 {
		return nil
	}
	var found []statement
	words := s.plain.Words
	file := s.kind == fileLicense && slices.ContainsFunc(statements, func(t statement) bool { return isListed(t.expr) })
	tagged := make(map[int32]bool, len(s.tags))
	for _, t := range s.tags {
		tagged[int32(t.line)] = true
	}
	ends := func(i int) bool { // the sentence, before word i
		return words[i].Break || words[i].Gap&(gapSentence|gapParagraph|gapItem) != 0 || covered[i] != covered[i-1] || words[i].Line != words[i-1].Line && tagged[words[i-1].Line]
	}
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && to-from < longestSentence && !ends(to) {
			to++
		}
		if !covered[from] && !words[from].Break && (s.restricts(from, to) && s.besides(from, to, statements) || file && s.imposes(from, to)) {
			found = append(found, statement{expr: unknownText, from: from, to: to, how: "notice", score: 0.5})
		}
		from = to
	}
	return found
}

// longestSentence is where a sentence that does not end is cut.
const longestSentence = 120

// besides reports whether a sentence stands where it speaks of what a statement of the file gives.
func (s *scanner) besides(from, to int, statements []statement) bool {
	if s.kind == fileLicense || s.kind == fileBeside {
		return true
	}
	first, last := s.line(from), s.line(to-1)
	near := func(start, end int) bool { return first <= end+restrictionNear && last >= start-restrictionNear }
	return slices.ContainsFunc(statements, func(t statement) bool { return near(s.line(t.from), s.line(t.to-1)) }) ||
		slices.ContainsFunc(s.tags, func(t tag) bool { return near(t.line, t.line) })
}

// What a word may be in a sentence that restricts.
const (
	saysBan     = 1 << iota // not, prohibited
	saysOnly                // only, solely
	saysUse                 // use, sell, distribute
	saysTrade               // commercial, profit
	saysWar                 // military, weapons
	saysPrivate             // personal, academic
	saysOther               // a sentence about something else: a warranty, another licence to be bought
	saysMay                 // may, shall
)

// restrictionWord is what a word says.
func restrictionWord(w string) int {
	switch w {
	case "not", "prohibited", "forbidden", "never", "disallowed", "cannot", "without":
		return saysBan
	case "only", "solely", "exclusively":
		return saysOnly
	case "use", "used", "uses", "using", "sell", "sold", "selling", "distribute", "distributed", "redistributed", "redistribution", "distribution", "resale", "purpose", "purposes":
		return saysUse
	case "commercial", "commercially", "noncommercial", "profit":
		return saysTrade
	case "military", "weapons", "weapon", "warfare":
		return saysWar
	case "personal", "academic", "educational", "evaluation", "nonprofit":
		return saysPrivate
	case "warranty", "warranties", "liable", "liability", "damages", "designed", "intended", "acknowledge", "support", "trademark", "trademarks", "endorse",
		"license", "licenses", "licensing", "contact", "if", "whether", "or", "both":
		return saysOther
	case "may", "shall", "must", "is", "are", "granted", "permitted", "allowed":
		return saysMay
	}
	return 0
}

// restricts reads one sentence: commerce or war that is banned, or a use that is the only one.
func (s *scanner) restricts(from, to int) bool {
	says, only, private, non := 0, -1, -1, false
	for i := from; i < to; i++ {
		w := string(s.plain.word(i))
		if w == "commons" && i+1 < to && string(s.plain.word(i+1)) == "clause" {
			return true
		}
		c := restrictionWord(w)
		if c&saysTrade != 0 && (w == "noncommercial" || i > from && string(s.plain.word(i-1)) == "non") {
			non, private = true, i
			continue
		}
		if c&saysOnly != 0 {
			only = i
		}
		if c&saysPrivate != 0 {
			private = i
		}
		says |= c
	}
	if says&saysUse == 0 || says&saysOther != 0 {
		return says&saysUse != 0 && (non || says&saysPrivate != 0) && says&saysTrade == 0 && only > private && private >= from && only-private <= 3
	}
	switch {
	case says&saysBan != 0 && says&saysMay != 0 && says&(saysTrade|saysWar) != 0:
		return true
	case private >= from && only >= from:
		return only-private <= 3 && private-only <= 4
	}
	return false
}

// What a word may be in a sentence that adds a term of its own to a licence.
const (
	addsDuty  = 1 << iota // must, shall
	addsAct               // what is asked or forbidden
	addsThing             // what it is about
	addsOther             // a sentence about something else: a licence to be kept to, a warranty, what contributors do
)

// termWord is what a word says there.
func termWord(w string) int {
	switch w {
	case "must", "shall", "required", "should":
		return addsDuty
	case "include", "included", "display", "displayed", "acknowledge", "acknowledged", "acknowledgment", "acknowledgement", "mark", "marked", "label", "labeled",
		"modify", "modified", "copied", "distribute", "distributed", "redistribute", "redistributed", "sublicense", "sell", "sold", "publish", "published", "rename", "renamed",
		"retain", "retained", "release", "released", "use", "used", "pay", "notify":
		return addsAct
	case "you", "software", "code", "work", "works", "product", "products", "program", "library", "derivative", "modifications", "redistribution",
		"redistributions", "distribution", "distributions", "versions", "copies", "documentation", "font", "fonts", "package":
		return addsThing
	case "license", "licenses", "licence", "licences", "licensed", "warranty", "warranties", "liable", "liability", "damages", "contributor", "contribution", "contributions",
		"see", "file", "files", "below":
		return addsOther
	}
	return 0
}

// imposes reads one sentence of a licence file: one that says what you must do with the software, or must not.
func (s *scanner) imposes(from, to int) bool {
	says := 0
	for i := from; i < to; i++ {
		w := string(s.plain.word(i))
		if w == "required" && i > from && string(s.plain.word(i-1)) == "not" {
			continue
		}
		says |= termWord(w)
		if w == "may" && i+1 < to {
			if next := string(s.plain.word(i + 1)); next == "not" || next == "only" {
				says |= addsDuty
			}
		}
	}
	return says == addsDuty|addsAct|addsThing
}

// isListed reports whether a licence that SPDX lists is stated.
func isListed(e Expression) bool {
	return slices.ContainsFunc(e.IDs(), func(id string) bool { _, ok := Info(id); return ok })
}
