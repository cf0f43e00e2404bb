// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// headLines is how far into some lines a statement may begin to be about all of them: in the comment ahead of a function, or at its top.
// One further down is about some of them only.
const headLines = 20

// IsSnippet reports whether a finding is about lines of other origin, between SPDX-SnippetBegin and SPDX-SnippetEnd.
func (f Finding) IsSnippet() bool { return f.How == snippetHow }

// Nearest answers [Nearer] for many lines of one file. The zero value knows nothing.
type Nearest struct {
	snippets []Finding
	own      []Finding // what the file says of itself
}

// NewNearest takes all that a file says.
func NewNearest(found []Finding) Nearest {
	return Nearest{
		snippets: slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.How != snippetHow }),
		own:      spelled(ofItself(found)),
	}
}

// Differs reports whether a file says something else of some of its lines than of the whole: whether [Nearest.To] ever has an answer.
func (n Nearest) Differs() bool {
	return len(n.snippets) > 0 || slices.ContainsFunc(n.own, func(f Finding) bool { return f.Expression != n.own[0].Expression })
}

// Snippets are what is said of lines of other origin.
func (n Nearest) Snippets() []Finding { return n.snippets }

// IDs lists the licences of what the file says of itself, see [Own].
func (n Nearest) IDs() (ids []string) {
	var read []Expression
	for _, f := range n.own {
		if !slices.Contains(read, f.Expression) {
			read, ids = append(read, f.Expression), append(ids, f.Expression.IDs()...)
		}
	}
	return ids
}

// Nearer gives what a file says of its lines from start to end more nearly than of itself, found being all that it says: by the smallest
// snippet around them, or else by statements at their head when the file has others. Where the lines hold a snippet or a part of one,
// what is said of it is given with apart false: it holds together with the licence of the file.
func Nearer(found []Finding, start, end int) (near []Finding, apart bool) {
	return NewNearest(found).To(start, end)
}

// To is [Nearer] for lines of the file.
func (n Nearest) To(start, end int) (near []Finding, apart bool) {
	var around, touched []Finding
	for _, f := range n.snippets {
		switch {
		case f.End < start || f.Start > end:
		case f.Start <= start && end <= f.End:
			if len(around) > 0 && f.End-f.Start < around[0].End-around[0].Start {
				around = nil
			}
			if len(around) == 0 || f.Start == around[0].Start && f.End == around[0].End {
				around = append(around, f)
			}
		default:
			touched = append(touched, f)
		}
	}
	if len(around) > 0 {
		return append(around, touched...), true // snippets within a snippet have their own
	}
	if len(touched) > 0 {
		return touched, false
	}
	var inside []Finding
	for _, f := range n.own {
		if f.Start < start || f.End > end {
			continue
		}
		if f.Start >= start+headLines {
			return nil, false
		}
		inside = append(inside, f)
	}
	if len(inside) == len(n.own) {
		return nil, false
	}
	return inside, len(inside) > 0
}

// ofItself is what a file says of itself as a whole: not what it annotates, the scope of which an index does not keep.
func ofItself(found []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(ofFile(found)), func(f Finding) bool { return f.How == "reuse" || f.How == debianHow })
}

// spelled leaves out the notices that only spell out a choice which stands before them.
func spelled(found []Finding) []Finding {
	kept := make([]Finding, 0, len(found))
	meant(found, func(f Finding, _ Expression) { kept = append(kept, f) })
	return kept
}

// Said is what findings say together.
func Said(found []Finding) Expression { return And(meaning(found)...) }
