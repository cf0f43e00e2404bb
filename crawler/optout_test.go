// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseOptOut(t *testing.T) {
	for text, want := range map[string]struct {
		out    bool
		reason string
	}{
		"":                      {},
		"index = false":         {out: true},
		"index = true":          {},
		"index = \"false\"":     {},          // a text says nothing
		"Index = false":         {out: true}, // meant so
		"# index = false":       {},
		"\ufeffindex = false\n": {out: true},
		"index = false\nreason = \"Essai\\n en cours\\u0007\"":         {true, "Essai en cours"},
		"index = false\nreason = 3":                                    {out: true},
		"other = [1, 2]\nindex = false\r\n":                            {out: true},
		"[index]\nindex = false":                                       {}, // another key
		"index = false\nbroken = = 1":                                  {out: true},
		"broken = = 1":                                                 {},
		"broken = = 1\n# index = false":                                {},
		"broken = = 1\nreindex = false":                                {},
		"index = false\nreason = \"" + strings.Repeat("é", 500) + "\"": {true, strings.Repeat("é", 300) + "…"},
	} {
		if out, reason := parseOptOut([]byte(text)); out != want.out || reason != want.reason {
			t.Errorf("%q: %v, %q, want %+v", text, out, reason, want)
		}
	}
}

func FuzzParseOptOut(f *testing.F) {
	for _, s := range []string{"index = false", "index = true\nreason = \"x\"", "index=false\n[[", "\xff", "index.a = false"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, reason := parseOptOut(text)
		if !out && reason != "" || len([]rune(reason)) > maxOptOutWhy+1 || strings.ContainsAny(reason, "\r\n\x1b\x00") {
			t.Errorf("%v, %q", out, reason)
		}
	})
}

// leftOut crawls a source and wants its one repository left out for the reason by.
func leftOut(t *testing.T, c *Crawler, sc SourceConfig, by, reason string) {
	t.Helper()
	e := crawlOne(t, c, sc)
	var why *OptOutError
	if e.Kind != Skipped || !errors.As(e.Err, &why) || why.By != by || why.Reason != reason {
		t.Fatalf("%s (%v), want it left out by its %s", e.Kind, e.Err, by)
	}
	nothing(t, c)
}

// nothing wants no mirror, and no snapshot to show.
func nothing(t *testing.T, c *Crawler) {
	t.Helper()
	for s, err := range c.Snapshots(t.Context()) {
		t.Errorf("shown: %v, %v", s, err)
	}
	if dirs, err := c.mirrorDirs(); err != nil || len(dirs) != 0 {
		t.Errorf("mirrors left: %v, %v", dirs, err)
	}
}

func TestTheFileOfItsOwnerKeepsARepositoryOut(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	dir := t.TempDir()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	c := openCrawler(t, dir, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	source := gitSource(address)
	if e := crawlOne(t, c, source); e.Kind != New {
		t.Fatalf("%+v", e)
	}
	if o, err := c.StaysOut(t.Context(), address); o != nil || err != nil {
		t.Fatal(o, err)
	}
	commitFiles(t, work, OptOutFile, "index = false\nreason = \"Brouillon\"\n")
	runGit(t, work, "push", "-q", "origin", "main")
	leftOut(t, c, source, "file", "Brouillon")

	s.asked()
	now = now.Add(time.Hour)
	leftOut(t, c, source, "file", "Brouillon")
	for _, r := range s.asked() {
		if strings.HasPrefix(r, "POST") {
			t.Error("what stays out is brought again:", r)
		}
	}
	o, err := c.StaysOut(t.Context(), strings.TrimSuffix(address, ".git")+"/")
	if err != nil || o == nil || o.URL != address || o.Reason != "Brouillon" || !o.Time.Equal(now.Add(-time.Hour)) {
		t.Errorf("%+v, %v", o, err)
	}
	if gone, err := c.Gone(t.Context()); err != nil || len(gone) != 1 || gone[0].Reason != "opted-out" || gone[0].Detail != "Brouillon" {
		t.Errorf("%+v, %v", gone, err)
	}

	commitFiles(t, work, OptOutFile, "index = true\n")
	runGit(t, work, "push", "-q", "origin", "main")
	if e := crawlOne(t, c, source); e.Kind != New {
		t.Fatalf("its owner has it back: %+v", e)
	}
	contents(t, c, address)
	if o, err := c.StaysOut(t.Context(), address); o != nil || err != nil {
		t.Error(o, err)
	}
}

func TestALocalFolderMayStayOut(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "a.c"), []byte("int a;\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, OptOutFile), []byte("index = false\n"), 0o644))
	c := openCrawler(t, t.TempDir())
	for range 2 {
		leftOut(t, c, SourceConfig{Name: "x", Kind: KindFolder, Path: dir}, "file", "")
	}
}

func TestTheTopicNoindexKeepsARepositoryOut(t *testing.T) {
	server, f := newGitServer(t), newForge(t, KindGitLab)
	f.items = f.items[:1]
	address, work := server.create(t, "tool.git")
	commitFiles(t, work, "f", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	f.items[0]["web_url"], f.items[0]["http_url_to_repo"], f.items[0]["path"] = strings.TrimSuffix(address, ".git"), address, "tool"
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.UserAgent = "communs-test (https://example.org/bot)" })
	forge := SourceConfig{Name: "lab", Kind: KindGitLab, URL: f.URL, Group: "a/group", Hosts: []string{server.Listener.Addr().String()}}
	if e := crawlOne(t, c, forge); e.Kind != New {
		t.Fatalf("%+v", e)
	}
	later := func(topics ...any) {
		f.items[0]["topics"] = topics
		f.items[0]["last_activity_at"] = time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	}
	later("robots", "NoIndex")
	server.asked()
	leftOut(t, c, forge, "topic", "")
	leftOut(t, c, gitSource(address), "topic", "") // whoever lists it
	if asked := server.asked(); len(asked) > 0 {
		t.Errorf("its server was asked: %v", asked)
	}
	later("robots")
	if e := crawlOne(t, c, forge); e.Kind != New {
		t.Errorf("the topic is gone: %+v", e)
	}
}

func TestAWithdrawalStaysOut(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir())
	crawlOne(t, c, gitSource(address))
	if _, err := c.Withdraw(t.Context(), address, "À sa demande"); err != nil {
		t.Fatal(err)
	}
	if o, err := c.StaysOut(t.Context(), address); err != nil || o == nil || o.By != "request" || o.Reason != "À sa demande" {
		t.Errorf("%+v, %v", o, err)
	}
}

// A run that stops between the note and the removal leaves it to the next.
func TestLeavingOutIsFinishedLater(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	dir := t.TempDir()
	c := openCrawler(t, dir)
	crawlOne(t, c, gitSource(address))
	must(t, c.store.putOptOut(context.Background(), AddressKey(address), optOut{OptOut: OptOut{URL: address, By: byFile, Time: time.Now()}}))
	must(t, c.Close())
	nothing(t, openCrawler(t, dir))
}
