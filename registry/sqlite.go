// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// Config is what the embedded store needs. Only Dir is required.
type Config struct {
	Dir      string        // data folder: the records are in its communs.db
	ReadOnly bool          // nothing is made or changed, and where nothing was ever kept there are no records
	Disk     *durable.Disk // every change below Dir is announced to it
	Now      func() time.Time
}

// migrations are the registry's tables. Times are seconds since 1970.
func migrations() []string {
	return []string{`
CREATE TABLE registry_records (
	seq     INTEGER PRIMARY KEY,     -- of the change that made the record what it is: they lie in the order in which they are read
	kind    TEXT NOT NULL,
	id      TEXT NOT NULL,
	changed INTEGER NOT NULL,
	body    BLOB,                    -- JSON; NULL: deleted
	UNIQUE (kind, id)
);
CREATE TABLE registry_sequence (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	last INTEGER NOT NULL            -- sequence number of the last change
);
INSERT INTO registry_sequence VALUES (1, 0);`, logTables}
}

// sqliteStore keeps records in SQLite. A change takes the next sequence number inside the transaction that writes it, and SQLite has
// one writer at a time, so numbers become visible in their order, to other processes too.
type sqliteStore struct {
	db      *sql.DB
	disk    *durable.Disk
	path    string
	now     func() time.Time
	version int // of the tables: read-only, they may be of before, or not be there
}

// OpenSQLite opens the store in the data folder's communs.db.
func OpenSQLite(ctx context.Context, c Config) (Store, error) {
	s := &sqliteStore{disk: c.Disk, path: filepath.Join(c.Dir, "communs.db"), now: c.Now}
	if s.now == nil {
		s.now = time.Now
	}
	open := sqlite.Open
	if c.ReadOnly {
		open = sqlite.OpenReadOnly
	}
	var err error
	if s.db, err = open(ctx, s.path); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, c.ReadOnly); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// migrate brings the tables to their version; the Disk is asked only when that writes.
func (s *sqliteStore) migrate(ctx context.Context, readOnly bool) error {
	have, err := sqlite.Version(ctx, s.db, "registry")
	if err != nil {
		return sqlite.Damaged(s.path, &sqlite.OpenError{Path: s.path, Err: err})
	}
	if readOnly {
		if s.version = have; have > len(migrations()) {
			return &sqlite.NewerError{Package: "registry", Have: have, Known: len(migrations())}
		}
		return nil
	}
	if have != len(migrations()) {
		if err := s.disk.Step(durable.OpWrite, s.path); err != nil {
			return err
		}
	}
	if err := sqlite.Damaged(s.path, sqlite.Migrate(ctx, s.db, "registry", migrations())); err != nil {
		return err
	}
	s.version = len(migrations())
	return s.begin(ctx)
}

// Apply makes all changes in one transaction.
func (s *sqliteStore) Apply(ctx context.Context, changes ...Change) (int64, error) {
	done, err := s.Act(ctx, Act{Changes: changes})
	return done.Seq, err
}

