// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"slices"
	"strings"
)

// vocabulary is every word that can be found, by which questions are completed and corrected.
type vocabulary struct {
	words []word          // by plain
	plain map[string]bool // words as they are written, without accents
	stems [langs]map[string]bool
}

// word is one of them.
type word struct {
	plain, text string // text has its accents
	count       int    // in how many software
	name        bool   // of a software, or of a need: comes first
	software    bool   // of a software
}

// newVocabulary collects the words of the index, of the needs and of the names of software.
func newVocabulary(x *textIndex, names []entry, needs *needWords, l *lexicon) *vocabulary {
	v := &vocabulary{plain: map[string]bool{}}
	byPlain := map[string]word{}
	take := func(w word) {
		old := byPlain[w.plain]
		if w.count < old.count || w.count == old.count && old.text != "" && old.text < w.text {
			w.text, w.count = old.text, old.count
		}
		w.name, w.software = w.name || old.name, w.software || old.software
		byPlain[w.plain] = w
	}
	for text, n := range x.count {
		take(word{plain: fold(text), text: text, count: n})
	}
	for i := range names {
		for _, t := range names[i].name {
			take(word{t.plain, t.text, 1, true, true})
		}
	}
	for plain, text := range needs.written {
		take(word{plain, text, 1, true, false})
	}
	for i := range langs {
		v.stems[i] = make(map[string]bool, len(byPlain))
	}
	for plain, w := range byPlain {
		v.plain[plain] = true
		for i := range langs {
			v.stems[i][x.stem(i, plain)] = true
		}
		if !l.drop[plain] {
			v.words = append(v.words, w)
		}
	}
	slices.SortFunc(v.words, func(a, b word) int { return cmp.Compare(a.plain, b.plain) })
	return v
}

// knows reports whether a word can be found as it is, in any of its forms.
func (v *vocabulary) knows(plain string) bool {
	if v.plain[plain] {
		return true
	}
	for l := range langs {
		if v.stems[l][l.stem(plain)] {
			return true
		}
	}
	return false
}

// What a question's word must have so that others are tried for it.
const (
	shortestPrefix = 3 // letters
	longestRest    = 6 // letters that may be missing at its end
	shortestTypo   = 5
	mostMeant      = 3 // words that are tried for one
)

// meant gives the words that a typed one that nobody knows may stand for, the most likely first: what it is the start of, or what differs by
// one letter.
func (v *vocabulary) meant(plain string) []word {
	var found []word
	letters := []rune(plain)
	if len(letters) >= shortestPrefix {
		found = v.startingWith(plain)
	}
	if len(found) == 0 && len(letters) >= shortestTypo {
		for _, w := range v.words {
			if len(w.plain) >= len(plain)-2 && len(w.plain) <= len(plain)+2 && oneApart(letters, []rune(w.plain)) {
				found = append(found, w)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b word) int {
		if a.name != b.name {
			if a.name {
				return -1
			}
			return 1
		}
		sameStart := func(w word) int {
			if w.plain[0] == plain[0] {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(sameStart(a), sameStart(b)), cmp.Compare(b.count, a.count), cmp.Compare(len(a.plain), len(b.plain)), cmp.Compare(a.plain, b.plain))
	})
	return found[:min(len(found), mostMeant)]
}

// startingWith gives the words that a typed one is the start of.
func (v *vocabulary) startingWith(plain string) (found []word) {
	at, _ := slices.BinarySearchFunc(v.words, plain, func(w word, p string) int { return cmp.Compare(w.plain, p) })
	for ; at < len(v.words) && strings.HasPrefix(v.words[at].plain, plain); at++ {
		if w := v.words[at]; len(w.plain)-len(plain) <= min(longestRest, len(plain)-1) {
			found = append(found, w)
		}
	}
	return found
}

// split gives the two known words that a typed one is made of: visioconférence where only visio conférence is written.
func (v *vocabulary) split(plain string) (a, b string, ok bool) {
	for i := 4; i <= len(plain)-4; i++ {
		if v.plain[plain[:i]] && v.knows(plain[i:]) {
			return plain[:i], plain[i:], true
		}
	}
	return "", "", false
}

// oneApart reports whether two words differ by one letter that is missing, more, other, or by two neighbours exchanged.
func oneApart(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return slices.Equal(a[i:], b[i+1:])
	case i == len(a):
		return true // equal
	case slices.Equal(a[i+1:], b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
