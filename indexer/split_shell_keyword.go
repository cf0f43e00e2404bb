// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// keyword handles the word just read where a command may start; it tells whether it was a keyword.
func (p *shellParser) keyword(word []byte) bool {
	if len(word) > 9 {
		return false
	}
	body := p.waiting >= 0
	switch string(word) {
	case "{":
		p.push(shellBrace)
	case "if", "do", "while", "until", "for", "select", "repeat":
		p.openKeyword(string(word), body)
	case "fi", "done":
		if p.in(shellKeyword) {
			if p.top().depth--; p.top().depth == 0 {
				p.last = p.n
				p.pop()
			}
		}
	case "then", "else", "elif", "!", "time", "coproc", "nocorrect", "noglob":
	case "always":
		return p.zsh
	case "case":
		p.caseIn()
	case "esac":
		p.esac()
	case "function":
		p.functionKeyword()
	case "[[":
		if body {
			p.push(shellKeyword)
		}
		p.condition()
		if body {
			p.last = p.n
			p.pop()
		}
	default:
		return false
	}
	p.command = true
	return true
}

// openKeyword counts keywords where they are a function's body; for takes the name that follows with it.
func (p *shellParser) openKeyword(word string, body bool) {
	if body {
		p.push(shellKeyword)
		if word == "if" {
			p.top().depth = 1
		}
	} else if p.in(shellKeyword) && (word == "if" || word == "do") {
		p.top().depth++
	}
	if word != "for" && word != "select" {
		return
	}
	pos := p.pos
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	for pos < len(p.src) && byteClass[p.src[pos]]&(cLetter|cDigit) != 0 {
		pos++
	}
	end := pos
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	if shellWord(p.src[pos:], "in") { // the words that follow are no commands
		for pos += 2; pos < len(p.src); {
			c := p.src[pos]
			if isBlank(c) {
				pos++
				continue
			}
			if n := lineContinuation(p.src[pos:]); n > 0 {
				pos += n
				continue
			}
			stop := p.wordEnd(pos)
			if stop == pos {
				break
			}
			pos = stop
		}
		end = pos
	}
	p.advance(end)
}

// caseIn reads what stands between case and in.
func (p *shellParser) caseIn() {
	p.command = false
	pos, words := p.pos, 0
	for pos < len(p.src) && words < 64 {
		c := p.src[pos]
		if isBlank(c) || c == '\n' {
			pos++
			continue
		}
		if c == '#' {
			n := bytes.IndexByte(p.src[pos:], '\n')
			if n < 0 || words == 0 {
				return
			}
			pos += n
			continue
		}
		end := p.wordEnd(pos)
		if words > 0 && (string(p.src[pos:end]) == "in" || string(p.src[pos:end]) == "{") {
			p.advance(end)
			p.push(shellCase)
			p.top().pattern = true
			return
		}
		if end == pos || words > 0 && p.src[pos-1] == '\n' {
			return
		}
		words++
		pos = end
	}
}

func (p *shellParser) esac() {
	p.command = true
	p.close(shellCase)
}

// condition passes [[ … ]], in which parentheses and < group and compare.
func (p *shellParser) condition() {
	pos := p.pos
	for pos < len(p.src) && p.budget > 0 {
		c := p.src[pos]
		if bytes.HasPrefix(p.src[pos:], []byte("]]")) && (pos+2 == len(p.src) || shellClass[p.src[pos+2]]&shellMeta != 0) {
			p.advance(pos + 2)
			return
		}
		if n := lineContinuation(p.src[pos:]); n > 0 {
			pos += n
			continue
		}
		if shellClass[c]&shellMeta != 0 {
			if c == '\n' && pos-p.pos > 1<<12 {
				break
			}
			pos++
			continue
		}
		end := p.conditionWord(pos)
		if end == pos {
			end++
		}
		pos = end
	}
	p.budget -= pos - p.pos
}

// conditionWord gives the end of a word, in which a quote may be missing.
func (p *shellParser) conditionWord(pos int) int {
	for pos < len(p.src) {
		switch class := shellClass[p.src[pos]]; {
		case class&shellMeta != 0:
			return pos
		case class&shellQuote != 0:
			end := p.quotedEnd(pos, false, 0)
			if end < 0 {
				p.budget -= len(p.src) - pos
				end = pos + 1
			}
			pos = end
		default:
			pos++
		}
	}
	return pos
}

// functionKeyword reads function name, with or without (); zsh has functions without a name, and with several.
func (p *shellParser) functionKeyword() {
	p.command = true
	line := p.n
	var name []byte
	for {
		for p.pos < len(p.src) && isBlank(p.src[p.pos]) {
			p.pos++
		}
		end := p.wordEnd(p.pos)
		word := p.src[p.pos:end]
		if len(word) == 0 || string(word) == "{" {
			break
		}
		if name == nil {
			name = word
		}
		p.advance(end)
		if !p.zsh {
			break
		}
	}
	if name == nil || bytes.ContainsAny(name, "'\"`$\n") {
		return
	}
	pos := p.pos
	for pos < len(p.src) && isBlank(p.src[pos]) {
		pos++
	}
	if pos < len(p.src) && p.src[pos] == '(' {
		for pos++; pos < len(p.src) && isBlank(p.src[pos]); pos++ {
		}
		if pos < len(p.src) && p.src[pos] == ')' {
			p.pos = pos + 1
		}
	}
	p.define(name, line)
}
