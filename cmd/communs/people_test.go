// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/internal/mail"
	"communs/internal/mail/mailtest"
	"communs/internal/words"
	"communs/registry/people"
)

// TestPeopleByCommandLine invites the first administrator and a speaker by real letters, and looks after their accounts.
func TestPeopleByCommandLine(t *testing.T) {
	post := mailtest.Start(t, mailtest.Options{NoTLS: true})
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config, data := filepath.Join(dir, "communs.toml"), filepath.Join(dir, "data")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	with := "[serve]\nbase_url = \"https://communs.example.org/\"\n[mail]\nfrom = \"Communs <communs@example.org>\"\nsecurity = \"none\"\nserver = \"" + post.Addr + "\"\n"
	write(with)
	run := func(args ...string) (code int, out, errs string) {
		var o, e bytes.Buffer
		p := newProgram(catalog, map[string]string{"LANG": "en_US.UTF-8"}, strings.NewReader(""), &o, &e)
		code = p.conclude(t.Context(), p.run(t.Context(), append([]string{"--config", config, "--data", data, "registry"}, args...)))
		return code, o.String(), e.String()
	}
	must := func(want int, contains string, args ...string) string {
		t.Helper()
		code, out, errs := run(args...)
		if code != want || !strings.Contains(out+errs, contains) {
			t.Fatalf("%q: exit code %d, want %d\n%s%s", args, code, want, out, errs)
		}
		return out
	}
	must(1, "no account yet", "people")
	must(0, "left by mail", "invite", "anne@example.org", "--role", "administrator")
	if got := post.Letters(); len(got) != 1 || got[0].To != "anne@example.org" || !strings.Contains(got[0].Text, "administrator of this instance") {
		t.Fatalf("%+v", got)
	}
	link := post.Link(t, "anne@example.org")
	if !strings.HasPrefix(link, "https://communs.example.org/sign-in/") {
		t.Errorf("the link is %q", link)
	}
	store, err := people.Open(t.Context(), people.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	follow := func(link string) {
		t.Helper()
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Follow(t.Context(), filepath.Base(u.Path)); err != nil {
			t.Fatal(err)
		}
	}
	follow(link)
	must(0, "administrator of this instance", "people")

	must(2, "", "invite", "bob@example.org", "--role", "speaker", "--organisation", "atelier") // there is no registry
	must(0, "", "add", "organisation", "--set", "name=Atelier", "--set", "type=company")
	must(2, "no-such", "invite", "bob@example.org", "--role", "speaker", "--organisation", "no-such")
	must(2, "--role", "invite", "bob@example.org", "--role", "king")
	must(2, "", "invite", "bob@example.org", "--role", "moderator", "--organisation", "atelier")
	must(2, "not an e-mail address", "invite", "good@example.org", "bad", "--organisation", "atelier")
	if n := len(post.Letters()); n != 1 {
		t.Fatalf("%d letters have left", n)
	}
	var made []invited
	if err := json.Unmarshal([]byte(must(0, "", "invite", "bob@example.org", "--role", "speaker", "--organisation", "atelier", "--print", "--format", "json")), &made); err != nil || len(made) != 1 || made[0].Sent || made[0].URL == "" {
		t.Fatalf("%+v, %v", made, err)
	}
	follow(made[0].URL)
	must(0, "speaker of atelier", "people", "bob@example.org")
	must(0, "member of atelier", "role", "bob@example.org", "--role", "speaker", "--organisation", "atelier", "--revoke")
	must(1, "", "role", "bob@example.org", "--role", "speaker", "--organisation", "atelier", "--revoke")
	must(1, "", "role", "nobody@example.org", "--role", "moderator")
	must(2, "must be one", "role", "anne@example.org", "--role", "administrator", "--revoke")

	var keys []madeKey
	if err := json.Unmarshal([]byte(must(0, "", "key", "bob@example.org", "--name", "import", "--scope", "edit", "--scope", "read", "--format", "json")), &keys); err != nil || len(keys) != 1 || keys[0].Secret == "" {
		t.Fatalf("%+v, %v", keys, err)
	}
	if _, err := store.Unlock(t.Context(), keys[0].Secret, people.ScopeEdit); err != nil {
		t.Error(err)
	}
	if out := must(0, keys[0].ID, "key", "bob@example.org"); strings.Contains(out, keys[0].Secret) {
		t.Error("the key is shown again")
	}
	must(2, "read, edit", "key", "bob@example.org", "--name", "x", "--scope", "all")
	must(2, "--drop", "key", "bob@example.org", "--drop", "x", "--name", "y")
	must(1, "", "key", "bob@example.org", "--drop", "x")
	must(0, "", "key", "bob@example.org", "--drop", keys[0].ID)

	must(2, "last administrator", "forget", "anne@example.org")
	if out := must(0, "closed on", "forget", "bob@example.org"); strings.Contains(out, "bob") {
		t.Errorf("left after erasure: %s", out)
	}
	must(1, "", "forget", "bob@example.org")
	var all []people.Account
	if err := json.Unmarshal([]byte(must(0, "", "people", "--format", "json")), &all); err != nil || len(all) != 2 || (all[0].Closed == nil) == (all[1].Closed == nil) {
		t.Errorf("%+v, %v", all, err)
	}
	for _, args := range [][]string{{"role", "anne@example.org", "--role", "moderator", "--format", "json"}, {"role", "anne@example.org", "--role", "moderator", "--revoke", "--format", "json"}} {
		var one people.Account
		if err := json.Unmarshal([]byte(must(0, "", args...)), &one); err != nil || one.Email != "anne@example.org" || one.Moderator == slices.Contains(args, "--revoke") {
			t.Errorf("%q: %+v, %v", args, one, err)
		}
	}

	// Without a way out, the link is shown; without a public address there is none.
	write("[serve]\nlisten = \"0.0.0.0:8080\"\n")
	must(2, "base_url", "invite", "eve@example.org", "--role", "moderator")
	write("")
	must(0, "http://127.0.0.1:8080/sign-in/", "invite", "eve@example.org", "--role", "moderator")
	// A mail server that does not answer delays the letter; it leaves with its link once it does, and no secret waits meanwhile.
	write(strings.Replace(with, post.Addr, "127.0.0.1:1", 1))
	must(0, "as soon as the mail server answers", "invite", "late@example.org", "--role", "moderator")
	sender, err := mail.New(mail.Config{Server: post.Addr, From: "communs@example.org", Security: mail.Plain})
	if err != nil {
		t.Fatal(err)
	}
	p, _, _ := testProgram(t, words.English)
	p.log = slog.New(slog.DiscardHandler)
	end := p.lookAfterPeople(t.Context(), store, nil, nil, sender, "")
	for begin := time.Now(); len(post.Letters()) < 2 && time.Since(begin) < 10*time.Second; time.Sleep(5 * time.Millisecond) {
	}
	end()
	follow(post.Link(t, "late@example.org"))
	must(0, "moderator of this instance", "people", "late@example.org")
	// What roles there are stands in the public log, and nobody's name.
	if out := must(0, "roles.changed", "log", "--format", "jsonl"); !strings.Contains(out, "speaker.changed") || strings.Contains(out, "example.org") {
		t.Error(out)
	}
	write(strings.Replace(with, post.Addr, "192.0.2.1:25", 1))
	must(2, "this machine", "invite", "eve@example.org", "--role", "moderator")
}
