// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/french"
	"golang.org/x/text/unicode/norm"

	"communs/indexer"
)

// The lexicon says which English words code has for French ones. It has three sources, and every translation keeps the name of
// its own:
//
//	glossary    lexicon/glossary.txt, written by hand: lines "French = English, English…", the most usual first
//	seed        lexicon/seed.tsv.gz, from the translations of free software: lines "French TAB English TAB probability TAB
//	            count", see lexicon/README.md
//	catalogues  what the indexer found in the message catalogues of the repositories in service, with the place of each pair
//
// Where the glossary knows a word, the seed is not asked and catalogues only add the places where they say the same.
type lexicon struct {
	exact   map[string]*lexiconEntry // by French phrase as frenchKey gives it
	stems   map[string]*lexiconEntry // the same, each word reduced to its stem
	english map[string]bool          // terms of the English words that stand in it
	longest int                      // words in the longest phrase
}

// lexiconEntry is what is known of one French word or phrase.
type lexiconEntry struct {
	options []translation // the most probable first
	english bool          // catalogues have it as an English word at least as often as a French one
}

// translation is one English word or phrase.
type translation struct {
	text        string
	probability float64
	source      string // glossary, seed, catalogues
	places      []indexer.PairPlace
}

// The sources of translations.
const (
	sourceGlossary   = "glossary"
	sourceSeed       = "seed"
	sourceCatalogues = "catalogues"
	sourceCognate    = "cognate" // guessed from the ending
)

const (
	maxTranslations = 4    // of one word
	minProbability  = 0.2  // of a translation that is used
	minSeedCount    = 2.0  // how often the seed must have seen a pair
	maxPhrase       = 4    // words
	maxLexiconLine  = 1024 // bytes
)

//go:embed lexicon/glossary.txt
var glossaryText []byte

//go:embed lexicon/seed.tsv.gz
var seedData []byte

// baseLexicon is the glossary and the seed, read when the first question needs them.
var baseLexicon = sync.OnceValues(func() (*lexicon, error) {
	l := newLexicon()
	if err := l.readGlossary(bytes.NewReader(glossaryText)); err != nil {
		return l, err
	}
	zip, err := gzip.NewReader(bytes.NewReader(seedData))
	if err != nil {
		return l, fmt.Errorf("unpack the seed of the lexicon: %w", err)
	}
	if err := l.readSeed(zip); err != nil {
		return l, err
	}
	l.index()
	return l, nil
})

func newLexicon() *lexicon {
	return &lexicon{exact: map[string]*lexiconEntry{}, stems: map[string]*lexiconEntry{}, english: map[string]bool{}}
}

// readGlossary reads lines "French = English, English…". The first translation weighs most.
func (l *lexicon) readGlossary(r io.Reader) error {
	return eachLine(r, func(n int, line string) error {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			return nil
		}
		french, english, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("glossary, line %d: no =", n)
		}
		for i, text := range strings.Split(english, ",") {
			l.add(french, translation{text: strings.TrimSpace(text), probability: max(0.5, 1-0.15*float64(i)), source: sourceGlossary})
		}
		return nil
	})
}

// readSeed reads lines of four columns and leaves out what is rare or improbable, and what the glossary knows better.
func (l *lexicon) readSeed(r io.Reader) error {
	known := map[string]bool{}
	for key := range l.exact {
		known[key] = true
	}
	return eachLine(r, func(n int, line string) error {
		if line == "" || line[0] == '#' {
			return nil
		}
		column := strings.Split(line, "\t")
		if len(column) != 4 {
			return fmt.Errorf("seed, line %d: %d columns, not 4", n, len(column))
		}
		probability, err := strconv.ParseFloat(column[2], 64)
		if err != nil || !(probability >= 0 && probability <= 1) {
			return fmt.Errorf("seed, line %d: %q is no probability", n, column[2])
		}
		count, err := strconv.ParseFloat(column[3], 64)
		if err != nil || !(count >= 0) {
			return fmt.Errorf("seed, line %d: %q is no count", n, column[3])
		}
		if probability >= minProbability && count >= minSeedCount && !known[frenchKey(column[0])] {
			l.add(column[0], translation{text: column[1], probability: probability, source: sourceSeed})
		}
		return nil
	})
}

