// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"slices"
	"strings"

	"communs/indexer"
)

// Code is indexed under English stems, which put adhérent and adhérents together, but not calculer and calculons. The forms of
// a French word are found when it is asked for: endings that stand for each other are exchanged, and what the code does not
// have is dropped. So the index has no second stem of any word, and a question in English is not touched.

// frenchEndings are endings, without accents, that may stand in each other's place; the first figure is how many letters must stand
// before them. A word is tried with every row that has an ending of its own.
var frenchEndings = readEndings(`
3 er e es ons ez ent ait aient ais ant ante ants antes ee ees era erons erez eront erait eons eant eait eaient
2 oyer oie oies oyons oyez oient oyait oyant oye oyee oyes oyees
1 ayer aie aient ayons ayez aye ayee ayes ayees 
2 eler elle ellent elons elez ele elee eles elees elait elant
2 eter ette ettent etons etez ete etee etes etees etait etant
3 ir i is it ie ies issons issez issent issait issaient issant ira irons iront irait
3 dre d ds dons dez dent dait dant du due dus dues dra dront drait
0 indre int ints inte intes ignent ignons ignez ignait ignant indra
0 prendre prend prends prennent prenons prenez prenait prenant pris prise prises prendra
0 mettre met mets mettent mettons mettez mettait mettant mis mise mises mettra
0 crire crit crits crite crites crivent crivons crivez crivait crivant crira
0 lire lit lis lisent lisons lisez lisait lisant lu lue lus lues lira
0 tenir tient tiennent tenons tenez tenait tenant tenu tenue tenus tenues tiendra
0 venir vient viennent venons venez venait venant venu venue venus venues viendra
2 cevoir coit coivent cevons cevez cevait cevant cu cue cus cues cevra
0 voir voit voient voyons voyez voyait voyant vu vue vus vues verra
1 raire rait raient raits raite raites rayons rayez rayait rayant
0 ouvrir ouvre ouvres ouvrent ouvrons ouvrez ouvrait ouvrant ouvert ouverte ouverts ouvertes ouvrira
0 offrir offre offres offrent offrons offrez offrant offert offerte offerts offertes
2 uire uit uits uite uites uisent uisons uisez uisait uisant uira
2 clure clut cluent clus cluse cluses cluant clura
3 aitre ait aissent aissez aissant u ue us ues
0 courir court courent courons courez courant couru courue courus
0 suivre suit suivent suivons suivez suivait suivant suivi suivie suivis suivies suivra
0 servir sert servent servons servez servait servant servi servie servis servies
0 vivre vit vivent vivons vecu
0 rompre rompt rompent rompu rompue
2 al ale ales aux
3 ail ails aux
2 eau eaux elle elles
3 eu eux
3 eur eurs euse euses
3 teur teurs trice trices
3 eux euse euses
3 if ifs ive ives
3 el els elle elles
3 en ens enne ennes
3 on ons onne onnes
3 er ers ere eres
3 et ets ette ettes
3 c cs que ques
4 e es
4 t te ts tes
4 s se ses
`)

// endings are those of one row.
type endings struct {
	least int // letters before
	list  []string
}

func readEndings(table string) (rows []endings) {
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) > 0 {
			rows = append(rows, endings{int(f[0][0] - '0'), f[1:]})
		}
	}
	return rows
}

// frenchForms gives the words that may be other forms of a French word in small letters without accents, each once.
func frenchForms(word string) (forms []string) {
	seen := map[string]bool{word: true}
	for i := range frenchEndings {
		row := &frenchEndings[i]
		for _, ending := range row.list {
			root, ok := strings.CutSuffix(word, ending)
			if !ok || len(root) < row.least {
				continue
			}
			for _, other := range row.list {
				if form := root + other; !seen[form] && len(form) > 2 {
					seen[form] = true
					forms = append(forms, form)
				}
			}
		}
	}
	return forms
}

// findForm looks a word up by its other forms, the infinitive first.
func (l *lexicon) findForm(key string) *lexiconEntry {
	for _, form := range frenchForms(key) {
		if e := l.exact[form]; e != nil {
			return e
		}
	}
	return nil
}

// cognate tells whether a translation has the stem of the word without being the word: calculer and calculate.
func (e *lexiconEntry) cognate(key string) (same bool) {
	typed := indexer.QueryTerms(key).Parts
	for _, t := range e.options {
		if t.text == key {
			return false
		}
		same = same || slices.Equal(typed, englishTerms(t.text).Parts)
	}
	return same
}

// How many further terms of a word are looked for, the most common ones; and from how many blocks on a term that the code has
// commonRatio times as often as the word is taken for another one: trie is no form of trier there.
const (
	maxForms    = 6
	commonForms = 64
	commonRatio = 8
)

// inflect adds the forms of a word that the code has, but those that are English words. It is false when there is none.
func (x *expander) inflect(g *synonyms, a *asked) bool {
	if len(g.typed.Parts) != 1 || strings.Contains(a.key, " ") || len(a.key) < 3 {
		return false
	}
	known, limit := map[string]bool{g.typed.Parts[0]: true}, max(commonForms, commonRatio*x.count(g.typed.Parts[0]))
	for _, o := range g.words {
		for _, term := range o.terms.Parts {
			known[term] = true
		}
	}
	own := map[string]bool{} // English words that are the same in French but for the ending
	if x.french && a.entry != nil {
		for _, t := range a.entry.options {
			for _, term := range englishTerms(t.text).Parts {
				own[term] = true
			}
		}
	}
	type form struct {
		alternative
		count int
	}
	var found []form
	for _, text := range frenchForms(a.key) {
		terms := indexer.QueryTerms(text)
		if len(terms.Parts) != 1 || known[terms.Parts[0]] {
			continue
		}
		term := terms.Parts[0]
		known[term] = true
		if x.lexicon.english[term] && !own[term] || alsoEnglish[text] || englishOnly[text] || emptyFrench[text] || x.refused[text] {
			continue
		}
		if n := x.count(term); n > 0 && (n <= limit || own[term]) {
			found = append(found, form{alternative{text, terms, 1, true}, n})
		}
	}
	slices.SortStableFunc(found, func(a, b form) int { return cmp.Compare(b.count, a.count) })
	for _, f := range found[:min(len(found), maxForms)] {
		g.words, g.names = append(g.words, f.alternative), append(g.names, f.alternative)
	}
	return len(found) > 0
}
