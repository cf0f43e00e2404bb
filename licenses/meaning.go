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
	meant(found, func(_ Finding, current Expression) { es = append(es, current) })
	return es
}

// meant gives the findings that say something of their own, each with its expression by the current ids.
func meant(found []Finding, say func(f Finding, current Expression)) {
	type reading struct {
		current  Expression
		families []string
	}
	read := make(map[Expression]reading, 2) // long files say the same again and again
	var offered []string                    // the families of the choice at hand
	path, end := "", 0
	for _, f := range found {
		r, ok := read[f.Expression]
		if !ok {
			r.current = f.Expression.Current()
			for _, id := range r.current.IDs() {
				r.families = append(r.families, family(id))
			}
			read[f.Expression] = r
		}
		part := f.Path == path && !slices.ContainsFunc(r.families, func(id string) bool { return !slices.Contains(offered, id) })
		switch {
		case f.How == "tag" || f.How == "manifest":
		case isChoice(r.current):
			path, offered, end = f.Path, r.families, f.End
		case part && (f.How == "text" || f.Start-end < sameChoice):
			end = f.End
			continue
		case !part:
			offered = nil
		}
		say(f, r.current)
	}
}
