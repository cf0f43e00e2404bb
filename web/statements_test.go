// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"regexp"
	"strings"
	"testing"

	"communs/internal/oidc"
	"communs/internal/words"
	"communs/registry/descriptors"
	"communs/registry/find"
	"communs/search"
)

// TestStatements: each page is there in both languages, under both addresses, and leads to its twin; the foot of every page leads to it.
func TestStatements(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	for name, fr := range statementRoutes[words.French] {
		for lang, path := range map[string]string{"fr": fr, "en": statementRoutes[words.English][name]} {
			got := get(h, path, "Accept-Language", lang)
			body := got.Body.String()
			if got.Code != 200 || got.Header().Get("Content-Language") != lang || strings.Contains(body, "<script") {
				t.Errorf("%s in %s: %d", path, lang, got.Code)
			}
			for _, want := range []string{`<link rel="canonical" href="` + fr + `">`, `hreflang="fr" href="` + fr + `?lang=fr"`, `hreflang="en" href="` + statementRoutes[words.English][name] + `?lang=en"`} {
				if !strings.Contains(body, want) {
					t.Errorf("%s in %s: %s is not there", path, lang, want)
				}
			}
			for _, bad := range []string{"web.", "search.term", "find.why", "%!", "ZgotmplZ"} {
				if i := strings.Index(body, bad); i >= 0 {
					t.Errorf("%s in %s: %.80q", path, lang, body[i:])
				}
			}
			if got := get(h, path+"/x"); got.Code != 404 {
				t.Errorf("below %s: %d", path, got.Code)
			}
		}
	}
	for name, path := range screens(f) {
		for _, lang := range words.Langs() {
			body := get(h, path, "Accept-Language", string(lang)).Body.String()
			for _, statement := range statementRoutes[lang] {
				asked := statement
				if strings.Contains(path, "lang=en") {
					asked = "lang=en"
				}
				if !strings.Contains(body, asked) {
					t.Errorf("%s in %s does not lead to %s", name, lang, statement)
				}
			}
		}
	}
}

// TestStatedWeights: the tables have a row for each weight of the code, and no other.
func TestStatedWeights(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for lang, mark := range map[string]string{"fr": ",", "en": "."} {
		body := get(h, "/algorithmes?lang="+lang).Body.String()
		rows := len(search.Weights()) + len(find.Terms()) + len(search.SimilarWeights()) + len(descriptors.PlaceWeights())
		if n := strings.Count(body, `<th scope="row">`); n != rows {
			t.Errorf("%s: %d rows for %d weights", lang, n, rows)
		}
		said := words.Lang(lang)
		catalog, err := words.Load()
		if err != nil {
			t.Fatal(err)
		}
		p := catalog.Printer(said)
		shown := regexp.MustCompile(`<th scope="row">([^<]*)</th><td data-head="[^"]*">([^<]*)</td>`).FindAllStringSubmatch(body, -1)
		v := statementView{r: &request{said: p}}
		for i, w := range search.Weights() {
			if want := v.weight(w.Usual); shown[i][2] != want || strings.Contains(want, "-") || strings.Contains(want, "75") && !strings.Contains(want, mark) {
				t.Errorf("%s: %s weighs %s, want %s", lang, shown[i][1], shown[i][2], want)
			}
		}
	}
}

// TestLegalNotice shows what the operator has said, and says in words what they have not.
func TestLegalNotice(t *testing.T) {
	bare := newServer(t, newFake(), func(c *Config) { c.Instance.Contact = "" })
	for _, missing := range []string{"publisher", "director", "host", "contact", "source"} {
		if body := get(bare, "/mentions-legales").Body.String(); !strings.Contains(body, "([instance] "+missing+")") {
			t.Errorf("%s is missing without a word", missing)
		}
	}
	full := newServer(t, newFake(), func(c *Config) {
		c.Instance.Publisher, c.Instance.Director = "Association Exemple, 1 rue des Communs, Bordeaux", "Camille <Exemple>"
		c.Instance.Host, c.Instance.Source = "Hébergeur Exemple, Pau", "javascript:alert(1)"
	})
	body := get(full, "/legal?lang=en").Body.String()
	for _, want := range []string{"1 rue des Communs", "Camille &lt;Exemple&gt;", "Hébergeur Exemple, Pau", `href="mailto:communs@exemple.fr"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not shown", want)
		}
	}
	if strings.Contains(body, "[instance]") || strings.Contains(body, `href="javascript`) {
		t.Error(body)
	}
}

// TestPrivacyIsTrue: of cookies and accounts the page says what this instance does.
func TestPrivacyIsTrue(t *testing.T) {
	without := get(newServer(t, newFake(), nil), "/vie-privee").Body.String()
	w, _ := newWalker(t, nil)
	with := get(w.h, "/vie-privee").Body.String()
	if strings.Contains(without, "__Host-communs") || strings.Contains(without, `id="accounts"`) || !strings.Contains(without, "On ne se connecte pas") {
		t.Error("an instance without accounts speaks of them")
	}
	if strings.Contains(with, "-entry") {
		t.Error("an instance where no other site vouches speaks of its cookie")
	}
	vouched := newServer(t, newFake(), func(c *Config) {
		c.BaseURL, c.Origin, c.People, c.Providers = origin, origin, w.hStore(t), []*oidc.Provider{{}}
	})
	if body := get(vouched, "/vie-privee").Body.String(); !strings.Contains(body, "__Host-communs-entry") || !strings.Contains(body, "10 minutes") {
		t.Error("the cookie of signing in through another site is not told")
	}
	for _, want := range []string{"__Host-communs", "60 jours", "20 minutes", "14 jours", "366 jours", "400 jours", `id="accounts"`} {
		if !strings.Contains(with, want) {
			t.Errorf("%s is not told", want)
		}
	}
}
