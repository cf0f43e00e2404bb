// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible writes a text that strangers wrote as HTML in which nothing hides: control, bidirectional, zero-width and
// other characters without a shape of their own, and bytes that are not UTF-8, stand as their number in a marked span.
func visible(text string) template.HTML {
	return template.HTML(appendVisible(nil, text))
}

// appended lets bytes be written to.
type appended []byte

func (a *appended) WriteString(text string) (int, error) {
	*a = append(*a, text...)
	return len(text), nil
}

// appendVisible is visible behind other bytes.
func appendVisible(b []byte, text string) []byte {
	a := appended(b)
	writeVisible(&a, text)
	return a
}

// plain is visible for places that take no markup: titles, attributes, what is to be copied.
func plain(text string) string {
	if !hides(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if name := hidden(r, size, text[i]); name != "" {
			b.WriteString("⟨" + name + "⟩")
		} else {
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// plainLines is plain for a text of several lines.
func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = plain(strings.TrimSuffix(line, "\r"))
	}
	return strings.Join(lines, "\n")
}

// writeVisible is visible into a builder, which does not fail.
func writeVisible(b io.StringWriter, text string) {
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < utf8.RuneSelf-1 && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		instead := ""
		if name := hidden(r, size, c); name != "" {
			instead = `<span class=ctl>` + name + `</span>`
		} else if c < utf8.RuneSelf {
			instead = entity(c)
		}
		if instead != "" {
			_, _ = b.WriteString(text[start:i])
			_, _ = b.WriteString(instead)
			start = i + size
		}
		i += size
	}
	_, _ = b.WriteString(text[start:])
}

func entity(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	}
	return ""
}

// hides reports whether a text holds anything that visible would mark.
func hides(text string) bool {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if hidden(r, size, text[i]) != "" {
			return true
		}
		i += size
	}
	return false
}

// hidden names a character that cannot be seen; it is empty for one that can.
func hidden(r rune, size int, first byte) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("0x%02X", first)
	case r == '\t' || r == ' ':
		return ""
	case r < ' ', r >= 0x7f && r < 0xa0, // controls
		r == 0xad, r == 0x34f, r == 0x61c, // soft hyphen, joiner, Arabic mark
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, // Hangul fillers
		r == 0x17b4, r == 0x17b5, r >= 0x180b && r <= 0x180f, // Khmer, Mongolian
		r >= 0x200b && r <= 0x200f,                // zero width, direction marks
		r >= 0x2028 && r <= 0x202e,                // separators, embeddings, overrides
		r >= 0x205f && r <= 0x206f,                // mathematical space, joiners, isolates
		r >= 0xfe00 && r <= 0xfe0f && r != 0xfe0f, // variation selectors, but the one that emoji use
		r == 0xfeff, r >= 0xfff0 && r <= 0xfffb,
		r >= 0xe0000 && r <= 0xe0fff, // tags, more variation selectors
		r >= 0x1d173 && r <= 0x1d17a:
		return fmt.Sprintf("U+%04X", r)
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
		return fmt.Sprintf("U+%04X", r)
	}
	return ""
}
