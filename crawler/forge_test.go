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
	"strings"
	"testing"
	"time"

	"communs/crawler/polite"
)

// forgeKinds are the kinds that recorded answers stand for.
var forgeKinds = []string{KindGitLab, KindGitHub, KindGitea, KindForgejo, KindGogs}

func forgeConfig(env map[string]string) Config {
	return Config{UserAgent: testAgent, Env: func(k string) string { return env[k] }, Idle: 300 * time.Millisecond, Polite: polite.Config{Retries: -1}}
}

// of is the source of a forge with one scope.
func (f *forge) of(field string) SourceConfig {
	sc := SourceConfig{Name: "x", Kind: f.kind, URL: f.URL, Hosts: f.hosts}
	value := theOwner
	switch field {
	case fieldGroup:
		value = theGroup
	case fieldTopic:
		value = theTopic
	case fieldSearch:
		sc.Search = "topic:" + theTopic
	}
	return sc.with(scope{field, value})
}

// owned is the source that lists by activity what belongs to somebody.
func (f *forge) owned() SourceConfig {
	if f.kind == KindGitLab {
		return f.of(fieldGroup)
	}
	return f.of(fieldOrganisation)
}

func listAll(t testing.TB, sc SourceConfig, cfg Config, since Cursor) (list []Repository, last error) {
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

// TestForgesAreListed goes through all pages of every kind of listing.
func TestForgesAreListed(t *testing.T) {
	for _, tc := range []struct {
		kind, field      string
		found, requested int
	}{
		{KindGitLab, fieldGroup, 5, 3}, {KindGitLab, fieldUser, 5, 3}, {KindGitLab, fieldTopic, 1, 1}, {KindGitLab, "", 5, 3},
		{KindGitHub, fieldOrganisation, 5, 3}, {KindGitHub, fieldUser, 5, 3}, {KindGitHub, fieldTopic, 5, 0}, {KindGitHub, fieldSearch, 5, 0}, {KindGitHub, "", 5, 4},
		{KindGitea, fieldOrganisation, 5, 4}, {KindGitea, fieldUser, 5, 4}, {KindGitea, fieldTopic, 1, 1}, {KindGitea, "", 5, 3},
		{KindForgejo, fieldOrganisation, 5, 4}, {KindForgejo, fieldTopic, 1, 1}, {KindForgejo, "", 5, 3},
		{KindGogs, fieldUser, 5, 4}, {KindGogs, "", 5, 3},
	} {
		t.Run(tc.kind+" "+tc.field, func(t *testing.T) {
			f := newForge(t, tc.kind)
			if tc.requested == 0 { // windows of a search, halved until each gives few enough
				for _, item := range f.items {
					item["topics"] = []any{theTopic}
				}
			}
			list, err := listAll(t, f.of(tc.field), forgeConfig(nil), "")
			names := map[string]bool{}
			for _, r := range list {
				names[r.URL] = true
			}
			if err != nil || len(list) != tc.found || len(names) != tc.found || tc.requested > 0 && len(f.requests) != tc.requested {
				t.Errorf("%d repositories (%d of them different) in %d requests, %v\n%s", len(list), len(names), len(f.requests), err, strings.Join(f.requests, "\n"))
			}
		})
	}
}

func TestWhatForgesSayOfARepository(t *testing.T) {
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		must(t, err)
		return when
	}
	for kind, want := range map[string]Repository{
		KindGitLab: {
			URL: "https://gite.lirmm.fr/constraint-acquisition-team/pacq", Clone: "https://gite.lirmm.fr/constraint-acquisition-team/pacq.git", Name: "pacq",
			Owner: "constraint-acquisition-team", Fork: true, Parent: "https://gite.lirmm.fr/parent/pacq", PushedAt: at("2020-12-15T19:43:53.678Z"),
			Source: "x", ForgeID: 4444, Visibility: VisibilityPublic, DefaultBranch: "master", CreatedAt: at("2020-12-15T15:20:15.494Z"), Topics: []string{},
		},
		KindGitHub: {
			URL: "https://github.com/octokit-fixture-org/hello-2", Clone: "https://github.com/octokit-fixture-org/hello-2.git", Name: "hello-2",
			Owner: theOwner, Fork: true, Topics: []string{"fixtures", "hello", "hello-world"}, PushedAt: at("2018-02-01T00:00:00Z"), Source: "x", ForgeID: 1002,
			Visibility: VisibilityPublic, DefaultBranch: "master", CreatedAt: at("2018-02-01T00:00:00Z"), UpdatedAt: at("2017-10-10T16:00:00Z"),
		},
		KindGitea: {
			URL: "https://demo.gitea.com/user-4/negroni", Clone: "https://demo.gitea.com/user-4/negroni.git", Name: "negroni", Owner: "user-4",
			Description: "Idiomatic HTTP Middleware for Golang", Fork: true, Parent: "https://demo.gitea.com/user-2/negroni", PushedAt: at("2018-04-03T10:41:41Z"),
			Source: "x", ForgeID: 5045, Visibility: VisibilityPublic, DefaultBranch: "master", CreatedAt: at("2018-04-03T10:41:41Z"), UpdatedAt: at("2018-04-03T10:41:41Z"),
		},
		KindForgejo: {
			URL: "https://v13.next.forgejo.org/user-11/122", Clone: "https://v13.next.forgejo.org/user-11/122.git", Name: "122", Owner: "user-11", Empty: true,
			PushedAt: at("2026-01-02T09:36:02Z"), Source: "x", ForgeID: 691, Visibility: VisibilityPublic, DefaultBranch: "main", CreatedAt: at("2026-01-02T09:36:02Z"),
			UpdatedAt: at("2026-01-02T09:36:02Z"), Topics: []string{},
		},
		KindGogs: {
			URL: "https://try.gogs.io/user-13/test-repo", Clone: "https://try.gogs.io/user-13/test-repo.git", Name: "test-repo", Owner: "user-13",
			Description: "An example.", Archived: true, Topics: []string{theTopic}, PushedAt: at("2022-03-26T07:28:38Z"), Source: "x", ForgeID: 190,
			Visibility: VisibilityPublic, DefaultBranch: "master", CreatedAt: at("2015-02-17T21:11:54Z"), UpdatedAt: at("2022-03-26T07:28:38Z"),
		},
	} {
		list, err := listAll(t, newForge(t, kind).of(""), forgeConfig(nil), "")
		i := slices.IndexFunc(list, func(r Repository) bool { return r.URL == want.URL })
		if err != nil || i < 0 {
			t.Errorf("%s: %s is not listed (%v)", kind, want.URL, err)
		} else if got := list[i]; fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", kind, got, want)
		}
	}
	mirror := newForge(t, KindGitea)
	mirror.items[3]["original_url"] = "https://me:secret@example.org/mux"
	list, err := listAll(t, mirror.of(""), forgeConfig(nil), "")
	if i := slices.IndexFunc(list, func(r Repository) bool { return r.Name == "mux" }); err != nil || i < 0 || !list[i].Mirror || list[i].MirrorOf != "https://example.org/mux" {
		t.Errorf("a mirror: %+v, %v", list, err)
	}
}

