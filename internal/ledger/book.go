// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"communs/internal/sqlite"
)

// Book is what the ledger tells, by month.
type Book struct {
	Crawls, Indexings []Month
	Serving           []Month
	Unanswered        []Unanswered
	Stored            *Stored // after the last work; nil before the first
	Weighed           time.Time
}

// Month is what was done in one.
type Month struct {
	Month string // 2026-11
	N     int    // works, or searches
	CPU   time.Duration
	Bytes int64 // received
}

// Unanswered is how often questions that found nothing spoke of something in a month.
type Unanswered struct {
	Month string
	Term
	N int
}

// Read reads the ledger of a data folder; without one, the book is empty.
func Read(ctx context.Context, dir string) (*Book, error) {
	path := filepath.Join(dir, "communs.db")
	db, err := sqlite.OpenReadOnly(ctx, path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	b := &Book{}
	have, err := sqlite.Version(ctx, db, "ledger")
	switch {
	case err != nil:
		return nil, sqlite.Damaged(path, err)
	case have == 0:
		return b, nil
	case have > len(migrations()):
		return nil, &sqlite.NewerError{Package: "ledger", Have: have, Known: len(migrations())}
	}
	if err := b.read(ctx, db); err != nil {
		return nil, sqlite.Damaged(path, fmt.Errorf("read %s: %w", path, err))
	}
	return b, nil
}

func (b *Book) read(ctx context.Context, db *sql.DB) (err error) {
	const works = `SELECT strftime('%Y-%m', began, 'unixepoch') AS month, count(*), sum(cpu_ms), sum(fetched)
		FROM ledger_works WHERE what = ? GROUP BY month ORDER BY month`
	month := func(rows *sql.Rows) (m Month, err error) {
		var ms int64
		err = rows.Scan(&m.Month, &m.N, &ms, &m.Bytes)
		m.CPU = time.Duration(ms) * time.Millisecond
		return m, err
	}
	if b.Crawls, err = all(ctx, db, month, works, Crawl); err != nil {
		return err
	}
	if b.Indexings, err = all(ctx, db, month, works, Index); err != nil {
		return err
	}
	if b.Serving, err = all(ctx, db, month, `SELECT month, searches, cpu_ms, 0 FROM ledger_serving ORDER BY month`); err != nil {
		return err
	}
	unanswered := func(rows *sql.Rows) (u Unanswered, err error) {
		return u, rows.Scan(&u.Month, &u.About, &u.Kind, &u.Term.Term, &u.N)
	}
	b.Unanswered, err = all(ctx, db, unanswered, `SELECT month, about, kind, term, n FROM ledger_unanswered WHERE n >= ?
		ORDER BY month, about, kind, term`, Threshold)
	if err != nil {
		return err
	}
	type weighing struct {
		Stored
		at int64
	}
	last, err := all(ctx, db, func(rows *sql.Rows) (w weighing, err error) {
		return w, rows.Scan(&w.Mirrors, &w.Shards, &w.Database, &w.at)
	}, `SELECT mirrors, shards, database, ended FROM ledger_works WHERE ended > 0 ORDER BY id DESC LIMIT 1`)
	if len(last) > 0 {
		b.Stored, b.Weighed = &last[0].Stored, time.Unix(last[0].at, 0).UTC()
	}
	return err
}

// all reads the rows of a query.
func all[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}
