// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"fmt"
	"testing"
	"time"
)

// TestARemovedSourceLeavesNothingWaiting: what it was asked for goes a grace period after the first crawl of all sources without it, all at once;
// never because of a crawl of some, and not when it has come back.
func TestARemovedSourceLeavesNothingWaiting(t *testing.T) {
	x := newChanging(t, KindGitea)
	ctx := t.Context()
	rows := func() string {
		t.Helper()
		var sources, queue, listed int
		must(t, x.c.store.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM crawl_sources), (SELECT count(*) FROM crawl_queue), (SELECT count(*) FROM crawl_listed)`).
			Scan(&sources, &queue, &listed))
		return fmt.Sprint(sources, queue, listed > 0)
	}
	never := func() {
		must(t, x.c.store.enqueue(ctx, x.owned().name(), []Repository{{URL: x.server.URL + "/never"}}))
	}
	never()
	must(t, x.c.store.enqueue(ctx, "unlisted", []Repository{{URL: "https://forge.example/q"}})) // with --since a listing leaves no row of its own
	other := gitSource(x.address("p0"))
	crawl := func(days int, opts Options, sources ...SourceConfig) {
		t.Helper()
		x.now.Time = x.now.Add(time.Duration(days) * 24 * time.Hour)
		x.clock = x.now.Time
		if _, _, err := outcome(x.c, opts, sources...); err != nil {
			t.Fatal(err)
		}
	}
	is := func(when, want string) {
		t.Helper()
		if got := rows(); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	all := Options{All: true}
	is("before", "1 2 true")
	for range 3 {
		crawl(30, Options{}, other)
		crawl(30, Options{All: true, Hooked: true}, other)
		crawl(30, Options{All: true, DryRun: true}, other)
	}
	is("after crawls of some, of webhooks, and dry runs", "1 2 true")
	crawl(1, all, other)
	crawl(6, all, other)
	is("before the grace period has ended", "2 2 true")
	crawl(0, Options{}, x.owned()) // by its address: the matter begins anew
	never()
	crawl(1, all, other)
	is("one that came back, and one that was missing all the time", "1 1 true")
	crawl(7, all, other)
	is("after the grace period", "0 0 false")
	if len(x.shown()) != 2 {
		t.Errorf("what it had brought is gone: %v", x.shown())
	}
	crawl(0, all, x.owned())
	crawl(30, all, x.owned(), other)
	is("crawled again", "1 0 true")
}
