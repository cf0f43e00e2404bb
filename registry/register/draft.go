// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"communs/crawler"
	"communs/registry"
	"communs/registry/imports"
)

// Owner is whose drafts are asked for: those of an account, and of the organisations in which it has a seat. The operator has no account.
type Owner struct {
	Account       string
	Organisations []string
}

// owns reports whether a draft is the owner's.
func (o Owner) owns(d *Draft) bool {
	if d.Organisation != "" {
		return slices.Contains(o.Organisations, d.Organisation)
	}
	return d.Account == o.Account
}

// Draft is a card being written.
type Draft struct {
	ID           string    `json:"id"`
	Organisation string    `json:"organisation,omitempty"` // in whose name it is written; empty: in nobody's
	Version      int64     `json:"version"`                // a change made on an older one is refused
	Made         time.Time `json:"made"`
	Changed      time.Time `json:"changed"`
	Expires      time.Time `json:"expires"`             // when it is dropped unless it is changed before
	Published    string    `json:"published,omitempty"` // id of the software

	State
	Account string `json:"-"` // who began it
}

// State is what a draft holds.
type State struct {
	Address  string             `json:"address"`            // canonical, of the repository
	Reading  bool               `json:"reading"`            // its repository is still being read
	Failed   *Note              `json:"failed,omitempty"`   // why it could not be read
	Found    *Found             `json:"found,omitempty"`    // what it says of itself
	Software *registry.Software `json:"software,omitempty"` // the card
	Claims   string             `json:"claims,omitempty"`   // id of the card that is in the catalogue already
	Sure     bool               `json:"sure,omitempty"`     // what is only doubtful was confirmed
}

// place is the key under which an address is one, however it is spelt.
func place(address string) string { return crawler.AddressKey(address) }

// address understands what somebody pasted: the address of a repository on the public network, or of a page within it.
func address(pasted string) (string, error) {
	pasted = strings.TrimSpace(pasted)
	if pasted != "" && !strings.Contains(pasted, "://") && strings.Contains(pasted, ".") {
		pasted = "https://" + pasted
	}
	if len(pasted) > 2000 || strings.ContainsFunc(pasted, func(r rune) bool { return r <= ' ' }) {
		return "", refuse("address")
	}
	if u, err := url.Parse(pasted); err != nil || u.Host == "" {
		return "", refuse("address")
	} else if u.RawQuery, u.Fragment = "", ""; u.User == nil {
		pasted = u.String()
	}
	canonical, err := crawler.CanonicalURL(imports.PlaceOf(pasted).Repository)
	if err != nil {
		return "", refuse("address")
	}
	canonical = strings.TrimSuffix(canonical, ".git")
	one := &registry.Software{Repositories: []string{canonical}}
	for _, p := range registry.Check(one, nil) {
		if p.Field == "repositories[0]" {
			return "", Faults{{Field: "address", Key: p.Key, Args: p.Args}}
		}
	}
	if u, err := url.Parse(canonical); err != nil || strings.Trim(u.Path, "/") == "" {
		return "", refuse("no-path", u.Host)
	}
	return canonical, nil
}

// Begin makes a draft for the repository at an address, or gives the one that is open for it already. Its repository is read from then on:
// see [Service.Wait]. Network is where the request comes from, empty for the operator, whom nothing limits.
func (s *Service) Begin(ctx context.Context, by registry.Actor, pasted, network string) (*Draft, error) {
	at, err := address(pasted)
	if err != nil {
		return nil, err
	}
	if network != "" { // before anything is read: a flood costs nothing
		if err := s.pasted.Take(network); err != nil {
			return nil, err
		}
	}
	if d, err := s.open(ctx, by, at); err != nil || d != nil {
		if err == nil {
			s.read(d)
		}
		return d, err
	}
	if network != "" {
		for _, who := range []string{"account " + by.Account, "network " + network} {
			if err := s.drafts.Take(who); err != nil {
				return nil, err
			}
		}
	}
	id := make([]byte, 10)
	if _, err := io.ReadFull(s.Random, id); err != nil {
		return nil, err
	}
	now := s.Now().Truncate(time.Second).UTC()
	d := &Draft{ID: hex.EncodeToString(id), Organisation: by.Organisation, Version: 1, Made: now, Changed: now, Expires: now.Add(draftLife),
		State: State{Address: at, Reading: true}, Account: by.Account}
	err = s.change(ctx, "begin a draft", func(tx *sql.Tx) error {
		var have int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM register_drafts WHERE account = ? AND organisation = ? AND published = ''`,
			d.Account, d.Organisation).Scan(&have); err != nil {
			return err
		}
		if have >= DraftsOpen {
			return refuse("many", DraftsOpen)
		}
		body, err := json.Marshal(d.State)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO register_drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING`,
			d.ID, d.Account, d.Organisation, place(at), d.Version, body, now.Unix(), now.Unix())
		return err
	})
	if err != nil {
		return nil, err
	}
	if d, err = s.open(ctx, by, at); err != nil { // another request may have been first
		return nil, err
	}
	if d == nil {
		return nil, refuse("unknown")
	}
	s.read(d)
	return d, nil
}

