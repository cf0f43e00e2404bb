// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

// A scriptSplitter cuts JavaScript and TypeScript, with JSX and type annotations: functions, classes, methods (also
// those of object literals), functions assigned to a name, interfaces, types, enums and namespaces. A function that is
// only an argument, a callback, is no definition.
type scriptSplitter struct{ lang string }

func (s scriptSplitter) Split(path string, src []byte) []Block {
	g := scriptGrammar
	if s.lang == "TypeScript" && !strings.HasSuffix(path, ".tsx") {
		g = typescriptGrammar
	}
	lines := newLineIndex(src)
	return assemble(s.lang, lines, parseBraces(src, lines, g))
}

var (
	scriptGrammar = &grammar{
		lex:  lexicon{slash: true, dollar: true, script: true, jsx: true},
		open: openScript, finish: finishScript, newlines: true,
	}
	typescriptGrammar = &grammar{
		lex:  lexicon{slash: true, dollar: true, script: true},
		open: openScript, finish: finishScript, newlines: true,
	}
)

// openScript judges a {.
func openScript(p *braceParser, h []lexeme) opening {
	top := p.top().kind
	if len(h) == 0 {
		switch top {
		case inParens, inObject:
			if p.inTypeContext() {
				return opening{kind: inType, expr: true}
			}
			return opening{kind: inObject, expr: true}
		case inType:
			return opening{kind: inType, expr: true}
		}
		return opening{kind: inBlock}
	}
	if top == inType || p.declares(h, "type") {
		return opening{kind: inType, expr: true}
	}
	last := h[len(h)-1]
	if o, ok := p.valueBrace(h, last, top); ok {
		return o
	}
	d := p.scriptDefinition(h, top)
	switch {
	case d.ok:
		o := opening{kind: d.body, expr: d.expr}
		if d.name != "" {
			o.def = p.define(d.kind, d.name, h)
			o.def.value = d.value
			if d.sig > 0 {
				o.def.sig = h[d.sig].start
			}
		}
		return o
	case p.is(last, "class") || p.classInside(h):
		return opening{kind: inClass, expr: true}
	case isGroup(last, '('), last.kind == tArrow:
		return opening{kind: inBlock, expr: p.continues(h, top)}
	case p.functionBefore(h): // a callback with a return type
		return opening{kind: inBlock, expr: p.continues(h, top)}
	case top == inClass || top == inParens || top == inObject:
		return opening{kind: inBlock, expr: top != inClass}
	}
	return opening{kind: inBlock}
}

// inTypeContext tells whether the parentheses around are part of a type: type T = [A, { b: B }].
func (p *braceParser) inTypeContext() bool {
	for i := len(p.frames) - 1; i > 0 && i >= len(p.frames)-8 && p.frames[i].kind == inParens; i-- {
		if p.frames[i-1].kind == inType || p.declares(p.toks[p.frames[i-1].base:p.frames[i].base], "type") {
			return true
		}
	}
	return false
}

// continues tells whether a function's body stands within an expression that goes on after it.
func (p *braceParser) continues(h []lexeme, top frameKind) bool {
	if top == inParens || top == inObject {
		return true
	}
	if isControl(p.src[h[0].start:h[0].end]) || p.is(h[0], "else", "switch", "catch", "try", "do") {
		return false
	}
	return p.hasEquals(h) || p.is(h[0], "return")
}

// valueBrace answers for a { that starts an object literal, a pattern, a type or a plain block, by the lexeme before it.
func (p *braceParser) valueBrace(h []lexeme, last lexeme, top frameKind) (opening, bool) {
	object := opening{kind: inObject, expr: true}
	switch last.kind {
	case tOperator, tScope:
		return object, true
	case tPunct:
		switch {
		case last.c == '>' && p.endsCast(h, top):
			return object, true
		case last.c == '>' || last.c == '@' || last.c == '#':
			return opening{}, false
		case last.c == '<': // type arguments
			return opening{kind: inType, expr: true}, true
		case last.c != ':':
			if last.c != '&' && last.c != '|' && (last.c == '=' || last.c == '?' || top == inObject || top == inParens) {
				return object, true
			}
			return opening{kind: inType, expr: true}, true
		case top == inObject && !p.parametersBefore(h), p.ternary(h):
			return object, true
		case top != inParens && (p.is(h[0], "case", "default") || len(h) == 2 && h[0].kind == tIdent && top != inClass):
			return opening{kind: inBlock}, true
		}
		return opening{kind: inType, expr: true}, true
	case tIdent:
		switch {
		case len(h) > 1 && isPunct(h[len(h)-2], '.'): // a member that has the name of a keyword
			return opening{}, false
		case p.is(last, "else", "do", "try", "finally"):
			return opening{kind: inBlock}, true
		case p.is(last, "return", "typeof", "default", "in", "of", "new", "await", "yield", "throw", "const", "let", "var",
			"import", "export", "case", "type"):
			return object, true
		case p.is(last, "as", "keyof", "satisfies", "is", "extends") && (!p.is(h[0], "class") || p.opensAngle(h)):
			return opening{kind: inType, expr: true}, true
		}
	}
	return opening{}, false
}

