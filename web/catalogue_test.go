// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"communs/registry"
	"communs/registry/find"
)

// still is a catalogue that does not change.
type still struct{ c *registry.Catalogue }

func (s still) Catalogue(context.Context) (*registry.Catalogue, error) { return s.c, nil }

// withCatalogue serves these entries.
func withCatalogue(t testing.TB, entries []registry.Entry) func(*Config) {
	t.Helper()
	c := (*registry.Catalogue)(nil).With(entries...)
	finder, err := find.New(t.Context(), c, func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finder.Close() })
	return func(config *Config) { config.Catalogue, config.Finder = still{c}, finder }
}

func baseServer(t testing.TB) http.Handler {
	t.Helper()
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, newFake(), withCatalogue(t, base))
}

// maxPage is what a page may weigh, compressed.
const maxPage = 20 << 10

// TestEveryPageOfTheCatalogue follows every link from the menu's pages, in both languages: each leads somewhere, to a page that a
// validator accepts.
func TestEveryPageOfTheCatalogue(t *testing.T) {
	h := baseServer(t)
	for _, lang := range []string{"fr", "en"} {
		seen := map[string]bool{}
		pending := []string{"/?lang=" + lang, "/besoins?lang=" + lang, "/logiciels?q=visio+bordeaux&lang=" + lang, "/comparer?logiciel=jitsi-meet&logiciel=bigbluebutton&lang=" + lang}
		for len(pending) > 0 && len(seen) < 240 {
			path := pending[0]
			pending = pending[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			w := get(h, path, "Accept-Encoding", "gzip")
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d", path, w.Code)
				continue
			}
			if n := w.Body.Len(); n > maxPage {
				t.Errorf("%s weighs %d bytes", path, n)
			}
			if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				continue
			}
			body := get(h, path).Body.String()
			if faults := checkPage(body); len(faults) > 0 {
				t.Errorf("%s: %s", path, strings.Join(faults, "; "))
			}
			if strings.Contains(body, "%!") || strings.Contains(body, "web.") && strings.Contains(body, ">web.") {
				t.Errorf("%s: a sentence is missing", path)
			}
			doc, err := html.Parse(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			walk(doc, func(n *html.Node) {
				href, _ := attr(n, "href")
				if n.Data == "a" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "/code") && !strings.HasPrefix(href, "/depots") &&
					!(strings.Contains(path, "?") && strings.HasPrefix(href, path[:strings.Index(path, "?")+1])) {
					pending = append(pending, href)
				}
			})
		}
		if len(seen) < 200 {
			t.Errorf("%s: only %d pages were reached", lang, len(seen))
		}
	}
}

// TestHostileCatalogue shows records whose every text is an attack: nothing of it becomes markup, and no link leads to a script.
func TestHostileCatalogue(t *testing.T) {
	evil := "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202egpj.exe\u200b" + strings.Repeat("très", 400) + " РауРаl שלום"
	text, bad := registry.Text{FR: evil, EN: evil}, "javascript:alert(1)"
	head := func(id string) registry.Meta {
		return registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: evil, URL: bad, Licence: evil, Credit: evil}}}
	}
	h := newServer(t, newFake(), withCatalogue(t, []registry.Entry{
		&registry.Need{Meta: head("n"), Name: text, Group: evil, Words: []string{evil}},
		&registry.Organisation{Meta: head("o"), Name: evil, Type: registry.TypeCompany, About: text, Website: bad, SIREN: evil, RNA: evil,
			Place: registry.Place{Commune: evil, Region: evil}, Forges: []string{bad, evil}, Labels: []registry.Label{{Name: evil, URL: bad, From: registry.Date(evil)}}},
		&registry.Repository{Meta: head("https://forge.example.org/" + evil), Name: evil, Description: evil, Topics: []string{evil}, Archived: true,
			Snapshot: registry.Finding{Value: "swh:1:snp:" + evil, Date: registry.Date(evil), How: evil}, Licence: registry.Finding{Value: evil, Date: registry.Date(evil), How: evil},
			Activity: registry.Activity{LastChange: &registry.Finding{Value: evil, Date: registry.Date(evil), How: evil}, LastRelease: &registry.Finding{Value: evil + " " + evil, Date: registry.Date(evil), How: evil},
				Commits: &registry.Count{N: -1, Date: registry.Date(evil), How: evil}, Tests: &registry.Finding{Value: evil, How: evil}}},
		&registry.Software{Meta: head("s"), Name: evil, Summary: text, About: text, Website: bad, Docs: bad, Licence: evil, Repositories: []string{bad, "https://forge.example.org/" + evil},
			Shots: []registry.Link{{Title: text, URL: bad}, {Title: text, URL: "data:text/html," + evil}}, Needs: []string{"n"}, Words: []string{evil},
			Replaces: []string{evil}, Languages: []string{evil}, Platforms: []string{evil}, Online: registry.Online{Without: registry.Tri(evil), Demo: bad},
			Prices: []registry.Price{registry.Price(evil)}, Export: registry.Statement{Answer: registry.Tri(evil), Levels: []string{evil}, Note: text, URL: bad, Date: registry.Date(evil)}},
		&registry.Software{Meta: proposedBy(head("t")), Name: "T" + evil, Summary: text, Needs: []string{"n"}, Replaces: []string{evil},
			Reasons: []registry.Reason{{Field: "needs", Value: "n", How: "registry.how.proposed.topic", Words: evil, Path: evil, Line: 1}, {Field: evil, How: evil}}},
		&registry.Offer{Meta: head("f"), Organisation: "o", Software: "s", Services: []registry.Service{registry.ServiceHosting}, URL: bad, HostedIn: evil,
			Prices: []registry.Price{registry.Price(evil)}, Note: text, Chatons: true},
		&registry.Use{Meta: head("u"), Organisation: "o", Software: "s", Since: registry.Date(evil), People: 3, Note: text},
		&registry.Selection{Meta: head("p"), Title: text, Situation: text, Items: []registry.Pick{{Need: "n", Software: "s", Why: text, Else: []string{"t"}}}},
		&registry.Request{Meta: head("r"), Title: text, About: text, Needs: []string{"n"}, Software: "s", By: "o", Date: registry.Date(evil), State: registry.RequestOpen,
			Supports: []registry.Support{{Organisation: "o", Date: registry.Date(evil), Gives: text}}, Answer: &registry.Answer{Software: "t", URL: bad, Note: text, Date: registry.Date(evil)}},
	}))
	for _, path := range []string{"/", "/besoins", "/besoins/n", "/logiciels", "/logiciels?q=script+alert", "/logiciels/s", "/logiciels/t", "/comparer?logiciel=s&logiciel=t",
		"/selections", "/selections/p", "/prestataires", "/prestataires/o", "/demandes", "/demandes/r", "/prestataires?logiciel=s&logiciel=t",
		"/prestataires?logiciel=s&pres=" + url.QueryEscape(evil), "/logiciels?pres=" + url.QueryEscape(evil), "/logiciels?q=x&near=" + url.QueryEscape(bad)} {
		w := get(h, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, fault := range checkPage(w.Body.String()) {
			t.Errorf("%s: %s", path, fault)
		}
		if strings.ContainsAny(w.Body.String(), "\u202e\u200b") {
			t.Errorf("%s shows characters that hide others", path)
		}
		doc, err := html.Parse(strings.NewReader(w.Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		walk(doc, func(n *html.Node) {
			if href, ok := attr(n, "href"); ok && n.Data == "a" && !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "https://") &&
				!strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "mailto:") {
				t.Errorf("%s leads to %q", path, href)
			}
		})
	}
}

