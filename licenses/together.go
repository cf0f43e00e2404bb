// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Together joins what one file states: all of its findings hold, by the current names of their licences. Only a snippet of other origin,
// which SPDX-SnippetBegin marks, keeps its licence for itself.
func Together(found []Finding) Expression {
	es := make([]Expression, 0, len(found))
	for _, f := range found {
		if f.How != snippetHow {
			es = append(es, f.Expression.Current())
		}
	}
	return And(es...)
}
