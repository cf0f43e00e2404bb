// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// Answer is what a verdict says.
type Answer string

// The answers. What is not known is never yes.
const (
	Yes       Answer = "yes"
	No        Answer = "no"
	CannotSay Answer = "cannot-say"
)

// Ground is why a verdict or an obligation is as it is.
type Ground struct {
	Kind   string `json:"kind"` // same, matrix, appendix, article, clause (of an obligation), permissive, unknown
	From   string `json:"from"` // SPDX ids
	Into   string `json:"into"`
	Detail string `json:"detail,omitempty"` // the cell of the matrix, the number of the article
}

// Verdict says whether code under one licence may go into a project under another.
type Verdict struct {
	Answer      Answer
	Obligations []Obligation // what the licences of the code ask for; of the best branch where there is a choice
	Grounds     []Ground
}

// Judge says whether code under from may be used in a project under into. Of a choice (OR) the best branch counts, of licences
// that hold together (AND) all do. What neither the matrix nor an article answers for that use is CannotSay.
func Judge(from, into Expression, use Use) Verdict {
	f, i := from.Current().tree(), into.Current().tree()
	if f == nil || i == nil {
		return Verdict{Answer: CannotSay, Grounds: []Ground{{Kind: "unknown", From: from.text, Into: into.text}}}
	}
	return judge(f, i, use)
}

// judge takes both expressions apart.
func judge(from, into *node, use Use) Verdict {
	switch {
	case from.op == opAnd:
		return all(from.kids, func(k *node) Verdict { return judge(k, into, use) })
	case into.op == opAnd:
		return all(into.kids, func(k *node) Verdict { return judge(from, k, use) })
	case from.op == opOr:
		return best(from.kids, func(k *node) Verdict { return judge(k, into, use) })
	case into.op == opOr:
		return best(into.kids, func(k *node) Verdict { return judge(from, k, use) })
	}
	answer, ground := judgeOne(from, into, use)
	v := Verdict{Answer: answer, Grounds: []Ground{ground}}
	if answer != No {
		v.Obligations = obligations(from, use)
	}
	return v
}

// all is the verdict when every part must hold: the worst answer, the grounds and obligations of all.
func all(kids []*node, one func(*node) Verdict) Verdict {
	v := Verdict{Answer: Yes}
	for _, k := range kids {
		w := one(k)
		if rank(w.Answer) < rank(v.Answer) {
			v.Answer = w.Answer
		}
		v.Grounds = appendNew(v.Grounds, w.Grounds)
		v.Obligations = appendNew(v.Obligations, w.Obligations)
	}
	if v.Answer == No {
		v.Obligations = nil
	}
	return v
}

// best is the verdict when one part may be chosen: the best answer, and among equal ones the fewest obligations.
func best(kids []*node, one func(*node) Verdict) Verdict {
	v := one(kids[0])
	for _, k := range kids[1:] {
		w := one(k)
		if rank(w.Answer) > rank(v.Answer) || w.Answer == v.Answer && len(w.Obligations) < len(v.Obligations) {
			v = w
		}
	}
	return v
}

func rank(a Answer) int {
	switch a {
	case Yes:
		return 2
	case CannotSay:
		return 1
	}
	return 0
}

func appendNew[T comparable](to, from []T) []T {
	for _, x := range from {
		if !slices.Contains(to, x) {
			to = append(to, x)
		}
	}
	return to
}

// judgeOne compares two licences, each perhaps with an exception.
func judgeOne(from, into *node, use Use) (Answer, Ground) {
	f, i := from.String(), into.String()
	ground := Ground{From: f, Into: i}
	if f == i && Known(Expression{f}) {
		ground.Kind = "same"
		return Yes, ground
	}
	if kind, detail := article(from, into, use); kind != "" {
		ground.Kind, ground.Detail = kind, detail
		return Yes, ground
	}
	cell, ok := matrixCell(f, i)
	exception := false
	if !ok && from.op == opWith { // an exception only adds permissions
		cell, ok = matrixCell(from.kids[0].String(), i)
		exception = ok
		if cell == 's' { // the same licence, but for the exception
			cell = 'y'
		}
	}
	if !ok {
		if known, detail := permissive(from, into); known {
			ground.Kind, ground.Detail = "permissive", detail
			return Yes, ground
		}
		ground.Kind = "unknown"
		return CannotSay, ground
	}
	ground.Kind, ground.Detail = "matrix", cellName(cell)
	switch {
	case cell == 'y' || cell == 's':
		return Yes, ground
	case cell == 'n' && !exception && use == Copy, cell == 'n' && !exception && use == Link && strong(from):
		return No, ground
	}
	// The matrix is about one work that is handed on. It does not answer for a service, nor for linking with a library whose
	// licence speaks of linking.
	return CannotSay, ground
}

// Known reports whether every licence of an expression is on the SPDX list.
func Known(e Expression) bool {
	n := e.tree()
	if n == nil {
		return false
	}
	known := true
	n.leaves(func(id string) {
		if _, ok := Info(strings.TrimSuffix(id, "+")); !ok {
			known = false
		}
	})
	return known
}

// strong reports whether a licence's reciprocity reaches what is linked with the code.
func strong(n *node) bool {
	id := n.String()
	return n.op == opLicense && (strings.HasPrefix(id, "GPL-") || strings.HasPrefix(id, "AGPL-") || strings.HasPrefix(id, "SSPL") ||
		id == "Sleepycat" || id == "QPL-1.0")
}