// opensAngle tells whether a < of a head has no > yet: the type parameters go on.
func (p *braceParser) opensAngle(h []lexeme) bool {
	depth := 0
	for _, t := range h {
		switch {
		case isPunct(t, '<'):
			depth++
		case isPunct(t, '>'):
			depth--
		}
	}
	return depth > 0
}

// endsCast tells whether a head ends in <Type> and a value follows: x = <any>{ … }.
func (p *braceParser) endsCast(h []lexeme, top frameKind) bool {
	depth := 0
	for i := len(h) - 1; i >= 0; i-- {
		switch {
		case isPunct(h[i], '>'):
			depth++
		case isPunct(h[i], '<'):
			if depth--; depth == 0 {
				return i == 0 && (top == inParens || top == inObject) || i > 0 && (isPunct(h[i-1], '=') || p.is(h[i-1], "return"))
			}
		}
	}
	return false
}

// ternary tells whether the : at the end of a head belongs to a ?.
func (p *braceParser) ternary(h []lexeme) bool {
	for i := len(h) - 2; i > 0; i-- {
		if isPunct(h[i], '?') {
			return i+1 < len(h)-1 && !isPunct(h[i+1], ':')
		}
	}
	return false
}

// parametersBefore tells whether the : at the end of a head starts a return type.
func (p *braceParser) parametersBefore(h []lexeme) bool {
	return len(h) >= 3 && isGroup(h[len(h)-2], '(') && (h[len(h)-3].kind == tIdent || isPunct(h[len(h)-3], '>'))
}

// functionBefore tells function (…): Type {.
func (p *braceParser) functionBefore(h []lexeme) bool {
	for _, t := range h {
		if p.is(t, "function") {
			return true
		}
	}
	return false
}

func (p *braceParser) classInside(h []lexeme) bool {
	for i, t := range h {
		if p.is(t, "class") && (i == 0 || !isPunct(h[i-1], '.')) && (i+1 == len(h) || h[i+1].kind == tIdent || isPunct(h[i+1], '<')) {
			return true
		}
	}
	return false
}

// declares tells whether a head, after export and declare, is keyword Name.
func (p *braceParser) declares(h []lexeme, keyword string) bool {
	i := 0
	for i < len(h) && p.is(h[i], "export", "declare", "default") {
		i++
	}
	return i+2 < len(h) && p.is(h[i], keyword) && h[i+1].kind == tIdent && (isPunct(h[i+2], '=') || isPunct(h[i+2], '<'))
}

// finishScript records what has no body in braces: const f = x => y, type T = …
func finishScript(p *braceParser, h []lexeme) {
	top := p.top().kind
	if top == inParens || top == inType {
		return
	}
	if d := p.scriptSignature(h, top); d != nil {
		p.record(d)
		return
	}
	if len(h) < 3 {
		return
	}
	if p.declares(h, "type") {
		for i, t := range h {
			if p.is(t, "type") {
				p.record(p.define(KindType, p.word(h[i+1]), h))
				return
			}
		}
	}
	arrow := false
	for _, t := range h {
		if arrow = t.kind == tArrow && t.c == '='; arrow {
			break
		}
	}
	if !arrow {
		return
	}
	if d := p.scriptDefinition(h, top); d.ok && d.arrow && d.name != "" {
		p.record(p.define(d.kind, d.name, h))
	}
}

// scriptSignature reads what TypeScript declares without a body: overloads, abstract methods, declared functions.
func (p *braceParser) scriptSignature(h []lexeme, top frameKind) *found {
	switch top {
	case inClass:
		if d := p.scriptMember(h, p.attributes(h), top); d.ok && d.kind == KindMethod && d.body == inBlock && !d.arrow && !d.value {
			return p.define(KindMethod, d.name, h)
		}
	case inFile, inBlock:
		for i, t := range h {
			if !p.is(t, "function") {
				if t.kind != tIdent || !declarationModifiers[string(p.src[t.start:t.end])] {
					return nil
				}
				continue
			}
			if i+2 < len(h) && h[i+1].kind == tIdent {
				if j := p.parameters(h, i+2); j > 0 && (j == len(h) || isPunct(h[j], ':')) {
					return p.define(KindFunction, p.word(h[i+1]), h)
				}
			}
			return nil
		}
	}
	return nil
}
