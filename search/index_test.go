// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler"
	"communs/indexer"
	"communs/licenses"
)

// repo is a repository to index: what is known of it and its files by path.
type repo struct {
	crawler.Repository
	at    time.Time
	files map[string]string

	commit  string   // made from the address when it is empty
	aliases []string // addresses that it had before
}

func (r repo) snapshot() *crawler.Snapshot {
	if r.at.IsZero() {
		r.at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	}
	if r.Name == "" {
		r.Name = r.URL[strings.LastIndex(r.URL, "/")+1:]
	}
	sum := sha1.New()
	paths := slices.Sorted(maps.Keys(r.files))
	for _, path := range paths {
		fmt.Fprintf(sum, "%q%q", path, r.files[path])
	}
	s := crawler.NewSnapshot(r.Repository, cmp.Or(r.commit, fmt.Sprintf("%x", sum.Sum(nil))), r.at, func() iter.Seq2[crawler.File, error] {
		return func(yield func(crawler.File, error) bool) {
			for _, path := range paths {
				content := r.files[path]
				open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
				if !yield(crawler.NewFile(path, blobHash(content), int64(len(content)), 0o100644, open), nil) {
					return
				}
			}
		}
	})
	s.FirstSeen, s.Aliases = r.at, r.aliases
	return s
}

func blobHash(content string) indexer.BlobHash {
	return sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content))
}

var testDetector = sync.OnceValues(licenses.NewDetector)

// writeIndex indexes repositories into dir; each call to it publishes once. shards 1 leaves it to the indexer how many
// shards there are; more starts a new one after each share of the repositories' files.
func writeIndex(t testing.TB, dir string, shardBytes int64, repos ...repo) {
	t.Helper()
	detector, err := testDetector()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	w, err := indexer.NewWriter(ctx, indexer.Options{Dir: dir, Detector: detector, ShardBytes: shardBytes})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, r := range repos {
		if err := w.Add(ctx, r.snapshot()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Publish(ctx); err != nil {
		t.Fatal(err)
	}
}

func openIndex(t testing.TB, dir string, o Options) *Local {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func newIndex(t testing.TB, repos ...repo) *Local {
	t.Helper()
	dir := t.TempDir()
	writeIndex(t, dir, 0, repos...)
	return openIndex(t, dir, Options{})
}

// ask gives all hits of a question.
func ask(t testing.TB, l *Local, question string) *Page {
	t.Helper()
	page, err := l.Search(context.Background(), Query{Text: question, Explain: true})
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return page
}

// places lists hits as repo path:start-end.
func places(page *Page) (out []string) {
	for _, h := range page.Hits {
		out = append(out, fmt.Sprintf("%s %s:%d-%d", h.Repo[strings.LastIndex(h.Repo, "/")+1:], h.Path, h.Start, h.End))
	}
	return out
}

// library is real code: some packages of the Go distribution that runs the test, each as a repository.
func library(t testing.TB, packages ...string) (repos []repo) {
	t.Helper()
	for _, pkg := range packages {
		root := filepath.Join(runtime.GOROOT(), "src", filepath.FromSlash(pkg))
		r := repo{Repository: crawler.Repository{URL: "https://go.example/" + pkg, Owner: "go"}, files: map[string]string{}}
		err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			rel, _ := filepath.Rel(root, name)
			r.files[filepath.ToSlash(rel)] = string(data)
			return err
		})
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("the Go distribution's source is not at %s", root)
		}
		if err != nil {
			t.Fatal(err)
		}
		license, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "LICENSE"))
		if err == nil {
			r.files["LICENSE"] = string(license)
		}
		repos = append(repos, r)
	}
	return repos
}
