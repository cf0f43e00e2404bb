// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// aligner learns from the messages of one repository.
type aligner struct {
	lines             []alignedLine
	french            []string // by number
	english           []string
	frenchN, englishN map[string]int    // numbers, and by word
	seen              map[string][2]int // messages that have a word: in French, in English
	phrases           map[[2]string]*phrasePair
}

// alignedLine is one message as numbers of words, and the catalogue that it stands in.
type alignedLine struct {
	french, english []uint32
	catalogue       int
}

// phrasePair is a whole message of a few words.
type phrasePair struct {
	count      int
	catalogues []int
}

// learnt is one pair that a repository teaches.
type learnt struct {
	French  string  `json:"fr"`
	English string  `json:"en"`
	Count   float64 `json:"n"`
	Of      float64 `json:"of"` // messages that have the French word
	In      []int   `json:"in"` // positions in the repository's catalogues
}

const (
	maxLines      = 20_000 // messages of one repository
	maxLearnt     = 1000   // pairs of one repository
	maxPairPlaces = 3
	minLearnt     = 1.0
	emRounds      = 4
)

func newAligner() *aligner {
	return &aligner{
		frenchN: map[string]int{}, englishN: map[string]int{}, seen: map[string][2]int{}, phrases: map[[2]string]*phrasePair{},
	}
}

// add takes one message in.
func (a *aligner) add(m message, catalogue int) {
	english, french := m.words()
	if len(a.lines) >= maxLines || len(english) == 0 || len(french) == 0 || len(english) > maxMessageWords || len(french) > maxMessageWords ||
		strings.EqualFold(m.english, m.french) {
		return
	}
	if len(french) <= 3 && len(english) <= 2 && len(french)+len(english) > 2 {
		key := [2]string{strings.Join(french, " "), strings.Join(english, " ")}
		p := a.phrases[key]
		if p == nil {
			p = &phrasePair{}
			a.phrases[key] = p
		}
		p.count++
		p.catalogues = placesWith(p.catalogues, catalogue)
	}
	line := alignedLine{catalogue: catalogue}
	line.french = numbered(french, a.frenchN, &a.french)
	line.english = numbered(english, a.englishN, &a.english)
	for _, w := range line.french {
		n := a.seen[a.french[w]]
		n[0]++
		a.seen[a.french[w]] = n
	}
	for _, w := range line.english {
		n := a.seen[a.english[w]]
		n[1]++
		a.seen[a.english[w]] = n
	}
	a.lines = append(a.lines, line)
}

func numbered(words []string, numbers map[string]int, list *[]string) (out []uint32) {
	for _, w := range words {
		n, ok := numbers[w]
		if !ok {
			n = len(*list)
			numbers[w] = n
			*list = append(*list, w)
		}
		if !slices.Contains(out, uint32(n)) {
			out = append(out, uint32(n))
		}
	}
	return out
}

func placesWith(places []int, catalogue int) []int {
	if len(places) < maxPairPlaces && !slices.Contains(places, catalogue) {
		places = append(places, catalogue)
	}
	return places
}

// model1 gives how often each word of one side renders each of the other: expected counts after a few rounds. Pairs are keyed
// by the French number in the high bits.
func (a *aligner) model1(intoFrench bool) map[uint64]float64 {
	t := map[uint64]float64{}
	var counts map[uint64]float64
	for round := range emRounds {
		counts = map[uint64]float64{}
		totals := map[uint32]float64{}
		for _, l := range a.lines {
			from, into := l.french, l.english
			if intoFrench {
				from, into = into, from
			}
			for _, w := range into {
				norm := 0.0
				for _, v := range from {
					norm += probabilityOf(t, pairKey(v, w, intoFrench), round)
				}
				for _, v := range from {
					c := probabilityOf(t, pairKey(v, w, intoFrench), round) / norm
					counts[pairKey(v, w, intoFrench)] += c
					totals[v] += c
				}
			}
		}
		for key, c := range counts {
			v := uint32(key >> 32)
			if intoFrench {
				v = uint32(key)
			}
			t[key] = c / totals[v]
		}
	}
	return counts
}

// probabilityOf starts from equal probabilities. What was seen keeps a little, so that no norm is zero.
func probabilityOf(t map[uint64]float64, key uint64, round int) float64 {
	if round == 0 {
		return 1
	}
	return max(t[key], 1e-9)
}

func pairKey(from, into uint32, intoFrench bool) uint64 {
	if intoFrench {
		from, into = into, from
	}
	return uint64(from)<<32 | uint64(into)
}

// learn gives the pairs that the messages teach, the most frequent first.
func (a *aligner) learn() []learnt {
	forth, back := a.model1(false), a.model1(true)
	found := map[uint64]*learnt{}
	for key, c := range forth {
		if c = min(c, back[key]); c < minLearnt {
			continue
		}
		french, english := a.french[key>>32], a.english[uint32(key)]
		if french == english {
			continue
		}
		found[key] = &learnt{French: french, English: english, Count: float64(int(c*10+0.5)) / 10, Of: float64(a.seen[french][0])}
	}
	for _, l := range a.lines {
		for _, f := range l.french {
			for _, e := range l.english {
				if p := found[pairKey(f, e, false)]; p != nil {
					p.In = placesWith(p.In, l.catalogue)
				}
			}
		}
	}
	all := make([]learnt, 0, len(found))
	for p := range maps.Values(found) {
		all = append(all, *p)
	}
	of := map[string]int{}
	for key, p := range a.phrases {
		of[key[0]] += p.count
	}
	for key, p := range a.phrases {
		if strings.Contains(key[0], " ") && p.count > 1 {
			all = append(all, learnt{French: key[0], English: key[1], Count: float64(p.count), Of: float64(of[key[0]]), In: p.catalogues})
		}
	}
	slices.SortFunc(all, func(a, b learnt) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.French, b.French), cmp.Compare(a.English, b.English))
	})
	return all[:min(len(all), maxLearnt)]
}
