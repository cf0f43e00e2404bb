// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// TestARunIsToldFromItsBeginning: under way, killed, and ended; and what it did is kept of the latest alone.
func TestARunIsToldFromItsBeginning(t *testing.T) {
	dir := folder(t)
	l := open(t, dir, &durable.Disk{})
	began := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	latest := func(now time.Time) Run {
		t.Helper()
		list, err := Runs(t.Context(), dir, Crawl, 1, now)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		return list[0]
	}
	id, err := l.Begin(t.Context(), Work{What: Crawl, Began: began})
	if err != nil {
		t.Fatal(err)
	}
	if r := latest(began.Add(Beat)); r.How != UnderWay || !r.Ended.IsZero() || r.ID != id {
		t.Errorf("just begun: %+v", r)
	}
	heard := began.Add(time.Hour)
	w := Work{What: Crawl, Began: began, CPU: time.Second, Fetched: 7, Requests: 3, Told: json.RawMessage(`{"a":1}`)}
	if err := l.Tell(t.Context(), id, w, heard); err != nil {
		t.Fatal(err)
	}
	if r := latest(heard.Add(Beat)); r.How != UnderWay || r.CPU != time.Second || r.Fetched != 7 || r.Requests != 3 || string(r.Told) != `{"a":1}` {
		t.Errorf("under way: %+v", r)
	}
	if r := latest(heard.Add(Silence + time.Second)); r.How != Killed || !r.Ended.Equal(heard) {
		t.Errorf("killed: %+v", r)
	}
	if b := read(t, dir); b.Stored != nil || len(b.Crawls) != 1 || b.Crawls[0].CPU != time.Second {
		t.Errorf("of what has not ended, the book says %+v", b)
	}
	w.Ended, w.How, w.Stored = heard.Add(time.Minute), SpentTime, Stored{1, 2, 3}
	if err := l.Tell(t.Context(), id, w, w.Ended); err != nil {
		t.Fatal(err)
	}
	if r := latest(heard.Add(24 * time.Hour)); r.How != SpentTime || !r.Ended.Equal(w.Ended) || r.Stored != w.Stored {
		t.Errorf("ended: %+v", r)
	}
	if _, err := l.Begin(t.Context(), Work{What: Crawl, Began: heard}); err != nil {
		t.Fatal(err)
	}
	spent := Sum{Crawl, SpentTime, 1, time.Second, 7, 3, w.Ended}
	for now, want := range map[time.Time][]Sum{
		heard:                {{What: Crawl, How: UnderWay, N: 1, Latest: heard}, spent},
		heard.Add(time.Hour): {spent, {What: Crawl, How: Killed, N: 1, Latest: heard}},
	} {
		if got, err := Sums(t.Context(), dir, now); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, want)
		}
	}
	for range toldWorks {
		if _, err := l.Begin(t.Context(), Work{What: Index, Began: began}); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := Runs(t.Context(), dir, Crawl, 0, heard); err != nil || len(list) != 2 || string(list[1].Told) != "" || list[1].Requests != 3 {
		t.Errorf("after %d others: %+v, %v", toldWorks, list, err)
	}
}

// TestWorksOfBeforeAreRuns holds that what an earlier version entered is read as what ended well.
func TestWorksOfBeforeAreRuns(t *testing.T) {
	dir := folder(t)
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Migrate(t.Context(), db, "ledger", migrations()[:1]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO ledger_works VALUES (1, 'crawl', 100, 160, 5, 6, 7, 8, 9)`); err != nil {
		t.Fatal(err)
	}
	if list, err := Runs(t.Context(), dir, Crawl, 0, time.Now()); err != nil || len(list) != 0 {
		t.Errorf("before it is migrated: %v, %v", list, err)
	}
	db.Close()
	open(t, dir, &durable.Disk{}).Close()
	list, err := Runs(t.Context(), dir, Crawl, 0, time.Now())
	if err != nil || len(list) != 1 || list[0].How != Done || list[0].Ended.Unix() != 160 || list[0].Heard.Unix() != 160 {
		t.Errorf("got %+v, %v", list, err)
	}
}