// eachLine calls f with every line and its number.
func eachLine(r io.Reader, f func(n int, line string) error) error {
	data, err := io.ReadAll(io.LimitReader(r, 16<<20))
	if err != nil {
		return fmt.Errorf("read the lexicon: %w", err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if line = strings.TrimRight(line, "\r\n"); len(line) > maxLexiconLine {
			return fmt.Errorf("lexicon, line %d: longer than %d bytes", n, maxLexiconLine)
		}
		if err := f(n, line); err != nil {
			return err
		}
	}
	return nil
}

// add enters a translation; of two equal ones the more probable stays, with the places of both.
func (l *lexicon) add(french string, t translation) {
	key := frenchKey(french)
	if key == "" || t.text == "" {
		return
	}
	e := l.exact[key]
	if e == nil {
		e = &lexiconEntry{}
		l.exact[key] = e
	}
	for i := range e.options {
		if sameTerms(e.options[i].text, t.text) {
			e.options[i].probability = max(e.options[i].probability, t.probability)
			e.options[i].places = append(e.options[i].places, t.places...)
			return
		}
	}
	e.options = append(e.options, t)
}

func sameTerms(a, b string) bool {
	return a == b || slices.Equal(englishTerms(a).Parts, englishTerms(b).Parts)
}

// index puts the options in order and makes the ways to find them.
func (l *lexicon) index() {
	keys := make([]string, 0, len(l.exact))
	for key := range l.exact {
		keys = append(keys, key)
	}
	slices.Sort(keys) // of two words with one stem, the first stands for both, always the same
	clear(l.stems)
	for _, key := range keys {
		e := l.exact[key]
		slices.SortStableFunc(e.options, func(a, b translation) int {
			return cmp.Or(cmp.Compare(b.probability, a.probability), cmp.Compare(a.text, b.text))
		})
		e.options = e.options[:min(len(e.options), maxTranslations)]
		l.longest = max(l.longest, strings.Count(key, " ")+1)
		for _, t := range e.options {
			for _, term := range englishTerms(t.text).Parts {
				l.english[term] = true
			}
		}
		stem := frenchStems(key)
		if old := l.stems[stem]; old == nil || old.options[0].probability < e.options[0].probability {
			l.stems[stem] = e
		}
	}
	l.longest = min(l.longest, maxPhrase)
}

// with gives the lexicon with what catalogues add. The lexicon itself stays as it is.
func (l *lexicon) with(pairs []indexer.Pair) *lexicon {
	if len(pairs) == 0 {
		return l
	}
	out := newLexicon()
	for key, e := range l.exact {
		out.exact[key] = &lexiconEntry{options: slices.Clone(e.options)}
	}
	for _, p := range pairs {
		old := l.exact[frenchKey(p.French)]
		if old != nil && old.options[0].source == sourceGlossary {
			out.confirm(p)
		} else if p.Probability >= minProbability {
			out.add(p.French, translation{text: p.English, probability: p.Probability, source: sourceCatalogues, places: p.Places})
		}
		if e := out.exact[frenchKey(p.French)]; e != nil && p.SeenEnglish {
			e.english = true
		}
	}
	out.index()
	return out
}

// confirm adds to a translation that is known the places where catalogues have it. Where the glossary knows a word, catalogues add no
// other translation: of "mot de passe" they would learn that mot is password.
func (l *lexicon) confirm(p indexer.Pair) {
	e := l.exact[frenchKey(p.French)]
	for i := range e.options {
		if sameTerms(e.options[i].text, p.English) {
			e.options[i].places = append(slices.Clip(e.options[i].places), p.Places...)
		}
	}
}

// find looks a word or phrase up, as it stands or by its stems. exact is false for stems.
func (l *lexicon) find(key string) (e *lexiconEntry, exact bool) {
	if e = l.exact[key]; e != nil {
		return e, true
	}
	return l.stems[frenchStems(key)], false
}

// englishTerms are the terms of an English word or phrase, without the words that say nothing.
func englishTerms(text string) indexer.Terms {
	var out indexer.Terms
	for word := range strings.FieldsSeq(text) {
		for _, part := range indexer.QueryTerms(word).Parts {
			if !slices.Contains(out.Parts, part) {
				out.Parts = append(out.Parts, part)
			}
		}
	}
	return out
}

// frenchKey writes a word or phrase without capitals, accents, articles and the like, with one space between words.
func frenchKey(text string) string {
	var kept []string
	text = joinedPrefixes.Replace(strings.ToLower(text))
	for _, word := range frenchWords(text) {
		if !emptyFrench[word] {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}

// joinedPrefixes are first halves of words that would be lost as words by themselves.
var joinedPrefixes = strings.NewReplacer("sous-", "sous", "en-tête", "entête", "en-tete", "entete")

// frenchWords gives the words of a text without capitals and accents, d'un cut in two.
func frenchWords(text string) []string {
	return strings.FieldsFunc(foldAccents(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// foldAccents puts a text in small letters without accents.
func foldAccents(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// frenchStems reduces each word of a key to its stem.
func frenchStems(key string) string {
	words := strings.Fields(key)
	for i, word := range words {
		env := snowballstem.NewEnv(word)
		french.Stem(env)
		words[i] = env.Current()
	}
	return strings.Join(words, " ")
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// emptyFrench are the French words that say nothing of what is looked for, without accents.
var emptyFrench = wordSet(`a ai ainsi alors au aucun aucune aupres aussi autour aux avec avoir c ca car ce ceci cela celle celui
	ces cet cette ceux chaque chez comme comment contre d dans de des donc dont du elle elles en es est et ete etre
	fait faire il ils j je l la le les leur leurs lors lorsqu lorsque m ma mais mes moi mon n ne ni nos notre nous on ont ou par
	parmi pas pendant peut pour pourquoi puis puisqu puisque qu quand que quel quelle quelles quelque quelques quels qui quoi s sa sans se
	selon ses si soit son sont sous sur ta te tes toi ton tres tu un une vers vos votre vous y`)

// frenchOnly are those of them that tell the language: English text and code do not have them.
var frenchOnly = wordSet(`ainsi alors aucun aucune aupres aussi autour avec ceci cela celle celui ces cet cette ceux chaque chez contre
	dans depuis donc dont elle elles etre faire ils jusqu le leur leurs lorsque mais notre nous parmi pendant peut pourquoi puis quand
	quel quelle quelles quelque quelques quels selon soit sont toute toutes un une vers votre vous`)

// oftenFrench are those that have another sense elsewhere, as DES and du: two of them tell as much as one of the others.
var oftenFrench = wordSet(`au aux comme comment des du est il je la les ou par pas pour que qui sans ses sous sur tous`)

// englishOnly are English words that say nothing and that French does not have.
var englishOnly = wordSet(`about after all an and any are as at be before between by can do does each for from given has have how if in
	into is it its no not of or other that the their them then there these this to until using was what when where whether which
	while who why will with without you your`)

// alsoEnglish are French words, without accents, that are English words or names in code with another sense: they are translated
// only in a question that is French.
var alsoEnglish = wordSet(`abandon an arc arrive art as attend but car champ chat chose coin compte content court date delai des dire don
	double figure file fin fils fine flux font forme gens image it journal lance lecture lien liste main mail mare mine mode moi mot motif
	net nom note on or ou page pain pair par part pas place plage plat point police pour prix pub queue rang regle rendu rue sale sage
	salle sans sens set son sort sortie suite support sur table tas taux ton tout trace tri type vide vue zone tire cas case cause charge
	cible cite classe client code cause colonne coupe courant cours divers entrant essai etat face fait fille fond force forge grave gros grand
	libre livre long maximum minimum menu montre nature nul niche objet office original parent passage petit pile plus pose poste pot
	pouce preside pur rage rat rate rayon recent rein rendez reste rome sec seul social sud supporter test tour tube vent ver vers version visage vote`)
