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
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
	"communs/crawler/polite"
)

// swhSource is a search in an archive, whose origins may be at that git server.
func swhSource(archive *heritagetest.Server, server *gitServer, text string) SourceConfig {
	return SourceConfig{Name: "archive", Kind: KindSWH, URL: archive.URL, Search: text, Hosts: []string{server.Listener.Addr().String()}}
}

// TestTheArchiveIsASource: what it names is fetched from where it still is, page by page, with its token; a later crawl asks for the same
// pages only whether they have changed.
func TestTheArchiveIsASource(t *testing.T) {
	server, archive := newGitServer(t), heritagetest.New(t)
	for i := range 5 {
		address, work := server.create(t, fmt.Sprintf("tool%d.git", i))
		commitFiles(t, work, "f", fmt.Sprint(i))
		runGit(t, work, "push", "-q", "origin", "main")
		archive.Origins = append(archive.Origins, address)
	}
	archive.Origins = append(archive.Origins, "https://elsewhere.example/x", "svn+ssh://host/"+server.Listener.Addr().String()+"/tool")
	archive.Page, archive.Token, archive.Limit = 2, "a-secret", 100
	sc := swhSource(archive, server, server.Listener.Addr().String()+"/tool")
	sc.TokenEnv = "SWH_TOKEN"
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Env = func(string) string { return "a-secret" } })
	dry, err := c.CrawlWith(t.Context(), []SourceConfig{sc}, Options{DryRun: true}, nil)
	if asked := server.asked(); err != nil || dry.Found != 5 || dry.New != 5 || len(asked) != 5 { // for references
		t.Fatalf("%+v, %v; asked for %v", dry, err, asked)
	}
	sum, err := c.Crawl(t.Context(), []SourceConfig{sc}, nil)
	if err != nil || sum.Found != 5 || sum.New != 5 || sum.Skipped != 1 || sum.Failed != 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if asked := archive.Asked(); len(asked) != 6 { // three pages each time
		t.Errorf("asked for %v", asked)
	}
	sum, err = c.Crawl(t.Context(), []SourceConfig{sc}, nil)
	if err != nil || sum.Unchanged != 5 {
		t.Errorf("%+v, %v", sum, err)
	}
	sum, err = c.CrawlWith(t.Context(), []SourceConfig{sc}, Options{Since: time.Now()}, nil) // which the archive cannot tell
	if err != nil || sum.Unchanged != 5 {
		t.Errorf("%+v, %v", sum, err)
	}
	for _, e := range traces(t, c.cfg.Dir, "a-secret") {
		t.Errorf("the token is in %s", e)
	}
}

// TestRecordedOriginsAreListed as the archive gave them one day.
func TestRecordedOriginsAreListed(t *testing.T) {
	server, archive := newGitServer(t), heritagetest.New(t)
	var recorded []heritage.Origin
	data, err := os.ReadFile(filepath.Join("heritage", "testdata", "search-python.json"))
	if err == nil {
		err = json.Unmarshal(data, &recorded)
	}
	must(t, err)
	for _, o := range recorded {
		archive.Origins = append(archive.Origins, o.URL)
	}
	archive.Page = 2
	source, err := NewSource(swhSource(archive, server, "ython"), Config{UserAgent: testAgent})
	must(t, err)
	var got []string
	for r, err := range source.Repositories(t.Context(), "") {
		must(t, err)
		if got = append(got, r.URL); r.Name == "" || r.Owner == "" || r.Source != "archive" {
			t.Errorf("%+v", r)
		}
	}
	if !slices.Equal(got, archive.Origins) {
		t.Errorf("got %v", got)
	}
}

