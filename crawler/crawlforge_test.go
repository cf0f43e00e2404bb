// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// onServer gives the items of a forge repositories that lie on a real git server, all alike, and says where the first was committed.
func (f *forge) onServer(t *testing.T, server *gitServer) (work string) {
	f.hosts = []string{server.Listener.Addr().String()}
	address, work := server.create(t, "p0.git")
	commitFiles(t, work, "f", "0")
	runGit(t, work, "push", "-q", "origin", "main")
	for i, item := range f.items {
		name := fmt.Sprintf("p%d", i)
		if i > 0 {
			must(t, os.CopyFS(filepath.Join(server.root, name+".git"), os.DirFS(filepath.Join(server.root, "p0.git"))))
		}
		page := strings.TrimSuffix(address, "p0.git") + name
		item["web_url"], item["http_url_to_repo"], item["path"], item["path_with_namespace"] = page, page+".git", name, name
		item["html_url"], item["clone_url"], item["name"], item["full_name"] = page, page+".git", name, "o/"+name
		if owner, ok := item["owner"].(map[string]any); ok {
			owner["login"], owner["username"] = "o", "o"
		}
	}
	return work
}

// clock is a crawler's time.
type clock struct{ time.Time }

func forgeCrawler(t *testing.T, dir string, c *clock) *Crawler {
	return openCrawler(t, dir, func(cfg *Config) {
		cfg.UserAgent = testAgent
		if c != nil {
			cfg.Now = func() time.Time { return c.Time }
		}
	})
}

// outcome of a crawl: what was brought, by what came of it.
func outcome(c *Crawler, opts Options, sources ...SourceConfig) (Summary, map[EventKind][]string, error) {
	byKind := map[EventKind][]string{}
	sum, err := c.CrawlWith(context.Background(), sources, opts, func(e Event) {
		byKind[e.Kind] = append(byKind[e.Kind], e.Repository.Name)
	})
	return sum, byKind, err
}

// TestForgeCrawl goes through the life of a forge: all of it, nothing new, a commit, a failure that the cursor has passed, a repository
// that is gone.
func TestForgeCrawl(t *testing.T) {
	for _, kind := range []string{KindGitLab, KindGitHub, KindGitea} {
		t.Run(kind, func(t *testing.T) {
			server, f := newGitServer(t), newForge(t, kind)
			f.items = f.items[:3]
			f.marks = true
			work := f.onServer(t, server)
			now := &clock{f.clock}
			c := forgeCrawler(t, t.TempDir(), now)
			sc := f.owned()
			sum, _, err := outcome(c, Options{}, sc)
			if err != nil || sum.New != 3 || sum.Waiting != 0 || sum.Requests == 0 || sum.Bytes == 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			server.asked()
			listed := len(f.requests)
			sum, _, err = outcome(c, Options{}, sc)
			if err != nil || sum.Found != 0 || len(server.asked()) != 0 || f.unsent == 0 || len(f.requests) > listed+2 {
				t.Errorf("nothing is new: %+v, %v; %d requests of which %d had no answer", sum, err, len(f.requests)-listed, f.unsent)
			}
			// A new commit, for which the server fails once: it comes again although the cursor has passed it.
			f.items[0][f.activity] = f.clock.Add(time.Minute).Format(time.RFC3339)
			head := commitFiles(t, work, "f", "new")
			runGit(t, work, "push", "-q", "origin", "main")
			server.answer(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "later", 503) })
			if sum, _, err = outcome(c, Options{}, sc); err != nil || sum.Found != 1 || sum.Failed != 1 {
				t.Errorf("the server fails: %+v, %v", sum, err)
			}
			server.answer(nil)
			f.clock = f.clock.Add(24 * time.Hour)
			now.Time = f.clock
			f.items[0][f.activity] = "2000-01-01T00:00:00Z"
			if sum, _, err = outcome(c, Options{}, sc); err != nil || sum.Changed != 1 || sum.Found != 1 {
				t.Errorf("it comes again: %+v, %v", sum, err)
			}
			s, err := c.Snapshot(context.Background(), strings.TrimPrefix(server.URL, "http://")+"/p0.git")
			if err != nil || s.Commit != head || s.Source != "x" {
				t.Errorf("%+v, %v", s, err)
			}
			// One is deleted. No list of changes says so; the next full listing does, and its server confirms.
			f.items = f.items[:2]
			must(t, os.RemoveAll(filepath.Join(server.root, "p2.git")))
			if sum, _, err = outcome(c, Options{}, sc); err != nil || sum.Unlisted != 0 {
				t.Errorf("%+v, %v", sum, err)
			}
			now.Time = now.Add(8 * 24 * time.Hour)
			f.clock = now.Time
			server.asked()
			sum, byKind, err := outcome(c, Options{}, sc)
			if err != nil || !slices.Equal(byKind[Unlisted], []string{"p2"}) || sum.Unchanged != 2 || len(server.asked()) != 1 {
				t.Errorf("a full listing: %+v, %v, %v", sum, byKind, err)
			}
			missed := 0
			for m, err := range c.Unlisted(context.Background(), "x") {
				must(t, err)
				if missed++; m.Name != "p2" || !m.Since.Equal(now.Truncate(time.Second)) {
					t.Errorf("%+v", m)
				}
			}
			if missed != 1 {
				t.Errorf("%d repositories are not listed any more", missed)
			}
			must(t, c.Settle(context.Background(), "x", server.URL+"/p2"))
			for m := range c.Unlisted(context.Background(), "x") {
				t.Errorf("%s was settled", m.Name)
			}
		})
	}
}

