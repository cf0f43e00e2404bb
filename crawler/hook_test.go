// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler/webhook"
)

const hookTestSecret = "the-secret-of-a-test"

// hooking is a forge with repositories on a real git server, a crawler, and a server that takes its webhooks.
type hooking struct {
	*changing
	sc    SourceConfig
	hooks *Hooks
	sent  int
}

func newHooking(t *testing.T, kind string) *hooking {
	x := &hooking{changing: &changing{forge: newForge(t, kind), t: t, server: newGitServer(t)}}
	x.items, x.marks = x.items[:3], true
	x.onServer(t, x.server)
	x.sc = x.owned()
	x.sc.HookEnv = "H"
	must(t, os.MkdirAll(filepath.Join(x.server.root, x.sc.scope().value), 0o700))
	for i := range x.items {
		x.place(i, fmt.Sprintf("p%d", i), x.sc.scope().value+"/"+fmt.Sprintf("p%d", i))
	}
	x.now = &clock{x.clock}
	dir := t.TempDir()
	x.c = forgeCrawler(t, dir, x.now)
	x.hooks = openHooks(t, Config{Dir: dir, Sources: []SourceConfig{x.sc}, Now: func() time.Time { return x.now.Time }})
	if sum, _, err := outcome(x.c, Options{}, x.sc); err != nil || sum.New != 3 {
		t.Fatalf("%+v, %v", sum, err)
	}
	return x
}

// place gives a repository another path.
func (x *hooking) place(item int, from, to string) {
	must(x.t, os.Rename(filepath.Join(x.server.root, from+".git"), filepath.Join(x.server.root, to+".git")))
	page, one := x.server.URL+"/"+to, x.items[item]
	owner, name, _ := strings.Cut(to, "/")
	for _, field := range []string{"web_url", "html_url"} {
		one[field] = page
	}
	one["http_url_to_repo"], one["clone_url"], one["path_with_namespace"], one["full_name"] = page+".git", page+".git", to, to
	one["name"], one["path"] = filepath.Base(name), filepath.Base(name)
	if o, ok := one["owner"].(map[string]any); ok {
		o["login"], o["username"] = owner, owner
	}
}

