// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"strings"
	"testing"
)

func TestSnippet(t *testing.T) {
	hit := func(lang, code string) *Hit {
		return &Hit{
			ID: "swh:1:cnt:4ae2ca5b8e3e0d2230683207889bb5096fb522b8;lines=1-2", Repo: "https://forge.example/a/b", Path: "x/y", Commit: "v1",
			Lang: lang, License: "MIT", Copyright: []string{"SPDX-File" + "CopyrightText: 2026 Someone"}, Code: code,
		}
	}
	for _, c := range []struct{ name, lang, code, want string }{
		{"line comments", "Go", "func f() {}\n", "// Begin|// License-Identifier: MIT|// CopyrightText: 2026 Someone|// Origin: https://forge.example/a/b|// Path: x/y|// Commit: v1|// SWHID: swh:1:cnt:4ae2ca5b8e3e0d2230683207889bb5096fb522b8;lines=1-2||func f() {}||// End|"},
		{"enclosed comments", "CSS", "a{}", "/* Begin */|/* License-Identifier: MIT */|/* CopyrightText: 2026 Someone */|/* Origin: https://forge.example/a/b */|/* Path: x/y */|/* Commit: v1 */|/* SWHID: swh:1:cnt:4ae2ca5b8e3e0d2230683207889bb5096fb522b8;lines=1-2 */||a{}||/* End */|"},
	} {
		got, ok := hit(c.lang, c.code).Snippet()
		got = strings.NewReplacer("SPDX-Snippet", "", "SPDX-", "", "\n", "|").Replace(got)
		if !ok || got != c.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", c.name, ok, got, c.want)
		}
	}
	if _, ok := hit("JSON", "{}").Snippet(); ok {
		t.Error("JSON has no comments")
	}
	if got, _ := hit("Go", "a\r\nb\r\n").Snippet(); strings.Count(got, "\n") != strings.Count(got, "\r\n") {
		t.Errorf("line ends are mixed: %q", got)
	}
}

// A name with line ends, the comment's end or invisible characters cannot leave the comment that it stands in.
func TestSnippetHoldsHostileNames(t *testing.T) {
	h := &Hit{Repo: "https://x\nevil()", Path: "a\nevil() */ evil()", Commit: "c\u202eevil", License: "MIT\nevil()", Lang: "CSS", Copyright: []string{"© x\nevil() */ evil()"}}
	got, _ := h.Snippet()
	for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
		if line != "" && (!strings.HasPrefix(line, "/* ") || strings.Index(line, "*/") != len(line)-2 || strings.Contains(line, "\u202e")) {
			t.Errorf("not one comment: %q", line)
		}
	}
}
