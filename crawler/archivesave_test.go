// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
)

// tending is a crawler with mirrored repositories, of which only the database knows, and an archive.
type tending struct {
	*Crawler
	archive *heritagetest.Server
	client  *heritage.Client
	now     time.Time
}

func newTending(t *testing.T, n int) *tending {
	x := &tending{now: historyNow}
	x.archive, x.client = archiveOf(t)
	x.Crawler = openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Now = func() time.Time { return x.now } })
	tx, err := x.store.db.Begin()
	must(t, err)
	for i := range n {
		url := toolAt(i)
		_, err := tx.Exec(`INSERT INTO crawl_repositories (key, url, mirror, source, about, commit_name) VALUES (?, ?, ?, 'x', '{"Version": "", "Path": ""}', ?)`,
			AddressKey(url), url, fmt.Sprint(i), commitAt(i).String())
		must(t, err)
		x.archive.Saves[url] = []string{"accepted/scheduled"}
	}
	must(t, tx.Commit())
	return x
}

func toolAt(i int) string { return fmt.Sprintf("https://forge.example.org/a/tool%04d", i) }

func commitAt(i int) Hash { return hashObject(typeCommit, fmt.Append(nil, i)) }

// tend is what the next crawl does, and how often it asks for what.
func (x *tending) tend(ctx context.Context, saves int) (ArchiveTended, map[string]int, error) {
	x.archive.Asked()
	got, err := x.TendArchive(ctx, x.client, ArchiveTending{ArchiveRefresh{Older: 7 * 24 * time.Hour}, 20, saves})
	asked := map[string]int{}
	for _, a := range x.archive.Asked() {
		method, path, _ := strings.Cut(a, " ")
		asked[method+" "+strings.Split(path, "/")[3]]++
		if strings.Contains(path, "/save/") && method == http.MethodPost {
			asked[path[strings.Index(path, "https:"):]]++
		}
	}
	return got, asked, err
}

// TestTheArchiveIsTendedFrugally: 1,000 commits in a request, and only what is missing is saved: nothing that opted out, is withdrawn or gone.
func TestTheArchiveIsTendedFrugally(t *testing.T) {
	x := newTending(t, 1005)
	for i := range 1001 {
		x.archive.Objects[heritage.ID{Type: heritage.Revision, Hash: commitAt(i)}] = true
	}
	_, err := x.Forbid(t.Context(), toolAt(1001), "asked by its owner")
	must(t, err)
	_, err = x.store.db.Exec(`UPDATE crawl_repositories SET about = '{"Version": "", "Path": "", "Topics": ["noindex"]}' WHERE url = ?`, toolAt(1002))
	must(t, err)
	_, err = x.store.db.Exec(`UPDATE crawl_repositories SET gone = 1 WHERE url = ?`, toolAt(1003)) // made private
	must(t, err)
	got, asked, err := x.tend(t.Context(), 20)
	if err != nil || got.Requested != 1 || got.Held != 1001 || asked["POST known"] != 2 || asked["POST origin"] != 1 || asked[toolAt(1004)+"/"] != 1 {
		t.Errorf("%+v, %v, %v", got, asked, err)
	}
	if got, asked, err := x.tend(t.Context(), 20); err != nil || len(asked) > 0 {
		t.Errorf("again: %+v, %v, %v", got, asked, err)
	}
}

