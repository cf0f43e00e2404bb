// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"slices"
	"strings"
)

// In code only comments can hold a licence statement: what stands in a string, in a here-document or behind the end of a program is data. A
// syntax says where the comments of a language are. It need not know more of the language than that, and every step of it goes
// forward: reading takes time in proportion to the text, whatever the text is.
type syntax struct {
	line   []string // start a comment that ends with the line
	first  []string // the same, only at the start of a line
	block  []block
	quotes []quote
	spaced bool // a line comment must follow a space, a bracket or the start of the line
	odd    func(l *lexer, i int) (to int, what token)
	signs  string // the bytes that odd wants to see, beside those that the lists start with
	embed  bool   // the code stands in HTML, between <? and ?>

	stops [256]bool // the bytes where anything above may start
}

// block is a comment that runs over lines.
type block struct {
	open, end string
	nested    bool
}

// quote is a string.
type quote struct {
	open, end string
	escape    escape
	lines     bool // it runs over lines; where its end is missing, it ends with the line
	word      bool // it starts only where a word may start
	doc       bool // alone at the start of a line it is documentation: a comment
}

// escape is how the sign that ends a string is written in it.
type escape byte

const (
	backslash escape = iota
	doubled
	raw // it cannot be
)

// token is what starts at a place.
type token byte

const (
	nothing token = iota // nothing: go on behind it
	data                 // a string, or another thing in which no comment starts
	remark               // a comment
)

// segment is a range of bytes that is comment, with the number of its first line.
type segment struct {
	from, to int
	line     int
}

// newSyntax notes the bytes where something may start.
func newSyntax(s syntax) *syntax {
	for _, list := range [][]string{s.line, s.first} {
		for _, m := range list {
			s.stops[m[0]] = true
		}
	}
	for _, b := range s.block {
		s.stops[b.open[0]] = true
	}
	for _, q := range s.quotes {
		s.stops[q.open[0]] = true
	}
	for _, c := range []byte(s.signs) {
		s.stops[c] = true
	}
	if s.embed {
		s.stops['?'] = true
	}
	return &s
}

// lexer goes through one source text.
type lexer struct {
	*syntax
	src      []byte
	depth    int       // brackets that are open
	heredocs []heredoc // that start with the next line
	vain     int       // searches for the end of something that had none
	html     bool      // before <?
}

// searches is how many ends may be missing before no more are looked for: else a text of open quotes took quadratic time.
const searches = 32

// comments finds the comments of a source text.
func (s *syntax) comments(src []byte) []segment {
	if s == nil {
		return []segment{{0, len(src), 1}}
	}
	l := lexer{syntax: s, src: src, html: s.embed && bytes.Contains(src, []byte("<?"))}
	var found []segment
	line, counted := 1, 0
	begun := s.begun(src)
	if begun > 0 {
		found = append(found, segment{0, begun, 1})
	}
	for i := begun; i < len(src); {
		if l.html {
			i = l.markup(i, func(from, to int) {
				line += bytes.Count(src[counted:from], []byte{'\n'})
				counted = from
				found = append(found, segment{from, to, line})
			})
			continue
		}
		if !s.stops[src[i]] {
			i++
			continue
		}
		to, what := l.at(i)
		if what == remark {
			line += bytes.Count(src[counted:i], []byte{'\n'})
			counted = i
			found = append(found, segment{i, to, line})
		}
		i = max(to, i+1)
	}
	return found
}

// begun is where a comment ends amid which the text begins, as in a part that was cut out of a file: its first lines begin with the star that
// no statement begins with. It is 0 where there is none.
func (s *syntax) begun(src []byte) int {
	if !slices.ContainsFunc(s.block, func(b block) bool { return b.open == "/*" }) {
		return 0
	}
	end := 0
	for end < len(src) {
		to := min(end+lineEnd(src[end:])+1, len(src))
		text := bytes.TrimSpace(src[end:to])
		if len(text) > 0 && text[0] != '*' {
			break
		}
		if n := bytes.Index(src[end:to], []byte("*/")); n >= 0 {
			return end + n + len("*/")
		}
		end = to
	}
	return end
}

// markup reads HTML up to the code in it, and gives the comments. It returns where the code starts.
func (l *lexer) markup(i int, comment func(from, to int)) int {
	for {
		n := bytes.IndexByte(l.src[i:], '<')
		if n < 0 {
			return len(l.src)
		}
		i += n
		switch rest := l.src[i:]; {
		case hasPrefix(rest, "<?"):
			l.html = false
			return i + 2
		case hasPrefix(rest, "<!--"):
			to := l.end(i, 4, "-->")
			comment(i, to)
			i = to
		default:
			i++
		}
	}
}

