// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"math"
	"testing"
)

func TestFindDocumented(t *testing.T) {
	for _, c := range []struct{ file, src, name, sentence, without string }{
		{"a.go", "package a\n\n// Sum adds the numbers of a list. More.\nfunc Sum(l []int) int {\n\tn := 0\n\treturn n\n}\n",
			"Sum", "adds the numbers of a list", "package a\n\n\nfunc Sum(l []int) int {\n\tn := 0\n\treturn n\n}\n"},
		{"a.py", "def total(l):\n    \"\"\"Add the numbers of a list.\n\n    More.\n    \"\"\"\n    return sum(l)\n",
			"total", "Add the numbers of a list", "def total(l):\n\n\n\n\n    return sum(l)\n"},
		{"a.js", "/**\n * Adds the <b>numbers</b> of a list.\n * @param l\n */\nfunction sum(l) {\n  return 0;\n}\n",
			"sum", "Adds the numbers of a list", "\n\n\n\nfunction sum(l) {\n  return 0;\n}\n"},
		{"a.rb", "# Adds the numbers of a list: all.\ndef sum(l)\n  l.sum\nend\n", "sum", "Adds the numbers of a list", "\ndef sum(l)\n  l.sum\nend\n"},
	} {
		found := findDocumented(c.file, []byte(c.src))
		if len(found) != 1 || found[0].name != c.name || firstSentence(found[0].sentence) != c.sentence {
			t.Errorf("%s: %+v", c.file, found)
			continue
		}
		if got := string(without([]byte(c.src), found)); got != c.without {
			t.Errorf("%s: without comment %q", c.file, got)
		}
	}
}

func TestRankingScore(t *testing.T) {
	var r rankingScore
	for _, rank := range []int{1, 3, 0} {
		r.add(rank, 1)
	}
	if r.n != 3 || r.found != 2 || math.Abs(r.ndcg-1.5) > 1e-9 || math.Abs(r.mrr-4.0/3) > 1e-9 || r.once != 1 {
		t.Errorf("got %+v", r)
	}
}
