// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"slices"
	"strings"

	"communs/indexer"
)

// With type:repo a question asks for repositories: its terms are looked for in their names, owners, topics, descriptions
// and addresses.

// repoFields are what is searched of a repository, with what each is worth, see docs/ranking.md.
var repoFields = recordFields{{"name", 4}, {"topics", 2}, {"description", 1}, {"owner", 1}}

// repoLiveness is what a live repository is worth.
const repoLiveness = 0.5

// findRepos gives the repositories that answer, the best first.
func (g *generation) findRepos(q *Parsed) ([]recordMatch, error) {
	r, err := newRecordRun(q, nil, repoFields)
	if err != nil {
		return nil, err
	}
	words := indexer.NewTokenizer()
	for i, o := range g.x.Repos() {
		m := o.Meta()
		topics, description := oneLineOf(strings.Join(m.Topics, " ")), oneLineOf(m.Description)
		r.record = newRecord(words, m.Name, "", topics, description, m.Owner)
		r.lines = []string{oneLineOf(m.Name), topics, description, oneLineOf(m.Owner), m.URL}
		r.filter = func(l *leaf) bool {
			if l.license != nil {
				return l.license(newLicenseFacts(m.License).expression)
			}
			if l.field == fieldRepo && slices.ContainsFunc(m.Aliases, l.glob.has) {
				return true
			}
			return l.glob.has(map[field]string{fieldOwner: m.Owner, fieldName: m.Name, fieldRepo: m.URL}[l.field])
		}
		r.answer(i, Term{"liveness", g.repos[i].liveness, repoLiveness})
	}
	found := r.best(func(a, b int) int { return cmp.Compare(g.repos[a].rank, g.repos[b].rank) })
	before := map[uint32]bool{}
	return slices.DeleteFunc(found, func(m recordMatch) bool { // the one that it comes from answers better, and says how many forks it has
		before[uint32(m.at)] = true
		root := g.family[m.at]
		return root != uint32(m.at) && before[root]
	}), nil
}

// repositoryInfo is what every page says of a repository.
func (g *generation) repositoryInfo(repo uint32) RepositoryInfo {
	o := g.x.Repos()[repo]
	m := o.Meta()
	license := newLicenseFacts(m.License)
	topics := m.Topics
	if topics == nil {
		topics = []string{}
	}
	return RepositoryInfo{
		URL: m.URL, Name: m.Name, Owner: m.Owner, Description: m.Description, Homepage: m.Homepage,
		Commit: m.Commit, Version: m.Version, Time: m.Time, FirstSeen: m.FirstSeen,
		License: license.text, Libre: license.libre, LibreGround: license.ground,
		Fork: m.Fork, Parent: m.Parent, MirrorOf: m.MirrorOf, ForkOf: g.upstream(repo), Forks: g.forks[repo], Aliases: m.Aliases, Note: m.Note, Archived: m.Archived, Topics: topics, Files: o.Len(), Blocks: g.repos[repo].blocks,
	}
}

// repoPage makes a page of repositories.
func (g *generation) repoPage(found []recordMatch) (page []RepositoryInfo) {
	for _, m := range found {
		info := g.repositoryInfo(uint32(m.at))
		info.Score, info.Why = m.score, m.why
		page = append(page, info)
	}
	return page
}
