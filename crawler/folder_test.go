// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestFolderBecomesWhatGitWouldMakeOfIt(t *testing.T) {
	dir := t.TempDir()
	random := make([]byte, streamFrom+12345)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(random); i++ {
		random[i] = byte(r.Uint32())
	}
	write(t, dir, "README", "hello\n", "a/b", "1", "a-c", "2", "a.d", "", "same", "1", "big", string(random),
		"large", strings.Repeat("text that shrinks\n", 500_000), "odd\nname \xff", "x", ".hidden/y", "z")
	must(t, os.Chmod(filepath.Join(dir, "a.d"), 0o755))
	must(t, os.Symlink("../outside", filepath.Join(dir, "link")))
	must(t, os.MkdirAll(filepath.Join(dir, "empty", "folder"), 0o755))
	must(t, os.MkdirAll(filepath.Join(dir, "x", ".git"), 0o755))
	write(t, dir, "x/.git/config", "not to be mirrored")
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	must(t, filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if e.Type().IsRegular() {
			return os.Chtimes(p, at, at)
		}
		return err
	}))
	// git's own tree of the same files
	other := t.TempDir()
	runGit(t, other, "init", "-q", "--bare")
	runGit(t, dir, "--git-dir="+other, "--work-tree=.", "add", "-A")
	want := runGit(t, other, "write-tree")

	c := openCrawler(t, t.TempDir())
	repo := localRepository(dir, "folder") // the source would find x
	mirror := func() *Snapshot {
		s, err := c.Fetch(context.Background(), repo)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := mirror()
	rec, err := c.find(context.Background(), first.URL)
	must(t, err)
	if rec.tree != want {
		t.Errorf("tree %s, git makes %s", rec.tree, want)
	}
	fsck(t, c, first.URL)
	files, err := readSnapshot(first)
	must(t, err)
	if len(files) != 10 || files["odd\nname \xff"] != "x" || files["link"] != "../outside" || files["big"] != string(random) {
		t.Errorf("%d files", len(files))
	}
	if again := mirror(); again.Changed {
		t.Error("the same files are a change")
	}
	must(t, os.Chtimes(filepath.Join(dir, "same"), at, at.Add(time.Hour)))
	if again := mirror(); again.Changed || again.Commit != first.Commit {
		t.Error("another time of a file is a change")
	}
	write(t, dir, "same", "other")
	if again := mirror(); !again.Changed || again.Commit == first.Commit {
		t.Error("another content is no change")
	}
	fsck(t, c, first.URL)
}

func TestFolderLeavesOutWhatCannotBeRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no pipes in folders")
	}
	dir := t.TempDir()
	write(t, dir, "good", "1", "shut", "2", "closed/inside", "3")
	makePipe(t, filepath.Join(dir, "pipe"))
	want := map[string]int{OmitSpecial: 1}
	if os.Getuid() != 0 { // root may read everything
		must(t, os.Chmod(filepath.Join(dir, "shut"), 0))
		must(t, os.Chmod(filepath.Join(dir, "closed"), 0))
		defer os.Chmod(filepath.Join(dir, "closed"), 0o755)
		want[OmitUnreadable] = 2
	}
	c := openCrawler(t, t.TempDir())
	e := crawlOne(t, c, SourceConfig{Kind: KindFolder, Path: dir})
	got := map[string]int{}
	for _, o := range e.Omitted {
		got[o.Reason] = o.Count
	}
	if e.Kind != New || !maps.Equal(got, want) {
		t.Errorf("%+v, want %v", e, want)
	}
}

