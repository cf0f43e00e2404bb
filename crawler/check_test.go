// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"communs/internal/sqlite"
)

// damage is a way in which a file goes bad.
var damage = map[string]func(t *testing.T, file string){
	"flipped": func(t *testing.T, file string) {
		data, err := os.ReadFile(file)
		must(t, err)
		data[len(data)/2] ^= 1
		must(t, os.WriteFile(file, data, 0o644))
	},
	"truncated": func(t *testing.T, file string) {
		fi, err := os.Stat(file)
		must(t, err)
		must(t, os.Truncate(file, fi.Size()/2))
	},
	"emptied": func(t *testing.T, file string) { must(t, os.Truncate(file, 0)) },
	"removed": func(t *testing.T, file string) { must(t, os.Remove(file)) },
}

// mirrorFiles lists the files of a mirror.
func mirrorFiles(t *testing.T, c *Crawler, address string) (files []string) {
	t.Helper()
	rec, err := c.find(context.Background(), address)
	must(t, err)
	must(t, filepath.WalkDir(c.mirrorDir(rec), func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if fi, _ := e.Info(); fi.Size() > 0 {
				files = append(files, path)
			}
		}
		return err
	}))
	return files
}

func check(t *testing.T, c *Crawler) []Damage {
	t.Helper()
	list, err := c.Check(context.Background(), func(string) {})
	must(t, err)
	return list
}

func TestEveryDamagedFileIsNamedAndRestored(t *testing.T) {
	ctx := context.Background()
	server := newGitServer(t)
	overHTTP, pushed := server.create(t, "tool.git")
	commitFiles(t, pushed, "a", "1")
	runGit(t, pushed, "push", "-q", "origin", "main")
	work, folder := t.TempDir(), t.TempDir()
	runGit(t, work, "init", "-q", "-b", "main")
	commitFiles(t, work, "a", strings.Repeat("some text ", 1000), "b/c", "other")
	commitFiles(t, work, "a", "new") // so that there is a shallow file
	write(t, folder, "a", "1", "b/c", "2")
	c := openCrawler(t, t.TempDir())
	addresses := []string{overHTTP, fileURL(work), fileURL(folder)}
	sources := []SourceConfig{gitSource(overHTTP), {Kind: KindGit, Path: work}, {Kind: KindFolder, Path: folder}}
	for _, s := range sources {
		crawlOne(t, c, s)
	}
	commitFiles(t, work, "d", "a second pack")
	crawlOne(t, c, sources[1])
	if list := check(t, c); len(list) > 0 {
		t.Fatalf("nothing is damaged yet: %v", list)
	}
	for _, address := range addresses {
		want := contents(t, c, address)
		files := mirrorFiles(t, c, address)
		if len(files) < 5 {
			t.Fatalf("%s: only %v", address, files)
		}
		for _, file := range files {
			if _, err := os.Stat(file); err != nil {
				continue // put together with others by a restoration
			}
			for name, spoil := range damage {
				if _, err := os.Stat(file); err != nil {
					break
				}
				spoil(t, file)
				relative, err := filepath.Rel(c.cfg.Dir, file)
				must(t, err)
				list := check(t, c)
				if len(list) != 1 || list[0].File != filepath.ToSlash(relative) || list[0].Repo != address {
					t.Fatalf("%s %s: found %v", relative, name, list)
				}
				sum, err := c.Restore(ctx, []string{list[0].Repo}, nil)
				if err != nil || sum.Unchanged != 1 || len(sum.Failures) > 0 {
					t.Fatalf("%s %s: %+v, %v", relative, name, sum, err)
				}
				if list := check(t, c); len(list) > 0 {
					t.Fatalf("%s %s: still %v", relative, name, list)
				}
				if got := contents(t, c, address); !maps.Equal(got, want) {
					t.Fatalf("%s %s: restored %v", relative, name, got)
				}
				fsck(t, c, address)
			}
		}
	}
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "a", "some content that no tree names, of which a check reads nothing but the sum", "b", "2")
	c := openCrawler(t, t.TempDir())
	crawlOne(t, c, SourceConfig{Kind: KindFolder, Path: folder})
	for _, file := range mirrorFiles(t, c, fileURL(folder)) {
		whole, err := os.ReadFile(file)
		must(t, err)
		step := 1 + len(whole)/300 // an index is mostly the same table
		for i := 0; i < len(whole); i += step {
			data := bytes.Clone(whole)
			data[i] ^= 1 << (i % 8)
			must(t, os.WriteFile(file, data, 0o644))
			if list := check(t, c); len(list) != 1 || filepath.Base(list[0].File) != filepath.Base(file) {
				t.Errorf("%s, byte %d: found %v", filepath.Base(file), i, list)
			}
		}
		must(t, os.WriteFile(file, whole, 0o644))
	}
}

