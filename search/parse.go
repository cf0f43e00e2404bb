// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"communs/indexer"
)

// What a question may cost before it is even planned.
const (
	maxQueryBytes = 4096
	maxQueryTerms = 64
	maxQueryDepth = 32
)

// Parse reads a question. Its errors are *QueryError.
func Parse(text string) (*Parsed, error) {
	p := &parser{text: text, parsed: &Parsed{}}
	switch {
	case len(text) > maxQueryBytes:
		return nil, p.fail(span{maxQueryBytes, len(text)}, "long", maxQueryBytes)
	case !utf8.ValidString(text):
		bad := strings.IndexRune(strings.ToValidUTF8(text, "\x00"), 0)
		return nil, p.fail(span{bad, bad + 1}, "utf8")
	}
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.at < len(text) {
		return nil, p.fail(span{p.at, p.at + 1}, "paren-close")
	}
	p.parsed.root = root
	if err := p.check(); err != nil {
		return nil, err
	}
	return p.parsed, nil
}

// parser goes once over the question:
//
//	or     = and { ("OR" | "OU") and }
//	and    = term { ["AND" | "ET"] term }
//	term   = { "-" } ( "(" or ")" | exact | regexp | filter | word )
type parser struct {
	text   string
	at     int
	terms  int
	parsed *Parsed
	chose  [numFields]span // where in:, type: and case: were given

	wrongKind span // the first value of kind: that is of neither blocks nor components
}

func (p *parser) fail(at span, key string, args ...any) error {
	return &QueryError{Query: p.text, Start: at.start, End: at.end, Key: "search.query." + key, Args: args}
}

func (p *parser) space() {
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if !unicode.IsSpace(r) {
			return
		}
		p.at += n
	}
}

// operator reads one of the words when it stands alone here.
func (p *parser) operator(words ...string) bool {
	for _, w := range words {
		rest, ok := strings.CutPrefix(p.text[p.at:], w)
		if r, _ := utf8.DecodeRuneInString(rest); ok && (rest == "" || unicode.IsSpace(r) || r == '(' || r == ')') {
			p.at += len(w)
			return true
		}
	}
	return false
}