// TestForgesListWhatChanged lists from a cursor on.
func TestForgesListWhatChanged(t *testing.T) {
	for _, tc := range []struct {
		kind, field      string
		found, requested int
	}{
		{KindGitLab, fieldGroup, 2, 2}, {KindGitLab, "", 2, 1}, {KindGitHub, fieldOrganisation, 2, 2}, {KindGitHub, fieldTopic, 2, 1},
		{KindGitea, fieldOrganisation, 2, 3}, {KindForgejo, "", 2, 2},
	} {
		f := newForge(t, tc.kind)
		for _, item := range f.items {
			item["topics"] = []any{theTopic}
		}
		times := []string{}
		for _, item := range f.items {
			times = append(times, item[f.activity].(string))
		}
		slices.Sort(times)
		second, err := time.Parse(time.RFC3339, times[len(times)-2])
		must(t, err)
		list, err := listAll(t, f.of(tc.field), forgeConfig(nil), place{Since: second.Add(-time.Minute)}.cursor())
		if err != nil || len(list) != tc.found || len(f.requests) != tc.requested {
			t.Errorf("%s %s: %d repositories in %d requests, %v\n%s", tc.kind, tc.field, len(list), len(f.requests), err, strings.Join(f.requests, "\n"))
		}
	}
}

