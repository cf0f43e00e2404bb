// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"communs/internal/linear"
)

// TestComments reads testdata/comments.txtar: what counts there as a comment holds the word YES, all else the word NO.
func TestComments(t *testing.T) {
	a, err := txtar.ParseFile("testdata/comments.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		t.Run(f.Name, func(t *testing.T) {
			s := syntaxIn(f.Name, f.Data)
			if s == nil {
				t.Fatal("no syntax")
			}
			all := bytes.Count(f.Data, []byte("YES"))
			for _, g := range s.comments(f.Data) {
				text := f.Data[g.from:g.to]
				if bytes.Contains(text, []byte("NO")) {
					t.Errorf("line %d: data taken for a comment:\n%s", g.line, text)
				}
				all -= bytes.Count(text, []byte("YES"))
				if want := 1 + bytes.Count(f.Data[:g.from], []byte{'\n'}); g.line != want {
					t.Errorf("line %d is given as %d", want, g.line)
				}
			}
			if all != 0 || !bytes.Contains(f.Data, []byte("NO")) {
				t.Errorf("%d comments were not found", all)
			}
		})
	}
}

func TestSyntaxOf(t *testing.T) {
	for _, c := range []struct {
		path, text string
		want       *syntax
	}{
		{"a/b.go", "", syntaxGo}, {"B.CPP", "", syntaxC}, {"x.py.in", "", syntaxPy}, {"x.h.tmpl", "", syntaxC}, {"Makefile", "", syntaxHash},
		{"CMakeLists.txt", "", syntaxCMake}, {"a.go.license", "", nil}, {"notes.txt", "", nil}, {"LICENSE", "MIT", nil},
		{"run", "#!/bin/sh\n", syntaxSh}, {"run", "#!/usr/bin/env python3.11\n", syntaxPy}, {"run", "#!/usr/bin/env -S perl -w\n", syntaxPl},
		{"run", "#!/opt/strange\n", syntaxHash}, {"run", "#!", syntaxHash}, {"notes.txt", "#!/bin/sh\n", syntaxSh},
	} {
		if got := syntaxIn(c.path, []byte(c.text)); got != c.want {
			t.Errorf("%s %q: another syntax", c.path, c.text)
		}
	}
	for ending, s := range syntaxes {
		if s == nil {
			t.Errorf("%s has no syntax", ending)
		}
	}
	for program, ending := range interpreters {
		if syntaxes[ending] == nil {
			t.Errorf("%s runs %s, which has no syntax", program, ending)
		}
	}
}

// Signs that open something and nothing that ends it, over and over: time grows with the text, and not with its square.
func TestCommentsLinear(t *testing.T) {
	openers := []string{"/*", "'", `"`, `"""`, "'''", "`", "<<EOF\n", "<<<EOF\n", "<<~A\n", "--[==[", "[==[", "$a$", `r#"`, `R"x(`, "(*", "{-", "#|", "#=", "#[", "=begin\n", "=pod\n",
		"<!--", "<![CDATA[", "<?php", "?>", "{|", "''", "@\"", "| \n", "a: |\n", "/+", "###", "<#", "__END__", "a = /", "=/[", "\\", "((((", "<<'x", "x'"}
	names := map[*syntax]string{}
	for name, s := range syntaxes {
		names[s] = name
	}
	for s, name := range names {
		for _, o := range openers {
			err := linear.Check(func(times int) { s.comments([]byte(strings.Repeat(o+" ", times*(8<<10)/len(o)))) })
			if err != nil {
				t.Errorf("%s, %q: %v", name, o, err)
			}
		}
	}
}

func FuzzComments(f *testing.F) {
	a, err := txtar.ParseFile("testdata/comments.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		f.Add(file.Name, file.Data)
	}
	f.Fuzz(func(t *testing.T, path string, src []byte) {
		end := 0
		for _, g := range syntaxIn(path, src).comments(src) {
			if g.from < end || g.to <= g.from || g.to > len(src) {
				if len(src) > 0 {
					t.Fatalf("segment %+v after %d, of %d", g, end, len(src))
				}
			}
			if want := 1 + bytes.Count(src[:g.from], []byte{'\n'}); g.line != want {
				t.Fatalf("segment %+v is on line %d", g, want)
			}
			end = g.to
		}
	})
}
