// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Descriptors are UTF-8. Other encodings are a fault, and are read nevertheless: UTF-16 by its mark or its zero bytes, and bytes that
// are no UTF-8 as Windows-1252, of which Latin-1 is a part.

// decode gives a text as UTF-8, without byte order mark and with line ends of one byte.
func decode(data []byte, n *notes) []byte {
	if endian, ok := utf16Endian(data); ok {
		n.add(Fault{Severity: Error, Code: "encoding", Value: "UTF-16"})
		text, err := unicode.UTF16(endian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil
		}
		data = text
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		data = decodeBytes(data, n)
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
}

func utf16Endian(data []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return unicode.BigEndian, true
	case len(data) >= 4 && data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		return unicode.BigEndian, true
	case len(data) >= 4 && data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0:
		return unicode.LittleEndian, true
	}
	return unicode.BigEndian, false
}

// decodeBytes reads the bytes that are no UTF-8 as Windows-1252, and notes where the first one stands.
func decodeBytes(data []byte, n *notes) []byte {
	var out bytes.Buffer
	noted := false
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r != utf8.RuneError || size > 1 {
			out.Write(data[:size])
			data = data[size:]
			continue
		}
		if !noted {
			noted = true
			line, column := position(out.Bytes(), out.Len())
			n.add(Fault{Line: line, Column: column, Severity: Error, Code: "encoding", Value: "Windows-1252"})
		}
		out.WriteRune(charmap.Windows1252.DecodeByte(data[0]))
		data = data[1:]
	}
	return out.Bytes()
}

// position is the line and column of a byte, from 1, the column in characters.
func position(text []byte, at int) (line, column int) {
	at = max(0, min(at, len(text)))
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	return 1 + bytes.Count(text[:start], []byte{'\n'}), 1 + utf8.RuneCount(text[start:at])
}

// characters counts what people see as characters: combining marks, joiners and modifiers belong to the one before.
func characters(s string) int {
	n, joined, flag := 0, false, false
	for _, r := range s {
		switch {
		case mark(r):
			joined = joined || r == '\u200d'
			continue
		case joined:
		case flag && r >= 0x1f1e6 && r <= 0x1f1ff:
			flag = false
			continue
		default:
			n++
		}
		joined, flag = false, r >= 0x1f1e6 && r <= 0x1f1ff
	}
	return n
}
