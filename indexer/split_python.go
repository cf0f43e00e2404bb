// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// A pythonSplitter cuts Python by indentation. It walks over logical lines: brackets, backslashes and strings of
// several lines join physical ones.
type pythonSplitter struct{ lang string }

func (s pythonSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := &pythonParser{src: src, lines: lines}
	p.parse()
	return assemble(s.lang, lines, p.defs)
}

// A pythonScope is an open def or class.
type pythonScope struct {
	def, indent int
	class       bool
}

type pythonParser struct {
	src       []byte
	lines     lineIndex
	defs      []definition
	open      []pythonScope
	decorator int  // first line of the decorators and comments just above, 0 for none
	decorated bool // there are decorators among them
	column    int  // their indentation
	last      int  // last line of the last logical line
	dead      [2]bool
}

func (p *pythonParser) parse() {
	var trailing []int // comment lines since the last logical line: they belong to the block that is as deep
	for n := 1; n <= p.lines.count(); {
		start := int(p.lines.starts[n-1])
		if n == 1 && bytes.HasPrefix(p.src, []byte("\xef\xbb\xbf")) {
			start = 3
		}
		pos, indent := p.indentation(start)
		switch {
		case p.lines.blank(n) || pos >= len(p.src):
			if !p.decorated {
				p.decorator = 0
			}
			n++
			continue
		case pos < len(p.src) && p.src[pos] == '#':
			if p.decorator == 0 || p.column != indent {
				p.decorator, p.column = n, indent
			}
			trailing = append(trailing, n<<8|min(indent, 255))
			n++
			continue
		}
		p.closeScopes(indent, trailing)
		trailing = trailing[:0]
		end := p.logicalEnd(pos)
		p.logicalLine(n, pos, indent)
		p.last = p.lines.line(max(pos, end-1))
		n = p.last + 1
	}
	p.closeScopes(-1, trailing)
}

// indentation gives the offset of the first character of a line that is not white space, and its column.
func (p *pythonParser) indentation(pos int) (int, int) {
	column := 0
	for ; pos < len(p.src); pos++ {
		switch p.src[pos] {
		case ' ':
			column++
		case '\t':
			column = column/8*8 + 8
		case '\f':
			column = 0
		default:
			return pos, column
		}
	}
	return pos, column
}

// closeScopes ends the blocks that a line with this indentation is not part of. Comments that follow a block's last
// line and are as deep as its body belong to it.
func (p *pythonParser) closeScopes(indent int, comments []int) {
	for len(p.open) > 0 {
		s := p.open[len(p.open)-1]
		if s.indent < indent {
			return
		}
		end := p.last
		for _, c := range comments {
			if c&255 <= s.indent {
				break
			}
			end = c >> 8
		}
		p.defs[s.def].end = end
		p.open = p.open[:len(p.open)-1]
	}
}

// logicalLine looks at what a logical line starts with.
func (p *pythonParser) logicalLine(n, pos, indent int) {
	if p.src[pos] == '@' {
		if p.decorator == 0 || p.column != indent {
			p.decorator, p.column = n, indent
		}
		p.decorated = true
		return
	}
	rest := p.src[pos:]
	p.decorated = false
	kind := KindFunction
	word, rest := pythonWord(rest)
	if string(word) == "async" {
		word, rest = pythonWord(rest)
	}
	switch string(word) {
	case "def", "cpdef":
		if n := len(p.open); n > 0 && p.open[n-1].class {
			kind = KindMethod
		}
	case "class":
		kind = KindClass
	default:
		p.decorator = 0
		return
	}
	name, after := pythonWord(rest)
	after = bytes.TrimLeft(after, " \t\\\r\n")
	if len(name) == 0 || len(after) == 0 || after[0] != '(' && after[0] != '[' && (after[0] != ':' || kind != KindClass) {
		p.decorator = 0
		return
	}
	start := n
	if p.decorator > 0 && p.column == indent {
		start = p.decorator
	}
	p.decorator = 0
	p.open = append(p.open, pythonScope{len(p.defs), indent, kind == KindClass})
	p.defs = append(p.defs, definition{kind: kind, name: string(name), start: start, end: n, doc: n - start})
}

// pythonWord gives the identifier at the start of a text and what follows it.
func pythonWord(s []byte) (word, rest []byte) {
	s = bytes.TrimLeft(s, " \t\\\r\n")
	n := 0
	for n < len(s) && byteClass[s[n]]&(cLetter|cDigit) != 0 {
		n++
	}
	return s[:n], s[n:]
}

// logicalEnd gives the offset after the line end that ends the logical line at pos.
func (p *pythonParser) logicalEnd(pos int) int {
	src, depth := p.src, 0
	for pos < len(src) {
		switch c := src[pos]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		case '\\':
			if pos+1 < len(src) && src[pos+1] == '\r' {
				pos++
			}
			pos++
		case '#':
			n := bytes.IndexByte(src[pos:], '\n')
			if n < 0 {
				return len(src)
			}
			pos += n
			continue
		case '"', '\'':
			pos = p.stringEnd(pos, c)
			continue
		case '\n':
			if depth == 0 || p.bracketLost(pos+1) {
				return pos + 1
			}
		}
		pos++
	}
	return min(pos, len(src))
}

// bracketLost tells that the line at pos starts a definition in spite of an open bracket: the bracket was never closed.
func (p *pythonParser) bracketLost(pos int) bool {
	if pos >= len(p.src) {
		return false
	}
	rest := p.src[pos:]
	switch rest[0] {
	case 'd', 'c', 'a', '@':
	default:
		return false
	}
	for _, word := range []string{"def ", "class ", "async def "} {
		if bytes.HasPrefix(rest, []byte(word)) {
			return true
		}
	}
	return false
}

// stringEnd gives the offset after a string. One that is not closed ends with its line.
func (p *pythonParser) stringEnd(pos int, quote byte) int {
	src := p.src
	if pos+2 < len(src) && src[pos+1] == quote && src[pos+2] == quote {
		dead := &p.dead[quote&1]
		if *dead {
			return pos + 3
		}
		for i := pos + 3; i < len(src); i++ {
			if src[i] == '\\' {
				i++
			} else if src[i] == quote && i+2 < len(src) && src[i+1] == quote && src[i+2] == quote {
				return i + 3
			}
		}
		*dead = true
		return pos + 3
	}
	for i := pos + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			if i+1 < len(src) && src[i+1] == '\r' {
				i++
			}
			i++
		case quote:
			return i + 1
		case '\n':
			return i
		}
	}
	return len(src)
}
