// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"errors"
	"strings"
	"testing"
)

// TestParse gives questions and their canonical form.
func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"parse date header", "parse date header"},
		{"  parse\tdate  ", "parse date"},
		{`"return nil, err"`, `"return nil, err"`},
		{`"say \"hi\" \\ \n"`, `"say \"hi\" \\ \\n"`},
		{"“smart quotes”", `"smart quotes"`},
		{"« guillemets »", `"guillemets"`},
		{`/func \(.*\) ServeHTTP/`, `/func \(.*\) ServeHTTP/`},
		{`/a\/b/`, `/a\/b/`},
		{"-test", ""},
		{"foo -test", "foo -test"},
		{"foo -(a b)", "foo -(a b)"},
		{"foo --verbose", "foo verbose"},
		{"--verbose", "verbose"},
		{"a1 b1 OR c1", "a1 b1 OR c1"},
		{"a1 (b1 OR c1)", "a1 (b1 OR c1)"},
		{"a1 AND b1 ET c1", "a1 b1 c1"},
		{"lire OU écrire", "lire OR écrire"},
		{"(a1 OR (b1 OR c1)) d1", "(a1 OR b1 OR c1) d1"},
		{"((foo))", "foo"},
		{"lang:go path:*.go repo:gitea name:ServeHTTP kind:function license:MIT",
			"lang:Go path:*.go repo:gitea name:ServeHTTP kind:function license:MIT"},
		{"langage:go chemin:*.go dépôt:gitea nom:X genre:fonction licence:inconnue", "lang:Go path:*.go repo:gitea name:X kind:function license:unknown"},
		{"de\u0301po\u0302t:gitea", "repo:gitea"},
		{"LANG:Go sorte:classe", "lang:Go kind:class"},
		{`path:"a b" foo`, `path:"a b" foo`},
		{`path:"a(b"`, `path:"a(b"`},
		{"vers:GPL-3.0-or-later libre:oui propriétaire:etalab", "into:GPL-3.0-or-later libre:yes owner:etalab"},
		{"foo in:file case:yes", "foo case:yes in:file"},
		{"foo dans:fichier casse:non type:dépôt", "foo case:no in:file type:repo"},
		{"(a1 OR b1) case:yes", "(a1 OR b1) case:yes"},
		{"type:repo", "type:repo"},
		{"foo type:brique genre:Go composant:bar", "foo kind:golang component:bar type:component"},
		{"brique:@a/b foo", "component:@a/b foo"},
		{"http://example.com/a", `"http://example.com/a"`},
		{"std::string", `"std::string"`},
		{"default:", "default:"},
		{"10:30", "10:30"},
		{"x := y", `x ":=" y`},
		{"getFoo()", "getFoo()"},
		{"(getFoo() OR x1)", "getFoo() OR x1"},
		{"foo(a", "foo(a"},
		{"(x1 OR foo( )", "x1 OR foo("},
		{"y1 (x1 OR foo( )", "y1 (x1 OR foo( )"},
		{"or", "or"},
		{"ORDER", "ORDER"},
		{`foo"bar baz"`, `foo "bar baz"`},
	} {
		p, err := Parse(c.in)
		if c.want == "" {
			if err == nil {
				t.Errorf("%q: no error", c.in)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if got := p.String(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// TestParseErrors gives questions that are refused, with the sentence's key and the text that is at fault.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ in, key, at string }{
		{"", "empty", ""},
		{"   ", "empty", "   "},
		{"case:yes", "empty", "case:yes"},
		{`foo "bar`, "quote", `"`},
		{"foo “bar", "quote", "“"},
		{`""`, "exact-empty", `""`},
		{"\"a\nb\"", "newline", "\n"},
		{"(foo", "paren-open", "("},
		{"foo)", "paren-close", ")"},
		{"foo ()", "group-empty", "()"},
		{"/foo", "regexp-end", "/"},
		{"//", "regexp-empty", "//"},
		{"/usr/lib/foo", "regexp-slash", "/"},
		{"/a(b/", "regexp-paren", "("},
		{"/a)b/", "regexp-paren-extra", "a)b"},
		{"/[z-a]/", "regexp-range", "z-a"},
		{"/x[a/", "regexp-bracket", "[a"},
		{`/a\/`, "regexp-end", "/"},
		{"/é*+/", "regexp-repeat", "*+"},
		{"/*a/", "regexp-repeat-nothing", "*"},
		{"/(?=x)/", "regexp-perl", "(?="},
		{`/(a)\1/`, "regexp-escape", `\1`},
		{"/(a?){1000}a{1000}/", "regexp-large", "/(a?){1000}a{1000}/"},
		{"/((a{100}){100}){100}/", "regexp-large", "/((a{100}){100}){100}/"},
		{"langauge:go", "filter-near", "langauge:"},
		{"foo lnag:go", "filter-near", "lnag:"},
		{"foo:bar", "filter-unknown", "foo:"},
		{"localhost:8080", "filter-unknown", "localhost:"},
		{"path: foo", "value-missing", "path:"},
		{"path:", "value-missing", "path:"},
		{"lang:pyton", "language-near", "pyton"},
		{"lang:zzzzzz", "language", "zzzzzz"},
		{"kind:thing", "kind", "thing"},
		{"libre:maybe", "libre", "maybe"},
		{"into:zzzzzzzzzz", "into", "zzzzzzzzzz"},
		{"into:GPL-3.1", "license-near", "GPL-3.1"},
		{"license:FOO-9", "license-near", "FOO-9"},
		{"foo -licence:zzzzzzzzzz", "license", "zzzzzzzzzz"},
		{"license:zzzz* foo", "license", "zzzz*"},
		{`license:"MIT AND" foo`, "license", `"MIT AND"`},
		{`license:"MIT OR FOO-9"`, "license-near", `"MIT OR FOO-9"`},
		{"foo in:repo", "in", "repo"},
		{"foo type:package", "type", "package"},
		{"foo kind:npm", "kind-component", "kind:npm"},
		{"foo kind:function type:component", "component-kind", "kind:function"},
		{"foo kind:thing type:component", "ecosystem", "thing"},
		{"type:brique foo genre:thing kind:other", "ecosystem", "thing"},
		{"kind:thing type:repo", "repo-filter", "kind:thing"},
		{"foo component:bar type:repo", "repo-filter", "component:bar"},
		{"foo case:maybe", "case", "maybe"},
		{"foo fold:perhaps", "fold", "perhaps"},
		{"foo -fold:no", "whole", "fold:no"},
		{"foo case:yes case:no", "twice", "case:no"},
		{"foo -in:file", "whole", "in:file"},
		{"a1 OR b1 case:yes", "whole", "case:yes"},
		{"case:yes a1 OR b1", "whole", "case:yes"},
		{"-foo -bar", "negative", "-foo -bar"},
		{"-lang:go", "negative", "-lang:go"},
		{"foo OR -bar", "negative", "-bar"},
		{"foo OR", "or", "OR"},
		{"OR foo", "or", "OR"},
		{"foo - bar", "minus", "-"},
		{"foo lang:go type:repo", "repo-filter", "lang:go"},
		{"a\xff", "utf8", "\xff"},
		{strings.Repeat("a", maxQueryBytes+1), "long", "a"},
		{strings.Repeat("ab ", maxQueryTerms+1), "terms", "ab "},
		{strings.Repeat("(", 50) + "a" + strings.Repeat(")", 50), "deep", "("},
	} {
		_, err := Parse(c.in)
		var bad *QueryError
		if !errors.As(err, &bad) {
			t.Errorf("%q: got %v, want %s", c.in, err, c.key)
			continue
		}
		if got := strings.TrimPrefix(bad.Key, "search.query."); got != c.key {
			t.Errorf("%q: got %s, want %s", c.in, got, c.key)
		}
		if got := c.in[bad.Start:bad.End]; got != c.at {
			t.Errorf("%q: caret under %q, want %q", c.in, got, c.at)
		}
	}
}

func TestErrorSuggestsFilters(t *testing.T) {
	_, err := Parse("langauge:go")
	var bad *QueryError
	if !errors.As(err, &bad) || bad.Args[1] != "language:, langage:" {
		t.Errorf("got %v", err)
	}
	_, err = Parse("éé lnag:go")
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if at, n := bad.Runes(); at != 3 || n != 5 {
		t.Errorf("caret at character %d, %d long", at, n)
	}
}

// TestLicenseValues: what can be somebody's licence is taken; for the rest the ids that are written alike are offered.
func TestLicenseValues(t *testing.T) {
	for _, c := range []struct{ in, want, near string }{
		{"MIT", "MIT", ""}, {"mit", "mit", ""}, {"NOASSERTION", "unknown", ""}, {"inconnue", "unknown", ""},
		{"GPL", "GPL", ""}, {"GPL-3.0", "GPL-3.0", ""}, {"cc-by", "cc-by", ""}, {"CeCILL", "CeCILL", ""},
		{"GPL-2.0+", "GPL-2.0-or-later", ""}, {"classpath-exception-2.0", "Classpath-exception-2.0", ""},
		{"LicenseRef-mine", "LicenseRef-mine", ""}, {"LicenseRef", "LicenseRef", ""}, {"LicenseRef-*", "LicenseRef-*", ""},
		{"CC-BY-*", "CC-BY-*", ""}, {"*mine", "*mine", ""}, {"MIT OR Apache-2.0", "MIT OR Apache-2.0", ""},
		{"FOO-9", "", "LOOP"}, {"mitt", "", "MIT, MIT-0, MIPS"}, {"MIT License", "", "MIT"}, {"Apache License 2.0", "", "Apache-2.0"},
		{"GPLv3", "", "GPL-3.0-only, GPL-3.0-or-later, NGPL"}, {"EUPL v1.2", "", "EUPL-1.2"}, {"LGPL version 2.1", "", "LGPL-2.1"},
	} {
		got, near, ok := licenseValue(c.in)
		if ok != (c.want != "") || ok && got != c.want || strings.Join(near, ", ") != c.near {
			t.Errorf("%q: %q, %v, %v; want %q, %q", c.in, got, near, ok, c.want, c.near)
		}
	}
}

// FuzzParse: no input makes the parser fail badly, and the canonical form of what it accepts means the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`a (b OR -c) "d \" e" /f\/g/ lang:go path:"x y" -(h i) in:file case:no`, "((a)", "--x", "« a »", `foo( x) y"z"`,
		"a OR b OR (c d) type:repo", "x:=1 http://a std::b", "path:a(b) ()", `"\\" /[/`, "-(-(a b) -c) d",
		`license:GPL-2.0+ licence:*x -license:"MIT AND (BSD-3-Clause OR ISC)" license:"LicenseRef-x" into:MIT`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		p, err := Parse(in)
		if err != nil {
			var bad *QueryError
			if !errors.As(err, &bad) || bad.Start < 0 || bad.Start > bad.End || bad.End > len(in) {
				t.Fatalf("%q: %v", in, err)
			}
			return
		}
		canonical := p.String()
		again, err := Parse(canonical)
		if err != nil {
			if len(canonical) > maxQueryBytes {
				return
			}
			t.Fatalf("%q gives %q, which gives %v", in, canonical, err)
		}
		if again.String() != canonical || dump(again.root) != dump(p.root) {
			t.Fatalf("%q gives %q, which gives %q", in, canonical, again.String())
		}
	})
}

// dump writes a tree with every node told apart.
func dump(n node) string {
	var b strings.Builder
	parts := func(name string, parts []node) {
		b.WriteString(name + "[")
		for _, part := range parts {
			b.WriteString(dump(part) + ",")
		}
		b.WriteString("]")
	}
	switch n := n.(type) {
	case *andNode:
		parts("and", n.parts)
	case *orNode:
		parts("or", n.parts)
	case *notNode:
		parts("not", []node{n.part})
	case *wordNode:
		b.WriteString("word:" + n.text)
	case *exactNode:
		b.WriteString("exact:" + n.text)
	case *regexpNode:
		b.WriteString("regexp:" + n.source)
	case *filterNode:
		b.WriteString(n.field.name() + ":" + n.value)
	}
	return b.String()
}
