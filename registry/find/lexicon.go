// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed data/words.txt
var wordsText string

//go:embed data/everyday.txt
var everydayText string

// lexicon holds what is known of the words of questions, see data/words.txt and data/everyday.txt.
type lexicon struct {
	drop     map[string]bool
	soft     map[string]bool
	vendor   map[string]bool
	same     map[string][]string // other words for a word
	phrases  map[string]meaning  // by words joined with spaces
	longest  int                 // words in the longest phrase
	everyday map[string][]string // phrases for the id of a need
}

// meaning says what a phrase of a question stands for, apart from what is looked for.
type meaning struct {
	instead      bool // what follows is to be replaced
	near         bool // a place follows
	facet, value string
}

// theLexicon is read once, when the first finder is made.
var theLexicon = sync.OnceValues(func() (*lexicon, error) {
	l := &lexicon{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string][]string{}, map[string]meaning{}, 0, map[string][]string{}}
	if err := eachLine(wordsText, l.addWords); err != nil {
		return nil, fmt.Errorf("read words.txt: %w", err)
	}
	if err := eachLine(everydayText, l.addEveryday); err != nil {
		return nil, fmt.Errorf("read everyday.txt: %w", err)
	}
	return l, nil
})

// eachLine calls f for every line that says something.
func eachLine(text string, f func(line string) error) error {
	for n, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := f(line); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return nil
}

// addWords reads a line of words.txt.
func (l *lexicon) addWords(line string) error {
	kind, rest, _ := strings.Cut(line, " ")
	switch kind {
	case "drop":
		l.addTo(l.drop, rest)
	case "soft":
		l.addTo(l.soft, rest)
	case "vendor":
		l.addTo(l.vendor, rest)
	case "instead":
		l.addPhrases(rest, meaning{instead: true})
	case "near":
		l.addPhrases(rest, meaning{near: true})
	case "filter":
		what, phrases, _ := strings.Cut(rest, " ")
		facet, value, ok := strings.Cut(what, "=")
		if !ok {
			return fmt.Errorf("filter %q has no value", what)
		}
		l.addPhrases(phrases, meaning{facet: facet, value: value})
	case "same":
		words := strings.Fields(rest)
		for i, w := range words {
			words[i] = plainJoined(w)
		}
		for _, w := range words {
			for _, other := range words {
				if other != w {
					l.same[w] = append(l.same[w], other)
				}
			}
		}
	default:
		return fmt.Errorf("%q is not a kind of line", kind)
	}
	return nil
}

func (l *lexicon) addTo(set map[string]bool, words string) {
	for _, t := range tokens(words) {
		set[t.plain] = true
	}
}

// addPhrases reads phrases with | between them, or single words with spaces.
func (l *lexicon) addPhrases(text string, m meaning) {
	phrases := strings.Split(text, "|")
	if len(phrases) == 1 {
		phrases = strings.Fields(text)
	}
	for _, p := range phrases {
		words := tokens(p)
		l.phrases[joinPlain(words)] = m
		l.longest = max(l.longest, len(words))
	}
}

// addEveryday reads a line of everyday.txt.
func (l *lexicon) addEveryday(line string) error {
	id, phrases, ok := strings.Cut(line, "=")
	if !ok {
		return fmt.Errorf("no = in it")
	}
	for p := range strings.SplitSeq(phrases, ",") {
		id := strings.TrimSpace(id)
		l.everyday[id] = append(l.everyday[id], strings.TrimSpace(p))
	}
	return nil
}

// joinPlain gives words with a space between two.
func joinPlain(words []token) string {
	parts := make([]string, len(words))
	for i, t := range words {
		parts[i] = t.plain
	}
	return strings.Join(parts, " ")
}

// plainJoined gives a word without its hyphens.
func plainJoined(word string) string {
	var b strings.Builder
	for _, t := range tokens(word) {
		b.WriteString(t.plain)
	}
	return b.String()
}
