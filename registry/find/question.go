// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"slices"
	"strings"
)

// question is what a question says, taken apart.
type question struct {
	words   []concept
	typed   string // the words that are looked for, in one
	instead bool   // what it names is to be replaced
	filters []Suggestion
	places  []string
	meant   []Meant
	unknown []string // words that stand nowhere
}

// concept is a word of a question, in all the forms in which it is looked for.
type concept struct {
	text   string
	forms  []form  // the typed one first, or what was meant
	weight float64 // how much it counts: rare words more
	soft   bool    // nothing is left out for lack of it
}

// form is a word as it is looked for.
type form struct {
	plain  string
	stems  [langs]string
	weight float64
}

// What other forms of a word count, beside 1 for the word itself.
const (
	sameWeight      = 0.75 // a word that means the same
	meantWeight     = 0.8  // a word that was perhaps meant
	completedWeight = 0.5  // a word that it is the start of, and that names no software
)

// Suggestion is a filter that a question seems to ask for.
type Suggestion struct {
	Facet Facet  `json:"-"`
	Key   string `json:"facet"` // its name
	Value string `json:"value"`
	Words string `json:"words"` // of the question
}

// Meant says that a word stands nowhere, and which one was looked for in its place.
type Meant struct {
	Typed string `json:"typed"`
	Meant string `json:"meant"`
}

// maxQuestion is how many words of a question count.
const maxQuestion = 24

// parse takes a question apart.
func (v *view) parse(text string) *question {
	q := &question{}
	words := tokens(text)
	words = words[:min(len(words), maxQuestion)]
	words = q.takePlaces(v, words)
	left := q.takePhrases(v.lexicon, v.joinNeeds(words))
	for _, t := range v.joinKnown(left) {
		q.add(v, t)
	}
	q.typed = glue(left)
	return q
}

// takePlaces takes the names of places out of the words, unless the question is the name of a software.
func (q *question) takePlaces(v *view, words []token) (left []token) {
	if len(v.byName[glue(words)]) > 0 {
		return words
	}
	for len(words) > 0 {
		skip := v.lexicon.near(words)
		place, n := v.gazetteer.at(words[skip:], skip > 0)
		if n == 0 {
			left, words = append(left, words[0]), words[1:]
			continue
		}
		if !slices.Contains(q.places, place) {
			q.places = append(q.places, place)
			q.filters = append(q.filters, Suggestion{FacetNear, FacetNear.Key(), place, joinText(words[skip : skip+n])})
		}
		words = words[skip+n:]
	}
	return left
}

// near gives how many words at the start say that a place follows. A plain "a" may be English.
func (l *lexicon) near(words []token) int {
	for n := min(l.longest, len(words)-1); n > 0; n-- {
		if l.phrases[joinPlain(words[:n])].near && words[n-1].text != "a" {
			return n
		}
	}
	return 0
}

// takePhrases takes out what says little and notes what phrases mean. Where nothing is left, the words themselves are meant.
func (q *question) takePhrases(l *lexicon, words []token) (left []token) {
	all, wishes := words, 0
	for len(words) > 0 {
		n, m := l.phrase(words)
		if n == 0 {
			if !l.drop[words[0].plain] {
				left = append(left, words[0])
			}
			words = words[1:]
			continue
		}
		if m.instead {
			q.instead = true
		} else {
			q.suggest(m, joinText(words[:n]))
			left = append(left, words[:n]...) // needs may have them in their phrases, and cards in their texts
			wishes += n
		}
		words = words[n:]
	}
	if len(left) == wishes { // “logiciel libre”: nothing is looked for but what a filter gives
		left = nil
	}
	if len(left) == 0 && !q.instead && len(q.filters) == 0 {
		return all
	}
	return left
}

// phrase finds what the words at the start mean together, the longest phrase first.
func (l *lexicon) phrase(words []token) (n int, m meaning) {
	for n = min(l.longest, len(words)); n > 0; n-- {
		if m = l.phrases[joinPlain(words[:n])]; m.instead || m.facet != "" {
			return n, m
		}
	}
	return 0, m
}

