// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"hash/fnv"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"communs/registry"
)

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

// floors are the least shares of questions that are answered well, by the set that they stand in.
func floors() map[string]float64 {
	return map[string]float64{
		"fr tuned": 0.9, "fr held out": 0.9, "en tuned": 0.9, "en held out": 0.9, "fr second": 0.9, "en second": 0.9, "fr later": 0.8, "en later": 0.8,
		"fr everyday tuned": 0.8, "fr everyday held out": 0.75, "en everyday tuned": 0.85, "en everyday held out": 0.8,
	}
}

// TestQuestions holds a floor under what people are answered, and prints the figures. EVAL=1 lists the questions of the tuned half whose first
// five answers are all wrong.
func TestQuestions(t *testing.T) {
	f := testFinder(t)
	evaluate(t, f, floors())
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
	evaluate(t, f, floors())
}

// evaluate asks all questions and fails when success@5 of a set is below its floor.
func evaluate(t *testing.T, f *Finder, floors map[string]float64) {
	sets, nobody := map[string]*quality{}, 0
	for set := range floors {
		sets[set] = &quality{}
	}
	ask := func(row []string, set string) {
		text, needs := row[1], list(row[2])
		right := 0
		for _, s := range f.view.catalogue.AllSoftware() {
			if answers(s, needs) {
				right++
			}
		}
		if right == 0 {
			nobody++
			return
		}
		p, q := search(t, f, Query{Words: text, N: 10}), sets[set]
		before := q.five
		q.judge(p, needs, right)
		if os.Getenv("EVAL") != "" && q.five == before && !strings.HasSuffix(set, " held out") && !strings.HasSuffix(set, " later") {
			t.Logf("wrong: %q wants %v, got %v (needs %v)", text, needs, ids(p)[:min(5, len(p.Hits))], p.Needs)
		}
	}
	half := func(row []string, of string) {
		if heldOut(row[1]) {
			ask(row, row[0]+of+" held out")
		} else {
			ask(row, row[0]+of+" tuned")
		}
	}
	for _, row := range lines(t, "questions.tsv") {
		half(row, "")
	}
	for _, row := range lines(t, "questions-everyday.tsv") {
		half(row, " everyday")
	}
	for _, row := range lines(t, "questions-second.tsv") {
		ask(row, row[0]+" second")
	}
	for _, row := range lines(t, "questions-later.tsv") {
		ask(row, row[0]+" later")
	}
	t.Logf("%d software; no software answers %d questions", len(f.view.entries), nobody)
	for _, set := range slices.Sorted(maps.Keys(floors)) {
		q, floor := sets[set].mean(), floors[set]
		t.Logf("%-20s %3.0f questions: first right %.3f, success@5 %.3f, NDCG@10 %.3f", set, q.n, q.first, q.five, q.ndcg)
		if q.five < floor {
			t.Errorf("%s: success@5 is %.3f, it was at least %.3f", set, q.five, floor)
		}
	}
}

// TestWordsOfSchoolsAndTownHalls: these found next to nothing once.
func TestWordsOfSchoolsAndTownHalls(t *testing.T) {
	f := testFinder(t)
	for question, needs := range map[string][]string{
		"gestion de la cantine": {"reservation", "billetterie"}, "cahier de textes": {"formation"}, "publier les délibérations": {"donnees-ouvertes", "ged"},
		"school canteen": {"reservation", "billetterie"}, "report cards": {"formation"},
	} {
		p := search(t, f, Query{Words: question, N: 3})
		if len(p.Hits) == 0 || !answers(p.Hits[0].Software, needs) {
			t.Errorf("%q is answered by %v", question, ids(p))
		}
	}
}
