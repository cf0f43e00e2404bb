// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"slices"
	"time"

	"communs/crawler/webhook"
)

// What webhooks have named comes first in a crawl; with Options.Hooked it is all of it. A row leaves the queue once its repository was looked at, and
// only if no message has come since the looking began: a crawl that is killed looks again.

const (
	hookTries = 20             // of a repository that cannot be looked at; the next full listing comes to it all the same
	hookMost  = 24 * time.Hour // longest time between two of them
)

// lookings are what a crawl looks at because of webhooks.
type lookings struct {
	rows     map[string][]hookRow // by the key of what is brought for them
	outcomes map[string]Event     // of what was brought
	whole    map[string]hookRow   // sources to be listed whole, by name
}

// hooked brings what webhooks have named of all sources, before any of them is listed.
func (r *crawl) hooked(ctx context.Context, queue chan<- Repository) {
	for i := range r.sources {
		l := &r.sources[i]
		if l.err != nil || l.source != nil || l.config.HookEnv+l.config.HookFile == "" || r.spent() {
			continue
		}
		if err := r.hookedOf(ctx, l, queue); err != nil {
			r.failList(ctx, l, err)
		}
	}
}

func (r *crawl) hookedOf(ctx context.Context, l *listed, queue chan<- Repository) error {
	now := r.c.cfg.Now()
	list, err := r.c.store.dueHooks(ctx, l.name, now)
	if err != nil || len(list) == 0 {
		return err
	}
	if !r.opts.DryRun { // what is told from now on is not taken for what is looked at now
		if err := r.c.store.look(ctx, l.name, now); err != nil {
			return err
		}
		if list, err = r.c.store.dueHooks(ctx, l.name, now); err != nil {
			return err
		}
	}
	if _, err := r.source(ctx, l); err != nil { // it is what is asked about its repositories
		if !r.opts.Hooked {
			return nil // listing it tells
		}
		return err
	}
	for _, row := range list {
		if row.key == "" {
			r.lookings.whole[l.name] = row
			continue
		}
		repo, found, err := r.lookAt(ctx, l, row)
		if err != nil {
			return err
		}
		if ctx.Err() != nil || r.spent() {
			return nil
		}
		if !found.look {
			if err := r.settleHooks(ctx, []hookRow{row}, found.outcome()); err != nil {
				return err
			}
			continue
		}
		repo.hooked, repo.Source = true, l.name
		if err := r.expect(ctx, AddressKey(repo.URL), row); err != nil {
			return err
		}
		if !r.send(ctx, l, repo, queue) {
			return nil
		}
	}
	return nil
}

// finding is what is to be done about a repository that was named.
type finding struct {
	look  bool // bring it
	again bool // its forge does not answer: ask again later
}

// outcome is that of a repository that is not brought.
func (f finding) outcome() Event {
	if f.again {
		return Event{Kind: Postponed}
	}
	return Event{Kind: Skipped}
}

// lookAt finds out what is known of a repository that was named, here and at its forge. Of one that is known, a push needs no more than a look at
// its references.
func (r *crawl) lookAt(ctx context.Context, l *listed, row hookRow) (Repository, finding, error) {
	known, err := r.c.named(ctx, row)
	repo := repositoryAt(row.url, l.name)
	if err != nil {
		return repo, finding{}, err
	}
	if known != nil {
		repo = known.Repository
		repo.Source = l.name
		if row.event == webhook.Push && row.old == "" && known.commit != "" && known.missingSince.IsZero() && known.key == row.key {
			return repo, finding{look: true}, nil
		}
	}
	status, ok := r.ask(ctx, repo)
	now := status.Repository
	switch now.hooked = true; {
	case !ok || status.State == StateUnknown:
		return repo, finding{again: true}, nil
	case status.State == StateMoved && known != nil:
		known.Source = l.name
		if r.opts.DryRun {
			return now, finding{look: true}, nil
		}
		moved, err := r.c.rename(ctx, known, now, r.tell)
		if moved != nil {
			repo = moved.Repository
		}
		return repo, finding{look: true}, err
	case status.State == StateMoved, status.State == StatePresent, status.State == StateArchived:
		return now, finding{look: known != nil || l.config.lists(now)}, nil
	case known != nil: // its git server is asked too, and what it says is judged as ever
		return repo, finding{look: true}, nil
	case status.State == StatePrivate:
		r.hidden(1)
	}
	return repo, finding{}, nil
}

