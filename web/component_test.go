// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"communs/licenses"
	"communs/search"
)

// fakeComponents are two components of an honest repository, and one of a hostile one.
func fakeComponents(honest, hostile string) []search.ComponentInfo {
	return []search.ComponentInfo{
		{Ecosystem: "golang", Name: "github.com/exemple/dates", Version: "v1.4.2", Description: "Lire les dates des en-têtes.", License: "MIT",
			Libre: licenses.LibreYes, LibreGround: "osi", Evidence: []search.Evidence{{Path: "LICENSE", Start: 1, End: 21, How: "text", License: "MIT"}},
			PURL: "pkg:golang/github.com/exemple/dates@v1.4.2", Repo: honest, Path: "go.mod", Languages: []string{"Go", "Python"}, Files: 6, Blocks: 41,
			Query: "component:github.com/exemple/dates repo:" + honest, Keywords: []string{}, Score: 4.5,
			Why: []search.Term{{Term: "name", Value: 1, Weight: 4}, {Term: "liveness", Value: 1, Weight: 0.5}}},
		{Ecosystem: "npm", Name: "@exemple/calendrier", License: "", Libre: licenses.LibreUnknown, PURL: "pkg:npm/%40exemple/calendrier", Repo: honest,
			Path: "dates/package.json", Folder: "dates", Flags: []string{"test"}, Private: true, Blocks: 1, Query: "component:@exemple/calendrier repo:" + honest},
		{Ecosystem: "<eco>", Name: hostileName, Version: "<v>\u202e", Description: "<img src=x onerror=alert(1)>", License: "MIT<b>", Libre: "<b>", Repo: hostile,
			Path: "a\n<b>\u202e", Folder: "dir", Languages: []string{"<lang>"}, Flags: []string{"<flag>\u202e"}, Query: "component:\"<b>\"",
			Why: []search.Term{{Term: "<term>", Value: 1, Weight: 1}}},
	}
}

func (f *fake) componentsIn(repo string) []search.ComponentInfo {
	return slices.DeleteFunc(slices.Clone(f.components), func(c search.ComponentInfo) bool { return c.Repo != repo || c.Private })
}

// TestComponentsAsResults: a question for components is answered with components; each leads to its folder, its manifest and its blocks.
func TestComponentsAsResults(t *testing.T) {
	h := newServer(t, newFake(), nil)
	body := get(h, "/code?q=type:brique+dates&lang=fr").Body.String()
	for _, want := range []string{
		">3 briques</p>", "github.com/exemple/dates", "v1.4.2", "module Go", ">go.mod<", ">41 blocs", "component%3Agithub.com%2Fexemple%2Fdates",
		"Lire les dates", "Go, Python", "non destinée à être publiée", "Pourquoi ce rang", `href="/depots/github.com/exemple/dates/-/dates?lang=fr"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, other := range []string{"blocs de code</p>", "Essayer autrement", "<img", "<eco>", "<lang>", "\u202e"} {
		if strings.Contains(body, other) {
			t.Errorf("holds %q", other)
		}
	}
	if body := get(h, "/code?q=type:brique+dates&lang=en").Body.String(); !strings.Contains(body, ">3 components</p>") || !strings.Contains(body, "not to be published") {
		t.Error("not said in English")
	}
}

// TestComponentOfABlock: the page of a block and its JSON name the component that it belongs to; so does the page of a repository.
func TestComponentOfABlock(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	id := f.repos[0].files[1].id(12, 21)
	body := get(h, linker{lang: "fr"}.block(id)).Body.String()
	for _, want := range []string{"<h2>Brique</h2>", "github.com/exemple/dates", "v1.4.2", "Chercher dans cette brique"} {
		if !strings.Contains(body, want) {
			t.Errorf("block: no %q", want)
		}
	}
	var answer struct{ Components []search.ComponentInfo }
	if err := json.Unmarshal(get(h, "/api/v1/blocks/"+id).Body.Bytes(), &answer); err != nil || len(answer.Components) != 1 || answer.Components[0].License != "MIT" {
		t.Errorf("got %+v, %v", answer, err)
	}
	body = get(h, linker{lang: "fr"}.repository(f.repos[0].info.URL)).Body.String()
	for _, want := range []string{"<h3>Briques</h3>", "github.com/exemple/dates v1.4.2", ">1 brique<"} {
		if !strings.Contains(body, want) {
			t.Errorf("repository: no %q", want)
		}
	}
}
