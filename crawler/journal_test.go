// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/internal/durable"
)

// past is a repository's journal in short, the oldest first: kind, times, reason.
func past(t *testing.T, c *Crawler, address string) (list []string) {
	t.Helper()
	j, err := c.Journal(t.Context(), address, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range slices.Backward(j.Entries) {
		text := string(h.Kind)
		if h.Times > 1 {
			text += fmt.Sprintf(" ×%d", h.Times)
		}
		list = append(list, strings.TrimSpace(text+" "+h.Why))
	}
	return list
}

func wantPast(t *testing.T, c *Crawler, address string, want ...string) {
	t.Helper()
	if got := past(t, c, address); !slices.Equal(got, want) {
		t.Errorf("the journal of %s says %q, want %q", address, got, want)
	}
}

// TestJournalTellsWhatHappened walks a repository through what can happen to one.
func TestJournalTellsWhatHappened(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	bare := filepath.Join(s.root, "tool.git")
	one := commitFiles(t, work, "a", "1\n")
	push := func() { runGit(t, work, "push", "-q", "-f", "origin", "HEAD:main") }
	push()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	c := openCrawler(t, dir, func(cfg *Config) {
		cfg.Now, cfg.Grace = func() time.Time { return now }, 48*time.Hour
		cfg.Sources = []SourceConfig{{Name: "forge", Kind: KindGit, URL: address}}
	})
	said := Repository{URL: address, Source: "forge"}
	crawl := func() Event {
		t.Helper()
		now = now.Add(24 * time.Hour)
		run := c.newRun(nil)
		run.sources = []listed{{name: "forge", source: oneListed{said}}}
		must(t, run.start(t.Context()))
		j, _ := c.Journal(t.Context(), address, 1)
		if j == nil {
			return Event{}
		}
		return Event{Kind: EventKind(j.Entries[0].Kind)}
	}

	crawl()
	wantPast(t, c, address, "mirrored")
	crawl()
	wantPast(t, c, address, "mirrored")
	j, err := c.Journal(t.Context(), strings.TrimSuffix(address, ".git"), 1)
	if err != nil || !j.Seen.Equal(now) || j.Entries[0].After != one || j.URL != strings.TrimSuffix(address, ".git") && j.URL != address {
		t.Errorf("unmoved: %+v, %v; want seen %s at %s", j, err, now, one)
	}
	two := commitFiles(t, work, "a", "2\n")
	push()
	crawl()
	runGit(t, work, "commit", "-q", "--amend", "-m", "amended")
	three := runGit(t, work, "rev-parse", "HEAD")
	push()
	crawl()
	wantPast(t, c, address, "mirrored", "changed", "force-pushed")
	if j, _ := c.Journal(t.Context(), address, 2); len(j.Entries) != 2 || j.Entries[0].Before != two || j.Entries[0].After != three ||
		j.Entries[1].Before != one || j.Entries[1].After != two {
		t.Errorf("commits: %+v", j.Entries)
	}
	said.Archived = true
	crawl()
	said.Archived = false
	crawl()
	wantPast(t, c, address, "mirrored", "changed", "force-pushed", "archived", "unarchived")

	s.answer(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
	crawl()
	crawl()
	s.answer(nil)
	must(t, os.Rename(bare, bare+".away"))
	crawl()
	crawl()
	crawl()
	must(t, os.Rename(bare+".away", bare))
	crawl()
	wantPast(t, c, address, "mirrored", "changed", "force-pushed", "archived", "unarchived", "failed ×2 not-git",
		"vanished", "hidden vanished", "back")

	c.Close()
	c = openCrawler(t, dir) // it is on the disk
	_, err = c.Withdraw(t.Context(), address, "asked for")
	must(t, err)
	wantPast(t, c, address, "withdrawn asked for")
	if _, err := c.Journal(t.Context(), "https://example.org/never", 0); err == nil {
		t.Error("nothing is known, and no error says so")
	}
}

// listing is a source that lists one repository.
type oneListed struct{ Repository }

func (l oneListed) Repositories(context.Context, Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) { yield(l.Repository, nil) }
}

// TestJournalIsWrittenWithTheRow holds that a change and its entry come together: cut off at any step, either both are there or none.
func TestJournalIsWrittenWithTheRow(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1\n")
	runGit(t, work, "push", "-q", "origin", "main")
	cut := errors.New("cut")
	for n := 0; ; n++ {
		dir, step := t.TempDir(), 0
		c := openCrawler(t, dir)
		c.Close()
		c = openCrawler(t, dir, func(cfg *Config) {
			cfg.Disk = &durable.Disk{Before: func(durable.Op, string) error {
				if step++; step > n {
					return cut
				}
				return nil
			}}
		})
		sum, _ := c.Crawl(t.Context(), []SourceConfig{gitSource(address)}, nil)
		c.Close()
		c = openCrawler(t, dir)
		rec, err := c.find(t.Context(), address)
		must(t, err)
		j, err := c.store.journal(t.Context(), AddressKey(address), 0)
		must(t, err)
		published := rec != nil && rec.commit != ""
		entered := j != nil && slices.ContainsFunc(j.Entries, func(h Happening) bool { return h.Kind == WasMirrored && h.After == rec.commit })
		if published != entered {
			t.Fatalf("after %d steps: published %v, entered %v", n, published, entered)
		}
		if sum.New == 1 && step <= n {
			return
		}
	}
}

// TestJournalIsBounded enters four years of daily changes, with what is rare among them.
func TestJournalIsBounded(t *testing.T) {
	c := openCrawler(t, t.TempDir())
	ctx := context.Background()
	now := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	total := 0
	must(t, c.store.change(ctx, func(tx *sql.Tx) error {
		add := func(h Happening) error {
			h.Time = now
			total++
			return enter(ctx, tx, "example.org/busy", h)
		}
		if err := add(Happening{Kind: WasMirrored, After: "0"}); err != nil {
			return err
		}
		for day := range 1500 {
			now = now.Add(24 * time.Hour)
			if err := add(Happening{Kind: WasChanged, After: fmt.Sprint(day)}); err != nil {
				return err
			}
			if day == 500 {
				if err := add(Happening{Kind: WasRenamed}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	j, err := c.store.journal(ctx, "example.org/busy", 0)
	must(t, err)
	if n := len(j.Entries); n > journalMost || n < 90 {
		t.Errorf("%d of %d entries are kept", n, total)
	}
	if last := j.Entries[len(j.Entries)-1]; last.Kind != WasMirrored {
		t.Errorf("the first entry is gone: %+v", last)
	}
	if !slices.ContainsFunc(j.Entries, func(h Happening) bool { return h.Kind == WasRenamed }) {
		t.Error("what is rare went with what is common")
	}
	for i, h := range j.Entries[:journalWhole] {
		if h.After != fmt.Sprint(1499-i) {
			t.Fatalf("the latest are not whole: entry %d is %+v", i, h)
		}
	}
	months := map[string]int{}
	for _, h := range j.Entries[journalWhole:] {
		if months[h.Time.Format("2006-01")]++; h.Kind == WasChanged && months[h.Time.Format("2006-01")] > 3 {
			t.Errorf("several of %s are kept", h.Time.Format("2006-01"))
		}
	}
}
