// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"fmt"
	"slices"
	"strings"
)

// gramQuery is a condition on the trigrams of a block that every block with a match fulfils: all of grams, and all (or
// one, for gramOr) of sub.
type gramQuery struct {
	op    gramOp
	grams []uint32 // ascending
	sub   []*gramQuery
}

type gramOp uint8

const (
	gramAll  gramOp = iota // nothing is known: any block may match
	gramNone               // nothing matches
	gramAnd
	gramOr
)

// literalGrams is the condition for text, already folded.
func literalGrams(folded string) *gramQuery {
	q := &gramQuery{op: gramAnd}
	for i := 0; i+3 <= len(folded); i++ {
		q.grams = append(q.grams, gramKey(folded[i:]))
	}
	slices.Sort(q.grams)
	q.grams = slices.Compact(q.grams)
	if len(q.grams) == 0 {
		q.op = gramAll
	}
	return q
}

func gramKey(s string) uint32 { return uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2]) }

func (q *gramQuery) and(r *gramQuery) *gramQuery {
	switch {
	case q.op == gramAll || r.op == gramNone:
		return r
	case r.op == gramAll || q.op == gramNone:
		return q
	}
	out := &gramQuery{op: gramAnd}
	for _, s := range []*gramQuery{q, r} {
		subs := []*gramQuery{s}
		if s.op == gramAnd {
			out.grams, subs = append(out.grams, s.grams...), s.sub
		}
		for _, sub := range subs {
			if !slices.ContainsFunc(out.sub, sub.equal) {
				out.sub = append(out.sub, sub)
			}
		}
	}
	slices.Sort(out.grams)
	out.grams = slices.Compact(out.grams)
	return out
}

func (q *gramQuery) or(r *gramQuery) *gramQuery {
	switch {
	case q.op == gramNone || r.op == gramAll:
		return r
	case r.op == gramNone || q.op == gramAll:
		return q
	}
	out := &gramQuery{op: gramOr}
	for _, s := range []*gramQuery{q, r} {
		switch {
		case s.op == gramOr:
			out.grams = append(out.grams, s.grams...)
			out.sub = append(out.sub, s.sub...)
		case len(s.grams) == 1 && len(s.sub) == 0:
			out.grams = append(out.grams, s.grams[0])
		default:
			out.sub = append(out.sub, s)
		}
	}
	slices.Sort(out.grams)
	out.grams = slices.Compact(out.grams)
	return out
}

func (q *gramQuery) equal(r *gramQuery) bool {
	return q.op == r.op && slices.Equal(q.grams, r.grams) && slices.EqualFunc(q.sub, r.sub, (*gramQuery).equal)
}

// anyOf is the condition that the text holds one of the strings, already folded. Of many long strings it only knows
// the first and the last three bytes, and what stands in all of them.
func anyOf(set []string) *gramQuery {
	q := &gramQuery{op: gramOr}
	if len(set) == 0 || slices.ContainsFunc(set, func(s string) bool { return len(s) < 3 }) {
		if q.op = gramAll; len(set) == 0 {
			q.op = gramNone
		}
		return q
	}
	if len(set) > maxExact && slices.ContainsFunc(set, func(s string) bool { return len(s) > 3 }) {
		first, last := make([]string, len(set)), make([]string, len(set))
		for i, s := range set {
			first[i], last[i] = s[:3], s[len(s)-3:]
		}
		common := literalGrams(set[0])
		for _, s := range set[1:] {
			own := literalGrams(s).grams
			common.grams = slices.DeleteFunc(common.grams, func(g uint32) bool { return !slices.Contains(own, g) })
		}
		if len(common.grams) == 0 {
			common.op = gramAll
		}
		return common.and(anyOf(unique(first))).and(anyOf(unique(last)))
	}
	if len(set) > maxAffixes {
		return &gramQuery{op: gramAll}
	}
	for _, s := range set {
		if l := literalGrams(s); len(l.grams) == 1 {
			q.grams = append(q.grams, l.grams[0])
		} else {
			q.sub = append(q.sub, l)
		}
	}
	slices.Sort(q.grams)
	q.grams = slices.Compact(q.grams)
	switch {
	case len(q.sub) == 0 && len(q.grams) == 1:
		q.op = gramAnd
	case len(q.sub) == 1 && len(q.grams) == 0:
		return q.sub[0]
	}
	return q
}

// weight is how many conditions a query has, to keep it small.
func (q *gramQuery) weight() int {
	n := len(q.grams)
	for _, s := range q.sub {
		n += s.weight()
	}
	return n
}

// maxWeight is how many conditions one query may have: more cost more than they save.
const maxWeight = 4 * maxAffixes

// lighten drops conditions until few enough are left: the alternatives first, then trigrams evenly.
func (q *gramQuery) lighten() *gramQuery {
	if q.weight() <= maxWeight {
		return q
	}
	if q.op != gramAnd {
		return &gramQuery{op: gramAll}
	}
	out := &gramQuery{op: gramAnd, grams: q.grams}
	if step := len(q.grams)/maxWeight + 1; step > 1 {
		out.grams = nil
		for i := 0; i < len(q.grams); i += step {
			out.grams = append(out.grams, q.grams[i])
		}
	}
	left := maxWeight - len(out.grams)
	for _, s := range q.sub {
		if w := s.weight(); w <= left {
			out.sub = append(out.sub, s)
			left -= w
		}
	}
	if len(out.grams)+len(out.sub) == 0 {
		out.op = gramAll
	}
	return out
}

// maxShown is how many conditions are shown one by one.
const maxShown = 32

// String shows a query to people: "abc bcd (efg|hij)".
func (q *gramQuery) String() string {
	switch q.op {
	case gramAll:
		return "*"
	case gramNone:
		return "∅"
	}
	var parts []string
	for i, g := range q.grams {
		if i == maxShown {
			parts = append(parts, fmt.Sprintf("… +%d", len(q.grams)-i))
			break
		}
		parts = append(parts, strings.Trim(fmt.Sprintf("%q", []byte{byte(g >> 16), byte(g >> 8), byte(g)}), `"`))
	}
	for _, s := range q.sub {
		parts = append(parts, s.String())
	}
	if q.op == gramOr {
		return "(" + strings.Join(parts, "|") + ")"
	}
	return strings.Join(parts, " ")
}
