// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// devset is where the development set lies; the evaluation is skipped without it.
func devset(t *testing.T) string {
	dir := os.Getenv("LICENSES_DEVSET")
	if dir == "" {
		t.Skip("LICENSES_DEVSET is not set")
	}
	return dir
}

// answer joins the findings of one file.
func answer(found []Finding) Expression {
	var es []Expression
	for _, f := range found {
		es = append(es, f.Expression.Current())
	}
	return And(es...)
}

// shape is an expression with the order of its parts taken out, so that equal ones compare equal.
func shape(e Expression) string {
	var write func(n *node) string
	write = func(n *node) string {
		if n == nil || n.op == opLicense {
			if n == nil {
				return ""
			}
			return n.id
		}
		var kids []string
		for _, k := range n.kids {
			kids = append(kids, write(k))
		}
		if n.op != opWith {
			sort.Strings(kids)
			kids = slices.Compact(kids)
		}
		if len(kids) == 1 {
			return kids[0]
		}
		return "(" + strings.Join(kids, [...]string{opWith: " WITH ", opAnd: " AND ", opOr: " OR "}[n.op]) + ")"
	}
	return write(e.tree())
}

// TestEval measures the detector on the development set, whose folder LICENSES_DEVSET names. It reports; it does not judge.
func TestEval(t *testing.T) {
	dir := devset(t)
	d, err := NewDetector()
	if err != nil {
		t.Fatal(err)
	}
	type result struct{ good, all, tp, fp, fn, or, orGood int }
	sets := map[string]*result{}
	var bad []string
	check := func(set, path, want string) {
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		w := Expression{strings.TrimPrefix(want, "~")}
		if w.text != "" && w.tree() == nil {
			t.Logf("%s: bad expected answer %s", path, want)
		}
		w = w.Current()
		got := answer(d.Text(path, data))
		r := sets[set]
		if r == nil {
			r = &result{}
			sets[set] = r
		}
		r.all++
		ok := shape(got) == shape(w)
		if ok {
			r.good++
		} else {
			bad = append(bad, fmt.Sprintf("%s\t%s\twant %s\tgot %s", set, path, w, got))
		}
		if strings.Contains(want, " OR ") {
			r.or++
			if ok {
				r.orGood++
			}
		}
		wi, gi := w.IDs(), got.IDs()
		for _, id := range gi {
			if slices.Contains(wi, id) {
				r.tp++
			} else {
				r.fp++
			}
		}
		for _, id := range wi {
			if !slices.Contains(gi, id) {
				r.fn++
			}
		}
	}
	for path, want := range table(t, filepath.Join(dir, "scancode/expected.tsv")) {
		check(want[1], "scancode/"+path, want[0])
		if !strings.Contains(path, "nuget_test_url") { // addresses of other people's licence files
			check("all without nuget", "scancode/"+path, want[0])
		}
	}
	for path, want := range table(t, filepath.Join(dir, "slid.expected.tsv")) {
		check("slid", path, want[0])
	}
	for _, f := range glob(dir, "french/*.txt") {
		id, _, _ := strings.Cut(filepath.Base(f), "__")
		check("french", f, id)
	}
	for _, f := range glob(dir, "spdx/text/*.txt") {
		id := strings.TrimSuffix(filepath.Base(f), ".txt")
		info, ok := Info(id)
		if !ok || info.Deprecated {
			continue
		}
		check("spdx", f, textOf(id))
	}
	sort.Strings(bad)
	if out := os.Getenv("LICENSES_EVAL"); out != "" {
		os.WriteFile(out, []byte(strings.Join(bad, "\n")+"\n"), 0o644)
	}
	for _, set := range slices.Sorted(maps.Keys(sets)) {
		r := sets[set]
		p, c := float64(r.tp)/float64(max(1, r.tp+r.fp)), float64(r.tp)/float64(max(1, r.tp+r.fn))
		t.Logf("%-26s exact %4d of %4d %.1f %%  precision %.3f recall %.3f F1 %.3f  OR %d of %d", set, r.good, r.all,
			100*float64(r.good)/float64(r.all), p, c, 2*p*c/(p+c), r.orGood, r.or)
	}
}

func glob(dir, pattern string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	for i, f := range files {
		files[i], _ = filepath.Rel(dir, f)
	}
	return files
}

// table reads path → columns from a file of tab-separated values.
func table(t *testing.T, path string) map[string][]string {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		m[f[0]] = f[1:]
	}
	return m
}

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
	text := decode(data)
	if isHTML(text) {
		text = stripHTML(text)
	}
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
