// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

// A scriptHead is what a statement's head defines.
type scriptHead struct {
	ok    bool
	kind  Kind
	name  string
	body  frameKind
	expr  bool // the statement goes on after the body
	arrow bool // name = (…) => …
	sig   int
	value bool // name = function …
}

// modifiers may stand before a declaration or a member.
var (
	declarationModifiers = wordSet("export default declare abstract async")
	memberModifiers      = wordSet("public private protected static readonly override abstract async get set declare accessor")
	notMethod            = wordSet("if for while switch catch with function return new typeof await")
)

// scriptDefinition reads the head of a declaration, a member or an assignment.
func (p *braceParser) scriptDefinition(h []lexeme, top frameKind) scriptHead {
	i := p.attributes(h)
	if top == inClass || top == inObject {
		if m := p.scriptMember(h, i, top); m.ok {
			return m
		}
		if top == inObject {
			return scriptHead{}
		}
	}
	for i+1 < len(h) && (p.is(h[i], "if", "while", "for") && isGroup(h[i+1], '(') || p.is(h[i], "else")) {
		if i++; h[i].kind == tGroup {
			i++
		}
	}
	isDefault := false
	for i < len(h) && h[i].kind == tIdent && declarationModifiers[string(p.src[h[i].start:h[i].end])] {
		isDefault = isDefault || p.is(h[i], "default")
		if i+1 < len(h) && (h[i+1].kind == tPunct && h[i+1].c != '@' && h[i+1].c != '<' || h[i+1].kind == tOperator) {
			return p.scriptAssignment(h, i)
		}
		i++
	}
	if n := p.attributes(h[i:]); n > 0 {
		i += n
	}
	if i >= len(h) {
		return scriptHead{}
	}
	if top == inParens { // (a.b = function …), which no parameter can be
		if i+1 < len(h) && h[i].kind == tIdent && (isPunct(h[i+1], '.') || isGroup(h[i+1], '[')) {
			d := p.scriptAssignment(h, i)
			d.expr = true
			return d
		}
		return scriptHead{}
	}
	if h[i].kind == tIdent {
		if d, known := p.scriptKeyword(h, i, isDefault); known {
			return d
		}
	}
	if isDefault {
		if d := p.scriptValue(h, i, "default", KindFunction); d.ok {
			return d
		}
	}
	return p.scriptAssignment(h, i)
}

// scriptKeyword reads function, class, interface, enum, namespace and const at position i.
func (p *braceParser) scriptKeyword(h []lexeme, i int, isDefault bool) (scriptHead, bool) {
	name := ""
	if i+1 < len(h) {
		name = p.word(h[i+1])
	}
	anonymous := ""
	if isDefault {
		anonymous = "default"
	}
	switch string(p.src[h[i].start:h[i].end]) {
	case "function":
		if i+1 < len(h) && isPunct(h[i+1], '*') && i+2 < len(h) {
			name = p.word(h[i+2])
		}
		if name == "" {
			name = anonymous
		}
		return scriptHead{ok: true, kind: KindFunction, name: name, body: inBlock}, true
	case "class":
		if name == "" || name == "extends" || name == "implements" {
			name = anonymous
		}
		return scriptHead{ok: true, kind: KindClass, name: name, body: inClass}, true
	case "interface":
		if name != "" {
			return scriptHead{ok: true, kind: KindInterface, name: name, body: inType}, true
		}
	case "const":
		if name == "enum" && i+2 < len(h) {
			return scriptHead{ok: true, kind: KindEnum, name: p.word(h[i+2]), body: inType}, true
		}
		return p.scriptAssignment(h, i+1), true
	case "let", "var":
		return p.scriptAssignment(h, i+1), true
	case "enum":
		if name != "" {
			return scriptHead{ok: true, kind: KindEnum, name: name, body: inType}, true
		}
	case "namespace", "module":
		if i+1 < len(h) && (name != "" || h[i+1].kind == tString) {
			return scriptHead{ok: true, kind: KindModule, name: strings.Trim(p.text(h[i+1], h[len(h)-1]), `"'`), body: inFile}, true
		}
	case "global":
		if i+1 == len(h) && i > 0 && p.is(h[i-1], "declare") {
			return scriptHead{ok: true, kind: KindModule, name: "global", body: inFile}, true
		}
	case "if", "for", "while", "switch", "catch", "with", "return", "throw", "case", "new", "await", "yield", "import", "delete",
		"else", "try", "do", "finally":
		return scriptHead{}, true
	}
	return scriptHead{}, false
}

