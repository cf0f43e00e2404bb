// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"communs/crawler"
)

const (
	parent  = "https://forge.example/team/server"
	another = "https://forge.example/alone/tool"
)

// withForks is a repository, one that has copied a file of it, and what is listed of forks.
func withForks(forks ...crawler.Repository) []repo {
	list := []repo{
		{Repository: crawler.Repository{URL: parent, Name: "server", Owner: "team", Topics: []string{"web"}}, files: map[string]string{"server.go": serverGo, "README.md": "# Server\n\nIt serves.\n"}},
		{Repository: crawler.Repository{URL: another, Name: "tool", Owner: "alone"}, files: map[string]string{"copied.go": serverGo, "a.go": "package a\n\nfunc Alone() {}\n"}},
	}
	for i, r := range forks {
		list = append(list, repo{Repository: r, files: map[string]string{"server.go": serverGo, "README.md": "# Server\n\nIt serves.\n",
			"own.go": fmt.Sprintf("package server\n\nfunc OnlyInFork%d() {}\n", i)}})
	}
	return list
}

// TestAForkIsNoIndependentRepository: however it is known that it is one.
func TestAForkIsNoIndependentRepository(t *testing.T) {
	ctx := context.Background()
	plain := newIndex(t, withForks()...)
	for name, fork := range map[string]crawler.Repository{
		"its forge names the parent":                 {Fork: true, Parent: parent},
		"under another spelling":                     {Fork: true, Parent: "http://Forge.Example/team/server.git"},
		"its forge says only that it is one":         {Fork: true},
		"it follows the other":                       {MirrorOf: parent},
		"its forge names a parent under an old name": {Fork: true, Parent: "https://forge.example/team/old-name"},
	} {
		t.Run(name, func(t *testing.T) {
			// The address comes before the parent's, so that an order by addresses would show the fork.
			fork.URL, fork.Name, fork.Owner = "https://forge.example/a/server", "server", "forker"
			list := withForks(fork)
			list[0].aliases = []string{"https://forge.example/team/old-name"}
			l := newIndex(t, list...)
			const q = `"parseDateHeader reads"`
			before, err := plain.Search(ctx, Query{Text: q, N: 10, Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			page, err := l.Search(ctx, Query{Text: q, N: 10, Explain: true})
			if err != nil || len(page.Hits) != 1 {
				t.Fatalf("%+v, %v", page, err)
			}
			h := page.Hits[0]
			if h.Repo == fork.URL || h.ForkOf != "" || h.Copies != 3 || h.ForkCopies != 1 || before.Hits[0].ForkCopies != 0 {
				t.Errorf("%s, fork of %q, %d copies, %d in forks", h.Repo, h.ForkOf, h.Copies, h.ForkCopies)
			}
			if last := h.Occurrences[2]; last.Repo != fork.URL || last.ForkOf != parent {
				t.Errorf("the fork is not the last: %+v", h.Occurrences)
			}
			for _, term := range h.Why {
				for _, was := range before.Hits[0].Why {
					if term.Term == "copies" && was.Term == "copies" && term.Value != was.Value {
						t.Errorf("a fork counts as a copy: %v, %v without it", term.Value, was.Value)
					}
				}
			}
			own, err := l.Search(ctx, Query{Text: "OnlyInFork0", N: 10})
			if err != nil || len(own.Hits) != 1 || own.Hits[0].Repo != fork.URL || own.Hits[0].ForkOf != parent {
				t.Errorf("what only the fork holds: %+v, %v", own, err)
			}
			found, err := l.Search(ctx, Query{Text: "server type:repo", N: 10})
			if err != nil || len(found.Repositories) != 1 || found.Repositories[0].URL != parent || found.Repositories[0].Forks != 1 {
				t.Errorf("%+v, %v", found.Repositories, err)
			}
			if found, err = l.Search(ctx, Query{Text: "owner:forker type:repo", N: 10}); err != nil || len(found.Repositories) != 1 || found.Repositories[0].ForkOf != parent {
				t.Errorf("asked for by itself: %+v, %v", found.Repositories, err)
			}
		})
	}
}

// TestForksAreFoldedInLists: each is listed under what it comes from, and by itself to who asks for it, or for what its owner has.
func TestForksAreFoldedInLists(t *testing.T) {
	const one, two, far = "https://forge.example/a/server", "https://forge.example/b/server", "https://forge.example/team/again"
	l := newIndex(t, withForks(crawler.Repository{URL: one, Owner: "a", Fork: true, Parent: parent}, crawler.Repository{URL: two, Owner: "b", Fork: true, Parent: one},
		crawler.Repository{URL: far, Owner: "team", Fork: true, Parent: parent})...)
	for _, c := range []struct {
		q      RepositoryQuery
		list   []string
		folded int
	}{
		{RepositoryQuery{}, []string{another, parent}, 3},
		{RepositoryQuery{Forks: true}, []string{one, another, two, far, parent}, 0},
		{RepositoryQuery{ForkOf: parent}, []string{one, two, far}, 0},
		{RepositoryQuery{ForkOf: parent, After: one, N: 1}, []string{two}, 0},
		{RepositoryQuery{ForkOf: parent, Owner: "team"}, []string{far}, 0},
		{RepositoryQuery{ForkOf: another}, nil, 0},
		{RepositoryQuery{Owner: "b"}, []string{two}, 0},
		{RepositoryQuery{Owner: "team"}, []string{parent}, 1},
		{RepositoryQuery{N: 1}, []string{another}, 3},
		{RepositoryQuery{N: 1, After: another}, []string{parent}, 3},
	} {
		page, err := l.Repositories(context.Background(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range page.Repositories {
			got = append(got, r.URL)
			if r.URL == parent && r.Forks != 3 || r.URL == two && r.ForkOf != parent {
				t.Errorf("%+v: %s has %d forks, is one of %q", c.q, r.URL, r.Forks, r.ForkOf)
			}
		}
		if !slices.Equal(got, c.list) || page.Folded != c.folded {
			t.Errorf("%+v: %v, %d folded; want %v, %d", c.q, got, page.Folded, c.list, c.folded)
		}
	}
	if _, err := l.Repositories(context.Background(), RepositoryQuery{ForkOf: "https://nowhere"}); err == nil {
		t.Error("lists the forks of nothing")
	}
}

// TestFamiliesThatCannotBe: what forges say may be a circle, or nothing.
func TestFamiliesThatCannotBe(t *testing.T) {
	const a, b = "https://forge.example/a/a", "https://forge.example/b/b"
	list := withForks(crawler.Repository{URL: a, Fork: true, Parent: b}, crawler.Repository{URL: b, Fork: true, Parent: a},
		crawler.Repository{URL: "https://forge.example/c/c", Fork: true, Parent: "https://forge.example/not/here"},
		crawler.Repository{URL: "https://forge.example/d/d", Fork: true, Parent: "https://forge.example/d/d"})
	list = append(list, repo{Repository: crawler.Repository{URL: "https://forge.example/e/e", Fork: true}, files: map[string]string{"x.go": "package x\n\nfunc Else() {}\n"}},
		repo{Repository: crawler.Repository{URL: "https://forge.example/f/f", Fork: true}})
	g, err := newIndex(t, list...).acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer g.release()
	for i := range g.family {
		if root := g.family[i]; g.family[root] != root {
			t.Errorf("%d leads to %d, which leads to %d", i, root, g.family[root])
		}
	}
	for _, url := range []string{parent, another, "https://forge.example/c/c", "https://forge.example/d/d", "https://forge.example/e/e", "https://forge.example/f/f"} {
		i, err := g.repository(url)
		if err != nil || g.family[i] != i {
			t.Errorf("%s is taken for a fork of %s, %v", url, g.upstream(i), err)
		}
	}
}

// TestTheSameCommitIsTheSameHistory: of two repositories with one commit, one comes from the other.
func TestTheSameCommitIsTheSameHistory(t *testing.T) {
	list := withForks(crawler.Repository{URL: "https://elsewhere.example/x/server"})
	list[0].commit, list[2].commit = "1111111111111111111111111111111111111111", "1111111111111111111111111111111111111111"
	g, err := newIndex(t, list...).acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer g.release()
	one, _ := g.repository(parent)
	other, _ := g.repository("https://elsewhere.example/x/server")
	if g.family[one] != g.family[other] {
		t.Error("they are two families")
	}
}
