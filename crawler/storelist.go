// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// listingTables keep how far each source was listed, what it listed and is still to be brought, and what its API answered, so
// that a crawl goes on where it was stopped and asks only for what has changed.
const listingTables = `
CREATE TABLE crawl_queue (                      -- listed, and not brought yet
	key    TEXT PRIMARY KEY,
	source TEXT NOT NULL,
	about  TEXT NOT NULL,                       -- what the source says, JSON
	place  INTEGER NOT NULL                     -- in the order in which they were listed
) WITHOUT ROWID;
CREATE INDEX crawl_queue_by_source ON crawl_queue (source, place);
CREATE TABLE crawl_listed (                     -- which source lists which repository
	source TEXT NOT NULL,
	key    TEXT NOT NULL,
	pass   INTEGER NOT NULL,                    -- number of the full listing that had it last
	missed INTEGER NOT NULL DEFAULT 0,          -- since when full listings do not have it any more; 0 while they do
	PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE TABLE crawl_answers (                    -- of APIs, for conditional requests
	source   TEXT NOT NULL,
	address  TEXT NOT NULL,
	etag     TEXT NOT NULL,
	modified TEXT NOT NULL,                     -- Last-Modified
	head     TEXT NOT NULL,                     -- what of the header is needed, JSON
	body     BLOB NOT NULL,                     -- zstd
	used     INTEGER NOT NULL,                  -- when it was last of use
	PRIMARY KEY (source, address)
) WITHOUT ROWID;
ALTER TABLE crawl_sources ADD COLUMN kind TEXT NOT NULL DEFAULT '';          -- as it was recognised
ALTER TABLE crawl_sources ADD COLUMN pass INTEGER NOT NULL DEFAULT 0;        -- number of its latest full listing
ALTER TABLE crawl_sources ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;       -- when the latest full listing came to its end
ALTER TABLE crawl_sources ADD COLUMN whole_begun INTEGER NOT NULL DEFAULT 0; -- when the one began that is under way; 0: none is`

// queueAge tells how long something has been waiting in the queue; 0 in what was queued before that was kept.
const queueAge = `ALTER TABLE crawl_queue ADD COLUMN since INTEGER NOT NULL DEFAULT 0;`

// sourceState is a row of crawl_sources.
type sourceState struct {
	cursor Cursor
	kind   string
	pass   int64
	whole  time.Time
	begun  time.Time
}

// source is how far the listing of a source has come.
func (s *store) source(ctx context.Context, name string) (sourceState, error) {
	var st sourceState
	var whole, begun int64
	err := s.db.QueryRowContext(ctx, `SELECT cursor, kind, pass, whole, whole_begun FROM crawl_sources WHERE name = ?`, name).
		Scan(&st.cursor, &st.kind, &st.pass, &whole, &begun)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	st.whole, st.begun = fromUnix(whole), fromUnix(begun)
	return st, err
}

func (s *store) setSource(ctx context.Context, name string, st sourceState) error {
	return s.exec(ctx, putSource, st.values(name)...)
}

const putSource = `INSERT OR REPLACE INTO crawl_sources (name, cursor, kind, pass, whole, whole_begun) VALUES (?,?,?,?,?,?)`

func (st sourceState) values(name string) []any {
	return []any{name, string(st.cursor), st.kind, st.pass, toUnix(st.whole), toUnix(st.begun)}
}

// statement is one change of the database.
type statement struct {
	query string
	args  []any
}

// inOne makes several changes in one transaction.
func (s *store) inOne(ctx context.Context, list ...statement) error {
	if err := s.disk.Step(durable.OpWrite, s.path); err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Damaged(s.path, err)
	}
	defer tx.Rollback()
	for _, st := range list {
		if _, err := tx.ExecContext(ctx, st.query, st.args...); err != nil {
			return sqlite.Damaged(s.path, fmt.Errorf("write %s: %w", s.path, err))
		}
	}
	return sqlite.Damaged(s.path, tx.Commit())
}

// takePage writes down what a page has listed, what of it is to be brought, and where the listing goes on, all at once.
func (s *store) takePage(ctx context.Context, source string, st sourceState, keys, private []string, bring []Repository, now time.Time) error {
	list, err := enqueued(source, bring, now)
	if err != nil {
		return err
	}
	for _, key := range keys {
		list = append(list, statement{`INSERT INTO crawl_listed (source, key, pass) VALUES (?1,?2,?3) ON CONFLICT DO UPDATE SET pass = ?3, missed = 0
			WHERE pass <> ?3 OR missed <> 0`, []any{source, key, st.pass}})
	}
	for _, key := range private {
		list = append(list, statement{`UPDATE crawl_listed SET missed = ?3 WHERE source = ?1 AND key = ?2 AND missed = 0`, []any{source, key, toUnix(now)}})
	}
	return s.inOne(ctx, append(list, statement{putSource, st.values(source)})...)
}

