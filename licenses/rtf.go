// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Rich Text Format is text in groups {…} with control words: \par ends a paragraph, \'e9 is a character of the code page, \u233? one of
// Unicode with what stands for it elsewhere; \fonttbl and the like begin a group that holds no text, and so does \*.

// isRTF reports whether a file is in Rich Text Format.
func isRTF(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text[:min(len(text), 64)], " \t\r\n"), []byte(`{\rtf`))
}

// rtfGroup is the state that ends with a group.
type rtfGroup struct {
	hidden bool
	skip   int // how many characters stand for one of Unicode
}

// maxGroups is how deep groups may lie in each other; what lies deeper is read as if it lay there.
const maxGroups = 1000

// rtfReader takes the text out of a file in Rich Text Format.
type rtfReader struct {
	text  []byte
	out   []byte
	group rtfGroup
	outer []rtfGroup
	skip  int // characters still to leave out
}

// stripRTF is the text of a file in Rich Text Format. Lines stay where they are in the file.
func stripRTF(text []byte) []byte {
	r := rtfReader{text: text, out: make([]byte, 0, len(text)), group: rtfGroup{skip: 1}}
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '{':
			if len(r.outer) < maxGroups {
				r.outer = append(r.outer, r.group)
			}
			i++
		case '}':
			if n := len(r.outer); n > 0 {
				r.group, r.outer = r.outer[n-1], r.outer[:n-1]
			}
			r.skip = 0
			i++
		case '\\':
			i = r.control(i + 1)
		case '\n', '\r':
			r.out = append(r.out, c)
			i++
		default:
			if c < utf8.RuneSelf {
				r.add(rune(c))
				i++
				continue
			}
			u, n := utf8.DecodeRune(text[i:])
			r.add(u)
			i += n
		}
	}
	return r.out
}

// add appends a character unless it is left out.
func (r *rtfReader) add(c rune) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if !r.group.hidden && c != '\n' && c != '\r' {
		r.out = utf8.AppendRune(r.out, c)
	}
}

// control reads what follows a backslash and says where it ends.
func (r *rtfReader) control(i int) int {
	if i >= len(r.text) {
		return i
	}
	c := r.text[i]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		return r.symbol(i)
	}
	start := i
	for i < len(r.text) && i-start < 32 && (r.text[i]|0x20 >= 'a' && r.text[i]|0x20 <= 'z') {
		i++
	}
	word := string(r.text[start:i])
	number, digits, negative := 0, 0, false
	if i < len(r.text) && r.text[i] == '-' {
		negative = true
		i++
	}
	for i < len(r.text) && r.text[i] >= '0' && r.text[i] <= '9' && digits < 9 {
		number, digits = number*10+int(r.text[i]-'0'), digits+1
		i++
	}
	if negative {
		number = -number
	}
	if i < len(r.text) && r.text[i] == ' ' {
		i++
	}
	r.word(word, number, digits > 0)
	return i
}

// symbol reads a control symbol: one sign behind the backslash.
func (r *rtfReader) symbol(i int) int {
	switch c := r.text[i]; c {
	case '\'':
		if i+2 < len(r.text) {
			if v := hex(r.text[i+1])<<4 | hex(r.text[i+2]); v >= 0 {
				r.add(charmap.Windows1252.DecodeByte(byte(v)))
				return i + 3
			}
		}
	case '*':
		r.group.hidden = true
	case '~':
		r.add(' ')
	case '_':
		r.add('-')
	case '\\', '{', '}':
		r.add(rune(c))
	case '\n', '\r':
		return i // a paragraph ends, and the line of the file
	}
	return i + 1
}

// hex is the value of a hexadecimal digit; negative when it is none.
func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1 << 8
}

// word does what a control word says.
func (r *rtfReader) word(word string, number int, hasNumber bool) {
	switch word {
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "footerl", "footerr", "listtable", "themedata", "datastore", "generator", "xmlnstbl":
		r.group.hidden = true
	case "u":
		if hasNumber {
			if number < 0 {
				number += 1 << 16
			}
			r.skip = 0
			r.add(rune(number))
			r.skip = r.group.skip
		}
	case "uc":
		if hasNumber && number >= 0 && number < 16 {
			r.group.skip = number
		}
	case "par", "line", "tab", "cell", "row", "sect", "page", "emspace", "enspace":
		r.add(' ')
	case "lquote", "rquote":
		r.add('\'')
	case "ldblquote", "rdblquote":
		r.add('"')
	case "emdash", "endash", "bullet":
		r.add('-')
	}
}
