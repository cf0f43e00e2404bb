// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/registry/commons"
	"communs/registry/governance"
)

// A speaker signs in and votes by keyboard alone, on a narrow screen, without script. With SCREENSHOTS=DIR it leaves pictures of each page.
func TestVotingByKeyboard(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	v := newTown(t, strings.Replace(string(governance.Default()), `by = "organisations"`, `by = "colleges"`, 1)+`
[[college]]
id = "entreprises"
name = { fr = "Entreprises", en = "Companies" }
weight = "1"
types = ["company"]
`)
	v.as("anne@exemple.fr", speaker, "atelier")
	server := httptest.NewUnstartedServer(nil)
	at := "http://" + server.Listener.Addr().String()
	server.Config.Handler = v.server(t, at)
	server.Start()
	defer server.Close()
	long := strings.Repeat("Nous proposons une rencontre de tous les membres, avec les usagers. ", 6)
	if _, err := v.commons.Propose(t.Context(), operator, commons.Motion{Kind: governance.Resolution, Title: "Rencontre de mai à Bordeaux", Text: long}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.commons.Ask(t.Context(), operator, commons.Question{Title: "Quel jour vous convient ?", Text: long, Answers: []string{"Mardi", "Jeudi"}}); err != nil {
		t.Fatal(err)
	}
	v.days(8)
	if _, err := v.commons.Propose(t.Context(), operator, commons.Motion{Kind: governance.NewRules, Title: "Deux personnes pour modérer", Text: long,
		Rules: []byte(strings.Replace(string(governance.Default()), "moderators = 1 ", "moderators = 2 ", 1))}); err != nil {
		t.Fatal(err)
	}
	l, err := v.people.SignInLink(t.Context(), "anne@exemple.fr", "fr")
	if err != nil {
		t.Fatal(err)
	}
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(at+"/connexion/"+l.Secret, 360, false)
	b.tabTo("the button that signs in", func(f focused) bool { return f.Tag == "BUTTON" && f.Name != "Chercher" })
	b.enter()
	b.open(at+"/decisions", 360, false)
	b.tabTo("the open vote", named360("Rencontre de mai"))
	b.enter()
	b.tabTo("the choices", func(f focused) bool { return f.Type == "radio" })
	b.space()
	b.tabTo("the vote's button", named360("Exprimer ce vote"))
	b.enter()
	st, err := v.commons.State(t.Context())
	if err != nil || len(st.Proposals[0].Tally().Ballots) != 1 || st.Proposals[0].Tally().Ballots[0].Choice != governance.Yes {
		t.Errorf("the vote did not come: %+v, %v", st.Proposals[0].Tally(), err)
	}
	dir := os.Getenv("SCREENSHOTS")
	for name, path := range map[string]string{"decisions": "/decisions", "decision": "/decisions/1", "rules-proposed": "/decisions/2", "rules": "/decisions/regles", "log": "/decisions/journal",
		"chain": "/decisions/chaine", "consultation": "/decisions/consultation/1", "propose": "/decisions/proposer?kind=rules", "ask": "/decisions/proposer?kind=consultation", "mine": "/ma-structure"} {
		for _, width := range []int{360, 1280} {
			seen := b.open(at+path, width, width == 360)
			var wide int
			if b.eval("document.documentElement.scrollWidth", &wide); wide > width || len(seen.Errors) > 0 {
				t.Errorf("%s at %d px: %d px wide, %v", path, width, wide, seen.Errors)
			}
			if dir != "" {
				b.shot(filepath.Join(dir, name+"-"+map[int]string{360: "360", 1280: "1280"}[width]+".png"))
			}
		}
	}
}
