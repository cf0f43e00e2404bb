// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCloneThenUnchangedCostsOneListingAndWritesNothing(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "group/tool.git")
	commitFiles(t, work, "README", "old\n")
	head := commitFiles(t, work, "README", "hello\n", "src/a.go", "package a\n", "src-b", "x", "src.c", "", "empty/x/y/z", "deep\n")
	runGit(t, work, "push", "-q", "origin", "main")
	dir := t.TempDir()
	c := openCrawler(t, dir)

	e := crawlOne(t, c, gitSource(address))
	if e.Kind != New || e.Commit != head || e.Bytes == 0 {
		t.Fatalf("first crawl: %+v", e)
	}
	want := map[string]string{"README": "hello\n", "src/a.go": "package a\n", "src-b": "x", "src.c": "", "empty/x/y/z": "deep\n"}
	if got := contents(t, c, address); !maps.Equal(got, want) {
		t.Errorf("mirrored %v, want %v", got, want)
	}
	fsck(t, c, address)
	c.Close()

	s.asked()
	before := fingerprint(t, dir)
	c = openCrawler(t, dir)
	if e := crawlOne(t, c, gitSource(address)); e.Kind != Unchanged {
		t.Errorf("second crawl: %+v", e)
	}
	c.Close()
	if asked := s.asked(); !slices.Equal(asked, []string{"GET /group/tool.git/info/refs"}) {
		t.Errorf("an unchanged repository cost %v", asked)
	}
	after := fingerprint(t, dir)
	if !maps.Equal(before, after) {
		for k := range after {
			if before[k] != after[k] {
				t.Errorf("changed: %s", k)
			}
		}
		t.Error("an unchanged repository wrote below the data folder")
	}
}

func TestWhatMovesIsMirroredAndNamed(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1\n", "keep/b", strings.Repeat("unchanged\n", 100))
	first := commitFiles(t, work, "a", "2\n")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir())
	if e := crawlOne(t, c, gitSource(address)); e.Kind != New {
		t.Fatalf("%+v", e)
	}
	push := func() { runGit(t, work, "push", "-q", "-f", "origin", "HEAD:main") }
	steps := []struct {
		name     string
		change   func()
		kind     EventKind
		descends bool
	}{
		{"direct child", func() { commitFiles(t, work, "a", "3\n") }, Changed, true},
		{"two commits at once", func() { commitFiles(t, work, "a", "4\n"); commitFiles(t, work, "a", "5\n") }, Changed, false},
		{"merge of the old one", func() {
			runGit(t, work, "checkout", "-q", "-b", "side", first)
			commitFiles(t, work, "side", "s\n")
			runGit(t, work, "checkout", "-q", "main")
			runGit(t, work, "merge", "-q", "--no-ff", "-m", "merge", "side")
		}, Changed, true},
		{"amended", func() { runGit(t, work, "commit", "-q", "--amend", "-m", "amended") }, ForcePushed, false},
		{"taken back by one", func() { runGit(t, work, "reset", "-q", "--hard", "HEAD^1") }, ForcePushed, false},
		{"begun anew", func() {
			runGit(t, work, "checkout", "-q", "--orphan", "anew")
			commitFiles(t, work, "a", "new root\n")
			runGit(t, work, "branch", "-q", "-M", "main")
		}, ForcePushed, false},
		{"replaced by what shares nothing, the old forgotten by the server", func() {
			runGit(t, work, "checkout", "-q", "-B", "main", first)
			commitFiles(t, work, "a", "x\n")
			commitFiles(t, work, "a", "y\n")
			push()
			bare := filepath.Join(s.root, "tool.git")
			runGit(t, bare, "reflog", "expire", "--expire=now", "--all")
			runGit(t, bare, "gc", "-q", "--prune=now")
		}, ForcePushed, false},
		{"nothing", func() {}, Unchanged, false},
	}
	for _, step := range steps {
		step.change()
		push()
		head := runGit(t, work, "rev-parse", "HEAD")
		e := crawlOne(t, c, gitSource(address))
		if e.Kind != step.kind || e.Descends != step.descends || e.Commit != head {
			t.Errorf("%s: %s, descends %v, commit %s (%v); want %s, %v, %s", step.name, e.Kind, e.Descends, e.Commit, e.Err, step.kind, step.descends, head)
		}
		want := map[string]string{}
		for _, f := range strings.Fields(runGit(t, work, "ls-files")) {
			data, err := os.ReadFile(filepath.Join(work, f))
			if err != nil {
				t.Fatal(err)
			}
			want[f] = string(data)
		}
		if got := contents(t, c, address); !maps.Equal(got, want) {
			t.Errorf("%s: mirrored %v, want %v", step.name, got, want)
		}
		fsck(t, c, address)
	}
}

