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
	"communs/crawler/polite"
	"communs/internal/ledger"
	"communs/internal/operations"
)

// A run is entered in the ledger when it begins, every ledger.Beat while it goes on, and when it ends. What a crawl leaves there is an
// operations.Told: it is what the page for operators and the metrics are made of.

// crawlRun is what a crawl under way tells the ledger.
type crawlRun struct {
	hosts func() []polite.HostState

	mu      sync.Mutex
	tallies crawler.Tallies
}

func (r *crawlRun) heard(e crawler.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tallies.Add(e, time.Now())
}

// tell fills in what a crawl did so far.
func (r *crawlRun) tell(w *ledger.Work) {
	told := r.told()
	for _, one := range told.Sources {
		w.Fetched += one.Bytes
	}
	for _, h := range told.Hosts {
		w.Requests += int64(h.Requests)
	}
	w.Told = told.Text()
}

// end fills in how a crawl ended. A budget that was used up says more than that something failed besides.
func (r *crawlRun) end(w *ledger.Work, how ledger.How, s *crawler.Summary, err error) {
	w.How, w.Fetched = how, s.Bytes
	switch {
	case how != ledger.Done:
	case s.Ended == crawler.EndedBytes:
		w.How = ledger.SpentBytes
	case s.Ended == crawler.EndedTime:
		w.How = ledger.SpentTime
	case s.Failed > 0:
		w.How = ledger.InPart
	}
	if how == ledger.Failed {
		told := r.told()
		told.Why = crawler.Why(err)
		w.Told = told.Text()
	}
}

func (r *crawlRun) told() operations.Told {
	r.mu.Lock()
	defer r.mu.Unlock()
	hosts := operations.Hosts(r.hosts())
	return operations.Told{Sources: r.tallies.List(), Hosts: hosts, Asked: len(hosts)}
}

// metered does a work and enters what it cost, also when it failed or was interrupted: it was spent all the same. tell fills in what
// it did so far; it is asked while the work goes on too, and a last time when it is over. That it cannot be entered is told and changes nothing else.
func (p *program) metered(ctx context.Context, s *store, what string, tell func(w *ledger.Work, over bool), do func() error) error {
	spent := ledger.CPU()
	work := ledger.Work{What: what, Began: time.Now()}
	lasting := context.WithoutCancel(ctx)
	l, failed := ledger.Open(lasting, s.dir, s.disk)
	if failed != nil {
		err := do()
		p.notEntered(failed, err)
		return err
	}
	defer l.Close()
	id, failed := l.Begin(lasting, work)
	now := func(over bool) ledger.Work {
		w := work
		w.CPU = ledger.CPU() - spent
		tell(&w, over)
		return w
	}
	end := background(ctx, func(ctx context.Context) {
		tick := time.NewTicker(ledger.Beat)
		defer tick.Stop()
		for failed == nil {
			select {
			case at := <-tick.C:
				_ = l.Tell(ctx, id, now(false), at) // the next one, or the end, tells all of it
			case <-ctx.Done():
				return
			}
		}
	})
	err := do()
	end()
	if failed == nil {
		w := now(true)
		w.Ended, w.Stored = time.Now(), ledger.Weigh(s.dir)
		if w.How == ledger.UnderWay {
			w.How = howEnded(ctx, err)
		}
		failed = l.Tell(lasting, id, w, w.Ended)
	}
	p.notEntered(failed, err)
	return err
}

func (p *program) notEntered(failed, err error) {
	if failed != nil && err == nil && !errors.Is(failed, fs.ErrNotExist) {
		p.tell(fmt.Errorf("enter what it cost: %w", failed))
	}
}

func howEnded(ctx context.Context, err error) ledger.How {
	switch {
	case ctx.Err() != nil:
		return ledger.Interrupted
	case err != nil:
		return ledger.Failed
	}
	return ledger.Done
}
