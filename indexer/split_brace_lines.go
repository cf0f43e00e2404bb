// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

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
	}
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
	case tArrow, tScope:
		return false
	case tPunct:
		if before.c != '>' && (before.c != '*' || !p.is(p.head()[0], "import")) { // the end of type arguments, of import a.*
			return false
		}
	case tIdent:
		if p.g.topLevel == nil && joinsNext[p.word(before)] || // Go ends a statement after any name
			p.isDecorated() {
			return false
		}
	case tGroup:
		if p.isDecorated() {
			return false
		}
	}
	switch after.kind {
	case tIdent:
		return !joinsPrevious[p.word(after)]
	case tNumber, tString:
		return true
	case tPunct:
		return after.c == '@' || after.c == '#' || after.c == '*' && p.top().kind == inClass
	case tGroup:
		return after.c == '[' && p.top().kind == inClass
	}
	return false
}

// isDecorated tells whether the statement so far is @decorators only.
func (p *braceParser) isDecorated() bool {
	h := p.head()
	return len(h) > 0 && (isPunct(h[0], '@') || isPunct(h[0], '#')) && p.attributes(h) == len(h)
}

// joinsNext are words after which a statement cannot end: none of them is a name anywhere. joinsPrevious are those that
// cannot start one.
var (
	joinsNext = wordSet("export default const let var return extends implements class interface function fun func new enum in throw" +
		" else typeof override case def val lateinit companion import package trait instanceof await private protected public")
	joinsPrevious = wordSet("in of instanceof as extends implements else satisfies where with throws rethrows catch finally from is")
)
