// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"strings"
	"testing"
)

// TestNearer: what is said of some lines, for snippets within each other, statements far down, and files that say one thing only.
func TestNearer(t *testing.T) {
	finding := func(id, how string, start, end int) Finding {
		e, err := Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		return Finding{Expression: e, How: how, Start: start, End: end}
	}
	header := finding("GPL-2.0-only", "notice", 1, 9)
	snippets := []Finding{header, finding("MIT", snippetHow, 20, 90), finding("ISC", snippetHow, 40, 50)}
	notices := []Finding{header, finding("MIT", "notice", 120, 125), finding("ISC", "notice", 230, 235)}
	choice := []Finding{finding("GPL-2.0-only OR MIT", "notice", 1, 5), finding("MIT", "text", 300, 320)}
	for _, c := range []struct {
		found      []Finding
		start, end int
		want       string
	}{
		{snippets, 1, 10, ""}, {snippets, 25, 30, "MIT apart"}, {snippets, 20, 90, "MIT ISC apart"}, {snippets, 41, 42, "ISC apart"}, {snippets, 45, 60, "MIT ISC apart"},
		{snippets, 10, 30, "MIT"}, {snippets, 1, 100, "MIT ISC"}, {snippets, 91, 99, ""},
		{notices, 118, 140, "MIT apart"}, {notices, 110, 240, ""}, {notices, 90, 140, ""}, {notices, 1, 400, ""}, {notices, 1, 12, "GPL-2.0-only apart"}, {notices, 130, 140, ""},
		{choice, 298, 330, ""}, {[]Finding{header}, 1, 20, ""}, {nil, 1, 20, ""},
	} {
		near, apart := Nearer(c.found, c.start, c.end)
		var got []string
		for _, f := range near {
			got = append(got, f.Expression.String())
		}
		if apart {
			got = append(got, "apart")
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d-%d of %v: got %q, want %q", c.start, c.end, c.found, got, c.want)
		}
	}
	for i, want := range map[int]bool{0: true, 1: true, 2: false} {
		if got := NewNearest([][]Finding{snippets, notices, choice}[i]).Differs(); got != want {
			t.Errorf("%d has something nearer: %v", i, got)
		}
	}
}

// TestExplainUnknown: lines that hold a snippet, of a file of which nothing is known, are under nothing that is known.
func TestExplainUnknown(t *testing.T) {
	d := detector(t)
	tree := NewTree()
	text := "package x\n\n// SPDX-SnippetBegin\n// SPDX-License-Identifier: MIT\nfunc f() {}\n// SPDX-SnippetEnd\n\nfunc g() {}\n"
	tree.Add("x.go", d.Text("x.go", []byte(text)))
	for lines, want := range map[[2]int]string{{5, 5}: "MIT", {8, 8}: "", {1, 8}: ""} {
		x := tree.Explain("x.go", lines[0], lines[1])
		if x.Expression.String() != want {
			t.Errorf("%v: got %s, want %s", lines, x.Expression, want)
		}
	}
	tree.Add("y.go", d.Text("y.go", []byte("// SPDX-License-Identifier: MIT\n"+strings.Replace(text, "MIT", "NOASSERTION", 1))))
	for lines, libre := range map[[2]int]Libre{{6, 6}: LibreUnknown, {9, 9}: LibreYes, {1, 9}: LibreUnknown} {
		if x := tree.Explain("y.go", lines[0], lines[1]); x.Libre != libre {
			t.Errorf("%v of a file with a snippet of unknown licence: %s, %s", lines, x.Expression, x.Libre)
		}
	}
}
