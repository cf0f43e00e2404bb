// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// openTyped judges a { in languages where a function is told by its shape, type name(parameters): C, C++, Java, C#, Dart.
func openTyped(p *braceParser, h []lexeme) opening {
	top := p.top().kind
	h = p.afterLabels(h)
	if len(h) == 0 {
		if top == inParens || top == inObject {
			return opening{kind: inObject, expr: true}
		}
		return opening{kind: inBlock}
	}
	last := h[len(h)-1]
	if n := len(h); top == inFile && n > 1 && p.is(h[n-2], "extern") && last.kind == tString { // a macro may stand before it
		return opening{kind: inFile}
	}
	if p.g.lex.cppRaw && (p.requiresExpression(h) || p.bracedVariable(h)) {
		return opening{kind: inObject, expr: true}
	}
	if p.startsValue(last) && !p.isNamespace(h) && !p.qualifies(h) {
		return opening{kind: inObject, expr: true}
	}
	if isGroup(last, '(') && p.constructs(h) {
		if p.g.accessors {
			return opening{kind: inObject, expr: true} // C#: new Type() { Name = value }
		}
		return opening{kind: inClass, expr: true} // Java: new Type() { members }
	}
	if p.g.exprBody && p.hasArrow(h) {
		if last.kind == tArrow {
			return opening{kind: inBlock, expr: true} // a lambda in the expression that is a member's body
		}
		return opening{kind: inObject, expr: true}
	}
	if o, ok := p.typedDefinition(h, top); ok {
		return o
	}
	if top == inClass && p.compactConstructor(h) {
		return opening{kind: inBlock, def: p.define(KindMethod, p.word(last), h)}
	}
	if p.g.accessors && top == inClass {
		if name := p.typedProperty(h); name != "" {
			d := p.define(KindMethod, name, h)
			d.property = true
			return opening{kind: inBlock, def: d}
		}
	}
	switch {
	case top == inEnum && last.kind == tIdent:
		return opening{kind: inClass} // a constant with a body
	case (top == inParens || top == inObject) && !isGroup(last, '(') && last.kind != tArrow:
		return opening{kind: inObject, expr: true}
	case p.hasEquals(h) && last.kind != tArrow:
		return opening{kind: inObject, expr: true}
	}
	return opening{kind: inBlock}
}

func (p *braceParser) typedDefinition(h []lexeme, top frameKind) (opening, bool) {
	fn := p.typedFunction(h, top)
	kind, name, at := p.container(h)
	if at >= 0 && fn.ok && fn.at < at && !p.macroBefore(h, fn) {
		at = -1 // void f<T>(…) where T : class
	}
	if at >= 0 && fn.ok && fn.at > at && !p.g.primary && !p.trailsName(h, fn) {
		at = -1 // struct s *f(…)
	}
	if at >= 0 {
		if top == inBlock && name == "" && (len(h) == 0 || !p.is(h[0], "typedef")) {
			return opening{kind: inClass}, true
		}
		o := containerOpening(p, h, kind, name, "")
		if len(h) > 0 && p.is(h[0], "typedef") {
			d := p.define(kind, name, h)
			d.typedef = true
			o.def = d
		}
		return o, true
	}
	if !fn.ok {
		return opening{}, false
	}
	if top == inEnum && !fn.typed && (p.top().def < 0 || fn.name != p.defs[p.top().def].name) {
		return opening{kind: inClass}, true // an enum's constant with arguments and a body
	}
	if p.bracedInitialiser(h, fn) {
		return opening{kind: inObject, expr: true}, true
	}
	if p.g.columnZero && fn.paren == len(h)-1 && (fn.at == 0 || fn.at == 1 && p.is(h[0], "static", "extern", "inline")) {
		fn.name = p.macroArgument(h[fn.paren], fn.name)
	}
	return opening{kind: inBlock, def: p.define(fn.kind(top), fn.name, h[fn.start:])}, true
}

