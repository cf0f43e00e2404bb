// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
)

// Scope is what a key may do. A key never does more than its account.
type Scope string

// The scopes: reading what the account sees, editing records, voting and proposing, deciding on reports. Keys and roles are not
// given by a key.
const (
	ScopeRead     = Scope("read")
	ScopeEdit     = Scope("edit")
	ScopeVote     = Scope("vote")
	ScopeModerate = Scope("moderate")
)

// Scopes gives all, from the least to the most.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeEdit, ScopeVote, ScopeModerate} }

// The limits of keys.
const (
	maxKeys    = 50
	maxKeyLife = 366 * 24 * time.Hour
)

// Key opens the API for a program.
type Key struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Scopes  []Scope    `json:"scopes"`
	Made    time.Time  `json:"made"`
	Expires time.Time  `json:"expires"`
	Seen    *time.Time `json:"seen,omitempty"` // last use, to the hour
}

// NewKey makes a key, and gives its secret: it cannot be had again.
func (s *Store) NewKey(ctx context.Context, account, name string, life time.Duration, scopes ...Scope) (Key, string, error) {
	name, err := readName(name)
	if err != nil || name == "" {
		return Key{}, "", &NameError{name}
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(x Scope) bool { return !slices.Contains(Scopes(), x) }) {
		return Key{}, "", ErrNoScope
	}
	if life < time.Minute || life > maxKeyLife {
		return Key{}, "", ErrLifetime
	}
	secret, hash, err := s.secret()
	if err != nil {
		return Key{}, "", err
	}
	id, err := s.id()
	if err != nil {
		return Key{}, "", err
	}
	now := s.now().Truncate(time.Second).UTC()
	k := Key{ID: id[:8], Name: name, Scopes: scopes, Made: now, Expires: now.Add(life)}
	err = s.change(ctx, "make a key", func(tx *sql.Tx) error {
		a, err := s.open(ctx, tx, `WHERE id = ?`, account)
		if err != nil {
			return err
		}
		var have int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM people_keys WHERE account = ?`, a.ID).Scan(&have); err != nil {
			return err
		}
		if have >= maxKeys {
			return ErrTooMany
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO people_keys (hash, id, account, name, scopes, made, expires) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			hash, k.ID, a.ID, name, joinScopes(scopes), now.Unix(), k.Expires.Unix())
		return err
	})
	if err != nil {
		return Key{}, "", err
	}
	return k, keyPrefix + secret, nil
}

// Unlock gives the account of a key, if the key may do what the scope says.
func (s *Store) Unlock(ctx context.Context, key string, may Scope) (*Account, error) {
	text, ok := strings.CutPrefix(key, keyPrefix)
	hash, good := readSecret(text)
	if !ok || !good {
		return nil, ErrUnknownKey
	}
	var account, scopes string
	var expires, seen int64
	err := s.db.QueryRowContext(ctx, `SELECT account, scopes, expires, seen FROM people_keys WHERE hash = ?`, hash).Scan(&account, &scopes, &expires, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrUnknownKey
	}
	if err != nil {
		return nil, s.failed("read a key", err)
	}
	now := s.now()
	if now.Unix() >= expires {
		return nil, ErrExpiredKey
	}
	if !slices.Contains(readScopes(scopes), may) {
		return nil, ErrScope
	}
	a, err := s.open(ctx, s.db, `WHERE id = ?`, account)
	if err != nil {
		return nil, s.failed("read an account", err)
	}
	if now.Sub(time.Unix(seen, 0)) >= seenStep {
		err = s.change(ctx, "keep a key's use", func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE people_keys SET seen = ? WHERE hash = ?`, now.Unix(), hash)
			return err
		})
	}
	return a, err
}

// Keys gives those of an account, oldest first.
func (s *Store) Keys(ctx context.Context, account string) ([]Key, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, name, scopes, made, expires, seen FROM people_keys WHERE account = ? ORDER BY made, id`, account)
	if err != nil {
		return nil, s.failed("read the keys", err)
	}
	defer rows.Close()
	var keys []Key
	for rows.Next() {
		var k Key
		var scopes string
		var made, expires, seen int64
		if err := rows.Scan(&k.ID, &k.Name, &scopes, &made, &expires, &seen); err != nil {
			return nil, s.failed("read the keys", err)
		}
		k.Scopes, k.Made, k.Expires = readScopes(scopes), time.Unix(made, 0).UTC(), time.Unix(expires, 0).UTC()
		if seen != 0 {
			at := time.Unix(seen, 0).UTC()
			k.Seen = &at
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read the keys", err)
	}
	return keys, nil
}

// DropKey takes one of the account's keys back.
func (s *Store) DropKey(ctx context.Context, account, id string) error {
	return s.change(ctx, "take a key back", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM people_keys WHERE account = ? AND id = ?`, account, id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return ErrUnknownKey
		}
		return nil
	})
}

func joinScopes(scopes []Scope) string {
	words := make([]string, len(scopes))
	for i, x := range scopes {
		words[i] = string(x)
	}
	return strings.Join(words, " ")
}

func readScopes(text string) (scopes []Scope) {
	for _, word := range strings.Fields(text) {
		scopes = append(scopes, Scope(word))
	}
	return scopes
}
