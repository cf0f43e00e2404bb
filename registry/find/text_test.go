// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"slices"
	"testing"
)

func TestTokens(t *testing.T) {
	for text, want := range map[string][]string{
		"L’Œuvre d'été, lorsqu'il":      {"oeuvre", "ete", "il"},
		"the board's users’ list":       {"board", "users", "list"},
		"visio-conférence  e-mail":      {"visio", "conference", "e", "mail"},
		"aujourd'hui 3D C++ ﬁn":         {"aujourd", "hui", "3d", "c", "fin"},
		"e\u0301cole\u00a0: « à vélo »": {"ecole", "a", "velo"},
		"'' - ’ ":                       nil,
	} {
		var got []string
		for _, tok := range tokens(text) {
			if tok.plain != "the" {
				got = append(got, tok.plain)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if glued := tokens("visio-conférence à - part"); !glued[1].glued || glued[0].glued || glued[3].glued {
		t.Errorf("hyphens: %+v", glued)
	}
}

func TestOneApart(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"moodle", "moodel"}: true, {"moodle", "modle"}: true, {"moodle", "moodlee"}: true, {"moodle", "noodle"}: true, {"moodle", "moodle"}: true,
		{"moodle", "mdole"}: false, {"moodle", "modele"}: false, {"ab", "ba"}: true, {"abc", "cba"}: false, {"a", "abc"}: false, {"été", "etê"}: false,
	} {
		if got := oneApart([]rune(pair[0]), []rune(pair[1])); got != want {
			t.Errorf("%q: %v, want %v", pair, got, want)
		}
	}
}
