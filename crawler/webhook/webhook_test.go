// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// headers makes a header of names and values.
func headers(list ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(list); i += 2 {
		h.Set(list[i], list[i+1])
	}
	return h
}

func github(event string) http.Header {
	return headers("X-GitHub-Event", event, "X-GitHub-Delivery", "72d3162e")
}
func gitlab(event string) http.Header {
	return headers("X-Gitlab-Event", event, "X-Gitlab-Event-UUID", "13792a34", "Idempotency-Key", "f5e5f430")
}

// gitea sends what GitHub and Gogs send besides its own.
func gitea(event string) http.Header {
	return headers("X-Gitea-Event", event, "X-Gitea-Delivery", "f6266f16", "X-Gogs-Event", event, "X-Gogs-Delivery", "f6266f16", "X-GitHub-Event", event, "X-GitHub-Delivery", "f6266f16")
}

func forgejo(event string) http.Header {
	h := gitea(event)
	h.Set("X-Forgejo-Event", event)
	h.Set("X-Forgejo-Delivery", "f6266f16")
	return h
}

func TestMessages(t *testing.T) {
	const agenda = "https://github.com/region-na/agenda"
	atGitHub := Message{Delivery: "72d3162e", Address: agenda, Path: "region-na/agenda", Number: 186853002}
	atGitLab := Message{Delivery: "f5e5f430", Path: "region/agenda", Number: 73}
	atGitea := Message{Delivery: "f6266f16", Address: "https://gitea.example/region/agenda", Path: "region/agenda", Number: 140}
	is := func(m Message, event Event, more ...func(*Message)) Message {
		m.Event = event
		for _, do := range more {
			do(&m)
		}
		return m
	}
	private := func(m *Message) { m.Private = true }
	was := func(path string) func(*Message) { return func(m *Message) { m.OldPath = path } }
	tools := func(m *Message) {
		m.Address, m.Path, m.Number = "https://forge.example/region/outils/agenda", "region/outils/agenda", 15
	}
	for _, tc := range []struct {
		name   string
		header http.Header
		body   string
		want   Message
	}{
		{"GitHub push", github("push"), githubPush, is(atGitHub, Push)},
		{"GitHub branch", github("create"), githubPush, is(atGitHub, Push)},
		{"GitHub renamed", github("repository"), githubRenamed, is(atGitHub, Rename, was("region-na/calendrier"))},
		{"GitHub transferred", github("repository"), githubTransferred, is(atGitHub, Rename, was("ancienne-region/agenda"))},
		{"GitHub created", github("repository"), fmt.Sprintf(githubRepository, "created", false), is(atGitHub, Create)},
		{"GitHub deleted", github("repository"), fmt.Sprintf(githubRepository, "deleted", false), is(atGitHub, Delete)},
		{"GitHub archived", github("repository"), fmt.Sprintf(githubRepository, "archived", false), is(atGitHub, Change)},
		{"GitHub privatized", github("repository"), fmt.Sprintf(githubRepository, "privatized", true), is(atGitHub, Change, private)},
		{"GitHub public", github("public"), fmt.Sprintf(githubRepository, "", false), is(atGitHub, Change)},
		{"GitHub ping", github("ping"), githubPing, Message{Delivery: "72d3162e"}},
		{"GitHub issue", github("issues"), githubIssue, Message{Delivery: "72d3162e"}},
		{"GitLab push", gitlab("Push Hook"), gitlabPush, is(atGitLab, Push, tools)},
		{"GitLab tag", gitlab("Tag Push Hook"), gitlabTagPush, is(atGitLab, Push, tools, private)},
		{"GitLab create", gitlab("System Hook"), gitlabCreate, is(atGitLab, Create, func(m *Message) { m.Number = 74 })},
		{"GitLab rename", gitlab("System Hook"), gitlabRename, is(atGitLab, Rename, was("region/calendrier"))},
		{"GitLab transfer", gitlab("System Hook"), gitlabTransfer, is(atGitLab, Rename, was("ailleurs/agenda"), private)},
		{"GitLab destroy", gitlab("Project Hook"), gitlabDestroy, is(atGitLab, Delete, private)},
		{"GitLab update", gitlab("System Hook"), gitlabUpdate, is(atGitLab, Change, private)},
		{"GitLab repository", gitlab("System Hook"), gitlabRepositoryUpdate, is(atGitLab, Push, func(m *Message) {
			m.Address, m.Number = "https://forge.example/region/agenda", 1
		})},
		{"GitLab user", gitlab("System Hook"), gitlabUser, Message{Delivery: "f5e5f430"}},
		{"Gitea push", gitea("push"), giteaPush, is(atGitea, Push)},
		{"Gitea created", gitea("repository"), fmt.Sprintf(giteaRepository, "created", false), is(atGitea, Create)},
		{"Gitea deleted", gitea("repository"), fmt.Sprintf(giteaRepository, "deleted", true), is(atGitea, Delete, private)},
		{"Forgejo push", forgejo("push"), giteaPush, is(atGitea, Push)},
		{"Forgejo deleted", forgejo("repository"), fmt.Sprintf(giteaRepository, "deleted", false), is(atGitea, Delete)},
		{"Gogs push", headers("X-Gogs-Event", "push", "X-Gogs-Delivery", "f6266f16"), gogsPush, is(atGitea, Push, func(m *Message) {
			m.Address = "https://gogs.example/region/agenda"
		})},
		{"Gogs branch deleted", headers("X-Gogs-Event", "delete"), gogsDelete, is(atGitea, Push, private, func(m *Message) {
			m.Address, m.Delivery = "https://gogs.example/region/agenda", ""
		})},
		{"unknown event", gitea("package"), `{"action":"created"}`, Message{Delivery: "f6266f16"}},
	} {
		if got, err := Read(tc.header, []byte(tc.body)); err != nil || got != tc.want {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", tc.name, got, err, tc.want)
		}
	}
	for name, body := range map[string]string{"nothing": "", "no JSON": "payload=%7B%7D", "cut short": githubPush[:200], "a list": "[1]", "no repository": `{"ref":"x"}`,
		"another type": `{"repository":{"id":"x"}}`, "null": "null", "twice": githubPush + githubPush} {
		if got, err := Read(github("push"), []byte(body)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := Read(http.Header{}, []byte(githubPush)); !errors.Is(err, ErrMalformed) {
		t.Errorf("no event is named: %v", err)
	}
	if m, _ := Read(headers("X-GitHub-Event", "ping", "X-GitHub-Delivery", strings.Repeat("a", 1000)), []byte("{}")); m.Delivery != "" {
		t.Errorf("an id of any length is kept: %d", len(m.Delivery))
	}
}

func TestAuthentic(t *testing.T) {
	const secret = "a long secret-of-the-operator"
	sum := func(secret, body string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		return hex.EncodeToString(mac.Sum(nil))
	}
	good := sum(secret, githubPush)
	for name, tc := range map[string]struct {
		header http.Header
		want   bool
	}{
		"GitHub":               {headers("X-Hub-Signature-256", "sha256="+good), true},
		"GitHub, documented":   {headers("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"), false}, // of another message
		"Gitea":                {headers("X-Gitea-Signature", good, "X-Gogs-Signature", good, "X-Hub-Signature-256", "sha256="+good), true},
		"Forgejo":              {headers("X-Forgejo-Signature", good), true},
		"Gogs":                 {headers("X-Gogs-Signature", good), true},
		"one of two is wrong":  {headers("X-Gitea-Signature", good, "X-Hub-Signature-256", "sha256="+sum("x", githubPush)), false},
		"GitLab":               {headers("X-Gitlab-Token", secret), true},
		"GitLab, wrong":        {headers("X-Gitlab-Token", secret+"x"), false},
		"GitLab, wrong, right": {headers("X-Gitlab-Token", "x", "X-Gogs-Signature", good), false},
		"nothing":              {http.Header{}, false},
		"empty, as without":    {headers("X-Gitea-Signature", "", "X-Hub-Signature-256", "sha256="), false},
		"SHA-1 alone":          {headers("X-Hub-Signature", "sha1="+good[:40]), false},
		"another secret":       {headers("X-Gogs-Signature", sum("another", githubPush)), false},
		"another message":      {headers("X-Gogs-Signature", sum(secret, gitlabPush)), false},
		"cut short":            {headers("X-Gogs-Signature", good[:62]), false},
		"no hexadecimal":       {headers("X-Gogs-Signature", strings.Repeat("z", 64)), false},
	} {
		if got := Authentic(secret, tc.header, []byte(githubPush)); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
		if Authentic("", tc.header, []byte(githubPush)) {
			t.Errorf("%s: taken although there is no secret", name)
		}
	}
	// The example of GitHub's documentation.
	if !Authentic("It's a Secret to Everybody", headers("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"), []byte("Hello, World!")) {
		t.Error("the documented example is refused")
	}
}

// FuzzRead: whatever is sent, a message without error names a repository or concerns no code, and reading it twice gives the same.
func FuzzRead(f *testing.F) {
	for _, body := range []string{githubPush, githubRenamed, githubTransferred, githubPing, githubIssue, gitlabPush, gitlabTagPush, gitlabRename, gitlabDestroy,
		gitlabRepositoryUpdate, gitlabUser, giteaPush, gogsDelete, fmt.Sprintf(giteaRepository, "created", false)} {
		f.Add("push", []byte(body))
		f.Add("repository", []byte(body))
		f.Add("", []byte(body))
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		header := http.Header{"X-Github-Event": {event}}
		if event == "" {
			header = http.Header{"X-Gitlab-Event": {"System Hook"}}
		}
		m, err := Read(header, body)
		again, _ := Read(header, body)
		if m != again {
			t.Fatalf("%+v, then %+v", m, again)
		}
		if err == nil && m.Event != "" && m.Address == "" && m.Path == "" {
			t.Fatalf("no repository: %+v", m)
		}
		if m.OldPath != "" && m.Event != Rename && header.Get("X-Gitlab-Event") == "" {
			t.Fatalf("an old address without a rename: %+v", m)
		}
	})
}
