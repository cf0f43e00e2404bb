// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package gitea_test

import (
	"net/http"
	"os"
	"os/exec"
	"testing"

	"communs/internal/gitea"
)

// TestGiteaStart holds that a server comes up from nothing, that its API knows the administrator, and that what is pushed is
// there.
func TestGiteaStart(t *testing.T) {
	home := os.Getenv("COMMUNS_GITEA")
	if home == "" {
		t.Skip("COMMUNS_GITEA names no Gitea: make test-forges builds one")
	}
	ctx := t.Context()
	s, err := gitea.Start(ctx, home, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	if err := s.Organisation(ctx, "naos"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "--allow-empty", "-m", "first"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if err := s.Push(ctx, dir, "naos", "outil", false); err != nil {
		t.Fatal(err)
	}
	if err := s.Settle(ctx, "naos", "outil"); err != nil {
		t.Fatal(err)
	}
	var repo struct {
		Branch  string `json:"default_branch"`
		Empty   bool
		Private bool
	}
	if err := s.API(ctx, http.MethodGet, "/repos/naos/outil", nil, &repo); err != nil {
		t.Fatal(err)
	}
	if repo.Branch != "main" || repo.Empty || repo.Private {
		t.Errorf("naos/outil is %+v, want a public repository with the branch main", repo)
	}
}
