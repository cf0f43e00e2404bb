// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package observatory counts what the catalogue knows: who uses what, which software there is under which licence, which needs and
// requests wait for an answer, in a region and over a period.
//
// Every figure about the catalogue comes from the records that anybody may see, so anybody can count again; nothing is estimated. What a
// record does not say is counted under an empty key, never left out. A thing with several values (a software of two groups) is counted
// once under each, so rows may add up to more than [Chart.Total]. What is known beside the catalogue (the state of its repositories in the
// archive, what the program itself costs, what was looked for in vain) comes as a [Beside].
package observatory

import (
	"cmp"
	"slices"

	"communs/registry"
)

// Filter narrows the figures down. The zero value takes everything.
type Filter struct {
	Region      string        // code; organisations with their seat there, what they use, make and offer, and what they ask for
	Departement string        // the same of a département
	From        registry.Date // uses that began, requests that were made, and what Communs did, on this day, month or year or later
	Until       registry.Date // or until its end; what has no date is in no period
}

// Somewhere reports whether the filter names a territory.
func (f Filter) Somewhere() bool { return f.Region != "" || f.Departement != "" }

// Sometime reports whether the filter names a period.
func (f Filter) Sometime() bool { return f.From != "" || f.Until != "" }

// holds reports whether a place lies in the territory.
func (f Filter) holds(p registry.Place) bool {
	return (f.Region == "" || p.InRegion() == f.Region) && (f.Departement == "" || p.InDepartement() == f.Departement)
}

// region is the one in which the territory lies.
func (f Filter) region() string {
	if d, ok := registry.Departement(f.Departement); ok && f.Region == "" {
		return d.Region
	}
	return f.Region
}

// Of says what the keys of a chart's rows are.
type Of string

// What keys are.
const (
	OfSoftware    Of = "software"    // ids
	OfYear        Of = "year"        // 2024
	OfGroup       Of = "group"       // ids of groups of needs
	OfLicence     Of = "licence"     // SPDX expressions
	OfLibre       Of = "libre"       // values of licenses.Libre
	OfType        Of = "type"        // values of registry.OrganisationType
	OfRegion      Of = "region"      // codes
	OfDepartement Of = "departement" // codes
	OfLanguage    Of = "language"    // BCP 47
	OfNeed        Of = "need"        // ids
	OfState       Of = "state"       // values of registry.State
	OfArchive     Of = "archive"     // yes, no; empty: nobody has asked yet
	OfWord        Of = "word"        // words of a closed list; empty: none was recognised
	OfMonth       Of = "month"       // 2026-11
	OfStore       Of = "store"       // mirrors, shards, database
)

// Chart is one question with its figures.
type Chart struct {
	ID    string `json:"id"` // stands in addresses: lower-case letters and "-"
	Of    Of     `json:"of"`
	Total int    `json:"total"` // how many things were counted
	Rows  []Row  `json:"rows"`

	People   bool `json:"people,omitempty"`   // whether rows say how many people
	Pledge   bool `json:"pledge,omitempty"`   // whether rows say what would be paid and given
	Whole    bool `json:"whole,omitempty"`    // the filter's territory does not count: it is about the whole instance
	Timeless bool `json:"timeless,omitempty"` // the filter's period does not count: it is how things stand today
	Least    int  `json:"least,omitempty"`    // smaller numbers of a month are not told

	Repositories []Repository `json:"repositories,omitempty"` // one by one, where rows are about them
}

// Row is one figure.
type Row struct {
	Key    string `json:"key"` // empty: not said
	N      int    `json:"n"`
	People int    `json:"people,omitempty"`
	Euros  int    `json:"euros,omitempty"`
	Days   int    `json:"days,omitempty"`
	CPU    int64  `json:"cpu_ms,omitempty"` // processor time
	Bytes  int64  `json:"bytes,omitempty"`  // received, or kept
}

// Figures counts all charts, always the same ones in the same order. Nothing is known beside the catalogue when b is nil.
func Figures(c *registry.Catalogue, b *Beside, f Filter) []Chart {
	v := newView(c, f)
	if b == nil {
		b = &Beside{}
	}
	return slices.Concat(v.useCharts(), v.softwareCharts(), v.organisationCharts(), v.needCharts(), []Chart{v.requestChart()},
		unansweredCharts(b, f), []Chart{v.archiveChart(b)}, ownCharts(b, f))
}

// counter adds up rows by key.
type counter map[string]*Row

func (c counter) row(key string) *Row {
	if c[key] == nil {
		c[key] = &Row{Key: key}
	}
	return c[key]
}

// most gives the rows with the greatest number first, those of the same by key; what was not said comes last.
func (c counter) most() []Row {
	return c.sorted(func(a, b Row) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Key, b.Key)) })
}

// least gives the rows with the smallest number first.
func (c counter) least() []Row {
	return c.sorted(func(a, b Row) int { return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Key, b.Key)) })
}

// byKey gives the rows in the order of their keys; what was not said comes last.
func (c counter) byKey() []Row {
	return c.sorted(func(a, b Row) int { return cmp.Compare(a.Key, b.Key) })
}

func (c counter) sorted(compare func(a, b Row) int) []Row {
	rows := make([]Row, 0, len(c))
	for _, r := range c {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if (a.Key == "") != (b.Key == "") {
			return cmp.Compare(len(b.Key), len(a.Key))
		}
		return compare(a, b)
	})
	return rows
}

// within reports whether a date may lie in the period: a year does when one of its days does.
func (f Filter) within(d registry.Date) bool {
	if !f.Sometime() {
		return true
	}
	shared := func(a, b registry.Date) (registry.Date, registry.Date) {
		n := min(len(a), len(b))
		return a[:n], b[:n]
	}
	day, from := shared(d, f.From)
	last, until := shared(d, f.Until)
	return d != "" && day >= from && last <= until
}
