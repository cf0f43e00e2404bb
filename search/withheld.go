// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"slices"
	"strings"

	"communs/indexer"
)

// Withheld is what an answer of a public instance says of code whose licence is not known to be free: how many files were
// not searched, and in which repositories they stand. No code is looked at for it, so no question, however many are
// asked, tells anything of that code: only the question's filters on repository, owner and licence choose the files.
type Withheld struct {
	Files        int                  `json:"files"` // files not searched
	Total        int                  `json:"total"` // repositories that hold them
	Repositories []WithheldRepository `json:"repositories"`
}

// WithheldRepository is a repository with files that were not searched.
type WithheldRepository struct {
	RepositoryInfo
	Withheld int `json:"withheld"` // how many of its files
}

// maxWithheld is how many of these repositories an answer names: those first in whose name, owner, topics, description or
// address most of the question's words stand, then those with the most files.
const maxWithheld = 10

// hiddenRepo is a repository with files whose licence is not known to be free.
type hiddenRepo struct {
	repo  uint32
	files map[uint32]int // by position in generation.licenses
	about string         // what the question's words are looked for in, folded
}

// findHidden lists the repositories with files that a public instance may not show.
func (g *generation) findHidden() (all []hiddenRepo) {
	found := make([]map[uint32]int, len(g.repos))
	for part, s := range g.x.Shards() {
		for blob := range uint32(s.NumBlobs()) {
			for _, at := range g.x.Places(part, blob) {
				if g.mayShow(part, blob, at) {
					continue
				}
				id := g.licenseID(at)
				if found[at.Repo] == nil {
					found[at.Repo] = map[uint32]int{}
				}
				found[at.Repo][id]++
			}
		}
	}
	for _, repo := range g.order {
		if found[repo] == nil {
			continue
		}
		m := g.x.Repos()[repo].Meta()
		about := strings.Join([]string{m.Name, m.Owner, strings.Join(m.Topics, " "), m.Description, m.URL}, "\n")
		all = append(all, hiddenRepo{repo, found[repo], foldRunes([]rune(about))})
	}
	return all
}

// withheld says what the question was not asked of; nil when that is nothing.
func (r *run) withheld() *Withheld {
	type candidate struct {
		hiddenRepo
		n, words int
	}
	var all []candidate
	w := &Withheld{Repositories: []WithheldRepository{}}
	for _, h := range r.g.hidden() {
		c := candidate{hiddenRepo: h}
		for license, n := range h.files {
			if r.mayHold(r.plan.root, h.repo, license) > never {
				c.n += n
			}
		}
		if c.n == 0 {
			continue
		}
		for _, needle := range r.plan.needles {
			if strings.Contains(h.about, needle.folded) {
				c.words++
			}
		}
		w.Files += c.n
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil
	}
	w.Total = len(all)
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.words, a.words), cmp.Compare(b.n, a.n)) })
	for _, c := range all[:min(len(all), maxWithheld)] {
		w.Repositories = append(w.Repositories, WithheldRepository{r.g.repositoryInfo(c.repo), c.n})
	}
	return w
}

// toldCandidates is how many candidates an explanation speaks of. On a public instance only those count that may be shown:
// that a block which may not be was a candidate tells what stands in it.
func (r *run) toldCandidates() (n int) {
	if !r.public {
		return r.candidates
	}
	for _, b := range r.batches {
		s := r.g.x.Shards()[b.part]
		for i := range uint32(b.n) {
			blob := i
			if !b.all {
				blob = b.blocks[i]
			}
			if !r.plan.parsed.inFile {
				blob = s.Block(blob).Blob
			}
			if slices.ContainsFunc(r.g.x.Places(b.part, blob), func(at indexer.Place) bool {
				return r.g.mayShow(b.part, blob, at)
			}) {
				n++
			}
		}
	}
	return n
}

// certainty is what repository and licence alone say of a part of the question.
type certainty int8

const (
	never certainty = iota - 1
	perhaps
	always
)

// mayHold evaluates a part of the question for files of a repository under a licence, whatever their paths and their code.
func (r *run) mayHold(n *planNode, repo, license uint32) certainty {
	var sure bool
	switch {
	case n.op == planMost, n.op != planLeaf && len(n.kids) == 0:
		return perhaps
	case n.op == planNot:
		return -r.mayHold(n.kids[0], repo, license)
	case n.op != planLeaf:
		c := r.mayHold(n.kids[0], repo, license)
		for _, kid := range n.kids[1:] {
			if k := r.mayHold(kid, repo, license); n.op == planAnd {
				c = min(c, k)
			} else {
				c = max(c, k)
			}
		}
		return c
	case r.repoOK[n.leaf] != nil:
		sure = r.repoOK[n.leaf][repo]
	case r.componentOK[n.leaf] != nil && r.componentOK[n.leaf][repo] != nil:
		return perhaps
	case r.componentOK[n.leaf] != nil:
		sure = false
	case r.licenseOK[n.leaf] != nil:
		sure = r.licenseOK[n.leaf][license]
	default:
		return perhaps
	}
	if sure {
		return always
	}
	return never
}
