// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// What only C and C++ write: macros where definitions stand, operators, old parameters, initialisers in braces.

// finishCpp records functions that are defined as default or deleted, and concepts.
func finishCpp(p *braceParser, h []lexeme) {
	h = p.afterLabels(h)
	n := len(h)
	for i, t := range h {
		if p.is(t, "concept") && i+2 < n && h[i+1].kind == tIdent && isPunct(h[i+2], '=') {
			p.record(p.define(KindType, p.word(h[i+1]), h))
			return
		}
	}
	if n > 2 && isGroup(h[n-1], '(') {
		n-- // = delete("reason")
	}
	if n < 3 || !isPunct(h[n-2], '=') || !p.is(h[n-1], "default", "delete") {
		return
	}
	if fn := p.typedFunction(h[:n-2], p.top().kind); fn.ok {
		p.record(p.define(fn.kind(p.top().kind), fn.name, h[fn.start:]))
	}
}

// requiresExpression tells whether a { belongs to requires (T t) { … }, which is an expression, and not to the body of a
// function after requires (condition).
func (p *braceParser) requiresExpression(h []lexeme) bool {
	n := len(h)
	if n > 1 && isGroup(h[n-1], '(') {
		n--
		return n > 1 && p.is(h[n-1], "requires") && (h[n-2].kind == tOperator || isPunct(h[n-2], '=') || p.is(h[n-2], "requires"))
	}
	return p.is(h[n-1], "requires")
}

// bracedVariable tells struct type name{…}, a variable, from the definition of a type, before whose name there may be a
// macro in capitals.
func (p *braceParser) bracedVariable(h []lexeme) bool {
	n := len(h)
	return n >= 3 && p.is(h[n-3], "struct", "union") && h[n-2].kind == tIdent && h[n-1].kind == tIdent && !p.is(h[n-1], "final") &&
		bytes.ContainsAny(p.src[h[n-2].start:h[n-2].end], "abcdefghijklmnopqrstuvwxyz")
}

// qualifies tells whether a head ends in the && of a C++ member function, f() && {.
func (p *braceParser) qualifies(h []lexeme) bool {
	n := len(h)
	return p.g.lex.cppRaw && n > 2 && h[n-1].kind == tOperator && h[n-1].c == '&' && h[n-1].end-h[n-1].start == 2 &&
		(isGroup(h[n-2], '(') || p.is(h[n-2], "const", "volatile"))
}

// bracedInitialiser tells the { of a member's initialiser, A::A() : member{1} {, from that of the body.
func (p *braceParser) bracedInitialiser(h []lexeme, s shape) bool {
	last := h[len(h)-1]
	if !p.g.lex.cppRaw || last.kind != tIdent && !isPunct(last, '>') {
		return false
	}
	for _, t := range h[s.paren:] {
		if isPunct(t, ':') {
			return true
		}
	}
	return false
}

// macroArgument gives the name of a C function that a macro writes, TEST_IMPL(name) {.
func (p *braceParser) macroArgument(group lexeme, macro string) string {
	arg := bytes.TrimSpace(p.inside(group))
	if !hasCapitals(macro) || len(arg) == 0 || byteClass[arg[0]]&cLetter == 0 {
		return macro
	}
	for _, c := range arg {
		if byteClass[c]&(cLetter|cDigit) == 0 {
			return macro
		}
	}
	return string(arg)
}

// hasCapitals tells TEST, srtDECL and IMPLEMENT_x from the names of functions.
func hasCapitals(name string) bool {
	for i := 1; i < len(name); i++ {
		if a, b := name[i-1], name[i]; a >= 'A' && a <= 'Z' && b >= 'A' && b <= 'Z' {
			return true
		}
	}
	return strings.ToUpper(name) == name
}

// declaresParameters tells the head of an old C function, int f(a, b) int a;, whose parameters are declared before the
// body: the statement goes on after their semicolons.
func (p *braceParser) declaresParameters(h []lexeme) bool {
	fn := p.typedFunction(h, inFile)
	if !fn.ok || fn.paren+2 >= len(h) || h[fn.paren+1].kind != tIdent || p.is(h[0], "typedef") {
		return false
	}
	if notName[p.word(h[fn.paren+1])] || h[fn.paren+2].kind != tIdent && !isPunct(h[fn.paren+2], '*') {
		return false
	}
	names := p.inside(h[fn.paren])
	for name := range bytes.SplitSeq(names, []byte{','}) {
		name = bytes.TrimSpace(name)
		if len(name) == 0 || string(name) == "void" || byteClass[name[0]]&cLetter == 0 || bytes.ContainsAny(name, " \t\n*[(") {
			return false
		}
	}
	return true
}

// operatorShape reads operator==(…), operator()(…), operator bool().
func (p *braceParser) operatorShape(h []lexeme, i int, before shape) shape {
	j := i + 1
	if j+1 < len(h) && isGroup(h[j], '(') && isGroup(h[j+1], '(') {
		j++
	}
	for j < len(h) && !isGroup(h[j], '(') {
		j++
	}
	if j >= len(h) {
		return before
	}
	name := "operator"
	if j > i+1 {
		name = p.text(h[i], h[j-1])
	}
	return shape{ok: true, name: name, at: i, paren: j, typed: true, scoped: i > 0 && h[i-1].kind == tScope}
}

// macroBefore tells whether what looks like a function is a macro's call before the function proper: nothing but
// storage words stand before it.
func (p *braceParser) macroBefore(h []lexeme, s shape) bool {
	for i := min(s.at, s.start+p.attributes(h[s.start:])); i < s.at; i++ {
		if p.is(h[i], "template") && isPunct(h[i+1], '<') {
			i = max(i, angles(h, i+1)-1)
			continue
		}
		if !p.is(h[i], "static", "inline", "extern", "public", "private", "protected", "typedef", "constexpr", "friend", "virtual", "explicit") {
			return false
		}
	}
	next := s.paren + 1
	return next < len(h) && h[next].kind == tIdent && !p.is(h[next], "const", "noexcept", "override", "final", "throws", "throw",
		"requires", "where", "volatile", "try", "__attribute__", "async", "sync", "native")
}

// trailsName tells whether a name follows the parameters, so that they are a macro's in struct ALIGNED(16) name.
func (p *braceParser) trailsName(h []lexeme, s shape) bool {
	next := s.paren + 1
	return next < len(h) && (isPunct(h[next], ':') || h[next].kind == tIdent && !notName[p.word(h[next])] &&
		!p.is(h[next], "const", "noexcept", "override", "final", "try", "volatile"))
}

// hasString tells the arguments of a macro, TEST_CASE("a name") {, from the parameters of a function.
func (p *braceParser) hasString(group lexeme) bool {
	text := p.inside(group)
	n := bytes.IndexByte(text, '"')
	if n < 0 {
		return false
	}
	before := bytes.TrimRight(text[:n], " \t\r\n")
	return len(before) == 0 || before[len(before)-1] == ','
}
