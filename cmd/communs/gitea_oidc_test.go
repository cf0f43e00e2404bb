// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"communs/internal/gitea"
	"communs/registry/people"
)

// TestGiteaSignIn signs somebody in with their account on a real Gitea, from the button to the page of their account, as a browser does it.
func TestGiteaSignIn(t *testing.T) {
	home := os.Getenv("COMMUNS_GITEA")
	if home == "" {
		t.Skip("COMMUNS_GITEA names no Gitea: make test-forges builds one")
	}
	b := &binary{t: t, path: filepath.Join(t.TempDir(), "communs"), home: t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", b.path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	forge, err := gitea.Start(t.Context(), home, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { forge.Stop() })
	const password = "correct-horse-battery"
	if err := forge.User(t.Context(), "anne", "anne@example.org", password); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	id, secret, err := forge.Application(t.Context(), "Communs", "http://"+address+"/connexion/retour/forge")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "communs.toml")
	for name, text := range map[string]string{config: "[serve]\nbase_url = \"http://" + address + "\"\n[[oidc]]\nname = \"forge\"\ntitle = \"la forge\"\nissuer = \"" + forge.URL + "\"\nclient_id = \"" + id + "\"\nsecret_file = \"s\"\ntrust_emails = true\n", filepath.Join(dir, "s"): secret + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	here, server, said := b.server("--config", config, "serve", "--listen", address)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	// ask gives a page, after all redirections.
	ask := func(method, address string, form url.Values) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	leave := func() string {
		t.Helper()
		if _, page := ask("GET", here+"/connexion", nil); !strings.Contains(page, "/connexion/avec/forge") {
			t.Fatalf("there is no button:\n%s", page)
		}
		resp, page := ask("POST", here+"/connexion/avec/forge", nil)
		to, ok := strings.CutPrefix(resp.Header.Get("Refresh"), "0; url=")
		if !ok || !strings.HasPrefix(to, forge.URL+"/") {
			t.Fatalf("%s %v\n%s", resp.Status, resp.Header, page)
		}
		return to
	}
	arrived := func(resp *http.Response, page string) {
		t.Helper()
		if resp.StatusCode != 200 || resp.Request.URL.String() != here+"/compte" || !strings.Contains(page, "anne@example.org") {
			t.Fatalf("%s at %s\n%s\n%s", resp.Status, resp.Request.URL, page, said)
		}
	}
	resp, page := ask("GET", leave(), nil)
	if !strings.HasPrefix(resp.Request.URL.Path, "/user/login") {
		t.Fatalf("Gitea asks for nobody's name: %s\n%s", resp.Request.URL, page)
	}
	resp, page = ask("POST", forge.URL+"/user/login", url.Values{"user_name": {"anne"}, "password": {password}})
	grant := url.Values{"granted": {"true"}}
	for _, field := range regexp.MustCompile(`<input type="hidden" name="(client_id|state|scope|nonce|redirect_uri)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		grant.Set(field[1], strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(field[2]))
	}
	if len(grant) < 5 {
		t.Fatalf("Gitea does not ask whether it may tell: %s at %s\n%s", resp.Status, resp.Request.URL, page)
	}
	arrived(ask("POST", forge.URL+"/login/oauth/grant", grant))
	// Another time: Gitea remembers, and it is the same account.
	form := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(func() string { _, page := ask("GET", here+"/compte", nil); return page }())
	if form == nil {
		t.Fatal("the account has no form")
	}
	ask("POST", here+"/compte", url.Values{"do": {"leave"}, "form": {form[1]}})
	if resp, _ := ask("GET", here+"/compte", nil); resp.Request.URL.Path != "/connexion" {
		t.Fatalf("still signed in: %s", resp.Request.URL)
	}
	arrived(ask("GET", leave(), nil))
	// Somebody who says no, at the site, does not come in.
	jar, _ = cookiejar.New(nil)
	client.Jar = jar
	leave()
	resp, page = ask("GET", here+"/connexion/retour/forge?error=access_denied&state=x", nil)
	if resp.StatusCode != 400 || !strings.Contains(page, "forge") {
		t.Errorf("%s\n%s", resp.Status, page)
	}
	var all []people.Account
	if err := json.Unmarshal([]byte(b.ok("registry", "people", "--format", "json")), &all); err != nil || len(all) != 1 || all[0].Email != "anne@example.org" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // by then it has said all
	if text := said.String(); strings.Contains(text, secret) || strings.Contains(text, "anne") {
		t.Errorf("the log holds what it must not: %s", text)
	}
}
