// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"communs/crawler"
)

const mit = "SPDX-License-Identifier: MIT\n"

// packages are repositories with manifests.
func packages() []repo {
	return []repo{
		{Repository: crawler.Repository{URL: "https://forge.example/team/clocks", Owner: "team"}, files: map[string]string{
			"LICENSE":                       mit,
			"go.mod":                        "module example.org/team/clocks/v2\n",
			"README.md":                     "# clocks\n\nEverything that ticks.\n",
			"tick.go":                       "package clocks\n\n// Tick moves the hand.\nfunc Tick() int { return 1 }\n",
			"web/package.json":              `{"name": "@team/dates", "version": "1.2.0", "description": "Parse dates and files", "license": "EUPL-1.2", "keywords": ["calendar"]}`,
			"web/tick.js":                   "function tick() {\n  return 2\n}\n",
			"web/test/package.json":         `{"name": "dates", "private": true}`,
			"web/test/tick.js":              "function tickTest() {\n  return 3\n}\n",
			"web/node_modules/package.json": `{"name": "dates", "version": "9.9.9"}`,
			"bad/package.json":              "{",
		}},
		{Repository: crawler.Repository{URL: "https://forge.example/other/dates", Owner: "other"}, files: map[string]string{
			"Cargo.toml": "[package]\nname = \"dates\"\nversion = \"0.1.0\"\nlicense = \"MIT OR Apache-2.0\"\n",
			"src/lib.rs": "pub fn tick() -> u8 { 4 }\n",
			"LICENSE":    "This is not free software. All rights reserved, and nothing may be copied without a permission.\n",
		}},
		{Repository: crawler.Repository{URL: "https://forge.example/other/closed", Owner: "other"}, files: map[string]string{
			"setup.py":  "setup(name='closed')\n",
			"README.md": "# closed\n\nThe secret sentence of a README.\n",
		}},
		{Repository: crawler.Repository{URL: "https://forge.example/other/none", Owner: "other"}, files: map[string]string{"a.go": "package none\n"}},
	}
}

// called lists components as ecosystem:name.
func called(page *Page) (names []string) {
	for _, c := range page.Components {
		names = append(names, c.Ecosystem+":"+c.Name)
	}
	return names
}

func TestComponentSearch(t *testing.T) {
	l := newIndex(t, packages()...)
	clocks, dates, closed := "golang:example.org/team/clocks/v2", "npm:@team/dates", "pypi:closed"
	tests, copied, rust := "npm:dates", "npm:dates", "cargo:dates"
	for question, want := range map[string][]string{
		"type:component":                                 {closed, rust, clocks, dates, copied, tests},
		"type:component dates":                           {rust, dates, copied, tests},
		"type:brique clocks":                             {clocks, dates, copied, tests},
		"type:component ticks":                           {clocks},
		"type:component calendar":                        {dates},
		"type:component parse date":                      {dates},
		"type:component fichier":                         {dates},
		"type:component fichier expand:no":               nil,
		"type:component -fichier dates kind:npm":         {dates, copied, tests},
		"type:component kind:rust":                       {rust},
		"type:component lang:rust":                       {rust},
		"type:component lang:javascript":                 {dates, tests},
		"type:component license:EUPL-1.2":                {dates, tests},
		"type:component license:MIT":                     {rust, clocks},
		"type:component into:GPL-3.0-or-later":           {rust, clocks, dates, tests},
		"type:component libre:unknown":                   {closed, copied},
		"type:component path:web/**":                     {dates, copied, tests},
		"type:component name:clock":                      {clocks},
		"type:component owner:other -dates":              {closed},
		"type:component repo:clocks name:dates":          {dates, copied, tests},
		"type:component component:dates":                 {rust, dates, copied, tests},
		"type:component component:date":                  nil,
		"type:component component:pkg:npm/%40team/dates": {dates},
		"type:component component:@team/*":               {dates},
		`type:component "dates and"`:                     {dates},
		"type:component /^pkg:cargo/":                    {rust},
		"type:component (calendar OR ticks)":             {dates, clocks},
		"type:component nothinglikeit":                   nil,
	} {
		page := ask(t, l, question)
		if got := called(page); !slices.Equal(got, want) || page.Total != len(want) || page.Partial {
			t.Errorf("%s: got %q, want %q (%s)", question, got, want, page.Reason)
		}
		for _, c := range page.Components {
			sum := 0.0
			for _, term := range c.Why {
				sum += term.Value * term.Weight
			}
			if diff := sum - c.Score; diff > 1e-9 || diff < -1e-9 {
				t.Errorf("%s: %s scores %v, its terms %v", question, c.Name, c.Score, c.Why)
			}
		}
	}
}

