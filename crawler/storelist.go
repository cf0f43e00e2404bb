// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// listingTables keep how far each source was listed, what it listed and is still to be brought, and what its API answered, so
// that a crawl goes on where it was stopped and asks only for what has changed.
const listingTables = `
CREATE TABLE crawl_queue (                      -- listed, and not brought yet
	key    TEXT PRIMARY KEY,
	source TEXT NOT NULL,
	about  TEXT NOT NULL,                       -- what the source says, JSON
	place  INTEGER NOT NULL                     -- in the order in which they were listed
) WITHOUT ROWID;
CREATE INDEX crawl_queue_by_source ON crawl_queue (source, place);
CREATE TABLE crawl_listed (                     -- which source lists which repository
	source TEXT NOT NULL,
	key    TEXT NOT NULL,
	pass   INTEGER NOT NULL,                    -- number of the full listing that had it last
	missed INTEGER NOT NULL DEFAULT 0,          -- since when full listings do not have it any more; 0 while they do
	PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE TABLE crawl_answers (                    -- of APIs, for conditional requests
	source   TEXT NOT NULL,
	address  TEXT NOT NULL,
	etag     TEXT NOT NULL,
	modified TEXT NOT NULL,                     -- Last-Modified
	head     TEXT NOT NULL,                     -- what of the header is needed, JSON
	body     BLOB NOT NULL,                     -- zstd
	used     INTEGER NOT NULL,                  -- when it was last of use
	PRIMARY KEY (source, address)
) WITHOUT ROWID;
ALTER TABLE crawl_sources ADD COLUMN kind TEXT NOT NULL DEFAULT '';          -- as it was recognised
ALTER TABLE crawl_sources ADD COLUMN pass INTEGER NOT NULL DEFAULT 0;        -- number of its latest full listing
ALTER TABLE crawl_sources ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;       -- when the latest full listing came to its end
ALTER TABLE crawl_sources ADD COLUMN whole_begun INTEGER NOT NULL DEFAULT 0; -- when the one began that is under way; 0: none is`

// sourceState is a row of crawl_sources.
type sourceState struct {
	cursor Cursor
	kind   string
	pass   int64
	whole  time.Time
	begun  time.Time
}

// source is how far the listing of a source has come.
func (s *store) source(ctx context.Context, name string) (sourceState, error) {
	var st sourceState
	var whole, begun int64
	err := s.db.QueryRowContext(ctx, `SELECT cursor, kind, pass, whole, whole_begun FROM crawl_sources WHERE name = ?`, name).
		Scan(&st.cursor, &st.kind, &st.pass, &whole, &begun)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	st.whole, st.begun = fromUnix(whole), fromUnix(begun)
	return st, err
}

func (s *store) setSource(ctx context.Context, name string, st sourceState) error {
	return s.exec(ctx, putSource, st.values(name)...)
}

const putSource = `INSERT OR REPLACE INTO crawl_sources (name, cursor, kind, pass, whole, whole_begun) VALUES (?,?,?,?,?,?)`

func (st sourceState) values(name string) []any {
	return []any{name, string(st.cursor), st.kind, st.pass, toUnix(st.whole), toUnix(st.begun)}
}
