// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"slices"
	"testing"

	"communs/crawler"
)

func sentences() repo {
	return repo{Repository: crawler.Repository{URL: "https://forge.example/team/tools"}, files: map[string]string{
		"LICENSE": "SPDX-License-Identifier: MIT\n",
		"tools.py": "# SPDX-License-Identifier: MIT\n\n" +
			"def read_json_file(path):\n    with open(path) as handle:\n        return json.load(handle)\n\n\n" +
			"def write_text(path, text):\n    handle = open(path, 'w')\n    handle.write(text)\n\n\n" +
			"def sort_by_value(table):\n    return sorted(table.items(), key=lambda pair: pair[1])\n",
		"tools.go": "// SPDX-License-Identifier: MIT\n\npackage tools\n\nfunc readJSONFile(path string) (any, error) {\n\treturn load(path)\n}\n",
	}}
}

// TestRelax: a long question that no block answers in full is answered by those that hold most of its words; a short one is not.
func TestRelax(t *testing.T) {
	l := newIndex(t, append(small(), sentences())...)
	for _, c := range []struct {
		question string
		first    string // name of the first hit; empty when there is none
		complete int
		ignored  []string
		missing  []string // of the first hit
	}{
		{"read a json file from the given folder", "readJSONFile", 0, []string{"a", "from", "the", "given"}, []string{"folder"}},
		{"python read a json file from a folder", "read_json_file", 0, []string{"python", "a", "from", "a"}, []string{"folder"}},
		{"sort a table by value", "sort_by_value", 1, []string{"a", "by"}, nil},
		{"read json folder", "readJSONFile", 0, nil, []string{"folder"}}, // three words: only when nothing holds all
		{"read json path", "", -1, nil, nil},
		{"json folder", "", -1, nil, nil},
		{"read json file folder in:file", "", -1, nil, nil},
		{"read json file folder lang:python", "read_json_file", 0, nil, []string{"folder"}},
		{"read json file folder -lang:python", "readJSONFile", 0, nil, []string{"folder"}},
		{`read json file folder "nothing like it"`, "", 0, nil, nil},
		{"quite another matter altogether", "", 0, nil, nil},
	} {
		page := ask(t, l, c.question)
		switch {
		case c.complete < 0:
			if page.Relaxed != nil || slices.ContainsFunc(page.Hits, func(h Hit) bool { return h.Missing != nil }) {
				t.Errorf("%s: relaxed %+v", c.question, page.Relaxed)
			}
			continue
		case page.Relaxed == nil || page.Relaxed.Complete != c.complete || len(c.ignored) > 0 && !slices.Equal(page.Relaxed.Ignored, c.ignored):
			t.Errorf("%s: relaxed %+v", c.question, page.Relaxed)
		}
		if c.first == "" {
			if len(page.Hits) > 0 {
				t.Errorf("%s: finds %v", c.question, places(page))
			}
			continue
		}
		if len(page.Hits) == 0 || page.Hits[0].Name != c.first || !slices.Equal(page.Hits[0].Missing, c.missing) || page.Total < len(page.Hits) {
			t.Errorf("%s: finds %v, %+v", c.question, places(page), page.Hits)
		}
		for _, h := range page.Hits {
			checkHit(t, h)
		}
	}
}

// TestRelaxedPages: pages of a relaxed question give each hit once, and shards do not matter.
func TestRelaxedPages(t *testing.T) {
	repos := append(library(t, "regexp", "text/template", "encoding/csv"), small()...)
	one, many := t.TempDir(), t.TempDir()
	writeIndex(t, one, 0, repos...)
	writeIndex(t, many, 64<<10, repos...)
	a, b := openIndex(t, one, Options{}), openIndex(t, many, Options{})
	for _, question := range []string{"parse the regular expression and report an error with its offset fold:no", "writes one record of fields to the given file fold:no"} {
		all := ask(t, a, question)
		if all.Relaxed == nil || len(all.Hits) < 20 {
			t.Fatalf("%s: %+v, %d hits", question, all.Relaxed, len(all.Hits))
		}
		var got []string
		for after := ""; ; {
			page, err := b.Search(context.Background(), Query{Text: question, N: 7, After: after})
			if err != nil || page.Total != all.Total || page.Relaxed.Complete != all.Relaxed.Complete {
				t.Fatalf("%s: %+v, %v", question, page, err)
			}
			got = append(got, places(page)...)
			if after = page.Next; after == "" {
				break
			}
		}
		if !slices.Equal(got, places(all)) {
			t.Errorf("%s: pages from many shards give %d hits, one page %d, or in another order", question, len(got), len(all.Hits))
		}
	}
}
