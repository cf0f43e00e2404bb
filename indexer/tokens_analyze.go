// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"hash/maphash"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

const (
	maxTerm   = 64 // bytes
	maxDigits = 20
)

// An analyzer turns a word as it stands in a text into terms. The zero value is ready.
type analyzer struct {
	identifiers int // in the last word
	env         *snowballstem.Env
	stems       *knownStems // may be nil
	scratch     []byte
	whole       []byte
}

// termSort says what of an identifier a term is.
type termSort int

const (
	termPart   termSort = iota
	termJoined          // the part before, a single letter, and this one: oauth of OAuth2Token, ipv of IPv6
	termWhole           // the identifier in one piece
)

// analyze calls emit for each term of a word: the parts in their order, behind a part that follows a single letter both
// in one, then the identifier in one piece when it has several parts. A word of several identifiers (a«b) gives the terms
// of each. The bytes are good during the call only.
func (a *analyzer) analyze(word []byte, emit func(term []byte, sort termSort)) {
	a.identifiers = 0
	for len(word) > 0 {
		n := identifierEnd(word)
		if n == 0 {
			_, size := utf8.DecodeRune(word)
			word = word[size:]
			continue
		}
		a.identifier(word[:n], emit)
		word = word[n:]
	}
}

// identifierEnd gives the length of the identifier at the start of a word: letters, digits, marks, _ and -.
func identifierEnd(word []byte) int {
	i := 0
	for i < len(word) {
		c := word[i]
		if c < utf8.RuneSelf {
			if wordClass[c]&(wLower|wUpper|wDigit|wJoin) == 0 && !(c == '-' && i > 0) {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(word[i:])
		if r == utf8.RuneError && n <= 1 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) {
			break
		}
		i += n
	}
	return i
}

// identifier emits the terms of one identifier.
func (a *analyzer) identifier(id []byte, emit func(term []byte, sort termSort)) {
	for len(id) > 0 && (id[0] == '_' || id[0] == '-') {
		id = id[1:]
	}
	for len(id) > 0 && (id[len(id)-1] == '_' || id[len(id)-1] == '-') {
		id = id[:len(id)-1]
	}
	if len(id) == 0 || looksHashed(id) {
		return
	}
	a.identifiers++
	if isHexNumber(id) {
		if len(id) <= maxDigits {
			a.term(id, termPart, emit)
		}
		return
	}
	parts := 0
	letter, joined := byte(0), 0 // the part before, when it is a letter by itself; how many parts were joined with one
	a.whole = a.whole[:0]
	for rest := id; len(rest) > 0; {
		n := partEnd(rest)
		part := rest[:n]
		rest = rest[n:]
		if part[0] == '-' {
			letter = 0 // e-mail in a text is two words, see joinsDash
			continue
		} else if part[0] == '_' {
			continue
		}
		parts++
		if len(a.whole) <= maxTerm {
			a.whole = plain(a.whole, part)
		}
		a.term(part, termPart, emit)
		if letter != 0 && isWord(part) && len(part) < maxTerm {
			a.term(append([]byte{letter}, part...), termJoined, emit)
			joined++
		}
		if letter = 0; len(part) == 1 && wordClass[part[0]]&(wLower|wUpper) != 0 {
			letter = part[0]
		}
	}
	if parts > 1 && !(parts == 2 && joined == 1) && len(a.whole) <= maxTerm && !isIdeograph(id) {
		if isDigits(a.whole) && len(a.whole) > maxDigits {
			return
		}
		a.scratch = append(a.scratch[:0], a.whole...)
		emit(a.stem(a.scratch), termWhole)
	}
}

// isWord tells two letters or more from single ones and from digits.
func isWord(part []byte) bool {
	r, n := utf8.DecodeRune(part)
	return n < len(part) && runeClass(r) != partDigit
}

// term emits one part, or two in one.
func (a *analyzer) term(part []byte, sort termSort, emit func(term []byte, sort termSort)) {
	if len(part) > 2*maxTerm {
		return
	}
	a.scratch = plain(a.scratch[:0], part)
	if len(a.scratch) == 0 || len(a.scratch) > maxTerm || len(a.scratch) > maxDigits && isDigits(a.scratch) {
		return
	}
	emit(a.stem(a.scratch), sort)
}

// Classes of runes where identifiers are split.
const (
	partSeparator = iota
	partLower
	partUpper
	partDigit
	partIdeograph // each is a word
	partMark      // goes with what stands before
)

func runeClass(r rune) int {
	if r < utf8.RuneSelf {
		switch wordClass[r] {
		case wLower:
			return partLower
		case wUpper:
			return partUpper
		case wDigit:
			return partDigit
		}
		return partSeparator
	}
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return partIdeograph
	case unicode.IsUpper(r):
		return partUpper
	case unicode.IsDigit(r):
		return partDigit
	case unicode.Is(unicode.M, r):
		return partMark
	}
	return partLower
}

