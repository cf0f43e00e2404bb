// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// condition follows #if … #else … #endif. When the first branch leaves brackets open or closes some, the other
// branches do the same again: they are passed over.
func (p *braceParser) condition(t lexeme) {
	switch t.c {
	case 'i':
		if len(p.ifs) < 1000 {
			p.ifs = append(p.ifs, condition{len(p.frames), len(p.frames)})
		}
	case '0':
		p.ifs = append(p.ifs, condition{len(p.frames), len(p.frames)})
		p.skipBranches(true)
	case 'e':
		if n := len(p.ifs); n > 0 && (p.ifs[n-1].lowest < p.ifs[n-1].depth || len(p.frames) != p.ifs[n-1].depth) {
			p.skipBranches(false)
		}
	case 'n':
		p.endCondition()
	case 'd':
		p.macro(t)
	}
}

// macro records #define name(…).
func (p *braceParser) macro(t lexeme) {
	text := bytes.TrimLeft(p.src[t.start+1:t.end], " \t")
	text = bytes.TrimLeft(text[len("define"):], " \t")
	d := found{kind: KindFunction, name: string(text[:bytes.IndexByte(text, '(')]), start: t.start, sig: t.start, end: t.end}
	if t.doc >= 0 {
		d.start = t.doc
	}
	p.defs = append(p.defs, d)
}

func (p *braceParser) endCondition() {
	if n := len(p.ifs); n > 0 {
		lowest := p.ifs[n-1].lowest
		p.ifs = p.ifs[:n-1]
		if n > 1 {
			p.ifs[n-2].lowest = min(p.ifs[n-2].lowest, lowest)
		}
	}
}

// skipBranches goes to the #endif, or to the next #else of the same condition.
func (p *braceParser) skipBranches(stopAtElse bool) {
	depth := 0
	for {
		switch t := p.next(); {
		case t.kind == tEOF:
			return
		case t.kind != tDirective:
		case t.c == 'd':
			p.macro(t)
		case t.c == 'i' || t.c == '0':
			depth++
		case t.c == 'n' && depth == 0:
			p.endCondition()
			return
		case t.c == 'n':
			depth--
		case t.c == 'e' && depth == 0 && stopAtElse:
			return
		}
	}
}

// breaks tells whether a line end between two lexemes ends a statement.
func (p *braceParser) breaks(before, after lexeme) bool {
	switch before.kind {
	case tOperator:
		if before.c != '+' && before.c != '-' {
			return false
		}
	case tArrow:
		return before.c == '-' && p.g.joinsNext != nil && p.top().kind == inBlock // the parameters of a lambda
	case tScope:
		return false
	case tPunct:
		switch {
		case before.c == '>' && p.endsTypeParameters():
			return false
		case before.c == '>': // the end of type arguments
		case before.c == '*' && p.is(p.head()[0], "import"): // import a.*
		case (before.c == '?' || before.c == '!') && p.g.lex.backtickName: // Type? and value!!
		case before.c == '!' && p.g.lex.script && p.afterValue(before): // value!
		default:
			return false
		}
	case tIdent:
		joins := p.g.joinsNext
		if joins == nil {
			joins = joinsNext
		}
		if p.g.topLevel == nil && joins[p.word(before)] && !p.endsName(before) || // Go ends a statement after any name
			p.isDecorated() {
			return false
		}
	case tGroup:
		if p.isDecorated() || p.g.lex.backtickName && (p.isCondition() || p.endsAnnotation()) {
			return false
		}
	}
	if p.g.accessors && (p.joinsProperty(after) || p.joinsClass(after)) {
		return false
	}
	switch after.kind {
	case tIdent:
		return !joinsPrevious[p.word(after)] || p.g.lex.script && p.top().kind == inClass && p.startsMember(after)
	case tNumber, tString:
		return true
	case tPunct:
		return after.c == '@' || after.c == '#' || after.c == '*' && p.top().kind == inClass
	case tGroup:
		return after.c == '[' && p.top().kind == inClass
	}
	return false
}

// afterValue tells whether the last lexeme of a statement stands right after a name or a bracket.
func (p *braceParser) afterValue(last lexeme) bool {
	h := p.head()
	if len(h) < 2 {
		return false
	}
	t := h[len(h)-2]
	return t.end == last.start && (t.kind == tIdent || t.kind == tGroup)
}

// endsName tells whether a word before a line end is a member's name, as in package a.internal, or that of as const.
func (p *braceParser) endsName(t lexeme) bool {
	h := p.head()
	return len(h) > 1 && (isPunct(h[len(h)-2], '.') || p.is(t, "const") && p.is(h[len(h)-2], "as"))
}

