// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"cmp"
	"slices"
)

// A grammar is what the brace parser must know of a language: how it writes comments and strings, and how to tell a
// definition from the head of its statement.
type grammar struct {
	lex        lexicon
	containers map[string]Kind                 // class, struct, …: keywords that a name and members follow
	functions  map[string]bool                 // fn, function, …: empty where a function is told by its shape (C, Java)
	newlines   bool                            // a line end may end a statement
	columnZero bool                            // a } in the first column ends the function (C)
	exprBody   bool                            // fun f() = …, f() => …;
	bodiless   map[string]bool                 // keywords of definitions that need no braces
	local      bool                            // functions told by their shape may stand inside others
	primary    bool                            // class Point(val x: Int): parentheses after a class's name do not make a function
	joinsNext  map[string]bool                 // words that no statement ends in, when they are not the usual ones
	accessors  bool                            // properties with get and set are definitions (C#, Kotlin)
	topLevel   func(src []byte, t lexeme) bool // tells what can stand in no bracket: one was never closed
	open       func(p *braceParser, h []lexeme) opening
	finish     func(p *braceParser, h []lexeme)
}

type braceSplitter struct {
	lang    string
	grammar *grammar
}

func (s braceSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	return assemble(s.lang, lines, parseBraces(src, lines, s.grammar))
}

// frameKind is where a bracket's content stands.
type frameKind uint8

const (
	inFile   frameKind = iota // file or namespace: declarations
	inClass                   // members
	inEnum                    // constants, then members
	inBlock                   // statements
	inObject                  // initialiser, object literal: values between commas
	inParens                  // ( … ) and [ … ]
	inType                    // body of a type or macro: nothing to find inside
)

// A frame is an open bracket. Lexemes of its current statement start at base.
type frame struct {
	open  byte
	kind  frameKind
	expr  bool // the statement around goes on after the closing bracket
	group bool // Go's type ( … ): statements inside
	vars  bool // the statement goes on after a comma: var a, …
	base  int
	def   int // the definition whose body it is, -1 for none
	after int // 1 + the definition that goes on until the current statement ends: C#'s int X { get; } = 1;
	first lexeme
}

// An opening is what a grammar says of a {.
type opening struct {
	kind frameKind
	expr bool
	def  *found
}

// A found definition has offsets; lines come at the end.
type found struct {
	kind            Kind
	name            string
	start, sig, end int32 // sig: first lexeme after doc comment and attributes
	typedef         bool  // C: the name follows the }
	value           bool  // JavaScript: name = function …, which is no definition when it is called on the spot
	property        bool  // C#: = value; may follow the }
}

// A condition is an open #if.
type condition struct{ depth, lowest int }

// A braceParser matches brackets and asks the grammar about each statement's head. What stood between brackets collapses
// into one lexeme, so heads are short; maxHead bounds the others.
type braceParser struct {
	*lexer
	g       *grammar
	toks    []lexeme
	frames  []frame
	braces  int // frames that are {
	defs    []found
	ifs     []condition
	typedef int // definition that waits for its name, -1 for none
	last    int32
}

const maxHead = 256

func parseBraces(src []byte, lines lineIndex, g *grammar) []definition {
	p := newBraceParser(src, g)
	p.parse()
	return p.definitions(lines)
}

func newBraceParser(src []byte, g *grammar) *braceParser {
	return &braceParser{lexer: newLexer(src, &g.lex), g: g, typedef: -1, frames: []frame{{kind: inFile, def: -1}}}
}

func (p *braceParser) parse() {
	for {
		t := p.next()
		if t.kind == tEOF {
			break
		}
		p.lexeme(t)
		p.last = t.end
	}
	for len(p.frames) > 1 {
		p.pop(p.last)
	}
	p.endStatement()
}

