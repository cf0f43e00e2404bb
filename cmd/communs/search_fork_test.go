// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSearchSaysWhatIsAFork: of two repositories with the same history one comes from the other. The text of an answer says how many of a
// hit's copies stand in forks; of what stands in a fork alone, whose fork that is.
func TestSearchSaysWhatIsAFork(t *testing.T) {
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	communs := func(args ...string) string {
		t.Helper()
		var out, said bytes.Buffer
		args = append([]string{"communs", args[0], "--lang", "en", "--data", filepath.Join(dir, "data")}, args[1:]...)
		if code := run(t.Context(), args, nil, strings.NewReader(""), &out, &said); code != exitYes {
			t.Fatalf("%v: exit code %d\n%s", args, code, &said)
		}
		return out.String()
	}
	git("init", "-q", "one")
	if err := os.WriteFile(filepath.Join(dir, "one", "serve.go"), []byte("package one\n\nfunc ServeIt() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("-C", "one", "add", ".")
	git("-C", "one", "commit", "-q", "-m", "first")
	git("clone", "-q", "one", "two")
	communs("crawl", filepath.Join(dir, "one"))
	communs("crawl", filepath.Join(dir, "two"))
	if out := communs("search", "ServeIt"); !strings.Contains(out, "2 copies, 1 of them in a fork") || strings.Contains(out, "fork of") {
		t.Errorf("a hit that stands for both: %s", out)
	}
	if out := communs("search", "ServeIt", "repo:two"); !strings.Contains(out, "fork of file://"+filepath.ToSlash(dir)+"/one") {
		t.Errorf("the hit in the fork: %s", out)
	}
	if out := communs("search", "type:repo", "one"); !strings.Contains(out, "1 fork here") {
		t.Errorf("the repository: %s", out)
	}
	if out := communs("search", "type:repo", "two"); !strings.Contains(out, "fork of file://") {
		t.Errorf("the fork: %s", out)
	}
}
