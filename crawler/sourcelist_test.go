// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestListsAndCatalogues reads every shape, and names the entries that it cannot follow.
func TestListsAndCatalogues(t *testing.T) {
	for name, tc := range map[string]struct {
		kind, text string
		want       []string
		left       int
	}{
		"lines":       {KindList, "\xef\xbb\xbf# ours\r\n\r\nhttps://h/a.git\r\n  https://h/b # b\nhttps://h/c#x\nfile:///etc\ngit@h:a\n", []string{"https://h/a.git", "https://h/b"}, 3},
		"array":       {KindCatalogue, `[{"name":"a","repository_url":"https://h/a","is_fork":true}, "https://h/b", {"name":"x"}, 7]`, []string{"https://h/a", "https://h/b"}, 2},
		"object":      {KindCatalogue, `{"meta":{"url":"https://h/no"},"data":[{"id":"1","url":"https://h/a"},{"publiccode":{"url":"https://h/b.git"}}]}`, []string{"https://h/a", "https://h/b.git"}, 0},
		"empty":       {KindCatalogue, `{"data":[]}`, nil, 0},
		"GitHub":      {KindCatalogue, `[{"url":"https://api/x","html_url":"https://h/a","clone_url":"https://h/a.git","topics":["t"]}]`, []string{"https://h/a.git"}, 0},
		"JSON lines":  {KindCatalogue, "{\"url\":\"https://h/a\",\"topics\":[\"x\"]}\n{\"url\":\"https://h/b\"}\n", []string{"https://h/a", "https://h/b"}, 0},
		"commas":      {KindCatalogue, "name,Repository URL,description\na,https://h/a,\"x, y\"\nb,,\nc,nonsense,\n", []string{"https://h/a"}, 2},
		"semicolons":  {KindCatalogue, "\xef\xbb\xbfNom;URL du dépôt;Url\nA;https://h/a;https://h/page\n", []string{"https://h/page"}, 0},
		"codemeta":    {KindCatalogue, `{"software":[{"codeRepository":"https://h/a"}]}`, []string{"https://h/a"}, 0},
		"credentials": {KindList, "https://me:secret@h/a\n", nil, 1},
	} {
		file := filepath.Join(t.TempDir(), "list")
		must(t, os.WriteFile(file, []byte(tc.text), 0o600))
		list, left, err := listBoth(t, SourceConfig{Name: "l", Kind: tc.kind, Path: file}, forgeConfig(nil))
		var urls []string
		for _, r := range list {
			urls = append(urls, r.URL)
		}
		if err != nil || !slices.Equal(urls, tc.want) || len(left) != tc.left {
			t.Errorf("%s: %q, left out %v, %v", name, urls, left, err)
		}
		for _, err := range left {
			var entry *EntryError
			if !errors.As(err, &entry) || entry.Place != file || entry.Row == 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for name, text := range map[string]string{"nothing": "", "a page": "<html>", "prose": "no list\nat all\n", "cut off": `[{"url":"https://h/a"},`, "a number": "7"} {
		file := filepath.Join(t.TempDir(), "list")
		must(t, os.WriteFile(file, []byte(text), 0o600))
		_, _, err := listBoth(t, SourceConfig{Name: "l", Kind: KindCatalogue, Path: file}, forgeConfig(nil))
		var fault *FetchError
		if !errors.As(err, &fault) || fault.Reason != ReasonNotList {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// listBoth lists a source, and what it leaves out.
func listBoth(t *testing.T, sc SourceConfig, cfg Config) (list []Repository, left []error, last error) {
	t.Helper()
	s, err := NewSource(sc, cfg)
	must(t, err)
	for r, err := range s.Repositories(context.Background(), "") {
		var skip *SkipError
		switch {
		case errors.As(err, &skip):
			left = append(left, skip.Err)
		case err != nil:
			last = err
		default:
			list = append(list, r)
		}
	}
	return list, left, last
}

// TestACatalogueGoesOnElsewhere follows a list from page to page, on its own server only.
func TestACatalogueGoesOnElsewhere(t *testing.T) {
	next := "?page%5Bafter%5D=2"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("page[after]") == "2" {
			fmt.Fprint(w, `{"data":[{"url":"https://h/b"}],"links":{"next":null}}`)
			return
		}
		fmt.Fprintf(w, `{"data":[{"url":"https://h/a"}],"links":{"next":%q}}`, next)
	}))
	defer server.Close()
	sc := SourceConfig{Name: "l", Kind: KindCatalogue, URL: server.URL + "/v1/software"}
	if list, err := listAll(t, sc, forgeConfig(nil), ""); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	for _, next = range []string{"https://elsewhere.example/", "", "?"} {
		list, err := listAll(t, sc, forgeConfig(nil), "")
		if len(list) == 0 || len(list) > 2 || (err == nil) != (next == "") {
			t.Errorf("%q: %v, %v", next, list, err)
		}
	}
}

func FuzzCatalogue(f *testing.F) {
	for _, text := range []string{`[{"url":"https://h/a"}]`, "a,url\nb,https://h/b", `{"data":[1,{"repository":{"url":"https://h"}}],"links":{"next":"x"}}`, "{}", "[[", "\"x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []reader{readCatalogue, readList} {
			read(document{strings.NewReader(text), "f", nil}, func(r Repository, err error) bool {
				if err == nil && (AddressKey(r.URL) == "" || strings.HasPrefix(r.URL, "file:")) {
					t.Fatalf("%q gives %+v", text, r)
				}
				return true
			})
		}
	})
}

