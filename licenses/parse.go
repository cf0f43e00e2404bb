// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SyntaxError tells what is wrong with an expression, and where.
type SyntaxError struct {
	Input  string
	Offset int    // byte of Input where it is wrong
	Kind   string // unknown-id, unknown-exception, not-exception, addition, expected-license, expected-exception, expected-end, unclosed, plus, none, too-deep, empty
	Word   string // the word that is wrong
}

// Near lists known ids that are written like one that is not known, best first. It is only worked out when it is asked for: what a text
// says is often tried as an expression that it is not.
func (e *SyntaxError) Near() []string {
	switch e.Kind {
	case "unknown-id":
		return nearest(e.Word, false)
	case "unknown-exception":
		return nearest(e.Word, true)
	}
	return nil
}

// Error is for logs; Message gives the sentence for people.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("license expression %q: %s at %d", e.Input, e.Kind, e.Offset+1)
	if near := e.Near(); len(near) > 0 {
		s += ", did you mean " + strings.Join(near, ", ")
	}
	return s
}

// Position counts the characters up to the word that is wrong, from 1.
func (e *SyntaxError) Position() int {
	return utf8.RuneCountInString(e.Input[:min(e.Offset, len(e.Input))]) + 1
}

// Message names the sentence: the expression, the position from 1, the word, the nearest known id.
func (e *SyntaxError) Message() (key string, args []any) {
	args = []any{e.Input, strconv.Itoa(e.Position()), e.Word}
	if near := e.Near(); len(near) > 0 {
		return "license.expression." + e.Kind + "-near", append(args, strings.Join(near, ", "))
	}
	return "license.expression." + e.Kind, args
}

// maxDepth bounds the nesting of parentheses, maxExpression the length of what is read at all.
const (
	maxDepth      = 50
	maxExpression = 10000
)

// Parse reads an SPDX licence expression: ids, WITH, AND, OR, parentheses, +, LicenseRef-, DocumentRef-. Case does not count in
// operators and listed ids. The error is a *SyntaxError.
func Parse(s string) (Expression, error) {
	n, err := parse(s, false)
	if err != nil {
		return Expression{}, err
	}
	return Expression{n.String()}, nil
}

// parse reads an expression into its tree. Alone allows an exception without its licence, as the detector reports the text of one.
func parse(s string, alone bool) (*node, error) {
	p := &parser{in: s, alone: alone}
	if len(s) > maxExpression {
		return nil, p.fail("too-deep")
	}
	p.next()
	if p.word == "" {
		return nil, p.fail("empty")
	}
	n, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.word != "" {
		return nil, p.fail("expected-end")
	}
	return n, nil
}

// parser reads one expression; word is the word at hand, empty at the end.
type parser struct {
	in    string
	alone bool
	at    int // where word begins
	to    int // where it ends
	word  string
}

func (p *parser) fail(kind string) *SyntaxError {
	return &SyntaxError{Input: p.in, Offset: p.at, Kind: kind, Word: p.word}
}

// next moves to the next word: a parenthesis or what stands between spaces and parentheses.
func (p *parser) next() {
	p.at = p.to
	for p.at < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.at]) >= 0 {
		p.at++
	}
	p.to = p.at
	for p.to < len(p.in) && strings.IndexByte(" \t\r\n()", p.in[p.to]) < 0 {
		p.to++
	}
	if p.to == p.at && p.to < len(p.in) {
		p.to++
	}
	p.word = p.in[p.at:p.to]
}

func (p *parser) or(depth int) (*node, error)  { return p.list(depth, opOr, "OR", p.and) }
func (p *parser) and(depth int) (*node, error) { return p.list(depth, opAnd, "AND", p.with) }

// list reads what one operator joins.
func (p *parser) list(depth int, op op, word string, sub func(int) (*node, error)) (*node, error) {
	n, err := sub(depth)
	if err != nil {
		return nil, err
	}
	kids := []*node{n}
	for strings.EqualFold(p.word, word) {
		p.next()
		k, err := sub(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, k)
	}
	return join(op, kids...), nil
}

func (p *parser) with(depth int) (*node, error) {
	if p.word == "(" {
		if depth == maxDepth {
			return nil, p.fail("too-deep")
		}
		p.next()
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.word != ")" {
			return nil, p.fail("unclosed")
		}
		p.next()
		return n, nil
	}
	n, err := p.license()
	if err != nil || !strings.EqualFold(p.word, "WITH") {
		return n, err
	}
	p.next()
	exc, err := p.exception()
	if err != nil {
		return nil, err
	}
	return &node{op: opWith, kids: []*node{n, exc}}, nil
}

// license reads one licence id.
func (p *parser) license() (*node, error) {
	if p.word == "" || p.word == ")" || isOperator(p.word) {
		return nil, p.fail("expected-license")
	}
	if isRef(p.word, "LicenseRef-") {
		return p.leaf(p.word), nil
	}
	if isRef(p.word, "AdditionRef-") {
		return nil, p.fail("addition")
	}
	if p.word == "NONE" || p.word == "NOASSERTION" {
		return nil, p.fail("none")
	}
	if info, ok := Info(p.word); ok {
		if info.Exception && !p.alone {
			return nil, p.fail("addition")
		}
		return p.leaf(info.ID), nil
	}
	if id, ok := strings.CutSuffix(p.word, "+"); ok {
		if info, known := Info(id); known && !info.Exception {
			if strings.HasSuffix(id, "-only") || strings.HasSuffix(id, "-or-later") {
				return nil, p.fail("plus")
			}
			return p.leaf(info.ID + "+"), nil
		}
	}
	return nil, p.fail("unknown-id")
}

// exception reads the id after WITH. An addition of the author's own may be called LicenseRef- too, as before SPDX 3.
func (p *parser) exception() (*node, error) {
	if p.word == "" || p.word == ")" || isOperator(p.word) {
		return nil, p.fail("expected-exception")
	}
	if isRef(p.word, "AdditionRef-") || isRef(p.word, "LicenseRef-") {
		return p.leaf(p.word), nil
	}
	info, ok := Info(p.word)
	if !ok {
		return nil, p.fail("unknown-exception")
	}
	if !info.Exception {
		return nil, p.fail("not-exception")
	}
	return p.leaf(info.ID), nil
}

func (p *parser) leaf(id string) *node {
	p.next()
	return &node{op: opLicense, id: id}
}

func isOperator(s string) bool {
	return strings.EqualFold(s, "AND") || strings.EqualFold(s, "OR") || strings.EqualFold(s, "WITH")
}

// isRef reports whether s is a licence or an addition of the author's own: [DocumentRef-…:]LicenseRef-… or AdditionRef-….
func isRef(s, prefix string) bool {
	if doc, rest, ok := strings.Cut(s, ":"); ok {
		name, found := strings.CutPrefix(doc, "DocumentRef-")
		if !found || !isName(name) {
			return false
		}
		s = rest
	}
	name, ok := strings.CutPrefix(s, prefix)
	return ok && isName(name)
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return s != ""
}
