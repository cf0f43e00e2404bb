// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"

	"communs/internal/sqlite"
)

// A source that the operator takes out of the configuration leaves behind how far it was listed and what of it waits to be brought, for ever.
// A crawl of all sources that there are notes since when one is missing; once that is a grace period ago, all of it goes at once. What it
// had brought stays. A source that is crawled meanwhile, also by its address, is none that is missing.

// droppedSources tells since when.
const droppedSources = `ALTER TABLE crawl_sources ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0; -- since when crawls of all sources do without it; 0: they do not`

// ofSource are the tables that hold what is known of a source by its name, beside crawl_sources.
var ofSource = []string{"crawl_queue", "crawl_listed", "crawl_answers", "crawl_hooks", "crawl_hook_counts"}

// clearDropped notes which sources this crawl of all of them does without, and forgets those that were missing for a grace period.
func (r *crawl) clearDropped(ctx context.Context) error {
	names := []string{}
	for _, l := range r.sources {
		names = append(names, l.name)
	}
	text, err := json.Marshal(names)
	if err != nil {
		return err
	}
	now := r.c.cfg.Now()
	const there, missing = `name IN (SELECT value FROM json_each(?1))`, `name NOT IN (SELECT value FROM json_each(?1))`
	const over = `name FROM crawl_sources WHERE dropped <> 0 AND dropped <= ?1`
	var due bool
	err = r.c.store.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM crawl_queue WHERE source NOT IN (SELECT name FROM crawl_sources))
		OR EXISTS (SELECT 1 FROM crawl_sources WHERE dropped <> 0 OR `+missing+`)`, string(text)).Scan(&due)
	if err != nil || !due {
		return sqlite.Damaged(r.c.store.path, err)
	}
	list := []statement{
		{`INSERT OR IGNORE INTO crawl_sources (name, cursor) SELECT DISTINCT source, '' FROM crawl_queue`, nil},
		{`UPDATE crawl_sources SET dropped = 0 WHERE dropped <> 0 AND ` + there, []any{string(text)}},
		{`UPDATE crawl_sources SET dropped = ?2 WHERE dropped = 0 AND ` + missing, []any{string(text), toUnix(now)}},
	}
	before := toUnix(now.Add(-r.c.cfg.Grace))
	for _, table := range ofSource {
		list = append(list, statement{`DELETE FROM ` + table + ` WHERE source IN (SELECT ` + over + `)`, []any{before}})
	}
	list = append(list, statement{`DELETE FROM crawl_sources WHERE name IN (SELECT ` + over + `)`, []any{before}})
	return r.c.store.inOne(ctx, list...)
}
