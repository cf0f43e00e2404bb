// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// Go is cut by braces like the others, which takes a quarter of the time of go/parser, whose answer the tests compare,
// finds the same definitions, and goes on where the text is damaged.

// openGo judges a {.
func openGo(p *braceParser, h []lexeme) opening {
	if p.top().kind == inFile && len(h) > 0 && p.is(h[0], "func") {
		if p.is(h[len(h)-1], "interface", "struct") { // func f() interface{} {
			return opening{kind: inType, expr: true}
		}
		return openKeyword(p, h)
	}
	if p.top().group {
		return opening{kind: inType, expr: true}
	}
	if p.top().kind == inFile && len(h) > 1 && p.is(h[0], "type", "var", "const") {
		return opening{kind: inType, expr: true} // the statement's end makes the definition
	}
	return opening{kind: inBlock, expr: true}
}

// goTopLevel tells the func in the first column that starts a declaration: whatever is open was never closed.
func goTopLevel(src []byte, t lexeme) bool {
	if t.start > 0 && src[t.start-1] != '\n' || !bytes.HasPrefix(src[t.start:], []byte("func ")) {
		return false
	}
	next := src[min(int(t.start)+5, len(src)-1)]
	return next == '(' || byteClass[next]&cLetter != 0
}

func (p *braceParser) goTypeKind(h []lexeme) Kind {
	for i := 1; i < len(h); i++ {
		if p.is(h[i], "struct") {
			return KindStruct
		}
		if p.is(h[i], "interface") {
			return KindInterface
		}
		if isPunct(h[i], '=') {
			continue
		}
		if !isGroup(h[i], '[') || !p.hasSpace(h[i]) { // type parameters, [T any]; [4] and [] make another type
			break
		}
	}
	return KindType
}

func (p *braceParser) hasSpace(t lexeme) bool {
	return bytes.IndexByte(bytes.TrimSpace(p.inside(t)), ' ') > 0
}

// finishGo records type, const and var declarations, and functions without a body.
func finishGo(p *braceParser, h []lexeme) {
	if len(h) < 2 || p.top().kind != inFile && !p.top().group {
		return
	}
	switch {
	case p.top().group:
		p.record(p.define(p.goTypeKind(h), p.word(h[0]), h))
	case p.is(h[0], "func"):
		if _, name, _ := p.keywordFunction(h); name != "" {
			p.record(p.define(p.functionKind(h, 0), name, h))
		}
	case p.is(h[0], "type") && h[1].kind == tIdent:
		p.record(p.define(p.goTypeKind(h[1:]), p.word(h[1]), h))
	case p.is(h[0], "var", "const"):
		kind, name := KindVariable, p.word(h[1])
		if isGroup(h[1], '(') {
			name = firstWord(p.inside(h[1]))
		}
		if p.is(h[0], "const") {
			kind = KindConstant
		} else if eq := p.equals(h, 0); eq > 0 && eq+1 < len(h) && p.is(h[eq+1], "func") && !isGroup(h[len(h)-1], '(') {
			kind = KindFunction
		}
		p.record(p.define(kind, name, h))
	}
}

// firstWord gives the first identifier of a group's text that stands in no comment.
func firstWord(text []byte) string {
	l := newLexer(text, &goLexicon)
	for t := l.next(); t.kind != tEOF; t = l.next() {
		if t.kind == tIdent {
			return string(text[t.start:t.end])
		}
	}
	return ""
}
