// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxText is how much of a file is read for licence statements.
const maxText = 8 << 20

// decode turns a file into UTF-8. A byte order mark tells UTF-16, and so do the zeros of its ASCII characters; a byte that is no
// UTF-8 is taken as Windows-1252, which holds Latin-1. Lines stay where they are.
func decode(text []byte) []byte {
	text = head(text, maxText)
	switch {
	case bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}):
		text = text[3:]
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		return decode16(text[2:], binary.LittleEndian)
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return decode16(text[2:], binary.BigEndian)
	}
	if order := zeros(text); order != nil {
		return decode16(text, order)
	}
	if utf8.Valid(text) {
		return text
	}
	out := make([]byte, 0, len(text)+len(text)/8)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(text[0]))
		} else {
			out = append(out, text[:n]...)
		}
		text = text[n:]
	}
	return out
}

// head is the first part of a text, up to the end of a line if one is near, so that no statement is cut in two.
func head(text []byte, most int) []byte {
	if len(text) <= most {
		return text
	}
	if i := bytes.LastIndexByte(text[most-most/64:most], '\n'); i >= 0 {
		return text[:most-most/64+i+1]
	}
	return text[:most]
}

// zeros tells the byte order of UTF-16 without a mark: nearly every other byte of its first characters is zero, the rest is not.
func zeros(text []byte) binary.ByteOrder {
	var count [2]int
	start := text[:min(len(text), 256)&^1]
	for i, c := range start {
		if c == 0 {
			count[i&1]++
		}
	}
	switch most := len(start) / 2 * 3 / 4; {
	case len(start) < 8:
	case count[1] > most && count[0] == 0:
		return binary.LittleEndian
	case count[0] > most && count[1] == 0:
		return binary.BigEndian
	}
	return nil
}

func decode16(text []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
