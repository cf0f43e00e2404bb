// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"strings"

	"communs/indexer"
)

// glob is the pattern of a path:, repo:, name: or owner: filter. Without * and ? it is found anywhere in the text. With
// them it takes the whole text, or the whole of what follows a slash: * and ? do not cross a slash, ** does. A slash at
// the start ties the pattern to the start of the text.
type glob struct {
	pattern  []byte
	wild     bool
	anchored bool
	fold     bool
}

func newGlob(pattern string, mode caseMode) *glob {
	g := &glob{pattern: []byte(pattern), wild: strings.ContainsAny(pattern, "*?"), fold: mode != matchCase}
	if g.wild {
		g.pattern, g.anchored = bytes.CutPrefix(g.pattern, []byte("/"))
	}
	if g.fold {
		g.pattern = indexer.Fold(nil, g.pattern)
	}
	return g
}

// match tells whether text has the pattern. buf is room for folding, given back for the next call.
func (g *glob) match(text, buf []byte) (bool, []byte) {
	if g.fold {
		buf = indexer.Fold(buf[:0], text)
		text = buf
	}
	if !g.wild {
		return bytes.Contains(text, g.pattern), buf
	}
	if globMatch(g.pattern, text) {
		return true, buf
	}
	for !g.anchored {
		i := bytes.IndexByte(text, '/')
		if i < 0 {
			break
		}
		text = text[i+1:]
		if globMatch(g.pattern, text) {
			return true, buf
		}
	}
	return false, buf
}

// globMatch tells whether the whole text has the pattern. It goes back to the last star only, and to the last double
// star when that fails, so its time is bounded by the product of the lengths, squared where ** stands beside *.
func globMatch(pattern, text []byte) bool {
	type mark struct{ p, t int }
	none := mark{-1, 0}
	star, double := none, none
	p, t := 0, 0
	for {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			if p+1 < len(pattern) && pattern[p+1] == '*' {
				p += 2
				if p < len(pattern) && pattern[p] == '/' { // a/**/b takes a/b too
					if t == 0 || text[t-1] == '/' {
						double = mark{p, t}
						p++
						star = none
						continue
					}
				}
				double, star = mark{p, t}, none
				continue
			}
			p++
			star = mark{p, t}
			continue
		case p < len(pattern) && t < len(text) && (pattern[p] == text[t] || pattern[p] == '?' && text[t] != '/'):
			size := 1
			if pattern[p] == '?' {
				for t+size < len(text) && text[t]&0xC0 == 0xC0 && text[t+size]&0xC0 == 0x80 {
					size++
				}
			}
			p++
			t += size
			continue
		case p == len(pattern) && t == len(text):
			return true
		}
		switch {
		case star != none && star.t < len(text) && text[star.t] != '/':
			star.t++
			p, t = star.p, star.t
		case double != none && double.t < len(text):
			double.t++
			p, t, star = double.p, double.t, none
		default:
			return false
		}
	}
}
