// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"slices"
	"strings"

	"communs/registry"
)

// needWords knows by which words and phrases people ask for each need.
type needWords struct {
	ids     []string
	index   map[string]int             // need by id
	phrases [langs]map[string][]int    // needs by phrase: its words stemmed, with spaces between
	parts   [langs]map[string]needPart // needs by stem of a word that is only a part of a phrase
	written map[string]string          // words of all phrases, by their form without accents
	longest int                        // words in the longest phrase
}

// needPart says for which needs a word is a part of a phrase.
type needPart struct {
	needs []int
	named []bool // of the need's name, not only of one of its phrases
}

// What a word or a phrase of the question says about a need.
const (
	wholePhrase = 1.0
	inNeedName  = 0.6
	inPhrase    = 0.3
)

func newNeedWords(needs []*registry.Need, l *lexicon) *needWords {
	w := &needWords{index: map[string]int{}, written: map[string]string{}}
	for i := range langs {
		w.phrases[i], w.parts[i] = map[string][]int{}, map[string]needPart{}
	}
	for _, n := range needs {
		at := len(w.ids)
		w.ids, w.index[n.ID] = append(w.ids, n.ID), at
		w.add(at, strings.ReplaceAll(n.ID, "-", " "), true, l)
		w.add(at, n.Name.FR, true, l)
		w.add(at, n.Name.EN, true, l)
		for _, p := range n.Words {
			w.add(at, p, false, l)
		}
		for _, category := range n.Publiccode {
			w.add(at, strings.ReplaceAll(category, "-", " "), false, l)
		}
		for _, p := range l.everyday[n.ID] {
			w.add(at, p, false, l)
		}
	}
	return w
}

// add takes in a phrase for a need.
func (w *needWords) add(need int, phrase string, name bool, l *lexicon) {
	words := content(joinHyphens(tokens(phrase)), l)
	if len(words) == 0 {
		return
	}
	w.longest = max(w.longest, len(words))
	for _, t := range words {
		w.written[t.plain] = t.text
	}
	for i := range langs {
		parts := make([]string, len(words))
		for j, t := range words {
			parts[j] = i.stem(t.plain)
		}
		key := strings.Join(parts, " ")
		if !slices.Contains(w.phrases[i][key], need) {
			w.phrases[i][key] = append(w.phrases[i][key], need)
		}
		if len(words) == 1 {
			continue
		}
		for j, p := range parts {
			if l.vendor[words[j].plain] || l.soft[words[j].plain] {
				continue
			}
			w.parts[i][p] = w.parts[i][p].with(need, name)
		}
	}
}

func (p needPart) with(need int, named bool) needPart {
	for i, n := range p.needs {
		if n == need {
			p.named[i] = p.named[i] || named
			return p
		}
	}
	return needPart{append(p.needs, need), append(p.named, named)}
}

// content leaves out the words that say nothing of what is looked for; all stay when nothing else is left.
func content(words []token, l *lexicon) []token {
	var kept []token
	for _, t := range words {
		if !l.drop[t.plain] {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return words
	}
	return kept
}

// joinHyphens makes one word of words with hyphens between them: auto-hébergement is autohebergement. Phrases of needs and questions
// are treated alike.
func joinHyphens(words []token) []token {
	var joined []token
	for _, t := range words {
		if n := len(joined); t.glued && n > 0 {
			joined[n-1] = token{joined[n-1].text + t.text, joined[n-1].plain + t.plain, joined[n-1].glued}
			continue
		}
		joined = append(joined, t)
	}
	return joined
}

// weigh gives, for each word of a question, what it says about each need: 1 for a phrase by which people ask for it, less for
// a part of one. What all words say together decides between needs that share a word.
func (w *needWords) weigh(words []concept) [][]float64 {
	said := make([][]float64, len(words))
	for i := range words {
		said[i] = make([]float64, len(w.ids))
		w.weighParts(&words[i], said[i])
	}
	for from := range words {
		for to := from + 1; to <= len(words) && to-from <= w.longest; to++ {
			w.weighPhrase(words[from:to], said[from:to])
		}
	}
	together, best := make([]float64, len(w.ids)), 0.0
	for n := range together {
		for i := range words {
			together[n] += words[i].weight * said[i][n]
		}
		best = max(best, together[n])
	}
	for n := range together {
		for i := range words {
			said[i][n] *= 0.4 + 0.6*together[n]/max(best, 1e-9)
		}
	}
	return said
}

func (w *needWords) weighParts(c *concept, said []float64) {
	for _, f := range c.forms {
		for l := range langs {
			p := w.parts[l][f.stems[l]]
			for i, n := range p.needs {
				strength := inPhrase
				if p.named[i] {
					strength = inNeedName
				}
				said[n] = max(said[n], strength*f.weight)
			}
		}
	}
}

// weighPhrase looks for a phrase that all the words make. The forms of several words are not combined: the typed ones, or the corrected ones,
// stand first.
func (w *needWords) weighPhrase(words []concept, said [][]float64) {
	mark := func(l lang, key string, weight float64) {
		for _, n := range w.phrases[l][key] {
			for i := range words {
				said[i][n] = max(said[i][n], wholePhrase*weight)
			}
		}
	}
	for l := range langs {
		if len(words) == 1 {
			for _, f := range words[0].forms {
				mark(l, f.stems[l], f.weight)
			}
			continue
		}
		parts, weight := make([]string, len(words)), 1.0
		for i := range words {
			parts[i], weight = words[i].forms[0].stems[l], min(weight, words[i].forms[0].weight)
		}
		mark(l, strings.Join(parts, " "), weight)
		mark(l, strings.Join(parts, ""), weight)
	}
}
