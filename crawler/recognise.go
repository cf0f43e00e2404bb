// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"communs/crawler/polite"
)

// Recognise finds out what stands at a source's address when the operator did not say, with as few requests as will do: a git
// repository, a forge (and what of it: a group, a user …), an index of cgit or gitweb, a catalogue or a list. What nothing is known of is
// taken for a git repository, whose fetch says what is wrong.
func Recognise(ctx context.Context, sc SourceConfig, cfg Config) (SourceConfig, error) {
	cfg = cfg.withDefaults()
	if sc.Kind != "" {
		return sc, nil
	}
	if err := sc.check(); err != nil {
		return sc, err
	}
	if err := sc.clean(); err != nil {
		return sc, err
	}
	token, err := sc.token(cfg)
	if err != nil {
		return sc, err
	}
	u, err := url.Parse(sc.URL)
	if err != nil {
		return sc, &ListError{sc.where("url"), err}
	}
	cfg.network.learnSource(sc)
	p := &probe{newAPI(cfg, sc.Name, u.Scheme+"://"+u.Host, token, bearer(token)), sc, u, strings.Trim(u.Path, "/")}
	found, err := p.recognise(ctx)
	if ctx.Err() != nil {
		return sc, ctx.Err()
	}
	return found, err
}

// probe looks at one address.
type probe struct {
	*api
	sc   SourceConfig
	url  *url.URL
	path string // of the address, without slashes at its ends
}

func (p *probe) recognise(ctx context.Context) (SourceConfig, error) {
	scoped := len(p.sc.written()) > 0
	switch {
	case strings.HasSuffix(p.path, ".git"), p.cfg.known(ctx, p.sc.URL):
		return p.as(KindGit), nil
	case isGitHub(p.sc.URL):
		return p.github(ctx)
	}
	if p.path != "" && !scoped {
		if git, reached := p.isGit(ctx); git || !reached {
			return p.as(KindGit), nil
		}
	}
	if p.isGitLab(ctx) {
		return p.gitlab(ctx)
	}
	if kind := p.giteaKind(ctx); kind != "" {
		return p.gitea(kind), nil
	}
	return p.page(ctx)
}

func (p *probe) as(kind string) SourceConfig {
	sc := p.sc
	sc.Kind = kind
	return sc
}

// forge is the source of an instance with what of it is meant.
func (p *probe) forge(kind string, s scope) SourceConfig {
	sc := p.as(kind)
	if len(sc.written()) == 0 {
		sc.URL = p.address
		sc = sc.with(s)
	}
	return sc
}

// isGit asks for a list of references.
func (p *probe) isGit(ctx context.Context) (git, reached bool) {
	resp, err := p.get(ctx, p.sc.URL+"/info/refs?service=git-upload-pack")
	if err != nil {
		return false, errors.Is(err, errStatus) || p.status() != 0
	}
	defer resp.Body.Close()
	return strings.HasPrefix(resp.Header.Get("Content-Type"), "application/x-git-upload-pack-advertisement"), true
}

// answer reads a small JSON answer, whatever its status.
func (p *probe) answer(ctx context.Context, path string, into any) (status int) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+path, nil)
	if err != nil {
		return 0
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(into) != nil {
		return 0
	}
	return resp.StatusCode
}

// isGitLab asks for the version, which GitLab gives to nobody without a token, and refuses in words of its own.
func (p *probe) isGitLab(ctx context.Context) bool {
	if p.url.Hostname() == "gitlab.com" {
		return true
	}
	var said struct{ Message, Version, Revision string }
	switch p.answer(ctx, "/api/v4/version", &said) {
	case http.StatusOK:
		return said.Version != "" && said.Revision != ""
	case http.StatusUnauthorized, http.StatusForbidden:
		return strings.HasPrefix(said.Message, "401 ") || strings.HasPrefix(said.Message, "403 ")
	}
	return false
}

// forgejo is how Forgejo names its version: with the Gitea that it answers like, or with its own name.
var forgejo = regexp.MustCompile(`\+gitea-|forgejo`)

// giteaKind asks for the version that Gitea and Forgejo give to everybody.
func (p *probe) giteaKind(ctx context.Context) string {
	var said struct{ Version string }
	switch status := p.answer(ctx, "/api/v1/version", &said); {
	case status != http.StatusOK || said.Version == "":
		return ""
	case forgejo.MatchString(said.Version):
		return KindForgejo
	}
	return KindGitea
}

func (p *probe) gitea(kind string) SourceConfig {
	switch elements := strings.Split(p.path, "/"); {
	case p.path == "", p.path == "explore/repos", p.path == "explore":
		return p.forge(kind, scope{})
	case len(elements) == 1:
		return p.forge(kind, scope{fieldOrganisation, p.path})
	case len(p.sc.written()) > 0:
		return p.forge(kind, scope{})
	}
	return p.as(KindGit)
}

