// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A yamlSplitter cuts YAML into sections: the keys of the first and second level whose values take several lines, the
// items of a list that is the whole document (named after their name or id), and the documents that describe an object
// of Kubernetes, named Kind/name.
type yamlSplitter struct{ lang string }

func (s yamlSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := &yamlParser{src: src, lines: lines}
	p.parse()
	kept := p.defs[:0]
	for _, d := range p.defs {
		if d.name != "" && d.end > d.start+d.doc {
			kept = append(kept, d)
		}
	}
	return assemble(s.lang, lines, kept)
}

// A yamlLevel is a level of keys: its column, and the section that is open at it.
type yamlLevel struct {
	column int // -1 when it is not known yet
	def    int // -1 for none
}

type yamlParser struct {
	src    []byte
	lines  lineIndex
	defs   []definition
	levels [2]yamlLevel
	nests  bool // the value of the open key of the first level starts on the next line
	list   bool // the open section is an item of the document's list
	doc    int  // first line of the comment just above, 0 for none
	column int  // of that comment
	filled int  // last line of content
	scalar int  // column that the lines of a block scalar stand right of, -1 outside
	first  int  // first line of the document, its comment included, 0 for none
	lead   int  // lines of that comment
	kind   string
	name   string
	meta   bool // the open key of the first level is metadata
}

func (p *yamlParser) parse() {
	p.reset()
	for n := 1; n <= p.lines.count(); n++ {
		text := p.lines.text(p.src, n)
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		body := bytes.TrimLeft(text, " ")
		column := len(text) - len(body)
		body = bytes.TrimRight(body, " \t\r")
		switch {
		case len(bytes.TrimLeft(body, "\t")) == 0:
			if p.scalar < 0 {
				p.doc = 0
			}
			continue
		case p.scalar >= 0 && column > p.scalar:
			p.extend(n)
			continue
		case column == 0 && (isYAMLMark(text, "---") || isYAMLMark(text, "...")):
			p.endDocument()
			p.scalar, p.doc = -1, 0
			if yamlBlockScalar(body) {
				p.scalar = 0
			}
			continue
		case body[0] == '#':
			p.scalar = -1
			p.comment(n, column)
			continue
		}
		p.scalar = -1
		p.content(n, column, body)
	}
	p.endDocument()
}

func isYAMLMark(text []byte, mark string) bool {
	return bytes.HasPrefix(text, []byte(mark)) && (len(text) == 3 || text[3] == ' ' || text[3] == '\t')
}

func (p *yamlParser) reset() {
	p.levels = [2]yamlLevel{{-1, -1}, {-1, -1}}
	p.nests, p.list, p.meta, p.first, p.lead, p.kind, p.name = false, false, false, 0, 0, "", ""
	p.scalar = -1
}

// comment notes a comment. One that stands deeper than the open section's key belongs to that section.
func (p *yamlParser) comment(n, column int) {
	if p.doc == 0 || p.column != column {
		p.doc, p.column = n, column
	}
	if l := p.levels[0]; l.def >= 0 && column > l.column {
		p.defs[l.def].end = n
		if l := p.levels[1]; l.def >= 0 && column > l.column {
			p.defs[l.def].end = n
		}
	}
}

// content handles a line that is neither blank nor a comment nor text of a block scalar.
func (p *yamlParser) content(n, column int, body []byte) {
	if p.doc > 0 && p.column != column {
		p.doc = 0
	}
	if p.first == 0 {
		p.first = n
		if p.doc > 0 {
			p.first, p.lead = p.doc, n-p.doc
		}
		if p.levels[0].column = column; body[0] == '%' { // a directive
			p.first, p.levels[0].column = 0, -1
			return
		}
	}
	key, value, keyColumn := yamlKey(body, column)
	switch top, item := p.levels[0].column, bytes.HasPrefix(body, []byte("- ")) || string(body) == "-"; {
	case column <= top && (body[0] == '?' || body[0] == ':'): // a key of another form
		p.close(0)
		p.nests = false
	case column <= top && (key != "" || item) && (!item || p.levels[0].def < 0 || p.list):
		p.close(0)
		p.list = item
		p.nests = !item && yamlEmpty(value)
		p.meta = key == "metadata" && !item
		if !item && key == "kind" {
			p.kind = yamlText(value)
		}
		p.open(0, n, column, key)
		if item {
			p.itemName(key, value)
		}
	case p.list && p.levels[0].def >= 0 && column == p.levels[1].column && key != "":
		p.itemName(key, value)
	case p.list && p.levels[0].def >= 0 && p.levels[1].column < 0 && key != "":
		p.levels[1].column = column
		p.itemName(key, value)
	case p.nests && key != "" && !item && (p.levels[1].column < 0 || column <= p.levels[1].column):
		p.close(1)
		if p.meta && key == "name" {
			p.name = yamlText(value)
		}
		p.open(1, n, column, key)
	case p.nests && p.levels[1].column < 0: // a list or a text
		p.nests = false
	}
	p.doc = 0
	p.extend(n)
	if yamlBlockScalar(body) {
		p.scalar = keyColumn
	}
}

