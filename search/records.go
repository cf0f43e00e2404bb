// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"sync/atomic"

	"communs/indexer"
	"communs/internal/manifests"
)

// A record is what is found by what is written about it: a repository, a component. Every term of the question must stand in one of
// its fields; the first of them is its name.

// recordFields names the fields and says what each is worth.
type recordFields []recordField

type recordField struct {
	name   string
	weight float64
}

// record is what is searched of one of them.
type record struct {
	name  []byte   // folded
	short []byte   // the last part of the name, folded: what people call it
	terms []uint64 // sorted: sum of a term and of the field where it stands
}

func newRecord(words *indexer.Tokenizer, name, short string, fields ...string) *record {
	r := &record{name: indexer.Fold(nil, []byte(name)), short: indexer.Fold(nil, []byte(short))}
	for i, text := range append([]string{name}, fields...) {
		terms, _ := words.Tokenize([]byte(text), false)
		for _, t := range terms {
			r.terms = append(r.terms, termIn(t.Term, i))
		}
	}
	slices.Sort(r.terms)
	return r
}

func termIn(term string, field int) uint64 {
	h := fnv.New64a()
	h.Write([]byte(term))
	return h.Sum64()<<3 | uint64(field)
}

func (r *record) has(term string, field int) bool {
	_, ok := slices.BinarySearch(r.terms, termIn(term, field))
	return ok
}

// recordMatch is one record that answers.
type recordMatch struct {
	at    int
	score float64
	why   []Term
}

// recordRun decides about records, one after the other.
type recordRun struct {
	plan   *plan // nil when all are asked for
	fields recordFields
	stop   atomic.Bool

	record *record
	lines  []string // what exact texts and regular expressions are looked for in; the first is the name
	filter func(l *leaf) bool

	values []float64
	terms  int // positive words and texts
	found  []recordMatch
}

func newRecordRun(q *Parsed, extra *expansion, fields recordFields) (r *recordRun, err error) {
	r = &recordRun{fields: fields, values: make([]float64, len(fields))}
	if q.root != nil {
		r.plan, err = newPlan(q, extra)
	}
	return r, err
}

// answer keeps the current record when it answers; more are the terms of its score that no word decides.
func (r *recordRun) answer(at int, more ...Term) {
	r.terms = 0
	clear(r.values)
	if r.plan != nil && !r.holds(r.plan.root, false) {
		return
	}
	m := recordMatch{at: at}
	var terms []Term
	for f, v := range r.values {
		terms = append(terms, Term{r.fields[f].name, round(v / float64(max(1, r.terms))), r.fields[f].weight})
	}
	for _, t := range append(terms, more...) {
		if t.Value != 0 {
			m.why = append(m.why, t)
			m.score += t.Value * t.Weight
		}
	}
	r.found = append(r.found, m)
}

// best gives what answers, the best first; order decides between equal ones.
func (r *recordRun) best(order func(a, b int) int) []recordMatch {
	slices.SortFunc(r.found, func(a, b recordMatch) int { return cmp.Or(cmp.Compare(b.score, a.score), order(a.at, b.at)) })
	return r.found
}

func (r *recordRun) holds(n *planNode, negated bool) bool {
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
	l := r.plan.leaves[n.leaf]
	switch {
	case l.scope == scopeWords:
		return r.word(l)
	case l.text != nil:
		return r.text(l)
	}
	return r.filter(l)
}

// text looks for exact text or a regular expression. Outside of the name it counts as a word of the description does.
func (r *recordRun) text(l *leaf) bool {
	inLine := func(s string) bool {
		ok, _ := l.text.match([]byte(s), textFacts{latin1: true}, &r.stop)
		return ok
	}
	at := slices.IndexFunc(r.lines, inLine)
	if at < 0 {
		return false
	}
	if !l.negated {
		r.terms++
		if at > 0 {
			at = slices.IndexFunc(r.fields, func(f recordField) bool { return f.name == "description" })
		}
		r.values[at]++
	}
	return true
}

