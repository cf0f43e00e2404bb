// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"slices"
	"testing"

	"communs/internal/linear"
)

// TestSplitIsLinear: time grows with the length of what nests, never ends or looks ahead, and not with its square.
func TestSplitIsLinear(t *testing.T) {
	units := []string{"{", "(", "[", "{\n", "(\n", "[\n", "}", ")", "]", "}\n", "{ }", "f(a, {", "a{b(", "<a b={", "<a>{", "<a>", "</a>", "`${", "\"${", "\"#{", "\"\\(", "$\"{",
		"f\"{", "f'''{", "'", "\"", "`", "\"\"\"", "'''", "/*", "/* /", "/+", "(*", "<!--", "<script>", "<style>", "<?php ", "?>", "<<EOF\n", "cat <<'A' <<B\n", "<<<A\n", "x = <<~A\n", "R\"(", "R\"a(b", "r#\"", "@\"", "$$",
		"$a$", "q'[", "=begin\n", "%w(", "/a", "=/[", "#if x\n", "#if 0\n", "#else\n", "#endif\n", "#if x\n{\n#else\n{\n#endif\n", "#define a(b) {\\\n", "\\\n", "a<", "a<b,", "<T,", "a<b>(", "new A<", "template<", "=>", "->{", "x => {",
		"if x; then\n", "do\n", "case a in\n", "case x in a)", "f() {\n", "def f\n", "def f():\n  ", "class A\n", "class A {", "fn f() {", "func f() {", "function f() {", "fun f() = ", "val x: Int\n", "begin\n", "create function f() as $$\n",
		"CREATE TABLE t (\n", "CREATE TABLE @", "CREATE TABLE {{", "a:\n ", "- ", "- a:\n", "a: |\n", "a: [", "a: {", "[a]\n", "a = [\n", "a = \"\"\"\n", "FROM a\n", "RUN a \\\n", "define a\n", "a: b\n\tc\n", "@media x{", "a{b{", "a,",
		"@a ", "@a(", "#[a]", "[[a]]", "template <a> ", "= ", "a = b = ", "case a: ", "public: ", "a ? b : ", "f(x) int x; ", "extern \"C\" {", "async ", "\x00", "\xff", "\xed\xa0\x80", "\r", "\n", " ", "\t", "a", "é"}
	if testing.Short() {
		t.Skip("splits half a gigabyte")
	}
	const small = 1 << 14
	languages := slices.Concat(splitterLanguages, scriptLanguages, []string{"Less", "PLpgSQL", "PLSQL", "Svelte", "HTML", "Groovy"})
	slices.Sort(languages)
	for _, lang := range slices.Compact(languages) {
		s := SplitterFor(lang)
		for _, unit := range units {
			err := linear.Check(func(times int) { s.Split("a.x", bytes.Repeat([]byte(unit), times*small/len(unit))) })
			if err != nil {
				t.Errorf("%q as %s: %v", unit, lang, err)
			}
		}
	}
}
