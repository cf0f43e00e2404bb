// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Together is what the findings of one file say of that file: all of them hold, by the current names of their licences. What a REUSE
// annotation says is about other files.
func Together(found []Finding) Expression {
	es := make([]Expression, 0, len(found))
	for _, f := range found {
		if f.Scope == "" {
			es = append(es, f.Expression.Current())
		}
	}
	return And(es...)
}
