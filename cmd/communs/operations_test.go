// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/internal/metrics"
	"communs/internal/words"
	"communs/search"
)

// TestMetricsStayHere: beside the pages they are for this machine alone, and nowhere once the instance has a public face.
func TestMetricsStayHere(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for name, c := range map[string]struct {
		change        func(*config)
		address, path string
		header        string
		want          int
	}{
		"this machine":    {nil, "127.0.0.1:1", "/metrics", "", 200},
		"another page":    {nil, "127.0.0.1:1", "/", "", http.StatusTeapot},
		"another machine": {nil, "192.0.2.1:1", "/metrics", "", http.StatusTeapot},
		"behind a proxy":  {nil, "127.0.0.1:1", "/metrics", "192.0.2.1", http.StatusTeapot},
		"public address":  {func(c *config) { c.Serve.BaseURL = "https://code.example.org" }, "127.0.0.1:1", "/metrics", "", http.StatusTeapot},
		"public":          {func(c *config) { c.Instance.Public = true }, "127.0.0.1:1", "/metrics", "", http.StatusTeapot},
		"elsewhere":       {func(c *config) { c.Serve.Metrics = "127.0.0.1:0" }, "127.0.0.1:1", "/metrics", "", http.StatusTeapot},
		"off":             {func(c *config) { c.Serve.Metrics = metricsOff }, "127.0.0.1:1", "/metrics", "", http.StatusTeapot},
	} {
		p, _, _ := testProgram(t, words.English)
		if c.change != nil {
			c.change(&p.settings.config)
		}
		r := httptest.NewRequest("GET", c.path, nil)
		r.RemoteAddr, r.Host = c.address, "localhost:8080"
		if c.header != "" {
			r.Header.Set("X-Forwarded-For", c.header)
		}
		w := httptest.NewRecorder()
		p.metricsBeside(metrics.New("v1"), pages).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: HTTP %d, want %d", name, w.Code, c.want)
		}
	}
}

// TestServedAndScraped starts a whole server on an empty index, with metrics at an address of their own: what is asked is counted, the page
// for operators tells of the sources, and nothing else is given there.
func TestServedAndScraped(t *testing.T) {
	p, _, told := testProgram(t, words.English)
	p.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	p.settings.data = t.TempDir()
	p.settings.config.Serve.Metrics = "127.0.0.1:0"
	p.settings.config.Source = []crawler.SourceConfig{{Name: "A forge", Kind: crawler.KindGitea, URL: "https://codeberg.org"}, {Name: "secret", Path: "/srv/x"}}
	records, closeRecords, err := p.servedRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeRecords()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- p.serveOn(ctx, l, noIndex{}, records, func(url string) { ready <- url }) }()
	var at string
	select {
	case at = <-ready:
	case err := <-ended:
		t.Fatal(err)
	case <-time.After(time.Minute):
		t.Fatal("it does not come up")
	}
	body := func(url string, want int) string {
		t.Helper()
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want {
			t.Errorf("%s: HTTP %d, want %d; %v", url, resp.StatusCode, want, err)
		}
		return string(text)
	}
	if page := body(at+"/operations?lang=en", 200); !strings.Contains(page, "A forge") || strings.Contains(page, "secret") || !strings.Contains(page, "No crawl is recorded yet") {
		t.Errorf("the page says %s", page)
	}
	body(at+"/metrics", 404)
	_, address, _ := strings.Cut(told.String(), "http://")
	scrape := "http://" + strings.TrimSpace(strings.SplitN(address, "\n", 2)[0])
	metrics := body(scrape, 200)
	for _, line := range []string{`communs_http_requests_total{code="200",route="operations"} 1`, `communs_http_requests_total{code="404",route="none"} 1`,
		"communs_operations_up 1", `communs_needs{kind="never"} 1`, "communs_index_generation 7", `communs_http_request_duration_seconds_count{route="operations"} 1`} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("%s is not told", line)
		}
	}
	body(strings.TrimSuffix(scrape, metricsPath)+"/", 404)
	cancel(stopped{signal: nil})
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	if resp, err := http.Get(scrape); err == nil {
		resp.Body.Close()
		t.Error("metrics are given after the end")
	}
}

// noIndex is a searcher that knows nothing but that it is there.
type noIndex struct{ search.Searcher }

func (noIndex) Status(context.Context) (*search.Status, error) {
	return &search.Status{Generation: 7}, nil
}

// TestOperationsSettings: what is written wrongly is told.
func TestOperationsSettings(t *testing.T) {
	for text, good := range map[string]bool{`operations = "local"`: true, `operations = "public"`: true, `operations = "nobody"`: false, `metrics = "127.0.0.1:9464"`: true,
		`metrics = "off"`: true, `metrics = "yes"`: false} {
		if _, err := parseConfig("communs.toml", []byte("[serve]\n"+text+"\n")); (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
	}
	p, _, _ := testProgram(t, words.English)
	for value, want := range map[string][2]bool{"": {true, false}, operationsPublic: {true, false}, operationsLocal: {true, true}, operationsOff: {false, false}} {
		p.settings.config.Serve.Operations = value
		if o := p.shown(p.newReports(noIndex{})); (o.Report != nil) != want[0] || o.Local != want[1] {
			t.Errorf("%q: %+v", value, o)
		}
	}
}