func (q *question) suggest(m meaning, words string) {
	for _, f := range Facets() {
		s := Suggestion{f, f.Key(), m.value, words}
		if f.Key() == m.facet && !slices.ContainsFunc(q.filters, func(o Suggestion) bool { return o.Facet == f && o.Value == m.value }) {
			q.filters = append(q.filters, s)
		}
	}
}

// joinKnown makes one word of two where the vocabulary has it: vidéo conférence, visio-conférence, only office.
func (v *view) joinKnown(words []token) (joined []token) {
	for i := 0; i < len(words); i++ {
		t := words[i]
		if i+1 < len(words) {
			both := token{t.text + words[i+1].text, t.plain + words[i+1].plain, t.glued}
			if len(both.plain) >= 6 && v.vocabulary.plain[both.plain] {
				t = both
				i++
			}
		}
		joined = append(joined, t)
	}
	return joined
}

// joinNeeds makes one word of two small ones that needs write as one: in "to do list", to and do would be left out. The same holds for words
// with hyphens, whose small words are a part of them: nid-de-poule.
func (v *view) joinNeeds(words []token) (joined []token) {
	for i := 0; i < len(words); i++ {
		t := words[i]
		if n := hyphens(words[i:]); n > 1 {
			both := joinHyphens(words[i : i+n])
			if _, known := v.needs.written[both[0].plain]; known {
				joined, i = append(joined, both...), i+n-1
				continue
			}
		}
		if i+1 < len(words) && v.lexicon.drop[t.plain] && v.lexicon.drop[words[i+1].plain] {
			both := token{t.text + words[i+1].text, t.plain + words[i+1].plain, t.glued}
			if _, known := v.needs.written[both.plain]; known && len(both.plain) >= 4 {
				t = both
				i++
			}
		}
		joined = append(joined, t)
	}
	return joined
}

// hyphens is how many words at the start are one with hyphens between them.
func hyphens(words []token) int {
	n := 1
	for n < len(words) && words[n].glued {
		n++
	}
	return n
}

// add takes in a word, in all its forms.
func (q *question) add(v *view, t token) {
	if slices.ContainsFunc(q.words, func(c concept) bool { return c.text == t.text }) {
		return
	}
	c := concept{text: t.text, soft: v.lexicon.soft[t.plain] || v.lexicon.drop[t.plain] || q.isFilter(t)}
	for i, w := range q.readings(v, t) {
		weight := meantWeight
		switch {
		case i == 0 && (w.software || w.plain == t.plain):
			weight = 1
		case !w.software && strings.HasPrefix(w.plain, t.plain):
			weight = completedWeight
		}
		c.forms = append(c.forms, form{w.plain, stems(w.plain), weight})
	}
	if len(c.forms) == 0 {
		q.unknown = append(q.unknown, t.text)
		return
	}
	for _, other := range v.lexicon.same[c.forms[0].plain] {
		c.forms = append(c.forms, form{other, stems(other), sameWeight})
	}
	q.words = append(q.words, c)
}

// isFilter reports whether a word is one by which the question asks for a filter.
func (q *question) isFilter(t token) bool {
	return slices.ContainsFunc(q.filters, func(s Suggestion) bool {
		return slices.Contains(strings.Fields(s.Words), t.text)
	})
}

// readings gives the words that a typed one stands for: itself where it is known, or what was perhaps meant.
func (q *question) readings(v *view, t token) []word {
	if v.vocabulary.knows(t.plain) || len(v.lexicon.same[t.plain]) > 0 || v.lexicon.soft[t.plain] {
		return []word{{plain: t.plain, text: t.text}}
	}
	if a, b, ok := v.vocabulary.split(t.plain); ok {
		q.meant = append(q.meant, Meant{t.text, a + " " + b})
		return []word{{plain: a, name: true}, {plain: b}}
	}
	meant := v.vocabulary.meant(t.plain)
	if len(meant) > 0 {
		q.meant = append(q.meant, Meant{t.text, meant[0].text})
	}
	return meant
}

// joinText gives words as they were typed.
func joinText(words []token) string {
	parts := make([]string, len(words))
	for i, t := range words {
		parts[i] = t.text
	}
	return strings.Join(parts, " ")
}
