// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"communs/crawler"
	"communs/internal/durable"
	"communs/internal/ledger"
	"communs/registry"
	"communs/registry/find"
	"communs/registry/observatory"
	"communs/search"
)

// crawlSources crawls, and enters in the ledger what it did and what it cost.
func (p *program) crawlSources(ctx context.Context, s *store, sources []crawler.SourceConfig, opts crawler.Options, report func(crawler.Event)) (crawler.Summary, []crawler.Tally, error) {
	run := &crawlRun{hosts: s.crawler.Network().Hosts}
	var summary crawler.Summary
	var err error
	tell := func(w *ledger.Work, over bool) {
		run.tell(w)
		if over {
			run.end(w, howEnded(ctx, err), &summary, err)
		}
	}
	do := func() error {
		summary, err = s.crawler.CrawlWith(ctx, sources, opts, func(e crawler.Event) {
			run.heard(e)
			report(e)
		})
		return err
	}
	if opts.DryRun { // it is in no ledger: nothing is written
		err := do()
		return summary, run.tallies.List(), err
	}
	failed := p.metered(ctx, s, ledger.Crawl, tell, do)
	return summary, run.tallies.List(), failed
}

// enter writes into the ledger of a data folder. Without a database there is none: fs.ErrNotExist.
func enter(ctx context.Context, dir string, disk *durable.Disk, write func(*ledger.Ledger) error) error {
	l, err := ledger.Open(ctx, dir, disk)
	if err != nil {
		return err
	}
	return errors.Join(write(l), l.Close())
}

// How often a server writes down what it counted, and how old what the observatory shows of it may be.
const (
	enterEvery  = 5 * time.Minute
	besideEvery = time.Minute
)

// watch is what a server counts of itself, and tells the observatory.
type watch struct {
	*ledger.Meter
	p         *program
	now       func() time.Time
	catalogue func() *registry.Catalogue

	mu     sync.Mutex
	beside *observatory.Beside
	read   time.Time
}

func (p *program) newWatch(catalogue func() *registry.Catalogue) *watch {
	return &watch{Meter: ledger.NewMeter(ledger.CPU), p: p, now: time.Now, catalogue: catalogue}
}

// enter writes down what was counted since the last time; what cannot be written is kept for the next.
func (w *watch) enter(ctx context.Context) {
	counts, some := w.Take()
	if !some {
		return
	}
	month := w.now().UTC().Format("2006-01")
	err := enter(ctx, w.p.settings.data, &durable.Disk{}, func(l *ledger.Ledger) error { return l.Served(ctx, month, counts) })
	if err != nil {
		w.Return(counts)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.p.log.Warn("ledger", "error", fmt.Errorf("enter what was served: %w", err))
	}
}

// run enters at intervals, and a last time when the server ends.
func (w *watch) run(ctx context.Context) {
	tick := time.NewTicker(enterEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.enter(ctx)
		case <-ctx.Done():
			w.enter(context.WithoutCancel(ctx))
			return
		}
	}
}

// background does something until the function that it gives is called, which waits for its end.
func background(ctx context.Context, do func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// Beside is what the observatory tells beside the catalogue, as it was at most a minute ago.
func (w *watch) Beside(ctx context.Context) *observatory.Beside {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.beside != nil && w.now().Sub(w.read) < besideEvery {
		return w.beside
	}
	w.enter(ctx)
	b, err := w.p.readBeside(ctx, w.catalogue())
	if err != nil {
		w.p.log.Warn("ledger", "error", err)
		return w.beside
	}
	w.beside, w.read = b, w.now()
	return b
}

// readBeside reads what the data folder tells beside the catalogue.
func (p *program) readBeside(ctx context.Context, c *registry.Catalogue) (*observatory.Beside, error) {
	book, err := ledger.Read(ctx, p.settings.data)
	if err != nil {
		return nil, err
	}
	known, err := p.readArchived(ctx, c)
	if err != nil { // a data folder from before has no such table
		p.log.Warn("archive", "error", err)
	}
	archived := func(url string) (observatory.Archived, bool) {
		a, asked := known[url]
		return a, asked
	}
	return &observatory.Beside{Archived: archived, Book: *book}, nil
}

// readArchived reads what the archive last said of the software's repositories, as they are published here now.
func (p *program) readArchived(ctx context.Context, c *registry.Catalogue) (map[string]observatory.Archived, error) {
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer mirrors.Close()
	known := map[string]observatory.Archived{}
	for _, s := range c.AllSoftware() {
		for _, url := range s.Repositories {
			a, err := mirrors.ArchiveOf(ctx, url)
			var unknown *crawler.UnknownError
			if err != nil && !errors.As(err, &unknown) {
				return nil, err
			}
			if err == nil && !a.Asked.IsZero() && !a.Moved {
				known[url] = observatory.Archived{Held: a.Holds != "", Asked: registry.Date(a.Asked.UTC().Format(time.DateOnly))}
			}
		}
	}
	return known, nil
}

// asked counts a question about software.
func (w *watch) asked(page *find.Page) {
	w.Searched()
	if page.Total == 0 {
		needs := len(page.Needs)
		w.FoundNothing(ledger.AboutSoftware, page.Needs, page.Understood[min(needs, len(page.Understood)):])
	}
}

// watched counts the questions about code that a server answers.
type watched struct {
	search.Searcher
	*watch
}

// Search answers, and counts the first page of an answer.
func (w watched) Search(ctx context.Context, q search.Query) (*search.Page, error) {
	page, err := w.Searcher.Search(ctx, q)
	if q.After != "" {
		return page, err
	}
	var missing *search.NotFoundError
	if err == nil || errors.As(err, &missing) {
		w.Searched()
	}
	if errors.As(err, &missing) || err == nil && page.Total == 0 {
		w.FoundNothing(ledger.AboutCode, nil, search.Understood(q.Text))
	}
	return page, err
}

// Similar answers, and counts.
func (w watched) Similar(ctx context.Context, e search.Example) (*search.Page, error) {
	w.Searched()
	return w.Searcher.Similar(ctx, e)
}
