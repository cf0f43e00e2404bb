// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package metrics gives what a server does, and how its crawls go, to Prometheus. Nothing in it tells who asked, nor for what: requests
// are counted by the name of their route, of which there are a few dozen.
package metrics

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what a server does. Any number of goroutines may use it.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	bytes    prometheus.Counter
	searches *prometheus.CounterVec

	mu    sync.RWMutex
	known map[served]counters
}

type served struct {
	route  string
	status int
}

type counters struct {
	requests prometheus.Counter
	took     prometheus.Observer
}

// buckets are those in which durations of requests are counted, in seconds: most pages take some milliseconds, and none ten seconds.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// New makes the metrics of a program of that version, in a registry of their own.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "communs_http_requests_total",
			Help: "Requests answered, by route and status."}, []string{"route", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "communs_http_request_duration_seconds",
			Help: "Time from a request's arrival to the last byte of its answer, by route.", Buckets: buckets}, []string{"route"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Name: "communs_http_response_bytes_total",
			Help: "Bytes of bodies sent, as they went over the line."}),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "communs_searches_total",
			Help: "Questions answered, by what they were about: code, similar, software."}, []string{"about"}),
		known: map[served]counters{},
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "communs_build_info", Help: "1, with the version of the program.",
		ConstLabels: prometheus.Labels{"version": label(version)}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.took, m.bytes, m.searches, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Served counts a request that was answered: the name of its route, never its path.
func (m *Metrics) Served(route string, status int, took time.Duration, bytes int) {
	key := served{route, status}
	m.mu.RLock()
	c, known := m.known[key]
	m.mu.RUnlock()
	if !known {
		c = counters{m.requests.WithLabelValues(route, strconv.Itoa(status)), m.took.WithLabelValues(route)}
		m.mu.Lock()
		m.known[key] = c
		m.mu.Unlock()
	}
	c.requests.Inc()
	c.took.Observe(took.Seconds())
	m.bytes.Add(float64(max(0, bytes)))
}

// Searched counts a question about something.
func (m *Metrics) Searched(about string) { m.searches.WithLabelValues(about).Inc() }

// Load is what a server's gate says of the requests that are worked on, that wait for their turn, and that were refused so far.
type Load struct{ Working, Waiting, Refused int64 }

// Gate registers a server's gate.
func (m *Metrics) Gate(load func() Load) {
	gauge := func(name, help string, of func(Load) int64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(of(load())) }))
	}
	gauge("communs_http_requests_in_flight", "Requests that are worked on.", func(l Load) int64 { return l.Working })
	gauge("communs_http_requests_waiting", "Requests that wait for their turn.", func(l Load) int64 { return l.Waiting })
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "communs_http_requests_refused_total",
		Help: "Requests that found the queue full."}, func() float64 { return float64(load().Refused) }))
}

// Handler answers a scrape. What cannot be read is left out, and told in communs_operations_up.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}
