// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestExplainTree reads testdata/explain.txtar.
func TestExplainTree(t *testing.T) {
	d := detector(t)
	a, err := txtar.ParseFile("testdata/explain.txtar")
	if err != nil {
		t.Fatal(err)
	}
	tree := NewTree()
	for _, f := range a.Files {
		switch f.Name {
		case "end":
			tree = NewTree()
		case "want":
			for line := range strings.Lines(string(f.Data)) {
				path, want, _ := strings.Cut(strings.TrimSpace(line), " ")
				if got := explained(tree, path); got != strings.Join(strings.Fields(want), " ") {
					t.Errorf("%s\n got %s\nwant %s", path, got, want)
				}
			}
		default:
			tree.Add(f.Name, d.Text(f.Name, f.Data))
		}
	}
}

// explained writes an explanation as testdata does.
func explained(tree *Tree, path string) string {
	name, lines, _ := strings.Cut(path, ":")
	var x Explanation
	if folder, ok := strings.CutSuffix(name, "/"); ok {
		x = tree.ExplainFolder(folder)
	} else {
		var start, end int
		fmt.Sscanf(lines, "%d-%d", &start, &end)
		x = tree.Explain(name, start, end)
	}
	words := []string{x.Expression.String(), "|"}
	for _, s := range x.Chain {
		mark := ""
		if s.Holds {
			mark = "*"
		}
		words = append(words, string(s.Why)+mark+":"+s.Path)
	}
	words = append(words, "|")
	for _, c := range x.Conflicts {
		words = append(words, string(c.Kind))
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		glob, name string
		want       bool
	}{
		{"*.c", "a.c", true}, {"*.c", "a/b.c", false}, {"**.c", "a/b.c", true}, {"**/*.c", "b.c", false}, {"a/**", "a/b/c", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {`a\*`, "a*", true}, {`a\*`, "ab", false}, {"", "", true}, {"*", "", true}, {"a*b*c", "axxbyyc", true},
		{"a*b*c", "axxbyyd", false}, {"***", "a/b", true},
	} {
		if got := globMatch(c.glob, c.name); got != c.want {
			t.Errorf("globMatch(%q, %q) = %v", c.glob, c.name, got)
		}
	}
	start := time.Now()
	globMatch(strings.Repeat("**a", 500)+"b", strings.Repeat("a", 2000))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzSnippets(f *testing.F) {
	f.Add([]byte("// SPDX-SnippetBegin\n// SPDX-License-Identifier: MIT\nint a;\n// SPDX-SnippetEnd\n"))
	f.Add([]byte("SPDX-SnippetBegin\nSPDX-SnippetBegin\nSPDX-SnippetEnd\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + 1
		for _, s := range snippets(text) {
			if s.start < 1 || s.end < s.start || s.end > lines {
				t.Fatalf("%+v of %d lines", s, lines)
			}
		}
	})
}