func TestForgesThatMisbehave(t *testing.T) {
	for _, kind := range forgeKinds {
		for name, tc := range map[string]struct {
			fault  func(int) (int, string)
			reason Reason
			listed int
		}{
			"500":              {func(int) (int, string) { return 500, "oops" }, ReasonServer, 0},
			"401":              {func(int) (int, string) { return 401, "{}" }, ReasonUnauthorized, 0},
			"404":              {func(int) (int, string) { return 404, "{}" }, ReasonNotFound, 0},
			"429":              {func(int) (int, string) { return 429, "{}" }, ReasonServer, 0},
			"HTML for JSON":    {func(int) (int, string) { return 200, "<html>" }, ReasonNotJSON, 0},
			"fails at page 2":  {func(p int) (int, string) { return map[int]int{2: 503}[p], "" }, ReasonServer, 2},
			"silent at page 2": {func(p int) (int, string) { time.Sleep(time.Duration(p-1) * 600 * time.Millisecond); return 0, "" }, ReasonSilent, 2},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				f := newForge(t, kind)
				f.fault = tc.fault
				list, err := listAll(t, f.owned(), forgeConfig(nil), "")
				var fault *FetchError
				var named *ListError
				if !errors.As(err, &named) || named.Source != "x" || !errors.As(err, &fault) || fault.Reason != tc.reason || len(list) != tc.listed {
					t.Errorf("%d listed, %v; want %d and %s", len(list), err, tc.listed, tc.reason)
				}
			})
		}
	}
}

// TestPagesThatLeadBack ends a listing whose next page is one that it had.
func TestPagesThatLeadBack(t *testing.T) {
	for _, kind := range forgeKinds {
		f := newForge(t, kind)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if len(f.requests) > 50 {
				t.Fatal("asked for ever")
			}
			w.Header().Set("X-Next-Page", "1")
			w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=1>; rel="next"`, r.Host, r.URL.Path))
			return false
		}
		if _, err := listAll(t, f.owned(), forgeConfig(nil), ""); Why(err) != string(ReasonPages) || !strings.Contains(err.Error(), "→ 1") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	f := newForge(t, KindGitLab) // a keyset that comes to nothing new
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Link", `<http://example.org/>; rel="next"`)
		f.answer(w, r, f.items[:1])
		return true
	}
	if _, err := listAll(t, f.of(""), forgeConfig(nil), ""); err == nil || len(f.requests) != 2 {
		t.Errorf("%d requests, %v", len(f.requests), err)
	}
}

// TestPrivateRepositories lists with a token that may see more than everybody.
func TestPrivateRepositories(t *testing.T) {
	for _, kind := range forgeKinds {
		f := newForge(t, kind)
		f.token = "a-secret-token"
		f.items[1]["private"], f.items[1]["visibility"] = true, "private"
		env := forgeConfig(map[string]string{"T": f.token})
		sc := f.owned()
		without, err := listAll(t, sc, env, "")
		if err != nil || len(without) != 4 {
			t.Errorf("%s without a token: %d, %v", kind, len(without), err)
		}
		sc.TokenEnv = "T"
		with, err := listAll(t, sc, env, "")
		with = slices.DeleteFunc(with, func(r Repository) bool { return r.Visibility == VisibilityPrivate })
		if err != nil || len(with) != 4 {
			t.Errorf("%s with a token: %d, %v", kind, len(with), err)
		}
		wrong := forgeConfig(map[string]string{"T": "another"})
		var fault *FetchError
		if _, err := listAll(t, sc, wrong, ""); !errors.As(err, &fault) || fault.Reason != ReasonUnauthorized {
			t.Errorf("%s with a wrong token: %v", kind, err)
		}
	}
}

