// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A pageSplitter cuts pages, HTML and the components of Vue and Svelte: what their script and style elements define, as
// the splitters of those languages see it. Markup defines nothing.
type pageSplitter struct{ lang string }

func (s pageSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	return assemble(s.lang, lines, embedded(src, lines, "script", "style"))
}

// A phpSplitter cuts PHP, and the scripts of the HTML around it. Styles stay text there: they are few rules, written by
// half.
type phpSplitter struct {
	lang    string
	grammar *grammar
}

func (s phpSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := newBraceParser(src, s.grammar)
	p.parse()
	defs := p.definitions(lines)
	if page := p.page(); page != nil {
		defs = append(defs, embedded(page, lines, "script")...)
	}
	return assemble(s.lang, lines, defs)
}

// page gives the HTML of a PHP file, with white space where its code stands; nil when no script is in it.
func (l *lexer) page() []byte {
	interesting := false
	for _, part := range l.pages {
		interesting = interesting || nextElement(l.src[part.start:part.end], 0, []string{"script"}).kind != ""
	}
	if !interesting {
		return nil
	}
	page := bytes.Clone(l.src)
	from := 0
	blank := func(to int) {
		for i := from; i < to; i++ {
			if page[i] != '\n' {
				page[i] = ' '
			}
		}
	}
	for _, part := range l.pages {
		blank(part.start)
		from = part.end
	}
	blank(len(page))
	return page
}

// embedded gives the definitions of the elements of some kinds, script and style, of a page.
func embedded(src []byte, lines lineIndex, kinds ...string) (defs []definition) {
	for pos := 0; pos < len(src); {
		e := nextElement(src, pos, kinds)
		if e.kind == "" {
			break
		}
		pos = e.end
		lang := e.language()
		if lang == "" {
			continue
		}
		offset := lines.line(e.body) - 1
		for _, b := range SplitterFor(lang).Split("", src[e.body:e.end]) {
			if b.Kind != KindText {
				defs = append(defs, definition{kind: b.Kind, name: b.Name, start: b.Start + offset, end: b.End + offset, doc: b.Doc})
			}
		}
	}
	return defs
}

// An element is a script or style element: its content stands from body to end.
type element struct {
	kind       string // script or style
	attributes string // in small letters
	body, end  int
}

// nextElement finds the first element of some kinds from pos on, outside comments; its kind is empty when there is none.
func nextElement(src []byte, pos int, kinds []string) element {
	for pos < len(src) {
		n := bytes.IndexByte(src[pos:], '<')
		if n < 0 {
			break
		}
		pos += n + 1
		if bytes.HasPrefix(src[pos:], []byte("!--")) {
			n := bytes.Index(src[pos:], []byte("-->"))
			if n < 0 {
				break
			}
			pos += n
			continue
		}
		for _, kind := range kinds {
			if !hasFoldedPrefix(src[pos:], kind) || pos+len(kind) < len(src) && byteClass[src[pos+len(kind)]]&(cLetter|cDigit) != 0 {
				continue
			}
			body := tagEnd(src, pos)
			if body < 0 {
				continue
			}
			if src[body-2] == '/' { // <script src="…"/>
				break
			}
			return element{kind: kind, attributes: strings.ToLower(string(src[pos+len(kind) : body-1])), body: body, end: closing(src, body, kind)}
		}
	}
	return element{}
}

func hasFoldedPrefix(src []byte, word string) bool {
	return len(src) >= len(word) && bytes.EqualFold(src[:len(word)], []byte(word))
}

// tagEnd gives the offset after the > that ends a tag, -1 when there is none near.
func tagEnd(src []byte, pos int) int {
	quote := byte(0)
	for i := pos; i < min(len(src), pos+2000); i++ {
		switch c := src[i]; {
		case c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return -1
}

// closing gives the offset of the </script that ends an element, or of the end of the text.
func closing(src []byte, pos int, kind string) int {
	for {
		n := bytes.Index(src[pos:], []byte("</"))
		if n < 0 {
			return len(src)
		}
		pos += n
		if hasFoldedPrefix(src[pos+2:], kind) {
			return pos
		}
		pos += 2
	}
}

// language names what an element is written in, "" for data and what no splitter knows.
func (e element) language() string {
	value := e.attribute("lang")
	if value == "" {
		value = e.attribute("type")
	}
	if e.kind == "style" {
		switch strings.TrimPrefix(value, "text/") {
		case "", "css", "postcss":
			return "CSS"
		case "scss":
			return "SCSS"
		case "less":
			return "Less"
		}
		return ""
	}
	switch value {
	case "", "js", "module", "jsx", "javascript", "text/javascript", "application/javascript", "text/ecmascript", "text/jsx", "text/babel":
		return "JavaScript"
	case "ts", "typescript", "text/typescript":
		return "TypeScript"
	case "tsx":
		return "TSX"
	}
	return ""
}

// attribute gives the value of an attribute, "" when it is not there.
func (e element) attribute(name string) string {
	for rest := e.attributes; ; {
		n := strings.Index(rest, name)
		if n < 0 {
			return ""
		}
		start := n == 0 || isBlank(rest[n-1]) || rest[n-1] == '\n'
		rest = rest[n+len(name):]
		value := strings.TrimLeft(rest, " \t\r\n")
		if !start || !strings.HasPrefix(value, "=") {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\r\n")
		if value == "" {
			return ""
		}
		if q := value[0]; q == '"' || q == '\'' {
			value = value[1:]
			if end := strings.IndexByte(value, q); end >= 0 {
				value = value[:end]
			}
			return strings.TrimSpace(value)
		}
		value, _, _ = strings.Cut(value, " ")
		return value
	}
}
