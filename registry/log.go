// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"communs/registry/publiclog"
)

// The public log in SQLite. An entry is written in the transaction that makes what it tells of, and has its place in the chain there: SQLite has one
// writer at a time. The time of an entry is never before that of the one before it, whatever the clock says.

// logTables are the log, and where it ends: so that one that was cut short by accident is not taken for whole.
const logTables = `
CREATE TABLE registry_log (
	n             INTEGER PRIMARY KEY,
	at            INTEGER NOT NULL,
	type          TEXT NOT NULL,
	about         TEXT NOT NULL,     -- "proposal/12"; empty
	body_hash     BLOB NOT NULL,
	personal_hash BLOB,              -- NULL: there is no personal part
	prev          BLOB NOT NULL,
	hash          BLOB NOT NULL,
	body          BLOB,              -- JSON; NULL, with its salt: erased
	salt          BLOB,
	personal      BLOB,
	personal_salt BLOB
);
CREATE TABLE registry_log_head (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	n    INTEGER NOT NULL,           -- the last entry; 0: there is none yet
	at   INTEGER NOT NULL,
	hash BLOB NOT NULL
);
INSERT INTO registry_log_head VALUES (1, 0, 0, zeroblob(32));`

// withLog is the version of the tables from which on there is a log.
const withLog = 2

// logBegun is the body of the first entry: the log tells nothing of what was there before it.
type logBegun struct {
	Seq     int64 `json:"seq"`     // of the registry's last change before the log
	Records int64 `json:"records"` // that were kept then
}

// begin writes the first entry, where there is none yet.
func (s *sqliteStore) begin(ctx context.Context) error {
	var n int64
	if err := s.db.QueryRowContext(ctx, `SELECT n FROM registry_log_head`).Scan(&n); err != nil || n > 0 {
		return err
	}
	return s.inside(ctx, "begin the public log", func(tx *sql.Tx) error {
		head, at, err := logHead(ctx, tx)
		if err != nil || head.N > 0 { // another has begun it meanwhile
			return err
		}
		var before logBegun
		err = tx.QueryRowContext(ctx, `SELECT (SELECT last FROM registry_sequence), (SELECT count(*) FROM registry_records WHERE body IS NOT NULL)`).
			Scan(&before.Seq, &before.Records)
		if err != nil {
			return err
		}
		_, err = s.tell(ctx, tx, head, s.after(at), []publiclog.Draft{{Type: "log.begun", Body: before}})
		return err
	})
}

// querier is a database, or a transaction in it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func logHead(ctx context.Context, q querier) (head publiclog.Head, at time.Time, err error) {
	var hash []byte
	var seconds int64
	err = q.QueryRowContext(ctx, `SELECT n, at, hash FROM registry_log_head`).Scan(&head.N, &seconds, &hash)
	if copy(head.Hash[:], hash); err == nil && len(hash) != len(head.Hash) {
		err = errors.New("the head of the public log is not a hash")
	}
	return head, time.Unix(seconds, 0), err
}

// after is now, or the time of the log's last entry where the clock was set back.
func (s *sqliteStore) after(last time.Time) time.Time {
	if now := s.now(); now.After(last) {
		return now
	}
	return last
}

// tell appends entries to the log, and gives its new end.
func (s *sqliteStore) tell(ctx context.Context, tx *sql.Tx, head publiclog.Head, at time.Time, drafts []publiclog.Draft) (publiclog.Head, error) {
	if len(drafts) == 0 {
		return head, nil
	}
	for _, d := range drafts {
		e, err := d.Seal(head, at)
		if err != nil {
			return head, err
		}
		var personal []byte
		if e.Personal.Text != nil {
			personal = e.Personal.Hash[:]
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO registry_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.N, e.At.Unix(), e.Type, e.About,
			e.Body.Hash[:], personal, e.Prev[:], e.Hash[:], e.Body.Text, e.Body.Salt, e.Personal.Text, e.Personal.Salt)
		if err != nil {
			return head, err
		}
		head = publiclog.Head{N: e.N, Hash: e.Hash}
	}
	_, err := tx.ExecContext(ctx, `UPDATE registry_log_head SET n = ?, at = ?, hash = ?`, head.N, at.Unix(), head.Hash[:])
	return head, err
}

// Head is one row's read.
func (s *sqliteStore) Head(ctx context.Context) (publiclog.Head, error) {
	if s.version < withLog {
		return publiclog.Head{}, nil
	}
	head, _, err := logHead(ctx, s.db)
	if err != nil {
		return head, s.failed("read the public log", err)
	}
	return head, nil
}

