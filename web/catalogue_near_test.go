// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"communs/registry"
)

// links gives the texts and the addresses of a page's links.
func links(t *testing.T, body string) map[string]string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	walk(doc, func(n *html.Node) {
		if href, ok := attr(n, "href"); ok && n.Data == "a" {
			all[strings.Join(strings.Fields(textOf(n)), " ")] = href
		}
	})
	return all
}

// TestNearMe narrows software and organisations down to a place: what is there, and where there is nothing how many there are without it.
func TestNearMe(t *testing.T) {
	h := richServer(t)
	for _, c := range []struct{ path, want, link, href string }{
		{"/logiciels?q=visio&pres=Bordeaux", "1 logiciel, avec de l’aide à cet endroit : Gironde", "5 sans tenir compte du lieu", "/logiciels?q=visio"},
		{"/logiciels?q=visio&pres=33", "1 logiciel, avec de l’aide à cet endroit : Gironde", "Jitsi Meet", "/logiciels/jitsi-meet"},
		{"/logiciels?q=visio&pres=Guadeloupe", "Aucun de ces logiciels", "Voir les 5 logiciels sans tenir compte du lieu", "/logiciels?q=visio"},
		{"/logiciels?q=visio&pres=Trifouillis", "Nous ne connaissons pas ce lieu : Trifouillis", "Jitsi Meet", "/logiciels/jitsi-meet"},
		{"/logiciels?q=visio&pres=", "5 logiciels", "Jitsi Meet", "/logiciels/jitsi-meet"},
		{"/prestataires?logiciel=jitsi-meet&pres=Bordeaux", "1 organisation, à cet endroit ou dans la région : Gironde", "2 ailleurs", "/prestataires?logiciel=jitsi-meet"},
		{"/prestataires?logiciel=jitsi-meet&pres=Dordogne", "à cet endroit ou dans la région : Dordogne", "Toile libre", "/prestataires/toile-libre"},
		{"/prestataires?logiciel=jitsi-meet&pres=Guadeloupe", "Nous ne connaissons personne", "Voir 3 organisations ailleurs : beaucoup aident à distance", "/prestataires?logiciel=jitsi-meet"},
		{"/prestataires?logiciel=galette&pres=Bordeaux", "Nous ne connaissons personne", "", ""},
		{"/prestataires?pres=Trifouillis", "Nous ne connaissons pas ce lieu : Trifouillis", "Framasoft", "/prestataires/framasoft"},
		{"/providers?software=jitsi-meet&near=Bordeaux&lang=en", "at this place or in its region: Gironde", "Toile libre", "/providers/toile-libre?lang=en"},
	} {
		w := get(h, c.path)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, without %q", c.path, w.Code, c.want)
		}
		if href := links(t, body)[c.link]; c.link != "" && href != c.href {
			t.Errorf("%s: %q leads to %q, want %q: %v", c.path, c.link, href, c.href, links(t, body))
		}
	}
	var page struct{ Total, Anywhere int }
	ask(t, h, "/api/v1/software?q=visio&near=Guadeloupe", &page)
	if page.Total != 0 || page.Anywhere != 5 {
		t.Errorf("the API: %+v", page)
	}
	if page.Anywhere = -1; true {
		ask(t, h, "/api/v1/software?q=visio", &page)
	}
	if page.Anywhere != -1 {
		t.Errorf("without a place the API gives anywhere: %+v", page)
	}
	for _, path := range []string{"/prestataires?logiciel=nobody", "/prestataires?region=00"} {
		if w := get(h, path); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestRegionsInOrder holds that regions come as a dictionary has them: Île-de-France among the I.
func TestRegionsInOrder(t *testing.T) {
	for path, want := range map[string][]string{
		"/prestataires":     {"Partout", "Auvergne-Rhône-Alpes", "Grand Est", "Hauts-de-France", "Île-de-France", "Nouvelle-Aquitaine", "Occitanie"},
		"/logiciels":        {"Auvergne-Rhône-Alpes", "Hauts-de-France", "Île-de-France", "Occitanie"},
		"/software?lang=en": {"Auvergne-Rhône-Alpes", "Hauts-de-France", "Île-de-France", "Occitanie"},
	} {
		doc, err := html.Parse(strings.NewReader(get(richServer(t), path).Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		walk(doc, func(n *html.Node) {
			if n.Data == "a" && n.Parent.Data == "li" && slices.Contains(want, textOf(n)) && !slices.Contains(seen, textOf(n)) {
				seen = append(seen, textOf(n))
			}
		})
		if !slices.Equal(seen, want) {
			t.Errorf("%s: %v, want %v", path, seen, want)
		}
	}
}

// TestFromSoftwareToItsCodeAndBack follows the links both ways, for a repository that is in the index under another of its addresses too.
func TestFromSoftwareToItsCodeAndBack(t *testing.T) {
	f := newFake()
	repo := f.repos[0].info.URL
	head := registry.Meta{Status: registry.Declared, Sources: []registry.Source{{Name: "form", Licence: "CC0-1.0"}}}
	with := func(id string) registry.Meta { head.ID = id; return head }
	h := newServer(t, f, withCatalogue(t, []registry.Entry{
		&registry.Repository{Meta: with("https://ancien.example.org/dates"), Aliases: []string{repo}},
		&registry.Software{Meta: with("dates"), Name: "Dates", Summary: registry.Text{FR: "Lire des dates."}, Repositories: []string{"https://ancien.example.org/dates"}},
	}))
	code := links(t, get(h, "/logiciels/dates").Body.String())
	question, files := code["Chercher dans son code"], code["Voir ses fichiers"]
	if question == "" || files != (linker{lang: "fr"}).repository(repo) {
		t.Fatalf("from the software: %q, %q", question, files)
	}
	block := linker{lang: "fr"}.block(f.repos[0].files[0].id(1, 3))
	for _, path := range []string{files, question + "+parse", block} {
		w := get(h, path)
		if back := links(t, w.Body.String())["Dates"]; w.Code != http.StatusOK || back != "/logiciels/dates" {
			t.Errorf("%s leads back to %q (%d)", path, back, w.Code)
		}
	}
}

// TestHowToRequest promises nothing that is not there: without an address to write to, the page says so.
func TestHowToRequest(t *testing.T) {
	if body := get(richServer(t), "/demandes").Body.String(); !strings.Contains(body, `href="mailto:contact@communs.example.org"`) || !strings.Contains(body, "Écrivez à qui tient ce service") {
		t.Error("the page does not say where to write")
	}
	h := newServer(t, newFake(), func(c *Config) { withCatalogue(t, richEntries(t))(c); c.Instance.Contact = "" })
	for _, path := range []string{"/demandes", "/demandes/sous-titres"} {
		if body := get(h, path).Body.String(); strings.Contains(body, "Écrivez") || !strings.Contains(body, "n’a pas indiqué d’adresse") {
			t.Errorf("%s promises what is not there", path)
		}
	}
}

// TestWhatIsFoundIsShown holds that the page of a software shows each finding with its day and the way it was found.
func TestWhatIsFoundIsShown(t *testing.T) {
	body := get(richServer(t), "/logiciels/jitsi-meet").Body.String()
	for _, want := range []string{"Licence trouvée dans ses fichiers : Apache-2.0, 21 novembre 2026", "swh:1:snp:0123456789012345678901234567890123456789",
		"https://archive.softwareheritage.org/swh:1:snp:", "lu dans l’historique des modifications de la branche principale, 21 novembre 2026",
		"2.0.10000, 2 novembre 2026", "1\u00a0204", "compté parmi les étiquettes", "Comment l’activité est calculée", "fiche proposée", "publiccode.yml",
		"codemeta.json", "flux Atom", "badge.svg", "Toile libre", "Des sous-titres en direct", "40 personnes", "Zoom"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

// TestWhatStandsInARowIsParted holds that names in a row have commas between them, and that a line which begins with a part that is not known
// begins with the next one, not with what would part them.
func TestWhatStandsInARowIsParted(t *testing.T) {
	h := baseServer(t)
	if body := get(h, "/selections/continuer-a-distance").Body.String(); !strings.Contains(body, "</a>, <a ") || strings.Contains(body, "</a> <a href=\"/logiciels/") {
		t.Error("the other choices of a selection are not parted")
	}
	for _, path := range []string{"/prestataires", "/prestataires?logiciel=mattermost"} {
		if strings.Contains(get(h, path).Body.String(), `<p class="meta"> ·`) {
			t.Errorf("%s: a line begins with what parts two things", path)
		}
	}
}

// TestComparisonSaysWhatDiffers holds that a row which nobody filled is named once, and that addresses, which differ always, are not marked.
func TestComparisonSaysWhatDiffers(t *testing.T) {
	body := get(richServer(t), "/comparer?logiciel=jitsi-meet&logiciel=galene").Body.String()
	for _, want := range []string{"Pas indiqué, pour aucun : ", "Écoconception déclarée", `<tr><th scope="row">Site</th>`, `<tr class="differs"><th scope="row">Licence déclarée <small>(différent)`,
		"État au 22 novembre 2026", "Source : "} {
		if !strings.Contains(body, want) {
			t.Errorf("the comparison has no %q", want)
		}
	}
	if strings.Contains(body, `<th scope="row">Écoconception`) {
		t.Error("an empty row is shown")
	}
}
