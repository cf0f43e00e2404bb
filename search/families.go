// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"communs/indexer"
)

// A fork or a mirror is no second, independent repository. It belongs to the family of the one that it comes from, as long as that one is in the
// index too: what both hold is a copy in a fork, which counts neither in the ranking nor among the other places where a block stands; their hits
// count together where a page lets others come in between; a question for repositories gives the one and says how many forks it has.
// What only the fork holds is found as anything else is, and says whose fork it stands in.
//
// That a repository comes from another is known from its forge, which names its parent; where it says no more than that it is a fork, from what it
// holds; and from the commit: of two repositories with the same commit one comes from the other.

// Of a fork whose forge does not name the parent so many files are looked at; the parent is the one that has at least half of them.
const (
	familySample = 100
	familyShare  = 0.5
)

// findFamilies gives each repository the one that it comes from in the end: itself when that is none here.
func (g *generation) findFamilies() {
	repos := g.x.Repos()
	g.family, g.forks = make([]uint32, len(repos)), map[uint32]int{}
	named := make(map[string]uint32, len(repos))
	for i, o := range repos {
		for _, old := range o.Meta().Aliases {
			named[spelling(old)] = uint32(i)
		}
	}
	for i, o := range repos {
		named[spelling(o.Meta().URL)] = uint32(i)
		g.family[i] = uint32(i)
	}
	for _, same := range g.sameCommit() {
		for _, i := range same[1:] {
			g.family[i] = same[0]
		}
	}
	for i, o := range repos {
		m := o.Meta()
		of := cmp.Or(m.Parent, m.MirrorOf)
		at, here := named[spelling(of)]
		if of == "" && m.Fork && g.family[i] == uint32(i) {
			at, here = g.likeliestParent(uint32(i))
		}
		if here {
			g.family[i] = at
		}
	}
	for i := range repos {
		at := g.family[i]
		for steps := 0; g.family[at] != at && steps < len(repos); steps++ {
			at = g.family[at]
		}
		if g.family[at] != at { // they name each other
			at = uint32(i)
		}
		g.family[i] = at
		if at == uint32(i) {
			continue
		}
		if g.forks[at]++; !repos[i].Meta().Fork { // a fork that its forge calls one was ranked down already
			g.repos[i].liveness = round(g.repos[i].liveness / 2)
		}
	}
}

// spelling is what the usual spellings of an address have in common.
func spelling(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		rest = url
	}
	host, path, _ := strings.Cut(rest, "/")
	return strings.ToLower(host) + "/" + strings.TrimSuffix(strings.TrimSuffix(path, "/"), ".git")
}

// sameCommit gives the repositories whose mirrors hold the same commit: first the one that the others come from, as far as one can tell.
func (g *generation) sameCommit() (list [][]uint32) {
	repos, at := g.x.Repos(), map[string]int{}
	for i, o := range repos {
		m := o.Meta()
		if m.Commit == "" || m.Version != "" {
			continue
		}
		n, known := at[m.Commit]
		if !known {
			n = len(list)
			at[m.Commit], list = n, append(list, nil)
		}
		list[n] = append(list[n], uint32(i))
	}
	follows := func(m *indexer.RepoMeta) int {
		if m.Fork || m.Parent != "" || m.MirrorOf != "" {
			return 1
		}
		return 0
	}
	seen := func(t time.Time) int64 { return t.Unix() }
	for _, same := range list {
		slices.SortFunc(same, func(a, b uint32) int {
			x, y := repos[a].Meta(), repos[b].Meta()
			return cmp.Or(cmp.Compare(follows(x), follows(y)), cmp.Compare(seen(x.FirstSeen), seen(y.FirstSeen)), cmp.Compare(x.URL, y.URL))
		})
	}
	return list
}

// likeliestParent is the repository that holds most of what a fork does, if it is half of it.
func (g *generation) likeliestParent(fork uint32) (uint32, bool) {
	o := g.x.Repos()[fork]
	looked, shared := 0, map[uint32]int{}
	for row := uint32(0); int(row) < o.Len() && looked < familySample; row += uint32(o.Len()/familySample + 1) {
		part, blob, ok := g.x.Lookup(o.Hash(row))
		if !ok {
			continue
		}
		looked++
		last := fork
		for _, p := range g.x.Places(part, blob) {
			if p.Repo != last && p.Repo != fork && !g.x.Repos()[p.Repo].Meta().Fork {
				shared[p.Repo]++
			}
			last = p.Repo
		}
	}
	best, most := uint32(0), 0
	for repo, n := range shared {
		if n > most || n == most && g.repos[repo].rank < g.repos[best].rank {
			best, most = repo, n
		}
	}
	return best, looked > 0 && float64(most) >= familyShare*float64(looked)
}

// inFork reports whether a place is a copy in a fork: that what it comes from holds the same.
func (g *generation) inFork(at indexer.Place, holds func(repo uint32) bool) bool {
	root := g.family[at.Repo]
	return root != at.Repo && holds(root)
}

// independent counts the places of a blob without its copies in forks.
func (g *generation) independent(part int, blob uint32) int {
	places := g.x.Places(part, blob)
	n := len(places)
	if len(g.forks) == 0 || n == 1 {
		return n
	}
	holds := func(repo uint32) bool {
		_, found := slices.BinarySearchFunc(places, repo, func(p indexer.Place, r uint32) int { return cmp.Compare(p.Repo, r) })
		return found
	}
	for _, p := range places {
		if g.inFork(p, holds) {
			n--
		}
	}
	return n
}

// upstream is the address of the repository here that another one comes from; empty when it comes from none.
func (g *generation) upstream(repo uint32) string {
	if root := g.family[repo]; root != repo {
		return g.x.Repos()[root].Meta().URL
	}
	return ""
}
