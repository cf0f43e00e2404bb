// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package ledger keeps in communs.db what Communs itself costs, and which questions found nothing: what the observatory tells of the
// program rather than of the catalogue.
//
// A crawl and an update of the index each leave a row: when, the processor time of the program and of its child processes, the bytes that
// were received, how it ended, and what the data folder weighed after it. The row is there from its beginning, so that one that was killed is told of too. Serving adds to a row of its month. A question that found nothing is counted in
// its month under the ids of needs and the words of closed lists that were recognised in it: neither the question, nor who asked, nor
// the day is ever written. [Unanswered] leaves out what was asked for fewer than [Threshold] times in a month.
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

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// Threshold is how often something must have been asked for in one month to be told. Below it, a figure would speak of a few people,
// who might be recognised by what they looked for; five is what statistics of small groups commonly ask for at least. It holds in each month
// by itself, so that no difference of two periods tells of less.
const Threshold = 5

// migrations are the ledger's tables. Times are seconds since 1970, months are written 2026-11.
func migrations() []string {
	return []string{`
CREATE TABLE ledger_works (
	id       INTEGER PRIMARY KEY,
	what     TEXT NOT NULL,              -- crawl, index
	began    INTEGER NOT NULL,
	ended    INTEGER NOT NULL,
	cpu_ms   INTEGER NOT NULL,           -- of the program and its children
	fetched  INTEGER NOT NULL,           -- bytes received
	mirrors  INTEGER NOT NULL,           -- bytes in the data folder after it
	shards   INTEGER NOT NULL,           -- with occurrences
	database INTEGER NOT NULL
);
CREATE TABLE ledger_serving (
	month    TEXT PRIMARY KEY,
	searches INTEGER NOT NULL,
	cpu_ms   INTEGER NOT NULL            -- of the whole server
) WITHOUT ROWID;
CREATE TABLE ledger_unanswered (
	month TEXT NOT NULL,
	about TEXT NOT NULL,                 -- software, code
	kind  TEXT NOT NULL,                 -- question, unclear, need, word
	term  TEXT NOT NULL,                 -- id of a need, word of a list; empty for the others
	n     INTEGER NOT NULL,
	PRIMARY KEY (month, about, kind, term)
) WITHOUT ROWID;`, runColumns}
}

// What a work is.
const (
	Crawl = "crawl"
	Index = "index"
)

// Work is one crawl, or one update of the index.
type Work struct {
	What         string
	Began, Ended time.Time
	CPU          time.Duration
	Fetched      int64
	Stored       Stored

	How      How
	Requests int64           // sent
	Told     json.RawMessage // what it did, as whoever did it writes that
}

// Stored is what the data folder weighs, in bytes of files.
type Stored struct{ Mirrors, Shards, Database int64 }

// Ledger is open for writing.
type Ledger struct {
	db   *sql.DB
	disk *durable.Disk
	path string
}

// Open opens the ledger of a data folder, whose database must be there already.
func Open(ctx context.Context, dir string, disk *durable.Disk) (*Ledger, error) {
	l := &Ledger{disk: disk, path: filepath.Join(dir, "communs.db")}
	if _, err := os.Stat(l.path); err != nil {
		return nil, err
	}
	var err error
	if l.db, err = sqlite.Open(ctx, l.path); err != nil {
		return nil, err
	}
	have, err := sqlite.Version(ctx, l.db, "ledger")
	if err == nil && have != len(migrations()) {
		if err = disk.Step(durable.OpWrite, l.path); err == nil {
			err = sqlite.Migrate(ctx, l.db, "ledger", migrations())
		}
	}
	if err != nil {
		return nil, errors.Join(sqlite.Damaged(l.path, err), l.db.Close())
	}
	return l, nil
}

// Close ends writing.
func (l *Ledger) Close() error { return l.db.Close() }

// Served adds what a server did meanwhile to the month.
func (l *Ledger) Served(ctx context.Context, month string, c Counts) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO ledger_serving VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET searches = searches + excluded.searches, cpu_ms = cpu_ms + excluded.cpu_ms`,
			month, c.Searches, c.CPU.Milliseconds())
		for t, n := range c.Unanswered {
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO ledger_unanswered VALUES (?, ?, ?, ?, ?)
					ON CONFLICT DO UPDATE SET n = n + excluded.n`, month, t.About, t.Kind, t.Term, n)
			}
		}
		return err
	})
}

func (l *Ledger) write(ctx context.Context, change func(*sql.Tx) error) error {
	if err := l.disk.Step(durable.OpWrite, l.path); err != nil {
		return err
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err == nil {
		defer tx.Rollback()
		if err = change(tx); err == nil {
			err = tx.Commit()
		}
	}
	if err != nil {
		return sqlite.Damaged(l.path, fmt.Errorf("write %s: %w", l.path, err))
	}
	return nil
}

// Weigh adds up the files of a data folder. What goes away meanwhile is not there.
func Weigh(dir string) Stored {
	below := func(names ...string) (sum int64) {
		for _, name := range names {
			filepath.WalkDir(filepath.Join(dir, name), func(_ string, e fs.DirEntry, err error) error {
				if err != nil || !e.Type().IsRegular() {
					return nil
				}
				if info, err := e.Info(); err == nil {
					sum += info.Size()
				}
				return nil
			})
		}
		return sum
	}
	return Stored{below("mirrors"), below("shards", "occurrences", "CURRENT"), below("communs.db", "communs.db-wal")}
}
