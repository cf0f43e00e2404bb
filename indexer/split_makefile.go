// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
)

// A makefileSplitter cuts a makefile into its rules, each named after its targets, and what define … endef makes.
type makefileSplitter struct{ lang string }

func (s makefileSplitter) Split(_ string, src []byte) []Block {
	lines := newLineIndex(src)
	p := makefileParser{src: src, lines: lines, rule: -1}
	for n := 1; n <= lines.count(); n++ {
		n = p.line(n)
	}
	p.endRule()
	return assemble(s.lang, lines, p.defs)
}

type makefileParser struct {
	src    []byte
	lines  lineIndex
	defs   []definition
	doc    int // first line of the comment just above, 0 for none
	rule   int // the rule that may go on, -1 for none
	last   int // its last line
	nested int // conditionals that opened inside it
	failed int // definitions that were not closed
}

// line reads the logical line that starts at n and gives its last line.
func (p *makefileParser) line(n int) int {
	raw := p.lines.text(p.src, n)
	text := bytes.TrimSpace(raw)
	switch {
	case len(text) == 0:
		p.doc = 0
		return n
	case p.rule >= 0 && raw[0] == '\t':
		p.doc = 0
		p.last = p.continued(n)
		return p.last
	case text[0] == '#':
		if p.doc == 0 {
			p.doc = n
		}
		return p.continued(n)
	}
	end := p.continued(n)
	word, rest := makeWord(text)
	if word == "override" || word == "export" {
		if next, after := makeWord(rest); next == "define" {
			word, rest = next, after
		}
	}
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		if p.rule >= 0 {
			p.nested++
		}
	case "else":
	case "endif":
		if p.rule >= 0 && p.nested > 0 {
			if p.nested--; p.last > p.defs[p.rule].end { // a recipe line stood inside
				p.last = end
			}
		} else {
			p.endRule()
		}
	case "define":
		p.endRule()
		return p.define(n, rest)
	case "include", "-include", "sinclude", "export", "unexport", "vpath", "undefine", "private":
		p.endRule()
	default:
		p.endRule()
		if raw[0] != '\t' {
			if end > n {
				text = bytes.ReplaceAll(p.src[p.lines.starts[n-1]:p.lines.starts[end]], []byte("\\\n"), []byte("  "))
			}
			p.start(n, end, bytes.TrimSpace(text))
		}
	}
	p.doc = 0
	return end
}

func makeWord(text []byte) (string, []byte) {
	n := bytes.IndexAny(text, " \t(")
	if n < 0 {
		n = len(text)
	}
	return string(text[:min(n, 16)]), bytes.TrimLeft(text[n:], " \t")
}

// continued gives the last line of the logical line that starts at n: a backslash joins the next one.
func (p *makefileParser) continued(n int) int {
	for n < p.lines.count() {
		line := p.lines.text(p.src, n)
		if len(line) == 0 || line[len(line)-1] != '\\' {
			break
		}
		n++
	}
	return n
}

func (p *makefileParser) endRule() {
	if p.rule >= 0 {
		p.defs[p.rule].end = max(p.defs[p.rule].end, p.last)
	}
	p.rule, p.nested = -1, 0
}

func (p *makefileParser) add(kind Kind, name string, n, end int) {
	d := definition{kind: kind, name: name, start: n, end: end}
	if p.doc > 0 {
		d.start, d.doc = p.doc, n-p.doc
	}
	p.defs = append(p.defs, d)
}

// define passes define … endef, which nest.
func (p *makefileParser) define(n int, rest []byte) int {
	name := string(bytes.TrimRight(rest[:min(len(rest), maxSelector)], " \t:+?="))
	depth := 1
	for end := n + 1; end <= p.lines.count() && p.failed < 8; end++ {
		switch word, _ := makeWord(bytes.TrimSpace(p.lines.text(p.src, end))); word {
		case "define":
			depth++
		case "endef":
			if depth--; depth == 0 {
				if name != "" {
					p.add(KindFunction, name, n, end)
				}
				p.doc = 0
				return end
			}
		}
	}
	p.doc = 0
	p.failed++
	return n // it is not closed
}

// start begins a rule when the line is one: targets, a colon, and no assignment.
func (p *makefileParser) start(n, end int, text []byte) {
	colon := makeColon(text)
	if colon <= 0 {
		return
	}
	targets := bytes.TrimRight(text[:colon], " \t&")
	if makeSpecial(targets) || len(targets) == 0 {
		return
	}
	after := bytes.TrimLeft(text[colon:], ":")
	if semicolon := bytes.IndexByte(after, ';'); semicolon >= 0 {
		after = after[:semicolon]
	}
	if makeAssigns(after) { // a variable of that target only
		return
	}
	name := strings.Join(strings.Fields(strings.ReplaceAll(string(targets[:min(len(targets), maxSelector)]), `\:`, ":")), " ")
	p.add(KindRule, strings.ToValidUTF8(name, ""), n, end)
	p.rule, p.last, p.nested = len(p.defs)-1, end, 0
}

// makeColon gives the offset of the colon after the targets, -1 when the line assigns or has none.
func makeColon(text []byte) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '(', '{':
			if i > 0 && (text[i-1] == '$' || depth > 0) {
				depth++
			}
		case ')', '}':
			depth = max(0, depth-1)
		case '#', '=':
			if depth == 0 && (i == 0 || text[i-1] != '\\') {
				return -1
			}
		case ':':
			if depth > 0 || i > 0 && text[i-1] == '\\' {
				continue
			}
			if rest := bytes.TrimLeft(text[i:], ":"); len(rest) > 0 && rest[0] == '=' {
				return -1
			}
			return i
		}
	}
	return -1
}

// makeAssigns tells whether what follows a target is an assignment.
func makeAssigns(after []byte) bool {
	depth := 0
	for _, c := range after {
		switch c {
		case '(', '{':
			depth++
		case ')', '}':
			depth = max(0, depth-1)
		case '#':
			return false
		case '=':
			if depth == 0 {
				return true
			}
		}
	}
	return false
}

// makeSpecial tells .PHONY and its like from targets.
func makeSpecial(targets []byte) bool {
	if len(targets) < 3 || targets[0] != '.' {
		return false
	}
	for _, c := range targets[1:] {
		if !isUpper(c) && c != '_' {
			return false
		}
	}
	return true
}
