// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// demoCorpus builds the program, lets it index what it is made of, and exports what the report calls indexed.
func demoCorpus(t *testing.T) (program, *corpus) {
	t.Helper()
	if testing.Short() {
		t.Skip("indexes the whole demo: left out with -short")
	}
	if _, err := exec.LookPath("rg"); err != nil {
		t.Skip("ripgrep is not installed: `make test` installs it where it can")
	}
	dir := t.TempDir()
	p := program{filepath.Join(dir, "communs"), filepath.Join(dir, "data")}
	if runtime.GOOS == "windows" {
		p.binary += ".exe"
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-o", p.binary, "communs/cmd/communs")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if _, err := p.output(t.Context(), "demo", "--no-serve"); err != nil {
		t.Fatal(err)
	}
	origins, err := moduleOrigins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := exportCorpus(t.Context(), p, filepath.Join(dir, "files"), origins)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %s", len(c.exported), megabytes(c.bytes))
	if len(c.exported) < 1000 || c.bytes < 10e6 {
		t.Fatalf("only %d files, %s: that is not what Communs is made of", len(c.exported), megabytes(c.bytes))
	}
	return p, c
}

// Every exact text and every regular expression finds the files that ripgrep finds: those of the bench, and pieces of
// lines taken from anywhere in the corpus.
func TestTheSameFilesAsRipgrep(t *testing.T) {
	p, c := demoCorpus(t)
	t.Run("postings", func(t *testing.T) { agreesWithBruteForce(t, p.data) })
	queries, err := readQueriesFile("queries.txt")
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed of the pieces: %d", seed)
	queries = append(queries, pieces(t, c, rand.New(rand.NewPCG(seed, 1)), 40)...)
	for _, q := range queries {
		if q.form == words {
			continue
		}
		v, err := compare(t.Context(), p, c, ripgrep{c.folder}, q)
		if err != nil {
			t.Errorf("%s: %v", q.text, err)
			continue
		}
		if v.partial {
			t.Errorf("%s: %v", q.text, errPartial)
		} else if !v.same() {
			t.Errorf("%s: found by Communs alone: %s; found by ripgrep alone: %s", q.text, some(v.onlyOurs), some(v.onlyTheirs))
		}
		if v.theirs == 0 && q.class != "no match" {
			t.Errorf("%s: nothing to find, so nothing was compared", q.text)
		}
	}
}

// A difference has to be seen, or the test above says nothing.
func TestVerdictSeesADifference(t *testing.T) {
	ours := []string{"a", "b"}
	for name, theirs := range map[string][]string{"one more": {"a", "b", "c"}, "one less": {"a"}, "another": {"a", "c"}, "none": nil} {
		v := verdict{asked: true, known: true, onlyOurs: difference(ours, theirs), onlyTheirs: difference(theirs, ours)}
		if v.same() || !strings.HasPrefix(v.String(), "**no**") {
			t.Errorf("%s: not seen", name)
		}
	}
	v := verdict{asked: true, known: true, onlyOurs: difference(ours, []string{"b", "a"})}
	if !v.same() || v.String() != "yes" {
		t.Error("the same files in another order are told apart")
	}
}

// pieces takes n pieces of 3 to 40 characters from lines of files chosen by chance, and asks for half of them as
// expressions that allow anything in the middle.
func pieces(t *testing.T, c *corpus, r *rand.Rand, n int) []query {
	t.Helper()
	files := make([]string, 0, len(c.exported))
	for _, f := range c.exported {
		files = append(files, f)
	}
	slices.Sort(files)
	var list []query
	for len(list) < n {
		content, err := os.ReadFile(filepath.Join(c.folder, filepath.FromSlash(files[r.IntN(len(files))])))
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(content, []byte("\n"))
		line := strings.TrimSpace(string(lines[r.IntN(len(lines))]))
		if len(line) < 3 || strings.ContainsFunc(line, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' || c == '/' }) {
			continue
		}
		from := r.IntN(len(line) - 2)
		piece := line[from : from+3+r.IntN(min(38, len(line)-from-2))]
		if !strings.ContainsFunc(piece, unicode.IsLetter) {
			continue
		}
		text := `"` + piece + `"`
		if len(list)%2 == 1 && len(piece) > 8 {
			text = "/" + regexp.QuoteMeta(piece[:4]) + ".*" + regexp.QuoteMeta(piece[len(piece)-4:]) + "/"
		}
		q, err := newQuery("piece", text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		list = append(list, q)
	}
	return list
}

func some(list []string) string {
	if len(list) > 3 {
		return strings.Join(list[:3], ", ") + " …"
	}
	return strings.Join(list, ", ")
}
