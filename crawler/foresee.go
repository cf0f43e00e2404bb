// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"

	"communs/internal/sqlite"
)

// A dry run lists as a crawl does and asks each server for its references, with the same manners, but receives no pack. It writes nothing: no
// lock, no row, no file, also where there is no data folder yet. What it cannot tell is what only the bytes tell: whether a history was written
// anew, and whether the owner keeps a repository out by a file in it.

// OlderError is a database that a dry run cannot read: it was written by an earlier version of Communs, and would have to be changed first.
type OlderError struct{ Path string }

func (e *OlderError) Error() string {
	return "database " + e.Path + " was written by an earlier version"
}

// Message says it to people.
func (e *OlderError) Message() (string, []any) { return "crawl.database-older", []any{e.Path} }

// startDry is start for a dry run. Where nothing was ever mirrored, it looks into tables that are as empty.
func (r *crawl) startDry(ctx context.Context) error {
	c := r.c
	if c.store == nil {
		db, err := sqlite.OpenEmpty(ctx)
		if err != nil {
			return err
		}
		defer func() {
			db.Close()
			c.store = nil
		}()
		c.store = &store{db: db, disk: c.cfg.Disk, path: "", now: c.cfg.Now}
		if err := sqlite.Migrate(ctx, db, "crawler", migrations()); err != nil {
			return err
		}
	}
	if have, err := sqlite.Version(ctx, c.store.db, "crawler"); err != nil {
		return sqlite.Damaged(c.store.path, err)
	} else if have < len(migrations()) {
		return &OlderError{c.store.path}
	}
	return r.carry(ctx)
}

// foresee tells what bringing a repository would come to.
func (r *crawl) foresee(ctx context.Context, repo Repository) Event {
	c := r.c
	a, out := c.admit(ctx, &repo)
	if out.Err != nil {
		return out
	}
	rec, repo, err := c.recorded(ctx, a.key, repo)
	if err != nil {
		out.Err = err
		return out
	}
	if why, ok := a.asked.reason(rec.key); ok {
		return out.refused(why)
	}
	out.Repository, out.Previous = repo, rec.commit
	limited, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	t := &task{repo: repo, record: rec, kept: a.kept, look: true, read: func(total int64) { out.Bytes = total }}
	s, err := c.stage(limited, t)
	there := false
	if errors.Is(err, errMissing) && rec.commit != "" {
		said, _ := r.ask(limited, rec.Repository)
		there = said.State == StatePresent || said.State == StateArchived
		if to := said.Repository; said.State == StateMoved && c.checkAddresses(&to) == nil && hostOf(AddressKey(to.URL)) == hostOf(rec.key) {
			r.tell(Event{Kind: Renamed, Source: out.Source, Repository: to, Previous: rec.URL})
			t.repo, out.Repository = to, to
			s, err = c.stage(limited, t)
		}
	}
	switch err = classify(limited, repo.URL, c.cfg, err); {
	case ctx.Err() != nil:
		out.Err = ctx.Err()
	case errors.Is(err, errMissing) && !there && (rec.commit != "" || !rec.missingSince.IsZero()):
		out.absent(rec, Vanished, c.cfg)
	case err != nil:
		out.Err = err
	case s.empty:
		out.absent(rec, Emptied, c.cfg)
	case s.unchanged && a.kept != nil:
		out.Kind, out.Err = Skipped, &OptOutError{repo.URL, a.kept.By, a.kept.Reason, a.kept.commit, a.kept.branch}
	case rec.commit == "" || !rec.gone.IsZero():
		out.Kind = New
	case s.unchanged || s.commit.String() == rec.commit:
		out.Kind = Unchanged
	default:
		out.Kind = Changed
	}
	return out
}

// absent is the event of a repository that holds nothing any more, or is not there.
func (e *Event) absent(rec *record, kind EventKind, cfg Config) {
	if e.Kind = kind; rec.commit == "" {
		return
	}
	since := rec.missingSince
	if since.IsZero() {
		since = cfg.Now()
	}
	e.Until = since.Add(cfg.Grace)
}

// recorded is the row of a repository under the address that it has or had, with what is to be asked for, as [Crawler.place] finds them; an empty
// one when it is new.
func (c *Crawler) recorded(ctx context.Context, key string, r Repository) (*record, Repository, error) {
	rec, err := c.store.get(ctx, key)
	if rec != nil || err != nil {
		if rec != nil {
			r.URL = rec.URL // known under one spelling
		}
		return rec, r, err
	}
	if rec, err = c.sameNumber(ctx, key, r); rec != nil || err != nil {
		return rec, r, err
	}
	target, err := c.store.alias(ctx, key)
	if err == nil && target != "" {
		rec, err = c.store.get(ctx, target)
	}
	switch {
	case err != nil:
		return nil, r, err
	case rec == nil || r.ForgeID > 0 && rec.ForgeID > 0 && r.ForgeID != rec.ForgeID:
		return &record{key: key, Repository: r}, r, nil
	}
	return rec, rec.Repository, nil
}
