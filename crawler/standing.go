// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"time"

	"communs/internal/sqlite"
)

// Standing is where the crawl of a data folder stands between two runs, or during one, as its tables say. It costs a few counts.
type Standing struct {
	Sources []SourceStanding // in the order of their names
	Queue   Queue
	Hooked  Queue // named by webhooks, and not looked at yet
	Hooks   []HookState

	Mirrored  int // repositories that are shown
	Missing   int // of them, those that their servers do not give any more
	Hidden    int // not shown any more
	Review    int // of them, those that nobody has reviewed
	LeftOut   int // kept out by their owners
	Withdrawn int // repositories and contents
}

// SourceStanding is how far one source has come. Sources that are no forge have neither a cursor nor a listing.
type SourceStanding struct {
	Name, Kind string
	Until      time.Time // activity before this has been listed
	Whole      time.Time // when it was last listed whole
	Underway   bool      // a listing was begun, and the next crawl goes on with it
	Mirrored   int       // repositories of it that are shown
	Waiting    int       // in the queue
}

// Queue is what waits.
type Queue struct {
	Length int
	Oldest time.Time // since when the oldest of it waits; zero when nothing does, or it is not known
}

// Standing tells where the crawl stands. A data folder that was never crawled, or not since an earlier version, has nothing to tell.
func (c *Crawler) Standing(ctx context.Context) (*Standing, error) {
	st := &Standing{}
	if c.store == nil {
		return st, nil
	}
	if have, err := sqlite.Version(ctx, c.store.db, "crawler"); err != nil || have != len(migrations()) {
		return st, sqlite.Damaged(c.store.path, err)
	}
	if err := c.store.standing(ctx, st); err != nil {
		return nil, sqlite.Damaged(c.store.path, err)
	}
	var err error
	st.Hooks, err = c.HookStates(ctx)
	return st, err
}

func (s *store) standing(ctx context.Context, st *Standing) error {
	var oldest, hooked int64
	err := s.db.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM crawl_queue), (SELECT coalesce(min(since), 0) FROM crawl_queue WHERE since > 0),
		(SELECT count(*) FROM crawl_hooks), (SELECT coalesce(min(first), 0) FROM crawl_hooks),
		(SELECT count(*) FROM crawl_repositories WHERE commit_name <> '' AND gone = 0),
		(SELECT count(*) FROM crawl_repositories WHERE commit_name <> '' AND gone = 0 AND missing_since <> 0),
		(SELECT count(*) FROM crawl_repositories WHERE commit_name <> '' AND gone <> 0),
		(SELECT count(*) FROM crawl_repositories r LEFT JOIN crawl_fates f USING (key)
			WHERE r.commit_name <> '' AND r.gone <> 0 AND coalesce(f.reviewed, 0) = 0),
		(SELECT count(*) FROM crawl_optouts), (SELECT count(*) FROM crawl_withdrawals)`).
		Scan(&st.Queue.Length, &oldest, &st.Hooked.Length, &hooked, &st.Mirrored, &st.Missing, &st.Hidden, &st.Review, &st.LeftOut, &st.Withdrawn)
	if err != nil {
		return err
	}
	st.Queue.Oldest, st.Hooked.Oldest = fromUnix(oldest), fromUnix(hooked)
	// A source has a row of its own once it was listed; one that is no forge is known by what it gave.
	rows, err := s.db.QueryContext(ctx, `WITH
			mirrored AS (SELECT source AS name, count(*) AS n FROM crawl_repositories WHERE commit_name <> '' AND gone = 0 GROUP BY source),
			queued AS (SELECT source AS name, count(*) AS n FROM crawl_queue GROUP BY source),
			names AS (SELECT name FROM crawl_sources UNION SELECT name FROM mirrored UNION SELECT name FROM queued)
		SELECT name, coalesce(s.kind, ''), coalesce(s.cursor, ''), coalesce(s.whole, 0), coalesce(m.n, 0), coalesce(q.n, 0)
		FROM names LEFT JOIN crawl_sources s USING (name) LEFT JOIN mirrored m USING (name) LEFT JOIN queued q USING (name) ORDER BY name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scanSourceStanding(rows)
		if err != nil {
			return err
		}
		st.Sources = append(st.Sources, one)
	}
	return rows.Err()
}

func scanSourceStanding(rows *sql.Rows) (one SourceStanding, err error) {
	var cursor Cursor
	var whole int64
	err = rows.Scan(&one.Name, &one.Kind, &cursor, &whole, &one.Mirrored, &one.Waiting)
	here := parsePlace(cursor)
	one.Until, one.Underway, one.Whole = here.Since, here.underway(), fromUnix(whole)
	return one, err
}
