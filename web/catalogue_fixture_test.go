// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"testing"

	"communs/registry"
)

// richEntries are the catalogue that comes with the program, and around one of its software everything that can be known of one.
func richEntries(t testing.TB) []registry.Entry {
	t.Helper()
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	const code = "https://github.com/jitsi/jitsi-meet"
	head := func(id string) registry.Meta {
		return registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "form", Licence: "CC0-1.0", Read: "2026-11-20"}}}
	}
	found := func(value, how string) *registry.Finding {
		return &registry.Finding{Value: value, Date: "2026-11-21", How: "registry.how." + how}
	}
	number := func(n int, how string) *registry.Count {
		return &registry.Count{N: n, Date: "2026-11-21", How: "registry.how." + how}
	}
	return append(base,
		&registry.Organisation{Meta: head("toile-libre"), Name: "Toile libre", Type: registry.TypeAssociation, Website: "https://toile.example.org/",
			Place: registry.Place{Commune: "Bordeaux", INSEE: "33063", Departement: "33", Region: "75"}, About: registry.Text{FR: "Héberge et forme autour de Bordeaux."}},
		&registry.Offer{Meta: head("toile-jitsi"), Organisation: "toile-libre", Software: "jitsi-meet", HostedIn: "FR", URL: "https://toile.example.org/visio",
			Services: []registry.Service{registry.ServiceHosting, registry.ServiceTraining}, Prices: []registry.Price{registry.PriceDonation}},
		&registry.Repository{Meta: head(code), Name: "jitsi-meet", Snapshot: *found("swh:1:snp:0123456789012345678901234567890123456789", "history"),
			Licence: *found("Apache-2.0", "history"), Activity: registry.Activity{
				FirstChange: found("2013-12-11", "history"), LastChange: found("2026-11-18", "history"), Commits: number(1204, "history"),
				Contributors: number(87, "history"), Releases: number(310, "tags"), LastRelease: found("2.0.10000 2026-11-02", "release"),
				Tests: found("yes", "tests.file"), Documentation: found("yes", "documentation.folder")}},
		&registry.Use{Meta: head("usage"), Organisation: "toile-libre", Software: "jitsi-meet", Since: "2020", People: 40},
		&registry.Request{Meta: head("sous-titres"), Title: registry.Text{FR: "Des sous-titres en direct", EN: "Live captions"},
			About: registry.Text{FR: "Pour que les personnes sourdes suivent nos réunions."}, Needs: []string{"visioconference"}, Software: "jitsi-meet",
			By: "toile-libre", Date: "2026-10-03", State: registry.RequestOpen,
			Supports: []registry.Support{{Organisation: "framasoft", Date: "2026-11-01", Days: 3}}},
	)
}

// richServer serves them, for an instance that can be written to.
func richServer(t testing.TB) http.Handler {
	t.Helper()
	with := withCatalogue(t, richEntries(t))
	return newServer(t, newFake(), func(c *Config) {
		with(c)
		c.Instance.Contact = "contact@communs.example.org"
	})
}

// cataloguePages is one page of each kind, and those that say that there is nothing.
var cataloguePages = map[string]string{
	"operations": "/exploitation", "home": "/", "needs": "/besoins", "need": "/besoins/visioconference", "list": "/logiciels?q=visio", "all": "/logiciels",
	"near": "/logiciels?q=visio&pres=Bordeaux", "near-none": "/logiciels?q=visio&pres=Guadeloupe", "no-place": "/logiciels?pres=Trifouillis",
	"software": "/logiciels/jitsi-meet", "compare": "/comparer?logiciel=jitsi-meet&logiciel=bigbluebutton&logiciel=galene",
	"compare-four": "/comparer?logiciel=jitsi-meet&logiciel=bigbluebutton&logiciel=galene&logiciel=mumble",
	"selections":   "/selections", "selection": "/selections/continuer-a-distance", "providers": "/prestataires",
	"helpers": "/prestataires?logiciel=jitsi-meet&pres=Bordeaux", "helpers-none": "/prestataires?logiciel=jitsi-meet&pres=Guadeloupe",
	"provider": "/prestataires/framasoft", "requests": "/demandes", "request": "/demandes/sous-titres", "too-few": "/comparer?logiciel=jitsi-meet",
}
