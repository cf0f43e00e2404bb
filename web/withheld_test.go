// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/url"
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

// TestRepositoriesAsResults: a question for repositories is answered with repositories, not with an empty page.
func TestRepositoriesAsResults(t *testing.T) {
	f := newFake()
	body := get(newServer(t, f, nil), "/code?q=type:repo&lang=fr").Body.String()
	for _, want := range []string{">5 dépôts</p>", `<h2><a href="/depots/github.com/exemple/dates?lang=fr">`, "Lire les dates des en-têtes", "Pourquoi ce rang", "dépôt vivant"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, other := range []string{"blocs de code</p>", "Essayer autrement", "Comment chercher"} {
		if strings.Contains(body, other) {
			t.Errorf("holds %q", other)
		}
	}
}

// TestVerdictsCiteTheirGround: wherever a licence is compared with the project's, the page says what that rests on and
// that it is no legal advice, whether the project's licence was chosen from the list or typed.
func TestVerdictsCiteTheirGround(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for path, want := range map[string]bool{
		"/code?q=parse&into=GPL-3.0-or-later": true, "/code?q=parse+into:GPL-3.0-or-later": true, "/code?q=(parse+vers:GPL-3.0-or-later)": true,
		"/code?q=parse": false, "/code?q=parse+-into:MIT": false, "/code?q=into:MIT+OR+into:Apache-2.0": false, "/code?q=parse+%22into:MIT%22": false,
	} {
		main, _, _ := strings.Cut(get(h, path).Body.String(), "<footer>")
		if got := strings.Contains(main, "compatible selon la matrice OSADL."); got != want {
			t.Errorf("%s: the ground of a verdict is there: %v", path, got)
		}
		if got := strings.Contains(main, "pas un avis juridique"); got != want {
			t.Errorf("%s: « pas un avis juridique » is there: %v", path, got)
		}
		if strings.Contains(main, "ous pouvez") {
			t.Errorf("%s says « vous pouvez »", path)
		}
	}
	_, said, grounds := verdict(h.(*Server).words["en"], "", "MIT")
	if said == "" || grounds != nil {
		t.Errorf("no licence: %q, %q", said, grounds)
	}
	for _, c := range []struct{ from, into, class, ground string }{
		{"GPL-3.0-only", "MIT", "no", "not compatible by the OSADL matrix"}, {"MIT", "MIT", "yes", "by the licence itself"},
	} {
		class, _, grounds := verdict(h.(*Server).words["en"], c.from, c.into)
		if class != c.class || len(grounds) == 0 || !strings.Contains(strings.Replace(grounds[0], "incompatible", "not compatible", 1), c.ground) {
			t.Errorf("%s into %s: %s, %q; want %s, %q (%v)", c.from, c.into, class, grounds, c.class, c.ground, licenses.Copy)
		}
	}
}

// TestFaultOfWhatWasTyped: with a licence chosen, the caret still stands under what was typed, not under what was added.
func TestFaultOfWhatWasTyped(t *testing.T) {
	body := get(newServer(t, newFake(), nil), "/code?into=MIT&q="+url.QueryEscape(`"abc`)).Body.String()
	if strings.Contains(body, "into:MIT</code>") || !strings.Contains(body, "<code>&#34;abc\n<b>^</b></code>") {
		_, rest, _ := strings.Cut(body, `<pre class="caret"`)
		t.Errorf("the caret stands at %.80s", rest)
	}
}
