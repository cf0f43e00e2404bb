// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import "communs/licenses"

// A project that leaves the choice (A OR B) is handed on under one of its branches: all that it holds has to fit into the same one. That A
// takes one component and B another is not enough.

// Branch is one way to choose in the licence that is judged against.
type Branch struct {
	License  licenses.Expression `json:"license"`
	Verdict  Verdict             `json:"verdict"`
	Errors   int                 `json:"errors"`   // problems when it is chosen, those included that are not about the licence
	Unknowns int                 `json:"unknowns"` // of them, because something is not known
}

// finish judges all, of a choice against each branch, and keeps the report on the best: the one with the fewest problems that were decided,
// then the fewest that nobody can decide, then the first. A choice of too many branches stays whole, and nothing can be said of it.
func (a *audit) finish() *Report {
	branches := a.report.Into.Branches()
	if len(branches) < 2 {
		return a.judgeAll(a.report.Into)
	}
	var best *Report
	var chosen Branch
	all := make([]Branch, 0, len(branches))
	for _, license := range branches {
		r := a.judgeAll(license)
		b := Branch{License: license, Verdict: r.Verdict, Errors: r.Counts.Errors}
		for i := range r.Problems {
			if r.Problems[i].status() == Doubtful {
				b.Unknowns++
			}
		}
		all = append(all, b)
		if decided, least := b.Errors-b.Unknowns, chosen.Errors-chosen.Unknowns; best == nil || decided < least || decided == least && b.Unknowns < chosen.Unknowns {
			best, chosen = r, b
		}
	}
	best.Branch, best.Branches = chosen.License, all
	return best
}
