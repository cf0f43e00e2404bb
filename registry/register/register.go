// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package register brings software into the registry by the hands of those who make it: a repository's address is read, a draft is filled
// with what it says of itself, somebody corrects it, and publishes it in the name of their organisation. Whoever shows that they control
// the repository has the card say so.
//
// A draft is durable from its first moment, belongs to an organisation or to a person, and is dropped ninety days after its last change.
// Publishing is one act of the registry, which carries the draft's number: sent twice, it is done once.
package register

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
	"communs/registry"
	"communs/registry/people"
)

// Config is what a service needs. Dir, Records and Reader are required.
type Config struct {
	Dir     string        // data folder: the tables are in its communs.db
	Disk    *durable.Disk // every change below Dir is announced to it
	Records registry.Store
	Reader  Reader
	Known   func(context.Context) (*registry.Catalogue, error) // the catalogue of these records as it is now; read anew each time when nil
	Site    Site                                               // reads files on the sites of software; nobody proves control by them when nil
	Forge   Forge                                              // asks forges who maintains a repository; nobody proves control by them when nil
	Licence string                                             // under which what is registered is handed on: an SPDX id
	Now     func() time.Time
	Random  io.Reader // crypto/rand when nil
}

// How long things last.
const (
	draftLife = 90 * 24 * time.Hour // of a draft, after its last change
	tokenLife = 7 * 24 * time.Hour  // of the word that proves control, until it has to be found
	proofLife = 365                 // days during which a proof counts
	readLimit = 2 * time.Minute     // for reading one repository
)

// How much one may do. What is refused can be done later.
const (
	DraftsAtOnce = 20 // drafts that one account, or one network, may begin at once, and then one every ten minutes
	draftEvery   = 10 * time.Minute
	DraftsOpen   = 200 // drafts that one owner may keep
	pastesAtOnce = 100 // addresses that one network may name, be there a draft for them or not, and then one every ten seconds
	pasteEvery   = 10 * time.Second
	proofsAtOnce = 10 // attempts at a proof, and then one a minute
	proofEvery   = time.Minute
	readSideBy   = 2 // repositories that are read at once
)

// Service is where software is registered. It is safe for use by several goroutines, and its tables by several processes.
type Service struct {
	Config
	db     *sql.DB
	path   string
	pasted *people.Limit
	drafts *people.Limit
	proofs *people.Limit
	turns  chan struct{}

	mu      sync.Mutex
	reading map[string]chan struct{} // drafts whose repository is being read; closed when that has ended
	readers sync.WaitGroup
	ctx     context.Context // of what goes on after its request
	stop    context.CancelFunc
}

// migrations are the tables. Times are seconds since 1970.
func migrations() []string {
	return []string{`
CREATE TABLE register_drafts (
	id           TEXT PRIMARY KEY,      -- random
	account      TEXT NOT NULL,         -- whose it is, unless it is an organisation's; empty: the operator's
	organisation TEXT NOT NULL,
	place        TEXT NOT NULL,         -- key of the repository's address
	version      INTEGER NOT NULL,      -- one more with each change
	body         BLOB NOT NULL,         -- JSON
	made         INTEGER NOT NULL,
	changed      INTEGER NOT NULL,
	published    TEXT NOT NULL          -- id of the software; empty: not yet
) WITHOUT ROWID;
CREATE UNIQUE INDEX register_open_drafts ON register_drafts (organisation, CASE organisation WHEN '' THEN account ELSE '' END, place) WHERE published = '';
CREATE INDEX register_drafts_by_organisation ON register_drafts (organisation);
CREATE INDEX register_drafts_by_change ON register_drafts (changed);
CREATE TABLE register_tokens (          -- words that somebody places where only who controls a repository can
	token        TEXT PRIMARY KEY,      -- no secret once it is placed, so it opens nothing by itself
	account      TEXT NOT NULL,
	organisation TEXT NOT NULL,
	place        TEXT NOT NULL,
	made         INTEGER NOT NULL,
	expires      INTEGER NOT NULL,
	used         INTEGER NOT NULL DEFAULT 0,
	method       TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX register_tokens_by_place ON register_tokens (place);`}
}

// Open opens the tables in the data folder's communs.db, and makes them where there are none.
func Open(ctx context.Context, c Config) (*Service, error) {
	if c.Disk == nil {
		c.Disk = &durable.Disk{}
	}
	if c.Known == nil {
		c.Known = func(ctx context.Context) (*registry.Catalogue, error) { return registry.Load(ctx, c.Records) }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	s := &Service{
		Config: c, path: filepath.Join(c.Dir, "communs.db"), reading: map[string]chan struct{}{}, turns: make(chan struct{}, readSideBy),
		pasted: people.NewLimit(pasteEvery, pastesAtOnce, c.Now),
		drafts: people.NewLimit(draftEvery, DraftsAtOnce, c.Now), proofs: people.NewLimit(proofEvery, proofsAtOnce, c.Now),
	}
	var err error
	if s.db, err = sqlite.Open(ctx, s.path); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	return s, nil
}

func (s *Service) migrate(ctx context.Context) error {
	have, err := sqlite.Version(ctx, s.db, "register")
	if err != nil {
		return sqlite.Damaged(s.path, &sqlite.OpenError{Path: s.path, Err: err})
	}
	if have == len(migrations()) {
		return nil
	}
	if err := s.Disk.Step(durable.OpWrite, s.path); err != nil {
		return err
	}
	return sqlite.Damaged(s.path, sqlite.Migrate(ctx, s.db, "register", migrations()))
}

// Close ends what is being read, which is begun again when somebody asks for the draft, and gives the database back.
func (s *Service) Close() error {
	s.stop()
	s.readers.Wait()
	return s.db.Close()
}

// change runs one transaction: all of it, or nothing. When it returns without an error, what it did survives a power cut.
func (s *Service) change(ctx context.Context, doing string, do func(*sql.Tx) error) error {
	if err := s.Disk.Step(durable.OpWrite, s.path); err != nil {
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

func (s *Service) failed(doing string, err error) error {
	return sqlite.Damaged(s.path, fmt.Errorf("%s in %s: %w", doing, s.path, err))
}

func (s *Service) today() registry.Date {
	return registry.Date(s.Now().UTC().Format(time.DateOnly))
}