func TestRestoreWithoutItsSourceLosesNothing(t *testing.T) {
	ctx := context.Background()
	server := newGitServer(t)
	overHTTP, pushed := server.create(t, "tool.git")
	commitFiles(t, pushed, "a", "1")
	runGit(t, pushed, "push", "-q", "origin", "main")
	folder, emptied := t.TempDir(), t.TempDir()
	write(t, folder, "a", "1")
	write(t, emptied, "a", "1")
	c := openCrawler(t, t.TempDir())
	crawlOne(t, c, gitSource(overHTTP))
	crawlOne(t, c, SourceConfig{Kind: KindFolder, Path: folder})
	crawlOne(t, c, SourceConfig{Kind: KindFolder, Path: emptied})
	var urls []string
	for _, address := range []string{overHTTP, fileURL(folder), fileURL(emptied)} {
		for _, file := range mirrorFiles(t, c, address) {
			if strings.HasSuffix(file, ".pack") {
				damage["flipped"](t, file)
			}
		}
		urls = append(urls, address)
	}
	before := check(t, c)
	if len(before) != 3 {
		t.Fatalf("%v", before)
	}
	server.Close()
	must(t, os.RemoveAll(folder))
	must(t, os.Remove(filepath.Join(emptied, "a")))
	files := fingerprint(t, c.mirrors())
	sum, err := c.Restore(ctx, urls, nil)
	must(t, err)
	if len(sum.Failures) != 3 {
		t.Fatalf("%+v", sum)
	}
	for _, f := range sum.Failures {
		var fault *FetchError
		if !errors.As(f.Err, &fault) || !slices.Contains(urls, f.URL) || fault.URL != f.URL {
			t.Errorf("%q: %v does not name it", f.URL, f.Err)
		}
	}
	if !maps.Equal(fingerprint(t, c.mirrors()), files) {
		t.Error("a restoration that failed changed the mirrors")
	}
	for _, url := range urls { // still what the index goes by
		if s, err := c.Snapshot(ctx, url); err != nil || s.Commit == "" {
			t.Errorf("%s is not shown any more: %v", url, err)
		}
		if rec, _ := c.find(ctx, url); !rec.missingSince.IsZero() || !rec.retry {
			t.Errorf("%s: missing since %v, to be tried again %v", url, rec.missingSince, rec.retry)
		}
	}
}

func TestATruncatedMirrorIsMendedByTheNextCrawl(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", strings.Repeat("some text ", 1000), "b", "other")
	source := SourceConfig{Kind: KindFolder, Path: dir}
	c := openCrawler(t, t.TempDir())
	crawlOne(t, c, source)
	for _, file := range mirrorFiles(t, c, dir) {
		if ext := filepath.Ext(file); ext == ".pack" || ext == ".idx" {
			damage["truncated"](t, file)
			if e := crawlOne(t, c, source); e.Kind != Unchanged {
				t.Errorf("%+v", e)
			}
			if list := check(t, c); len(list) > 0 {
				t.Errorf("still %v", list)
			}
		}
	}
}

// A withdrawal that meets a damaged mirror is finished once that is restored, and keeps nobody from restoring it.
func TestWithdrawalFromADamagedMirror(t *testing.T) {
	ctx := context.Background()
	const secret = "a secret that must go away, of some length so that it is found"
	folder, data := t.TempDir(), t.TempDir()
	write(t, folder, "secret", secret, "b", "2")
	c := openCrawler(t, data)
	crawlOne(t, c, SourceConfig{Kind: KindFolder, Path: folder})
	for _, file := range mirrorFiles(t, c, fileURL(folder)) {
		if strings.HasSuffix(file, ".idx") {
			damage["truncated"](t, file)
		}
	}
	blob := "swh:1:cnt:" + hashObject(typeBlob, []byte(secret)).String()
	var corrupt *CorruptError
	if _, err := c.Withdraw(ctx, blob, "asked for"); !errors.As(err, &corrupt) {
		t.Fatalf("withdrawn from a mirror that cannot be read: %v", err)
	}
	c.Close()
	c = openCrawler(t, data)
	sum, err := c.Restore(ctx, []string{fileURL(folder)}, nil)
	if err != nil || sum.Failed > 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if found := traces(t, data, secret); len(found) > 0 {
		t.Errorf("the bytes are still in %v", found)
	}
	list, err := c.store.withdrawals(ctx)
	if err != nil || len(list) != 1 || !list[0].done {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestCheckReadsOnly(t *testing.T) {
	folder, data := t.TempDir(), t.TempDir()
	write(t, folder, "a", "1")
	reader := func() *Crawler {
		c, err := Open(context.Background(), Config{Dir: data, ReadOnly: true})
		must(t, err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	if list := check(t, reader()); len(list) > 0 {
		t.Errorf("nothing is there: %v", list)
	}
	if len(fingerprint(t, data)) != 1 {
		t.Error("looking made something")
	}
	c := openCrawler(t, data)
	crawlOne(t, c, SourceConfig{Kind: KindFolder, Path: folder})
	c.Close()
	before := fingerprint(t, filepath.Join(data, "mirrors"))
	if list := check(t, reader()); len(list) > 0 {
		t.Errorf("%v", list)
	}
	if !maps.Equal(before, fingerprint(t, filepath.Join(data, "mirrors"))) {
		t.Error("looking changed the mirrors")
	}
	// the database itself
	file := filepath.Join(data, "communs.db")
	whole, err := os.ReadFile(file)
	must(t, err)
	for name, bad := range map[string][]byte{"cut": whole[:len(whole)/2], "text": bytes.Repeat([]byte("no database\n"), 500),
		"page": slices.Concat(whole[:4096], bytes.Repeat([]byte{0xff}, 8192), whole[12288:])} {
		must(t, os.WriteFile(file, bad, 0o644))
		c, err := Open(context.Background(), Config{Dir: data, ReadOnly: true})
		if err == nil {
			_, err = c.Check(context.Background(), func(string) {})
			c.Close()
		}
		var damaged *sqlite.DamagedError
		if !errors.As(err, &damaged) || damaged.Path != file {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	c := benchmarkMirror(b)
	var bytes int64
	filepath.WalkDir(c.mirrors(), func(_ string, e fs.DirEntry, _ error) error {
		if fi, err := e.Info(); err == nil && !e.IsDir() {
			bytes += fi.Size()
		}
		return nil
	})
	b.SetBytes(bytes)
	for b.Loop() {
		if list, err := c.Check(context.Background(), func(string) {}); err != nil || len(list) > 0 {
			b.Fatal(list, err)
		}
	}
}
