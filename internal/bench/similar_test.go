// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const cloned = `// sum adds.
func sum(prices []int, limit int) (int, error) {
	total := 0
	for _, v := range prices {
		if total += v; total > limit {
			return 0, errors.New("too much") // no more
		}
	}
	fmt.Println(total.name, obj.limit(limit))
	return total, nil
}
`

func TestClones(t *testing.T) {
	kinds := map[string]func() string{}
	for _, kind := range cloneTypes() {
		kinds[kind.name] = func() string { return kind.make(rand.New(rand.NewPCG(1, 1)), cloned, "x := 1\ny := 2\n") }
	}
	if got := kinds["exact"](); got != cloned {
		t.Errorf("exact: %s", got)
	}
	renamed := kinds["renamed"]()
	for _, kept := range []string{"func sum(", ".New(", `"too much"`, ".name", ".limit(", "// no more", "for _, ", " range "} {
		if !strings.Contains(renamed, kept) {
			t.Errorf("renamed lacks %q:\n%s", kept, renamed)
		}
	}
	if strings.Contains(renamed, "total") || strings.Contains(renamed, "prices") {
		t.Errorf("names are left:\n%s", renamed)
	}
	if half := kinds["half a fragment"](); !strings.Contains(cloned, half) || strings.Count(half, "\n") > 7 {
		t.Errorf("half: %s", half)
	}
	changed := 0
	was := strings.SplitAfter(cloned, "\n")
	for _, line := range strings.SplitAfter(kinds["30 % of lines edited"](), "\n") {
		if !slices.Contains(was, line) {
			changed++
		}
	}
	if changed < 1 || changed > 5 {
		t.Errorf("%d lines changed", changed)
	}
}

// A fingerprint is the same wherever its text stands, and whatever the layout.
func TestFingerprints(t *testing.T) {
	a := wfp([]byte(strings.Repeat("x", 200) + cloned))
	b := wfp([]byte(strings.ReplaceAll(cloned, "\n", "  \n ")))
	if !slices.ContainsFunc(a, func(p uint32) bool { return slices.Contains(b, p) }) || len(wfp([]byte("short"))) != 0 {
		t.Errorf("%v and %v", a, b)
	}
}
