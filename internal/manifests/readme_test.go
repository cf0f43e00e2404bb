// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSummary(t *testing.T) {
	for name, c := range map[string][2]string{
		"markdown": {"# Name\n\n[![Build](https://x/y.svg)](https://x) ![z](a.png)\n\n**Name** reads [dates](https://x)\nand `times`.\n\nMore.\n", "Name reads dates and times."},
		"html":     {"<h1 align=\"center\">\n  Name\n</h1>\n<p align=\"center\">A tool that does things.</p>\n\n## Use\n", "Name A tool that does things."},
		"rst":      {"Name\n====\n\n.. image:: x.png\n   :target: y\n\nReads :class:`Date` values, see `here <https://x>`_.\n", "Reads Date values, see here."},
		"code":     {"# Name\n\n```sh\nmake install of things\n```\n\n- a list of things\n- more of them\n\nWhat it is about.\n", "What it is about."},
		"asciidoc": {"= Name\n:toc:\n\nWhat it is about.\n\n== More\n", "What it is about."},
		"short":    {"# Name\n\nSoon.\n", ""},
		"lead-in":  {"# Name\n\nInstall it like this:\n\n    make\n\nIt is a program of its own.\n", "It is a program of its own."},
		"heading":  {"Name of the thing\n---\n\nIt is a program of its own.", "It is a program of its own."},
		"empty":    {"", ""},
	} {
		if got := Summary([]byte(c[0])); got != c[1] {
			t.Errorf("%s: got %q, want %q", name, got, c[1])
		}
	}
	for name, want := range map[string]bool{"README": true, "a/ReadMe.md": true, "README.fr.md": false, "readme.go": false, "READMES": false} {
		if IsReadme(name) != want {
			t.Errorf("IsReadme(%q) is %v", name, !want)
		}
	}
}

func FuzzSummary(f *testing.F) {
	f.Add([]byte("# a\n\n[![b](c)](d)\n\ntext of <b>it</b>: `x <y>`_"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s := Summary(text); !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r") || utf8.RuneCountInString(s) > maxDescription {
			t.Errorf("%q", s)
		}
	})
}