// open is the draft that somebody has open for an address; nil when there is none.
func (s *Service) open(ctx context.Context, by registry.Actor, at string) (*Draft, error) {
	list, err := s.query(ctx, `WHERE place = ? AND organisation = ? AND published = '' AND (organisation <> '' OR account = ?) AND changed > ? ORDER BY made LIMIT 1`,
		place(at), by.Organisation, by.Account, s.Now().Add(-draftLife).Unix())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// Drafts lists what somebody has begun, the latest change first; what was published long ago is dropped.
func (s *Service) Drafts(ctx context.Context, of Owner) (list []*Draft, err error) {
	all, err := s.query(ctx, `WHERE account = ? AND changed > ?`, of.Account, s.Now().Add(-draftLife).Unix())
	for _, organisation := range of.Organisations {
		if err != nil {
			return nil, err
		}
		var theirs []*Draft
		theirs, err = s.query(ctx, `WHERE organisation = ? AND changed > ?`, organisation, s.Now().Add(-draftLife).Unix())
		all = append(all, theirs...)
	}
	seen := map[string]bool{}
	for _, d := range all {
		if of.owns(d) && !seen[d.ID] {
			list, seen[d.ID] = append(list, d), true
		}
	}
	slices.SortFunc(list, func(a, b *Draft) int {
		if n := b.Changed.Compare(a.Changed); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, err
}

// Draft gives one by its id, to who owns it.
func (s *Service) Draft(ctx context.Context, of Owner, id string) (*Draft, error) {
	list, err := s.query(ctx, `WHERE id = ? AND changed > ?`, id, s.Now().Add(-draftLife).Unix())
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || !of.owns(list[0]) { // whether it is somebody else's is not told
		return nil, refuse("unknown")
	}
	if list[0].Reading {
		s.read(list[0]) // where the program ended before it had been read
	}
	return list[0], nil
}

// Discard drops a draft for good. What was published stays.
func (s *Service) Discard(ctx context.Context, of Owner, id string) error {
	d, err := s.Draft(ctx, of, id)
	if err != nil {
		return err
	}
	return s.change(ctx, "drop a draft", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM register_drafts WHERE id = ?`, d.ID)
		return err
	})
}

func (s *Service) query(ctx context.Context, where string, args ...any) (list []*Draft, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, account, organisation, version, body, made, changed, published FROM register_drafts `+where, args...)
	if err != nil {
		return nil, s.failed("read the drafts", err)
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scan(rows)
		if err != nil {
			return nil, s.failed("read the drafts", err)
		}
		list = append(list, d)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read the drafts", err)
	}
	return list, nil
}

func scan(rows *sql.Rows) (*Draft, error) {
	d := &Draft{}
	var body []byte
	var made, changed int64
	if err := rows.Scan(&d.ID, &d.Account, &d.Organisation, &d.Version, &body, &made, &changed, &d.Published); err != nil {
		return nil, err
	}
	d.Made, d.Changed = time.Unix(made, 0).UTC(), time.Unix(changed, 0).UTC()
	d.Expires = d.Changed.Add(draftLife)
	if err := json.Unmarshal(body, &d.State); err != nil {
		return nil, err
	}
	return d, nil
}

// keep writes a draft's new state over the one that it was made from.
func (s *Service) keep(ctx context.Context, d *Draft) error {
	body, err := json.Marshal(d.State)
	if err != nil {
		return err
	}
	if len(body) > maxState {
		return refuse("too-big", maxState/1000)
	}
	err = s.change(ctx, "keep a draft", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE register_drafts SET version = version + 1, body = ?, place = ?, changed = ?, published = ? WHERE id = ? AND version = ?`,
			body, place(d.Address), s.Now().Unix(), d.Published, d.ID, d.Version)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return refuse("stale")
		}
		return nil
	})
	if err == nil {
		d.Version++
	}
	return err
}

// maxState is the most that a draft may weigh, in bytes of JSON.
const maxState = 512_000
