// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"database/sql"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/people"
	"communs/registry/publiclog"
)

// town is a commons of three behind its pages, with a clock that the test turns. Anne speaks for atelier, Paul for galette, Léa has a seat there; mairie has nobody.
type town struct {
	*walker
	people  *people.Store
	records registry.Store
	commons *commons.Commons
	dir     string
	lock    sync.Mutex
	clock   time.Time
}

func (v *town) now() time.Time {
	v.lock.Lock()
	defer v.lock.Unlock()
	return v.clock
}

func (v *town) days(n int) {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.clock = v.clock.AddDate(0, 0, n)
}

var operator = registry.Actor{Roles: []registry.Role{registry.RoleAdministrator}}

func newTown(t testing.TB, rules string) *town {
	t.Helper()
	v := &town{dir: t.TempDir(), clock: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	var err error
	if v.people, err = people.Open(t.Context(), people.Config{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if v.records, err = registry.OpenSQLite(t.Context(), registry.Config{Dir: v.dir, Now: v.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.people.Close(); v.records.Close() })
	v.commons = commons.New(v.records, v.now)
	f := commons.Founding{Rules: []byte(rules)}
	for _, id := range []string{"atelier", "galette", "mairie"} {
		f.Members = append(f.Members, governance.Member{Organisation: id, Type: "company"})
	}
	if _, err := v.commons.Found(t.Context(), operator, f); err != nil {
		t.Fatal(err)
	}
	v.walker = &walker{t: t, from: "192.0.2.1:1234", letters: new([]Letter), h: v.server(t, origin)}
	return v
}

// server is a server of this commons.
func (v *town) server(t testing.TB, at string) *Server {
	h := newServer(t, newFake(), func(c *Config) {
		c.BaseURL, c.Origin, c.People, c.Records, c.Commons, c.Clock = at, at, v.people, v.records, v.commons, v.now
	})
	return h.(*Server)
}

// as signs somebody in, with seats.
func (v *town) as(email string, role people.Role, organisation string) *people.Account {
	v.t.Helper()
	l, err := v.people.Invite(v.t.Context(), people.Invitation{Email: email, Role: role, Organisation: organisation})
	if err != nil {
		v.t.Fatal(err)
	}
	a, session, err := v.people.Follow(v.t.Context(), l.Secret)
	if err != nil {
		v.t.Fatal(err)
	}
	v.cookie = v.h.(*Server).cookieOf(session)
	return a
}

// send sends a form of a page, with its token.
func (v *town) send(path string, more ...string) *httptest.ResponseRecorder {
	v.t.Helper()
	form := url.Values{"form": {people.FormToken(v.cookie.Value)}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return v.ask("POST", path, form)
}

// says checks what came back.
func (v *town) says(what string, got *httptest.ResponseRecorder, code int, texts ...string) {
	v.t.Helper()
	body := strings.ReplaceAll(strings.ReplaceAll(got.Body.String(), "\u00a0", " "), "\u202f", " ")
	if got.Code != code {
		v.t.Errorf("%s: %d, want %d\n%s", what, got.Code, code, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			v.t.Errorf("%s does not say %q:\n%s", what, text, body)
		}
	}
}

const speaker = people.Speaker

// A proposal over its pages, from the form to what is applied; the abuses on its way are refused in words.
func TestDecisionsOverPages(t *testing.T) {
	v := newTown(t, string(governance.Default()))
	v.says("a visitor", v.ask("GET", "/decisions", nil), 200, "Aucun vote n’est ouvert", "Le journal tient", "Le commun est fondé", `aria-current="page"`)
	v.says("a visitor proposes", v.ask("GET", "/decisions/proposer", nil), 303)
	v.as("anne@exemple.fr", speaker, "atelier")
	v.says("the form", v.ask("GET", "/decisions/proposer?kind=resolution", nil), 200, "Toute autre résolution", "atelier")
	got := v.send("/decisions/proposer", "kind", "resolution", "organisation", "atelier", "title", " ", "text", "Le 12 mai.")
	v.says("without a title", got, 422, "Un titre ou un texte manque", "Le 12 mai.")
	got = v.send("/decisions/proposer", "kind", "resolution", "organisation", "atelier", "title", "Rencontre de mai <script>alert(1)</script>", "text", "Le 12 mai.\n<script>alert(2)</script>")
	if v.says("a proposal", got, 303); got.Header().Get("Location") != "/decisions/1" {
		t.Fatalf("%v", got.Header())
	}
	v.says("its page", v.ask("GET", "/decisions/1", nil), 200, "en discussion", "Le 12 mai.", "&lt;script&gt;")
	v.says("a vote before it opens", v.send("/decisions/1", "do", "vote", "organisation", "atelier", "choice", "yes"), 409, "pas ouvert")
	v.says("a comment", v.send("/decisions/1", "do", "comment", "organisation", "atelier", "text", `"><script>alert(3)</script>`), 303)
	v.says("a conflict", v.send("/decisions/1", "do", "conflict", "organisation", "atelier"), 303)
	v.days(8)
	v.says("an open vote", v.ask("GET", "/decisions", nil), 200, "Votes ouverts", "encore 13 jours", "au moins 1/10", "plus de 1/2")
	v.says("in conflict", v.send("/decisions/1", "do", "vote", "organisation", "atelier", "choice", "yes"), 409, "conflit")
	v.says("for another organisation", v.send("/decisions/1", "do", "vote", "organisation", "galette", "choice", "yes"), 403)
	v.says("for nobody", v.send("/decisions/1", "do", "vote", "choice", "yes"), 403)
	v.as("lea@exemple.fr", people.Member, "galette")
	v.says("who does not speak for it", v.send("/decisions/1", "do", "vote", "organisation", "galette", "choice", "yes"), 403, "pas le rôle")
	v.as("paul@exemple.fr", speaker, "galette")
	v.says("my organisation", v.ask("GET", "/ma-structure", nil), 200, "Membre du commun", "Rencontre de mai", "Quitter le commun")
	v.says("no token", v.ask("POST", "/decisions/1", url.Values{"do": {"vote"}, "organisation": {"galette"}, "choice": {"yes"}}), 403)
	v.says("from elsewhere", v.ask("POST", "/decisions/1", url.Values{"form": {people.FormToken(v.cookie.Value)}, "do": {"vote"}, "organisation": {"galette"}, "choice": {"yes"}},
		"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), 403)
	v.says("no choice", v.send("/decisions/1", "do", "vote", "organisation", "galette", "choice", "maybe"), 409)
	v.says("the vote", v.send("/decisions/1", "do", "vote", "organisation", "galette", "choice", "yes"), 303)
	v.says("twice", v.send("/decisions/1", "do", "vote", "organisation", "galette", "choice", "no"), 409, "déjà voté")
	v.days(14)
	v.says("after closing", v.send("/decisions/1", "do", "vote", "organisation", "galette", "choice", "no"), 409, "clos")
	got = v.ask("GET", "/decisions/1", nil)
	v.says("the result", got, 200, "acceptée", "Ont une voix : 2. Oui : 1", "Quorum : ont pris part 1/2", "C’est atteint", "conflit d’intérêts", "mairie", "n’a pas voté", "Le programme n’applique rien", "version 1 des règles")
	v.says("in English", v.ask("GET", "/decisions/1?lang=en", nil), 200, "accepted", "has not voted")
	v.cookie = nil
	for _, path := range []string{"/decisions", "/decisions/1", "/decisions/journal", "/decisions/log", "/decisions/log.atom", "/decisions/regles", "/decisions/rules", "/decisions/chain?lang=en", "/decisions/journal?type=vote", "/decisions/journal?about=proposal/1"} {
		got := v.ask("GET", path, nil)
		if v.says(path, got, 200); strings.Contains(got.Body.String(), "<script>alert") || strings.Contains(got.Body.String(), "web.decisions") || strings.Contains(got.Body.String(), "%!") {
			t.Errorf("%s:\n%s", path, got.Body)
		}
	}
	for path, code := range map[string]int{"/decisions/9": 404, "/decisions/x": 404, "/decisions/1/x": 404, "/decisions/journal?before=x": 400, "/decisions/consultation/1": 404, "/ma-structure": 303} {
		v.says(path, v.ask("GET", path, nil), code)
	}
}

// A change of the rules applies itself and is told in sentences; a removed member has no vote any more; one that leaves is gone.
func TestRulesAndRemovalOverPages(t *testing.T) {
	v := newTown(t, string(governance.Default()))
	v.as("paul@exemple.fr", speaker, "galette")
	v.as("anne@exemple.fr", speaker, "atelier")
	other := strings.Replace(string(governance.Default()), "moderators = 1 ", "moderators = 2 ", 1)
	v.says("rules at fault", v.send("/decisions/proposer", "kind", "rules", "organisation", "atelier", "title", "Deux", "text", "Pour.", "rules", "format = 2"), 422)
	v.says("rules", v.send("/decisions/proposer", "kind", "rules", "organisation", "atelier", "title", "Deux", "text", "Pour.", "rules", other), 303)
	v.says("what they change", v.ask("GET", "/decisions/1", nil), 200, "<del>1 personne décide.", "<ins>2 personnes doivent décider")
	v.days(21)
	v.says("vote", v.send("/decisions/1", "do", "vote", "organisation", "atelier", "choice", "yes"), 303)
	v.days(14)
	v.says("the rules", v.ask("GET", "/decisions/regles", nil), 200, "En vigueur : version 2", "2 personnes doivent décider", "venue de la proposition 1", "celle de la fondation", "<del>")
	v.says("removal", v.send("/decisions/proposer", "kind", "removal", "organisation", "atelier", "target", "galette", "title", "Galette", "text", "Pour."), 303)
	v.says("a resolution", v.send("/decisions/proposer", "kind", "resolution", "organisation", "atelier", "title", "Après", "text", "Pour."), 303)
	v.days(14)
	v.says("vote", v.send("/decisions/2", "do", "vote", "organisation", "atelier", "choice", "yes"), 303)
	v.days(14)
	v.says("removed", v.ask("GET", "/decisions/2", nil), 200, "galette n’est plus membre", "ne compte pas")
	v.says("a resolution", v.send("/decisions/proposer", "kind", "resolution", "organisation", "atelier", "title", "Encore", "text", "Pour."), 303)
	v.days(7)
	v.as("paul@exemple.fr", speaker, "galette")
	v.says("a removed member", v.send("/decisions/4", "do", "vote", "organisation", "galette", "choice", "yes"), 409, "voix")
	v.says("proposes", v.send("/decisions/proposer", "kind", "resolution", "organisation", "galette", "title", "Non", "text", "Pour."), 409, "pas membre")
	v.as("anne@exemple.fr", speaker, "atelier")
	v.says("leaving unsure", v.send("/ma-structure", "organisation", "atelier"), 422, "Cochez la case")
	v.says("leaving", v.send("/ma-structure", "organisation", "atelier", "sure", "1"), 303)
	v.says("left", v.ask("GET", "/my-organisation?lang=en", nil), 200, "Not a member")
	v.says("the log", v.ask("GET", "/decisions/journal?type=member", nil), 200, "Membre exclu", "Membre parti")
}

// A consultation over its pages.
func TestConsultationOverPages(t *testing.T) {
	v := newTown(t, string(governance.Default()))
	v.as("anne@exemple.fr", speaker, "atelier")
	v.says("too few", v.send("/decisions/proposer", "kind", "consultation", "organisation", "atelier", "title", "Jour", "text", "Lequel ?", "answer", "Mardi", "answer", ""), 422, "deux à 10")
	v.says("asked", v.send("/decisions/proposer", "kind", "consultation", "organisation", "atelier", "title", "Jour", "text", "Lequel ?", "answer", "Mardi", "answer", "<b>Jeudi"), 303)
	v.cookie = nil
	v.says("a visitor", v.ask("GET", "/decisions/consultation/1", nil), 200, "Se connecter pour répondre", "&lt;b&gt;Jeudi", "n’engage personne")
	v.as("lea@exemple.fr", people.Member, "galette")
	v.says("no such answer", v.send("/decisions/consultation/1", "answer", "7"), 422)
	v.says("an answer", v.send("/decisions/consultation/1", "answer", "1"), 303)
	v.says("another", v.send("/decisions/consultation/1", "answer", "2"), 303)
	v.says("mine", v.ask("GET", "/decisions/consultation/1", nil), 200, "1 réponse", "Votre réponse", "checked")
	v.days(22)
	v.says("late", v.send("/decisions/consultation/1", "answer", "1"), 409, "close")
	v.says("the result", v.ask("GET", "/decisions/consultation/1?lang=en", nil), 200, "Result", "no answers", "1 answer")
	v.says("the list", v.ask("GET", "/decisions", nil), 200, "Consultations des usagers", "Jour")
}

// A log that was tampered with is shown as such, with its first bad entry.
func TestTamperedLogIsShown(t *testing.T) {
	v := newTown(t, string(governance.Default()))
	v.says("whole", v.ask("GET", "/decisions/chaine", nil), 200, "Le journal tient", "communs registry verify")
	head, err := v.records.Head(t.Context())
	if err != nil || !strings.Contains(v.ask("GET", "/decisions/chaine", nil).Body.String(), head.Hash.String()+"@2") {
		t.Errorf("the head %v is not shown, %v", head, err)
	}
	lines := 0
	for e, err := range publiclog.Read(v.ask("GET", "/decisions/journal.jsonl", nil).Body) {
		if lines++; err != nil || e.N != int64(lines) {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if lines != int(head.N) {
		t.Errorf("%d lines of %d", lines, head.N)
	}
	db, err := sql.Open("sqlite", filepath.Join(v.dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE registry_log SET body = replace(body, 'atelier', 'galette') WHERE n = 2`); err != nil {
		t.Fatal(err)
	}
	v.days(1)
	v.says("the chain", v.ask("GET", "/decisions/chaine", nil), 200, "première entrée fautive est la 2", "Entrée 2", `role="alert"`)
	v.says("decisions", v.ask("GET", "/decisions?lang=en", nil), 200, "first bad entry is 2")
	v.commons = commons.New(v.records, v.now)
	v.h = v.server(t, origin) // one that has read nothing before
	v.says("a new server", v.ask("GET", "/decisions", nil), 200, "première entrée fautive est la 2")
}

// The commons for programs: pages of JSON for everybody, and acts with a key.
func TestDecisionsForPrograms(t *testing.T) {
	v := newTown(t, string(governance.Default()))
	a := v.as("anne@exemple.fr", speaker, "atelier")
	_, vote, err := v.people.NewKey(t.Context(), a.ID, "v", time.Hour, people.ScopeVote)
	if err != nil {
		t.Fatal(err)
	}
	_, read, err := v.people.NewKey(t.Context(), a.ID, "r", time.Hour, people.ScopeRead)
	if err != nil {
		t.Fatal(err)
	}
	post := func(path, key, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		} else {
			r.AddCookie(v.cookie)
		}
		got := httptest.NewRecorder()
		v.h.ServeHTTP(got, r)
		return got
	}
	motion := `{"organisation": "atelier", "kind": "resolution", "title": "Mai", "text": "Le 12."}`
	v.says("a cookie", post("/api/v1/decisions", "", motion), 401)
	v.says("another scope", post("/api/v1/decisions", read, motion), 403)
	v.says("no JSON", post("/api/v1/decisions", vote, "x"), 400)
	v.says("another's", post("/api/v1/decisions", vote, strings.Replace(motion, "atelier", "galette", 1)), 403)
	v.says("proposed", post("/api/v1/decisions", vote, motion), 201, `"number":1`, `"status":"discussion"`)
	v.says("comment", post("/api/v1/decisions/1/comments", vote, `{"organisation": "atelier", "text": "Oui."}`), 200, `"Oui."`)
	v.says("early", post("/api/v1/decisions/1/votes", vote, `{"organisation": "atelier", "choice": "yes"}`), 409, `"code":"not-open"`)
	v.days(7)
	v.says("vote", post("/api/v1/decisions/1/votes", vote, `{"organisation": "atelier", "choice": "yes"}`), 200, `"status":"open"`)
	v.says("twice", post("/api/v1/decisions/1/votes", vote, `{"organisation": "atelier", "choice": "no"}`), 409, `"code":"voted"`)
	v.says("conflict", post("/api/v1/decisions/1/votes", vote, `{"organisation": "atelier", "choice": "conflict"}`), 200)
	v.cookie = nil
	for path, texts := range map[string][]string{
		"/api/v1/decisions": {`"total":1`, `"title":"Mai"`}, "/api/v1/rules": {`"version":1`}, "/api/v1/members?n=2": {`"next":"2"`, `"galette"`}, "/api/v1/members?n=2&after=2": {`"mairie"`, `"next":""`},
		"/api/v1/log?n=1": {`"next":"1"`, `"log.begun"`}, "/api/v1/log?n=1&after=1": {`"commons.founded"`}, "/api/v1/decisions/1": {`"comments":[{`, `"electorate":[{`},
	} {
		got := v.ask("GET", path, nil)
		v.says(path, got, 200, texts...)
		var any map[string]any
		if err := json.Unmarshal(got.Body.Bytes(), &any); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	v.says("after nothing", v.ask("GET", "/api/v1/log?after=-1", nil), 400)
}
