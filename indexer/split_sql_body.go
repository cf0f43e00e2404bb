// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// A sqlUnit is an open procedure, function or package of PL/SQL or SQL/PSM: declarations, then BEGIN … END.
type sqlUnit struct {
	def    int
	begun  bool // BEGIN was seen
	depth  int  // of BEGIN and CASE
	holder bool
}

// body reads the rest of what CREATE makes and ends its definition.
func (p *sqlParser) body(def int, alter bool) {
	kind := p.defs[def].kind
	if procedural(kind) && !p.schema {
		p.routine(def, kind, alter)
	} else {
		p.plain(kind)
	}
	p.defs[def].end = max(p.last, p.defs[def].start+p.defs[def].doc)
}

// plain reads a statement up to its end. A line that starts with CREATE ends it too, and in Transact-SQL whatever
// follows the closing parenthesis of a table on a line of its own and starts like a statement.
func (p *sqlParser) plain(kind Kind) {
	parens := 0
	for {
		t := p.next()
		switch {
		case t.kind == sqlEOF:
			return
		case t.kind == sqlEnd:
			if t.c == ';' && kind == KindRule && parens > 0 {
				continue
			}
			p.ends(t)
			return
		case t.fresh && t.kind == sqlWord && (p.is(t, "CREATE") || p.tsql && parens == 0 && p.startsStatement(t)):
			p.back(t)
			return
		case t.c == '(' && t.kind == sqlPunct:
			parens++
		case t.c == ')' && t.kind == sqlPunct:
			parens = max(0, parens-1)
		}
		p.last = t.line
	}
}

// ends notes the token that ends a statement: GO and / are not part of it.
func (p *sqlParser) ends(t sqlToken) {
	if t.c == ';' || t.c == 'd' {
		p.last = t.line
	}
}

func (p *sqlParser) startsStatement(t sqlToken) bool {
	for _, word := range []string{"ALTER", "DROP", "INSERT", "GRANT", "EXEC", "PRINT", "IF", "DECLARE", "UPDATE", "DELETE", "END", "BEGIN"} {
		if p.is(t, word) {
			return true
		}
	}
	return false
}

// routine reads the head of a function, procedure, trigger or package up to its body, and the body.
func (p *sqlParser) routine(def int, kind Kind, alter bool) {
	parens, variables, previous := 0, false, sqlToken{}
	for {
		t := p.next()
		switch {
		case t.kind == sqlEOF:
			return
		case t.kind == sqlEnd:
			p.ends(t)
			return
		case t.kind == sqlPunct:
			switch t.c {
			case '(':
				parens++
			case ')':
				parens = max(0, parens-1)
			case '@':
				variables = true
			}
		case t.kind != sqlWord || parens > 0:
		case t.fresh && p.is(t, "CREATE"):
			p.back(t)
			return
		case p.is(t, "AS") || p.is(t, "IS"):
			if p.is(previous, "EXECUTE") || p.trigger && !p.tsql {
				break
			}
			next := p.peek()
			switch {
			case next.kind == sqlString || p.is(next, "LANGUAGE") || p.is(next, "EXTERNAL"):
			case (p.tsql || variables || alter) && p.is(t, "AS"):
				p.batch()
				return
			default:
				u := sqlUnit{def: def}
				if kind == KindModule || kind == KindClass {
					u.holder, u.depth = true, 1
				}
				p.units(u)
				return
			}
		case p.is(t, "BEGIN"):
			p.units(sqlUnit{def: def, begun: true, depth: 1})
			return
		case p.is(t, "COMPOUND"):
			p.units(sqlUnit{def: def, holder: true, depth: 1})
			return
		case p.is(t, "DECLARE"):
			p.units(sqlUnit{def: def})
			return
		}
		p.last, previous = t.line, t
	}
}

// batch reads Transact-SQL up to GO.
func (p *sqlParser) batch() {
	for {
		t := p.next()
		if t.kind == sqlEOF || t.kind == sqlEnd && (t.c == 'g' || t.c == 'd') {
			return
		}
		if !p.tsql && t.fresh && p.is(t, "CREATE") && (t.start == 0 || p.src[t.start-1] == '\n') {
			p.back(t)
			return
		}
		p.last = t.line
	}
}

