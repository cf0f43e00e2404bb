// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "strings"

// Some code is offered under a free licence or under one that is sold: "licensed under the AGPL-3.0 or a commercial license". The second has
// no text that anybody could know; it goes by the name that LicenseDB gives all such licences. Alone the words say nothing of the code: "for a
// commercial license write to …" stands in many files. Beside a licence it is always an alternative, also where the sentence says and.

// commercial stands for a licence that is sold.
const commercial = "LicenseRef-scancode-commercial-license"

// sold reads the name of a licence that is sold at word i: "commercial license", "proprietary terms", or the first of these words alone in a
// list or behind or.
func (n *notice) sold(i int) (atom, bool) {
	expr := commercial
	switch n.words[i] {
	case "commercial":
	case "proprietary":
		expr = proprietary
	default:
		return atom{}, false
	}
	for p := i + 1; p < len(n.words) && p < i+3 && n.gap[p]&(gapSentence|gapParagraph|gapComma|gapColon) == 0; p++ {
		switch n.words[p] {
		case "license", "licenses", "licensing", "terms", "agreement", "agreements":
			for p+1 < len(n.words) && strings.HasPrefix(n.words[p+1], "agreement") {
				p++
			}
			return atom{name{expr: expr, sold: true}, i, p + 1}, true
		case "use", "and", "or", "software", "products", "purposes":
			return atom{}, false
		}
	}
	begins := n.first[i] || n.gap[i]&(gapItem|gapSlash|gapColon) != 0 || i > 0 && n.words[i-1] == "or"
	ends := i+1 == len(n.words) || n.first[i+1] || n.gap[i+1]&(gapSentence|gapParagraph|gapComma|gapColon|gapItem|gapBracket) != 0
	return atom{name{expr: expr, sold: true}, i, i + 1}, begins && ends
}

// withoutLone drops the licences that are sold where no other licence stands beside them for the choice.
func (n *notice) withoutLone(atoms []atom) []atom {
	kept := atoms[:0]
	for k, a := range atoms {
		if !a.sold || n.gap[a.from]&gapItem != 0 || n.soldBeside(kept, a) || k+1 < len(atoms) && n.relation(a, atoms[k+1], true) > same || n.held(a.from) {
			kept = append(kept, a)
		}
	}
	return kept
}

// soldBeside reports whether a licence that is sold is joined to the name before it.
func (n *notice) soldBeside(before []atom, a atom) bool {
	return len(before) > 0 && n.relation(before[len(before)-1], a, true) > same
}

// held reports whether the sentence lets those use the file under the licence at word i who have bought it: "Licensees holding valid commercial
// licenses may use this file in accordance with the commercial license agreement".
func (n *notice) held(i int) bool {
	return n.run(i-2, "accordance", "with") && n.has(n.sentence(i, 30), i, "holding", "holders", "purchased")
}
