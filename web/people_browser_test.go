// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/internal/oidc"
)

// TestSignInElsewhereInTheBrowser goes to another site and back in Chromium, by keyboard, without script: the policy of the pages lets the browser
// leave, and the cookies come back with it. With SCREENSHOTS=DIR it leaves pictures.
func TestSignInElsewhereInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	there := newSite(t)
	p, err := oidc.New(oidc.Config{Name: "forge", Title: "la forge régionale", Issuer: there.URL, ClientID: "communs", Secret: "very-secret", TrustEmails: true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	here := "http://" + l.Addr().String()
	w, _ := newWalker(t, nil, func(c *Config) { c.BaseURL, c.Origin, c.Providers = here, here, []*oidc.Provider{p} })
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: w.h}}
	server.Start()
	defer server.Close()
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	pictures := os.Getenv("SCREENSHOTS")
	look := func(name, path string) {
		t.Helper()
		for _, width := range []string{"1280", "360"} {
			v := b.open(here+path, map[string]int{"1280": 1280, "360": 360}[width], false)
			var seen struct {
				Wide  int
				Small []string
			}
			faults := slices.DeleteFunc(v.Errors, func(e string) bool { return strings.Contains(e, "status of 400") })
			if b.eval(measure, &seen); len(seen.Small) > 0 || width == "360" && seen.Wide > 360 || len(faults) > 0 {
				t.Errorf("%s at %s px: %+v, %v", name, width, seen, faults)
			}
			if pictures != "" {
				b.shot(filepath.Join(pictures, name+"-"+width+".png"))
			}
		}
	}
	look("sign-in", "/connexion")
	b.tabTo("the other site", named360("Se connecter avec la forge régionale"))
	b.press("Enter", "\r", 13)
	var at string
	for begin := time.Now(); !strings.HasSuffix(at, "/compte"); time.Sleep(20 * time.Millisecond) {
		if b.eval(`location.href + (document.readyState === "complete" ? "" : "…")`, &at); time.Since(begin) > 20*time.Second {
			t.Fatalf("it ends at %s", at)
		}
	}
	var text, cookies string
	if b.eval(`document.querySelector("h1").textContent + document.querySelector(".where").textContent`, &text); !strings.Contains(text, "anne@exemple.fr") {
		t.Errorf("signed in as %q", text)
	}
	if b.eval(`document.cookie`, &cookies); cookies != "" {
		t.Errorf("scripts see cookies: %q", cookies)
	}
	look("account", "/compte")
	// What went wrong stands on the page of signing in, above the other ways.
	there.down = true
	look("elsewhere-fault", "/connexion/retour/forge?state=x")
}