const cgitIndex = `<html><head><meta name='generator' content='cgit v1.2.3'/></head><body><table class='list'>
<tr class='nohover'><th>Name</th></tr><tr><td class='reposection'>s</td></tr>
<tr><td class='toplevel-repo'><a title='%[1]s' href='/%[1]s/'>%[1]s</a></td><td><a href='/%[1]s/'>about %[1]s</a></td><td>someone</td><td><span class='age-days' title='2026-05-01 10:00:00 +0200'>4 weeks</span></td></tr>
<tr><td class='sublevel-repo'><a title='x' href='https://elsewhere.example/x/'>x</a></td><td>d</td><td></td></tr>
</table><ul class='pager'><li><a href='?ofs=0'>[1]</a></li><li><a href='?ofs=1'>[2]</a></li></ul></body></html>`

const gitwebIndex = `<html><head><meta name="generator" content="gitweb/2.39 git/2.39"/></head><body><table class="project_list">
<tr class="dark"><td><a class="list" href="/?p=a.git;a=summary">a.git</a></td><td><a class="list" title="all of it" href="/?p=a.git;a=summary">all…</a></td><td><i>me</i></td><td class="age2">3 days ago</td></tr></table></body></html>`

// TestIndexPages lists a cgit and a gitweb, and asks for the page of what is new alone.
func TestIndexPages(t *testing.T) {
	var asked []string
	forbidden := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		w.Header().Set("Content-Type", "text/html")
		switch {
		case r.URL.Path == "/robots.txt" && forbidden:
			fmt.Fprint(w, "User-agent: *\nDisallow: /\n")
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		case r.URL.Path == "/" && r.URL.Query().Get("ofs") == "1":
			fmt.Fprintf(w, cgitIndex, "sub/b.git")
		case r.URL.Path == "/web/":
			fmt.Fprint(w, gitwebIndex)
		case strings.HasPrefix(r.URL.RawQuery, "p="):
			fmt.Fprint(w, `<table><tr class="metadata_url"><td>URL</td><td>git://h/a.git</td></tr><tr class="metadata_url"><td></td><td>https://git.example/a.git</td></tr></table>`)
		case r.URL.Path == "/":
			fmt.Fprintf(w, cgitIndex, "a.git")
		default:
			fmt.Fprintf(w, `<link rel='vcs-git' href='git://h%[1]s'/><link rel='vcs-git' href='https://git.example%[1]s'/>`, strings.TrimSuffix(r.URL.Path, "/"))
		}
	}))
	defer server.Close()
	cfg := forgeConfig(nil)
	list, err := listAll(t, SourceConfig{Name: "c", Kind: KindCGit, URL: server.URL + "/"}, cfg, "")
	if err != nil || len(list) != 2 || list[0].URL != "https://git.example/a.git" || list[1].URL != "https://git.example/sub/b.git" ||
		list[1].Name != "b" || list[0].Description != "about a.git" || list[0].Owner != "someone" || list[0].PushedAt.Day() != 1 {
		t.Errorf("cgit: %+v, %v", list, err)
	}
	asked = nil
	cfg.known = func(_ context.Context, url string) bool { return strings.Contains(url, "sub/b.git") }
	if list, err = listAll(t, SourceConfig{Name: "c", Kind: KindCGit, URL: server.URL + "/"}, cfg, ""); err != nil || len(list) != 2 || slices.Contains(asked, "/sub/b.git/") {
		t.Errorf("a known one: %+v, %v, %v", list, err, asked)
	}
	list, err = listAll(t, SourceConfig{Name: "w", Kind: KindGitWeb, URL: server.URL + "/web/"}, cfg, "")
	if err != nil || len(list) != 1 || list[0].URL != "https://git.example/a.git" || list[0].Description != "all of it" || list[0].Owner != "me" {
		t.Errorf("gitweb: %+v, %v", list, err)
	}
	forbidden, asked = true, nil
	if _, err := listAll(t, SourceConfig{Name: "c", Kind: KindCGit, URL: server.URL + "/"}, forgeConfig(nil), ""); err == nil || len(asked) != 1 {
		t.Errorf("robots.txt forbids it: %v, %v", err, asked)
	}
}

