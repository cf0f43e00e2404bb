// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

// openKeyword judges a { in languages where a keyword starts a function: Rust, PHP, Kotlin, Swift, Scala, Go.
func openKeyword(p *braceParser, h []lexeme) opening {
	switch {
	case p.top().kind == inType: // a macro's body
		return opening{kind: inType}
	case len(h) == 0:
		return opening{kind: inBlock}
	case p.g.lex.lifetimes && p.inConstGeneric(h):
		return opening{kind: inBlock, expr: true}
	}
	if at, name, paren := p.keywordFunction(h); at >= 0 {
		switch eq := p.equals(h, paren); {
		case name == "":
			return opening{kind: inBlock}
		case eq > 0 && p.anonymousClass(h[eq:]):
			return opening{kind: inClass, expr: true}
		case eq > 0 && eq < len(h)-1:
			return opening{kind: inBlock, expr: true} // the statement's end makes the definition
		}
		return opening{kind: inBlock, def: p.define(p.functionKind(h, at), name, h)}
	}
	kind, name, at := p.container(h)
	switch {
	case at < 0 && p.anonymousClass(h):
		return opening{kind: inClass, expr: p.g.newlines}
	case at < 0 && p.top().kind == inEnum && len(h) <= 2:
		return opening{kind: inClass} // a constant with a body
	case at < 0 && p.g.accessors && p.property(h) >= 0:
		return opening{kind: inBlock, expr: true}
	case at < 0:
		last := h[len(h)-1]
		return opening{kind: inBlock, expr: isPunct(last, '=') || p.equals(h, 0) > 0}
	}
	return containerOpening(p, h, kind, name, p.word(h[at]))
}

// inConstGeneric tells whether a { stands among type arguments: Array<T, { N }>.
func (p *braceParser) inConstGeneric(h []lexeme) bool {
	if last := h[len(h)-1]; !isPunct(last, ',') && !isPunct(last, '<') {
		return false
	}
	depth := 0
	for i := len(h) - 1; i >= 0 && !p.is(h[i], "where"); i-- {
		switch {
		case isPunct(h[i], '>'):
			depth++
		case isPunct(h[i], '<'):
			if depth--; depth < 0 {
				return true
			}
		}
	}
	return false
}

func containerOpening(p *braceParser, h []lexeme, kind Kind, name, keyword string) opening {
	o := opening{kind: inClass}
	switch {
	case keyword == "macro_rules":
		o.kind = inType
	case kind == KindModule:
		o.kind = inFile
	case kind == KindEnum:
		o.kind = inEnum
	}
	if name != "" {
		o.def = p.define(kind, name, h)
	}
	return o
}

// functionKind tells a method, which stands in a class or has a receiver, from a function.
func (p *braceParser) functionKind(h []lexeme, at int) Kind {
	if k := p.top().kind; k == inClass || k == inEnum {
		return KindMethod
	}
	if p.g.lex.backtickRaw && at+1 < len(h) && isGroup(h[at+1], '(') {
		return KindMethod // func (receiver) Name
	}
	return KindFunction
}

// keywordFunction looks for fn name(…) in a head: the keyword's position, the name, and the position of the parameters.
func (p *braceParser) keywordFunction(h []lexeme) (at int, name string, paren int) {
	for i := 0; i < len(h); i++ {
		t := h[i]
		if isPunct(t, '<') {
			if j := angles(h, i); j > i {
				i = j - 1
			}
			continue
		}
		if isPunct(t, '=') {
			break
		}
		if t.kind != tIdent || !p.g.functions[string(p.src[t.start:t.end])] {
			continue
		}
		if i > 0 && (isPunct(h[i-1], '.') || h[i-1].kind == tScope) {
			continue
		}
		if p.is(t, "fun") && i+1 < len(h) && p.g.containers[p.word(h[i+1])] != 0 { // fun interface
			continue
		}
		if p.is(t, "constructor") && !p.isConstructor(h, i) {
			break
		}
		name, paren := p.nameAfter(h, i)
		return i, name, paren
	}
	return -1, "", 0
}