// TestASearchGoesOnWhereItWasStopped, by a budget; a place that the archive does not know any more is where it begins anew.
func TestASearchGoesOnWhereItWasStopped(t *testing.T) {
	server, archive := newGitServer(t), heritagetest.New(t)
	for i := range 4 {
		address, work := server.create(t, fmt.Sprintf("tool%d.git", i))
		commitFiles(t, work, "f", fmt.Sprint(i))
		runGit(t, work, "push", "-q", "origin", "main")
		archive.Origins = append(archive.Origins, address)
	}
	archive.Page = 1
	sc := swhSource(archive, server, "tool")
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Jobs = 1 })
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := c.Crawl(ctx, []SourceConfig{sc}, func(e Event) {
		if e.Kind == New {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	archive.Asked()
	sum, err := c.Crawl(t.Context(), []SourceConfig{sc}, nil)
	asked := archive.Asked()
	if err != nil || sum.New+sum.Unchanged < 3 || len(asked) == 0 || !strings.Contains(asked[0], "page_token=after-") {
		t.Errorf("%+v, %v, asked %v", sum, err, asked)
	}
	st, err := c.store.source(t.Context(), "archive")
	must(t, err)
	st.cursor = place{At: "after-9999"}.cursor()
	must(t, c.store.setSource(t.Context(), "archive", st))
	if sum, err := c.Crawl(t.Context(), []SourceConfig{sc}, nil); err != nil || sum.Unchanged != 4 || sum.Failed > 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// TestAnArchiveThatMisbehaves is named, and what stands beside it is crawled.
func TestAnArchiveThatMisbehaves(t *testing.T) {
	server := newGitServer(t)
	good, work := server.create(t, "good.git")
	commitFiles(t, work, "f", "x")
	runGit(t, work, "push", "-q", "origin", "main")
	answer := func(status int, kind, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			fmt.Fprint(w, text)
			return true
		}
	}
	linked := func(next func(r *http.Request) string, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Link", "<"+next(r)+`>; rel="next"`)
			fmt.Fprint(w, body)
			return true
		}
	}
	for name, tc := range map[string]struct {
		spoil func(http.ResponseWriter, *http.Request) bool
		limit int
		want  Reason
	}{
		"400":           {spoil: answer(400, "application/json", `{"exception":"BadInputExc","reason":"no"}`), want: ReasonServer},
		"404":           {spoil: answer(404, "application/json", `{"exception":"NotFoundExc","reason":"no"}`), want: ReasonNotFound},
		"429":           {limit: 1, want: ReasonLater},
		"500":           {spoil: answer(500, "text/html", "<html>"), want: ReasonServer},
		"HTML for JSON": {spoil: answer(200, "text/html", "<html>a page</html>"), want: ReasonNotJSON},
		"cut":           {spoil: answer(200, "application/json", `[{"url":"https://example.org/x`), want: ReasonBroken},
		"too large":     {spoil: answer(200, "application/json", `["`+strings.Repeat("x", 2<<20)+`"]`), want: ReasonTooBig},
		"the same page": {spoil: linked(func(r *http.Request) string { return "https://x/?page_token=same" }, `[{"url":"https://a.example/b"}]`), want: ReasonPages},
		"pages in a circle": {spoil: linked(func(r *http.Request) string {
			return "https://x/?page_token=" + map[string]string{"": "a", "a": "b", "b": "a"}[r.URL.Query().Get("page_token")]
		}, `[]`), want: ReasonPages},
		"empty pages without end": {spoil: linked(func(r *http.Request) string {
			return "https://x/?page_token=" + r.URL.Query().Get("page_token") + "x"
		}, `[]`), want: ReasonPages},
	} {
		t.Run(name, func(t *testing.T) {
			archive := heritagetest.New(t)
			archive.Spoil, archive.Limit = tc.spoil, tc.limit
			if tc.limit > 0 {
				archive.Origins, archive.Page = []string{good, good + "2", good + "3"}, 1
			}
			c := openCrawler(t, t.TempDir(), func(cfg *Config) {
				cfg.Polite, cfg.MaxPage = polite.Config{Retries: -1, Patience: time.Second}, 1<<20
			})
			sum, err := c.Crawl(t.Context(), []SourceConfig{swhSource(archive, server, "x"), gitSource(good)}, nil)
			if tc.limit > 0 { // what came before is kept
				sum, err = c.Crawl(t.Context(), []SourceConfig{swhSource(archive, server, "good"), gitSource(good)}, nil)
			}
			if err != nil || sum.New+sum.Unchanged == 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			var list *ListError
			var fault *FetchError
			i := slices.IndexFunc(sum.Failures, func(f Failure) bool { return f.URL == "" })
			if i < 0 || !errors.As(sum.Failures[i].Err, &list) || list.Source != "archive" {
				t.Fatalf("%+v", sum.Failures)
			}
			if !errors.As(sum.Failures[i].Err, &fault) || fault.Reason != tc.want {
				t.Errorf("%v, want %s", sum.Failures[i].Err, tc.want)
			}
		})
	}
}

// TestWhatNoServerGivesAnyMore is told with the way to bring it back, or brought back where the operator wants it: ordered at one crawl,
// received at a later one, marked, kept while its origin is gone, and its origin's again when that is back.
func TestWhatNoServerGivesAnyMore(t *testing.T) {
	ctx := t.Context()
	server, archive := newGitServer(t), heritagetest.New(t)
	bare, address, id := lostRepository(t, server)
	archive.Origins = []string{address, server.URL + "/never-seen"}
	archive.Snapshots[id] = heritage.Branches(gitReferences(t, bare))
	archive.Visits[address] = fmt.Sprintf(`{"origin":%q,"date":"2026-01-02T03:04:05+00:00","status":"full","type":"git","visit":1,"snapshot":"%x"}`, address, id.Hash)
	archive.Cooking = 1
	hold(archive, id, cooked(t, bare, id))
	dir := t.TempDir()
	c := openCrawler(t, dir)
	sc := swhSource(archive, server, "http")
	states := func(want string) Summary {
		t.Helper()
		sum, err := c.Crawl(ctx, []SourceConfig{sc}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, left := range sum.Left {
			var away *LostError
			if !errors.As(left.Err, &away) {
				t.Fatalf("%+v", left)
			}
			got = append(got, away.State)
		}
		if slices.Sort(got); strings.Join(got, " ") != want || sum.Failed > 0 {
			t.Errorf("%v, %+v, want %s", got, sum, want)
		}
		return sum
	}
	states("lost lost")
	sc.Restore = true
	states("cooking nowhere")
	must(t, c.Close())
	c = openCrawler(t, dir) // another run
	if sum := states("nowhere"); sum.New != 1 || sum.Bytes == 0 {
		t.Errorf("%+v", sum)
	}
	fsck(t, c, address)
	if a, err := c.ArchiveOf(ctx, address); err != nil || a.Restored != id || a.Holds != HoldsSnapshot {
		t.Errorf("%+v, %v", a, err)
	}
	j, err := c.Journal(ctx, address, 0)
	if err != nil || len(j.Entries) == 0 || j.Entries[0].Kind != WasRestored || j.Entries[0].Why != id.String() {
		t.Errorf("%+v, %v", j, err)
	}
	if left, err := os.ReadDir(c.staging()); err == nil && len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if sum := states("nowhere"); sum.Unchanged != 1 {
		t.Errorf("%+v", sum)
	}
	must(t, os.CopyFS(filepath.Join(server.root, "lost.git"), os.DirFS(bare)))
	if sum := states("nowhere"); sum.Unchanged != 1 {
		t.Errorf("%+v", sum)
	}
	if a, err := c.ArchiveOf(ctx, address); err != nil || !a.Restored.IsZero() {
		t.Errorf("its origin is back: %+v, %v", a, err)
	}

	// Whoever asked not to be here is not brought back, whatever the archive has.
	must(t, os.RemoveAll(filepath.Join(server.root, "lost.git")))
	c = openCrawler(t, t.TempDir())
	_, err = c.Forbid(ctx, server.URL+"/*", "our wish")
	must(t, err)
	archive.Asked()
	if sum, err := c.Crawl(ctx, []SourceConfig{sc}, nil); err != nil || sum.Withdrawn != 2 || sum.New != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	for _, asked := range archive.Asked() {
		if !strings.Contains(asked, "search") {
			t.Error("the archive was asked", asked)
		}
	}
}

// TestAListOfOriginsIsASource too: of what is not there any more, it tells the same.
func TestAListOfOriginsIsASource(t *testing.T) {
	server := newGitServer(t)
	address, work := server.create(t, "tool.git")
	commitFiles(t, work, "f", "x")
	runGit(t, work, "push", "-q", "origin", "main")
	empty := httptest.NewServer(http.NotFoundHandler())
	defer empty.Close()
	list := filepath.Join(t.TempDir(), "origins.txt")
	must(t, os.WriteFile(list, []byte("# origins\n"+address+"\n"+empty.URL+"/a/b\n"), 0o644))
	c := openCrawler(t, t.TempDir())
	sum, err := c.Crawl(t.Context(), []SourceConfig{{Name: "list", Kind: KindSWH, Path: list,
		Hosts: []string{server.Listener.Addr().String(), empty.Listener.Addr().String()}}}, nil)
	var away *LostError
	if err != nil || sum.New != 1 || len(sum.Left) != 1 || !errors.As(sum.Left[0].Err, &away) || away.State != "lost" {
		t.Errorf("%+v, %v", sum, err)
	}
	for _, sc := range []SourceConfig{{Kind: KindSWH}, {Kind: KindSWH, Search: "x", Path: list}, {Kind: KindGit, URL: address, Restore: true}} {
		var bad *ConfigError
		if err := sc.check(); !errors.As(err, &bad) {
			t.Errorf("%+v: %v", sc, err)
		}
	}
}