func TestComponentIsDescribed(t *testing.T) {
	l := newIndex(t, packages()...)
	find := func(question string) ComponentInfo {
		t.Helper()
		page := ask(t, l, question)
		if len(page.Components) == 0 {
			t.Fatalf("%s: nothing", question)
		}
		return page.Components[0]
	}
	c := find("type:component component:@team/dates")
	if c.Version != "1.2.0" || c.License != "EUPL-1.2" || c.Libre != "yes" || c.Path != "web/package.json" || c.Folder != "web" ||
		c.PURL != "pkg:npm/%40team/dates@1.2.0" || len(c.Evidence) != 1 || c.Evidence[0].How != "manifest" || c.Evidence[0].Path != c.Path ||
		c.Files != 2 || !slices.Equal(c.Keywords, []string{"calendar"}) || c.Private || c.Repo != "https://forge.example/team/clocks" {
		t.Errorf("got %+v", c)
	}
	c = find("type:component clocks kind:golang")
	if c.License != "MIT" || c.Evidence[0].Path != "LICENSE" || c.Description != "Everything that ticks." || c.DescriptionPath != "README.md" {
		t.Errorf("got %+v", c)
	}
	c = find("type:component dates path:node_modules")
	if !slices.Contains(c.Flags, "vendored") || c.Version != "9.9.9" {
		t.Errorf("got %+v", c)
	}
	c = find("type:component dates path:web/test")
	if !slices.Contains(c.Flags, "test") || !c.Private {
		t.Errorf("got %+v", c)
	}
	// The question that is given for the blocks of a component finds as many as were counted.
	for _, c := range ask(t, l, "type:component").Components {
		page, err := l.Search(t.Context(), Query{Text: c.Query})
		if err != nil || page.Total != c.Blocks || page.Total == 0 {
			t.Errorf("%s of %s: %v blocks found by %s, %d counted (%v)", c.Name, c.Path, page.Total, c.Query, c.Blocks, err)
		}
		for _, h := range page.Hits {
			if c.Folder != "" && !strings.HasPrefix(h.Path, c.Folder+"/") {
				t.Errorf("%s: %s", c.Query, h.Path)
			}
		}
	}
}

// Copies of a file within a component count once as blocks, as a search counts them; and components of one repository that answer to the
// same name have questions of their own.
func TestBlocksOfComponentsThatAreAlike(t *testing.T) {
	l := newIndex(t, repo{Repository: crawler.Repository{URL: "https://forge.example/team/all"}, files: map[string]string{
		"package.json":      `{"name": "all", "version": "1.0.0"}`,
		"a.js":              "function tick() {\n  return 2\n}\n",
		"lib/b.js":          "function tick() {\n  return 2\n}\n",
		"old/package.json":  `{"name": "all", "version": "0.9.0"}`,
		"old/a.js":          "function tock() {\n  return 4\n}\n",
		"rust/Cargo.toml":   "[package]\nname = \"deep\"\nversion = \"3.0.0\"\n",
		"java/pom.xml":      "<project><groupId>org.example</groupId><artifactId>Deep</artifactId><version>1</version></project>\n",
		"java/package.json": `{"name": "@team/deep", "version": "1.0.0"}`,
	}})
	components := ask(t, l, "type:component").Components
	if len(components) != 5 {
		t.Fatalf("got %d components", len(components))
	}
	for _, c := range components {
		page := ask(t, l, c.Query)
		if page.Total != c.Blocks || page.Total == 0 {
			t.Errorf("%s of %s: %d blocks found by %s, %d counted", c.Name, c.Path, page.Total, c.Query, c.Blocks)
		}
		if again := ask(t, l, "type:component "+c.Query); !slices.ContainsFunc(again.Components, func(o ComponentInfo) bool { return o.Path == c.Path }) {
			t.Errorf("%s does not find %s", c.Query, c.Path)
		}
	}
	id := ask(t, l, "name:tock").Hits[0].ID
	block, err := l.Block(t.Context(), id)
	if err != nil || len(block.Components) != 1 {
		t.Fatalf("got %+v, %v", block, err)
	}
	if c := block.Components[0]; c.Query != `component:all repo:https://forge.example/team/all path:/old/**` {
		t.Errorf("got %s", c.Query)
	}
	if text, err := json.Marshal(block.Components[0]); err != nil || strings.Contains(string(text), `"blocks"`) || strings.Contains(string(text), `"files"`) {
		t.Errorf("figures that nobody counted: %s, %v", text, err)
	}
}

