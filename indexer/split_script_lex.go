// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// JavaScript nests languages: a template holds expressions that hold templates, an element holds expressions that hold
// elements. The lexer keeps a stack of where it is. To the parser an embedded expression is a parenthesis, ( … ).
type scriptKind uint8

const (
	templateText scriptKind = iota // `…
	templateCode                   // ${ …
	jsxTag                         // <a …
	jsxClosing                     // </a …
	jsxText                        // <a> …
	jsxCode                        // { … in a tag or between tags
)

type scriptMode struct {
	kind   scriptKind
	braces int // open braces in code
}

// scriptText reads one lexeme of a template or an element; false means that the lexer is in code.
func (l *lexer) scriptText() (lexeme, bool) {
	top := &l.modes[len(l.modes)-1]
	switch top.kind {
	case templateText:
		return l.template(top), true
	case jsxTag, jsxClosing:
		return l.tag(top), true
	case jsxText:
		return l.elementText(), true
	}
	return lexeme{}, false
}

func (l *lexer) template(top *scriptMode) lexeme {
	t := lexeme{kind: tString, start: int32(l.pos), doc: -1}
	src := l.src
	for l.pos < len(src) {
		switch c := src[l.pos]; {
		case c == '\\':
			l.pos++
		case c == '`':
			l.pos++
			l.leave()
			t.end = int32(l.pos)
			return t
		case c == '$' && l.pos+1 < len(src) && src[l.pos+1] == '{':
			l.pos += 2
			l.modes = append(l.modes, scriptMode{kind: templateCode})
			t.kind, t.c, t.end = tPunct, '(', int32(l.pos)
			return t
		}
		l.pos++
	}
	return l.unclosed(t)
}

func (l *lexer) leave() { l.modes = l.modes[:len(l.modes)-1] }

// unclosed ends a template or an element that the file does not close.
func (l *lexer) unclosed(t lexeme) lexeme {
	l.pos, l.modes = len(l.src), l.modes[:0]
	t.kind, t.end = tEOF, int32(l.pos)
	return t
}

func (l *lexer) tag(top *scriptMode) lexeme {
	t := lexeme{kind: tString, start: int32(l.pos), doc: -1}
	src := l.src
	for l.pos < len(src) {
		switch c := src[l.pos]; c {
		case '"', '\'':
			n := bytes.IndexByte(src[l.pos+1:], c)
			if n < 0 {
				return l.unclosed(t)
			}
			l.pos += n + 1
		case '{':
			l.pos++
			l.modes = append(l.modes, scriptMode{kind: jsxCode})
			t.kind, t.c, t.end = tPunct, '(', int32(l.pos)
			return t
		case '/':
			next := src[min(l.pos+1, len(src)-1)]
			switch {
			case next == '>':
				l.pos += 2
				l.leave()
				t.end = int32(l.pos)
				return t
			case next == '/' && l.pos > 0 && isBlank(src[l.pos-1]): // a comment between attributes
				l.skipLine()
				continue
			case next == '*':
				l.skipBlockComment()
				continue
			}
		case '<': // <Name<Type> …>
			top.braces++
		case '>':
			if src[l.pos-1] == '=' {
				break
			}
			if top.braces > 0 {
				top.braces--
				break
			}
			l.pos++
			if top.kind == jsxClosing {
				l.leave() // the tag, then its element
				if len(l.modes) > 0 && l.modes[len(l.modes)-1].kind == jsxText {
					l.leave()
				}
			} else {
				top.kind = jsxText
			}
			t.end = int32(l.pos)
			return t
		}
		l.pos++
	}
	return l.unclosed(t)
}

func (l *lexer) elementText() lexeme {
	t := lexeme{kind: tString, start: int32(l.pos), doc: -1}
	n := bytes.IndexAny(l.src[l.pos:], "<{")
	if n < 0 {
		return l.unclosed(t)
	}
	l.pos += n + 1
	switch {
	case l.src[l.pos-1] == '{':
		l.modes = append(l.modes, scriptMode{kind: jsxCode})
		t.kind, t.c = tPunct, '('
	case l.pos < len(l.src) && l.src[l.pos] == '/':
		l.pos++
		l.modes = append(l.modes, scriptMode{kind: jsxClosing})
	default:
		l.modes = append(l.modes, scriptMode{kind: jsxTag})
	}
	t.end = int32(l.pos)
	return t
}

