// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"fmt"
	"strings"
	"testing"

	"communs/internal/words"
)

// manyMissing is a report on fifty components of which no file is there, each problem by itself.
func manyMissing(t *testing.T) *Report {
	var lock strings.Builder
	for i := range 50 {
		fmt.Fprintf(&lock, ", \"node_modules/p%02d\": {\"version\": \"1.0.%d\"}\n", i, i)
	}
	o := options(t)
	o.Dir = project(t, "-- LICENSE --\n"+mit+"-- package-lock.json --\n{\"lockfileVersion\": 3, \"packages\": {\"\": {\"license\": \"MIT\"}\n"+lock.String()+"}}\n")
	return run(t, FolderSource{Dir: o.Dir}, o)
}

// What is wrong with fifty components in the same way is said once to people, with the components' names; programs get each.
func TestLikeProblemsAreToldOnce(t *testing.T) {
	r := manyMissing(t)
	if r.Counts.Errors != 50 || len(r.Problems) != 50 {
		t.Fatalf("%+v", r.Counts)
	}
	for _, c := range []struct {
		lang            words.Lang
		once, one, rest string
	}{
		{words.French, "50 briques ne sont pas installées dans node_modules", "installé dans node_modules :", "et 30 autres, voir la table des briques"},
		{words.English, "50 components are not installed in node_modules", "is not installed in node_modules:", "and 30 more, see the table of components"},
	} {
		for _, format := range []string{FormatText, FormatHTML} {
			problems, _, _ := strings.Cut(string(written(t, r, format, voice(t, c.lang))), "<table>")
			if strings.Count(problems, c.once) != 1 || strings.Contains(problems, c.one) || !strings.Contains(problems, c.rest) || !strings.Contains(problems, "p00 1.0.0 (package-lock.json:2)") {
				t.Errorf("%s in %s:\n%s", format, c.lang, problems)
			}
		}
	}
	if n := strings.Count(string(written(t, r, FormatJSON, voice(t, words.French))), `"rule": "missing"`); n != 50 {
		t.Errorf("%d problems in JSON", n)
	}
}

// A verdict on a part says so in its own line.
func TestPartialVerdict(t *testing.T) {
	for _, c := range []struct {
		verdict Verdict
		errors  int
		want    string
	}{
		{Compliant, 0, "Audit incomplet : ce qui a été lu est conforme, mais tout n’a pas pu être lu"},
		{NotCompliant, 1, "Non conforme : 1 problème à régler, et l’audit est incomplet : tout n’a pas pu être lu"},
		{Unknown, 2, "On ne peut pas dire : 2 points à éclaircir, et l’audit est incomplet : tout n’a pas pu être lu"},
	} {
		r := &Report{Verdict: c.verdict, IntoHow: IntoUnknown, Subject: Subject{Kind: Folder, Name: "x"}, Counts: Counts{Errors: c.errors}, Partial: []Partial{{Path: "a", Reason: PartialTruncated}}}
		text := string(written(t, r, FormatText, voice(t, words.French)))
		if !strings.Contains(text, "\n"+c.want+"\n") {
			t.Errorf("%s: no %q in\n%s", c.verdict, c.want, text)
		}
		page := string(written(t, r, FormatHTML, voice(t, words.French)))
		if !strings.Contains(page, ">"+c.want+"</p>") || strings.Contains(page, `class="verdict compliant"`) {
			t.Errorf("%s: %s", c.verdict, page)
		}
	}
}
