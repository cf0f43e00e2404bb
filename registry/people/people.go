// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package people knows who may act on a registry: accounts, how they sign in, the organisations that they speak for, and keys for
// programs.
//
// No password is kept. A person signs in with a link sent to an e-mail address, which works once, or with an account that
// another site vouches for (OpenID Connect). What opens something (the secret of a link, of a session, of a key) is 32 random
// bytes; the database holds their SHA-256 alone, so that a stolen copy opens nothing.
//
// The tables stand in communs.db beside the registry's. Personal data are the name and the e-mail address of an account, and
// what another site calls its holder; [Store.Erase] removes them and leaves the number, which the public log names.
package people

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// Config is what a store needs. Only Dir is required.
type Config struct {
	Dir    string        // data folder: the tables are in its communs.db
	Disk   *durable.Disk // every change below Dir is announced to it
	Now    func() time.Time
	Random io.Reader // where secrets come from; crypto/rand when nil
}

// Store keeps accounts. It is safe for use by several goroutines, and by several processes.
type Store struct {
	db     *sql.DB
	disk   *durable.Disk
	path   string
	now    func() time.Time
	random io.Reader
}

// migrations are the tables. Times are seconds since 1970.
func migrations() []string {
	return []string{`
CREATE TABLE people_accounts (
	id            TEXT PRIMARY KEY,             -- random: says nothing of its holder, and stands in the public log
	email         TEXT UNIQUE COLLATE NOCASE,   -- NULL: erased, or never told by the site that vouches
	name          TEXT NOT NULL,                -- as the holder gives it; empty when not given
	lang          TEXT NOT NULL,                -- of the messages sent to it
	moderator     INTEGER NOT NULL DEFAULT 0,
	administrator INTEGER NOT NULL DEFAULT 0,
	made          INTEGER NOT NULL,
	closed        INTEGER NOT NULL DEFAULT 0    -- since when it opens nothing any more
) WITHOUT ROWID;
CREATE TABLE people_seats (                     -- who acts in the name of which organisation
	account      TEXT NOT NULL REFERENCES people_accounts (id),
	organisation TEXT NOT NULL,
	speaker      INTEGER NOT NULL,              -- votes in its name: one for each organisation
	since        INTEGER NOT NULL,
	PRIMARY KEY (account, organisation)
) WITHOUT ROWID;
CREATE UNIQUE INDEX people_speakers ON people_seats (organisation) WHERE speaker = 1;
CREATE TABLE people_identities (                -- accounts on sites that vouch
	issuer  TEXT NOT NULL,
	subject TEXT NOT NULL,
	account TEXT NOT NULL REFERENCES people_accounts (id),
	since   INTEGER NOT NULL,
	PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE TABLE people_links (
	hash         BLOB PRIMARY KEY,              -- SHA-256 of the secret
	email        TEXT NOT NULL COLLATE NOCASE,
	lang         TEXT NOT NULL,
	organisation TEXT NOT NULL,                 -- of an invitation; empty otherwise
	role         TEXT NOT NULL,                 -- of an invitation: member, speaker, moderator, administrator; empty otherwise
	made         INTEGER NOT NULL,
	expires      INTEGER NOT NULL,
	used         INTEGER NOT NULL DEFAULT 0     -- 0: not yet
) WITHOUT ROWID;
CREATE INDEX people_links_by_email ON people_links (email);
CREATE INDEX people_links_by_end ON people_links (expires);
CREATE TABLE people_sessions (
	hash    BLOB PRIMARY KEY,
	account TEXT NOT NULL REFERENCES people_accounts (id),
	made    INTEGER NOT NULL,
	seen    INTEGER NOT NULL                    -- to the hour: a page need not write
) WITHOUT ROWID;
CREATE INDEX people_sessions_by_account ON people_sessions (account);
CREATE TABLE people_keys (                      -- for programs
	hash    BLOB PRIMARY KEY,
	id      TEXT NOT NULL UNIQUE,               -- what it is called when it is taken back
	account TEXT NOT NULL REFERENCES people_accounts (id),
	name    TEXT NOT NULL,
	scopes  TEXT NOT NULL,                      -- separated by a space
	made    INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	seen    INTEGER NOT NULL DEFAULT 0          -- to the hour; 0: never
) WITHOUT ROWID;
CREATE INDEX people_keys_by_account ON people_keys (account);`, `
CREATE TABLE people_letters (                   -- owed until they have left
	id           TEXT PRIMARY KEY,              -- random: the message's name, so that one sent twice is seen to be one
	about        BLOB UNIQUE,                   -- SHA-256 of what it is about and of its reader, who is told once; NULL: may be sent again
	account      TEXT,                          -- of the reader; NULL: known by the address alone, or it has left
	email        TEXT NOT NULL COLLATE NOCASE,  -- of who has no account; empty otherwise
	lang         TEXT NOT NULL,
	subject      TEXT NOT NULL,
	text         TEXT NOT NULL,
	organisation TEXT NOT NULL,                 -- of an invitation; empty otherwise
	role         TEXT NOT NULL,
	made         INTEGER NOT NULL,
	due          INTEGER NOT NULL,              -- when it is to be tried next
	tries        INTEGER NOT NULL DEFAULT 0,
	ended        INTEGER NOT NULL DEFAULT 0     -- when it left or was given up: nothing is kept then but id, about and times
) WITHOUT ROWID;
CREATE INDEX people_letters_by_due ON people_letters (due) WHERE ended = 0;
CREATE TABLE people_changes (                   -- of speakers and roles, until the public log has them
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	at           INTEGER NOT NULL,
	organisation TEXT NOT NULL,                 -- whose speaker changed; empty: who moderates or administers
	speaker      TEXT NOT NULL,                 -- new, other, none; empty otherwise
	moderators   INTEGER NOT NULL,
	administrators INTEGER NOT NULL
);
CREATE TABLE people_settled (                   -- the last entry of the public log whose consequences are drawn here
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	entry INTEGER NOT NULL
);
INSERT INTO people_settled VALUES (1, 0);`}
}

// Open opens the tables in the data folder's communs.db, and makes them where there are none.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{disk: c.Disk, path: filepath.Join(c.Dir, "communs.db"), now: c.Now, random: c.Random}
	if s.disk == nil {
		s.disk = &durable.Disk{}
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	var err error
	if s.db, err = sqlite.Open(ctx, s.path); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context) error {
	have, err := sqlite.Version(ctx, s.db, "people")
	if err != nil {
		return sqlite.Damaged(s.path, &sqlite.OpenError{Path: s.path, Err: err})
	}
	if have == len(migrations()) {
		return nil
	}
	if err := s.disk.Step(durable.OpWrite, s.path); err != nil {
		return err
	}
	return sqlite.Damaged(s.path, sqlite.Migrate(ctx, s.db, "people", migrations()))
}

// Close gives the database back.
func (s *Store) Close() error { return s.db.Close() }

// change runs one transaction: all of it, or nothing. When it returns without an error, what it did survives a power cut.
func (s *Store) change(ctx context.Context, doing string, do func(*sql.Tx) error) error {
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

// failed says what was being done, and of a damaged database that it is.
func (s *Store) failed(doing string, err error) error {
	return sqlite.Damaged(s.path, fmt.Errorf("%s in %s: %w", doing, s.path, err))
}
