// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/indexer"
)

const (
	parserPy = `def parse_header(line, strict=False):
    """Read one header."""
    name, sep, value = line.partition(":")
    if not sep:
        raise HeaderError("no colon in %r" % line)
    if strict and name.strip() != name:
        raise HeaderError("white space around the name")
    values = []
    for part in value.split(","):
        part = part.strip()
        if part:
            values.append(unquote(part))
    return name.lower(), values
`
	otherPy = `def total_price(cart, rates):
    total = cart.subtotal()
    for rate in rates.active():
        total += rate.apply(cart)
    return total.round(2)
`
)

func similarRepos() []repo {
	return []repo{
		{Repository: crawler.Repository{URL: "https://forge.example/a/mail"}, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), files: map[string]string{
			"LICENSE": "SPDX-License-Identifier: MIT\n", "mail/header.py": "# SPDX-License-Identifier: MIT\nimport os\n\n\n" + parserPy + "\n\n" + otherPy,
		}},
		{Repository: crawler.Repository{URL: "https://forge.example/b/copy"}, at: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), files: map[string]string{
			"lib/h.py": "# Copied.\n" + strings.ReplaceAll(parserPy, "line", "text"),
		}},
	}
}

func similar(t testing.TB, l *Local, code string) *Page {
	t.Helper()
	page, err := l.Similar(context.Background(), Example{Code: code})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range page.Hits {
		if h.Similarity <= 0 || h.Similarity > 1 || len(h.Ranges) == 0 {
			t.Errorf("%s: similarity %v, ranges %v", h.ID, h.Similarity, h.Ranges)
		}
		lines := strings.Count(code, "\n") + 1
		for _, r := range h.Ranges {
			if r.Query[0] < 1 || r.Query[1] < r.Query[0] || r.Query[1] > lines || r.Block[0] < h.Start || r.Block[1] < r.Block[0] || r.Block[1] > h.End {
				t.Errorf("%s (%d-%d): range %v of %d lines", h.ID, h.Start, h.End, r, lines)
			}
		}
		sum := 0.0
		for _, term := range h.Why {
			sum += term.Value * term.Weight
		}
		if d := sum - h.Score; d > 1e-9 || d < -1e-9 {
			t.Errorf("score %v is not the sum %v of its terms", h.Score, sum)
		}
	}
	return page
}

// Each example is what somebody made of parse_header; the block must come first, with both its places.
func TestSimilarFindsCopies(t *testing.T) {
	l := newIndex(t, similarRepos()...)
	lines := strings.SplitAfter(parserPy, "\n")
	for _, c := range []struct {
		what, code string
		least      float64
	}{
		{"exact", parserPy, 1},
		{"without comments and blank lines", strings.Replace(parserPy, `    """Read one header."""`+"\n", "", 1), 1},
		{"reformatted", strings.ReplaceAll(strings.ReplaceAll(parserPy, "    ", "\t"), ", ", ","), 1},
		{"renamed", regexp.MustCompile(`\b(line|value|values|part|name|sep)\b`).ReplaceAllString(parserPy, "a_$1"), 0.85},
		{"a fragment from the middle", strings.Join(lines[6:12], ""), 0.95},
		{"a line deleted, one added, one changed", strings.Replace(strings.Replace(strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), ""),
			"values = []", "log(name)\n    values = []", 1), "name.lower()", "name.upper()", 1), 0.6},
		{"with something else around it", "x = 1\n" + otherPy + parserPy + "print(x)\n", 0.9},
	} {
		page := similar(t, l, c.code)
		if len(page.Hits) == 0 || page.Hits[0].Name != "parse_header" || page.Hits[0].Similarity < c.least {
			t.Errorf("%s: %+v", c.what, page.Hits)
			continue
		}
		h := page.Hits[0]
		if h.Copies != 2 || len(h.Occurrences) != 2 || page.Total < 2 {
			t.Errorf("%s: %d copies, %d listed, %d in all", c.what, h.Copies, len(h.Occurrences), page.Total)
		}
		for _, o := range h.Occurrences {
			if o.FirstSeen.IsZero() || o.Repo == "https://forge.example/a/mail" && o.License != "MIT" {
				t.Errorf("%s: place %+v", c.what, o)
			}
		}
	}
	if page := similar(t, l, parserPy); page.Hits[0].Ranges[0].Query[0] != 1 || page.Hits[0].Ranges[0].Query[1] != 13 || len(page.Hits[0].Lines) == 0 {
		t.Errorf("ranges %v, lines %v", page.Hits[0].Ranges, page.Hits[0].Lines)
	}
}

