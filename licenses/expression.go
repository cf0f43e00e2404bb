// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"sort"
	"strings"
)

// Expression is an SPDX licence expression, as its author meant it: a deprecated id is kept (see [Expression.Current]). The zero value
// means that nothing is known. Expressions can be compared with ==.
type Expression struct{ text string }

// String is the expression in canonical form: ids as SPDX spells them, no more parentheses than needed. It is empty when
// nothing is known.
func (e Expression) String() string { return e.text }

// IsZero reports whether nothing is known.
func (e Expression) IsZero() bool { return e.text == "" }

// MarshalText gives the canonical form.
func (e Expression) MarshalText() ([]byte, error) { return []byte(e.text), nil }

// UnmarshalText reads an expression; empty text is the zero Expression.
func (e *Expression) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*e = Expression{}
		return nil
	}
	var err error
	*e, err = Parse(string(text))
	return err
}

// IDs lists the licences that the expression names, in order, each once. Deprecated ids are given by their current name.
func (e Expression) IDs() []string {
	n := e.Current().tree()
	if n == nil {
		return nil
	}
	var ids []string
	n.leaves(func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	})
	return ids
}

// Current is the expression with deprecated ids replaced by the ones that took their place (GPL-2.0+ by GPL-2.0-or-later).
func (e Expression) Current() Expression {
	n := e.tree()
	if n == nil {
		return e
	}
	return Expression{n.current().String()}
}

// And joins expressions that hold together, each once; the unknown ones are left out.
func And(es ...Expression) Expression { return joinAll(opAnd, es) }

// Or joins expressions of which one may be chosen.
func Or(es ...Expression) Expression { return joinAll(opOr, es) }

func joinAll(op op, es []Expression) Expression {
	var kids []*node
	seen := map[string]bool{}
	for _, e := range es {
		n := e.tree()
		if n == nil {
			continue
		}
		for _, k := range join(op, n).flat(op) {
			if s := k.String(); !seen[s] {
				seen[s] = true
				kids = append(kids, k)
			}
		}
	}
	if len(kids) == 0 {
		return Expression{}
	}
	return Expression{join(op, kids...).String()}
}

// Weigh gives an expression the weight of its parts: of a choice the greatest, of what holds together the least. A part is a
// licence, with its exception where it has one; deprecated ids are given by their current name. What is not known weighs nothing.
func (e Expression) Weigh(one func(license string) int) int {
	n := e.Current().tree()
	if n == nil {
		return 0
	}
	return n.weigh(one)
}

func (n *node) weigh(one func(string) int) int {
	if n.op <= opWith {
		return one(n.String())
	}
	w := n.kids[0].weigh(one)
	for _, k := range n.kids[1:] {
		if n.op == opOr {
			w = max(w, k.weigh(one))
		} else {
			w = min(w, k.weigh(one))
		}
	}
	return w
}

// op is the kind of a node.
type op byte

const (
	opLicense op = iota
	opWith       // kids: licence, exception
	opAnd
	opOr
)

// node is a part of an expression.
type node struct {
	op   op
	id   string // opLicense: as SPDX spells it, with a + where there is one
	kids []*node
}

// tree is the parsed expression; nil when nothing is known.
func (e Expression) tree() *node {
	if e.text == "" {
		return nil
	}
	n, err := parse(e.text, true)
	if err != nil {
		return nil
	}
	return n
}

// join makes one node of several, taking in nodes of the same operator.
func join(op op, kids ...*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	var all []*node
	for _, k := range kids {
		all = append(all, k.flat(op)...)
	}
	return &node{op: op, kids: all}
}

// flat is what the operator joins in n: its kids, or n itself.
func (n *node) flat(op op) []*node {
	if n.op == op {
		return n.kids
	}
	return []*node{n}
}

func (n *node) String() string {
	if n.op == opLicense {
		return n.id
	}
	var b strings.Builder
	for i, k := range n.kids {
		if i > 0 {
			b.WriteString([...]string{opWith: " WITH ", opAnd: " AND ", opOr: " OR "}[n.op])
		}
		if s := k.String(); k.op > opWith && k.op != n.op {
			b.WriteString("(" + s + ")")
		} else {
			b.WriteString(s)
		}
	}
	return b.String()
}

// leaves calls f for each licence, exceptions left out.
func (n *node) leaves(f func(id string)) {
	switch n.op {
	case opLicense:
		f(n.id)
	case opWith:
		n.kids[0].leaves(f)
	default:
		for _, k := range n.kids {
			k.leaves(f)
		}
	}
}

// current replaces deprecated ids.
func (n *node) current() *node {
	if n.op == opLicense {
		return currentOf(n.id)
	}
	kids := make([]*node, len(n.kids))
	for i, k := range n.kids {
		kids[i] = k.current()
	}
	if n.op == opWith {
		return &node{op: opWith, kids: kids}
	}
	return join(n.op, kids...)
}

// currentOf is what stands for an id today. X+ is X-or-later where SPDX has one.
func currentOf(id string) *node {
	if base, ok := strings.CutSuffix(id, "+"); ok {
		if info, ok := Info(base + "-or-later"); ok {
			return &node{op: opLicense, id: info.ID}
		}
	}
	info, ok := Info(id)
	if !ok || info.Current == "" {
		return &node{op: opLicense, id: id}
	}
	n, err := parse(info.Current, false)
	if err != nil {
		return &node{op: opLicense, id: id}
	}
	if n.op == opWith && n.kids[0].op == opLicense { // GPL-2.0 WITH … is itself an old form
		n.kids[0] = currentLeaf(n.kids[0])
	}
	return n
}

func currentLeaf(n *node) *node {
	if info, ok := Info(n.id); ok && info.Current != "" && info.Current != n.id {
		return &node{op: opLicense, id: info.Current}
	}
	return n
}

// nearest lists up to three known ids that are written like s.
func nearest(s string, exception bool) []string {
	type candidate struct {
		id   string
		cost int
	}
	low := foldID(s)
	if low == "" || len(low) > 60 {
		return nil
	}
	limit := max(2, len(low)/3)
	var found []candidate
	for _, info := range list() {
		if info.Exception != exception || info.Deprecated {
			continue
		}
		id := foldID(info.ID)
		cost := distance(low, id, limit)
		if cost > limit && (strings.HasPrefix(id, low) || len(low) > 7 && strings.HasPrefix(id, low[:7])) {
			cost = limit
		}
		if cost <= limit {
			found = append(found, candidate{info.ID, cost})
		}
	}
	sort.Slice(found, func(i, j int) bool {
		if found[i].cost != found[j].cost {
			return found[i].cost < found[j].cost
		}
		return found[i].id < found[j].id
	})
	var ids []string
	for _, c := range found[:min(3, len(found))] {
		ids = append(ids, c.id)
	}
	return ids
}

// foldID leaves the letters and digits of an id, in lower case.
func foldID(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r | 0x20
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}

// distance is the Levenshtein distance of two short strings; more than limit when it is clear that it is.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
