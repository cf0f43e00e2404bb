// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"communs/registry"
	"communs/registry/observatory"
	"communs/registry/opendata"
)

// observatoryPage shows the figures: each a chart with its table and its CSV.
type observatoryPage struct {
	frame
	Action      string
	Regions     []option
	From, Until string
	In          string // the region's name
	Day         string // on which it was counted
	Charts      []chartView
}

// chartView is a chart, drawn as SVG by the template "chart", and the table of the same rows.
type chartView struct {
	ID, Title, How string
	Describe       string // what the chart shows, for who does not see it
	Columns        []string
	Bars           []barView
	Height         int
	CSV            string
	Rest           int // rows that only the CSV has
}

// barView is a row: its words, its bar, its numbers.
type barView struct {
	Name        textView
	Href        string
	Short       string // the name where there is little room
	N           int
	Width       string // in per cent of the longest
	TextY, BarY int
	Cells       []string // the numbers of the table
}

const (
	shownBars = 10 // of a chart; the CSV has all
	barPitch  = 40 // pixels from one bar to the next
	shortName = 34 // characters: what fits beside a number on a screen of 320 pixels
)

// period is a day, a month or a year.
var period = regexp.MustCompile(`^(?:[12][0-9]{3}(?:-[01][0-9](?:-[0-3][0-9])?)?)?$`)

// observatoryFilter reads the filter of an address, and gives the parameters that make the same one.
func observatoryFilter(q url.Values) (f observatory.Filter, same url.Values, err error) {
	f = observatory.Filter{Region: q.Get("region"), From: registry.Date(q.Get("from")), Until: registry.Date(q.Get("until"))}
	if _, known := registry.Region(f.Region); f.Region != "" && !known {
		return f, nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-region", []any{plain(f.Region)}}
	}
	same = url.Values{}
	for name, value := range map[string]string{"region": f.Region, "from": string(f.From), "until": string(f.Until)} {
		if name != "region" && !period.MatchString(value) {
			return f, nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-period", []any{plain(value)}}
		}
		if value != "" {
			same.Set(name, value)
		}
	}
	return f, same, nil
}

func (s *Server) observatory(r *request) (*response, error) {
	f, same, err := observatoryFilter(r.query)
	if err != nil {
		return nil, err
	}
	c := s.read(r)
	page := observatoryPage{frame: s.frame(r, r.said.T("web.observatory.title")), Action: routes[r.link.lang].observatory,
		From: string(f.From), Until: string(f.Until), Day: date(r.said, s.now())}
	s.place(r, &page.frame, func(l linker) string { return l.observatory("", same) })
	page.NoIndex = len(same) > 0
	for _, a := range registry.Regions() {
		page.Regions = append(page.Regions, option{a.Code, a.Name, a.Code == f.Region})
		if a.Code == f.Region {
			page.In = a.Name
		}
	}
	for _, chart := range s.figures.Figures(c, f) {
		view := viewChart(r, c, chart)
		view.CSV = r.link.observatory(chart.ID, same)
		page.Charts = append(page.Charts, view)
	}
	return s.render(r, "observatory", page)
}

func viewChart(r *request, c *registry.Catalogue, chart observatory.Chart) chartView {
	v := chartView{ID: chart.ID, Title: r.said.T("web.observatory.chart." + chart.ID), How: r.said.T("web.observatory.how." + chart.ID),
		Columns: chartColumns(r, chart)}
	rows := chart.Rows
	if v.Rest = len(rows) - shownBars; v.Rest > 0 {
		if rows = rows[:shownBars]; chart.Of == observatory.OfYear {
			rows = chart.Rows[v.Rest:] // the latest
		}
	}
	most := 1
	for _, row := range rows {
		most = max(most, row.N)
	}
	for i, row := range rows {
		bar := barView{N: row.N, Width: strconv.FormatFloat(100*float64(row.N)/float64(most), 'f', 1, 64) + "%",
			TextY: barPitch*i + 16, BarY: barPitch*i + 23}
		bar.Name, bar.Href = rowName(r, c, chart.Of, row.Key)
		bar.Short = shorten(plain(bar.Name.Text))
		for _, n := range chartNumbers(chart, row) {
			bar.Cells = append(bar.Cells, r.said.T("web.number", n))
		}
		v.Bars = append(v.Bars, bar)
	}
	v.Height = barPitch * len(v.Bars)
	if len(v.Bars) > 0 {
		first := v.Bars[0]
		v.Describe = r.said.T("web.observatory.describe", chart.Total, first.Short, first.N)
	}
	return v
}

// chartColumns names the columns of a chart's table.
func chartColumns(r *request, chart observatory.Chart) []string {
	counted, _, _ := strings.Cut(chart.ID, "-")
	columns := []string{r.said.T("web.observatory.of." + string(chart.Of)), r.said.T("web.observatory.count." + counted)}
	if chart.People {
		columns = append(columns, r.said.T("web.observatory.people"))
	}
	if chart.Pledge {
		columns = append(columns, r.said.T("web.observatory.euros"), r.said.T("web.observatory.days"))
	}
	return columns
}

// chartNumbers are the numbers of a row, in the order of the columns.
func chartNumbers(chart observatory.Chart, row observatory.Row) []int {
	numbers := []int{row.N}
	if chart.People {
		numbers = append(numbers, row.People)
	}
	if chart.Pledge {
		numbers = append(numbers, row.Euros, row.Days)
	}
	return numbers
}

// rowName is what a row is about in words, and the page on it where there is one.
func rowName(r *request, c *registry.Catalogue, of observatory.Of, key string) (name textView, href string) {
	if key == "" {
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
	case observatory.OfLanguage:
		text = languageName(r, key)
	case observatory.OfGroup:
		text = word(r.said, "registry.group", key)
	case observatory.OfLibre:
		text = word(r.said, "find.value.libre", key)
	case observatory.OfType:
		text = word(r.said, "web.organisation", key)
	case observatory.OfState:
		text = word(r.said, "web.request.state", key)
	}
	return textView{Text: text}, ""
}

func shorten(text string) string {
	if utf8.RuneCountInString(text) <= shortName {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:shortName-1]), " ") + "…"
}

// observatoryCSV answers with all rows of one chart. The names of its columns are the same in both languages, so that a program can read it.
func (s *Server) observatoryCSV(r *request, name string) (*response, error) {
	id, isCSV := strings.CutSuffix(name, ".csv")
	f, _, err := observatoryFilter(r.query)
	if err != nil {
		return nil, err
	}
	c := s.read(r)
	for _, chart := range s.figures.Figures(c, f) {
		if isCSV && chart.ID == id {
			body, err := chartCSV(r, c, chart)
			if err != nil {
				return nil, err
			}
			return &response{status: http.StatusOK, kind: "text/csv; charset=utf-8", lang: string(r.said.Lang), body: body}, nil
		}
	}
	return nil, errNoPage
}

func chartCSV(r *request, c *registry.Catalogue, chart observatory.Chart) ([]byte, error) {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	header := []string{string(chart.Of), "name", "count"}
	if chart.People {
		header = append(header, "people")
	}
	if chart.Pledge {
		header = append(header, "euros", "days")
	}
	lines := [][]string{header}
	for _, row := range chart.Rows {
		name, _ := rowName(r, c, chart.Of, row.Key)
		line := []string{opendata.Cell(row.Key), opendata.Cell(plain(name.Text))}
		for _, n := range chartNumbers(chart, row) {
			line = append(line, strconv.Itoa(n))
		}
		lines = append(lines, line)
	}
	if err := out.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("write the figures %s: %w", chart.ID, err)
	}
	return b.Bytes(), nil
}
