// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// foldTable is how far the fast path of Fold reaches beyond ASCII: Latin, Greek and Cyrillic.
const foldTableEnd = 0x530

var foldTable = sync.OnceValue(func() *[foldTableEnd]uint16 {
	var t [foldTableEnd]uint16
	for r := range t {
		t[r] = uint16(foldRune(rune(r)))
	}
	return &t
})

// foldRune gives the canonical rune among those that simple case folding takes for the same: the lower-case ASCII
// letter where there is one (K, k and the Kelvin sign are k), otherwise the smallest.
func foldRune(r rune) rune {
	least := r
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		least = min(least, o)
	}
	if 'A' <= least && least <= 'Z' {
		return least + 'a' - 'A'
	}
	return least
}

// Fold appends to dst the text src in its canonical case: two texts that match each other under (?i) fold to the same
// bytes. Accents stay; so do bytes that are not UTF-8.
func Fold(dst, src []byte) []byte {
	table := foldTable()
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			if c-'A' < 26 {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, c)
		case r < foldTableEnd:
			dst = utf8.AppendRune(dst, rune(table[r]))
		default:
			dst = utf8.AppendRune(dst, foldRune(r))
		}
		i += n
	}
	return dst
}

// windows1252 holds what the bytes 0x80 to 0x9f mean; 0 where they mean nothing.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// DecodeLatin1 appends to dst, as UTF-8, the text src read as Windows-1252, which is how text flagged FlagLatin1 is
// shown. Line ends stay where they are.
func DecodeLatin1(dst, src []byte) []byte {
	for _, c := range src {
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		case c < 0xa0 && windows1252[c-0x80] != 0:
			dst = utf8.AppendRune(dst, windows1252[c-0x80])
		default:
			dst = utf8.AppendRune(dst, rune(c))
		}
	}
	return dst
}

// plainLetters are what letters become that do not decompose into a plain one and an accent.
var plainLetters = map[rune]string{
	'œ': "oe", 'æ': "ae", 'ß': "ss", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i", 'ĸ': "k", 'ŋ': "n",
	'ŧ': "t", 'ſ': "s", 'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "st", 'ﬆ': "st", 'ĳ': "ij", 'ŉ': "n",
}

// plain appends to dst the lower-case letters of a word without accents.
func plain(dst, word []byte) []byte {
	ascii := true
	for _, c := range word {
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		start := len(dst)
		dst = append(dst, word...)
		for i := start; i < len(dst); i++ {
			if dst[i]-'A' < 26 {
				dst[i] += 'a' - 'A'
			}
		}
		return dst
	}
	for _, r := range string(word) {
		r = unicode.ToLower(r)
		if s, ok := plainLetters[r]; ok {
			dst = append(dst, s...)
			continue
		}
		if !decomposes(r) {
			if !unicode.Is(unicode.Mn, r) {
				dst = utf8.AppendRune(dst, r)
			}
			continue
		}
		for _, d := range string(norm.NFKD.Bytes(utf8.AppendRune(nil, r))) {
			if !unicode.Is(unicode.Mn, d) {
				dst = utf8.AppendRune(dst, unicode.ToLower(d))
			}
		}
	}
	return dst
}

// decomposes tells the scripts in which an accent is not part of the letter.
func decomposes(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) || r >= 0xff00 && r <= 0xffef)
}

// isASCIILetters tells whether a word is made of a to z only: those are stemmed.
func isASCIILetters(word []byte) bool {
	for _, c := range word {
		if wordClass[c] != wLower {
			return false
		}
	}
	return len(word) > 0
}
