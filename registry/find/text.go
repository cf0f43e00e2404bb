// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"

	"communs/registry"
)

// token is a word of a text or a question.
type token struct {
	text  string // lower case, with its accents
	plain string // the same without accents
	glued bool   // a hyphen stands between it and the token before
}

// maxToken is how many bytes of a word are looked at: no word is longer, and what is longer is no word.
const maxToken = 64

// tokens cuts a text into words. Elided articles and English possessives are left out: l’école is école, board’s is board.
func tokens(text string) []token {
	var found []token
	glued := false
	for text != "" {
		i := strings.IndexFunc(text, inWord)
		if i < 0 {
			break
		}
		end := strings.IndexFunc(text[i:], func(r rune) bool { return !inWord(r) && r != '\'' && r != '’' })
		if end < 0 {
			end = len(text) - i
		}
		glued = len(found) > 0 && i > 0 && isHyphen(text[:i])
		word := strings.Trim(text[i:i+end], "'’")
		text = text[i+end:]
		for n, part := range unelided(strings.ToLower(word)) {
			if len(part) <= maxToken {
				found = append(found, token{part, fold(part), glued && n == 0})
			}
		}
	}
	return found
}

// inWord reports whether a rune belongs to a word. Combining marks do: é may be written as two runes.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func isHyphen(between string) bool {
	return between == "-" || between == "‐" || between == "‑"
}

// unelided gives what is left of a word with apostrophes when the elided article, or the possessive s, is taken away.
func unelided(word string) []string {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '\'' || r == '’' })
	if len(parts) > 1 && isElided(parts[0]) {
		parts = parts[1:]
	}
	if n := len(parts); n > 1 && parts[n-1] == "s" {
		parts = parts[:n-1]
	}
	return parts
}

// isElided reports whether a word stands before an apostrophe in place of le, de, que…
func isElided(s string) bool {
	switch s {
	case "l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu":
		return true
	}
	return false
}

// fold gives a word in lower case without accents.
func fold(word string) string {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return registry.Fold(word)
		}
	}
	return strings.ToLower(word)
}

// lang is a language that texts are stemmed in.
type lang int

const (
	langFR lang = iota
	langEN
	langs // how many
)

// stem gives what the forms of a word have in common in a language. Accents are folded first, since people leave them out.
func (l lang) stem(plain string) string {
	if len(plain) < 4 {
		return plain
	}
	env := snowballstem.NewEnv(plain)
	if l == langFR {
		french.Stem(env)
	} else {
		english.Stem(env)
	}
	return strings.ToLower(env.Current()) // the French stemmer marks some vowels with capitals
}

// stems is a word's stem in every language.
func stems(plain string) (s [langs]string) {
	for l := range langs {
		s[l] = l.stem(plain)
	}
	return s
}

// spelt are the words of a text as a field holds them, ready for Bleve: each, and those that a hyphen joins also as one
// (visio-conférence is found by visioconférence).
type spelt analysis.TokenStream

// Analyze gives the words. The text was read before: several fields are made of it.
func (s spelt) Analyze([]byte) analysis.TokenStream { return analysis.TokenStream(s) }

// spell gives words in the way that a field wants them.
func spell(words []token, as func(token) string) spelt {
	words = joinedToo(words)
	stream, room := make(spelt, len(words)), make([]analysis.Token, len(words))
	for i, t := range words {
		room[i] = analysis.Token{Term: []byte(as(t)), Position: i + 1, Type: analysis.AlphaNumeric}
		stream[i] = &room[i]
	}
	return stream
}

// joinedToo gives words, and after two with a hyphen between them both as one.
func joinedToo(words []token) []token {
	all := make([]token, 0, len(words)+8)
	for i, t := range words {
		all = append(all, t)
		if t.glued && i > 0 {
			all = append(all, token{words[i-1].text + t.text, words[i-1].plain + t.plain, false})
		}
	}
	return all
}

// asWritten keeps words as they are, accents folded: for names.
func asWritten(t token) string { return t.plain }
