// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"communs/crawler/polite"
)

// progressEvery is the least time between two progress events of one repository.
const progressEvery = 100 * time.Millisecond

// Options are how one crawl is to be done.
type Options struct {
	Since  time.Time // list what was active since, and leave the cursors where they are; zero: since the last crawl
	Hooked bool      // list nothing: bring what webhooks have named
	All    bool      // these are all the sources that there are: what waits for others goes in time
	DryRun bool      // tell what would be brought, and write nothing
	Budget Budget
}

// Crawl lists the sources and brings every repository's mirror up to date, Jobs of them side by side. report hears of
// each event, one at a time; it may be nil. One repository or source that fails does not stop the others. The error is the
// context's when it ended, or what makes going on pointless: a fault of our own disk, or no source at all that could
// be listed. Whatever was published by then stays published, and the next crawl goes on from there.
func (c *Crawler) Crawl(ctx context.Context, sources []SourceConfig, report func(Event)) (Summary, error) {
	return c.CrawlWith(ctx, sources, Options{}, report)
}

// CrawlWith is Crawl done in another way.
func (c *Crawler) CrawlWith(ctx context.Context, sources []SourceConfig, opts Options, report func(Event)) (Summary, error) {
	run := c.newRun(report)
	run.opts = opts
	names := map[string]bool{}
	for _, sc := range sources {
		l := listed{name: sc.name(), config: sc}
		if l.err = sc.check(); l.err == nil && sc.Place != "" && sc.Name != "" && names[sc.Name] { // cursors are kept by name
			l.err = &ConfigError{sc.where("name"), "name", "twice", sc.Name}
		}
		names[sc.Name] = true
		run.sources = append(run.sources, l)
	}
	start := run.start
	if opts.DryRun {
		start = run.startDry
	}
	err := start(ctx)
	run.sum.Requests, run.sum.Took = c.cfg.network.sent()-run.requests, time.Since(run.started)
	return run.sum, err
}

func (c *Crawler) newRun(report func(Event)) *crawl {
	return &crawl{c: c, report: report, seen: map[[16]byte]struct{}{}, told: map[string]time.Time{}, forges: map[string]*forgeAsked{}, archives: map[string]SourceConfig{},
		lookings: lookings{map[string][]hookRow{}, map[string]Event{}, map[string]hookRow{}}, started: time.Now(), requests: c.cfg.network.sent()}
}

// start runs a crawl while nobody else writes to the mirrors.
func (r *crawl) start(ctx context.Context) error {
	c := r.c
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := c.recover(ctx); err != nil {
		return diskFault(c.cfg.Dir, err)
	}
	for _, target := range c.nameless {
		r.tell(Event{Kind: Skipped, Source: target, Err: &WithdrawalError{target}})
	}
	c.nameless = nil
	err = r.carry(ctx)
	if err == nil && r.anew { // what was withdrawn from a mirror that could not be read until now
		err = diskFault(c.cfg.Dir, c.recover(ctx))
	}
	if clearErr := c.clearStaging(); err == nil && clearErr != nil {
		err = diskFault(c.cfg.Dir, clearErr)
	}
	return err
}

// carry runs a crawl that hears of its servers.
func (r *crawl) carry(ctx context.Context) error {
	stop := r.c.cfg.network.listen(r.host)
	defer stop()
	err := r.run(ctx)
	if r.c.children != nil {
		r.c.children.close()
	}
	r.c.cfg.network.CloseIdleConnections()
	r.sum.Hosts = r.c.cfg.network.Hosts()
	return err
}

// listed is a source in the course of a crawl.
type listed struct {
	name   string
	config SourceConfig
	source Source // when it is known in advance
	broken bool   // the listing did not come to its end
	empty  bool   // and nothing came before
	err    error
}

// crawl is one run of Crawl.
type crawl struct {
	c       *Crawler
	report  func(Event)
	sources []listed
	opts    Options
	anew    bool // mirrors are restored, whether they moved or not

	started  time.Time
	requests int64 // that were sent before

	mu       sync.Mutex
	sum      Summary
	seen     map[[16]byte]struct{} // hashes of keys: what two sources list is fetched once
	told     map[string]time.Time  // of the last progress event
	forges   map[string]*forgeAsked
	archives map[string]SourceConfig // sources that list what the archive has
	settled  []string                // keys of what did not move, still in the queue
	still    []string                // keys of what had not moved, to be noted
	fatal    error

	lookings lookings
}

func (r *crawl) run(ctx context.Context) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	queue := make(chan Repository)
	var wg sync.WaitGroup
	for range r.c.cfg.Jobs {
		wg.Go(func() {
			for repo := range queue {
				if r.spent() {
					continue // it stays in the queue
				}
				if err := r.bring(inner, repo); err != nil && inner.Err() == nil {
					r.giveUp(err)
					stop()
				}
			}
		})
	}
	r.hooked(inner, queue)
	for i := range r.sources {
		if _, whole := r.lookings.whole[r.sources[i].name]; !r.spent() && (whole || !r.opts.Hooked) {
			r.list(inner, &r.sources[i], queue)
		}
	}
	close(queue)
	wg.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r.fatal != nil:
		return r.fatal
	}
	var err error
	if !r.opts.DryRun {
		err = r.flush(ctx)
	}
	if err == nil && r.opts.All && !r.opts.Hooked && !r.opts.DryRun && r.opts.Since.IsZero() {
		err = r.clearDropped(ctx)
	}
	if err == nil {
		r.sum.Waiting, err = r.c.store.waiting(ctx)
	}
	if err != nil {
		return diskFault(r.c.cfg.Dir, err)
	}
	return r.nothingListed()
}

