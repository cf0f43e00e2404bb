// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"communs/indexer"
)

// countable is what may be counted: the words of the glossary and of the seed of the lexicon, which come with the program, by their stems.
type countable struct{ french, english map[string]string }

// theCountable is made when the first question finds nothing.
var theCountable = sync.OnceValues(func() (c countable, err error) {
	l, err := baseLexicon()
	c = countable{map[string]string{}, map[string]string{}}
	put := func(to map[string]string, stem, word string) {
		old, known := to[stem]
		letters := !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
		if letters && utf8.RuneCountInString(word) >= shortestCounted && (!known || len(word) < len(old) || len(word) == len(old) && word < old) {
			to[stem] = word
		}
	}
	for key, e := range l.exact {
		put(c.french, frenchStems(key), key)
		for _, o := range e.options {
			for word := range strings.FieldsSeq(strings.ToLower(o.text)) {
				if terms := indexer.QueryTerms(word).Parts; len(terms) == 1 {
					put(c.english, terms[0], word)
				}
			}
		}
	}
	return c, err
})

// shortestCounted is how many letters a word has that is counted: shorter ones say nothing.
const shortestCounted = 3

// word gives the word of the lexicon that a typed one is a form of.
func (c countable) word(typed string) (string, bool) {
	if word, ok := c.french[frenchStems(frenchKey(typed))]; ok {
		return word, true
	}
	terms := indexer.QueryTerms(strings.ToLower(typed)).Parts
	if len(terms) != 1 {
		return "", false
	}
	word, ok := c.english[terms[0]]
	return word, ok
}

// Understood gives what may be counted of a question that found nothing: words of the lexicon that comes with the program, as they stand
// there. It holds no word that only the asker used, no exact text, no regular expression and no filter; what catalogues of the index add to
// the lexicon does not count, as those hold names.
func Understood(question string) (list []string) {
	q, err := Parse(question)
	if err != nil || q.root == nil {
		return nil
	}
	c, err := theCountable()
	if err != nil {
		return nil
	}
	leaves(q.root, false, func(n node, negated bool) {
		if typed, ok := n.(*wordNode); ok && !negated {
			if word, known := c.word(typed.text); known && !slices.Contains(list, word) {
				list = append(list, word)
			}
		}
	})
	return list
}
