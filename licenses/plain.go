// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainWord is one word of a plainText.
type plainWord struct {
	Line     int32 // from 1
	From, To int32 // its bytes in Bytes
	Gap      gap   // what stands between the word before and this one
	Break    bool  // something that is not comment stands there
	Capital  bool  // the word starts with a capital letter
}

// gap is a set of what stands between a word and the one before it.
type gap uint16

const (
	gapSentence  gap = 1 << iota // a full stop or the like, and the word starts with a capital letter or a digit
	gapParagraph                 // an empty line, or one that states a copyright
	gapItem                      // the sign or number that begins an item of a list
	gapComma
	gapColon
	gapSlash // a / or |, nothing else
	gapBracket
	gapQuestion // a question mark
	gapQuote    // a quotation mark
)

// A plainText is a text reduced to the words that count when licences are compared.
//
// A word is a run of letters and digits, in lower case, accents folded. Punctuation, comment markers and layout do not
// count. Spellings that differ without a difference are made equal (licence and license, https and http). Left out are
// the © sign and (c), list bullets such as "1." at the start of a line or "(a)" anywhere, the markers dnl and rem at the start of
// a line, "all rights reserved", and whole lines that state a copyright: they vary from copy to copy.
// A + after a number, as in GPLv2+, is the word "plus".
type plainText struct {
	Bytes []byte // the words, one after the other
	Words []plainWord
	gap   gap // what stands behind the last word
}

// word gives the i-th word's bytes.
func (t *plainText) word(i int) []byte { w := &t.Words[i]; return t.Bytes[w.From:w.To] }

// grow makes room for the words of about so many bytes.
func (t *plainText) grow(size int) {
	t.Bytes, t.Words = slices.Grow(t.Bytes, size), slices.Grow(t.Words, size/wordBytes)
}

// wordBytes is how many bytes of a text a word takes, with what stands around it.
const wordBytes = 6

// add appends the words of src, whose first line has the given number. Drop tells whether lines that state a copyright
// are left out.
func (t *plainText) add(src []byte, line int, drop bool) {
	for len(src) > 0 {
		end := len(src)
		next := end
		for i, c := range src {
			if c == '\n' || c == '\r' {
				end, next = i, i+1
				if c == '\r' && i+1 < len(src) && src[i+1] == '\n' {
					next++
				}
				break
			}
		}
		first := len(t.Words)
		if !(drop && isCopyright(src[:end])) {
			t.addLine(src[:end], line)
			t.dropReserved(first)
		}
		if len(t.Words) == first {
			t.gap |= gapParagraph
		}
		src = src[next:]
		line++
	}
}

// class tells what an ASCII byte is: 0 separator, 1 letter or digit as it is, 2 capital letter.
var class = func() (t [128]byte) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			t[c] = 1
		case c >= 'A' && c <= 'Z':
			t[c] = 2
		}
	}
	return t
}()

// addLine appends the words of one line.
func (t *plainText) addLine(src []byte, line int) {
	start := true // no word of this line was kept or dropped yet
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf && class[c] == 0 {
			if c == '\\' && isEscape(src, i) {
				i += 2
				continue
			}
			t.addSign(c, isApart(src, i), start)
			i++
			continue
		}
		from, begin := len(t.Bytes), i
		for i < len(src) {
			c := src[i]
			if c >= utf8.RuneSelf {
				r, n := utf8.DecodeRune(src[i:])
				if !t.addRune(r) {
					break
				}
				i += n
			} else if k := class[c]; k == 0 {
				break
			} else {
				if k == 2 {
					c |= 0x20
				}
				t.Bytes = append(t.Bytes, c)
				i++
			}
		}
		if len(t.Bytes) == from { // a sign that is no letter
			r, n := utf8.DecodeRune(src[i:])
			if r == '“' || r == '„' || r == '«' {
				t.gap |= gapQuote
			}
			i += n
			continue
		}
		if t.isMarker(from, src, begin, i, start) {
			if !isRemark(t.Bytes[from:], c) {
				t.gap |= gapItem
			}
			t.Bytes = t.Bytes[:from]
		} else {
			t.respell(from)
			if c := src[begin]; c < utf8.RuneSelf && class[c] == 1 && c > '9' {
				t.gap &^= gapSentence // it was an abbreviation
			}
			t.Words = append(t.Words, plainWord{Line: int32(line), From: int32(from), To: int32(len(t.Bytes)), Gap: t.gap, Capital: isCapital(src[begin:i])})
			t.gap = 0
			if isPlus(src, i) {
				t.Bytes = append(t.Bytes, "plus"...)
				t.Words = append(t.Words, plainWord{Line: int32(line), From: int32(len(t.Bytes) - 4), To: int32(len(t.Bytes))})
			}
		}
		start = false
	}
}

