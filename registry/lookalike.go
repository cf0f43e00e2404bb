// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"strings"
	"sync"
	"unicode"
)

// Names that look like others. After Unicode's technical standard 39, in a small part: letters of Cyrillic and Greek that look like Latin
// ones, digits that look like letters. A word that mixes these scripts is written to deceive; a name whose skeleton is that of
// another is either the same or wants to be taken for it.

// lookalikes holds, for each small Cyrillic or Greek letter, the Latin one that it looks like. It is never changed.
var lookalikes = sync.OnceValue(func() map[rune]rune {
	table := map[rune]rune{}
	for _, pair := range strings.Fields("аa вb гr еe ёe зz іi їi јj кk мm нh оo пn рp сc тt уy хx ѕs һh ԁd ԛq ԝw ьb ѵv ӏl " +
		"αa βb γy εe ζz ηn ιi κk μm νv οo ρp σo τt υu χx ωw ϲc ϳj") {
		r := []rune(pair)
		table[r[0]] = r[1]
	}
	return table
})

func latinLike(r rune) (rune, bool) {
	if r < 0x80 {
		return 0, false
	}
	latin, ok := lookalikes()[unicode.ToLower(r)]
	return latin, ok
}

// Skeleton is what a name looks like: two that share it are easily taken for each other.
func Skeleton(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '0':
			return 'o'
		case '1', 'i', '|':
			return 'l'
		case '5':
			return 's'
		case ' ':
			return -1
		}
		return r
	}, strings.ReplaceAll(Fold(strings.Map(func(r rune) rune {
		if latin, ok := latinLike(r); ok {
			return latin
		}
		return r
	}, name)), "rn", "m"))
}

// mixed reports whether a word of the text takes letters from more than one of the scripts that look alike, and gives the word.
func mixed(text string) (word string, is bool) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		scripts := 0
		for _, s := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee} {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(s, r) }) {
				scripts++
			}
		}
		if scripts > 1 {
			return word, true
		}
	}
	return "", false
}

// disguised reports whether a label is written with Cyrillic or Greek letters only, and with none that tells it from Latin at a glance:
// “аррӏе”. “Москва” is not, though its letters have Latin likes.
func disguised(label string) bool {
	foreign := false
	for _, r := range label {
		if !unicode.IsLetter(r) {
			continue
		}
		if !strings.ContainsRune("асԁеһіјӏорԛѕԝхуѵαικνρυωηοτ", unicode.ToLower(r)) {
			return false
		}
		foreign = true
	}
	return foreign
}