// scriptMember reads a method, name(…) {, a field or a property whose value is a function.
func (p *braceParser) scriptMember(h []lexeme, i int, top frameKind) scriptHead {
	start := i
	for i+1 < len(h) && h[i].kind == tIdent && memberModifiers[string(p.src[h[i].start:h[i].end])] &&
		(h[i+1].kind == tIdent || h[i+1].kind == tString || h[i+1].kind == tNumber || isPunct(h[i+1], '*') || isPunct(h[i+1], '#') ||
			isGroup(h[i+1], '[') || isPunct(h[i+1], '@')) {
		i++
		if isPunct(h[i], '@') {
			i += p.attributes(h[i:])
		}
	}
	for i < len(h) && (isPunct(h[i], '*') || isPunct(h[i], '#')) {
		i++
	}
	if i >= len(h) {
		return scriptHead{}
	}
	name := ""
	switch t := h[i]; {
	case t.kind == tIdent:
		name = p.word(t)
		if i > 0 && isPunct(h[i-1], '#') {
			name = "#" + name
		}
		if i == start && notMethod[name] && i+1 < len(h) && isGroup(h[i+1], '(') && top == inObject {
			return scriptHead{}
		}
	case t.kind == tString:
		name = strings.Trim(string(p.src[t.start:t.end]), "\"'`")
	case t.kind == tNumber, isGroup(t, '['):
		name = string(p.src[t.start:t.end])
	}
	if name == "" || len(name) > 200 || strings.ContainsAny(name, "\n") {
		return scriptHead{}
	}
	i++
	if i < len(h) && (isPunct(h[i], '?') || isPunct(h[i], '!')) {
		i++
	}
	if j := p.parameters(h, i); j > 0 {
		if j < len(h) && !isPunct(h[j], ':') {
			return scriptHead{}
		}
		return scriptHead{ok: true, kind: KindMethod, name: name, body: inBlock, sig: start}
	}
	if top == inObject && i < len(h) && isPunct(h[i], ':') {
		return p.scriptValue(h, i+1, name, KindMethod)
	}
	for ; top == inClass && i < len(h); i++ {
		if isPunct(h[i], '=') {
			return p.scriptValue(h, i+1, name, KindMethod)
		}
	}
	return scriptHead{}
}

// parameters gives the position after [<T>](…), 0 when there is none at i.
func (p *braceParser) parameters(h []lexeme, i int) int {
	if i < len(h) && isPunct(h[i], '<') {
		i = angles(h, i)
	}
	if i < len(h) && isGroup(h[i], '(') {
		return i + 1
	}
	return 0
}

// scriptAssignment reads name = function, a.b.name = (…) =>; i is where the name, or the path to it, starts.
func (p *braceParser) scriptAssignment(h []lexeme, i int) scriptHead {
	name := ""
	for ; i < len(h); i++ {
		switch t := h[i]; {
		case isPunct(t, '='):
			if name == "" {
				return scriptHead{}
			}
			if d := p.scriptValue(h, i+1, name, KindFunction); d.ok || i+1 < len(h) && h[i+1].kind != tIdent {
				return d
			}
			name = "" // a = b = function …
		case isPunct(t, ':') || isPunct(t, '!'):
			for i+1 < len(h) && !isPunct(h[i+1], '=') {
				i++
			}
		case t.kind == tIdent:
			if name != "" && !isPunct(h[i-1], '.') && !isPunct(h[i-1], '#') {
				return scriptHead{}
			}
			if name = p.word(t); isPunct(h[max(0, i-1)], '#') {
				name = "#" + name
			}
		case isGroup(t, '(') && i+1 < len(h) && (isPunct(h[i+1], '.') || isGroup(h[i+1], '[')):
			name = "()" // (x as any).name = …, f(x).name = …
		case isGroup(t, '[') && name != "":
			inner := strings.Trim(string(p.inside(t)), "\"' ")
			if len(inner) < 80 {
				name = inner
			}
		case !isPunct(t, '.') && !isPunct(t, '#'):
			return scriptHead{}
		}
	}
	return scriptHead{}
}

// scriptValue reads the value that gets a name: a function, an arrow function or a class.
func (p *braceParser) scriptValue(h []lexeme, i int, name string, kind Kind) scriptHead {
	if i < len(h) && p.is(h[i], "async") && i+1 < len(h) && h[i+1].kind != tArrow {
		i++
	}
	if i >= len(h) {
		return scriptHead{}
	}
	if i+1 < len(h) && (name == "exports" || name == "default") && p.is(h[i], "function", "class") {
		if own := p.word(h[i+1]); own != "" && own != "extends" {
			name = own // module.exports = function name(…)
		}
	}
	switch {
	case p.is(h[i], "function"):
		return scriptHead{ok: true, kind: kind, name: name, body: inBlock, value: true}
	case p.is(h[i], "class"):
		return scriptHead{ok: true, kind: KindClass, name: name, body: inClass}
	}
	j := p.parameters(h, i)
	if j == 0 {
		if h[i].kind != tIdent || i+1 >= len(h) || h[i+1].kind != tArrow {
			return scriptHead{}
		}
		j = i + 1
	}
	if j < len(h) && isPunct(h[j], ':') {
		for j < len(h) && h[j].kind != tArrow {
			j++
		}
	}
	if j >= len(h) || h[j].kind != tArrow || h[j].c != '=' {
		return scriptHead{}
	}
	d := scriptHead{ok: true, kind: kind, name: name, body: inBlock, expr: h[len(h)-1].kind != tArrow, arrow: true}
	if j+1 < len(h) && p.is(h[j+1], "class") {
		d.body = inClass // mixin = base => class extends base {
	}
	return d
}
