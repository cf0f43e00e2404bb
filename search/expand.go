// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"communs/indexer"
)

// Added is a word that was looked for beside one of the question.
type Added struct {
	For    string      `json:"for"`            // what was typed
	Word   string      `json:"word"`           // what was added
	Weight float64     `json:"weight"`         // what the added word counts, where the typed one counts 1
	Source string      `json:"source"`         // glossary, seed, catalogues, cognate
	From   []PairPlace `json:"from,omitempty"` // of catalogues: where the pair stands
}

// PairPlace is a message catalogue that has a pair of words.
type PairPlace struct {
	Repo string `json:"repo"`
	Path string `json:"path"`
}

// expansion says how the words of a question are looked for.
type expansion struct {
	groups map[*wordNode]*synonyms // by the first word of what is translated
	silent map[*wordNode]bool      // words that go with another, or that say nothing
	added  []Added
}

// synonyms is one word or phrase of the question with what else is looked for in its place.
type synonyms struct {
	said  string
	typed indexer.Terms
	words []alternative
	names []alternative // what is looked for in names and paths: words, and those with the stem of what was typed
}

// alternative is an English word or phrase, or another form of what was typed. Its score is multiplied by weight.
type alternative struct {
	text   string
	terms  indexer.Terms
	weight float64
	form   bool
}

// readLexicon is the lexicon with what the catalogues of this generation add.
func (g *generation) readLexicon() (*lexicon, error) {
	l, err := baseLexicon()
	var usable func(o *indexer.Occurrences, row uint32) bool
	if g.public { // what code says that may not be shown must not be told by its words either
		usable = func(o *indexer.Occurrences, row uint32) bool {
			return g.mayShowFile(indexer.Place{Repo: uint32(slices.Index(g.x.Repos(), o)), Row: row})
		}
	}
	return l.with(g.x.Pairs(usable)), err
}

// expand translates a question for this generation.
func (g *generation) expand(q *Parsed) *expansion {
	l, err := g.lexicon()
	if err != nil {
		g.faults.add(err)
	}
	return expand(q, l, func(term string) int {
		n, _ := g.count(term) // what cannot be read is named when the question is answered
		return n
	})
}

// How much translations count.
const (
	bestWeight  = 0.95 // of the most probable one
	leastWeight = 0.3
)

// asked is one word of the question as the lexicon sees it.
type asked struct {
	node    *wordNode
	key     string // empty when the word says nothing in French
	entry   *lexiconEntry
	exact   bool
	english bool // it may be an English word, or an identifier
	sure    bool // it is French whatever stands beside it
	accents bool // it was typed with some
	bends   bool // it is looked for in its other forms too
}

// expander translates one question.
type expander struct {
	lexicon *lexicon
	count   func(term string) int // blocks that have a term
	refused map[string]bool
	french  bool // the question as a whole
	out     *expansion
}

// expand translates the French words of a question. It gives nil when there is nothing to translate, so that questions
// in English are answered as if there were no lexicon.
func expand(q *Parsed, l *lexicon, count func(term string) int) *expansion {
	if q.asTyped || q.root == nil {
		return nil
	}
	x := &expander{lexicon: l, count: count, refused: map[string]bool{}}
	for _, word := range q.refused() {
		x.refused[foldAccents(word)] = true
	}
	if !x.judge(q.root) {
		return nil
	}
	x.out = &expansion{groups: map[*wordNode]*synonyms{}, silent: map[*wordNode]bool{}}
	x.walk(q.root)
	if len(x.out.groups)+len(x.out.silent) == 0 {
		return nil
	}
	return x.out
}

// judge decides whether the question is French. It is false when no word of it can be.
func (x *expander) judge(root node) bool {
	french, english, some := 0.0, 0.0, false
	leaves(root, false, func(n node, negated bool) {
		word, ok := n.(*wordNode)
		if !ok || negated {
			return
		}
		text := foldAccents(word.text)
		first, _, elided := strings.Cut(strings.ReplaceAll(text, "’", "'"), "'")
		a := x.ask(word)
		some = some || a.bends
		switch {
		case englishOnly[text]:
			english++
		case elided && elisions[first], text != strings.ToLower(word.text) && a.entry != nil:
			french, some = french+1.5, true
		case frenchOnly[text], a.sure:
			french, some = french+1, true
		case oftenFrench[text], a.bends:
			french += 0.5
		case a.english && a.entry == nil:
			english += 0.7
		}
	})
	x.french = french >= 1 && french > english
	return some
}

