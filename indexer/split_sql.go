// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A sqlSplitter cuts SQL of any dialect into what its CREATE statements make: PostgreSQL with its $$ bodies, MySQL with
// DELIMITER, Transact-SQL with GO, PL/SQL whose packages hold procedures, SQLite. Other statements are text.
type sqlSplitter struct{ lang string }

func (s sqlSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := &sqlParser{src: src, lines: lines, n: 1, fresh: true, budget: 4*len(src) + 1<<16}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		p.pos = 3
	}
	p.tsql = s.lang == "TSQL" || hasGo(src)
	p.parse()
	return assemble(s.lang, lines, p.defs)
}

// hasGo tells whether a line holds GO alone.
func hasGo(src []byte) bool {
	for from := 0; from < len(src); {
		n := bytes.IndexAny(src[from:], "gG")
		if n < 0 {
			return false
		}
		at := from + n
		if (at == 0 || src[at-1] == '\n') && at+1 < len(src) && src[at+1]|0x20 == 'o' &&
			(at+2 == len(src) || src[at+2] == '\r' || src[at+2] == '\n') {
			return true
		}
		from = at + 1
	}
	return false
}

type sqlParser struct {
	src       []byte
	lines     lineIndex
	defs      []definition
	pos       int
	n         int // line of pos
	fresh     bool
	doc       int // first line of the comment just above, 0 for none
	delimiter []byte
	tsql      bool // GO ends what is made
	mysql     bool // backslashes escape
	budget    int  // bytes that may still be read in vain
	peeked    bool
	ahead     sqlToken
	last      int  // line of the last token of the statement
	trigger   bool // it makes a trigger
	inUnits   bool // between BEGIN and END dollars do not quote
	schema    bool // it makes a schema, which is a module without a body
}

func (p *sqlParser) parse() {
	for {
		t := p.next()
		switch {
		case t.kind == sqlEOF:
			return
		case t.kind == sqlEnd:
		case t.kind != sqlWord:
			p.skipStatement()
		default:
			p.statement(t)
		}
	}
}

func (p *sqlParser) text(t sqlToken) []byte { return p.src[t.start:t.end] }

func (p *sqlParser) is(t sqlToken, keyword string) bool {
	return t.kind == sqlWord && sqlIs(p.text(t), keyword)
}

// statement reads the statement that starts with this word.
func (p *sqlParser) statement(t sqlToken) {
	switch word := p.text(t); {
	case sqlIs(word, "CREATE"), p.tsql && sqlIs(word, "ALTER"):
		if def := p.head(t); def >= 0 {
			p.body(def, sqlIs(word, "ALTER"))
			return
		}
	case t.fresh && sqlIs(word, "DELIMITER"):
		from := p.pos
		p.skipLine()
		p.delimiter = bytes.TrimSpace(p.src[from:p.pos])
		if len(p.delimiter) == 0 || string(p.delimiter) == ";" {
			p.delimiter = nil
		}
		p.mysql = true
		return
	case t.fresh && (sqlIs(word, "PROMPT") || sqlIs(word, "REM")): // SQL*Plus
		p.skipLine()
		return
	case sqlIs(word, "COPY"):
		p.copyData()
		return
	}
	p.skipStatement()
}

// skipStatement passes a statement that makes nothing; a line that starts with CREATE starts another one.
func (p *sqlParser) skipStatement() {
	for {
		t := p.next()
		if t.kind == sqlEOF || t.kind == sqlEnd {
			return
		}
		if t.fresh && p.is(t, "CREATE") {
			p.back(t)
			return
		}
	}
}

// copyData passes COPY … FROM stdin and the lines of data below it.
func (p *sqlParser) copyData() {
	stdin := false
	for {
		t := p.next()
		if t.kind == sqlEOF || t.kind == sqlEnd {
			break
		}
		stdin = stdin || p.is(t, "STDIN")
	}
	if !stdin {
		return
	}
	if end := p.find(p.pos, "\n\\."); end > 0 {
		p.advance(end)
	}
}

// sqlMakes gives a kind to what CREATE makes. What it does not name is no block.
var sqlMakes = map[string]Kind{
	"FUNCTION": KindFunction, "PROCEDURE": KindProcedure, "PROC": KindProcedure, "TRIGGER": KindProcedure, "EVENT": KindProcedure,
	"AGGREGATE": KindFunction, "MACRO": KindFunction, "PACKAGE": KindModule, "SCHEMA": KindModule, "DATABASE": KindModule,
	"TABLE": KindStruct, "VIEW": KindStruct, "TYPE": KindType, "DOMAIN": KindType, "RULE": KindRule,
	"INDEX": KindSection, "SEQUENCE": KindSection, "POLICY": KindSection, "EXTENSION": KindSection, "OPERATOR": KindSection,
	"SYNONYM": KindSection, "COLLATION": KindSection, "CAST": KindSection, "PUBLICATION": KindSection, "SUBSCRIPTION": KindSection,
	"SERVER": KindSection, "STATISTICS": KindSection, "CATALOG": KindSection, "WRAPPER": KindSection, "CONFIGURATION": KindSection,
	"DICTIONARY": KindSection, "TEMPLATE": KindSection, "PARSER": KindSection, "LANGUAGE": KindSection, "CONVERSION": KindSection,
}

