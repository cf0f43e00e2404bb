// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// How long a link opens something. One that was asked for is read at once; an invitation waits for its reader.
const (
	signInLife     = 20 * time.Minute
	invitationLife = 14 * 24 * time.Hour
	linkKnown      = 30 * 24 * time.Hour // after its end: whoever follows it is told why it opens nothing
)

// Link is what a message carries.
type Link struct {
	Secret  string
	Email   string
	Expires time.Time
}

// Invitation brings a person in, with a role.
type Invitation struct {
	Email        string
	Lang         string // fr, en
	Role         Role
	Organisation string // of a member or a speaker
}

// SignInLink makes the link that signs the owner of an address in. Whether there is an account is not asked: the answer would
// tell a stranger who is known here. One is made when the link is followed.
func (s *Store) SignInLink(ctx context.Context, email, lang string) (Link, error) {
	return s.link(ctx, Invitation{Email: email, Lang: lang}, signInLife)
}

// Invite makes the link of an invitation: who follows it has the role.
func (s *Store) Invite(ctx context.Context, i Invitation) (Link, error) {
	if !i.Role.fits(i.Organisation) {
		return Link{}, ErrRole
	}
	return s.link(ctx, i, invitationLife)
}

func (s *Store) link(ctx context.Context, i Invitation, life time.Duration) (Link, error) {
	email, err := ReadAddress(i.Email)
	if err != nil {
		return Link{}, err
	}
	secret, hash, err := s.secret()
	if err != nil {
		return Link{}, err
	}
	now := s.now()
	l := Link{secret, email, now.Add(life).Truncate(time.Second).UTC()}
	err = s.change(ctx, "make a link", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM people_links WHERE expires < ?`, now.Add(-linkKnown).Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO people_links (hash, email, lang, organisation, role, made, expires) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			hash, email, i.Lang, i.Organisation, string(i.Role), now.Unix(), l.Expires.Unix())
		return err
	})
	return l, err
}

// Look says what a link would open, and uses nothing up: programs that look into mailboxes follow links too.
func (s *Store) Look(ctx context.Context, secret string) (Invitation, error) {
	i, _, err := s.look(ctx, s.db, secret)
	if err != nil {
		err = s.failed("look at a link", err)
	}
	return i, err
}

func (s *Store) look(ctx context.Context, db asked, secret string) (Invitation, []byte, error) {
	hash, ok := readSecret(secret)
	if !ok {
		return Invitation{}, nil, ErrUnknownLink
	}
	var i Invitation
	var role string
	var expires, used int64
	err := db.QueryRowContext(ctx, `SELECT email, lang, organisation, role, expires, used FROM people_links WHERE hash = ?`, hash).
		Scan(&i.Email, &i.Lang, &i.Organisation, &role, &expires, &used)
	i.Role = Role(role)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = ErrUnknownLink
	case err != nil:
	case used != 0:
		err = ErrUsedLink
	case s.now().Unix() >= expires:
		err = ErrExpiredLink
	}
	if err != nil {
		return Invitation{}, nil, err
	}
	return i, hash, nil
}

// Follow uses a link up, once: it makes the account where there is none, gives the role of an invitation, and opens a session. All
// other sign-in links of the address end with it.
func (s *Store) Follow(ctx context.Context, secret string) (*Account, Session, error) {
	var a *Account
	var opened Session
	err := s.change(ctx, "follow a link", func(tx *sql.Tx) error {
		i, hash, err := s.look(ctx, tx, secret)
		if err != nil {
			return err
		}
		if a, err = s.read(ctx, tx, `WHERE email = ?`, i.Email); errors.Is(err, ErrNoAccount) {
			a, err = s.make(ctx, tx, i.Email, "", i.Lang)
		}
		if err != nil {
			return err
		}
		if a.Closed != nil {
			return ErrClosed
		}
		if i.Role != "" {
			if err := s.grant(ctx, tx, a.ID, i.Role, i.Organisation); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people_links SET used = ?1 WHERE hash = ?2 OR email = ?3 AND role = '' AND used = 0`,
			s.now().Unix(), hash, i.Email); err != nil {
			return err
		}
		if a, err = s.read(ctx, tx, `WHERE id = ?`, a.ID); err != nil {
			return err
		}
		opened, err = s.begin(ctx, tx, a.ID)
		return err
	})
	if err != nil {
		return nil, Session{}, err
	}
	return a, opened, nil
}
