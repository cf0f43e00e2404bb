// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// folder makes a data folder with a database.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE other (x)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	return dir
}

func open(t *testing.T, dir string, disk *durable.Disk) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), dir, disk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func read(t *testing.T, dir string) *Book {
	t.Helper()
	b, err := Read(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// did enters a work that has ended.
func did(ctx context.Context, l *Ledger, w Work) error {
	id, err := l.Begin(ctx, w)
	if err != nil {
		return err
	}
	return l.Tell(ctx, id, w, w.Ended)
}

// TestWhatWasEnteredIsRead also after the ledger was opened anew, and adds up by month.
func TestWhatWasEnteredIsRead(t *testing.T) {
	dir := folder(t)
	if b := read(t, dir); !reflect.DeepEqual(b, &Book{}) {
		t.Errorf("before anything was entered: %+v", b)
	}
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 23, 0, 0, 0, time.UTC) }
	visio, compta := Term{AboutSoftware, KindWord, "visio"}, Term{AboutSoftware, KindWord, "compta"}
	for _, w := range []Work{
		{What: Crawl, Began: at(10, 31), Ended: at(11, 1), CPU: 1500 * time.Millisecond, Fetched: 700, Stored: Stored{1, 1, 1}},
		{What: Index, Began: at(11, 1), Ended: at(11, 1), CPU: time.Second, Stored: Stored{2, 2, 2}},
		{What: Crawl, Began: at(11, 2), Ended: at(11, 2), CPU: 500 * time.Millisecond, Fetched: 30, Stored: Stored{3, 4, 5}},
		{What: Crawl, Began: at(11, 3), Ended: at(11, 3), CPU: 250 * time.Millisecond, Fetched: 3, Stored: Stored{30, 40, 50}},
	} {
		l := open(t, dir, &durable.Disk{})
		if err := errors.Join(did(t.Context(), l, w), l.Close()); err != nil {
			t.Fatal(err)
		}
	}
	l := open(t, dir, &durable.Disk{})
	for _, n := range []int{Threshold - 1, 2} {
		err := l.Served(t.Context(), "2026-11", Counts{10, time.Second, map[Term]int{visio: n, compta: 1}})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := &Book{
		Crawls:     []Month{{"2026-10", 1, 1500 * time.Millisecond, 700}, {"2026-11", 2, 750 * time.Millisecond, 33}},
		Indexings:  []Month{{"2026-11", 1, time.Second, 0}},
		Serving:    []Month{{"2026-11", 20, 2 * time.Second, 0}},
		Unanswered: []Unanswered{{"2026-11", visio, Threshold + 1}},
		Stored:     &Stored{30, 40, 50}, Weighed: at(11, 3),
	}
	if got := read(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// TestARefusedDiskLeavesWhatWas holds that nothing is entered where the disk says no, and that a folder without a database stays without.
func TestARefusedDiskLeavesWhatWas(t *testing.T) {
	full := errors.New("full")
	dir := folder(t)
	refuse := &durable.Disk{Before: func(durable.Op, string) error { return full }}
	if _, err := Open(t.Context(), dir, refuse); !errors.Is(err, full) {
		t.Errorf("the tables are made: %v", err)
	}
	open(t, dir, &durable.Disk{}).Close()
	if err := open(t, dir, refuse).Served(t.Context(), "2026-11", Counts{Searches: 1}); !errors.Is(err, full) {
		t.Errorf("served: %v", err)
	}
	if b := read(t, dir); !reflect.DeepEqual(b, &Book{}) {
		t.Errorf("entered: %+v", b)
	}
	none := t.TempDir()
	if _, err := Open(t.Context(), none, &durable.Disk{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a database: %v", err)
	}
	if list, err := os.ReadDir(none); err != nil || len(list) > 0 {
		t.Errorf("a database was made: %v, %v", list, err)
	}
}

func TestALaterVersionIsRefused(t *testing.T) {
	dir := folder(t)
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sqlite.Migrate(t.Context(), db, "ledger", append(migrations(), "CREATE TABLE later (x)")); err != nil {
		t.Fatal(err)
	}
	var newer *sqlite.NewerError
	if _, err := Read(t.Context(), dir); !errors.As(err, &newer) {
		t.Errorf("read: %v", err)
	}
	if _, err := Open(t.Context(), dir, &durable.Disk{}); !errors.As(err, &newer) {
		t.Errorf("opened: %v", err)
	}
}

// TestMeter holds that each question and each moment of processor time is counted once, whoever asks beside whom, and whether writing
// them failed in between.
func TestMeter(t *testing.T) {
	used := 5 * time.Second
	m := NewMeter(func() time.Duration { return used })
	if _, some := m.Take(); some {
		t.Error("something was counted before anything was done")
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			m.Searched()
			m.FoundNothing(AboutCode, nil, []string{"file"})
			m.FoundNothing(AboutSoftware, nil, nil)
		})
	}
	all.Wait()
	used += 3 * time.Second
	first, _ := m.Take()
	want := Counts{50, 3 * time.Second, map[Term]int{{AboutCode, KindQuestion, ""}: 50, {AboutCode, KindWord, "file"}: 50,
		{AboutSoftware, KindQuestion, ""}: 50, {AboutSoftware, KindUnclear, ""}: 50}}
	if !reflect.DeepEqual(first, want) {
		t.Errorf("got %+v\nwant %+v", first, want)
	}
	m.Return(first)
	m.FoundNothing(AboutCode, []string{"n"}, nil)
	want.Unanswered[Term{AboutCode, KindQuestion, ""}] = 51
	want.Unanswered[Term{AboutCode, KindNeed, "n"}] = 1
	if again, _ := m.Take(); !reflect.DeepEqual(again, want) {
		t.Errorf("after it was given back: %+v\nwant %+v", again, want)
	}
	used += 900 * time.Millisecond
	if _, some := m.Take(); some {
		t.Error("an idle server writes")
	}
	used += 200 * time.Millisecond
	if c, some := m.Take(); !some || c.CPU != 1100*time.Millisecond {
		t.Errorf("what idling costs is lost: %+v", c)
	}
	long := make([]string, 1000)
	m.FoundNothing(AboutCode, long, long)
	if c, _ := m.Take(); len(c.Unanswered) > 2*termsOfOne+1 || c.Unanswered[Term{AboutCode, KindWord, ""}] > termsOfOne {
		t.Errorf("one long question leaves %v", c.Unanswered)
	}
}

func TestWeigh(t *testing.T) {
	dir := t.TempDir()
	for name, n := range map[string]int{"mirrors/a/b.git/pack": 100, "shards/000001/content": 20, "occurrences/x": 3, "CURRENT": 1, "communs.db": 7, "other": 1000} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, make([]byte, n), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if got := Weigh(dir); got != (Stored{100, 24, 7}) {
		t.Errorf("got %+v", got)
	}
}

// TestCPU holds that work takes processor time.
func TestCPU(t *testing.T) {
	before := CPU()
	if before == 0 {
		t.Skip("not measured on this system")
	}
	for begin := time.Now(); CPU() == before; {
		if time.Since(begin) > time.Minute {
			t.Fatal("a minute of work took no time")
		}
	}
}

// BenchmarkSearched is what counting adds to each question, BenchmarkTake what is measured now and then.
func BenchmarkSearched(b *testing.B) {
	m := NewMeter(CPU)
	for b.Loop() {
		m.Searched()
	}
}

func BenchmarkTake(b *testing.B) {
	m := NewMeter(CPU)
	for b.Loop() {
		m.Take()
	}
}

// BenchmarkServed is one entry of what was served.
func BenchmarkServed(b *testing.B) {
	dir := b.TempDir()
	db, err := sqlite.Open(context.Background(), filepath.Join(dir, "communs.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	l, err := Open(context.Background(), dir, &durable.Disk{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		if err := l.Served(context.Background(), "2026-11", Counts{Searches: 1, Unanswered: map[Term]int{{AboutCode, KindWord, "file"}: 1}}); err != nil {
			b.Fatal(err)
		}
	}
}
