// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/sha256"
	"io"
	"iter"
	"sync"
	"time"
)

// A source that is listed page by page is listed from where its cursor stands. What a page brings is written into the queue in the
// same transaction as the cursor behind it, and only then brought: a crawl that is killed goes on with the queue, then with the
// next page. What no repository has been active in since the last listing came to its end is not even asked for its references.
//
// A source that tells what has changed is listed whole when it never was, and again every Config.FullEvery, since no list of changes
// tells what was deleted. What such a listing does not have any more is noted ([Crawler.Unlisted]) and, when it is mirrored, asked for: a
// deleted repository vanishes then as any other does.

// source makes the source; what kind it is of is found out first, when the operator did not say.
func (r *crawl) source(ctx context.Context, l *listed) (Source, error) {
	if l.source != nil || l.err != nil {
		return l.source, l.err
	}
	cfg := r.c.cfg
	cfg.known = r.c.mirrored
	cfg.answers = &answers{r.c.store, cfg.Now, r.opts.DryRun}
	sc, found, err := r.c.recognised(ctx, l.config, cfg, !r.opts.DryRun)
	if err != nil {
		return nil, err
	}
	if found {
		r.tell(Event{Kind: Recognised, Source: l.name, As: sc.Kind})
	}
	r.mu.Lock()
	r.forges[l.name] = &forgeAsked{config: sc}
	if sc.Kind == KindSWH {
		r.archives[l.name] = sc
	}
	r.mu.Unlock()
	return NewSource(sc, cfg)
}

// forgeAsked is a forge that can be asked what has become of its repositories, about one at a time.
type forgeAsked struct {
	config SourceConfig
	mu     sync.Mutex
	made   bool
	forge  Confirmer
}

