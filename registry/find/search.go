// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"context"
	"slices"

	"communs/registry"
)

// Page is an answer.
type Page struct {
	Total      int          `json:"total"`
	Anywhere   int          `json:"anywhere,omitempty"` // how many there are without the filter on places; 0 when none is set
	Hits       []Hit        `json:"hits"`
	Facets     []FacetCount `json:"facets"`
	Needs      []string     `json:"needs"`      // ids of the needs that the question speaks of, the most likely first
	Suggested  []Suggestion `json:"suggested"`  // filters that it seems to ask for
	Meant      []Meant      `json:"meant"`      // words that stand nowhere, and what was looked for in their place
	Unknown    []string     `json:"unknown"`    // words that stand nowhere, for which nothing was found
	InsteadOf  []string     `json:"instead_of"` // ids of software that the question wants to replace: it is not among the hits
	Understood []string     `json:"-"`          // ids of needs, and words that the lexicon has: what may be counted, see [Finder.Search]
	Pages      int          `json:"pages"`      // how many there are
	Page       int          `json:"page"`       // which one this is, from 1
	Seq        int64        `json:"seq"`        // the state of the catalogue
}

// Hit is one software of an answer.
type Hit struct {
	ID       string             `json:"id"`
	Software *registry.Software `json:"software"`
	Score    float64            `json:"score"`
	Why      []Term             `json:"why"`
	Libre    string             `json:"libre"` // yes, no, unknown
	Activity Activity           `json:"activity"`
	Changed  string             `json:"last_change,omitempty"` // day of the last change of its code
	Uses     int                `json:"uses"`                  // organisations that say they use it
}

// Search answers a query. Nothing of it is kept. Where questions are counted (what did people not find?), count the answer's Understood: it
// holds no word that only the asker used.
func (f *Finder) Search(ctx context.Context, q Query) (*Page, error) {
	v, done := f.reading()
	defer done()
	return v.search(ctx, q)
}

func (v *view) search(ctx context.Context, q Query) (*Page, error) {
	asked := v.parse(q.Words)
	p := &Page{ // JSON has [] where there is nothing, not null
		Hits: []Hit{}, Needs: []string{}, InsteadOf: []string{}, Suggested: append([]Suggestion{}, asked.filters...),
		Meant: append([]Meant{}, asked.meant...), Unknown: append([]string{}, asked.unknown...), Seq: v.catalogue.Seq(),
	}
	r := v.room()
	defer v.rooms.Put(r)
	found, fit, err := v.answer(ctx, asked, p, r)
	if err != nil {
		return nil, err
	}
	far := 0
	if found, p.Facets, far = v.filter(found, &q); len(q.Picks[FacetNear]) > 0 {
		p.Anywhere = len(found) + far
	}
	near := v.closeTo(append(slices.Clone(q.Picks[FacetNear]), asked.places...))
	var t tally // one for all: fit is not known here, so each would be allocated
	score := func(at int32, keep bool) tally {
		t = tally{keep: keep}
		if keep {
			t.why = make([]Term, 0, int(parts)+6) // the terms of the parts, and the others
		}
		fit(&t, at)
		t.always(&v.entries[at], near.near(at))
		return t
	}
	for i := range found {
		found[i].score = score(found[i].at, false).score
	}
	p.Total = len(found)
	p.cut(q, v, found, score)
	return p, nil
}

// fit adds the terms that tell how well a software answers the question.
type fit func(t *tally, at int32)

// answer finds the software for a question, before any filter.
func (v *view) answer(ctx context.Context, asked *question, p *Page, r *room) ([]match, fit, error) {
	if targets := v.byName[asked.typed]; asked.instead && len(targets) > 0 {
		for _, at := range targets {
			p.InsteadOf = append(p.InsteadOf, v.entries[at].ID)
		}
		found, fit := v.inPlaceOf(targets)
		return found, fit, nil
	}
	if len(asked.words) == 0 {
		found := r.found
		for at := range v.entries {
			if len(asked.unknown) == 0 {
				found = append(found, match{at: int32(at)})
			}
		}
		return found, func(*tally, int32) {}, nil
	}
	w, err := v.weigh(ctx, asked, r)
	if err != nil {
		return nil, nil, err
	}
	p.Needs = v.needsOf(w)
	p.Understood = v.understood(w, p.Needs)
	return v.matches(w, r.found), func(t *tally, at int32) { w.score(t, at, &v.entries[at]) }, nil
}

