// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"communs/crawler"
)

// Files of the oddest lines are found as ripgrep finds them: letters with other forms, bytes that are no UTF-8, empty lines, CRLF, no
// newline at the end, blocks within blocks.
func TestOddFilesAsRipgrep(t *testing.T) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		t.Skip("ripgrep is not installed")
	}
	const seed = 12
	random := rand.New(rand.NewPCG(11, seed))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	pieces := []string{"a", "b", "ab", "K", "k", "\u212a", "s", "S", "ſ", "é", "É", "e\u0301", "\xe9", "\xff", "\xc3", "_", "-", "0", "12", " ", " ", "\t", "\r", "\u00a0",
		"é\xe9", "kelvin", "Straße", "ss", "ẞ", "ß", "Σ", "σ", "ς", "ǅ", "i", "İ", "ı", "\ufffd", "\u2028", "a\u0800", "😀", "def", "(", "x = 1", "return", "µ", "μ"}
	heads := []string{"def f(self):", "    def g(x):", "class A:", "        return 1", "", "", "func A() {", "}", "{", "\r", "   ", "# s", "\"\"\""}
	ends := []string{"\n", "\n", "\n", "\r\n", "\n\n"}
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/a/odd"}, files: map[string]string{}}
	dir := t.TempDir()
	for i := range 150 {
		var b strings.Builder
		for range random.IntN(14) {
			if random.IntN(2) == 0 {
				b.WriteString(pick(heads))
			}
			for range random.IntN(6) {
				p := pick(pieces)
				if p[0] >= 0x80 && random.IntN(3) > 0 {
					p = "q"
				}
				b.WriteString(p)
			}
			b.WriteString(pick(ends))
		}
		text := b.String()
		if random.IntN(3) == 0 {
			text = strings.TrimSuffix(text, "\n")
		}
		r.files[fmt.Sprintf("f%03d%s", i, pick([]string{".txt", ".py", ".go", ".js", ".c", ".md", ".yaml", ".rb", ".sh"}))] = text
	}
	data := t.TempDir()
	writeIndex(t, data, 1500, r)
	l := openIndex(t, data, Options{})
	g, err := l.acquire()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var blank []string
	for _, o := range g.x.Repos() {
		for row := range uint32(o.Len()) {
			if o.Skipped(row) == "" {
				n++
				for line := range strings.Lines(r.files[o.Path(row)]) {
					if line = strings.TrimSuffix(line, "\n"); strings.Trim(line, " \t\r") == "" && !slices.Contains(blank, line) {
						blank = append(blank, line)
					}
				}
				if err := os.WriteFile(filepath.Join(dir, o.Path(row)), []byte(r.files[o.Path(row)]), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	t.Logf("%d files of %d, %d shards", n, len(r.files), len(g.x.Shards()))
	g.release()
	atoms := []string{"a", "b", "k", "K", "s", "S", "é", "ſ", "\u212a", ".", ".", "[^a]", "[a-k]", "[^k]", "[é-ï]", "12", "ss", "ß", "σ", "ς", "Σ", "x", " ", "\\t", "\\r", "q", "_", "ǆ", "i", "İ", "\ufffd", "[^x]", "def", "µ", "kelvin", "return", "\\x{ff}", "😀", "\\("}
	expression := func() string {
		var b strings.Builder
		if random.IntN(4) == 0 {
			b.WriteString("^")
		}
		for range random.IntN(5) {
			a := pick(atoms)
			switch random.IntN(10) {
			case 0:
				a = "(" + a + "|" + pick(atoms) + ")"
			case 1:
				a = "(?:" + a + pick(atoms) + ")"
			}
			switch random.IntN(8) {
			case 0:
				a = "(?:" + a + ")*"
			case 1:
				a = "(?:" + a + ")+"
			case 2:
				a = "(?:" + a + ")?"
			case 3:
				a = "(?:" + a + "){2,3}"
			case 4:
				a = "(?i:" + a + ")"
			}
			b.WriteString(a)
		}
		if random.IntN(4) == 0 {
			b.WriteString("$")
		}
		return b.String()
	}
	rounds := 600
	if testing.Short() {
		rounds = 100
	}
	for range rounds {
		source := expression()
		literal := random.IntN(4) == 0
		if literal {
			source = ""
			for range 1 + random.IntN(4) {
				source += strings.ToValidUTF8(pick(pieces), "q")
			}
			source = strings.NewReplacer("\r", "", "\t", "").Replace(source)
		}
		if source == "" || strings.TrimSpace(source) == "" {
			continue
		}
		fold := random.IntN(2) == 0
		if !literal && matchesAny(t, source, fold, blank) { // blank lines belong to no block
			continue
		}
		args := []string{"-a", "-l", "--no-ignore", "--no-config"}
		question := " case:yes"
		if fold {
			question = " case:no"
			args = append(args, "-i")
		} else {
			args = append(args, "-s")
		}
		if literal {
			question = `"` + source + `"` + question
			args = append(args, "-F")
		} else {
			question = "/" + source + "/" + question
		}
		out, err := exec.Command(rg, append(args, "-e", source, dir)...).CombinedOutput()
		if e, ok := err.(*exec.ExitError); ok && e.ExitCode() == 2 {
			t.Fatalf("%s: %s", source, out)
		}
		var want []string
		for _, line := range strings.Fields(string(out)) {
			want = append(want, filepath.Base(line))
		}
		slices.Sort(want)
		page, err := l.Search(context.Background(), Query{Text: question})
		if err != nil {
			t.Errorf("%s: %v", question, err)
			continue
		}
		if page.Partial {
			t.Errorf("%s: partial", question)
		}
		var got []string
		for _, h := range page.Hits {
			for _, o := range h.Occurrences {
				got = append(got, o.Path)
			}
		}
		slices.Sort(got)
		got = slices.Compact(got)
		if !slices.Equal(got, want) {
			var odd []string
			for _, f := range append(slices.Clone(got), want...) {
				if slices.Contains(got, f) != slices.Contains(want, f) {
					odd = append(odd, f, fmt.Sprintf("%q", r.files[f]))
				}
			}
			t.Errorf("%s: %d files, ripgrep %d\n%q", question, len(got), len(want), odd[:min(len(odd), 2)])
		}
	}
}

// matchesAny tells whether an expression matches one of the lines.
func matchesAny(t *testing.T, source string, fold bool, lines []string) bool {
	tree, _, err := lineRegexp(source, fold)
	if err != nil {
		t.Fatal(err)
	}
	re, err := compileLine(tree)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(lines, re.MatchString)
}
