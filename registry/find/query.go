// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Facet is a property by which software is filtered and counted.
type Facet int

// The facets, in the order in which pages show them.
const (
	FacetNeed     Facet = iota // what it is for: ids of needs
	FacetLibre                 // whether its licence is libre: yes, no, unknown
	FacetActivity              // whether it is alive: [Active]…
	FacetOnline                // whether it can be used without installing it: yes, no, unknown
	FacetPrice                 // how it, or its hosting, is paid for: [registry.PriceFree]…
	FacetLanguage              // of its interface: fr, en…
	FacetExport                // whether one gets one's data out again: yes, no, unknown
	FacetNear                  // where somebody helps: region-75, departement-33
	FacetHost                  // who hosts it: ids of organisations
	facets                     // how many
)

// Facets lists all facets in their order.
func Facets() []Facet {
	list := make([]Facet, facets)
	for i := range list {
		list[i] = Facet(i)
	}
	return list
}

// facetName says how a facet and its values are written in addresses. Values that are not listed stand for themselves.
type facetName struct {
	french, english string
	values          [][2]string // French, English: the English one is what [Query] holds
	free            bool        // any other value is fine, too
}

var yesNo = [][2]string{{"oui", "yes"}, {"non", "no"}, {"inconnu", unknown}}

// facetNames is in the order of the facets.
var facetNames = [facets]facetName{
	{"besoin", "need", nil, true},
	{"libre", "libre", yesNo, false},
	{"activite", "activity", [][2]string{{"active", "active"}, {"calme", "quiet"}, {"archivee", "archived"}, {"inconnue", unknown}}, false},
	{"en-ligne", "online", yesNo, false},
	{"prix", "price", [][2]string{{"gratuit", "free"}, {"don", "donation"}, {"abonnement", "subscription"}, {"devis", "quote"}, {"freemium", "freemium"}, {"inconnu", unknown}}, false},
	{"langue", "language", [][2]string{{"inconnue", unknown}}, true},
	{"export", "export", yesNo, false},
	{"pres", "near", nil, true},
	{"hebergeur", "host", nil, true},
}

// Key names a facet in JSON, in the keys of sentences (find.facet.KEY) and in English addresses.
func (f Facet) Key() string { return facetNames[f].english }

// Parameter names a facet in addresses, and Written is how they write one of its values: both in French.
func (f Facet) Parameter() string { return facetNames[f].french }

// Written see [Facet.Parameter].
func (f Facet) Written(value string) string {
	for _, v := range facetNames[f].values {
		if v[1] == value {
			return v[0]
		}
	}
	return value
}

// Sort is an order of results.
type Sort string

// The orders of results.
const (
	ByScore    Sort = ""         // the most fitting first, see docs/ranking-software.md
	ByName     Sort = "name"     // A to Z
	ByActivity Sort = "activity" // alive ones first, then by the last change
	ByChange   Sort = "change"   // whose card changed last, first
	ByUses     Sort = "uses"     // that most organisations say they use, first
)

// sorts are the orders in French and English addresses.
var sorts = []struct {
	french, english string
	sort            Sort
}{{"pertinence", "score", ByScore}, {"nom", "name", ByName}, {"activite", "activity", ByActivity}, {"changement", "change", ByChange}, {"usages", "uses", ByUses}}

// Query is what somebody looks for. It stands in addresses as [Query.Values] writes it.
type Query struct {
	Words string // as typed
	Picks [facets][]string
	Sort  Sort
	Page  int // counted from 1; 0 is 1
	N     int // results on a page; 0: [DefaultN]; -1: all

	Uncounted bool // the answer's facets are not wanted
}

// The bounds of a query.
const (
	DefaultN  = 20
	maxN      = 100
	maxWords  = 500 // bytes of a question that are looked at
	maxPicked = 50  // values of one facet
	maxPage   = 1_000_000
)

// BadValueError says that an address or a flag holds a value that a filter does not have.
type BadValueError struct{ Filter, Value string }

func (e *BadValueError) Error() string { return fmt.Sprintf("%s has no value %q", e.Filter, e.Value) }

