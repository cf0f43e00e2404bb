// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"fmt"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"communs/crawler/heritage/heritagetest"
	"communs/internal/words"
)

// TestACrawlTendsTheArchive as the configuration wants it, and tells of it; a dry run asks nothing, and neither does a configuration without it.
func TestACrawlTendsTheArchive(t *testing.T) {
	backend, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skip("git is not installed")
	}
	root, work := t.TempDir(), t.TempDir()
	for _, args := range [][]string{
		{"-C", work, "init", "-q", "-b", "main"}, {"-C", work, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "x"},
		{"clone", "-q", "--bare", work, filepath.Join(root, "tool.git")},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %s", args, out)
		}
	}
	forge := httptest.NewServer(&cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(backend)), "git-http-backend"), Env: []string{
		"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}})
	defer forge.Close()
	address, archive := forge.URL+"/tool.git", heritagetest.New(t)
	archive.Saves[address] = []string{"accepted/scheduled"}
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	for _, step := range []struct {
		name, config string
		args         []string
		posts        int
		told         string // in what is printed; empty: nothing about the archive
	}{
		{"off", "", nil, 0, ""},
		{"a dry run", "status = true\nsave = true\n", []string{"--dry-run"}, 0, ""},
		{"status only", "status = true\n", nil, 0, "state published here: asked 1, archived 0."},
		{"save", "save = true\n", nil, 1, "Requested to be saved: 1; for a later crawl: 0."},
		{"as JSON", "save = true\n", []string{"--format", "json"}, 0, `"requested": 0`},
	} {
		config := filepath.Join(t.TempDir(), "communs.toml")
		if err := os.WriteFile(config, fmt.Appendf(nil, "[heritage]\nurl = %q\n%s", archive.URL, step.config), 0o644); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		p := newProgram(catalog, map[string]string{"LANG": "en_US.UTF-8"}, strings.NewReader(""), &out, &errs)
		args := append([]string{"--config", config, "--data", data, "crawl", "--no-index"}, append(step.args, address)...)
		archive.Asked()
		if code := p.conclude(t.Context(), p.run(t.Context(), args)); code != 0 {
			t.Fatalf("%s: exit code %d\n%s%s", step.name, code, out.String(), errs.String())
		}
		asked := archive.Asked()
		posts := strings.Count(strings.Join(asked, "\n"), "POST /api/1/origin/save/")
		if posts != step.posts || step.told == "" && len(asked) > 0 || !strings.Contains(out.String(), step.told) {
			t.Errorf("%s: asked %v\n%s%s", step.name, asked, out.String(), errs.String())
		}
	}
}
