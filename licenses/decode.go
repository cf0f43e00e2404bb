// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText is how much of a file is read for licence statements.
const maxText = 4 << 20

// decode turns a file into UTF-8: a byte order mark tells UTF-16, what is not valid UTF-8 is taken as Latin-1.
func decode(text []byte) []byte {
	text = text[:min(len(text), maxText)]
	switch {
	case bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}):
		text = text[3:]
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		return decode16(text[2:], binary.LittleEndian)
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return decode16(text[2:], binary.BigEndian)
	}
	if utf8.Valid(text) || utf8.Valid(text[:max(0, len(text)-utf8.UTFMax)]) {
		return text
	}
	out := make([]byte, 0, len(text)+len(text)/8)
	for _, c := range text {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

func decode16(text []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// isHTML reports whether a text is an HTML page.
func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 1000)])
	return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<body"))
}

// stripHTML blanks the tags, scripts and styles of a page and replaces the common entities. Lines stay where they are.
func stripHTML(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		switch text[i] {
		case '<':
			end := tagEnd(text[i:])
			if end == 0 {
				out, i = append(out, '<'), i+1
				continue
			}
			for _, c := range text[i : i+end] {
				if c == '\n' {
					out = append(out, '\n')
				}
			}
			if !isInline(text[i : i+end]) {
				out = append(out, ' ')
			}
			i += end
		case '&':
			s, n := entity(text[i:])
			out, i = append(out, s...), i+n
		default:
			out, i = append(out, text[i]), i+1
		}
	}
	return out
}

// tagEnd is the length of the tag, comment mark, script or style that text starts with; 0 when it is none. What a comment holds
// is kept: it may be a licence statement.
func tagEnd(text []byte) int {
	if bytes.HasPrefix(text, []byte("<!--")) {
		return 4
	}
	for _, name := range []string{"script", "style"} {
		if len(text) > len(name)+1 && bytes.EqualFold(text[1:1+len(name)], []byte(name)) {
			if end := bytes.Index(bytes.ToLower(text), []byte("</"+name)); end > 0 {
				return end
			}
		}
	}
	if len(text) < 2 || !(text[1] == '/' || text[1] == '!' || text[1] == '?' || text[1]|0x20 >= 'a' && text[1]|0x20 <= 'z') {
		return 0
	}
	end := bytes.IndexByte(text[:min(len(text), 4000)], '>')
	return end + 1
}

// isInline reports whether a tag stands within words, so that it does not part them.
func isInline(tag []byte) bool {
	name := bytes.TrimLeft(tag, "</")
	for _, s := range []string{"b>", "i>", "em>", "strong>", "span", "a ", "a>", "u>", "font", "tt>", "code>"} {
		if len(name) >= len(s) && bytes.EqualFold(name[:len(s)], []byte(s)) {
			return true
		}
	}
	return false
}

// entity replaces the entity that text starts with.
func entity(text []byte) (string, int) {
	end := bytes.IndexByte(text[:min(len(text), 10)], ';')
	if end < 2 {
		return "&", 1
	}
	switch name := string(text[1:end]); name {
	case "amp":
		return "&", end + 1
	case "lt":
		return "<", end + 1
	case "gt":
		return ">", end + 1
	case "eacute":
		return "é", end + 1
	case "egrave":
		return "è", end + 1
	case "agrave":
		return "à", end + 1
	case "copy":
		return "©", end + 1
	default:
		return " ", end + 1
	}
}