// Message says it to a person.
func (e *BadValueError) Message() (key string, args []any) {
	return "find.bad-value", []any{e.Filter, e.Value}
}

// Pick chooses a value of a facet, written in French or in English.
func (q *Query) Pick(f Facet, value string) error {
	canonical, ok := facetValue(f, value)
	if !ok {
		return &BadValueError{facetNames[f].french, value}
	}
	if !slices.Contains(q.Picks[f], canonical) && len(q.Picks[f]) < maxPicked {
		q.Picks[f] = append(q.Picks[f], canonical)
	}
	return nil
}

// facetValue reads a value of a facet.
func facetValue(f Facet, value string) (string, bool) {
	value = strings.TrimSpace(value)
	if f == FacetNear {
		return parsePlace(value)
	}
	folded := fold(value)
	for _, v := range facetNames[f].values {
		if folded == v[0] || folded == v[1] {
			return v[1], true
		}
	}
	return folded, facetNames[f].free && isID(folded)
}

// isID reports whether a value may be an id or a language.
func isID(s string) bool {
	return s != "" && len(s) <= 100 && strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}) < 0
}

// ParseSort reads an order, written in French or in English.
func ParseSort(s string) (Sort, error) {
	for _, o := range sorts {
		if folded := fold(s); folded == o.french || folded == o.english || s == "" {
			return o.sort, nil
		}
	}
	return ByScore, &BadValueError{"tri", s}
}

// ParseQuery reads a query from the parameters of an address, in French or in English. What it cannot read is left out and told in the error;
// the query is good all the same. Parameters that are not its own it passes over.
func ParseQuery(v url.Values) (Query, error) {
	q := Query{Words: v.Get("q")}
	if len(q.Words) > maxWords {
		q.Words = strings.ToValidUTF8(q.Words[:maxWords], "")
	}
	var faults []error
	for _, f := range Facets() {
		for _, name := range slices.Compact([]string{facetNames[f].french, facetNames[f].english}) {
			for _, value := range v[name] {
				if value == "" { // an empty choice of a form
					continue
				}
				faults = append(faults, q.Pick(f, value))
			}
		}
	}
	order, err := ParseSort(cmp.Or(v.Get("tri"), v.Get("sort")))
	q.Sort = order
	faults = append(faults, err, parseCount("page", v, &q.Page), parseCount("n", v, &q.N))
	q.N = min(q.N, maxN)
	return q, errors.Join(faults...)
}

// parseCount reads a number from 1 on.
func parseCount(name string, v url.Values, into *int) error {
	text := v.Get(name)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return &BadValueError{name, text}
	}
	*into = n
	return nil
}

// Values writes a query as the parameters of an address, in French; ParseQuery reads them again.
func (q Query) Values() url.Values {
	v := url.Values{}
	if q.Words != "" {
		v.Set("q", q.Words)
	}
	for _, f := range Facets() {
		for _, value := range q.Picks[f] {
			v.Add(f.Parameter(), f.Written(value))
		}
	}
	for _, o := range sorts {
		if q.Sort == o.sort && q.Sort != ByScore {
			v.Set("tri", o.french)
		}
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if q.N > 0 && q.N != DefaultN {
		v.Set("n", strconv.Itoa(q.N))
	}
	return v
}

// With is the query with one value more, on its first page; Without is it with one less. They are the links of facets.
func (q Query) With(f Facet, value string) Query {
	q.Page = 0
	if !slices.Contains(q.Picks[f], value) {
		q.Picks[f] = append(slices.Clone(q.Picks[f]), value)
	}
	return q
}

// Without is the query with one value less, on its first page.
func (q Query) Without(f Facet, value string) Query {
	q.Page = 0
	q.Picks[f] = slices.DeleteFunc(slices.Clone(q.Picks[f]), func(v string) bool { return v == value })
	return q
}

// Filtered reports whether a value of any facet is chosen.
func (q Query) Filtered() bool {
	return slices.ContainsFunc(q.Picks[:], func(p []string) bool { return len(p) > 0 })
}
