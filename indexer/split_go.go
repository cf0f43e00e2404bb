// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
)

// A goSplitter cuts Go with the language's own parser. What that one refuses is cut by braces, which finds the same
// definitions wherever the text still has them.
type goSplitter struct{}

// maxGoDepth is how deep brackets may nest in what goes to go/parser, which uses the stack for each level.
const maxGoDepth = 1000

func (goSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	defs, ok := parseGo(src)
	if !ok {
		defs = parseBraces(src, lines, goGrammar)
	}
	return assemble("Go", lines, defs)
}

func parseGo(src []byte) ([]definition, bool) {
	if bracketDepth(src) > maxGoDepth {
		return nil, false
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	tf := fset.File(file.FileStart)
	defs := make([]definition, 0, len(file.Decls))
	// PositionFor without adjustment: a //line directive must not move a block.
	line := func(p token.Pos) int { return tf.PositionFor(p, false).Line }
	add := func(kind Kind, name string, doc *ast.CommentGroup, n ast.Node) {
		d := definition{kind: kind, name: name, start: line(n.Pos()), end: line(n.End() - 1)}
		if doc != nil && doc.Pos() < n.Pos() {
			d.doc = d.start - line(doc.Pos())
			d.start -= d.doc
		}
		defs = append(defs, d)
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			kind := KindFunction
			if d.Recv != nil {
				kind = KindMethod
			}
			add(kind, d.Name.Name, d.Doc, d)
		case *ast.GenDecl:
			goGroup(d, add)
		}
	}
	return defs, true
}

// goGroup adds what one type, const or var declaration declares: each type of a group is a block, constants and
// variables stay together.
func goGroup(d *ast.GenDecl, add func(Kind, string, *ast.CommentGroup, ast.Node)) {
	if len(d.Specs) == 0 {
		return
	}
	switch d.Tok {
	case token.TYPE:
		for _, spec := range d.Specs {
			s, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if d.Lparen.IsValid() {
				add(goType(s.Type), s.Name.Name, s.Doc, s)
			} else {
				add(goType(s.Type), s.Name.Name, d.Doc, d)
			}
		}
	case token.CONST, token.VAR:
		s, ok := d.Specs[0].(*ast.ValueSpec)
		if !ok {
			return
		}
		kind := KindVariable
		if d.Tok == token.CONST {
			kind = KindConstant
		} else if len(d.Specs) == 1 && len(s.Values) == 1 {
			if _, ok := s.Values[0].(*ast.FuncLit); ok {
				kind = KindFunction
			}
		}
		add(kind, s.Names[0].Name, d.Doc, d)
	}
}

func goType(t ast.Expr) Kind {
	switch t.(type) {
	case *ast.StructType:
		return KindStruct
	case *ast.InterfaceType:
		return KindInterface
	}
	return KindType
}

// bracketDepth gives a bound of how deep brackets nest, those in strings and comments included.
func bracketDepth(src []byte) int {
	depth, deepest := 0, 0
	for _, c := range src {
		switch c {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			if depth > 0 {
				depth--
			}
		}
	}
	return deepest
}

// openGo judges a { in damaged Go.
func openGo(p *braceParser, h []lexeme) opening {
	if p.top().kind == inFile && len(h) > 0 && p.is(h[0], "func") {
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
		if h[i].kind != tGroup && !(isPunct(h[i], '=')) {
			break
		}
	}
	return KindType
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
			name = firstWord(p.src[h[1].start+1 : h[1].end])
		}
		if p.is(h[0], "const") {
			kind = KindConstant
		} else if len(h) > 3 && isPunct(h[2], '=') && p.is(h[3], "func") {
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
