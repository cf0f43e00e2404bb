// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"strings"
	"testing"

	"communs/crawler"
)

func TestReadRelated(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  string // related words of directory
		fails bool
	}{
		{text: "# comment\n\ndirectory = dir, folder_name\n", want: "dir"}, // two words are none
		{text: "dir = directory\n", want: "dir"},
		{text: "directory > folder, path\n", want: "folder path"},
		{text: "folder > directory\n", want: ""},
		{text: "directory > dir\ndirectory = dir\n", want: "dir"},
		{text: "directory > directories\n", want: ""}, // one stem
		{text: "directory\n", fails: true},
	} {
		r := relatedWords{}
		err := r.read(strings.NewReader(c.text))
		var got []string
		for _, w := range r["directori"] {
			got = append(got, w.text)
		}
		if (err != nil) != c.fails || err == nil && strings.Join(got, " ") != c.want {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
	if r, err := baseRelated(); err != nil || len(r) < 100 {
		t.Errorf("the lists of related words: %d words, %v", len(r), err)
	}
}

func FuzzReadRelated(f *testing.F) {
	f.Add("a = b, c\nd > e")
	f.Fuzz(func(t *testing.T, text string) {
		_ = relatedWords{}.read(strings.NewReader(text)) // whatever it says, it must not panic
	})
}

// TestRelated: what code has in the place of a word counts in a long question, is told, and can be refused.
func TestRelated(t *testing.T) {
	l := newIndex(t, append(small(), repo{Repository: crawler.Repository{URL: "https://forge.example/team/clean"}, files: map[string]string{
		"LICENSE": "SPDX-License-Identifier: MIT\n",
		"a.py":    "def scan_old(names):\n    for old in names:\n        scan(old)\n    return names\n\n\ndef rm_old(dir):\n    for old in dir:\n        unlink(old)\n    return dir\n",
	}})...)
	question := "remove the old directory entries now"
	page := ask(t, l, question)
	if len(page.Hits) == 0 || page.Hits[0].Name != "rm_old" {
		t.Fatalf("found %v", places(page))
	}
	if !slices.ContainsFunc(page.Hits[0].Why, func(w Term) bool { return w.Term == "related" && w.Value > 0 }) {
		t.Errorf("why: %+v", page.Hits[0].Why)
	}
	dir := Added{For: "directory", Word: "dir", Weight: shortFormWeight, Source: sourceRelated}
	if !slices.ContainsFunc(page.Added, func(a Added) bool { return a.For == dir.For && a.Word == dir.Word && a.Source == dir.Source }) {
		t.Errorf("added %+v", page.Added)
	}
	for _, h := range page.Hits {
		checkHit(t, h)
	}
	if page := ask(t, l, question+" -~dir"); slices.ContainsFunc(page.Added, func(a Added) bool { return a.Word == "dir" }) || len(page.Added) == 0 {
		t.Errorf("refused, but added %+v", page.Added)
	}
	if page := ask(t, l, question+" expand:no"); len(page.Added) > 0 || len(page.Hits) == 0 {
		t.Errorf("all refused, but added %+v", page.Added)
	}
	if page := ask(t, l, "directory"); len(page.Added) > 0 {
		t.Errorf("a short question: added %+v", page.Added)
	}
}
