// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"math"
	"slices"
)

// Without gives a detector that does not know the texts of some licences. It is for measuring what is said of a text that nobody has listed.
func (d *Detector) Without(ids ...string) *Detector {
	less := &Detector{templates: slices.Clone(d.templates), index: d.index, dict: d.dict, names: d.names, turns: d.turns, clauses: d.clauses, memo: newMemo(), pairs: d.pairs}
	less.scratch.New = func() any { return newLookup(less) }
	for i := range less.templates {
		if t := &less.templates[i]; slices.Contains(ids, t.expr) {
			t.prints = math.MaxInt32 // there are never enough hits
		}
	}
	return less
}
