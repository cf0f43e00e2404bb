// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"communs/indexer"
)

// With type:repo a question asks for repositories: its terms are looked for in their names, owners, topics, descriptions
// and addresses.

// checkRepos refuses filters that say nothing of a repository.
func (p *parser) checkRepos(root node) (err error) {
	leaves(root, false, func(n node, _ bool) {
		f, ok := n.(*filterNode)
		if err == nil && ok && (f.field == fieldLang || f.field == fieldPath || f.field == fieldKind) {
			err = p.fail(f.span, "repo-filter", f.field.name()+":")
		}
	})
	return err
}

// repoText is what is searched of a repository.
type repoText struct {
	lines  []byte // name, owner, topics, description and address, a line each
	name   []byte // folded
	fields [numRepoFields]map[string]bool
}

type repoField int

const (
	repoName repoField = iota
	repoTopics
	repoDescription
	repoOwner
	numRepoFields
)

// repoRanking gives each term of a repository's score its name and its weight.
var repoRanking = [numRepoFields + 1]struct {
	name   string
	weight float64
}{{"name", 4}, {"topics", 2}, {"description", 1}, {"owner", 1}, {"liveness", 0.5}}

func newRepoText(m *indexer.RepoMeta, words *indexer.Tokenizer) *repoText {
	texts := [numRepoFields]string{m.Name, strings.Join(m.Topics, " "), m.Description, m.Owner}
	t := &repoText{name: indexer.Fold(nil, []byte(m.Name))}
	for i, text := range texts {
		text = strings.Join(strings.Fields(text), " ")
		t.lines = append(append(t.lines, text...), '\n')
		t.fields[i] = map[string]bool{}
		terms, _ := words.Tokenize([]byte(text), false)
		for _, term := range terms {
			t.fields[i][term.Term] = true
		}
	}
	t.lines = append(t.lines, m.URL...)
	return t
}

// repoMatch is one repository that answers.
type repoMatch struct {
	repo   uint32
	values [numRepoFields + 1]float64
	score  float64
}

// repoRun decides about repositories, one after the other.
type repoRun struct {
	g     *generation
	plan  *plan
	words *indexer.Tokenizer
	stop  atomic.Bool
	text  *repoText
	found repoMatch
	terms int // positive words and texts
}

// findRepos gives the repositories that answer, the best first.
func (g *generation) findRepos(q *Parsed) ([]repoMatch, error) {
	r := &repoRun{g: g, words: indexer.NewTokenizer()}
	if q.root != nil {
		var err error
		if r.plan, err = newPlan(q, nil); err != nil {
			return nil, err
		}
	}
	var out []repoMatch
	for i, o := range g.x.Repos() {
		r.text = newRepoText(o.Meta(), r.words)
		r.found, r.terms = repoMatch{repo: uint32(i)}, 0
		if r.plan != nil && !r.holds(r.plan.root, false) {
			continue
		}
		m := r.found
		for f := range numRepoFields {
			m.values[f] = round(m.values[f] / float64(max(1, r.terms)))
		}
		m.values[numRepoFields] = g.repos[i].liveness
		for f, v := range m.values {
			m.score += v * repoRanking[f].weight
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b repoMatch) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(g.repos[a.repo].rank, g.repos[b.repo].rank))
	})
	return out, nil
}

func (r *repoRun) holds(n *planNode, negated bool) bool {
	switch n.op {
	case planAnd:
		for _, kid := range n.kids {
			if !r.holds(kid, negated) {
				return false
			}
		}
		return true
	case planOr: // all are asked, since each adds to the score
		ok := false
		for _, kid := range n.kids {
			ok = r.holds(kid, negated) || ok
		}
		return ok
	case planNot:
		return !r.holds(n.kids[0], !negated)
	}
	return r.leaf(r.plan.leaves[n.leaf])
}

func (r *repoRun) leaf(l *leaf) (ok bool) {
	m := r.g.x.Repos()[r.found.repo].Meta()
	switch {
	case l.scope == scopeWords:
		return r.word(l)
	case l.text != nil:
		if ok, _ = l.text.match(r.text.lines, textFacts{latin1: true}, &r.stop); ok && !l.negated {
			r.terms++
			if named, _ := l.text.match([]byte(m.Name), textFacts{latin1: true}, &r.stop); named {
				r.found.values[repoName]++
			} else {
				r.found.values[repoDescription]++
			}
		}
		return ok
	case l.license != nil:
		return l.license(newLicenseFacts(m.License).expression)
	}
	text := m.URL
	switch l.field {
	case fieldOwner:
		text = m.Owner
	case fieldName:
		text = m.Name
	}
	ok, _ = l.glob.match([]byte(text), nil)
	return ok
}

// word looks for a word in the fields, each of its parts in any of them. In the name it may be within a longer word.
func (r *repoRun) word(l *leaf) bool {
	var values [numRepoFields]float64
	folded := indexer.Fold(nil, []byte(l.said))
	switch {
	case bytes.Equal(r.text.name, folded):
		values[repoName] = 1
	case bytes.Contains(r.text.name, folded):
		values[repoName] = 0.5
	}
	ok := values[repoName] > 0
	if !ok {
		for _, part := range l.terms.Parts {
			found := false
			for f := range numRepoFields {
				if r.text.fields[f][part] {
					values[f] += 1 / float64(len(l.terms.Parts))
					found = true
				}
			}
			if !found {
				return false
			}
		}
		ok = true
	}
	if !l.negated {
		r.terms++
		for f := range numRepoFields {
			r.found.values[f] += values[f]
		}
	}
	return ok
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
		Fork: m.Fork, Archived: m.Archived, Topics: topics, Files: o.Len(), Blocks: g.repos[repo].blocks,
	}
}

// repoPage makes a page of repositories.
func (g *generation) repoPage(found []repoMatch, offset, n int) (page []RepositoryInfo, more bool) {
	offset = min(offset, len(found))
	end := len(found)
	if n > 0 {
		end = min(end, offset+n)
	}
	for _, m := range found[offset:end] {
		info := g.repositoryInfo(m.repo)
		info.Score = m.score
		for f, v := range m.values {
			if v != 0 {
				info.Why = append(info.Why, Term{repoRanking[f].name, v, repoRanking[f].weight})
			}
		}
		page = append(page, info)
	}
	return page, end < len(found)
}
