// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"hash/fnv"
	"math"
	"os"
	"slices"
	"testing"

	"communs/registry"
)

// asked is a question of testdata/questions.tsv.
type asked struct {
	lang, text string
	needs      []string
}

// heldOut reports whether a question is in the half that nobody looks at while words and weights are set.
func heldOut(question string) bool {
	h := fnv.New32a()
	h.Write([]byte(question))
	return h.Sum32()>>7&1 == 1
}

// quality is how well questions are answered.
type quality struct{ n, first, five, ndcg float64 }

func (q quality) mean() quality { return quality{q.n, q.first / q.n, q.five / q.n, q.ndcg / q.n} }

// judge counts an answer: software is right when it answers one of the needs.
func (q *quality) judge(p *Page, needs []string, right int) {
	q.n++
	gain, ideal, found := 0.0, 0.0, false
	for i := range 10 {
		discount := 1 / math.Log2(float64(i)+2)
		if i < right {
			ideal += discount
		}
		if i < len(p.Hits) && answers(p.Hits[i].Software, needs) {
			gain += discount
			if i == 0 {
				q.first++
			}
			if i < 5 && !found {
				found = true
				q.five++
			}
		}
	}
	if ideal > 0 {
		q.ndcg += gain / ideal
	}
}

func answers(s *registry.Software, needs []string) bool {
	return slices.ContainsFunc(s.Needs, func(n string) bool { return slices.Contains(needs, n) })
}

// TestQuestions holds a floor under what people are answered, and prints the figures. EVAL=1 lists the questions of the tuned half whose first
// five answers are all wrong.
func TestQuestions(t *testing.T) {
	f := testFinder(t)
	evaluate(t, f, map[string]float64{"fr tuned": 0.9, "fr held out": 0.85, "en tuned": 0.9, "en held out": 0.85})
}

// TestQuestionsOnTheBase asks the same of the catalogue that comes with the program.
func TestQuestionsOnTheBase(t *testing.T) {
	entries, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	f := newFinder(t, entries...)
	if n := len(f.view.entries); n < 80 {
		t.Skipf("it holds %d software", n)
	}
	evaluate(t, f, map[string]float64{"fr tuned": 0.85, "fr held out": 0.85, "en tuned": 0.85, "en held out": 0.85})
}

// evaluate asks all questions and fails when success@5 of a set is below its floor.
func evaluate(t *testing.T, f *Finder, floors map[string]float64) {
	sets := map[string]*quality{"fr tuned": {}, "fr held out": {}, "en tuned": {}, "en held out": {}}
	for _, row := range lines(t, "questions.tsv") {
		a, set := asked{row[0], row[1], list(row[2])}, row[0]+" tuned"
		if heldOut(a.text) {
			set = row[0] + " held out"
		}
		right := 0
		for _, s := range f.view.catalogue.AllSoftware() {
			if answers(s, a.needs) {
				right++
			}
		}
		if right == 0 {
			t.Errorf("%q: no software answers %v", a.text, a.needs)
			continue
		}
		p, before := search(t, f, Query{Words: a.text, N: 10}), sets[set].five
		sets[set].judge(p, a.needs, right)
		if os.Getenv("EVAL") != "" && sets[set].five == before && !heldOut(a.text) {
			t.Logf("wrong: %q wants %v, got %v (needs %v)", a.text, a.needs, ids(p)[:min(5, len(p.Hits))], p.Needs)
		}
	}
	for set, floor := range floors {
		q := sets[set].mean()
		t.Logf("%-12s %3.0f questions: first right %.3f, success@5 %.3f, NDCG@10 %.3f", set, q.n, q.first, q.five, q.ndcg)
		if q.five < floor {
			t.Errorf("%s: success@5 is %.3f, it was at least %.3f", set, q.five, floor)
		}
	}
}
