// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"time"

	"communs/crawler/webhook"
	"communs/internal/sqlite"
)

// hookTables keep what webhooks have named until it was looked at: one row for each repository, however many messages were about it.
// They take the place of a first table, in which nothing was ever written.
const hookTables = `
DROP TABLE crawl_hooks;
CREATE TABLE crawl_hooks (                      -- repositories to be looked at
	source TEXT NOT NULL,
	key    TEXT NOT NULL,                       -- of the address that was named; empty: the source is to be listed whole
	url    TEXT NOT NULL,
	old    TEXT NOT NULL DEFAULT '',            -- the address before a rename
	number INTEGER NOT NULL DEFAULT 0,          -- the forge's own number of it
	event  TEXT NOT NULL,                       -- of the latest message: push, create, rename, delete, change
	first  INTEGER NOT NULL,                    -- when the first one came
	serial INTEGER NOT NULL DEFAULT 0,          -- grows when a message comes that the looking under way may have missed
	looked INTEGER NOT NULL DEFAULT 0,          -- when a crawl began to look; 0: none has since the latest message
	tries  INTEGER NOT NULL DEFAULT 0,          -- that came to nothing
	later  INTEGER NOT NULL DEFAULT 0,          -- not to be looked at before
	PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE TABLE crawl_hook_counts (                -- what became of the messages
	source  TEXT NOT NULL,
	outcome TEXT NOT NULL,
	count   INTEGER NOT NULL,
	time    INTEGER NOT NULL,                   -- of the latest one
	PRIMARY KEY (source, outcome)
) WITHOUT ROWID;
ALTER TABLE crawl_journal ADD COLUMN hook INTEGER NOT NULL DEFAULT 0; -- whether a webhook led to it`

// maxHooked is how many repositories of one source may wait. Beyond, the source is listed whole in their place.
const maxHooked = 5000

// hookNeeded reports whether what was named is to be written: it need not be while it waits already, or the whole source does. What is private and not
// known here leaves no trace.
func (s *store) hookNeeded(ctx context.Context, n named, private bool, now time.Time) (bool, Outcome, error) {
	var waits, known bool
	err := s.db.QueryRowContext(ctx, `SELECT
		EXISTS (SELECT 1 FROM crawl_hooks WHERE source = ?1 AND looked = 0 AND (key = '' OR key = ?2 AND later <= ?3 AND (event = ?4 OR ?4 = ?5) AND (old = ?6 OR ?6 = ''))),
		EXISTS (SELECT 1 FROM crawl_repositories WHERE key = ?2) OR EXISTS (SELECT 1 FROM crawl_aliases WHERE key = ?2)`,
		n.source, n.key, toUnix(now), n.event, webhook.Push, n.old).Scan(&waits, &known)
	if err != nil {
		return false, "", sqlite.Damaged(s.path, err)
	}
	if private && !known && n.number > 0 {
		list, err := s.numbered(ctx, n.source, n.number)
		if err != nil {
			return false, "", err
		}
		known = len(list) > 0
	}
	if private && !known {
		return false, Ignored, nil
	}
	return !waits, Accepted, nil
}

// putHooks writes what was named, all at once.
func (s *store) putHooks(ctx context.Context, batch []*intake, now time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		touched := map[string]bool{}
		for _, n := range batch {
			touched[n.source] = true
			// What waits for a look that a push does not need waits on. The first address that it had is the one that is known here.
			_, err := tx.ExecContext(ctx, `INSERT INTO crawl_hooks (source, key, url, old, number, event, first) VALUES (?1,?2,?3,?4,?5,?6,?7)
				ON CONFLICT DO UPDATE SET url = ?3, old = CASE WHEN looked = 0 AND old <> '' THEN old ELSE ?4 END, number = ?5,
					event = CASE WHEN looked = 0 AND ?6 = 'push' THEN event ELSE ?6 END,
					first = CASE WHEN looked = 0 AND later <= ?7 THEN first ELSE ?7 END, serial = serial + 1, looked = 0, tries = 0, later = 0`,
				n.source, n.key, n.url, n.old, n.number, n.event, toUnix(now))
			if err != nil {
				return err
			}
		}
		for source := range touched {
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM crawl_hooks WHERE source = ?`, source).Scan(&n); err != nil || n <= maxHooked {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM crawl_hooks WHERE source = ? AND key <> ''`, source); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO crawl_hooks (source, key, url, event, first) VALUES (?1,'','',?2,?3)
				ON CONFLICT DO UPDATE SET serial = serial + 1, looked = 0`, source, webhook.Change, toUnix(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) countHooks(ctx context.Context, counts hookCounts) error {
	var list []statement
	for of, n := range counts {
		list = append(list, statement{`INSERT INTO crawl_hook_counts VALUES (?1,?2,?3,?4) ON CONFLICT DO UPDATE SET count = count + ?3, time = max(time, ?4)`,
			[]any{of.source, of.outcome, n.n, toUnix(n.last)}})
	}
	return s.inOne(ctx, list...)
}

func (s *store) hooksDue(ctx context.Context, now time.Time) (due bool, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM crawl_hooks WHERE later <= ?)`, toUnix(now)).Scan(&due)
	return due, sqlite.Damaged(s.path, err)
}