// Act makes all changes, and tells of them, in one transaction.
func (s *sqliteStore) Act(ctx context.Context, a Act) (done Done, err error) {
	err = s.inside(ctx, "change the registry", func(tx *sql.Tx) error {
		seq, at := int64(0), time.Time{}
		if err := tx.QueryRowContext(ctx, `SELECT last FROM registry_sequence`).Scan(&seq); err != nil {
			return err
		}
		if done.Head, at, err = logHead(ctx, tx); err != nil {
			return err
		}
		if a.After != 0 && a.After != done.Head.N {
			return ErrMoved
		}
		for _, c := range a.Changes {
			if c.Seen != 0 && c.Seen != seq {
				return ErrMoved
			}
		}
		now := s.now().Unix()
		for _, c := range a.Changes {
			if seq, err = s.change(ctx, tx, c, seq, now); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE registry_sequence SET last = ?`, seq); err != nil {
			return err
		}
		done.Seq = seq
		if a.At.After(at) {
			at = a.At
		} else if a.At.IsZero() {
			at = s.after(at)
		}
		done.Head, err = s.tell(ctx, tx, done.Head, at, a.Tell)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return done, nil
}

// inside does something in a transaction of its own, which the Disk hears of.
func (s *sqliteStore) inside(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	if err := s.disk.Step(durable.OpWrite, s.path); err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.failed(doing, err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return s.failed(doing, err)
	}
	if err := tx.Commit(); err != nil {
		return s.failed(doing, err)
	}
	return nil
}

// change makes one change and gives the number of the last one: deleting what is not there is none.
func (s *sqliteStore) change(ctx context.Context, tx *sql.Tx, c Change, last, now int64) (int64, error) {
	var have int64
	var there bool
	err := tx.QueryRowContext(ctx, `SELECT seq, body IS NOT NULL FROM registry_records WHERE kind = ? AND id = ?`,
		string(c.Kind), c.ID).Scan(&have, &there)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read %s %s: %w", c.Kind, c.ID, err)
	}
	if c.Base != AnyBase && c.Base != have {
		return 0, &ConflictError{Kind: c.Kind, ID: c.ID, Base: c.Base, Have: have}
	}
	var body any // NULL
	if len(c.Body) > 0 {
		body = []byte(c.Body)
	} else if !there {
		return last, nil
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO registry_records VALUES (?, ?, ?, ?, ?)`,
		last+1, string(c.Kind), c.ID, now, body)
	if err != nil {
		return 0, fmt.Errorf("write %s %s: %w", c.Kind, c.ID, err)
	}
	return last + 1, nil
}

// Get gives one record.
func (s *sqliteStore) Get(ctx context.Context, kind Kind, id string) (Record, error) {
	if s.version == 0 {
		return Record{}, ErrNotFound
	}
	r, err := scan(s.db.QueryRowContext(ctx, `SELECT kind, id, seq, changed, body FROM registry_records WHERE kind = ? AND id = ?`,
		string(kind), id))
	if errors.Is(err, sql.ErrNoRows) {
		return Record{}, fmt.Errorf("%s %s: %w", kind, id, ErrNotFound)
	}
	if err != nil {
		return Record{}, s.failed("read "+string(kind)+" "+id, err)
	}
	return r, nil
}

// Since reads with one statement, which sees one state of the database however long the caller takes. The caller may use the
// store meanwhile; it then takes another of its few connections.
func (s *sqliteStore) Since(ctx context.Context, seq int64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if s.version == 0 {
			return
		}
		rows, err := s.db.QueryContext(ctx, `SELECT kind, id, seq, changed, body FROM registry_records WHERE seq > ? ORDER BY seq`, seq)
		if err != nil {
			yield(Record{}, s.failed("read the registry", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scan(rows)
			if err != nil {
				yield(Record{}, s.failed("read the registry", err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Record{}, s.failed("read the registry", err))
		}
	}
}

// Seq is one row's read.
func (s *sqliteStore) Seq(ctx context.Context) (seq int64, err error) {
	if s.version == 0 {
		return 0, nil
	}
	if err := s.db.QueryRowContext(ctx, `SELECT last FROM registry_sequence`).Scan(&seq); err != nil {
		return 0, s.failed("read the registry", err)
	}
	return seq, nil
}

// Close gives the database back.
func (s *sqliteStore) Close() error { return s.db.Close() }

// failed says what was being done, and of a damaged database that it is.
func (s *sqliteStore) failed(doing string, err error) error {
	return sqlite.Damaged(s.path, fmt.Errorf("%s in %s: %w", doing, s.path, err))
}

func scan(row interface{ Scan(...any) error }) (Record, error) {
	var r Record
	var kind string
	var changed int64
	var body []byte
	if err := row.Scan(&kind, &r.ID, &r.Seq, &changed, &body); err != nil {
		return Record{}, err
	}
	r.Kind, r.Changed = Kind(kind), time.Unix(changed, 0).UTC()
	if r.Deleted = body == nil; !r.Deleted {
		r.Body = json.RawMessage(body)
	}
	return r, nil
}
