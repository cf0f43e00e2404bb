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

// splitterLanguages has one language for each way of cutting.
var splitterLanguages = []string{"Go", "Python", "JavaScript", "TypeScript", "TSX", "C", "C++", "Java", "C#", "Rust", "PHP", "Kotlin",
	"Swift", "Scala", "Vue", "Dart", "GraphQL", "Markdown", "TOML", "Text"}

// TestHostileFiles holds that no file takes long, whatever is in it: each is about a quarter of a megabyte. The bound is some twenty
// times what the slowest takes on an idle machine; what is quadratic takes minutes.
func TestHostileFiles(t *testing.T) {
	size := 1 << 18
	if testing.Short() {
		size = 1 << 15
	}
	fill := func(unit string) []byte { return bytes.Repeat([]byte(unit), size/len(unit)) }
	files := map[string][]byte{
		"one line":                 fill("x"),
		"one line of words":        fill("a b "),
		"open braces":              bytes.Repeat([]byte("{"), 100_000),
		"nested braces":            append(bytes.Repeat([]byte("{\n"), 100_000), bytes.Repeat([]byte("}\n"), 100_000)...),
		"nested parentheses":       append(bytes.Repeat([]byte("("), 100_000), bytes.Repeat([]byte(")"), 100_000)...),
		"wrong brackets":           fill("([{)]}"),
		"closing what is not open": fill("[[[[[[[[[[[[[[[[[[[[)"),
		"nested classes":           fill("class A {\n"),
		"nested functions":         fill("function f() {\n"),
		"nested Go functions":      fill("func f() {\n"),
		"nested Rust":              fill("fn f() {\n"),
		"nested defs":              []byte(nestedDefs(2000)),
		"comments, then defs":      append(fill("                    # x\n")[:size/2], nestedDefs(900)...),
		"unclosed comments":        fill("/* "),
		"unclosed strings":         fill("\"a\n"),
		"unclosed quotes":          fill("'"),
		"unclosed backticks":       fill("`a ${"),
		"unclosed triple quotes":   fill("\"\"\" x '''\n"),
		"unclosed raw strings":     fill("R\"x(a r#\"b\n"),
		"unclosed verbatim":        fill("@\"a $\"{\n"),
		"unclosed heredocs":        fill("<?php <<<A\n<<<B\n"),
		"interpolations":           fill("\"${\"${"),
		"Swift interpolations":     fill("\"\\(\"\\("),
		"regular expressions":      fill("=/["),
		"scripts":                  fill("<script>\nfunction f() {\n</script>\n"),
		"unclosed scripts":         fill("<script>\n"),
		"unclosed tags":            fill("<script "),
		"pages in code":            fill("<?php f() { ?>\n<script>a={\n"),
		"properties":               fill("val x: Int\n@A\n"),
		"interpolated lines":       fill("\"${\n\"${a(\n"),
		"defines":                  fill("#define f(a) {\\\n"),
		"chains":                   fill("a=b=\n"),
		"type arguments":           fill("f(new A<B,"),
		"elements":                 fill("(<a b={"),
		"angle brackets":           fill("a<"),
		"angle brackets, braces":   fill("a<{}"),
		"long heads":               fill("a b c = {}"),
		"assignments":              fill("a=b,"),
		"conditions":               fill("#if x\n{\n#else\n"),
		"false conditions":         fill("#if 0\n"),
		"directives":               fill("#define a \\\n"),
		"attributes":               fill("@a "),
		"attributes with groups":   fill("@a()[x]#[b]"),
		"decorators":               fill("@a\n\n"),
		"labels":                   fill("public: "),
		"arrows":                   fill("a=>"),
		"semicolons":               fill(";"),
		"overlapping definitions":  fill("f() {\n} g() {"),
		"one-line definitions":     fill("class A{} "),
		"headings":                 fill("# a\n"),
		"underlines":               fill("a\n-\n"),
		"fences":                   fill("```\n"),
		"sections":                 fill("[a]\n"),
		"blank lines":              fill(" \n"),
		"line ends":                fill("\n"),
		"CR":                       fill("a {\r}\r"),
		"CRLF":                     fill("void f() {\r\n}\r\n"),
		"NUL":                      fill("\x00"),
		"invalid UTF-8":            fill("\xff\xfe"),
		"backslashes":              fill("\\"),
		"backslash line ends":      fill("\\\n"),
		"mark":                     []byte("\xef\xbb\xbfclass A {\n}"),
		"empty":                    nil,
		"one byte":                 []byte("{"),
	}
	for name, src := range files {
		for _, lang := range splitterLanguages {
			start := time.Now()
			blocks := SplitterFor(lang).Split("a.x", src)
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("%s as %s took %v", name, lang, d)
			} else if d > 2*time.Second {
				t.Logf("%s as %s took %v", name, lang, d)
			}
			if err := CheckBlocks(src, blocks); err != nil {
				t.Errorf("%s as %s: %v", name, lang, err)
			}
		}
		start := time.Now()
		NewTokenizer().Tokenize(src, false)
		Classify("a.js", regular, int64(len(src)), src)
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: words took %v", name, d)
		}
	}
}

