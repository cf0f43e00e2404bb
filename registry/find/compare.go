// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"communs/registry"
)

// MaxCompared is how many software are compared side by side: more do not fit a page.
const MaxCompared = 4

// Comparison sets software side by side, as known on a day.
type Comparison struct {
	Date     registry.Date        `json:"date"`
	Software []*registry.Software `json:"software"`
	Rows     []Row                `json:"rows"`
}

// Row is one property of all.
type Row struct {
	Key     string `json:"row"`     // find.row.KEY is its label
	Kind    Kind   `json:"kind"`    // what its values are
	Differs bool   `json:"differs"` // two of those for which it is known are not alike
	Cells   []Cell `json:"cells"`   // one for each software
}

// Kind says what the values of a row are.
type Kind string

// The kinds of values.
const (
	KindText         Kind = "text"         // words, the same in every language
	KindCode         Kind = "code"         // find.value.ROW.VALUE is the sentence
	KindNeed         Kind = "need"         // ids of needs
	KindOrganisation Kind = "organisation" // ids of organisations
	KindLanguage     Kind = "language"     // BCP 47
	KindPlace        Kind = "place"        // see [PlaceName]
	KindDate         Kind = "date"         // ISO 8601
	KindNumber       Kind = "number"
	KindLink         Kind = "link" // https addresses
)

// Cell is what is known of one software. Without values, text and link nothing is known.
type Cell struct {
	Values []string      `json:"values,omitempty"`
	Text   registry.Text `json:"text,omitzero"`    // a sentence, beside the values or in their place
	URL    string        `json:"url,omitempty"`    // where it is stated
	Date   registry.Date `json:"date,omitempty"`   // when it was stated or found
	Source string        `json:"source,omitempty"` // who made it known: the name of a [registry.Source], or "found" by us
	How    string        `json:"how,omitempty"`    // key of the sentence that tells how it was found
}

// Known reports whether anything is known.
func (c Cell) Known() bool { return len(c.Values) > 0 || c.Text != (registry.Text{}) || c.URL != "" }

// foundByUs is the source of what we worked out from repositories and records.
const foundByUs = "found"

// UnknownError says that there is no software of this id.
type UnknownError struct{ ID string }

func (e *UnknownError) Error() string { return fmt.Sprintf("no software %q", e.ID) }

// Unwrap makes it a [registry.ErrNotFound].
func (e *UnknownError) Unwrap() error { return registry.ErrNotFound }

// Message says it to a person.
func (e *UnknownError) Message() (key string, args []any) {
	return "find.unknown-software", []any{e.ID}
}

// CompareError says that fewer than two or more than [MaxCompared] software were to be compared.
type CompareError struct{ N int }

func (e *CompareError) Error() string { return fmt.Sprintf("cannot compare %d software", e.N) }

// Message says it to a person.
func (e *CompareError) Message() (key string, args []any) {
	return "find.compare-count", []any{MaxCompared}
}

// Compare sets software side by side, in the given order. One that is named twice counts once.
func (f *Finder) Compare(ids []string) (*Comparison, error) {
	v, done := f.reading()
	defer done()
	var columns []*entry
	for _, id := range ids {
		at, ok := v.byID[id]
		if !ok {
			return nil, &UnknownError{id}
		}
		if e := &v.entries[at]; !slices.Contains(columns, e) {
			columns = append(columns, e)
		}
	}
	if len(columns) < 2 || len(columns) > MaxCompared {
		return nil, &CompareError{len(columns)}
	}
	c := &Comparison{Date: registry.Date(v.made.Format(time.DateOnly)), Rows: comparedRows()}
	for _, e := range columns {
		c.Software = append(c.Software, e.Software)
		cells := v.cells(e)
		for i := range c.Rows {
			c.Rows[i].Cells = append(c.Rows[i].Cells, cells[c.Rows[i].Key])
		}
	}
	for i := range c.Rows {
		c.Rows[i].Differs = differ(c.Rows[i].Cells)
	}
	return c, nil
}

// Sheet gives the same rows for one software, each with one cell.
func (f *Finder) Sheet(id string) ([]Row, error) {
	v, done := f.reading()
	defer done()
	at, ok := v.byID[id]
	if !ok {
		return nil, &UnknownError{id}
	}
	rows, cells := comparedRows(), v.cells(&v.entries[at])
	for i := range rows {
		rows[i].Cells = []Cell{cells[rows[i].Key]}
	}
	return rows, nil
}

