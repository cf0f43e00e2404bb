// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"communs/crawler/polite"
)

func recorded(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "forges", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// forge replays recorded answers over HTTP. It refuses what the documented API refuses, and never gives more than two
// entries a page.
type forge struct {
	*httptest.Server
	t        *testing.T
	items    []map[string]any
	activity string // field that the listing is sorted by
	requests []string
	token    string
	fault    func(page int) (status int, body string)
}

func newForge(t *testing.T, activity string, serve func(*forge, http.ResponseWriter, *http.Request)) *forge {
	f := &forge{t: t, activity: activity}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.requests = append(f.requests, r.URL.Path)
		if ua := r.Header.Get("User-Agent"); ua != "communs-test (https://example.org/bot)" {
			t.Errorf("User-Agent is %q", ua)
		}
		serve(f, w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// page is what a request asks for, sorted and cut as it asks.
func (f *forge) page(w http.ResponseWriter, r *http.Request) (items []map[string]any, page, pages int, ok bool) {
	page, _ = strconv.Atoi(r.URL.Query().Get("page"))
	if f.fault != nil {
		if status, body := f.fault(page); status != 0 {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return nil, 0, 0, false
		}
	}
	if per, _ := strconv.Atoi(r.URL.Query().Get("per_page")); page < 1 || per < 1 || per > 100 {
		http.Error(w, "bad page", http.StatusBadRequest)
		return nil, 0, 0, false
	}
	all := slices.Clone(f.items)
	sort.SliceStable(all, func(i, j int) bool { return all[i][f.activity].(string) > all[j][f.activity].(string) })
	pages = (len(all) + 1) / 2
	from := min(2*(page-1), len(all))
	return all[from:min(from+2, len(all))], page, pages, true
}

func gitlabForge(t *testing.T) *forge {
	f := newForge(t, "last_activity_at", func(f *forge, w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/api/v4/groups/a%2Fgroup/projects" {
			http.Error(w, `{"message":"404 Group Not Found"}`, http.StatusNotFound)
			return
		}
		q := r.URL.Query()
		for k, want := range map[string]string{"include_subgroups": "true", "visibility": "public", "order_by": "last_activity_at", "sort": "desc"} {
			if q.Get(k) != want {
				f.t.Errorf("%s is %q, want %q", k, q.Get(k), want)
			}
		}
		if f.token != "" && r.Header.Get("Private-Token") != f.token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		items, page, pages, ok := f.page(w, r)
		if !ok {
			return
		}
		w.Header().Set("X-Page", strconv.Itoa(page))
		w.Header().Set("X-Total-Pages", strconv.Itoa(pages))
		if page < pages {
			w.Header().Set("X-Next-Page", strconv.Itoa(page+1))
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(items)
	})
	for i := range 3 {
		var page []map[string]any
		recorded(t, fmt.Sprintf("gitlab-page%d.json", i+1), &page)
		f.items = append(f.items, page...)
	}
	f.items[0]["archived"], f.items[0]["topics"] = true, []string{"robots"}
	f.items[1]["forked_from_project"] = map[string]any{"id": 1}
	return f
}

func githubForge(t *testing.T) *forge {
	f := newForge(t, "pushed_at", func(f *forge, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v3/orgs/octokit-fixture-org/repos" {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message":"Not Found"}`)
			return
		}
		if q := r.URL.Query(); q.Get("type") != "public" || q.Get("sort") != "pushed" || q.Get("direction") != "desc" {
			f.t.Errorf("asked for %v", q)
		}
		if f.token != "" && r.Header.Get("Authorization") != "Bearer "+f.token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		items, page, pages, ok := f.page(w, r)
		if !ok {
			return
		}
		if page < pages {
			next := *r.URL
			q := next.Query()
			q.Set("page", strconv.Itoa(page+1))
			next.RawQuery = q.Encode()
			w.Header().Set("Link", fmt.Sprintf(`<http://%s%s>; rel="next"`, r.Host, next.RequestURI()))
		}
		json.NewEncoder(w).Encode(items)
	})
	var fixture []struct{ Response map[string]any }
	recorded(t, "github-repository.json", &fixture)
	for i := range 5 {
		item := map[string]any{}
		for k, v := range fixture[0].Response {
			item[k] = v
		}
		if i > 0 {
			item["name"] = fmt.Sprintf("hello-%d", i)
			item["html_url"] = fmt.Sprintf("https://github.com/octokit-fixture-org/hello-%d", i)
			item["clone_url"] = item["html_url"].(string) + ".git"
			item["pushed_at"] = fmt.Sprintf("2018-0%d-01T00:00:00Z", i)
			item["archived"], item["fork"] = i == 1, i == 2
		}
		f.items = append(f.items, item)
	}
	return f
}

func forgeConfig(env map[string]string) Config {
	return Config{UserAgent: "communs-test (https://example.org/bot)", Env: func(k string) string { return env[k] }, Idle: 300 * time.Millisecond, Polite: polite.Config{Retries: -1}}
}

func listAll(t *testing.T, sc SourceConfig, cfg Config, since Cursor) (list []Repository, last error) {
	t.Helper()
	s, err := NewSource(sc, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range s.Repositories(context.Background(), since) {
		if err != nil {
			last = err
			continue
		}
		list = append(list, r)
	}
	return list, last
}

func TestGitLabGroup(t *testing.T) {
	f := gitlabForge(t)
	f.token = "a-secret-token"
	sc := SourceConfig{Name: "lab", Kind: KindGitLab, URL: f.URL, Group: "a/group", TokenEnv: "LAB_TOKEN"}
	cfg := forgeConfig(map[string]string{"LAB_TOKEN": f.token})
	list, err := listAll(t, sc, cfg, "")
	if err != nil || len(list) != 5 || len(f.requests) != 3 {
		t.Fatalf("%d repositories in %d requests, %v", len(list), len(f.requests), err)
	}
	byName := map[string]Repository{}
	for _, r := range list {
		byName[r.Name] = r
	}
	first := byName["roboticsutils"]
	want := Repository{
		URL: "https://gite.lirmm.fr/researcher-1/roboticsutils", Clone: "https://gite.lirmm.fr/researcher-1/roboticsutils.git",
		Name: "roboticsutils", Owner: "researcher-1", Description: "Miscellaneous utils that are commonly used in multiple projects.",
		Archived: true, Topics: []string{"robots"}, PushedAt: time.Date(2021, 1, 14, 11, 32, 50, 672e6, time.UTC), Source: "lab",
	}
	if fmt.Sprint(first) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", first, want)
	}
	if !byName["pacq"].Fork || byName["conventional_commits"].Owner != "pid/environments" {
		t.Errorf("%+v", byName)
	}

	f.requests = nil
	s, err := NewSource(sc, cfg)
	must(t, err)
	since := s.(cursored).Cursor(byName["roboticsutils"].PushedAt)
	list, err = listAll(t, sc, cfg, since)
	if err != nil || len(list) != 2 || len(f.requests) != 2 {
		t.Errorf("since %s: %d repositories in %d requests, %v", since, len(list), len(f.requests), err)
	}
}

func TestGitHubOrganisation(t *testing.T) {
	f := githubForge(t)
	f.token = "a-secret-token"
	sc := SourceConfig{Name: "hub", Kind: KindGitHub, URL: f.URL, Organisation: "octokit-fixture-org", TokenEnv: "HUB_TOKEN"}
	cfg := forgeConfig(map[string]string{"HUB_TOKEN": f.token})
	list, err := listAll(t, sc, cfg, "")
	if err != nil || len(list) != 5 || len(f.requests) != 3 {
		t.Fatalf("%d repositories in %d requests, %v", len(list), len(f.requests), err)
	}
	last := list[4]
	want := Repository{
		URL: "https://github.com/octokit-fixture-org/hello-world", Clone: "https://github.com/octokit-fixture-org/hello-world.git",
		Name: "hello-world", Owner: "octokit-fixture-org", Topics: []string{"fixtures", "hello", "hello-world"},
		PushedAt: time.Date(2017, 10, 10, 16, 0, 0, 0, time.UTC), Source: "hub",
	}
	if fmt.Sprint(last) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", last, want)
	}
	if !list[3].Archived || !list[2].Fork {
		t.Errorf("%+v", list)
	}
	list, err = listAll(t, sc, cfg, activityCursor(time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC)))
	if err != nil || len(list) != 2 {
		t.Errorf("since March: %d repositories, %v", len(list), err)
	}
}

