// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// Letter is what somebody is owed: a vote that opened, a decision on what they published, an invitation. It is kept until it has left, or has
// been tried for [letterLife]. A link to sign in is not one: it leaves at once, or whoever waits for it is told.
type Letter struct {
	Account string // of the reader: it goes to the address that the account has when it leaves
	Email   string // of a reader who has no account; one of the two
	Lang    string // fr, en; for an account that is left empty its own
	Subject string
	Text    string

	// About is what the letter is about, as "vote.opened/12": the same reader is told of it once, however often it is owed. So whoever owes it after a
	// decision may owe it again after a restart. Empty: it leaves as often as it is owed.
	About string

	// Invite makes an invitation of the letter. Its link is made when it leaves and stands for [LinkMark] in the text: no secret waits in the
	// tables. The address is the letter's.
	Invite *Invitation
}

// LinkMark stands in the text of an invitation for the secret of its link.
const LinkMark = "{link}"

// How long a letter is tried, and how long it is remembered that a reader was told.
const (
	letterLife  = 5 * 24 * time.Hour // RFC 5321, section 4.5.4.1
	letterKnown = 400 * 24 * time.Hour
)

// Owed is a letter whose time has come.
type Owed struct {
	ID, To, Lang, Subject, Text string

	invite *Invitation
}

// Owe keeps a letter until it has left: when it returns without an error, the letter survives a power cut.
func (s *Store) Owe(ctx context.Context, l Letter) error {
	if l.Account == "" {
		email, err := ReadAddress(l.Email)
		if err != nil {
			return err
		}
		l.Email = email
	}
	invite := Invitation{}
	if l.Invite != nil {
		if invite = *l.Invite; !invite.Role.fits(invite.Organisation) || l.Email == "" {
			return ErrRole
		}
	}
	id, err := s.id()
	if err != nil {
		return err
	}
	now := s.now()
	return s.change(ctx, "owe a letter", func(tx *sql.Tx) error {
		if l.Account != "" {
			a, err := s.open(ctx, tx, `WHERE id = ?`, l.Account)
			if err != nil {
				return err
			}
			if a.Email == "" { // there is no way to reach them
				return nil
			}
			if l.Lang == "" {
				l.Lang = a.Lang
			}
		}
		if err := forgetLetters(ctx, tx, now); err != nil {
			return err
		}
		var account, about any // NULL
		if l.Account != "" {
			account, l.Email = l.Account, ""
		}
		if l.About != "" {
			sum := sha256.Sum256([]byte(l.About + "\n" + l.Account + "\n" + strings.ToLower(l.Email)))
			about = sum[:]
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO people_letters (id, about, account, email, lang, subject, text, organisation, role, made, due)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?10, ?10) ON CONFLICT (about) DO NOTHING`,
			id, about, account, l.Email, l.Lang, l.Subject, l.Text, invite.Organisation, string(invite.Role), now.Unix())
		return err
	})
}

// emptied is what becomes of a letter that is not owed any more.
const emptied = `UPDATE people_letters SET account = NULL, email = '', lang = '', subject = '', text = '', organisation = '', role = '', ended = ? WHERE ended = 0 AND `

// forgetLetters gives up what could not be delivered, also where no server has been there to try, and forgets who was told of what.
func forgetLetters(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, emptied+`made < ?`, now.Unix(), now.Add(-letterLife).Unix()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM people_letters WHERE ended <> 0 AND (about IS NULL OR made < ?)`, now.Add(-letterKnown).Unix())
	return err
}

// Owed gives the letters whose time has come, at most as many as are asked for, the longest waiting first.
func (s *Store) Owed(ctx context.Context, most int) ([]Owed, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT l.id, coalesce(a.email, l.email), l.lang, l.subject, l.text, l.organisation, l.role
		FROM people_letters l LEFT JOIN people_accounts a ON a.id = l.account WHERE l.ended = 0 AND l.due <= ? ORDER BY l.due, l.id LIMIT ?`, s.now().Unix(), most)
	if err != nil {
		return nil, s.failed("read the letters", err)
	}
	defer rows.Close()
	var all []Owed
	for rows.Next() {
		var l Owed
		var organisation, role string
		if err := rows.Scan(&l.ID, &l.To, &l.Lang, &l.Subject, &l.Text, &organisation, &role); err != nil {
			return nil, s.failed("read the letters", err)
		}
		if role != "" {
			l.invite = &Invitation{Email: l.To, Lang: l.Lang, Role: Role(role), Organisation: organisation}
		}
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read the letters", err)
	}
	return all, nil
}

// Ready gives a letter as it is to leave: that of an invitation gets its link now.
func (s *Store) Ready(ctx context.Context, l Owed) (Owed, error) {
	if l.invite == nil {
		return l, nil
	}
	link, err := s.Invite(ctx, *l.invite)
	l.Text = strings.ReplaceAll(l.Text, LinkMark, link.Secret)
	return l, err
}

// Left empties a letter that has left, or that the reader's server has refused for good.
func (s *Store) Left(ctx context.Context, id string) error {
	return s.change(ctx, "keep that a letter left", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, emptied+`id = ?`, s.now().Unix(), id); err != nil {
			return err
		}
		return forgetLetters(ctx, tx, s.now())
	})
}

// Later puts a letter off that could not leave; one that was tried for long enough is given up.
func (s *Store) Later(ctx context.Context, id string) error {
	return s.change(ctx, "put a letter off", func(tx *sql.Tx) error {
		var tries int
		var made int64
		err := tx.QueryRowContext(ctx, `SELECT tries, made FROM people_letters WHERE id = ? AND ended = 0`, id).Scan(&tries, &made)
		if errors.Is(err, sql.ErrNoRows) { // it is not owed any more
			return nil
		}
		if err != nil {
			return err
		}
		now := s.now()
		due := now.Add(min(time.Minute<<min(tries, 8), 4*time.Hour))
		if due.Sub(time.Unix(made, 0)) > letterLife {
			_, err = tx.ExecContext(ctx, emptied+`id = ?`, now.Unix(), id)
		} else {
			_, err = tx.ExecContext(ctx, `UPDATE people_letters SET due = ?, tries = tries + 1 WHERE id = ?`, due.Unix(), id)
		}
		return err
	})
}
