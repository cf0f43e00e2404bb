// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// finder looks for one text in others, with or without case. Without, a letter stands for all that (?i) takes for it. It
// jumps from one place to the next where the text's two rarest bytes stand as far apart as in the text, and compares there.
type finder struct {
	lower, upper []byte // each byte is one or the other; the same slice when case matters
	pair         bytePair
	words        []eightBytes // the text eight bytes at a time, its end first
	// Some letters have a form of another length (ſ for s, the Kelvin sign for k). A text that holds one of these, or a
	// pattern with letters of more than two forms, is left to the regular expression.
	odd   [][]byte
	usual bool // odd has no other than the two that isPlain looks for
	slow  func() *regexp.Regexp
	only  bool // slow is the only way
}

// isPlain tells whether text holds neither ſ nor the Kelvin sign.
func isPlain(text []byte) bool {
	return !bytes.Contains(text, []byte("ſ")) && !bytes.Contains(text, []byte("\u212a"))
}

func newFinder(text string, fold bool) *finder {
	f := &finder{}
	f.lower, f.upper = []byte(text), []byte(text)
	if fold {
		f.lower, f.upper = nil, nil
		for _, r := range text {
			f.letter(r)
		}
	}
	f.usual = !slices.ContainsFunc(f.odd, isPlain)
	if f.only || len(f.odd) > 0 {
		f.slow = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?i)" + regexp.QuoteMeta(text)) })
	}
	if len(f.lower) > 0 {
		f.pair = newBytePair(f.lower, f.upper)
		f.words = inEights(f.lower, f.upper)
	}
	return f
}

// letter appends one letter of the text in its forms.
func (f *finder) letter(r rune) {
	own := utf8.AppendRune(nil, r)
	other := own
	for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
		form := utf8.AppendRune(nil, v)
		switch {
		case len(form) != len(own):
			f.odd = append(f.odd, form)
		case &other[0] != &own[0] || differences(own, form) > 1:
			f.only = true
		default:
			other = form
		}
	}
	f.lower, f.upper = append(f.lower, own...), append(f.upper, other...)
}

func differences(a, b []byte) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// next gives where the text first stands in s at or after from; ok is false when it does not. plain says that isPlain was
// found to hold for s.
func (f *finder) next(s []byte, from int, plain bool) (start, end int, ok bool) {
	if !f.only {
		seen := len(s)
		if start, ok = f.plain(s, from); ok {
			end = start + len(f.lower)
			seen = end
		}
		if len(f.odd) == 0 || plain && f.usual || !f.isOdd(s[from:seen]) {
			return start, end, ok
		}
	}
	if m := f.slow().FindIndex(s[from:]); m != nil {
		return from + m[0], from + m[1], true
	}
	return 0, 0, false
}

// plain finds the text in its usual forms.
func (f *finder) plain(s []byte, from int) (start int, ok bool) {
	n := len(f.lower)
	if n == 0 {
		return from, true
	}
	last := len(s) - n // last place where it can start
	for i := from; i <= last; i++ {
		if i = f.pair.next(s, i, last); i < 0 {
			return 0, false
		}
		if f.at(s[i : i+n]) {
			return i, true
		}
	}
	return 0, false
}

// at tells whether s, which is as long, is the text.
func (f *finder) at(s []byte) bool {
	for i := range f.words {
		if w := &f.words[i]; binary.LittleEndian.Uint64(s[w.at:])|w.mask != w.want {
			return false
		}
	}
	lower, upper := f.lower, f.upper
	if len(lower) != len(s) || len(upper) != len(s) {
		return false
	}
	for i, c := range s {
		if c != lower[i] && c != upper[i] {
			return false
		}
	}
	return true
}

// eightBytes is what eight bytes of a text, from at on, must be with the bits of mask set. It may hold for other bytes too.
type eightBytes struct {
	at         int
	want, mask uint64
}

// inEights cuts a text whose bytes have two forms each. The end comes first: names that start alike are common. A text of
// less than eight bytes gives none.
func inEights(lower, upper []byte) (words []eightBytes) {
	for end := len(lower); end > 0 && len(lower) >= 8; end -= 8 {
		at := max(0, end-8)
		a, b := binary.LittleEndian.Uint64(lower[at:]), binary.LittleEndian.Uint64(upper[at:])
		words = append(words, eightBytes{at, a | b, a ^ b})
	}
	return words
}

func (f *finder) isOdd(s []byte) bool {
	for _, form := range f.odd {
		if bytes.Contains(s, form) {
			return true
		}
	}
	return false
}
