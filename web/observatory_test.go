// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"communs/registry"
	"communs/registry/observatory"
	"communs/registry/registrytest"
)

// TestObservatory shows the figures of a full catalogue: each page is one that a validator accepts, within its weight, and every chart
// has a table of the same rows and a CSV that leads somewhere.
func TestObservatory(t *testing.T) {
	entries := registrytest.Generate(registrytest.Full())
	c := (*registry.Catalogue)(nil).With(entries...)
	h := newServer(t, newFake(), withCatalogue(t, entries))
	for _, path := range []string{"/observatoire", "/observatory?lang=en", "/observatoire?region=75", "/observatoire?region=11", "/observatoire?from=2023&until=2024-05"} {
		w := get(h, path, "Accept-Encoding", "gzip")
		if w.Code != http.StatusOK || w.Body.Len() > maxPage {
			t.Fatalf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
		body := get(h, path).Body.String()
		if faults := checkPage(body); len(faults) > 0 {
			t.Errorf("%s: %s", path, strings.Join(faults, "; "))
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		sections := 0
		walk(doc, func(n *html.Node) {
			if id, _ := attr(n, "id"); n.Data == "section" && id != "" {
				sections++
				checkChart(t, h, path, n)
			}
		})
		if want := len(observatory.Figures(c, observatory.Filter{})); sections != want {
			t.Errorf("%s: %d charts, want %d", path, sections, want)
		}
	}
}

func checkChart(t *testing.T, h http.Handler, path string, section *html.Node) {
	t.Helper()
	id, _ := attr(section, "id")
	bars, rows, csvs := 0, 0, 0
	walk(section, func(n *html.Node) {
		switch n.Data {
		case "rect":
			bars++
			width, _ := attr(n, "width")
			if share, err := strconv.ParseFloat(strings.TrimSuffix(width, "%"), 64); err != nil || share < 0 || share > 100 {
				t.Errorf("%s: %s: a bar is %s wide", path, id, width)
			}
		case "tr":
			rows++
		case "a":
			href, _ := attr(n, "href")
			if !strings.Contains(href, ".csv") {
				return
			}
			csvs++
			w := get(h, href)
			lines, err := csv.NewReader(w.Body).ReadAll()
			if w.Code != http.StatusOK || err != nil || len(lines) < rows {
				t.Errorf("%s leads to %s: %d, %d lines for %d rows, %v", path, href, w.Code, len(lines), rows, err)
			}
		}
	})
	if bars > 0 && (rows != bars+1 || csvs != 1) {
		t.Errorf("%s: %s has %d bars, %d rows with the head, %d CSV", path, id, bars, rows, csvs)
	}
}

func TestObservatoryRefuses(t *testing.T) {
	h := baseServer(t)
	for path, want := range map[string]int{
		"/observatoire?region=00": 400, "/observatoire?from=hier": 400, "/observatoire?until=2024-13-99x": 400, "/observatoire/absent.csv": 404,
		"/observatoire/uses-by-year": 404, "/observatoire/uses-by-year.csv?region=x": 400, "/observatoire/uses-by-year.csv/x": 404,
		"/observatoire/uses-by-year.csv": 200, "/observatory/uses-by-year.csv?from=2024-05": 200,
	} {
		if w := get(h, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if w := get(newServer(t, newFake(), nil), "/observatoire"); w.Code != 404 {
		t.Errorf("without a catalogue: %d", w.Code)
	}
	if body := get(h, "/").Body.String(); strings.Count(body, `href="/observatoire"`) != 2 {
		t.Error("the first page does not lead there from its figures and its foot")
	}
}

// small is a catalogue whose figures can be counted by eye; its names are attacks on tables and markup.
func small() []registry.Entry {
	head := func(id string) registry.Meta { return registry.Meta{ID: id, Status: registry.Declared} }
	use := func(id, software string, since registry.Date, people int) *registry.Use {
		return &registry.Use{Meta: head(id), Organisation: "o", Software: software, Since: since, People: people}
	}
	return []registry.Entry{
		&registry.Organisation{Meta: head("o"), Name: "O", Type: registry.TypeAssociation, Place: registry.Place{INSEE: "33063"}},
		&registry.Software{Meta: head("a"), Name: "=cmd|'/c calc'!A1", Licence: "MIT", Languages: []string{"fr", "oc"}},
		&registry.Software{Meta: head("b"), Name: "<script>alert(1)</script> et un nom plus long que la place qui reste"},
		use("u1", "a", "2024-05-17", 3), use("u2", "b", "2025", 0), use("u3", "a", "2025-01", 1200),
	}
}

var chartSVG = regexp.MustCompile(`(?s)<svg class="chart".*?</svg>`)

// TestGoldenCharts compares the drawings of a small catalogue, in French, with testdata/golden; -update writes them anew.
func TestGoldenCharts(t *testing.T) {
	h := newServer(t, newFake(), func(c *Config) {
		withCatalogue(t, small())(c)
		c.Clock = func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }
	})
	body := get(h, "/observatoire").Body.String()
	got := strings.Join(chartSVG.FindAllString(body, -1), "\n") + "\n"
	file := filepath.Join("testdata", "golden", "observatory.svg.html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the charts are\n%s", got)
	}
	if strings.Contains(body, "<script") {
		t.Error("a name became markup")
	}
	table := get(h, "/observatoire/uses-by-software.csv").Body.String()
	if want := "software,name,count,people\na,'=cmd|'/c calc'!A1,2,1203\nb,<script>alert(1)</script> et un nom plus long que la place qui reste,1,0\n"; table != want {
		t.Errorf("the table is\n%s", table)
	}
}

// BenchmarkObservatory is the page of a full catalogue that has not changed.
func BenchmarkObservatory(b *testing.B) {
	h := newServer(b, newFake(), withCatalogue(b, registrytest.Generate(registrytest.Full())))
	for b.Loop() {
		get(h, "/observatoire?region=75")
	}
}
