// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package metrics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"communs/crawler"
	"communs/internal/ledger"
	"communs/internal/operations"
)

var at = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// scrape asks as Prometheus does, and reads the answer with its own parser.
func scrape(t testing.TB, m *Metrics) (map[string]*dto.MetricFamily, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("HTTP %d: %s", w.Code, w.Body)
	}
	text := w.Body.Bytes()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return families, text
}

// value is that of the one metric with these labels, name and value in turn.
func value(t testing.TB, families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	t.Helper()
	for _, m := range families[name].GetMetric() {
		has := map[string]string{}
		for _, l := range m.Label {
			has[l.GetName()] = l.GetValue()
		}
		same := true
		for i := 0; i < len(labels); i += 2 {
			same = same && has[labels[i]] == labels[i+1]
		}
		if same {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	t.Errorf("no %s%q", name, labels)
	return -1
}

func full() *operations.Report {
	oldest, crawled := at.Add(-2*time.Hour), at.Add(-3*time.Hour)
	return &operations.Report{Time: at, Needs: []operations.Need{{Kind: operations.NeedHost}, {Kind: operations.NeedHost}},
		Queue: operations.Queue{Length: 4, Oldest: &oldest}, Repositories: operations.Repositories{Mirrored: 9, Review: 1},
		Archive: &crawler.ArchiveCoverage{Repositories: 9, Held: 5}, Stored: &operations.Stored{Mirrors: 100, Index: 20, Database: 3},
		Index: &operations.Index{Generation: 7, Repositories: 9, Files: 80, Blocks: 900, Bytes: 5000},
		Sources: []operations.Source{{Name: "forge", Waiting: 4, Crawled: &crawled,
			Last: &crawler.Tally{Found: 12, New: 3, Failed: 2, Bytes: 77, Broken: "server"}}, {Name: "never"}},
		Hosts: []operations.Host{{Host: "a.example", Requests: 30, Bytes: 99, Resting: true, Until: at.Add(time.Minute).Format(time.RFC3339)},
			{Host: "b.example", Requests: 1, Resting: true, Until: at.Add(-time.Minute).Format(time.RFC3339)}},
		Sums: []ledger.Sum{{What: ledger.Crawl, How: ledger.Done, N: 5, CPU: time.Minute, Fetched: 1000, Requests: 50, Latest: at.Add(-time.Hour)},
			{What: ledger.Crawl, How: ledger.Failed, N: 2, CPU: time.Minute, Latest: at}, {What: ledger.Crawl, How: ledger.UnderWay, N: 1, CPU: time.Hour},
			{What: ledger.Index, How: ledger.Done, N: 3, CPU: time.Second, Latest: at}},
	}
}

// TestScrape holds each figure to what was counted and reported, read with Prometheus' own parser.
func TestScrape(t *testing.T) {
	m := New("v1.2.3")
	m.Served("block", 200, 30*time.Millisecond, 1000)
	m.Served("block", 404, time.Millisecond, 10)
	m.Served("block", 200, time.Second, 1000)
	m.Searched("code")
	m.Gate(func() Load { return Load{1, 2, 3} })
	m.Operations(func(context.Context) (*operations.Report, error) { return full(), nil })
	got, _ := scrape(t, m)
	for _, c := range []struct {
		want   float64
		name   string
		labels []string
	}{
		{2, "communs_http_requests_total", []string{"route", "block", "code", "200"}},
		{1, "communs_http_requests_total", []string{"route", "block", "code", "404"}},
		{3, "communs_http_request_duration_seconds", []string{"route", "block"}},
		{2010, "communs_http_response_bytes_total", nil},
		{1, "communs_searches_total", []string{"about", "code"}},
		{1, "communs_http_requests_in_flight", nil}, {2, "communs_http_requests_waiting", nil}, {3, "communs_http_requests_refused_total", nil},
		{1, "communs_build_info", []string{"version", "v1.2.3"}},
		{1, "communs_operations_up", nil},
		{900, "communs_index_blocks", nil}, {9, "communs_index_repositories", nil}, {5000, "communs_index_text_bytes", nil},
		{100, "communs_stored_bytes", []string{"store", "mirrors"}},
		{1, "communs_repositories", []string{"state", "review"}}, {5, "communs_repositories", []string{"state", "archived"}},
		{4, "communs_queue_repositories", []string{"queue", "listed"}}, {7200, "communs_queue_oldest_age_seconds", []string{"queue", "listed"}},
		{0, "communs_queue_repositories", []string{"queue", "hooked"}},
		{2, "communs_needs", []string{"kind", "host"}}, {0, "communs_needs", []string{"kind", "stale"}},
		{5, "communs_runs_total", []string{"what", "crawl", "outcome", "done"}}, {2, "communs_runs_total", []string{"what", "crawl", "outcome", "failed"}},
		{1, "communs_runs_underway", []string{"what", "crawl"}}, {120, "communs_runs_cpu_seconds_total", []string{"what", "crawl"}},
		{50, "communs_runs_requests_total", nil}, {1000, "communs_runs_received_bytes_total", nil},
		{float64(at.Add(-time.Hour).Unix()), "communs_run_last_success_timestamp_seconds", []string{"what", "crawl"}},
		{float64(at.Add(-3 * time.Hour).Unix()), "communs_source_last_crawl_timestamp_seconds", []string{"source", "forge"}},
		{3, "communs_source_repositories", []string{"source", "forge", "fate", "new"}}, {2, "communs_source_repositories", []string{"source", "forge", "fate", "failed"}},
		{77, "communs_source_received_bytes", []string{"source", "forge"}}, {1, "communs_source_listing_failed", []string{"source", "forge"}},
		{4, "communs_source_queued", []string{"source", "forge"}}, {0, "communs_source_queued", []string{"source", "never"}},
		{30, "communs_host_requests", []string{"host", "a.example"}}, {99, "communs_host_received_bytes", []string{"host", "a.example"}},
		{1, "communs_host_breaker_open", []string{"host", "a.example"}}, {0, "communs_host_breaker_open", []string{"host", "b.example"}},
	} {
		if v := value(t, got, c.name, c.labels...); v != c.want {
			t.Errorf("%s%q is %v, want %v", c.name, c.labels, v, c.want)
		}
	}
	for _, name := range []string{"go_goroutines", "go_gc_duration_seconds", "process_cpu_seconds_total"} {
		if got[name] == nil {
			t.Errorf("no %s", name)
		}
	}
}

// TestNamesFollowConventions holds the names, units and helps to Prometheus' own linter, and each to our prefix.
func TestNamesFollowConventions(t *testing.T) {
	m := New("v1")
	m.Served("home", 200, 0, 0)
	m.Searched("code")
	m.Gate(func() Load { return Load{} })
	m.Operations(func(context.Context) (*operations.Report, error) { return full(), nil })
	families, text := scrape(t, m)
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
	for name := range families {
		if !strings.HasPrefix(name, "communs_") && !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") && !strings.HasPrefix(name, "promhttp_") {
			t.Errorf("%s is nobody's", name)
		}
	}
}

// TestHostileNames: what strangers call their servers neither breaks the answer nor makes it long.
func TestHostileNames(t *testing.T) {
	rep := full()
	for i, name := range []string{"<script>alert(1)</script>", "a\"} 1\ncommuns_needs{kind=\"x\"} 9", "\xff\xfe", "rtl\u202etxt", strings.Repeat("é", 5000), ""} {
		rep.Hosts = append(rep.Hosts, operations.Host{Host: name, Requests: i}, operations.Host{Host: name, Requests: i})
		rep.Sources = append(rep.Sources, operations.Source{Name: name}, operations.Source{Name: name})
	}
	for i := range 10_000 {
		rep.Hosts = append(rep.Hosts, operations.Host{Host: fmt.Sprint("h", i)})
		rep.Sources = append(rep.Sources, operations.Source{Name: fmt.Sprint("s", i)})
	}
	m := New("v\xff")
	m.Operations(func(context.Context) (*operations.Report, error) { return rep, nil })
	families, text := scrape(t, m)
	if n := len(families["communs_host_requests"].Metric); n != most {
		t.Errorf("%d hosts are told, want %d", n, most)
	}
	if n := len(families["communs_source_queued"].Metric); n != most {
		t.Errorf("%d sources are told, want %d", n, most)
	}
	if len(text) > 200_000 {
		t.Errorf("the answer has %d bytes", len(text))
	}
	if strings.Contains(string(text), "\u202e") || bytes.Contains(text, []byte("\n\"")) {
		t.Error("a name goes through as it came")
	}
	for _, n := range families["communs_needs"].Metric {
		if n.Label[0].GetValue() == "x" {
			t.Error("a name made a metric")
		}
	}
}

// TestWhatCannotBeRead leaves the rest.
func TestWhatCannotBeRead(t *testing.T) {
	m := New("v1")
	m.Served("home", 200, time.Millisecond, 5)
	m.Operations(func(context.Context) (*operations.Report, error) { return nil, errors.New("damaged") })
	got, _ := scrape(t, m)
	if value(t, got, "communs_operations_up") != 0 || value(t, got, "communs_http_requests_total", "route", "home") != 1 {
		t.Error("what could be told was not")
	}
}

// TestCountedTogether: what is counted side by side is all counted, while scrapes read it.
func TestCountedTogether(t *testing.T) {
	m := New("v1")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 500 {
				m.Served("route"+string(rune('a'+j%5)), 200+i%2, time.Millisecond, 1)
			}
		})
	}
	all.Go(func() { scrape(t, m) })
	all.Wait()
	got, _ := scrape(t, m)
	if n := value(t, got, "communs_http_response_bytes_total"); n != 4000 {
		t.Errorf("%v of 4000 are counted", n)
	}
}

// BenchmarkServed is what counting adds to a request.
func BenchmarkServed(b *testing.B) {
	m := New("v1")
	for b.Loop() {
		m.Served("block", 200, 3*time.Millisecond, 1000)
	}
}

// BenchmarkScrape is one answer, without what reading the data folder takes.
func BenchmarkScrape(b *testing.B) {
	m := New("v1")
	m.Served("block", 200, 3*time.Millisecond, 1000)
	rep := full()
	m.Operations(func(context.Context) (*operations.Report, error) { return rep, nil })
	for b.Loop() {
		m.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/metrics", nil))
	}
}
