// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/observatory"
)

// chartView is a chart, drawn as SVG by the template "chart", and the table of the same rows.
type chartView struct {
	ID, Title, How string
	Scope, Least   string // where the filter does not reach, and from which number on the chart tells
	Describe       string // what the chart shows, for who does not see it
	None           string // in place of a chart without rows
	Columns        []string
	Bars           []barView
	Height         int
	CSV, EachCSV   string
	Rest           int // rows that only the CSV has
}

// barView is a row: its words, its bar, its numbers.
type barView struct {
	Name        textView
	Href        string
	Short       string // the name where there is little room
	Value       string // what the bar is as long as
	Width       string // in per cent of the longest
	TextY, BarY int
	Cells       []string // the numbers of the table
}

const (
	shownBars = 10 // of a chart; the CSV has all
	barPitch  = 40 // pixels from one bar to the next
	shortName = 34 // characters: what fits beside a number on a screen of 320 pixels
)

func viewChart(r *request, c *registry.Catalogue, chart observatory.Chart, f observatory.Filter) chartView {
	v := chartView{ID: chart.ID, Title: r.said.T("web.observatory.chart." + chart.ID), How: r.said.T("web.observatory.how." + chart.ID),
		Scope: chartScope(r, chart, f), Columns: []string{r.said.T("web.observatory.of." + string(chart.Of))}}
	if chart.Least > 0 {
		v.Least = r.said.T("web.observatory.note.least", chart.Least, chart.Total)
	}
	var columns []observatory.Column
	for _, column := range chart.Columns() {
		if !column.File {
			columns = append(columns, column)
			v.Columns = append(v.Columns, columnName(r, chart, column))
		}
	}
	rows := chart.Rows
	if v.Rest = len(rows) - shownBars; v.Rest > 0 {
		if rows = rows[:shownBars]; chart.Of == observatory.OfYear || chart.Of == observatory.OfMonth {
			rows = chart.Rows[v.Rest:] // the latest
		}
	}
	most := int64(1)
	for _, row := range rows {
		most = max(most, columns[0].Of(row))
	}
	for i, row := range rows {
		n := columns[0].Of(row)
		bar := barView{Value: quantity(r.said, columns[0].Unit, n), Width: strconv.FormatFloat(100*float64(n)/float64(most), 'f', 1, 64) + "%",
			TextY: barPitch*i + 16, BarY: barPitch*i + 23}
		bar.Name, bar.Href = rowName(r, c, chart.Of, row.Key)
		bar.Short = shorten(plain(bar.Name.Text))
		for _, column := range columns {
			bar.Cells = append(bar.Cells, quantity(r.said, column.Unit, column.Of(row)))
		}
		v.Bars = append(v.Bars, bar)
	}
	v.Height = barPitch * len(v.Bars)
	if len(v.Bars) == 0 {
		subject, _, _ := strings.Cut(chart.ID, "-")
		v.None = r.said.T("web.observatory.none")
		if key := "web.observatory.none." + subject; r.said.Has(key) {
			v.None = r.said.T(key)
		}
		return v
	}
	v.Describe = r.said.T("web.observatory.describe", len(v.Bars), v.Columns[1], v.Bars[0].Short, v.Bars[0].Value)
	return v
}

// chartScope says where the filter does not reach; nothing where it does.
func chartScope(r *request, chart observatory.Chart, f observatory.Filter) string {
	whole, timeless := f.Somewhere() && chart.Whole, f.Sometime() && chart.Timeless
	switch {
	case whole && timeless:
		return r.said.T("web.observatory.note.neither")
	case whole:
		return r.said.T("web.observatory.note.whole")
	case timeless:
		return r.said.T("web.observatory.note.timeless")
	}
	return ""
}

// columnName is a column in words: what is counted has a word of its own in each subject.
func columnName(r *request, chart observatory.Chart, column observatory.Column) string {
	if column.Key != "count" {
		return r.said.T("web.observatory.column." + column.Key)
	}
	if key := "web.observatory.count." + chart.ID; r.said.Has(key) {
		return r.said.T(key)
	}
	subject, _, _ := strings.Cut(chart.ID, "-")
	return r.said.T("web.observatory.count." + subject)
}

// quantity is a number with its unit in words.
func quantity(p *words.Printer, unit observatory.Unit, n int64) string {
	switch unit {
	case observatory.Octets:
		return size(p, n)
	case observatory.Milliseconds:
		return lasting(p, time.Duration(n)*time.Millisecond)
	}
	return p.T("web.number", n)
}

// lasting is how long something took, in words.
func lasting(p *words.Printer, d time.Duration) string {
	switch {
	case d < time.Second:
		return p.T("web.observatory.time.milliseconds", d.Milliseconds())
	case d < 2*time.Minute:
		return p.T("web.observatory.time.seconds", d.Seconds())
	case d < 2*time.Hour:
		return p.T("web.observatory.time.minutes", d.Minutes())
	}
	return p.T("web.observatory.time.hours", d.Hours())
}

// rowName is what a row is about in words, and the page on it where there is one.
func rowName(r *request, c *registry.Catalogue, of observatory.Of, key string) (name textView, href string) {
	if key == "" {
		if own := "web.observatory.not-said." + string(of); r.said.Has(own) {
			return textView{Text: r.said.T(own)}, ""
		}
		return textView{Text: r.said.T("web.observatory.not-said")}, ""
	}
	text := key
	switch of {
	case observatory.OfSoftware:
		if one, ok := c.Software(key); ok {
			return textView{Text: one.Name}, r.link.software(key)
		}
	case observatory.OfNeed:
		if one, ok := c.Need(key); ok {
			return viewText(r, one.Name), r.link.need(key)
		}
	case observatory.OfRegion:
		if a, ok := registry.Region(key); ok {
			text = a.Name
		}
	case observatory.OfDepartement:
		if a, ok := registry.Departement(key); ok {
			text = a.Name
		}
	case observatory.OfLanguage:
		text = languageName(r, key)
	case observatory.OfMonth:
		if at, err := time.Parse("2006-01", key); err == nil {
			text = r.said.T("web.month."+strconv.Itoa(int(at.Month()))) + " " + strconv.Itoa(at.Year())
		}
	default:
		text = word(r.said, rowWords[of], key)
	}
	return textView{Text: text}, ""
}

// rowWords gives where the words for keys stand.
var rowWords = map[observatory.Of]string{
	observatory.OfGroup: "registry.group", observatory.OfLibre: "find.value.libre", observatory.OfType: "web.organisation",
	observatory.OfState: "web.request.state", observatory.OfArchive: "web.observatory.archive", observatory.OfStore: "web.observatory.store",
}

func shorten(text string) string {
	if utf8.RuneCountInString(text) <= shortName {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:shortName-1]), " ") + "…"
}
