// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"communs/registry"
	"communs/registry/people"
)

func TestSigningInLeadsBackOnlyToThisServer(t *testing.T) {
	for address, want := range map[string]string{
		"/decisions/3":                     "/decisions/3",
		"/decisions?type=vote":             "/decisions?type=vote",
		"/depots/https/x.example/a%20b":    "/depots/https/x.example/a%20b",
		"":                                 "",
		"decisions":                        "",
		"//evil.example":                   "",
		"https://evil.example/":            "",
		"/\\evil.example":                  "",
		"\\\\evil.example":                 "",
		"/\t/evil.example":                 "",
		"/a b":                             "",
		"/caf\u00e9":                       "",
		"/" + strings.Repeat("a", maxNext): "",
		"/%zz":                             "",
		"javascript:alert(1)":              "",
		"/x\r\nSet-Cookie: a=b":            "",
		"/connexion?next=https%3A%2F%2Fevil.test/": "/connexion?next=https%3A%2F%2Fevil.test/",
	} {
		if got := localPath(address); got != want {
			t.Errorf("localPath(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestAMemberActsForTheirOrganisationsAlone(t *testing.T) {
	m := &member{Account: &people.Account{ID: "a", Moderator: true, Seats: []people.Seat{{Organisation: "one", Speaker: true}, {Organisation: "two"}}}}
	for organisation, speaks := range map[string]bool{"one": true, "two": false, "": false} {
		by, err := m.actor(organisation)
		if err != nil || by.Account != "a" || by.Organisation != organisation || by.Has(registry.RoleSpeaker) != speaks || !by.Has(registry.RoleModerator) || by.Has(registry.RoleAdministrator) {
			t.Errorf("for %q: %+v, %v", organisation, by, err)
		}
		if !slices.Contains(by.Roles, registry.RoleMember) {
			t.Errorf("for %q: not a member", organisation)
		}
	}
	if _, err := m.actor("three"); !errors.Is(err, errSeat) {
		t.Errorf("an organisation without a seat: %v", err)
	}
}

func TestSigningInLeadsBackToThePageThatWasAskedFor(t *testing.T) {
	w, _ := newWalker(t, nil)
	got := w.ask("GET", "/compte?x=1", nil)
	if want := "/connexion?next=%2Fcompte%3Fx%3D1"; got.Code != 303 || got.Header().Get("Location") != want {
		t.Fatalf("a visitor: %d %s, want %s", got.Code, got.Header().Get("Location"), want)
	}
	page := w.ask("GET", got.Header().Get("Location"), nil).Body.String()
	if !strings.Contains(page, `<input type="hidden" name="next" value="/compte?x=1">`) {
		t.Fatalf("the form does not keep the page:\n%s", page)
	}
	w.ask("POST", "/connexion", url.Values{"email": {"anne@exemple.fr"}, "next": {"/compte?x=1"}})
	link := w.letterLink()
	form := regexp.MustCompile(`<form action="([^"]+)" method="post">`).FindStringSubmatch(w.ask("GET", link, nil).Body.String())
	if form == nil {
		t.Fatal("no form")
	}
	if got := w.ask("POST", html.UnescapeString(form[1]), nil); got.Code != 303 || got.Header().Get("Location") != "/compte?x=1" {
		t.Errorf("signed in: %d %s", got.Code, got.Header().Get("Location"))
	}
	w.ask("POST", "/connexion", url.Values{"email": {"anne@exemple.fr"}, "next": {"//evil.example/"}})
	if link := w.letterLink(); strings.Contains(link, "evil") {
		t.Errorf("a letter leads elsewhere: %s", link)
	}
}
