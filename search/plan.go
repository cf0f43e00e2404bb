// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"communs/indexer"
	"communs/licenses"
)

// plan is a question made ready to run.
type plan struct {
	parsed *Parsed
	root   *planNode
	leaves []*leaf
	// The root's parts, which must all hold, by what they look at.
	atPlace []*planNode // only at the place: once for each occurrence of a blob
	atBlock []*planNode // only at the block, the cheapest first
	mixed   []*planNode // at both
	needles []needle    // what the ranking looks for in names and paths
	// No name below this length holds any of the needles; 0 when there are none.
	shortest int
	relaxed  *relaxation // nil where all words must stand in a block
	extra    *expansion  // what is looked for beside the words that were typed; nil for nothing
	oneRepo  bool        // a filter gives the repository's address
}

// scope is what a part of the question looks at.
type scope uint8

const (
	scopePlace   scope = 1 << iota // repository, path, licence
	scopeRow                       // the block's row: language, kind, name
	scopeWords                     // posting lists
	scopeContent                   // the block's text
)

// planNode is one part of the question. It is a leaf when kids is empty.
type planNode struct {
	op    planOp
	kids  []*planNode
	leaf  int // position in plan.leaves
	scope scope
}

type planOp uint8

const (
	planLeaf planOp = iota
	planAnd
	planOr
	planNot
	planMost // enough of the words, see relax.go
)

// leaf is one term of the question.
type leaf struct {
	scope     scope
	negated   bool
	idle      bool          // a word that does not count in a relaxed question
	said      string        // in the query language
	terms     indexer.Terms // of a word
	others    []alternative // looked for in its place
	related   []alternative // of a relaxed question: counted where it counts less, see related.go
	text      *textMatcher  // of exact text or a regular expression
	kind      indexer.Kind  // of kind:
	ecosystem string        // of kind:, where components are asked for
	lang      string        // of lang:
	field     field         // of a filter
	glob      *glob         // of path:, repo:, owner:, name:
	license   licenseFilter // of license:, libre:, into:
}

// licenseFilter tells whether a licence expression, empty when unknown, is let through.
type licenseFilter func(e licenses.Expression) bool

// needle is something that the question wants to see in a name or a path.
type needle struct {
	folded string  // as the name or path has it, folded
	bare   string  // letters and digits only
	path   bool    // looked for in paths too
	rare   [2]byte // a byte of folded in its two cases: no text without one of them holds it; 0 when there is none
	narrow [2]byte // the same of bare
	others []alternativeNeedle
}

// newPlan readies a question; extra may be nil.
func newPlan(q *Parsed, extra *expansion) (*plan, error) {
	p := &plan{parsed: q, extra: extra}
	root, err := p.compile(q.root, false)
	if err != nil {
		return nil, err
	}
	p.root = root
	p.arrange()
	return p, nil
}

// arrange sorts the root's parts by what they look at.
func (p *plan) arrange() {
	p.atPlace, p.atBlock, p.mixed, p.oneRepo = nil, nil, nil, false
	parts := []*planNode{p.root}
	if p.root.op == planAnd {
		parts = p.root.kids
	}
	for _, part := range parts {
		if part.op == planLeaf {
			l := p.leaves[part.leaf]
			p.oneRepo = p.oneRepo || l.field == fieldRepo && bytes.Contains(l.glob.pattern, []byte("://")) && !l.glob.wild
		}
		switch {
		case part.scope == scopePlace:
			p.atPlace = append(p.atPlace, part)
		case part.scope&scopePlace != 0:
			p.mixed = append(p.mixed, part)
		default:
			p.atBlock = append(p.atBlock, part)
		}
	}
	slices.SortStableFunc(p.atBlock, func(a, b *planNode) int { return int(a.scope) - int(b.scope) })
}

func (p *plan) compile(n node, negated bool) (*planNode, error) {
	var op planOp
	var parts []node
	switch n := n.(type) {
	case *andNode:
		op, parts = planAnd, n.parts
	case *orNode:
		op, parts = planOr, n.parts
	case *notNode:
		op, parts, negated = planNot, []node{n.part}, !negated
	default:
		l, err := p.leafOf(n, negated)
		if err != nil {
			return nil, err
		}
		p.leaves = append(p.leaves, l)
		return &planNode{leaf: len(p.leaves) - 1, scope: l.scope}, nil
	}
	out := &planNode{op: op}
	for _, part := range parts {
		if op == planAnd && p.extra.drops(part) {
			continue
		}
		kid, err := p.compile(part, negated)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
		out.scope |= kid.scope
	}
	if op != planNot { // what is cheap to know is asked first
		slices.SortStableFunc(out.kids, func(a, b *planNode) int { return int(a.scope) - int(b.scope) })
	}
	return out, nil
}