// TestAKilledCrawlGoesOn stops a crawl in the middle of its third page, and goes on with another.
func TestAKilledCrawlGoesOn(t *testing.T) {
	for _, kind := range forgeKinds {
		t.Run(kind, func(t *testing.T) {
			server, f := newGitServer(t), newForge(t, kind)
			for i := range 2 {
				item := maps.Clone(f.items[i])
				item["id"] = float64(900000 + i)
				f.items = append(f.items, item)
			}
			f.onServer(t, server)
			dir, sc := t.TempDir(), f.owned()
			if kind == KindGitLab {
				sc = f.of("") // by keyset
			}
			ctx, kill := context.WithCancel(context.Background())
			defer kill()
			brought, found := map[string]int{}, 0
			hear := func(e Event) {
				switch e.Kind {
				case New:
					brought[e.Repository.Name]++
				case Found:
					if found++; found == 5 {
						kill()
					}
				}
			}
			c := forgeCrawler(t, dir, nil)
			if _, err := c.Crawl(ctx, []SourceConfig{sc}, hear); !errors.Is(err, context.Canceled) || len(brought) > 4 || found > 6 {
				t.Fatalf("%v, %v", brought, err)
			}
			c.Close()
			f.requests = nil
			c = forgeCrawler(t, dir, nil)
			sum, err := c.Crawl(context.Background(), []SourceConfig{sc}, hear)
			// What was published in the moment of the kill is told by nobody, and found unchanged.
			if err != nil || sum.Unchanged > 2 || sum.Waiting != 0 || len(brought)+sum.Unchanged != 7 || len(f.requests) > 2 {
				t.Errorf("%+v, %v, %v\n%s", sum, brought, err, strings.Join(f.requests, "\n"))
			}
			for name, n := range brought {
				if n != 1 {
					t.Errorf("%s was brought %d times", name, n)
				}
			}
		})
	}
}

// TestWhatWasLeftOverDoesNotStayInTheQueue goes on with what a killed crawl had written into the queue, before the list that named it is read anew.
func TestWhatWasLeftOverDoesNotStayInTheQueue(t *testing.T) {
	server, f := newGitServer(t), newForge(t, KindGitea)
	f.onServer(t, server)
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Jobs = 1 })
	list := filepath.Join(t.TempDir(), "list")
	var lines string
	for i := range f.items {
		address := fmt.Sprintf("%s/p%d.git", server.URL, i)
		lines += address + "\n"
		must(t, c.store.enqueue(t.Context(), "list", []Repository{{URL: address, Source: "list"}}))
	}
	must(t, os.WriteFile(list, []byte(lines), 0o644))
	sum, _, err := outcome(c, Options{}, SourceConfig{Name: "list", Kind: KindList, Path: list, Hosts: f.hosts})
	if err != nil || sum.New != len(f.items) || sum.Waiting != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// TestAPageThatFailsIsAskedForAgain goes on where a forge failed.
func TestAPageThatFailsIsAskedForAgain(t *testing.T) {
	server, f := newGitServer(t), newForge(t, KindGitHub)
	f.onServer(t, server)
	c := forgeCrawler(t, t.TempDir(), nil)
	f.fault = func(page int) (int, string) { return map[int]int{3: 502}[page], "" }
	sum, _, err := outcome(c, Options{}, f.owned())
	if err != nil || sum.New != 4 || sum.Failed != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	f.fault, f.requests = nil, nil
	sum, _, err = outcome(c, Options{}, f.owned())
	if err != nil || sum.New != 1 || sum.Found != 1 || len(f.requests) != 1 || !strings.Contains(f.requests[0], "page=3") {
		t.Errorf("%+v, %v, %v", sum, err, f.requests)
	}
}

