// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"communs/internal/gitea"
)

// onlyWhatMoved crawls an organisation, then again: nothing is fetched, then only what was pushed to, then what was rewritten.
func (f *giteaForge) onlyWhatMoved(t *testing.T) {
	network := &asking{}
	c := openCrawler(t, t.TempDir(), network.through)
	sc := SourceConfig{Kind: KindGitea, URL: f.URL, User: gitea.Admin}
	all := len(f.of(gitea.Admin))
	crawl := func() map[EventKind][]string {
		t.Helper()
		sum, byKind, err := outcome(c, Options{}, sc)
		if err != nil || sum.Failed > 0 || sum.Waiting > 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		return byKind
	}
	if got := crawl(); len(got[New]) != all {
		t.Fatalf("first crawl: %v", got)
	}
	if packs := network.about("/git-upload-pack"); len(packs) != all {
		t.Errorf("%d repositories took %d fetches", all, len(packs))
	}
	if got := crawl(); len(got[New])+len(got[Changed]) > 0 {
		t.Errorf("nothing has moved: %v", got)
	}
	if asked := network.about("/info/refs", "/git-upload-pack", "/search"); len(asked) > 1 {
		t.Errorf("where nothing has moved, it costs %v", asked)
	}

	commitFiles(t, f.work, "outil.py", "def outil():\n    return 2\n")
	must(t, f.Push(t.Context(), f.work, gitea.Admin, "outil-007", false))
	f.until(t, sc, func(r Repository) bool { return r.Name == "outil-007" && time.Since(r.PushedAt) < time.Hour })
	if got := crawl(); !slices.Equal(got[Changed], []string{"outil-007"}) || len(got[Found]) != 1 {
		t.Errorf("one was pushed to: %v", got)
	}
	refs := "GET /" + gitea.Admin + "/outil-007.git/info/refs"
	fetch := "POST /" + gitea.Admin + "/outil-007.git/git-upload-pack"
	if asked := network.about("/info/refs", "/git-upload-pack"); !slices.Equal(asked, []string{refs, fetch}) {
		t.Errorf("one was pushed to, and it costs %v", asked)
	}

	runGit(t, f.work, "commit", "-q", "--amend", "-m", "another history")
	must(t, f.Push(t.Context(), f.work, gitea.Admin, "outil-007", true))
	if got := crawl(); !slices.Equal(got[ForcePushed], []string{"outil-007"}) {
		t.Errorf("its history was rewritten: %v", got)
	}
	fsck(t, c, f.URL+"/"+gitea.Admin+"/outil-007")
	runGit(t, f.work, "reset", "-q", "--hard", "HEAD^")
}

// until lists a source until it has such a repository: Gitea notes activity after its answer to git.
func (f *giteaForge) until(t *testing.T, sc SourceConfig, want func(Repository) bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		list, err := listAll(t, sc, Config{}, "")
		must(t, err)
		if slices.ContainsFunc(list, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not listed within a minute, among %d", len(list))
		}
	}
}

// goesOn ends crawls of an organisation in the middle: what has been brought is not brought again, and nothing is left out.
func (f *giteaForge) goesOn(t *testing.T) {
	network := &asking{}
	dir := t.TempDir()
	sc := SourceConfig{Kind: KindGitea, URL: f.URL, Organisation: orgA}
	brought := map[string]int{}
	for run := 0; ; run++ {
		c := openCrawler(t, dir, network.through, func(cfg *Config) { cfg.Jobs = 1 })
		ctx, count := afterNew(t.Context(), 15)
		sum, err := c.Crawl(ctx, []SourceConfig{sc}, func(e Event) {
			if e.Kind == New {
				brought[e.Repository.URL]++
			}
			count(e)
		})
		c.Close()
		if err == nil {
			if sum.Waiting != 0 || sum.Failed != 0 {
				t.Errorf("%+v", sum)
			}
			break
		}
		if ctx.Err() == nil || run > 20 {
			t.Fatalf("run %d: %+v, %v", run, sum, err)
		}
	}
	most := slices.Max(slices.Collect(maps.Values(brought)))
	if want := f.of(orgA); len(brought) != len(want) || most != 1 {
		t.Errorf("%d of %d repositories were brought, one of them %d times", len(brought), len(want), most)
	}
}

// whatBecameOfIt renames, closes, hides and deletes: git alone cannot tell these apart, the API can.
func (f *giteaForge) whatBecameOfIt(t *testing.T) {
	c := openCrawler(t, t.TempDir())
	sc := SourceConfig{Name: "devenir", Kind: KindGitea, URL: f.URL, Organisation: "devenir"}
	must(t, f.Organisation(t.Context(), "devenir"))
	names := []string{"devenir/reste", "devenir/renomme", "devenir/clos", "devenir/cache", "devenir/efface"}
	must(t, f.AdoptAll(t.Context(), names, func(int) string { return f.bare }))
	if sum, err := c.Crawl(t.Context(), []SourceConfig{sc}, nil); err != nil || sum.New != len(names) {
		t.Fatalf("%+v, %v", sum, err)
	}
	f.api(t, http.MethodPatch, "/repos/devenir/renomme", map[string]any{"name": "nouveau-nom"}, nil)
	f.api(t, http.MethodPatch, "/repos/devenir/clos", map[string]any{"archived": true}, nil)
	f.api(t, http.MethodPatch, "/repos/devenir/cache", map[string]any{"private": true}, nil)
	f.api(t, http.MethodDelete, "/repos/devenir/efface", nil, nil)

	known := map[string]Repository{}
	for s, err := range c.Snapshots(t.Context()) {
		must(t, err)
		known[s.Name] = s.Repository
	}
	hidden := Status{State: StateDeleted, Either: true} // to whoever may not see it
	for token, cache := range map[string]Status{"": hidden, f.Token: {State: StatePrivate}} {
		asked := sc
		if token != "" {
			asked.TokenEnv = "T"
		}
		source, err := NewSource(asked, withToken(token))
		must(t, err)
		for name, want := range map[string]Status{
			"reste": {State: StatePresent}, "renomme": {State: StateMoved, URL: f.URL + "/devenir/nouveau-nom"}, "clos": {State: StateArchived},
			"cache": cache, "efface": hidden,
		} {
			got, err := source.(Confirmer).Status(t.Context(), known[name])
			if err != nil || got.State != want.State || got.Either != want.Either || want.URL != "" && got.URL != want.URL {
				t.Errorf("%s, with the token %q: %+v, %v; want %+v", name, token, got, err, want)
			}
		}
	}
	// Over git, what is deleted or hidden answers 401, as if a password would do.
	for _, name := range []string{"cache", "efface"} {
		resp, err := http.Get(f.URL + "/devenir/" + name + ".git/info/refs?service=git-upload-pack")
		must(t, err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s answers %s over git", name, resp.Status)
		}
		if e := crawlOne(t, c, gitSource(f.URL+"/devenir/"+name)); e.Kind != Vanished || e.Until.IsZero() {
			t.Errorf("%s, fetched again: %+v", name, e)
		}
	}
}