// named is what is known of a repository that was named; nil when nothing is.
func (c *Crawler) named(ctx context.Context, row hookRow) (*record, error) {
	for _, address := range []string{row.old, row.url} {
		if address == "" {
			continue
		}
		if rec, err := c.find(ctx, address); rec != nil || err != nil {
			return rec, err
		}
	}
	if row.number == 0 {
		return nil, nil
	}
	list, err := c.store.numbered(ctx, row.source, row.number)
	if len(list) == 0 {
		return nil, err
	}
	return list[0], err
}

// lists reports whether a source lists a repository, as its forge describes it. A search cannot be asked about one.
func (sc SourceConfig) lists(repo Repository) bool {
	forge, path, ok := sc.below(repo.URL)
	if !ok || sc.within(forge, path) == "" {
		return false
	}
	switch s := sc.scope(); s.field {
	case fieldTopic:
		return slices.Contains(repo.Topics, s.value)
	case fieldSearch:
		return false
	}
	return true
}

// expect has a row wait for what comes of a repository, which may have come already.
func (r *crawl) expect(ctx context.Context, key string, row hookRow) error {
	r.mu.Lock()
	e, came := r.lookings.outcomes[key]
	if !came {
		r.lookings.rows[key] = append(r.lookings.rows[key], row)
	}
	r.mu.Unlock()
	if came {
		return r.settleHooks(ctx, []hookRow{row}, e)
	}
	return nil
}

// looked settles the rows that a repository was brought for.
func (r *crawl) looked(ctx context.Context, repo Repository, e Event) error {
	if !repo.hooked {
		return nil
	}
	key := AddressKey(repo.URL)
	r.mu.Lock()
	rows := r.lookings.rows[key]
	delete(r.lookings.rows, key)
	r.lookings.outcomes[key] = Event{Kind: e.Kind, Until: e.Until}
	r.mu.Unlock()
	return r.settleHooks(ctx, rows, e)
}

// listedWhole settles that a source was to be listed whole: its listing began anew, and came to its end.
func (r *crawl) listedWhole(ctx context.Context, source string) error {
	row, ok := r.lookings.whole[source]
	if !ok {
		return nil
	}
	return r.settleHooks(ctx, []hookRow{row}, Event{})
}

// settleHooks takes rows out of the queue, or puts them off: what has vanished is asked for once more after the grace period, since its forge's word
// counts when it has said so twice.
func (r *crawl) settleHooks(ctx context.Context, rows []hookRow, e Event) error {
	if r.opts.DryRun {
		return nil
	}
	var list []statement
	now := r.c.cfg.Now()
	for _, row := range rows {
		later, tries := time.Time{}, 0
		switch {
		case (e.Kind == Failed || e.Kind == Postponed) && row.tries+1 < hookTries:
			later, tries = now.Add(min(time.Minute<<min(row.tries, 12), hookMost)), row.tries+1
		case (e.Kind == Vanished || e.Kind == Emptied) && e.Until.After(now):
			later = e.Until
		}
		if later.IsZero() {
			list = append(list, statement{`DELETE FROM crawl_hooks WHERE source = ? AND key = ? AND serial = ?`, []any{row.source, row.key, row.serial}})
			continue
		}
		list = append(list, statement{`UPDATE crawl_hooks SET later = ?4, tries = ?5 WHERE source = ?1 AND key = ?2 AND serial = ?3`,
			[]any{row.source, row.key, row.serial, toUnix(later), tries}})
	}
	if len(list) == 0 {
		return nil
	}
	return r.c.store.inOne(context.WithoutCancel(ctx), list...)
}
