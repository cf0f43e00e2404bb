// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base32"
	"errors"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"communs/registry"
)

// Control of a repository is shown by placing a word where nobody else can: in a file at the top of its default branch, or on the site that the
// repository itself names as its own (never one that somebody typed here). The word is bound to the repository and to the draft's owner, is
// good for seven days, and shows something once. A file may hold several words, one a line:
//
//	communs-verification=WORD

// TokenFile is the name of the file, in a repository and, below /.well-known/, on a site.
const TokenFile = "communs-verification.txt"

const tokenMark = "communs-verification="

// Site reads a file on a site: over https, on the public network, and from that host alone.
type Site interface {
	File(ctx context.Context, address string, most int64) ([]byte, error) // without an error nil when there is none
}

// Challenge is what its owner is asked to place, and where.
type Challenge struct {
	Line    string    `json:"line"`
	File    string    `json:"file"`           // path in the repository
	Address string    `json:"site,omitempty"` // of the file on the site; empty: the repository names none
	Forge   bool      `json:"forge"`          // the forge can be asked instead
	Expires time.Time `json:"expires"`
}

// Challenge gives the word that is to be placed for a draft: the one that was given before, while it is good.
func (s *Service) Challenge(ctx context.Context, of Owner, id string) (*Challenge, error) {
	d, err := s.Draft(ctx, of, id)
	if err != nil {
		return nil, err
	}
	if d.Found == nil {
		return nil, refuse("unread")
	}
	t, err := s.token(ctx, d)
	if err != nil {
		return nil, err
	}
	return &Challenge{Line: tokenMark + t.word, File: TokenFile, Address: siteFile(d.Found.Site), Forge: s.Forge != nil && s.Forge.Knows(d.Address), Expires: t.expires}, nil
}

// siteFile is where a word is looked for on a site.
func siteFile(site string) string {
	u, err := url.Parse(site)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return "https://" + u.Host + "/.well-known/" + TokenFile
}

type token struct {
	word, account, organisation, place string
	expires, used                      time.Time
	method                             string
}

// ownerOf is under whose name a draft's words stand: an organisation's are everybody's who has a seat there.
func ownerOf(d *Draft) (account, organisation string) {
	if d.Organisation != "" {
		return "", d.Organisation
	}
	return d.Account, ""
}

// token is the word of a draft's owner and repository, made where there is none that is good.
func (s *Service) token(ctx context.Context, d *Draft) (*token, error) {
	account, organisation := ownerOf(d)
	var have *token
	err := s.change(ctx, "make a word", func(tx *sql.Tx) error {
		list, err := s.tokens(ctx, tx, `WHERE place = ? AND account = ? AND organisation = ? AND used = 0 AND expires > ? ORDER BY expires DESC LIMIT 1`,
			place(d.Address), account, organisation, s.Now().Unix())
		if err != nil {
			return err
		}
		if len(list) > 0 {
			have = list[0]
			return nil
		}
		secret := make([]byte, 20)
		if _, err := io.ReadFull(s.Random, secret); err != nil {
			return err
		}
		now := s.Now()
		have = &token{word: strings.ToLower(base32.StdEncoding.EncodeToString(secret)), account: account, organisation: organisation, place: place(d.Address),
			expires: now.Add(tokenLife).Truncate(time.Second).UTC()}
		_, err = tx.ExecContext(ctx, `INSERT INTO register_tokens (token, account, organisation, place, made, expires) VALUES (?, ?, ?, ?, ?, ?)`,
			have.word, account, organisation, have.place, now.Unix(), have.expires.Unix())
		return err
	})
	return have, err
}

type asked interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *Service) tokens(ctx context.Context, db asked, where string, args ...any) (list []*token, err error) {
	rows, err := db.QueryContext(ctx, `SELECT token, account, organisation, place, expires, used, method FROM register_tokens `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t token
		var expires, used int64
		if err := rows.Scan(&t.word, &t.account, &t.organisation, &t.place, &expires, &used, &t.method); err != nil {
			return nil, err
		}
		t.expires = time.Unix(expires, 0).UTC()
		if used != 0 {
			t.used = time.Unix(used, 0).UTC()
		}
		list = append(list, &t)
	}
	return list, rows.Err()
}

