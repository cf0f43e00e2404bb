// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// attributes counts the lexemes at the start of a head that are attributes: @Name(…), #[…], [[…]].
func (p *braceParser) attributes(h []lexeme) int {
	i := 0
	for i < len(h) {
		switch {
		case isPunct(h[i], '@') && i+1 < len(h) && h[i+1].kind == tIdent && !p.is(h[i+1], "interface"):
			i += 2
			for i+1 < len(h) && (isPunct(h[i], '.') || isPunct(h[i], ':')) && h[i+1].kind == tIdent {
				i += 2
			}
			if i < len(h) && isGroup(h[i], '(') {
				i++
			}
		case isPunct(h[i], '@') && i+1 < len(h) && h[i+1].kind == tGroup:
			i += 2
		case isPunct(h[i], '#') && i+1 < len(h) && isGroup(h[i+1], '['):
			i += 2
		case isPunct(h[i], '#') && i+2 < len(h) && isPunct(h[i+1], '!') && isGroup(h[i+2], '['):
			i += 3
		case isGroup(h[i], '[') && !p.g.lex.script && (i+1 == len(h) || h[i+1].kind != tPunct || h[i+1].c == '@'):
			i++
		default:
			return i
		}
	}
	return i
}

// angles gives the position after the > that closes the < at i, or i when there is none.
func angles(h []lexeme, i int) int {
	depth := 0
	for j := i; j < len(h); j++ {
		switch {
		case isPunct(h[j], '<'):
			depth++
		case isPunct(h[j], '>'):
			depth--
			if depth == 0 {
				return j + 1
			}
		case isPunct(h[j], ';'):
			return i
		}
	}
	return i
}

// define makes a definition whose head starts at h[0], attributes included.
func (p *braceParser) define(kind Kind, name string, h []lexeme) *found {
	d := &found{kind: kind, name: name, start: h[0].start, sig: h[0].start}
	if n := p.attributes(h); n < len(h) {
		d.sig = h[n].start
	}
	if h[0].doc >= 0 {
		d.start = h[0].doc
	}
	return d
}

// record adds a definition without a body in braces: it ends where the statement does.
func (p *braceParser) record(d *found) {
	d.end = p.last
	p.defs = append(p.defs, *d)
}

// container looks for class, struct, … with a name in a head. at is the keyword's position, -1 when there is none;
// the name is empty for anonymous ones.
func (p *braceParser) container(h []lexeme) (kind Kind, name string, at int) {
	for i := 0; i < len(h); i++ {
		switch {
		case isPunct(h[i], '<'):
			if j := angles(h, i); j > i {
				i = j - 1
			}
			continue
		case isPunct(h[i], '='):
			return 0, "", -1
		case h[i].kind != tIdent:
			continue
		}
		k, ok := p.g.containers[string(p.src[h[i].start:h[i].end])]
		if !ok || i > 0 && (isPunct(h[i-1], '.') || h[i-1].kind == tScope || isPunct(h[i-1], ':') || isPunct(h[i-1], ',')) {
			continue
		}
		if p.g.accessors && i > 0 && isPunct(h[i-1], '@') { // C#: a variable with the name of a keyword
			continue
		}
		if i+1 < len(h) && (isPunct(h[i+1], '.') || isPunct(h[i+1], '=') || p.is(h[i+1], "func", "var", "let", "fun")) {
			continue
		}
		return p.containerName(h, i, k)
	}
	return 0, "", -1
}

func (p *braceParser) containerName(h []lexeme, i int, kind Kind) (Kind, string, int) {
	if p.is(h[i], "impl") {
		return kind, p.implName(h[i+1:]), i
	}
	if p.is(h[i], "macro_rules") && i+2 < len(h) {
		return kind, p.word(h[i+2]), i
	}
	first, last := -1, -1
	for j := i + 1; j < len(h); j++ {
		t := h[j]
		if t.kind == tIdent {
			w := string(p.src[t.start:t.end])
			if stopsName[w] {
				if w != "final" && w != "sealed" || first >= 0 {
					break
				}
				if j+1 < len(h) && h[j+1].kind == tIdent {
					continue
				}
			}
			if k, ok := p.g.containers[w]; ok && first < 0 {
				if w != "class" && w != "struct" || kind == KindModule || p.is(h[i], "record") {
					kind = k
				}
				continue
			}
			if j+1 < len(h) && isGroup(h[j+1], '(') && !p.g.primary {
				j++ // a macro: class ALIGNED(16) Name
				continue
			}
			if first < 0 || !(h[j-1].kind == tScope || isPunct(h[j-1], '.') || isPunct(h[j-1], '\\')) {
				if first >= 0 && p.g.primary {
					break
				}
				first = j
			}
			last = j
			continue
		}
		if t.kind == tString && kind == KindModule {
			first, last = j, j
			break
		}
		if isGroup(t, '[') && first < 0 || t.kind == tScope || isPunct(t, '.') || isPunct(t, '\\') {
			continue
		}
		if isPunct(t, '<') {
			if n := angles(h, j); n > j && (first < 0 || n < len(h) && h[n].kind == tScope) {
				j = n - 1
				continue
			}
		}
		break
	}
	switch {
	case first < 0 && i > 0 && p.is(h[i-1], "companion"):
		return kind, "Companion", i
	case first < 0:
		return kind, "", i
	case kind == KindModule:
		return kind, strings.Trim(p.text(h[first], h[last]), `"'`), i
	}
	return kind, strings.Trim(p.word(h[last]), "`"), i
}

// stopsName are words that end the name of a class.
var stopsName = wordSet("extends implements permits where final sealed with throws derives by is")

// implName gives the type that impl<T> Trait for path::Type<T> is about.
func (p *braceParser) implName(h []lexeme) string {
	name := ""
	for i := 0; i < len(h); i++ {
		switch {
		case isPunct(h[i], '<'):
			if j := angles(h, i); j > i {
				i = j - 1
			}
		case p.is(h[i], "for"):
			name = ""
		case p.is(h[i], "where"):
			return name
		case name == "" && (isGroup(h[i], '[') || isGroup(h[i], '(')):
			name = string(p.src[h[i].start:h[i].end])
		case h[i].kind == tIdent && !p.is(h[i], "dyn", "mut", "const", "unsafe"):
			if w := p.word(h[i]); w[0] != '\'' {
				name = w
			}
		}
	}
	return name
}
