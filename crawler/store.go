// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// store keeps what the crawler knows in communs.db. What a mirror publishes is decided here: the commit and the packs
// of its row. A pack that no row names is a leftover.
type store struct {
	db   *sql.DB
	disk *durable.Disk
	path string
	now  func() time.Time
}

// migrations are the crawler's tables. Times are seconds since 1970.
func migrations() []string {
	return []string{`
CREATE TABLE crawl_repositories (
	key           TEXT PRIMARY KEY,             -- what all spellings of the address share
	url           TEXT NOT NULL,
	mirror        TEXT NOT NULL,                -- folder below mirrors/, slash-separated
	source        TEXT NOT NULL,
	about         TEXT NOT NULL,                -- what the source says, JSON
	commit_name   TEXT NOT NULL DEFAULT '',     -- published; empty before the first time
	tree          TEXT NOT NULL DEFAULT '',
	branch        TEXT NOT NULL DEFAULT '',
	packs         TEXT NOT NULL DEFAULT '[]',   -- base names in objects/pack that hold what is published, JSON
	commit_time   INTEGER NOT NULL DEFAULT 0,
	first_seen    INTEGER NOT NULL DEFAULT 0,
	published     INTEGER NOT NULL DEFAULT 0,
	missing_since INTEGER NOT NULL DEFAULT 0,   -- 0 while the server gives it
	missing_why   TEXT NOT NULL DEFAULT '',     -- vanished, emptied
	missing_what  TEXT NOT NULL DEFAULT '',     -- what the server said
	gone          INTEGER NOT NULL DEFAULT 0,   -- since when it is not shown: missing, and confirmed after the grace period
	retry         INTEGER NOT NULL DEFAULT 0    -- the last fetch failed: to be tried again whatever the cursor says
) WITHOUT ROWID;
CREATE INDEX crawl_repositories_by_url ON crawl_repositories (url);
CREATE INDEX crawl_repositories_by_source ON crawl_repositories (source);
CREATE TABLE crawl_sources (
	name   TEXT PRIMARY KEY,
	cursor TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE crawl_withdrawals (
	target TEXT PRIMARY KEY,                    -- as it was asked for
	key    TEXT NOT NULL,                       -- of the repository; empty for a content
	url    TEXT NOT NULL,
	blob   TEXT NOT NULL,                       -- empty for a repository
	reason TEXT NOT NULL,
	time   INTEGER NOT NULL,
	done   INTEGER NOT NULL DEFAULT 0           -- whether the bytes are gone from the mirrors
) WITHOUT ROWID;`, `
CREATE TABLE crawl_archive (
	key            TEXT PRIMARY KEY,            -- of the repository
	snapshot       TEXT NOT NULL DEFAULT '',    -- SWHID of the references, as its server last listed them
	asked          INTEGER NOT NULL DEFAULT 0,  -- when Software Heritage was last asked what it holds of it
	asked_commit   TEXT NOT NULL DEFAULT '',    -- the commit that it was asked about
	holds          TEXT NOT NULL DEFAULT '',    -- of that: nothing, commit, or snapshot, which is all branches
	visit_asked    INTEGER NOT NULL DEFAULT 0,  -- when it was asked for its latest visit
	visit_time     INTEGER NOT NULL DEFAULT 0,
	visit_status   TEXT NOT NULL DEFAULT '',    -- full, partial, not_found, failed …
	visit_snapshot TEXT NOT NULL DEFAULT '',    -- SWHID of what it saw
	save_id        INTEGER NOT NULL DEFAULT 0,  -- of the latest request to save it
	save_time      INTEGER NOT NULL DEFAULT 0,
	save_request   TEXT NOT NULL DEFAULT '',    -- accepted, pending, rejected
	save_task      TEXT NOT NULL DEFAULT '',    -- not created, pending, scheduled, running, succeeded, failed
	restored       TEXT NOT NULL DEFAULT '',    -- SWHID that the mirror was brought back from; empty when it came from its origin
	restored_time  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;`, listingTables, optOutTables, journalTables, changeTables, numberIndexes, queueAge, hookTables, saveFollowed, droppedSources, restoredOver}
}

// saveFollowed keeps how a request to save a repository is followed.
const saveFollowed = `
ALTER TABLE crawl_archive ADD COLUMN save_asked INTEGER NOT NULL DEFAULT 0; -- when the archive last told of the request
ALTER TABLE crawl_archive ADD COLUMN save_since INTEGER NOT NULL DEFAULT 0; -- when it was sent, or since when it stands as it does
ALTER TABLE crawl_archive ADD COLUMN save_note TEXT NOT NULL DEFAULT '';    -- why, in the archive's words
UPDATE crawl_archive SET save_since = save_time;`

// record is a row of crawl_repositories.
type record struct {
	Repository
	key, mirror          string
	commit, tree         string
	branch               string
	packs                []string
	when                 time.Time
	firstSeen, published time.Time
	missingSince         time.Time
	missingWhy           string
	missingWhat          string
	gone                 time.Time
	retry                bool
	known                bool   // it was read from a row
	restored             string // SWHID that it has just been brought back from, for the journal alone
	failure              Reason // of the fetch that has just failed; it goes into the journal alone
}

