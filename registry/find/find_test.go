// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

func TestEverydayQuestions(t *testing.T) {
	f := testFinder(t)
	for question, want := range map[string]string{ // what may come first
		"remplacer zoom":                    "jitsi-meet bigbluebutton",
		"alternative à doodle":              "framadate",
		"Google Docs":                       "etherpad cryptpad hedgedoc",
		"nextcloud":                         "nextcloud",
		"NEXTCLOUD !":                       "nextcloud",
		"next cloud":                        "nextcloud",
		"only-office":                       "onlyoffice",
		"gérer les adhérents":               "galette",
		"gerer les adherents":               "galette",
		"l'adhérent":                        "galette",
		"qu’est-ce que peertube":            "peertube",
		"logiciel compta association":       "paheko gnucash",
		"hébergeur nextcloud bordeaux":      "nextcloud",
		"remplacer trello":                  "wekan",
		"mailchimp":                         "listmonk",
		"cal.com":                           "cal-com",
		"password manager":                  "bitwarden",
		"comment envoyer un gros fichier ?": "send lufi",
	} {
		if p := search(t, f, Query{Words: question}); len(p.Hits) == 0 || !slices.Contains(strings.Fields(want), p.Hits[0].ID) {
			t.Errorf("%q: got %v, want %s first", question, ids(p)[:min(4, len(p.Hits))], want)
		}
	}
}

func TestSpellingsFindTheSame(t *testing.T) {
	f := testFinder(t)
	for _, same := range [][]string{
		{"visioconférence", "visio-conférence", "visioconference", "visio conférence", "VISIOCONFÉRENCES", "la visio\u2010conférence"},
		{"adhérent", "adherents", "les adhérents", "d'adhérents", "Adhe\u0301rents"},
		{"sauvegarder", "sauvegarde", "sauvegardes"},
	} {
		want := ids(search(t, f, Query{Words: same[0]}))
		if len(want) == 0 {
			t.Errorf("%q finds nothing", same[0])
		}
		for _, q := range same[1:] {
			if got := ids(search(t, f, Query{Words: q})); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, %q finds %v", q, got, same[0], want)
			}
		}
	}
}

func TestWordsThatStandNowhere(t *testing.T) {
	f := testFinder(t)
	for question, want := range map[string]Meant{
		"mastodn":          {"mastodn", "mastodon"},
		"moodel":           {"moodel", "moodle"},
		"pasword manager":  {"pasword", "password"},
		"logiciel nextclu": {"nextclu", "nextcloud"},
	} {
		p := search(t, f, Query{Words: question})
		if question == "logiciel nextclu" {
			if len(p.Meant) != 0 { // two letters away
				t.Errorf("%q was taken for %v", question, p.Meant)
			}
			continue
		}
		if len(p.Meant) != 1 || p.Meant[0] != want || len(p.Hits) == 0 {
			t.Errorf("%q: meant %v, want %v; %d hits", question, p.Meant, want, len(p.Hits))
		}
	}
	if p := search(t, f, Query{Words: "zzyzx"}); p.Total != 0 || !slices.Equal(p.Unknown, []string{"zzyzx"}) {
		t.Errorf("a word that stands nowhere: %d hits, unknown %v", p.Total, p.Unknown)
	}
	if p := search(t, f, Query{Words: "nextcloud zzyzx"}); p.Total == 0 || p.Hits[0].ID != "nextcloud" || len(p.Unknown) != 1 {
		t.Errorf("one known word and one that is not: %v, unknown %v", ids(p), p.Unknown)
	}
	if p := search(t, f, Query{Words: "wiki"}); len(p.Meant) != 0 {
		t.Errorf("a word that is known was taken for %v", p.Meant)
	}
}

