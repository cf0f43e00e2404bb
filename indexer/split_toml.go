// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// A tomlValue knows whether the value of a key goes on over the line: an array, or a string of several lines.
type tomlValue struct {
	quotes string // the three quotes that close the open string
	depth  int    // of open brackets and braces
}

func (v *tomlValue) open() bool { return v.quotes != "" || v.depth > 0 }

// read takes in one line that is no table's head.
func (v *tomlValue) read(line []byte) {
	for i := 0; i < len(line); {
		if v.quotes != "" {
			end := v.closing(line[i:])
			if end < 0 {
				return
			}
			i, v.quotes = i+end, ""
			continue
		}
		switch c := line[i]; c {
		case '#':
			return
		case '[', '{':
			v.depth++
		case ']', '}':
			v.depth = max(0, v.depth-1)
		case '"', '\'':
			if i+2 < len(line) && line[i+1] == c && line[i+2] == c {
				v.quotes = string([]byte{c, c, c})
				i += 3
				continue
			}
			i += tomlStringEnd(line[i+1:], c)
		}
		i++
	}
}

// closing gives the offset after the quotes that close the open string, -1 for none.
func (v *tomlValue) closing(text []byte) int {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && v.quotes[0] == '"' {
			i++
			continue
		}
		if bytes.HasPrefix(text[i:], []byte(v.quotes)) {
			for i += 3; i < len(text) && text[i] == v.quotes[0]; i++ { // """a"""" ends with a quote inside
			}
			return i
		}
	}
	return -1
}

// tomlStringEnd gives the length of a string on one line, its closing quote included.
func tomlStringEnd(text []byte, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}