// extend lets the open sections reach to line n.
func (p *yamlParser) extend(n int) {
	p.filled = n
	for _, l := range p.levels {
		if l.def >= 0 {
			p.defs[l.def].end = n
		}
	}
}

// itemName names an item of a list after its name or id, else after its first key.
func (p *yamlParser) itemName(key string, value []byte) {
	d := &p.defs[p.levels[0].def]
	if d.name == "" {
		d.name = key
	}
	if (key == "name" || key == "id") && len(yamlText(value)) > 0 && !p.meta {
		d.name, p.meta = yamlText(value), true // the first of them counts
	}
}

func (p *yamlParser) open(level, n, column int, name string) {
	d := definition{kind: KindSection, name: name, start: n, end: n}
	if p.doc > 0 {
		d.start, d.doc = p.doc, n-p.doc
	}
	p.levels[level] = yamlLevel{column, len(p.defs)}
	p.defs = append(p.defs, d)
}

// close ends the sections of this level and those below.
func (p *yamlParser) close(level int) {
	if level == 0 {
		p.levels[0].def = -1
	}
	p.levels[1] = yamlLevel{-1, -1}
}

// endDocument makes a section of a document that describes an object.
func (p *yamlParser) endDocument() {
	if p.kind != "" && p.name != "" && p.first > 0 {
		end := p.filled
		if last := p.levels[0].def; last >= 0 { // comments may follow
			end = max(end, p.defs[last].end)
		}
		p.defs = append(p.defs, definition{kind: KindSection, name: p.kind + "/" + p.name, start: p.first, end: end, doc: p.lead})
	}
	p.reset()
}

// yamlKey gives the key and the value of a line, and the column of the key; the key is empty when there is none.
func yamlKey(body []byte, column int) (string, []byte, int) {
	at := column
	for bytes.HasPrefix(body, []byte("- ")) {
		rest := bytes.TrimLeft(body[1:], " ")
		at, body = at+len(body)-len(rest), rest
	}
	if len(body) == 0 {
		return "", nil, at
	}
	end := 0
	switch c := body[0]; c {
	case '"', '\'':
		n := bytes.IndexByte(body[1:], c)
		if n < 0 {
			return "", nil, at
		}
		end = n + 2
		for end < len(body) && body[end] == ' ' {
			end++
		}
		if end >= len(body) || body[end] != ':' {
			return "", nil, at
		}
	case '{', '[', '}', ']', '|', '>', '@', '`', '%', '#', ',':
		return "", nil, at
	default:
		for end = bytes.IndexByte(body, ':'); end >= 0 && end+1 < len(body) && body[end+1] != ' ' && body[end+1] != '\t'; {
			next := bytes.IndexByte(body[end+1:], ':')
			if next < 0 {
				return "", nil, at
			}
			end += 1 + next
		}
		if end <= 0 || bytes.Contains(body[:end], []byte(" #")) {
			return "", nil, at
		}
	}
	key := bytes.TrimSpace(body[:end])
	if key[0] == '?' && len(key) > 1 && key[1] == ' ' || len(key) > maxSelector {
		return "", nil, at
	}
	return strings.ToValidUTF8(yamlText(key), ""), bytes.TrimSpace(body[end+1:]), at
}

// yamlEmpty tells whether the value of a key comes on the next lines: nothing, or only an anchor, a tag, a comment.
func yamlEmpty(value []byte) bool {
	for len(value) > 0 {
		switch value[0] {
		case '#':
			return true
		case '&', '!':
			n := bytes.IndexByte(value, ' ')
			if n < 0 {
				return true
			}
			value = bytes.TrimLeft(value[n:], " ")
		default:
			return false
		}
	}
	return true
}

// yamlText takes the quotes and the comment off a scalar on one line.
func yamlText(value []byte) string {
	if n := bytes.Index(value, []byte(" #")); n >= 0 && len(value) > 0 && value[0] != '"' && value[0] != '\'' {
		value = bytes.TrimSpace(value[:n])
	}
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') {
		if n := bytes.IndexByte(value[1:], value[0]); n >= 0 {
			value = value[1 : n+1]
		}
	}
	return strings.ToValidUTF8(string(value[:min(len(value), maxSelector)]), "")
}

// yamlBlockScalar tells whether a line ends with | or > and what may follow them.
func yamlBlockScalar(body []byte) bool {
	if n := bytes.Index(body, []byte(" #")); n > 0 {
		body = bytes.TrimRight(body[:n], " \t")
	}
	end := len(body)
	for end > 0 && (body[end-1] == '+' || body[end-1] == '-' || body[end-1] >= '1' && body[end-1] <= '9') && len(body)-end < 3 {
		end--
	}
	if end == 0 || body[end-1] != '|' && body[end-1] != '>' {
		return false
	}
	before := bytes.TrimRight(body[:end-1], " \t")
	if len(before) == end-1 && len(before) > 0 {
		return false // part of a word
	}
	if len(before) == 0 {
		return true
	}
	last := before[bytes.LastIndexByte(before, ' ')+1:]
	return before[len(before)-1] == ':' || last[0] == '&' || last[0] == '!' || len(last) == 1 && last[0] == '-' || string(before) == "---"
}