// enqueue writes down what is to be brought.
func (s *store) enqueue(ctx context.Context, source string, bring []Repository) error {
	list, err := enqueued(source, bring, s.now())
	if err != nil || len(list) == 0 {
		return err
	}
	return s.inOne(ctx, list...)
}

func enqueued(source string, bring []Repository, now time.Time) (list []statement, err error) {
	for _, r := range bring {
		key := AddressKey(r.URL)
		if key == "" { // it will be refused with its reason
			continue
		}
		about, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		list = append(list, statement{`INSERT INTO crawl_queue (key, source, about, place, since)
			VALUES (?1,?2,?3,(SELECT coalesce(max(place),0)+1 FROM crawl_queue WHERE source = ?2),?4)
			ON CONFLICT DO UPDATE SET about = ?3`, []any{key, source, string(about), toUnix(now)}})
	}
	return list, nil
}

// dequeue takes out what was brought, or cannot be.
func (s *store) dequeue(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	return s.exec(ctx, `DELETE FROM crawl_queue WHERE key IN (SELECT value FROM json_each(?))`, string(text))
}

// queuedAtOnce is how much of the queue is read at a time.
const queuedAtOnce = 200

// queued yields what a source's last crawl did not come to, in the order in which it was listed. It may be taken out meanwhile.
func (s *store) queued(ctx context.Context, source string) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		for after := int64(-1); ; {
			list, last, err := s.queuedAfter(ctx, source, after)
			if err != nil {
				yield(Repository{}, err)
				return
			}
			for _, r := range list {
				if !yield(r, nil) {
					return
				}
			}
			if after = last; len(list) < queuedAtOnce {
				return
			}
		}
	}
}

func (s *store) queuedAfter(ctx context.Context, source string, after int64) (list []Repository, last int64, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT about, place FROM crawl_queue WHERE source = ? AND place > ? ORDER BY place LIMIT ?`,
		source, after, queuedAtOnce)
	if err != nil {
		return nil, 0, sqlite.Damaged(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var about string
		var r Repository
		if err := rows.Scan(&about, &last); err != nil {
			return nil, 0, sqlite.Damaged(s.path, err)
		}
		if err := json.Unmarshal([]byte(about), &r); err != nil {
			return nil, 0, fmt.Errorf("read the queue of %s: %w", source, err)
		}
		list = append(list, r)
	}
	return list, last, sqlite.Damaged(s.path, rows.Err())
}

// waiting counts what is in the queue.
func (s *store) waiting(ctx context.Context) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM crawl_queue`).Scan(&n)
	return n, sqlite.Damaged(s.path, err)
}

// miss notes what the listing with that number did not have, and gives what of it is mirrored.
func (s *store) miss(ctx context.Context, source string, pass int64, now time.Time) ([]*record, error) {
	const newly = `crawl_listed WHERE source = ? AND pass < ? AND missed = 0`
	list, err := s.list(ctx, `commit_name <> '' AND gone = 0 AND key IN (SELECT key FROM `+newly+`)`, source, pass)
	if err != nil {
		return nil, err
	}
	var any bool
	if err := s.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+newly+`)`, source, pass).Scan(&any); err != nil || !any {
		return list, sqlite.Damaged(s.path, err)
	}
	return list, s.exec(ctx, `UPDATE crawl_listed SET missed = ?3 WHERE source = ?1 AND pass < ?2 AND missed = 0`, source, pass, toUnix(now))
}

// missed lists what a source does not list any more, of what is known here.
func (s *store) missed(ctx context.Context, source string) ([]Missed, error) {
	since := map[string]int64{}
	rows, err := s.db.QueryContext(ctx, `SELECT key, missed FROM crawl_listed WHERE source = ? AND missed <> 0`, source)
	if err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var at int64
		if err := rows.Scan(&key, &at); err != nil {
			return nil, sqlite.Damaged(s.path, err)
		}
		since[key] = at
	}
	if err := rows.Err(); err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	list, err := s.list(ctx, `key IN (SELECT key FROM crawl_listed WHERE source = ? AND missed <> 0)`, source)
	if err != nil {
		return nil, err
	}
	out := make([]Missed, len(list))
	for i, rec := range list {
		out[i] = Missed{rec.Repository, fromUnix(since[rec.key])}
	}
	return out, nil
}
