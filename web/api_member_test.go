// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"communs/registry/people"
)

func TestKeysAtTheAPI(t *testing.T) {
	w, store := newWalker(t, nil)
	w.signIn("anne@exemple.fr")
	ctx := t.Context()
	a, err := store.Account(ctx, "anne@exemple.fr")
	if err != nil {
		t.Fatal(err)
	}
	_, read, err := store.NewKey(ctx, a.ID, "r", time.Hour, people.ScopeRead)
	if err != nil {
		t.Fatal(err)
	}
	_, vote, err := store.NewKey(ctx, a.ID, "v", time.Hour, people.ScopeVote)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		header string
		code   int
		says   string
	}{
		"a key":              {"Bearer " + read, 200, a.ID},
		"in other letters":   {"bearer  " + read, 200, a.ID},
		"none, but a cookie": {"", 401, "demande une clé"},
		"a password":         {"Basic YTpi", 401, "demande une clé"},
		"one made up":        {"Bearer communs_" + strings.Repeat("A", 43), 401, "n’ouvre rien"},
		"for something else": {"Bearer " + vote, 403, "pas été faite pour cela"},
	} {
		got := w.ask("GET", "/api/v1/account", nil, "Authorization", test.header)
		if got.Code != test.code || !strings.Contains(got.Body.String(), test.says) || got.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v\n%s", name, got.Code, got.Header(), got.Body)
		}
		if challenged := got.Header().Get("WWW-Authenticate") == "Bearer"; challenged != (test.code == 401) {
			t.Errorf("%s: WWW-Authenticate: %q", name, got.Header().Get("WWW-Authenticate"))
		}
	}
	keys, err := store.Keys(ctx, a.ID)
	if err != nil || len(keys) != 2 || (keys[0].Seen == nil) == (keys[1].Seen == nil) {
		t.Errorf("what was used last: %+v, %v", keys, err)
	}
	// One key is held back without the others, and who tries keys without those who have one.
	count := func(header string) (codes map[int]int) {
		codes = map[int]int{}
		for range 3 * atOnceKey {
			codes[w.ask("GET", "/api/v1/account", nil, "Authorization", header).Code]++
		}
		return codes
	}
	_, other, err := store.NewKey(ctx, a.ID, "o", time.Hour, people.ScopeRead)
	if err != nil {
		t.Fatal(err)
	}
	if codes := count("Bearer " + read); codes[200] == 0 || codes[200] > atOnceKey+5 || codes[429] == 0 {
		t.Errorf("one key: %v", codes)
	}
	if codes := count("Bearer communs_" + strings.Repeat("B", 43)); codes[401] == 0 || codes[401] > atOnceBadKey || codes[429] == 0 {
		t.Errorf("keys that open nothing: %v", codes)
	}
	if got := w.ask("GET", "/api/v1/account", nil, "Authorization", "Bearer "+other); got.Code != 200 {
		t.Errorf("another key: %d", got.Code)
	}
	// What acts has the account's roles, and no others.
	if err := store.Grant(ctx, a.ID, people.Speaker, "naos"); err != nil {
		t.Fatal(err)
	}
	s := w.h.(*Server)
	for organisation, code := range map[string]int{"": 0, "naos": 0, "atelier": 403} {
		req, err := http.NewRequest("POST", "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+vote)
		by, err := s.actorOf(s.begin(req), people.ScopeVote, organisation)
		if status, _, _ := classify(err); err != nil && status != code || err == nil && (code != 0 || by.Account != a.ID || by.Has("speaker") != (organisation == "naos")) {
			t.Errorf("%q: %+v, %v", organisation, by, err)
		}
	}
}