func TestTheScoreIsTheSumOfWhy(t *testing.T) {
	f := testFinder(t)
	for _, q := range []string{"visio", "partager des fichiers", "alternative à nextcloud", ""} {
		p := search(t, f, Query{Words: q})
		if len(p.Hits) == 0 {
			t.Fatalf("%q finds nothing", q)
		}
		for i, h := range p.Hits {
			sum := 0.0
			for _, w := range h.Why {
				sum += w.Value * w.Weight
			}
			if math.Abs(sum-h.Score) > 1e-9 {
				t.Errorf("%q, %s: score %v, sum of why %v", q, h.ID, h.Score, sum)
			}
			if i > 0 && p.Hits[i-1].Score < h.Score {
				t.Errorf("%q: %s comes after a lower score", q, h.ID)
			}
		}
	}
}

func TestSoftwareToBeReplacedIsNotItsOwnAlternative(t *testing.T) {
	f := testFinder(t)
	for _, q := range []string{"alternative à nextcloud", "se passer de Nextcloud", "replace nextcloud", "stop using nextcloud", "software like nextcloud"} {
		p := search(t, f, Query{Words: q})
		if !slices.Equal(p.InsteadOf, []string{"nextcloud"}) || slices.Contains(ids(p), "nextcloud") || !slices.Contains(ids(p), "seafile") {
			t.Errorf("%q is instead of %v: %v", q, p.InsteadOf, ids(p))
		}
	}
}

func TestUnderstoodHoldsNoTypedWord(t *testing.T) {
	card := &registry.Software{Meta: testMeta("x"), Name: "Zzyzx", Summary: registry.Text{FR: "Écrit par Jeanne Dupont."}} // the catalogue has the words
	f := newFinder(t, append(append(testNeeds(t), testSoftware(t)...), card)...)
	p := search(t, f, Query{Words: "fichier des adhérents de Jeanne Dupont, 12 rue Zzyzx, visio avec framadate"})
	for _, w := range p.Understood {
		if slices.Contains([]string{"jeanne", "dupont", "12", "rue", "zzyzx"}, w) {
			t.Errorf("%q may be counted", w)
		}
	}
	for _, want := range []string{"adherents", "visio"} {
		if !slices.Contains(p.Understood, want) {
			t.Errorf("%q is not among %v", want, p.Understood)
		}
	}
	if p := search(t, f, Query{Words: "jeanne@dupont.example"}); len(p.Understood) != 0 {
		t.Errorf("an address is counted as %v", p.Understood)
	}
}

func TestPlacesAreFiltersNotWords(t *testing.T) {
	f := testFinder(t)
	for question, want := range map[string]string{
		"hébergeur nextcloud bordeaux": "departement-33", "nextcloud près de Bordeaux": "departement-33",
		"visio en Nouvelle-Aquitaine": "region-75", "visio nouvelle aquitaine": "region-75", "compta dans le Lot": "departement-46",
		"visio à Saint-Étienne": "departement-42", "visio st etienne": "departement-42", "nextcloud à Tours": "departement-37",
		"nextcloud near Nantes": "departement-44", "visio Pays de la Loire": "region-52", "nextcloud in Nice": "departement-06",
	} {
		p := search(t, f, Query{Words: question})
		i := slices.IndexFunc(p.Suggested, func(s Suggestion) bool { return s.Facet == FacetNear })
		if i < 0 || p.Suggested[i].Value != want || p.Total == 0 {
			t.Errorf("%q suggests %v and finds %d, want %s", question, p.Suggested, p.Total, want)
		}
	}
	for _, question := range []string{"réunion en ligne", "pas cher", "a nice wiki", "carte d'un lot", "visites", "loire"} {
		p := search(t, f, Query{Words: question})
		for _, s := range p.Suggested {
			if s.Facet == FacetNear {
				t.Errorf("%q suggests %s", question, s.Value)
			}
		}
	}
}