func TestFolderOfRepositories(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one", "group/two"} {
		must(t, os.MkdirAll(filepath.Join(dir, name), 0o755))
		runGit(t, filepath.Join(dir, name), "init", "-q", "-b", "main")
		commitFiles(t, filepath.Join(dir, name), "f", name, "inner/x", "y")
	}
	runGit(t, filepath.Join(dir, "one"), "init", "-q", "inner") // inside another: belongs to it
	runGit(t, dir, "clone", "-q", "--bare", "one", "three.git")
	runGit(t, filepath.Join(dir, "one"), "worktree", "add", "-q", "-b", "side", filepath.Join(dir, "four"))
	write(t, dir, "notes.txt", "loose")
	source := SourceConfig{Kind: KindFolder, Path: dir}
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Grace = time.Nanosecond })
	sum, err := c.Crawl(context.Background(), []SourceConfig{source}, nil)
	if err != nil || sum.New != 4 || sum.Skipped != 1 || sum.Failed != 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	var loose *LooseFilesError
	if !errors.As(sum.Left[0].Err, &loose) || loose.Count != 1 {
		t.Errorf("%+v", sum.Left)
	}
	for name, want := range map[string]string{"one": "one", "group/two": "group/two", "three.git": "one", "four": "one"} {
		if got := contents(t, c, filepath.Join(dir, name)); got["f"] != want {
			t.Errorf("%s: %v", name, got)
		}
		fsck(t, c, filepath.Join(dir, name))
	}
	commitFiles(t, filepath.Join(dir, "one"), "f", "1")
	commitFiles(t, filepath.Join(dir, "one"), "f", "2")
	runGit(t, filepath.Join(dir, "group/two"), "commit", "-q", "--amend", "-m", "other")
	must(t, os.RemoveAll(filepath.Join(dir, "three.git")))
	kinds := map[string]EventKind{}
	events, err := crawlAll(c, source)
	must(t, err)
	for _, e := range events {
		kinds[e.Repository.Name] = e.Kind
		if e.Repository.Name == "one" && !e.Descends {
			t.Error("a local repository knows that its commit descends from the old one")
		}
	}
	want := map[string]EventKind{"one": Changed, "two": ForcePushed, "three": Vanished, "four": Unchanged, "": Skipped}
	if !maps.Equal(kinds, want) {
		t.Errorf("%v, want %v", kinds, want)
	}
	if _, err := crawlAll(c, SourceConfig{Kind: KindFolder, Path: filepath.Join(dir, "none")}); err == nil {
		t.Error("a folder that is not there is no error")
	}
}

// moduleCacheFor makes a module cache with these modules, from pairs of path@version and content.
func moduleCacheFor(t *testing.T, modules ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(modules); i += 2 {
		write(t, dir, modules[i]+"/x.go", modules[i+1])
	}
	return dir
}

