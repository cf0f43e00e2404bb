// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"
)

// Highlighting marks comments, strings and keywords, and nothing else: an element for each token would weigh more than
// the code. One pass over the bytes, in time linear in their number whatever they hold: it runs on strangers' files.

// tint is what a stretch of code is; plain code has no span.
type tint byte

const (
	tintComment tint = 'c'
	tintString  tint = 's'
	tintKeyword tint = 'k'
)

// span is a tinted stretch [from, to) of a text.
type span struct {
	from, to int
	tint     tint
}

// syntax is what highlighting knows of a language.
type syntax struct {
	line     []string    // what opens a comment that ends with its line
	spaced   bool        // such a comment only opens at a line's start or after a space
	block    [][2]string // what opens and closes a comment
	nested   bool        // such comments nest
	quotes   string      // what opens and closes a string within its line
	raw      []quoting   // strings that may span lines, the longest mark first
	hashes   bool        // Rust: r#"…"#
	chars    bool        // ' opens a character, so only a short one is a string
	doubled  bool        // SQL: a quote is escaped by doubling it, \ escapes nothing
	slashes  bool        // JavaScript: /…/ is a regular expression where a value may stand
	folded   bool        // keywords in any case
	markup   bool        // HTML: strings only within tags, tags are keywords
	keys     byte        // what follows a name at a line's start that is then a keyword: YAML's ':', TOML's '='
	dash     bool        // names may hold a dash
	keywords map[string]bool
}

// quoting is a way to write a string; in a plain one a backslash escapes nothing.
type quoting struct {
	open, close string
	plain       bool
}

// highlight finds the spans of a text in a language, in order. An unknown language has none.
func highlight(lang, text string) []span {
	syn := syntaxes[lang]
	if syn == nil {
		return nil
	}
	s := scanner{syn: syn, text: text, fresh: true}
	for s.at < len(text) {
		s.step()
	}
	return s.spans
}

type scanner struct {
	syn   *syntax
	text  string
	at    int
	spans []span
	value bool // the last token was a value, so / divides
	fresh bool // nothing but blanks on this line so far
	tag   bool // within a tag of markup
}

// step moves over one token.
func (s *scanner) step() {
	c := s.text[s.at]
	switch {
	case c == '\n':
		s.at++
		s.fresh = true
	case c == ' ' || c == '\t' || c == '\r', c == '-' && s.fresh && s.syn.keys != 0:
		s.at++
	case s.comment() || s.multiline():
		s.fresh = false
	case s.syn.markup:
		s.inMarkup(c)
	case s.literal(c):
		s.value, s.fresh = true, false
	case isLetter(c):
		s.word()
		s.fresh = false
	default:
		s.value = c == ')' || c == ']' || c == '}' || c >= '0' && c <= '9'
		s.at++
		s.fresh = false
	}
}

func (s *scanner) mark(to int, t tint) {
	s.spans = append(s.spans, span{s.at, to, t})
	s.at = to
}

func (s *scanner) comment() bool {
	rest := s.text[s.at:]
	for _, open := range s.syn.line {
		if !strings.HasPrefix(rest, open) {
			continue
		}
		if s.syn.spaced && s.at > 0 && !isBlank(s.text[s.at-1]) {
			continue
		}
		s.mark(s.at+untilLineEnd(rest), tintComment)
		return true
	}
	for _, pair := range s.syn.block {
		if strings.HasPrefix(rest, pair[0]) {
			s.mark(s.at+len(pair[0])+s.closing(rest[len(pair[0]):], pair), tintComment)
			return true
		}
	}
	return false
}

// closing is where a comment that pair opened ends, its closing mark included.
func (s *scanner) closing(rest string, pair [2]string) int {
	depth, at := 1, 0
	for at < len(rest) {
		end := strings.Index(rest[at:], pair[1])
		if end < 0 {
			return len(rest)
		}
		if s.syn.nested {
			depth += strings.Count(rest[at:at+end], pair[0])
		}
		at += end + len(pair[1])
		if depth--; depth == 0 {
			break
		}
	}
	return at
}

