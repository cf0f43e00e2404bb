// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A shellSplitter cuts sh, bash, ksh and zsh into functions. It reads commands as the shell does as far as it must to
// know which brace closes one: words with their quotes, here-documents, case patterns, subshells, arrays.
type shellSplitter struct{ lang string }

func (s shellSplitter) Split(path string, src []byte) []Block {
	lines := newLineIndex(src)
	zsh := strings.HasSuffix(path, "zsh") || strings.HasSuffix(path, ".zsh-theme") || bytes.Contains(firstLine(src, lines), []byte("zsh")) ||
		bytes.HasPrefix(src, []byte("#compdef")) || bytes.HasPrefix(src, []byte("#autoload"))
	p := newShellParser(src, lines, zsh)
	p.parse()
	if p.broken { // once more, trusting the indentation where the braces do not match
		p = newShellParser(src, lines, zsh)
		p.recover = true
		p.parse()
	}
	return assemble(s.lang, lines, p.defs)
}

type shellScopeKind uint8

const (
	shellBrace   shellScopeKind = iota // { }
	shellParen                         // ( ) of a subshell
	shellArray                         // name=( )
	shellCase                          // case … esac
	shellKeyword                       // the if … fi or while … done that is a function's whole body
)

type shellScope struct {
	kind    shellScopeKind
	pattern bool // a case that expects a pattern
	depth   int  // of keywords
	indent  int  // of the line it opens on
	def     int  // position in defs, -1 for none
}

type shellHeredoc struct {
	mark string
	tabs bool // tabs may stand before the closing line
}

type shellParser struct {
	src     []byte
	lines   lineIndex
	zsh     bool
	defs    []definition
	pos     int
	n       int  // line of pos
	command bool // a command may start here: keywords and braces are such
	fresh   bool // nothing but white space stands before pos on its line
	indent  int  // of the line
	stack   []shellScope
	open    [4]int // scopes in the stack, by kind
	doc     int    // first line of the comment just above, 0 for none
	lineDoc int    // the same for the line being read
	last    int    // last line with code
	above   int    // the same when the line being read began
	waiting int    // the function whose body comes next, -1 for none
	closed  []int  // definitions that end on this line
	pending []shellHeredoc
	budget  int // bytes that may still be read in vain
	broken  bool
	recover bool
}

func newShellParser(src []byte, lines lineIndex, zsh bool) *shellParser {
	p := &shellParser{src: src, lines: lines, zsh: zsh, n: 1, command: true, fresh: true, waiting: -1, budget: 4*len(src) + 1<<16}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		p.pos = 3
	}
	if bytes.HasPrefix(src[p.pos:], []byte("#!")) {
		p.skipLine()
	}
	return p
}

func (p *shellParser) parse() {
	for p.pos < len(p.src) {
		p.step()
	}
	for len(p.stack) > 0 {
		p.broken = true
		p.pop()
	}
	if p.waiting >= 0 {
		p.drop()
	}
	kept := p.defs[:0]
	for _, d := range p.defs {
		if d.name != "" {
			kept = append(kept, d)
		}
	}
	p.defs = kept
}

// drop forgets a function whose body does not come.
func (p *shellParser) drop() {
	p.defs[p.waiting].name = ""
	p.waiting = -1
}

func (p *shellParser) top() *shellScope { return &p.stack[len(p.stack)-1] }

// in tells whether the innermost scope is of this kind.
func (p *shellParser) in(kind shellScopeKind) bool { return len(p.stack) > 0 && p.top().kind == kind }

// push opens a scope; it is the body of the function that waits for one.
func (p *shellParser) push(kind shellScopeKind) {
	s := shellScope{kind: kind, indent: p.indent, def: p.waiting}
	if kind == shellArray {
		s.def = -1
	} else {
		if p.waiting >= 0 { // the brace may stand on a line of its own
			s.indent = p.column(p.defs[p.waiting].start + p.defs[p.waiting].doc)
		}
		p.waiting = -1
	}
	if kind < shellKeyword {
		p.open[kind]++
	}
	p.stack = append(p.stack, s)
}

// column gives the indentation of a line.
func (p *shellParser) column(n int) int {
	column := 0
	for _, c := range p.src[p.lines.starts[n-1]:p.lines.starts[n]] {
		switch c {
		case ' ':
			column++
		case '\t':
			column += 8
		default:
			return column
		}
	}
	return column
}

