// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"io"
	"testing"
)

// BenchmarkBuild mirrors the modules that this program requires, from the module cache of this machine.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		c := benchmarkMirror(b)
		c.Close()
	}
}

// BenchmarkUnchanged crawls the same modules again.
func BenchmarkUnchanged(b *testing.B) {
	c := benchmarkMirror(b)
	defer c.Close()
	for b.Loop() {
		if _, err := c.Crawl(context.Background(), benchmarkSources(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFiles reads every file of up to a megabyte out of those mirrors, as the indexer does.
func BenchmarkFiles(b *testing.B) {
	c := benchmarkMirror(b)
	defer c.Close()
	for b.Loop() {
		var total int64
		for s, err := range c.Snapshots(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
			for f, err := range s.Files() {
				if err != nil {
					b.Fatal(err)
				}
				if f.Size > 1<<20 {
					continue
				}
				r, err := f.Open()
				if err != nil {
					b.Fatal(err)
				}
				n, err := io.Copy(io.Discard, r)
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
				total += n
			}
		}
		b.SetBytes(total)
	}
}

func benchmarkSources() []SourceConfig { return []SourceConfig{{Kind: KindBuild, Path: "../go.mod"}} }

func benchmarkMirror(b *testing.B) *Crawler {
	b.Helper()
	c, err := Open(context.Background(), Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	sum, err := c.Crawl(context.Background(), benchmarkSources(), nil)
	if err != nil {
		b.Skipf("no modules to mirror: %v", err)
	}
	b.SetBytes(sum.Bytes)
	return c
}
