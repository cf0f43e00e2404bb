// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWhatBecomesOfARepository: what was known, what its forge answers and when, and what comes of it.
func TestWhatBecomesOfARepository(t *testing.T) {
	const grace, day = 7 * 24 * time.Hour, 24 * time.Hour
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	said := func(ago time.Duration) *fate { return &fate{fate: FateDeleted, said: now.Add(-ago), times: 1} }
	kept := &fate{fate: FateDeleted, said: now.Add(-90 * day), kept: true}
	for _, test := range []struct {
		name     string
		missing  time.Duration // ago; negative: never before
		known    *fate
		answered bool
		state    State
		want     verdict
	}{
		{"no forge, first time", -1, nil, false, "", stillShown},
		{"no forge, too early", grace - time.Second, nil, false, "", stillShown},
		{"no forge, after the grace period", grace, nil, false, "", isGone},
		{"deleted, first answer", -1, nil, true, StateDeleted, saidOnce},
		{"deleted, first answer long after git's first refusal", 90 * day, nil, true, StateDeleted, saidOnce},
		{"deleted, second answer too early", day, said(grace - time.Second), true, StateDeleted, saidAgain},
		{"deleted, second answer", 8 * day, said(grace), true, StateDeleted, isGone},
		{"private, first answer", -1, nil, true, StatePrivate, saidOnce},
		{"private, second answer", 8 * day, said(8 * day), true, StatePrivate, isGone},
		{"the forge is down, however long", 90 * day, nil, true, StateUnknown, stillShown},
		{"the forge is down after its first answer", 90 * day, said(90 * day), true, StateUnknown, stillShown},
		{"it is there after all", 90 * day, said(90 * day), true, StatePresent, isThere},
		{"archived is there", day, nil, true, StateArchived, isThere},
		{"moved", day, nil, true, StateMoved, isMoved},
		{"moved after it was said to be deleted", 90 * day, said(90 * day), true, StateMoved, isMoved},
		{"reviewed and kept", 90 * day, kept, true, StateDeleted, isKept},
		{"kept, and the forge is down", 90 * day, kept, true, StateUnknown, isKept},
		{"kept without a forge", 90 * day, kept, false, "", isKept},
		{"kept, then moved", 90 * day, kept, true, StateMoved, isMoved},
	} {
		missing := time.Time{}
		if test.missing >= 0 {
			missing = now.Add(-test.missing)
		}
		if got := judge(missing, test.known, test.answered, Status{State: test.state}, now, grace); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

// changing is a forge with two repositories on a real git server, crawled once, and a clock.
type changing struct {
	*forge
	t      *testing.T
	server *gitServer
	c      *Crawler
	now    *clock
}

func newChanging(t *testing.T, kind string) *changing {
	x := &changing{forge: newForge(t, kind), t: t, server: newGitServer(t)}
	x.items = x.items[:2]
	x.onServer(t, x.server)
	x.now = &clock{x.clock}
	x.c = forgeCrawler(t, t.TempDir(), x.now)
	if sum, _, err := outcome(x.c, Options{}, x.owned()); err != nil || sum.New != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	return x
}

// after crawls some days later, which is a full listing.
func (x *changing) after(days int) (Summary, map[EventKind][]string) {
	x.t.Helper()
	x.now.Time = x.now.Add(time.Duration(days) * 24 * time.Hour)
	x.clock = x.now.Time
	x.server.asked()
	sum, events, err := outcome(x.c, Options{}, x.owned())
	if err != nil {
		x.t.Fatal(err)
	}
	return sum, events
}

func (x *changing) move(item int, name string) {
	old := x.items[item]["path"].(string)
	x.former = map[string]string{"o/" + old: "o/" + name}
	for field, value := range x.items[item] {
		if text, ok := value.(string); ok && slices.Contains([]string{"web_url", "http_url_to_repo", "path", "path_with_namespace", "html_url", "clone_url", "name", "full_name"}, field) {
			x.items[item][field] = strings.Replace(text, old, name, 1)
		}
	}
	must(x.t, os.Rename(filepath.Join(x.server.root, old+".git"), filepath.Join(x.server.root, name+".git")))
}

func (x *changing) address(name string) string { return x.server.URL + "/" + name }

func (x *changing) shown() (list []string) {
	for s, err := range x.c.Snapshots(context.Background()) {
		must(x.t, err)
		list = append(list, s.Name)
	}
	return list
}

func forges(t *testing.T, run func(*testing.T, *changing)) {
	for _, kind := range []string{KindGitLab, KindGitHub, KindGitea, KindForgejo} {
		t.Run(kind, func(t *testing.T) { run(t, newChanging(t, kind)) })
	}
}

func TestARenamedRepositoryKeepsItsMirror(t *testing.T) {
	forges(t, func(t *testing.T, x *changing) {
		before, err := x.c.Snapshot(context.Background(), x.address("p1"))
		must(t, err)
		x.move(1, "renamed")
		sum, events := x.after(8)
		if !slices.Equal(events[Renamed], []string{"renamed"}) || sum.Renamed != 1 || sum.New+sum.Changed+sum.Vanished+sum.Failed != 0 {
			t.Errorf("%+v, %v", sum, events)
		}
		for _, request := range x.server.asked() {
			if strings.Contains(request, "POST") {
				t.Errorf("fetched anew: %s", request)
			}
		}
		for _, address := range []string{x.address("p1"), x.address("renamed")} {
			if s, err := x.c.Snapshot(context.Background(), address); err != nil || s.URL != x.address("renamed") || s.Commit != before.Commit ||
				!slices.Equal(s.Aliases, []string{x.address("p1")}) {
				t.Errorf("%s: %+v, %v", address, s, err)
			}
		}
		if moved, err := x.c.Moved(context.Background()); err != nil || len(moved) != 1 || moved[x.address("p1")] != x.address("renamed") {
			t.Errorf("%v, %v", moved, err)
		}
		if len(contents(t, x.c, x.address("renamed"))) == 0 {
			t.Error("its files are lost")
		}
		for _, address := range []string{x.address("p1"), x.address("renamed")} {
			j, err := x.c.Journal(context.Background(), address, 0)
			if err != nil || j.URL != x.address("renamed") || j.Entries[0].Kind != WasRenamed || j.Entries[len(j.Entries)-1].Kind != WasMirrored {
				t.Errorf("%s: %+v, %v", address, j, err)
			}
		}
		if _, events := x.after(8); len(events[Renamed])+len(events[Unlisted]) != 0 {
			t.Errorf("told again: %v", events)
		}
	})
}

func TestADeletedRepositoryIsHiddenOnceItsForgeHasSaidSoTwice(t *testing.T) {
	forges(t, func(t *testing.T, x *changing) {
		gone := x.items[1]
		x.items = x.items[:1]
		folder := filepath.Join(x.server.root, "p1.git")
		must(t, os.Rename(folder, folder+".away"))
		// The forge is down for longer than the grace period: nothing is certain.
		down := false
		x.before = func(w http.ResponseWriter, r *http.Request) bool {
			one := strings.Contains(r.URL.Path, "/repositories/") || strings.Contains(r.URL.Path, "/api/v1/repos/o/") || strings.Contains(r.URL.Path, "/api/v4/projects/")
			if down && one { // a proxy answers in its place
				http.Error(w, "<h1>Not found</h1>", http.StatusNotFound)
			}
			return down && one
		}
		down = true
		for range 3 {
			if x.after(8); len(x.shown()) != 2 {
				t.Fatalf("hidden by a forge that is down: %v", x.shown())
			}
		}
		down = false
		if x.after(8); len(x.shown()) != 2 {
			t.Fatalf("hidden at its first word: %v", x.shown())
		}
		var unknown *UnknownError
		if stone, err := x.c.Tombstone(context.Background(), x.address("p1")); !errors.As(err, &unknown) {
			t.Errorf("a tombstone of what is shown: %+v, %v", stone, err)
		}
		x.after(8)
		stones, err := x.c.Tombstones(context.Background())
		if err != nil || len(x.shown()) != 1 || len(stones) != 1 || stones[0].Fate != FateDeleted || stones[0].Hidden.IsZero() || stones[0].Times != 2 {
			t.Fatalf("after its second word: %v, %+v, %v", x.shown(), stones, err)
		}
		if gone, err := x.c.Gone(context.Background()); err != nil || len(gone) != 1 || gone[0].Reason != FateDeleted {
			t.Errorf("%+v, %v", gone, err)
		}
		if stone, err := x.c.Tombstone(context.Background(), x.address("p1")+".git"); err != nil || stone != stones[0] {
			t.Errorf("%+v, %v", stone, err)
		}
		if _, err := x.c.Tombstone(context.Background(), x.address("never")); !errors.As(err, &unknown) {
			t.Errorf("a tombstone of what was never known: %v", err)
		}
		// Reviewed: kept, and hidden again.
		if _, err := x.c.Keep(context.Background(), x.address("p1"), "its licence allows it"); err != nil || len(x.shown()) != 2 {
			t.Errorf("%v, %v", x.shown(), err)
		}
		if x.after(8); len(x.shown()) != 2 {
			t.Errorf("kept and yet hidden: %v", x.shown())
		}
		if _, err := x.c.Keep(context.Background(), x.address("p1"), ""); err != nil || len(x.shown()) != 1 {
			t.Errorf("%v, %v", x.shown(), err)
		}
		// It comes back.
		x.items = append(x.items, gone)
		must(t, os.Rename(folder+".away", folder))
		if _, events := x.after(8); len(x.shown()) != 2 {
			t.Errorf("it is back: %v", events)
		}
		if stones, err = x.c.Tombstones(context.Background()); err != nil || len(stones) != 0 {
			t.Errorf("%+v, %v", stones, err)
		}
		var there *NotGoneError
		if _, err := x.c.Keep(context.Background(), x.address("p1"), "x"); !errors.As(err, &there) {
			t.Errorf("%v", err)
		}
	})
}

// TestAnotherRepositoryAtTheSameAddress: it was deleted, and somebody else made one of the same name. Neither is passed off as the other.
func TestAnotherRepositoryAtTheSameAddress(t *testing.T) {
	forges(t, func(t *testing.T, x *changing) {
		before, err := x.c.Snapshot(context.Background(), x.address("p1"))
		must(t, err)
		must(t, os.RemoveAll(filepath.Join(x.server.root, "p1.git")))
		_, work := x.server.create(t, "p1.git")
		commitFiles(t, work, "other", "something else")
		runGit(t, work, "push", "-q", "origin", "main")
		x.items[1]["id"] = float64(987654)
		x.items[1][x.activity] = x.clock.Add(time.Hour).Format(time.RFC3339)
		if _, events := x.after(8); len(events[Skipped]) != 1 || len(x.shown()) != 1 {
			t.Errorf("%v, shown %v", events, x.shown())
		}
		stones, err := x.c.Tombstones(context.Background())
		if err != nil || len(stones) != 1 || stones[0].Fate != FateReplaced {
			t.Errorf("%+v, %v", stones, err)
		}
		x.items[1][x.activity] = x.clock.Add(time.Hour).Format(time.RFC3339)
		if _, events := x.after(8); len(events[Skipped]) != 1 || len(x.server.asked()) != 0 {
			t.Errorf("fetched before it was reviewed: %v", events)
		}
		_, err = x.c.Keep(context.Background(), x.address("p1"), "moved to a new server by the same people")
		must(t, err)
		x.after(8)
		if s, err := x.c.Snapshot(context.Background(), x.address("p1")); err != nil || s.Commit == before.Commit {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

// TestAForgeSpeaksForItselfOnly: no answer gives a repository an address on another server.
func TestAForgeSpeaksForItselfOnly(t *testing.T) {
	x := newChanging(t, KindGitea)
	was, err := x.c.find(context.Background(), x.address("p1"))
	must(t, err)
	to := was.Repository
	for _, address := range []string{"https://elsewhere.example/o/p1", "file:///etc", "::"} {
		to.URL = address
		if now, err := x.c.rename(context.Background(), was, to, func(Event) {}); now != nil || err != nil {
			t.Errorf("%s: %+v, %v", address, now, err)
		}
	}
}

// TestANewRepositoryAtAnOldAddress: the one that had it keeps its mirror.
func TestANewRepositoryAtAnOldAddress(t *testing.T) {
	forges(t, func(t *testing.T, x *changing) {
		x.move(1, "renamed")
		x.after(8)
		old := contents(t, x.c, x.address("renamed"))
		_, work := x.server.create(t, "p1.git")
		commitFiles(t, work, "other", "something else")
		runGit(t, work, "push", "-q", "origin", "main")
		item := map[string]any{}
		for k, v := range x.items[1] {
			if text, ok := v.(string); ok {
				v = strings.Replace(text, "renamed", "p1", 1)
			}
			item[k] = v
		}
		item["id"], item[x.activity] = float64(987654), x.clock.Add(time.Hour).Format(time.RFC3339)
		x.items = append(x.items, item)
		if sum, events := x.after(8); sum.New != 1 || len(x.shown()) != 3 {
			t.Errorf("%+v, %v", sum, events)
		}
		if now := contents(t, x.c, x.address("p1")); now["other"] == "" {
			t.Errorf("%v", now)
		}
		if now := contents(t, x.c, x.address("renamed")); len(now) != len(old) {
			t.Errorf("%v, was %v", now, old)
		}
	})
}