// ask asks the forge of a repository what has become of it; ok is false when there is none to ask.
func (r *crawl) ask(ctx context.Context, repo Repository) (s Status, ok bool) {
	r.mu.Lock()
	f := r.forges[repo.Source]
	r.mu.Unlock()
	if f == nil {
		return Status{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.made {
		f.made = true
		forge, err := r.c.Confirmer(f.config)
		if err == nil {
			f.forge = forge
		}
	}
	if f.forge == nil {
		return Status{}, false
	}
	s, err := f.forge.Status(ctx, repo)
	if err != nil {
		s = Status{State: StateUnknown} // its failure tells nothing of the repository
	}
	return s, true
}

// listPages lists a source from its cursor on.
func (r *crawl) listPages(ctx context.Context, l *listed, src *pagedSource, send func(Repository) bool) {
	if closer, ok := src.lister.(io.Closer); ok {
		defer closer.Close()
	}
	state, err := r.c.store.source(ctx, l.name)
	if err != nil {
		r.failList(ctx, l, err)
		return
	}
	if goOn, err := r.leftOver(ctx, l.name, send); err != nil || !goOn {
		if err != nil {
			r.failList(ctx, l, err)
		}
		return
	}
	anew := !parsePlace(state.cursor).underway()
	if _, asked := r.lookings.whole[l.name]; asked && anew {
		state.whole = time.Time{}
	}
	here, whole := r.begin(&state, src)
	before := here.Since
	for p, err := range src.pages(ctx, here) {
		r.received(src)
		if err != nil {
			r.failList(ctx, l, err)
			return
		}
		l.empty = false
		for _, err := range p.left {
			r.tell(Event{Kind: Skipped, Source: l.name, Err: err})
		}
		if state.cursor = p.place.cursor(); p.last && whole {
			state.whole, state.begun = r.c.cfg.Now(), time.Time{}
		}
		bring, err := r.take(ctx, l.name, state, p.repos, before)
		if err != nil {
			r.failList(ctx, l, err)
			return
		}
		for _, repo := range bring {
			if !send(repo) {
				return
			}
		}
		if r.spent() && !p.last {
			return
		}
	}
	if whole && ctx.Err() == nil && !r.opts.DryRun && r.opts.Since.IsZero() {
		err := r.unlisted(ctx, l.name, state, send)
		if err == nil && anew {
			err = r.listedWhole(ctx, l.name)
		}
		if err != nil {
			r.failList(ctx, l, err)
		}
	}
	if ctx.Err() == nil && !r.opts.DryRun && r.opts.Since.IsZero() {
		if err := r.again(ctx, l.name, send); err != nil {
			r.failList(ctx, l, err)
		}
	}
}

// begin decides where a listing begins, and whether it goes through everything.
func (r *crawl) begin(state *sourceState, src *pagedSource) (here place, whole bool) {
	if !r.opts.Since.IsZero() {
		return place{Since: r.opts.Since}, false
	}
	here = parsePlace(state.cursor)
	if here.underway() {
		return here, !state.begun.IsZero()
	}
	now := r.c.cfg.Now()
	here.Full = src.order != unordered && (state.whole.IsZero() || now.Sub(state.whole) >= r.c.cfg.FullEvery)
	if whole = here.Full || src.order == unordered; whole {
		state.pass++
		state.begun = now
	}
	return here, whole
}

// leftOver sends what the last crawl of a source did not come to, or failed at, since its cursor has passed it.
func (r *crawl) leftOver(ctx context.Context, source string, send func(Repository) bool) (goOn bool, err error) {
	for repo, err := range r.c.store.queued(ctx, source) {
		if err != nil {
			return false, err
		}
		if !send(repo) {
			return false, nil
		}
	}
	list, err := r.c.store.list(ctx, "source = ? AND retry = 1", source)
	if err != nil {
		return false, err
	}
	for _, rec := range list {
		if !send(rec.Repository) {
			return false, nil
		}
	}
	return true, nil
}

// take notes a page, and gives of it what is to be brought.
func (r *crawl) take(ctx context.Context, source string, state sourceState, repos []Repository, before time.Time) (bring []Repository, err error) {
	var keys, private []string
	asked, err := r.c.requests(ctx)
	if err != nil {
		return nil, err
	}
	for _, repo := range repos {
		key := AddressKey(repo.URL)
		if why, out := asked.reason(key); out {
			if r.first(repo.URL) {
				r.tell(Event{Kind: Found, Source: source, Repository: repo})
				r.tell(Event{Source: source, Repository: repo}.refused(why))
			}
			continue
		}
		if repo.Visibility == VisibilityPrivate || repo.Visibility == VisibilityInternal {
			private = append(private, key)
			continue
		}
		if !r.opts.Since.IsZero() && !repo.PushedAt.IsZero() && repo.PushedAt.Before(r.opts.Since) {
			continue
		}
		if key != "" { // it will be refused with its reason
			keys = append(keys, key)
		}
		still, err := r.unmoved(ctx, key, repo, before)
		if err != nil {
			return nil, err
		}
		if still {
			if r.first(repo.URL) {
				r.tell(Event{Kind: Found, Source: source, Repository: repo})
				r.tell(Event{Kind: Unchanged, Source: source, Repository: repo})
			}
			continue
		}
		if !r.had(repo) {
			bring = append(bring, repo)
		}
	}
	r.hidden(len(private))
	switch {
	case r.opts.DryRun:
		return bring, nil
	case !r.opts.Since.IsZero():
		return bring, r.c.store.enqueue(ctx, source, bring)
	}
	return bring, r.c.store.takePage(ctx, source, state, keys, private, bring, r.c.cfg.Now())
}

// had reports whether this crawl came to a repository already, from what was left over or by another source, and it has not been active since:
// nobody would take it out of the queue again.
func (r *crawl) had(repo Repository) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, seen := r.seen[shortKey(AddressKey(repo.URL))]
	return seen && (repo.PushedAt.IsZero() || repo.PushedAt.Before(r.started.Add(-clockMargin)))
}

// clockMargin is by how much a forge's clock may be behind ours.
const clockMargin = 2 * time.Hour

// unmoved reports whether a repository that is mirrored has not been active since a listing that came to its end. What the forge
// says of it besides may be new.
func (r *crawl) unmoved(ctx context.Context, key string, repo Repository, before time.Time) (bool, error) {
	if repo.PushedAt.IsZero() || !repo.PushedAt.Before(before) || key == "" || hasOptOutTopic(repo) {
		return false, nil
	}
	rec, err := r.c.store.get(ctx, key)
	if err != nil || rec == nil {
		return false, err
	}
	giveBack, err := r.c.claims.take(ctx, rec.mirror)
	if err != nil {
		return false, err
	}
	defer giveBack()
	rec, err = r.c.store.get(ctx, key) // a worker may have fetched it since
	if err != nil || rec == nil || rec.commit == "" || rec.retry || !rec.missingSince.IsZero() || !rec.gone.IsZero() {
		return false, err
	}
	repo.URL, repo.Source = rec.URL, rec.Source
	if repo.Clone == "" {
		repo.Clone = rec.Clone
	}
	if rec.about(repo) || r.opts.DryRun {
		return true, nil
	}
	rec.Repository = repo
	return true, r.c.store.put(ctx, rec)
}

// unlisted notes what a full listing did not have any more, and sends what of it is mirrored.
func (r *crawl) unlisted(ctx context.Context, source string, state sourceState, send func(Repository) bool) error {
	if err := (&answers{r.c.store, r.c.cfg.Now, false}).prune(ctx, source); err != nil {
		return err
	}
	missed, err := r.c.store.miss(ctx, source, state.pass, r.c.cfg.Now())
	if err != nil {
		return err
	}
	for _, rec := range missed {
		r.tell(Event{Kind: Unlisted, Source: source, Repository: rec.Repository})
		if rec, err = r.whereabouts(ctx, source, rec); err != nil {
			return err
		}
		if !send(rec.Repository) {
			return nil
		}
	}
	return nil
}

// again sends what its source does not list any more, and of which its forge is yet to say, once more after the grace period, what has
// become of it.
func (r *crawl) again(ctx context.Context, source string, send func(Repository) bool) error {
	list, err := r.c.store.list(ctx, `commit_name <> '' AND gone = 0 AND missing_since <> 0
		AND key IN (SELECT key FROM crawl_listed WHERE source = ?1 AND missed <> 0)
		AND key NOT IN (SELECT key FROM crawl_fates WHERE said > ?2)`, source, toUnix(r.c.cfg.Now().Add(-r.c.cfg.Grace)))
	if err != nil {
		return err
	}
	for _, rec := range list {
		if !send(rec.Repository) {
			return nil
		}
	}
	return nil
}

// whereabouts asks the forge of a repository that its source does not list any more. One that only left what the source lists is no matter
// any more; one that has moved goes on under its new address.
func (r *crawl) whereabouts(ctx context.Context, source string, rec *record) (*record, error) {
	if key := sha256.Sum256([]byte(rec.key)); r.has([16]byte(key[:16])) {
		return rec, nil // it is being brought at this moment
	}
	s, ok := r.ask(ctx, rec.Repository)
	if !ok {
		return rec, nil
	}
	switch s.State {
	case StateMoved:
		moved, err := r.c.rename(ctx, rec, s.Repository, r.tell)
		if err == nil && moved != nil {
			return moved, nil
		}
		return rec, err
	case StatePresent, StateArchived:
		return rec, r.c.Settle(ctx, source, rec.URL)
	}
	return rec, nil
}

func (r *crawl) has(short [16]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, seen := r.seen[short]
	return seen
}

// Missed is a repository that its source listed once, and did not at its last full listing: it was renamed, made private, deleted, or
// handed to somebody else.
type Missed struct {
	Repository
	Since time.Time
}

// Unlisted yields what a source does not list any more. [Confirmer] tells what has become of each; [Crawler.Settle] closes the matter.
func (c *Crawler) Unlisted(ctx context.Context, source string) iter.Seq2[Missed, error] {
	return func(yield func(Missed, error) bool) {
		list, err := c.store.missed(ctx, source)
		if err != nil {
			yield(Missed{}, err)
			return
		}
		for _, m := range list {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// Settle forgets that a source once listed a repository: what became of it is known.
func (c *Crawler) Settle(ctx context.Context, source, url string) error {
	return c.store.exec(ctx, `DELETE FROM crawl_listed WHERE source = ? AND key = ?`, source, AddressKey(url))
}

// mirrored reports whether a repository has been mirrored.
func (c *Crawler) mirrored(ctx context.Context, url string) bool {
	rec, err := c.find(ctx, url)
	return err == nil && rec != nil && rec.commit != ""
}
