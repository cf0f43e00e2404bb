// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"main", "cmd/main.go", true},
		{"cmd/main", "cmd/main.go", true},
		{"MAIN", "cmd/main.go", true},
		{"main", "cmd/other.go", false},
		{"*.go", "main.go", true},
		{"*.go", "cmd/main.go", true},
		{"*.go", "cmd/main.gox", false},
		{"*.go", "main.go/readme", false},
		{"/*.go", "cmd/main.go", false},
		{"/*.go", "main.go", true},
		{"cmd/*.go", "cmd/main.go", true},
		{"cmd/*.go", "a/cmd/main.go", true},
		{"cmd/*.go", "cmd/sub/main.go", false},
		{"cmd/**.go", "cmd/sub/main.go", true},
		{"cmd/**/*.go", "cmd/sub/deep/main.go", true},
		{"cmd/**/*.go", "cmd/main.go", true},
		{"/cmd/**", "cmd/a/b", true},
		{"/cmd/**", "x/cmd/a/b", false},
		{"**/test/**", "test/a", true},
		{"**/test/**", "a/test/b", true},
		{"**/test/**", "a/tested/b", false},
		{"ma?n.go", "main.go", true},
		{"ma?n.go", "ma/n.go", false},
		{"é?é.txt", "éàé.txt", true},
		{"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbXbX", false},
		{"https://*/gitea", "https://codeberg.org/gitea", true},
		{"*", "", true},
		{"?", "", false},
	} {
		if got, _ := newGlob(c.pattern, smartCase).match([]byte(c.text), nil); got != c.want {
			t.Errorf("%q on %q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
	if got, _ := newGlob("MAIN", matchCase).match([]byte("cmd/main.go"), nil); got {
		t.Error("case:yes folds")
	}
}

func TestGlobIsNotExponential(t *testing.T) {
	pattern := strings.Repeat("**a*", 40) + "b"
	if got, _ := newGlob(pattern, smartCase).match([]byte(strings.Repeat("a", 2000)), nil); got {
		t.Error("matched")
	}
}
