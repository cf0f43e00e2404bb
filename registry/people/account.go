// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Role is what an account may be. A visitor is who has no account, or one without a seat.
type Role string

// The roles. Members and speakers have theirs in an organisation, the others in the instance.
const (
	Member        = Role("member")
	Speaker       = Role("speaker") // votes in the organisation's name
	Moderator     = Role("moderator")
	Administrator = Role("administrator")
)

// OfOrganisation reports whether the role is had in an organisation.
func (r Role) OfOrganisation() bool { return r == Member || r == Speaker }

// fits reports whether the role exists and goes with the organisation, or with none.
func (r Role) fits(organisation string) bool {
	return r.OfOrganisation() && organisation != "" || (r == Moderator || r == Administrator) && organisation == ""
}

// Account is one person.
type Account struct {
	ID            string     `json:"id"`
	Email         string     `json:"email,omitempty"` // empty when erased or never told
	Name          string     `json:"name,omitempty"`
	Lang          string     `json:"lang"` // fr, en
	Moderator     bool       `json:"moderator,omitempty"`
	Administrator bool       `json:"administrator,omitempty"`
	Made          time.Time  `json:"made"`
	Closed        *time.Time `json:"closed,omitempty"` // since when it opens nothing
	Seats         []Seat     `json:"seats,omitempty"`  // by organisation
}

// Seat is a place in an organisation.
type Seat struct {
	Organisation string    `json:"organisation"` // id in the registry
	Speaker      bool      `json:"speaker,omitempty"`
	Since        time.Time `json:"since"`
}

// ActsFor reports whether the account may edit in the organisation's name.
func (a *Account) ActsFor(organisation string) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.Organisation == organisation })
}

// SpeaksFor reports whether the account votes in the organisation's name.
func (a *Account) SpeaksFor(organisation string) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.Speaker && s.Organisation == organisation })
}

// Moderates reports whether the account decides on reports.
func (a *Account) Moderates() bool { return a.Moderator || a.Administrator }

// Account gives one by its id or its e-mail address.
func (s *Store) Account(ctx context.Context, name string) (*Account, error) {
	a, err := s.read(ctx, s.db, `WHERE id = ?1 OR email = ?1`, name)
	if err != nil {
		return nil, s.failed("read an account", err)
	}
	return a, nil
}

// Speaker gives who votes in an organisation's name; [ErrNoAccount] when nobody does.
func (s *Store) Speaker(ctx context.Context, organisation string) (*Account, error) {
	a, err := s.read(ctx, s.db, `WHERE id = (SELECT account FROM people_seats WHERE organisation = ? AND speaker = 1)`, organisation)
	if err != nil {
		return nil, s.failed("read an organisation's speaker", err)
	}
	return a, nil
}

// Accounts gives all, by the time they were made.
func (s *Store) Accounts(ctx context.Context) ([]*Account, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id FROM people_accounts ORDER BY made, id`)
	if err != nil {
		return nil, s.failed("read the accounts", err)
	}
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, s.failed("read the accounts", errors.Join(err, rows.Close()))
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read the accounts", err)
	}
	all := make([]*Account, 0, len(ids))
	for _, id := range ids {
		a, err := s.Account(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// asked is a database, or a transaction on it.
type asked interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// read gives the one account that the condition finds, with its seats; [ErrNoAccount] when there is none.
func (s *Store) read(ctx context.Context, db asked, where string, args ...any) (*Account, error) {
	var a Account
	var email sql.NullString
	var made, closed int64
	err := db.QueryRowContext(ctx, `SELECT id, email, name, lang, moderator, administrator, made, closed FROM people_accounts `+where, args...).
		Scan(&a.ID, &email, &a.Name, &a.Lang, &a.Moderator, &a.Administrator, &made, &closed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoAccount
	}
	if err != nil {
		return nil, err
	}
	a.Email, a.Made = email.String, time.Unix(made, 0).UTC()
	if closed != 0 {
		at := time.Unix(closed, 0).UTC()
		a.Closed = &at
	}
	rows, err := db.QueryContext(ctx, `SELECT organisation, speaker, since FROM people_seats WHERE account = ? ORDER BY organisation`, a.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var seat Seat
		var since int64
		if err := rows.Scan(&seat.Organisation, &seat.Speaker, &since); err != nil {
			return nil, err
		}
		seat.Since = time.Unix(since, 0).UTC()
		a.Seats = append(a.Seats, seat)
	}
	return &a, rows.Err()
}

// make adds an account inside a transaction.
func (s *Store) make(ctx context.Context, tx *sql.Tx, email, name, lang string) (*Account, error) {
	id, err := s.id()
	if err != nil {
		return nil, err
	}
	if lang == "" {
		lang = "fr"
	}
	var address any // NULL
	if email != "" {
		address = email
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO people_accounts (id, email, name, lang, made) VALUES (?, ?, ?, ?, ?)`,
		id, address, name, lang, s.now().Unix()); err != nil {
		return nil, err
	}
	return s.read(ctx, tx, `WHERE id = ?`, id)
}

// open is [Store.read] for what only an account that was not closed may do.
func (s *Store) open(ctx context.Context, db asked, where string, args ...any) (*Account, error) {
	a, err := s.read(ctx, db, where, args...)
	if err == nil && a.Closed != nil {
		return nil, ErrClosed
	}
	return a, err
}