// gitlab finds out whether a path is a group or a user.
func (p *probe) gitlab(ctx context.Context) (SourceConfig, error) {
	path := strings.TrimPrefix(p.path, "groups/")
	if topic, ok := strings.CutPrefix(p.path, "explore/projects/topics/"); ok {
		return p.forge(KindGitLab, scope{fieldTopic, topic}), nil
	}
	if p.path == "" || p.path == "explore" || p.path == "explore/projects" || len(p.sc.written()) > 0 {
		return p.forge(KindGitLab, scope{}), nil
	}
	var group struct{ ID int }
	if p.answer(ctx, "/api/v4/groups/"+url.PathEscape(path)+"?with_projects=false", &group) == http.StatusOK && group.ID != 0 {
		return p.forge(KindGitLab, scope{fieldGroup, path}), nil
	}
	if !strings.Contains(path, "/") {
		var users []struct{ Username string }
		if p.answer(ctx, "/api/v4/users?username="+url.QueryEscape(path), &users) == http.StatusOK && len(users) > 0 {
			return p.forge(KindGitLab, scope{fieldUser, path}), nil
		}
	}
	return p.as(KindGit), nil
}

// github reads an address of github.com; whether a name is an organisation's has to be asked.
func (p *probe) github(ctx context.Context) (SourceConfig, error) {
	elements := strings.Split(p.path, "/")
	known := func(field, value string) (SourceConfig, error) {
		sc := p.as(KindGitHub).with(scope{field, value})
		sc.URL = ""
		return sc, nil
	}
	switch {
	case len(p.sc.written()) > 0:
		return known("", "")
	case len(elements) == 2 && elements[0] == "topics":
		return known(fieldTopic, elements[1])
	case len(elements) >= 2 && elements[0] == "orgs":
		return known(fieldOrganisation, elements[1])
	case len(elements) > 1:
		return p.as(KindGit), nil
	case p.path == "":
		return p.sc, &ConfigError{p.sc.where("url"), fieldOrganisation, "missing", ""}
	}
	token := p.token
	sc := p.as(KindGitHub)
	sc.Organisation = p.path
	lister := newGitHub(sc, token, p.cfg).lister.(*githubLister)
	field, err := lister.accountKind(ctx, p.path)
	if err != nil || field == "" {
		return p.as(KindGit), err
	}
	return known(field, p.path)
}

// page looks at what people see: the program that made it says so, and what is no page is a list.
func (p *probe) page(ctx context.Context) (SourceConfig, error) {
	resp, err := p.get(polite.AsPage(ctx), p.sc.URL)
	if err != nil {
		return p.as(KindGit), nil
	}
	defer resp.Body.Close()
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	switch strings.TrimSpace(kind) {
	case "application/json", "text/csv", "application/x-ndjson", "application/ld+json":
		return p.as(KindCatalogue), nil
	case "text/plain":
		if strings.HasSuffix(p.path, ".json") || strings.HasSuffix(p.path, ".csv") {
			return p.as(KindCatalogue), nil
		}
		return p.as(KindList), nil
	case "text/html", "application/xhtml+xml":
	default:
		return p.as(KindGit), nil
	}
	root, err := html.Parse(io.LimitReader(resp.Body, p.cfg.MaxPage))
	if err != nil {
		return p.as(KindGit), nil
	}
	made := strings.ToLower(generator(root))
	for n := range elements(root, "meta") {
		if strings.EqualFold(attr(n, "name"), "keywords") && strings.Contains(attr(n, "content"), "gogs") {
			made = KindGogs
		}
	}
	switch {
	case strings.HasPrefix(made, KindCGit):
		return p.as(KindCGit), nil
	case strings.HasPrefix(made, KindGitWeb):
		return p.as(KindGitWeb), nil
	case made == KindGogs:
		return p.gitea(KindGogs), nil
	}
	return p.as(KindGit), nil
}

// recognised is the source with its kind, as it was found out at an earlier crawl or now. found says that it is now.
func (c *Crawler) recognised(ctx context.Context, sc SourceConfig, cfg Config, keep bool) (_ SourceConfig, found bool, err error) {
	if sc.Kind != "" {
		return sc, false, nil
	}
	name := sc.name()
	state, err := c.store.source(ctx, name)
	if err != nil {
		return sc, false, err
	}
	var before recognition
	if state.kind != "" && json.Unmarshal([]byte(state.kind), &before) == nil && before.For == sc.URL {
		return before.config(sc), false, nil
	}
	now, err := Recognise(ctx, sc, cfg)
	if err != nil || now.Kind == KindGit || !keep {
		return now, err == nil && now.Kind != KindGit, err
	}
	text, err := json.Marshal(recognition{For: sc.URL, Kind: now.Kind, URL: now.URL, Field: now.scope().field, Value: now.scope().value})
	if err != nil {
		return now, false, err
	}
	state.kind = string(text)
	return now, true, c.store.setSource(ctx, name, state)
}

// recognition is what an address was found to be.
type recognition struct {
	For   string `json:"for"` // the address that the operator wrote
	Kind  string `json:"kind"`
	URL   string `json:"url,omitempty"`
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`
}

func (t recognition) config(sc SourceConfig) SourceConfig {
	sc.Name = sc.name()
	sc.Kind, sc.URL = t.Kind, t.URL
	if len(sc.written()) == 0 {
		sc = sc.with(scope{t.Field, t.Value})
	}
	return sc
}
