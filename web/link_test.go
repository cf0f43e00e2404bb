// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/url"
	"strings"
	"testing"

	"communs/internal/words"
)

func TestRepositoryPaths(t *testing.T) {
	for _, c := range []struct{ repo, file, want string }{
		{"https://github.com/a/b", "x/y.go", "github.com/a/b/-/x/y.go"},
		{"https://github.com/a/b", "", "github.com/a/b"},
		{"https://pkg.go.dev/golang.org/x/net@v0.57.0", "html/a b.go", "pkg.go.dev/golang.org/x/net@v0.57.0/-/html/a%20b.go"},
		{"http://git.local/a", "f", "http:/git.local/a/-/f"},
		{"file:///srv/git/a", "f", "file:/srv/git/a/-/f"},
		{"/srv/git/a", "f", "=%2Fsrv%2Fgit%2Fa/-/f"},
		{"https://x/a/-/b", "f", "=https:%2F%2Fx%2Fa%2F-%2Fb/-/f"},
		{"https://x/a/", "f", "=https:%2F%2Fx%2Fa%2F/-/f"},
		{"https://x/a", "-/-/-", "x/a/-/-/-/-"},
		{"https://x/a", "../%2e/é\n?#", "x/a/-/%2E%2E/%252e/%C3%A9%0A%3F%23"},
		{"git@host:a/b", "f", "=git@host:a%2Fb/-/f"},
	} {
		got := repositoryPath(c.repo)
		if c.file != "" {
			got += "/-/" + escape(c.file)
		}
		if got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.repo, c.file, got, c.want)
		}
		repo, file, err := parseRepositoryPath(got)
		if err != nil || repo != c.repo || file != c.file {
			t.Errorf("%s comes back as %q, %q, %v", got, repo, file, err)
		}
	}
}

func TestLinks(t *testing.T) {
	fr, en := linker{lang: words.French}, linker{lang: words.English, keep: true}
	id := "swh:1:cnt:0123456789012345678901234567890123456789;lines=10-42"
	for _, c := range []struct{ got, want string }{
		{fr.block(id), "/code/" + id},
		{en.block(id), "/code/" + id + "?lang=en"},
		{fr.repositories(""), "/depots"},
		{en.repositories("https://x/y"), "/repositories?after=https%3A%2F%2Fx%2Fy&lang=en"},
		{fr.file("https://x/a", "b", 251), "/depots/x/a/-/b?part=2#L251"},
		{en.file("https://x/a", "b", 10), "/repositories/x/a/-/b?lang=en#L10"},
		{fr.owner("a/b c", ""), "/proprietaires/a/b%20c"},
		{fr.search("a b", "into", "", "after", "c"), "/code?after=c&q=a+b"},
		{archive(id), "https://archive.softwareheritage.org/" + id},
		{outside("javascript:alert(1)"), ""},
		{outside("https://x/a b"), "https://x/a%20b"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

// FuzzRepositoryPath: every address and file come back from their path, even after a browser has parsed it.
func FuzzRepositoryPath(f *testing.F) {
	f.Add("https://github.com/a/b", "x/../y")
	f.Add("=x/-/", "\xff\n;%2F")
	f.Fuzz(func(t *testing.T, repo, file string) {
		if repo == "" {
			return
		}
		path := "/depots/" + repositoryPath(repo)
		if file != "" {
			path += "/-/" + escape(file)
		}
		u, err := url.Parse("http://localhost" + path)
		if err != nil {
			t.Fatalf("%q: %v", path, err)
		}
		gotRepo, gotFile, err := parseRepositoryPath(strings.TrimPrefix(u.EscapedPath(), "/depots/"))
		if err != nil || gotRepo != repo || gotFile != file {
			t.Errorf("%q, %q → %s → %q, %q, %v", repo, file, path, gotRepo, gotFile, err)
		}
	})
}
