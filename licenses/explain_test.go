// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"maps"
	"os"
	"slices"
	"testing"
)

// TestExplain shows the templates that come near the file EXPLAIN names.
func TestExplain(t *testing.T) {
	path := os.Getenv("EXPLAIN")
	if path == "" {
		t.Skip("EXPLAIN is not set")
	}
	d, err := NewDetector()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := scanner{d: d, path: path, kind: kindOf(path)}
	text := unwrap(path, decode(data))
	s.read(text, syntaxOf(path).comments(text))
	counts := map[uint16]int{}
	near := newLookup(d)
	near.gather(d.index, s.ids)
	for _, h := range near.hits {
		counts[h.template]++
	}
	for _, k := range slices.SortedFunc(maps.Keys(counts), func(a, b uint16) int { return counts[b] - counts[a] })[:min(len(counts), 12)] {
		tm := &d.templates[k]
		var hits []hit
		for _, h := range near.hits {
			if h.template == k {
				hits = append(hits, h)
			}
		}
		t.Logf("%-30s kind %d hits %d of %d, required %d, budget %d", tm.expr, tm.kind, counts[k], tm.prints, tm.required, tm.budget())
		for _, q := range []int{1, 2, 3} {
			h := hits[len(hits)*q/4]
			a, ok := tm.align(s.ids, int(h.pos), int(h.at), 100000, d.turns)
			t.Logf("    anchor %d at %d: %+v %v", h.pos, h.at, a, ok)
		}
		for _, m := range tm.matches(s.ids, hits, d.turns, nil) {
			t.Logf("    cost %d matched %d weight %d words %d-%d", m.cost, m.matched, m.weight(), m.from, m.to)
		}
	}
	for _, f := range d.Text(path, data) {
		t.Logf("%+v", f)
	}
}
