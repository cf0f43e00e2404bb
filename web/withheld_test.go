// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"
	"testing"

	"communs/licenses"
	"communs/search"
)

// TestPublicInstanceSaysWhatItDidNotSearch: of code whose licence is not known to be free, a public instance gives the
// repository and a link, on its pages and over the API.
func TestPublicInstanceSaysWhatItDidNotSearch(t *testing.T) {
	f := newFake()
	closed := f.repos[2].info
	f.withheld = &search.Withheld{Files: 1204, Total: 12, Repositories: []search.WithheldRepository{{RepositoryInfo: closed, Withheld: 3}}}
	h := newServer(t, f, func(c *Config) { c.Instance.Public = true })
	link := linker{lang: "fr"}.repository(closed.URL)
	for _, q := range []string{"parse", "introuvable+nulle-part"} {
		body := get(h, "/code?q="+q).Body.String()
		for _, want := range []string{"1\u202f204 fichiers n’ont pas été fouillés", "12 dépôts concernés", `href="` + link + `"`,
			`href="` + closed.URL + `"`, "3 fichiers", "Et 11 autres dépôts."} {
			if !strings.Contains(strings.ReplaceAll(body, "\u00a0", "\u202f"), want) {
				t.Errorf("%s: no %q", q, want)
			}
		}
		for _, fault := range checkPage(body) {
			t.Errorf("%s: %s", q, fault)
		}
	}
	var answer search.Page
	decode(t, get(h, "/api/v1/search?q=parse"), &answer)
	if w := answer.Withheld; w == nil || w.Files != 1204 || w.Total != 12 || len(w.Repositories) != 1 || w.Repositories[0].URL != closed.URL || w.Repositories[0].Withheld != 3 {
		t.Errorf("the API says %+v", w)
	}
	f.withheld = nil
	if strings.Contains(get(h, "/code?q=parse").Body.String(), "fouillé") {
		t.Error("says that something was not searched when everything was")
	}
	body := get(h, link).Body.String()
	if !strings.Contains(body, "Cette instance publique montre et fouille ses seuls fichiers dont la licence est libre") || strings.Count(body, `href="`+closed.URL+`"`) < 2 {
		t.Error("the repository's page does not say that its code is not shown, or where it can be read")
	}
	for _, fault := range checkPage(body) {
		t.Errorf("the repository: %s", fault)
	}
	if strings.Contains(get(h, linker{lang: "fr"}.repository(f.repos[0].info.URL)).Body.String(), "seuls fichiers") ||
		strings.Contains(get(newServer(t, f, nil), link).Body.String(), "seuls fichiers") {
		t.Error("says that code is not shown where it is")
	}
}

// TestPartOfAFileThatIsNotFree: the searcher withholds a free file for a part of it that is not free, and code that holds such a part. No
// page and no answer of the API shows it, whatever the searcher still gave with it.
func TestPartOfAFileThatIsNotFree(t *testing.T) {
	f := newFake()
	mixed := f.repos[2].files[0]
	l := linker{lang: "fr"}
	paths := []string{l.block(mixed.id(1, 2)), "/code?q=parse_secret", l.file(f.repos[2].info.URL, mixed.path, 0), "/api/v1/blocks/" + mixed.id(1, 2), "/api/v1/search?q=parse_secret"}
	mixed.license, mixed.libre = "MIT AND CC-BY-NC-4.0", licenses.LibreNo
	h := newServer(t, f, func(c *Config) { c.Instance.Public = true })
	for _, path := range paths {
		body := get(h, path).Body.String()
		if strings.Contains(body, "tresor") || strings.Contains(body, "def parse_secret") {
			t.Errorf("%s shows it: %s", path, body)
		}
		if !strings.Contains(body, "MIT AND CC-BY-NC-4.0") {
			t.Errorf("%s does not tell the licences", path)
		}
	}
	s := &Server{}
	hit := &search.Hit{Libre: licenses.LibreYes, Withheld: true, Code: "tresor", Lines: []search.Line{{Text: "tresor"}}}
	if s.withhold(hit); hit.Code != "" || hit.Lines != nil {
		t.Errorf("what the searcher withholds is shown: %+v", hit)
	}
}
