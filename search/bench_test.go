// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"os"
	"testing"
)

// benchData is the data folder that COMMUNS_BENCH_DATA names; without it, an index of a part of the Go distribution is made.
func benchData(b *testing.B) string {
	dir := os.Getenv("COMMUNS_BENCH_DATA")
	if dir == "" {
		dir = b.TempDir()
		writeIndex(b, dir, 0, library(b, "net", "crypto", "encoding", "go", "runtime", "cmd/compile")...)
	}
	return dir
}

// BenchmarkSearch asks for one page of ten hits, warm.
func BenchmarkSearch(b *testing.B) {
	dir := benchData(b)
	l := openIndex(b, dir, Options{CacheBytes: 512 << 20})
	for _, c := range []struct{ name, question string }{
		{"rare literal", `"too many open files in system"`},
		{"identifier", `"ServeHTTP"`},
		{"common literal", `"return nil, err"`},
		{"very common literal", `"return"`},
		{"accents", `"é"`},
		{"no match", `"thistextstandsnowhere"`},
		{"regexp", `/func \(.*\) Serve\w+\(/`},
		{"regexp alternatives", `/(Read|Write)(String|Byte)\(/`},
		{"common regexp", `/if err != nil \{$/`},
		{"poor regexp", `/^\s*[a-z]+\+\+$/`},
		{"short literal", `"<-"`},
		{"word", "header"},
		{"three words", "parse date header"},
		{"common words", "return error"},
		{"words and filters", "parse lang:go kind:function -path:test"},
		{"filter", "kind:function"},
		{"in file", "listen accept in:file"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			total := 0
			for b.Loop() {
				page, err := l.Search(context.Background(), Query{Text: c.question, N: 10})
				if err != nil {
					b.Fatal(err)
				}
				total = page.Total
			}
			b.ReportMetric(float64(total), "blocks")
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(`parse "date header" lang:go (path:*.go OR /func \w+\(/) -test`); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen is what it takes until the first question about an index can be answered.
func BenchmarkOpen(b *testing.B) {
	dir := benchData(b)
	b.ReportAllocs()
	for b.Loop() {
		l, err := Open(dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
}
