// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
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
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/internal/durable"
	"communs/licenses"
)

// tree is a repository's files by path.
type tree map[string]string

func gitHash(content string) BlobHash {
	return sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content))
}

func snapshot(url, commit string, files tree) *crawler.Snapshot {
	return crawler.NewSnapshot(crawler.Repository{URL: url, Name: url[strings.LastIndex(url, "/")+1:]}, commit,
		time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), func() iter.Seq2[crawler.File, error] {
			return func(yield func(crawler.File, error) bool) {
				for _, path := range slices.Sorted(maps.Keys(files)) {
					content := files[path]
					f := crawler.NewFile(path, gitHash(content), int64(len(content)), 0o100644, func() (io.ReadCloser, error) {
						return io.NopCloser(strings.NewReader(content)), nil
					})
					if !yield(f, nil) {
						return
					}
				}
			}
		})
}

func detector(t testing.TB) *licenses.Detector {
	t.Helper()
	d, err := licenses.NewDetector()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// add indexes snapshots in one go.
func add(t testing.TB, opts Options, snapshots ...*crawler.Snapshot) {
	t.Helper()
	if err := tryAdd(opts, snapshots...); err != nil {
		t.Fatal(err)
	}
}

func tryAdd(opts Options, snapshots ...*crawler.Snapshot) error {
	ctx := context.Background()
	w, err := NewWriter(ctx, opts)
	if err != nil {
		return err
	}
	defer w.Close()
	for _, s := range snapshots {
		if err := w.Add(ctx, s); err != nil {
			return err
		}
	}
	return w.Publish(ctx)
}

func open(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// contentsOf maps "url path" to content, through places, blob table and frames: what a reader sees.
func contentsOf(x *Index) map[string]string {
	got := map[string]string{}
	for s, shard := range x.Shards() {
		for b := range uint32(shard.NumBlobs()) {
			c, err := shard.Content(b)
			for _, p := range x.Places(s, b) {
				o := x.Repos()[p.Repo]
				if err == nil {
					got[o.Meta().URL+" "+o.Path(p.Row)] = string(c)
				}
			}
		}
	}
	return got
}

// contents is contentsOf an index that has no faults.
func contents(t testing.TB, x *Index) map[string]string {
	t.Helper()
	if len(x.Faults()) > 0 {
		t.Fatal(x.Faults())
	}
	return contentsOf(x)
}

func want(url string, files tree) map[string]string {
	m := map[string]string{}
	for path, c := range files {
		m[url+" "+path] = c
	}
	return m
}

func equal(t testing.TB, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Fatalf("in service: %q\nwant: %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

const goFile = `package p

// Double gives twice n.
func Double(n int) int {
	f := func(x int) int { return x + x }
	return f(n)
}

type pair struct {
	left, right int
}
`

func files(extra string) tree {
	return tree{
		"p/double.go":  goFile,
		"README.md":    "# Title\n\nSome words about dates.\n\n## Use\n\nCall it.\n",
		"été.py":       "class A:\n    def parse_date(self):\n        return 'é'\n\n" + extra,
		"copy/of.go":   goFile,
		"LICENSE":      "SPDX-License-Identifier: MIT\n",
		"picture.png":  "\x89PNG\x00\x00",
		"empty":        "",
		"big.txt":      strings.Repeat("large\n", MaxFileSize/6+1),
		"no-newline.c": "int main(void) { return 0; }",
	}
}

func indexed(all tree) tree {
	kept := maps.Clone(all)
	for _, path := range []string{"picture.png", "empty", "big.txt"} {
		delete(kept, path)
	}
	return kept
}

func TestWhatGoesInComesOut(t *testing.T) {
	dir, all := t.TempDir(), files("")
	add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/b", "c1", all))
	x := open(t, dir)
	equal(t, contents(t, x), want("https://forge.example/a/b", indexed(all)))
	o := x.Repos()[0]
	for path, reason := range map[string]Reason{"picture.png": SkipBinary, "empty": SkipEmpty, "big.txt": SkipOversized, "README.md": Indexed} {
		row, ok := o.Find(path)
		if !ok || o.Skipped(row) != reason {
			t.Errorf("%s: found %v, skipped %q, want %q", path, ok, o.Skipped(row), reason)
		}
	}
	if n := x.Shards()[0].NumBlobs(); n != len(indexed(all))-1 {
		t.Errorf("%d blobs; equal files must be one blob", n)
	}
}

// Grams and words are compared with what a reader of the blocks' own lines would count.
func TestGramsAndWordsAgreeWithBruteForce(t *testing.T) {
	dir := t.TempDir()
	add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/b", "c1", files("def f():\n    pass\n")))
	x := open(t, dir)
	for _, s := range x.Shards() {
		grams, err := s.Grams()
		if err != nil {
			t.Fatal(err)
		}
		words, err := s.Words()
		if err != nil {
			t.Fatal(err)
		}
		wantGrams := map[uint32][]uint32{}
		wantWords := map[string]map[uint32]uint32{}
		tokens := NewTokenizer()
		for i := range uint32(s.NumBlocks()) {
			b := s.Block(i)
			src, err := s.Content(b.Blob)
			if err != nil {
				t.Fatal(err)
			}
			for _, seg := range s.Segments(i, nil) {
				text := src[seg.StartByte:seg.EndByte]
				tokens.Add(text, false)
				for line := range bytes.Lines(text) {
					line = Fold(nil, bytes.TrimSuffix(line, []byte("\n")))
					for j := 0; j+3 <= len(line); j++ {
						key := uint32(line[j])<<16 | uint32(line[j+1])<<8 | uint32(line[j+2])
						if l := wantGrams[key]; len(l) == 0 || l[len(l)-1] != i {
							wantGrams[key] = append(l, i)
						}
					}
				}
			}
			terms, n := tokens.Terms()
			if uint32(n) != b.Tokens {
				t.Errorf("block %d says %d tokens, has %d", i, b.Tokens, n)
			}
			for _, term := range terms {
				if wantWords[term.Term] == nil {
					wantWords[term.Term] = map[uint32]uint32{}
				}
				wantWords[term.Term][i] = uint32(term.Freq)
			}
		}
		for key, blocks := range wantGrams {
			if got := grams.Postings(key, nil); !slices.Equal(got, blocks) || grams.Count(key) != len(blocks) {
				t.Errorf("trigram %06x: got blocks %v, want %v", key, got, blocks)
			}
		}
		if grams.n != len(wantGrams) {
			t.Errorf("%d trigrams, want %d", grams.n, len(wantGrams))
		}
		if len(wantWords) == 0 {
			t.Fatal("no words to compare")
		}
		for term, blocks := range wantWords {
			got := map[uint32]uint32{}
			if err := words.Postings(FieldWords, term, func(b, f uint32) { got[b] = f }); err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, blocks) {
				t.Errorf("word %q: got %v, want %v", term, got, blocks)
			}
		}
	}
}

func TestEachLineBelongsToOneBlock(t *testing.T) {
	dir, all := t.TempDir(), files("")
	add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/b", "c1", all))
	for _, s := range open(t, dir).Shards() {
		for b := range uint32(s.NumBlobs()) {
			blob := s.Blob(b)
			src, err := s.Content(b)
			if err != nil {
				t.Fatal(err)
			}
			covered := make([]int, len(src))
			for i := blob.FirstBlock; i < blob.FirstBlock+blob.NumBlocks; i++ {
				for _, seg := range s.Segments(i, nil) {
					if at := 1 + bytes.Count(src[:seg.StartByte], []byte("\n")); at != seg.StartLine {
						t.Errorf("blob %s: a segment says it starts at line %d, it starts at %d", blob.Hash, seg.StartLine, at)
					}
					for j := seg.StartByte; j < seg.EndByte; j++ {
						covered[j]++
					}
				}
			}
			for j, n := range covered {
				if n > 1 || n == 0 && !strings.ContainsRune(" \t\r\n", rune(src[j])) {
					t.Fatalf("blob %s byte %d is in %d blocks", blob.Hash, j, n)
				}
			}
		}
	}
}

func TestUnchangedWritesNothing(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	s := snapshot("https://forge.example/a/b", "c1", files(""))
	add(t, opts, s)
	opts.Disk = &durable.Disk{Before: func(op durable.Op, path string) error {
		return fmt.Errorf("unexpected %s of %s", op, path)
	}}
	add(t, opts, s)
}

// A file that the mirror could not give is asked for again although the commit did not move.
func TestUnreadableIsTriedAgain(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	const url = "https://forge.example/a/b"
	whole := tree{"a.txt": "first\n", "b.txt": "second\n"}
	broken := crawler.NewSnapshot(snapshot(url, "c1", whole).Repository, "c1", snapshot(url, "c1", whole).Time, func() iter.Seq2[crawler.File, error] {
		return func(yield func(crawler.File, error) bool) {
			for f, err := range snapshot(url, "c1", whole).Files() {
				if f.Path == "b.txt" {
					f = crawler.NewFile(f.Path, f.Hash, f.Size, f.Mode, func() (io.ReadCloser, error) { return nil, errStop })
				}
				if !yield(f, err) {
					return
				}
			}
		}
	})
	add(t, opts, broken)
	equal(t, contents(t, open(t, dir)), map[string]string{url + " a.txt": "first\n"})
	add(t, opts, snapshot(url, "c1", whole))
	equal(t, contents(t, open(t, dir)), want(url, whole))
}

func TestChangedForgottenAndShared(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	const a, b = "https://forge.example/a/a", "https://forge.example/b/b"
	add(t, opts, snapshot(a, "c1", tree{"x.go": goFile, "y.txt": "one\n"}), snapshot(b, "c1", tree{"z.go": goFile}))
	add(t, opts, snapshot(a, "c2", tree{"x.go": goFile, "y.txt": "two\n"}))
	x := open(t, dir)
	equal(t, contents(t, x), map[string]string{a + " x.go": goFile, a + " y.txt": "two\n", b + " z.go": goFile})
	blobs := 0
	for _, s := range x.Shards() {
		blobs += s.NumBlobs()
	}
	if blobs != 3 { // goFile once, "one" still lies there dead, "two"
		t.Errorf("%d blobs written, want 3", blobs)
	}
	w, err := NewWriter(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Forget(a)
	if err := w.Publish(context.Background()); err != nil {
		t.Fatal(err)
	}
	equal(t, contents(t, open(t, dir)), map[string]string{b + " z.go": goFile})
}

func TestSmallShardsAreFolded(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	all := map[string]string{}
	for i := range 40 {
		url, files := fmt.Sprintf("https://forge.example/a/r%02d", i), tree{"f.txt": fmt.Sprintf("only here %d\n", i)}
		add(t, opts, snapshot(url, "c", files))
		maps.Copy(all, want(url, files))
	}
	x := open(t, dir)
	equal(t, contents(t, x), all)
	if n := len(x.Shards()); n > 2*mergeFan {
		t.Errorf("%d shards are left of 40", n)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "shards"))
	if err != nil || len(entries) != len(x.Shards()) {
		t.Errorf("%d folders in shards, %d in service (%v)", len(entries), len(x.Shards()), err)
	}
}

var errStop = errors.New("cut off here")

// Every write, flush, rename and removal of an update is the last one once: the state before or the state after must be in
// service, whole, and the next run must complete.
func TestCutOffAtEachStep(t *testing.T) {
	const url = "https://forge.example/a/b"
	before, after := files(""), files("def added():\n    return 1\n")
	d := detector(t)
	for step := 1; ; step++ {
		dir := t.TempDir()
		add(t, Options{Dir: dir, Detector: d}, snapshot(url, "c1", before))
		n, last := 0, ""
		disk := &durable.Disk{Before: func(op durable.Op, path string) error {
			if n++; n >= step {
				if n == step {
					last = fmt.Sprintf("step %d, %s of %s", step, op, path)
				}
				return errStop
			}
			return nil
		}}
		err := tryAdd(Options{Dir: dir, Detector: d, Disk: disk, Jobs: 1}, snapshot(url, "c2", after))
		if err == nil {
			if step < 20 {
				t.Fatalf("only %d steps were counted", step)
			}
			return
		}
		if !errors.Is(err, errStop) {
			t.Fatalf("%s: %v", last, err)
		}
		x := open(t, dir)
		if len(x.Faults()) > 0 {
			t.Fatalf("%s: %v", last, x.Faults())
		}
		got := contents(t, x)
		if !maps.Equal(got, want(url, indexed(before))) && !maps.Equal(got, want(url, indexed(after))) {
			t.Fatalf("%s: neither the state before nor the state after is in service", last)
		}
		x.Close()
		add(t, Options{Dir: dir, Detector: d}, snapshot(url, "c2", after))
		equal(t, contents(t, open(t, dir)), want(url, indexed(after)))
	}
}

func TestWithdrawnBytesAreGone(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	const a, b = "https://forge.example/a/a", "https://forge.example/b/b"
	secret, private := "secretcontent = 1\n", "privaterepository = 1\n"
	add(t, opts, snapshot(a, "c1", tree{"s.py": secret, "k.py": "kept = 1\n"}), snapshot(b, "c1", tree{"p.py": private, "s.py": secret}))
	reader := open(t, dir) // a server that still reads the state before
	w, err := NewWriter(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Withdraw(context.Background(), []string{b}, []BlobHash{gitHash(secret)}); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	equal(t, contents(t, x), map[string]string{a + " k.py": "kept = 1\n"})
	for _, s := range x.Shards() { // frames are compressed: look at what they hold
		for f := range uint32(s.content.nframes) {
			frame, err := s.content.frame(f)
			if err != nil || bytes.Contains(frame, []byte("secretcontent")) || bytes.Contains(frame, []byte("privaterepository")) {
				t.Errorf("frame %d still holds %q (%v)", f, frame, err)
			}
		}
	}
	walk(t, dir, func(path string, data []byte) {
		if regexp.MustCompile("secretcontent|privaterepository").Match(data) {
			t.Errorf("%s still holds it", path)
		}
	})
	if row, ok := x.Repos()[0].Find("s.py"); !ok || x.Repos()[0].Skipped(row) != SkipWithdrawn {
		t.Error("the file is not listed as withdrawn")
	}
	if got := contents(t, reader); len(got) != 4 {
		t.Error("a reader of the state before lost its files")
	}
}

func walk(t *testing.T, dir string, visit func(path string, data []byte)) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		visit(path, data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A flipped byte or a missing end in any file is named, the rest answers, and adding anew repairs it.
func TestDamageIsNamedAndRepaired(t *testing.T) {
	whole := t.TempDir()
	d := detector(t)
	const a, b = "https://forge.example/a/a", "https://forge.example/b/b"
	sa, sb := snapshot(a, "c1", files("")), snapshot(b, "c1", tree{"other.txt": "other words\n"})
	add(t, Options{Dir: whole, Detector: d}, sa)
	add(t, Options{Dir: whole, Detector: d}, sb)
	all := contents(t, open(t, whole))
	damages := map[string]func(name string, data []byte) error{
		"flipped": func(name string, data []byte) error {
			data[len(data)/2] ^= 1
			return os.WriteFile(name, data, 0o644)
		},
		"truncated": func(name string, data []byte) error { return os.WriteFile(name, data[:len(data)/2], 0o644) },
		"missing":   func(name string, _ []byte) error { return os.Remove(name) },
	}
	walk(t, whole, func(path string, data []byte) {
		rel, err := filepath.Rel(whole, path)
		if err != nil {
			t.Fatal(err)
		}
		for how, damage := range damages {
			if rel == "CURRENT" && how == "missing" {
				continue // no index is not a damaged one
			}
			t.Run(rel+" "+how, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
					t.Fatal(err)
				}
				if err := damage(filepath.Join(dir, rel), bytes.Clone(data)); err != nil {
					t.Fatal(err)
				}
				repairs(t, dir, filepath.ToSlash(rel), Options{Dir: dir, Detector: d}, sa, sb)
				equal(t, contents(t, open(t, dir)), all)
			})
		}
	})
}

// repairs checks that damage to one file is found there, that the rest is in service, and mends it.
func repairs(t *testing.T, dir, file string, opts Options, snapshots ...*crawler.Snapshot) {
	t.Helper()
	faults, err := Check(context.Background(), dir, func(string) {})
	if err != nil || len(faults) != 1 || faults[0].File != file {
		t.Fatalf("check says %v, %v", faults, err)
	}
	if x, err := Open(dir, OpenOptions{}); err == nil {
		readAll(x)
		if len(contentsOf(x)) == 0 {
			t.Error("nothing answers")
		}
		x.Close()
	} else if file != "CURRENT" {
		t.Fatalf("nothing answers: %v", err)
	}
	opts.Discard = []string{faults[0].File}
	add(t, opts, snapshots...)
	if faults, err := Check(context.Background(), dir, func(string) {}); err != nil || len(faults) > 0 {
		t.Fatalf("after repair: %v, %v", faults, err)
	}
}

// readAll reads everything an index offers, whatever errors come.
func readAll(x *Index) {
	for _, s := range x.Shards() {
		for b := range uint32(s.NumBlobs()) {
			s.Content(b)
			s.Findings(b, "")
		}
		for i := range uint32(s.NumBlocks()) {
			s.BlockName(s.Block(i))
			s.Segments(i, nil)
		}
		if g, err := s.Grams(); err == nil {
			g.Postings('r'<<16|'e'<<8|'t', nil)
		}
		if w, err := s.Words(); err == nil {
			w.Postings(FieldWords, "return", func(uint32, uint32) {})
		}
	}
}
