// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// journalTables keep what happened to each repository. An entry is made in the transaction that changes the repository's row, from what
// changes in it: whoever changes the row need not think of it, and a kill loses neither without the other. That a repository was
// seen and had not moved is kept as a day alone, and costs one write a day for many of them.
const journalTables = `
CREATE TABLE crawl_journal (
	id     INTEGER PRIMARY KEY,
	key    TEXT NOT NULL,                       -- of the repository
	kind   TEXT NOT NULL,
	began  INTEGER NOT NULL,                    -- when it was so for the first of several times in a row
	time   INTEGER NOT NULL,                    -- the last of them
	times  INTEGER NOT NULL,
	before TEXT NOT NULL,                       -- commit or address
	after  TEXT NOT NULL,
	why    TEXT NOT NULL                        -- reason of a failure or a withdrawal, way of staying out
);
CREATE INDEX crawl_journal_by_key ON crawl_journal (key, id);
CREATE TABLE crawl_seen (                       -- when it was asked for and had not moved
	key  TEXT PRIMARY KEY,
	time INTEGER NOT NULL                       -- the first time on the last such day
) WITHOUT ROWID;`

// HappeningKind says what happened to a repository.
type HappeningKind string

// The kinds of happenings.
const (
	WasMirrored   HappeningKind = "mirrored"     // for the first time; After is the commit
	WasRestored   HappeningKind = "restored"     // brought back from the archive, its origin being gone; Why is the SWHID of what came
	WasChanged    HappeningKind = "changed"      // from the commit Before to After
	WasRewritten  HappeningKind = "force-pushed" // the same, and After certainly does not descend from Before
	WasRenamed    HappeningKind = "renamed"      // from the address Before to After
	WasArchived   HappeningKind = "archived"     // its forge says that it is read only
	WasUnarchived HappeningKind = "unarchived"
	WasEmptied    HappeningKind = "emptied"
	WasVanished   HappeningKind = "vanished"
	WasDeleted    HappeningKind = FateDeleted // as its forge has said
	WasPrivate    HappeningKind = FatePrivate
	WasReplaced   HappeningKind = FateReplaced
	WasHidden     HappeningKind = "hidden" // it is not shown any more
	CameBack      HappeningKind = "back"
	WasWithdrawn  HappeningKind = "withdrawn"
	WasLeftOut    HappeningKind = "left-out" // its owner wants it; Why is the way in which that was said
	WasNotBrought HappeningKind = "failed"   // Why is the Reason
)

// Happening is something that happened to a repository, or several times in a row.
type Happening struct {
	Kind   HappeningKind `json:"kind"`
	First  time.Time     `json:"first"` // the same as Time when it happened once
	Time   time.Time     `json:"time"`
	Times  int           `json:"times"`
	Before string        `json:"before,omitempty"`
	After  string        `json:"after,omitempty"`
	Why    string        `json:"why,omitempty"`
	Hook   bool          `json:"hook,omitempty"` // a webhook had the repository looked at
}

// The journal of one repository keeps its latest entries whole. Of older ones that tell of a change or a failure it keeps the last of
// each month, and all of the others; beyond journalMost the oldest go, but never the first of all.
const (
	journalWhole = 60
	journalMost  = 200
)

// happened is what a change of a row tells. old is nil for a new one.
func happened(old, now *record) (list []Happening) {
	if old == nil {
		old = &record{}
		old.Repository = now.Repository
	}
	tell := func(kind HappeningKind, before, after, why string) {
		list = append(list, Happening{Kind: kind, Before: before, After: after, Why: why})
	}
	if old.URL != now.URL {
		tell(WasRenamed, old.URL, now.URL, "")
	}
	switch {
	case now.commit == old.commit || now.commit == "":
	case now.restored != "":
		tell(WasRestored, old.commit, now.commit, now.restored)
	case old.commit == "":
		tell(WasMirrored, "", now.commit, "")
	default:
		tell(WasChanged, old.commit, now.commit, "")
	}
	switch missing := !now.missingSince.IsZero(); {
	case missing && (old.missingSince.IsZero() || old.missingWhy != now.missingWhy):
		tell(HappeningKind(now.missingWhy), "", "", "")
	case !missing && (!old.missingSince.IsZero() || !old.gone.IsZero()):
		tell(CameBack, "", "", "")
	}
	if old.gone.IsZero() && !now.gone.IsZero() && now.commit != "" {
		tell(WasHidden, "", "", now.missingWhy)
	}
	if now.Archived && !old.Archived {
		tell(WasArchived, "", "", "")
	} else if old.Archived && !now.Archived {
		tell(WasUnarchived, "", "", "")
	}
	if now.failure != "" {
		tell(WasNotBrought, "", "", string(now.failure))
	}
	return list
}

