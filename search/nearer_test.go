// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"communs/crawler"
	"communs/licenses"
)

// mixedGo is a file under the MIT licence with a snippet under another, and a function that was taken from elsewhere.
func mixedGo(snippet string) string {
	return `// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2024 Host Example

package mixed

// Host is the file's own.
func Host(tariff int) int {
	return tariff + 1
}

// SPDX-SnippetBegin
// SPDX-License-Identifier: ` + snippet + `
// SPDX-SnippetCopyrightText: 2019 Guest Example

// Guest reckons a zanzibar tariff.
func Guest(tariff int) int {
	total := tariff * 7
	for total > 100 {
		total -= tariff
	}
	return total
}

// SPDX-SnippetEnd

// Tail comes after the snippet.
func Tail(tariff int) int {
	return tariff - 1
}
`
}

const takenGo = `// SPDX-License-Identifier: GPL-3.0-or-later

package taken

// Taken reckons a tariff.
//
// Copyright 2011 Other Example
//
// This function was taken from another project. Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
//     http://www.apache.org/licenses/LICENSE-2.0
func Taken(tariff int) int {
	return tariff / 2
}

// Mine is the file's own.
func Mine(tariff int) int {
	return tariff / 3
}
`

func mixedRepos(snippet string) []repo {
	return []repo{
		{Repository: crawler.Repository{URL: "https://forge.example/team/mixed", Owner: "team"}, files: map[string]string{"mixed.go": mixedGo(snippet), "taken.go": takenGo}},
		{Repository: crawler.Repository{URL: "https://forge.example/team/mirror", Owner: "team"}, files: map[string]string{"sub/mixed.go": mixedGo(snippet)}},
	}
}

// TestBlockLicense: a block is under what is said nearest to it, in its hit, its evidence, its copies, and for every filter.
func TestBlockLicense(t *testing.T) {
	l := newIndex(t, mixedRepos("BSD-3-Clause")...)
	for name, want := range map[string]struct{ license, evidence string }{
		"Host":  {"MIT", "tag:1-1"},
		"Guest": {"BSD-3-Clause", "snippet:11-24"},
		"Tail":  {"MIT", "tag:1-1"},
		"Taken": {"Apache-2.0", "notice:9-9"},
		"Mine":  {"GPL-3.0-or-later AND Apache-2.0", "tag:1-1 notice:9-9"},
	} {
		page := ask(t, l, "name:"+name)
		if len(page.Hits) != 1 {
			t.Errorf("%s: %v", name, places(page))
			continue
		}
		h := page.Hits[0]
		var said []string
		for _, e := range h.Evidence {
			said = append(said, fmt.Sprintf("%s:%d-%d", e.How, e.Start, e.End))
		}
		if h.License != want.license || strings.Join(said, " ") != want.evidence {
			t.Errorf("%s: %s by %q", name, h.License, said)
		}
		for _, o := range h.Occurrences {
			if o.License != want.license {
				t.Errorf("%s in %s: %s", name, o.Repo, o.License)
			}
		}
		block, err := l.Block(t.Context(), h.ID)
		if err != nil || block.License != want.license {
			t.Errorf("%s by its id: %+v, %v", name, block, err)
		}
	}
	for _, c := range []struct{ question, want string }{
		{"tariff license:BSD-3-Clause", "Guest"}, {"tariff license:Apache-2.0", "Mine Taken"}, {"tariff -license:MIT", "Guest Mine Taken"},
		{"tariff license:MIT", "Host Tail"}, {"tariff into:GPL-2.0-only", "Guest Host Tail"}, {"tariff license:MIT in:file", "Tail"},
		{"zanzibar tariff license:MIT in:file", ""}, {"tariff (license:BSD-3-Clause OR name:Host)", "Guest Host"},
	} {
		var names []string
		for _, h := range ask(t, l, c.question+" path:.go").Hits {
			if h.Name != "" {
				names = append(names, h.Name)
			}
		}
		slices.Sort(names)
		if got := strings.Join(slices.Compact(names), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.question, got, c.want)
		}
	}
	f, err := l.File(t.Context(), "https://forge.example/team/mixed", "mixed.go")
	if err != nil || f.License != "BSD-3-Clause AND MIT" || f.Text == "" || f.Evidence[0].How != "snippet" {
		t.Errorf("the file: %+v, %v", f, err)
	}
	guest := ask(t, l, "name:Guest").Hits[0]
	block, err := l.Block(t.Context(), guest.ID)
	if err != nil || strings.Join(block.Copyright, "|") == "" || !strings.Contains(block.Copyright[0], "Guest Example") || len(block.Copyright) != 1 {
		t.Errorf("the snippet is %q's, %v", block.Copyright, err)
	}
	whole, err := l.Block(t.Context(), strings.SplitN(guest.ID, ";", 2)[0])
	if err != nil || whole.License != "BSD-3-Clause AND MIT" {
		t.Errorf("the whole file by its id: %+v, %v", whole, err)
	}
	similar, err := l.Similar(t.Context(), Example{Code: block.Code, N: 5})
	if err != nil || len(similar.Hits) == 0 || similar.Hits[0].License != "BSD-3-Clause" || similar.Hits[0].Occurrences[0].License != "BSD-3-Clause" {
		t.Errorf("what is like the snippet: %+v, %v", similar, err)
	}
}

