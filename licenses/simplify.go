// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Simplify gives an expression that means the same with what is said twice left out: A AND A is A, A OR (A AND B) is A. The order
// is kept, deprecated ids are replaced.
func (e Expression) Simplify() Expression {
	n := e.Current().tree()
	if n == nil {
		return e
	}
	return Expression{n.simple().String()}
}

// Equal reports whether two expressions mean the same, whatever their order, parentheses and repetitions.
func (e Expression) Equal(other Expression) bool {
	a, b := e.Current().tree(), other.Current().tree()
	if a == nil || b == nil {
		return e.text == other.text
	}
	left, right := a.choices(), b.choices()
	if left == nil || right == nil { // too many to compare
		return a.simple().String() == b.simple().String()
	}
	return slices.EqualFunc(left, right, slices.Equal)
}

// simple leaves out what is said twice.
func (n *node) simple() *node {
	if n.op != opAnd && n.op != opOr {
		return n
	}
	other := opAnd + opOr - n.op
	var kids []*node
	seen := map[string]bool{}
	for _, k := range n.kids {
		for _, k := range k.simple().flat(n.op) {
			if s := k.String(); !seen[s] {
				seen[s] = true
				kids = append(kids, k)
			}
		}
	}
	kids = slices.DeleteFunc(kids, func(k *node) bool { // A OR (A AND B), A AND (A OR B)
		return k.op == other && slices.ContainsFunc(k.kids, func(part *node) bool { return seen[part.String()] })
	})
	return join(n.op, kids...)
}

// Branches lists the ways to choose in an expression, each licences that hold together, in its order and each once. It is nil when
// nothing is known, or when there are too many to go through.
func (e Expression) Branches() []Expression {
	n := e.Current().tree()
	if n == nil {
		return nil
	}
	branches, ok := n.simple().branches()
	if !ok {
		return nil
	}
	found := distinct[Expression]{}
	for _, b := range branches {
		found.add(Expression{b.simple().String()})
	}
	return found.list
}

// maxBranches bounds the ways to read an expression that are gone through.
const maxBranches = 256

// branches are the ways to choose in an expression, each licences that hold together; false when there are too many.
func (n *node) branches() ([]*node, bool) {
	switch n.op {
	case opOr:
		var all []*node
		for _, k := range n.kids {
			b, ok := k.branches()
			if !ok || len(all)+len(b) > maxBranches {
				return nil, false
			}
			all = append(all, b...)
		}
		return all, true
	case opAnd:
		all := []*node{nil}
		for _, k := range n.kids {
			b, ok := k.branches()
			if !ok || len(all)*len(b) > maxBranches {
				return nil, false
			}
			next := make([]*node, 0, len(all)*len(b))
			for _, x := range all {
				for _, y := range b {
					if x == nil {
						next = append(next, y)
					} else {
						next = append(next, join(opAnd, x, y))
					}
				}
			}
			all = next
		}
		return all, true
	}
	return []*node{n}, true
}

// choices is the normal form of an expression: the least sets of licences that it allows, sorted; nil when there are too many.
func (n *node) choices() [][]string {
	branches, ok := n.branches()
	if !ok {
		return nil
	}
	sets := make([][]string, 0, len(branches))
	for _, b := range branches {
		var set []string
		for _, k := range b.flat(opAnd) {
			set = append(set, k.String())
		}
		slices.Sort(set)
		sets = append(sets, slices.Compact(set))
	}
	slices.SortFunc(sets, func(a, b []string) int { return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b)) })
	var least [][]string
	for _, s := range sets {
		if !slices.ContainsFunc(least, func(l []string) bool { return subset(l, s) }) {
			least = append(least, s)
		}
	}
	return least
}

// subset reports whether every value of a is in b; both are sorted.
func subset(a, b []string) bool {
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); !ok {
			return false
		}
	}
	return true
}

// versions replaces a licence and + by its versions from there on, joined by op: who takes code may choose among them, who
// receives a project is promised them all.
func (n *node) versions(op op) *node {
	if n.op == opLicense {
		base, ok := strings.CutSuffix(n.id, "+")
		if !ok {
			return n
		}
		kids := []*node{{op: opLicense, id: base}}
		for _, id := range laterThan(base) {
			kids = append(kids, &node{op: opLicense, id: id})
		}
		return join(op, kids...)
	}
	if n.op == opWith {
		later := n.kids[0].versions(op)
		if later.op == opLicense {
			return &node{op: opWith, kids: []*node{later, n.kids[1]}}
		}
		kids := make([]*node, len(later.kids))
		for i, k := range later.kids {
			kids[i] = &node{op: opWith, kids: []*node{k, n.kids[1]}}
		}
		return join(op, kids...)
	}
	kids := make([]*node, len(n.kids))
	for i, k := range n.kids {
		kids[i] = k.versions(op)
	}
	return join(n.op, kids...)
}

// laterThan lists the versions of a licence after one: EUPL-1.2 after EUPL-1.1. Ids that say more than a version do not count.
func laterThan(id string) []string {
	name, version, ok := cutVersion(id)
	if !ok {
		return nil
	}
	var later []string
	for _, other := range IDs() {
		n, v, ok := cutVersion(other)
		if info, _ := Info(other); ok && n == name && !info.Deprecated && slices.Compare(v, version) > 0 {
			later = append(later, other)
		}
	}
	return later
}

// cutVersion parts an id that ends in a version.
func cutVersion(id string) (name string, version []int, ok bool) {
	at := strings.LastIndexByte(id, '-')
	if at < 0 {
		return "", nil, false
	}
	for part := range strings.SplitSeq(id[at+1:], ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return "", nil, false
		}
		version = append(version, n)
	}
	return id[:at], version, true
}