// HooksDue reports whether webhooks have named something that is to be looked at now.
func (c *Crawler) HooksDue(ctx context.Context) (bool, error) {
	if old, err := c.untold(ctx); err != nil || old {
		return false, err
	}
	return c.store.hooksDue(ctx, c.cfg.Now())
}

// untold reports whether the data folder has no tables for webhooks yet.
func (c *Crawler) untold(ctx context.Context) (bool, error) {
	if c.store == nil {
		return true, nil
	}
	v, err := sqlite.Version(ctx, c.store.db, "crawler")
	return v < len(migrations()), sqlite.Damaged(c.store.path, err)
}

// hookRow is a repository to be looked at. Without a key, its source is to be listed whole.
type hookRow struct {
	source, key, url, old string
	number                int64
	event                 webhook.Event
	serial, tries         int
}

// dueHooks are those of a source that are to be looked at now.
func (s *store) dueHooks(ctx context.Context, source string, now time.Time) (list []hookRow, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT key, url, old, number, event, serial, tries FROM crawl_hooks WHERE source = ? AND later <= ? ORDER BY first, key`, source, toUnix(now))
	if err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		r := hookRow{source: source}
		if err := rows.Scan(&r.key, &r.url, &r.old, &r.number, &r.event, &r.serial, &r.tries); err != nil {
			return nil, sqlite.Damaged(s.path, err)
		}
		list = append(list, r)
	}
	return list, sqlite.Damaged(s.path, rows.Err())
}

// look notes that these are being looked at: what a message tells of them from now on is news.
func (s *store) look(ctx context.Context, source string, now time.Time) error {
	return s.exec(ctx, `UPDATE crawl_hooks SET looked = ?2 WHERE source = ?1 AND later <= ?2`, source, toUnix(now))
}

// HookState is what became of the messages of one source's webhooks.
type HookState struct {
	Source   string                `json:"-"`
	Last     time.Time             `json:"last,omitzero"` // of the messages that carried the secret
	Accepted int64                 `json:"accepted"`
	Refused  int64                 `json:"refused"`
	Counts   map[Outcome]int64     `json:"outcomes"`       // how many messages came to what
	LastOf   map[Outcome]time.Time `json:"latest"`         // when the latest of each came
	Waiting  int                   `json:"waiting"`        // repositories to be looked at
	Since    time.Time             `json:"since,omitzero"` // since when the first of them waits
	Whole    bool                  `json:"whole"`          // so many were named that the source is listed whole instead
}

// HookStates tells of every source that ever had a message, in the order of their names. A server writes its counts down every now and then.
func (c *Crawler) HookStates(ctx context.Context) ([]HookState, error) {
	if old, err := c.untold(ctx); err != nil || old {
		return nil, err
	}
	rows, err := c.store.db.QueryContext(ctx, `SELECT source, outcome, count, time, 0 FROM crawl_hook_counts
		UNION ALL SELECT source, '', count(*), min(first), max(key = '') FROM crawl_hooks GROUP BY source ORDER BY source`)
	if err != nil {
		return nil, sqlite.Damaged(c.store.path, err)
	}
	defer rows.Close()
	var list []HookState
	for rows.Next() {
		var source string
		var outcome Outcome
		var n, at int64
		var whole bool
		if err := rows.Scan(&source, &outcome, &n, &at, &whole); err != nil {
			return nil, sqlite.Damaged(c.store.path, err)
		}
		if len(list) == 0 || list[len(list)-1].Source != source {
			list = append(list, HookState{Source: source, Counts: map[Outcome]int64{}, LastOf: map[Outcome]time.Time{}})
		}
		list[len(list)-1].fill(outcome, n, fromUnix(at), whole)
	}
	return list, sqlite.Damaged(c.store.path, rows.Err())
}

func (h *HookState) fill(outcome Outcome, n int64, at time.Time, whole bool) {
	if outcome == "" {
		h.Waiting, h.Since, h.Whole = int(n), at, whole
		return
	}
	h.Counts[outcome], h.LastOf[outcome] = n, at
	switch outcome {
	case Signature, Malformed, Foreign, Unwritten:
		h.Refused += n
	case Accepted:
		h.Accepted = n
	}
	if outcome != Signature && at.After(h.Last) {
		h.Last = at
	}
}
