// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A rubySplitter cuts Ruby at what def, class and module open and end closes. Blocks that other words open (do, if,
// begin, class << self…) are only counted.
type rubySplitter struct{ lang string }

func (s rubySplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := newRubyParser(src, lines)
	p.parse()
	if p.broken { // once more, trusting the indentation where the words do not match
		p = newRubyParser(src, lines)
		p.recover = true
		p.parse()
	}
	return assemble(s.lang, lines, p.defs)
}

type rubyScopeKind uint8

const (
	rubyBlock   rubyScopeKind = iota // do, if, begin, case: closed by end
	rubyLoop                         // while, until, for: one do belongs to it
	rubyMethod                       // def
	rubyClass                        // class, module
	rubyEndless                      // def f = expression: closed by the end of the statement
	rubyBracket                      // ( [ {
	rubyParams                       // the parentheses after a def's name
)

type rubyScope struct {
	kind    rubyScopeKind
	closer  byte // of a bracket
	waiting bool // a loop whose do was not seen yet
	indent  int  // of the line it opens on
	def     int  // position in defs, -1 for none
}

// rubyState is what Ruby's own lexer calls its state: what the next characters may be.
type rubyState uint8

const (
	rubyBeg  rubyState = iota // an operand is expected
	rubyMid                   // after return: an operand may come, an if is a modifier
	rubyArg                   // after a name: an operand may come when it looks like one
	rubyEnd                   // after an operand
	rubyDot                   // after a dot: a name is no keyword
	rubyName                  // after alias, undef: likewise
)

type rubyParser struct {
	src     []byte
	lines   lineIndex
	defs    []definition
	pos     int
	n       int // line of pos
	state   rubyState
	space   bool // white space stands before pos
	fresh   bool // nothing but white space stands before pos on its line
	indent  int  // of the line
	stack   []rubyScope
	classes int    // class and module scopes in the stack
	opened  [3]int // brackets in the stack, by kind
	doc     int    // first line of the comment just above, 0 for none
	lineDoc int    // the same for the line being read
	sig     int    // first line of the signature that types the next def, 0 for none
	sigAt   int    // depth of the stack where it started
	last    int    // last line with code
	pending []rubyHeredoc
	late    []int // definitions that end on this line, whose heredocs stand below
	budget  int   // bytes that may still be read in vain
	dead    [256]bool
	broken  bool // an end without beginning, or a beginning without end
	recover bool
}

func newRubyParser(src []byte, lines lineIndex) *rubyParser {
	p := &rubyParser{src: src, lines: lines, n: 1, fresh: true, budget: 4*len(src) + 1<<16}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		p.pos = 3
	}
	if bytes.HasPrefix(src[p.pos:], []byte("#!")) {
		p.skipLine()
	}
	return p
}

func (p *rubyParser) parse() {
	for p.pos < len(p.src) && p.step() {
	}
	for len(p.stack) > 0 {
		p.broken = p.broken || p.top().kind != rubyEndless
		p.pop()
	}
}

func (p *rubyParser) top() *rubyScope { return &p.stack[len(p.stack)-1] }

func (p *rubyParser) push(s rubyScope) {
	s.indent = p.indent
	if s.kind == rubyClass && s.def >= 0 {
		p.classes++
	}
	if s.kind == rubyBracket || s.kind == rubyParams {
		p.opened[bracketKind(s.closer)]++
	}
	p.stack = append(p.stack, s)
}

func bracketKind(closer byte) int {
	switch closer {
	case ')':
		return 0
	case ']':
		return 1
	}
	return 2
}

// pop closes the innermost scope at the last line with code.
func (p *rubyParser) pop() {
	s := *p.top()
	p.stack = p.stack[:len(p.stack)-1]
	if s.kind == rubyClass && s.def >= 0 {
		p.classes--
	}
	if s.kind == rubyBracket || s.kind == rubyParams {
		p.opened[bracketKind(s.closer)]--
	}
	if s.def >= 0 {
		p.defs[s.def].end = max(p.last, p.defs[s.def].start)
		if len(p.pending) > 0 {
			p.late = append(p.late, s.def)
		}
	}
}

// closeBracket handles ) ] }.
func (p *rubyParser) closeBracket(c byte) {
	p.endEndless()
	if p.opened[bracketKind(c)] == 0 {
		p.broken = true
		return
	}
	for {
		s := *p.top()
		bracket := s.kind == rubyBracket || s.kind == rubyParams
		if p.recover && !bracket && s.def >= 0 {
			return // a definition is not closed by a bracket
		}
		p.pop()
		if bracket && s.closer == c {
			if s.kind == rubyParams && p.endlessSign() {
				p.push(rubyScope{kind: rubyEndless, def: s.def})
			} else if s.kind == rubyParams {
				p.push(rubyScope{kind: rubyMethod, def: s.def})
			}
			return
		}
		p.broken = true
	}
}