// TestConfirmers asks forges what has become of a repository.
func TestConfirmers(t *testing.T) {
	for _, kind := range forgeKinds {
		f := newForge(t, kind)
		f.token = "t"
		sc := f.owned()
		sc.TokenEnv = "T"
		path := map[string]string{KindGitLab: "path_with_namespace"}[kind]
		if path == "" {
			path = "full_name"
		}
		page := map[string]string{KindGitLab: "web_url"}[kind]
		if page == "" {
			page = "html_url"
		}
		for i, item := range f.items {
			item[path] = fmt.Sprintf("o/p%d", i)
			item[page] = f.URL + "/o/p" + fmt.Sprint(i)
			item["name"] = fmt.Sprintf("p%d", i)
			if owner, ok := item["owner"].(map[string]any); ok {
				owner["login"], owner["username"] = "o", "o"
			}
		}
		list, err := listAll(t, sc, forgeConfig(map[string]string{"T": "t"}), "")
		must(t, err)
		at := func(i int) Repository {
			return list[slices.IndexFunc(list, func(r Repository) bool { return strings.HasSuffix(r.URL, fmt.Sprint("/p", i)) })]
		}
		present, moved, private, deleted := at(4), at(1), at(2), at(3)
		f.items[4]["archived"] = false
		f.items[1][page], f.items[1][path] = f.URL+"/o/new", "o/new"
		f.items[2]["private"], f.items[2]["visibility"] = true, "private"
		archived := at(4)
		s, err := NewSource(sc, forgeConfig(map[string]string{"T": "t"}))
		must(t, err)
		confirm := s.(Confirmer)
		ask := func(what string, r Repository, want State) Status {
			got, err := confirm.Status(context.Background(), r)
			if got.State != want || (err != nil) != (want == StateUnknown) {
				t.Errorf("%s, %s: %+v, %v", kind, what, got, err)
			}
			return got
		}
		ask("present", present, StatePresent)
		if kind != KindGogs { // which has no numbers to ask for
			if got := ask("moved", moved, StateMoved); got.URL != f.URL+"/o/new" {
				t.Errorf("%s: it moved to %s", kind, got.URL)
			}
		}
		ask("private", private, StatePrivate)
		f.items[4]["archived"] = true
		ask("archived", archived, StateArchived)
		f.items = slices.Delete(f.items, 3, 4)
		if got := ask("deleted", deleted, StateDeleted); !got.Either {
			t.Errorf("%s: it may have been made private", kind)
		}
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "<html>no such page</html>", http.StatusNotFound)
			return true
		}
		ask("a proxy says 404", present, StateUnknown)
	}
	f := newForge(t, KindGitHub) // a rename, as recorded
	var answers []struct {
		Path     string
		Status   int
		Response map[string]any
	}
	recorded(t, "github-rename.json", &answers)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		path := strings.TrimPrefix(r.URL.Path, "/api/v3")
		i := slices.IndexFunc(answers, func(a struct {
			Path     string
			Status   int
			Response map[string]any
		}) bool {
			return a.Path == path
		})
		if answers[i].Status == http.StatusMovedPermanently {
			w.Header().Set("Location", f.URL+"/api/v3/repositories/1000")
			w.WriteHeader(answers[i].Status)
		}
		f.answer(w, r, answers[i].Response)
		return true
	}
	s, err := NewSource(f.owned(), forgeConfig(nil))
	must(t, err)
	got, err := s.(Confirmer).Status(context.Background(), Repository{URL: f.URL + "/octokit-fixture-org/rename-repository"})
	if err != nil || got.State != StateMoved || got.URL != "https://github.com/octokit-fixture-org/rename-repository-newname" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestSourcesAreRecognised by as few requests as will do.
