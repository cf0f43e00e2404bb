// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
)

// FacetCount is how many of the found software have each value of a facet, whatever is chosen for that facet.
type FacetCount struct {
	Facet  Facet        `json:"-"`
	Key    string       `json:"facet"`
	Values []ValueCount `json:"values"` // the most frequent first
}

// ValueCount is one value of a facet.
type ValueCount struct {
	Value  string `json:"value"`
	Count  int    `json:"count"`
	Chosen bool   `json:"chosen,omitempty"`
}

// set is some of the software, a bit for each place in the view: what two sets share is counted 64 at a time.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(at int32) { s[at/64] |= 1 << (at % 64) }

func (s set) has(at int32) bool { return s[at/64]&(1<<(at%64)) != 0 }

// join takes in what is in the other set.
func (s set) join(other set) {
	for i, word := range other {
		s[i] |= word
	}
}

// keep leaves what is in the other set, too.
func (s set) keep(other set) {
	for i := range s {
		s[i] &= other[i]
	}
}

// shared is how many are in both.
func (s set) shared(other set) (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i] & other[i])
	}
	return n
}

// listValues notes for every value of each facet which software has it.
func (v *view) listValues() {
	for f := range facets {
		having := map[string]set{}
		for i := range v.entries {
			for _, value := range v.entries[i].facts.values[f] {
				if having[value] == nil {
					having[value] = newSet(len(v.entries))
				}
				having[value].add(int32(i))
			}
		}
		v.values[f], v.having[f] = slices.Sorted(maps.Keys(having)), having
	}
}

// filter keeps what passes every filter, and counts for each facet what passes all others. far is how many are kept out by the place alone.
// What is kept stands where found did.
func (v *view) filter(found []match, q *Query) (kept []match, counts []FacetCount, far int) {
	all := newSet(len(v.entries))
	for _, m := range found {
		all.add(m.at)
	}
	var passes [facets]set // nil where nothing is chosen
	for f := range facets {
		if len(q.Picks[f]) == 0 {
			continue
		}
		passes[f] = newSet(len(v.entries))
		for _, value := range q.Picks[f] {
			passes[f].join(v.having[f][value])
		}
	}
	whole := v.passing(all, passes, facets)
	for f := range facets {
		if q.Uncounted && f != FacetNear {
			continue
		}
		among := whole
		if passes[f] != nil {
			among = v.passing(all, passes, f)
		}
		if !q.Uncounted {
			counts = append(counts, v.countsOf(f, among, q.Picks[f]))
		}
		if f == FacetNear {
			far = among.shared(among) - whole.shared(whole)
		}
	}
	return slices.DeleteFunc(found, func(m match) bool { return !whole.has(m.at) }), counts, far
}

// passing gives what passes the filters of all facets but one.
func (v *view) passing(all set, passes [facets]set, but Facet) set {
	left := slices.Clone(all)
	for f, pass := range passes {
		if pass != nil && Facet(f) != but {
			left.keep(pass)
		}
	}
	return left
}

// countsOf lists the values that some have, and those that are chosen.
func (v *view) countsOf(f Facet, among set, picked []string) FacetCount {
	c := FacetCount{f, f.Key(), make([]ValueCount, 0, len(v.values[f]))}
	for _, value := range v.values[f] {
		count, chosen := among.shared(v.having[f][value]), slices.Contains(picked, value)
		if count > 0 || chosen {
			c.Values = append(c.Values, ValueCount{value, count, chosen})
		}
	}
	for _, value := range picked {
		if v.having[f][value] == nil { // nobody has it
			c.Values = append(c.Values, ValueCount{value, 0, true})
		}
	}
	slices.SortFunc(c.Values, func(a, b ValueCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return c
}