// word looks for a word, or for one of its translations, which counts less.
func (r *recordRun) word(l *leaf) bool {
	best, ok := r.stands(l.said, l.terms.Parts)
	for _, o := range l.others {
		values, also := r.stands("", o.terms.Parts)
		for f := range values {
			values[f] *= o.weight
		}
		if also && (!ok || r.worth(values) > r.worth(best)) {
			best, ok = values, true
		}
	}
	if ok && !l.negated {
		r.terms++
		for f, v := range best {
			r.values[f] += v
		}
	}
	return ok
}

func (r *recordRun) worth(values []float64) (sum float64) {
	for f, v := range values {
		sum += v * r.fields[f].weight
	}
	return sum
}

// stands looks for a word in the fields, each of its parts in any of them. In the name it may be within a longer word.
func (r *recordRun) stands(said string, parts []string) (values []float64, ok bool) {
	values = make([]float64, len(r.fields))
	if folded := indexer.Fold(nil, []byte(said)); len(folded) > 0 {
		switch {
		case bytes.Equal(r.record.name, folded), bytes.Equal(r.record.short, folded):
			values[0] = 1
		case bytes.Contains(r.record.name, folded):
			values[0] = 0.5
		}
	}
	if values[0] > 0 {
		return values, true
	}
	for _, part := range parts {
		found := false
		for f := range r.fields {
			if r.record.has(part, f) {
				share := 1 / float64(len(parts))
				if f == 0 {
					share /= 2
				}
				values[f] += share
				found = true
			}
		}
		if !found {
			return values, false
		}
	}
	return values, len(parts) > 0
}

// has tells whether a text has the pattern.
func (g *glob) has(text string) bool {
	ok, _ := g.match([]byte(text), nil)
	return ok
}

// paged cuts a page out of what answers.
func paged(found []recordMatch, offset, n int) (page []recordMatch, more bool) {
	offset = min(offset, len(found))
	end := len(found)
	if n > 0 {
		end = min(end, offset+n)
	}
	return found[offset:end], end < len(found)
}

// oneLineOf joins the words of a text by spaces.
func oneLineOf(text string) string { return strings.Join(strings.Fields(text), " ") }

// ecosystemNamed reads the value of kind: where components are asked for: as package URLs have it, or as people say.
func ecosystemNamed(value string) (string, bool) {
	value = plain(value)
	for _, name := range [][2]string{{"go", "golang"}, {"python", "pypi"}, {"rust", "cargo"}, {"crates", "cargo"}, {"ruby", "gem"}, {"rubygems", "gem"},
		{"packagist", "composer"}, {"gradle", "maven"}, {"debian", "deb"}, {"cabal", "hackage"}, {"dart", "pub"}, {"elixir", "hex"}, {"r", "cran"}, {"node", "npm"}} {
		if value == name[0] {
			value = name[1]
		}
	}
	return value, slices.Contains(manifests.Ecosystems(), value)
}

// failKind refuses a value of kind:, with those that what is asked for may have.
func (p *parser) failKind() error {
	value := strings.Trim(p.text[p.wrongKind.start:p.wrongKind.end], `"`)
	if p.parsed.want == wantComponents {
		return p.fail(p.wrongKind, "ecosystem", value, strings.Join(manifests.Ecosystems(), ", "))
	}
	return p.fail(p.wrongKind, "kind", value, strings.Join(kindWords(), ", "))
}

// checkFilters refuses filters that say nothing of what is asked for.
func (p *parser) checkFilters(root node) (err error) {
	leaves(root, false, func(n node, _ bool) {
		f, ok := n.(*filterNode)
		if err != nil || !ok {
			return
		}
		_, isKind := indexer.ParseKind(f.value)
		switch {
		case p.parsed.want == wantRepos && (f.field == fieldLang || f.field == fieldPath || f.field == fieldKind || f.field == fieldComponent):
			err = p.fail(f.span, "repo-filter", f.field.name()+":")
		case f.field != fieldKind:
		case p.wrongKind != span{}:
			err = p.failKind()
		case p.parsed.want == wantComponents && isKind:
			err = p.fail(f.span, "component-kind", f.value, strings.Join(manifests.Ecosystems(), ", "))
		case p.parsed.want == wantBlocks && !isKind:
			err = p.fail(f.span, "kind-component", f.value, strings.Join(kindWords(), ", "))
		}
	})
	return err
}
