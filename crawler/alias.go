// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"communs/internal/sqlite"
)

// A repository that is renamed or handed to somebody else keeps its mirror and its past; its old address becomes an alias, under
// which it is still found. It is told by its forge's number of it, which stays, or by its forge when it is asked.

// numberIndexes find a repository by its forge's number, and whose mirror a folder is: it keeps the name that it was made under.
const numberIndexes = `
CREATE INDEX crawl_repositories_by_number ON crawl_repositories (source, CASE WHEN json_valid(about) THEN json_extract(about, '$.ForgeID') END);
CREATE INDEX crawl_repositories_by_mirror ON crawl_repositories (mirror);`

// numbered are the repositories of a source that have a number at their forge.
func (s *store) numbered(ctx context.Context, source string, number int64) ([]*record, error) {
	return s.list(ctx, `source = ? AND CASE WHEN json_valid(about) THEN json_extract(about, '$.ForgeID') END = ?`, source, number)
}

// alias is the key of the repository that had an address; empty when none had.
func (s *store) alias(ctx context.Context, key string) (target string, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT target FROM crawl_aliases WHERE key = ?`, key).Scan(&target)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return target, sqlite.Damaged(s.path, err)
}

// aliases are the addresses that repositories had, by the keys of these.
func (s *store) aliases(ctx context.Context) (map[string][]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT target, url FROM crawl_aliases ORDER BY target, time DESC, url`)
	if err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	defer rows.Close()
	list := map[string][]string{}
	for rows.Next() {
		var target, url string
		if err := rows.Scan(&target, &url); err != nil {
			return nil, sqlite.Damaged(s.path, err)
		}
		list[target] = append(list[target], url)
	}
	return list, sqlite.Damaged(s.path, rows.Err())
}

// Moved gives, by each address that a repository had, the one that it has; of those that are mirrored and shown.
func (c *Crawler) Moved(ctx context.Context) (map[string]string, error) {
	rows, err := c.store.db.QueryContext(ctx, `SELECT a.url, r.url FROM crawl_aliases a JOIN crawl_repositories r ON r.key = a.target WHERE r.commit_name <> '' AND r.gone = 0`)
	if err != nil {
		return nil, sqlite.Damaged(c.store.path, err)
	}
	defer rows.Close()
	moved := map[string]string{}
	for rows.Next() {
		var old, now string
		if err := rows.Scan(&old, &now); err != nil {
			return nil, sqlite.Damaged(c.store.path, err)
		}
		moved[old] = now
	}
	return moved, sqlite.Damaged(c.store.path, rows.Err())
}

// hostOf is the server that a key names.
func hostOf(key string) string {
	host, _, _ := strings.Cut(key, "/")
	return host
}

// place is the row of a repository: the one that it has, also from before it was renamed, or a new one.
func (c *Crawler) place(ctx context.Context, rec *record, key, relative string, r Repository, ask func(context.Context, Repository) (Status, bool),
	tell func(Event)) (*record, Repository, error) {
	if rec != nil && rec.another(r) && ask != nil { // the one that we know may have another address
		if s, ok := ask(ctx, rec.Repository); ok && s.State == StateMoved && AddressKey(s.URL) != key {
			moved, err := c.rename(ctx, rec, s.Repository, tell)
			if err != nil {
				return nil, r, err
			}
			if moved != nil {
				rec = nil
				if err := c.store.exec(ctx, `DELETE FROM crawl_aliases WHERE key = ?`, key); err != nil {
					return nil, r, err
				}
			}
		}
	} else if rec == nil {
		var err error
		if rec, r, err = c.formerly(ctx, key, r, tell); err != nil {
			return nil, r, err
		}
	}
	if rec != nil {
		return rec, r, nil
	}
	relative, err := c.freeMirror(ctx, relative)
	rec = &record{key: key, mirror: relative}
	rec.Repository = r
	return rec, r, err
}

// formerly is what is known under another address of a repository that is listed for the first time under this one, with what is to be
// fetched; nil when it is new.
func (c *Crawler) formerly(ctx context.Context, key string, r Repository, tell func(Event)) (*record, Repository, error) {
	was, err := c.sameNumber(ctx, key, r)
	if err != nil {
		return nil, r, err
	}
	if was != nil {
		now, err := c.rename(ctx, was, r, tell)
		return now, r, err
	}
	target, err := c.store.alias(ctx, key)
	if err != nil || target == "" {
		return nil, r, err
	}
	now, err := c.store.get(ctx, target)
	if err != nil || now == nil {
		return nil, r, err
	}
	if r.ForgeID > 0 && now.ForgeID > 0 && r.ForgeID != now.ForgeID {
		return nil, r, c.store.exec(ctx, `DELETE FROM crawl_aliases WHERE key = ?`, key) // another one has the address now
	}
	return now, now.Repository, nil
}