func openHooks(t *testing.T, cfg Config) *Hooks {
	t.Helper()
	cfg.Env = func(string) string { return hookTestSecret }
	h, problems, err := OpenHooks(t.Context(), cfg)
	if err != nil || len(problems) > 0 || h == nil {
		t.Fatalf("%v, %v", problems, err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// signed is a message as a Gitea sends it.
func signed(event, delivery, secret string, body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	header := http.Header{}
	header.Set("X-Gitea-Event", event)
	header.Set("X-Gitea-Delivery", delivery)
	header.Set("X-Gitea-Signature", hex.EncodeToString(mac.Sum(nil)))
	return header
}

// tell sends what the forge would.
func (x *hooking) tell(event webhook.Event, item map[string]any, old string) Outcome {
	x.t.Helper()
	x.sent++
	var said map[string]any
	name, action := "repository", map[webhook.Event]string{webhook.Create: "created", webhook.Delete: "deleted", webhook.Rename: "renamed", webhook.Change: "archived"}[event]
	if event == webhook.Push {
		name = "push"
	}
	if x.kind == KindGitLab {
		said = map[string]any{"event_name": map[webhook.Event]string{webhook.Push: "push", webhook.Create: "project_create", webhook.Delete: "project_destroy",
			webhook.Rename: "project_rename", webhook.Change: "project_update"}[event], "project_id": item["id"], "path_with_namespace": item["path_with_namespace"],
			"old_path_with_namespace": old, "project_visibility": item["visibility"]}
		if event == webhook.Push {
			said = map[string]any{"object_kind": "push", "project": item, "project_id": item["id"]}
		}
	} else {
		said = map[string]any{"action": action, "repository": item}
		if old != "" {
			said["changes"] = map[string]any{"repository": map[string]any{"name": map[string]any{"from": filepath.Base(old)}}}
		}
	}
	body, err := json.Marshal(said)
	must(x.t, err)
	header := signed(name, fmt.Sprint(x.sent), hookTestSecret, body)
	if x.kind == KindGitLab {
		header = http.Header{"X-Gitlab-Event": {"System Hook"}, "X-Gitlab-Token": {hookTestSecret}}
	}
	o, err := x.hooks.Take(x.t.Context(), "x", header, body)
	must(x.t, err)
	return o
}

// crawl brings what webhooks have named.
func (x *hooking) crawl() map[EventKind][]string {
	x.t.Helper()
	x.server.asked()
	sum, events, err := outcome(x.c, Options{Hooked: true}, x.sc)
	if err != nil || sum.Failed > 0 {
		x.t.Fatalf("%+v, %v", sum, err)
	}
	delete(events, Found)
	delete(events, Progress)
	return events
}

func (x *hooking) rows() (n int) {
	must(x.t, x.c.store.db.QueryRow(`SELECT count(*) FROM crawl_hooks`).Scan(&n))
	return n
}

// TestHooked goes through what happens to repositories, of which nothing but webhooks tells.
func TestHooked(t *testing.T) {
	for _, kind := range []string{KindGitLab, KindGitHub, KindGitea} {
		t.Run(kind, func(t *testing.T) {
			x := newHooking(t, kind)
			owner := x.sc.scope().value
			if got := x.crawl(); len(got) > 0 || len(x.server.asked()) > 0 {
				t.Errorf("nothing was told: %v", got)
			}
			// A push, told many times.
			work := t.TempDir()
			runGit(t, work, "clone", "-q", filepath.Join(x.server.root, owner, "p0.git"), ".")
			commitFiles(t, work, "f", "new")
			runGit(t, work, "push", "-q", "origin", "main")
			for range 50 {
				if o := x.tell(webhook.Push, x.items[0], ""); o != Accepted {
					t.Fatal(o)
				}
			}
			asked := len(x.requests)
			if got := x.crawl(); !maps.EqualFunc(got, map[EventKind][]string{Changed: {"p0"}}, slices.Equal) || len(x.requests) != asked || x.rows() != 0 {
				t.Errorf("one was pushed to: %v in %d requests, %d rows left", got, len(x.requests)-asked, x.rows())
			}
			j, err := x.c.Journal(t.Context(), x.server.URL+"/"+owner+"/p0", 0)
			if err != nil || len(j.Entries) != 2 || !j.Entries[0].Hook || j.Entries[1].Hook {
				t.Errorf("its journal: %+v, %v", j, err)
			}
			// A new one, a renamed one, one that another look is asked for.
			fourth := maps.Clone(x.items[1])
			fourth["id"], x.items = 987654.0, append(x.items, fourth)
			must(t, os.CopyFS(filepath.Join(x.server.root, "p3.git"), os.DirFS(filepath.Join(x.server.root, owner, "p1.git"))))
			if o, ok := fourth["owner"].(map[string]any); ok {
				fourth["owner"] = maps.Clone(o)
			}
			x.place(3, "p3", owner+"/p3")
			x.place(1, owner+"/p1", owner+"/neuf")
			if kind == KindGitea {
				x.former = map[string]string{owner + "/p1": owner + "/neuf"}
			}
			x.items[2]["archived"] = true
			x.tell(webhook.Create, fourth, "")
			x.tell(webhook.Rename, x.items[1], owner+"/p1")
			x.tell(webhook.Change, x.items[2], "")
			got := x.crawl()
			slices.Sort(got[Unchanged])
			if want := (map[EventKind][]string{New: {"p3"}, Renamed: {"neuf"}, Unchanged: {"neuf", "p2"}}); !maps.EqualFunc(got, want, slices.Equal) || x.rows() != 0 {
				t.Errorf("made, renamed, archived: %v, %d rows left", got, x.rows())
			}
			if s, err := x.c.Snapshot(t.Context(), x.server.URL+"/"+owner+"/p2"); err != nil || !s.Archived {
				t.Errorf("archived: %+v, %v", s, err)
			}
			if s, err := x.c.Snapshot(t.Context(), x.server.URL+"/"+owner+"/p1"); err != nil || s.Name != "neuf" {
				t.Errorf("under its old address: %+v, %v", s, err)
			}
			// A message that lies: the repository is there, and stays.
			x.tell(webhook.Delete, x.items[0], "")
			if got := x.crawl(); !maps.EqualFunc(got, map[EventKind][]string{Unchanged: {"p0"}}, slices.Equal) || x.rows() != 0 {
				t.Errorf("said to be deleted, and it is not: %v", got)
			}
			// One that is deleted: shown until its forge has said so twice, a grace period apart, without any listing.
			gone := x.items[0]
			x.items = x.items[1:]
			must(t, os.RemoveAll(filepath.Join(x.server.root, owner, "p0.git")))
			x.tell(webhook.Delete, gone, "")
			if got := x.crawl(); len(got[Vanished]) != 1 || x.rows() != 1 || len(x.shown()) != 4 {
				t.Errorf("deleted: %v, %d rows, shown %v", got, x.rows(), x.shown())
			}
			if got := x.crawl(); len(got) > 0 {
				t.Errorf("before the grace period has ended: %v", got)
			}
			x.now.Time = x.now.Add(7*24*time.Hour + time.Second)
			if got := x.crawl(); len(got[Vanished]) != 1 || x.rows() != 0 || len(x.shown()) != 3 {
				t.Errorf("after it: %v, %d rows, shown %v", got, x.rows(), x.shown())
			}
			// What is private and not known leaves no trace; what is not there is not asked for again.
			private := maps.Clone(fourth)
			private["id"], private["private"], private["visibility"], private["visibility_level"] = 5.0, true, "private", 0
			private["html_url"], private["web_url"], private["path_with_namespace"] = x.server.URL+"/"+owner+"/secret", x.server.URL+"/"+owner+"/secret", owner+"/secret"
			if o := x.tell(webhook.Push, private, ""); o != Ignored || x.rows() != 0 {
				t.Errorf("private: %s", o)
			}
			missing := maps.Clone(private)
			missing["private"], missing["visibility"], missing["visibility_level"] = false, "public", 20
			if o := x.tell(webhook.Create, missing, ""); o != Accepted {
				t.Errorf("missing: %s", o)
			}
			if got := x.crawl(); len(got) > 0 || x.rows() != 0 || len(x.server.asked()) > 0 {
				t.Errorf("not there: %v, %d rows", got, x.rows())
			}
		})
	}
}

// TestHookedStaysOut: what opted out does not come because a webhook names it, and an ordinary crawl brings what was named too.
func TestHookedStaysOut(t *testing.T) {
	x := newHooking(t, KindGitea)
	x.items[0]["topics"] = []any{OptOutTopic}
	x.tell(webhook.Change, x.items[0], "")
	if got := x.crawl(); len(got[Skipped]) != 1 || len(x.shown()) != 2 {
		t.Errorf("opted out: %v, shown %v", got, x.shown())
	}
	x.tell(webhook.Push, x.items[0], "")
	if got := x.crawl(); len(got[Skipped]) != 1 || len(x.shown()) != 2 || x.rows() != 0 {
		t.Errorf("opted out, then pushed to: %v, shown %v", got, x.shown())
	}
	must(t, os.RemoveAll(filepath.Join(x.server.root, theOwner, "p1.git")))
	x.items = slices.Delete(x.items, 1, 2)
	x.tell(webhook.Delete, map[string]any{"id": 1, "html_url": x.server.URL + "/" + theOwner + "/p1", "full_name": theOwner + "/p1"}, "")
	if sum, events, err := outcome(x.c, Options{}, x.sc); err != nil || len(events[Vanished]) != 1 || len(events[Unlisted]) != 0 {
		t.Errorf("an ordinary crawl: %+v, %v, %v", sum, events, err)
	}
	x.tell(webhook.Push, x.items[1], "")
	if _, events, err := outcome(x.c, Options{Hooked: true, DryRun: true}, x.sc); err != nil || len(events[Found]) != 1 || x.rows() != 2 {
		t.Errorf("a dry run: %v, %v, %d rows", events, err, x.rows())
	}
}

// TestHookWhileLooking: what a message tells while a crawl looks is not lost; a forge that does not answer is asked again.
func TestHookWhileLooking(t *testing.T) {
	x := newHooking(t, KindGitea)
	x.tell(webhook.Push, x.items[0], "")
	told := false
	x.server.answer(func(w http.ResponseWriter, r *http.Request) {
		if !told {
			told = true
			x.tell(webhook.Push, x.items[0], "")
		}
		http.Error(w, "later", http.StatusServiceUnavailable)
	})
	sum, _, err := outcome(x.c, Options{Hooked: true}, x.sc)
	x.server.answer(nil)
	if err != nil || sum.Failed+sum.Postponed != 1 || x.rows() != 1 {
		t.Fatalf("%+v, %v, %d rows", sum, err, x.rows())
	}
	if got := x.crawl(); len(got[Unchanged]) != 1 || x.rows() != 0 {
		t.Errorf("told while a crawl looked: %v, %d rows", got, x.rows())
	}
}

// TestHookFlood: ten thousand messages about one repository are one row, written once; about ten thousand repositories, they come to a listing of the
// whole source. A message that comes again, or is sent again by somebody, changes nothing.
func TestHookFlood(t *testing.T) {
	x := newHooking(t, KindGitea)
	message := func(i int) (http.Header, []byte) {
		body := fmt.Appendf(nil, `{"repository":{"html_url":"%s/%s/r%d","full_name":"%s/r%d"}}`, x.server.URL, theOwner, i, theOwner, i)
		return signed("push", fmt.Sprint(i), hookTestSecret, body), body
	}
	send := func(n int, which func(i int) int) map[Outcome]int {
		var mu sync.Mutex
		got := map[Outcome]int{}
		var wg sync.WaitGroup
		for part := range 8 {
			wg.Go(func() {
				for i := part; i < n; i += 8 {
					header, body := message(which(i))
					header.Set("X-Gitea-Delivery", fmt.Sprint("d", i))
					o, err := x.hooks.Take(context.Background(), "x", header, body)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					got[o]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return got
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	messages := 10_000
	if raceDetector { // where each takes twenty times as long
		messages = 500
	}
	one := send(messages, func(int) int { return 1 })
	runtime.GC()
	runtime.ReadMemStats(&after)
	var serial int
	must(t, x.c.store.db.QueryRow(`SELECT serial FROM crawl_hooks`).Scan(&serial))
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); one[Accepted] != messages || x.rows() != 1 || serial > 8 || grown > 4<<20 {
		t.Errorf("about one repository: %v, %d rows, written %d times, %d kB more", one, x.rows(), serial+1, grown>>10)
	}
	t.Logf("%d messages about one repository in %s", messages, time.Since(start).Round(time.Millisecond))
	header, body := message(1)
	header.Set("X-Gitea-Delivery", fmt.Sprint("d", messages-1))
	if o, err := x.hooks.Take(t.Context(), "x", header, body); err != nil || o != Duplicate {
		t.Errorf("sent again: %s, %v", o, err)
	}
	if raceDetector {
		return
	}
	start = time.Now()
	many := send(10_000, func(i int) int { return i })
	t.Logf("10,000 messages about as many repositories in %s", time.Since(start).Round(time.Millisecond))
	if many[Accepted]+many[Duplicate] != 10_000 || x.rows() > maxHooked {
		t.Errorf("about many: %v, %d rows", many, x.rows())
	}
	if states, err := x.c.HookStates(t.Context()); err != nil || len(states) != 1 || !states[0].Whole {
		t.Fatalf("%+v, %v", states, err)
	}
	sum, _, err := outcome(x.c, Options{Hooked: true}, x.sc)
	if err != nil || sum.Unchanged != 3 {
		t.Errorf("the whole source: %+v, %v", sum, err)
	}
	if states, err := x.c.HookStates(t.Context()); err != nil || len(states) > 0 && states[0].Whole {
		t.Errorf("listed, and still to be: %+v, %v", states, err)
	}
}
