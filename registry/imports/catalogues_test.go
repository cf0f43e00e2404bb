// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/registry"
)

// kinds counts the kinds of what was read.
func kinds(r *Result) map[registry.Kind]int {
	n := map[registry.Kind]int{}
	for _, it := range r.Items {
		n[it.Entry.Kind()]++
	}
	return n
}

func base(t *testing.T) []registry.Entry {
	t.Helper()
	entries, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

const (
	chatonsHost = `# Un hébergeur
file.class = organization
file.protocol = ChatonsInfos-0.4
organization.name = Le Chat d'Exemple
organization.description = Des services <em>libres</em> en Gironde
organization.website = https://chat.example.org
organization.type = ASSOCIATION
organization.country.code = FR
organization.geolocation.address = 12 rue des Chats, 33000 Bordeaux, France
organization.memberof.chatons.startdate = 25/01/2020
organization.memberof.chatons.status.level = ACTIVE
subs.dates = https://chat.example.org/.well-known/dates.properties
subs.old = https://chat.example.org/.well-known/old.properties
`
	chatonsService = `file.class = service
service.name = Dates du chat
service.website = https://dates.chat.example.org/
service.startdate: 01/2021
service.registration = None;Member
software.name = Framadate
host.country.code = fr
`
	chatonsOld     = "service.name = Vieux\nservice.enddate = 31/12/2021\nsoftware.name = Etherpad\n"
	chatonsUnknown = "service.name = Autre\nsoftware.name = Zzyzx\n"
)

func TestChatons(t *testing.T) {
	o := licensed()
	o.Known = known(t)
	r, err := Read(t.Context(), Chatons, []File{
		{Name: "chat/dates.properties", Data: []byte(chatonsService)}, {Name: "chat/host.properties", Data: []byte(chatonsHost)},
		{Name: "chat/old.properties", Data: []byte(chatonsOld)}, {Name: "chat/unknown.properties", Data: []byte(chatonsUnknown)},
		{Name: "else/lost.properties", Data: []byte(chatonsService)}, {Name: "else/federation.properties", Data: []byte("file.class = federation\n")},
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	if host := r.Items[0].Entry.(*registry.Organisation); host.Place != (registry.Place{Commune: "Bordeaux", Departement: "33"}) {
		t.Errorf("it helps at %+v", host.Place)
	}
	if n := kinds(r); n[registry.KindOrganisation] != 1 || n[registry.KindOffer] != 1 {
		t.Fatalf("%v; left out: %s", n, reasons(r))
	}
	if got := reasons(r); got != "1  no-class; 1  ended; 2  no-software; 2  no-host" {
		t.Errorf("left out: %s", got)
	}
	org := r.Items[0].Entry.(*registry.Organisation)
	if org.Type != registry.TypeAssociation || len(org.Labels) != 1 || org.Labels[0].From != "2020-01-25" || strings.Contains(org.About.FR, "<") {
		t.Errorf("%+v", org)
	}
	offer := r.Items[1].Entry.(*registry.Offer)
	if offer.Software != "framadate" || offer.Organisation != org.ID || !offer.Chatons || offer.HostedIn != "FR" || offer.Since != "2021-01" ||
		!slices.Equal(offer.Prices, []registry.Price{registry.PriceFree, registry.PriceDonation}) {
		t.Errorf("%+v", offer)
	}
	imported(t, base(t), r, 2)
}

const awesomeYAML = `name: "Agenda d'exemple"
website_url: "https://agenda.example.org/"
source_code_url: "https://forge.example.org/agenda.git"
description: "Share calendars, with [extensions](https://x.example.org) (alternative to Nothing)."
licenses:
  - AGPL-3.0
  - MIT
platforms:
  - PHP
tags:
  - Calendar & Contacts
  - Unheard of
archived: true
stargazers_count: 12
`

func TestAwesomeSelfhosted(t *testing.T) {
	o := Options{Known: known(t)}
	r, err := Read(t.Context(), Awesome, []File{
		{Name: "data/software/agenda.yml", Data: []byte(awesomeYAML)}, {Name: "data/tags/calendar.yml", Data: []byte("name: Calendar & Contacts\n")},
		{Name: "data/software/bad.yml", Data: []byte("name: x\n\tdescription: y\n")}, {Name: "data/software/list.yml", Data: []byte("name: A\ntags: {a: b}\n")},
		{Name: "data/software/nameless.yml", Data: []byte("description: y\n")}, {Name: "data/software/long.yml", Data: make([]byte, maxYAML+1)},
		{Name: "data/software/bomb.yml", Data: []byte(bomb())},
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	if n := kinds(r); n[registry.KindSoftware] != 1 || n[registry.KindRepository] != 1 {
		t.Fatalf("%v; left out: %s", n, reasons(r))
	}
	if got := reasons(r); got != "2  yaml; 2  yaml-type; 1  no-name; 0  too-long; 9  yaml-type" {
		t.Errorf("left out: %s", got)
	}
	s := r.Items[0].Entry.(*registry.Software)
	if s.Name != "Agenda d'exemple" || !strings.HasPrefix(s.Summary.EN, "Share calendars, with extensions (") || !slices.Contains(s.Needs, "agenda-partage") ||
		s.Repositories[0] != "https://forge.example.org/agenda" || !strings.Contains(s.Licence, " OR ") {
		t.Errorf("%+v", s)
	}
	if source := s.Sources[0]; source.Name != "awesome" || source.Licence != "CC-BY-SA-3.0" || source.Credit == "" {
		t.Errorf("%+v", source)
	}
	imported(t, base(t), r, 2)
}

// bomb is a document that its aliases would make enormous.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := range 9 {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	return b.String() + "name: A\ntags: *a9\n"
}

const sillJSON = `{"catalog": [
 {"id": 1, "name": "Tableur d'exemple", "function": "Calculer en tableaux", "license": "MPL-2.0", "keywords": ["tableur", "calcul"],
  "doRespectRgaa": true, "softwareType": {"type": "desktop/mobile", "os": {"linux": true, "windows": false, "mac": true}},
  "wikidataData": {"websiteUrl": "https://tableur.example.org", "sourceUrl": "https://forge.example.org/tableur", "description": {"fr": "x"}}},
 {"softwareName": "Nuage d'exemple", "softwareDescription": "", "softwareExternalData": {"description": {"fr": "Un nuage"}}, "codeRepositoryUrl": "https://192.168.0.1/nuage", "softwareType": {"type": "cloud"}},
 {"name": "Retiré", "function": "f", "dereferencing": {"time": 1}},
 {"function": "sans nom"},
 "rien",
 {"name": "abîmé", "function": }
]}`

func TestSILL(t *testing.T) {
	r, err := Read(t.Context(), SILL, file("sill.json", sillJSON), Options{Known: known(t)})
	if err != nil {
		t.Fatal(err)
	}
	if got := reasons(r); len(r.Items) != 2 || got != "5 repositories[0] private-address; 6  dereferenced; 7  no-name; 8  no-record; 9  json" {
		t.Fatalf("%d read; left out: %s", len(r.Items), got)
	}
	s := r.Items[0].Entry.(*registry.Software)
	if s.Summary.FR != "Calculer en tableaux" || s.Licence != "MPL-2.0" || s.Website != "https://tableur.example.org" || s.Accessibility.Answer != registry.Yes ||
		!slices.Equal(s.Platforms, []string{"linux", "mac"}) || len(s.Words) != 2 || s.Sources[0].Licence != "etalab-2.0" {
		t.Errorf("%+v", s)
	}
	if s := r.Items[1].Entry.(*registry.Software); s.Summary.FR != "Un nuage" || !slices.Equal(s.Platforms, []string{"web"}) {
		t.Errorf("%+v", s)
	}
	imported(t, base(t), r, 2)
}

// Later editions of the SILL say things in two languages and name the companies that work with a software.
func TestSILLWithLanguagesAndCompanies(t *testing.T) {
	r, err := Read(t.Context(), SILL, file("sill.json", `[{"softwareName": "Nuage", "softwareDescription": {"fr": "Un nuage", "en": "A cloud"},
		"serviceProviders": [{"name": "Soutien SARL", "siren": "732829320", "website": "https://soutien.example.org"}, {"siren": "x"}],
		"annuaireCnllServiceProviders": [{"name": "Soutien SARL", "siren": "732829320", "url": "https://annuaire.example.org/732829320"}]}]`), Options{Known: known(t)})
	if err != nil {
		t.Fatal(err)
	}
	s, org := r.Items[0].Entry.(*registry.Software), r.Items[1].Entry.(*registry.Organisation)
	if s.Summary != (registry.Text{FR: "Un nuage", EN: "A cloud"}) || org.SIREN != "732829320" || org.Website != "https://soutien.example.org" || org.Type != registry.TypeCompany {
		t.Errorf("%+v\n%+v", s, org)
	}
	offer := r.Items[2].Entry.(*registry.Offer)
	if offer.Organisation != org.ID || offer.Software != s.ID || !slices.Equal(offer.Services, []registry.Service{registry.ServiceSupport}) || offer.Sources[0].Licence != "etalab-2.0" {
		t.Errorf("%+v", offer)
	}
	imported(t, base(t), r, 3)
}

const comptoirJSON = `{"date_of_export": "2026-11-01", "number_of_software": 2, "softwares": [
 {"id": 9, "name": "Framadate", "licence": "CECILL-B", "external_resources": {"website": "https://framadate.org", "repository": null},
  "providers": [{"name": "Soutien SARL", "type": "Company", "external_resources": {"website": "http://soutien.example.org"}}],
  "users": [{"name": "Ville d'Exemple", "type": "Administration"}, {"name": "Jean Exemple", "type": "Person"}]},
 {"id": 10, "name": "Zzyzx", "licence": "MIT"}
]}`

func TestComptoirDuLibre(t *testing.T) {
	o := licensed()
	o.Known = known(t)
	r, err := Read(t.Context(), Comptoir, file("export.json", comptoirJSON), o)
	if err != nil {
		t.Fatal(err)
	}
	n := kinds(r)
	if n[registry.KindSoftware] != 1 || n[registry.KindOrganisation] != 2 || n[registry.KindOffer] != 1 || n[registry.KindUse] != 1 || reasons(r) != "5  no-software" {
		t.Fatalf("%v; left out: %s", n, reasons(r))
	}
	imported(t, base(t), r, 4)
	r, err = Read(t.Context(), Comptoir, file("export.csv", "Nom;Licence;Site web;Avis\nFramadate;CECILL-B;framadate.org;5\n"), o)
	if err != nil || len(r.Items) != 1 || !slices.Equal(r.Ignored, []string{"Avis"}) {
		t.Errorf("as a table: %v, %+v", err, r)
	}
}

func TestWhatIsNoListOfRecords(t *testing.T) {
	for _, data := range []string{"", "{}", "null", `"x"`, `{"catalog": 3}`, "<html>", strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 20_000)} {
		r, err := Read(t.Context(), SILL, file("s.json", data), Options{})
		var f *Fault
		if !(errors.As(err, &f) && f.Code == "not-json") && !(err == nil && len(r.Items) == 0 && len(r.Skipped) > 0) {
			t.Errorf("%.20q: %v, %+v", data, err, r)
		}
	}
}

func TestDescriptorsOfMirrors(t *testing.T) {
	var files []crawler.File
	for _, name := range []string{"README.md", "docs/publiccode.yml", "publiccode.yml"} {
		files = append(files, crawler.NewFile(name, crawler.Hash{1}, int64(len(described)), 0o100644, func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(described)), nil
		}))
	}
	s := crawler.NewSnapshot(crawler.Repository{URL: "https://forge.example.org/a"}, "c", time.Time{}, func() iter.Seq2[crawler.File, error] {
		return func(yield func(crawler.File, error) bool) {
			for _, f := range files {
				if !yield(f, nil) {
					return
				}
			}
		}
	})
	found, err := InSnapshot(s)
	if err != nil || len(found) != 1 || found[0].Repository != "https://forge.example.org/a" || found[0].Name != "https://forge.example.org/a/publiccode.yml" {
		t.Errorf("%v, %+v", err, found)
	}
}

func FuzzChatons(f *testing.F) {
	f.Add([]byte(chatonsHost))
	f.Add([]byte(chatonsService))
	f.Fuzz(func(t *testing.T, data []byte) { reads(t, Chatons, data) })
}

// TestTagsOfManyNeedsAreSettledByWords: what a catalogue tags with a word of six needs answers those that it describes, not all six.
func TestTagsOfManyNeedsAreSettledByWords(t *testing.T) {
	for _, test := range []struct{ tags, description, want string }{
		{"Polls and Events", "Platform for online votes and elections.", "vote"},
		{"Polls and Events", "A thing that does what it does.", ""},
		{"Polls and Events, Calendar & Contacts", "Platform for online votes and elections.", "agenda-partage vote"},
		{"Calendar & Contacts", "A thing that does what it does.", "agenda-partage"},
		{"Miscellaneous", "Invoices and quotes for freelancers.", ""},
		{"Blogging Platforms, Photo Galleries, Wikis, Backup, Ticketing", "", "blog photos base-connaissances"},
		{"Unheard of", "Share a calendar.", ""},
	} {
		text := "name: Exemple\nsource_code_url: https://forge.example.org/exemple\ndescription: \"" + test.description + "\"\ntags: [\"" +
			strings.ReplaceAll(test.tags, ", ", "\", \"") + "\"]\n"
		r, err := Read(t.Context(), Awesome, file("exemple.yml", text), Options{Known: known(t)})
		if err != nil {
			t.Fatal(err)
		}
		s := r.Items[0].Entry.(*registry.Software)
		if got := strings.Join(s.Needs, " "); got != test.want {
			t.Errorf("%s, %q: %q, want %q", test.tags, test.description, got, test.want)
		}
		for _, need := range s.Needs {
			if !slices.ContainsFunc(s.Reasons, func(r registry.Reason) bool { return r.Value == need && r.Words != "" }) {
				t.Errorf("%s, %q: nothing tells why %s", test.tags, test.description, need)
			}
		}
	}
}

func FuzzAwesome(f *testing.F) {
	f.Add([]byte(awesomeYAML))
	f.Add([]byte(bomb()))
	f.Fuzz(func(t *testing.T, data []byte) { reads(t, Awesome, data) })
}

func FuzzSILL(f *testing.F) {
	f.Add([]byte(sillJSON))
	f.Fuzz(func(t *testing.T, data []byte) { reads(t, SILL, data) })
}

func FuzzComptoir(f *testing.F) {
	f.Add([]byte(comptoirJSON))
	f.Fuzz(func(t *testing.T, data []byte) { reads(t, Comptoir, data) })
}