// startsMember tells whether a word that continues statements elsewhere is the name of a method: from(…).
func (p *braceParser) startsMember(t lexeme) bool {
	return int(t.end) < len(p.src) && (p.src[t.end] == '(' || p.src[t.end] == '<')
}

// isDecorated tells whether the statement so far is @decorators only.
func (p *braceParser) isDecorated() bool {
	h := p.head()
	if len(h) > 2 && isPunct(h[0], '@') && p.is(h[1], "file") && isPunct(h[2], ':') {
		return false // Kotlin: it annotates the file
	}
	return len(h) > 0 && (isPunct(h[0], '@') || isPunct(h[0], '#')) && p.attributes(h) == len(h)
}

// endsTypeParameters tells Kotlin's fun <T>, whose name may stand on the next line.
func (p *braceParser) endsTypeParameters() bool {
	if !p.g.lex.backtickName {
		return false
	}
	h := p.head()
	for i := 0; i+1 < len(h) && i < 8; i++ {
		if p.is(h[i], "fun") && isPunct(h[i+1], '<') {
			return angles(h, i+1) == len(h)
		}
	}
	return false
}

// isCondition tells whether a statement ends in if (…), whose branch may stand on the next line.
func (p *braceParser) isCondition() bool {
	h := p.head()
	return len(h) > 1 && isGroup(h[len(h)-1], '(') && p.is(h[len(h)-2], "if", "while", "for")
}

// joinsProperty tells whether a lexeme starts the accessor, get() or private set, of the Kotlin property before it.
func (p *braceParser) joinsProperty(t lexeme) bool {
	if top := p.top().kind; t.kind != tIdent && !isPunct(t, '@') || top == inBlock || p.property(p.head()) < 0 {
		return false
	}
	if p.is(t, "get", "set") {
		rest := bytes.TrimLeft(p.src[t.end:], " \t")
		return len(rest) > 0 && rest[0] == '('
	}
	return p.modifiersBefore(t, "get", "set")
}

// joinsClass tells whether a lexeme starts the first constructor of the Kotlin class before it.
func (p *braceParser) joinsClass(t lexeme) bool {
	if t.kind != tIdent && !isPunct(t, '@') || p.top().kind == inBlock {
		return false
	}
	h := p.head()
	if !p.is(h[len(h)-1], "constructor") && h[len(h)-1].kind != tIdent && !isPunct(h[len(h)-1], '>') && !p.endsAnnotation() {
		return false
	}
	if _, _, at := p.container(h); at < 0 {
		return false
	}
	return p.modifiersBefore(t, "constructor", "")
}

// modifiersBefore tells whether one of two words follows a lexeme, after modifiers and annotations.
func (p *braceParser) modifiersBefore(t lexeme, one, other string) bool {
	for rest := p.src[t.start:min(len(p.src), int(t.start)+300)]; len(rest) > 0; {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		annotation := len(rest) > 0 && rest[0] == '@'
		if annotation {
			rest = rest[1:]
		}
		n := 0
		for n < len(rest) && (byteClass[rest[n]]&(cLetter|cDigit) != 0 || annotation && (rest[n] == '.' || rest[n] == ':')) {
			n++
		}
		word := string(rest[:n])
		rest = rest[n:]
		switch {
		case n == 0:
			return false
		case annotation:
			if len(rest) > 0 && rest[0] == '(' {
				rest = rest[bytes.IndexByte(rest, ')')+1:]
			}
		case word == one || word == other:
			return true
		case !accessorModifiers[word]:
			return false
		}
	}
	return false
}

var accessorModifiers = wordSet("private protected internal public inline external final")

// endsAnnotation tells whether a statement ends in @Name(…), which belongs to what follows.
func (p *braceParser) endsAnnotation() bool {
	h := p.head()
	n := len(h)
	return n > 2 && isGroup(h[n-1], '(') && h[n-2].kind == tIdent && isPunct(h[n-3], '@')
}

// joinsNext are words after which a statement cannot end: none of them is a name anywhere. joinsPrevious are those that
// cannot start one.
var (
	joinsNext = wordSet("export default const let var extends implements class interface function fun func new enum in throw" +
		" else typeof override case def val lateinit companion import package trait instanceof await private protected public")
	kotlinJoinsNext = wordSet("val var class interface fun object in throw else typealias import package as is by" +
		" private protected public internal override open abstract lateinit companion suspend inline")
	joinsPrevious = wordSet("in of instanceof as extends implements else satisfies where with throws rethrows catch finally from is")
)
