// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestMemoTellsTheSame reads the corpus twice: what is remembered is what was found, on the lines of the second file.
func TestMemoTellsTheSame(t *testing.T) {
	shared := detector(t)
	d := Detector{templates: shared.templates, index: shared.index, dict: shared.dict, names: shared.names, turns: shared.turns, clauses: shared.clauses, pairs: shared.pairs, memo: newMemo()}
	d.scratch.New = func() any { return newLookup(&d) }
	a, err := txtar.ParseFile("testdata/detect.txtar")
	if err != nil {
		t.Fatal(err)
	}
	first := make([][]Finding, len(a.Files))
	for i, f := range a.Files {
		first[i] = d.Text("LICENSE", f.Data)
	}
	if len(d.memo.recent) < 10 {
		t.Fatalf("only %d regions are remembered", len(d.memo.recent))
	}
	for i, f := range a.Files {
		if got := d.Text("LICENSE", f.Data); !slices.Equal(got, first[i]) {
			t.Errorf("%s: %+v, at first %+v", f.Name, got, first[i])
		}
		lower := d.Text("LICENSE", append([]byte("\n\n\n"), f.Data...))
		for k := range lower {
			lower[k].Start, lower[k].End = lower[k].Start-3, lower[k].End-3
		}
		if !slices.Equal(lower, first[i]) {
			t.Errorf("%s, three lines lower: %+v, at first %+v", f.Name, lower, first[i])
		}
	}
}

// TestMemoIsBounded holds how much is remembered, and that what is met again stays.
func TestMemoIsBounded(t *testing.T) {
	m := newMemo()
	often := []uint16{1, 2, 3}
	m.put(m.key(often), []match{{}})
	for i := range 10 * memoEntries {
		m.put(m.key([]uint16{uint16(i), uint16(i >> 16), 7, 8}), nil)
		if n := len(m.recent) + len(m.old); n > memoEntries {
			t.Fatalf("%d entries", n)
		}
		if i%1000 == 0 {
			if found, ok := m.get(m.key(often)); !ok || len(found) != 1 {
				t.Fatalf("after %d others the region that is met often is forgotten", i)
			}
		}
	}
	if _, ok := m.get(m.key([]uint16{0, 0, 7, 8})); ok {
		t.Error("a region that was not met again is remembered")
	}
	m.put(m.key([]uint16{5}), make([]match, memoMatches+1))
	if _, ok := m.get(m.key([]uint16{5})); ok {
		t.Error("a region with too many matches is remembered")
	}
}
