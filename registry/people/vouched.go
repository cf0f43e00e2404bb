// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"database/sql"
	"errors"
)

// Vouched is what a site says of who signed in there, in the words of OpenID Connect Core 1.0, section 5.1. The site is one that the
// operator trusts, and its word was checked before.
type Vouched struct {
	Issuer   string // iss
	Subject  string // sub: never given to another person
	Email    string // email; empty when not told
	Verified bool   // email_verified
	Name     string // name
	Lang     string // of the page that the person came from
}

// Enter signs in whom a site vouches for. The subject decides, not the address, which people change. The first time, an account with
// the same address is taken as the same person's if the site has verified the address; otherwise that account's owner has to sign in
// with a link first, and [Store.Join] it: a site that verifies nothing must not open what is somebody else's.
func (s *Store) Enter(ctx context.Context, v Vouched) (*Account, Session, error) {
	var a *Account
	var opened Session
	err := s.change(ctx, "sign in", func(tx *sql.Tx) error {
		var err error
		if a, err = s.read(ctx, tx, `WHERE id = (SELECT account FROM people_identities WHERE issuer = ? AND subject = ?)`, v.Issuer, v.Subject); errors.Is(err, ErrNoAccount) {
			a, err = s.first(ctx, tx, v)
		}
		if err != nil {
			return err
		}
		if a.Closed != nil {
			return ErrClosed
		}
		opened, err = s.begin(ctx, tx, a.ID)
		return err
	})
	if err != nil {
		return nil, Session{}, err
	}
	return a, opened, nil
}

// first finds or makes the account of somebody who comes from a site for the first time.
func (s *Store) first(ctx context.Context, tx *sql.Tx, v Vouched) (*Account, error) {
	email, name := "", ""
	if read, err := ReadAddress(v.Email); err == nil {
		email = read
	}
	if read, err := readName(v.Name); err == nil {
		name = read
	}
	a, err := (*Account)(nil), error(ErrNoAccount)
	if email != "" {
		a, err = s.read(ctx, tx, `WHERE email = ?`, email)
	}
	switch {
	case errors.Is(err, ErrNoAccount):
		// An address that nobody has verified is not kept: it may be somebody else's, who comes later.
		if !v.Verified {
			email = ""
		}
		a, err = s.make(ctx, tx, email, name, v.Lang)
	case err == nil && !v.Verified:
		err = ErrUnverified
	}
	if err != nil {
		return nil, err
	}
	return a, s.join(ctx, tx, a.ID, v)
}

// Join adds a way to sign in to an account whose holder is signed in. One that belongs to another account is [ErrTaken].
func (s *Store) Join(ctx context.Context, account string, v Vouched) error {
	return s.change(ctx, "add a way to sign in", func(tx *sql.Tx) error {
		a, err := s.open(ctx, tx, `WHERE id = ?`, account)
		if err != nil {
			return err
		}
		other, err := s.read(ctx, tx, `WHERE id = (SELECT account FROM people_identities WHERE issuer = ? AND subject = ?)`, v.Issuer, v.Subject)
		switch {
		case errors.Is(err, ErrNoAccount):
			return s.join(ctx, tx, a.ID, v)
		case err == nil && other.ID != a.ID:
			return ErrTaken
		}
		return err
	})
}

func (s *Store) join(ctx context.Context, tx *sql.Tx, account string, v Vouched) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO people_identities VALUES (?, ?, ?, ?)`, v.Issuer, v.Subject, account, s.now().Unix())
	return err
}

// Part takes a site's word away from an account: it opens it no more. An account always keeps one way in.
func (s *Store) Part(ctx context.Context, account, issuer string) error {
	return s.change(ctx, "take a way to sign in away", func(tx *sql.Tx) error {
		a, err := s.open(ctx, tx, `WHERE id = ?`, account)
		if err != nil {
			return err
		}
		var others int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM people_identities WHERE account = ? AND issuer <> ?`, a.ID, issuer).Scan(&others); err != nil {
			return err
		}
		if a.Email == "" && others == 0 {
			return ErrOnlyWay
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM people_identities WHERE account = ? AND issuer = ?`, a.ID, issuer)
		return err
	})
}

// Subject gives what a site calls the account's holder; empty when it has not signed in from there.
func (s *Store) Subject(ctx context.Context, account, issuer string) (string, error) {
	var subject string
	err := s.db.QueryRowContext(ctx, `SELECT subject FROM people_identities WHERE account = ? AND issuer = ?`, account, issuer).Scan(&subject)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", s.failed("read a way to sign in", err)
	}
	return subject, nil
}
