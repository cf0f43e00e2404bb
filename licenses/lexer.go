// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"strings"
)

// This file holds what is odd in the strings and comments of languages: what a list of signs cannot say.

// heredoc is a here-document that was announced: it ends with a line that holds its name alone.
type heredoc struct {
	name   string
	indent bool // that line may be indented
}

// announce notes the here-document that a line speaks of after sign bytes from i: in shells, Perl, Ruby, PHP and Terraform. Signs before its name
// tell whether its end may be indented.
func (l *lexer) announce(i, sign int) (int, token) {
	j := i + sign
	h := heredoc{}
	for ; j < len(l.src) && strings.IndexByte("-~", l.src[j]) >= 0; j++ {
		h.indent = true
	}
	for ; sign == 3 && j < len(l.src) && l.src[j] == ' '; j++ {
		h.indent = true
	}
	var mark byte
	if j < len(l.src) && strings.IndexByte("\"'`\\", l.src[j]) >= 0 {
		mark = l.src[j]
		j++
	}
	from := j
	for j < len(l.src) && j-from < 80 && (isNameByte(l.src[j]) || mark > 0 && mark != '\\' && l.src[j] == ' ') {
		j++
	}
	h.name, h.indent = string(l.src[from:j]), h.indent || sign == 3
	if h.name == "" || h.name[0] >= '0' && h.name[0] <= '9' || len(l.heredocs) > 8 {
		return i, nothing
	}
	if mark > 0 && mark != '\\' {
		if j >= len(l.src) || l.src[j] != mark {
			return i, nothing
		}
		j++
	} else if h.name != strings.ToUpper(h.name) && sign == 2 && !h.indent { // 1 <<n is a shift
		return i, nothing
	}
	l.heredocs = append(l.heredocs, h)
	return j, data
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// bodies skips the here-documents that start behind the line end at i. What stands behind the end of the last one is code again.
func (l *lexer) bodies(i int) (int, token) {
	if len(l.heredocs) == 0 {
		return i, nothing
	}
	at := i
	for _, h := range l.heredocs {
		if to := l.body(at, h); to >= 0 {
			at = to
		}
	}
	l.heredocs = l.heredocs[:0]
	if at == i {
		return i, nothing
	}
	return at, data
}

// body is where the name ends that ends a here-document, whose text starts with the line behind i; -1 when it has no end: then it was none.
func (l *lexer) body(i int, h heredoc) int {
	if l.vain > searches {
		return -1
	}
	for at := i + lineEnd(l.src[i:]) + 1; at < len(l.src); {
		end := at + lineEnd(l.src[at:])
		from := at
		for h.indent && from < end && (l.src[from] == ' ' || l.src[from] == '\t') {
			from++
		}
		if hasPrefix(l.src[from:end], h.name) {
			to := from + len(h.name)
			if to == end || strings.IndexByte(";,).\r", l.src[to]) >= 0 {
				return to
			}
		}
		at = end + 1
	}
	l.vain++
	return -1
}

// oddShell: here-documents; a backslash takes the meaning from the next sign.
func oddShell(l *lexer, i int) (int, token) {
	switch l.src[i] {
	case '\\':
		return i + 2, data
	case '\n':
		return l.bodies(i)
	case '<':
		if hasPrefix(l.src[i:], "<<<") {
			return i + 3, data
		}
		if hasPrefix(l.src[i:], "<<") {
			j := i + 2
			for j < len(l.src) && l.src[j] == ' ' {
				j++
			}
			return l.announce(j-2, 2)
		}
	}
	return i, nothing
}

// oddRuby: here-documents, =begin, __END__.
func oddRuby(l *lexer, i int) (int, token) {
	switch rest := l.src[i:]; rest[0] {
	case '\n':
		return l.bodies(i)
	case '<':
		if hasPrefix(rest, "<<") {
			return l.announce(i, 2)
		}
	case '=':
		if (i == 0 || l.src[i-1] == '\n') && hasPrefix(rest, "=begin") {
			return l.end(i, 1, "\n=end"), remark
		}
	case '_':
		if l.lineIs(i, "__END__") {
			return len(l.src), data
		}
	}
	return i, nothing
}

// oddPerl: here-documents; POD is documentation, also behind the end of the program, where nothing else counts.
func oddPerl(l *lexer, i int) (int, token) {
	switch rest := l.src[i:]; rest[0] {
	case '\n':
		return l.bodies(i)
	case '<':
		if hasPrefix(rest, "<<") {
			return l.announce(i, 2)
		}
	case '=':
		if (i == 0 || l.src[i-1] == '\n') && len(rest) > 1 && rest[1] >= 'a' && rest[1] <= 'z' {
			return l.end(i, 1, "\n=cut"), remark
		}
	case '_':
		if l.lineIs(i, "__END__") || l.lineIs(i, "__DATA__") {
			if n := bytes.Index(rest, []byte("\n=")); n >= 0 {
				return i + n + 1, data
			}
			return len(l.src), data
		}
	}
	return i, nothing
}

// lineIs reports whether a line that starts at i holds the word alone.
func (l *lexer) lineIs(i int, word string) bool {
	return (i == 0 || l.src[i-1] == '\n') && string(bytes.TrimRight(l.src[i:i+lineEnd(l.src[i:min(len(l.src), i+40)])], "\r ")) == word
}

// oddPHP: here-documents; #[ starts an attribute.
func oddPHP(l *lexer, i int) (int, token) {
	switch rest := l.src[i:]; {
	case rest[0] == '\n':
		return l.bodies(i)
	case hasPrefix(rest, "<<<"):
		return l.announce(i, 3)
	case hasPrefix(rest, "#["):
		return i + 2, data
	}
	return i, nothing
}

// oddPython: a string within brackets is data wherever it stands, so the brackets are counted.
func oddPython(l *lexer, i int) (int, token) {
	switch l.src[i] {
	case '(', '[', '{':
		l.depth++
		return i + 1, data
	case ')', ']', '}':
		l.depth = max(0, l.depth-1)
		return i + 1, data
	}
	return i, nothing
}

// oddRust: raw strings, characters beside lifetimes.
func oddRust(l *lexer, i int) (int, token) {
	rest := l.src[i:]
	switch rest[0] {
	case 'r':
		if i > 0 && isNameByte(l.src[i-1]) && l.src[i-1] != 'b' && l.src[i-1] != 'c' {
			return i, nothing
		}
		n := 1
		for n < len(rest) && n < 256 && rest[n] == '#' {
			n++
		}
		if n < len(rest) && rest[n] == '"' {
			return l.quoteEnd(i, quote{open: string(rest[:n+1]), end: `"` + strings.Repeat("#", n-1), escape: raw, lines: true}), data
		}
	case '\'':
		if len(rest) > 2 && rest[1] == '\\' {
			return i + 3 + max(0, bytes.IndexByte(rest[3:min(len(rest), 14)], '\'')+1), data
		}
		if n := bytes.IndexByte(rest[1:min(len(rest), 6)], '\''); n > 0 {
			return i + n + 2, data
		}
	}
	return i, nothing
}

// oddC: the raw strings of C++, and the apostrophes in numbers.
func oddC(l *lexer, i int) (int, token) {
	if l.src[i] == '\'' {
		if i > 0 && (l.src[i-1] >= '0' && l.src[i-1] <= '9') {
			return i + 1, data
		}
		return i, nothing
	}
	rest := l.src[i:]
	if hasPrefix(rest, `R"`) {
		if n := bytes.IndexByte(rest[:min(len(rest), 20)], '('); n > 0 && bytes.IndexAny(rest[2:n], " \t\n\\)") < 0 {
			return l.quoteEnd(i, quote{open: string(rest[:n+1]), end: ")" + string(rest[2:n]) + `"`, escape: raw, lines: true}), data
		}
	}
	return i, nothing
}

// oddJS: a slash where a value may stand starts a regular expression.
func oddJS(l *lexer, i int) (int, token) {
	rest := l.src[i:]
	if len(rest) < 2 || rest[1] == '/' || rest[1] == '*' {
		return i, nothing
	}
	before := bytes.TrimRight(l.src[max(0, i-100):i], " \t")
	if len(before) > 0 && strings.IndexByte("(,=:[!&|?{};+-*%<>~^\n", before[len(before)-1]) < 0 &&
		!bytes.HasSuffix(before, []byte("return")) && !bytes.HasSuffix(before, []byte("typeof")) {
		return i + 1, data // a division
	}
	inClass := false
	for j := 1; j < min(len(rest), 1000) && rest[j] != '\n'; j++ {
		switch c := rest[j]; {
		case c == '\\':
			j++
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		case c == '/' && !inClass:
			return i + j + 1, data
		}
	}
	return i + 1, data
}

// oddSQL: strings between names in dollars.
func oddSQL(l *lexer, i int) (int, token) {
	rest := l.src[i:]
	n := 1
	for n < len(rest) && n < 64 && isNameByte(rest[n]) {
		n++
	}
	if n >= len(rest) || rest[n] != '$' || n > 1 && rest[1] >= '0' && rest[1] <= '9' {
		return i, nothing
	}
	mark := string(rest[:n+1])
	return l.quoteEnd(i, quote{open: mark, end: mark, escape: raw, lines: true}), data
}

// oddLua: strings and comments between brackets with as many = signs.
func oddLua(l *lexer, i int) (int, token) {
	rest := l.src[i:]
	comment := hasPrefix(rest, "--[")
	n := 1
	if comment {
		n = 3
	}
	from := n
	for n < len(rest) && n-from < 64 && rest[n] == '=' {
		n++
	}
	if n >= len(rest) || rest[n] != '[' || rest[0] != '[' && !comment {
		return i, nothing
	}
	end := "]" + strings.Repeat("=", n-from) + "]"
	if comment {
		return l.end(i, n+1, end), remark
	}
	return l.quoteEnd(i, quote{open: string(rest[:n+1]), end: end, escape: raw, lines: true}), data
}

// oddYAML: a block scalar is the lines below that are indented further.
func oddYAML(l *lexer, i int) (int, token) {
	to := i + lineEnd(l.src[i:min(len(l.src), i+200)])
	head := bytes.TrimRight(l.src[i+1:to], " \t\r")
	if n := bytes.IndexByte(head, '#'); n > 0 {
		head = bytes.TrimRight(head[:n], " \t")
	}
	start := i - 1
	for start >= max(0, i-100) && l.src[start] == ' ' {
		start--
	}
	if len(bytes.Trim(head, "+-0123456789")) > 0 || len(head) > 2 || start < 0 || start == i-1 || strings.IndexByte(":-", l.src[start]) < 0 {
		return i, nothing
	}
	start = bytes.LastIndexByte(l.src[:i], '\n') + 1
	indent := leading(l.src[start:])
	for start+indent+2 < i && hasPrefix(l.src[start+indent:], "- ") {
		indent += 2
	}
	at := to
	for at < len(l.src) {
		line := l.src[at+1:]
		end := lineEnd(line)
		if blank := len(bytes.TrimSpace(line[:end])) == 0; !blank && leading(line) <= indent {
			break
		}
		at += 1 + end
	}
	return min(at, len(l.src)), data
}

// leading counts the spaces a line starts with.
func leading(b []byte) (n int) {
	for n < len(b) && b[n] == ' ' {
		n++
	}
	return n
}
