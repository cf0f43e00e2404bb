// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

// Properties are fields to those who use them and functions to those who write them: int X { get; } in C#, val x: Int
// get() = … in Kotlin. They are blocks as methods are.

// typedProperty gives the name of the property or event whose accessors the { after a head starts, "" when there is none.
func (p *braceParser) typedProperty(h []lexeme) string {
	last := len(h) - 1
	if last < 1 {
		return ""
	}
	if isGroup(h[last], '[') && p.is(h[last-1], "this") {
		return "this"
	}
	n := p.attributes(h)
	if h[last].kind != tIdent || last <= n || p.hasEquals(h) {
		return ""
	}
	for _, t := range h[n:last] {
		if t.kind == tGroup && t.c == '{' || t.kind == tArrow || p.is(t, "class", "struct", "interface", "enum", "record", "namespace", "where", "new") {
			if !p.is(t, "new") {
				return ""
			}
		}
	}
	if before := h[last-1]; before.kind != tIdent && !isPunct(before, '>') && !isPunct(before, '?') && !isPunct(before, '.') &&
		!isPunct(before, '*') && before.kind != tGroup && before.kind != tScope {
		return ""
	}
	return p.word(h[last])
}

// typedPropertyArrow gives the name of the property that a head with => defines.
func (p *braceParser) typedPropertyArrow(h []lexeme) string {
	for i, t := range h {
		switch {
		case isPunct(t, '='):
			return ""
		case t.kind == tArrow:
			return p.typedProperty(h[:i])
		}
	}
	return ""
}

// initialised tells whether = value follows the } at an offset.
func (p *braceParser) initialised(end int32) bool {
	for i := int(end); i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '=':
			return i+1 < len(p.src) && p.src[i+1] != '=' && p.src[i+1] != '>'
		case c != '\n' && byteClass[c]&cSpace == 0:
			return false
		}
	}
	return false
}

// property gives the position of val or var in the head of a Kotlin property, -1 when it is none.
func (p *braceParser) property(h []lexeme) int {
	for i := p.attributes(h); i < len(h); i++ {
		switch {
		case p.is(h[i], "val", "var"):
			return i
		case h[i].kind == tIdent && kotlinModifiers[string(p.src[h[i].start:h[i].end])]:
		case isPunct(h[i], '@') || h[i].kind == tGroup || i > 0 && isPunct(h[i-1], '@'):
		default:
			return -1
		}
	}
	return -1
}

var kotlinModifiers = wordSet("public private protected internal override open abstract final const lateinit actual expect inline external")

// propertyName gives the name of a Kotlin property that has an accessor with a body, "" for others.
func (p *braceParser) propertyName(h []lexeme) string {
	i := p.property(h)
	if i < 0 {
		return ""
	}
	name := ""
	for i++; i < len(h); i++ {
		switch t := h[i]; {
		case isPunct(t, '<'):
			if j := angles(h, i); j > i {
				i = j - 1
			}
			continue
		case p.is(t, "get", "set") && i+1 < len(h) && isGroup(h[i+1], '(') && name != "":
			return name
		case isPunct(t, ':') || isPunct(t, '=') || p.is(t, "by"):
			return p.accessorAfter(h[i:], name)
		case t.kind == tIdent:
			name = strings.Trim(p.word(t), "`")
		}
	}
	return ""
}

// accessorAfter gives the name when get( or set( starts a line of what is left of the head, or follows the type.
func (p *braceParser) accessorAfter(h []lexeme, name string) string {
	for i := 1; i+1 < len(h); i++ {
		if p.is(h[i], "get", "set") && isGroup(h[i+1], '(') && !isPunct(h[i-1], '.') && h[i-1].kind != tOperator {
			return name
		}
	}
	return ""
}

// isDelegate tells whether delegate stands among the modifiers of a C# declaration.
func (p *braceParser) isDelegate(h []lexeme) bool {
	for _, t := range h {
		if p.is(t, "delegate") {
			return true
		}
	}
	return false
}
