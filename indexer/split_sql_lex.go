// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

type sqlKind uint8

const (
	sqlEOF    sqlKind = iota
	sqlWord           // a keyword or a name
	sqlQuoted         // a name in quotes
	sqlString         // a string, $$ … $$
	sqlPunct          // anything else, in c
	sqlEnd            // the end of a statement: c is ; for that, d for the word that DELIMITER set, g for GO, / for that line
)

type sqlToken struct {
	kind       sqlKind
	c          byte
	fresh      bool // first on its line
	start, end int
	line       int // where it ends
	doc        int // first line of the comment just above, 0 for none
}

// next reads a token.
func (p *sqlParser) next() sqlToken {
	if p.peeked {
		p.peeked = false
		return p.ahead
	}
	p.skipSpace()
	t := sqlToken{start: p.pos, fresh: p.fresh, doc: p.doc}
	p.doc = 0
	if p.pos < len(p.src) {
		p.scan(&t)
	}
	t.end, t.line = p.pos, p.n
	p.fresh = false
	return t
}

// peek looks at the next token.
func (p *sqlParser) peek() sqlToken {
	if !p.peeked {
		p.ahead, p.peeked = p.next(), true
	}
	return p.ahead
}

func (p *sqlParser) back(t sqlToken) { p.ahead, p.peeked = t, true }

// skipSpace passes white space and comments; a comment that ends on the line above is kept in mind.
func (p *sqlParser) skipSpace() {
	src, blank := p.src, false
	for p.pos < len(src) {
		c := src[p.pos]
		next := byte(0)
		if p.pos+1 < len(src) {
			next = src[p.pos+1]
		}
		switch {
		case c == '\n':
			if blank {
				p.doc = 0
			}
			blank, p.fresh = true, true
			p.pos++
			p.n++
			continue
		case byteClass[c]&cSpace != 0:
			p.pos++
			continue
		case c == '-' && next == '-', c == '#' && p.fresh && (next == ' ' || next == '\n' || next == '#'), c == '\\' && p.fresh:
			p.noteComment()
			p.skipLine()
		case c == '/' && next == '*' && p.pos+2 < len(src) && src[p.pos+2] == '!': // MySQL runs what is in it
			p.pos += 3
			for p.pos < len(src) && byteClass[src[p.pos]]&cDigit != 0 {
				p.pos++
			}
			continue
		case c == '*' && next == '/':
			p.pos += 2
			continue
		case c == '/' && next == '*':
			end := p.find(p.pos+2, "*/")
			if end < 0 {
				return
			}
			p.noteComment()
			p.advance(end)
		default:
			return
		}
		blank = false
	}
}

func (p *sqlParser) noteComment() {
	if p.doc == 0 && p.fresh {
		p.doc = p.n
	}
}

func (p *sqlParser) skipLine() {
	if n := bytes.IndexByte(p.src[p.pos:], '\n'); n >= 0 {
		p.pos += n
	} else {
		p.pos = len(p.src)
	}
}

// find gives the offset after the next occurrence of a text, or -1; looking in vain is limited.
func (p *sqlParser) find(pos int, text string) int {
	if p.budget <= 0 {
		return -1
	}
	if n := bytes.Index(p.src[pos:], []byte(text)); n >= 0 {
		return pos + n + len(text)
	}
	p.budget -= len(p.src) - pos
	return -1
}

func (p *sqlParser) advance(pos int) {
	p.n += bytes.Count(p.src[p.pos:pos], []byte{'\n'})
	p.pos = pos
}

