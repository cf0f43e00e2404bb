// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
)

var sharedDetector = sync.OnceValues(NewDetector)

// detector is one for all tests: making it is measured apart.
func detector(t testing.TB) *Detector {
	t.Helper()
	d, err := sharedDetector()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// answer joins the findings of one file.
func answer(found []Finding) Expression {
	var es []Expression
	for _, f := range found {
		es = append(es, f.Expression.Current())
	}
	return And(es...)
}

// shape is an expression with the order of its parts taken out, so that equal ones compare equal.
func shape(e Expression) string {
	var write func(n *node) string
	write = func(n *node) string {
		if n == nil || n.op == opLicense {
			if n == nil {
				return ""
			}
			return n.id
		}
		var kids []string
		for _, k := range n.kids {
			kids = append(kids, write(k))
		}
		if n.op != opWith {
			sort.Strings(kids)
			kids = slices.Compact(kids)
		}
		if len(kids) == 1 {
			return kids[0]
		}
		return "(" + strings.Join(kids, [...]string{opWith: " WITH ", opAnd: " AND ", opOr: " OR "}[n.op]) + ")"
	}
	return write(e.tree())
}