// isApart reports whether a space or the end of the line follows the sign at i. The side of a box that is drawn around a comment is no
// sign, nor is the stop behind an initial.
func isApart(src []byte, i int) bool {
	if i+1 < len(src) && src[i+1] != ' ' && src[i+1] != '\t' || i > 1 && src[i-1] == ' ' && src[i-2] == ' ' {
		return false
	}
	return !(src[i] == '.' && i > 1 && isCapital(src[i-1:i]) && src[i-2] == ' ')
}

// addSign notes what a sign between words means; apart tells whether a space or the end of the line follows, start whether the line
// has no word yet.
func (t *plainText) addSign(c byte, apart, start bool) {
	switch c {
	case '.', '!', '?', ';':
		if apart && !start {
			t.gap |= gapSentence
		}
		if c == '?' && apart {
			t.gap |= gapQuestion
		}
	case ',':
		t.gap |= gapComma
	case ':':
		t.gap |= gapColon
	case '/', '|':
		if !start {
			t.gap |= gapSlash
		}
	case '"':
		t.gap |= gapQuote
	case '(', ')', '[', ']':
		t.gap |= gapBracket
	case '-':
		if apart && start {
			t.gap |= gapItem
		}
	}
}

// isEscape reports whether the end of a line is written as an escape sequence at i, as in the strings of a catalogue of messages.
func isEscape(src []byte, i int) bool {
	if i+1 >= len(src) || src[i+1] != 'n' && src[i+1] != 'r' && src[i+1] != 't' {
		return false
	}
	return i+2 == len(src) || src[i+2] < utf8.RuneSelf && class[src[i+2]] == 0
}

// isCapital reports whether a word starts with a capital letter.
func isCapital(word []byte) bool {
	if word[0] < utf8.RuneSelf {
		return class[word[0]] == 2
	}
	r, _ := utf8.DecodeRune(word)
	return unicode.IsUpper(r)
}

// isPlus reports whether a + that ends a number stands at i, as in GPLv2+.
func isPlus(src []byte, i int) bool {
	return i > 0 && i < len(src) && src[i] == '+' && src[i-1] >= '0' && src[i-1] <= '9' &&
		(i+1 == len(src) || src[i+1] >= utf8.RuneSelf || class[src[i+1]] == 0 && src[i+1] != '+')
}

// isMarker reports whether the word src[begin:end] is a bullet, a (c) or a comment marker.
func (t *plainText) isMarker(from int, src []byte, begin, end int, start bool) bool {
	w := t.Bytes[from:]
	if len(w) > 4 {
		return false
	}
	if start && (string(w) == "dnl" || string(w) == "rem") {
		return true
	}
	if len(w) > 2 && !isRomanNumeral(w) {
		return false
	}
	closed := end < len(src) && src[end] == ')'
	if closed && begin > 0 && src[begin-1] == '(' {
		return len(w) <= 2 || isRomanNumeral(w)
	}
	if !start {
		return false
	}
	if end < len(src) && (closed || src[end] == '.') && (end+1 == len(src) || src[end+1] == ' ' || src[end+1] == '\t') {
		return !t.afterVersion()
	}
	return begin == 0 && len(w) == 1 && (src[begin] == 'C' || src[begin] == 'c') && end < len(src) && src[end] == ' ' // Fortran
}

