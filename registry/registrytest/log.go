// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registrytest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"communs/registry"
	"communs/registry/publiclog"
)

func told(about string, text string) publiclog.Draft {
	return publiclog.Draft{Type: "record.edited", About: about, Body: map[string]string{"text": text}, Personal: map[string]string{"account": "anna"}}
}

func act(t *testing.T, s registry.Store, a registry.Act) registry.Done {
	t.Helper()
	done, err := s.Act(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func whole(t *testing.T, s registry.Store, anchor *publiclog.Anchor) publiclog.Head {
	t.Helper()
	v, err := registry.Verify(t.Context(), s, anchor)
	if err != nil {
		t.Fatalf("the log does not verify: %v", err)
	}
	head, err := s.Head(t.Context())
	if err != nil || head != v.Head() {
		t.Fatalf("the log ends at %v, its head is %v, %v", v.Head(), head, err)
	}
	return head
}

// logged: an act and what tells of it are written together or not at all, and every handle sees one log.
func logged(t *testing.T, open func() registry.Store) {
	s, other := open(), open()
	begun := whole(t, s, nil)
	if begun.N != 1 {
		t.Fatalf("a new log has %d entries", begun.N)
	}
	done := act(t, s, registry.Act{Changes: []registry.Change{change("a", 0, `1`)}, Tell: []publiclog.Draft{told("", "one"), told("proposal/3", "two")}})
	if head := whole(t, other, &publiclog.Anchor{N: 1, Hash: begun.Hash}); head != done.Head || head.N != 3 || done.Seq != 1 {
		t.Errorf("%+v, the other handle's head is %v", done, head)
	}
	for name, a := range map[string]registry.Act{
		"conflict":  {Changes: []registry.Change{change("a", 9, `2`)}, Tell: []publiclog.Draft{told("", "no")}},
		"old state": {After: 2, Changes: []registry.Change{change("b", 0, `2`)}, Tell: []publiclog.Draft{told("", "no")}},
		"no type":   {Changes: []registry.Change{change("b", 0, `2`)}, Tell: []publiclog.Draft{told("", "no"), {Body: 1}}},
	} {
		if _, err := s.Act(t.Context(), a); err == nil || name == "old state" && !errors.Is(err, registry.ErrMoved) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if head := whole(t, s, nil); head != done.Head {
		t.Errorf("what was refused is told of: %v", head)
	}
	wantList(t, since(t, s, 0), "a@1=1")
	act(t, other, registry.Act{After: 3, Tell: []publiclog.Draft{told("", "three")}})
	n := int64(2)
	for e, err := range s.Log(t.Context(), 2) {
		if n++; err != nil || e.N != n || string(e.Personal.Text) != `{"account":"anna"}` {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if n != 4 {
		t.Errorf("the log ends at %d", n)
	}
}

// loggers: however many write side by side, each entry has its place, and what rests on an old state is not written.
func loggers(t *testing.T, open func() registry.Store) {
	const each = 10
	var wait sync.WaitGroup
	for w := range 4 {
		s := open()
		wait.Go(func() {
			for n := 0; n < each; {
				head, err := s.Head(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				_, err = s.Act(t.Context(), registry.Act{After: head.N, Tell: []publiclog.Draft{told("", fmt.Sprint(w, n))}})
				if err == nil {
					n++
				} else if !errors.Is(err, registry.ErrMoved) {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	if head := whole(t, open(), nil); head.N != 1+4*each {
		t.Errorf("%d entries", head.N)
	}
}

// erased: a text is gone for every handle, the log tells that it is, and still verifies from what was kept of it before.
func erased(t *testing.T, open func() registry.Store) {
	s, other := open(), open()
	kept := act(t, s, registry.Act{Tell: []publiclog.Draft{told("", "secret"), told("", "two"), told("", "three")}}).Head
	for _, x := range []registry.Erasure{{Entry: 2, Reason: "request"}, {Entry: 3, Personal: true, Reason: "error"}} {
		if err := s.Erase(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	if head := whole(t, other, &publiclog.Anchor{N: kept.N, Hash: kept.Hash}); head.N != 6 {
		t.Errorf("%d entries", head.N)
	}
	var have []string
	for e, err := range other.Log(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, fmt.Sprint(e.N, e.Type, e.About, e.Body.Text != nil, e.Personal.Text != nil))
	}
	wantList(t, have, "2record.editedfalse false", "3record.editedtrue false", "4record.editedtrue true", "5erasedentry/2true false", "6erasedentry/3true false")
	for _, test := range []struct {
		x    registry.Erasure
		code string
	}{
		{registry.Erasure{Entry: 2, Reason: "request"}, "gone"}, {registry.Erasure{Entry: 3, Personal: true, Reason: "request"}, "gone"},
		{registry.Erasure{Entry: 99, Reason: "court"}, "unknown"}, {registry.Erasure{Entry: 4}, "reason"},
		{registry.Erasure{Entry: 4, Reason: "Anna Martin asked"}, "reason"}, {registry.Erasure{Entry: 1, Reason: "court"}, "needed"},
		{registry.Erasure{Entry: 5, Reason: "court"}, "needed"},
	} {
		var refused *registry.ErasureError
		if err := s.Erase(t.Context(), test.x); !errors.As(err, &refused) || refused.Code != test.code {
			t.Errorf("%+v: %v, want %s", test.x, err, test.code)
		}
	}
	if head := whole(t, s, nil); head.N != 6 {
		t.Errorf("what was refused is told of: %d", head.N)
	}
}
