// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A textSplitter cuts what no other splitter knows into windows of lines, at blank lines.
type textSplitter struct{ lang string }

func (s textSplitter) Split(_ string, src []byte) []Block {
	return assemble(s.lang, newLineIndex(src), nil)
}

// A markdownSplitter cuts Markdown into sections: from a heading to the next one of the same level or above. Sections
// of a lower level are blocks inside.
type markdownSplitter struct{ lang string }

func (s markdownSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	type heading struct{ def, level int }
	var defs []definition
	var open []heading
	var fence []byte // the marker that closes the fenced code we are in
	filled := 0      // last line that is not blank
	paragraph := 0   // first line of the paragraph that line n would end, 0 for none
	start := func(level int, name string, n int) {
		for len(open) > 0 && open[len(open)-1].level >= level {
			defs[open[len(open)-1].def].end = filled
			open = open[:len(open)-1]
		}
		open = append(open, heading{len(defs), level})
		defs = append(defs, definition{kind: KindSection, name: name, start: n})
	}
	first := 1
	if bytes.Equal(bytes.TrimSpace(firstLine(src, lines)), []byte("---")) {
		first = frontMatter(src, lines) // its closing --- is not the underline of a heading
		filled = first - 1
	}
	for n := first; n <= lines.count(); n++ {
		line := lines.text(src, n)
		text := bytes.TrimSpace(line)
		indent := len(line) - len(bytes.TrimLeft(line, " "))
		switch {
		case fence != nil:
			if bytes.HasPrefix(text, fence) && len(bytes.Trim(text, string(fence[:1]))) == 0 {
				fence = nil
			}
			paragraph = 0
		case len(text) == 0:
			paragraph = 0
			continue
		case indent < 4 && (bytes.HasPrefix(text, []byte("```")) || bytes.HasPrefix(text, []byte("~~~"))):
			fence = text[:len(text)-len(bytes.TrimLeft(text, string(text[:1])))]
			paragraph = 0
		case indent < 4 && atxLevel(text) > 0:
			start(atxLevel(text), headingText(text), n)
			paragraph = 0
		case paragraph > 0 && n == paragraph+1 && indent < 4 && isUnderline(text):
			level := 1
			if text[0] == '-' {
				level = 2
			}
			filled = paragraph - 1
			for filled > 0 && lines.blank(filled) {
				filled--
			}
			start(level, headingText(bytes.TrimSpace(lines.text(src, paragraph))), paragraph)
			paragraph = 0
		case paragraph == 0 && indent < 4 && !bytes.ContainsAny(text[:1], ">-*+|<"):
			paragraph = n
		}
		filled = n
	}
	for _, h := range open {
		defs[h.def].end = filled
	}
	return assemble(s.lang, lines, defs)
}

func firstLine(src []byte, lines lineIndex) []byte {
	if lines.count() == 0 {
		return nil
	}
	return lines.text(src, 1)
}

// frontMatter gives the line after the metadata between two lines of three dashes, or 1 when it is not closed.
func frontMatter(src []byte, lines lineIndex) int {
	for n := 2; n <= min(lines.count(), 200); n++ {
		if bytes.Equal(bytes.TrimSpace(lines.text(src, n)), []byte("---")) {
			return n + 1
		}
	}
	return 1
}

// atxLevel counts the # of a heading, 0 when the line is none.
func atxLevel(text []byte) int {
	n := 0
	for n < len(text) && text[n] == '#' {
		n++
	}
	if n == 0 || n > 6 || n < len(text) && text[n] != ' ' && text[n] != '\t' {
		return 0
	}
	return n
}

func headingText(text []byte) string {
	s := strings.TrimSpace(strings.Trim(string(text), "#"))
	if i := strings.LastIndex(s, "{#"); i > 0 && strings.HasSuffix(s, "}") {
		s = strings.TrimSpace(s[:i])
	}
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "")
	}
	return s
}

// isUnderline tells whether a line is the = or - line of a setext heading.
func isUnderline(text []byte) bool {
	return len(text) >= 2 && (text[0] == '=' || text[0] == '-') && len(bytes.Trim(text, string(text[:1]))) == 0
}
