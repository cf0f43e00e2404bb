// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"communs/internal/words"
	"communs/search"
)

// BenchmarkAPISearch asks for one page over HTTP, on a connection that is kept. COMMUNS_BENCH_DATA names a data folder to
// search; without it, the tests' own index answers.
func BenchmarkAPISearch(b *testing.B) {
	var s search.Searcher = newFake()
	if dir := os.Getenv("COMMUNS_BENCH_DATA"); dir != "" {
		l, err := search.Open(dir, search.Options{CacheBytes: 512 << 20})
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		s = l
	}
	said, err := words.Load()
	if err != nil {
		b.Fatal(err)
	}
	h, err := New(Config{Searcher: s, Words: said, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	for _, c := range []struct{ name, question string }{
		{"rare literal", `"pkt-line"`},
		{"common literal", `"return nil, err"`},
		{"word", "date"},
		{"no match", `"qzxv no such text qzxv"`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				resp, err := http.Get(server.URL + "/api/v1/search?n=10&q=" + url.QueryEscape(c.question))
				if err != nil {
					b.Fatal(err)
				}
				n, err := io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					b.Fatal(resp.Status, err)
				}
				b.SetBytes(n)
			}
		})
	}
}
