// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"math/rand/v2"
	"slices"
	"testing"

	"communs/registry/registrytest"
)

// TestFilterIsWhatCountingOneByOneGives holds the sets of bits against going through the software one after the other, with random filters.
func TestFilterIsWhatCountingOneByOneGives(t *testing.T) {
	f := newFinder(t, registrytest.Generate(registrytest.Size{Software: 300, Organisations: 40})...)
	v := f.view
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var q Query
		for picks := r.IntN(4); picks > 0; picks-- {
			of := Facet(r.IntN(int(facets)))
			for values := 1 + r.IntN(2); values > 0; values-- {
				value := "nobody-has-it"
				if len(v.values[of]) > 0 && r.IntN(8) > 0 {
					value = v.values[of][r.IntN(len(v.values[of]))]
				}
				if !slices.Contains(q.Picks[of], value) {
					q.Picks[of] = append(q.Picks[of], value)
				}
			}
		}
		var found []match
		for at := range v.entries {
			if r.IntN(3) > 0 {
				found = append(found, match{at: int32(at)})
			}
		}
		passes := func(at int32, but Facet) bool {
			for of := range facets {
				if of != but && len(q.Picks[of]) > 0 && !slices.ContainsFunc(q.Picks[of], func(value string) bool { return slices.Contains(v.entries[at].facts.values[of], value) }) {
					return false
				}
			}
			return true
		}
		var want []match
		counted, far := [facets]map[string]int{}, 0
		for of := range facets {
			counted[of] = map[string]int{}
			for _, value := range q.Picks[of] {
				counted[of][value] = 0
			}
		}
		for _, m := range found {
			whole := passes(m.at, facets)
			if whole {
				want = append(want, m)
			}
			for of := range facets {
				if !passes(m.at, of) {
					continue
				}
				for _, value := range v.entries[m.at].facts.values[of] {
					counted[of][value]++
				}
				if of == FacetNear && !whole {
					far++
				}
			}
		}
		kept, counts, gotFar := v.filter(slices.Clone(found), &q)
		if !slices.EqualFunc(kept, want, func(a, b match) bool { return a.at == b.at }) {
			t.Fatalf("%+v keeps %d, not %d", q, len(kept), len(want))
		}
		if len(q.Picks[FacetNear]) > 0 && gotFar != far {
			t.Errorf("%+v: %d are far, not %d", q, gotFar, far)
		}
		for _, c := range counts {
			if len(c.Values) != len(counted[c.Facet]) {
				t.Errorf("%+v: %s has %d values, not %d", q, c.Key, len(c.Values), len(counted[c.Facet]))
			}
			for _, value := range c.Values {
				if n, ok := counted[c.Facet][value.Value]; !ok || n != value.Count || value.Chosen != slices.Contains(q.Picks[c.Facet], value.Value) {
					t.Errorf("%+v: %s %s is counted %d times, not %d", q, c.Key, value.Value, value.Count, n)
				}
			}
		}
	}
}
