// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// comment passes over what looks like a comment in most languages: // /* */ <!-- --> and lines of a comment whose beginning is
// elsewhere; # and -- where white space stands on both sides or where the line begins, and what follows is no directive.
func (l *PrintLexer) comment(c byte) bool {
	d := l.at(1)
	switch {
	case c == '/' && d == '/':
		if l.pos > 0 && l.src[l.pos-1] == ':' { // an address
			return false
		}
		l.skipLine()
	case c == '/' && d == '*':
		return l.skipTo("*/")
	case c == '<' && d == '!' && l.at(2) == '-' && l.at(3) == '-':
		return l.skipTo("-->")
	case c == '*' && l.fresh && (d == '/' || d == '*' || d == ' ' || d == '\t' || d == '\n' || d == '\r'):
		if d == '/' {
			l.pos += 2
			return true
		}
		l.skipLine()
	case c == '#' && (l.fresh || byteClass[l.before()]&cSpace != 0):
		if byteClass[d]&(cLetter|cDigit) != 0 || strings.IndexByte("[{$'\"", d) >= 0 && d != 0 || l.fresh && l.directive() {
			return false
		}
		l.skipLine()
	case c == '-' && d == '-' && (l.fresh || byteClass[l.before()]&cSpace != 0):
		if e := l.at(2); byteClass[e]&cSpace == 0 && e != '\n' && e != '-' && e != 0 {
			return false
		}
		l.skipLine()
	default:
		return false
	}
	return true
}

func (l *PrintLexer) before() byte {
	if l.pos == 0 {
		return '\n'
	}
	return l.src[l.pos-1]
}

// skipLine goes to the end of the line.
func (l *PrintLexer) skipLine() {
	if n := bytes.IndexByte(l.src[l.pos:], '\n'); n >= 0 {
		l.pos += n
		return
	}
	l.pos = len(l.src)
}

// skipTo passes over a comment when its end is there; else its first character is no comment.
func (l *PrintLexer) skipTo(end string) bool {
	if l.open {
		return false
	}
	n := bytes.Index(l.src[l.pos+2:], []byte(end))
	if n < 0 {
		l.open = true
		return false
	}
	stop := l.pos + 2 + n + len(end)
	l.line += int32(bytes.Count(l.src[l.pos:stop], []byte{'\n'}))
	l.pos = stop
	return true
}

// directive tells whether the # at the position starts a line for C's preprocessor with space after it.
func (l *PrintLexer) directive() bool {
	rest := bytes.TrimLeft(l.src[l.pos+1:min(len(l.src), l.pos+24)], " \t")
	for _, word := range []string{"define", "include", "ifdef", "ifndef", "endif", "undef", "pragma"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			return true
		}
	}
	return false
}