// compactConstructor tells the head of a Java record's constructor without parameters: public Name {.
func (p *braceParser) compactConstructor(h []lexeme) bool {
	last, def := h[len(h)-1], p.top().def
	if !p.g.primary || p.g.accessors || def < 0 || !p.is(last, p.defs[def].name) {
		return false
	}
	for _, t := range h[p.attributes(h) : len(h)-1] {
		if !p.is(t, "public", "protected", "private") {
			return false
		}
	}
	return true
}

// A shape is what a head that looks like a function says.
type shape struct {
	ok     bool
	name   string
	start  int  // where its head starts: after macro calls on lines of their own
	at     int  // position of the name
	paren  int  // position of the parameters
	typed  bool // a type stands before the name
	scoped bool // Class::name
}

func (s shape) kind(top frameKind) Kind {
	if top == inClass || top == inEnum || s.scoped {
		return KindMethod
	}
	return KindFunction
}

// typedFunction looks for type name(parameters) in a head.
func (p *braceParser) typedFunction(h []lexeme, top frameKind) shape {
	if top == inParens || top == inObject || top == inType || top == inBlock && !p.g.local {
		return shape{}
	}
	var found shape
	types := 0 // lexemes that can be a type
	for i := p.attributes(h); i < len(h); i++ {
		t := h[i]
		switch {
		case isPunct(t, '<'):
			if j := angles(h, i); j > i {
				i = j - 1
				types++
			}
			continue
		case p.is(t, "operator"):
			return p.operatorShape(h, i, found)
		case isPunct(t, '='), t.kind == tArrow, isPunct(t, ':') && found.ok:
			i = len(h)
			continue
		case isGroup(t, '(') && p.g.accessors && types == 0 && i+1 < len(h) && h[i+1].kind == tIdent:
			types++ // C#: a tuple
			continue
		case t.kind != tIdent:
			continue
		}
		w := string(p.src[t.start:t.end])
		switch {
		case w == "new" && p.g.accessors && top == inClass && types == i-p.attributes(h): // C#: hides an inherited member
			types++
			continue
		case controls[w]:
			return shape{}
		case types == 0 && statements[w]:
			if i+1 < len(h) && isGroup(h[i+1], '(') {
				return shape{}
			}
			continue
		case notName[w]:
			continue
		}
		j := i + 1
		if j < len(h) && isPunct(h[j], '<') {
			j = angles(h, j)
		}
		if j >= len(h) || !isGroup(h[j], '(') {
			types++
			continue
		}
		if found.ok && !p.macroBefore(h, found) && !(p.g.lex.preprocessor && p.hasString(h[found.paren])) {
			break
		}
		s := shape{ok: true, name: w, at: i, paren: j, typed: types > 0, start: found.start}
		if found.ok && i > found.paren && found.paren+1 < len(h) && h[found.paren+1].newline && found.at == found.start {
			s.start = found.paren + 1
		}
		if i > 0 && isPunct(h[i-1], '~') {
			s.name = "~" + w
			i--
		}
		s.scoped = i > 0 && h[i-1].kind == tScope
		found, i = s, j
	}
	if found.ok && top == inBlock && (!found.typed || p.is(h[0], "await", "yield", "base", "this") || p.hasEquals(h[:found.at])) {
		return shape{}
	}
	if found.ok && (p.hasEquals(h[:found.at]) || p.g.lex.preprocessor && !found.typed && p.hasString(h[found.paren])) {
		return shape{}
	}
	return found
}

// afterLabels drops public: and the like from a head, with what stands before them.
func (p *braceParser) afterLabels(h []lexeme) []lexeme {
	for i := min(len(h)-1, 16); i > 0; i-- {
		if !isPunct(h[i], ':') {
			continue
		}
		if p.is(h[i-1], "public", "private", "protected", "signals", "slots", "Q_SIGNALS", "Q_SLOTS", "default") {
			return h[i+1:]
		}
	}
	return h
}