func isIdeograph(id []byte) bool {
	r, _ := utf8.DecodeRune(id)
	return runeClass(r) == partIdeograph
}

// partEnd gives the length of the first part of an identifier: parse|HTTP|Header|2.
func partEnd(id []byte) int {
	r, i := utf8.DecodeRune(id)
	class := runeClass(r)
	if class == partSeparator || class == partIdeograph {
		return i
	}
	upperStart := i // where the last upper-case letter stands in a run of them
	uppers := 0
	if class == partUpper {
		uppers, upperStart = 1, 0
	}
	for i < len(id) {
		r, n := utf8.DecodeRune(id[i:])
		next := runeClass(r)
		switch {
		case next == partMark:
		case next == class && class == partUpper:
			uppers++
			upperStart = i
		case next == class:
		case class == partUpper && next == partLower && uppers == 1:
			class = partLower
		case class == partUpper && next == partLower && isPlural(id[i:]):
			return i + 1 // URLs, IDs
		case class == partUpper && next == partLower:
			return upperStart
		default:
			return i
		}
		i += n
	}
	return i
}

// isPlural tells the s of URLs from the start of a word.
func isPlural(rest []byte) bool {
	if rest[0] != 's' {
		return false
	}
	if len(rest) == 1 {
		return true
	}
	r, _ := utf8.DecodeRune(rest[1:])
	c := runeClass(r)
	return c != partLower && c != partMark
}

func isDigits(w []byte) bool {
	for _, c := range w {
		if wordClass[c] != wDigit {
			return false
		}
	}
	return true
}

func isHexNumber(w []byte) bool {
	if len(w) < 3 || w[0] != '0' || w[1]|0x20 != 'x' {
		return false
	}
	for _, c := range w[2:] {
		if !isHex(c) && c != '_' {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'f' }

// looksHashed tells checksums: eight or more hexadecimal digits in which letters and digits change often, or twenty or
// more letters and digits that change class more than once in four.
func looksHashed(id []byte) bool {
	if len(id) < 8 {
		return false
	}
	changes, hex := 0, true
	for i, c := range id {
		hex = hex && isHex(c)
		if i > 0 && wordClass[c] != wordClass[id[i-1]] {
			changes++
		}
		if wordClass[c]&(wHigh|wJoin) != 0 || c == '-' {
			return false
		}
	}
	return hex && changes >= 3 || len(id) >= 20 && changes > len(id)/4
}

// looksEncoded tells base64 and the like: long, one run of letters, digits, + and /, changing class more than once in
// four characters.
func looksEncoded(run []byte) bool {
	changes := 0
	for i := 1; i < len(run); i++ {
		if wordClass[run[i]] != wordClass[run[i-1]] {
			changes++
		}
		if wordClass[run[i]]&(wHigh|wJoin) != 0 {
			return false
		}
	}
	return changes > len(run)/4
}

// stem reduces an English word to its stem. Words of other scripts, and with digits, stay.
func (a *analyzer) stem(word []byte) []byte {
	if len(word) < 3 || !isASCIILetters(word) {
		return word
	}
	var known *knownStem
	if a.stems != nil && len(word) <= maxKnownStem {
		known = a.stems.at(word)
		if string(known.word[:known.wordLen]) == string(word) {
			return append(word[:0], known.stem[:known.stemLen]...)
		}
	}
	if a.env == nil {
		a.env = snowballstem.NewEnv("")
	}
	a.env.SetCurrent(string(word))
	english.Stem(a.env)
	stem := a.env.Current()
	if known != nil && len(stem) <= maxKnownStem {
		known.wordLen, known.stemLen = uint8(copy(known.word[:], word)), uint8(copy(known.stem[:], stem))
	}
	return append(word[:0], stem...)
}

// knownStems remembers the stems of words met not long ago: identifiers are made of few words, in ever new ways.
type knownStems struct {
	seed  maphash.Seed
	stems [1 << knownStemBits]knownStem
}

const (
	knownStemBits = 13
	maxKnownStem  = 15
)

type knownStem struct {
	word, stem       [maxKnownStem]byte
	wordLen, stemLen uint8
}

func newKnownStems() *knownStems { return &knownStems{seed: maphash.MakeSeed()} }

// at is where the stem of a word is remembered, or that of another.
func (k *knownStems) at(word []byte) *knownStem {
	return &k.stems[maphash.Bytes(k.seed, word)>>(64-knownStemBits)]
}
