// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"communs/crawler/heritage"
)

// ArchiveRefresh says what the archive is asked.
type ArchiveRefresh struct {
	Older  time.Duration           // only what was last asked longer ago than this, or has moved since
	Visits int                     // so many repositories at most are asked for the day of the archive's visit: a request each
	Tell   func(asked, visits int) // hears of progress; may be nil
}

// ArchiveAsked is what a refresh has done.
type ArchiveAsked struct {
	Asked  int `json:"asked"`  // repositories
	Held   int `json:"held"`   // of them, in the archive
	Visits int `json:"visits"` // repositories whose latest visit was asked for
}

// RefreshArchive asks the archive about the repositories that are mirrored: 1,000 commits in one request, then the snapshots of those that it
// holds, then the latest visits to a few of these, the longest unasked first. What the archive has since said that it saved is asked for again at once. Each answer is written down as it comes: what was
// interrupted goes on from there.
func (c *Crawler) RefreshArchive(ctx context.Context, client *heritage.Client, opts ArchiveRefresh) (done ArchiveAsked, err error) {
	list, err := c.archived(ctx)
	if err != nil {
		return done, err
	}
	before := c.cfg.Now().Add(-opts.Older)
	var due []*Archived
	for _, a := range list {
		saved := a.Holds == "" && a.Save.Task == "succeeded" && a.Save.Asked.After(a.Asked)
		if a.Moved || a.Asked.IsZero() || a.Asked.Before(before) || saved {
			due = append(due, a)
		}
	}
	tell := func() {
		if opts.Tell != nil {
			opts.Tell(done.Asked, done.Visits)
		}
	}
	err = c.askHoldings(ctx, client, due, func(a *Archived) {
		done.Asked++
		if a.Holds != "" {
			done.Held++
		}
		tell()
	})
	if err != nil {
		return done, err
	}
	for _, a := range list {
		if done.Visits >= opts.Visits {
			break
		}
		if a.Holds == "" || !a.Visit.Asked.IsZero() && !a.Visit.Asked.Before(before) {
			continue
		}
		if err := c.askVisit(ctx, client, a); err != nil {
			return done, err
		}
		done.Visits++
		tell()
	}
	return done, nil
}

// askHoldings asks which commits the archive holds, and of those that it does, whether it holds all branches as they are.
func (c *Crawler) askHoldings(ctx context.Context, client *heritage.Client, list []*Archived, each func(*Archived)) error {
	byCommit, bySnapshot := map[heritage.ID][]*Archived{}, map[heritage.ID][]*Archived{}
	var commits, snapshots []heritage.ID
	for _, a := range list {
		if byCommit[a.Revision] == nil {
			commits = append(commits, a.Revision)
		}
		byCommit[a.Revision] = append(byCommit[a.Revision], a)
	}
	err := client.Known(ctx, commits, func(known map[heritage.ID]bool) error {
		return c.noteHoldings(ctx, known, byCommit, HoldsCommit, func(a *Archived) {
			if a.Holds != "" && !a.Snapshot.IsZero() {
				if bySnapshot[a.Snapshot] == nil {
					snapshots = append(snapshots, a.Snapshot)
				}
				bySnapshot[a.Snapshot] = append(bySnapshot[a.Snapshot], a)
			}
			each(a)
		})
	})
	if err != nil {
		return err
	}
	return client.Known(ctx, snapshots, func(known map[heritage.ID]bool) error {
		return c.noteHoldings(ctx, known, bySnapshot, HoldsSnapshot, func(*Archived) {})
	})
}

// noteHoldings writes down one answer. Of a snapshot, only that it is known says something new.
func (c *Crawler) noteHoldings(ctx context.Context, known map[heritage.ID]bool, of map[heritage.ID][]*Archived, holds string, each func(*Archived)) error {
	now := c.cfg.Now()
	var answers []archiveAnswer
	var noted []*Archived
	for id, yes := range known {
		for _, a := range of[id] {
			switch {
			case yes:
				a.Holds = holds
			case holds == HoldsSnapshot:
				continue
			default:
				a.Holds = ""
			}
			a.Asked, a.Moved = now, false
			answers = append(answers, archiveAnswer{a.key, Hash(a.Revision.Hash).String(), a.Holds})
			noted = append(noted, a)
		}
	}
	if err := c.store.setAnswers(ctx, answers, now); err != nil {
		return err
	}
	for _, a := range noted {
		each(a)
	}
	return nil
}