func TestManyChangesAreFetchedInPartAndPutTogether(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	big := make([]byte, 300_000)
	for i := range big {
		big[i] = byte(i * i >> 7)
	}
	commitFiles(t, work, "big", string(big), "n", "0")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir())
	first := crawlOne(t, c, gitSource(address))
	most := 0
	for i := range 2*maxPacks + 3 {
		commitFiles(t, work, "n", strings.Repeat("x", i+1))
		runGit(t, work, "push", "-q", "origin", "main")
		e := crawlOne(t, c, gitSource(address))
		if e.Kind != Changed || e.Bytes > first.Bytes/4 {
			t.Errorf("change %d: %s with %d bytes; the first fetch took %d (%v)", i, e.Kind, e.Bytes, first.Bytes, e.Err)
		}
		rec, err := c.find(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		packs, err := os.ReadDir(filepath.Join(c.mirrorDir(rec), "objects", "pack"))
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(packs)/2)
		if got := contents(t, c, address); got["n"] != strings.Repeat("x", i+1) || got["big"] != string(big) {
			t.Errorf("change %d is not what is mirrored", i)
		}
		fsck(t, c, address)
	}
	if most < 2 || most > maxPacks {
		t.Errorf("the mirror had up to %d packs, want some but at most %d", most, maxPacks)
	}
}

