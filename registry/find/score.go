// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"context"
	"math"
	"slices"
)

// Term is a part of a score: value × weight. docs/ranking-software.md tells what each means.
type Term struct {
	Term   string  `json:"term"`
	Value  float64 `json:"value"`
	Weight float64 `json:"weight"`
}

// Terms lists all terms with their weights, each of the value 1.
func Terms() []Term {
	terms := []Term{{"exact", 1, weightExact}}
	for _, t := range partTerms {
		terms = append(terms, Term{t.name, 1, t.weight})
	}
	return append(terms, Term{"missing", 1, weightMissing}, Term{"alternative", 1, weightInstead}, Term{"alive", 1, weightAlive},
		Term{"libre", 1, weightLibre}, Term{"stated", 1, weightStated}, Term{"near", 1, weightNear})
}

// The weights of the terms.
const (
	weightExact    = 5.0
	weightName     = 3.0
	weightReplaces = 4.0
	weightNeed     = 5.0
	weightWords    = 2.5
	weightSummary  = 2.0
	weightAbout    = 0.8
	weightMissing  = -3.0
	weightListed   = 2.0
	weightInstead  = 1.0 // of what is made of weightListed and the like
	weightAlive    = 0.6
	weightLibre    = 0.6
	weightStated   = 0.3
	weightNear     = 1.5
)

// part is where a word of the question may stand.
type part int

const (
	partName part = iota
	partReplaces
	partWords
	partSummary
	partAbout
	partNeed
	parts // how many
)

// covers is how far a word that stands in a part of a card counts as answered.
var covers = [parts]float64{partName: 1, partReplaces: 1, partWords: 1, partSummary: 1, partAbout: 0.7, partNeed: 1}

// partTerms are the terms of the parts.
var partTerms = [parts]struct {
	name   string
	weight float64
}{
	partName: {"name", weightName}, partReplaces: {"replaces", weightReplaces}, partWords: {"words", weightWords},
	partSummary: {"summary", weightSummary}, partAbout: {"about", weightAbout}, partNeed: {"need", weightNeed},
}

const (
	softShare    = 0.15 // what a soft word counts, of another one that is as rare
	vendorShare  = 0.25 // what the first word of a product's name counts when it is a vendor's: Google Docs
	laterNeed    = 0.85 // what a need counts that is not a software's main one
	enoughOfBest = 0.5  // a software is found when it answers this share of what the best one answers,
	enough       = 0.15 // and this share of the question
)

// hits is where the words of a question stand: for each word and part how well each software has it.
type hits struct {
	at   [parts][]float32 // by the place of the software
	room *room
}

// room is what one question needs that is as long as the catalogue. It is kept for the next question: made anew for each, it was a third of
// what a page leaves to be collected.
type room struct {
	all            int         // software
	columns        [][]float32 // of hits
	taken          int         // how many of them
	answered, best []float64
	found          []match
}

// room is one that was kept, or a new one. It is put back when nothing of the question is looked at any longer.
func (v *view) room() *room {
	r, ok := v.rooms.Get().(*room)
	if !ok {
		n := len(v.entries)
		r = &room{all: n, answered: make([]float64, n), best: make([]float64, n), found: make([]match, 0, n)}
	}
	r.taken = 0
	return r
}

// column gives one that is all zero.
func (r *room) column() []float32 {
	if r.taken == len(r.columns) {
		r.columns = append(r.columns, make([]float32, r.all))
	}
	column := r.columns[r.taken]
	r.taken++
	clear(column)
	return column
}

// match is a software that answers.
type match struct {
	at    int32
	score float64
}

// tally adds up the terms of a score. Only for what is shown they are kept.
type tally struct {
	score float64
	why   []Term
	keep  bool
}

func (t *tally) add(term string, value, weight float64) {
	if value == 0 {
		return
	}
	value = math.Floor(value*1000+.5) / 1000 // so that what is shown adds up
	t.score += value * weight
	if t.keep {
		t.why = append(t.why, Term{term, value, weight})
	}
}

