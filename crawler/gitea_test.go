// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/internal/gitea"
)

// TestGitea goes through a real Gitea with 300 repositories and some peculiar ones. One server serves all that is tried on it.
func TestGitea(t *testing.T) {
	home := os.Getenv("COMMUNS_GITEA")
	if home == "" {
		t.Skip("COMMUNS_GITEA names no Gitea: make test-forges builds one")
	}
	start := time.Now()
	server, err := gitea.Start(t.Context(), home, t.TempDir())
	must(t, err)
	t.Cleanup(func() { server.Stop() })
	ready := time.Since(start)
	f := &giteaForge{Server: server}
	f.fill(t)
	t.Logf("Gitea started in %s and was filled with %d repositories in %s", ready.Round(time.Millisecond), len(f.public), (time.Since(start) - ready).Round(time.Millisecond))
	for _, test := range []struct {
		name string
		run  func(*giteaForge, *testing.T)
	}{
		{"Listed", (*giteaForge).listed}, {"Recognised", (*giteaForge).recognised}, {"Tokens", (*giteaForge).tokens},
		{"Peculiar", (*giteaForge).peculiar}, {"OnlyWhatMoved", (*giteaForge).onlyWhatMoved}, {"GoesOn", (*giteaForge).goesOn},
		{"WhatBecameOfIt", (*giteaForge).whatBecameOfIt},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(f, t) })
	}
}

// giteaForge is the server with what stands on it.
type giteaForge struct {
	*gitea.Server
	public  []string // owner/name of what everybody may see
	private []string
	bare    string // of the repository that the many are copies of
	work    string // of the same
}

// The owners of the many repositories, and the one of the peculiar ones.
const (
	orgA, orgB  = "naos", "megalis"
	orgPeculiar = "cas"
)

// api asks the API, which must do what is asked.
func (f *giteaForge) api(t *testing.T, method, path string, in, out any) {
	t.Helper()
	must(t, f.API(t.Context(), method, path, in, out))
}

// fill makes the repositories.
func (f *giteaForge) fill(t *testing.T) {
	t.Helper()
	for _, name := range []string{orgA, orgB, orgPeculiar} {
		must(t, f.Organisation(t.Context(), name))
	}
	f.work = t.TempDir()
	runGit(t, f.work, "init", "-q", "-b", "main")
	commitFiles(t, f.work, "README.md", "old\n")
	commitFiles(t, f.work, "README.md", "# Outil\n", "outil.py", "def outil():\n    return 1\n")
	f.bare = filepath.Join(f.work, ".git")
	for owner, n := range map[string]int{orgA: 140, orgB: 130, gitea.Admin: 30} {
		for i := range n {
			f.public = append(f.public, fmt.Sprintf("%s/outil-%03d", owner, i))
		}
	}
	must(t, f.AdoptAll(t.Context(), f.public, func(int) string { return f.bare }))
	f.fillPeculiar(t)
	for _, name := range append(slices.Clone(f.public), f.private...) {
		owner, name, _ := strings.Cut(name, "/")
		if name != "vide" {
			must(t, f.Settle(t.Context(), owner, name))
		}
	}
	must(t, f.Age(t.Context(), 48*time.Hour))
}

