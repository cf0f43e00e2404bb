// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/internal/gitea"
)

// TestGiteaChanges: what becomes of the repositories of a real Gitea, from their forge to the search and the links: renamed, another default branch, another history, made private and public again.
func TestGiteaChanges(t *testing.T) {
	home := os.Getenv("COMMUNS_GITEA")
	if home == "" {
		t.Skip("COMMUNS_GITEA names no Gitea: make test-forges builds one")
	}
	b := buildHooked(t)
	s, err := gitea.Start(t.Context(), home, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	api := func(method, path string, in any) { t.Helper(); do(s.API(t.Context(), method, path, in, nil)) }
	do(s.Organisation(t.Context(), "naos"))
	code := func(name string) string {
		return "package agenda\n\n// " + name + " shares a calendar.\nfunc " + name + "() string { return \"agenda\" }\n"
	}
	dir := b.repository("agenda", map[string]string{"LICENSE": mitText, "agenda.go": code("Partager")})
	b.git(dir, "branch", "-M", "main")
	b.git(dir, "branch", "autre")
	names := []string{"naos/un", "naos/branche", "naos/secret", "naos/recrit"}
	do(s.AdoptAll(t.Context(), names, func(int) string { return filepath.Join(dir, ".git") }))
	b.files(b.home, map[string]string{"communs.toml": "data = \"kept\"\n[[source]]\nname = \"naos\"\nkind = \"gitea\"\nurl = \"" + s.URL + "\"\norganisation = \"naos\"\nhook_env = \"NAOS_HOOK\"\n"})
	at := func(name string) string { return s.URL + "/naos/" + name }
	crawl := func(args ...string) (sum crawlResult) {
		t.Helper()
		_, out, told := b.run(append([]string{"crawl", "--format", "json"}, args...)...)
		if err := json.Unmarshal([]byte(out), &sum); err != nil || sum.Failed > 0 {
			t.Fatalf("%v: %v\n%s%s", args, err, out, told)
		}
		return sum
	}
	if sum := crawl(); sum.New != len(names) || sum.Renamed != 0 {
		t.Fatalf("%+v", sum)
	}

	api(http.MethodPatch, "/repos/naos/un", map[string]any{"name": "un-bis"})
	if sum := crawl(); sum.Renamed != 1 || sum.New+sum.Changed != 0 || len(sum.Sources) != 1 || sum.Sources[0].Renamed != 1 {
		t.Errorf("renamed: %+v", sum)
	}
	if _, out, _ := b.run("registry", "history", at("un")); !strings.Contains(out, at("un-bis")) {
		t.Errorf("un is not known to be un-bis: %s", out)
	}

	// Its default branch is another one; its history was written anew.
	found := func(word string) string {
		t.Helper()
		_, out, _ := b.run("search", "--format", "json", word)
		return out
	}
	id := func(out string) string {
		var page struct{ Hits []struct{ ID string } }
		if json.Unmarshal([]byte(out), &page); len(page.Hits) == 0 {
			t.Fatalf("no hit: %s", out)
		}
		return page.Hits[0].ID
	}
	b.git(dir, "checkout", "-q", "autre")
	b.files(dir, map[string]string{"agenda.go": code("Ailleurs")})
	b.git(dir, "commit", "-q", "-a", "-m", "elsewhere")
	b.git(dir, "push", "-q", strings.Replace(s.URL, "://", "://"+gitea.Admin+":"+s.Token+"@", 1)+"/naos/branche.git", "autre")
	api(http.MethodPatch, "/repos/naos/branche", map[string]any{"default_branch": "autre"})
	b.git(dir, "checkout", "-q", "main")
	b.files(dir, map[string]string{"agenda.go": code("Provisoire")})
	b.git(dir, "commit", "-q", "-a", "-m", "for a while")
	do(s.Push(t.Context(), dir, "naos", "recrit", false))
	crawl(s.URL + "/naos")
	if out := found("Ailleurs"); !strings.Contains(out, at("branche")) {
		t.Errorf("the new default branch: %s", out)
	}
	before := id(found("Provisoire"))
	b.files(dir, map[string]string{"agenda.go": code("Definitif")})
	b.git(dir, "commit", "-q", "-a", "--amend", "-m", "for ever")
	do(s.Push(t.Context(), dir, "naos", "recrit", true))
	if sum := crawl(s.URL + "/naos"); sum.ForcePushed != 1 {
		t.Errorf("another history: %+v", sum)
	}
	if code, _, told := b.run("show", before); code != exitNo || !strings.Contains(told, "archive.softwareheritage.org/"+before) {
		t.Errorf("a link to what was rewritten: %d %s", code, told)
	}

	// Made private, and public again before anything is decided.
	api(http.MethodPatch, "/repos/naos/secret", map[string]any{"private": true})
	if sum := crawl(at("secret")); sum.Vanished != 1 {
		t.Errorf("made private: %+v", sum)
	}
	api(http.MethodPatch, "/repos/naos/secret", map[string]any{"private": false})
	if sum := crawl(at("secret")); sum.Vanished+sum.New != 0 {
		t.Errorf("public again: %+v", sum)
	}
	if _, out, _ := b.run("registry", "history", at("secret")); !strings.Contains(out, "back") {
		t.Errorf("its history: %s", out)
	}
}