// Log reads with one statement, as Since does.
func (s *sqliteStore) Log(ctx context.Context, after int64) iter.Seq2[publiclog.Entry, error] {
	return func(yield func(publiclog.Entry, error) bool) {
		if s.version < withLog {
			return
		}
		rows, err := s.db.QueryContext(ctx, `SELECT * FROM registry_log WHERE n > ? ORDER BY n`, after)
		if err != nil {
			yield(publiclog.Entry{}, s.failed("read the public log", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scanEntry(rows)
			if err != nil {
				err = s.failed("read the public log", err)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(publiclog.Entry{}, s.failed("read the public log", err))
		}
	}
}

func scanEntry(rows *sql.Rows) (e publiclog.Entry, err error) {
	var at int64
	var body, personal, prev, hash sql.RawBytes
	err = rows.Scan(&e.N, &at, &e.Type, &e.About, &body, &personal, &prev, &hash, &e.Body.Text, &e.Body.Salt, &e.Personal.Text, &e.Personal.Salt)
	if err != nil {
		return e, err
	}
	e.At = time.Unix(at, 0).UTC()
	for _, h := range []struct {
		to   *publiclog.Hash
		from []byte
	}{{&e.Body.Hash, body}, {&e.Personal.Hash, personal}, {&e.Prev, prev}, {&e.Hash, hash}} {
		if len(h.from) == len(h.to) {
			copy(h.to[:], h.from)
		}
	}
	return e, nil
}

// Verify checks the whole of a store's public log, against what somebody has kept of it if anything. The error is a [*publiclog.Fault]
// where the log does not hold together.
func Verify(ctx context.Context, s Store, anchor *publiclog.Anchor) (*publiclog.Verifier, error) {
	head, err := s.Head(ctx) // first: while we read, more may be written
	if err != nil {
		return nil, err
	}
	v := &publiclog.Verifier{Anchor: anchor}
	ends := false
	for e, err := range s.Log(ctx, 0) {
		if err != nil {
			return v, err
		}
		if err := v.Add(e); err != nil {
			return v, err
		}
		ends = ends || v.Head() == head
	}
	if last := v.Head().N; last < head.N {
		return v, &publiclog.Fault{N: last + 1, Code: "cut", Want: head.N}
	} else if !ends && head.N > 0 {
		return v, &publiclog.Fault{N: head.N, Code: "head", Want: head.N}
	} else if head.N == 0 && last > 0 {
		return v, &publiclog.Fault{N: 1, Code: "unknown-head"}
	}
	return v, v.End()
}

// Erasure is that a text of the log is erased: that it was, and why, is told in the log.
type Erasure struct {
	Entry    int64
	Personal bool   // only the personal part
	Reason   string // one of [ErasureReasons]
	By       Actor
}

// ErasureReasons lists why a text may be erased. They are words of ours: a reason in one's own words could say again what is to go.
func ErasureReasons() []string { return []string{"request", "rights", "court", "error"} }

// ErasureError says why nothing is erased.
type ErasureError struct {
	Entry int64
	Code  string // unknown, gone, needed, reason
}

func (e *ErasureError) Error() string { return fmt.Sprintf("erase entry %d: %s", e.Entry, e.Code) }

// Message says it to people.
func (e *ErasureError) Message() (key string, args []any) {
	return "registry.erasure." + e.Code, []any{fmt.Sprint(e.Entry)}
}

// Erase takes a body and its salt, or only a personal part, out of the log, and appends that it did. Nothing of them stays in the database's files:
// what is deleted is overwritten, and the write-ahead log, which holds the pages as they were, is emptied.
func (s *sqliteStore) Erase(ctx context.Context, x Erasure) error {
	if !slices.Contains(ErasureReasons(), x.Reason) {
		return &ErasureError{x.Entry, "reason"}
	}
	err := s.inside(ctx, "erase from the public log", func(tx *sql.Tx) error {
		var kind string
		var body, personal bool
		err := tx.QueryRowContext(ctx, `SELECT type, body IS NOT NULL, personal IS NOT NULL FROM registry_log WHERE n = ?`, x.Entry).Scan(&kind, &body, &personal)
		part, set := "all", `body = NULL, salt = NULL, personal = NULL, personal_salt = NULL`
		if x.Personal {
			part, set, body = "personal", `personal = NULL, personal_salt = NULL`, false
		}
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return &ErasureError{x.Entry, "unknown"}
		case err != nil:
			return err
		case !body && !personal:
			return &ErasureError{x.Entry, "gone"}
		case body && !erasable(kind):
			return &ErasureError{x.Entry, "needed"}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE registry_log SET `+set+` WHERE n = ?`, x.Entry); err != nil {
			return err
		}
		head, at, err := logHead(ctx, tx)
		if err != nil {
			return err
		}
		told := struct {
			Signed
			Part   string `json:"part"`
			Reason string `json:"reason"`
		}{x.By.Sign(), part, x.Reason}
		_, err = s.tell(ctx, tx, head, s.after(at), []publiclog.Draft{{
			Type: publiclog.TypeErased, About: fmt.Sprintf("entry/%d", x.Entry), Body: told, Personal: x.By.personal(),
		}})
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}

// erasable reports whether the body of an entry may go: where people write freely, and where records are named. What decisions rest on may
// not: who is a member, what was voted, what was erased.
func erasable(kind string) bool {
	return strings.HasPrefix(kind, "record.") || kind == "proposal.text" || kind == "proposal.commented" || kind == "consultation.text"
}
