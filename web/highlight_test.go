// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/internal/linear"
)

// TestHighlight reads testdata/highlight: each file is a language's code with «c:…» «s:…» «k:…» around what must be
// tinted; nothing else may be.
func TestHighlight(t *testing.T) {
	files, err := filepath.Glob("testdata/highlight/*.txt")
	if err != nil || len(files) < 15 {
		t.Fatalf("only %d samples: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lang, want, _ := strings.Cut(string(data), "\n")
		t.Run(lang, func(t *testing.T) {
			code := unmark(want)
			var b strings.Builder
			at := 0
			for _, s := range highlight(lang, code) {
				b.WriteString(code[at:s.from] + "«" + string(rune(s.tint)) + ":" + code[s.from:s.to] + "»")
				at = s.to
			}
			b.WriteString(code[at:])
			if got := b.String(); got != want {
				g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
				for i := range w {
					if i >= len(g) || g[i] != w[i] {
						t.Fatalf("%s, line %d:\n−%s\n+%s", file, i+2, w[i], g[min(i, len(g)-1)])
					}
				}
			}
		})
	}
}

func unmark(text string) string {
	for _, mark := range []string{"«c:", "«s:", "«k:", "»"} {
		text = strings.ReplaceAll(text, mark, "")
	}
	return text
}

// TestHighlightIsLinear runs every language over what makes a careless scanner look to the end again and again.
func TestHighlightIsLinear(t *testing.T) {
	for _, piece := range []string{"'", `"`, "`", "/[", "/*", "(*", "{-", `\`, "r#", "r###", "<a '", "'''x", `"""`, "$(", "x /", "[[", "<!--", "#", "--[", "é\n'", "a:b ", "'\\"} {
		text := strings.Repeat(piece, (1<<17)/len(piece))
		done := map[*syntax]bool{}
		for lang, syn := range syntaxes {
			if done[syn] {
				continue
			}
			done[syn] = true
			if err := linear.Check(func(times int) { highlight(lang, text[:times*len(text)/8]) }); err != nil {
				t.Errorf("%s: %q: %v", lang, piece, err)
			}
		}
	}
}

func FuzzHighlight(f *testing.F) {
	for lang := range syntaxes {
		f.Add(lang, goSource)
		f.Add(lang, "r#\"x\"# '\\'' /[/]/ {- {- -} -} <a b='c'>\n=begin")
	}
	f.Fuzz(func(t *testing.T, lang, text string) {
		at := 0
		for _, s := range highlight(lang, text) {
			if s.from < at || s.to < s.from || s.to > len(text) {
				t.Fatalf("span %v after %d of %d bytes", s, at, len(text))
			}
			at = s.to
		}
	})
}

func BenchmarkHighlight(b *testing.B) {
	text := strings.Repeat(goSource, 200)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		highlight("Go", text)
	}
}
