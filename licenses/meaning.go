// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// sameChoice is how many lines may lie between a choice and the notices that spell it out.
const sameChoice = 60

// meaning is what findings say together, in their order: where a file offers a choice and then spells out the licences of it one by one, they do
// not hold together but are that choice.
func meaning(found []Finding) []Expression {
	var es []Expression
	meant(found, func(f Finding) { es = append(es, f.Expression.Current()) })
	return es
}

// meant gives the findings that say something of their own.
func meant(found []Finding, say func(Finding)) {
	var offered []string // the families of the choice at hand
	path, end := "", 0
	for _, f := range found {
		e := f.Expression.Current()
		var families []string
		for _, id := range e.IDs() {
			families = append(families, family(id))
		}
		part := f.Path == path && !slices.ContainsFunc(families, func(id string) bool { return !slices.Contains(offered, id) })
		switch {
		case f.How == "tag" || f.How == "manifest":
		case isChoice(e):
			path, offered, end = f.Path, families, f.End
		case part && (f.How == "text" || f.Start-end < sameChoice):
			end = f.End
			continue
		case !part:
			offered = nil
		}
		say(f)
	}
}
