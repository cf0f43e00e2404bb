// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"maps"
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

// numberValues gives a number to every value of each facet: counting by numbers takes a tenth of the time.
func (v *view) numberValues() {
	for f := range facets {
		numbers := map[string]int32{}
		for i := range v.entries {
			for _, value := range v.entries[i].facts.values[f] {
				numbers[value] = 0
			}
		}
		v.values[f] = slices.Sorted(maps.Keys(numbers))
		for n, value := range v.values[f] {
			numbers[value] = int32(n)
		}
		for i := range v.entries {
			e := &v.entries[i]
			for _, value := range e.facts.values[f] {
				e.numbers[f] = append(e.numbers[f], numbers[value])
			}
		}
	}
}

// filter keeps what passes every filter, and counts for each facet what passes all others. far is how many are kept out by the place alone.
// What is kept stands where found did.
func (v *view) filter(found []match, q *Query) (kept []match, counts []FacetCount, far int) {
	var tally [facets][]int
	var picked [facets][]bool // by number of the value
	for f := range facets {
		tally[f] = make([]int, len(v.values[f]))
		picked[f] = make([]bool, len(v.values[f]))
		for _, value := range q.Picks[f] {
			if n, ok := slices.BinarySearch(v.values[f], value); ok {
				picked[f][n] = true
			}
		}
	}
	kept = found[:0]
	for _, m := range found {
		e := &v.entries[m.at]
		failed, fails := facets, 0
		for f := range facets {
			if len(q.Picks[f]) > 0 && !slices.ContainsFunc(e.numbers[f], func(n int32) bool { return picked[f][n] }) {
				failed, fails = f, fails+1
			}
		}
		switch fails {
		case 0:
			kept = append(kept, m)
			for f := range facets {
				e.count(tally[f], f)
			}
		case 1:
			e.count(tally[failed], failed)
			if failed == FacetNear {
				far++
			}
		}
	}
	for f := range facets {
		counts = append(counts, v.countsOf(f, tally[f], q.Picks[f]))
	}
	return kept, counts, far
}

func (e *entry) count(tally []int, f Facet) {
	for _, n := range e.numbers[f] {
		tally[n]++
	}
}

// countsOf lists the values that some have, and those that are chosen.
func (v *view) countsOf(f Facet, tally []int, picked []string) FacetCount {
	c := FacetCount{f, f.Key(), []ValueCount{}}
	for n, count := range tally {
		if value := v.values[f][n]; count > 0 && !slices.Contains(picked, value) {
			c.Values = append(c.Values, ValueCount{value, count, false})
		}
	}
	for _, value := range picked {
		count := 0
		if n, ok := slices.BinarySearch(v.values[f], value); ok {
			count = tally[n]
		}
		c.Values = append(c.Values, ValueCount{value, count, true})
	}
	slices.SortFunc(c.Values, func(a, b ValueCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return c
}
