// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler"
	"communs/internal/gitea"
)

const webhookSecret = "4f1d9b3c-not-really-a-secret"

func buildHooked(t *testing.T) *binary {
	b := &binary{t: t, path: filepath.Join(t.TempDir(), "communs"), home: t.TempDir(), env: []string{"NAOS_HOOK=" + webhookSecret}}
	if out, err := exec.Command("go", "build", "-o", b.path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return b
}

func (b *binary) hookStates() map[string]crawler.HookState {
	b.t.Helper()
	c, err := crawler.Open(b.t.Context(), crawler.Config{Dir: filepath.Join(b.home, "kept"), ReadOnly: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer c.Close()
	list, err := c.HookStates(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	states := map[string]crawler.HookState{}
	for _, s := range list {
		states[s.Source] = s
	}
	return states
}

// waitHooks waits until so many repositories of the source are to be looked at.
func (b *binary) waitHooks(n int) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); b.hookStates()["naos"].Waiting != n; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("not %d repositories are to be looked at: %+v", n, b.hookStates())
		}
	}
}

// TestHooksSurviveKill kills a server at once after it has acknowledged messages: what they named is there.
func TestHooksSurviveKill(t *testing.T) {
	b := buildHooked(t)
	b.files(b.home, map[string]string{"communs.toml": `data = "kept"
[[source]]
name = "naos"
kind = "gitea"
url = "http://127.0.0.1:9"
organisation = "naos"
hook_env = "NAOS_HOOK"
[[source]]
name = "sans"
kind = "gitea"
url = "http://127.0.0.1:9"
organisation = "sans"
hook_env = "NOT_SET"
`})
	send := func(url, source, secret, body string) int {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/hooks/"+source, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Gitea-Event", "push")
		r.Header.Set("X-Gitea-Signature", hex.EncodeToString(mac.Sum(nil)))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	acknowledged := map[string]bool{}
	for run := range 5 {
		url, server, told := b.server("serve", "--listen", "127.0.0.1:0")
		body := func(i int) string {
			return fmt.Sprintf(`{"repository":{"html_url":"http://127.0.0.1:9/naos/r%d-%d","full_name":"naos/r%d-%d"}}`, run, i, run, i)
		}
		for source, want := range map[string]int{"naos": http.StatusForbidden, "sans": http.StatusNotFound, "personne": http.StatusNotFound} {
			if got := send(url, source, "wrong", body(0)); got != want {
				t.Errorf("%s with a wrong secret: %d, want %d", source, got, want)
			}
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		ends := 10 * (run + 1)
		for part := range 4 {
			wg.Go(func() {
				for i := part; ; i += 4 {
					status := send(url, "naos", webhookSecret, body(i))
					if status != http.StatusAccepted {
						return
					}
					mu.Lock()
					acknowledged[body(i)] = true
					last := len(acknowledged) >= ends
					mu.Unlock()
					if last {
						server.Process.Kill()
						return
					}
				}
			})
		}
		wg.Wait()
		server.Wait()
		if !strings.Contains(told.String(), "NOT_SET") || strings.Contains(told.String(), webhookSecret) {
			t.Errorf("told: %s", told)
		}
		if got := b.hookStates()["naos"].Waiting; got < len(acknowledged) {
			t.Fatalf("run %d: %d were acknowledged, %d are there", run, len(acknowledged), got)
		}
	}
	if places := holds(t, filepath.Join(b.home, "kept"), webhookSecret); len(places) > 0 {
		t.Errorf("the secret is in %v", places)
	}
	if code, _, told := b.run("crawl", "--hooked", "--since", "2026-01-01"); code != exitFailure || !strings.Contains(told, "--hooked") {
		t.Errorf("--hooked --since: %d %s", code, told)
	}
}

// TestGiteaHooks: a real Gitea tells a real server what happens, and a crawl that lists nothing brings exactly that.
func TestGiteaHooks(t *testing.T) {
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
	do(s.Organisation(t.Context(), "naos"))
	dir := b.repository("agenda", map[string]string{"LICENSE": mitText, "agenda.go": "package agenda\n\n// Partager shares a calendar.\nfunc Partager() string { return \"agenda\" }\n"})
	b.git(dir, "branch", "-M", "main") // what pushes go to
	do(s.AdoptAll(t.Context(), []string{"naos/agenda", "naos/calme", "naos/ancien", "naos/perdu"}, func(int) string { return filepath.Join(dir, ".git") }))
	config := `data = "kept"
[[source]]
name = "naos"
kind = "gitea"
url = "` + s.URL + `"
organisation = "naos"
hook_env = "NAOS_HOOK"
`
	b.files(b.home, map[string]string{"communs.toml": config})
	b.ok("crawl")
	url, server, told := b.server("serve", "--listen", "127.0.0.1:0")
	defer server.Process.Kill()
	hook := map[string]any{"type": "gitea", "active": true, "events": []string{"push", "create", "delete", "repository"},
		"config": map[string]any{"url": url + "/hooks/naos", "content_type": "json", "secret": webhookSecret}}
	do(s.API(t.Context(), http.MethodPost, "/orgs/naos/hooks", hook, nil))
	crawl := func() (sum crawlResult) {
		t.Helper()
		if err := json.Unmarshal([]byte(b.ok("crawl", "--hooked", "--format", "json")), &sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if sum := crawl(); sum.Found != 0 || sum.Requests != 0 {
		t.Errorf("nothing has happened: %+v", sum)
	}
	commit := func(text string) {
		b.files(dir, map[string]string{"agenda.go": "package agenda\n\n// " + text + "\nfunc " + text + "() string { return \"agenda\" }\n"})
		b.git(dir, "commit", "-q", "-a", "-m", text)
	}
	commit("Inviter")
	do(s.Push(t.Context(), dir, "naos", "agenda", false))
	do(s.Push(t.Context(), dir, "naos", "neuf", false)) // makes it
	do(s.API(t.Context(), http.MethodPatch, "/repos/naos/ancien", map[string]any{"name": "nouveau"}, nil))
	do(s.Push(t.Context(), dir, "naos", "nouveau", false)) // Gitea does not tell of a rename by itself
	do(s.API(t.Context(), http.MethodDelete, "/repos/naos/perdu", nil, nil))
	b.waitHooks(4)
	if sum := crawl(); sum.Found != 4 || sum.New != 1 || sum.Changed != 2 || sum.Vanished != 1 || sum.Failed != 0 {
		t.Errorf("pushed, made, renamed, deleted: %+v\n%s", sum, told)
	}
	for name, want := range map[string]string{"agenda": "told by a webhook", "neuf": "told by a webhook", "nouveau": "moved to another address", "ancien": "", "calme": "first copied"} {
		if code, out, _ := b.run("registry", "history", s.URL+"/naos/"+name); !strings.Contains(out, want) || name == "calme" && strings.Contains(out, "webhook") || want != "" && code != 0 {
			t.Errorf("history of %s: %d %s", name, code, out)
		}
	}
	if found := b.ok("search", "--format", "json", "Inviter"); !strings.Contains(found, s.URL+"/naos/neuf") || !strings.Contains(found, s.URL+"/naos/agenda") {
		t.Errorf("search finds %s", found)
	}
	b.waitHooks(1) // the deleted one, until the grace period has ended
	if sum := crawl(); sum.Found != 0 {
		t.Errorf("nothing more has happened: %+v", sum)
	}
	// A server that is asked to crawls by itself.
	server.Process.Kill()
	server.Wait()
	b.files(b.home, map[string]string{"communs.toml": "[crawl]\nhooked = \"100ms\"\n" + strings.Replace(config, `data = "kept"`, "", 1)})
	b.env = append(b.env, "COMMUNS_DATA="+filepath.Join(b.home, "kept"))
	url, server, told = b.server("serve", "--listen", "127.0.0.1:0")
	defer server.Process.Kill()
	hook["config"].(map[string]any)["url"] = url + "/hooks/naos"
	do(s.API(t.Context(), http.MethodPost, "/repos/naos/calme/hooks", hook, nil))
	commit("Annuler")
	do(s.Push(t.Context(), dir, "naos", "calme", false))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if _, out, _ := b.run("search", "--format", "json", "Annuler"); strings.Contains(out, s.URL+"/naos/calme") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server has not crawled within a minute: %+v\n%s", b.hookStates(), told)
		}
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, server.Wait()); code != exitInterrupted || strings.Contains(told.String(), webhookSecret) {
		t.Errorf("exit code %d\n%s", code, told)
	}
}
