// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"communs/crawler/polite"
)

// blanks is a gzip stream that unpacks to so many megabytes of blanks.
func blanks(t *testing.T, megabytes int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range megabytes {
		w.Write(block)
	}
	must(t, w.Close())
	return packed.Bytes()
}

// TestAnAPIThatMeansHarm lists a forge whose API does all that it can to us: each comes to a named error in bounded time and memory,
// and the source after it is crawled.
func TestAnAPIThatMeansHarm(t *testing.T) {
	bomb := blanks(t, 256)
	good := t.TempDir()
	runGit(t, good, "init", "-q", "-b", "main")
	commitFiles(t, good, "a", "1")
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		reason Reason
	}{
		"HTML for JSON": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<!doctype html><title>Sign in</title>")
		}, ReasonNotJSON},
		"another kind of JSON": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"projects": 3}`) }, ReasonNotJSON},
		"huge JSON": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `[{"name":"`)
			for block := strings.Repeat("a", 64<<10); r.Context().Err() == nil; {
				if _, err := io.WriteString(w, block); err != nil {
					return
				}
			}
		}, ReasonTooBig},
		"deep JSON": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Repeat("[", 1<<20)) }, ReasonNotJSON},
		"a gzip bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, ReasonTooBig},
		"a length too long": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, `[{"id":1},`)
		}, ReasonBroken},
		"a slow drip": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(20 * time.Millisecond):
				}
			}
		}, ReasonDeadline},
		"silence":              {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ReasonSilent},
		"long headers":         {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Long", strings.Repeat("a", 1<<20)) }, ReasonBroken},
		"a redirect to itself": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) }, ReasonRedirect},
		"a redirect inside": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		}, ReasonAddress},
		"a redirect with a password": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://me:hunter2@"+r.Host+"/", http.StatusFound)
		}, ReasonRedirect},
		"to wait for thirty years": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "1000000000")
			w.WriteHeader(http.StatusTooManyRequests)
		}, ReasonLater},
		"to wait for less than nothing": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "-5")
			w.WriteHeader(http.StatusTooManyRequests)
		}, ReasonServer},
		"to wait for nonsense": {func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Retry-After"] = []string{"\xff soon", "later"}
			w.WriteHeader(http.StatusServiceUnavailable)
		}, ReasonServer},
		"an endless error": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			for block := make([]byte, 64<<10); r.Context().Err() == nil; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, ReasonServer},
	} {
		for _, kind := range []string{KindGitLab, KindGitHub} {
			t.Run(kind+" "+name, func(t *testing.T) {
				var asked atomic.Int32
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)
					tc.answer(w, r)
				}))
				defer server.Close()
				bad := SourceConfig{Name: "bad", Kind: kind, URL: server.URL, Group: "a/group"}
				if kind == KindGitHub {
					bad.Group, bad.Organisation = "", "o"
				}
				idle := 20 * time.Second // on a machine that has much to do, who is not silent may seem so
				if tc.reason == ReasonSilent || tc.reason == ReasonDeadline {
					idle = 150 * time.Millisecond
				}
				c := openCrawler(t, t.TempDir(), func(cfg *Config) {
					cfg.Idle, cfg.Polite, cfg.MaxPage = idle, polite.Config{Retries: -1}, 4<<20
				})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				began := time.Now()
				sum, err := c.Crawl(context.Background(), []SourceConfig{
					bad,
					{Name: "good", Kind: KindGit, Path: good},
				}, nil)
				took := time.Since(began)
				runtime.ReadMemStats(&after)
				if err != nil || sum.New != 1 || len(sum.Failures) != 1 {
					t.Fatalf("%+v, %v: want one failure, and the source after it crawled", sum, err)
				}
				var named *ListError
				var fault *FetchError
				failure := sum.Failures[0].Err
				if !errors.As(failure, &named) || named.Source != "bad" || !errors.As(failure, &fault) || fault.Reason != tc.reason {
					t.Errorf("%v, want %s", failure, tc.reason)
				}
				if strings.Contains(fmt.Sprint(failure), "hunter2") {
					t.Error("a password is told")
				}
				if took > 20*time.Second || asked.Load() > 12 {
					t.Errorf("it took %v and %d requests", took, asked.Load())
				}
				if grown := after.TotalAlloc - before.TotalAlloc; grown > 256<<20 {
					t.Errorf("%d MB were asked for", grown>>20)
				}
			})
		}
	}
}
