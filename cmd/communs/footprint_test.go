// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"communs/crawler"
	"communs/internal/ledger"
	"communs/internal/sqlite"
	"communs/registry"
	"communs/registry/observatory"
	"communs/search"
)

// footprint holds that what Communs costs and what was looked for in vain is kept and told, in every form, and that nothing that was
// typed stands anywhere in the data folder.
func (b *binary) footprint() {
	t := b.t
	b.ok("crawl", b.repository("one", map[string]string{"main.go": "package main\n\nfunc main() {}\n"}))
	b.ok("registry", "import", "base")
	before := b.figures()
	if c := before["own-crawls"]; c.Total != 1 || c.Rows[0].CPU == 0 || c.Rows[0].Bytes == 0 {
		t.Errorf("a crawl costs %+v", c)
	}
	if c := before["own-indexing"]; c.Total != 1 || c.Rows[0].CPU == 0 {
		t.Errorf("an update of the index costs %+v", c)
	}
	if c := before["own-storage"]; len(c.Rows) != 3 || slices.ContainsFunc(c.Rows, func(r observatory.Row) bool { return r.Bytes == 0 }) {
		t.Errorf("kept is %+v", c)
	}

	base, server, log := b.server("serve", "--listen", "127.0.0.1:0")
	defer server.Process.Kill()
	const secret, address = "xqzjkwsecret", "jeanne@dupont.example"
	ask := func(times int, path, question string) {
		for range times {
			response, err := http.Get(base + path + url.QueryEscape(question))
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(io.Discard, response.Body)
			if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode >= 500 {
				t.Fatalf("%s: %d, %v", path, response.StatusCode, err)
			}
		}
	}
	ask(ledger.Threshold, "/code?q=", "fichiers "+secret)
	ask(1, "/api/v1/search?q=", address+" serveur")
	ask(ledger.Threshold, "/logiciels?libre=no&q=", "visio "+secret)
	ask(ledger.Threshold, "/api/v1/software?n=2&q=", secret)
	ask(2, "/code?q=", "main")
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ends with %v\n%s", err, log)
	}
	for _, typed := range []string{secret, address, "127.0.0.1"} {
		if at := holds(t, filepath.Join(b.home, "data", "communs"), typed); len(at) > 0 {
			t.Errorf("%q stands in %v", typed, at)
		}
	}
	after := b.figures()
	if c := after["own-searches"]; c.Total != 3*ledger.Threshold+3 || c.Rows[0].CPU == 0 {
		t.Errorf("searches: %+v", c)
	}
	if c := after["unanswered-code-words"]; c.Total != ledger.Threshold+1 || !slices.Equal(c.Rows, []observatory.Row{{Key: "fichier", N: ledger.Threshold}}) {
		t.Errorf("looked for in vain in code: %+v", c)
	}
	want := []observatory.Row{{Key: "visio", N: ledger.Threshold}, {N: ledger.Threshold}} // and those without any word of the list
	if c := after["unanswered-software-words"]; c.Total != 2*ledger.Threshold || !slices.Equal(c.Rows, want) {
		t.Errorf("looked for in vain among software: %+v", c)
	}
	if c := after["unanswered-needs"]; len(c.Rows) == 0 || c.Rows[0].N != ledger.Threshold {
		t.Errorf("needs looked for in vain: %+v", c)
	}
	if far := b.figures("--until", "2001"); len(far["own-crawls"].Rows)+len(far["unanswered-code-words"].Rows) > 0 || len(far["own-storage"].Rows) == 0 {
		t.Errorf("before it was: %+v", far)
	}
}

// figures gives the charts by their ids.
func (b *binary) figures(args ...string) map[string]observatory.Chart {
	b.t.Helper()
	var list []observatory.Chart
	if err := json.Unmarshal([]byte(b.ok(append([]string{"registry", "figures", "--format", "json"}, args...)...)), &list); err != nil {
		b.t.Fatal(err)
	}
	charts := map[string]observatory.Chart{}
	for _, c := range list {
		charts[c.ID] = c
	}
	return charts
}

