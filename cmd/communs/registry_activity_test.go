// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/indexer"
	"communs/internal/words"
	"communs/registry"
	"communs/registry/registrytest"
)

// towards sends every request to one server, whatever the address: the forges of a catalogue have public names.
type towards struct{ to *url.URL }

func (t towards) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := r.Clone(r.Context())
	sent.URL.Scheme, sent.URL.Host = t.to.Scheme, t.to.Host
	resp, err := http.DefaultTransport.RoundTrip(sent)
	if err == nil {
		resp.Request = r
	}
	return resp, err
}

// gitForge is a server with one repository, group/tool, of one commit and one release.
func gitForge(t *testing.T) *url.URL {
	t.Helper()
	root := t.TempDir()
	work := filepath.Join(root, "work")
	env := []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.DevNull,
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org"}
	git := func(args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = root, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main", work)
	if err := os.WriteFile(filepath.Join(work, "tool_test.go"), []byte("package tool\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	git("-C", work, "add", "-A")
	git("-C", work, "commit", "-q", "-m", "first")
	git("-C", work, "tag", "v1.0.0")
	git("clone", "-q", "--bare", work, "group/tool.git")
	git("-C", "group/tool.git", "config", "uploadpack.allowFilter", "true")
	backend := filepath.Join(git("--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		t.Skipf("git http-backend is not installed: %v", err)
	}
	s := httptest.NewServer(&cgi.Handler{Path: backend, Env: append(env, "GIT_PROJECT_ROOT="+root, "GIT_HTTP_EXPORT_ALL=1"), Stderr: io.Discard})
	t.Cleanup(s.Close)
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func TestRegistryActivityWritesDownWhatRepositoriesTell(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	c, err := crawler.Open(ctx, crawler.Config{Dir: dir, Client: &http.Client{Transport: towards{gitForge(t)}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	software := func(id string, urls ...string) *registry.Software {
		return &registry.Software{Meta: registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "base", Licence: "CC0-1.0"}}},
			Name: id, Summary: registry.Text{FR: "Un outil."}, Repositories: urls}
	}
	const there, gone = "https://code.example.org/group/tool", "https://code.example.org/group/gone"
	s := registrytest.Open(t, []registry.Entry{software("outil", there), software("autre", there+".git", gone)})
	p, _, told := testProgram(t, words.French)
	now, found := time.Now(), ""
	look := func(force bool) activityResult {
		t.Helper()
		known, err := registry.Load(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		l := &looking{p: p, store: s, known: known, mirror: c, now: now, show: p.progress(), force: force,
			found: map[string]indexer.RepoMeta{crawler.AddressKey(there): {URL: there, License: found}}}
		urls, err := l.repositories(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.run(ctx, urls, 2); err != nil {
			t.Fatal(err)
		}
		return l.result
	}
	r := look(false)
	if r.Repositories != 2 || r.Read != 1 || r.Failed != 1 || r.Fresh != 0 || len(r.Failures) != 1 || r.Failures[0].Repo != gone || !strings.Contains(told.String(), gone) || r.Bytes == 0 {
		t.Fatalf("%+v\n%s", r, told)
	}
	known, err := registry.Load(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	repo, ok := known.FindRepository(there)
	if !ok {
		t.Fatal("nothing was written down")
	}
	snapshot := repo.Snapshot
	if !strings.HasPrefix(snapshot.Value, "swh:1:snp:") || snapshot.Date == "" || snapshot.How == "" || repo.Licence.Value != "" {
		t.Errorf("snapshot %+v, licence %+v", snapshot, repo.Licence)
	}
	today := now.UTC().Format(time.DateOnly)
	a := repo.Activity
	if repo.Status != registry.Proposed || repo.Sources[0].Name != "found" || repo.Sources[0].Licence != "CC0-1.0" || a.LastChange.Value != today ||
		a.Commits.N != 1 || a.Contributors.N != 1 || a.LastRelease.Value != "v1.0.0 "+today || a.Tests != nil {
		t.Errorf("%+v", repo)
	}
	if r := look(false); r.Fresh != 1 || r.Read != 0 || r.Failed != 1 {
		t.Errorf("on the same day: %+v", r)
	}
	// Mirrored, the names of its files are known; what was found of them outlives the mirror.
	if _, err := c.Crawl(ctx, []crawler.SourceConfig{{Kind: crawler.KindGit, URL: there}}, nil); err != nil {
		t.Fatal(err)
	}
	now, found = now.Add(24*time.Hour), "EUPL-1.2"
	if r := look(false); r.Read != 1 || r.Same != 1 {
		t.Errorf("on the next day: %+v", r)
	}
	if known, err = registry.Load(ctx, s); err != nil {
		t.Fatal(err)
	}
	repo, _ = known.FindRepository(there)
	if a := repo.Activity; a.Tests == nil || a.Tests.Value != "yes" || a.Documentation.Value != "no" || len(repo.Sources) != 1 || a.Commits.N != 1 || a.Commits.Date >= repo.Snapshot.Date {
		t.Errorf("mirrored: %+v %+v %+v", a.Tests, a.Documentation, repo.Sources)
	}
	if repo.Snapshot.Value != snapshot.Value || repo.Licence.Value != "EUPL-1.2" || repo.Libre.Value != "yes" || repo.Libre.How != "license.libre-ground.osi" {
		t.Errorf("not moved: %+v, %+v, %+v", repo.Snapshot, repo.Licence, repo.Libre)
	}
	// What has not moved for long is counted anew, as its figures are of twelve months.
	now = now.Add((countAgain + 1) * 24 * time.Hour)
	if r := look(false); r.Read != 1 || r.Same != 0 {
		t.Errorf("after %d days: %+v", countAgain, r)
	}
	r = look(true)
	if r.Read != 1 || r.Fresh != 0 {
		t.Errorf("forced: %+v", r)
	}
	if code := p.conclude(ctx, p.lookedAt(&r)); code != exitPart {
		t.Errorf("exit code %d", code)
	}
}

func TestRegistryActivityRefuses(t *testing.T) {
	dir := withCatalogue(t)
	for args, want := range map[string]string{
		"--data " + dir + " registry activity zzyzx":   "zzyzx",
		"--data " + t.TempDir() + " registre activity": "vide",
	} {
		var out strings.Builder
		code := run(t.Context(), append([]string{"communs"}, strings.Fields(args)...), []string{"LANG=fr_FR.UTF-8"}, strings.NewReader(""), &out, &out)
		if code != exitFailure || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d %s", args, code, out.String())
		}
	}
}