func TestBlocksOfAComponent(t *testing.T) {
	l := newIndex(t, packages()...)
	for question, want := range map[string][]string{
		"tick component:@team/dates":                  {"clocks web/tick.js:1-3"},
		"tick composant:dates -component:@team/*":     {"dates src/lib.rs:1-1", "clocks web/test/tick.js:1-3"},
		"tick component:clocks":                       {"clocks README.md:1-3", "clocks tick.go:3-4"},
		"tick component:pkg:cargo/dates":              {"dates src/lib.rs:1-1"},
		"tick component:pkg:cargo/*":                  {"dates src/lib.rs:1-1"},
		"tick component:pkg:npm/%40team/*":            {"clocks web/tick.js:1-3"},
		"tick component:closed":                       nil,
		"tick (component:clocks OR component:@team*)": {"clocks README.md:1-3", "clocks tick.go:3-4"},
		"tick -component:*":                           nil,
	} {
		page := ask(t, l, question)
		got := places(page)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", question, got, want)
		}
	}
	h := ask(t, l, "tick component:@team/dates").Hits[0]
	block, err := l.Block(t.Context(), h.ID)
	if err != nil || len(block.Components) != 1 || block.Components[0].Name != "@team/dates" || block.Components[0].License != "EUPL-1.2" {
		t.Errorf("got %+v, %v", block, err)
	}
}

// On a public instance components are told as repositories are; what a README says that is not free is neither shown nor searched.
func TestComponentsOfAPublicInstance(t *testing.T) {
	dir := t.TempDir()
	writeIndex(t, dir, 0, packages()...)
	l := openIndex(t, dir, Options{Public: true})
	if page := ask(t, l, "type:component secret"); page.Total != 0 {
		t.Errorf("found %q by a README that is not free", called(page))
	}
	page := ask(t, l, "type:component closed")
	text, err := json.Marshal(page)
	if err != nil || len(page.Components) != 1 || strings.Contains(string(text), "secret sentence") {
		t.Errorf("got %s, %v", text, err)
	}
	if page := ask(t, openIndex(t, dir, Options{}), "type:component secret"); page.Total != 1 {
		t.Errorf("got %q", called(page))
	}
}

// An index that was written before manifests were read says that its answer is a part.
func TestIndexWithoutComponents(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join("..", "indexer", "testdata", "format", "1-before-components")
	if err := os.CopyFS(dir, os.DirFS(old)); err != nil {
		t.Fatal(err)
	}
	l := openIndex(t, dir, Options{})
	for question, partial := range map[string]bool{"type:component": true, "component:x date": true, "type:repo": false, "date": false} {
		page := ask(t, l, question)
		if page.Partial != partial || partial && page.Reason != "manifests" {
			t.Errorf("%s: partial %v, %q", question, page.Partial, page.Reason)
		}
	}
}

func TestComponentPages(t *testing.T) {
	l := newIndex(t, packages()...)
	var got []string
	for after := ""; ; {
		page, err := l.Search(t.Context(), Query{Text: "type:component dates", N: 1, After: after})
		if err != nil || len(page.Components) != 1 || page.Total != 4 {
			t.Fatalf("got %+v, %v", page, err)
		}
		got = append(got, page.Components[0].Path)
		if after = page.Next; after == "" {
			break
		}
	}
	if len(got) != 4 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 4 {
		t.Errorf("got %q", got)
	}
}
