// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// scriptLanguages are those that are split neither by braces nor by indentation alone.
var scriptLanguages = []string{"Ruby", "Shell", "SQL", "TSQL", "CSS", "SCSS", "YAML", "TOML", "INI", "Dockerfile", "Makefile"}

// TestHostileScripts holds that no file takes long in them, whatever is in it: what is quadratic takes minutes.
func TestHostileScripts(t *testing.T) {
	size := 1 << 17
	if testing.Short() {
		size = 1 << 15
	}
	units := []string{"x", "a b ", "{", "}", "(", ")", "[", "]", "{\n", "}\n", "(\n", "\"", "'", "`", "/", "/a", "%w(", "%(", "\"#{", "\"#{'#{", "#{",
		"<<A\n", "x <<A\n", "<<-A <<-B\n", "x <<~'A B'\n", "cat <<A <<B\n", "cat <<A;", "$(", "${", "$((", "\"$(", "\"${", "`\"", "$'", "case x in\n", "case x in a)",
		"f() {\n", "f()\n", "function f {\n", "if x; then\n", "do\n", "def f\n", "def f()=", "def f(", "class A\n", "class << self\n", "end\n", " end\n", "=begin\n",
		"def", "alias ", "?", "? ", ": ", "::", "->{", "|x|", "sig {\n", "sig { }\n", "# x\n", "while x do\n", "/* ", "/* */", "-- x\n", "--", "//", "$$", "$a$", "$a1$ $b$\n",
		"begin\n", "BEGIN\n", "END;\n", "create function f() as $$\n", "CREATE TABLE t (\n", "CREATE TABLE t (a int);\n", "CREATE ", "delimiter $$\n", "DELIMITER\n",
		"create procedure p as begin\n", "GO\n", "\n/\n", "create package body b as procedure p is begin\n", "case when ", "loop\n", "q'[", "[x", "@x {\n", "a{", "a{}", "a{}\n", "@media x{",
		"a:b;", ",", ",\n", ";", "a:\n", "a:\n b:\n", "- a:\n", "- ", "- - ", "---\n", "kind: a\n---\n", "a: |\n", "a: >\n  b\n", "? a\n", "&a", "*a ", "a: {", "a: [", "a: \"\n",
		"[a]\n", "[[a]]\n", "a = [\n", "a = \"\"\"\n", "a = '''\n", "a = '", "[a\n", "FROM a\n", "FROM a AS b \\\n", "RUN <<A\n", "RUN a \\\n", "a: b\n\tc\n", "a:\n", "define a\n", "endef\n",
		"ifeq x\n", "a \\\n", "\t\\\n", "a::", "$(a", "\\", "\\\n", "\x00", "\xff\xfe", "\r", "\r\n", " \n", "\n", " ", "\t"}
	for _, unit := range units {
		files := [][]byte{bytes.Repeat([]byte(unit), size/len(unit)), bytes.Repeat([]byte(unit), 100_000)[:min(100_000*len(unit), size)]}
		if unit[len(unit)-1] == '\n' && len(unit) < 40 { // deeper at each line, to a bound
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				b.WriteString(strings.Repeat(" ", i%200))
				b.WriteString(unit)
			}
			files[1] = []byte(b.String())
		}
		for _, src := range files {
			for _, lang := range scriptLanguages {
				start := time.Now()
				blocks := SplitterFor(lang).Split("a.x", src)
				if d := time.Since(start); d > 5*time.Second {
					t.Errorf("%q as %s took %v", unit, lang, d)
				} else if d > time.Second {
					t.Logf("%q as %s took %v", unit, lang, d)
				}
				if err := CheckBlocks(src, blocks); err != nil {
					t.Errorf("%q as %s: %v", unit, lang, err)
				}
			}
		}
	}
}

func FuzzSplitRuby(f *testing.F) { fuzzSplit(f, "Ruby") }

// BenchmarkSplitScripts splits the golden sources of each language, one by one.
func BenchmarkSplitScripts(b *testing.B) {
	paths, _ := filepath.Glob("testdata/split/*/*.txt")
	for _, lang := range scriptLanguages {
		b.Run(lang, func(b *testing.B) {
			var files [][]byte
			size := int64(0)
			for _, f := range paths {
				text, err := os.ReadFile(f)
				if err != nil {
					b.Fatal(err)
				}
				if name, body := firstFile(text); Language(name, body) == lang {
					files = append(files, body)
					size += int64(len(body))
				}
			}
			if size == 0 {
				b.Skip("no golden file in " + lang)
			}
			s := SplitterFor(lang)
			b.SetBytes(size)
			for b.Loop() {
				for _, src := range files {
					s.Split("", src)
				}
			}
		})
	}
}
func FuzzSplitShell(f *testing.F)      { fuzzSplit(f, "Shell") }
func FuzzSplitSQL(f *testing.F)        { fuzzSplit(f, "SQL", "PLpgSQL", "PLSQL", "TSQL") }
func FuzzSplitCSS(f *testing.F)        { fuzzSplit(f, "CSS", "SCSS", "Less") }
func FuzzSplitYAML(f *testing.F)       { fuzzSplit(f, "YAML") }
func FuzzSplitTOML(f *testing.F)       { fuzzSplit(f, "TOML", "INI") }
func FuzzSplitDockerfile(f *testing.F) { fuzzSplit(f, "Dockerfile") }
func FuzzSplitMakefile(f *testing.F)   { fuzzSplit(f, "Makefile") }
