// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"
)

// Change is what the public log is to tell of who speaks and decides here: which organisation has another speaker, how many people moderate and
// administer. It names nobody. It is kept in the transaction that makes it, until the log has it.
type Change struct {
	N              int64     // its number, never given again
	At             time.Time // to the second
	Organisation   string    // whose speaker changed; empty: who moderates or administers
	Speaker        string    // SpeakerNew, SpeakerOther, SpeakerNone; empty without an organisation
	Moderators     int       // how many there are now; without an organisation
	Administrators int
}

// What became of an organisation's speaker.
const (
	SpeakerNew   = "new"   // it had none
	SpeakerOther = "other" // another person
	SpeakerNone  = "none"  // it has none any more
)

// offices is who has a role that the public may know to be filled.
type offices struct {
	speakers                   map[string]string // organisation → account
	moderators, administrators int
}

func readOffices(ctx context.Context, tx *sql.Tx) (o offices, err error) {
	o.speakers = map[string]string{}
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(moderator), 0), coalesce(sum(administrator), 0) FROM people_accounts WHERE closed = 0`).
		Scan(&o.moderators, &o.administrators)
	if err != nil {
		return o, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT organisation, account FROM people_seats WHERE speaker = 1`)
	if err != nil {
		return o, err
	}
	defer rows.Close()
	for rows.Next() {
		var organisation, account string
		if err := rows.Scan(&organisation, &account); err != nil {
			return o, err
		}
		o.speakers[organisation] = account
	}
	return o, rows.Err()
}

// office does what may change who has a role, and keeps what has changed.
func (s *Store) office(ctx context.Context, tx *sql.Tx, do func() error) error {
	before, err := readOffices(ctx, tx)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := readOffices(ctx, tx)
	if err != nil {
		return err
	}
	var told []Change
	if before.moderators != after.moderators || before.administrators != after.administrators {
		told = append(told, Change{Moderators: after.moderators, Administrators: after.administrators})
	}
	both := maps.Clone(before.speakers)
	maps.Copy(both, after.speakers)
	for _, organisation := range slices.Sorted(maps.Keys(both)) {
		was, is := before.speakers[organisation], after.speakers[organisation]
		switch {
		case was == is:
		case was == "":
			told = append(told, Change{Organisation: organisation, Speaker: SpeakerNew})
		case is == "":
			told = append(told, Change{Organisation: organisation, Speaker: SpeakerNone})
		default:
			told = append(told, Change{Organisation: organisation, Speaker: SpeakerOther})
		}
	}
	for _, c := range told {
		if _, err := tx.ExecContext(ctx, `INSERT INTO people_changes (at, organisation, speaker, moderators, administrators) VALUES (?, ?, ?, ?, ?)`,
			s.now().Unix(), c.Organisation, c.Speaker, c.Moderators, c.Administrators); err != nil {
			return err
		}
	}
	return nil
}

// Untold gives the changes that the public log does not have yet, and the number of its last entry whose consequences are drawn.
func (s *Store) Untold(ctx context.Context) (all []Change, settled int64, err error) {
	if err := s.db.QueryRowContext(ctx, `SELECT entry FROM people_settled`).Scan(&settled); err != nil {
		return nil, 0, s.failed("read the changes of roles", err)
	}
	rows, err := s.db.QueryContext(ctx, `SELECT n, at, organisation, speaker, moderators, administrators FROM people_changes ORDER BY n`)
	if err != nil {
		return nil, 0, s.failed("read the changes of roles", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Change
		var at int64
		if err := rows.Scan(&c.N, &at, &c.Organisation, &c.Speaker, &c.Moderators, &c.Administrators); err != nil {
			return nil, 0, s.failed("read the changes of roles", err)
		}
		c.At = time.Unix(at, 0).UTC()
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, s.failed("read the changes of roles", err)
	}
	return all, settled, nil
}

// Told keeps that the log has all changes up to a number, and that the consequences of its entries are drawn up to another.
func (s *Store) Told(ctx context.Context, through, entry int64) error {
	return s.change(ctx, "keep what the public log tells", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM people_changes WHERE n <= ?`, through); err != nil {
			return err
		}
		return settle(ctx, tx, entry)
	})
}

func settle(ctx context.Context, tx *sql.Tx, entry int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE people_settled SET entry = ?1 WHERE entry < ?1`, entry)
	return err
}

// Leave takes the seats back that an organisation had when it left, or was removed, and open invitations to one: an entry of the public log says so, and once
// it is settled, seats that it is given later are left alone. It says how many there were.
func (s *Store) Leave(ctx context.Context, organisation string, at time.Time, entry int64) (seats int, err error) {
	err = s.change(ctx, "take an organisation's seats back", func(tx *sql.Tx) error {
		var settled int64
		if err := tx.QueryRowContext(ctx, `SELECT entry FROM people_settled`).Scan(&settled); err != nil || settled >= entry {
			return err
		}
		return s.office(ctx, tx, func() error {
			for _, statement := range []string{
				`DELETE FROM people_links WHERE organisation = ? AND used = 0 AND made <= ?`,
				`DELETE FROM people_letters WHERE organisation = ? AND made <= ?`,
			} {
				if _, err := tx.ExecContext(ctx, statement, organisation, at.Unix()); err != nil {
					return err
				}
			}
			r, err := tx.ExecContext(ctx, `DELETE FROM people_seats WHERE organisation = ? AND since <= ?`, organisation, at.Unix())
			if err != nil {
				return err
			}
			n, err := r.RowsAffected()
			if seats = int(n); err != nil {
				return err
			}
			return settle(ctx, tx, entry)
		})
	})
	return seats, err
}
