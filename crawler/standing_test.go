// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"communs/internal/sqlite"
)

// TestStandingTellsWhatWaits: what is mirrored, hidden and to be reviewed, how far each source has come, and since when the oldest of the
// queue waits, also when it is listed once more meanwhile.
func TestStandingTellsWhatWaits(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	c := openCrawler(t, dir, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	if st, err := c.Standing(ctx); err != nil || !reflect.DeepEqual(st, &Standing{}) {
		t.Errorf("of a new folder: %+v, %v", st, err)
	}
	put := func(address, source, commit string, change func(*record)) {
		r := &record{Repository: Repository{URL: address, Source: source}, key: AddressKey(address), mirror: AddressKey(address), commit: commit}
		if change != nil {
			change(r)
		}
		must(t, c.store.put(ctx, r))
	}
	const commit = "0123456789012345678901234567890123456789"
	put("https://forge.example/a", "forge", commit, nil)
	put("https://forge.example/b", "forge", commit, func(r *record) { r.missingSince, r.missingWhy = now, "vanished" })
	put("https://forge.example/c", "forge", commit, func(r *record) { r.missingSince, r.missingWhy, r.gone = now, "vanished", now })
	put("https://forge.example/d", "forge", commit, func(r *record) { r.missingSince, r.missingWhy, r.gone = now, "vanished", now })
	put("https://forge.example/never", "forge", "", nil)
	must(t, c.store.putFate(ctx, AddressKey("https://forge.example/d"), &fate{fate: FateDeleted, said: now, asked: now, times: 1, reviewed: now}))
	whole := now.Add(-time.Hour)
	must(t, c.store.setSource(ctx, "forge", sourceState{cursor: place{Since: whole, At: "3"}.cursor(), kind: KindGitea, whole: whole}))
	queue := func(name string) {
		must(t, c.store.enqueue(ctx, "list", []Repository{{URL: "https://forge.example/" + name}}))
	}
	queue("q1")
	first := now
	now = now.Add(5 * time.Hour)
	queue("q1")
	queue("q2")
	must(t, c.store.exec(ctx, `INSERT INTO crawl_hooks (source, key, url, event, first) VALUES ('forge', 'forge.example/a', 'https://forge.example/a', 'push', ?)`, toUnix(now)))
	want := &Standing{Queue: Queue{2, first}, Hooked: Queue{1, now}, Hooks: []HookState{{Source: "forge", Counts: map[Outcome]int64{}, LastOf: map[Outcome]time.Time{}, Waiting: 1, Since: now}}, Mirrored: 2, Missing: 1, Hidden: 2, Review: 1, Sources: []SourceStanding{
		{Name: "forge", Kind: KindGitea, Until: whole, Whole: whole, Underway: true, Mirrored: 2},
		{Name: "list", Waiting: 2},
	}}
	if st, err := c.Standing(ctx); err != nil || !reflect.DeepEqual(st, want) {
		t.Errorf("got %+v, %v\nwant %+v", st, err, want)
	}
}

// TestStandingOfAnEarlierVersion: what only reads must not fail on tables that are yet to be brought up to date.
func TestStandingOfAnEarlierVersion(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "communs.db"))
	must(t, err)
	must(t, sqlite.Migrate(ctx, db, "crawler", migrations()[:len(migrations())-1]))
	must(t, db.Close())
	c, err := Open(ctx, Config{Dir: dir, ReadOnly: true})
	must(t, err)
	defer c.Close()
	if st, err := c.Standing(ctx); err != nil || !reflect.DeepEqual(st, &Standing{}) {
		t.Errorf("got %+v, %v", st, err)
	}
}