func openStore(ctx context.Context, path string, disk *durable.Disk, now func() time.Time) (*store, error) {
	s := &store{disk: disk, path: path, now: now}
	var err error
	if s.db, err = sqlite.Open(ctx, path); err != nil {
		return nil, err
	}
	// Migrate writes only when the version differs; the Disk is asked in that case alone.
	if v, err := sqlite.Version(ctx, s.db, "crawler"); err != nil {
		s.db.Close()
		return nil, sqlite.Damaged(path, &sqlite.OpenError{Path: path, Err: err})
	} else if v != len(migrations()) {
		if err := disk.Step(durable.OpWrite, path); err != nil {
			s.db.Close()
			return nil, err
		}
	}
	if err := sqlite.Migrate(ctx, s.db, "crawler", migrations()); err != nil {
		s.db.Close()
		return nil, sqlite.Damaged(path, err)
	}
	return s, nil
}

const columns = `key, url, mirror, source, about, commit_name, tree, branch, packs, commit_time, first_seen, published,
	missing_since, missing_why, missing_what, gone, retry`

func scanRecord(row interface{ Scan(...any) error }) (*record, error) {
	var r record
	var url, source, about, packs string
	var when, first, published, missing, gone int64
	err := row.Scan(&r.key, &url, &r.mirror, &source, &about, &r.commit, &r.tree, &r.branch, &packs, &when, &first,
		&published, &missing, &r.missingWhy, &r.missingWhat, &gone, &r.retry)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(about), &r.Repository); err != nil {
		return nil, fmt.Errorf("read what is known of %s: %w", url, err)
	}
	if err := json.Unmarshal([]byte(packs), &r.packs); err != nil {
		return nil, fmt.Errorf("read the packs of %s: %w", url, err)
	}
	r.URL, r.Source, r.known = url, source, true
	r.when, r.firstSeen, r.published = fromUnix(when), fromUnix(first), fromUnix(published)
	r.missingSince, r.gone = fromUnix(missing), fromUnix(gone)
	return &r, nil
}

// get is the row with that key; nil when there is none.
func (s *store) get(ctx context.Context, key string) (*record, error) {
	r, err := scanRecord(s.db.QueryRowContext(ctx, `SELECT `+columns+` FROM crawl_repositories WHERE key = ?`, key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return r, sqlite.Damaged(s.path, err)
}

// list reads the rows that a condition selects, in the order of their URLs. They are read before the first is
// given out, so that no transaction stays open meanwhile.
func (s *store) list(ctx context.Context, where string, args ...any) ([]*record, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+columns+` FROM crawl_repositories WHERE `+where+` ORDER BY url`, args...)
	if err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	defer rows.Close()
	var list []*record
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, sqlite.Damaged(s.path, err)
		}
		list = append(list, r)
	}
	return list, sqlite.Damaged(s.path, rows.Err())
}

// exec changes the database, in one transaction.
func (s *store) exec(ctx context.Context, query string, args ...any) error {
	if err := s.disk.Step(durable.OpWrite, s.path); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, query, args...)
	return s.unwritten(err)
}

// unwritten says that the database could not be changed; nil when it was.
func (s *store) unwritten(err error) error {
	if err != nil {
		return sqlite.Damaged(s.path, fmt.Errorf("write %s: %w", s.path, err))
	}
	return nil
}

// withdrawal is a row of crawl_withdrawals.
type withdrawal struct {
	Withdrawal
	key  string
	done bool
}

// namesNothing selects the withdrawals that cannot be carried out: without a repository and without a content. One
// such row must not keep everything else from working.
const namesNothing = `(key = '' AND (length(blob) <> 40 OR blob GLOB '*[^0-9a-f]*' OR blob NOT GLOB '*[^0]*'))`

// withdrawals are those that name something.
func (s *store) withdrawals(ctx context.Context) ([]withdrawal, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT target, key, url, blob, reason, time, done FROM crawl_withdrawals
		WHERE NOT `+namesNothing+` ORDER BY time, target`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []withdrawal
	for rows.Next() {
		var w withdrawal
		var blob string
		var at int64
		if err := rows.Scan(&w.Target, &w.key, &w.URL, &blob, &w.Reason, &at, &w.done); err != nil {
			return nil, err
		}
		if w.key == "" {
			if w.Blob, err = ParseHash(blob); err != nil {
				return nil, err
			}
		}
		w.Time = fromUnix(at)
		list = append(list, w)
	}
	return list, rows.Err()
}

// dropNameless deletes the withdrawals that name nothing, and gives their targets.
func (s *store) dropNameless(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT target FROM crawl_withdrawals WHERE `+namesNothing+` ORDER BY target`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var targets []string
	for rows.Next() {
		var target string
		if err := rows.Scan(&target); err != nil {
			return nil, err
		}
		targets = append(targets, target)
	}
	if err := rows.Err(); err != nil || len(targets) == 0 {
		return nil, err
	}
	rows.Close()
	return targets, s.exec(ctx, `DELETE FROM crawl_withdrawals WHERE `+namesNothing)
}

func (s *store) putWithdrawal(ctx context.Context, w withdrawal) error {
	blob := ""
	if !w.Blob.IsZero() {
		blob = w.Blob.String()
	}
	return s.exec(ctx, `INSERT OR REPLACE INTO crawl_withdrawals VALUES (?,?,?,?,?,?,?)`,
		w.Target, w.key, w.URL, blob, w.Reason, toUnix(w.Time), w.done)
}

// erase makes what was deleted from the database disappear from its log too.
func (s *store) erase(ctx context.Context) error {
	return s.exec(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
}

func toUnix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func fromUnix(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
