// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"unicode/utf8"
)

// Positions in lexer.dead.
const (
	deadDouble = iota
	deadSingle
	deadBacktick
	deadTriple
	deadInterpolation
)

// quoted reads what starts with a quote.
func (l *lexer) quoted(t *lexeme, c byte) {
	t.kind = tString
	rest := l.src[l.pos:]
	switch {
	case c == '`' && l.lex.script:
		l.pos++
		l.modes = append(l.modes, scriptMode{kind: templateText})
	case c == '`' && l.lex.backtickName:
		t.kind = tIdent
		l.pos++
		l.pos = l.until('`', deadBacktick, 0, false)
	case c == '`' && l.lex.backtickRaw:
		l.pos++
		l.pos = l.until('`', deadBacktick, 0, true)
	case c == '`':
		t.kind = tPunct
		l.pos++
	case c == '\'' && l.lex.lifetimes:
		l.lifetime(t)
	case c == '\'' && l.lex.noSingle:
		t.kind = tPunct
		l.pos++
	case c == '"' && (l.lex.triple || l.lex.verbatim) && bytes.HasPrefix(rest, []byte(`"""`)),
		c == '\'' && l.lex.triple1 && bytes.HasPrefix(rest, []byte(`'''`)):
		l.tripleQuoted(c)
	case c == '"':
		l.pos++
		l.pos = l.until('"', deadDouble, '\\', l.lex.multiline)
	default:
		l.pos++
		l.pos = l.until('\'', deadSingle, '\\', l.lex.multiline)
	}
}

// until gives the position after the closing quote. A string that may not hold line ends stops at one; a string that
// may, and is never closed, stops at the line's end too, and is remembered, so that such text costs one pass only.
func (l *lexer) until(quote byte, dead int, escape byte, multiline bool) int {
	src, pos, lineEnd := l.src, l.pos, -1
	multiline = multiline && !l.dead[dead]
	for pos < len(src) {
		c := src[pos]
		switch {
		case c == quote:
			return pos + 1
		case c == '\n':
			if !multiline {
				return pos
			}
			if lineEnd < 0 {
				lineEnd = pos
			}
		case l.lex.interpolate != "" && c == l.lex.interpolate[0] && quote == '"' && pos+1 < len(src) && src[pos+1] == l.lex.interpolate[1]:
			pos = l.interpolation(pos+2, 0)
			continue
		case c == escape && escape != 0:
			pos++
			if pos < len(src) && src[pos] == '\r' {
				pos++
			}
		}
		pos++
	}
	if lineEnd >= 0 {
		l.dead[dead] = true
		return lineEnd
	}
	return len(src)
}

// interpolation gives the position after the bracket that closes an expression inside a string, or where the line ends.
// It may hold a few line ends; when one is not closed near, none of the file may any more.
func (l *lexer) interpolation(pos, depth int) int {
	open, src, lineEnd, limit := 1, l.src, -1, pos+2000
	for pos < len(src) {
		if pos > limit && lineEnd >= 0 {
			l.dead[deadInterpolation] = true
			return lineEnd
		}
		switch c := src[pos]; c {
		case '\n':
			if l.dead[deadInterpolation] {
				return pos
			}
			if lineEnd < 0 {
				lineEnd = pos
			}
		case '{', '(':
			open++
		case '}', ')':
			open--
			if open == 0 {
				return pos + 1
			}
		case '"':
			if depth < 8 {
				pos = l.nestedString(pos+1, depth+1)
				continue
			}
		}
		pos++
	}
	if lineEnd >= 0 {
		l.dead[deadInterpolation] = true
		return lineEnd
	}
	return pos
}

// nestedString gives the position after a string that stands in an expression inside a string.
func (l *lexer) nestedString(pos, depth int) int {
	src := l.src
	for pos < len(src) {
		switch c := src[pos]; {
		case c == '"':
			return pos + 1
		case c == '\n':
			return pos
		case c == '\\' && l.lex.interpolate != `\(`:
			pos++
		case pos+1 < len(src) && l.lex.interpolate != "" && c == l.lex.interpolate[0] && src[pos+1] == l.lex.interpolate[1]:
			pos = l.interpolation(pos+2, depth)
			continue
		case c == '\\':
			pos++
		}
		pos++
	}
	return min(pos, len(src))
}

// tripleQuoted reads a string between three (in C# and Swift: three or more) quotes.
func (l *lexer) tripleQuoted(c byte) {
	n := 0
	for l.pos+n < len(l.src) && l.src[l.pos+n] == c {
		n++
	}
	if !l.lex.verbatim {
		n = min(n, 3)
	}
	quotes := l.src[l.pos : l.pos+n]
	l.pos += n
	if l.dead[deadTriple] {
		return
	}
	for from := l.pos; ; {
		i := bytes.Index(l.src[from:], quotes)
		if i < 0 {
			l.dead[deadTriple] = true
			return
		}
		end := from + i
		if l.src[end-1] == '\\' && end > from && !l.lex.verbatim {
			from = end + 1
			continue
		}
		l.pos = end + n
		for l.pos < len(l.src) && l.src[l.pos] == c { // """a"""" ends with a quote
			l.pos++
		}
		return
	}
}

// lifetime tells 'a' from 'a in Rust.
func (l *lexer) lifetime(t *lexeme) {
	rest := l.src[l.pos+1:]
	if len(rest) > 0 && rest[0] == '\\' {
		l.pos++
		l.pos = l.until('\'', deadSingle, '\\', false)
		return
	}
	_, n := utf8.DecodeRune(rest)
	if len(rest) > n && rest[n] == '\'' {
		l.pos += n + 2
		return
	}
	t.kind = tIdent
	l.pos++
	l.name()
}