func (p *shellParser) pop() {
	s := *p.top()
	p.stack = p.stack[:len(p.stack)-1]
	if s.kind < shellKeyword {
		p.open[s.kind]--
	}
	if s.def >= 0 {
		p.defs[s.def].end = max(p.last, p.defs[s.def].start+p.defs[s.def].doc)
		p.closed = append(p.closed, s.def)
	}
}

// close ends the innermost scope of this kind, and those inside it.
func (p *shellParser) close(kind shellScopeKind) {
	if p.open[kind] == 0 {
		p.broken = true
		return
	}
	if p.recover && kind == shellBrace && p.fresh {
		for p.top().indent > p.indent {
			p.pop()
			if len(p.stack) == 0 {
				return
			}
		}
		if p.open[kind] == 0 || p.top().indent < p.indent {
			return // closes nothing that is known
		}
	}
	for p.top().kind != kind {
		if p.recover && kind != shellBrace && p.top().def >= 0 {
			return // a function is closed by its brace only
		}
		p.broken = true
		p.pop()
	}
	p.last = p.n
	p.pop()
}

// step reads one token.
func (p *shellParser) step() {
	c := p.src[p.pos]
	switch c {
	case ' ', '\t', '\r', '\f', '\v', 0:
		if p.fresh && c == '\t' {
			p.indent += 8
		} else if p.fresh {
			p.indent++
		}
		p.pos++
		return
	case '\n':
		p.newline()
		return
	case '#':
		if p.fresh && p.doc == 0 {
			p.doc = p.n
		}
		p.comment()
		return
	case '\\':
		if n := lineContinuation(p.src[p.pos:]); n > 0 {
			p.pos, p.n = p.pos+n, p.n+1
			return
		}
	}
	if p.fresh {
		p.lineDoc, p.doc, p.above = p.doc, 0, p.last
	}
	p.last = p.n
	p.token(c)
	p.last = p.n
	p.fresh = false
}

// lineContinuation gives the length of a backslash with the line end after it, 0 for none.
func lineContinuation(rest []byte) int {
	switch {
	case len(rest) > 1 && rest[0] == '\\' && rest[1] == '\n':
		return 2
	case len(rest) > 2 && rest[0] == '\\' && rest[1] == '\r' && rest[2] == '\n':
		return 3
	}
	return 0
}

func (p *shellParser) skipLine() {
	if n := bytes.IndexByte(p.src[p.pos:], '\n'); n >= 0 {
		p.pos += n
	} else {
		p.pos = len(p.src)
	}
}

// comment passes a comment; a line that holds nothing else keeps the comment above going.
func (p *shellParser) comment() {
	fresh, doc := p.fresh, p.doc
	p.skipLine()
	if fresh && p.pos < len(p.src) {
		p.newline()
		p.doc = doc
	}
}

func (p *shellParser) newline() {
	p.pos++
	p.n++
	if len(p.pending) > 0 {
		for _, h := range p.pending {
			p.skipHeredoc(h)
		}
		p.pending = p.pending[:0]
		for _, def := range p.closed {
			p.defs[def].end = p.last
		}
	}
	p.closed = p.closed[:0]
	p.doc, p.lineDoc, p.fresh, p.indent = 0, 0, true, 0
	p.command = !p.in(shellArray)
}

// heredocEnd gives the line after line n that closes a here-document, 0 for none.
func (p *shellParser) heredocEnd(h shellHeredoc, n int) int {
	if p.budget <= 0 {
		return 0
	}
	for ; n <= p.lines.count(); n++ {
		from, to := int(p.lines.starts[n-1]), int(p.lines.starts[n])
		p.budget -= 1 + (to-from)/4
		if to-from < len(h.mark) {
			continue
		}
		line := p.src[from:to]
		if h.tabs {
			line = bytes.TrimLeft(line, "\t")
		}
		if bytes.HasPrefix(line, []byte(h.mark)) && len(bytes.TrimRight(line[len(h.mark):], "\r\n")) == 0 {
			return n
		}
	}
	p.budget -= 1 << 10
	return 0
}

func (p *shellParser) skipHeredoc(h shellHeredoc) {
	if end := p.heredocEnd(h, p.n); end > 0 {
		p.last, p.n, p.pos = end, end+1, int(p.lines.starts[end])
	}
}