// scriptBracket keeps count of brackets: a } may end an embedded expression, a ) may end a condition.
func (l *lexer) scriptBracket(c byte) {
	switch c {
	case '(':
		l.parens = append(l.parens, l.prev.kind == tIdent && isControl(l.src[l.prev.start:l.prev.end]))
	case ')':
		l.control = false
		if n := len(l.parens); n > 0 {
			l.control = l.parens[n-1]
			l.parens = l.parens[:n-1]
		}
	case '{':
		if n := len(l.modes); n > 0 {
			l.modes[n-1].braces++
		}
	}
}

// endsEmbedded tells whether a } ends an embedded expression.
func (l *lexer) endsEmbedded() bool {
	n := len(l.modes)
	if n == 0 {
		return false
	}
	if l.modes[n-1].braces > 0 {
		l.modes[n-1].braces--
		return false
	}
	l.leave()
	return true
}

func isControl(word []byte) bool {
	switch string(word) {
	case "if", "while", "for", "with":
		return true
	}
	return false
}

// startsOperand tells whether an operand may start here: then / is a regular expression and < an element.
func (l *lexer) startsOperand() bool {
	switch l.prev.kind {
	case tNumber, tString, tGroup:
		return false
	case tIdent:
		switch string(l.src[l.prev.start:l.prev.end]) {
		case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof",
			"yield", "await", "default", "extends":
			return true
		}
		return false
	case tPunct:
		switch l.prev.c {
		case ')':
			return l.control
		case ']':
			return false
		}
	case tOperator:
		return !(l.prev.end-l.prev.start == 2 && (l.prev.c == '+' || l.prev.c == '-') && l.src[l.prev.end-1] == l.prev.c)
	}
	return true
}

// regexp reads a regular expression, and tells whether there was one: it ends on its line.
func (l *lexer) regexp() bool {
	if !l.startsOperand() {
		return false
	}
	class, limit := false, 2000
	if l.failed > 100 {
		limit = 50 // no code, or hostile: do not look to the line's end again and again
	}
	for pos := l.pos + 1; pos < min(len(l.src), l.pos+limit); pos++ {
		switch c := l.src[pos]; {
		case c == '\n':
			return false
		case c == '\\':
			pos++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.pos = pos + 1
			l.name() // flags
			return true
		}
	}
	l.failed++
	return false
}

// startsElement tells whether < starts an element and not a comparison, a type argument or a generic arrow function.
func (l *lexer) startsElement() bool {
	if !l.startsOperand() || l.pos+1 >= len(l.src) {
		return false
	}
	rest := l.src[l.pos+1:]
	if rest[0] == '>' {
		return true
	}
	if byteClass[rest[0]]&cLetter == 0 {
		return false
	}
	n := 0
	for n < len(rest) && n < 100 && byteClass[rest[n]]&(cLetter|cDigit) != 0 {
		n++
	}
	after := bytes.TrimLeft(rest[n:min(len(rest), n+20)], " ")
	if isFunctionType(rest[n:], l.prev.kind == tPunct && (l.prev.c == '{' || l.prev.c == ';')) {
		return false
	}
	return !bytes.HasPrefix(after, []byte(",")) && !bytes.HasPrefix(after, []byte("extends ")) && !bytes.HasPrefix(after, []byte("="))
}

// isFunctionType tells whether what follows <T in a type is >(parameters) =>, or the >(parameters): of a member.
func isFunctionType(rest []byte, member bool) bool {
	depth := 0
	n := bytes.Index(rest[:min(len(rest), 200)], []byte(">("))
	if n < 0 || len(bytes.Trim(rest[:n], ", \t\r\nabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")) > 0 {
		return false
	}
	rest = rest[n+1:]
	for i := 0; i < min(len(rest), 500); i++ {
		switch rest[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				rest = bytes.TrimLeft(rest[i+1:], " \t\r\n")
				return bytes.HasPrefix(rest, []byte("=>")) || member && bytes.HasPrefix(rest, []byte(":"))
			}
		}
	}
	return false
}
