// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"
)

// How long a session lasts: from its last use, and in all.
const (
	sessionIdle = 14 * 24 * time.Hour
	sessionLife = 60 * 24 * time.Hour
)

// seenStep is how exactly the last use is kept, so that reading a page is not a write.
const seenStep = time.Hour

// Session is what a cookie carries. It is always of our making: what a browser brings and we do not know is never taken over.
type Session struct {
	Secret  string
	Expires time.Time // at the latest
}

// FormToken is what every form of the session carries beside the cookie: who can only have a browser send the cookie does not know it.
// It is HMAC-SHA256 of the word "form" under the secret.
func FormToken(secret string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("form"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// GoodForm compares in a time that says nothing.
func GoodForm(secret, token string) bool { return hmac.Equal([]byte(FormToken(secret)), []byte(token)) }

// begin opens a session inside a transaction, and forgets those that have ended.
func (s *Store) begin(ctx context.Context, tx *sql.Tx, account string) (Session, error) {
	secret, hash, err := s.secret()
	if err != nil {
		return Session{}, err
	}
	now := s.now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM people_sessions WHERE seen < ? OR made < ?`,
		now.Add(-sessionIdle).Unix(), now.Add(-sessionLife).Unix()); err != nil {
		return Session{}, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO people_sessions VALUES (?, ?, ?, ?)`, hash, account, now.Unix(), now.Unix()); err != nil {
		return Session{}, err
	}
	return Session{secret, now.Add(sessionLife).Truncate(time.Second).UTC()}, nil
}

// SignedIn gives the account whose session it is, or [ErrSignedOut].
func (s *Store) SignedIn(ctx context.Context, secret string) (*Account, error) {
	hash, ok := readSecret(secret)
	if !ok {
		return nil, ErrSignedOut
	}
	var account string
	var made, seen int64
	err := s.db.QueryRowContext(ctx, `SELECT account, made, seen FROM people_sessions WHERE hash = ?`, hash).Scan(&account, &made, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrSignedOut
	}
	if err != nil {
		return nil, s.failed("read a session", err)
	}
	now := s.now()
	if now.Sub(time.Unix(seen, 0)) >= sessionIdle || now.Sub(time.Unix(made, 0)) >= sessionLife {
		return nil, ErrSignedOut
	}
	a, err := s.open(ctx, s.db, `WHERE id = ?`, account)
	if errors.Is(err, ErrClosed) || errors.Is(err, ErrNoAccount) {
		return nil, ErrSignedOut
	}
	if err != nil {
		return nil, s.failed("read an account", err)
	}
	if now.Sub(time.Unix(seen, 0)) >= seenStep {
		err = s.change(ctx, "keep a session", func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE people_sessions SET seen = ? WHERE hash = ?`, now.Unix(), hash)
			return err
		})
	}
	return a, err
}

// SignOut ends one session; that there is none is no error.
func (s *Store) SignOut(ctx context.Context, secret string) error {
	hash, ok := readSecret(secret)
	if !ok {
		return nil
	}
	return s.change(ctx, "end a session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM people_sessions WHERE hash = ?`, hash)
		return err
	})
}

// SignOutEverywhere ends all sessions of an account and the links that would open another, and says how many sessions. Keys for programs stay: they
// are taken back one by one.
func (s *Store) SignOutEverywhere(ctx context.Context, account string) (ended int, err error) {
	err = s.change(ctx, "end an account's sessions", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM people_links WHERE role = '' AND used = 0 AND email = (SELECT email FROM people_accounts WHERE id = ?)`, account); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `DELETE FROM people_sessions WHERE account = ?`, account)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		ended = int(n)
		return err
	})
	return ended, err
}