// bring brings one repository, or tells what would come of it. Its error is one that makes going on pointless.
func (r *crawl) bring(ctx context.Context, repo Repository) error {
	var e Event
	if r.opts.DryRun {
		e = r.foresee(ctx, repo)
	} else {
		e = r.c.bring(ctx, repo, r.anew, r.ask, r.tell)
	}
	e = r.orFromArchive(ctx, repo, e)
	if ctx.Err() != nil && e.Kind == Failed {
		return nil // stopped, not failed
	}
	if postponed(e.Err) {
		e.Kind = Postponed
	}
	r.tell(e)
	if r.opts.DryRun {
		return nil
	}
	var fault *FetchError
	if errors.As(e.Err, &fault) && fault.Reason == ReasonDisk {
		return e.Err
	}
	if err := r.settle(ctx, e); err != nil {
		return err
	}
	return r.looked(ctx, repo, e)
}

// list sends what a source holds to the queue, beginning with what was left over last time.
func (r *crawl) list(ctx context.Context, l *listed, queue chan<- Repository) {
	send := func(repo Repository) bool { return r.send(ctx, l, repo, queue) }
	l.empty = true
	source, err := r.source(ctx, l)
	if err != nil {
		r.failList(ctx, l, err)
		return
	}
	if paged, ok := source.(*pagedSource); ok {
		r.listPages(ctx, l, paged, send)
		return
	}
	var there []string
	for repo, err := range source.Repositories(ctx, "") {
		var skip *SkipError
		switch {
		case errors.As(err, &skip):
			l.empty = false
			r.tell(Event{Kind: Skipped, Source: l.name, Repository: repo, Err: skip.Err})
		case err != nil:
			r.failList(ctx, l, err)
		default:
			l.empty = false
			there = append(there, AddressKey(repo.URL))
			if !send(repo) {
				return
			}
		}
	}
	if folder, ok := source.(*folderSource); ok && !l.broken && ctx.Err() == nil {
		r.lost(ctx, l, folder.path, there, send)
	}
}

// send has a repository brought, unless it was listed before; it reports whether to go on.
func (r *crawl) send(ctx context.Context, l *listed, repo Repository, queue chan<- Repository) bool {
	if !r.first(repo.URL) {
		return true
	}
	r.tell(Event{Kind: Found, Source: l.name, Repository: repo})
	select {
	case queue <- repo:
		return !r.spent()
	case <-ctx.Done():
		return false
	}
}

// lost sends the repositories of a folder that are no longer found there, so that it is noted: also those below it that
// another source, or the command line, has named since.
func (r *crawl) lost(ctx context.Context, l *listed, folder string, there []string, send func(Repository) bool) {
	below := strings.TrimSuffix(fileURL(folder), "/")
	list, err := r.c.store.list(ctx, "gone = 0 AND (source = ? OR url > ? AND url < ?)", l.name, below+"/", below+"0") // 0 follows /
	if err != nil {
		r.failList(ctx, l, err)
		return
	}
	found := map[string]bool{}
	for _, key := range there {
		found[key] = true
	}
	for _, rec := range list {
		if found[rec.key] || rec.commit == "" {
			continue
		}
		if _, err := os.Lstat(rec.Path); err == nil && rec.Source != l.name {
			continue // another source's, and in its place
		}
		if !send(rec.Repository) {
			return
		}
	}
}

func (r *crawl) failList(ctx context.Context, l *listed, err error) {
	l.broken, l.err = true, err
	if ctx.Err() == nil {
		r.tell(Event{Kind: Failed, Source: l.name, Err: err})
	}
}

// host tells what happened between us and a server.
func (r *crawl) host(e polite.Event) {
	kinds := map[polite.EventKind]EventKind{polite.Resting: HostResting, polite.Waiting: HostWaiting, polite.Back: HostBack}
	r.tell(Event{Kind: kinds[e.Kind], Source: e.Host, Until: e.Until, Err: e.Err})
}

// first reports whether a repository has not been listed yet in this run.
func (r *crawl) first(url string) bool {
	key := AddressKey(url)
	if key == "" {
		return true // it will be refused with its reason
	}
	short := shortKey(key)
	r.mu.Lock()
	defer r.mu.Unlock()
	_, seen := r.seen[short]
	r.seen[short] = struct{}{}
	return !seen
}

// shortKey stands for a key in memory, where there may be millions.
func shortKey(key string) [16]byte {
	sum := sha256.Sum256([]byte(key))
	return [16]byte(sum[:])
}

// tell counts and passes on an event.
func (r *crawl) tell(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind == Progress {
		now := time.Now()
		if now.Sub(r.told[e.Repository.URL]) < progressEvery {
			return
		}
		r.told[e.Repository.URL] = now
	} else {
		delete(r.told, e.Repository.URL)
	}
	if e.Kind == Unchanged && !r.opts.DryRun {
		r.still = append(r.still, AddressKey(e.Repository.URL))
	}
	r.sum.add(e)
	if r.report != nil {
		r.report(e)
	}
}

func (r *crawl) giveUp(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fatal == nil {
		r.fatal = err
	}
}

// nothingListed is the first listing error when no source gave anything.
func (r *crawl) nothingListed() error {
	var first error
	for _, l := range r.sources {
		if !l.broken || !l.empty {
			return nil
		}
		if first == nil {
			first = l.err
		}
	}
	return first
}