func TestBuild(t *testing.T) {
	cache := moduleCacheFor(t, "github.com/!burnt!sushi/toml@v1.0.0", "a", "gopkg.in/yaml.v3@v3.0.1", "b",
		"example.org/old/mod/v2@v2.1.0", "c", "example.org/old/mod/v2@v2.2.0", "d", "golang.org/x/text@v0.1.0", "e")
	write(t, cache, "cache/download/gopkg.in/yaml.v3/@v/v3.0.1.info", `{"Version":"v3.0.1","Time":"2022-05-27T08:35:30Z"}`)
	info := &debug.BuildInfo{Deps: []*debug.Module{
		{Path: "github.com/BurntSushi/toml", Version: "v1.0.0"},
		{Path: "gopkg.in/yaml.v3", Version: "v3.0.1"},
		{Path: "replaced.example/mod", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/old/mod/v2", Version: "v2.1.0"}},
		{Path: "golang.org/x/text", Version: "v0.1.0"},
		{Path: "github.com/not/here", Version: "v9.9.9"},
	}}
	env := map[string]string{"GOMODCACHE": cache}
	dir := t.TempDir()
	open := func() *Crawler {
		return openCrawler(t, dir, func(cfg *Config) {
			cfg.BuildInfo, cfg.Env = info, func(k string) string { return env[k] }
		})
	}
	c := open()
	sum, err := c.Crawl(context.Background(), []SourceConfig{{Kind: KindBuild}}, nil)
	if err != nil || sum.New != 4 || sum.Skipped != 1 || sum.Failed != 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	var missing *MissingModuleError
	if !errors.As(sum.Left[0].Err, &missing) || missing.Module != "github.com/not/here" {
		t.Errorf("%+v", sum.Left)
	}
	s, err := c.Snapshot(context.Background(), "gopkg.in/yaml.v3")
	must(t, err)
	if s.URL != "https://pkg.go.dev/gopkg.in/yaml.v3" || s.Name != "yaml" || s.Public() != "v3.0.1" || s.Time.Year() != 2022 {
		t.Errorf("%+v", s)
	}
	must(t, c.Close())
	before := fingerprint(t, dir)
	c = open()
	if sum, err = c.Crawl(context.Background(), []SourceConfig{{Kind: KindBuild}}, nil); err != nil || sum.Unchanged != 4 {
		t.Errorf("again: %+v, %v", sum, err)
	}
	must(t, c.Close())
	if !maps.Equal(before, fingerprint(t, dir)) {
		t.Error("an unchanged build wrote below the data folder")
	}
	info.Deps[2].Replace.Version = "v2.2.0"
	c = open()
	if sum, err = c.Crawl(context.Background(), []SourceConfig{{Kind: KindBuild}}, nil); err != nil || sum.Unchanged != 3 || sum.Changed != 1 {
		t.Errorf("another version: %+v, %v", sum, err)
	}
	if got := contents(t, c, "example.org/old/mod/v2"); got["x.go"] != "d" {
		t.Errorf("%v", got)
	}

	env["GOMODCACHE"] = filepath.Join(dir, "none")
	var none *NoModuleCacheError
	if _, err = open().Crawl(context.Background(), []SourceConfig{{Kind: KindBuild}}, nil); !errors.As(err, &none) || none.Dir != env["GOMODCACHE"] {
		t.Errorf("no module cache: %v", err)
	}
}

func TestBuildOfAFolder(t *testing.T) {
	cache := moduleCacheFor(t, "example.org/a@v1.0.0", "a", "example.org/b@v1.5.0", "b")
	dir := t.TempDir()
	write(t, dir, "go.mod", "module m\n\nrequire (\n\texample.org/a v1.0.0\n\texample.org/b v1.0.0\n\texample.org/c v1.0.0\n)\n"+
		"replace example.org/b => example.org/b v1.5.0\nreplace example.org/c => ./local\n", "main.go", "package main\n", "local/c.go", "package c\n")
	c := openCrawler(t, t.TempDir(), func(cfg *Config) {
		cfg.Env = func(k string) string { return map[string]string{"GOMODCACHE": cache}[k] }
	})
	events, err := crawlAll(c, SourceConfig{Kind: KindBuild, Path: dir})
	must(t, err)
	var urls []string
	for _, e := range events {
		urls = append(urls, e.Repository.URL+" "+string(e.Kind))
	}
	want := []string{fileURL(dir) + " new", fileURL(filepath.Join(dir, "local")) + " new", "https://pkg.go.dev/example.org/a new", "https://pkg.go.dev/example.org/b new"}
	if strings.Join(urls, "\n") != strings.Join(want, "\n") {
		t.Errorf("%v, want %v", urls, want)
	}
	write(t, dir, "go.mod", "this is no go.mod {{")
	var nonsense *GoModError
	if _, err := crawlAll(c, SourceConfig{Kind: KindBuild, Path: dir}); !errors.As(err, &nonsense) || nonsense.Line != 1 {
		t.Errorf("nonsense: %v", err)
	}
	write(t, dir, "go.mod", "module m\n\nrequire example.org/a\n")
	sum, err := c.Crawl(context.Background(), []SourceConfig{{Kind: KindBuild, Path: dir}}, nil)
	if !errors.As(err, &nonsense) || nonsense.Line != 3 || nonsense.File != filepath.Join(dir, "go.mod") || sum.Failed != 1 {
		t.Errorf("%v, %+v", err, sum)
	}
}

// TestABadSourceDoesNotStopTheOthers has sources that are not written right, and one that is not there, beside a good one.
func TestABadSourceDoesNotStopTheOthers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "good/f", "text")
	c := openCrawler(t, t.TempDir())
	missing, err := ParseArg(filepath.Join(dir, "none"))
	must(t, err)
	sources := []SourceConfig{{Kind: KindFolder, URL: "/srv"}, missing, {Kind: "svn"}, {Kind: KindFolder, Path: filepath.Join(dir, "good")}}
	sum, err := c.Crawl(context.Background(), sources, nil)
	if err != nil || sum.New != 1 || sum.Failed != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
	var bad *ConfigError
	if _, err = c.Crawl(context.Background(), sources[:1], nil); !errors.As(err, &bad) || bad.Problem != "path" {
		t.Errorf("nothing but a bad source: %v", err)
	}
}

// TestANamedRepositoryThatVanishes has two repositories vanish: one that only the command line ever named, and one of
// a folder source that the command line named in between.
func TestANamedRepositoryThatVanishes(t *testing.T) {
	ctx, dir, now := context.Background(), t.TempDir(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"alone", "all/one", "all/two", "all-else"} {
		must(t, os.MkdirAll(filepath.Join(dir, name), 0o755))
		runGit(t, filepath.Join(dir, name), "init", "-q", "-b", "main")
		commitFiles(t, filepath.Join(dir, name), "f", name)
	}
	c := openCrawler(t, t.TempDir(), func(cfg *Config) {
		cfg.Grace, cfg.Now = time.Hour, func() time.Time { return now }
	})
	named := func(name string) SourceConfig {
		t.Helper()
		sc, err := ParseArg(filepath.Join(dir, name))
		must(t, err)
		return sc
	}
	folder := SourceConfig{Name: "all", Kind: KindFolder, Path: filepath.Join(dir, "all")}
	for _, sources := range [][]SourceConfig{{folder}, {named("alone"), named("all/one"), named("all-else")}} {
		if sum, err := c.Crawl(ctx, sources, nil); err != nil || sum.Failed > 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
	}
	for _, name := range []string{"alone", "all/one", "all-else"} {
		must(t, os.RemoveAll(filepath.Join(dir, name)))
	}
	for range 2 {
		sum, err := c.Crawl(ctx, []SourceConfig{folder, named("alone")}, nil)
		if err != nil || sum.Vanished != 2 || sum.Failed != 0 || sum.Unchanged != 1 {
			t.Fatalf("%+v, %v", sum, err)
		}
		now = now.Add(2 * time.Hour)
	}
	gone, err := c.Gone(ctx)
	if err != nil || len(gone) != 2 || gone[0].URL != fileURL(filepath.Join(dir, "all/one")) || gone[1].Reason != "vanished" {
		t.Errorf("%+v, %v", gone, err)
	}
}