// TestHiddenSnippet: of a file with a snippet that is not known to be free, a public instance shows and tells nothing, but for free
// lines that are asked for by their id.
func TestHiddenSnippet(t *testing.T) {
	for _, snippet := range []string{"CC-BY-NC-4.0", "LicenseRef-Closed", "NOASSERTION"} {
		dir := t.TempDir()
		writeIndex(t, dir, 0, mixedRepos(snippet)...)
		private, public := openIndex(t, dir, Options{}), openIndex(t, dir, Options{Public: true})
		hash := strings.SplitN(ask(t, private, "name:Guest").Hits[0].ID, ";", 2)[0]
		if n := len(ask(t, private, "-libre:yes name:Guest").Hits); n != 1 {
			t.Errorf("%d hits are not free", n)
		}
		for _, question := range []string{"zanzibar", "zanzibar tariff", `"total := tariff"`, "/total.*7/", "name:Guest", "tariff in:file zanzibar", "name:Host"} {
			page, err := public.Search(t.Context(), Query{Text: question})
			if err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(page.Hits)
			if len(page.Hits) > 0 && strings.Contains(string(text), "mixed.go") || strings.Contains(strings.ToLower(string(text)), "zanzibar") {
				t.Errorf("%s: %s", question, text)
			}
			if page.Withheld == nil {
				t.Errorf("%s: not said to be withheld", question)
			}
		}
		for id, shown := range map[string]bool{hash: false, hash + ";lines=15-22": false, hash + ";lines=20-29": false, hash + ";lines=6-11": false, hash + ";lines=6-9": true} {
			h, err := public.Block(t.Context(), id)
			if err != nil || h.Withheld == shown || (h.Code != "") != shown || (h.Libre == licenses.LibreYes) != shown {
				t.Errorf("%s: %+v, %v", id, h, err)
			}
		}
		f, err := public.File(t.Context(), "https://forge.example/team/mixed", "mixed.go")
		if err != nil || !f.Withheld || f.Text != "" || f.Libre == licenses.LibreYes {
			t.Errorf("the file: %+v, %v", f, err)
		}
		guest, err := private.Block(t.Context(), hash+";lines=15-22")
		if err != nil {
			t.Fatal(err)
		}
		similar, err := public.Similar(t.Context(), Example{Code: guest.Code})
		if err != nil || len(similar.Hits) > 0 {
			t.Errorf("like the snippet: %+v, %v", similar, err)
		}
	}
}

// BenchmarkNearer is what one file with a snippet costs the first question for a licence: the licences of its blocks.
func BenchmarkNearer(b *testing.B) {
	dir := b.TempDir()
	writeIndex(b, dir, 0, mixedRepos("BSD-3-Clause")...)
	g, err := openIndex(b, dir, Options{}).acquire()
	if err != nil {
		b.Fatal(err)
	}
	defer g.release()
	for b.Loop() {
		g.nearer.Clear()
		for blob := range uint32(g.x.Shards()[0].NumBlobs()) {
			if n := g.nearerOf(0, blob); n != nil {
				g.blockLicense(n, 0, blob, 0, 0)
			}
		}
	}
}
