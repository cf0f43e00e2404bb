// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"communs/internal/ledger"
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
	for _, path := range []string{"/observatoire", "/observatory?lang=en", "/observatoire?region=75", "/observatoire?region=11", "/observatoire?departement=86", "/observatoire?from=2023&until=2024-05"} {
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
		if want := len(observatory.Figures(c, nil, observatory.Filter{})); sections != want {
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
	want := 1
	if id == "archive-coverage" { // and that of each repository
		want = 2
	}
	if bars > 0 && (rows != bars+1 || csvs != want) {
		t.Errorf("%s: %s has %d bars, %d rows with the head, %d CSV", path, id, bars, rows, csvs)
	}
}

func TestObservatoryRefuses(t *testing.T) {
	h := baseServer(t)
	for path, want := range map[string]int{
		"/observatoire?region=00": 400, "/observatoire?departement=100": 400, "/observatoire?region=75&departement=33&to=2024": 200,
		"/observatoire/archive-repositories.csv": 200, "/observatoire/archive-repositories": 404, "/api/v1/observatory?region=x": 400, "/api/v1/observatory/x": 404, "/observatoire?from=hier": 400, "/observatoire?until=2024-13-99x": 400, "/observatoire/absent.csv": 404,
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

// measured is what a server knows beside the catalogue of small.
func measured(context.Context) *observatory.Beside {
	of := func(about, kind, term string, n int) ledger.Unanswered {
		return ledger.Unanswered{Month: "2026-11", Term: ledger.Term{About: about, Kind: kind, Term: term}, N: n}
	}
	return &observatory.Beside{
		Archived: func(url string) (observatory.Archived, bool) {
			return observatory.Archived{Held: strings.HasSuffix(url, "/a"), Asked: "2026-11-20"}, !strings.HasSuffix(url, "/c")
		},
		Book: ledger.Book{
			Crawls:     []ledger.Month{{Month: "2026-10", N: 2, CPU: 3 * time.Hour, Bytes: 5e9}, {Month: "2026-11", N: 1, CPU: 90 * time.Second, Bytes: 1000}},
			Serving:    []ledger.Month{{Month: "2026-11", N: 2000, CPU: 10 * time.Second}},
			Unanswered: []ledger.Unanswered{of("software", "question", "", 12), of("software", "word", "=visio", 6), of("software", "word", "rare", 4)},
			Stored:     &ledger.Stored{Mirrors: 2e9, Shards: 1e6, Database: 500},
		},
	}
}

// TestObservatoryBeside holds that page, CSV and API tell the same of what stands beside the catalogue, and say where a filter does not reach.
func TestObservatoryBeside(t *testing.T) {
	one := &registry.Software{Meta: registry.Meta{ID: "c", Status: registry.Declared}, Name: "C",
		Repositories: []string{"https://x.example/=1/a", "https://x.example/b", "https://x.example/c"}}
	h := newServer(t, newFake(), func(c *Config) {
		withCatalogue(t, append(small(), one))(c)
		c.Beside = measured
	})
	for path, want := range map[string]string{
		"/observatoire/own-crawls.csv":                               "month,name,bytes_per_crawl,cpu_ms_per_crawl,count,bytes,cpu_ms\n2026-10,octobre 2026,2500000000,5400000,2,5000000000,10800000\n2026-11,novembre 2026,1000,90000,1,1000,90000\n",
		"/observatoire/own-crawls.csv?until=2026-10":                 "month,name,bytes_per_crawl,cpu_ms_per_crawl,count,bytes,cpu_ms\n2026-10,octobre 2026,2500000000,5400000,2,5000000000,10800000\n",
		"/observatoire/own-searches.csv":                             "month,name,cpu_ms_per_1000,count,cpu_ms\n2026-11,novembre 2026,5000,2000,10000\n",
		"/observatory/own-storage.csv?lang=en":                       "store,name,bytes\nmirrors,mirrors of repositories,2000000000\nshards,search index,1000000\ndatabase,database,500\n",
		"/observatoire/unanswered-software-words.csv":                "word,name,count\n'=visio,'=visio,6\n",
		"/observatoire/archive-coverage.csv":                         "archive,name,count\nno,pas dans l’archive,1\nyes,archivé,1\n,pas encore demandé,1\n",
		"/observatoire/archive-repositories.csv":                     "repository,archived,asked\nhttps://x.example/=1/a,yes,2026-11-20\nhttps://x.example/b,no,2026-11-20\nhttps://x.example/c,,\n",
		"/observatoire/uses-by-territory.csv?departement=33&to=2024": "departement,name,count,people\n33,Gironde,1,3\n",
	} {
		if got := get(h, path).Body.String(); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", path, got, want)
		}
	}
	page := get(h, "/observatoire?region=75&from=2026&lang=fr").Body.String()
	for _, want := range []string{"2,5 Go", "90,0 min", "5,0 s", "2,0 Go", "novembre 2026", "en dessous de 5 recherches", "en tout : 12", "Ni le territoire ni la période",
		"ces chiffres valent pour tout le service", "l’état d’aujourd’hui", "Compté le", "Licences des fiches", "Nouvelle-Aquitaine</small>", "/api/v1/observatory?from=2026&amp;region=75"} {
		if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "rare") {
		t.Error("the page tells what four asked for")
	}
	if plain := get(h, "/observatoire").Body.String(); strings.Contains(plain, "ne change rien ici") {
		t.Error("without a filter the page speaks of its reach")
	}
	var answer struct {
		Counted, Region string
		Charts          []observatory.Chart
	}
	if err := json.Unmarshal(get(h, "/api/v1/observatory?region=75").Body.Bytes(), &answer); err != nil || answer.Region != "75" || answer.Counted == "" {
		t.Fatalf("the API: %+v, %v", answer, err)
	}
	c := (*registry.Catalogue)(nil).With(append(small(), one)...)
	if want := observatory.Figures(c, measured(t.Context()), observatory.Filter{Region: "75"}); !reflect.DeepEqual(answer.Charts, want) {
		t.Errorf("the API answers %+v, want %+v", answer.Charts, want)
	}
}

// BenchmarkObservatory is the page of a full catalogue that has not changed.
func BenchmarkObservatory(b *testing.B) {
	h := newServer(b, newFake(), withCatalogue(b, registrytest.Generate(registrytest.Full())))
	for b.Loop() {
		get(h, "/observatoire?region=75")
	}
}
