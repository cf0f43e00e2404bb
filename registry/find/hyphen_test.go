// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"slices"
	"testing"

	"communs/registry"
)

// TestSmallWordsBetweenHyphensStay holds that a word of several with hyphens is the one that needs write, small words and all.
func TestSmallWordsBetweenHyphensStay(t *testing.T) {
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	f := newFinder(t, base...)
	for question, need := range map[string]string{"signaler un nid-de-poule": "participation", "réparer un nid-de-poule": "participation"} {
		p, err := f.Search(t.Context(), Query{Words: question})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Needs) == 0 || p.Needs[0] != need || len(p.Hits) == 0 || !slices.Contains(p.Hits[0].Software.Needs, need) {
			t.Errorf("%q speaks of %q and finds %q", question, p.Needs, ids(p))
		}
	}
}
