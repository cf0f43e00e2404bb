// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler"
	"communs/licenses"
	"communs/registry"
	"communs/registry/find"
	"communs/registry/imports"
	"communs/registry/people"
	"communs/registry/register"
	"communs/registry/register/registertest"
)

const publiccode = `publiccodeYmlVersion: "0.4"
name: Agenda partagé
url: https://forge.example.com/atelier/agenda
landingURL: https://agenda.example.com/
softwareType: standalone/web
developmentStatus: stable
platforms: [web]
categories: [calendar]
legal: {license: MIT}
maintenance: {type: internal}
localisation: {localisationReady: true, availableLanguages: [fr, en]}
description:
  fr: {shortDescription: "Un agenda à plusieurs pour les associations", longDescription: "Chacun note ses rendez-vous, tous les voient.", features: [agenda]}
`

var licenceDetector = sync.OnceValues(licenses.NewDetector)

// enrolling is an instance with members where software is registered, and a forge.
type enrolling struct {
	*registertest.Forge
	people  *people.Store
	records registry.Store
	config  func(*Config)
}

func newEnrolling(t *testing.T) *enrolling {
	t.Helper()
	e, dir := &enrolling{Forge: registertest.New(t)}, t.TempDir()
	var err error
	if e.people, err = people.Open(t.Context(), people.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.people.Close() })
	if e.records, err = registry.OpenSQLite(t.Context(), registry.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.records.Close() })
	var edits []registry.Edit
	for _, one := range richEntries(t) {
		edits = append(edits, registry.Edit{Entry: one, Sure: true})
	}
	edits = append(edits, registry.Edit{Entry: &registry.Organisation{Name: "Atelier du Libre", Type: registry.TypeCompany,
		Meta: registry.Meta{ID: "atelier", Status: registry.Declared, Sources: []registry.Source{{Name: "members", Licence: "CC0-1.0"}}}}})
	if _, err := registry.Save(t.Context(), e.records, nil, edits...); err != nil {
		t.Fatal(err)
	}
	live, err := registry.NewLive(t.Context(), e.records)
	if err != nil {
		t.Fatal(err)
	}
	finder, err := find.New(t.Context(), live.Last(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finder.Close() })
	client := e.Client()
	enrol, err := register.Open(t.Context(), register.Config{
		Dir: dir, Records: e.records, Known: live.Catalogue, Licence: "CC0-1.0", Reader: &register.Crawled{Config: crawler.Config{Client: client}, Detector: licenceDetector},
		Site: &imports.Fetcher{Dial: e.Dial, Roots: client.Transport.(*http.Transport).TLSClientConfig.RootCAs},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { enrol.Close() })
	e.config = func(c *Config) {
		c.Catalogue, c.Finder, c.People, c.Records, c.Register = live, finder, e.people, e.records, enrol
	}
	return e
}