func (p *braceParser) definitions(lines lineIndex) []definition {
	// Of definitions with the same lines the outermost counts; those without a body in braces were recorded last.
	slices.SortStableFunc(p.defs, func(a, b found) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	out := make([]definition, 0, len(p.defs))
	for _, d := range p.defs {
		if d.name == "" {
			continue
		}
		start := lines.line(int(d.start))
		out = append(out, definition{
			kind: d.kind, name: d.name, start: start, end: lines.line(max(int(d.end)-1, int(d.start))),
			doc: lines.line(int(d.sig)) - start,
		})
	}
	return out
}

func (p *braceParser) top() *frame { return &p.frames[len(p.frames)-1] }

// head gives the lexemes of the current statement.
func (p *braceParser) head() []lexeme { return p.toks[p.top().base:] }

func (p *braceParser) word(t lexeme) string {
	if t.kind != tIdent {
		return ""
	}
	return string(p.src[t.start:t.end])
}

func (p *braceParser) text(a, b lexeme) string { return string(p.src[a.start:b.end]) }

// is tells whether a lexeme is one of some words, without allocating.
func (p *braceParser) is(t lexeme, words ...string) bool {
	if t.kind != tIdent {
		return false
	}
	for _, w := range words {
		if int(t.end-t.start) == len(w) && string(p.src[t.start:t.end]) == w {
			return true
		}
	}
	return false
}

// inside gives the text between a group's brackets, of which the closing one may be missing.
func (p *braceParser) inside(t lexeme) []byte {
	return p.src[t.start+1 : max(t.start+1, t.end-1)]
}

func isGroup(t lexeme, c byte) bool { return t.kind == tGroup && t.c == c }
func isPunct(t lexeme, c byte) bool { return t.kind == tPunct && t.c == c }

func (p *braceParser) lexeme(t lexeme) {
	if t.kind == tDirective {
		p.condition(t)
		return
	}
	if t.kind != tPunct {
		if len(p.frames) > 1 && p.g.topLevel != nil && t.newline && p.g.topLevel(p.src, t) {
			for len(p.frames) > 1 {
				p.pop(p.last)
			}
			p.endStatement()
		}
		p.add(t)
		return
	}
	switch t.c {
	case '(', '[':
		group := p.g.topLevel != nil && len(p.frames) == 1 && len(p.toks) == 1 && p.is(p.toks[0], "type")
		p.frames = append(p.frames, frame{open: t.c, kind: inParens, expr: true, group: group, base: len(p.toks), def: -1, first: t})
	case '{':
		p.openBrace(t)
	case ')', ']':
		p.close(t)
	case '}':
		p.closeBrace(t)
	case ';':
		p.last = t.end
		if p.g.columnZero && p.top().kind == inFile && p.declaresParameters(p.head()) {
			return
		}
		p.endStatement()
		if p.top().kind == inEnum {
			p.top().kind = inClass // after an enum's constants come members
		}
	case ',':
		switch k := p.top().kind; {
		case (k == inParens || k == inObject) && p.inTypeArguments():
			p.add(t)
		case k == inParens || k == inObject || k == inEnum:
			p.endStatement()
		case p.g.lex.script && len(p.head()) == 0: // after a function that is the value of a variable
			p.top().vars = true
		case p.g.lex.script && p.declarator():
			p.endStatement()
			p.top().vars = true
		default:
			p.add(t)
		}
	default:
		p.add(t)
	}
}

// add appends a lexeme to the current statement; where line ends count, it may first end the statement before.
func (p *braceParser) add(t lexeme) {
	f := p.top()
	n := len(p.toks) - f.base
	if n > 0 && t.newline && p.g.newlines && (f.kind != inParens || f.group) && p.breaks(p.toks[len(p.toks)-1], t) {
		p.endStatement()
		n = 0
	}
	if n < maxHead {
		p.toks = append(p.toks, t)
	} else {
		p.toks[len(p.toks)-1] = t // what stands just before a bracket matters, the middle does not
	}
}

// inTypeArguments tells whether a comma stands in new Type<A, B>, or after object : Type<A.
func (p *braceParser) inTypeArguments() bool {
	h, depth := p.head(), 0
	if p.g.lex.script && p.top().kind == inObject && p.opensMember(h) {
		return true
	}
	for i := len(h) - 1; i > 0; i-- {
		switch {
		case isPunct(h[i], '>'):
			depth++
		case isPunct(h[i], '<'):
			depth--
		case p.is(h[i], "new") || p.is(h[i], "object"):
			return depth < 0
		}
	}
	return depth < 0 && p.is(h[0], "new", "object")
}

// opensMember tells the start of a method of an object with type parameters, name<A: that is no comparison.
func (p *braceParser) opensMember(h []lexeme) bool {
	i := 0
	for i+1 < len(h) && p.is(h[i], "async", "get", "set") && h[i+1].kind == tIdent {
		i++
	}
	return i+1 < len(h) && h[i].kind == tIdent && isPunct(h[i+1], '<') && p.opensAngle(h)
}

// declarator tells whether a comma separates the declarations or assignments of one JavaScript statement: var a = 1,
// b = function…
func (p *braceParser) declarator() bool {
	h := p.head()
	i := 0
	if len(h) > 1 && p.is(h[0], "export") {
		i++
	}
	if !p.top().vars && !p.is(h[i], "var", "let", "const") &&
		(!p.hasEquals(h) || p.is(h[0], "class", "abstract", "export", "import", "interface", "type", "@")) {
		return false
	}
	for _, t := range h {
		if isPunct(t, '<') {
			return false
		}
	}
	return true
}

// endStatement lets the grammar look at a statement that has no body in braces, and forgets it.
func (p *braceParser) endStatement() {
	h := p.head()
	if after := p.top().after; after > 0 {
		p.defs[after-1].end = max(p.defs[after-1].end, p.last)
		p.top().after = 0
	} else if len(h) > 0 {
		if p.typedef >= 0 {
			d := &p.defs[p.typedef]
			if d.name == "" {
				last := 0
				for last+1 < len(h) && !isPunct(h[last+1], ',') {
					last++
				}
				d.name = p.word(h[last])
				if d.name == "" || p.is(h[0], d.name) {
					d.name = p.word(h[0])
				}
			}
			d.end = p.last
		} else if p.g.finish != nil {
			p.g.finish(p, h)
		}
	}
	p.typedef = -1
	p.top().vars = false
	p.toks = p.toks[:p.top().base]
}

func (p *braceParser) openBrace(t lexeme) {
	o := p.g.open(p, p.head())
	f := frame{open: '{', kind: o.kind, expr: o.expr, base: len(p.toks), def: -1, first: t}
	if o.def != nil {
		f.def = len(p.defs)
		o.def.end = t.end
		p.defs = append(p.defs, *o.def)
	}
	p.frames = append(p.frames, f)
	p.braces++
}

// close matches ) and ]. One that matches nothing near is noise.
func (p *braceParser) close(t lexeme) {
	open := byte('(')
	if t.c == ']' {
		open = '['
	}
	for i := len(p.frames) - 1; i > 0 && i >= len(p.frames)-16; i-- {
		switch p.frames[i].open {
		case open:
			for len(p.frames) > i {
				p.pop(t.end)
			}
			return
		case '{':
			return
		}
	}
}

func (p *braceParser) closeBrace(t lexeme) {
	if p.braces == 0 {
		p.endStatement()
		return
	}
	keep := len(p.frames) - 1
	for p.frames[keep].open != '{' {
		keep--
	}
	if p.g.columnZero && (t.start == 0 || p.src[t.start-1] == '\n') {
		for i := 1; i < min(keep, 8); i++ { // macros hid a brace: the function ends here all the same
			if f := p.frames[i]; f.def >= 0 && f.kind == inBlock {
				keep = i
				break
			}
		}
	}
	for len(p.frames) > keep {
		p.pop(t.end)
	}
}

// pop closes the innermost bracket, at offset end.
func (p *braceParser) pop(end int32) {
	p.endStatement()
	f := *p.top()
	p.frames = p.frames[:len(p.frames)-1]
	if f.open == '{' {
		p.braces--
	}
	if n := len(p.ifs); n > 0 {
		p.ifs[n-1].lowest = min(p.ifs[n-1].lowest, len(p.frames))
	}
	p.last = end
	if f.def >= 0 {
		p.defs[f.def].end = end
		if p.defs[f.def].value && int(end) < len(p.src) && p.src[end] == '(' {
			p.defs[f.def].name = ""
		}
	}
	if f.expr {
		if n := len(p.toks) - p.top().base; n < maxHead {
			g := f.first
			g.kind, g.c, g.end = tGroup, f.open, end
			p.toks = append(p.toks, g)
		}
		if h := p.head(); f.open == '[' && len(h) == 3 && isPunct(h[0], '#') && isPunct(h[1], '!') {
			p.toks = p.toks[:p.top().base] // #![…] is about the file
		}
		return
	}
	p.toks = p.toks[:p.top().base]
	switch {
	case f.def < 0:
	case p.defs[f.def].typedef:
		p.typedef = f.def
	case p.defs[f.def].property && p.initialised(end):
		p.top().after = f.def + 1
	}
}
