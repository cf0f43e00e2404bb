// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A sectionSplitter cuts configuration whose sections start with [name] on a line of their own: INI, TOML.
type sectionSplitter struct{ lang string }

func (s sectionSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	b := sectionBuilder{}
	toml := tomlValue{}
	for n := 1; n <= lines.count(); n++ {
		line := bytes.TrimSpace(lines.text(src, n))
		inside := s.lang == "TOML" && toml.open()
		switch {
		case inside:
			toml.read(line)
			b.text(n)
		case len(line) == 0:
			b.blank(n)
		case line[0] == '#' || line[0] == ';':
			b.comment(n)
		case line[0] == '[' && sectionName(line) != "":
			b.start(n, sectionName(line))
		default:
			if s.lang == "TOML" {
				toml.read(line)
			}
			b.text(n)
		}
	}
	return assemble(s.lang, lines, b.finish(lines.count()))
}

// A sectionBuilder makes sections that go on until the next one; the comment just above a section is its own.
type sectionBuilder struct {
	defs   []definition
	doc    int // first line of the comment just above, 0 for none
	filled int // last line that is neither blank nor part of that comment
}

func (b *sectionBuilder) text(n int) { b.filled, b.doc = n, 0 }

func (b *sectionBuilder) comment(n int) {
	if b.doc == 0 {
		b.doc = n
	}
}

func (b *sectionBuilder) blank(n int) {
	if b.doc > 0 {
		b.filled, b.doc = n-1, 0
	}
}

func (b *sectionBuilder) end(at int) {
	if n := len(b.defs); n > 0 && b.defs[n-1].end == 0 {
		b.defs[n-1].end = at
	}
}

func (b *sectionBuilder) start(n int, name string) {
	b.end(b.filled)
	d := definition{kind: KindSection, name: name, start: n}
	if b.doc > 0 {
		d.start, d.doc = b.doc, n-b.doc
	}
	b.defs = append(b.defs, d)
	b.text(n)
}

func (b *sectionBuilder) finish(last int) []definition {
	if b.doc > 0 {
		b.filled = last
	}
	b.end(b.filled)
	return b.defs
}

// sectionName gives what stands between the brackets of a line that is a section's head, or "".
func sectionName(line []byte) string {
	end := bytes.LastIndexByte(line, ']')
	if end < 0 {
		return ""
	}
	if hash := bytes.IndexByte(line, '#'); hash > 0 && hash < end && bytes.IndexByte(line[:hash], ']') > 0 {
		end = bytes.LastIndexByte(line[:hash], ']')
	}
	if rest := bytes.TrimSpace(line[end+1:]); len(rest) > 0 && rest[0] != '#' && rest[0] != ';' {
		return ""
	}
	name := strings.TrimSpace(strings.Trim(string(line[:end+1]), "[]"))
	if len(name) > 200 || strings.ContainsAny(name, "{}") {
		return ""
	}
	return name
}
