// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// closingQuote gives the quotation mark that ends what r opens; 0 when r opens nothing. Keyboards and word processors
// turn straight quotation marks into typographic ones, so those count too.
func closingQuote(r rune) rune {
	switch r {
	case '"':
		return '"'
	case '“':
		return '”'
	case '«':
		return '»'
	}
	return 0
}

// quoted reads text between quotation marks, the opening one being next. \" and \\ stand for " and \; any other
// backslash is itself.
func (p *parser) quoted() (string, error) {
	start := p.at
	open, n := utf8.DecodeRuneInString(p.text[p.at:])
	end := closingQuote(open)
	p.at += n
	var b strings.Builder
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		next := p.text[p.at+n:]
		switch {
		case r == end:
			p.at += n
			text := b.String()
			if open == '«' { // French typography puts a space inside; it is not part of the text
				text = strings.TrimFunc(text, unicode.IsSpace)
			}
			return text, nil
		case r == '\n' || r == '\r':
			return "", p.fail(span{p.at, p.at + 1}, "newline")
		case r == '\\' && next != "" && (next[0] == '\\' || next[0] == '"'):
			b.WriteByte(next[0])
			p.at += 2
		default:
			b.WriteRune(r)
			p.at += n
		}
	}
	return "", p.fail(span{start, start + n}, "quote", string(end))
}

// regexp reads /…/. The first slash that no backslash precedes ends it.
func (p *parser) regexp() (node, error) {
	start := p.at
	p.at++
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			if p.at+1 < len(p.text) && p.text[p.at+1] != '\n' {
				p.at++
			}
		case '\n', '\r':
			return nil, p.fail(span{p.at, p.at + 1}, "newline")
		case '/':
			source := p.text[start+1 : p.at]
			p.at++
			if source == "" {
				return nil, p.fail(span{start, p.at}, "regexp-empty")
			}
			if r, _ := utf8.DecodeRuneInString(p.text[p.at:]); p.at < len(p.text) && r != ')' && !unicode.IsSpace(r) {
				return nil, p.fail(span{p.at - 1, p.at}, "regexp-slash")
			}
			n := &regexpNode{span{start, p.at}, source}
			return n, p.checkRegexp(n)
		}
	}
	p.at = len(p.text)
	return nil, p.fail(span{start, start + 1}, "regexp-end")
}

// bare reads up to the next space, quotation mark, or parenthesis that it did not open itself.
func (p *parser) bare() string {
	start, depth := p.at, 0
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case unicode.IsSpace(r), r == '"', r == ')' && depth == 0:
			return p.text[start:p.at]
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
		p.at += n
	}
	return p.text[start:]
}

// prefix looks for a filter's name and colon ahead. What only looks like one is not: an address (http://…), a
// qualified name (std::string), a word that ends in a colon (default:) unless it is a filter's name.
func (p *parser) prefix() (name string, ok bool) {
	rest := p.text[p.at:]
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && (n == 0 || r != '_' && r != '-') {
			break
		}
		n += size
	}
	if n == 0 || n == len(rest) || rest[n] != ':' {
		return "", false
	}
	name, after := rest[:n], rest[n+1:]
	if strings.HasPrefix(after, "//") || strings.HasPrefix(after, ":") {
		return "", false
	}
	if r, _ := utf8.DecodeRuneInString(after); after == "" || unicode.IsSpace(r) || r == ')' {
		_, known := fieldNamed(name)
		return name, known
	}
	return name, true
}
