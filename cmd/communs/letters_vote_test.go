// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"strings"
	"testing"
	"time"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/people"
)

// Speakers are told of a vote once it is open, each once in their language, however often the server starts, and a new speaker too.
func TestSpeakersAreToldOfVotes(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	records, err := registry.OpenSQLite(ctx, registry.Config{Dir: dir, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { records.Close() })
	accounts, err := people.Open(ctx, people.Config{Dir: dir, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accounts.Close() })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	speaker := func(email, lang, organisation string) {
		t.Helper()
		l, err := accounts.Invite(ctx, people.Invitation{Email: email, Lang: lang, Role: people.Speaker, Organisation: organisation})
		must(err)
		_, _, err = accounts.Follow(ctx, l.Secret)
		must(err)
	}
	speaker("anne@exemple.fr", "fr", "naos")
	speaker("bob@example.org", "en", "atelier")
	c := commons.New(records, clock)
	by := registry.Actor{Account: "x", Organisation: "naos", Roles: []registry.Role{registry.RoleAdministrator}}
	_, err = c.Found(ctx, by, commons.Founding{Rules: governance.Default(), Members: []governance.Member{{Organisation: "naos", Type: "association"}, {Organisation: "atelier", Type: "company"}, {Organisation: "nobody", Type: "company"}}})
	must(err)
	_, err = c.Propose(ctx, by, commons.Motion{Kind: governance.Resolution, Title: "Un titre\nsur deux lignes", Text: "Texte."})
	must(err)
	catalog, err := words.Load()
	must(err)
	owed := func() (to []string) {
		t.Helper()
		for range 2 { // as after a restart
			b := &ballots{commons: commons.New(records, clock), accounts: accounts, catalog: catalog, instance: "Communs", origin: "https://communs.exemple.fr"}
			must(b.owe(ctx))
			must(b.owe(ctx))
		}
		all, err := accounts.Owed(ctx, 10)
		must(err)
		for _, l := range all {
			if !strings.Contains(l.Text, "https://communs.exemple.fr/decisions/1\n") || !strings.Contains(l.Subject, "Un titre sur deux lignes") ||
				strings.Contains(l.Text, "You can cast it") != (l.To == "bob@example.org") {
				t.Errorf("%+v", l)
			}
			to = append(to, l.To)
			must(accounts.Left(ctx, l.ID))
		}
		return to
	}
	if to := owed(); len(to) != 0 {
		t.Errorf("told before it opens: %v", to)
	}
	now = now.AddDate(0, 0, 8)
	_, err = c.Keep(ctx)
	must(err)
	if to := owed(); len(to) != 2 {
		t.Errorf("told when it opens: %v", to)
	}
	speaker("eve@exemple.fr", "fr", "atelier")
	if to := owed(); len(to) != 1 || to[0] != "eve@exemple.fr" {
		t.Errorf("told of a new speaker: %v", to)
	}
	now = now.AddDate(0, 1, 0)
	_, err = c.Keep(ctx)
	must(err)
	speaker("late@exemple.fr", "fr", "naos")
	if to := owed(); len(to) != 0 {
		t.Errorf("told after it closed: %v", to)
	}
}
