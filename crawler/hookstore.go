// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

// hookTables keep what webhooks have named until it was looked at: one row for each repository, however many messages were about it.
// They take the place of a first table, in which nothing was ever written.
const hookTables = `
DROP TABLE crawl_hooks;
CREATE TABLE crawl_hooks (                      -- repositories to be looked at
	source TEXT NOT NULL,
	key    TEXT NOT NULL,                       -- of the address that was named; empty: the source is to be listed whole
	url    TEXT NOT NULL,
	old    TEXT NOT NULL DEFAULT '',            -- the address before a rename
	number INTEGER NOT NULL DEFAULT 0,          -- the forge's own number of it
	event  TEXT NOT NULL,                       -- of the latest message: push, create, rename, delete, change
	first  INTEGER NOT NULL,                    -- when the first one came
	serial INTEGER NOT NULL DEFAULT 0,          -- grows when a message comes that the looking under way may have missed
	looked INTEGER NOT NULL DEFAULT 0,          -- when a crawl began to look; 0: none has since the latest message
	tries  INTEGER NOT NULL DEFAULT 0,          -- that came to nothing
	later  INTEGER NOT NULL DEFAULT 0,          -- not to be looked at before
	PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE TABLE crawl_hook_counts (                -- what became of the messages
	source  TEXT NOT NULL,
	outcome TEXT NOT NULL,
	count   INTEGER NOT NULL,
	time    INTEGER NOT NULL,                   -- of the latest one
	PRIMARY KEY (source, outcome)
) WITHOUT ROWID;
ALTER TABLE crawl_journal ADD COLUMN hook INTEGER NOT NULL DEFAULT 0; -- whether a webhook led to it`