func proposedBy(m registry.Meta) registry.Meta {
	m.Status = registry.Proposed
	return m
}

// A proposal says on what it rests, until somebody answers for it.
func TestProposalSaysWhatItRestsOn(t *testing.T) {
	head := registry.Meta{ID: "s", Status: registry.Proposed, Sources: []registry.Source{{Name: "repository", Licence: "MIT"}}}
	s := &registry.Software{Meta: head, Name: "Salon", Summary: registry.Text{FR: "Des réunions."}, Needs: []string{"n"},
		Reasons: []registry.Reason{{Field: "needs", Value: "n", How: "registry.how.proposed.lead", Words: "réunions à distance", Path: "README.md", Line: 3}}}
	need := &registry.Need{Meta: registry.Meta{ID: "n", Status: registry.Declared, Sources: head.Sources}, Name: registry.Text{FR: "Se réunir"}}
	const want = "<dt>Besoin (Se réunir)</dt><dd>d’après le début de la présentation — <q>réunions à distance</q> <small>(README.md, ligne 3)</small></dd>"
	for status, shown := range map[registry.Status]bool{registry.Proposed: true, registry.Declared: false} {
		s.Status = status
		body := get(newServer(t, newFake(), withCatalogue(t, []registry.Entry{need, s})), "/logiciels/s").Body.String()
		if strings.Contains(body, want) != shown {
			t.Errorf("%s: %v\n%s", status, shown, body)
		}
	}
}

// TestAComparisonOfTooFewSaysWhatToDo: who compares one software alone, or five, is told how many it takes and is led to where they are chosen.
func TestAComparisonOfTooFewSaysWhatToDo(t *testing.T) {
	h := richServer(t)
	for path, want := range map[string][]string{
		"/comparer?logiciel=jitsi-meet":        {"<h1>Comparaison : choisissez deux à 4 logiciels</h1>", "<title>Comparaison", `<a href="/logiciels">`, "« Comparer »"},
		"/comparer":                            {"<h1>Comparaison : choisissez deux à 4 logiciels</h1>"},
		"/compare?software=jitsi-meet&lang=en": {"<h1>Comparison: choose two to 4 software</h1>", `<a href="/software`, "“Compare”"},
	} {
		w := get(h, path)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", path, w.Code)
		}
		for _, part := range want {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s does not say %q:\n%s", path, part, w.Body)
			}
		}
	}
}

// TestLinksOfFilters holds that what their addresses share may be put together once.
func TestLinksOfFilters(t *testing.T) {
	for _, asked := range []string{"", "q=agenda+é%26=&page=3", "libre=oui&tri=nom&n=50&q=x", "besoin=a&besoin=b&pres=33&prix=don&langue=fr&hebergeur=h&en-ligne=non&export=inconnu&activite=calme"} {
		v, _ := url.ParseQuery(asked)
		q, err := find.ParseQuery(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []linker{{lang: "fr"}, {lang: "en", keep: true}} {
			for _, f := range find.Facets() {
				for _, value := range []string{"yes", "unknown", "region-75", "un-besoin"} {
					if slices.Contains(q.Picks[f], value) {
						continue
					}
					if got, want := l.adding(q, f)(value), l.allSoftware(q.With(f, value).Values()); got != want {
						t.Errorf("%s with %s of %s: %s, want %s", asked, value, f.Key(), got, want)
					}
				}
			}
		}
	}
}