// isConstructor tells the secondary constructor of a Kotlin class from the first, class A private constructor(…), and from
// a variable of that name.
func (p *braceParser) isConstructor(h []lexeme, i int) bool {
	if k := p.top().kind; k != inClass && k != inEnum && k != inFile || i+1 == len(h) || !isGroup(h[i+1], '(') {
		return false
	}
	_, _, at := p.container(h[:i])
	return at < 0
}

// nameAfter gives the identifier before the parameters of the function whose keyword stands at i.
func (p *braceParser) nameAfter(h []lexeme, i int) (string, int) {
	if p.is(h[i], "init", "deinit", "constructor", "subscript") {
		for j := i + 1; j < len(h); j++ {
			if isGroup(h[j], '(') {
				return p.word(h[i]), j
			}
		}
		return p.word(h[i]), i
	}
	name := -1
	for j := i + 1; j < len(h); j++ {
		switch t := h[j]; {
		case isPunct(t, '<'):
			if n := angles(h, j); n > j {
				j = n - 1
			}
		case t.kind == tIdent:
			name = j
			if p.is(h[i], "def", "task") && (j+1 == len(h) || !isPunct(h[j+1], '.')) {
				if j+1 == len(h) || !isGroup(h[j+1], '(') && !isGroup(h[j+1], '[') {
					return strings.Trim(p.word(t), "`"), j
				}
			}
		case isGroup(t, '(') && name >= 0:
			return strings.Trim(p.word(h[name]), "`"), j
		case isGroup(t, '(') && j+1 < len(h) && isPunct(h[j+1], '.'): // Kotlin: the receiver is a function
		case isGroup(t, '(') && j > i+1: // an operator's name
			return p.text(h[i+1], h[j-1]), j
		case isGroup(t, '(') && !p.g.lex.backtickRaw, isPunct(t, '='), t.kind == tArrow:
			return "", j
		}
	}
	return "", i
}

// equals gives the position of the = after the parameters, 0 when there is none.
func (p *braceParser) equals(h []lexeme, from int) int {
	for j := from + 1; j < len(h); j++ {
		if isPunct(h[j], '<') {
			if n := angles(h, j); n > j {
				j = n - 1
				continue
			}
		}
		if isPunct(h[j], '=') {
			return j
		}
	}
	return 0
}

// anonymousClass tells object : Type { and new class {.
func (p *braceParser) anonymousClass(h []lexeme) bool {
	for i := len(h) - 1; i >= 0; i-- {
		if p.is(h[i], "object") || p.is(h[i], "class") && i > 0 && p.is(h[i-1], "new") {
			return true
		}
	}
	return false
}

// finishKeyword records what needs no braces: fun f() = 1, struct Unit;, abstract functions where they count.
func finishKeyword(p *braceParser, h []lexeme) {
	if p.top().kind == inParens || p.top().kind == inType {
		return
	}
	if at, name, paren := p.keywordFunction(h); at >= 0 {
		expr := p.g.exprBody && p.equals(h, paren) > 0
		if name != "" && (expr || p.g.bodiless[p.word(h[at])]) {
			p.record(p.define(p.functionKind(h, at), name, h))
		}
		return
	}
	if p.g.accessors && p.top().kind != inBlock {
		if name := p.propertyName(h); name != "" {
			p.record(p.define(p.functionKind(h, 0), name, h))
			return
		}
	}
	for i, t := range h {
		if t.kind != tIdent {
			if t.kind != tGroup && !isPunct(t, '@') && !isPunct(t, '#') {
				return
			}
			continue
		}
		word := string(p.src[t.start:t.end])
		if !p.g.bodiless[word] {
			continue
		}
		if i > 0 && (isPunct(h[i-1], '.') || h[i-1].kind == tScope) {
			return
		}
		if _, name, at := p.container(h); at == i && name != "" {
			p.record(p.define(p.g.containers[word], name, h))
		} else if i+1 < len(h) && h[i+1].kind == tIdent && p.g.containers[word] == 0 && !p.g.functions[word] {
			p.record(p.define(KindType, p.word(h[i+1]), h)) // type, typealias
		}
		return
	}
}
