// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package registrytest is for the tests of what stores and shows the registry: the contract of a [registry.Store], and a
// generator of catalogues of any size.
package registrytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"communs/registry"
)

// TestStore holds a store to its contract. Open gives another handle on the same records each time, as another process
// would have, and none at first.
func TestStore(t *testing.T, open func(t *testing.T) func() registry.Store) {
	for name, test := range map[string]func(*testing.T, func() registry.Store){
		"Order": order, "Bases": bases, "AllOrNone": allOrNone, "Deleted": deleted, "Bodies": bodies,
		"Logged": logged, "Loggers": loggers, "Erased": erased, "Seen": seen, "Snapshot": snapshot, "Writers": writers, "Cancelled": cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func change(id string, base int64, body string) registry.Change {
	c := registry.Change{Kind: registry.KindSoftware, ID: id, Base: base}
	if body != "" {
		c.Body = json.RawMessage(body)
	}
	return c
}

func apply(t *testing.T, s registry.Store, changes ...registry.Change) int64 {
	t.Helper()
	seq, err := s.Apply(t.Context(), changes...)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// since lists records as "id@seq=body".
func since(t *testing.T, s registry.Store, seq int64) (list []string) {
	t.Helper()
	for r, err := range s.Since(t.Context(), seq) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Deleted != (r.Body == nil) {
			t.Errorf("%s: deleted is %v, its body %q", r.ID, r.Deleted, r.Body)
		}
		list = append(list, fmt.Sprintf("%s@%d=%s", r.ID, r.Seq, r.Body))
	}
	return list
}

func wantList(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// order: each change has the next number, a record is listed once, as it is now, and another handle sees the same.
func order(t *testing.T, open func() registry.Store) {
	s, other := open(), open()
	if seq, err := s.Seq(t.Context()); err != nil || seq != 0 {
		t.Fatalf("a new store is at %d, %v", seq, err)
	}
	if seq := apply(t, s, change("a", 0, `1`), change("b", 0, `2`)); seq != 2 {
		t.Errorf("two changes end at %d", seq)
	}
	if seq := apply(t, other, change("a", 1, `3`)); seq != 3 {
		t.Errorf("the third change is %d", seq)
	}
	if seq := apply(t, s); seq != 3 {
		t.Errorf("no change ends at %d", seq)
	}
	wantList(t, since(t, s, 0), "b@2=2", "a@3=3")
	wantList(t, since(t, other, 2), "a@3=3")
	wantList(t, since(t, other, 3))
	if seq, err := other.Seq(t.Context()); err != nil || seq != 3 {
		t.Errorf("the other handle is at %d, %v", seq, err)
	}
	r, err := other.Get(t.Context(), registry.KindSoftware, "a")
	if err != nil || r.Seq != 3 || string(r.Body) != `3` || r.Kind != registry.KindSoftware || r.ID != "a" {
		t.Errorf("got %+v, %v", r, err)
	}
	if r.Changed.IsZero() || r.Changed.Nanosecond() != 0 || r.Changed.Location().String() != "UTC" {
		t.Errorf("changed at %v, want seconds in UTC", r.Changed)
	}
	if _, err := s.Get(t.Context(), registry.KindNeed, "a"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("another kind's id: %v", err)
	}
}

// bases: a change is made only on what its author has read.
func bases(t *testing.T, open func() registry.Store) {
	s := open()
	apply(t, s, change("a", 0, `1`), change("a", registry.AnyBase, `2`), change("new", registry.AnyBase, `3`))
	for name, c := range map[string]registry.Change{
		"made anew": change("a", 0, `9`), "old": change("a", 1, `9`), "of the future": change("a", 7, `9`),
		"deleted on an old state": change("a", 1, ""), "changed and never there": change("b", 1, `9`),
	} {
		_, err := s.Apply(t.Context(), c)
		var conflict *registry.ConflictError
		if !errors.As(err, &conflict) || conflict.ID != c.ID || conflict.Kind != c.Kind || conflict.Base != c.Base {
			t.Errorf("%s: got %v, want a conflict that names it", name, err)
		} else if want := map[string]int64{"a": 2}[c.ID]; conflict.Have != want {
			t.Errorf("%s: the conflict says that %d is there, want %d", name, conflict.Have, want)
		}
	}
	wantList(t, since(t, s, 0), "a@2=2", "new@3=3")
}

// allOrNone: one refused change refuses all.
func allOrNone(t *testing.T, open func() registry.Store) {
	s := open()
	apply(t, s, change("a", 0, `1`))
	if _, err := s.Apply(t.Context(), change("b", 0, `2`), change("a", 0, `3`), change("c", 0, `4`)); err == nil {
		t.Error("a conflict among others was accepted")
	}
	wantList(t, since(t, s, 0), "a@1=1")
	if seq := apply(t, s, change("b", 0, `2`)); seq != 2 {
		t.Errorf("the next change is %d, want 2", seq)
	}
}

// deleted: a deleted record says so, its number is that of its deletion, and it may come back.
func deleted(t *testing.T, open func() registry.Store) {
	s := open()
	apply(t, s, change("a", 0, `1`), change("b", 0, `2`))
	if seq := apply(t, s, change("a", 1, "")); seq != 3 {
		t.Errorf("deleted at %d", seq)
	}
	wantList(t, since(t, s, 0), "b@2=2", "a@3=")
	if r, err := s.Get(t.Context(), registry.KindSoftware, "a"); err != nil || !r.Deleted || r.Seq != 3 {
		t.Errorf("got %+v, %v", r, err)
	}
	if seq := apply(t, s, change("a", registry.AnyBase, ""), change("never", registry.AnyBase, ""), change("never", 0, "")); seq != 3 {
		t.Errorf("deleting what is not there ends at %d, want 3", seq)
	}
	if _, err := s.Get(t.Context(), registry.KindSoftware, "never"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("what never was: %v", err)
	}
	if _, err := s.Apply(t.Context(), change("a", 0, `4`)); err == nil {
		t.Error("a deleted record is made anew by one who has not read that it was deleted")
	}
	apply(t, s, change("a", 3, `4`))
	wantList(t, since(t, s, 0), "b@2=2", "a@4=4")
}

// bodies: what is kept comes back byte for byte, whatever it is and whatever its id.
func bodies(t *testing.T, open func() registry.Store) {
	s := open()
	big, err := json.Marshal(slices.Repeat([]string{"long"}, 100_000))
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{`{}`, `{ "é" : "\u0000'\"" }`, `null`, `"<script>"`, string(big)} {
		id := "https://example.org/é'%00?" + body[:2]
		apply(t, s, change(id, registry.AnyBase, body))
		if r, err := s.Get(t.Context(), registry.KindSoftware, id); err != nil || string(r.Body) != body || r.ID != id || r.Deleted {
			t.Errorf("%.40s came back as %.40s, %v", body, r.Body, err)
		}
	}
}

// snapshot: a listing sees one state, though others write while it is read, and may be left at any time.
func snapshot(t *testing.T, open func() registry.Store) {
	s, other := open(), open()
	var many []registry.Change
	for i := range 3000 {
		many = append(many, change(fmt.Sprint(i), 0, `1`))
	}
	apply(t, s, many...)
	n := 0
	for r, err := range s.Since(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			apply(t, other, change("2999", registry.AnyBase, `2`), change("later", 0, `3`))
			apply(t, s, change("0", registry.AnyBase, `2`))
		}
		if string(r.Body) != `1` {
			t.Errorf("%s is listed as %s", r.ID, r.Body)
		}
	}
	if n != 3000 {
		t.Errorf("%d records, want 3000", n)
	}
	wantList(t, since(t, s, 3000), "2999@3001=2", "later@3002=3", "0@3003=2")
	for range s.Since(t.Context(), 0) {
		break
	}
	apply(t, s, change("after", 0, `4`))
}

// writers: several goroutines on several handles lose nothing and never share a number.
func writers(t *testing.T, open func() registry.Store) {
	const each = 25
	var wait sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]bool{}
	handles := []registry.Store{open(), open()}
	for w := range 4 {
		wait.Go(func() {
			for i := range each {
				s := handles[w%2]
				seq, err := s.Apply(context.Background(), change(fmt.Sprintf("%d-%d", w, i), 0, `1`))
				mu.Lock()
				if err != nil || seen[seq] {
					t.Errorf("writer %d got %d, %v", w, seq, err)
				}
				seen[seq] = true
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if got := since(t, handles[0], 0); len(got) != 4*each || len(seen) != 4*each {
		t.Errorf("%d records under %d numbers, want %d", len(got), len(seen), 4*each)
	}
}

// cancelled: nothing is changed for one who has gone.
func cancelled(t *testing.T, open func() registry.Store) {
	s := open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Apply(ctx, change("a", 0, `1`)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantList(t, since(t, s, 0))
}

// seen: a change that rests on a whole state is made only when that is still the last one.
func seen(t *testing.T, open func() registry.Store) {
	s, other := open(), open()
	first := apply(t, s, change("a", 0, `{}`))
	rests := change("b", 0, `{}`)
	rests.Seen = first
	last := apply(t, s, change("c", 0, `{}`))
	if _, err := other.Apply(t.Context(), change("d", 0, `{}`), rests); !errors.Is(err, registry.ErrMoved) {
		t.Errorf("a change that rests on an older state: %v", err)
	}
	if got := since(t, s, 0); len(got) != 2 {
		t.Errorf("a part of it was made: %v", got)
	}
	rests.Seen = last
	apply(t, other, rests)
}
