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

// Verdict says whether code under one licence may go into a project under another.
type Verdict struct {
	Answer      Answer
	From, Into  Expression   // what it rests on where there was a choice (OR): the branches taken; zero when no branch is compatible
	Obligations []Obligation // what the licences of the code ask for, of the branch taken; an [NotKnown] one where that is not known
	Grounds     []Ground     // of the branch taken; when there is none, of all
}

// Judge says whether code under from may be used in a project under into. Of a choice (OR) the best branch counts, of licences
// that hold together (AND) all do. What neither the matrix nor an article answers for that use is CannotSay.
func Judge(from, into Expression, use Use) Verdict {
	f, i := from.Current().tree(), into.Current().tree()
	if f != nil && i != nil {
		f, i = f.versions(opOr).simple(), i.versions(opAnd).simple()
		if targets, ok := i.branches(); ok {
			j := judge{use: use, pairs: map[pair]Ground{}}
			return best(targets, func(target *node) Verdict {
				v := j.from(f, target.flat(opAnd))
				v.Into = Expression{target.String()}
				return v
			})
		}
	}
	return Verdict{Answer: CannotSay, Grounds: []Ground{{Kind: KindUnknown, Answer: CannotSay, From: from.text, Into: into.text}}}
}

// judge is one question. It remembers what it found of a pair: an expression may name it often.
type judge struct {
	use   Use
	pairs map[pair]Ground
}

type pair struct{ from, into string }

// from compares an expression with licences that all must take it.
func (j *judge) from(from *node, into []*node) Verdict {
	switch from.op {
	case opAnd:
		return all(from.kids, func(k *node) Verdict { return j.from(k, into) })
	case opOr:
		return best(from.kids, func(k *node) Verdict { return j.from(k, into) })
	}
	v := Verdict{Answer: Yes, From: Expression{from.String()}}
	for _, i := range into {
		g := j.pair(from, i)
		if rank(g.Answer) < rank(v.Answer) {
			v.Answer = g.Answer
		}
		v.Grounds = append(v.Grounds, g)
	}
	if v.Answer != No {
		v.Obligations = obligations(from, j.use)
	}
	return v
}

// all is the verdict when every part must hold: the worst answer, the grounds and obligations of all.
func all(kids []*node, one func(*node) Verdict) Verdict {
	v := Verdict{Answer: Yes}
	var from []Expression
	grounds, asked := distinct[Ground]{}, distinct[Obligation]{}
	for _, k := range kids {
		w := one(k)
		if rank(w.Answer) < rank(v.Answer) {
			v.Answer = w.Answer
		}
		from = append(from, w.From)
		grounds.add(w.Grounds...)
		asked.add(w.Obligations...)
	}
	v.From, v.Grounds = And(from...), grounds.list
	if v.Answer != No {
		v.Obligations = asked.list
	}
	if slices.ContainsFunc(from, Expression.IsZero) {
		v.From = Expression{}
	}
	return v
}

// best is the verdict when one part may be chosen: the best answer, and among equal ones the fewest obligations. When none is
// compatible the grounds of all tell why.
func best(kids []*node, one func(*node) Verdict) Verdict {
	v := one(kids[0])
	if len(kids) == 1 {
		return v
	}
	grounds := distinct[Ground]{}
	grounds.add(v.Grounds...)
	for _, k := range kids[1:] {
		w := one(k)
		grounds.add(w.Grounds...)
		if rank(w.Answer) > rank(v.Answer) || w.Answer == v.Answer && burden(w.Obligations) < burden(v.Obligations) {
			v = w
		}
	}
	if v.Answer != Yes {
		v.From, v.Into, v.Grounds = Expression{}, Expression{}, grounds.list
	}
	return v
}

// burden counts obligations; one that is not known weighs more than all that are.
func burden(asked []Obligation) int {
	n := len(asked)
	for _, o := range asked {
		if o.Code == NotKnown {
			n += 1000
		}
	}
	return n
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

// distinct is a list that holds each value once.
type distinct[T comparable] struct {
	list []T
	seen map[T]bool
}

func (d *distinct[T]) add(values ...T) {
	if d.seen == nil {
		d.seen = map[T]bool{}
	}
	for _, x := range values {
		if !d.seen[x] {
			d.seen[x] = true
			d.list = append(d.list, x)
		}
	}
}

// pair compares two licences, each perhaps with an exception.
func (j *judge) pair(from, into *node) Ground {
	key := pair{from.String(), into.String()}
	g, ok := j.pairs[key]
	if !ok {
		if j.use == NetworkService {
			g = judgeService(from, into)
		} else {
			g = judgePair(from, into, j.use)
		}
		g.From, g.Into = key.from, key.into
		j.pairs[key] = g
	}
	return g
}

// judgePair compares two licences for a work that is handed on.
func judgePair(from, into *node, use Use) Ground {
	f, i := from.String(), into.String()
	if f == i && Known(Expression{f}) && (from.op != opWith || addsPermissions(from.kids[1].id)) {
		return Ground{Kind: KindSame, Answer: Yes}
	}
	if g, ok := article(from, into, use); ok {
		return g
	}
	cell, ok := matrixCell(f, i)
	exception := false
	if !ok && from.op == opWith && addsPermissions(from.kids[1].id) {
		cell, ok = matrixCell(from.kids[0].String(), i)
		if cell == 's' || !ok && from.kids[0].String() == i {
			cell, ok = 'y', true // the same licence, but for the exception
		}
		exception = ok
	}
	if !ok {
		if known, source := permissive(from, into); known {
			return Ground{Kind: KindPermissive, Answer: Yes, Source: source}
		}
		if g, found := reciprocal(from, into, use); found {
			return g
		}
		return Ground{Kind: KindUnknown, Answer: CannotSay}
	}
	g := Ground{Kind: KindMatrix, Answer: CannotSay, Detail: cellName(cell)}
	switch {
	case cell == 'y' || cell == 's':
		g.Answer = Yes
	case cell == 'n' && !exception && (use == Copy || strong(from) || strong(into)):
		g.Answer = No
	}
	// The matrix is about one work that is handed on: it does not answer for linking, where neither side's terms reach the other.
	return g
}

// judgeService compares two licences for a work that is offered over a network and of which no copy is handed on. What may be
// handed on may be offered. What may not be can still be offered, where a licence asks for something only of copies that are
// handed on, unless one of the two says that a service counts as that.
func judgeService(from, into *node) Ground {
	g := judgePair(from, into, Copy)
	if g.Answer == Yes {
		return g
	}
	if reachesNetwork(from) || reachesNetwork(into) {
		return g
	}
	if service, ok := notConveyed(from, into); ok {
		return service
	}
	if g.Answer == No {
		g.Answer = CannotSay
	}
	return g
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
		strings.HasPrefix(id, "CECILL-1") || strings.HasPrefix(id, "CECILL-2") || strings.HasPrefix(id, "LiLiQ-Rplus") ||
		id == "Sleepycat" || id == "QPL-1.0")
}