// seat gives a person a seat, and a session.
func (e *enrolling) seat(t *testing.T, email, organisation string) people.Session {
	t.Helper()
	link, err := e.people.Invite(t.Context(), people.Invitation{Email: email, Lang: "fr", Role: people.Member, Organisation: organisation})
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := e.people.Follow(t.Context(), link.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// walker is a browser of somebody with that session.
func (e *enrolling) walker(t *testing.T, session people.Session) *walker {
	w := &walker{t: t, from: "192.0.2.1:1234", letters: new([]Letter)}
	w.h = newServer(t, newFake(), func(c *Config) {
		e.config(c)
		c.BaseURL, c.Origin, c.Post = origin, origin, func(context.Context, Letter) error { return nil }
	})
	w.cookie = &http.Cookie{Name: "__Host-communs", Value: session.Secret}
	return w
}

// send sends a form of a page, with the token that stands there.
func (w *walker) send(page string, more ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	got := w.ask("GET", page, nil)
	found := formToken.FindStringSubmatch(got.Body.String())
	if got.Code != 200 || found == nil {
		w.t.Fatalf("%s: %d\n%s", page, got.Code, got.Body)
	}
	if faults := checkPage(got.Body.String()); len(faults) > 0 {
		w.t.Errorf("%s: %s", page, strings.Join(faults, "\n"))
	}
	form := url.Values{"form": {found[1]}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return w.ask("POST", page, form)
}

var wordToPlace = regexp.MustCompile(`communs-verification=[a-z2-7]+`)

// TestRegisterByPages goes through the four steps without script, in both languages, with what is wrong on the way.
func TestRegisterByPages(t *testing.T) {
	e := newEnrolling(t)
	at := e.Push("atelier/agenda", "publiccode.yml", publiccode, "README.md", "# Agenda\n\nUn agenda à plusieurs.\n")
	stranger := e.walker(t, people.Session{Secret: "x"})
	if got := stranger.ask("GET", "/inscrire", nil); got.Code != 303 || !strings.HasPrefix(got.Header().Get("Location"), "/connexion?next=") {
		t.Fatalf("a visitor: %d %s", got.Code, got.Header())
	}
	w := e.walker(t, e.seat(t, "anne@exemple.fr", "atelier"))
	for _, bad := range []string{"", "https://127.0.0.1/a/b", `"><script>alert(1)</script>`, "https://fоrge.example.com/a/b"} {
		if got := w.send("/inscrire", "do", "begin", "organisation", "atelier", "address", bad); got.Code != 422 || !strings.Contains(got.Body.String(), `id="fault"`) ||
			strings.Contains(got.Body.String(), "<script>") {
			t.Errorf("%q: %d\n%s", bad, got.Code, got.Body)
		}
	}
	if got := w.send("/inscrire", "organisation", "toile-libre", "address", at); got.Code != 403 {
		t.Errorf("in the name of others: %d", got.Code)
	}
	if got := w.ask("POST", "/inscrire", url.Values{"address": {at}}); got.Code != 403 {
		t.Errorf("without the form’s token: %d", got.Code)
	}
	got := w.send("/inscrire", "organisation", "atelier", "address", at+"/src/branch/main")
	draft := got.Header().Get("Location")
	if got.Code != 303 || !strings.HasPrefix(draft, "/inscrire/") {
		t.Fatalf("%d %s\n%s", got.Code, draft, got.Body)
	}
	body := w.ask("GET", draft, nil).Body.String()
	for _, want := range []string{`value="Agenda partagé"`, `value="MIT"`, "étape 2 sur 4", "D’où cela vient", "publiccode.yml", "Atelier du Libre"} {
		if !strings.Contains(body, want) {
			t.Errorf("the form does not show %q\n%s", want, body)
		}
	}
	if other := e.walker(t, e.seat(t, "boris@exemple.fr", "toile-libre")).ask("GET", draft, nil); other.Code != 404 {
		t.Errorf("somebody else’s draft: %d", other.Code)
	}
	var evil []string
	for _, name := range register.Fields() {
		evil = append(evil, name, `"><script>alert(1)</script>`)
	}
	got = w.send(draft, append(evil, "do", "save", "has", "all")...)
	if body := got.Body.String(); got.Code != 422 || strings.Contains(body, "<script>alert") || !strings.Contains(body, `aria-describedby="f-website-fault"`) ||
		!strings.Contains(body, `href="`+draft+`#f-website"`) {
		t.Errorf("scripts in every field: %d\n%s", got.Code, body)
	} else if faults := checkPage(body); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
	got = w.send(draft, "do", "save", "has", "all", "name", "Agenda partagé", "summary.fr", "Un agenda à plusieurs", "licence", "MIT", "website", "https://agenda.example.com/",
		"needs", "agenda-partage", "stage", "stable", "platforms", "web", "platforms", "linux")
	if got.Code != 303 || got.Header().Get("Location") != draft+"/apercu" {
		t.Fatalf("%d %s\n%s", got.Code, got.Header().Get("Location"), got.Body)
	}
	if english := w.ask("GET", strings.Replace(draft, "inscrire", "register", 1)+"/preview?lang=en", nil); english.Code != 200 || !strings.Contains(english.Body.String(), "step 3 of 4") {
		t.Errorf("in English: %d", english.Code)
	}
	if got = w.send(draft + "/apercu"); got.Code != 303 || got.Header().Get("Location") != draft+"/preuve" {
		t.Fatalf("publishing: %d\n%s", got.Code, got.Body)
	}
	card := w.ask("GET", "/logiciels/agenda-partage", nil).Body.String()
	if !strings.Contains(card, "Fiche déclarée par qui en répond") || !strings.Contains(card, "Atelier du Libre") {
		t.Errorf("the card:\n%s", card)
	}
	if got = w.send(draft+"/preuve", "method", "file"); got.Code != 422 || !strings.Contains(got.Body.String(), "Il n’y a pas de fichier") {
		t.Errorf("nothing was placed: %d\n%s", got.Code, got.Body)
	}
	e.Push("atelier/agenda", register.TokenFile, wordToPlace.FindString(got.Body.String()))
	if got = w.send(draft+"/preuve", "method", "file"); got.Code != 200 || !strings.Contains(got.Body.String(), "Le contrôle du dépôt est prouvé") {
		t.Fatalf("the proof: %d\n%s", got.Code, got.Body)
	}
	if card = w.ask("GET", "/logiciels/agenda-partage", nil).Body.String(); !strings.Contains(card, "Contrôle du dépôt prouvé le") || !strings.Contains(card, "fichier dans le dépôt") {
		t.Errorf("the card:\n%s", card)
	}
	// What is in the catalogue is told, and leads to its card; the draft can be dropped.
	e.Push("jitsi/jitsi-meet", "README.md", "# Jitsi\n")
	known := w.send("/inscrire", "organisation", "atelier", "address", at).Header().Get("Location")
	if body := w.ask("GET", known, nil).Body.String(); strings.Contains(body, "déjà dans le catalogue") {
		t.Error("one’s own card is told to be somebody else’s")
	}
	if got = w.send("/inscrire", "do", "discard", "draft", strings.TrimPrefix(known, "/inscrire/")); got.Code != 200 || !strings.Contains(got.Body.String(), "effacé") {
		t.Errorf("dropping: %d", got.Code)
	}
}

// TestRegisterByAPI goes through them as a program does, with a key.
func TestRegisterByAPI(t *testing.T) {
	e := newEnrolling(t)
	at := e.Push("atelier/agenda", "publiccode.yml", publiccode, "README.md", "# Agenda\n")
	session := e.seat(t, "anne@exemple.fr", "atelier")
	a, err := e.people.SignedIn(t.Context(), session.Secret)
	if err != nil {
		t.Fatal(err)
	}
	_, reads, err := e.people.NewKey(t.Context(), a.ID, "reads", time.Hour, people.ScopeRead)
	if err != nil {
		t.Fatal(err)
	}
	_, edits, err := e.people.NewKey(t.Context(), a.ID, "edits", time.Hour, people.ScopeRead, people.ScopeEdit)
	if err != nil {
		t.Fatal(err)
	}
	w := e.walker(t, people.Session{})
	ask := func(key, method, path string, body, into any) int {
		t.Helper()
		text, _ := json.Marshal(body)
		r := httptest.NewRequest(method, "/api/v1/drafts"+path, strings.NewReader(string(text)))
		r.RemoteAddr = "192.0.2.9:1"
		r.Header.Set("Authorization", "Bearer "+key)
		got := httptest.NewRecorder()
		w.h.ServeHTTP(got, r)
		if err := json.Unmarshal(got.Body.Bytes(), into); err != nil {
			t.Fatalf("%s %s: %d %s", method, path, got.Code, got.Body)
		}
		return got.Code
	}
	type object = map[string]any
	var fault struct{ Error errorBody }
	begin := object{"address": at, "organisation": "atelier"}
	if code := ask(reads, "POST", "", begin, &fault); code != 403 {
		t.Errorf("a key for reading: %d", code)
	}
	if code := ask("communs_x", "POST", "", begin, &fault); code != 401 {
		t.Errorf("no key: %d", code)
	}
	if code := ask(edits, "POST", "", object{"address": "http://127.0.0.1/"}, &fault); code != 422 || len(fault.Error.Faults)+len(fault.Error.Code) == 0 {
		t.Errorf("a bad address: %d %+v", code, fault)
	}
	var d draftBody
	if code := ask(edits, "POST", "", begin, &d); code != 200 || d.Software == nil || d.Challenge == nil || d.Reading {
		t.Fatalf("%d %+v", code, d)
	}
	var list itemPage[*register.Draft]
	if code := ask(reads, "GET", "", nil, &list); code != 200 || list.Total != 1 || list.Items[0].ID != d.ID {
		t.Errorf("%d %+v", code, list)
	}
	if code := ask(edits, "POST", "/"+d.ID, object{"version": d.Version, "fields": object{"website": "http://x"}}, &d); code != 200 || len(d.Faults) != 1 || d.Faults[0].Field != "website" {
		t.Errorf("%d %+v", code, d.Faults)
	}
	if code := ask(edits, "POST", "/"+d.ID+"/publish", nil, &fault); code != 422 || fault.Error.Faults[0].Field != "website" {
		t.Errorf("%d %+v", code, fault)
	}
	if code := ask(edits, "POST", "/"+d.ID, object{"fields": object{"website": ""}}, &d); code != 200 {
		t.Error(code)
	}
	var cards [3]registry.Software
	for i := range cards {
		if code := ask(edits, "POST", "/"+d.ID+"/publish", nil, &cards[i]); code != 200 || cards[i].ID != "agenda-partage" {
			t.Errorf("%d %+v", code, cards[i])
		}
	}
	e.Says(d.Challenge.Address, d.Challenge.Line)
	if code := ask(edits, "POST", "/"+d.ID+"/prove", object{"method": "file"}, &fault); code != 422 || fault.Error.Code != "file.none" {
		t.Errorf("%d %+v", code, fault)
	}
	var control registry.Control
	if code := ask(edits, "POST", "/"+d.ID+"/prove", object{"method": "site"}, &control); code != 200 || control.Method != registry.ControlSite {
		t.Errorf("%d %+v", code, control)
	}
	refused := 0
	for i := range 60 {
		if ask(edits, "POST", "", object{"address": fmt.Sprintf("https://forge.example.com/x/%d", i), "organisation": "atelier"}, &fault) == 429 {
			refused++
		}
	}
	if refused != 60-register.DraftsAtOnce+1 {
		t.Errorf("%d of 60 were refused", refused)
	}
}