// TestATokenStaysWhereItBelongs crawls with tokens, through a redirect and with a server that repeats what it was sent, and looks for
// them in all that was told and written.
func TestATokenStaysWhereItBelongs(t *testing.T) {
	const secret = "glpat-hunter2-hunter2"
	var leaked []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Private-Token")+r.Header.Get("Authorization"))
		fmt.Fprint(w, "[]")
	}))
	defer other.Close()
	elsewhere, err := url.Parse(other.URL)
	must(t, err)
	file := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(file, []byte(secret+"\n"), 0o600))
	for _, kind := range forgeKinds {
		f := newForge(t, kind)
		f.token, f.marks = secret, true
		sc := f.owned()
		sc.TokenFile, sc.Hosts = file, []string{"localhost:" + elsewhere.Port()}
		dir := t.TempDir()
		c := openCrawler(t, dir, func(cfg *Config) { cfg.UserAgent = testAgent })
		var told strings.Builder
		hear := func(e Event) { fmt.Fprintf(&told, "%+v %v\n", e, e.Err) }
		signed := 0
		ways := []func(http.ResponseWriter, *http.Request) bool{
			func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Private-Token")+r.Header.Get("Authorization") != "" {
					signed++
				}
				return false
			},
			func(w http.ResponseWriter, r *http.Request) bool {
				f.say(w, http.StatusBadRequest, fmt.Sprint("you sent ", r.Header))
				return true
			},
			func(w http.ResponseWriter, r *http.Request) bool {
				fmt.Fprintf(w, `{"not": "what was asked for", "you sent": %q}`, fmt.Sprint(r.Header))
				return true
			},
			func(w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, "http://localhost:"+elsewhere.Port()+r.URL.Path, http.StatusFound)
				return true
			},
		}
		for _, way := range ways {
			f.before = way
			sum, err := c.CrawlWith(context.Background(), []SourceConfig{sc}, Options{DryRun: true}, hear)
			fmt.Fprintf(&told, "%+v %v\n", sum, err)
			_, err = listAll(t, sc, c.cfg, "")
			fmt.Fprintf(&told, "%v\n", err)
			text, _ := json.Marshal(sum)
			told.Write(text)
		}
		if signed == 0 {
			t.Errorf("%s: the token was never sent", kind)
		}
		if strings.Contains(told.String(), secret) {
			t.Errorf("%s: the token was told:\n%s", kind, told.String())
		}
		must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if strings.Contains(string(text), secret) {
				t.Errorf("%s: the token stands in %s", kind, path)
			}
			return err
		}))
	}
	if len(leaked) == 0 || strings.Join(leaked, "") != "" {
		t.Errorf("the other host got %q", leaked)
	}
}

// TestARationIsWaitedFor lists a forge that grants one request a minute.
func TestARationIsWaitedFor(t *testing.T) {
	f := newForge(t, KindGitHub)
	f.rationed = true
	now, slept := f.clock, time.Duration(0)
	cfg := forgeConfig(nil)
	cfg.Polite.Now = func() time.Time { return now }
	cfg.Polite.Sleep = func(_ context.Context, d time.Duration) error {
		now, slept = now.Add(d), slept+d
		f.mu.Lock()
		defer f.mu.Unlock()
		f.clock = now
		return nil
	}
	list, err := listAll(t, f.owned(), cfg, "")
	if err != nil || len(list) != 5 || slept < 2*time.Minute || slept > 4*time.Minute {
		t.Errorf("%d repositories after %v, %v", len(list), slept, err)
	}
}