func TestBranches(t *testing.T) {
	s := newGitServer(t)
	c := openCrawler(t, t.TempDir())
	bare := func(name string) string { return filepath.Join(s.root, name) }

	renamed, work := s.create(t, "renamed.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	crawlOne(t, c, gitSource(renamed))
	runGit(t, bare("renamed.git"), "branch", "-m", "main", "trunk")
	if e := crawlOne(t, c, gitSource(renamed)); e.Kind != Unchanged {
		t.Errorf("the default branch got another name: %+v", e)
	}
	fsck(t, c, renamed)
	rec, _ := c.find(context.Background(), renamed)
	if rec.branch != "refs/heads/trunk" {
		t.Errorf("the mirror's branch is %s", rec.branch)
	}

	nowhere, work := s.create(t, "nowhere.git")
	commitFiles(t, work, "a", "b")
	runGit(t, work, "push", "-q", "origin", "main:zeta", "main:master", "main:alpha")
	if e := crawlOne(t, c, gitSource(nowhere)); e.Kind != New || contents(t, c, nowhere)["a"] != "b" {
		t.Errorf("HEAD points at no branch: %+v", e)
	}
	if rec, _ := c.find(context.Background(), nowhere); rec.branch != "refs/heads/master" {
		t.Errorf("chose %s", rec.branch)
	}

	detached, work := s.create(t, "detached.git")
	head := commitFiles(t, work, "a", "b")
	commitFiles(t, work, "a", "c")
	runGit(t, work, "push", "-q", "origin", "main")
	runGit(t, bare("detached.git"), "update-ref", "--no-deref", "HEAD", head)
	if e := crawlOne(t, c, gitSource(detached)); e.Kind != New || e.Commit != head {
		t.Errorf("detached HEAD: %+v", e)
	}
	fsck(t, c, detached)

	tags, work := s.create(t, "tags.git")
	commitFiles(t, work, "a", "b")
	runGit(t, work, "tag", "v1")
	runGit(t, work, "push", "-q", "origin", "v1")
	if e := crawlOne(t, c, gitSource(tags)); e.Kind != Emptied {
		t.Errorf("tags only: %+v", e)
	}

	hash256, work := s.create(t, "sha256.git", "--object-format=sha256")
	commitFiles(t, work, "a", "b")
	runGit(t, work, "push", "-q", "origin", "main")
	for _, sc := range []SourceConfig{gitSource(hash256), {Kind: KindGit, Path: bare("sha256.git")}, {Kind: KindGit, Path: work}} {
		var fault *FetchError
		if e := crawlOne(t, c, sc); !errors.As(e.Err, &fault) || fault.Reason != ReasonFormat {
			t.Errorf("SHA-256 repository %v: %+v", sc, e)
		}
	}
}

func TestEmptyEmptiedVanishedAndBack(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	bare := filepath.Join(s.root, "tool.git")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := openCrawler(t, t.TempDir(), func(cfg *Config) {
		cfg.Now = func() time.Time { return now }
		cfg.Grace = 48 * time.Hour
	})
	shown := func() bool {
		_, err := c.Snapshot(context.Background(), address)
		listed := 0
		for range c.Snapshots(context.Background()) {
			listed++
		}
		if (err == nil) != (listed == 1) {
			t.Errorf("Snapshot says %v, Snapshots lists %d", err, listed)
		}
		return err == nil
	}
	gone := func() string {
		list, err := c.Gone(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return ""
		}
		return list[0].Reason
	}
	steps := []struct {
		name  string
		do    func()
		kind  EventKind
		shown bool
		gone  string
	}{
		{"empty from the beginning", func() {}, Emptied, false, "emptied"},
		{"still empty", func() {}, Unchanged, false, "emptied"},
		{"first push", func() { commitFiles(t, work, "a", "1"); runGit(t, work, "push", "-q", "origin", "main") }, New, true, ""},
		{"emptied", func() { runGit(t, bare, "update-ref", "-d", "refs/heads/main") }, Emptied, true, ""},
		{"refilled", func() { now = now.Add(time.Hour); runGit(t, work, "push", "-q", "origin", "main") }, Unchanged, true, ""},
		{"deleted", func() { must(t, os.Rename(bare, bare+".away")) }, Vanished, true, ""},
		{"a day later", func() { now = now.Add(24 * time.Hour) }, Vanished, true, ""},
		{"two days later", func() { now = now.Add(24 * time.Hour) }, Vanished, false, "vanished"},
		{"a year later", func() { now = now.AddDate(1, 0, 0) }, Vanished, false, "vanished"},
		{"back", func() { must(t, os.Rename(bare+".away", bare)) }, New, true, ""},
		{"deleted again", func() { must(t, os.Rename(bare, bare+".away")) }, Vanished, true, ""},
	}
	for _, step := range steps {
		step.do()
		e := crawlOne(t, c, gitSource(address))
		if kept := strings.Contains(step.name, "empty"); (e.Kind == Emptied || e.Kind == Vanished) && e.Until.IsZero() != kept {
			t.Errorf("%s: kept until %v", step.name, e.Until)
		}
		if e.Kind != step.kind || shown() != step.shown || gone() != step.gone {
			t.Errorf("%s: %s (%v), shown %v, gone %q; want %s, %v, %q", step.name, e.Kind, e.Err, shown(), gone(), step.kind, step.shown, step.gone)
		}
	}
	// Seen missing once, then not looked at for a year: it takes a second look.
	now = now.AddDate(1, 0, 0)
	if !shown() {
		t.Error("a tombstone after a single look")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOneFailureDoesNotStopTheOthers(t *testing.T) {
	s := newGitServer(t)
	var sources []SourceConfig
	for _, name := range []string{"a", "b", "c", "d"} {
		address, work := s.create(t, name+".git")
		commitFiles(t, work, "f", name)
		runGit(t, work, "push", "-q", "origin", "main")
		sources = append(sources, gitSource(address), gitSource(s.URL+"/missing-"+name))
	}
	sources = append(sources, gitSource(s.URL+"/a")) // the same as a.git
	c := openCrawler(t, t.TempDir())
	sum, err := c.Crawl(context.Background(), sources, nil)
	if err != nil || sum.Found != 8 || sum.New != 4 || sum.Failed != 4 || len(sum.Failures) != 4 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestEndOfTheContextStopsSoonAndLeavesAResumableState(t *testing.T) {
	s := newGitServer(t)
	var sources []SourceConfig
	for _, name := range []string{"a", "b", "c"} {
		address, work := s.create(t, name+".git")
		commitFiles(t, work, "f", name)
		runGit(t, work, "push", "-q", "origin", "main")
		sources = append(sources, gitSource(address))
	}
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Jobs = 1 })
	ctx, cancel := context.WithCancel(context.Background())
	sum, err := c.Crawl(ctx, sources, func(e Event) {
		if e.Kind == New {
			s.answer(func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		}
	})
	if !errors.Is(err, context.Canceled) || sum.New != 1 || sum.Failed != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	s.answer(nil)
	sum, err = c.Crawl(context.Background(), sources, nil)
	if err != nil || sum.New != 2 || sum.Unchanged != 1 {
		t.Errorf("afterwards: %+v, %v", sum, err)
	}
}
