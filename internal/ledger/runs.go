// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"communs/internal/sqlite"
)

// runColumns let the row of a work tell how it went, from its beginning on: what is killed leaves what it had told last.
const runColumns = `
ALTER TABLE ledger_works ADD COLUMN how TEXT NOT NULL DEFAULT 'done';      -- see How; empty while it goes on
ALTER TABLE ledger_works ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;      -- when it last gave a sign of life
ALTER TABLE ledger_works ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;   -- sent
ALTER TABLE ledger_works ADD COLUMN told TEXT NOT NULL DEFAULT '';         -- what it did, JSON of whoever did it; of the latest works alone`

// How a work ended.
type How string

// The ways in which a work ends.
const (
	UnderWay    How = ""
	Done        How = "done"
	InPart      How = "part"         // something of it failed
	SpentBytes  How = "budget-bytes" // the part of its budget was used up
	SpentTime   How = "budget-time"
	Interrupted How = "interrupted"
	Failed      How = "failed"
	Killed      How = "killed" // without a word; this is told when reading, and never written
)

// A work gives a sign of life every Beat; one that gave none for Silence was killed.
const (
	Beat    = 10 * time.Second
	Silence = 6 * Beat
)

// toldWorks is of how many works it is kept what they did.
const toldWorks = 200

// Begin enters a work that begins, and gives its number.
func (l *Ledger) Begin(ctx context.Context, w Work) (id int64, err error) {
	err = l.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO ledger_works (what, began, ended, cpu_ms, fetched, mirrors, shards, database, how, heard)
			VALUES (?1, ?2, 0, 0, 0, 0, 0, 0, '', ?2)`, w.What, w.Began.Unix())
		if err != nil {
			return err
		}
		if id, err = done.LastInsertId(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE ledger_works SET told = '' WHERE id <= ? AND told <> ''`, id-toldWorks)
		return err
	})
	return id, err
}

// Tell enters where a work stands at that moment. It goes on until Ended is set.
func (l *Ledger) Tell(ctx context.Context, id int64, w Work, at time.Time) error {
	ended := int64(0)
	if !w.Ended.IsZero() {
		ended = w.Ended.Unix()
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE ledger_works SET ended = ?, cpu_ms = ?, fetched = ?, mirrors = ?, shards = ?, database = ?, how = ?,
			heard = ?, requests = ?, told = ? WHERE id = ?`, ended, w.CPU.Milliseconds(), w.Fetched, w.Stored.Mirrors, w.Stored.Shards,
			w.Stored.Database, w.How, at.Unix(), w.Requests, string(w.Told), id)
		return err
	})
}

// Run is a work as it is told afterwards.
type Run struct {
	Work
	ID    int64
	Heard time.Time // of it, last
}

// Runs reads the latest n works of a data folder, the latest first; all of them with n = 0. Without a ledger there are none.
func Runs(ctx context.Context, dir, what string, n int, now time.Time) ([]Run, error) {
	if n <= 0 {
		n = -1
	}
	list, err := allOf(ctx, dir, scanRun, `SELECT id, what, began, ended, cpu_ms, fetched, mirrors, shards, database, how, heard, requests, told
		FROM ledger_works WHERE what = ? ORDER BY id DESC LIMIT ?`, what, n)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if r := &list[i]; r.How == UnderWay && now.Sub(r.Heard) > Silence {
			r.How, r.Ended = Killed, r.Heard
		}
	}
	return list, nil
}

// allOf reads rows of a data folder's ledger. Without one, or with one from before works were told from their beginning, there are none.
func allOf[T any](ctx context.Context, dir string, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	path := filepath.Join(dir, "communs.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := sqlite.OpenReadOnly(ctx, path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	have, err := sqlite.Version(ctx, db, "ledger")
	if err != nil || have < 2 {
		return nil, sqlite.Damaged(path, err)
	}
	list, err := all(ctx, db, scan, query, args...)
	if err != nil {
		return nil, sqlite.Damaged(path, fmt.Errorf("read %s: %w", path, err))
	}
	return list, nil
}

// Sum is what all works of one kind came to that ended in the same way. It only ever grows, but for those that go on.
type Sum struct {
	What     string
	How      How
	N        int
	CPU      time.Duration
	Fetched  int64
	Requests int64
	Latest   time.Time // when the latest of them ended
}

// Sums adds up all works of a data folder.
func Sums(ctx context.Context, dir string, now time.Time) ([]Sum, error) {
	scan := func(rows *sql.Rows) (s Sum, err error) {
		var ms, latest int64
		err = rows.Scan(&s.What, &s.How, &s.N, &ms, &s.Fetched, &s.Requests, &latest)
		s.CPU, s.Latest = time.Duration(ms)*time.Millisecond, time.Unix(latest, 0).UTC()
		return s, err
	}
	return allOf(ctx, dir, scan, `SELECT what, iif(how = '' AND heard < ?, ?, how) AS ended_how, count(*), sum(cpu_ms), sum(fetched), sum(requests),
		max(iif(ended > 0, ended, heard)) FROM ledger_works GROUP BY what, ended_how ORDER BY what, ended_how`, now.Add(-Silence).Unix(), string(Killed))
}

func scanRun(rows *sql.Rows) (r Run, err error) {
	var began, ended, ms, heard int64
	var told string
	err = rows.Scan(&r.ID, &r.What, &began, &ended, &ms, &r.Fetched, &r.Stored.Mirrors, &r.Stored.Shards, &r.Stored.Database, &r.How, &heard,
		&r.Requests, &told)
	r.Began, r.CPU, r.Told = time.Unix(began, 0).UTC(), time.Duration(ms)*time.Millisecond, json.RawMessage(told)
	if ended > 0 {
		r.Ended = time.Unix(ended, 0).UTC()
	}
	if r.Heard = time.Unix(heard, 0).UTC(); heard == 0 {
		r.Heard = r.Ended
	}
	return r, err
}
