// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
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
		kinds[kind.name] = func() string {
			clone, _ := kind.make(rand.New(rand.NewPCG(1, 1)), cloned, "x := 1\ny := 2\n")
			return clone
		}
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

// A piece is found in a text that has all of it, whatever the layout; the longest run counts names too.
func TestRunsOfEqualTokens(t *testing.T) {
	whole := newTokens(cloned)
	part := newTokens("total := 0\nfor _, v := range prices {\n if total += v; total > limit {")
	if !holds(whole, part) || holds(whole, newTokens("total := 0\nfor _, w := range prices {")) || holds(whole, nil) {
		t.Error("what a text holds")
	}
	if n := longestRun(newTokens("a = b + c\nd = e"), newTokens("x = b + c\nd = f")); n != 6 {
		t.Errorf("a run of %d, want 6: = b + c d =", n)
	}
}

func TestTheSourcesForSimilar(t *testing.T) {
	uses, err := readSimilarSources("sources-similar.txt")
	if err != nil || len(uses[useSmall]) == 0 || len(uses[useLarge]) == 0 || len(uses[useOther]) == 0 {
		t.Errorf("%v, %v", uses, err)
	}
	bad := filepath.Join(t.TempDir(), "bad.txt")
	for _, line := range []string{"debian\tmaven", "small\tdebian", "small\tcargo\tx", "tiny\tdebian\tmaven"} {
		if err := os.WriteFile(bad, []byte("# said\n"+line+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readSimilarSources(bad); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", line, err)
		}
	}
}