func nestedDefs(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", min(i, 400)))
		b.WriteString("def f():\n")
	}
	return b.String()
}

// fuzzSplit checks one language's splitter: no panic, and blocks as promised.
func fuzzSplit(f *testing.F, langs ...string) {
	files, _ := filepath.Glob("testdata/split/*/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		name, body := firstFile(text)
		for _, l := range langs {
			if Language(name, body) == l {
				f.Add(body)
			}
		}
	}
	f.Add([]byte("\xef\xbb\xbf/* \r\n{(\"'`<a>${\\"))
	f.Add([]byte("\xef\xbb\xbf"))
	f.Add([]byte("\ntype A["))
	f.Add([]byte("x\na["))
	f.Add([]byte("f(a"))
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, l := range langs {
			if err := CheckBlocks(src, SplitterFor(l).Split("a.tsx", src)); err != nil {
				t.Fatalf("%s: %v", l, err)
			}
		}
	})
}

func FuzzSplitGo(f *testing.F)     { fuzzSplit(f, "Go") }
func FuzzSplitPython(f *testing.F) { fuzzSplit(f, "Python") }
func FuzzSplitScript(f *testing.F) { fuzzSplit(f, "JavaScript", "TypeScript", "TSX") }
func FuzzSplitTyped(f *testing.F)  { fuzzSplit(f, "C", "C++", "Java", "C#", "Dart", "Groovy", "D") }
func FuzzSplitKeyword(f *testing.F) {
	fuzzSplit(f, "Rust", "PHP", "Kotlin", "Swift", "Scala", "GraphQL")
}
func FuzzSplitPages(f *testing.F)    { fuzzSplit(f, "HTML", "Vue", "Svelte", "PHP") }
func FuzzSplitSections(f *testing.F) { fuzzSplit(f, "Markdown", "INI", "TOML", "Text") }

// TestCheckBlocks holds that the checker finds each broken promise.
func TestCheckBlocks(t *testing.T) {
	src := []byte("a\nb\n\nc\nd\n" + strings.Repeat("e\n", 300))
	good := []Block{{Start: 1, End: 4, Parent: -1}, {Start: 2, End: 2, Parent: 0}, {Start: 5, End: 150, Parent: -1}, {Start: 151, End: 305, Parent: -1}}
	if err := CheckBlocks(src, good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(b []Block) []Block{
		"gap": func(b []Block) []Block {
			b[0].End, b[0].Start = 2, 2
			b[1].Start, b[1].End, b[1].Parent = 4, 4, -1
			return b
		},
		"missing":    func(b []Block) []Block { return b[:3] },
		"too long":   func(b []Block) []Block { b[2].End = 305; return b[:3] },
		"past end":   func(b []Block) []Block { b[3].End = 306; return b },
		"order":      func(b []Block) []Block { b[2], b[3] = b[3], b[2]; return b },
		"same lines": func(b []Block) []Block { b[1].Start, b[1].End = 1, 4; return b },
		"crossing":   func(b []Block) []Block { b[1].End = 5; return b },
		"parent":     func(b []Block) []Block { b[1].Parent = -1; return b },
		"doc":        func(b []Block) []Block { b[1].Doc = 1; return b },
	} {
		if err := CheckBlocks(src, change(append([]Block(nil), good...))); err == nil {
			t.Errorf("%s is not noticed", name)
		}
	}
}
