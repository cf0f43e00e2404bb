// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"communs/crawler"
)

// TestWithheld: a public instance says which repositories it did not search, by the question's filters on repository,
// owner and licence alone. Whatever is asked of the code itself changes nothing in that, or code could be guessed
// letter by letter.
func TestWithheld(t *testing.T) {
	dir := t.TempDir()
	tax := repo{Repository: crawler.Repository{URL: "https://forge.example/other/tax", Owner: "other", Description: "Impôts locaux", Topics: []string{"finance"}},
		files: map[string]string{"a.go": "package a\n// SPDX-License-Identifier: CC-BY-NC-4.0\n", "b.go": "package b\n\nfunc Rate() int { return 7 }\n",
			"c.go": "package c\n\n// Rate is another.\nfunc Rate() {}\n", "free.go": "// SPDX-License-Identifier: MIT\npackage free\n"}}
	writeIndex(t, dir, 0, append(small(), tax)...)
	l := openIndex(t, dir, Options{Public: true})
	all := []string{"tax 3", "copy 1", "server 1"}
	for _, c := range []struct {
		question string
		want     []string
	}{
		{"date", all}, {"nothinglikeit", all}, {`"return 42"`, all}, {`"return 43"`, all}, {`/func Secr./`, all}, {"name:Secret", all},
		{"date lang:python", all}, {"date path:nowhere", all}, {"-secret date", all},
		{"repo:copy date", []string{"copy 1"}}, {"repo:copy 42", []string{"copy 1"}}, {"-repo:tax date", []string{"copy 1", "server 1"}},
		{"date owner:team", []string{"server 1"}}, {"date license:CC-BY-NC-4.0", []string{"tax 1"}}, {"date license:unknown repo:tax", []string{"tax 2"}},
		{"date libre:yes", nil}, {"date -(libre:no OR libre:unknown)", nil}, {"libre:no", []string{"tax 1"}}, {"date repo:nowhere", nil},
		{"(repo:copy foo) OR (repo:server bar)", []string{"copy 1", "server 1"}},
		{"impots", all}, {"http server", []string{"server 1", "tax 3", "copy 1"}}, {"copy", []string{"copy 1", "tax 3", "server 1"}},
		{"type:repo", nil},
	} {
		page := ask(t, l, c.question)
		var got []string
		files := 0
		if page.Withheld != nil {
			for _, r := range page.Withheld.Repositories {
				got = append(got, fmt.Sprint(r.Name, " ", r.Withheld))
				files += r.Withheld
			}
			if page.Withheld.Total != len(got) || page.Withheld.Files != files {
				t.Errorf("%s: %d files of %d repositories, listed %q", c.question, page.Withheld.Files, page.Withheld.Total, got)
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.question, got, c.want)
		}
		page.Explain = nil // it repeats the question
		text, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"return 42", "func Secret", "secret.go", "Rate"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s: the answer holds %q", c.question, secret)
			}
		}
	}
	if page := ask(t, openIndex(t, dir, Options{}), "date"); page.Withheld != nil {
		t.Errorf("an instance that is not public withholds %+v", page.Withheld)
	}
}

// TestExplanationTellsNothingOfHiddenCode: an explanation counts only candidates that may be shown, so that it does not tell
// whether hidden code has a word or a text.
func TestExplanationTellsNothingOfHiddenCode(t *testing.T) {
	dir := t.TempDir()
	writeIndex(t, dir, 0, small()...)
	public, private := openIndex(t, dir, Options{Public: true}), openIndex(t, dir, Options{})
	for _, c := range []struct {
		question        string
		shown, withheld bool // whether there are candidates that may be shown, and that may not
	}{
		{`"return 42"`, false, true}, {"secret", false, true}, {"Secret 42 in:file", false, true}, {"name:Secret", true, true}, {"ServeHTTP", true, false},
	} {
		ask := func(l *Local) int {
			page, err := l.Search(t.Context(), Query{Text: c.question, N: 10, Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			return page.Explain.Candidates
		}
		if got := ask(public); got > 0 != c.shown {
			t.Errorf("%s: a public instance tells of %d candidates", c.question, got)
		}
		if all := ask(private); all == 0 || all > ask(public) != c.withheld {
			t.Errorf("%s: %d of %d candidates are told", c.question, ask(public), all)
		}
	}
}

// TestWithheldIsBounded: an answer names some of the repositories and counts them all.
func TestWithheldIsBounded(t *testing.T) {
	var repos []repo
	for i := range 25 {
		repos = append(repos, repo{Repository: crawler.Repository{URL: fmt.Sprintf("https://forge.example/x/r%02d", i)},
			files: map[string]string{"a.go": fmt.Sprintf("package a%d\n", i)}})
	}
	dir := t.TempDir()
	writeIndex(t, dir, 0, repos...)
	w := ask(t, openIndex(t, dir, Options{Public: true}), "r17 OR package").Withheld
	if w == nil || w.Total != 25 || w.Files != 25 || len(w.Repositories) != maxWithheld || w.Repositories[0].Name != "r17" {
		t.Errorf("got %+v", w)
	}
}

// TestHiddenCodeChangesNoAnswer: whatever stands in code that may not be shown, a public instance gives the same answers, scores and
// explanations included: the rarity of a word tells where else it stands.
func TestHiddenCodeChangesNoAnswer(t *testing.T) {
	answers := func(hidden string) (all []string) {
		dir := t.TempDir()
		free := repo{Repository: crawler.Repository{URL: "https://forge.example/team/free"}, files: map[string]string{
			"a.go": "// SPDX-License-Identifier: MIT\npackage a\n\n// Read reads the date header of one request.\nfunc Read() {}\n\n// Gauge has a rare word.\nfunc Gauge() {}\n"}}
		closed := repo{Repository: crawler.Repository{URL: "https://forge.example/team/closed"}, files: map[string]string{"b.go": hidden}}
		writeIndex(t, dir, 0, free, closed)
		l := openIndex(t, dir, Options{Public: true})
		for _, question := range []string{
			"gauge", "rare word", "reads date header zanzibar", "date header request zanzibar gauge", "read OR zanzibar", `"one request"`, "catégorique ou zanzibarique",
		} {
			page, err := l.Search(t.Context(), Query{Text: question, Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			page.Explain.Millis, page.Withheld = 0, nil // the latter tells of files alone, see TestWithheld
			text, err := json.Marshal(page)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
		return all
	}
	with := answers("package b\n\n// Zanzibar is a gauge.\nfunc Zanzibar() {}\n\n// Gauge is a zanzibar.\nfunc Gauge() {}\n")
	without := answers("package b\n\nfunc Some() {}\n")
	for i := range with {
		if with[i] != without[i] {
			t.Errorf("hidden code tells:\n%s\n%s", with[i], without[i])
		}
	}
}