func TestForgesThatMisbehave(t *testing.T) {
	for kind, make := range map[string]func(*testing.T) *forge{KindGitLab: gitlabForge, KindGitHub: githubForge} {
		for name, tc := range map[string]struct {
			fault  func(int) (int, string)
			reason Reason
			listed int
		}{
			"500":              {func(int) (int, string) { return 500, "oops" }, ReasonServer, 0},
			"401":              {func(int) (int, string) { return 401, "{}" }, ReasonUnauthorized, 0},
			"404":              {func(int) (int, string) { return 404, "{}" }, ReasonNotFound, 0},
			"HTML for JSON":    {func(int) (int, string) { return 200, "<html>" }, ReasonBroken, 0},
			"fails at page 2":  {func(p int) (int, string) { return map[int]int{2: 503}[p], "" }, ReasonServer, 2},
			"silent at page 2": {func(p int) (int, string) { time.Sleep(time.Duration(p-1) * time.Second); return 0, "" }, ReasonSilent, 2},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				f := make(t)
				f.fault = tc.fault
				list, err := listAll(t, SourceConfig{Name: "x", Kind: kind, URL: f.URL, Group: "a/group", Organisation: "octokit-fixture-org"}, forgeConfig(nil), "")
				var fault *FetchError
				var named *ListError
				if !errors.As(err, &named) || named.Source != "x" || !errors.As(err, &fault) || fault.Reason != tc.reason || len(list) != tc.listed {
					t.Errorf("%d listed, %v; want %d and %s", len(list), err, tc.listed, tc.reason)
				}
			})
		}
	}
}