// hasEquals tells whether = stands in a head, outside type arguments.
func (p *braceParser) hasEquals(h []lexeme) bool {
	for i := 0; i < len(h); i++ {
		if isPunct(h[i], '=') {
			return true
		}
		if isPunct(h[i], '<') {
			if j := angles(h, i); j > i {
				i = j - 1
			}
		}
	}
	return false
}

func (p *braceParser) hasArrow(h []lexeme) bool {
	for _, t := range h {
		if t.kind == tArrow && t.c == '=' {
			return true
		}
	}
	return false
}

// startsValue tells whether a { after this lexeme starts a value.
func (p *braceParser) startsValue(t lexeme) bool {
	switch t.kind {
	case tPunct:
		return t.c != '>' && t.c != '*' && t.c != '&' && t.c != ')' && t.c != ':'
	case tOperator:
		return true
	case tIdent:
		return p.is(t, "return")
	}
	return isGroup(t, '[') && !p.g.local && p.src[min(int(t.start)+1, len(p.src)-1)] != '['
}

func (p *braceParser) isNamespace(h []lexeme) bool { return p.is(h[0], "namespace", "module") }

// constructs tells whether a head ends in new Type(…).
func (p *braceParser) constructs(h []lexeme) bool {
	for i := len(h) - 2; i >= 0; i-- {
		switch {
		case p.is(h[i], "new") && i == len(h)-2: // class … where T : new() {
			return p.top().kind == inParens || p.top().kind == inObject || p.hasEquals(h)
		case p.is(h[i], "new"):
			return p.top().kind != inClass || i > 0 && !p.is(h[i-1], "public", "private", "protected", "internal", "static", "virtual", "override")
		case h[i].kind == tIdent, isPunct(h[i], '.'), isPunct(h[i], '<'), isPunct(h[i], '>'), isPunct(h[i], ','), isPunct(h[i], '?'), isGroup(h[i], '['):
		default:
			return false
		}
	}
	return false
}

// finishTyped records members without a body in braces: abstract methods, and => expression; where it exists.
func finishTyped(p *braceParser, h []lexeme) {
	top := p.top().kind
	if !p.g.exprBody && !p.g.bodiless["abstract"] {
		return
	}
	h = p.afterLabels(h)
	if len(h) == 0 || top == inBlock && !p.g.exprBody {
		return
	}
	if kind, name, at := p.container(h); at >= 0 {
		if name != "" && p.g.bodiless[p.word(h[at])] {
			p.record(p.define(kind, name, h))
		}
		return
	}
	fn := p.typedFunction(h, top)
	if p.g.accessors && (!fn.ok || p.is(h[fn.at], "this")) && top == inClass {
		if name := p.typedPropertyArrow(h); name != "" {
			p.record(p.define(KindMethod, name, h))
		}
		return
	}
	if !fn.ok || !fn.typed {
		return
	}
	if p.g.accessors && p.isDelegate(h[p.attributes(h):fn.at]) {
		p.record(p.define(KindType, fn.name, h[fn.start:]))
		return
	}
	arrow := false
	for _, t := range h[fn.paren:] {
		arrow = arrow || t.kind == tArrow && t.c == '='
	}
	switch {
	case arrow && p.g.exprBody:
	case (top == inClass || top == inEnum) && p.g.bodiless["abstract"]:
	default:
		return
	}
	if p.is(h[0], "return", "throw", "yield", "await", "else", "assert", "event", "delegate") || p.is(h[0], "new") && top == inBlock {
		return
	}
	p.record(p.define(fn.kind(top), fn.name, h[fn.start:]))
}

// controls make a statement of the parenthesis after them, statements do where no type stands before, and notName make
// neither name nor type.
var (
	controls   = wordSet("if for while switch catch return else do new throw case")
	statements = wordSet("await foreach lock using fixed synchronized assert when where checked unchecked unsafe")
	notName    = wordSet("sizeof typeof alignas alignof decltype noexcept requires explicit _Alignas _Static_assert static_assert" +
		" __attribute__ __declspec __asm__ asm base this super")
)