// units reads declarations and BEGIN … END with the procedures inside.
func (p *sqlParser) units(outer sqlUnit) {
	stack := []sqlUnit{outer}
	p.inUnits = true
	defer func() { p.inUnits = false }()
	previous := sqlToken{}
	for len(stack) > 0 {
		t := p.next()
		u := &stack[len(stack)-1]
		switch {
		case t.kind == sqlEOF, t.kind == sqlEnd && t.c != ';', t.fresh && p.makesRoutine(t):
			if t.kind == sqlEnd {
				p.ends(t)
			} else {
				p.back(t)
			}
			for _, u := range stack {
				p.defs[u.def].end = p.last
			}
			return
		case t.kind != sqlWord:
		case p.is(t, "BEGIN"):
			if u.begun || !u.holder {
				u.depth++
			}
			u.begun = true
		case p.is(t, "CASE"):
			u.depth++
		case p.is(t, "END"):
			p.last = t.line
			if p.endUnit(u) {
				p.defs[u.def].end = p.last
				stack = stack[:len(stack)-1]
				previous = sqlToken{}
				continue
			}
		case !u.begun && len(stack) < maxNesting && (p.is(t, "PROCEDURE") || p.is(t, "FUNCTION")) && p.startsItem(t, previous):
			if def := p.nested(t, previous); def >= 0 {
				stack = append(stack, sqlUnit{def: def})
			}
			previous = sqlToken{}
			continue
		}
		if t.kind == sqlWord && previous.kind == sqlWord && p.modifier(previous) {
			t.doc, t.line = previous.doc, previous.line
		}
		p.last, previous = max(p.last, t.line), t
	}
}

// makesRoutine tells that a line starts with CREATE in the first column: the body above was never closed. A table may
// be made inside a body, and a line break in the first column proves little there.
func (p *sqlParser) makesRoutine(t sqlToken) bool {
	if !p.is(t, "CREATE") || t.start > 0 && p.src[t.start-1] != '\n' || p.delimiter != nil {
		return false
	}
	next := p.peek()
	return p.is(next, "OR") || p.is(next, "FUNCTION") || p.is(next, "PROCEDURE") || p.is(next, "PACKAGE") || p.is(next, "TRIGGER")
}

// endUnit handles END: it tells whether the unit is closed, and then has read up to its semicolon.
func (p *sqlParser) endUnit(u *sqlUnit) bool {
	next := p.peek()
	if p.is(next, "IF") || p.is(next, "LOOP") || p.is(next, "WHILE") || p.is(next, "REPEAT") || p.is(next, "FOR") {
		p.next()
		return false
	}
	if p.is(next, "CASE") {
		p.next()
	}
	u.depth--
	if u.depth > 0 || u.depth == 0 && !u.begun && !u.holder { // the latter ends a CASE among declarations
		return false
	}
	for range 4 { // END name;
		t := p.next()
		switch {
		case t.kind == sqlEOF:
			return true
		case t.kind == sqlEnd:
			if t.c == ';' || t.c == 'd' {
				p.last = t.line
			} else {
				p.back(t)
			}
			return true
		case t.kind == sqlPunct && t.c == ';': // the delimiter follows
			p.last = t.line
			if next := p.peek(); next.kind == sqlEnd && next.c == 'd' {
				p.last = p.next().line
			}
			return true
		case t.fresh:
			p.back(t)
			return true
		}
		p.last = t.line
	}
	return true
}

// modifier tells what may stand before a method of an object type.
func (p *sqlParser) modifier(t sqlToken) bool {
	for _, word := range []string{"MEMBER", "STATIC", "CONSTRUCTOR", "OVERRIDING", "MAP", "ORDER", "FINAL", "INSTANTIABLE"} {
		if p.is(t, word) {
			return true
		}
	}
	return false
}

// startsItem tells whether PROCEDURE or FUNCTION starts a declaration.
func (p *sqlParser) startsItem(t, previous sqlToken) bool {
	return t.fresh || previous.kind == sqlEnd || previous.kind == sqlPunct && previous.c == ';' || p.modifier(previous)
}

// nested reads the head of a procedure inside another unit; -1 when it only announces it.
func (p *sqlParser) nested(t, previous sqlToken) int {
	line, doc := t.line, t.doc
	if p.modifier(previous) {
		line, doc = previous.line, previous.doc
	}
	d := definition{kind: KindProcedure, start: line}
	if p.is(t, "FUNCTION") {
		d.kind = KindFunction
	}
	if doc > 0 {
		d.start, d.doc = doc, line-doc
	}
	p.last = t.line
	d.name = p.name()
	parens := 0
	for range 4096 {
		t := p.next()
		switch {
		case t.kind == sqlEOF, t.kind == sqlEnd && t.c != ';', t.fresh && p.is(t, "END"):
			p.back(t)
			return -1
		case t.kind == sqlEnd, t.kind == sqlPunct && t.c == ';':
			p.last = t.line
			return -1
		case t.kind == sqlPunct && t.c == '(':
			parens++
		case t.kind == sqlPunct && t.c == ')':
			parens = max(0, parens-1)
		case parens == 0 && (p.is(t, "IS") || p.is(t, "AS")):
			p.last = t.line
			if next := p.peek(); d.name == "" || p.is(next, "LANGUAGE") || p.is(next, "EXTERNAL") {
				return -1
			}
			d.end = t.line
			p.defs = append(p.defs, d)
			return len(p.defs) - 1
		}
		p.last = t.line
	}
	return -1
}
