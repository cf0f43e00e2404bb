// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// realFiles are the sources of a part of Go's own library, present wherever this test runs.
func realFiles(b *testing.B) (files tree, size int64) {
	b.Helper()
	files = tree{}
	root := filepath.Join(runtime.GOROOT(), "src")
	for _, folder := range []string{"net", "go", "encoding", "crypto"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			files[filepath.ToSlash(rel)] = string(data)
			size += int64(len(data))
			return err
		})
		if err != nil {
			b.Skipf("Go's sources are not here: %v", err)
		}
	}
	return files, size
}

// BenchmarkIndex is a whole update: classify, split, tokenize, find licences, write and publish.
func BenchmarkIndex(b *testing.B) {
	files, size := realFiles(b)
	d := detector(b)
	b.SetBytes(size)
	for b.Loop() {
		add(b, Options{Dir: b.TempDir(), Detector: d}, snapshot("https://forge.example/go/src", "c1", files))
	}
}

// BenchmarkAnalyse is what one core does for a blob before it is written.
func BenchmarkAnalyse(b *testing.B) {
	files, size := realFiles(b)
	a := newAnalyser()
	b.SetBytes(size)
	for b.Loop() {
		for path, src := range files {
			c := Classify(path, 0o100644, int64(len(src)), []byte(src))
			if c.Skip == Indexed {
				a.blob(BlobHash{}, path, c.Lang, c.Flags, []byte(src), nil)
			}
		}
	}
}

// BenchmarkOpen is what stands between the start of a server and its first answer.
func BenchmarkOpen(b *testing.B) {
	files, _ := realFiles(b)
	dir := b.TempDir()
	add(b, Options{Dir: dir, Detector: detector(b)}, snapshot("https://forge.example/go/src", "c1", files))
	for b.Loop() {
		x, err := Open(dir, OpenOptions{})
		if err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

// BenchmarkPostings reads the posting list of a common trigram.
func BenchmarkPostings(b *testing.B) {
	files, _ := realFiles(b)
	dir := b.TempDir()
	add(b, Options{Dir: dir, Detector: detector(b)}, snapshot("https://forge.example/go/src", "c1", files))
	x, err := Open(dir, OpenOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	g, err := x.Shards()[0].Grams()
	if err != nil {
		b.Fatal(err)
	}
	var list []uint32
	for b.Loop() {
		list = g.Postings('e'<<16|'r'<<8|'r', list[:0])
	}
	b.ReportMetric(float64(len(list)), "blocks")
}
