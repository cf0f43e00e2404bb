// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// token reads an operator or a word.
func (p *shellParser) token(c byte) {
	next := byte(0)
	if p.pos+1 < len(p.src) {
		next = p.src[p.pos+1]
	}
	switch c {
	case ';':
		p.semicolon(next)
	case '&', '|':
		if c == '&' && next == '>' {
			p.pos += 2
			return
		}
		p.pos++
		p.command = !p.in(shellArray)
	case '(':
		p.parenthesis(next)
	case ')':
		p.pos++
		switch {
		case p.in(shellCase) && p.top().pattern:
			p.top().pattern, p.command = false, true
		case p.in(shellArray):
			p.close(shellArray)
			p.command = false
		default:
			p.close(shellParen)
			p.command = true
		}
	case '<', '>':
		p.redirection(c, next)
	default:
		p.word()
	}
}

// semicolon handles ; and what ends a case's branch.
func (p *shellParser) semicolon(next byte) {
	p.pos++
	p.command = true
	if next == ';' || next == '&' || next == '|' && p.zsh {
		for p.pos < len(p.src) && (p.src[p.pos] == ';' || p.src[p.pos] == '&' || p.src[p.pos] == '|') {
			p.pos++
		}
		if p.in(shellCase) {
			p.top().pattern = true
		} else if p.open[shellCase] > 0 && !p.recover {
			p.broken = true
		}
	}
}

func (p *shellParser) parenthesis(next byte) {
	switch {
	case p.in(shellCase) && p.top().pattern:
		p.pos++
		return
	case next == ')': // an anonymous function of zsh
		p.pos += 2
		p.command = true
		return
	case next == '(' && (p.command || !p.in(shellArray)):
		end := p.groupEnd(p.pos+1, 0)
		if end > 1 && p.src[end-2] != ')' {
			p.budget -= end - p.pos
		} else if end > 1 {
			if p.waiting >= 0 { // an expression is the body
				p.push(shellParen)
				p.advance(end)
				p.close(shellParen)
				return
			}
			p.advance(end)
			p.command = true
			return
		}
	case !p.command && p.waiting < 0: // a glob of zsh, the list of for x (a b)
		if end := p.groupEnd(p.pos+1, 0); end > 0 {
			p.advance(end)
			p.command = p.zsh
			return
		}
	}
	p.pos++
	p.push(shellParen)
	p.command = true
}

// redirection passes < > and what may follow; << notes a here-document.
func (p *shellParser) redirection(c, next byte) {
	p.pos++
	if next == '(' { // <(command)
		if end := p.groupEnd(p.pos+1, 0); end > 0 {
			p.advance(end)
		}
		return
	}
	if c == '<' && next == '<' {
		if p.pos+1 < len(p.src) && p.src[p.pos+1] == '<' {
			p.pos += 2
		} else if end, h := p.heredoc(p.pos + 1); end > 0 {
			if p.heredocEnd(h, p.n+1) > 0 {
				p.pending = append(p.pending, h)
			}
			p.pos = end
			return
		}
	}
	for p.pos < len(p.src) && (p.src[p.pos] == '>' || p.src[p.pos] == '<' || p.src[p.pos] == '&' || p.src[p.pos] == '|' || p.src[p.pos] == '!') {
		p.pos++
	}
	for p.pos < len(p.src) && isBlank(p.src[p.pos]) {
		p.pos++
	}
	if p.pos < len(p.src) && p.src[p.pos] != '(' {
		if end := p.wordEnd(p.pos); end > p.pos {
			p.advance(end)
		}
	}
}

// heredoc reads the mark after <<: where it ends, and what closes the text.
func (p *shellParser) heredoc(pos int) (int, shellHeredoc) {
	var h shellHeredoc
	if pos < len(p.src) && p.src[pos] == '-' {
		h.tabs = true
		pos++
	}
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	var mark []byte
	start, quote := pos, byte(0)
	for ; pos < len(p.src) && p.src[pos] != '\n'; pos++ {
		switch c := p.src[pos]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			mark = append(mark, c)
		case c == '\'' || c == '"':
			quote = c
		case c == '\\':
		case shellClass[c]&shellMeta != 0:
			h.mark = string(mark)
			return pos, h
		default:
			mark = append(mark, c)
		}
	}
	if h.mark = string(mark); pos == start || h.mark == "" || quote != 0 {
		return 0, h
	}
	return pos, h
}

// advance moves to an offset and counts the lines between.
func (p *shellParser) advance(pos int) {
	p.n += bytes.Count(p.src[p.pos:pos], []byte{'\n'})
	p.pos = pos
}

// word reads a word: a keyword, a function's name, or anything else.
func (p *shellParser) word() {
	start := p.pos
	end := p.wordEnd(start)
	if end == start {
		end++
	}
	word := p.src[start:end]
	if p.waiting >= 0 && !p.bodyStart(word) {
		if p.zsh && p.n == p.defs[p.waiting].end {
			p.waiting = -1 // zsh: a command is the body, to the line's end
		} else {
			p.drop()
		}
	}
	switch {
	case p.in(shellCase) && p.top().pattern:
		if string(word) == "esac" {
			p.pos = end
			p.esac()
			return
		}
		p.advance(end)
		return
	case p.in(shellArray):
		p.advance(end)
		return
	case word[0] == '}' && end == start+1 && (p.command || p.zsh || p.fresh):
		p.pos = end
		p.close(shellBrace)
		p.command = true
		return
	}
	if !p.command {
		p.advance(end)
		p.array()
		return
	}
	line := p.n
	p.advance(end)
	if p.keyword(word) {
		return
	}
	p.command = false
	if !p.array() {
		p.function(word, line)
	}
}

// bodyStart tells whether a function's body may start with this word.
func (p *shellParser) bodyStart(word []byte) bool {
	switch string(word) {
	case "{", "if", "while", "until", "for", "case", "select", "[[":
		return true
	}
	return false
}

// array opens name=( … ).
func (p *shellParser) array() bool {
	if p.pos < len(p.src) && p.src[p.pos] == '(' && p.src[p.pos-1] == '=' {
		p.pos++
		p.push(shellArray)
		p.command = false
		return true
	}
	return false
}

// function looks for () after a name.
func (p *shellParser) function(name []byte, line int) {
	pos := p.pos
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	if pos >= len(p.src) || p.src[pos] != '(' {
		return
	}
	for pos++; pos < len(p.src) && isBlank(p.src[pos]); pos++ {
	}
	if pos >= len(p.src) || p.src[pos] != ')' || bytes.ContainsAny(name, "$'\"`=\\{}") {
		return
	}
	p.pos = pos + 1
	p.define(name, line)
}

// define notes a function whose body comes next.
func (p *shellParser) define(name []byte, line int) {
	if p.recover && p.fresh {
		p.last = p.above
		for len(p.stack) > 0 && p.top().indent >= p.indent {
			p.pop()
		}
		p.last = line
	}
	start := line
	if p.lineDoc > 0 {
		start, p.lineDoc = p.lineDoc, 0
	}
	p.waiting = len(p.defs)
	p.defs = append(p.defs, definition{kind: KindFunction, name: string(name), start: start, end: line, doc: line - start})
	p.command = true
}