// put writes a row, and what its change tells.
func (s *store) put(ctx context.Context, r *record) error {
	return s.change(ctx, func(tx *sql.Tx) error { return s.putIn(ctx, tx, r) })
}

// putIn is put as a part of something bigger.
func (s *store) putIn(ctx context.Context, tx *sql.Tx, r *record) error {
	about, err := json.Marshal(r.Repository)
	if err != nil {
		return err
	}
	packs, err := json.Marshal(r.packs)
	if err != nil {
		return err
	}
	old, err := scanRecord(tx.QueryRowContext(ctx, `SELECT `+columns+` FROM crawl_repositories WHERE key = ?`, r.key))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, h := range happened(old, r) {
		h.Time, h.Hook = s.now(), r.hooked
		if err := enter(ctx, tx, r.key, h); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO crawl_repositories (`+columns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		r.key, r.URL, r.mirror, r.Source, string(about), r.commit, r.tree, r.branch, string(packs), toUnix(r.when),
		toUnix(r.firstSeen), toUnix(r.published), toUnix(r.missingSince), r.missingWhy, r.missingWhat, toUnix(r.gone), r.retry)
	return err
}

// change makes several changes in one transaction.
func (s *store) change(ctx context.Context, do func(*sql.Tx) error) error {
	if err := s.disk.Step(durable.OpWrite, s.path); err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.unwritten(err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return s.unwritten(err)
	}
	return s.unwritten(tx.Commit())
}

// enter writes an entry. What happens in the same way again adds to the one before.
func enter(ctx context.Context, tx *sql.Tx, key string, h Happening) error {
	if h.Kind == WasNotBrought {
		done, err := tx.ExecContext(ctx, `UPDATE crawl_journal SET time = ?1, times = times + 1
			WHERE id = (SELECT max(id) FROM crawl_journal WHERE key = ?2) AND kind = ?3 AND why = ?4`, toUnix(h.Time), key, h.Kind, h.Why)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO crawl_journal (key, kind, began, time, times, before, after, why, hook) VALUES (?1,?2,?3,?3,1,?4,?5,?6,?7)`,
		key, h.Kind, toUnix(h.Time), h.Before, h.After, h.Why, h.Hook)
	if err != nil {
		return err
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM crawl_journal WHERE key = ?`, key).Scan(&n); err != nil || n <= journalWhole {
		return err
	}
	_, err = tx.ExecContext(ctx, `WITH entries AS (
			SELECT id, row_number() OVER (ORDER BY id DESC) AS age,
				row_number() OVER (PARTITION BY kind, strftime('%Y-%m', time, 'unixepoch') ORDER BY id DESC) AS in_month,
				kind IN ('changed', 'force-pushed', 'failed') AS common, id = min(id) OVER () AS first
			FROM crawl_journal WHERE key = ?1)
		DELETE FROM crawl_journal WHERE id IN (SELECT id FROM entries
			WHERE NOT first AND (age > ?2 AND common AND in_month > 1 OR age > ?3))`, key, journalWhole, journalMost-1)
	return err
}

// rewrote corrects the last entry, of a change of which it has turned out that its history was rewritten.
func (s *store) rewrote(ctx context.Context, key string) error {
	return s.exec(ctx, `UPDATE crawl_journal SET kind = ?1 WHERE id = (SELECT max(id) FROM crawl_journal WHERE key = ?2) AND kind = ?3`,
		WasRewritten, key, WasChanged)
}

// forget leaves of a repository's past only why it was removed.
func (s *store) forget(ctx context.Context, key string, why Happening) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"crawl_journal", "crawl_seen"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE key = ?`, key); err != nil {
				return err
			}
		}
		why.Time = s.now()
		return enter(ctx, tx, key, why)
	})
}

