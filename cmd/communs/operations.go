// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"communs/internal/metrics"
	"communs/internal/operations"
	"communs/registry/find"
	"communs/search"
	"communs/web"
)

// Who may see the page for operators, and where metrics are given.
const (
	operationsPublic = "public" // everybody, without what is nobody's business
	operationsLocal  = "local"  // whoever asks on this very machine, whole
	operationsOff    = "off"
	metricsOff       = "off"
)

// reportEvery is how old a report may be: reading one costs some milliseconds, and anybody may ask.
const reportEvery = 10 * time.Second

// reports reads what the instance does behind the scenes, at most every reportEvery.
type reports struct {
	reader operations.Reader

	mu   sync.Mutex
	last *operations.Report
	read time.Time
}

func (p *program) newReports(s search.Searcher) *reports {
	index := func(ctx context.Context) (*operations.Index, error) {
		st, err := s.Status(ctx)
		if err != nil {
			return nil, err
		}
		return &operations.Index{Generation: st.Generation, Repositories: st.Repositories, Files: st.Files, Blocks: st.Blocks, Bytes: st.Bytes,
			Faults: len(st.Faults)}, nil
	}
	return &reports{reader: operations.Reader{Dir: p.settings.data, Version: buildVersion(), Sources: p.settings.config.Source,
		Contact: p.contact() != "", Index: index}}
}

// Report is the latest one. Whoever gets it changes nothing in it.
func (r *reports) Report(ctx context.Context) (*operations.Report, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && time.Since(r.read) < reportEvery {
		return r.last, nil
	}
	rep, err := r.reader.Read(ctx)
	if err != nil {
		return nil, err
	}
	r.last, r.read = rep, time.Now()
	return rep, nil
}

// shown is the page for operators, as the configuration wants it.
func (p *program) shown(r *reports) web.Operations {
	switch p.settings.config.Serve.Operations {
	case operationsOff:
		return web.Operations{}
	case operationsLocal:
		return web.Operations{Report: r.Report, Local: true}
	}
	return web.Operations{Report: r.Report}
}

// measured counts the questions that a server answers, beside the ledger.
type measured struct {
	search.Searcher
	*metrics.Metrics
}

// Search answers, and counts the first page of an answer.
func (m measured) Search(ctx context.Context, q search.Query) (*search.Page, error) {
	if q.After == "" {
		m.Searched("code")
	}
	return m.Searcher.Search(ctx, q)
}

// Similar answers, and counts.
func (m measured) Similar(ctx context.Context, e search.Example) (*search.Page, error) {
	m.Searched("similar")
	return m.Searcher.Similar(ctx, e)
}

// counting has questions about software counted too.
func counting(m *metrics.Metrics, asked func(*find.Page)) func(*find.Page) {
	return func(page *find.Page) {
		m.Searched("software")
		asked(page)
	}
}

// metricsBeside gives metrics at /metrics beside the pages: to this machine alone, and not once the instance has a public address, since a
// proxy on this machine may hand on what others ask without saying so.
func (p *program) metricsBeside(m *metrics.Metrics, pages http.Handler) http.Handler {
	if c := p.settings.config.Serve; c.Metrics != "" || c.BaseURL != "" || p.settings.config.Instance.Public {
		return pages
	}
	scrape := m.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == metricsPath && web.FromThisMachine(r) {
			scrape.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

const metricsPath = "/metrics"

// serveMetrics gives metrics at an address of their own, until the function that it gives is called.
func (p *program) serveMetrics(ctx context.Context, m *metrics.Metrics) (end func(), err error) {
	address := p.settings.config.Serve.Metrics
	if address == "" || address == metricsOff {
		return func() {}, nil
	}
	l, err := listen(ctx, address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, m.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, MaxHeaderBytes: 64 << 10}
	p.note("cmd.serving-metrics", "http://"+l.Addr().String()+metricsPath)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			p.log.Error("metrics", "error", err)
		}
	}()
	return func() {
		server.Close()
		<-ended
	}, nil
}