// The same code in another form of text has the same hit, with the same lines.
func TestSimilarReadsOtherEncodings(t *testing.T) {
	l := newIndex(t, similarRepos()...)
	want := similar(t, l, parserPy)
	utf16 := func(order binary.AppendByteOrder, code string) string {
		out := order.AppendUint16(nil, 0xfeff)
		for _, c := range code {
			out = order.AppendUint16(out, uint16(c))
		}
		return string(out)
	}
	for what, code := range map[string]string{
		"byte order mark": "\ufeff" + parserPy, "UTF-16, little end first": utf16(binary.LittleEndian, parserPy), "UTF-16, big end first": utf16(binary.BigEndian, parserPy),
		"lines that end as on Windows": strings.ReplaceAll(parserPy, "\n", "\r\n"),
	} {
		page := similar(t, l, code)
		if len(page.Hits) == 0 || page.Hits[0].ID != want.Hits[0].ID || !reflect.DeepEqual(page.Hits[0].Ranges, want.Hits[0].Ranges) {
			t.Errorf("%s: %+v", what, page.Hits)
		}
	}
}

// A file may be cut anywhere: where it ends or begins within a doc string, what is code is still compared as code.
func TestSimilarOfFilesCutInDocStrings(t *testing.T) {
	l := newIndex(t, similarRepos()...)
	for what, code := range map[string]string{
		"ends in one":       "\"\"\"A module.\"\"\"\nimport os\n\n\n" + parserPy + "\n\ndef next_one(a):\n    \"\"\"\n    What is cut off here, and goes on for a while with words (of any sort).\n",
		"begins in one":     "    what was cut off there, and goes on for a while.\n    \"\"\"\n    return 1\n\n\n" + parserPy,
		"ends in a literal": parserPy + "\n\nTEXT = r\"\"\"some text\nand more",
	} {
		if page := similar(t, l, code); len(page.Hits) == 0 || page.Hits[0].Name != "parse_header" || page.Hits[0].Similarity < 0.9 {
			t.Errorf("%s: %+v", what, page.Hits)
		}
	}
}

// Of a block and a long one around it, which has a little more of an edited example here and there, the block is meant.
func TestTheBlockIsMeantAndNotAllAroundIt(t *testing.T) {
	m := func(aligned float64, tokens int) *likeness { return &likeness{aligned: aligned, tokens: tokens} }
	for _, c := range []struct {
		outer, inner *likeness
		meant        bool
	}{
		{m(0.93, 8000), m(0.76, 127), false},
		{m(0.94, 1900), m(0.81, 158), false},
		{m(0.95, 300), m(0.6, 150), true},
		{m(0.99, 5000), m(0.1, 100), true},
	} {
		if got := c.outer.meant(c.inner); got != c.meant {
			t.Errorf("%v of %d tokens rather than %v of %d: %v", c.outer.aligned, c.outer.tokens, c.inner.aligned, c.inner.tokens, got)
		}
	}
}

// What looks like any code is a copy of none.
func TestUnrelatedCodeHasNoHit(t *testing.T) {
	l := newIndex(t, append(similarRepos(), library(t, "strings", "sort", "bufio")...)...)
	for _, code := range []string{
		"for (int i = 0; i < n; i++) {\n  sum += a[i];\n}\n",
		"if err != nil {\n\treturn nil, err\n}\nif x == nil {\n\treturn nil, nil\n}\n",
		"def main():\n    for x in y:\n        print(x)\n    return 0\n",
		"SELECT a, b FROM t WHERE a = 1 AND b = 2 ORDER BY a;",
	} {
		if page := similar(t, l, code); len(page.Hits) > 0 {
			t.Errorf("%q is like %s %v", code, page.Hits[0].Name, page.Hits[0].Why)
		}
	}
}

func TestExamplesThatCannotBeCompared(t *testing.T) {
	l := newIndex(t, similarRepos()...)
	for code, key := range map[string]string{
		"": "search.similar.short", "x = 1": "search.similar.short", "// only a comment, however long it may be and whatever it says\n": "search.similar.short",
		strings.Repeat("\x00", 1000): "search.similar.binary", parserPy + "\x00": "search.similar.binary", "\xff\xfe": "search.similar.short", strings.Repeat("{", 100_000): "search.similar.short",
		strings.Repeat("a", MaxExample+1): "search.similar.long",
	} {
		_, err := l.Similar(context.Background(), Example{Code: code})
		var wrong *ExampleError
		if !errors.As(err, &wrong) || wrong.Key != key {
			t.Errorf("%.20q: %v, want %s", code, err, key)
		}
	}
	if _, err := l.Similar(context.Background(), Example{Code: parserPy, Lang: "klingon"}); err == nil {
		t.Error("an unknown language was taken")
	}
	if page, err := l.Similar(context.Background(), Example{Code: parserPy, Lang: "py", N: 1}); err != nil || len(page.Hits) != 1 {
		t.Errorf("with a language: %v", err)
	}
}