// TestFiguresFilter holds which territories and periods are taken.
func TestFiguresFilter(t *testing.T) {
	dir := withCatalogue(t)
	for args, want := range map[string]int{
		"--region 75": exitYes, "--departement 33": exitYes, "--region 75 --departement 33 --from 2024 --until 2024-05-17": exitYes,
		"--departement 100": exitFailure, "--region 11 --departement 33": exitFailure, "--from hier": exitFailure, "--until 2024-13": exitFailure, "--from 2024-02-31": exitFailure,
	} {
		var out, said strings.Builder
		line := append([]string{"communs", "--data", dir, "registry", "figures"}, strings.Fields(args)...)
		if code := run(t.Context(), line, nil, strings.NewReader(""), &out, &said); code != want {
			t.Errorf("%s: exit code %d: %s", args, code, said.String())
		}
	}
}

// TestWatchKeepsWhatCannotBeWritten holds that a folder that cannot be written to costs nothing but the entry, and that it is made up for.
func TestWatchKeepsWhatCannotBeWritten(t *testing.T) {
	p := &program{log: slog.New(slog.DiscardHandler)}
	p.settings.data = filepath.Join(t.TempDir(), "gone")
	w := &watch{Meter: ledger.NewMeter(ledger.CPU), p: p, catalogue: func() *registry.Catalogue { return (*registry.Catalogue)(nil).With() },
		now: func() time.Time { return time.Date(2026, 11, 30, 23, 59, 0, 0, time.UTC) }}
	w.Searched()
	if b := w.Beside(t.Context()); b != nil {
		t.Errorf("nothing can be read, and %+v is told", b)
	}
	p.settings.data = withCatalogue(t)
	w.Searched()
	b := w.Beside(t.Context())
	if b == nil || len(b.Book.Serving) != 1 || b.Book.Serving[0].Month != "2026-11" || b.Book.Serving[0].N != 2 {
		t.Errorf("told is %+v", b)
	}
	if again := w.Beside(t.Context()); again != b {
		t.Error("it is read anew for each page")
	}
}

// TestArchivedIsWhatTheArchiveLastSaid of what is published here now: a commit of before, or one that nobody asked about, is not known.
func TestArchivedIsWhatTheArchiveLastSaid(t *testing.T) {
	dir := t.TempDir()
	c, err := crawler.Open(t.Context(), crawler.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now, before := strings.Repeat("a", 40), strings.Repeat("b", 40)
	software := &registry.Software{Meta: registry.Meta{ID: "s", Status: registry.Declared}, Name: "S"}
	for name, row := range map[string][]any{"held": {now, "commit"}, "not": {now, ""}, "moved": {before, "commit"}, "unasked": nil} {
		url := "https://forge.example/" + name
		software.Repositories = append(software.Repositories, url)
		_, err := db.Exec(`INSERT INTO crawl_repositories (key, url, mirror, source, about, commit_name) VALUES (?, ?, ?, 's', '{}', ?)`,
			crawler.AddressKey(url), url, name, now)
		if row != nil && err == nil {
			_, err = db.Exec(`INSERT INTO crawl_archive (key, asked, asked_commit, holds) VALUES (?, 1795305600, ?, ?)`, append([]any{crawler.AddressKey(url)}, row...)...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := &program{log: slog.New(slog.DiscardHandler)}
	p.settings.data = dir
	software.Repositories = append(software.Repositories, "https://forge.example/elsewhere")
	got, err := p.readArchived(t.Context(), (*registry.Catalogue)(nil).With(software))
	want := map[string]observatory.Archived{"https://forge.example/held": {Held: true, Asked: "2026-11-22"}, "https://forge.example/not": {Asked: "2026-11-22"}}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

// BenchmarkWatched is what counting adds to a search.
func BenchmarkWatched(b *testing.B) {
	w := watched{still{}, &watch{Meter: ledger.NewMeter(ledger.CPU)}}
	for b.Loop() {
		if _, err := w.Search(b.Context(), search.Query{Text: "parse date"}); err != nil {
			b.Fatal(err)
		}
	}
}

// still answers at once, always the same.
type still struct{ search.Searcher }

func (still) Search(context.Context, search.Query) (*search.Page, error) {
	return &search.Page{Total: 1}, nil
}
