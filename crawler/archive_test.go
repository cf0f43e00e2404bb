// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
)

// archiveOf starts an archive and a client of it.
func archiveOf(t *testing.T) (*heritagetest.Server, *heritage.Client) {
	t.Helper()
	s := heritagetest.New(t)
	client, err := heritage.New(heritage.Config{URL: s.URL, Transport: http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

// TestArchiveIsAskedFrugally: one request for all commits, one for the snapshots of those that are there, one for each day of a visit; and
// what was answered stays until the repository moves.
func TestArchiveIsAskedFrugally(t *testing.T) {
	ctx := context.Background()
	s := newGitServer(t)
	archive, client := archiveOf(t)
	now := historyNow
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	var addresses, works []string
	for i := range 4 {
		address, work := s.create(t, fmt.Sprintf("tool%d.git", i))
		commitAs(t, work, "ada@example.org", historyNow, fmt.Sprint(i))
		runGit(t, work, "push", "-q", "origin", "main")
		if _, err := c.Fetch(ctx, Repository{URL: address, Source: address}); err != nil {
			t.Fatal(err)
		}
		addresses, works = append(addresses, address), append(works, work)
	}
	if _, err := c.Fetch(ctx, Repository{URL: "file://" + works[0], Path: works[0]}); err != nil {
		t.Fatal(err)
	}
	coverage := func(want ArchiveCoverage) {
		t.Helper()
		got, err := c.Archive(ctx)
		if want.Oldest, want.Latest = got.Oldest, got.Latest; err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	coverage(ArchiveCoverage{Repositories: 4})
	var before []Archived
	for _, address := range addresses {
		a, err := c.ArchiveOf(ctx, strings.TrimSuffix(address, ".git"))
		if err != nil || !a.Asked.IsZero() || a.Revision.IsZero() || a.Snapshot.IsZero() {
			t.Fatalf("%+v, %v", a, err)
		}
		before = append(before, a)
	}
	if want := heritage.SnapshotOf(heritage.Branches(gitReferences(t, s.root+"/tool0.git"))); before[0].Snapshot != want {
		t.Errorf("snapshot %s, want %s", before[0].Snapshot, want)
	}
	if a, err := c.ArchiveOf(ctx, "file://"+works[0]); err != nil || a.Omitted != "local" {
		t.Errorf("%+v, %v", a, err)
	}
	archive.Objects[before[0].Revision], archive.Objects[before[0].Snapshot], archive.Objects[before[1].Revision] = true, true, true
	archive.Visits[addresses[1]] = `{"origin":"x","date":"2026-01-02T03:04:05+00:00","status":"partial","type":"git","visit":1,"snapshot":"` + strings.Repeat("7", 40) + `"}`
	refresh := ArchiveRefresh{Older: 24 * time.Hour, Visits: 5}
	done, err := c.RefreshArchive(ctx, client, refresh)
	if asked := archive.Asked(); err != nil || done != (ArchiveAsked{Asked: 4, Held: 2, Visits: 2}) || len(asked) != 5 { // two spellings of the first
		t.Errorf("%+v, %v, asked %v", done, err, asked)
	}
	coverage(ArchiveCoverage{Repositories: 4, Asked: 4, Held: 2, Whole: 1})
	for i, want := range []string{HoldsSnapshot, HoldsCommit, "", ""} {
		if a, err := c.ArchiveOf(ctx, addresses[i]); err != nil || a.Holds != want || !a.Asked.Equal(now) || a.Visit.Asked.IsZero() != (i > 1) || a.Visit.Time.IsZero() != (i != 1) {
			t.Errorf("%d: %+v, %v", i, a, err)
		}
	}
	if done, err := c.RefreshArchive(ctx, client, refresh); err != nil || done != (ArchiveAsked{}) || len(archive.Asked()) > 0 {
		t.Errorf("again at once: %+v, %v", done, err)
	}

	commitAs(t, works[1], "ada@example.org", historyNow, "moved")
	runGit(t, works[1], "push", "-q", "origin", "main")
	runGit(t, works[0], "push", "-q", "origin", "main:refs/heads/other")
	for _, address := range addresses[:2] {
		if _, err := c.Fetch(ctx, Repository{URL: address, Source: address}); err != nil {
			t.Fatal(err)
		}
	}
	coverage(ArchiveCoverage{Repositories: 4, Asked: 3, Held: 1})
	if a, err := c.ArchiveOf(ctx, addresses[1]); err != nil || !a.Moved || a.Holds != "" {
		t.Errorf("%+v, %v", a, err)
	}
	archive.Objects[before[0].Snapshot] = true
	if done, err := c.RefreshArchive(ctx, client, refresh); err != nil || done.Asked != 1 || done.Held != 0 {
		t.Errorf("after it moved: %+v, %v", done, err)
	}
	now = now.Add(25 * time.Hour)
	if done, err := c.RefreshArchive(ctx, client, refresh); err != nil || done.Asked != 4 || done.Held != 1 || done.Visits != 1 {
		t.Errorf("a day later: %+v, %v", done, err)
	}
}

// TestSavesAreFollowed, and what is withdrawn is forgotten here too.
func TestSavesAreFollowed(t *testing.T) {
	ctx := context.Background()
	s := newGitServer(t)
	archive, client := archiveOf(t)
	address, work := s.create(t, "tool.git")
	commitAs(t, work, "ada@example.org", historyNow, "x")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir())
	if _, err := c.Fetch(ctx, Repository{URL: address, Source: address}); err != nil {
		t.Fatal(err)
	}
	archive.Saves[address] = []string{"accepted/scheduled", "accepted/succeeded"}
	r, err := client.Save(ctx, address)
	if err == nil {
		err = c.NoteSave(ctx, address, r)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.NoteSave(ctx, "https://example.org/not-mirrored", r); err != nil {
		t.Error(err)
	}
	if v, err := c.Archive(ctx); err != nil || v.Saving != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	a, err := c.AskArchive(ctx, client, address)
	if err != nil || a.Save.Task != "succeeded" || a.Save.ID != 4711 || a.Holds != "" {
		t.Errorf("%+v, %v", a, err)
	}
	if v, err := c.Archive(ctx); err != nil || v.Saving != 0 || v.Asked != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := c.Withdraw(ctx, address, "asked by its owner"); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := c.store.db.QueryRow(`SELECT count(*) FROM crawl_archive`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows, %v", rows, err)
	}
	var unknown *UnknownError
	if _, err := c.AskArchive(ctx, client, address); !errors.As(err, &unknown) {
		t.Error(err)
	}
}