// askVisit asks for the archive's latest visit to a repository. That there was none is an answer too.
func (c *Crawler) askVisit(ctx context.Context, client *heritage.Client, a *Archived) error {
	v, err := client.LatestVisit(ctx, a.URL)
	var none *heritage.NoVisitError
	if err != nil && !errors.As(err, &none) {
		return err
	}
	a.Visit = Visit{c.cfg.Now(), v.Time, v.Status, v.Snapshot}
	return c.store.setArchive(ctx, a.key, []string{"visit_asked", "visit_time", "visit_status", "visit_snapshot"},
		toUnix(a.Visit.Asked), toUnix(v.Time), v.Status, v.Snapshot.String())
}

// AskArchive asks about one repository that is mirrored: what the archive holds of it, its latest visit, and what became of the request
// to save it, if there is one.
func (c *Crawler) AskArchive(ctx context.Context, client *heritage.Client, url string) (Archived, error) {
	a, err := c.ArchiveOf(ctx, url)
	if err != nil || a.Omitted != "" {
		return a, err
	}
	if err := c.askHoldings(ctx, client, []*Archived{&a}, func(*Archived) {}); err != nil {
		return a, err
	}
	if err := c.askVisit(ctx, client, &a); err != nil {
		return a, err
	}
	if a.Save.Request == "" {
		return a, nil
	}
	return a, c.askSave(ctx, client, &a)
}

// noteSnapshot writes down what a repository's references were when its server listed them, if that has changed: what the archive said of
// the ones before no longer holds for all branches. A mirror that had been brought back has its origin again.
func (c *Crawler) noteSnapshot(ctx context.Context, key string, id heritage.ID) error {
	if id.IsZero() {
		return nil
	}
	var before, restored string
	err := c.store.db.QueryRowContext(ctx, `SELECT coalesce(max(snapshot), ''), coalesce(max(restored), '') FROM crawl_archive WHERE key = ?`, key).
		Scan(&before, &restored)
	if err != nil || before == id.String() && restored == "" {
		return err
	}
	return c.store.exec(ctx, `INSERT INTO crawl_archive (key, snapshot) VALUES (?, ?) ON CONFLICT (key) DO UPDATE
		SET holds = iif(holds = 'snapshot' AND snapshot <> excluded.snapshot, 'commit', holds), snapshot = excluded.snapshot, restored = '', restored_time = 0`,
		key, id.String())
}

// broughtBack reports whether a mirror comes from the archive: that its origin is gone is known.
func (c *Crawler) broughtBack(ctx context.Context, key string) (back bool, err error) {
	back, _, err = c.restoredOver(ctx, key)
	return back, err
}

// restoredOver reports, besides, whether an operator wanted it by name, whatever its server said.
func (c *Crawler) restoredOver(ctx context.Context, key string) (back, over bool, err error) {
	err = c.store.db.QueryRowContext(ctx, `SELECT restored <> '', restored_over <> 0 FROM crawl_archive WHERE key = ?`, key).Scan(&back, &over)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return back, over, err
}

// MaySave is the address under which the archive may be asked to save a repository. It is an error when that is no address for others, or
// when the repository opted out.
func (c *Crawler) MaySave(ctx context.Context, url string) (string, error) {
	r := Repository{URL: url}
	if err := c.checkAddresses(&r); err != nil {
		return "", &FetchError{URL: withoutUser(url), Reason: ReasonAddress, Err: err}
	}
	if err := c.mayPassOn(ctx, r.URL); err != nil {
		return "", err
	}
	known, err := c.find(ctx, r.URL)
	if err != nil || known == nil {
		return r.URL, err
	}
	if hasOptOutTopic(known.Repository) {
		return "", &OptOutError{URL: known.URL, By: byTopic}
	}
	return known.URL, nil
}

// mayPassOn is the reason why a repository stays out, if there is one.
func (c *Crawler) mayPassOn(ctx context.Context, url string) error {
	out, err := c.StaysOut(ctx, url)
	if err != nil || out == nil {
		return err
	}
	return &OptOutError{URL: out.URL, By: out.By, Reason: out.Reason}
}
