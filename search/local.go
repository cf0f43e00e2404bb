// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"communs/indexer"
)

// Options tunes a Local searcher.
type Options struct {
	Public     bool  // show and search code only where its licence is known to be free
	CacheBytes int64 // decompressed content kept in memory; 0 means indexer.DefaultCacheBytes
}

// Local searches the index of a data folder of this machine. It follows what is published there: a new generation
// serves from the next request on, while running requests end on the one that they began with. It is safe for
// concurrent use.
type Local struct {
	dir     string
	options Options

	mu      sync.Mutex // held while a generation is opened
	closed  bool
	current atomic.Pointer[generation] // nil until something was published
	failed  atomic.Pointer[failure]    // why the newest generation cannot be read
}

type failure struct {
	stamp string
	err   error
}

// ErrNoIndex says that nothing was indexed yet in the data folder.
var ErrNoIndex = indexer.ErrNoIndex

// ErrNoPrints says that the index was written before there was anything to find similar blocks by.
var ErrNoPrints = indexer.ErrNoPrints

// Open opens the index of a data folder. A folder without one is no error: searches say so until something is indexed.
func Open(dir string, o Options) (*Local, error) {
	l := &Local{dir: dir, options: o}
	g, err := l.acquire()
	if err == nil {
		g.release()
	} else if !errors.Is(err, indexer.ErrNoIndex) {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	return l, nil
}

// Close gives everything back once the last running request has ended.
func (l *Local) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if g := l.current.Swap(nil); g != nil {
		g.release()
	}
	return nil
}

// acquire gives the generation in service for reading; release it.
func (l *Local) acquire() (*generation, error) {
	stamp, err := indexer.Stamp(l.dir)
	if err != nil {
		return nil, err
	}
	for range 3 {
		g := l.current.Load()
		f := l.failed.Load()
		if g != nil && (g.stamp == stamp || f != nil && f.stamp == stamp) && g.acquire() {
			return g, nil
		}
		if err := l.reopen(stamp); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the index changes faster than it can be opened")
}

// reopen puts the published generation in service. When it cannot be read, the one before stays.
func (l *Local) reopen(stamp string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.current.Load()
	if l.closed {
		return errors.New("the searcher is closed")
	}
	if old != nil && old.stamp == stamp {
		return nil
	}
	x, err := indexer.Open(l.dir, indexer.OpenOptions{CacheBytes: l.options.CacheBytes})
	if err != nil {
		l.failed.Store(&failure{stamp, err})
		if old != nil {
			return nil
		}
		return err
	}
	l.failed.Store(nil)
	l.current.Store(newGeneration(x, stamp, l.options.Public))
	if old != nil {
		old.release()
	}
	return nil
}

// Search answers a question.
func (l *Local) Search(ctx context.Context, q Query) (*Page, error) {
	began := time.Now()
	deadline := q.Deadline
	if deadline <= 0 {
		deadline = DefaultDeadline
	}
	parsed, err := Parse(q.Text)
	if err != nil {
		return nil, err
	}
	q.N = min(max(q.N, 0), maxReach)
	question := parsed.String()
	from, err := decodeCursor(q.After, question)
	if err != nil {
		return nil, err
	}
	g, err := l.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release()
	if parsed.want != wantBlocks {
		return g.searchRecords(parsed, q, from, question, began)
	}
	extra := g.expand(parsed)
	p, err := newPlan(parsed, extra)
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", question, err)
	}
	timed, cancel := context.WithDeadline(ctx, began.Add(deadline))
	defer cancel()
	r := newRun(g, p, l.options.Public)
	r.keep = enough(from.offset, q.N)
	r.do(timed)
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	if r, err = r.relaxed(timed); err != nil {
		return nil, err
	}
	p = r.plan
	chosen := r.arrange(timed, from.offset, q.N)
	page := &Page{Total: len(r.matches), Reason: r.reason(timed)}
	page.Partial = page.Reason != ""
	places := maxOccurrences
	if q.N == 0 {
		places = 0
	}
	page.Hits = r.present(&chosen, places, deadline-time.Since(began))
	page.Later = r.toldLater(&chosen)
	if l.options.Public {
		page.Withheld = r.withheld()
	}
	if p.relaxed != nil {
		page.Relaxed = p.relaxed.answer(r.matches)
	}
	if extra != nil {
		page.Added = extra.added
	}
	if p.relaxed != nil {
		page.Added = append(slices.Clip(page.Added), p.relaxed.added...)
	}
	if chosen.next > 0 {
		page.Next = cursor{chosen.next, g.x.Generation()}.encode(question)
	}
	if q.Explain {
		page.Explain = &Explain{
			Query: question, Candidates: r.toldCandidates(), Verified: int(r.verified.Load()), Shards: len(g.x.Shards()),
			Millis: float64(time.Since(began).Microseconds()) / 1000,
		}
		for _, leaf := range p.leaves {
			page.Explain.Plan = append(page.Explain.Plan, describe(leaf))
		}
		if p.relaxed != nil {
			page.Explain.Plan = append(page.Explain.Plan, p.relaxed.describe(p))
		}
	}
	return page, nil
}

// searchRecords answers a question for repositories or components.
func (g *generation) searchRecords(parsed *Parsed, q Query, from cursor, question string, began time.Time) (*Page, error) {
	var found []recordMatch
	var extra *expansion
	var err error
	page := &Page{Hits: []Hit{}}
	candidates := len(g.repos)
	if parsed.want == wantRepos {
		found, err = g.findRepos(parsed)
	} else {
		extra = g.expand(parsed)
		found, err = g.findComponents(parsed, extra)
		candidates = len(g.components().all)
		switch {
		case len(g.faults.list()) > 0:
			page.Reason = "damaged"
		case g.withoutComponents():
			page.Reason = reasonManifests
		}
	}
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", question, err)
	}
	shown, more := paged(found, from.offset, q.N)
	page.Total, page.Partial = len(found), page.Reason != ""
	if parsed.want == wantRepos {
		page.Repositories = g.repoPage(shown)
	} else {
		page.Components = g.componentPage(shown)
	}
	if extra != nil {
		page.Added = extra.added
	}
	if more {
		page.Next = cursor{from.offset + len(shown), g.x.Generation()}.encode(question)
	}
	if q.Explain {
		page.Explain = &Explain{
			Query: question, Candidates: candidates, Shards: len(g.x.Shards()),
			Millis: float64(time.Since(began).Microseconds()) / 1000, Plan: []string{},
		}
	}
	return page, nil
}

// Status says what is in service.
func (l *Local) Status(context.Context) (*Status, error) {
	s := &Status{Faults: []string{}}
	g, err := l.acquire()
	switch {
	case errors.Is(err, indexer.ErrNoIndex):
		return s, nil
	case err != nil:
		return nil, err
	}
	defer g.release()
	s.Generation, s.Repositories, s.Files = g.x.Generation(), len(g.repos), g.files
	s.Blocks, s.Bytes = g.blocks, g.bytes
	if f := l.failed.Load(); f != nil {
		s.Faults = append(s.Faults, f.err.Error())
	}
	for _, err := range g.faults.list() {
		s.Faults = append(s.Faults, err.Error())
	}
	return s, nil
}
