// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// What a word does to the meaning of a licence that has it too much, or that lacks it.
const (
	turnsAdded = 1 << iota
	turnsMissing
	turnsNegation // in a hole
	turnsDuty     // unless it takes the place of another
	turnsNumber   // of a version: where it takes the place of another
	turnsCopyright
	turnsMarker  // a number, or a letter that counts
	turnsVersion // what says that a number follows
	turnsAsked   // what a licence asks for, unless it asks for something else there
	turnsTerm    // what clauses are made of
	turnsCut     // the beginning of another, which it may be cut from: sub-license
)

// newTurns marks the words that turn a meaning, by their number in the dictionary.
func newTurns(dict map[string]uint16, words int) []uint16 {
	turns := make([]uint16, words)
	for turn, list := range map[uint16][]string{
		turnsAdded: {"not", "no", "never", "prohibited", "disallowed", "forbidden", "restricted", "commercial", "noncommercial", "nonprofit", "except",
			"evil", "military", "nuclear", "academic", "educational", "evaluation", "trial", "confidential", "proprietary", "paid", "sell", "unmodified", "unchanged"},
		turnsMissing:   {"not", "no", "without", "free", "charge", "fee", "sublicense", "sell", "modify", "distribute", "merge", "permitted", "restriction"},
		turnsNegation:  {"not", "neither", "nor", "none", "no", "never", "without", "cannot"},
		turnsDuty:      {"must", "only", "shall", "required", "requires"},
		turnsCopyright: {"copyright"},
		turnsAsked:     {"neither", "advertising"},
		turnsTerm:      {"license", "licenses", "licensed", "granted", "permission", "permitted", "right", "rights", "redistributions", "redistribution", "acknowledgment", "acknowledgement"},
		turnsCut:       {"sub"},
		turnsVersion:   {"version", "v", "release"},
		turnsNumber:    {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	} {
		for _, w := range list {
			if id, ok := dict[w]; ok {
				turns[id] |= turn
			}
		}
	}
	for w, id := range dict {
		if isMarker(w) {
			turns[id] |= turnsMarker
		}
	}
	return turns
}

// isMarker reports whether a word may be the number of a clause: 3, 3c, b, iv.
func isMarker(w string) bool {
	digits := 0
	for digits < len(w) && w[digits] >= '0' && w[digits] <= '9' {
		digits++
	}
	if digits > 2 || len(w)-digits > 1 {
		return w == "ii" || w == "iii" || w == "iv" || w == "vi" || w == "vii" || w == "viii" || w == "ix"
	}
	return digits > 0 || len(w) == 1 && w != "v" && w != "a"
}