// isRemark reports whether a marker begins a comment, as each of its lines does, and no item of a list.
func isRemark(w []byte, first byte) bool {
	return string(w) == "dnl" || string(w) == "rem" || len(w) == 1 && first == 'C'
}

// afterVersion reports whether the last word kept was "version", so that what follows is no bullet.
func (t *plainText) afterVersion() bool {
	return len(t.Words) > 0 && string(t.word(len(t.Words)-1)) == "version"
}

func isRomanNumeral(w []byte) bool {
	for _, c := range w {
		if c != 'i' && c != 'v' && c != 'x' {
			return false
		}
	}
	return true
}

// respell makes equal what differs only in spelling.
func (t *plainText) respell(from int) {
	w := t.Bytes[from:]
	if len(w) < 5 {
		return
	}
	switch {
	case string(w) == "https":
		t.Bytes = t.Bytes[:len(t.Bytes)-1]
	case len(w) >= 7 && string(w[:6]) == "licenc":
		w[5] = 's'
	case len(w) >= 10 && string(w[:9]) == "sublicenc":
		w[8] = 's'
	}
}

// dropReserved takes out "all rights reserved" from the words added since first.
func (t *plainText) dropReserved(first int) {
	for i := first; i+2 < len(t.Words); i++ {
		if string(t.word(i)) == "all" && string(t.word(i+1)) == "rights" && string(t.word(i+2)) == "reserved" {
			t.Words = append(t.Words[:i], t.Words[i+3:]...)
		}
	}
}

// addRune appends a letter or digit without its accent; false when r is no part of a word.
func (t *plainText) addRune(r rune) bool {
	if r >= 0xC0 && r <= 0x17F {
		if s := folded[r-0xC0]; s != "" {
			t.Bytes = append(t.Bytes, s...)
			return true
		}
		return false
	}
	if r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return r >= 0x300 && r <= 0x36F // a combining accent belongs to the word and leaves no trace
	}
	t.Bytes = utf8.AppendRune(t.Bytes, baseLetter(r))
	return true
}

// baseLetter is the small letter without accents that stands for a letter beyond U+017F: Romanian ș is s, Greek ά is α and ς is σ, Cyrillic й is и.
func baseLetter(r rune) rune {
	switch {
	case r == 'µ':
		return 'μ'
	case r == 'ς':
		return 'σ'
	case r < 0x180:
	case r < 0x530:
		return bases[r-0x180]
	case r >= 0x1E00 && r < 0x2000:
		return decomposed(r)
	}
	return unicode.ToLower(r)
}

// bases holds the letters U+0180 to U+052F (Latin, Greek, Cyrillic) as baseLetter gives them.
var bases = func() (t [0x530 - 0x180]rune) {
	for i := range t {
		t[i] = decomposed(rune(i + 0x180))
	}
	return t
}()

func decomposed(r rune) rune {
	first, _ := utf8.DecodeRuneInString(norm.NFD.String(string(unicode.ToLower(r))))
	return first
}

// folded holds the letters U+00C0 to U+017F without their accents; × and ÷ are no letters.
var folded = func() (t [0x180 - 0xC0]string) {
	for r := rune(0xC0); r < 0x180; r++ {
		if s := norm.NFD.String(string(unicode.ToLower(r))); s[0] < utf8.RuneSelf {
			t[r-0xC0] = s[:1]
		}
	}
	for r, s := range map[rune]string{'Æ': "ae", 'æ': "ae", 'Œ': "oe", 'œ': "oe", 'ß': "ss", 'Ø': "o", 'ø': "o", 'Ð': "d",
		'ð': "d", 'Þ': "th", 'þ': "th", 'Đ': "d", 'đ': "d", 'Ł': "l", 'ł': "l", 'ı': "i"} {
		t[r-0xC0] = s
	}
	return t
}()

// Words lists the words of a text that count when licences are compared: what the generator of the embedded templates needs.
func Words(text []byte) []string {
	var t plainText
	t.add(text, 1, false)
	words := make([]string, len(t.Words))
	for i := range words {
		words[i] = string(t.word(i))
	}
	return words
}
