// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"slices"
	"unicode/utf8"
)

// TermFreq is one word of a block and how often it stands there.
type TermFreq struct {
	Term string
	Freq int
}

// Tokenizer finds the words of code and prose. It remembers words that it has met, so keep one per goroutine; it is not
// safe for concurrent use.
//
// An identifier gives its parts and, when there are several, itself in one piece: parseHTTPHeader2 gives pars, http,
// header, 2 and parsehttpheader2; a part behind a single letter also gives both in one: OAuth2Token gives oauth beside o, auth,
// 2, token and oauth2token. Words are in lower case, without accents, and stemmed. Left out are words of more
// than 64 bytes, numbers of more than 20 digits, and what looks like a checksum or encoded data.
type Tokenizer struct {
	analyzer analyzer
	known    wordTable         // a word as it stands in the text → the numbers of its terms
	ids      map[string]uint32 // a term → its number
	fresh    []uint32          // scratch
	terms    []string
	counts   []uint32 // of the current block, by number
	touched  []uint32 // numbers with a count
	length   int
	limit    int    // of known words
	decoded  []byte // scratch
	result   []TermFreq
}

// maxKnown bounds what a tokenizer remembers, to some 20 MB; then it starts afresh.
const maxKnown = 1 << 17

// NewTokenizer gives an empty tokenizer.
func NewTokenizer() *Tokenizer {
	t := &Tokenizer{limit: maxKnown, analyzer: analyzer{stems: newKnownStems()}}
	t.forget()
	return t
}

func (t *Tokenizer) forget() {
	t.known = newWordTable()
	t.ids = make(map[string]uint32, 1<<12)
	t.terms, t.counts = t.terms[:0:0], t.counts[:0]
}

// Classes of bytes in words. Bytes of other scripts than ASCII are sorted out by the analyzer.
const (
	wLower = 1 << iota
	wUpper
	wDigit
	wJoin // _
	wHigh
	wBlob // + / =, which stand in encoded data with letters and digits
	wWord = wLower | wUpper | wDigit | wJoin | wHigh
)

var wordClass = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = wLower
		case c >= 'A' && c <= 'Z':
			t[c] = wUpper
		case c >= '0' && c <= '9':
			t[c] = wDigit
		case c == '_':
			t[c] = wJoin
		case c >= utf8.RuneSelf:
			t[c] = wHigh
		case c == '+' || c == '/' || c == '=':
			t[c] = wBlob
		}
	}
	return t
}()

// minBlob is the length from which a run of letters, digits, + and / may be encoded data.
const minBlob = 40

// Add counts the words of one more piece of a block. With latin1 (FlagLatin1) text is read as Windows-1252.
func (t *Tokenizer) Add(text []byte, latin1 bool) {
	if latin1 {
		t.decoded = DecodeLatin1(t.decoded[:0], text)
		text = t.decoded
	}
	clear := 0 // up to here text was looked at and is no encoded data
	for i := 0; i < len(text); {
		if wordClass[text[i]]&wWord == 0 {
			i++
			continue
		}
		if i >= clear {
			end := i
			for end < len(text) && wordClass[text[end]]&(wWord|wBlob) != 0 {
				end++
			}
			clear = end
			if end-i >= minBlob && looksEncoded(text[i:end]) {
				i = end
				continue
			}
		}
		start := i
		for i < len(text) {
			if wordClass[text[i]]&wWord != 0 {
				i++
				continue
			}
			if text[i] == '-' && i+2 < len(text) && joinsDash(text[start:i]) && wordClass[text[i+1]]&(wLower|wUpper) != 0 &&
				wordClass[text[i+2]]&(wLower|wUpper|wDigit) != 0 {
				i++
				continue
			}
			break
		}
		t.word(text[start:i])
	}
}

// joinsDash tells whether what stands before a dash may be the first part of a word like content-type; i-1 is none.
func joinsDash(before []byte) bool {
	n := len(before)
	return n >= 2 && wordClass[before[n-1]]&(wLower|wUpper|wDigit) != 0 && wordClass[before[n-2]]&(wLower|wUpper) != 0
}

// word counts the terms of one word.
func (t *Tokenizer) word(w []byte) {
	hash := t.known.hash(w)
	ids, ok := t.known.find(w, hash)
	if !ok {
		ids = t.learn(w)
		t.known.add(w, hash, ids)
	}
	for _, id := range ids {
		if t.counts[id] == 0 {
			t.touched = append(t.touched, id)
		}
		t.counts[id]++
	}
	t.length += len(ids)
}

// learn gives the numbers of a new word's terms.
func (t *Tokenizer) learn(w []byte) []uint32 {
	t.fresh = t.fresh[:0]
	t.analyzer.analyze(w, func(term []byte, _ termSort) {
		id, ok := t.ids[string(term)]
		if !ok {
			id = uint32(len(t.terms))
			s := string(term)
			t.ids[s] = id
			t.terms = append(t.terms, s)
			t.counts = append(t.counts, 0)
		}
		t.fresh = append(t.fresh, id)
	})
	return t.fresh
}

// Terms gives the words added since the last call, each once, in no given order, and their total number with repeats;
// then it starts afresh. The slice is good until the next call; the strings stay good.
func (t *Tokenizer) Terms() (terms []TermFreq, length int) {
	terms = t.result[:0]
	for _, id := range t.touched {
		terms = append(terms, TermFreq{t.terms[id], int(t.counts[id])})
		t.counts[id] = 0
	}
	length = t.length
	t.result, t.touched, t.length = terms, t.touched[:0], 0
	if t.known.taken > t.limit || len(t.terms) > 2*t.limit {
		t.forget()
	}
	return terms, length
}

// Tokenize is Add and Terms for a block whose text is in one piece.
func (t *Tokenizer) Tokenize(text []byte, latin1 bool) (terms []TermFreq, length int) {
	t.Add(text, latin1)
	return t.Terms()
}

// Terms is what a word of a query asks of a block: all Parts, which are the terms that Tokenizer gives for the pieces
// of the word; Whole is the term of the same word in one piece ("" when there is one part): a block that has it has the
// identifier as it was typed, in whatever style. A word that begins with a letter by itself (OAuth, IPv6, xAxis) asks for it
// and the next part in one. A word that Tokenizer leaves out (a checksum, say) has no parts.
type Terms struct {
	Parts []string
	Whole string
}

// QueryTerms analyses one word of a query as Tokenizer does the text of blocks.
func QueryTerms(word string) Terms {
	var out Terms
	text := []byte(word)
	if len(text) >= minBlob && looksEncoded(text) {
		return out
	}
	var a analyzer
	wholes := 0
	a.analyze(text, func(term []byte, sort termSort) {
		switch {
		case sort == termJoined && a.identifiers == 1 && len(out.Parts) == 2:
			out.Parts = append(out.Parts[:0], string(term))
		case sort == termJoined:
		case sort == termWhole:
			out.Whole = string(term)
			wholes++
		case !slices.Contains(out.Parts, string(term)):
			out.Parts = append(out.Parts, string(term))
		}
	})
	if wholes > 1 || a.identifiers > 1 {
		out.Whole = ""
	}
	return out
}
