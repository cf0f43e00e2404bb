// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"communs/indexer"
)

// A question in many words, a sentence say, seldom has a block that holds them all, and those that do are long ones as often as
// those that it is about. Unless very many hold them all it is asked once more, relaxed: blocks that hold some of its words
// answer too, ranked for that case. Words that say little by themselves (stop words) and the names of languages need not stand there.

// Relaxed says that few blocks hold all words of a question, and that others were added which hold most of them.
type Relaxed struct {
	Complete int      `json:"complete"`          // blocks, of the page's total, that hold all words but the ignored ones
	Ignored  []string `json:"ignored,omitempty"` // words that need not be there: stop words, names of languages
}

// When a question is relaxed: from so many words on when fewer than enoughComplete blocks hold all of them, and from
// fewestWords on when none does. A question of one or two words never is.
const (
	manyWords      = 4
	fewestWords    = 3
	enoughComplete = 1000
)

// leastShare is the part of its words' weight that a block must hold to answer a relaxed question. A word weighs its
// inverse document frequency.
const leastShare = 0.1

// relaxation is what a plan knows of a question whose words need not all be there.
type relaxation struct {
	words   []int     // leaves of the words that count
	weights []float64 // of each of them
	total   float64
	langs   []string // languages that the question names, as go-enry does
	ignored []string // words that do not count, as they were typed
	added   []Added  // related words
}

// enough tells whether a block may answer that lacks so much of the weight.
func (r *relaxation) enough(missing float64) bool { return missing <= r.total*(1-leastShare)+1e-9 }

// relax gives the plan of the relaxed question, or nil when the question, which complete blocks answer, stays as it is.
func (g *generation) relax(p *plan, complete int) (*plan, error) {
	typed := 0
	var parts []*planNode
	if p.root.op == planAnd && !p.parsed.inFile {
		parts = p.root.kids
	}
	for _, part := range parts {
		if part.scope == scopeWords && part.op == planLeaf {
			typed++
		}
	}
	if typed < fewestWords || complete >= enoughComplete || complete > 0 && typed < manyWords {
		return nil, nil
	}
	out, err := newPlan(p.parsed, p.extra)
	if err != nil {
		return nil, err
	}
	r := &relaxation{}
	rest := []*planNode{{op: planMost, scope: scopeWords}}
	for _, part := range out.root.kids {
		if part.scope != scopeWords || part.op != planLeaf {
			rest = append(rest, part)
			continue
		}
		l := out.leaves[part.leaf]
		word := foldRunes([]rune(l.said))
		lang, named := g.language(word)
		if named {
			r.langs = append(r.langs, lang)
		}
		if named || stopWords[word] {
			r.ignored = append(r.ignored, l.said)
			l.idle = true
			continue
		}
		weight, err := g.leafWeight(l)
		if err != nil {
			return nil, err
		}
		r.words, r.weights, r.total = append(r.words, part.leaf), append(r.weights, weight), r.total+weight
	}
	if len(r.words) == 0 {
		return nil, nil
	}
	g.relate(out, r)
	out.relaxed = r
	out.needles = slices.DeleteFunc(out.needles, func(n needle) bool { return stopWords[n.folded] })
	out.root = &planNode{op: planAnd, kids: rest}
	for _, part := range rest {
		out.root.scope |= part.scope
	}
	out.arrange()
	return out, nil
}

// relaxed gives the run that answers: r itself when enough blocks hold all words, else one of the relaxed question.
func (r *run) relaxed(ctx context.Context) (*run, error) {
	if r.stop.Load() {
		return r, nil
	}
	p, err := r.g.relax(r.plan, len(r.matches))
	if err != nil {
		r.fault(err)
	}
	if p == nil {
		return r, nil
	}
	out := newRun(r.g, p, r.public)
	out.do(ctx)
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	return out, nil
}

// describe tells how the words are weighed, for the explanation.
func (r *relaxation) describe(p *plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "relaxed: at least %.0f %% of", 100*leastShare)
	for i, leaf := range r.words {
		fmt.Fprintf(&b, " %s %.2f", p.leaves[leaf].said, r.weights[i])
	}
	if len(r.ignored) > 0 {
		b.WriteString("; not counted: " + strings.Join(r.ignored, ", "))
	}
	return b.String()
}

// leafWeight is a word's inverse document frequency, that of its most common translation when it has some.
func (g *generation) leafWeight(l *leaf) (least float64, err error) {
	weigh := func(terms indexer.Terms) (sum float64) {
		for _, term := range terms.Parts {
			w, failed := g.inverse(term)
			if failed != nil {
				err = failed
			}
			sum += w
		}
		return sum
	}
	least = weigh(l.terms)
	for _, other := range l.others {
		least = min(least, weigh(other.terms))
	}
	return least, err
}

// language gives the language of the index that a folded word names.
func (g *generation) language(word string) (string, bool) {
	for _, s := range g.x.Shards() {
		for _, name := range s.Langs() {
			if strings.EqualFold(name, word) {
				return name, true
			}
		}
	}
	return "", false
}

// answer is what the page says of a relaxed question.
func (r *relaxation) answer(matches []match) *Relaxed {
	out := &Relaxed{Ignored: r.ignored}
	for i := range matches {
		if !matches[i].loose {
			out.Complete++
		}
	}
	return out
}

// lacks lists the words that the current block lacks.
func (w *worker) lacks(block uint32) (words []string) {
	if w.plan.relaxed == nil {
		return nil
	}
	for _, leaf := range w.plan.relaxed.words {
		if !w.leaf(leaf, block).holds {
			words = append(words, w.plan.leaves[leaf].said)
		}
	}
	return words
}

// missing is the weight of the words that the current block lacks.
func (w *worker) missing(block uint32) (sum float64) {
	r := w.plan.relaxed
	for i, leaf := range r.words {
		if !w.leaf(leaf, block).holds {
			sum += r.weights[i]
		}
	}
	return sum
}