// comparedRows are the rows in their order.
func comparedRows() []Row {
	var rows []Row
	for _, r := range []struct {
		key  string
		kind Kind
	}{
		{"summary", KindText}, {"needs", KindNeed}, {"replaces", KindText}, {"libre", KindCode}, {"licence", KindText}, {"stage", KindCode},
		{"activity", KindCode}, {"last-change", KindDate}, {"commits", KindNumber}, {"contributors", KindNumber}, {"last-release", KindText},
		{"online", KindCode}, {"demo", KindLink}, {"platforms", KindCode}, {"languages", KindLanguage}, {"price", KindCode}, {"export", KindCode},
		{"accessibility", KindCode}, {"eco-design", KindCode}, {"hosts", KindOrganisation}, {"near", KindPlace}, {"uses", KindNumber},
		{"people", KindNumber}, {"website", KindLink}, {"docs", KindLink}, {"code", KindLink},
	} {
		rows = append(rows, Row{Key: r.key, Kind: r.kind})
	}
	return rows
}

// differ reports whether two known cells are not alike.
func differ(cells []Cell) bool {
	var first *Cell
	for i := range cells {
		switch c := &cells[i]; {
		case !c.Known():
		case first == nil:
			first = c
		case !slices.Equal(first.Values, c.Values) || first.Text != c.Text:
			return true
		}
	}
	return false
}

// cells gives what is known of a software, by row.
func (v *view) cells(e *entry) map[string]Cell {
	s := e.Software
	stated := func(values ...string) Cell {
		if values = slices.DeleteFunc(values, func(s string) bool { return s == "" }); len(values) == 0 {
			return Cell{}
		}
		c := Cell{Values: values}
		if len(s.Sources) > 0 {
			c.Source, c.Date = s.Sources[0].Name, s.Sources[0].Read
		}
		return c
	}
	worked := func(values ...string) Cell {
		if len(values) == 0 || values[0] == unknown {
			return Cell{}
		}
		return Cell{Values: values, Source: foundByUs, Date: registry.Date(v.made.Format(time.DateOnly))}
	}
	summary := stated(s.Name)
	summary.Values, summary.Text = nil, s.Summary
	online := stated(string(s.Online.Without))
	cells := map[string]Cell{
		"summary": summary, "needs": stated(slices.Clone(s.Needs)...), "replaces": stated(slices.Clone(s.Replaces)...),
		"licence": stated(s.Licence), "stage": stated(string(s.Stage)), "online": online, "demo": stated(s.Online.Demo),
		"platforms": stated(slices.Clone(s.Platforms)...), "languages": stated(slices.Clone(s.Languages)...), "price": worked(e.facts.values[FacetPrice]...),
		"export": e.statement(s.Export), "accessibility": e.statement(s.Accessibility), "eco-design": e.statement(s.EcoDesign),
		"libre": worked(e.facts.values[FacetLibre]...), "activity": worked(string(e.activity)),
		"hosts": worked(e.facts.values[FacetHost]...), "near": worked(e.facts.values[FacetNear]...),
		"website": stated(s.Website), "docs": stated(s.Docs), "code": stated(slices.Clone(s.Repositories)...),
	}
	v.useCells(e, cells, worked)
	v.repositoryCells(e, cells)
	return cells
}

// statement is what is said about a thing, with who says it.
func (e *entry) statement(st registry.Statement) Cell {
	if !st.Said() {
		return Cell{}
	}
	c := Cell{Text: st.Note, URL: st.URL, Date: st.Date}
	if st.Answer != registry.Unknown {
		c.Values = append(c.Values, string(st.Answer))
	}
	c.Values = append(c.Values, st.Levels...)
	if len(e.Sources) > 0 {
		c.Source = e.Sources[0].Name
	}
	return c
}

// useCells tells how many organisations say that they use it, and how many people that are.
func (v *view) useCells(e *entry, cells map[string]Cell, worked func(...string) Cell) {
	people, uses := 0, v.catalogue.UsesOf(e.ID)
	for _, u := range uses {
		people += u.People
	}
	if len(uses) > 0 {
		cells["uses"] = worked(strconv.Itoa(len(uses)))
	}
	if people > 0 {
		cells["people"] = worked(strconv.Itoa(people))
	}
}

// repositoryCells tells what was found in the main repository.
func (v *view) repositoryCells(e *entry, cells map[string]Cell) {
	repositories := v.catalogue.RepositoriesFor(e.Software)
	if len(repositories) == 0 {
		return
	}
	a := repositories[0].Activity
	for row, found := range map[string]*registry.Finding{"last-change": a.LastChange, "last-release": a.LastRelease} {
		if found != nil && found.Value != "" {
			cells[row] = Cell{Values: []string{found.Value}, Date: found.Date, Source: foundByUs, How: found.How}
		}
	}
	for row, n := range map[string]*registry.Count{"commits": a.Commits, "contributors": a.Contributors} {
		if n != nil {
			cells[row] = Cell{Values: []string{strconv.Itoa(n.N)}, Date: n.Date, Source: foundByUs, How: n.How}
		}
	}
}