func TestSourcesAreRecognised(t *testing.T) {
	server := newGitServer(t)
	address, _ := server.create(t, "tool")
	for _, tc := range []struct {
		kind, path string
		want       scope
		requests   int
	}{
		{KindGitLab, "", scope{}, 1}, {KindGitLab, "/a/group", scope{fieldGroup, theGroup}, 3}, {KindGitLab, "/" + theOwner, scope{fieldUser, theOwner}, 4},
		{KindGitLab, "/explore/projects/topics/x", scope{fieldTopic, "x"}, 2},
		{KindGitea, "", scope{}, 2}, {KindGitea, "/" + theOwner, scope{fieldOrganisation, theOwner}, 3}, {KindForgejo, "", scope{}, 2},
	} {
		f := newForge(t, tc.kind)
		sc, err := Recognise(context.Background(), SourceConfig{URL: f.URL + tc.path}, forgeConfig(nil))
		if err != nil || sc.Kind != tc.kind || sc.scope() != tc.want || sc.URL != f.URL || len(f.requests) != tc.requests {
			t.Errorf("%s%s: %+v in %d requests %v, %v", tc.kind, tc.path, sc, len(f.requests), f.requests, err)
		}
	}
	for url, want := range map[string]string{address: KindGit, "https://h.example/a.git": KindGit, "https://github.com/topics/x": KindGitHub, "https://github.com/a/b": KindGit} {
		if sc, err := Recognise(context.Background(), SourceConfig{URL: url}, forgeConfig(nil)); err != nil || sc.Kind != want {
			t.Errorf("%s: %+v, %v", url, sc, err)
		}
	}
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, text := "text/html", map[string]string{"/cgit": fmt.Sprintf(cgitIndex, "a"), "/gitweb": gitwebIndex,
			"/gogs": `<html><meta name="keywords" content="go, git, self-hosted, gogs">`}[r.URL.Path]
		switch r.URL.Path {
		case "/list":
			kind, text = "text/plain; charset=utf-8", "https://h/a\n"
		case "/catalogue":
			kind, text = "application/json", "[]"
		}
		if text == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, text)
	}))
	defer pages.Close()
	for _, kind := range []string{KindCGit, KindGitWeb, KindGogs, KindList, KindCatalogue, KindGit} {
		if sc, err := Recognise(context.Background(), SourceConfig{URL: pages.URL + "/" + kind}, forgeConfig(nil)); err != nil || sc.Kind != kind {
			t.Errorf("%s: %+v, %v", kind, sc, err)
		}
	}
}

