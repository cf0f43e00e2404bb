// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"communs/licenses"
)

// A policy that is wrong says where, to the column, and what may stand there.
func TestPolicyFaults(t *testing.T) {
	for text, want := range map[string]string{
		"allow = [":                                         "1:9 syntax",
		"alow = []":                                         "1:1 key alow",
		"\n[licences]\nallow = []":                          "2:2 key licences",
		"allow = \"MIT\"":                                   "1:9 type allow",
		"allow = [\"MIT\", \"MTI\"]":                        "1:18 licence MTI",
		"allow = [\n\"MIT\",\n 3]":                          "3:2 type allow",
		"deny = [\"GPL[*\"]":                                "1:9 pattern GPL[*",
		"deny = [\"MIT OR ISC\"]":                           "1:9 value MIT OR ISC",
		"into = \"MIT AND (ISC\"":                           "1:21 licence MIT AND (ISC",
		"use = \"sell\"":                                    "1:7 value sell",
		"[[exception]]\npath = \"a\"":                       "1:3 missing reason",
		"[[exception]]\npath = \"a\"\nreason = \"r\"":       "1:3 missing expires",
		"[[exception]]\npath = \"a\"\nreason = \" \"":       "3:10 missing reason",
		"[[exception]]\nreason = \"r\"":                     "1:3 scope exception",
		"[[exception]]\npath = \"a\"\npurl = \"pkg:npm/a\"": "1:3 scope exception",
		"[[exception]]\npurl = \"npm:a\"":                   "2:8 value npm:a",
		"[[exception]]\npath = \"a\"\nreason = \"r\"\nexpires = \"soon\"":              "4:11 value soon",
		"[[exception]]\npath = \"a\"\nreason = \"r\"\nrules = [\"x\"]":                 "4:10 value x",
		"[[exception]]\npath = \"a\"\nreason = \"r\"\nexpires = 2030-01-01\nuntil = 1": "5:1 key until",
		"exception = 3": "1:1 type exception",
		"[[curation]]\npath = \"a\"\nreason = \"r\"":                                    "1:3 missing license",
		"[[curation]]\npath = \"a\"\nlicense = \"MIT AND\"":                             "3:19 licence MIT AND",
		"[[curation]]\npath = \"a\"\nlicense = \"MIT\"\nreason = \"r\"\nsha256 = \"0\"": "5:10 value 0",
		"[[curation]]\npath = \"é\"\nlicense = \"MIT\"\nreason = 3":                     "4:10 type reason",
	} {
		_, err := ReadPolicy("p.toml", []byte(text))
		var wrong *PolicyError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got := fmt.Sprintf("%d:%d %s %s", wrong.Line, wrong.Column, wrong.Kind, wrong.Word)
		if wrong.Kind == "syntax" {
			got = fmt.Sprintf("%d:%d %s", wrong.Line, wrong.Column, wrong.Kind)
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestPolicyStanding(t *testing.T) {
	p, err := ReadPolicy("p", []byte("allow = [\"permissive\", \"EUPL-1.2\", \"LGPL-*\"]\ndeny = [\"copyleft\", \"CC-BY-NC*\", \"MIT-0\"]\nreview = [\"GPL-2.0-only WITH Classpath-exception-2.0\"]"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]standing{
		"MIT": standCategory, "EUPL-1.2": standAllowed, "lgpl-2.1-only": standAllowed, "GPL-3.0-only": standDenied, "MIT-0": standDenied,
		"CC-BY-NC-4.0": standDenied, "GPL-2.0-only WITH Classpath-exception-2.0": standReview, "MIT AND GPL-3.0-only": standDenied,
		"MIT OR GPL-3.0-only": standCategory, "LicenseRef-x": standNotAllowed, "LicenseRef-unknown OR EUPL-1.2": standAllowed,
	} {
		e, err := licenses.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.standingOf(e); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestExpiry(t *testing.T) {
	e := Exception{Expires: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	if e.expired(time.Date(2026, 3, 1, 23, 59, 0, 0, time.UTC)) || !e.expired(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Error("an exception holds to the end of its last day, and no longer")
	}
}

func TestScopes(t *testing.T) {
	for _, c := range []struct {
		path, purl, name string
		want             bool
	}{
		{"a/*", "", "a/b", true}, {"a/*", "", "a/b/c", false}, {"a/**", "", "a/b/c", true}, {"**/*.svg", "", "x.svg", true}, {"**/*.svg", "", "a/b/x.svg", true},
		{"a.c", "", "axc", false}, {"", "pkg:npm/a", "pkg:npm/a@1.0", true}, {"", "pkg:npm/a@2.0", "pkg:npm/a@1.0", false}, {"", "pkg:npm/%40x/*", "pkg:npm/%40x/y@1", true},
		{"", "pkg:npm/a", "pkg:npm/ab@1", false},
	} {
		s := scope{Path: c.path, PURL: c.purl, pattern: compile(c.path+c.purl, c.purl != "")}
		got := s.covers("", c.name)
		if c.purl != "" {
			got = s.covers(c.name)
		}
		if got != c.want {
			t.Errorf("%s%s covers %s: %v", c.path, c.purl, c.name, got)
		}
	}
}

// The policy that is shown as an example is one.
func TestPolicyExample(t *testing.T) {
	text, err := os.ReadFile("../../examples/politique-licences.toml")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := ReadPolicy("politique-licences.toml", text); err != nil || len(p.Exceptions) == 0 || len(p.Curations) == 0 {
		t.Error(p, err)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add("allow = [\"MIT\", \"GPL-*\"]\n[[exception]]\npath = \"a/**\"\nreason = \"r\"\nexpires = 2030-01-01\n")
	f.Add("[[curation]]\npurl = \"pkg:npm/a@1\"\nlicense = \"MIT OR\"\n")
	f.Add("exception = [{path = \"a\"}]\na.b.c = 1")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := ReadPolicy("p", []byte(text))
		var wrong *PolicyError
		if err != nil && (!errors.As(err, &wrong) || wrong.Line < 1 || wrong.Line > strings.Count(text, "\n")+2) {
			t.Fatalf("%v", err)
		}
	})
}

func FuzzSnippets(f *testing.F) {
	f.Add([]byte("// SPDX-SnippetBegin\n// SPDX-License-Identifier: MIT\n// SWHID: swh:1:cnt:0\n// SPDX-SnippetEnd\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, s := range readSnippets(text) {
			if s.start < 1 || s.end < s.start {
				t.Fatalf("%+v", s)
			}
			s.part("a")
		}
	})
}