// or reads alternatives. It gives nil when there is nothing but options.
func (p *parser) or(depth int) (node, error) {
	if depth > maxQueryDepth {
		return nil, p.fail(span{p.at, p.at + 1}, "deep", maxQueryDepth)
	}
	start := p.at
	var parts []node
	var operator span // the last one read
	for {
		chose := p.chose
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		p.space()
		at := p.at
		more := p.operator("OR", "OU")
		if more {
			operator = span{at, p.at}
		}
		if n == nil && (more || len(parts) > 0) {
			return nil, p.fail(operator, "or")
		}
		if n != nil {
			parts = append(parts, n)
		}
		if more || len(parts) > 1 {
			for f, at := range p.chose {
				if at != chose[f] {
					return nil, p.fail(at, "whole", field(f).name()+":")
				}
			}
		}
		if !more {
			break
		}
	}
	if len(parts) > 1 {
		var flat []node
		for _, n := range parts {
			if o, ok := n.(*orNode); ok {
				flat = append(flat, o.parts...)
			} else {
				flat = append(flat, n)
			}
		}
		return &orNode{span{start, p.at}, flat}, nil
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return nil, nil
}

func (p *parser) and(depth int) (node, error) {
	var parts []node
	for {
		p.space()
		at := p.at
		if p.at == len(p.text) || p.text[p.at] == ')' || p.operator("OR", "OU") {
			p.at = at
			break
		}
		if p.operator("AND", "ET") {
			continue
		}
		n, err := p.term(depth)
		if err != nil {
			return nil, err
		}
		if a, ok := n.(*andNode); ok {
			parts = append(parts, a.parts...)
		} else if n != nil {
			parts = append(parts, n)
		}
	}
	switch len(parts) {
	case 0:
		return nil, nil
	case 1:
		return parts[0], nil
	}
	return &andNode{span{parts[0].pos().start, parts[len(parts)-1].pos().end}, parts}, nil
}

// term reads one term with its minus signs. It gives nil for an option, which belongs to the whole question.
func (p *parser) term(depth int) (node, error) {
	start := p.at
	negated := false
	for p.at < len(p.text) && p.text[p.at] == '-' {
		negated = !negated
		p.at++
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	if minus := p.at > start; minus && (p.at == len(p.text) || unicode.IsSpace(r) || r == ')') {
		return nil, p.fail(span{start, p.at}, "minus")
	}
	if r == '~' && p.at > start {
		return nil, p.refusal(start)
	}
	chose := p.chose
	n, err := p.primary(depth)
	if err != nil {
		return nil, err
	}
	if negated {
		for f, at := range p.chose {
			if at != chose[f] {
				return nil, p.fail(at, "whole", field(f).name()+":")
			}
		}
		if not, ok := n.(*notNode); ok {
			return not.part, nil
		}
		if n != nil {
			return &notNode{span{start, p.at}, n}, nil
		}
	}
	return n, nil
}

// refusal reads ~word, a translation that is not wanted. It holds for the whole question, wherever it stands.
func (p *parser) refusal(start int) (err error) {
	p.at++
	if p.terms++; p.terms > maxQueryTerms {
		return p.fail(span{start, len(p.text)}, "terms", maxQueryTerms)
	}
	word := ""
	if r, _ := utf8.DecodeRuneInString(p.text[p.at:]); closingQuote(r) != 0 {
		if word, err = p.quoted(); err != nil {
			return err
		}
	} else {
		word = p.bare()
	}
	if word = strings.Join(strings.Fields(strings.ToLower(word)), " "); word == "" {
		return p.fail(span{start, p.at}, "refusal")
	}
	p.parsed.refuse(word)
	return nil
}

func (p *parser) primary(depth int) (node, error) {
	start := p.at
	if p.text[p.at] == '(' {
		return p.group(depth)
	}
	if p.terms++; p.terms > maxQueryTerms {
		return nil, p.fail(span{start, len(p.text)}, "terms", maxQueryTerms)
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	switch {
	case closingQuote(r) != 0:
		text, err := p.quoted()
		if err != nil {
			return nil, err
		}
		if text == "" {
			return nil, p.fail(span{start, p.at}, "exact-empty")
		}
		return &exactNode{span{start, p.at}, text}, nil
	case r == '/':
		return p.regexp()
	}
	if name, ok := p.prefix(); ok {
		return p.filter(name)
	}
	text := p.bare()
	at := span{start, p.at}
	// An address or a qualified name (std::string) is meant as it stands, and a sign like := has no words in it.
	if strings.Contains(text, "://") || strings.Contains(text, "::") || len(indexer.QueryTerms(text).Parts) == 0 {
		return &exactNode{at, text}, nil
	}
	return &wordNode{at, text}, nil
}

func (p *parser) group(depth int) (node, error) {
	start, chose := p.at, p.chose
	p.at++
	n, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.at == len(p.text) {
		return nil, p.fail(span{start, start + 1}, "paren-open")
	}
	p.at++
	if n == nil && p.chose == chose {
		return nil, p.fail(span{start, p.at}, "group-empty")
	}
	return n, nil
}

// check refuses questions that nothing can answer, or everything would.
func (p *parser) check() error {
	root := p.parsed.root
	if root == nil {
		if p.parsed.want != wantBlocks {
			return nil
		}
		return p.fail(span{0, len(p.text)}, "empty")
	}
	if err := p.checkFilters(root); err != nil || p.parsed.want != wantBlocks {
		return err
	}
	if bad := boundless(root); bad != nil {
		return p.fail(bad.pos(), "negative")
	}
	return nil
}

// boundless finds a part that holds for almost everything: only negative terms.
func boundless(n node) node {
	switch n := n.(type) {
	case *notNode:
		return n
	case *orNode:
		for _, part := range n.parts {
			if bad := boundless(part); bad != nil {
				return bad
			}
		}
	case *andNode:
		for _, part := range n.parts {
			if boundless(part) == nil {
				return nil
			}
		}
		return n
	}
	return nil
}