func (p *plan) leafOf(n node, negated bool) (*leaf, error) {
	var b strings.Builder
	writeNode(&b, n, false)
	l := &leaf{negated: negated, said: b.String()}
	var err error
	switch n := n.(type) {
	case *wordNode:
		l.scope, l.terms = scopeWords, indexer.QueryTerms(n.text)
		if extra := p.extra.of(n); extra != nil && !negated {
			l.terms, l.others, l.said = extra.typed, extra.words, extra.said
			p.alternatives(extra)
			break
		}
		p.needle(n.text, negated, true)
	case *exactNode:
		l.scope = scopeContent
		l.text = newExactMatcher(n.text, p.folds(hasCapital(n.text)))
		p.needle(n.text, negated, true)
	case *regexpNode:
		l.scope = scopeContent
		l.text, err = newRegexpMatcher(n.source, p.folds(hasCapitalRegexp(n.source)))
	case *filterNode:
		p.filterLeaf(l, n)
	}
	return l, err
}

// folds decides whether a term is matched in any case.
func (p *plan) folds(capital bool) bool {
	return p.parsed.matching == ignoreCases || p.parsed.matching == smartCase && !capital
}

func (p *plan) needle(text string, negated, path bool) {
	if negated {
		return
	}
	folded := foldRunes([]rune(text))
	if bare := bareText(folded); len(bare) > 1 {
		p.needles = append(p.needles, needle{folded: folded, bare: bare, path: path, rare: rarestASCII(folded), narrow: rarestASCII(bare)})
		if p.shortest == 0 || len(bare) < p.shortest {
			p.shortest = len(bare)
		}
	}
}

// rarestASCII gives a folded text's rarest byte in its two cases, of those that no character but its capital folds to
// (ſ folds to s, the Kelvin sign to k); 0 when it has none.
func rarestASCII(folded string) (forms [2]byte) {
	best := 1 << 10
	for _, c := range []byte(folded) {
		if n := int(byteFrequency[c]); n < best && c < utf8.RuneSelf && c != 's' && c != 'k' {
			best, forms = n, [2]byte{c, c}
		}
	}
	if isSmall(forms[0]) {
		forms[1] -= 'a' - 'A'
	}
	return forms
}

// holdsRare is false when text cannot hold what the forms are of.
func holdsRare[T string | []byte](text T, forms [2]byte) bool {
	if forms[0] == 0 {
		return true
	}
	for i := range len(text) {
		if c := text[i]; c == forms[0] || c == forms[1] {
			return true
		}
	}
	return false
}

func (p *plan) filterLeaf(l *leaf, n *filterNode) {
	l.field, l.scope = n.field, scopePlace
	switch n.field {
	case fieldLang:
		l.scope, l.lang = scopeRow, n.value
	case fieldKind:
		l.scope = scopeRow
		l.kind, _ = indexer.ParseKind(n.value)
		l.ecosystem = n.value
	case fieldName:
		l.scope, l.glob = scopeRow, newGlob(n.value, p.parsed.matching)
		if !l.glob.wild {
			p.needle(n.value, l.negated, false)
		}
	case fieldPath:
		l.glob = newGlob(n.value, p.parsed.matching)
	case fieldRepo, fieldOwner, fieldComponent:
		l.glob = newGlob(n.value, ignoreCases)
	default:
		l.license = newLicenseFilter(n)
	}
}

func newLicenseFilter(n *filterNode) licenseFilter {
	switch n.field {
	case fieldLibre:
		return func(e licenses.Expression) bool {
			libre, _ := licenses.LibreOf(e)
			return libre == licenses.Libre(n.value)
		}
	case fieldInto:
		into, _ := licenses.Parse(n.value)
		return func(e licenses.Expression) bool {
			return !e.IsZero() && licenses.Judge(e, into, licenses.Copy).Answer == licenses.Yes
		}
	}
	if n.value == "unknown" {
		return licenses.Expression.IsZero
	}
	wanted := newGlob(n.value, ignoreCases)
	whole, err := licenses.Parse(n.value)
	if err == nil && len(whole.IDs()) > 1 { // a whole expression
		return whole.Equal
	}
	return func(e licenses.Expression) bool {
		return slices.ContainsFunc(e.IDs(), func(id string) bool { return hasLicense(id, n.value, wanted) })
	}
}

// hasLicense tells whether an SPDX id is the one asked for, in any case. A name that is not a licence by itself, or is
// one no longer (GPL-3.0), stands for its family (GPL-3.0-only, GPL-3.0-or-later).
func hasLicense(id, value string, wanted *glob) bool {
	if wanted.wild {
		ok, _ := wanted.match([]byte(id), nil)
		return ok
	}
	if strings.EqualFold(id, value) {
		return true
	}
	info, known := licenses.Info(value)
	if known && !info.Deprecated {
		return false
	}
	return len(id) > len(value) && id[len(value)] == '-' && strings.EqualFold(id[:len(value)], value)
}

// bareText keeps the letters and digits of folded text.
func bareText(folded string) string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80 {
			return r
		}
		return -1
	}
	return strings.Map(keep, folded)
}