// sameNumber is what has the same number at the same forge under another address; nil when nothing has.
func (c *Crawler) sameNumber(ctx context.Context, key string, r Repository) (*record, error) {
	if r.ForgeID <= 0 {
		return nil, nil
	}
	list, err := c.store.numbered(ctx, r.Source, r.ForgeID)
	if err != nil {
		return nil, err
	}
	for _, was := range list {
		if hostOf(was.key) == hostOf(key) && was.key != key {
			return was, nil
		}
	}
	return nil, nil
}

// rename gives a repository the address that its forge says it has now, once nobody fetches it. Its forge's word counts for its own server
// only. It gives nil when the new address cannot be its own.
func (c *Crawler) rename(ctx context.Context, was *record, to Repository, tell func(Event)) (*record, error) {
	giveBack, err := c.claims.take(ctx, was.mirror)
	if err != nil {
		return nil, err
	}
	defer giveBack()
	return c.renameClaimed(ctx, was, to, tell)
}

// renameClaimed is rename of what the caller has claimed.
func (c *Crawler) renameClaimed(ctx context.Context, was *record, to Repository, tell func(Event)) (*record, error) {
	key := AddressKey(to.URL)
	if c.checkAddresses(&to) != nil || key == was.key || hostOf(key) != hostOf(was.key) {
		return nil, nil
	}
	c.moving.Lock()
	defer c.moving.Unlock()
	still, err := c.store.get(ctx, was.key)
	switch {
	case err != nil:
		return nil, err
	case still == nil: // its new address has just been listed
		return c.store.get(ctx, key)
	}
	was = still // it may have been fetched since
	there, err := c.store.get(ctx, key)
	if err != nil {
		return nil, err
	}
	now := *was
	if there != nil && there.commit != "" { // it was mirrored anew before this was known
		now = *there
	} else {
		to.Source = was.Source
		now.key, now.Repository = key, to
	}
	err = c.store.change(ctx, func(tx *sql.Tx) error {
		for _, st := range []statement{
			{`UPDATE crawl_aliases SET target = ? WHERE target = ?`, []any{key, was.key}},
			{`DELETE FROM crawl_aliases WHERE key = ?`, []any{key}},
			{`INSERT OR REPLACE INTO crawl_aliases VALUES (?,?,?,?)`, []any{was.key, was.URL, key, toUnix(c.cfg.Now())}},
			{`DELETE FROM crawl_listed WHERE key = ?`, []any{was.key}},
			{`DELETE FROM crawl_queue WHERE key = ?`, []any{was.key}},
		} {
			if _, err := tx.ExecContext(ctx, st.query, st.args...); err != nil {
				return err
			}
		}
		if now.mirror != was.mirror {
			return nil
		}
		if there != nil {
			if _, err := tx.ExecContext(ctx, `DELETE FROM crawl_repositories WHERE key = ?`, key); err != nil {
				return err
			}
		}
		for _, table := range []string{"crawl_repositories", "crawl_journal", "crawl_seen", "crawl_archive", "crawl_links"} {
			if _, err := tx.ExecContext(ctx, `UPDATE OR REPLACE `+table+` SET key = ? WHERE key = ?`, key, was.key); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM crawl_fates WHERE key = ?`, was.key); err != nil {
			return err
		}
		now.present()
		return c.store.putIn(ctx, tx, &now)
	})
	if err != nil {
		return nil, err
	}
	if now.mirror != was.mirror {
		if _, err := c.removeRepository(ctx, was.key, Happening{Kind: WasRenamed, Before: was.URL, After: now.URL}); err != nil {
			return nil, err
		}
	}
	tell(Event{Kind: Renamed, Source: was.Source, Repository: now.Repository, Previous: was.URL})
	return &now, nil
}

// freeMirror is a folder for a new mirror: the one that its address has, unless a repository that was renamed has it.
func (c *Crawler) freeMirror(ctx context.Context, relative string) (string, error) {
	for name, n := relative, byte(0); ; n++ {
		taken, err := c.store.list(ctx, "mirror = ?", name)
		if err != nil || len(taken) == 0 {
			return name, err
		}
		sum := sha256.Sum256(append([]byte(relative), n))
		name = strings.TrimSuffix(relative, ".git") + "~" + hex.EncodeToString(sum[:4]) + ".git"
	}
}
