// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"communs/search"
)

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for _, path := range []string{"/", "/code?q=parse", "/absent", "/code?q=lnag:x", "/healthz", "/robots.txt", "/favicon.ico", "/api/v1/search?q=parse", "/depots/"} {
		w := get(h, path)
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Set-Cookie":                   "",
			"Access-Control-Allow-Origin":  "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if w.Header().Get("Permissions-Policy") == "" || !strings.Contains(w.Header().Get("Vary"), "Accept-Language") {
			t.Errorf("%s: headers are missing: %v", path, w.Header())
		}
	}
}

func TestOnlyReading(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/code", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("HEAD", "/", nil))
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: status %d, %d bytes, length %q", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestCompressionAndRevalidation(t *testing.T) {
	h := newServer(t, newFake(), nil)
	plainPage, zipped := get(h, "/"), get(h, "/", "Accept-Encoding", "br, gzip;q=0.5")
	if zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, plainPage.Body.Bytes()) {
		t.Errorf("the compressed page differs: %v", err)
	}
	if get(h, "/", "Accept-Encoding", "gzip;q=0").Header().Get("Content-Encoding") != "" {
		t.Error("compressed although refused")
	}
	again := get(h, "/", "If-None-Match", plainPage.Header().Get("ETag"))
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("revalidation: status %d, %d bytes", again.Code, again.Body.Len())
	}
	if get(h, "/?lang=en", "If-None-Match", plainPage.Header().Get("ETag")).Code != 200 {
		t.Error("another page has the same tag")
	}
}

func TestStyleSheetIsKeptForEver(t *testing.T) {
	h := newServer(t, newFake(), nil)
	m := regexp.MustCompile(`href="(/style\.[0-9a-f]{12}\.css)"`).FindStringSubmatch(get(h, "/").Body.String())
	if m == nil {
		t.Fatal("no style sheet")
	}
	w := get(h, m[1])
	if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
	if strings.Contains(w.Body.String(), "url(") || strings.Contains(w.Body.String(), "@import") {
		t.Error("the style sheet asks for more")
	}
}

// TestNothingPersonalIsLogged asks a question from an address and looks for either in the log.
func TestNothingPersonalIsLogged(t *testing.T) {
	var log bytes.Buffer
	h := newServer(t, newFake(), func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	r := httptest.NewRequest("GET", "/code?q=secretquestion", nil)
	r.RemoteAddr = "203.0.113.7:4242"
	r.Header.Set("User-Agent", "secretagent")
	r.Header.Set("X-Forwarded-For", "198.51.100.9")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if !strings.Contains(log.String(), "route=results status=200") {
		t.Errorf("the request is not logged: %s", &log)
	}
	for _, secret := range []string{"203.0.113", "198.51.100", "secret"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log: %s", secret, &log)
		}
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{errors.New("disk on fire at /srv/secret"), 500, "internal"},
		{fmt.Errorf("search: %w", context.DeadlineExceeded), 503, "deadline"},
		{&search.NotFoundError{What: "block", Name: "x"}, 404, "not-found"},
	} {
		f := newFake()
		f.err = c.err
		h := newServer(t, f, func(conf *Config) { conf.Logger = nil })
		path := "/api/v1/blocks/x"
		w, page := get(h, path), get(h, "/code/x")
		if w.Code != c.status || page.Code != c.status || !strings.Contains(w.Body.String(), `"code":"`+c.code+`"`) {
			t.Errorf("%v: status %d and %d: %s", c.err, w.Code, page.Code, w.Body)
		}
		if strings.Contains(w.Body.String()+page.Body.String(), "/srv/secret") {
			t.Errorf("%v: the cause is told to everybody", c.err)
		}
		if (c.status == 503) != (w.Header().Get("Retry-After") != "") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v: %v", c.err, w.Header())
		}
		if faults := checkPage(page.Body.String()); len(faults) > 0 {
			t.Errorf("%v: %v", c.err, faults)
		}
	}
}

// panicking is a searcher with a bug.
type panicking struct{ *fake }

func (panicking) Search(context.Context, search.Query) (*search.Page, error) { panic("bug") }

func TestPanicCostsOneRequest(t *testing.T) {
	h := newServer(t, newFake(), func(c *Config) { c.Searcher = panicking{newFake()}; c.Logger = nil; c.Concurrency = 1 })
	for range 3 {
		if w := get(h, "/code?q=x"); w.Code != 500 {
			t.Errorf("status %d", w.Code)
		}
	}
	if w := get(h, "/"); w.Code != 200 {
		t.Errorf("home after a panic: status %d", w.Code)
	}
}

// TestOverload fills the places and the queue: the next request is refused at once with Retry-After, health still
// answers, and all go on when the first ones end.
func TestOverload(t *testing.T) {
	f := newFake()
	f.block = make(chan struct{})
	h := newServer(t, f, func(c *Config) { c.Concurrency, c.Queue = 1, 1 })
	answers := make(chan int, 2)
	for range 2 {
		go func() { answers <- get(h, "/code?q=parse").Code }()
	}
	gate := h.(*Server).long
	for deadline := time.Now().Add(10 * time.Second); gate.waiting.Load() < 1 || len(gate.turns) < 1; {
		if time.Now().After(deadline) {
			t.Fatal("the queue does not fill")
		}
		time.Sleep(time.Millisecond)
	}
	begin := time.Now()
	w := get(h, "/code?q=parse")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("the refusal took %v", took)
	}
	if w := get(h, "/healthz"); w.Code != 200 {
		t.Errorf("health under overload: %d", w.Code)
	}
	if w := get(h, "/"); w.Code != 200 {
		t.Errorf("a page that takes milliseconds waited for questions about code: %d", w.Code)
	}
	close(f.block)
	for range 2 {
		if code := <-answers; code != 200 {
			t.Errorf("a request that waited got %d", code)
		}
	}
}

func TestDeadline(t *testing.T) {
	f := newFake()
	f.block = make(chan struct{})
	h := newServer(t, f, func(c *Config) { c.Timeout = 20 * time.Millisecond })
	if w := get(h, "/code?q=parse"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
}

func TestLogo(t *testing.T) {
	logo := filepath.Join(t.TempDir(), "logo.svg")
	if err := os.WriteFile(logo, []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newServer(t, newFake(), func(c *Config) { c.Instance.Logo = logo })
	m := regexp.MustCompile(`src="(/logo\.[0-9a-f]{12}\.svg)"`).FindStringSubmatch(get(h, "/").Body.String())
	if m == nil || get(h, m[1]).Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the logo is not served: %v", m)
	}
	for _, bad := range []string{"https://elsewhere.example/logo.svg", logo + ".absent.png", "web.go"} {
		var config *ConfigError
		if _, err := loadAssets(bad); !errors.As(err, &config) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
