// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/internal/durable"
)

// What is read from a prints file is what went in, for few blocks and for many, and prints that nobody has are hardly ever
// taken for others.
func TestPrintsRoundTrip(t *testing.T) {
	for _, blocks := range []int{0, 1, 3, 100, 5000} {
		random := rand.New(rand.NewPCG(1, uint64(blocks)))
		want := map[uint32][]uint32{}
		w := newPrintsWriter()
		for b := range blocks {
			var prints []uint32
			for range random.IntN(60) {
				p := mix32(uint32(random.IntN(100000)))
				if random.IntN(4) == 0 {
					p = mix32(uint32(random.IntN(50))) // some are common
				}
				prints = append(prints, p)
			}
			w.add(uint32(b), prints)
			for _, p := range prints {
				if l := want[p]; len(l) == 0 || l[len(l)-1] != uint32(b) {
					want[p] = append(l, uint32(b))
				}
			}
		}
		name := filepath.Join(t.TempDir(), printsFile)
		if err := w.write(&durable.Disk{}, name, uint32(blocks)); err != nil {
			t.Fatal(err)
		}
		c, err := openContainer(name, printsFile)
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		p, err := readPrints(c, blocks)
		if err != nil {
			t.Fatal(err)
		}
		merged := map[uint32][]uint32{} // prints with the same key share a list
		for _, print := range slices.Sorted(maps.Keys(want)) {
			key := print >> (32 - p.keyBits)
			merged[key] = append(merged[key], want[print]...)
		}
		for print := range want {
			expect := slices.Clone(merged[print>>(32-p.keyBits)])
			slices.Sort(expect)
			expect = slices.Compact(expect)
			l := p.Find(print)
			if got := p.Blocks(l, nil); !slices.Equal(got, expect) || l.Count != len(expect) {
				t.Fatalf("%d blocks, print %08x: %v (%d), want %v", blocks, print, got, l.Count, expect)
			}
		}
		strangers := 0
		for range 10000 {
			if print := random.Uint32(); want[print] == nil && p.Find(print).Count > 0 {
				strangers++
			}
		}
		if strangers > 1500 {
			t.Errorf("%d blocks: %d of 10000 unknown prints were found", blocks, strangers)
		}
	}
}

// Each row: two texts, and whether they are the same when names, literals, comments and layout are left aside.
func TestBlindTokens(t *testing.T) {
	for _, c := range []struct {
		what, a, b string
		same       bool
	}{
		{"a local name", "total := price * n", "sum := cost * k", true},
		{"a literal", `x = f("a", 1)`, `x = f("other text", 27)`, true},
		{"a sort of literal", `x = f("a")`, `x = f(1)`, false},
		{"a called name", "x = open(y)", "x = close(y)", false},
		{"a member", "return s.name", "return s.path", false},
		{"a member of a renamed name", "return s.name", "return self2.name", true},
		{"an arrow", "p->next = q", "r->next = t", true},
		{"an operator", "a = b + c", "a = b - c", false},
		{"a keyword", "if (a) return b;", "while (a) return b;", false},
		{"line comments", "a = b // of course\nc = d", "a = b\nc = d", true},
		{"hash comments", "a = b # of course\n# yes\nc = d", "a = b\nc = d", true},
		{"SQL comments", "SELECT a -- of course\nFROM b", "select a\nfrom b", true},
		{"block comments", "a = /* b\n c */ d(e)", "a = d(e)", true},
		{"the rest of a comment", "   * of course\n   */\n  a = b(c)", "a = b(c)", true},
		{"HTML comments", "<p><!-- of\ncourse --></p>", "<p></p>", true},
		{"doc strings", "def f(a):\n    \"\"\"Of course.\n\n    Yes.\n    \"\"\"\n    return a", "def f(b):\n    return b", true},
		{"a fragment that ends in a doc string", "def f(a):\n    \"\"\"Of course.\"\"\"\n    return a\n\"\"\"\nOf (course", "def f(b):\n    return b\n\"\"\"\nOf (course", true},
		{"a fragment that begins in a doc string", "    \"\"\"\n    return a.b\n\ndef f(c):\n    \"\"\"No.\"\"\"\n", "return a.b\n\ndef f(c):\n", true},
		{"an address in a string", `get("https://a.example/b") + c`, `get("x") + d`, true},
		{"layout", "if (a) {\n  b(c);\n}", "if (a)\n{ b( c ); }", true},
		{"a preprocessor line is code", "#include <a.h>\nx", "x", false},
		{"a CSS id is code", "#main { color: red }", "{ color: red }", false},
		{"keys", "{ color: red }", "{ width: red }", false},
		{"typed parameters are no keys", "function f(a: T, b: U) {}", "function f(c: T, d: U) {}", true},
		{"an apostrophe in code", "don't = a(b)", "don't = a(c)", true},
		{"decrement", "while (n-- > 0) f(n);", "while (m-- > 0) f(m);", true},
		{"a definition's name", "def first(a): return a.b", "def second(a): return a.b", true},
	} {
		var l PrintLexer
		blind := func(s string) (out []uint32) {
			for _, token := range l.Lex([]byte(s)) {
				out = append(out, token.Blind)
			}
			return out
		}
		a, b := blind(c.a), blind(c.b)
		if slices.Equal(a, b) != c.same {
			t.Errorf("%s: %q and %q: same is %v, want %v", c.what, c.a, c.b, !c.same, c.same)
		}
		if len(a) == 0 {
			t.Errorf("%s: %q has no tokens", c.what, c.a)
		}
	}
}

