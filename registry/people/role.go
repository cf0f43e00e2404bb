// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"database/sql"
)

// Grant gives an account a role. A new speaker takes the place of the one before, who stays a member.
func (s *Store) Grant(ctx context.Context, account string, role Role, organisation string) error {
	return s.change(ctx, "give a role", func(tx *sql.Tx) error {
		a, err := s.open(ctx, tx, `WHERE id = ?`, account)
		if err != nil {
			return err
		}
		return s.grant(ctx, tx, a.ID, role, organisation)
	})
}

func (s *Store) grant(ctx context.Context, tx *sql.Tx, account string, role Role, organisation string) error {
	if !role.fits(organisation) {
		return ErrRole
	}
	return s.office(ctx, tx, func() error { return s.seat(ctx, tx, account, role, organisation) })
}

func (s *Store) seat(ctx context.Context, tx *sql.Tx, account string, role Role, organisation string) (err error) {
	switch role {
	case Moderator:
		_, err = tx.ExecContext(ctx, `UPDATE people_accounts SET moderator = 1 WHERE id = ?`, account)
	case Administrator:
		_, err = tx.ExecContext(ctx, `UPDATE people_accounts SET administrator = 1 WHERE id = ?`, account)
	case Speaker:
		if _, err = tx.ExecContext(ctx, `UPDATE people_seats SET speaker = 0 WHERE organisation = ? AND account <> ?`, organisation, account); err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO people_seats VALUES (?1, ?2, 1, ?3) ON CONFLICT DO UPDATE SET speaker = 1`, account, organisation, s.now().Unix())
		}
	default:
		_, err = tx.ExecContext(ctx, `INSERT INTO people_seats VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING`, account, organisation, s.now().Unix())
	}
	return err
}

// Revoke takes a role back, and open invitations to it: of a speaker the voice alone, of a member the seat with it. There is always one administrator.
func (s *Store) Revoke(ctx context.Context, account string, role Role, organisation string) error {
	return s.change(ctx, "take a role back", func(tx *sql.Tx) error {
		a, err := s.read(ctx, tx, `WHERE id = ?`, account)
		if err != nil {
			return err
		}
		if !role.fits(organisation) {
			return ErrRole
		}
		return s.office(ctx, tx, func() error { return unseat(ctx, tx, a, role, organisation) })
	})
}

func unseat(ctx context.Context, tx *sql.Tx, a *Account, role Role, organisation string) (err error) {
	// An invitation that was not used yet, or has not left, would bring the role back. That of a member ends with it those of a speaker.
	for _, table := range []string{"people_links WHERE used = 0", "people_letters WHERE ended = 0"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` AND email = ?1 AND organisation = ?2 AND (role = ?3 OR ?3 = 'member' AND role = 'speaker')`,
			a.Email, organisation, string(role)); err != nil {
			return err
		}
	}
	switch role {
	case Moderator:
		_, err = tx.ExecContext(ctx, `UPDATE people_accounts SET moderator = 0 WHERE id = ?`, a.ID)
	case Administrator:
		if err = notLast(ctx, tx, a.ID); err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE people_accounts SET administrator = 0 WHERE id = ?`, a.ID)
		}
	case Speaker:
		err = one(tx.ExecContext(ctx, `UPDATE people_seats SET speaker = 0 WHERE account = ? AND organisation = ? AND speaker = 1`, a.ID, organisation))
	default:
		err = one(tx.ExecContext(ctx, `DELETE FROM people_seats WHERE account = ? AND organisation = ?`, a.ID, organisation))
	}
	return err
}

// one makes an error of a change that touched nothing.
func one(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return ErrNoSeat
	}
	return nil
}

// notLast refuses to leave an instance without an administrator.
func notLast(ctx context.Context, tx *sql.Tx, account string) error {
	var self, others int
	err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(id = ?1), 0), coalesce(sum(id <> ?1), 0) FROM people_accounts WHERE administrator = 1 AND closed = 0`,
		account).Scan(&self, &others)
	if err == nil && self > 0 && others == 0 {
		return ErrLast
	}
	return err
}

// Rename changes what the account's holder is called, and the language of what is sent to it.
func (s *Store) Rename(ctx context.Context, account, name, lang string) error {
	name, err := readName(name)
	if err != nil {
		return err
	}
	return s.change(ctx, "rename an account", func(tx *sql.Tx) error {
		a, err := s.open(ctx, tx, `WHERE id = ?`, account)
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE people_accounts SET name = ?, lang = ? WHERE id = ?`, name, lang, a.ID)
		}
		return err
	})
}

// Erase removes what tells who the account's holder is, and closes it: its number stays, because the public log names it. The last
// administrator cannot go.
func (s *Store) Erase(ctx context.Context, account string) error {
	return s.change(ctx, "erase an account", func(tx *sql.Tx) error {
		a, err := s.read(ctx, tx, `WHERE id = ?`, account)
		if err != nil {
			return err
		}
		if err := notLast(ctx, tx, a.ID); err != nil {
			return err
		}
		return s.office(ctx, tx, func() error { return s.empty(ctx, tx, a) })
	})
}

func (s *Store) empty(ctx context.Context, tx *sql.Tx, a *Account) (err error) {
	for _, statement := range []string{
		`DELETE FROM people_links WHERE email = (SELECT email FROM people_accounts WHERE id = ?)`,
		`DELETE FROM people_letters WHERE email = (SELECT email FROM people_accounts WHERE id = ?)`,
		`DELETE FROM people_letters WHERE account = ?`,
		`DELETE FROM people_seats WHERE account = ?`,
		`DELETE FROM people_identities WHERE account = ?`,
		`DELETE FROM people_sessions WHERE account = ?`,
		`DELETE FROM people_keys WHERE account = ?`,
		`UPDATE people_accounts SET email = NULL, name = '', moderator = 0, administrator = 0 WHERE id = ?`,
	} {
		if _, err := tx.ExecContext(ctx, statement, a.ID); err != nil {
			return err
		}
	}
	if a.Closed == nil {
		_, err = tx.ExecContext(ctx, `UPDATE people_accounts SET closed = ? WHERE id = ?`, s.now().Unix(), a.ID)
	}
	return err
}
