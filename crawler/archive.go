// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"communs/crawler/heritage"
	"communs/internal/sqlite"
)

// Archived is what is known of a repository in the Software Heritage archive.
type Archived struct {
	URL      string      `json:"url"`
	Revision heritage.ID `json:"revision"`          // of the commit that is published here
	Snapshot heritage.ID `json:"snapshot,omitzero"` // of all references, as the server last listed them
	Asked    time.Time   `json:"asked,omitzero"`    // when the archive was last asked about these; zero is never
	Holds    string      `json:"holds"`             // of them: nothing (empty), commit, snapshot
	Moved    bool        `json:"moved,omitempty"`   // the repository has another commit since
	Visit    Visit       `json:"visit,omitzero"`    // the archive's latest that brought something back
	Save     Save        `json:"save,omitzero"`     // the latest request to save it
	Restored heritage.ID `json:"restored,omitzero"` // what the mirror was brought back from, its origin being gone
	Since    time.Time   `json:"since,omitzero"`    // of Restored
	Omitted  string      `json:"-"`                 // why the archive is not asked: local, module; empty when it can be
	key      string
}

// Visit is the archive's latest visit to a repository.
type Visit struct {
	Asked    time.Time   `json:"asked,omitzero"`
	Time     time.Time   `json:"time,omitzero"` // zero: none is known
	Status   string      `json:"status,omitempty"`
	Snapshot heritage.ID `json:"snapshot,omitzero"`
}

// Save is a request that the archive visit a repository.
type Save struct {
	ID      int64     `json:"id"`
	Time    time.Time `json:"time"`
	Request string    `json:"request"` // accepted, pending, rejected; [Sending]
	Task    string    `json:"task"`
	Asked   time.Time `json:"asked,omitzero"` // when the archive last told of it
	Since   time.Time `json:"since,omitzero"` // when it was sent, or since when it stands as it does
	Note    string    `json:"note,omitempty"` // why, in the archive's words
}

// Sending is a request of which nobody has heard whether the archive got it.
const Sending = "sending"

// Done reports whether nothing more will become of the request.
func (s Save) Done() bool { return heritage.SaveRequest{Request: s.Request, Task: s.Task}.Done() }

// What the archive may hold of a repository's published state.
const (
	HoldsCommit   = "commit"
	HoldsSnapshot = "snapshot"
)

// ArchiveCoverage is how much of what is mirrored here the archive holds.
type ArchiveCoverage struct {
	Repositories int       `json:"repositories"`    // that could be in it: shown, and from a server
	Asked        int       `json:"asked"`           // of which the archive was asked about what is published now
	Held         int       `json:"held"`            // of those: the commit is there
	Whole        int       `json:"whole"`           // of those: all branches are
	Saving       int       `json:"saving"`          // requested, and not done yet
	Restored     int       `json:"restored"`        // brought back from it
	Oldest       time.Time `json:"oldest,omitzero"` // of the answers
	Latest       time.Time `json:"latest,omitzero"`
}

// onlyServed selects the repositories that the archive can be asked about: shown, from a server, and no modules, whose commits are ours.
const onlyServed = `r.commit_name <> '' AND r.gone = 0 AND r.url NOT GLOB 'file:*' AND json_extract(r.about, '$.Version') = '' AND json_extract(r.about, '$.Path') = ''`