// TestForgeCrawl lists a forge whose repositories lie on a real git server, and goes on from its cursor.
func TestForgeCrawl(t *testing.T) {
	server, f := newGitServer(t), gitlabForge(t)
	f.items = f.items[:3]
	works := map[string]string{}
	for i, item := range f.items {
		name := fmt.Sprintf("p%d", i)
		address, work := server.create(t, name+".git")
		works[name] = work
		commitFiles(t, work, "f", name)
		runGit(t, work, "push", "-q", "origin", "main")
		item["web_url"], item["http_url_to_repo"], item["path"] = strings.TrimSuffix(address, ".git"), address, name
	}
	f.items = append(f.items, map[string]any{"id": 9, "web_url": "file:///etc", "http_url_to_repo": "file:///etc", "last_activity_at": "2001-01-01T00:00:00Z"})
	sources := []SourceConfig{{Name: "lab", Kind: KindGitLab, URL: f.URL, Group: "a/group", Hosts: []string{server.Listener.Addr().String()}}}
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.UserAgent = "communs-test (https://example.org/bot)" })
	ctx := context.Background()
	sum, err := c.Crawl(ctx, sources, nil)
	if err != nil || sum.New != 3 || sum.Failed != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	var bad *FetchError
	if !errors.As(sum.Failures[0].Err, &bad) || bad.Reason != ReasonAddress {
		t.Errorf("an address of a forge leads into this machine: %v", sum.Failures)
	}
	// One has a new commit, and the server fails for it once: it comes again although the cursor has passed it.
	f.items = f.items[:3]
	f.items[0]["last_activity_at"] = "2022-01-01T00:00:00.000Z"
	head := commitFiles(t, works["p0"], "f", "new")
	runGit(t, works["p0"], "push", "-q", "origin", "main")
	server.answer(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "later", 503) })
	sum, err = c.Crawl(ctx, sources, nil)
	if err != nil || sum.Found != 2 || sum.Failed != 2 { // the overlap brings the latest one again
		t.Errorf("%+v, %v", sum, err)
	}
	server.answer(nil)
	f.items[0]["last_activity_at"] = "2000-01-01T00:00:00.000Z"
	sum, err = c.Crawl(ctx, sources, nil)
	if err != nil || sum.Changed != 1 || sum.Found != 2 || sum.Unchanged != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	s, err := c.Snapshot(ctx, strings.TrimPrefix(server.URL, "http://")+"/p0.git")
	if err != nil || s.Commit != head || s.Source != "lab" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSourcesThatAreNotWrittenRight(t *testing.T) {
	for _, tc := range []struct {
		sc             SourceConfig
		field, problem string
	}{
		{SourceConfig{Name: "x", Kind: "svn"}, "kind", "unknown-kind"},
		{SourceConfig{Name: "x"}, "kind", "missing"},
		{SourceConfig{Name: "x", Kind: KindGit}, "url", "missing"},
		{SourceConfig{Name: "x", Kind: KindFolder}, "path", "missing"},
		{SourceConfig{Name: "x", Kind: KindFolder, URL: "/srv/code"}, "path", "path"},
		{SourceConfig{Name: "x", Kind: KindBuild, URL: "https://h/a"}, "path", "path"},
		{SourceConfig{Name: "x", Kind: KindGit, URL: "/srv/code/a.git"}, "path", "path"},
		{SourceConfig{Name: "x", Kind: KindGit, URL: "file:///srv/code/a.git"}, "path", "path"},
		{SourceConfig{Name: "x", Kind: KindGitLab, URL: "https://h"}, "group", "missing"},
		{SourceConfig{Name: "x", Kind: KindGitHub}, "organisation", "missing"},
		{SourceConfig{Name: "x", Kind: KindGitHub, Organisation: "o", TokenEnv: "NONE"}, "token_env", "no-token"},
	} {
		_, err := NewSource(tc.sc, forgeConfig(nil))
		var bad *ConfigError
		if !errors.As(err, &bad) || bad.Source != "x" || bad.Field != tc.field || bad.Problem != tc.problem {
			t.Errorf("%+v: %v", tc.sc, err)
		}
	}
	_, err := NewSource(SourceConfig{Kind: KindGit, URL: "https://me:hunter2@h/a"}, forgeConfig(nil))
	var bad *AddressError
	if !errors.As(err, &bad) || bad.Problem != "credentials" || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

func TestATokenDoesNotFollowARedirectToAnotherHost(t *testing.T) {
	var leaked []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Private-Token")+r.Header.Get("Authorization"))
		fmt.Fprint(w, "[]")
	}))
	defer other.Close()
	elsewhere, err := url.Parse(other.URL)
	must(t, err)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://localhost:"+elsewhere.Port()+r.URL.Path, http.StatusFound)
	}))
	defer api.Close()
	for _, kind := range []string{KindGitLab, KindGitHub} {
		_, err := listAll(t, SourceConfig{Kind: kind, URL: api.URL, Group: "g", Organisation: "o", TokenEnv: "T", Hosts: []string{"localhost:" + elsewhere.Port()}}, forgeConfig(map[string]string{"T": "secret"}), "")
		if err != nil || len(leaked) == 0 || strings.Join(leaked, "") != "" {
			t.Errorf("%s: the other host got %q (%v)", kind, leaked, err)
		}
		leaked = nil
	}
}