// at reads what starts at i.
func (l *lexer) at(i int) (to int, what token) {
	rest := l.src[i:]
	if l.embed && hasPrefix(rest, "?>") {
		l.html = true
		return i + 2, data
	}
	if l.odd != nil && strings.IndexByte(l.signs, rest[0]) >= 0 {
		if to, what := l.odd(l, i); what != nothing {
			return to, what
		}
	}
	for _, b := range l.block {
		if hasPrefix(rest, b.open) {
			return l.blockEnd(i, b), remark
		}
	}
	for _, m := range l.line {
		if hasPrefix(rest, m) && l.startsLine(i) {
			return l.lineEnd(i), remark
		}
	}
	for _, m := range l.first {
		if hasPrefix(rest, m) && blankBefore(l.src, i) {
			return l.lineEnd(i), remark
		}
	}
	for _, q := range l.quotes {
		if !hasPrefix(rest, q.open) || q.word && !wordStart(l.src, i) {
			continue
		}
		to := l.quoteEnd(i, q)
		if q.doc && l.depth == 0 && statementStart(l.src, i) {
			return to, remark
		}
		return to, data
	}
	return i, nothing
}

// startsLine reports whether a sign at i may start a comment that ends with the line.
func (l *lexer) startsLine(i int) bool {
	if i == 0 {
		return true
	}
	before := l.src[i-1]
	if l.spaced {
		return strings.IndexByte(" \t\n\r()[]{};,&|", before) >= 0 && !(before == '{' && i > 1 && l.src[i-2] == '$')
	}
	return before != '\\'
}

// lineEnd is where the line of i ends; ?> ends it too where code stands in HTML.
func (l *lexer) lineEnd(i int) int {
	to := i + lineEnd(l.src[i:])
	if l.embed {
		if n := bytes.Index(l.src[i:to], []byte("?>")); n >= 0 {
			return i + n
		}
	}
	return to
}

// end is behind the next sign after skip bytes from i; without one it is the end of the text.
func (l *lexer) end(i, skip int, sign string) int {
	from := min(i+skip, len(l.src))
	if n := bytes.Index(l.src[from:], []byte(sign)); n >= 0 {
		return from + n + len(sign)
	}
	return len(l.src)
}

// blockEnd is behind the comment that starts at i.
func (l *lexer) blockEnd(i int, b block) int {
	if !b.nested || l.vain > searches {
		return l.end(i, len(b.open), b.end)
	}
	depth := 1
	for j := i + len(b.open); j < len(l.src); {
		switch rest := l.src[j:]; {
		case rest[0] == b.end[0] && hasPrefix(rest, b.end):
			j += len(b.end)
			if depth--; depth == 0 {
				return j
			}
		case rest[0] == b.open[0] && hasPrefix(rest, b.open):
			j, depth = j+len(b.open), depth+1
		default:
			j++
		}
	}
	l.vain++
	return l.end(i, len(b.open), b.end) // one that was opened too often
}

// quoteEnd is behind the string that starts at i.
func (l *lexer) quoteEnd(i int, q quote) int {
	for j := i + len(q.open); j < len(l.src); j++ {
		switch c := l.src[j]; {
		case c == '\\' && q.escape == backslash:
			j++
		case c == '\n' && (!q.lines || l.vain > searches):
			return j
		case c == q.end[0] && hasPrefix(l.src[j:], q.end):
			j += len(q.end)
			if q.escape == doubled && hasPrefix(l.src[j:], q.end) {
				j += len(q.end) - 1
				continue
			}
			return j
		}
	}
	l.vain++
	return i + lineEnd(l.src[i:])
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

func lineEnd(b []byte) int {
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		return n
	}
	return len(b)
}

// blankBefore reports whether only spaces stand before i on its line.
func blankBefore(src []byte, i int) bool {
	for i--; i >= 0 && src[i] != '\n'; i-- {
		if src[i] != ' ' && src[i] != '\t' && src[i] != '\r' {
			return false
		}
	}
	return true
}

// statementStart reports whether a string at i stands at the start of a statement: first on its line, and the line before does not run on.
func statementStart(src []byte, i int) bool {
	for n := 0; n < 2 && i > 0 && strings.IndexByte("rRuUbBfF", src[i-1]) >= 0; n++ {
		i--
	}
	if !blankBefore(src, i) {
		return false
	}
	before := bytes.TrimRight(src[max(0, i-400):i], " \t\r\n")
	return len(before) == 0 || strings.IndexByte(`\=`, before[len(before)-1]) < 0
}

// wordStart reports whether a word may start at i, so that a quote there is no apostrophe.
func wordStart(src []byte, i int) bool {
	return i == 0 || strings.IndexByte(" \t\n\r([{:,=!-|>", src[i-1]) >= 0
}