// head reads CREATE … KIND name and opens its definition; -1 when there is none.
func (p *sqlParser) head(create sqlToken) int {
	def := definition{start: create.line}
	if create.doc > 0 {
		def.start, def.doc = create.doc, create.line-create.doc
	}
	p.last = create.line
	for range 24 {
		t := p.next()
		if t.kind == sqlEOF || t.kind == sqlEnd || t.kind == sqlPunct && t.c == '(' {
			p.back(t)
			return -1
		}
		if t.kind == sqlWord && p.unnamed(t) {
			return -1
		}
		kind, known := KindText, false
		if t.kind == sqlWord && len(p.text(t)) <= 13 {
			kind, known = sqlMakes[strings.ToUpper(string(p.text(t)))]
		}
		if !known || p.is(t, "EVENT") && p.is(p.peek(), "TRIGGER") {
			continue
		}
		if next := p.peek(); t.kind == sqlWord && (p.is(next, "CLASS") || p.is(next, "FAMILY") || p.is(next, "BODY")) {
			p.next()
			if p.is(t, "TYPE") {
				kind = KindClass
			}
		}
		if p.is(create, "ALTER") && !procedural(kind) && !p.is(t, "VIEW") {
			return -1
		}
		if def.name = p.name(); def.name == "" && p.is(t, "OPERATOR") {
			def.name = p.operatorName()
		}
		if def.name == "" {
			return -1
		}
		if p.is(t, "TYPE") && kind == KindType {
			kind = p.typeKind()
		}
		p.trigger = p.is(t, "TRIGGER")
		p.schema = p.is(t, "SCHEMA") || p.is(t, "DATABASE")
		def.kind, def.end = kind, p.last
		p.defs = append(p.defs, def)
		return len(p.defs) - 1
	}
	return -1
}

// unnamed tells what is no block, and whose statement may name what would be one.
func (p *sqlParser) unnamed(t sqlToken) bool {
	for _, word := range []string{"TRANSFORM", "USER", "ROLE", "GROUP", "ACCESS", "LOGIN", "TABLESPACE", "DIRECTORY"} {
		if p.is(t, word) {
			return true
		}
	}
	return false
}

func procedural(kind Kind) bool {
	return kind == KindFunction || kind == KindProcedure || kind == KindModule || kind == KindClass
}

// name reads [IF NOT EXISTS] schema.name: the last part, without quotes. The schema may be filled in later: :schema.name,
// @schema@.name, {{schema}}.name, ${schema}.name.
func (p *sqlParser) name() string {
	name, filled := "", false
	for range 16 {
		t := p.next()
		text := p.text(t)
		switch {
		case t.kind == sqlPunct && t.c == '#' && name == "" && p.tsql: // a temporary table of Transact-SQL
			continue
		case t.kind == sqlPunct && t.c == '.': // database..name
			continue
		case t.kind == sqlPunct && name == "" && bytes.IndexByte([]byte(":@{$%"), t.c) >= 0:
			filled = true
			continue
		case t.kind == sqlWord && name == "" && (sqlIs(text, "IF") || sqlIs(text, "NOT") || sqlIs(text, "EXISTS") || sqlIs(text, "CONCURRENTLY") ||
			sqlIs(text, "AUTHORIZATION")):
			continue
		case t.kind == sqlWord && name == "" && (sqlIs(text, "ON") || sqlIs(text, "FOR")): // an index without a name
			p.back(t)
			return ""
		case t.kind == sqlWord:
			name = string(text)
		case t.kind == sqlQuoted:
			name = string(text[1 : len(text)-1])
		default:
			p.back(t)
			return name
		}
		p.last = t.line
		for next := p.peek(); filled && next.kind == sqlPunct && bytes.IndexByte([]byte("@}%"), next.c) >= 0; next = p.peek() {
			p.last = p.next().line
		}
		if next := p.peek(); next.kind != sqlPunct || next.c != '.' {
			return name
		}
		p.next()
		name = ""
	}
	return name
}

// operatorName reads <-> after CREATE OPERATOR.
func (p *sqlParser) operatorName() string {
	from := p.peek()
	if from.kind != sqlPunct {
		return ""
	}
	end := from.start
	for end < len(p.src) && bytes.IndexByte([]byte("+-*/<>=~!@#%^&|`?"), p.src[end]) >= 0 {
		end++
	}
	return string(p.src[from.start:end])
}

// typeKind looks at what follows the name of a type.
func (p *sqlParser) typeKind() Kind {
	for t := p.peek(); p.is(t, "AS") || p.is(t, "IS") || p.is(t, "FORCE"); t = p.peek() {
		p.next()
	}
	switch t := p.peek(); {
	case p.is(t, "ENUM"):
		return KindEnum
	case p.is(t, "OBJECT"), p.is(t, "UNDER"), p.is(t, "RANGE"), t.kind == sqlPunct && t.c == '(':
		return KindStruct
	}
	return KindType
}