func TestWishesAreSuggestedAsFilters(t *testing.T) {
	f := testFinder(t)
	p := search(t, f, Query{Words: "visio libre gratuite sans installation"})
	var got []string
	for _, s := range p.Suggested {
		got = append(got, s.Key+"="+s.Value)
	}
	if want := []string{"libre=yes", "price=free", "online=yes"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if p.Hits[0].ID != "jitsi-meet" && p.Hits[0].ID != "bigbluebutton" {
		t.Errorf("found %v", ids(p))
	}
}

func TestWishesAloneFindEverything(t *testing.T) {
	f := testFinder(t)
	all := search(t, f, Query{}).Total
	for _, q := range []string{"logiciel libre", "gratuit", "open source", "un logiciel libre en français à Bordeaux"} {
		if p := search(t, f, Query{Words: q}); p.Total != all || len(p.Suggested) == 0 {
			t.Errorf("%q finds %d of %d and suggests %v", q, p.Total, all, p.Suggested)
		}
	}
	for _, q := range []string{"logiciel", "pour le"} { // small words alone are looked for
		if p := search(t, f, Query{Words: q}); p.Total == all {
			t.Errorf("%q finds everything", q)
		}
	}
}

// offerers are an organisation at Bordeaux, and one at Lyon that serves Nouvelle-Aquitaine in person.
func offerers() []registry.Entry {
	return []registry.Entry{
		&registry.Organisation{Meta: testMeta("bordelaise"), Name: "Bordelaise", Type: registry.TypeCompany, Place: registry.Place{Departement: "33", Region: "75"}},
		&registry.Organisation{Meta: testMeta("lyonnaise"), Name: "Lyonnaise", Type: registry.TypeAssociation, Place: registry.Place{Departement: "69", Region: "84"}},
		&registry.Offer{Meta: testMeta("o1"), Organisation: "bordelaise", Software: "nextcloud", Services: []registry.Service{registry.ServiceHosting}, Prices: []registry.Price{registry.PriceSubscription}},
		&registry.Offer{Meta: testMeta("o2"), Organisation: "lyonnaise", Software: "seafile", Services: []registry.Service{registry.ServiceSupport}, Regions: []string{"75"}},
		&registry.Offer{Meta: testMeta("o3"), Organisation: "lyonnaise", Needs: []string{"visioconference"}, Services: []registry.Service{registry.ServiceTraining}},
	}
}

func TestFacetsCountWhatTheOthersLetThrough(t *testing.T) {
	f := newFinder(t, append(append(testNeeds(t), testSoftware(t)...), offerers()...)...)
	counts := func(p *Page, f Facet) map[string]int {
		m := map[string]int{}
		for _, v := range p.Facets[f].Values {
			m[v.Value] = v.Count
		}
		return m
	}
	q := Query{}
	q.Picks[FacetNear] = []string{"region-75"}
	p := search(t, f, q)
	if got := ids(p); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"nextcloud", "seafile"}) {
		t.Errorf("near region-75: %v", got)
	}
	if near := counts(p, FacetNear); near["region-75"] != 2 || near["region-84"] != 3 || near["departement-69"] != 3 || near["departement-33"] != 2 {
		t.Errorf("the chosen facet counts as if nothing of it were chosen: %v", near)
	}
	if hosts := counts(p, FacetHost); len(hosts) != 1 || hosts["bordelaise"] != 1 {
		t.Errorf("hosts %v", hosts)
	}
	q.Picks[FacetHost] = []string{"bordelaise"}
	p = search(t, f, q)
	if p.Total != 1 || counts(p, FacetNear)["region-84"] != 0 || counts(p, FacetHost)["bordelaise"] != 1 || counts(p, FacetPrice)["subscription"] != 1 {
		t.Errorf("near and hosted: %d, %v, %v", p.Total, counts(p, FacetNear), counts(p, FacetPrice))
	}
	q = Query{}
	q.Picks[FacetNeed] = []string{"visioconference", "ged"}
	p = search(t, f, q)
	if n := counts(p, FacetNeed); p.Total != n["visioconference"]+n["ged"] {
		t.Errorf("two values of a facet: %d found, counts %v", p.Total, n)
	}
}