// gather looks up where a word stands, and weighs it: by how many software have the word itself, whatever else was tried for it.
func (v *view) gather(ctx context.Context, c *concept, r *room) (*hits, error) {
	h := &hits{room: r}
	for i, f := range c.forms {
		if err := v.gatherForm(ctx, h, f); err != nil {
			return nil, err
		}
		if i == 0 {
			c.weight = idf(len(v.entries), h.count(len(v.entries))) / idf(len(v.entries), 0)
		}
	}
	return h, nil
}

func (v *view) gatherForm(ctx context.Context, h *hits, f form) error {
	look := func(p part, field, term string) error {
		found, err := v.look(ctx, field, term)
		for _, post := range found {
			value := f.weight
			switch p {
			case partAbout:
				value *= float64(post.freq / (post.freq + 1))
			case partReplaces:
				value *= v.replaces(post.at, f.plain)
			}
			h.set(p, post.at, value)
		}
		return err
	}
	if err := look(partName, fieldName, f.plain); err != nil {
		return err
	}
	for _, at := range v.byName[f.plain] { // a name of several words, typed in one
		h.set(partName, at, f.weight)
	}
	if err := look(partReplaces, fieldReplaces, f.plain); err != nil {
		return err
	}
	for _, text := range textFields {
		if err := look(text.part, text.name, f.stems[text.lang]); err != nil {
			return err
		}
	}
	return nil
}

func (h *hits) set(p part, at int32, value float64) {
	if h.at[p] == nil {
		h.at[p] = h.room.column()
	}
	h.at[p][at] = max(h.at[p][at], float32(value))
}

// textFields are the fields that hold words of a language.
var textFields = []struct {
	part part
	name string
	lang lang
}{
	{partWords, inLang(fieldWords, langFR), langFR}, {partWords, inLang(fieldWords, langEN), langEN},
	{partSummary, inLang(fieldSummary, langFR), langFR}, {partSummary, inLang(fieldSummary, langEN), langEN},
	{partAbout, inLang(fieldAbout, langFR), langFR}, {partAbout, inLang(fieldAbout, langEN), langEN},
}

// replaces is how much a word says of what a software replaces: little when it is a vendor's name.
func (v *view) replaces(at int32, plain string) (best float64) {
	for _, b := range v.entries[at].replaces {
		for i, w := range b.words {
			switch {
			case w != plain:
			case len(b.words) > 1 && i == 0 && v.lexicon.vendor[w]:
				best = max(best, vendorShare)
			default:
				best = 1
			}
		}
	}
	return best
}

// weighed is a question with what its words are worth and where they stand.
type weighed struct {
	*question
	hits     []*hits
	total    float64
	columns  [parts][]column // what is not empty of hits
	answered []float64       // how much of the question each software answers, from 0 to 1
}

// column is where a word stands in one part of the cards.
type column struct {
	word   int
	weight float64
	values []float32 // by the place of the software
}

// weigh looks up all words of a question, and those of its needs.
func (v *view) weigh(ctx context.Context, q *question, r *room) (*weighed, error) {
	w := &weighed{question: q}
	onlySoft := !slices.ContainsFunc(q.words, func(c concept) bool { return !c.soft })
	for i := range q.words {
		c := &q.words[i]
		h, err := v.gather(ctx, c, r)
		if err != nil {
			return nil, err
		}
		w.hits = append(w.hits, h)
		if c.soft && !onlySoft {
			c.weight *= softShare
		}
		w.total += c.weight
	}
	for i, about := range v.needs.weigh(q.words) {
		for need, value := range about {
			if value == 0 {
				continue
			}
			for _, a := range v.answering[need] {
				if a.later {
					w.hits[i].set(partNeed, a.at, value*laterNeed)
				} else {
					w.hits[i].set(partNeed, a.at, value)
				}
			}
		}
	}
	w.answer(r)
	return w, nil
}