func (p *sqlParser) scan(t *sqlToken) {
	src, c := p.src, p.src[p.pos]
	t.kind, t.c = sqlPunct, c
	if p.delimiter != nil && c == p.delimiter[0] && bytes.HasPrefix(src[p.pos:], p.delimiter) {
		t.kind, t.c = sqlEnd, 'd'
		p.pos += len(p.delimiter)
		return
	}
	switch {
	case byteClass[c]&cLetter != 0:
		p.word(t)
		return
	case byteClass[c]&cDigit != 0:
		for p.pos < len(src) && byteClass[src[p.pos]]&(cLetter|cDigit) != 0 {
			p.pos++
		}
		return
	}
	end := -1
	switch c {
	case '\'':
		end = p.stringEnd(p.pos+1, p.mysql)
		t.kind = sqlString
	case '"', '`':
		end = p.find(p.pos+1, string(c))
		t.kind = sqlQuoted
		p.mysql = p.mysql || c == '`'
	case '[':
		t.kind = sqlQuoted
		if n := bytes.IndexAny(src[p.pos:min(len(src), p.pos+130)], "]'\n;,"); n > 1 && src[p.pos+n] == ']' {
			end = p.pos + n + 1
		}
	case '$':
		t.kind = sqlString
		if !p.inUnits {
			end = p.dollarEnd()
		}
		if end < 0 { // $if, $end and $$name of PL/SQL are no keywords
			t.kind = sqlPunct
			for end = p.pos + 1; end < len(src) && (byteClass[src[end]]&(cLetter|cDigit) != 0 || src[end] == '$'); {
				end++
			}
		}
	case ';':
		if p.delimiter == nil {
			t.kind = sqlEnd
		}
	case '/':
		if t.fresh && p.restBlank(p.pos+1) {
			t.kind = sqlEnd
		}
	}
	if end < 0 {
		if t.kind != sqlEnd {
			t.kind = sqlPunct
		}
		end = p.pos + 1
	}
	p.advance(end)
}

func (p *sqlParser) restBlank(pos int) bool {
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	return pos >= len(p.src) || p.src[pos] == '\n'
}

func (p *sqlParser) word(t *sqlToken) {
	src, pos := p.src, p.pos
	t.kind = sqlWord
	for pos < len(src) && (byteClass[src[pos]]&(cLetter|cDigit) != 0 || src[pos] == '$' || src[pos] == '#') {
		if src[pos] == '$' && p.delimiter != nil && bytes.HasPrefix(src[pos:], p.delimiter) {
			break
		}
		pos++
	}
	word := src[p.pos:pos]
	p.pos = pos
	if len(word) == 2 && t.fresh && sqlIs(word, "GO") && p.restBlank(pos) {
		t.kind, t.c = sqlEnd, 'g'
		return
	}
	if len(word) > 2 || pos >= len(src) || src[pos] != '\'' {
		return
	}
	end := -1
	switch word[0] | 0x20 { // a string with a prefix: E'\'', N'x', q'[x]'
	case 'e':
		end = p.stringEnd(pos+1, true)
	case 'q':
		end = p.oracleEnd(pos + 1)
	case 'n':
		end = p.stringEnd(pos+1, false)
		if len(word) == 2 && word[1]|0x20 == 'q' {
			end = p.oracleEnd(pos + 1)
		}
	default:
		return
	}
	if end > 0 {
		t.kind = sqlString
		p.advance(end)
	}
}

// stringEnd gives the offset after a string in single quotes. Not every dialect escapes with a backslash: without
// that knowledge it does where a letter follows the quote.
func (p *sqlParser) stringEnd(pos int, escapes bool) int {
	if p.budget <= 0 {
		return -1
	}
	src, start := p.src, pos
	for pos < len(src) {
		switch src[pos] {
		case '\\':
			if escapes && pos+1 < len(src) || pos+2 < len(src) && src[pos+1] == '\'' && byteClass[src[pos+2]]&(cLetter|cDigit) != 0 {
				pos++
			}
		case '\'':
			if pos+1 < len(src) && src[pos+1] == '\'' {
				pos++
			} else {
				return pos + 1
			}
		}
		pos++
	}
	p.budget -= len(src) - start
	return -1
}

// oracleEnd gives the end of q'[ … ]'.
func (p *sqlParser) oracleEnd(pos int) int {
	if pos >= len(p.src) || p.src[pos] <= ' ' {
		return -1
	}
	return p.find(pos+1, string(closerOf(p.src[pos]))+"'")
}

// dollarEnd gives the end of $tag$ … $tag$.
func (p *sqlParser) dollarEnd() int {
	pos := p.pos + 1
	for pos < len(p.src) && pos-p.pos < 64 && byteClass[p.src[pos]]&(cLetter|cDigit) != 0 {
		pos++
	}
	if pos >= len(p.src) || p.src[pos] != '$' {
		return -1
	}
	return p.find(pos+1, string(p.src[p.pos:pos+1]))
}

// sqlIs compares a word with a keyword in capitals.
func sqlIs(word []byte, keyword string) bool {
	if len(word) != len(keyword) {
		return false
	}
	for i, c := range word {
		if c >= 'a' {
			c -= 0x20
		}
		if c != keyword[i] {
			return false
		}
	}
	return true
}