// TestABudgetEndsACrawl brings what it allows, and the rest another time.
func TestABudgetEndsACrawl(t *testing.T) {
	server, f := newGitServer(t), newForge(t, KindGitea)
	f.onServer(t, server)
	c := forgeCrawler(t, t.TempDir(), nil)
	budget := Options{Budget: Budget{Bytes: 1}}
	total, runs := 0, 0
	for ; runs < 20; runs++ {
		sum, _, err := outcome(c, budget, f.owned())
		must(t, err)
		if total += sum.New; sum.Ended == "" {
			t.Fatalf("not ended: %+v", sum)
		}
		if total == 5 {
			break
		}
	}
	if total != 5 || runs < 2 {
		t.Errorf("%d repositories in %d runs", total, runs+1)
	}
	sum, _, err := outcome(c, Options{Budget: Budget{Time: time.Nanosecond}}, f.owned())
	if err != nil || sum.Ended != EndedTime || sum.Found != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	sum, _, err = outcome(c, Options{Budget: Budget{Time: time.Hour, Bytes: 1 << 40}}, f.owned())
	if err != nil || sum.Ended != "" || sum.Waiting != 0 || sum.Failed != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestParseBudget(t *testing.T) {
	for text, want := range map[string]Budget{
		"2GB/1h": {2e9, time.Hour}, "1h/2GB": {2e9, time.Hour}, "500 Mo": {Bytes: 500e6}, "90m": {Time: 90 * time.Minute}, "1,5Go/30s": {15e8, 30 * time.Second},
		"1GiB": {Bytes: 1 << 30}, "1000": {Bytes: 1000}, "1h30m": {Time: 90 * time.Minute},
		"2 Go / 1 h": {2e9, time.Hour}, "2\u00a0Go/1\u202fh\u202f30": {2e9, 90 * time.Minute}, "90 min": {Time: 90 * time.Minute}, "2 jours / 1,5 Tio": {3 << 39, 48 * time.Hour},
		"1 d 2 h": {Time: 26 * time.Hour}, "45 secondes": {Time: 45 * time.Second}, "300 octets": {Bytes: 300}, "5 mn": {Time: 5 * time.Minute},
	} {
		if got, err := ParseBudget(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "/", "2GB/", "2GB/3GB", "1h/2h", "-1h", "x", "2XB", "1h/2GB/3", "NaN", "1e400GB", "0", "0s", "9999999999TB", "1 an", "h", "min", "2 Go et 1 h", "0 h", "99999999999 jours"} {
		var bad *BudgetError
		if got, err := ParseBudget(text); !errors.As(err, &bad) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// TestSinceLeavesTheCursorAlone crawls from a day on; what was before comes with the next crawl that is not told so.
func TestSinceLeavesTheCursorAlone(t *testing.T) {
	for _, kind := range []string{KindGitLab, KindGitea, KindGogs} {
		server, f := newGitServer(t), newForge(t, kind)
		f.onServer(t, server)
		f.items[3][f.activity] = f.clock.Add(-time.Hour).Format(time.RFC3339)
		c := forgeCrawler(t, t.TempDir(), nil)
		sum, byKind, err := outcome(c, Options{Since: f.clock.Add(-24 * time.Hour)}, f.of(""))
		if err != nil || sum.New != 1 || byKind[New][0] != "p3" {
			t.Errorf("%s: %+v, %v", kind, sum, err)
		}
		if sum, _, err = outcome(c, Options{}, f.of("")); err != nil || sum.New != 4 {
			t.Errorf("%s: %+v, %v", kind, sum, err)
		}
	}
}

// TestWhatIsPrivateIsNotNamed counts what a token shows besides.
func TestWhatIsPrivateIsNotNamed(t *testing.T) {
	server, f := newGitServer(t), newForge(t, KindGitea)
	f.onServer(t, server)
	f.token = "t"
	f.before = func(w http.ResponseWriter, r *http.Request) bool { // an old one, that gives it whatever was asked
		q := r.URL.Query()
		q.Del("private")
		r.URL.RawQuery = q.Encode()
		return false
	}
	t.Setenv("T", f.token)
	sc := f.owned()
	sc.TokenEnv = "T"
	c := forgeCrawler(t, t.TempDir(), nil)
	f.items[0]["private"] = true
	sum, byKind, err := outcome(c, Options{}, sc)
	if err != nil || sum.New != 4 || sum.Private != 1 || slices.Contains(byKind[Found], "p0") {
		t.Errorf("%+v, %v, %v", sum, byKind, err)
	}
	// One that is mirrored becomes private.
	f.items[1]["private"], f.items[1]["updated_at"] = true, f.clock.Add(time.Minute).Format(time.RFC3339)
	if sum, _, err = outcome(c, Options{}, sc); err != nil || sum.Private != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	for m, err := range c.Unlisted(context.Background(), "x") {
		if err != nil || m.Name != "p1" {
			t.Errorf("%+v, %v", m, err)
		}
	}
}