// elisions are what stands before the apostrophe of l'adresse.
var elisions = wordSet("c d j jusqu l lorsqu m n puisqu qu s t")

// ask looks a word up.
func (x *expander) ask(n *wordNode) asked {
	a := asked{node: n}
	if isIdentifier(n.text) {
		a.key, a.english = n.text, true
		return a
	}
	if a.key = frenchKey(n.text); a.key == "" {
		return a
	}
	a.accents = foldAccents(n.text) != strings.ToLower(n.text)
	if a.entry, a.exact = x.lexicon.find(a.key); a.entry == nil && a.accents {
		a.entry = x.lexicon.findForm(a.key)
	}
	a.english = alsoEnglish[a.key]
	for _, term := range indexer.QueryTerms(a.key).Parts {
		a.english = a.english || x.lexicon.english[term]
	}
	if a.bends = a.accents; a.entry == nil {
		return a
	}
	a.english = a.english || a.entry.english
	a.bends = a.bends || !a.english || a.exact && a.entry.cognate(a.key)
	a.sure = a.accents || !a.english && !x.common(&a)
	return a
}

// common tells whether code has the word itself more often than what it would be translated by: then it is a word of code.
func (x *expander) common(a *asked) bool {
	typed := math.MaxInt
	for _, term := range indexer.QueryTerms(a.key).Parts {
		typed = min(typed, x.count(term))
	}
	if typed == 0 {
		return false
	}
	best := 0
	for _, t := range a.entry.options {
		least := math.MaxInt
		for _, term := range englishTerms(t.text).Parts {
			least = min(least, x.count(term))
		}
		best = max(best, least)
	}
	return typed > best
}

// isIdentifier tells names of code, which are never translated: capitals within, digits, signs.
func isIdentifier(word string) bool {
	for i, r := range word {
		switch {
		case unicode.IsUpper(r) && i > 0, unicode.IsDigit(r):
			return true
		case !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("'’-,.?!", r):
			return true
		}
	}
	return strings.Contains(strings.TrimRight(word, "."), ".")
}

// walk translates the words of a part of the question; what is excluded stays as it was typed.
func (x *expander) walk(n node) {
	switch n := n.(type) {
	case *wordNode:
		x.run([]asked{x.ask(n)})
	case *orNode:
		for _, part := range n.parts {
			x.walk(part)
		}
	case *andNode:
		var run []asked
		for _, part := range n.parts {
			if word, ok := part.(*wordNode); ok {
				run = append(run, x.ask(word))
				continue
			}
			x.run(run)
			run = nil
			x.walk(part)
		}
		x.run(run)
	}
}

// run translates words that stand side by side: phrases first, the longest first.
func (x *expander) run(words []asked) {
	full := slices.DeleteFunc(slices.Clone(words), func(a asked) bool { return a.key == "" })
	if x.french && len(full) > 0 {
		for _, a := range words {
			if a.key == "" {
				x.out.silent[a.node] = true
			}
		}
	}
	for i := 0; i < len(full); {
		n := min(len(full)-i, x.lexicon.longest)
		for ; n > 1 && !x.phrase(full[i:i+n]); n-- {
		}
		if n <= 1 {
			x.word(&full[i])
			n = 1
		}
		i += n
	}
}

// phrase translates several words by one entry.
func (x *expander) phrase(words []asked) bool {
	sure := x.french
	var keys, said []string
	for _, a := range words {
		if a.english && isIdentifier(a.node.text) {
			return false
		}
		sure = sure || a.sure
		keys, said = append(keys, a.key), append(said, a.node.text)
	}
	if !sure {
		return false
	}
	e, _ := x.lexicon.find(strings.Join(keys, " "))
	if e == nil {
		return false
	}
	g := &synonyms{said: strings.Join(said, " ")}
	for _, key := range keys {
		g.typed.Parts = appendNew(g.typed.Parts, indexer.QueryTerms(key).Parts)
	}
	if !x.translate(g, e) {
		return false
	}
	x.out.groups[words[0].node] = g
	for _, a := range words[1:] {
		x.out.silent[a.node] = true
	}
	return true
}