// Every count is what the filter finds when it is chosen: compared with brute force on a generated catalogue.
func TestFacetCountsAreWhatChoosingFinds(t *testing.T) {
	f := newFinder(t, registrytest.Generate(registrytest.Size{Software: 150, Organisations: 30})...)
	q := Query{Words: "partager fichiers", N: -1}
	q.Picks[FacetLibre] = []string{"yes"}
	q.Picks[FacetActivity] = []string{"quiet", "active"}
	for _, facet := range search(t, f, q).Facets {
		for _, value := range facet.Values {
			only := q
			only.Picks[facet.Facet] = []string{value.Value}
			if got := search(t, f, only).Total; got != value.Count {
				t.Errorf("%s=%s counts %d, choosing it finds %d", facet.Key, value.Value, value.Count, got)
			}
		}
	}
}

func TestHelpNearByComesFirst(t *testing.T) {
	f := newFinder(t, append(append(testNeeds(t), testSoftware(t)...), offerers()...)...)
	why := func(question, id string) float64 {
		for _, h := range search(t, f, Query{Words: question}).Hits {
			for _, w := range h.Why {
				if h.ID == id && w.Term == "near" {
					return w.Value
				}
			}
		}
		return 0
	}
	if got := why("partager des fichiers à Bordeaux", "nextcloud"); got != 1 {
		t.Errorf("at Bordeaux: near is %v", got)
	}
	if got := why("partager des fichiers en Dordogne", "nextcloud"); got != 0.5 {
		t.Errorf("in the same région: near is %v", got)
	}
	if got := why("partager des fichiers", "nextcloud"); got != 0 {
		t.Errorf("nobody named a place: near is %v", got)
	}
}

func TestOrders(t *testing.T) {
	entries := testNeeds(t)
	for i, name := range []string{"Écho", "alpha", "Bêta"} {
		entries = append(entries, &registry.Software{Meta: testMeta(testID(name)), Name: name, Repositories: []string{fmt.Sprintf("https://forge.example.org/g/%d", i)}})
	}
	for i, last := range []string{"2026-11-01", "2020-01-01"} {
		entries = append(entries, &registry.Repository{Meta: testMeta(fmt.Sprintf("https://forge.example.org/g/%d", i)),
			Activity: registry.Activity{LastChange: &registry.Finding{Value: last, Date: "2026-11-02"}}})
	}
	entries = append(entries, &registry.Organisation{Meta: testMeta("o"), Name: "O", Type: registry.TypeCompany},
		&registry.Use{Meta: testMeta("u"), Organisation: "o", Software: "beta"})
	f := newFinder(t, entries...)
	for order, want := range map[Sort][]string{
		ByName: {"alpha", "beta", "echo"}, ByActivity: {"echo", "alpha", "beta"}, ByUses: {"beta", "echo", "alpha"}, ByChange: {"beta", "alpha", "echo"},
	} {
		if got := ids(search(t, f, Query{Sort: order})); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", order, got, want)
		}
	}
}

func TestPagesFitTogether(t *testing.T) {
	f := testFinder(t)
	all := ids(search(t, f, Query{N: -1}))
	var joined []string
	for page := 1; ; page++ {
		p := search(t, f, Query{N: 7, Page: page})
		if p.Total != len(all) || p.Pages != (len(all)+6)/7 {
			t.Fatalf("page %d: total %d, pages %d of %d", page, p.Total, p.Pages, len(all))
		}
		if len(p.Hits) == 0 {
			break
		}
		joined = append(joined, ids(p)...)
	}
	if !slices.Equal(joined, all) {
		t.Errorf("pages give %v, all at once %v", joined, all)
	}
}

func TestBadTextFindsNothingAndHarmsNothing(t *testing.T) {
	f := testFinder(t)
	for _, q := range []string{"\x00", "\xff\xfe", "'''", "-", "<script>alert(1)</script>", string(make([]byte, 5000)), "à à à à", "l'", "'; DROP TABLE", "🙂", "ﬁchier", "日本語"} {
		search(t, f, Query{Words: q})
	}
	if p := search(t, f, Query{Words: "ﬁchiers"}); p.Total == 0 { // a ligature
		t.Error("a ligature finds nothing")
	}
}
