// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

// changeTables keep what has become of repositories: where they stood before, what their forges say of those that are gone, what webhooks
// tell, and what a state points at outside of itself.
const changeTables = `
CREATE TABLE crawl_aliases (                    -- addresses that repositories had
	key    TEXT PRIMARY KEY,                    -- of the old address
	url    TEXT NOT NULL,
	target TEXT NOT NULL,                       -- key of the repository
	time   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX crawl_aliases_by_target ON crawl_aliases (target);
CREATE TABLE crawl_fates (                      -- of repositories that are not there any more, as their forges tell
	key      TEXT PRIMARY KEY,                  -- of the repository
	fate     TEXT NOT NULL,                     -- deleted, private, replaced
	said     INTEGER NOT NULL,                  -- when the forge first said so
	asked    INTEGER NOT NULL,                  -- when it was last asked
	times    INTEGER NOT NULL DEFAULT 1,        -- that it has said so
	either   INTEGER NOT NULL DEFAULT 0,        -- deleted or private: it does not tell which
	review   TEXT NOT NULL DEFAULT '',          -- empty: to be reviewed; kept
	note     TEXT NOT NULL DEFAULT '',          -- why it is kept
	reviewed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE crawl_hooks (                      -- what webhooks told, and is not brought yet
	id       INTEGER PRIMARY KEY,
	source   TEXT NOT NULL,
	delivery TEXT NOT NULL,                     -- id of the message
	event    TEXT NOT NULL,                     -- push, create, rename, delete, change
	url      TEXT NOT NULL,                     -- of the repository, as it is now
	old      TEXT NOT NULL DEFAULT '',          -- as it was before a rename
	time     INTEGER NOT NULL,
	done     INTEGER NOT NULL DEFAULT 0,        -- when it was brought; 0 before
	tries    INTEGER NOT NULL DEFAULT 0,
	later    INTEGER NOT NULL DEFAULT 0,        -- not before that
	UNIQUE (source, delivery)
);
CREATE INDEX crawl_hooks_by_done ON crawl_hooks (done, later);
CREATE TABLE crawl_links (                      -- what a state points at outside of itself; it is not followed
	key         TEXT PRIMARY KEY,               -- of the repository
	commit_name TEXT NOT NULL,                  -- of the state
	submodules  INTEGER NOT NULL,               -- how many there are
	large       INTEGER NOT NULL,               -- files that LFS keeps elsewhere
	large_bytes INTEGER NOT NULL,
	first       TEXT NOT NULL                   -- the first of them, JSON
) WITHOUT ROWID;`
