// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/crawler/webhook"
)

// TestHookScope: of a message, only a repository of the source's own server and scope is taken.
func TestHookScope(t *testing.T) {
	org := SourceConfig{Name: "x", Kind: KindGitea, URL: "https://Forge.example/git/", Organisation: "naos", Hosts: []string{"git.example:3000"}}
	group := SourceConfig{Name: "x", Kind: KindGitLab, URL: "https://forge.example", Group: "a/group"}
	github := SourceConfig{Name: "x", Kind: KindGitHub, Organisation: "Naos"}
	for _, tc := range []struct {
		sc      SourceConfig
		m       webhook.Message
		outcome Outcome
		key     string
	}{
		{org, webhook.Message{Address: "https://forge.example/git/naos/a"}, Accepted, "forge.example/git/naos/a"},
		{org, webhook.Message{Address: "https://git.example:3000/naos/a"}, Accepted, "git.example:3000/naos/a"},
		{org, webhook.Message{Address: "https://forge.example/git/naos/../secret/a"}, Elsewhere, ""},
		{org, webhook.Message{Address: "https://forge.example/git/naosx/a"}, Elsewhere, ""},
		{org, webhook.Message{Address: "https://forge.example/naos/a"}, Foreign, ""},
		{org, webhook.Message{Address: "https://forge.example.evil/git/naos/a"}, Foreign, ""},
		{org, webhook.Message{Address: "https://evil@forge.example/git/naos/a"}, Foreign, ""},
		{org, webhook.Message{Address: "https://169.254.169.254/git/naos/a"}, Foreign, ""},
		{org, webhook.Message{Address: "file:///etc/naos/a"}, Foreign, ""},
		{org, webhook.Message{Address: "--upload-pack=x"}, Foreign, ""},
		{org, webhook.Message{Path: "naos/a?x"}, Elsewhere, ""},
		{org, webhook.Message{Path: "naos/a b"}, Elsewhere, ""},
		{org, webhook.Message{Path: "naos/" + strings.Repeat("a", 2000)}, Elsewhere, ""},
		{org, webhook.Message{Path: "naos"}, Elsewhere, ""},
		{group, webhook.Message{Path: "a/group/sub/p"}, Accepted, "forge.example/a/group/sub/p"},
		{group, webhook.Message{Path: "A/Group/p"}, Accepted, "forge.example/A/Group/p"},
		{group, webhook.Message{Path: "a/p"}, Elsewhere, ""},
		{group, webhook.Message{Path: "../a/group/p"}, Elsewhere, ""},
		{group, webhook.Message{Event: webhook.Rename, Path: "other/p", OldPath: "a/group/p"}, Accepted, "forge.example/a/group/p"},
		{github, webhook.Message{Address: "https://github.com/naos/a"}, Accepted, "github.com/naos/a"},
		{github, webhook.Message{Address: "https://github.com/other/a"}, Elsewhere, ""},
		{github, webhook.Message{Address: "https://gitlab.com/naos/a"}, Foreign, ""},
		{SourceConfig{Name: "x", Kind: KindGitea, URL: "https://forge.example"}, webhook.Message{Path: "anybody/a"}, Accepted, "forge.example/anybody/a"},
	} {
		if n, o := tc.sc.named(tc.m); o != tc.outcome || o == Accepted && n.key != tc.key {
			t.Errorf("%+v of %s: %s %q, want %s %q", tc.m, tc.sc.URL, o, n.key, tc.outcome, tc.key)
		}
	}
	n, _ := group.named(webhook.Message{Event: webhook.Rename, Path: "a/group/new", OldPath: "elsewhere/old"})
	if n.old != "" || n.key != "forge.example/a/group/new" {
		t.Errorf("come from elsewhere: %+v", n)
	}
}

