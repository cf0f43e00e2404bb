// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed lexicon.txt
var lexiconText string

// phrase is a sequence of words that speaks for a need or a category.
type phrase struct {
	words    []string // folded
	text     string
	weak     bool
	need     bool // it speaks for a need; for a category otherwise
	id       string
	french   bool // it is looked for in French texts only
	replaced bool // it is the name of what people leave: it counts where the text says so
}

// Proposer proposes needs and categories.
type Proposer struct {
	phrases      map[string][]phrase // by first word
	categoriesOf map[string][]string
}

// NewProposer makes a proposer for these needs. Needs that the lexicon does not know are found by their own words and, where a category
// is theirs alone, by that.
func NewProposer(needs []Need) *Proposer {
	p := &Proposer{phrases: map[string][]phrase{}, categoriesOf: map[string][]string{}}
	lexicon, brands := parseLexicon()
	for _, n := range needs {
		p.categoriesOf[n.ID] = n.Categories
		for _, text := range lexicon["needs"][n.ID] {
			p.add(text, phrase{need: true, id: n.ID})
		}
		for _, text := range n.Words {
			folded := strings.Join(foldedWords(text), " ")
			brand := slices.Contains(brands, folded)
			if !strings.Contains(folded, " ") && !brand {
				text = "~" + text
			}
			p.add(text, phrase{need: true, id: n.ID, replaced: brand, french: !brand})
		}
	}
	for _, c := range categories {
		if c == "other" {
			continue
		}
		text := strings.ReplaceAll(strings.ReplaceAll(c, "-and-", "-"), "-", " ")
		if !strings.Contains(text, " ") {
			text = "~" + text
		}
		p.add(text, phrase{id: c})
		for _, text := range lexicon["categories"][c] {
			p.add(text, phrase{id: c})
		}
	}
	for _, list := range p.phrases { // the longest first
		slices.SortStableFunc(list, func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	return p
}

func (p *Proposer) add(text string, x phrase) {
	x.text, x.weak = strings.CutPrefix(text, "~")
	if x.words = foldedWords(x.text); len(x.words) > 0 {
		p.phrases[x.words[0]] = append(p.phrases[x.words[0]], x)
	}
}

// parseLexicon reads lexicon.txt: sections in brackets, in each of them lines of an id and its phrases; of brands the phrases alone.
func parseLexicon() (lexicon map[string]map[string][]string, brands []string) {
	lexicon = map[string]map[string][]string{}
	section := ""
	for line := range strings.Lines(lexiconText) {
		line = strings.TrimSpace(line)
		id, list, ok := strings.Cut(line, ":")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			lexicon[section] = map[string][]string{}
		case section == "brands":
			for b := range strings.SplitSeq(line, ";") {
				brands = append(brands, strings.Join(foldedWords(b), " "))
			}
		case ok:
			for s := range strings.SplitSeq(list, ";") {
				if s = strings.TrimSpace(s); s != "" {
					lexicon[section][id] = append(lexicon[section][id], s)
				}
			}
		}
	}
	return lexicon, brands
}

// small are the words that phrases do with or without: articles, and the preposition that joins French nouns.
var small = map[string]bool{"the": true, "a": true, "an": true, "your": true, "our": true, "my": true, "their": true, "of": true,
	"le": true, "la": true, "les": true, "l": true, "de": true, "des": true, "d": true, "du": true, "vos": true, "votre": true, "un": true, "une": true}

// sameAs are words of which the endings do not tell that they are one.
var sameAs = map[string]string{"gestionnaire": "gestion", "gerer": "gestion", "gerez": "gestion", "gere": "gestion"}

// stem drops the endings of plurals, and of what English makes of its verbs: manage, manager, management, managing.
func stem(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		w = w[:len(w)-3] + "y"
	case len(w) > 3 && (strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "aux") || strings.HasSuffix(w, "eux")):
		w = w[:len(w)-1]
	}
	if same := sameAs[w]; same != "" {
		return same
	}
	for _, ending := range []string{"ement", "ment", "ing", "er", "e"} {
		if base, ok := strings.CutSuffix(w, ending); ok && len(base) >= 5 {
			return base
		}
	}
	return w
}

// word is a word of a text: folded, and where it stands.
type word struct {
	folded     string
	start, end int
}

// wordsOf gives the words of a text in small letters, without accents, endings and articles.
func wordsOf(text string) (words []word) {
	start := -1
	for i, r := range text + " " {
		switch inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r); {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			folded := foldWordOf(text[start:i])
			if last := len(words) - 1; folded == "mail" && last >= 0 && words[last].folded == "e" && words[last].end+1 == start { // e-mail
				words[last].folded, words[last].end = "email", i
			} else if folded != "" && !small[folded] {
				words = append(words, word{stem(folded), start, i})
			}
			start = -1
		}
	}
	return words
}

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae")

func foldWordOf(w string) string {
	return ligatures.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(w)))
}

// foldedWords gives the words of a text folded.
func foldedWords(text string) []string {
	var list []string
	for _, w := range wordsOf(text) {
		list = append(list, w.folded)
	}
	return list
}

// tally counts phrases in the texts of one repository.
type tally struct {
	proposer          *Proposer
	needs, categories map[string]*found
	french            bool
}

func (t *tally) need(id string) *found     { return foundIn(t.needs, id) }
func (t *tally) category(id string) *found { return foundIn(t.categories, id) }

func foundIn(m map[string]*found, id string) *found {
	if m[id] == nil {
		m[id] = &found{map[string]evidence{}, map[string]evidence{}}
	}
	return m[id]
}

// count takes the phrases in a text. Within a phrase that speaks for something, shorter ones add nothing for the same.
func (t *tally) count(text string, reason Reason) {
	words := wordsOf(text)
	type target struct {
		need bool
		id   string
	}
	upTo := map[target]int{}
	for at, w := range words {
		for _, p := range t.proposer.phrases[w.folded] {
			to := target{p.need, p.id}
			if upTo[to] > at || !p.at(words[at:]) || p.french && !t.french || p.replaced && !replaces(words[:at]) {
				continue
			}
			upTo[to] = at + len(p.words)
			r := reason
			r.Words = text[w.start:words[at+len(p.words)-1].end]
			e := evidence{placeWeight[reason.Where], r}
			if p.need {
				t.need(p.id).add(p.text, p.weak, e)
			} else {
				t.category(p.id).add(p.text, p.weak, e)
			}
		}
	}
}

// at reports whether the phrase stands at the start of words.
func (p phrase) at(words []word) bool {
	if len(p.words) > len(words) {
		return false
	}
	for i, w := range p.words {
		if words[i].folded != w {
			return false
		}
	}
	return true
}

// replaces reports whether a text says just before that it is about something that the software takes the place of.
func replaces(before []word) bool {
	for _, w := range before[max(0, len(before)-5):] {
		for _, start := range []string{"alternativ", "replac", "rempla", "instead", "similar", "like", "clon", "comm"} {
			if strings.HasPrefix(w.folded, start) && len(w.folded) <= len(start)+2 {
				return true
			}
		}
	}
	return false
}