// prefixedString reads the strings that start with letters: R"x(…)x" in C++, r#"…"# and b'x' in Rust, r'…' in Dart.
func (l *lexer) prefixedString(t *lexeme) {
	prefix, c := l.src[t.start:l.pos], l.src[l.pos]
	switch {
	case l.lex.cppRaw && c == '"' && prefix[len(prefix)-1] == 'R' && len(prefix) <= 3:
		t.kind = tString
		rest := l.src[l.pos+1:]
		n := bytes.IndexByte(rest[:min(len(rest), 20)], '(')
		if n < 0 {
			return
		}
		closing := append(append([]byte{')'}, rest[:n]...), '"')
		l.pos += 1 + n
		l.skipPast(closing)
	case l.lex.lifetimes && len(prefix) <= 2 && (c == '"' || c == '#') && prefix[len(prefix)-1] == 'r':
		n := 0
		for l.pos+n < len(l.src) && l.src[l.pos+n] == '#' {
			n++
		}
		if l.pos+n >= len(l.src) || l.src[l.pos+n] != '"' {
			if n == 1 && l.pos+1 < len(l.src) && byteClass[l.src[l.pos+1]]&cLetter != 0 {
				l.pos++
				l.name() // r#match, a name
			}
			return
		}
		t.kind = tString
		closing := append([]byte{'"'}, l.src[l.pos:l.pos+n]...)
		l.pos += n + 1
		l.skipPast(closing)
	case l.lex.lifetimes && c == '\'' && string(prefix) == "b":
		t.kind = tString
		l.pos++
		l.pos = l.until('\'', deadSingle, '\\', false)
	}
}

// skipPast goes past the next closing, or to the line's end when there is none.
func (l *lexer) skipPast(closing []byte) {
	if l.dead[deadTriple] {
		return
	}
	if n := bytes.Index(l.src[l.pos:], closing); n >= 0 {
		l.pos += n + len(closing)
		return
	}
	l.dead[deadTriple] = true
}

// verbatim reads the C# strings that start with @ or $, and tells whether there was one.
func (l *lexer) verbatim(t *lexeme) bool {
	pos, at, dollars := l.pos, false, 0
	for pos < len(l.src) && pos < l.pos+8 && (l.src[pos] == '@' || l.src[pos] == '$') {
		at = at || l.src[pos] == '@'
		if l.src[pos] == '$' {
			dollars++
		}
		pos++
	}
	if pos >= len(l.src) || l.src[pos] != '"' {
		return false
	}
	t.kind = tString
	l.pos = pos
	if bytes.HasPrefix(l.src[pos:], []byte(`"""`)) && !at {
		l.tripleQuoted('"')
		return true
	}
	l.pos++
	start := l.pos
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '"' && at && l.pos+1 < len(l.src) && l.src[l.pos+1] == '"':
			l.pos++
		case c == '"':
			l.pos++
			return true
		case c == '\\' && !at:
			l.pos++
		case c == '{' && dollars > 0 && l.pos+1 < len(l.src) && l.src[l.pos+1] == '{':
			l.pos++
		case c == '{' && dollars > 0:
			l.pos = l.interpolation(l.pos+1, 0)
			continue
		case c == '\n' && (!at || l.dead[deadDouble]):
			return true
		}
		l.pos++
	}
	if at {
		l.dead[deadDouble] = true
		l.pos = start
	}
	l.pos = min(l.pos, len(l.src))
	return true
}

// skipHTML goes to the code of the next <?php or <?=.
func (l *lexer) skipHTML() {
	l.html = false
	from := l.pos
	for {
		n := bytes.Index(l.src[l.pos:], []byte("<?"))
		if n < 0 {
			l.pos = len(l.src)
			l.pages = append(l.pages, span{from, l.pos})
			return
		}
		l.pos += n + 2
		if !bytes.HasPrefix(l.src[l.pos:], []byte("xml")) { // <?xml … ?> is markup
			break
		}
	}
	if l.pos-2 > from {
		l.pages = append(l.pages, span{from, l.pos - 2})
	}
	for _, word := range []string{"php", "PHP", "="} {
		if bytes.HasPrefix(l.src[l.pos:], []byte(word)) {
			l.pos += len(word)
			break
		}
	}
	l.newline = true
}

// heredoc reads a PHP heredoc or nowdoc, and tells whether there was one.
func (l *lexer) heredoc() bool {
	if l.dead[deadBacktick] {
		return false
	}
	rest := l.src[l.pos+3:]
	line := rest[:min(len(rest), 200)]
	n := bytes.IndexByte(line, '\n')
	if n < 0 {
		return false
	}
	name := bytes.Trim(bytes.TrimSpace(line[:n]), `"'`)
	if len(name) == 0 || byteClass[name[0]]&cLetter == 0 {
		return false
	}
	pos := l.pos + 3 + n + 1
	for pos < len(l.src) {
		body := bytes.TrimLeft(l.src[pos:], " \t")
		if bytes.HasPrefix(body, name) && (len(body) == len(name) || byteClass[body[len(name)]]&(cLetter|cDigit) == 0) {
			l.pos = len(l.src) - len(body) + len(name)
			return true
		}
		n := bytes.IndexByte(l.src[pos:], '\n')
		if n < 0 {
			break
		}
		pos += n + 1
	}
	l.dead[deadBacktick] = true // a text that is not closed: look for the end once only
	return false
}