// Archive tells how much the archive holds, from what it last answered. It asks nobody.
func (c *Crawler) Archive(ctx context.Context) (ArchiveCoverage, error) {
	var v ArchiveCoverage
	if c.store == nil {
		return v, nil
	}
	var oldest, latest int64
	err := c.store.db.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(now), 0), coalesce(sum(now AND a.holds <> ''), 0), coalesce(sum(now AND a.holds = 'snapshot'), 0),
			coalesce(sum(a.save_request IN ('accepted', 'pending', 'sending') AND a.save_task NOT IN ('succeeded', 'failed')), 0),
			coalesce(sum(a.restored <> ''), 0), coalesce(min(iif(now, a.asked, NULL)), 0), coalesce(max(iif(now, a.asked, NULL)), 0)
		FROM (SELECT r.key AS of, coalesce(b.asked > 0 AND b.asked_commit = r.commit_name, 0) AS now
			FROM crawl_repositories r LEFT JOIN crawl_archive b ON b.key = r.key WHERE `+onlyServed+`)
		LEFT JOIN crawl_archive a ON a.key = of`).Scan(&v.Repositories, &v.Asked, &v.Held, &v.Whole, &v.Saving, &v.Restored, &oldest, &latest)
	v.Oldest, v.Latest = fromUnix(oldest), fromUnix(latest)
	return v, sqlite.Damaged(c.store.path, err)
}

const archiveColumns = `r.key, r.url, r.commit_name, coalesce(json_extract(r.about, '$.Version'), '') <> '', r.url GLOB 'file:*',
	coalesce(a.snapshot, ''), coalesce(a.asked, 0), coalesce(a.asked_commit, ''), coalesce(a.holds, ''),
	coalesce(a.visit_asked, 0), coalesce(a.visit_time, 0), coalesce(a.visit_status, ''), coalesce(a.visit_snapshot, ''),
	coalesce(a.save_id, 0), coalesce(a.save_time, 0), coalesce(a.save_request, ''), coalesce(a.save_task, ''),
	coalesce(a.save_asked, 0), coalesce(a.save_since, 0), coalesce(a.save_note, ''),
	coalesce(a.restored, ''), coalesce(a.restored_time, 0)`

func scanArchived(row interface{ Scan(...any) error }) (*Archived, error) {
	var a Archived
	var commit, askedCommit, snapshot, visitSnapshot, restored string
	var asked, visitAsked, visit, save, told, stands, since int64
	var module, local bool
	err := row.Scan(&a.key, &a.URL, &commit, &module, &local, &snapshot, &asked, &askedCommit, &a.Holds, &visitAsked, &visit, &a.Visit.Status,
		&visitSnapshot, &a.Save.ID, &save, &a.Save.Request, &a.Save.Task, &told, &stands, &a.Save.Note, &restored, &since)
	if err != nil {
		return nil, err
	}
	if h, err := ParseHash(commit); err == nil {
		a.Revision = heritage.ID{Type: heritage.Revision, Hash: h}
	}
	for into, text := range map[*heritage.ID]string{&a.Snapshot: snapshot, &a.Visit.Snapshot: visitSnapshot, &a.Restored: restored} {
		if text == "" {
			continue
		}
		if *into, err = heritage.ParseID(text); err != nil {
			return nil, err
		}
	}
	a.Asked, a.Visit.Asked, a.Visit.Time, a.Save.Time, a.Since = fromUnix(asked), fromUnix(visitAsked), fromUnix(visit), fromUnix(save), fromUnix(since)
	a.Save.Asked, a.Save.Since = fromUnix(told), fromUnix(stands)
	if a.Moved = asked > 0 && askedCommit != commit; a.Moved {
		a.Holds = ""
	}
	switch {
	case module:
		a.Omitted = "module"
	case local:
		a.Omitted = "local"
	}
	return &a, nil
}

// restoredOver tells what an operator has brought back by name, whatever its server said.
const restoredOver = `ALTER TABLE crawl_archive ADD COLUMN restored_over INTEGER NOT NULL DEFAULT 0;`

// ArchiveOf tells what is known of one repository, under any usual spelling of its address. It asks nobody.
func (c *Crawler) ArchiveOf(ctx context.Context, url string) (Archived, error) {
	if c.store == nil {
		return Archived{}, &UnknownError{withoutUser(url)}
	}
	a, err := scanArchived(c.store.db.QueryRowContext(ctx, `SELECT `+archiveColumns+` FROM crawl_repositories r
		LEFT JOIN crawl_archive a ON a.key = r.key WHERE r.key = ? AND r.commit_name <> '' AND r.gone = 0`, AddressKey(url)))
	if errors.Is(err, sql.ErrNoRows) {
		return Archived{}, &UnknownError{withoutUser(url)}
	}
	if err != nil {
		return Archived{}, sqlite.Damaged(c.store.path, err)
	}
	return *a, nil
}

// archived lists the repositories that the archive can be asked about, those first that it was not asked about for longest.
func (c *Crawler) archived(ctx context.Context) ([]*Archived, error) {
	rows, err := c.store.db.QueryContext(ctx, `SELECT `+archiveColumns+` FROM crawl_repositories r
		LEFT JOIN crawl_archive a ON a.key = r.key WHERE `+onlyServed+` ORDER BY coalesce(a.asked, 0), r.url`)
	if err != nil {
		return nil, sqlite.Damaged(c.store.path, err)
	}
	defer rows.Close()
	var list []*Archived
	for rows.Next() {
		a, err := scanArchived(rows)
		if err != nil {
			return nil, sqlite.Damaged(c.store.path, err)
		}
		list = append(list, a)
	}
	return list, sqlite.Damaged(c.store.path, rows.Err())
}

// setArchive changes columns of a repository's row, which is made when there is none.
func (s *store) setArchive(ctx context.Context, key string, columns []string, values ...any) error {
	var set []string
	for _, c := range columns {
		set = append(set, c+" = excluded."+c)
	}
	return s.exec(ctx, `INSERT INTO crawl_archive (key, `+strings.Join(columns, ", ")+`) VALUES (?`+strings.Repeat(", ?", len(columns))+
		`) ON CONFLICT (key) DO UPDATE SET `+strings.Join(set, ", "), append([]any{key}, values...)...)
}

// archiveAnswer is what the archive said of one repository's commit.
type archiveAnswer struct{ Key, Commit, Holds string }

// setAnswers writes down many answers in one transaction.
func (s *store) setAnswers(ctx context.Context, list []archiveAnswer, at time.Time) error {
	if len(list) == 0 {
		return nil
	}
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO crawl_archive (key, asked, asked_commit, holds)
		SELECT value ->> 'Key', ?, value ->> 'Commit', value ->> 'Holds' FROM json_each(?) WHERE TRUE
		ON CONFLICT (key) DO UPDATE SET asked = excluded.asked, asked_commit = excluded.asked_commit, holds = excluded.holds`, toUnix(at), string(data))
}