// word translates one word.
func (x *expander) word(a *asked) {
	if a.key == "" || isIdentifier(a.node.text) {
		return
	}
	g := &synonyms{said: a.node.text, typed: indexer.QueryTerms(a.node.text)}
	if x.french {
		g.typed = indexer.Terms{}
		for part := range strings.FieldsSeq(a.key) { // without l' and d'
			g.typed.Parts = appendNew(g.typed.Parts, indexer.QueryTerms(part).Parts)
		}
	}
	if a.entry == nil && x.french && !a.english {
		a.entry = x.lexicon.findForm(a.key)
	}
	if a.entry == nil && x.french && !a.english {
		a.entry, a.exact = x.cognate(a.key), true
	}
	translated := a.entry != nil && (a.sure || x.french && (a.exact || !a.english)) && x.translate(g, a.entry)
	inflected := (x.french || a.bends) && x.inflect(g, a)
	if translated || inflected || !slices.Equal(g.typed.Parts, indexer.QueryTerms(a.node.text).Parts) {
		x.out.groups[a.node] = g
	}
}

// translate adds the translations of an entry that were not refused. It is false when there are none.
func (x *expander) translate(g *synonyms, e *lexiconEntry) bool {
	top := e.options[0].probability
	for _, t := range e.options {
		terms := englishTerms(t.text)
		if len(terms.Parts) == 0 || x.refused[foldAccents(t.text)] {
			continue
		}
		weight := math.Round(100*max(leastWeight, bestWeight*math.Sqrt(t.probability/top))) / 100
		g.names = append(g.names, alternative{text: t.text, terms: terms, weight: weight})
		if slices.Equal(terms.Parts, g.typed.Parts) {
			continue
		}
		g.words = append(g.words, alternative{text: t.text, terms: terms, weight: weight})
		added := Added{For: g.said, Word: t.text, Weight: weight, Source: t.source}
		for _, p := range t.places {
			added.From = append(added.From, PairPlace{p.Repo, p.Path})
		}
		x.out.added = append(x.out.added, added)
	}
	return len(g.names) > 0
}

func appendNew(to, more []string) []string {
	for _, s := range more {
		if !slices.Contains(to, s) {
			to = append(to, s)
		}
	}
	return to
}

// of gives what a word of the question stands for; nil when it stands for itself.
func (x *expansion) of(n *wordNode) *synonyms {
	if x == nil {
		return nil
	}
	return x.groups[n]
}

// drops tells whether a part of the question asks for nothing by itself.
func (x *expansion) drops(n node) bool {
	if x == nil {
		return false
	}
	word, ok := n.(*wordNode)
	return ok && x.silent[word]
}

// cognates are endings that French words have in the place of English ones.
var cognates = [...][2]string{
	{"iques", "ic"}, {"ique", "ic"}, {"ales", "al"}, {"ale", "al"}, {"aux", "al"}, {"elles", "al"}, {"elle", "al"}, {"el", "al"}, {"aires", "ary"},
	{"aire", "ary"}, {"ites", "ity"}, {"ite", "ity"}, {"iser", "ize"}, {"ifier", "ify"}, {"ateur", "ator"}, {"eurs", "or"}, {"eur", "or"}, {"ives", "ive"},
	{"if", "ive"}, {"isme", "ism"}, {"iste", "ist"}, {"ogie", "ogy"}, {"ences", "ence"}, {"ies", "y"}, {"ie", "y"}, {"er", "e"}, {"er", ""}, {"ees", "ed"},
	{"ee", "ed"}, {"es", ""}, {"e", ""},
}

// cognate guesses the English form of a word that the lexicon does not know, from its ending; the guess must stand in the code
// more often than the word itself.
func (x *expander) cognate(key string) *lexiconEntry {
	if len(key) < 6 || strings.Contains(key, " ") {
		return nil
	}
	typed := indexer.QueryTerms(key).Parts
	if len(typed) != 1 {
		return nil
	}
	n := x.count(typed[0])
	for _, c := range cognates {
		root, ok := strings.CutSuffix(key, c[0])
		if !ok || len(root) < 3 {
			continue
		}
		guess := root + c[1]
		if term := englishTerms(guess).Parts; len(term) == 1 && term[0] != typed[0] && x.count(term[0]) > n {
			return &lexiconEntry{options: []translation{{text: guess, probability: 1, source: sourceCognate}}}
		}
	}
	return nil
}
