// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// firstSentence gives the first sentence of a text, cut at a word when it has more characters than most.
func firstSentence(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	for i, r := range text {
		if r != '.' && r != '!' && r != '?' || i < 15 {
			continue
		}
		rest := text[i+1:]
		if rest == "" {
			break
		}
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " "))
		if rest[0] == ' ' && (unicode.IsUpper(next) || !unicode.IsLetter(next)) && !abbreviated(text[:i]) {
			text = text[:i+1]
			break
		}
	}
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := string([]rune(text)[:most-1])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:—–-") + "…"
}

// abbreviated reports whether a text ends in an abbreviation or an initial, so that the point behind it ends no sentence.
func abbreviated(text string) bool {
	word := text[strings.LastIndexAny(text, " (")+1:]
	switch strings.ToLower(word) {
	case "e.g", "i.e", "p.ex", "ex", "etc", "vs", "cf", "mr", "mme", "dr", "st", "no", "inc", "ltd", "art":
		return true
	}
	return utf8.RuneCountInString(word) == 1
}

var (
	frenchWords  = strings.Fields("le la les des du et est une pour dans avec sur qui ou par ce cette vos votre aux il son ses permet logiciel libre")
	englishWords = strings.Fields("the of and is a an for in with on that or by this your to it its you from are be can software free")
)

// guessLanguage tells French from English by the small words; English when in doubt.
func guessLanguage(text string) string {
	small := map[string]int{}
	for _, w := range frenchWords {
		small[w]++
	}
	for _, w := range englishWords {
		small[w]--
	}
	french := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		french += small[w]
	}
	if french > 0 {
		return "fr"
	}
	return "en"
}