// multiline moves over a string that may span lines.
func (s *scanner) multiline() bool {
	rest := s.text[s.at:]
	for _, q := range s.syn.raw {
		if strings.HasPrefix(rest, q.open) {
			s.mark(s.at+len(q.open)+q.end(rest[len(q.open):]), tintString)
			s.value = true
			return true
		}
	}
	if s.syn.hashes && rest[0] == 'r' && (s.at == 0 || !isWord(s.text[s.at-1])) {
		n := 1
		for n < len(rest) && rest[n] == '#' {
			n++
		}
		if n < len(rest) && rest[n] == '"' {
			end := strings.Index(rest[n+1:], `"`+rest[1:n])
			if end < 0 {
				end = len(rest) - n - 1 - n
			}
			s.mark(s.at+n+1+end+n, tintString)
			return true
		}
	}
	return false
}

// end is where a string ends, its closing mark included.
func (q quoting) end(rest string) int {
	for i := 0; i < len(rest); i++ {
		if rest[i] == '\\' && !q.plain {
			i++
		} else if rest[i] == q.close[0] && strings.HasPrefix(rest[i:], q.close) {
			return i + len(q.close)
		}
	}
	return len(rest)
}

// literal moves over a string, character or regular expression within its line.
func (s *scanner) literal(c byte) bool {
	rest := s.text[s.at:]
	switch {
	case c == '\'' && s.syn.chars:
		end := quoteEnd(clip(rest, maxChar), c, false)
		if end == 0 || end > 4 && rest[1] != '\\' && rest[1] < 0x80 {
			return false // a lifetime, a label
		}
		s.mark(s.at+end, tintString)
		return true
	case strings.IndexByte(s.syn.quotes, c) >= 0:
		end := quoteEnd(rest, c, s.syn.doubled)
		if end == 0 {
			end = untilLineEnd(rest)
		}
		s.mark(s.at+end, tintString)
		return true
	case c == '/' && s.syn.slashes && !s.value:
		if end := quoteEnd(clip(rest, maxRegexp), c, false); end > 2 {
			s.mark(s.at+end, tintString)
			return true
		}
	}
	return false
}

// What opens with a mark that also means other things is a character or a regular expression only when it closes soon:
// looking to the end of a long line for each of them would take quadratic time.
const (
	maxChar   = 12
	maxRegexp = 256
)

// quoteEnd is the length of a quoted string within its line; 0 when the line ends first.
func quoteEnd(rest string, quote byte, doubled bool) int {
	class := false
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\n' && !doubled:
			return 0
		case c == '\\' && !doubled:
			i++
			if i < len(rest) && rest[i] == '\n' && quote == '/' {
				return 0
			}
		case quote == '/' && c == '[':
			class = true
		case quote == '/' && c == ']':
			class = false
		case c == quote && !class:
			if doubled && i+1 < len(rest) && rest[i+1] == quote {
				i++
				continue
			}
			return i + 1
		}
	}
	return 0
}

// word moves over a name, which may be a keyword or, at a line's start, a key.
func (s *scanner) word() {
	end := s.at + 1
	for end < len(s.text) && (isWord(s.text[end]) || s.syn.dash && s.text[end] == '-') {
		end++
	}
	name := s.text[s.at:end]
	if s.syn.folded {
		name = strings.ToLower(name)
	}
	if s.syn.keys != 0 && s.fresh && s.isKey(end) || s.syn.keywords[name] && !(s.at > 0 && s.text[s.at-1] == '.') {
		s.mark(end, tintKeyword)
		s.value = false
		return
	}
	s.at, s.value = end, true
}

func (s *scanner) isKey(end int) bool {
	for end < len(s.text) && (s.text[end] == ' ' || s.text[end] == '.' || isWord(s.text[end])) {
		end++
	}
	return end < len(s.text) && s.text[end] == s.syn.keys
}

// inMarkup moves over one token of HTML or XML that is no comment.
func (s *scanner) inMarkup(c byte) {
	switch {
	case c == '<' && s.at+1 < len(s.text) && (isLetter(s.text[s.at+1]) || s.text[s.at+1] == '/' || s.text[s.at+1] == '!'):
		end := s.at + 2
		for end < len(s.text) && (isWord(s.text[end]) || s.text[end] == '-' || s.text[end] == ':') {
			end++
		}
		s.mark(end, tintKeyword)
		s.tag = true
	case c == '>':
		s.tag = false
		s.at++
	case s.tag && (c == '"' || c == '\''):
		end := strings.IndexByte(s.text[s.at+1:], c)
		if end < 0 {
			s.tag = false
			s.at++
			return
		}
		s.mark(s.at+end+2, tintString)
	default:
		s.at++
	}
}

func untilLineEnd(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80 || c == '@'
}
func isWord(c byte) bool { return isLetter(c) && c != '@' || c >= '0' && c <= '9' }