func TestSourcesThatAreNotWrittenRight(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	must(t, os.WriteFile(open, []byte("hunter2"), 0o644))
	two := filepath.Join(t.TempDir(), "two")
	must(t, os.WriteFile(two, []byte("hunter2 hunter3"), 0o600))
	for _, tc := range []struct {
		sc             SourceConfig
		field, problem string
	}{
		{SourceConfig{Kind: "svn"}, "kind", "unknown-kind"}, {SourceConfig{}, "kind", "missing"}, {SourceConfig{Kind: KindGit}, "url", "missing"},
		{SourceConfig{Kind: KindFolder}, "path", "missing"}, {SourceConfig{Kind: KindFolder, URL: "/srv/code"}, "path", "path"},
		{SourceConfig{Kind: KindBuild, URL: "https://h/a"}, "path", "path"}, {SourceConfig{Kind: KindGit, URL: "file:///srv/a.git"}, "path", "path"},
		{SourceConfig{Kind: KindGitLab}, "group", "missing"}, {SourceConfig{Kind: KindGitLab, URL: "https://gitlab.com"}, "group", "missing"},
		{SourceConfig{Kind: KindGitHub, URL: "https://github.com"}, "organisation", "missing"}, {SourceConfig{Kind: KindGitea}, "url", "missing"},
		{SourceConfig{Kind: KindList}, "url", "missing"}, {SourceConfig{Kind: KindList, URL: "/srv/list"}, "path", "path"},
		{SourceConfig{Kind: KindGitHub, Organisation: "o", User: "u"}, "user", "together"}, {SourceConfig{Kind: KindGitea, URL: "https://h", Group: "g"}, "group", "not-for"},
		{SourceConfig{Kind: KindGitea, URL: "https://h", Hosts: []string{"git.h:3000", "http://x/"}}, "hosts", "host"}, {SourceConfig{Kind: KindGitea, URL: "https://h", Hosts: []string{""}}, "hosts", "host"},
		{SourceConfig{Kind: KindGogs, URL: "https://h", Topic: "t"}, "topic", "not-for"}, {SourceConfig{Kind: KindGitHub, User: "u", TokenEnv: "A", TokenFile: "b"}, "token_file", "together"},
		{SourceConfig{Kind: KindGitHub, User: "u", TokenEnv: "NONE"}, "token_env", "no-token"}, {SourceConfig{Kind: KindGitHub, User: "u", TokenFile: two + "x"}, "token_file", "token-unreadable"},
		{SourceConfig{Kind: KindGitHub, User: "u", TokenFile: open}, "token_file", "token-open"}, {SourceConfig{Kind: KindGitHub, User: "u", TokenFile: two}, "token_file", "bad-token"},
	} {
		if tc.problem == "token-open" && runtime.GOOS == "windows" {
			continue
		}
		tc.sc.Name, tc.sc.Place, tc.sc.Places = "x", "communs.toml:3", map[string]string{tc.field: "communs.toml:5"}
		_, err := NewSource(tc.sc, forgeConfig(nil))
		var bad *ConfigError
		if !errors.As(err, &bad) || bad.Source != "communs.toml:5, x" || bad.Field != tc.field || bad.Problem != tc.problem || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%+v: %v", tc.sc, err)
		}
	}
	_, err := NewSource(SourceConfig{Kind: KindGit, URL: "https://me:hunter2@h/a"}, forgeConfig(nil))
	var bad *AddressError
	if !errors.As(err, &bad) || bad.Problem != "credentials" || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

// TestALargeInstanceIsListedInBoundedMemory lists a hundred thousand projects.
func TestALargeInstanceIsListedInBoundedMemory(t *testing.T) {
	const total = 100_000
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		after := 0
		fmt.Sscan(r.URL.Query().Get("id_after"), &after)
		w.Header().Set("Content-Type", "application/json")
		if after+perPage < total {
			w.Header().Set("Link", `<https://h/>; rel="next"`)
		}
		sep := "["
		for id := after + 1; id <= min(after+perPage, total); id++ {
			fmt.Fprintf(w, `%s{"id":%d,"path":"p%[2]d","path_with_namespace":"g/p%[2]d","web_url":"https://h/g/p%[2]d","http_url_to_repo":"https://h/g/p%[2]d.git","description":%q}`, sep, id, strings.Repeat("d", 500))
			sep = ","
		}
		fmt.Fprint(w, "]")
	}))
	defer server.Close()
	s, err := NewSource(SourceConfig{Name: "x", Kind: KindGitLab, URL: server.URL}, forgeConfig(nil))
	must(t, err)
	count, most := 0, uint64(0)
	var stats runtime.MemStats
	for _, err := range s.Repositories(context.Background(), "") {
		must(t, err)
		if count++; count%10_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapAlloc)
		}
	}
	if count != total || most > 64<<20 {
		t.Errorf("%d repositories, %d MB at most", count, most>>20)
	}
}