// An answer does not depend on how the index is cut into shards.
func TestSimilarIsTheSameForManyShards(t *testing.T) {
	repos := append(similarRepos(), library(t, "strings", "sort", "bufio", "net/textproto", "encoding/csv")...)
	one, many := t.TempDir(), t.TempDir()
	writeIndex(t, one, 0, repos...)
	writeIndex(t, many, 100_000, repos...)
	a, b := openIndex(t, one, Options{}), openIndex(t, many, Options{})
	if n := len(b.current.Load().x.Shards()); n < 3 {
		t.Fatalf("%d shards", n)
	}
	code, err := os.ReadFile(filepath.Join("testdata", "similar", "csv.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{parserPy, string(code)} {
		x, y := similar(t, a, code), similar(t, b, code)
		if len(x.Hits) == 0 || len(y.Hits) == 0 || x.Hits[0].ID != y.Hits[0].ID || !reflect.DeepEqual(x.Hits[0].Why, y.Hits[0].Why) {
			t.Errorf("one shard: %+v; several: %+v", x.Hits, y.Hits)
		}
	}
}

// A public instance looks at free code alone.
func TestPublicSimilar(t *testing.T) {
	dir := t.TempDir()
	writeIndex(t, dir, 0, similarRepos()...)
	page := similar(t, openIndex(t, dir, Options{Public: true}), strings.ReplaceAll(parserPy, "line", "text"))
	if len(page.Hits) != 1 || page.Hits[0].Repo != "https://forge.example/a/mail" || page.Hits[0].Withheld {
		t.Errorf("%+v", page.Hits)
	}
	only := t.TempDir()
	writeIndex(t, only, 0, similarRepos()[1])
	if page := similar(t, openIndex(t, only, Options{Public: true}), parserPy); len(page.Hits) != 0 {
		t.Errorf("%+v", page.Hits)
	}
}

// An index without prints is named as such; damaged prints leave the other shards' answers.
func TestSimilarWithoutPrints(t *testing.T) {
	old := openIndex(t, "../indexer/testdata/format/1", Options{})
	if _, err := old.Similar(context.Background(), Example{Code: parserPy}); !errors.Is(err, indexer.ErrNoPrints) {
		t.Errorf("an old index: %v", err)
	}
	dir := t.TempDir()
	writeIndex(t, dir, 1, similarRepos()...) // each blob a shard of its own
	shards, err := filepath.Glob(filepath.Join(dir, "shards", "*", "prints"))
	if err != nil || len(shards) < 2 {
		t.Fatal(shards, err)
	}
	full := similar(t, openIndex(t, dir, Options{}), parserPy)
	if err := os.WriteFile(shards[0], []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	page := similar(t, openIndex(t, dir, Options{}), parserPy)
	if full.Partial || !page.Partial || page.Reason != "damaged" {
		t.Errorf("partial %v, then %v (%s)", full.Partial, page.Partial, page.Reason)
	}
}

func FuzzSimilar(f *testing.F) {
	l := newIndex(f, similarRepos()...)
	f.Add(parserPy)
	f.Add(strings.Repeat("{\x00'", 50) + otherPy)
	f.Add("\"\"\"a\n" + parserPy + "*/ ''' `")
	f.Fuzz(func(t *testing.T, code string) {
		var wrong *ExampleError
		page, err := l.Similar(context.Background(), Example{Code: code})
		if err != nil && !errors.As(err, &wrong) {
			t.Fatal(err)
		}
		if err == nil && len(page.Hits) > 0 {
			similar(t, l, code)
		}
	})
}

func BenchmarkSimilar(b *testing.B) {
	l := newIndex(b, append(similarRepos(), library(b, "net/http", "strings", "go/parser")...)...)
	code, err := os.ReadFile(filepath.Join("testdata", "similar", "csv.txt"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		similar(b, l, string(code))
	}
}

// The same example has the same answer each time, also where more texts are as like it as are compared; and the same scores however
// many shards there are.
func TestSimilarIsTheSameEachTime(t *testing.T) {
	const method = "    def total(self, orders, rate):\n        amount = 0\n        for order in orders:\n            if order.paid and not order.cancelled:\n" +
		"                amount += order.price * order.quantity\n        return amount * (1 + rate / 100)\n"
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/a/many"}, files: map[string]string{}}
	for i := range 150 {
		r.files[fmt.Sprintf("f%03d.py", i)] = fmt.Sprintf("class Order%d:\n    name = 'order %d'\n\n    def first%d(self):\n        return self.rows[%d]\n\n%s", i, i, i, i,
			strings.ReplaceAll(method, "amount", fmt.Sprintf("amount%d", i)))
	}
	example := "class Any:\n    name = 'any'\n\n    def first(self):\n        return self.rows[0]\n\n" + method
	answer := func(l *Local) (all, scores []string) {
		for _, h := range similar(t, l, example).Hits {
			scores = append(scores, fmt.Sprint(h.Name[:5], h.Score, h.Copies))
			all = append(all, h.ID)
			for _, o := range h.Occurrences {
				all = append(all, o.Path)
			}
		}
		return all, scores
	}
	one, several := t.TempDir(), t.TempDir()
	writeIndex(t, one, 0, r)
	writeIndex(t, several, 5000, r)
	want, scores := answer(openIndex(t, one, Options{}))
	for i := range 4 {
		if got, _ := answer(openIndex(t, one, Options{})); !slices.Equal(got, want) {
			t.Fatalf("time %d: %d lines, not %d: %q", i+2, len(got), len(want), got)
		}
	}
	if _, got := answer(openIndex(t, several, Options{})); !slices.Equal(got, scores) {
		t.Errorf("several shards: %q; one: %q", got, scores)
	}
}
