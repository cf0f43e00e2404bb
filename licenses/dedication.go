// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "strings"

// Two statements name no licence: that something is in the public domain, and that it is proprietary. Both are reported by the names
// that ScanCode's LicenseDB gives them.
const (
	publicDomain = "LicenseRef-scancode-public-domain"
	proprietary  = "LicenseRef-scancode-proprietary-license"
)

// proprietaryScore is the confidence in what is said in so many ways.
const proprietaryScore = 0.7

// dedicated reports whether the words before "public domain" at word i say that something is in it: "has been placed in the public
// domain". Ideas and methods may be too, and other people's code; that says nothing of this one.
func (n *notice) dedicated(i int) (at int, ok bool) {
	from := n.sentence(i, 25)
	for p := from; p+1 < i; p++ {
		if n.words[p] == "no" && n.words[p+1] == "part" || n.words[p] == "none" && n.words[p+1] == "of" {
			return 0, false
		}
	}
	if i > from && n.words[i-1] == "is" && !n.has(from, i, "which", "that", "if") {
		return i - 1, true
	}
	if i == from || n.negated(i-1) || n.has(i-8, i, "your", "you", "modifications", "algorithm", "algorithms", "idea", "method", "neither", "except") {
		return 0, false
	}
	switch n.words[i-1] {
	case "in", "into", "to", "as", "under", "on":
	default:
		return 0, false
	}
	for p := i - 2; p >= from && p >= i-8; p-- {
		switch n.words[p] {
		case "placed", "released", "put", "dedicated", "donated", "contributed", "committed", "entered", "given", "declared", "is", "are", "s", "hereby", "falls", "belongs",
			"place", "release", "dedicate", "donate", "placing", "distributed", "licensed", "published", "provided", "available", "offered":
			return p, true
		}
	}
	return 0, false
}

// declared reports whether "public domain", from word i to end, is a line of its own in a program's comment, and no part of a sentence.
func (n *notice) declared(i, end int) bool {
	if n.prose || end < len(n.words) && n.gap[end]&(gapSentence|gapParagraph) == 0 {
		return false
	}
	return i == 0 || !n.has(i-1, i, "in", "into", "to", "of", "as", "is", "are", "be", "and", "or", "not", "non", "under", "on", "from", "for", "with", "by", "than") && !n.negated(i-1)
}

// reserved finds what says that the code is proprietary: that it is confidential, a secret, not to be copied without permission. That all rights
// are reserved says nothing; free licences say so too. Only the first is reported.
func (n *notice) reserved() []statement {
	for i, w := range n.words {
		length := 0
		switch w {
		case "proprietary":
			if n.run(i+1, "license") && i > 0 && n.first[i-1] && n.words[i-1] == "license" { // License: proprietary license
				length = 2
			} else if n.has(n.sentence(i, 8), i+8, "confidential") || n.secret(i) {
				length = 1
			}
		case "trade":
			if (n.run(i+1, "secrets") || n.run(i+1, "secret")) && n.has(n.sentence(i, 20), i, "contains", "property", "proprietary", "unpublished", "protected", "constitutes", "valuable") {
				length = 2
			}
		case "unauthorized", "unauthorised":
			if n.has(i+1, i+4, "copying", "use", "reproduction", "distribution", "duplication", "disclosure") && n.has(i+1, n.sentenceEnd(i, 30), "prohibited", "forbidden") {
				length = 2
			}
		case "without":
			if n.forbids(i) {
				length = 1
			}
		}
		if length > 0 && !n.negated(i) {
			return []statement{{expr: Expression{proprietary}, from: int(n.at[i]), to: int(n.at[i+length-1]) + 1, how: "notice", score: proprietaryScore}}
		}
	}
	return nil
}

// secret reports whether proprietary at word i is said of the code: "this is proprietary software of A".
func (n *notice) secret(i int) bool {
	if i+1 >= len(n.words) || i == 0 {
		return false
	}
	switch n.words[i+1] {
	case "software", "code", "information", "property", "material", "source":
		from := n.sentence(i, 12)
		return n.has(from, i, "is", "contains", "are", "constitutes") && n.has(from, i, "this", "software", "file", "program", "code", "document", "herein") &&
			!n.has(from, i, "with", "into", "for", "use", "used", "uses", "using", "permits", "store", "stores", "if", "in", "both")
	}
	return false
}

// forbids reports whether the sentence around "without" at word i forbids copying without permission. That names may not be used without
// permission is no more than free licences say.
func (n *notice) forbids(i int) bool {
	if !n.has(i+1, i+9, "permission", "consent", "authorization", "authorisation", "approval") || !n.has(i+1, i+6, "prior", "written", "express", "explicit", "expressed") {
		return false
	}
	from := n.sentence(i, 60)
	if n.has(from, n.sentenceEnd(i, 40), "endorse", "promote", "name", "names", "trademark", "trademarks", "advertising", "publicity") {
		return false
	}
	for p := from; p+2 < i; p++ {
		no := n.words[p] == "not" && p > from && strings.Contains(" may shall must can cannot is ", " "+n.words[p-1]+" ")
		no = no || n.words[p] == "no" && n.words[p+1] == "part"
		if no && n.has(p+1, i, "copied", "reproduced", "disclosed", "distributed", "redistributed", "transmitted", "duplicated", "published", "sold") {
			return true
		}
	}
	return false
}