// endEndless closes the methods without end that a statement's end closes.
func (p *rubyParser) endEndless() {
	for len(p.stack) > 0 && p.top().kind == rubyEndless {
		p.pop()
	}
}

// end handles the keyword.
func (p *rubyParser) end() {
	p.endEndless()
	if p.recover && p.fresh {
		for len(p.stack) > 0 && p.top().indent > p.indent {
			p.pop()
		}
		if len(p.stack) == 0 || p.top().indent < p.indent {
			return
		}
		for len(p.stack) > 0 && p.top().kind >= rubyBracket && p.top().indent == p.indent {
			p.pop()
		}
	}
	for len(p.stack) > 0 && p.top().kind >= rubyBracket {
		p.broken = true
		p.pop()
	}
	if len(p.stack) == 0 {
		p.broken = true
		return
	}
	p.last = p.n
	p.pop()
}

// line ends a line: a statement ends unless an operand is still expected.
func (p *rubyParser) line() {
	p.pos++
	p.n++
	for len(p.pending) > 0 {
		p.skipHeredoc()
	}
	for _, def := range p.late {
		p.defs[def].end = p.last
	}
	p.late = p.late[:0]
	if p.state != rubyBeg && p.state != rubyDot {
		if !p.leadingDot() {
			p.endEndless()
		}
		if len(p.stack) > 0 {
			p.top().waiting = false
		}
	}
	if p.sig > 0 && len(p.stack) <= p.sigAt {
		p.doc, p.sig = p.sig, 0
	} else {
		p.doc = 0
	}
	p.lineDoc = 0
	p.state, p.fresh, p.space, p.indent = rubyBeg, true, true, 0
	if p.pos < len(p.src) && p.src[p.pos] == '=' && p.wordAt(p.pos, "=begin") {
		p.blockComment()
	}
}

// leadingDot tells whether the next line goes on with .method.
func (p *rubyParser) leadingDot() bool {
	if len(p.stack) == 0 || p.top().kind != rubyEndless {
		return false
	}
	rest := bytes.TrimLeft(p.src[p.pos:min(len(p.src), p.pos+200)], " \t\r\n")
	return len(rest) > 1 && (rest[0] == '.' && rest[1] != '.' || rest[0] == '&' && rest[1] == '.')
}

// blockComment passes =begin … =end.
func (p *rubyParser) blockComment() {
	if p.doc == 0 {
		p.doc = p.n
	}
	for p.pos < len(p.src) {
		ends := p.wordAt(p.pos, "=end")
		p.skipLine()
		if p.pos < len(p.src) {
			p.pos++
			p.n++
		}
		if ends {
			return
		}
	}
}

// wordAt tells whether a line's start is this word.
func (p *rubyParser) wordAt(pos int, word string) bool {
	rest := p.src[pos:]
	return bytes.HasPrefix(rest, []byte(word)) && (len(rest) == len(word) || rest[len(word)] <= ' ')
}

func (p *rubyParser) skipLine() {
	if n := bytes.IndexByte(p.src[p.pos:], '\n'); n >= 0 {
		p.pos += n
	} else {
		p.pos = len(p.src)
	}
}

// define opens a definition on this line. Its comment is the line's.
func (p *rubyParser) define(kind Kind, name string) int {
	if p.recover && p.fresh {
		for len(p.stack) > 0 && p.top().indent >= p.indent && (p.top().indent > p.indent || p.top().kind != rubyClass) {
			p.pop()
		}
	}
	start := p.n
	if p.lineDoc > 0 {
		start, p.lineDoc = p.lineDoc, 0
	}
	p.defs = append(p.defs, definition{kind: kind, name: name, start: start, end: p.n, doc: p.n - start})
	return len(p.defs) - 1
}

// class handles the keywords class and module.
func (p *rubyParser) class(kind Kind) {
	pos := p.skipBlanks(p.pos)
	if kind == KindClass && bytes.HasPrefix(p.src[pos:], []byte("<<")) {
		p.pos = pos + 2
		p.push(rubyScope{kind: rubyClass, def: -1})
		p.state = rubyBeg
		return
	}
	end := pos
	for end < len(p.src) && (byteClass[p.src[end]]&(cLetter|cDigit) != 0 || bytes.HasPrefix(p.src[end:], []byte("::"))) {
		if p.src[end] == ':' {
			end++
		}
		end++
	}
	name := string(bytes.TrimPrefix(p.src[pos:end], []byte("::")))
	if before, after, ok := strings.Cut(name, "::"); ok && before != "" && !isUpper(before[0]) { // self::Name
		name = after
	}
	if name == "" || !isUpper(name[0]) && name[0] < 0x80 {
		p.push(rubyScope{kind: rubyClass, def: -1})
		p.state = rubyBeg
		return
	}
	p.push(rubyScope{kind: rubyClass, def: p.define(kind, name)})
	p.pos, p.state = end, rubyEnd
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// skipBlanks passes white space on one line.
func (p *rubyParser) skipBlanks(pos int) int {
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	return pos
}
