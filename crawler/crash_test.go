// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// traces looks for a text in every file below a folder, as it is and in every zlib stream that begins anywhere.
func traces(t *testing.T, dir, text string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		hit := bytes.Contains(data, []byte(text))
		for i := 0; i+1 < len(data) && !hit; i++ {
			if data[i] != 0x78 || (int(data[i])<<8|int(data[i+1]))%31 != 0 {
				continue
			}
			z, err := zlib.NewReader(bytes.NewReader(data[i:]))
			if err != nil {
				continue
			}
			plain, _ := io.ReadAll(io.LimitReader(z, 1<<20))
			hit = bytes.Contains(plain, []byte(text))
		}
		if hit {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestInterruptedAtEveryStep cuts a run off at its first step that changes the disk, then at its second, and so on to
// the last. After each, what was published answers whole, and doing it again completes.
func TestInterruptedAtEveryStep(t *testing.T) {
	ctx := context.Background()
	const secret = "a secret that must go away, of some length so that it is found"
	server := newGitServer(t)
	address, work := server.create(t, "tool.git")
	commitFiles(t, work, "a", "1", "secret", secret)
	runGit(t, work, "push", "-q", "origin", "main")
	folder := t.TempDir()
	write(t, folder, "a", "1", "b/c", "2", "secret", secret)
	blob := "swh:1:cnt:" + hashObject(typeBlob, []byte(secret)).String()
	overHTTP, fromFolder := gitSource(address), SourceConfig{Kind: KindFolder, Path: folder}
	at := map[string]string{KindGit: address, KindFolder: fileURL(folder)}

	crawl := func(sc SourceConfig) func(*Crawler) error {
		return func(c *Crawler) error {
			sum, err := c.Crawl(ctx, []SourceConfig{sc}, nil)
			if err == nil && sum.Failed > 0 {
				err = sum.Failures[0].Err
			}
			return err
		}
	}
	withdraw := func(target string) func(*Crawler) error {
		return func(c *Crawler) error { _, err := c.Withdraw(ctx, target, "asked for"); return err }
	}
	many := func(c *Crawler) error { // so many packs that the next one has them put together
		for i := range maxPacks {
			write(t, folder, "a", strings.Repeat("+", i+1))
			if err := crawl(fromFolder)(c); err != nil {
				return err
			}
		}
		return nil
	}
	none := func(c *Crawler) error { return nil }
	cases := []struct {
		name     string
		source   SourceConfig
		prepare  func(*Crawler) error
		change   func()
		run      func(*Crawler) error
		withdraw bool
	}{
		{"first clone over HTTP", overHTTP, none, func() {}, crawl(overHTTP), false},
		{"new commit over HTTP", overHTTP, crawl(overHTTP), func() {
			commitFiles(t, work, "a", "2")
			runGit(t, work, "push", "-q", "origin", "main")
		}, crawl(overHTTP), false},
		{"first snapshot of a folder", fromFolder, none, func() {}, crawl(fromFolder), false},
		{"changed folder", fromFolder, crawl(fromFolder), func() { write(t, folder, "a", "changed") }, crawl(fromFolder), false},
		{"put together", fromFolder, many, func() { write(t, folder, "a", "last") }, crawl(fromFolder), false},
		{"content withdrawn", fromFolder, crawl(fromFolder), func() {}, withdraw(blob), true},
		{"repository withdrawn", overHTTP, crawl(overHTTP), func() {}, withdraw(address), true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			before := t.TempDir()
			c := openCrawler(t, before)
			must(t, tc.prepare(c))
			old := state(t, c, at[tc.source.Kind])
			c.Close()
			tc.change()

			total := 0
			for n := 0; n == 0 || n <= total; n++ {
				dir := filepath.Join(t.TempDir(), "data")
				must(t, os.CopyFS(dir, os.DirFS(before)))
				disk, steps := failAt(n)
				c, err := Open(ctx, Config{Dir: dir, Disk: disk, Jobs: 1})
				if err == nil {
					err = tc.run(c)
					c.Close()
				}
				if n == 0 {
					total = steps()
					must(t, err)
					if total < 5 {
						t.Fatalf("only %d steps", total)
					}
					t.Logf("%d steps", total)
				}

				c = openCrawler(t, dir)
				now := state(t, c, at[tc.source.Kind])
				if _, err := os.Lstat(c.staging()); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("cut off at %d: leftovers stay (%v)", n, err)
				}
				if n == 1 && !maps.Equal(now, old) {
					t.Errorf("cut off at the first step, another state is published: %v", now)
				}
				must(t, tc.run(c))
				fresh := state(t, c, at[tc.source.Kind])
				if !tc.withdraw && n > 0 && !maps.Equal(now, old) && !maps.Equal(now, fresh) {
					t.Errorf("cut off at %d: neither the old state nor the new one: %v", n, now)
				}
				if tc.withdraw {
					if found := traces(t, dir, secret); len(found) > 0 {
						t.Errorf("cut off at %d: the bytes are still in %v", n, found)
					}
				} else if len(fresh) == 0 || n == 0 && maps.Equal(fresh, old) {
					t.Errorf("the new state was not published: %v", fresh)
				} else {
					fsck(t, c, at[tc.source.Kind])
				}
				c.Close()
			}
		})
	}
}

// state is the published content of a repository; nil for none. A withdrawn file is left out.
func state(t *testing.T, c *Crawler, address string) map[string]string {
	t.Helper()
	s, err := c.Snapshot(context.Background(), address)
	var unknown *UnknownError
	if errors.As(err, &unknown) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for f, err := range s.Files() {
		if errors.Is(err, ErrWithdrawn) {
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		r.Close()
		files[f.Path] = string(data)
	}
	return files
}
