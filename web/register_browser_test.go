// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/registry/register"
)

// TestCompanyRegisters has a company register its software and prove that it is theirs: by keyboard alone, in French, on a screen of 360 px; the
// repository is on a real git server. With SCREENSHOTS=DIR it leaves pictures of each step, narrow and wide.
func TestCompanyRegisters(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	e := newEnrolling(t)
	at := e.Push("atelier/agenda", "publiccode.yml", strings.Replace(publiccode, "license: MIT", "license: Machin", 1), "README.md", "# Agenda\n\nUn agenda à plusieurs.\n")
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	server.Config.Handler = newServer(t, newFake(), func(c *Config) {
		e.config(c)
		c.Origin, c.Post = address, func(context.Context, Letter) error { return nil }
	})
	server.Start()
	defer server.Close()
	b.call("Network.setCookie", map[string]any{"url": address, "name": "communs", "value": e.seat(t, "anne@exemple.fr", "atelier").Secret, "httpOnly": true}, nil)
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	shot := func(name string) {
		if dir := os.Getenv("SCREENSHOTS"); dir != "" {
			b.shot(filepath.Join(dir, "register-"+name+".png"))
		}
	}
	title := func(want string) {
		t.Helper()
		var got string
		if b.eval(`document.querySelector("h1").textContent.trim()`, &got); got != want {
			var body string
			b.eval(`document.querySelector("main").innerText`, &body)
			t.Fatalf("the page is %q, not %q\n%s", got, want, body)
		}
	}
	b.open(address+"/inscrire", 360, false)
	title("Inscrire un logiciel")
	steps := b.tabTo("the address", named360("Adresse du dépôt"))
	b.say(at)
	shot("1-address")
	b.enter()
	title("Corriger ce qui a été trouvé")
	shot("2-correct")
	steps += b.tabTo("the summary", named360("Résumé en français"))
	steps += b.tabTo("the licence", named360("Licence"))
	b.press("a", "", 65)
	b.eval(`document.activeElement.select() || true`, new(bool))
	b.say("MIT")
	b.enter()
	title("Relire la fiche")
	shot("3-preview")
	steps += b.tabTo("the button", named360("Publier la fiche"))
	b.enter()
	title("Prouver le contrôle du dépôt")
	shot("4-proof")
	var line string
	b.eval(`document.querySelector("code.secret").textContent`, &line)
	e.Push("atelier/agenda", register.TokenFile, line+"\n")
	steps += b.tabTo("the check", named360("Vérifier dans le dépôt"))
	b.enter()
	title("Prouver le contrôle du dépôt")
	shot("5-proven")
	steps += b.tabTo("the card", named360("Agenda partagé"))
	b.enter()
	var card string
	if b.eval(`document.querySelector("main").innerText`, &card); !strings.Contains(card, "Contrôle du dépôt prouvé le") || !strings.Contains(card, "Atelier du Libre") {
		t.Errorf("the card says:\n%s", card)
	}
	shot("6-card")
	t.Logf("%d keys", steps)
	if steps > 120 {
		t.Errorf("%d keys are too many", steps)
	}
	b.leave(t)
	if os.Getenv("SCREENSHOTS") != "" {
		b.open(address+"/inscrire", 1280, false)
		shot("wide-1")
		fresh := e.Push("atelier/autre", "README.md", "# Autre outil\n\nAutre outil permet de gérer les adhérents d'une association.\n")
		b.eval(`document.querySelector("#address").focus() || true`, new(bool))
		b.say(fresh)
		b.enter()
		shot("wide-2")
	}
}
