// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A cssSplitter cuts CSS, SCSS and Less into rules and at-rules; nested ones are blocks inside. @mixin and @function make
// functions. The steps of @keyframes, and the blocks of @include, @if and @each, are part of what they stand in.
type cssSplitter struct{ lang string }

func (s cssSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := &cssParser{src: src, slashes: s.lang != "CSS", n: 1, start: -1, fresh: true, budget: 2*len(src) + 1<<16}
	p.parse()
	return assemble(s.lang, lines, p.defs)
}

type cssScope struct {
	def  int // position in defs, -1 for none
	flat bool
}

type cssParser struct {
	src     []byte
	slashes bool // comments //
	defs    []definition
	stack   []cssScope
	pos     int
	n       int  // line of pos
	fresh   bool // nothing but white space stands before pos on its line
	doc     int  // first line of the comment just above, 0 for none
	start   int  // offset where the statement starts, -1 for none
	line    int  // its line
	lineDoc int  // the comment above it
	parens  int
	budget  int // bytes that may still be read in vain
}

func (p *cssParser) parse() {
	src, blank := p.src, false // blank: the line is white space so far, and so was the last comment's end
	for p.pos < len(src) {
		c := src[p.pos]
		switch {
		case c == '\n':
			if blank {
				p.doc = 0
			}
			blank, p.fresh = true, true
			p.n++
			p.pos++
			continue
		case byteClass[c]&cSpace != 0:
			p.pos++
			continue
		case c == '/' && p.comment():
			blank = false
			continue
		}
		if p.start < 0 && c != '}' && c != ';' && c != '{' {
			p.start, p.line, p.lineDoc = p.pos, p.n, p.doc
		}
		p.doc, p.fresh, blank = 0, false, false
		p.char(c)
	}
	for len(p.stack) > 0 {
		p.pop()
	}
}

// comment passes a comment and tells whether there was one.
func (p *cssParser) comment() bool {
	rest := p.src[p.pos:]
	end := 0
	switch {
	case len(rest) > 1 && rest[1] == '*' && p.budget > 0:
		if n := bytes.Index(rest[2:], []byte("*/")); n >= 0 {
			end = n + 4
		} else {
			p.budget -= len(rest)
		}
	case len(rest) > 1 && rest[1] == '/' && p.slashes:
		if end = bytes.IndexByte(rest, '\n'); end < 0 {
			end = len(rest)
		}
	}
	if end == 0 {
		return false
	}
	if p.doc == 0 && p.fresh {
		p.doc = p.n
	}
	p.n += bytes.Count(rest[:end], []byte{'\n'})
	p.pos += end
	return true
}

// char handles what is neither white space nor a comment.
func (p *cssParser) char(c byte) {
	src := p.src
	switch c {
	case '"', '\'':
		p.pos = p.stringEnd(p.pos+1, c)
		return
	case '\\':
		if p.pos+1 < len(src) && src[p.pos+1] != '\n' {
			p.pos++
		}
	case '(':
		if p.pos >= 3 && sqlIs(src[p.pos-3:p.pos], "URL") {
			if n := bytes.IndexAny(src[p.pos:min(len(src), p.pos+1<<16)], ")\n\"'"); n > 0 && src[p.pos+n] == ')' {
				p.pos += n + 1
				return
			}
		}
		p.parens++
	case ')':
		p.parens = max(0, p.parens-1)
	case '#', '@':
		if p.pos+1 < len(src) && src[p.pos+1] == '{' && (c == '#' || p.slashes) { // an interpolation
			if n := bytes.IndexAny(src[p.pos:min(len(src), p.pos+1000)], "}\n"); n > 0 && src[p.pos+n] == '}' {
				p.pos += n
			}
		}
	case ';':
		if p.parens == 0 {
			p.start = -1
		}
	case '{':
		p.open()
	case '}':
		p.pos++
		p.start, p.parens = -1, 0
		if len(p.stack) > 0 {
			p.pop()
		}
		return
	}
	p.pos++
}

// stringEnd gives the end of a string; one that is not closed ends with its line.
func (p *cssParser) stringEnd(pos int, quote byte) int {
	for ; pos < len(p.src); pos++ {
		switch p.src[pos] {
		case quote:
			return pos + 1
		case '\\':
			if pos+1 < len(p.src) && p.src[pos+1] == '\n' {
				p.n++
			}
			pos++
		case '\n':
			return pos
		}
	}
	return len(p.src)
}

// open handles {: what stands before it says what it opens.
func (p *cssParser) open() {
	p.parens = 0
	s := cssScope{def: -1}
	if len(p.stack) > 0 {
		s.flat = p.stack[len(p.stack)-1].flat
	}
	if p.start >= 0 && !s.flat {
		kind, name := KindRule, p.selector(p.src[p.start:p.pos])
		word, rest, _ := strings.Cut(name, " ")
		switch {
		case word == "@mixin", word == "@function":
			kind = KindFunction
			name, _, _ = strings.Cut(rest, "(")
			name = strings.TrimSpace(name)
		case word == "@include" || word == "@if" || word == "@else" || word == "@each" || word == "@for" || word == "@while" ||
			strings.HasPrefix(word, "@include("):
			name = ""
		case strings.HasPrefix(word, "@") && strings.HasSuffix(word, "keyframes"):
			s.flat = true
		case strings.HasPrefix(name, "--") || strings.HasSuffix(name, ":") && !strings.HasPrefix(name, "@"):
			name = "" // a property with parts
		}
		if name != "" {
			d := definition{kind: kind, name: name, start: p.line}
			if p.lineDoc > 0 {
				d.start, d.doc = p.lineDoc, p.line-p.lineDoc
			}
			s.def = len(p.defs)
			p.defs = append(p.defs, d)
		}
	}
	p.start = -1
	p.stack = append(p.stack, s)
}

func (p *cssParser) pop() {
	s := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	if s.def >= 0 {
		p.defs[s.def].end = p.n
	}
}

// maxSelector is how many bytes of a selector make a name.
const maxSelector = 200

// selector gives a selector without comments, its white space made single.
func (p *cssParser) selector(text []byte) string {
	var b strings.Builder
	space := false
	for i := 0; i < len(text) && b.Len() < maxSelector; i++ {
		c := text[i]
		switch {
		case byteClass[c]&cSpace != 0 || c == '\n':
			space = true
			continue
		case c == '/' && i+1 < len(text) && text[i+1] == '*':
			n := bytes.Index(text[i+2:], []byte("*/"))
			if n < 0 {
				return b.String()
			}
			i, space = i+n+3, true
			continue
		case c == '/' && i+1 < len(text) && text[i+1] == '/' && p.slashes:
			n := bytes.IndexByte(text[i:], '\n')
			if n < 0 {
				return b.String()
			}
			i, space = i+n, true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteByte(c)
	}
	return strings.ToValidUTF8(b.String(), "")
}
