// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"communs/crawler/heritage"
)

// TestARequestBeforeTheFirstCrawl: what its owner has asked for binds the listing, the queue and the fetch, whether it is about one
// repository, an owner or a whole server, and nothing of it is handed on.
func TestARequestBeforeTheFirstCrawl(t *testing.T) {
	ctx := t.Context()
	server, f := newGitServer(t), newForge(t, KindGitea)
	base := f.items[0]
	f.items = nil
	for i, name := range []string{"team/one", "team/two", "teams/three", "other/four"} {
		address, work := server.create(t, name+".git")
		commitFiles(t, work, "f", name)
		runGit(t, work, "push", "-q", "origin", "main")
		item := map[string]any{}
		for k, v := range base {
			item[k] = v
		}
		item["id"], item["full_name"], item["name"] = i+1, name, name[strings.IndexByte(name, '/')+1:]
		item["html_url"], item["clone_url"] = strings.TrimSuffix(address, ".git"), address
		f.items = append(f.items, item)
	}
	source := SourceConfig{Name: "forge", Kind: KindGitea, URL: f.URL, Hosts: []string{server.Listener.Addr().String()}}
	for name, tc := range map[string]struct {
		targets []string
		left    int
	}{
		"one":      {[]string{server.URL + "/team/one"}, 1},
		"an owner": {[]string{server.URL + "/team/*"}, 2},
		"a server": {[]string{server.URL + "/*"}, 4},
		"both":     {[]string{server.URL + "/team/*", server.URL + "/other/four.git"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.UserAgent = testAgent })
			for _, target := range tc.targets {
				if w, err := c.Forbid(ctx, target, "our wish"); err != nil || w.Mirrors != 0 {
					t.Fatalf("%+v, %v", w, err)
				}
			}
			server.asked()
			for _, dry := range []bool{true, false} {
				sum, err := c.CrawlWith(ctx, []SourceConfig{source}, Options{DryRun: dry}, nil)
				if err != nil || sum.Found != 4 || sum.Withdrawn != tc.left || sum.New != 4-tc.left || len(sum.Left) != tc.left {
					t.Fatalf("dry %v: %+v, %v", dry, sum, err)
				}
				for _, left := range sum.Left {
					var out *OptOutError
					if !errors.As(left.Err, &out) || out.By != ByRequest || out.Reason != "our wish" || Why(left.Err) != "opt-out" {
						t.Errorf("%+v", left)
					}
				}
			}
			if requests := server.asked(); len(requests) != 3*(4-tc.left) { // of the dry run references, of the other packs too
				t.Errorf("asked for %v", requests)
			}
			for _, table := range []string{"crawl_queue", "crawl_listed", "crawl_repositories"} {
				var n int
				must(t, c.store.db.QueryRow(`SELECT count(*) FROM `+table+` WHERE key LIKE ?`, "%/team/one").Scan(&n))
				if n > 0 {
					t.Errorf("%s has it", table)
				}
			}
			var out *OptOutError
			if _, err := c.MaySave(ctx, server.URL+"/team/one.git"); !errors.As(err, &out) || out.By != ByRequest {
				t.Errorf("it may be saved: %v", err)
			}
			if _, err := c.HistoryUnless(ctx, Repository{URL: server.URL + "/team/one"}, ""); !errors.Is(err, ErrWithdrawn) {
				t.Error(err)
			}
		})
	}
}

// TestAnOwnersRequestTakesAwayWhatIsHere, and what waits in the queue; what stands beside it stays.
func TestAnOwnersRequestTakesAwayWhatIsHere(t *testing.T) {
	ctx := t.Context()
	server := newGitServer(t)
	dir := t.TempDir()
	c := openCrawler(t, dir)
	var sources []SourceConfig
	for _, name := range []string{"team/one", "team/sub/two", "team2/three"} {
		address, work := server.create(t, name+".git")
		commitFiles(t, work, "f", "text of "+name)
		runGit(t, work, "push", "-q", "origin", "main")
		sources = append(sources, gitSource(address))
	}
	if sum, err := c.Crawl(ctx, sources, nil); err != nil || sum.New != 3 {
		t.Fatalf("%+v, %v", sum, err)
	}
	must(t, c.store.enqueue(ctx, "forge", []Repository{{URL: server.URL + "/team/queued"}, {URL: server.URL + "/team2/queued"}}))
	w, err := c.Withdraw(ctx, server.URL+"/team/*", "our wish")
	if err != nil || w.Mirrors != 2 || w.URL != server.URL+"/team/*" || !w.Covers(server.URL+"/team/sub/two") || w.Covers(server.URL+"/team2/three") || w.Covers(server.URL+"/team") {
		t.Fatalf("%+v, %v", w, err)
	}
	if found := traces(t, dir, "text of team/"); len(found) > 0 {
		t.Errorf("left in %v", found)
	}
	var queued int
	must(t, c.store.db.QueryRow(`SELECT count(*) FROM crawl_queue`).Scan(&queued))
	gone, err := c.Gone(ctx)
	if err != nil || queued != 1 || len(gone) != 2 || gone[0].Reason != "withdrawn" {
		t.Errorf("%d queued, gone %+v, %v", queued, gone, err)
	}
	if sum, err := c.Crawl(ctx, sources, nil); err != nil || sum.Withdrawn != 2 || sum.Unchanged != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestWhatCanBeAskedAhead(t *testing.T) {
	c := openCrawler(t, t.TempDir())
	u := url.URL{Scheme: "https", Host: "example.org", User: url.UserPassword("me", "secret"), Path: "/c/d"}
	for target, good := range map[string]bool{
		"https://example.org/a/b": true, "https://example.org/*": true, "https://example.org/a/*": true, "example.org/x/y": false, "https://example.org": false,
		"file:///srv/*": false, "/srv/*": false, "": false, "*": false, u.String(): false, "https:///*": false,
	} {
		w, err := c.Forbid(t.Context(), target, "x")
		if (err == nil) != good || err != nil && strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%q: %+v, %v", target, w, err)
		}
	}
	id := heritage.Sum(heritage.Content, []byte("x")).String()
	if w, err := c.Forbid(t.Context(), id, "x"); err != nil || w.Blob.IsZero() {
		t.Errorf("%+v, %v", w, err)
	}
}
