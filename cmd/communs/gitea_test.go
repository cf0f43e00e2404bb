// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"communs/internal/gitea"
)

// TestGiteaEndToEnd crawls an organisation of a real Gitea with the built program, by the address that a browser shows, and finds what
// is in it.
func TestGiteaEndToEnd(t *testing.T) {
	home := os.Getenv("COMMUNS_GITEA")
	if home == "" {
		t.Skip("COMMUNS_GITEA names no Gitea: make test-forges builds one")
	}
	b := &binary{t: t, path: filepath.Join(t.TempDir(), "communs"), home: t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", b.path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	s, err := gitea.Start(t.Context(), home, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	if err := s.Organisation(t.Context(), "naos"); err != nil {
		t.Fatal(err)
	}
	dir := b.repository("agenda", map[string]string{"LICENSE": mitText, "agenda.go": "package agenda\n\n// Partager shares a calendar.\nfunc Partager() string { return \"agenda\" }\n"})
	if err := s.AdoptAll(t.Context(), []string{"naos/agenda", "naos/copie"}, func(int) string { return filepath.Join(dir, ".git") }); err != nil {
		t.Fatal(err)
	}
	crawl := func() (sum crawlResult) {
		t.Helper()
		if err := json.Unmarshal([]byte(b.ok("crawl", "--format", "json", s.URL+"/naos")), &sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if sum := crawl(); sum.Found != 2 || sum.New != 2 || sum.Failed != 0 || sum.Waiting != 0 || sum.Requests == 0 || sum.Bytes == 0 || sum.Index == nil || sum.Index.Repos != 2 {
		t.Errorf("first crawl: %+v", sum)
	}
	if found := b.ok("search", "--format", "json", "Partager"); !strings.Contains(found, s.URL+"/naos/agenda") || !strings.Contains(found, s.URL+"/naos/copie") {
		t.Errorf("search finds %s", found)
	}
	if sum := crawl(); sum.New+sum.Changed+sum.Failed != 0 {
		t.Errorf("second crawl: %+v", sum)
	}
}