// proof is the latest that a draft's owner has given of its repository, while it counts.
func (s *Service) proof(ctx context.Context, d *Draft) (*registry.Control, error) {
	account, organisation := ownerOf(d)
	list, err := s.tokens(ctx, s.db, `WHERE place = ? AND account = ? AND organisation = ? AND used > ? ORDER BY used DESC LIMIT 1`,
		place(d.Address), account, organisation, s.Now().AddDate(0, 0, -proofLife).Unix())
	if err != nil {
		return nil, s.failed("read the proofs", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	day := list[0].used
	return &registry.Control{Repository: d.Address, Method: registry.ControlMethod(list[0].method), Date: dateOf(day), Until: dateOf(day.AddDate(0, 0, proofLife))}, nil
}

func dateOf(t time.Time) registry.Date { return registry.Date(t.UTC().Format(time.DateOnly)) }

// Prove looks for the word of a draft where the method says, and keeps that it was found: a card that is published already says so from then on.
// The network is where the request comes from, empty for the operator.
func (s *Service) Prove(ctx context.Context, by registry.Actor, of Owner, id string, method registry.ControlMethod, network string) (*registry.Control, error) {
	d, err := s.Draft(ctx, of, id)
	if err != nil {
		return nil, err
	}
	if d.Found == nil {
		return nil, refuse("unread")
	}
	if network != "" {
		for _, who := range []string{"account " + by.Account, "network " + network} {
			if err := s.proofs.Take(who); err != nil {
				return nil, err
			}
		}
	}
	t, err := s.token(ctx, d)
	if err != nil {
		return nil, err
	}
	switch method {
	case registry.ControlFile:
		err = s.inRepository(ctx, d, t)
	case registry.ControlSite:
		err = s.onSite(ctx, d, t)
	case registry.ControlForge:
		err = s.atForge(ctx, by, d)
	default:
		err = refuse("method", string(method))
	}
	if err != nil {
		return nil, err
	}
	if err := s.use(ctx, t, method); err != nil {
		return nil, err
	}
	control, err := s.proof(ctx, d)
	if err == nil && d.Published != "" {
		err = s.show(ctx, by, d, control)
	}
	return control, err
}

// use makes a word show what it shows, once.
func (s *Service) use(ctx context.Context, t *token, method registry.ControlMethod) error {
	return s.change(ctx, "keep a proof", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE register_tokens SET used = ?, method = ? WHERE token = ? AND used = 0`, s.Now().Unix(), string(method), t.word)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return refuse("file.used", TokenFile, tokenMark+t.word)
		}
		return nil
	})
}

// show has a published card say that control was proven.
func (s *Service) show(ctx context.Context, by registry.Actor, d *Draft, control *registry.Control) error {
	_, err := registry.Revise(ctx, s.Records, registry.ImportOptions{Sure: true, By: by}, func(full *registry.Catalogue) ([]registry.Edit, error) {
		stamped, ok := full.Entry(registry.KindSoftware, d.Published)
		if !ok {
			return nil, refuse("unknown")
		}
		card, err := registry.Copy(stamped.Entry.(*registry.Software))
		if err != nil {
			return nil, err
		}
		if card.Status == registry.Withdrawn || card.By != d.Organisation || !slices.Contains(card.Repositories, control.Repository) {
			return nil, refuse("unknown")
		}
		card.Status, card.Control = registry.Proven, control
		return []registry.Edit{{Entry: card, Base: stamped.Seq}}, nil
	})
	return err
}

// maxToken is the most that a file with words may weigh.
const maxToken = 64 << 10

func (s *Service) inRepository(ctx context.Context, d *Draft, t *token) error {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	text, err := s.Reader.File(ctx, d.Address, TokenFile)
	if err != nil {
		return &Error{Code: "unreadable", Err: err}
	}
	if text == nil {
		return refuse("file.none", TokenFile)
	}
	return s.judge(ctx, d, t, text, TokenFile)
}

func (s *Service) onSite(ctx context.Context, d *Draft, t *token) error {
	at := siteFile(d.Found.Site)
	if at == "" || s.Site == nil {
		return refuse("site.none")
	}
	text, err := s.Site.File(ctx, at, maxToken)
	var known interface{ Message() (string, []any) }
	if errors.As(err, &known) {
		return err
	}
	if err != nil {
		return &Error{Code: "site.unread", Args: []any{at}, Err: err}
	}
	if text == nil {
		return refuse("file.none", at)
	}
	return s.judge(ctx, d, t, text, at)
}

var tokenLine = regexp.MustCompile(`(?m)^[ \t]*` + tokenMark + `([a-z2-7]{1,64})[ \t]*\r?$`)

// judge looks for the word in a file. Of one that is not it, what is known is told: that helps whoever mixed them up, and a word opens nothing.
func (s *Service) judge(ctx context.Context, d *Draft, t *token, text []byte, where string) error {
	if len(text) > maxToken {
		return refuse("file.long", where, maxToken>>10)
	}
	found := tokenLine.FindAllSubmatch(text, 50)
	why := refuse("file.empty", where, tokenMark+t.word)
	for _, m := range found {
		word := string(m[1])
		if word == t.word {
			return nil
		}
		list, err := s.tokens(ctx, s.db, `WHERE token = ?`, word)
		if err != nil {
			return s.failed("read the words", err)
		}
		account, organisation := ownerOf(d)
		switch {
		case len(list) == 0:
			why = refuse("file.forged", where, tokenMark+t.word)
		case list[0].place != place(d.Address):
			why = refuse("file.elsewhere", where, tokenMark+t.word)
		case list[0].account != account || list[0].organisation != organisation:
			why = refuse("file.others", where, tokenMark+t.word)
		case !list[0].used.IsZero():
			why = refuse("file.used", where, tokenMark+t.word)
		default:
			why = refuse("file.expired", where, tokenMark+t.word)
		}
	}
	if len(found) == 0 && bytes.Contains(text, []byte(tokenMark)) {
		why = refuse("file.forged", where, tokenMark+t.word)
	}
	return why
}
