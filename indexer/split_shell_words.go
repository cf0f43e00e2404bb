// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// Classes of bytes in a word.
const (
	shellMeta  = 1 << iota // ends a word
	shellQuote             // needs a closer look
)

var shellClass = func() (t [256]uint8) {
	for _, c := range " \t\r\n\f\v;&|()<>\x00" {
		t[c] = shellMeta
	}
	for _, c := range "'\"`$\\" {
		t[c] = shellQuote
	}
	return t
}()

// wordEnd gives the end of the word at pos; quotes, expansions and extended globs belong to it.
func (p *shellParser) wordEnd(pos int) int {
	src, start := p.src, pos
	for pos < len(src) {
		c := src[pos]
		switch class := shellClass[c]; {
		case class == 0:
			pos++
			continue
		case class&shellMeta != 0:
			if c == '(' && pos > start && p.glob(src[pos-1]) && !bytes.HasPrefix(src[pos:], []byte("()")) {
				if end := p.groupEnd(pos+1, 0); end > 0 {
					pos = end
					continue
				}
			}
			return pos
		}
		end := p.quotedEnd(pos, false, 0)
		if end < 0 {
			p.budget -= len(src) - pos
			p.broken = true
			end = pos + 1
		}
		pos = end
	}
	return pos
}

// glob tells whether ( after this character starts a pattern.
func (p *shellParser) glob(c byte) bool {
	switch c {
	case '?', '*', '+', '@', '!', '/', '~', ']':
		return true
	case '=':
		return false
	}
	return p.zsh && !p.command || p.in(shellCase) && p.top().pattern
}

// maxShellNesting is how deep quotes and substitutions stand in each other.
const maxShellNesting = 50

// quotedEnd passes what a quote, a dollar sign or a backslash at pos starts: -1 when it is not closed.
func (p *shellParser) quotedEnd(pos int, quoted bool, nested int) int {
	src := p.src
	if nested > maxShellNesting || p.budget <= 0 {
		return -1
	}
	next := byte(0)
	if pos+1 < len(src) {
		next = src[pos+1]
	}
	switch src[pos] {
	case '\\':
		return min(pos+2, len(src))
	case '\'':
		if n := bytes.IndexByte(src[pos+1:], '\''); n >= 0 {
			return pos + n + 2
		}
		return -1
	case '"':
		return p.doubleEnd(pos+1, nested)
	case '`':
		return p.backtickEnd(pos + 1)
	}
	switch { // $
	case next == '(':
		return p.groupEnd(pos+2, nested+1)
	case next == '{':
		return p.parameterEnd(pos+2, quoted, nested)
	case next == '\'' && !quoted:
		return p.ansiEnd(pos + 2)
	case next == '"' && !quoted:
		return pos + 1
	case next > ' ' && shellClass[next]&shellMeta == 0 && next != '"' && next != '\'' && next != '`' && next != '\\' && next != '}':
		return pos + 2 // $#, $$
	}
	return pos + 1
}

func (p *shellParser) backtickEnd(pos int) int {
	for ; pos < len(p.src); pos++ {
		switch p.src[pos] {
		case '\\':
			pos++
		case '`':
			return pos + 1
		}
	}
	return -1
}

func (p *shellParser) ansiEnd(pos int) int {
	for ; pos < len(p.src); pos++ {
		switch p.src[pos] {
		case '\\':
			pos++
		case '\'':
			return pos + 1
		}
	}
	return -1
}

// doubleEnd gives the end of a string in double quotes.
func (p *shellParser) doubleEnd(pos, nested int) int {
	src := p.src
	for pos < len(src) {
		switch src[pos] {
		case '"':
			return pos + 1
		case '\\', '`', '$':
			if pos = p.quotedEnd(pos, true, nested+1); pos < 0 {
				return -1
			}
			continue
		}
		pos++
	}
	return -1
}

// parameterEnd gives the end of ${ … }. Inside double quotes a single quote only quotes in patterns.
func (p *shellParser) parameterEnd(pos int, quoted bool, nested int) int {
	src, pattern := p.src, !quoted
	if pos < len(src) && src[pos] == '#' {
		pos++
	}
	for start := pos; pos < len(src); pos++ {
		switch c := src[pos]; c {
		case '}':
			return pos + 1
		case '#', '%', '/':
			pattern = true
			continue
		case '\n':
			if pos-start > 1<<12 {
				return -1
			}
			continue
		case '\'':
			if !pattern {
				continue
			}
		case '"', '\\', '`', '$':
		default:
			continue
		}
		if pos = p.quotedEnd(pos, quoted, nested+1); pos < 0 {
			return -1
		}
		pos--
	}
	return -1
}

// groupEnd gives the offset after the ) that closes what was opened before pos, a list of commands or of words.
func (p *shellParser) groupEnd(pos, nested int) int {
	if nested > maxShellNesting || p.budget <= 0 {
		return -1
	}
	src, depth, cases, word := p.src, 0, 0, true // word: a word may start here
	var pending []shellHeredoc
	start := pos
	for pos < len(src) {
		c := src[pos]
		switch {
		case c == ')':
			if depth == 0 && cases == 0 {
				return pos + 1
			}
			depth = max(0, depth-1)
		case c == '(':
			depth++
		case c == '#' && word:
			if n := bytes.IndexByte(src[pos:], '\n'); n >= 0 {
				pos += n
				continue
			}
			return -1
		case c == '\n' && len(pending) > 0:
			n := p.lines.line(pos) + 1
			for _, h := range pending {
				if end := p.heredocEnd(h, n); end > 0 {
					n = end + 1
				}
			}
			pending, pos, word = nil, int(p.lines.starts[n-1]), true
			continue
		case c == '<' && pos+1 < len(src) && src[pos+1] == '<':
			end := p.nestedHeredoc(pos+2, &pending)
			if end > 0 {
				pos = end
				continue
			}
			pos++
		case shellClass[c]&shellQuote != 0:
			end := p.quotedEnd(pos, false, nested+1)
			if end < 0 {
				p.budget -= len(src) - start
				return -1
			}
			pos, word = end, false
			continue
		case word && c == 'c' && shellWord(src[pos:], "case"):
			cases++
		case word && c == 'e' && shellWord(src[pos:], "esac"):
			cases = max(0, cases-1)
		}
		word = shellClass[c]&shellMeta != 0
		pos++
	}
	p.budget -= len(src) - start
	return -1
}

// nestedHeredoc notes the here-document at pos, after <<, when its text exists.
func (p *shellParser) nestedHeredoc(pos int, pending *[]shellHeredoc) int {
	if pos < len(p.src) && p.src[pos] == '<' || len(*pending) > 8 {
		return 0
	}
	end, h := p.heredoc(pos)
	if end == 0 || p.heredocEnd(h, p.lines.line(pos)+1) == 0 {
		return 0
	}
	*pending = append(*pending, h)
	return end
}

// shellWord tells whether a text starts with this word.
func shellWord(text []byte, word string) bool {
	return bytes.HasPrefix(text, []byte(word)) && (len(text) == len(word) || shellClass[text[len(word)]]&shellMeta != 0)
}