// answer works out how much of the question each software answers.
func (w *weighed) answer(r *room) {
	w.answered = r.answered
	clear(w.answered)
	if w.total == 0 {
		return
	}
	best := r.best
	for i, h := range w.hits {
		clear(best)
		for p, values := range h.at {
			if values == nil {
				continue
			}
			w.columns[p] = append(w.columns[p], column{i, w.words[i].weight, values})
			for at, value := range values {
				best[at] = max(best[at], covers[p]*float64(value))
			}
		}
		for at, value := range best {
			w.answered[at] += w.words[i].weight * value
		}
	}
	for at := range w.answered {
		w.answered[at] /= w.total
	}
}

// idf is how much a word says that n of all software have.
func idf(all, n int) float64 {
	return math.Log(1 + (float64(all-n)+0.5)/(float64(n)+0.5))
}

// count is how many software have the word.
func (h *hits) count(all int) (n int) {
	having := newSet(all)
	for _, values := range h.at {
		for at, value := range values {
			if value > 0 {
				having.add(int32(at))
			}
		}
	}
	return having.shared(having)
}

// matches gives the software that answers a question.
func (v *view) matches(w *weighed, found []match) []match {
	if w.total == 0 {
		return nil
	}
	best := 0.0
	for _, share := range w.answered {
		best = max(best, share)
	}
	for at, share := range w.answered {
		if share >= enough && share >= enoughOfBest*best {
			found = append(found, match{at: int32(at)})
		}
	}
	return found
}

// score adds the terms that tell how well a software answers.
func (w *weighed) score(t *tally, at int32, e *entry) {
	if e.joined == w.typed {
		t.add("exact", 1, weightExact)
	}
	for p, columns := range w.columns {
		sum, whole := 0.0, 0.0
		for i := range columns {
			value := float64(columns[i].values[at])
			sum += columns[i].weight * value
			if part(p) == partName && value > 0 {
				whole += w.inName(columns[i].word, e)
			}
		}
		if sum == 0 {
			continue
		}
		value := sum / w.total
		if part(p) == partName { // the more of the name was said, the more it is meant
			value *= 0.5 + 0.5*min(1, whole/float64(max(1, len(e.name))))
		}
		t.add(partTerms[p].name, value, partTerms[p].weight)
	}
	t.add("missing", 1-w.answered[at], weightMissing)
}

// inName is how many words of a name a word of the question stands for: all when it is the name in one word.
func (w *weighed) inName(i int, e *entry) float64 {
	for _, f := range w.words[i].forms {
		if f.plain == e.joined {
			return float64(len(e.name))
		}
	}
	return 1
}

// always adds the terms that do not depend on the words of the question.
func (t *tally) always(e *entry, near float64) {
	switch e.activity {
	case Active:
		t.add("alive", 1, weightAlive)
	case Quiet:
		t.add("alive", 0.4, weightAlive)
	case ActivityUnknown:
		t.add("alive", 0.3, weightAlive)
	case Archived:
		t.add("alive", -1, weightAlive)
	}
	if e.libre {
		t.add("libre", 1, weightLibre)
	}
	t.add("stated", float64(e.stated)/3, weightStated)
	t.add("near", near, weightNear)
}

// closeness is which software somebody helps with at the places that are asked for, and with which in the région around them.
type closeness struct{ at, around set }

func (v *view) closeTo(places []string) (c closeness) {
	if len(places) == 0 {
		return c
	}
	c = closeness{newSet(len(v.entries)), newSet(len(v.entries))}
	for _, p := range places {
		c.at.join(v.having[FacetNear][p])
		c.around.join(v.having[FacetNear][v.gazetteer.region[p]])
	}
	return c
}

// near is 1 where somebody helps at one of the places, half where only in the région around it.
func (c closeness) near(at int32) float64 {
	switch {
	case c.at == nil:
		return 0
	case c.at.has(at):
		return 1
	case c.around.has(at):
		return 0.5
	}
	return 0
}