func TestDescribeModule(t *testing.T) {
	for path, want := range map[string][3]string{
		"github.com/blevesearch/bleve/v2": {"bleve", "github.com/blevesearch", "https://github.com/blevesearch/bleve"},
		"github.com/a/b/sub/pkg/v3":       {"pkg", "github.com/a", "https://github.com/a/b"},
		"golang.org/x/net":                {"net", "golang.org/x", "https://github.com/golang/net"},
		"gopkg.in/yaml.v3":                {"yaml", "gopkg.in", ""},
		"dario.cat/mergo":                 {"mergo", "dario.cat", ""},
		"single":                          {"single", "single", ""},
	} {
		name, owner, home := describeModule(path)
		if got := [3]string{name, owner, home}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestFilesMayBeOpenedFromSeveralGoroutinesAndAfterwards(t *testing.T) {
	dir := t.TempDir()
	runGit(t, dir, "init", "-q")
	var pairs []string
	for i := range 300 { // similar files, so that git makes deltas of them
		pairs = append(pairs, fmt.Sprintf("f%03d", i), strings.Repeat("a line that comes again\n", 50+i)+strings.Repeat("z", i))
	}
	commitFiles(t, dir, pairs...)
	runGit(t, dir, "gc", "-q")
	server := newGitServer(t)
	runGit(t, server.root, "clone", "-q", "--bare", dir, "deltas.git")
	c := openCrawler(t, t.TempDir())
	if e := crawlOne(t, c, gitSource(server.URL+"/deltas.git")); e.Kind != New {
		t.Fatalf("%+v", e)
	}
	s, err := c.Snapshot(context.Background(), server.URL+"/deltas.git")
	must(t, err)
	var files []File
	for f, err := range s.Files() {
		must(t, err)
		files = append(files, f)
	}
	if len(files) != 300 {
		t.Fatalf("%d files", len(files))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, i := range rand.Perm(len(files)) {
				r, err := files[i].Open()
				if err != nil {
					t.Errorf("%s: %v", files[i].Path, err)
					return
				}
				var b bytes.Buffer
				_, err = io.Copy(&b, r)
				r.Close()
				if err != nil || hashObject(typeBlob, b.Bytes()) != files[i].Hash {
					t.Errorf("%s: %d bytes, %v", files[i].Path, b.Len(), err)
				}
			}
		})
	}
	wg.Wait()
}

func TestDamagedMirrorIsRefusedByNameAndMadeAnew(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", strings.Repeat("some text ", 1000), "b", "other")
	source := SourceConfig{Kind: KindFolder, Path: dir}
	c := openCrawler(t, t.TempDir())
	crawlOne(t, c, source)
	rec, err := c.find(context.Background(), dir)
	must(t, err)
	pack := c.packBases(rec)[0] + ".pack"
	whole, err := os.ReadFile(pack)
	must(t, err)
	for i := range whole {
		data := bytes.Clone(whole)
		data[i] ^= 0x40
		must(t, os.WriteFile(pack, data, 0o644))
		s, err := c.Snapshot(context.Background(), dir)
		must(t, err)
		_, err = readSnapshot(s)
		var corrupt *CorruptError
		if err != nil && (!errors.As(err, &corrupt) || corrupt.File != pack) {
			t.Errorf("byte %d flipped: %v does not name the file", i, err)
		}
	}
	must(t, os.Remove(pack))
	if e := crawlOne(t, c, source); e.Kind != Unchanged && e.Kind != Changed {
		t.Errorf("%+v", e)
	}
	if got := contents(t, c, dir); len(got) != 2 {
		t.Errorf("%v", got)
	}
	fsck(t, c, dir)
}
