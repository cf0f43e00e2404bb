// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// Two notices have a sentence behind them that makes another id of theirs: the GFDL's list of invariant sections, and the words by which the
// MPL is incompatible with secondary licences.

// narrowed gives the statements of a file, in their order, the ids that the sentences behind them tell.
func (s *scanner) narrowed(statements []statement) []statement {
	const incompatible = "MPL-2.0-no-copyleft-exception"
	var without []statement
	for i, t := range statements {
		if t.expr.text == incompatible {
			without = append(without, t)
		}
		if t.how != "notice" {
			continue
		}
		for _, id := range t.expr.IDs() {
			if base, end, ok := strings.Cut(id, "-only"); ok && end == "" && s.invariants(base, t) {
				statements[i].expr = statements[i].expr.replace(id, base+"-invariants-only")
			} else if base, end, ok := strings.Cut(id, "-or-later"); ok && end == "" && s.invariants(base, t) {
				statements[i].expr = statements[i].expr.replace(id, base+"-invariants-or-later")
			}
		}
	}
	return slices.DeleteFunc(statements, func(t statement) bool {
		return t.expr.text == "MPL-2.0" && t.how == "notice" && slices.ContainsFunc(without, func(w statement) bool { return w.from >= t.from && w.from-t.to < nearby })
	})
}

// invariantWords is how many words behind the licence's name its invariant sections may be told.
const invariantWords = 40

// invariants reports whether a notice of the GFDL has invariant sections or cover texts: "with the Invariant Sections being …".
func (s *scanner) invariants(base string, t statement) bool {
	if !strings.HasPrefix(base, "GFDL-") || strings.Contains(base, "invariants") {
		return false
	}
	word := func(i int) string { return string(s.plain.word(i)) }
	for i := t.from; i+3 < min(t.to+invariantWords, len(s.plain.Words)); i++ {
		switch {
		case s.plain.Words[i].Break:
			return false
		case (word(i) == "invariant" && word(i+1) == "sections" || word(i) == "cover" && word(i+1) == "texts") && word(i+2) == "being":
			return word(i+3) != "list" // the licence's own form: "being LIST THEIR TITLES"
		}
	}
	return false
}