func TestPrintTokenLines(t *testing.T) {
	var l PrintLexer
	var lines []int32
	for _, token := range l.Lex([]byte("a(b)\n/* c\n\n*/ d\n\"\"\"e\nf\"\"\"\nif g\n")) {
		lines = append(lines, token.Line)
	}
	if want := []int32{0, 0, 3, 6, 6}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v", lines, want)
	}
}

// A run of tokens that two texts share gives them a common print, wherever it stands in each.
func TestSharedRunsShareAPrint(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	text := func(n int) (out []PrintToken) {
		for range n {
			v := random.Uint32()
			out = append(out, PrintToken{Blind: v, Raw: mix32(v)})
		}
		return out
	}
	for range 200 {
		run := text(blindGram + blindWindow - 1)
		a := AppendPrints(nil, slices.Concat(text(random.IntN(30)), run, text(random.IntN(30))))
		b := AppendPrints(nil, slices.Concat(text(random.IntN(30)), run, text(random.IntN(30))))
		if !slices.ContainsFunc(a, func(p uint32) bool { return slices.Contains(b, p) }) {
			t.Fatal("no print in common")
		}
	}
}

// The lexer takes time in proportion to the text, whatever the text.
func TestHostileTextIsLexedInLinearTime(t *testing.T) {
	for name, unit := range map[string]string{
		"quotes": `'\`, "long quotes": `"""a`, "comments": "/*", "braces": "{", "words": "a ", "hashes": "# ", "NULs": "\x00",
		"double quotes": `"\"`, "backticks": "`", "HTML": "<!--", "apostrophes": "r'", "stars": "\n*", "colons": "::", "high": "\xff",
		"triple": "'''", "keys": "a:",
	} {
		text := []byte(strings.Repeat(unit, (1<<20)/len(unit)))
		began := time.Now()
		var l PrintLexer
		tokens := l.Lex(text)
		AppendPrints(nil, tokens)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: 1 MB took %v", name, took)
		}
	}
}

// What was written before there were prints answers all else, and the next writer makes them.
func TestPrintsAreAddedToAnOldIndex(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/format/1")); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	if _, err := x.Shards()[0].Prints(); !errors.Is(err, ErrNoPrints) {
		t.Fatalf("prints of an old index: %v", err)
	}
	before := contents(t, x)
	add(t, Options{Dir: dir, Detector: detector(t)})
	x = open(t, dir)
	if p, err := x.Shards()[0].Prints(); err != nil || len(p.lists) == 0 {
		t.Fatalf("prints after an update: %v", err)
	}
	equal(t, contents(t, x), before)
}

// A damaged or missing prints file is named, and the rest of the shard answers.
func TestDamagedPrintsLeaveTheRest(t *testing.T) {
	for _, damage := range []string{"flipped", "cut", "missing"} {
		dir := t.TempDir()
		add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/b", "c1", files("")))
		name := filepath.Join(dir, "shards/000001", printsFile)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch damage {
		case "flipped":
			data[8] ^= 0xff // in the first section
			err = os.WriteFile(name, data, 0o644)
		case "cut":
			err = os.WriteFile(name, data[:len(data)/2], 0o644)
		case "missing":
			err = os.Remove(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		x := open(t, dir)
		equal(t, contents(t, x), want("https://forge.example/a/b", indexed(files(""))))
		var bad *CorruptError
		if _, err := x.Shards()[0].Prints(); !errors.As(err, &bad) || !strings.HasSuffix(bad.File, printsFile) {
			t.Errorf("%s: %v", damage, err)
		}
	}
}

func FuzzPrints(f *testing.F) {
	f.Add(sample(f, "shards/000001/prints"), uint32(12345))
	f.Fuzz(func(t *testing.T, data []byte, print uint32) {
		c, err := parseContainer(data, printsFile)
		if err != nil {
			return
		}
		for _, s := range c.sections {
			s.once.Do(func() {})
		}
		const blocks = 7
		p, err := readPrints(c, blocks)
		if err != nil {
			return
		}
		for i := range uint32(64) {
			for _, b := range p.Blocks(p.Find(print+i<<24), nil) {
				if b >= blocks {
					t.Fatalf("block %d of %d", b, blocks)
				}
			}
		}
	})
}

func FuzzPrintLexer(f *testing.F) {
	f.Add([]byte("func f(a int) { return \"x\" + `y` // z\n}"), 9)
	f.Add([]byte("'''\n\"\"\" */ /* <!-- # -- r'x' {a: b}"), 3)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		var l PrintLexer
		tokens := slices.Clone(l.Lex(text))
		last := int32(0)
		for _, token := range tokens {
			if token.Line < last || int(token.Line) > strings.Count(string(text), "\n") {
				t.Fatalf("line %d after %d", token.Line, last)
			}
			last = token.Line
		}
		if again := l.Lex(text); !slices.Equal(again, tokens) {
			t.Fatal("the same text gave other tokens")
		}
		AppendPrints(nil, tokens)
	})
}

func BenchmarkPrints(b *testing.B) {
	src, err := os.ReadFile(filepath.Join(runtime.GOROOT(), "src/net/http/server.go"))
	if err != nil {
		b.Skip(err)
	}
	b.SetBytes(int64(len(src)))
	var l PrintLexer
	var prints []uint32
	for b.Loop() {
		prints = AppendPrints(prints[:0], l.Lex(src))
	}
}