// TestRequestsAreFollowed over later crawls, not more than once a day, until the archive says what became of them; what it refuses or never
// gets to is asked for again after a while only.
func TestRequestsAreFollowed(t *testing.T) {
	x := newTending(t, 4)
	x.archive.Saves[toolAt(0)] = []string{"pending/not created", "accepted/running", "accepted/succeeded"}
	x.archive.Saves[toolAt(1)] = []string{"pending/not created", "rejected/not created"}
	x.archive.Saves[toolAt(2)] = []string{"pending/not created"}
	delete(x.archive.Saves, toolAt(3)) // it refuses that at once
	day := func(d int, want ArchiveTended, posts int) {
		t.Helper()
		x.now = historyNow.Add(time.Duration(d)*24*time.Hour + time.Duration(d%3)*time.Minute)
		got, asked, err := x.tend(t.Context(), 20)
		refused, wanted := len(got.Refused), len(want.Refused)
		got.ArchiveAsked, got.Refused, want.Refused = ArchiveAsked{}, nil, nil
		if err != nil || refused != wanted || fmt.Sprint(got) != fmt.Sprint(want) || asked["POST origin"] != posts || asked["GET origin"] != want.Followed {
			t.Errorf("day %d: %+v, %d refused, %v, %v", d, got, refused, asked, err)
		}
	}
	one := []SaveRefused{{}}
	day(0, ArchiveTended{Requested: 3, Refused: one}, 4)
	day(0, ArchiveTended{}, 0)
	day(1, ArchiveTended{Followed: 3, Under: 2, Refused: one}, 0)
	if a, err := x.ArchiveOf(t.Context(), toolAt(3)); err != nil || a.Save.Request != "rejected" || !strings.Contains(a.Save.Note, "blocked") {
		t.Errorf("%+v, %v", a, err)
	}
	x.archive.Objects[heritage.ID{Type: heritage.Revision, Hash: commitAt(0)}] = true
	day(2, ArchiveTended{Followed: 2, Saved: 1, Under: 1}, 0)
	if a, err := x.ArchiveOf(t.Context(), toolAt(0)); err != nil || a.Holds != HoldsCommit || a.Save.Task != "succeeded" {
		t.Errorf("%+v, %v", a, err)
	}
	day(3, ArchiveTended{Followed: 1, Under: 1}, 0)
	day(30, ArchiveTended{Followed: 1, Under: 1, Requested: 1, Refused: one}, 2) // what waits, and what was refused on day 0
	day(32, ArchiveTended{Followed: 1, Under: 1, Requested: 1}, 1)               // what was refused on day 1
}

// TestTheArchiveHasNoRoom: it ends for this time, and a later crawl goes on.
func TestTheArchiveHasNoRoom(t *testing.T) {
	x := newTending(t, 5)
	x.archive.Limit, x.archive.Now = 3, func() time.Time { return x.now }
	got, _, err := x.tend(t.Context(), 20)
	var api *heritage.APIError
	if !errors.As(err, &api) || api.Status != http.StatusTooManyRequests || got.Requested != 2 || got.Left != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	x.archive.Limit, x.now = 0, x.now.Add(time.Hour)
	got, asked, err := x.tend(t.Context(), 20)
	if err != nil || got.Requested != 3 || got.Followed != 0 || got.Asked != 0 || asked["POST origin"] != 3 {
		t.Errorf("%+v, %v, %v", got, asked, err)
	}
}

// TestAKilledRunAsksNothingTwice: wherever it is killed, before the archive hears a request or before its answer comes, the next runs save
// everything, and each once.
func TestAKilledRunAsksNothingTwice(t *testing.T) {
	const all = 4
	for at := 1; at <= all+1; at++ { // the questions of the run: what is known, then one for each repository
		for _, heard := range []bool{true, false} {
			x := newTending(t, all)
			ctx, cancel := context.WithCancel(t.Context())
			var n int
			posts := map[string]int{}
			x.archive.Spoil = func(w http.ResponseWriter, r *http.Request) bool {
				n++
				kill := n == at
				if kill {
					cancel()
				}
				if r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/save/") && (!kill || heard) {
					posts[r.URL.Path]++
				}
				return kill && !heard
			}
			if _, _, err := x.tend(ctx, 20); !errors.Is(err, context.Canceled) {
				t.Fatalf("%d: %v", at, err)
			}
			cancel()
			if got, _, err := x.tend(t.Context(), 20); err != nil || got.Left > 0 {
				t.Errorf("%d: %+v, %v", at, got, err)
			}
			if len(posts) != all || slices.Max(slices.Collect(maps.Values(posts))) != 1 {
				t.Errorf("killed at %d, heard %v: %v", at, heard, posts)
			}
			if v, err := x.Archive(t.Context()); err != nil || v.Saving != all {
				t.Errorf("killed at %d, heard %v: %+v, %v", at, heard, v, err)
			}
		}
	}
}
