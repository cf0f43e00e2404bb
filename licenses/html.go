// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"html"
	"strings"
)

// isHTML reports whether a text is an HTML page.
func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 1000)])
	return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<body"))
}

// stripHTML takes the tags, scripts and styles out of a page and replaces the entities. What a comment holds is kept: it may be a
// licence statement. Lines stay where they are.
func stripHTML(text []byte) []byte {
	out := make([]byte, 0, len(text))
	t := tagReader{text: text}
	for i := 0; i < len(text); {
		switch text[i] {
		case '<':
			end := t.end(i)
			if end == i {
				out, i = append(out, '<'), i+1
				continue
			}
			for _, c := range text[i:end] {
				if c == '\n' || c == '\r' {
					out = append(out, c)
				}
			}
			if !isInline(text[i:end]) {
				out = append(out, ' ')
			}
			i = end
		case '&':
			s, n := entity(text[i:])
			out, i = append(out, s...), i+n
		default:
			out, i = append(out, text[i]), i+1
		}
	}
	return out
}

// plainHTML takes the tags of HTML out of a text in another form, and replaces its entities. What only looks like a tag, such as <year> or
// <https://…>, stays, and so do those of headings. Lines stay where they are.
func plainHTML(text []byte) []byte {
	if bytes.IndexByte(text, '<') < 0 && bytes.IndexByte(text, '&') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	t := tagReader{text: text}
	for i := 0; i < len(text); {
		switch text[i] {
		case '<':
			if end := t.end(i); end > i && isTag(elementName(text[i:end])) {
				from := len(out)
				out = append(out, text[i:end]...)
				blank(out[from:])
				i = end
				continue
			}
		case '&':
			s, n := entity(text[i:])
			out, i = append(out, s...), i+n
			continue
		}
		out, i = append(out, text[i]), i+1
	}
	return out
}

// blank puts spaces in the place of all but the ends of lines.
func blank(b []byte) {
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = ' '
		}
	}
}

// tagReader finds where tags end. It remembers what it looked for, so that a text is passed over once.
type tagReader struct {
	text  []byte
	close int // the first > from here on was at this place; 0 when none was looked for yet
	open  [2]bool
}

// hidden are the elements whose content is no text.
var hidden = [2]string{"script", "style"}

// end is where the tag, comment mark, script or style that starts at i ends; i when it is none.
func (t *tagReader) end(i int) int {
	rest := t.text[i:]
	if bytes.HasPrefix(rest, []byte("<!--")) {
		return i + 4
	}
	if len(rest) < 2 || !(rest[1] == '/' || rest[1] == '!' || rest[1] == '?' || rest[1]|0x20 >= 'a' && rest[1]|0x20 <= 'z') {
		return i
	}
	for k, name := range hidden {
		if !t.open[k] && len(rest) > len(name)+1 && bytes.EqualFold(rest[1:1+len(name)], []byte(name)) {
			if n := indexFold(rest, "</"+name); n > 0 {
				return i + n
			}
			t.open[k] = true // none of them ends any more
		}
	}
	if t.close <= i {
		t.close = len(t.text)
		if n := bytes.IndexByte(rest, '>'); n >= 0 {
			t.close = i + n
		}
	}
	if t.close == len(t.text) || t.close-i > maxTag {
		return i
	}
	return t.close + 1
}

// maxTag is how long a tag may be.
const maxTag = 4000

// elementName is what a tag is called, in small letters.
func elementName(tag []byte) string {
	name := bytes.TrimLeft(tag, "</")
	end := bytes.IndexFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	})
	if end < 0 || end > 12 || name[end] == ':' {
		return ""
	}
	return strings.ToLower(string(name[:end]))
}

// isTag reports whether HTML has a tag of that name, those of headings apart.
func isTag(name string) bool {
	switch name {
	case "a", "abbr", "article", "aside", "b", "big", "blockquote", "body", "br", "center", "cite", "code", "dd", "del", "details", "div", "dl", "dt", "em",
		"font", "footer", "head", "header", "hr", "html", "i", "img", "ins", "kbd", "label", "li", "link", "main",
		"meta", "nav", "ol", "p", "para", "pre", "quote", "s", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot",
		"th", "thead", "title", "tr", "tt", "u", "ul", "ulink", "var":
		return true
	}
	return false
}

// isInline reports whether a tag stands within words, so that it does not part them.
func isInline(tag []byte) bool {
	switch elementName(tag) {
	case "a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "ins", "s", "small", "span", "strong", "tt", "u", "wbr":
		return true
	}
	return false
}

// entity replaces the entity that text starts with.
func entity(text []byte) (string, int) {
	end := bytes.IndexByte(text[:min(len(text), maxEntity)], ';')
	if end < 2 {
		return "&", 1
	}
	name := string(text[:end+1])
	s := html.UnescapeString(name)
	switch s {
	case name:
		return "&", 1
	case "\n", "\r", "\u00a0":
		return " ", end + 1
	}
	return s, end + 1
}

// maxEntity is the length of the longest entity.
const maxEntity = 34