// TestHookRefusals: who does not know the secret is refused whatever is sent, and what became of messages is counted.
func TestHookRefusals(t *testing.T) {
	dir := t.TempDir()
	h := openHooks(t, Config{Dir: dir, Sources: []SourceConfig{{Name: "x", Kind: KindGitea, URL: "https://forge.example", HookEnv: "H"}, {Name: "without", Kind: KindGitea, URL: "https://forge.example"}}})
	if !h.Has("x") || h.Has("without") || h.Has("") || (*Hooks)(nil).Has("x") {
		t.Error("who takes messages")
	}
	body := []byte(`{"repository":{"html_url":"https://forge.example/a/b","full_name":"a/b"}}`)
	foreign := []byte(`{"repository":{"html_url":"https://elsewhere.example/a/b"}}`)
	for i, tc := range []struct {
		header http.Header
		body   []byte
		want   Outcome
	}{
		{http.Header{}, body, Signature}, {signed("push", "1", "another", body), body, Signature}, {signed("push", "1", hookTestSecret, foreign), body, Signature},
		{signed("push", "1", hookTestSecret, []byte("{")), []byte("{"), Malformed}, {signed("push", "1", hookTestSecret, foreign), foreign, Foreign},
		{signed("issues", "1", hookTestSecret, body), body, Ignored}, {signed("push", "1", hookTestSecret, body), body, Accepted},
		{signed("push", "1", hookTestSecret, body), body, Duplicate}, {signed("push", "2", hookTestSecret, body), body, Accepted},
	} {
		if o, err := h.Take(t.Context(), "x", tc.header, tc.body); err != nil || o != tc.want {
			t.Errorf("%d: %s, %v; want %s", i, o, err, tc.want)
		}
	}
	must(t, h.Flush(t.Context()))
	must(t, h.Flush(t.Context()))
	c, err := Open(t.Context(), Config{Dir: dir, ReadOnly: true})
	must(t, err)
	defer c.Close()
	states, err := c.HookStates(t.Context())
	want := map[Outcome]int64{Signature: 3, Malformed: 1, Foreign: 1, Ignored: 1, Accepted: 2, Duplicate: 1}
	if err != nil || len(states) != 1 || !maps.Equal(states[0].Counts, want) || states[0].Refused != 5 || states[0].Accepted != 2 || states[0].Waiting != 1 || states[0].Last.IsZero() {
		t.Errorf("%+v, %v", states, err)
	}
}

func TestHookConfig(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	must(t, os.WriteFile(open, []byte("secret"), 0o644))
	good := SourceConfig{Name: "x", Kind: KindGitHub, Organisation: "o"}
	for _, tc := range []struct {
		change  func(*SourceConfig)
		problem string
	}{
		{func(s *SourceConfig) { s.HookEnv = "H" }, ""},
		{func(s *SourceConfig) { s.HookEnv = "EMPTY" }, "no-hook"},
		{func(s *SourceConfig) { s.HookFile = filepath.Join(dir, "none") }, "token-unreadable"},
		{func(s *SourceConfig) { s.HookEnv, s.HookFile = "H", open }, "together"},
		{func(s *SourceConfig) { s.HookEnv, s.Name = "H", "" }, "missing"},
		{func(s *SourceConfig) { s.HookEnv, s.Kind = "H", "" }, "missing"},
		{func(s *SourceConfig) { s.HookEnv, s.Kind, s.Organisation = "H", KindList, "" }, "not-for"},
	} {
		sc := good
		tc.change(&sc)
		cfg := Config{Dir: dir, Sources: []SourceConfig{sc}, Env: func(name string) string { return map[string]string{"H": hookTestSecret}[name] }}
		h, problems, err := OpenHooks(t.Context(), cfg)
		var config *ConfigError
		switch {
		case err != nil:
			t.Errorf("%+v: %v", sc, err)
		case tc.problem == "" && (h == nil || len(problems) > 0):
			t.Errorf("%+v: %v", sc, problems)
		case tc.problem != "" && (h != nil || len(problems) != 1 || !errors.As(problems[0], &config) || config.Problem != tc.problem || strings.Contains(config.Error(), hookTestSecret)):
			t.Errorf("%+v: %v, want %s", sc, problems, tc.problem)
		}
		if h != nil {
			h.Close()
		}
	}
}