// saw notes that repositories were seen and had not moved. Of those of which the day is known it writes nothing.
func (s *store) saw(ctx context.Context, keys []string) error {
	text, err := json.Marshal(keys)
	if err != nil || len(keys) == 0 {
		return err
	}
	now := s.now()
	today := now.UTC().Truncate(24 * time.Hour).Unix()
	var news string
	err = s.db.QueryRowContext(ctx, `SELECT json_group_array(value) FROM json_each(?1) WHERE value IN (SELECT key FROM crawl_repositories)
		AND NOT EXISTS (SELECT 1 FROM crawl_seen WHERE key = value AND time >= ?2)
		AND NOT EXISTS (SELECT 1 FROM crawl_journal WHERE key = value AND time >= ?2 AND kind IN ('mirrored', 'changed', 'force-pushed', 'back'))`, string(text), today).Scan(&news)
	if err != nil || news == "[]" {
		return sqlite.Damaged(s.path, err)
	}
	return s.exec(ctx, `INSERT OR REPLACE INTO crawl_seen SELECT value, ?2 FROM json_each(?1) WHERE TRUE`, news, toUnix(now))
}

// Journal is what is known of a repository's past here.
type Journal struct {
	URL     string      `json:"repository"`
	Source  string      `json:"-"`               // that listed it; its name may be a local path
	Since   time.Time   `json:"since,omitzero"`  // when it was first published here
	Seen    time.Time   `json:"seen,omitzero"`   // a day on which it was last asked for and had not moved
	Links   *Links      `json:"links,omitempty"` // what its published state points at outside of itself
	Entries []Happening `json:"entries"`         // the latest first
}

// Journal gives the latest n entries about a repository, whose address may be written in any way, and may be one that it had before; all
// with n = 0.
func (c *Crawler) Journal(ctx context.Context, url string, n int) (*Journal, error) {
	key := AddressKey(url)
	if c.store == nil || key == "" {
		return nil, &UnknownError{withoutUser(url)}
	}
	j, err := c.store.journal(ctx, key, n)
	if err == nil && j == nil {
		target, err := c.store.alias(ctx, key)
		if err != nil {
			return nil, err
		}
		if target != "" {
			if j, err = c.store.journal(ctx, target, n); j != nil || err != nil {
				return j, err
			}
		}
		return nil, &UnknownError{withoutUser(url)}
	}
	return j, err
}

func (s *store) journal(ctx context.Context, key string, n int) (*Journal, error) {
	rec, err := s.get(ctx, key)
	if err != nil {
		return nil, err
	}
	j := &Journal{Entries: []Happening{}}
	if rec != nil {
		j.URL, j.Source, j.Since = rec.URL, rec.Source, rec.firstSeen
	}
	var seen int64
	if err := s.db.QueryRowContext(ctx, `SELECT coalesce(max(time), 0) FROM crawl_seen WHERE key = ?`, key).Scan(&seen); err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	j.Seen = fromUnix(seen)
	if j.Links, err = s.links(ctx, key); err != nil {
		return nil, err
	}
	if n <= 0 {
		n = -1
	}
	hook := "hook"
	if v, err := sqlite.Version(ctx, s.db, "crawler"); err == nil && v < len(migrations()) {
		hook = "0" // an earlier version kept no such thing, and who only reads does not bring the tables up to date
	}
	rows, err := s.db.QueryContext(ctx, `SELECT kind, began, time, times, before, after, why, `+hook+` FROM crawl_journal WHERE key = ? ORDER BY id DESC LIMIT ?`, key, n)
	if err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var h Happening
		var first, last int64
		if err := rows.Scan(&h.Kind, &first, &last, &h.Times, &h.Before, &h.After, &h.Why, &h.Hook); err != nil {
			return nil, sqlite.Damaged(s.path, err)
		}
		h.First, h.Time = fromUnix(first), fromUnix(last)
		j.Entries = append(j.Entries, h)
	}
	if err := rows.Err(); err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	if rec == nil && len(j.Entries) == 0 {
		return nil, nil
	}
	return j, nil
}
