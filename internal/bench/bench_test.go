// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNewQuery(t *testing.T) {
	for _, tt := range []struct {
		text, pattern string
		form          form
		fold          bool
		words         []string
	}{
		{text: `"return nil, err"`, form: exact, pattern: "return nil, err", fold: true},
		{text: `"ReadUvarint"`, form: exact, pattern: "ReadUvarint"},
		{text: `"Élan"`, form: exact, pattern: "Élan"},
		{text: `/\S+ \W/`, form: regexpForm, pattern: `\S+ \W`, fold: true},
		{text: `/\\S/`, form: regexpForm, pattern: `\\S`},
		{text: `/func \(.*\) ServeHTTP/`, form: regexpForm, pattern: `func \(.*\) ServeHTTP`},
		{text: `parse date`, form: words, words: []string{"parse", "date"}, fold: true},
	} {
		q, err := newQuery("class", tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if q.form != tt.form || q.pattern != tt.pattern || q.fold != tt.fold || !slices.Equal(q.words, tt.words) {
			t.Errorf("%s: read as %+v", tt.text, q)
		}
	}
	for _, text := range []string{"", `"`, `""`, "/", "//", "/(/", "/a/b/", `a "b"`, "lang:go x", "a OR (b)", "-a"} {
		if q, err := newQuery("class", text); err == nil {
			t.Errorf("%q: no equivalent for the peers, yet read as %+v", text, q)
		}
	}
}

func TestReadQueries(t *testing.T) {
	list, err := readQueries(strings.NewReader("# said\n\nrare\t\"a b\"\nwords\ta b\n"))
	if err != nil || len(list) != 2 || list[0].class != "rare" || list[1].text != "a b" {
		t.Errorf("got %+v, %v", list, err)
	}
	if _, err := readQueries(strings.NewReader("rare\t\"a\"\nno tab here\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a line without a tab: %v", err)
	}
}

// The list has to be mixed, or its median says little.
func TestTheQueriesAreMixed(t *testing.T) {
	list, err := readQueriesFile("queries.txt")
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]int{}
	for _, q := range list {
		classes[q.class]++
	}
	for _, class := range []string{
		"rare text", "common text", "identifier", "words", "good expression", "poor expression", "accents", "no match",
	} {
		if classes[class] == 0 {
			t.Errorf("no query of class %s", class)
		}
	}
	if len(list) < 25 {
		t.Errorf("%d queries, want at least 25", len(list))
	}
}

func TestMedianAndGeometricMean(t *testing.T) {
	if m := median([]float64{5, 1, 9}); m != 5 {
		t.Errorf("median of three: %v", m)
	}
	if m := median([]float64{4, 1, 9, 2}); m != 3 {
		t.Errorf("median of four: %v", m)
	}
	if m := geometricMean([]float64{0.5, 2, 8}); math.Abs(m-2) > 1e-9 {
		t.Errorf("geometric mean: %v", m)
	}
	if !math.IsNaN(median(nil)) || !math.IsNaN(geometricMean(nil)) {
		t.Error("of nothing there is no mean")
	}
}

func TestTablesNameWhatWasNotMeasured(t *testing.T) {
	list := []measure{
		{query: query{class: "a", text: "x|y"}, total: 3, ours: 1, peers: map[string]float64{"ripgrep": 50}},
		{query: query{class: "b", text: "z"}, partial: true, ours: 4, peers: map[string]float64{"ripgrep": 8}},
	}
	ratios := ratioTable(list, []string{"ripgrep", "codesearch"})
	for _, want := range []string{"| **all** | 2 | 0.260 | 0.100 | not measured | not measured |", "| a | 1 | 0.020 |"} {
		if !strings.Contains(ratios, want) {
			t.Errorf("%q is not in\n%s", want, ratios)
		}
	}
	queries := queryTable(list, []string{"ripgrep"})
	for _, want := range []string{"`x\\|y`", "0 (partial)", "| 50.0 | 0.020 |"} {
		if !strings.Contains(queries, want) {
			t.Errorf("%q is not in\n%s", want, queries)
		}
	}
}

func TestReplaceBetweenMarkers(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.md")
	begin, end := markers("make bench")
	if err := os.WriteFile(name, []byte("before\n"+begin+"\nold\n"+end+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := replaceBetweenMarkers(name, "make bench", "new\n"); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := os.ReadFile(name)
	if want := "before\n" + begin + "\n\nnew\n\n" + end + "\nafter\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := os.WriteFile(name, []byte("no markers"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceBetweenMarkers(name, "make bench", "new"); err == nil {
		t.Error("a page without markers was written to")
	}
}