// needsOf gives the needs that a question speaks of: most of its weight says so, or nearly as much as for the best one.
func (v *view) needsOf(w *weighed) []string {
	said, strength := v.needs.weigh(w.words), make([]float64, len(v.needs.ids))
	best := 0.0
	for n := range strength {
		for i := range w.words {
			strength[n] += w.words[i].weight * said[i][n] / w.total
		}
		best = max(best, strength[n])
	}
	var list []int
	for n, s := range strength {
		if s >= 0.3 && s >= 0.7*best {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(strength[b], strength[a]) })
	ids := make([]string, len(list))
	for i, n := range list {
		ids[i] = v.needs.ids[n]
	}
	return ids
}

// understood gives what may be counted of a question: needs, and words by which anybody asks for one.
func (v *view) understood(w *weighed, needs []string) []string {
	list := slices.Clone(needs)
	for _, c := range w.words {
		plain := c.forms[0].plain
		if _, known := v.needs.written[plain]; known && !c.soft && !slices.Contains(list, plain) {
			list = append(list, plain)
		}
	}
	return list
}

// order compares matches; what is equal comes by id.
func (v *view) order(by Sort) func(a, b match) int {
	if by == ByName { // the catalogue is in that order
		return func(a, b match) int { return cmp.Compare(a.at, b.at) }
	}
	first := orders(by)
	return func(a, b match) int {
		x, y := &v.entries[a.at], &v.entries[b.at]
		if c := first(x, y); c != 0 {
			return c
		}
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		return cmp.Compare(x.rank, y.rank)
	}
}

// orders compares by what was chosen, before the score decides.
func orders(by Sort) func(x, y *entry) int {
	switch by {
	case ByActivity:
		rank := func(e *entry) int {
			return slices.Index([]Activity{Active, Quiet, ActivityUnknown, Archived}, e.activity)
		}
		return func(x, y *entry) int {
			return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.lastChange, x.lastChange))
		}
	case ByChange:
		return func(x, y *entry) int { return cmp.Compare(y.changed, x.changed) }
	case ByUses:
		return func(x, y *entry) int { return cmp.Compare(y.uses, x.uses) }
	}
	return func(*entry, *entry) int { return 0 }
}

// first sorts a list as far as its first n: the others are left in no order after them. It takes one look at each that is not among them.
func first(list []match, n int, order func(a, b match) int) {
	if n == 0 {
		return
	}
	if n >= len(list)/2 {
		slices.SortFunc(list, order)
		return
	}
	slices.SortFunc(list[:n], order)
	for i := n; i < len(list); i++ {
		if order(list[i], list[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(list[:n], list[i], order)
		out := list[n-1]
		copy(list[at+1:n], list[at:n-1])
		list[at], list[i] = list[i], out
	}
}

// cut takes the wanted page out of all matches.
func (p *Page) cut(q Query, v *view, found []match, score func(at int32, keep bool) tally) {
	n := cmp.Or(q.N, DefaultN)
	if n < 0 {
		n = max(1, len(found))
	}
	p.Page, p.Pages = max(1, q.Page), (len(found)+n-1)/n
	from := min(len(found), (p.Page-1)*n)
	first(found, from+n, v.order(q.Sort))
	for _, m := range found[from:min(len(found), from+n)] {
		e, t := &v.entries[m.at], score(m.at, true)
		p.Hits = append(p.Hits, Hit{
			ID: e.ID, Software: e.Software, Score: t.score, Why: t.why,
			Libre: e.facts.values[FacetLibre][0], Activity: e.activity, Changed: e.lastChange, Uses: e.uses,
		})
	}
}