// fillPeculiar makes one repository of each kind that is not as most are.
func (f *giteaForge) fillPeculiar(t *testing.T) {
	t.Helper()
	adopt := func(name string, make func(dir string)) {
		dir := f.bare
		if make != nil {
			work := t.TempDir()
			runGit(t, work, "init", "-q", "-b", "main")
			make(work)
			dir = filepath.Join(work, ".git")
		}
		must(t, f.Adopt(t.Context(), orgPeculiar, name, dir))
		f.public = append(f.public, orgPeculiar+"/"+name)
	}
	adopt("tronc", func(dir string) {
		commitFiles(t, dir, "autre", "une autre branche\n")
		runGit(t, dir, "checkout", "-q", "-b", "tronc")
		commitFiles(t, dir, "f", "la branche par défaut\n")
	})
	adopt("etiquettes", func(dir string) {
		commitFiles(t, dir, "f", "1\n")
		runGit(t, dir, "tag", "-a", "-m", "première version", "v1")
		commitFiles(t, dir, "f", "2\n")
		runGit(t, dir, "tag", "-a", "-m", "seconde version", "v2")
		commitFiles(t, dir, "f", "3\n")
	})
	adopt("lfs", func(dir string) {
		commitFiles(t, dir, ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n", "poids.bin", lfsPointer)
	})
	adopt("sous-module", func(dir string) {
		write(t, dir, ".gitmodules", "[submodule \"outil\"]\n\tpath = outil\n\turl = "+f.URL+"/naos/outil-000.git\n", "f", "à côté\n")
		runGit(t, dir, "add", "-A")
		runGit(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+runGit(t, f.work, "rev-parse", "HEAD")+",outil")
		runGit(t, dir, "commit", "-q", "-m", "a submodule")
	})
	adopt("clos", nil)
	f.api(t, http.MethodPatch, "/repos/cas/clos", map[string]any{"archived": true}, nil)
	adopt("refus", nil)
	f.api(t, http.MethodPut, "/repos/cas/refus/topics", map[string]any{"topics": []string{"musique", OptOutTopic}}, nil)
	adopt("theme", nil)
	f.api(t, http.MethodPut, "/repos/cas/theme/topics", map[string]any{"topics": []string{"musique"}}, nil)
	adopt("prive", nil)
	f.api(t, http.MethodPatch, "/repos/cas/prive", map[string]any{"private": true}, nil)
	f.public, f.private = f.public[:len(f.public)-1], []string{"cas/prive"}
	f.api(t, http.MethodPost, "/orgs/cas/repos", map[string]any{"name": "vide"}, nil)
	f.api(t, http.MethodPost, "/repos/cas/tronc/forks", map[string]any{"organization": orgB, "name": "fourche"}, nil)
	f.api(t, http.MethodPost, "/repos/migrate", map[string]any{"clone_addr": f.URL + "/cas/tronc.git", "repo_owner": orgPeculiar, "repo_name": "miroir",
		"mirror": true, "service": "git"}, nil)
	f.public = append(f.public, "cas/vide", "megalis/fourche", "cas/miroir")
}

const lfsPointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

// of are the public repositories of an owner.
func (f *giteaForge) of(owner string) []string {
	var list []string
	for _, name := range f.public {
		if strings.HasPrefix(name, owner+"/") {
			list = append(list, name)
		}
	}
	return list
}

// asking is a network that remembers what it was asked for.
type asking struct {
	mu   sync.Mutex
	list []string
	hear func(*http.Request)
}

func (a *asking) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.list = append(a.list, r.Method+" "+r.URL.Path)
	hear := a.hear
	a.mu.Unlock()
	if hear != nil {
		hear(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// about gives and forgets the requests that end in one of the texts.
func (a *asking) about(ends ...string) (list []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, line := range a.list {
		if slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(line, end) }) {
			list = append(list, line)
		}
	}
	a.list = nil
	slices.Sort(list)
	return list
}

// through has a crawler ask through a.
func (a *asking) through(c *Config) { c.Client = &http.Client{Transport: a} }

// names are owner/name of repositories, in order.
func (f *giteaForge) names(list []Repository) (names []string) {
	for _, r := range list {
		names = append(names, strings.TrimPrefix(r.URL, f.URL+"/"))
	}
	slices.Sort(names)
	return names
}

// listed lists each part of the server, page after page: each public repository comes once, nothing else does.
func (f *giteaForge) listed(t *testing.T) {
	for _, part := range []struct {
		name string
		sc   SourceConfig
		want []string
		most int // requests
	}{
		{"instance", SourceConfig{}, f.public, 8},
		{"organisation", SourceConfig{Organisation: orgA}, f.of(orgA), 4},
		{"user", SourceConfig{User: gitea.Admin}, f.of(gitea.Admin), 2},
		{"topic", SourceConfig{Topic: "musique"}, []string{"cas/refus", "cas/theme"}, 1},
	} {
		part.sc.Kind, part.sc.URL = KindGitea, f.URL
		network := &asking{}
		cfg := Config{}
		network.through(&cfg)
		got, err := listAll(t, part.sc, cfg, "")
		want := slices.Sorted(slices.Values(part.want))
		if asked := len(network.list); err != nil || !slices.Equal(f.names(got), want) || asked > part.most {
			t.Errorf("%s: %d repositories in %d requests, want %d in at most %d; error %v", part.name, len(got), asked, len(want), part.most, err)
		}
	}
	var fault *FetchError
	for _, sc := range []SourceConfig{{Organisation: "nobody"}, {User: "nobody"}} {
		sc.Kind, sc.URL = KindGitea, f.URL
		if _, err := listAll(t, sc, Config{}, ""); !errors.As(err, &fault) || fault.Reason != ReasonNotFound {
			t.Errorf("an owner who is not there: %v", err)
		}
	}
}

// recognised finds out what stands at the addresses that people copy from their browser.
func (f *giteaForge) recognised(t *testing.T) {
	for path, want := range map[string]SourceConfig{
		"": {Kind: KindGitea}, "/": {Kind: KindGitea}, "/" + orgA: {Kind: KindGitea, Organisation: orgA}, "/" + gitea.Admin: {Kind: KindGitea, User: gitea.Admin},
		"/naos/outil-000": {Kind: KindGit}, "/naos/outil-000.git": {Kind: KindGit},
	} {
		sc, err := ParseArg(f.URL + path)
		must(t, err)
		got, err := Recognise(t.Context(), sc, Config{})
		if err != nil || got.Kind != want.Kind || got.Organisation+got.User != want.Organisation+want.User {
			t.Errorf("%q is %s, organisation %q, user %q (%v); want %s, %q, %q", path, got.Kind, got.Organisation, got.User, err, want.Kind, want.Organisation, want.User)
		}
	}
}

// withToken is a configuration where the environment holds a token.
func withToken(token string) Config { return Config{Env: func(string) string { return token }} }

// tokens lists with tokens of several scopes. What only some may see is never given out, whoever asks.
func (f *giteaForge) tokens(t *testing.T) {
	for _, part := range []struct {
		name   string
		scopes []string
		reason Reason // empty: it lists
	}{
		{"all", []string{"all"}, ""},
		{"enough", []string{"read:repository", "read:user"}, ""},
		{"nothing of use", []string{"read:misc"}, ReasonScope},
	} {
		token, err := f.TokenFor(t.Context(), part.name, part.scopes...)
		must(t, err)
		for _, sc := range []SourceConfig{{}, {Organisation: orgPeculiar}} {
			sc.Kind, sc.URL, sc.TokenEnv = KindGitea, f.URL, "T"
			got, err := listAll(t, sc, withToken(token), "")
			var fault *FetchError
			switch {
			case part.reason != "" && (!errors.As(err, &fault) || fault.Reason != part.reason || !strings.Contains(err.Error(), "[read:")):
				t.Errorf("a token for %s: %v, want %s and which scope it lacks", part.name, err, part.reason)
			case part.reason != "":
			case err != nil || len(got) == 0:
				t.Errorf("a token for %s: %d, %v", part.name, len(got), err)
			default:
				for _, r := range got {
					if slices.Contains(f.private, f.names([]Repository{r})[0]) && r.Visibility != VisibilityPrivate {
						t.Errorf("a token for %s: %s is said to be %s", part.name, r.URL, r.Visibility)
					}
				}
			}
		}
	}
	if _, err := listAll(t, SourceConfig{Kind: KindGitea, URL: f.URL, TokenEnv: "T"}, withToken(strings.Repeat("0", 40)), ""); err == nil {
		t.Error("a token that does not exist lists")
	}
}

// peculiar crawls one of each kind, with a token that would open what is private.
func (f *giteaForge) peculiar(t *testing.T) {
	network := &asking{}
	c := openCrawler(t, t.TempDir(), apart(t), network.through, func(cfg *Config) { cfg.Env = func(string) string { return f.Token } })
	events := map[string]Event{}
	sum, err := c.Crawl(t.Context(), []SourceConfig{
		{Name: "cas", Kind: KindGitea, URL: f.URL, Organisation: orgPeculiar, TokenEnv: "T"},
		{Name: "fork", Kind: KindGit, URL: f.URL + "/megalis/fourche"},
	}, func(e Event) {
		if e.Kind != Found && e.Kind != Progress {
			events[e.Repository.Name] = e
		}
	})
	must(t, err)
	for name, want := range map[string]EventKind{"tronc": New, "etiquettes": New, "lfs": New, "sous-module": New, "clos": New, "theme": New, "miroir": New, "fourche": New,
		"refus": Skipped, "vide": Emptied} {
		if events[name].Kind != want {
			t.Errorf("%s: %s (%v), want %s", name, events[name].Kind, events[name].Err, want)
		}
	}
	if e, told := events["prive"]; told || sum.Failed > 0 {
		t.Errorf("the private one is told of: %+v; %d failed", e, sum.Failed)
	}
	for _, line := range network.about("") {
		if strings.Contains(line, "/prive") || strings.Contains(line, "/refus.git") || strings.Contains(line, "lfs/objects") {
			t.Errorf("asked: %s", line)
		}
	}
	at := func(name string) string { return f.URL + "/cas/" + name }
	for name, want := range map[string]map[string]string{
		"tronc": {"autre": "une autre branche\n", "f": "la branche par défaut\n"}, "etiquettes": {"f": "3\n"},
		"miroir": {"autre": "une autre branche\n", "f": "la branche par défaut\n"},
		"lfs":    {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "poids.bin": lfsPointer},
	} {
		if got := contents(t, c, at(name)); !maps.Equal(got, want) {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
		fsck(t, c, at(name))
	}
	if got := contents(t, c, at("sous-module")); got["f"] != "à côté\n" || len(got) != 2 {
		t.Errorf("the repository with a submodule holds %q", got)
	}
	about := map[string]Repository{}
	for s, err := range c.Snapshots(t.Context()) {
		must(t, err)
		about[s.Name] = s.Repository
	}
	if r := about["clos"]; !r.Archived {
		t.Errorf("archived: %+v", r)
	}
	if r := about["miroir"]; !r.Mirror || AddressKey(r.MirrorOf) != AddressKey(at("tronc")) {
		t.Errorf("mirror: %+v", r)
	}
	if r := about["tronc"]; r.DefaultBranch != "tronc" || r.Fork || r.ForgeID == 0 || r.Owner != orgPeculiar {
		t.Errorf("default branch: %+v", r)
	}
	if r := about["theme"]; !slices.Equal(r.Topics, []string{"musique"}) {
		t.Errorf("topics: %+v", r)
	}
	forks, err := listAll(t, SourceConfig{Kind: KindGitea, URL: f.URL, Organisation: orgB}, Config{}, "")
	must(t, err)
	for _, r := range forks {
		if fork := r.Name == "fourche"; r.Fork != fork || (r.Parent == at("tronc")) != fork {
			t.Errorf("%s: fork %v of %q", r.URL, r.Fork, r.Parent)
		}
	}
}

// context that ends when a repository has come.
func afterNew(ctx context.Context, n int) (context.Context, func(Event)) {
	ctx, cancel := context.WithCancel(ctx)
	return ctx, func(e Event) {
		if e.Kind == New {
			if n--; n == 0 {
				cancel()
			}
		}
	}
}
