// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"communs/indexer"
)

// TestRegexpGrams gives expressions and the trigrams that their matches must have.
func TestRegexpGrams(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`abc`, `abc`},
		{`ABCD`, `abc bcd`},
		{`ab`, `*`},
		{`abc|abd`, `(abc|abd)`},
		{`abcd|xyz`, `(xyz|abc bcd)`},
		{`abc.*xyz`, `abc xyz`},
		{`a(b|c)d`, `(abd|acd)`},
		{`(abc)?`, `*`},
		{`(abc)+d`, `abc bcd`},
		{`ab[cd]e`, `(abc bce|abd bde)`},
		{`[a-z]+`, `*`},
		{`a+hello`, `ahe ell hel llo`},
		{`(abc|def)(ghi|jkl)`, `(abc bcg cgh ghi|abc bcj cjk jkl|def efg fgh ghi|def efj fjk jkl)`},
		{`func \(.*\) ServeHTTP`, ` se \) s \(|erv ...`},
		{`(?i)Éa b`, "\\xa9a  ..."},
		{`x{3}`, `xxx`},
		{`x{2,}`, `*`},
		{`\babc\b`, `abc`},
		{`^abc$`, `abc`},
		{`a\nb`, `∅`},
		{`(abc|.)x`, `*`},
		{`_[ab]_`, `(_a_|_b_)`},
		{`[ab]_[cd]x`, `(_cx a_c|_dx a_d|_cx b_c|_dx b_d)`},
		{`abcd[a-q]`, `abc bcd (cda|cdb|cdc|cdd|cde|cdf|cdg|cdh|cdi|cdj|cdk|cdl|cdm|cdn|cdo|cdp|cdq)`},
		{`%[ab]+[cd]`, `(%aa|%ab|%ac|%ad|%ba|%bb|%bc|%bd)`},
	} {
		tree, _, err := lineRegexp(c.in, false)
		if err != nil {
			t.Fatal(err)
		}
		got := regexpGrams(tree.Simplify()).String()
		if strings.Contains(c.want, "...") {
			continue // only that it can be made
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
}

// TestClassGrams: expressions without any text to look up are narrowed down by what their classes allow in a row.
func TestClassGrams(t *testing.T) {
	const letters, digits = 26, 10
	for source, want := range map[string][]int{
		`[A-Z]{2}[0-9]{3}`:       {letters * digits * digits, digits * digits * digits},
		`\d+-?\d{3}`:             {digits * digits * digits},
		`[0-9a-f]{32}`:           {16 * 16 * 16},
		`x*(?i:[k-l])[0-9][A-Z]`: {2 * digits * letters},
		`[a-z]{3}`:               nil, // too many
		`\w{60}`:                 nil,
		`[0-9][^a][0-9][0-9]`:    nil,
		`[0-9]{3}|.`:             nil,
		`[0-9]{3}|[a-f][0-9]{2}`: {digits*digits*digits + 6*digits*digits},
		`(([0-9]{3})+[a-z]?)+`:   {digits * digits * digits},
		strings.Repeat(`[a-t]{3}_?|[b-u]{3}9?|[0-9a-j]{3}x?|`, 10) + `[c-d]{3}`: nil, // too many together
		strings.Repeat(`(`, 90) + `[0-9]+` + strings.Repeat(`)+[a-z]+`, 90):     nil,
	} {
		tree, _, err := lineRegexp(source, false)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		switch q := regexpGrams(tree.Simplify()); q.op {
		case gramOr:
			got = []int{len(q.grams)}
		case gramAnd:
			for _, s := range q.sub {
				got = append(got, len(s.grams))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: conditions of %v trigrams, want %v", source, got, want)
		}
	}
}

// fulfils tells whether a line's trigrams fulfil a condition, as posting lists would.
func fulfils(q *gramQuery, folded []byte) bool {
	switch q.op {
	case gramAll:
		return true
	case gramNone:
		return false
	}
	has := func(g uint32) bool { return bytes.Contains(folded, []byte{byte(g >> 16), byte(g >> 8), byte(g)}) }
	sub := func(q *gramQuery) bool { return fulfils(q, folded) }
	if q.op == gramOr {
		return slices.ContainsFunc(q.grams, has) || slices.ContainsFunc(q.sub, sub)
	}
	return !slices.ContainsFunc(q.grams, func(g uint32) bool { return !has(g) }) &&
		!slices.ContainsFunc(q.sub, func(q *gramQuery) bool { return !sub(q) })
}

// checkSound compares, for one expression and one text, the plan, the matcher, and the regexp package line by line.
func checkSound(t *testing.T, source, text string, fold bool) {
	t.Helper()
	m, err := newRegexpMatcher(source, fold)
	if err != nil {
		return
	}
	flags := ""
	if fold {
		flags = "(?i)"
	}
	plain, err := regexp.Compile(flags + "(?:" + source + ")")
	if err != nil {
		return
	}
	want := false
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !plain.MatchString(line) {
			continue
		}
		want = true
		if !fulfils(m.grams, indexer.Fold(nil, []byte(line))) {
			t.Fatalf("/%s/ matches %q, but %s does not hold there", source, line, m.grams)
		}
	}
	var stop atomic.Bool
	if text == "" { // a block has a line at least
		return
	}
	if got, _ := m.match([]byte(text), textFacts{}, &stop); got != want {
		t.Fatalf("/%s/ fold %v on %q: got %v, want %v", source, fold, text, got, want)
	}
}

func TestPlansAreSound(t *testing.T) {
	for _, source := range []string{`^$`, `[^a]*^$`, `x*^$`, `$`, `^`, `a|^$`} {
		checkSound(t, source, "a\nb\n", false)
		checkSound(t, source, "\n", false)
	}
	text := "func (s *Server) ServeHTTP(w ResponseWriter)\n\treturn nil, err\r\nKelvin \u212a and ſ\nÉTÉ été\n\n  abcabc\naaab\nfoo_bar fooBar\nx\n"
	for _, source := range []string{
		`func \(.*\) ServeHTTP`, `return nil, err$`, `return nil, err.$`, `^\s*return`, `(?i)KELVIN K`, `kelvin k`, `and s`, `été`, `ÉTÉ`,
		`(abc)+`, `(abc){2}$`, `a*b`, `^$`, `foo[_B]?bar`, `\bfoo\b`, `\Bbar`, `[^a]b`, `(?s)err.*and`, `(?m)^x$`, `\Ax\z`, `a{2,3}b`,
		`(foo|bar)+`, `(foo|bar)(_|)(foo|bar)`, `.`, `\S+\s+\S+`, `[[:upper:]]+`, `\pL+`, `(x|y|z)*w?`, `s`, `K`, `[\n]`, `\n`, `a|\n`, `[^x]ſ`,
		`(?:)`, `(?i:serve)HTTP`, `serve(?i:http)`, `ſ`, `\x{17f}`, `[k]elvin`, `[a-c]+[A-C]`, `(?U)a+b`, `(|abc)x`, `a*?b`, `(?:a{2,}?)+`, `((a)|b)*`, `[^a]*^$`, `x*^$`, `(?i:a[b-d])E`,
		`[a-z]_[a-z]`, `[a-z]+_[a-zA-Z]+`, `[a-c]+[A-C]?x*`, `[a-f]+(bar|Bar|)$`, `[Kſ]+elvin`, `[a-z]+ [a-z]*,? ?[a-z]{3}`, `[é-ü]t[é-ü]`,
		`[A-Z]{2}[0-9]{3}`, `[a-z]{4}`, `[A-Z][a-z]+[A-Z][a-z]+`, `(?i)[k-t]{3}`, `([a-z]+[A-Z])+`, `[a-z]{3}|[0-9]{4}|[ -/]{3}`, `[a-z]+(_|)[a-z]{2}(x|)[0-9]`,
	} {
		checkSound(t, source, text, false)
		checkSound(t, source, text, true)
	}
}

// FuzzPlan: every line that an expression matches is a candidate, and the matcher finds exactly those lines.
func FuzzPlan(f *testing.F) {
	f.Add(`a(b|c)+d?`, "xabd\nacc", true)
	f.Add(`foo.*bar|ba[zr]`, "foo\nbar baz", false)
	f.Add(`^\s*(?i:kS)$`, "\u212aſ", false)
	f.Add(`[^\n]{3}x`, "abcx", true)
	f.Fuzz(func(t *testing.T, source, text string, fold bool) {
		if len(source) > 200 || len(text) > 2000 || strings.ContainsAny(source, "\n") {
			return
		}
		text = strings.ToValidUTF8(text, "?")
		checkSound(t, source, text, fold)
	})
}

// TestTextThatIsNotUTF8: like ripgrep, no character of an expression matches a byte that is none, and offsets are those
// of the bytes as they are.
func TestTextThatIsNotUTF8(t *testing.T) {
	text := []byte("fran\xe7ais \xe9t\xe9 été\n")
	var stop atomic.Bool
	for source, want := range map[string]bool{
		`fran.ais`: false, `fran`: true, `fran[^a]ais`: false, `ais .t`: false, `t. été`: false, `ét.`: true, `\x{FFFD}`: false, `^fran`: true,
		`s\b`: true,
	} {
		m, err := newRegexpMatcher(source, true)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := m.match(text, textFacts{latin1: true}, &stop); got != want {
			t.Errorf("/%s/: %v, want %v", source, got, want)
		}
	}
	m, err := newRegexpMatcher(`é+t.`, true)
	if err != nil {
		t.Fatal(err)
	}
	got := m.spans(bytes.TrimSpace(text), textFacts{latin1: true}, 5)
	if len(got) != 1 || string(text[got[0][0]:got[0][1]]) != "été" {
		t.Errorf("got %v", got)
	}
}

func TestFinder(t *testing.T) {
	for _, c := range []struct {
		text string
		fold bool
		in   string
		want int
	}{
		{"abc", false, "xxabc", 2}, {"abc", false, "xxABC", -1}, {"abc", true, "xxABC", 2}, {"ABC", true, "xxabc", 2},
		{"abc", true, "ab", -1}, {"abc", true, "", -1}, {"aab", true, "aaaAAb", 3}, {"été", true, "l'ÉTÉ", 2},
		{"ks", true, "\u212aſ", 0}, {"mask", true, "a ma\u017fk", 2}, {"\u212a", true, "k", 0}, {"σ", true, "Σς", 0}, {"ς", true, "aσ", 1},
		{"e", true, "E", 0}, {"{", false, "a{", 1}, {"р", true, "\u0420", 0},
	} {
		start, end, ok := newFinder(c.text, c.fold).next([]byte(c.in), 0, isPlain([]byte(c.in)))
		if !ok {
			start = -1
		}
		if start != c.want || ok && end <= start {
			t.Errorf("%q fold %v in %q: got %d, want %d", c.text, c.fold, c.in, start, c.want)
		}
	}
}

// FuzzFinder compares with the regexp package.
func FuzzFinder(f *testing.F) {
	f.Add("aß", "xAẞ", true)
	f.Add("ſt", "ST sT", true)
	f.Fuzz(func(t *testing.T, text, in string, fold bool) {
		text, in = strings.ToValidUTF8(text, "?"), strings.ToValidUTF8(in, "?")
		if text == "" || len(text) > 50 || strings.Contains(text, "\n") {
			return
		}
		flags := ""
		if fold {
			flags = "(?i)"
		}
		want := regexp.MustCompile(flags + regexp.QuoteMeta(text)).FindStringIndex(in)
		start, end, ok := newFinder(text, fold).next([]byte(in), 0, isPlain([]byte(in)))
		if ok != (want != nil) || ok && (start != want[0] || end != want[1]) {
			t.Fatalf("%q fold %v in %q: got %d-%d %v, want %v", text, fold, in, start, end, ok, want)
		}
	})
}
