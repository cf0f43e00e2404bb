// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"communs/registry"
	"communs/registry/find"
)

// factRow is one property of the software on a page: of one, or of some side by side.
type factRow struct {
	Label   string
	Differs bool
	Telling bool // whether that it differs says something
	Cells   []factView
}

// factView is what is known of a property. Without values and text nothing is known, and the page says so.
type factView struct {
	Values []factValue
	Text   textView
	Source string // who says so, and when
	Stated string // address where it is stated
}

// factValue is one value: words, or a link.
type factValue struct {
	Text string
	Lang string
	Href string
	Out  bool // the link leaves this server
}

// Known reports whether there is anything to show.
func (f factView) Known() bool { return len(f.Values) > 0 || f.Text.Text != "" || f.Stated != "" }

// viewRows shows the rows of some software, whose cards the page names as the source of all that says nothing else.
func viewRows(r *request, c *registry.Catalogue, rows []find.Row, of ...*registry.Software) []factRow {
	var list []factRow
	for _, row := range rows {
		view := factRow{Label: r.said.T("find.row." + row.Key), Differs: row.Differs, Telling: row.Kind != find.KindLink && row.Key != "summary"}
		for i, cell := range row.Cells {
			view.Cells = append(view.Cells, viewFact(r, c, row, cell, of[i]))
		}
		list = append(list, view)
	}
	return list
}

// sheetRows are the rows of one software: what is known, and the names of what nobody has said. Its page says the sentence, the
// licence and what was found in its repositories elsewhere.
func sheetRows(r *request, c *registry.Catalogue, rows []find.Row, of *registry.Software) (known []factRow, missing []string) {
	for _, row := range rows {
		switch view := viewRows(r, c, []find.Row{row}, of)[0]; {
		case slices.Contains([]string{"summary", "libre", "last-change", "commits", "contributors", "last-release", "code"}, row.Key):
		case view.Cells[0].Known():
			known = append(known, view)
		default:
			missing = append(missing, view.Label)
		}
	}
	return known, missing
}

func viewFact(r *request, c *registry.Catalogue, row find.Row, cell find.Cell, of *registry.Software) factView {
	v := factView{Text: viewText(r, cell.Text), Stated: outside(cell.URL)}
	if own := len(of.Sources) > 0 && cell.Source == of.Sources[0].Name && (cell.Date == "" || cell.Date == of.Sources[0].Read); !own {
		v.Source = sourceWords(r, cell)
	}
	for _, value := range cell.Values {
		v.Values = append(v.Values, viewValue(r, c, row, value))
	}
	return v
}

func viewValue(r *request, c *registry.Catalogue, row find.Row, value string) factValue {
	if row.Key == "last-release" {
		return factValue{Text: releaseName(r, value)}
	}
	switch row.Kind {
	case find.KindCode:
		return factValue{Text: word(r.said, "find.value."+row.Key, value)}
	case find.KindNeed:
		if n, ok := c.Need(value); ok {
			name := viewText(r, n.Name)
			return factValue{Text: name.Text, Lang: name.Lang, Href: r.link.need(value)}
		}
	case find.KindOrganisation:
		if o, ok := c.Organisation(value); ok {
			return factValue{Text: o.Name, Href: r.link.provider(value)}
		}
	case find.KindLanguage:
		return factValue{Text: languageName(r, value)}
	case find.KindPlace:
		return factValue{Text: placeName(value)}
	case find.KindDate:
		return factValue{Text: isoDate(r, registry.Date(value))}
	case find.KindNumber:
		if n, err := strconv.Atoi(value); err == nil {
			return factValue{Text: number(r.said, n)}
		}
	case find.KindLink:
		if href := outside(value); href != "" {
			return factValue{Text: strings.TrimSuffix(shortRepo(value), "/"), Href: href, Out: true}
		}
	}
	return factValue{Text: value}
}

// releaseName is a release and its day in words: "v1.2.0 2026-10-03" is how it is found.
func releaseName(r *request, value string) string {
	name, on, _ := strings.Cut(value, " ")
	if when := isoDate(r, registry.Date(on)); when != "" {
		return r.said.T("web.source-on", plain(name), when)
	}
	return plain(name)
}

// sourceWords says who made a thing known, and when. What was put together from the cards themselves needs no word.
func sourceWords(r *request, cell find.Cell) string {
	if !cell.Known() || cell.Source == "" || cell.Source == "found" && cell.How == "" {
		return ""
	}
	who := word(r.said, "web.source", cell.Source)
	if r.said.Has(cell.How) {
		who = r.said.T(cell.How)
	}
	if day := isoDate(r, cell.Date); day != "" {
		return r.said.T("web.source-on", who, day)
	}
	return who
}

// languageName is a language's name in the language of the page; the code where it has none.
func languageName(r *request, code string) string {
	if r.said.Has("find.value.language." + code) {
		return r.said.T("find.value.language." + code)
	}
	tag, err := language.Parse(code)
	if err != nil {
		return plain(code)
	}
	namer := display.French.Languages()
	if r.said.Lang == "en" {
		namer = display.English.Languages()
	}
	if name := namer.Name(tag); name != "" {
		return name
	}
	return plain(code)
}

func placeName(place string) string {
	if name := find.PlaceName(place); name != "" {
		return name
	}
	return place
}

// isoDate is a day, a month or a year in words.
func isoDate(r *request, d registry.Date) string {
	if day, err := time.Parse(time.DateOnly, string(d)); err == nil {
		return date(r.said, day)
	}
	if month, err := time.Parse("2006-01", string(d)); err == nil {
		return r.said.T("web.month-of", r.said.T("web.month."+strconv.Itoa(int(month.Month()))), strconv.Itoa(month.Year()))
	}
	return plain(string(d))
}

// countryName is a country's name in the language of the page; the code where it has none.
func countryName(r *request, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return plain(code)
	}
	if r.said.Lang == "en" {
		return display.English.Regions().Name(region)
	}
	return display.French.Regions().Name(region)
}
