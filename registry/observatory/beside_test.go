// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package observatory

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"communs/internal/ledger"
	"communs/registry"
)

func chartOf(t *testing.T, charts []Chart, id string) Chart {
	t.Helper()
	i := slices.IndexFunc(charts, func(c Chart) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no chart %q", id)
	}
	return charts[i]
}

// TestArchiveCoverage holds that what was not asked is neither yes nor no, and that a repository of two software counts once.
func TestArchiveCoverage(t *testing.T) {
	software := func(id string, repositories ...string) *registry.Software {
		return &registry.Software{Meta: registry.Meta{ID: id, Status: registry.Declared}, Name: id, Repositories: repositories}
	}
	c := (*registry.Catalogue)(nil).With(software("a", "https://x.example/1", "https://x.example/2"), software("b", "https://x.example/2", "https://x.example/3"))
	b := &Beside{Archived: func(url string) (Archived, bool) {
		return Archived{url == "https://x.example/1", "2026-11-20"}, url != "https://x.example/3"
	}}
	got := chartOf(t, Figures(c, b, Filter{}), "archive-coverage")
	want := []Repository{{"https://x.example/1", "yes", "2026-11-20"}, {"https://x.example/2", "no", "2026-11-20"}, {"https://x.example/3", "", ""}}
	if got.Total != 3 || !reflect.DeepEqual(got.Repositories, want) ||
		!reflect.DeepEqual(got.Rows, []Row{{Key: "no", N: 1}, {Key: "yes", N: 1}, {Key: "", N: 1}}) {
		t.Errorf("got %+v", got)
	}
	if got := chartOf(t, Figures(c, nil, Filter{}), "archive-coverage"); !reflect.DeepEqual(got.Rows, []Row{{Key: "", N: 3}}) {
		t.Errorf("nobody asked: %+v", got.Rows)
	}
}

// TestUnansweredIsToldFromFiveInAMonthOnly holds that a period never sums up what a month by itself does not tell.
func TestUnansweredIsToldFromFiveInAMonthOnly(t *testing.T) {
	of := func(month, about, kind, term string, n int) ledger.Unanswered {
		return ledger.Unanswered{Month: month, Term: ledger.Term{About: about, Kind: kind, Term: term}, N: n}
	}
	b := &Beside{Book: ledger.Book{Unanswered: []ledger.Unanswered{
		of("2026-09", "software", "word", "compta", 4), of("2026-10", "software", "word", "compta", 4),
		of("2026-10", "software", "word", "visio", 5), of("2026-11", "software", "word", "visio", 6),
		of("2026-11", "software", "question", "", 20), of("2026-11", "software", "unclear", "", 7), of("2026-11", "code", "question", "", 9),
		of("2026-11", "software", "need", "payer", 5), of("2026-11", "code", "word", "file", 8),
	}}}
	for _, test := range []struct {
		f     Filter
		id    string
		total int
		rows  []Row
	}{
		{Filter{}, "unanswered-software-words", 20, []Row{{Key: "visio", N: 11}, {Key: "", N: 7}}},
		{Filter{From: "2026-11"}, "unanswered-software-words", 20, []Row{{Key: "visio", N: 6}, {Key: "", N: 7}}},
		{Filter{Until: "2026-10", Region: "75"}, "unanswered-software-words", 0, []Row{{Key: "visio", N: 5}}},
		{Filter{Until: "2026-09"}, "unanswered-software-words", 0, []Row{}},
		{Filter{}, "unanswered-needs", 20, []Row{{Key: "payer", N: 5}}},
		{Filter{}, "unanswered-code-words", 9, []Row{{Key: "file", N: 8}}},
	} {
		got := chartOf(t, Figures((*registry.Catalogue)(nil).With(), b, test.f), test.id)
		if got.Total != test.total || !reflect.DeepEqual(got.Rows, test.rows) || got.Least != 5 || !got.Whole {
			t.Errorf("%+v: %+v", test, got)
		}
	}
}

// TestOwnFootprint holds how the shares of a work, and of a thousand questions, are made.
func TestOwnFootprint(t *testing.T) {
	b := &Beside{Book: ledger.Book{
		Crawls:    []ledger.Month{{Month: "2026-10", N: 3, CPU: 10 * time.Second, Bytes: 1000}, {Month: "2026-11", N: 1, CPU: time.Second, Bytes: 7}},
		Indexings: []ledger.Month{{Month: "2026-11", N: 2, CPU: 3 * time.Second}},
		Serving:   []ledger.Month{{Month: "2026-10", N: 0, CPU: time.Second}, {Month: "2026-11", N: 400, CPU: 2 * time.Second}},
		Stored:    &ledger.Stored{Mirrors: 3, Shards: 2, Database: 1},
	}}
	numbers := func(f Filter, id string) (all [][]int64) {
		c := chartOf(t, Figures((*registry.Catalogue)(nil).With(), b, f), id)
		for _, row := range c.Rows {
			var line []int64
			for _, column := range c.Columns() {
				line = append(line, column.Of(row))
			}
			all = append(all, line)
		}
		return all
	}
	for _, test := range []struct {
		f    Filter
		id   string
		want [][]int64
	}{
		{Filter{}, "own-crawls", [][]int64{{333, 3333, 3, 1000, 10000}, {7, 1000, 1, 7, 1000}}},
		{Filter{From: "2026-11", Region: "75"}, "own-crawls", [][]int64{{7, 1000, 1, 7, 1000}}},
		{Filter{}, "own-indexing", [][]int64{{1500, 2, 3000}}},
		{Filter{}, "own-searches", [][]int64{{5000, 400, 2000}}},
		{Filter{Until: "2020"}, "own-storage", [][]int64{{3}, {2}, {1}}},
	} {
		if got := numbers(test.f, test.id); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %+v: %v, want %v", test.id, test.f, got, test.want)
		}
	}
}
