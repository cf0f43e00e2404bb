// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/crawler/heritage"
	"communs/internal/operations"
	"communs/internal/words"
)

var reported = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

// hostileServer is what a stranger may call a server, or an operator a source.
const hostileServer = "<script>alert(1)</script>\u202eevil"

// fullReport is one in which something of everything has happened.
func fullReport() *operations.Report {
	began, ended := reported.Add(-2*time.Hour), reported.Add(-time.Hour)
	until := reported.Add(30 * time.Minute)
	return &operations.Report{Time: reported, Version: "v1.2.3", HostsAsked: 60,
		Needs: []operations.Need{{Kind: operations.NeedSource, Source: hostileServer, Why: "server"}, {Kind: operations.NeedFailed, Source: "Forge", N: 3},
			{Kind: operations.NeedHost, Host: hostileServer, Why: "network", Until: &until}, {Kind: operations.NeedHost, Host: "10.0.0.7", Internal: true, Why: "server", Until: &until},
			{Kind: operations.NeedContact}, {Kind: operations.NeedRunFailed, Why: "/srv/secret"}, {Kind: operations.NeedRunKilled}, {Kind: operations.NeedNever},
			{Kind: operations.NeedStale, N: 8}, {Kind: operations.NeedReview, N: 2}, {Kind: operations.NeedFaults, N: 1}, {Kind: operations.NeedQueue, N: 5, Until: &began}},
		Runs: []operations.Run{{Began: began, Ended: &ended, Outcome: "budget-time", Seconds: 3600, CPU: 12.25, Requests: 12345, Bytes: 98_700_000, Found: 310, New: 12, Changed: 4, Failed: 3},
			{Began: began, Outcome: operations.UnderWay}, {Began: began, Outcome: "failed", Why: "disk"}},
		Sources: []operations.Source{
			{Name: hostileServer, Kind: "gitlab", Configured: true, Followed: &began, Listed: &began, Crawled: &began, Mirrored: 9, Waiting: 4,
				Last: &crawler.Tally{Found: 12, New: 3, Failed: 2, Why: map[string]int{"silent": 2, "opt-out": 1, "<b>/srv/x": 1}, Broken: "server"}},
			{Name: "Forge secrète", Internal: true, Kind: "gitea", Last: &crawler.Tally{Found: 1}}, {Name: "list", Kind: "list"}},
		Hosts: []operations.Host{{Host: hostileServer, Requests: 30, Bytes: 99, Faults: 5, Resting: true, Until: until.Format(time.RFC3339), Why: "network"},
			{Host: "10.0.0.7", Internal: true, Requests: 3, Limited: 1, Waited: 12.5, Until: until.Format(time.RFC3339), Why: "retry-after"}, {Host: "git.example.org", Requests: 1}},
		Queue: operations.Queue{Length: 4, Oldest: &began}, Hooked: operations.Queue{}, Repositories: operations.Repositories{Mirrored: 9, Missing: 1, Hidden: 2, Review: 1},
		Archive: &crawler.ArchiveCoverage{Repositories: 9, Held: 5}, Stored: &operations.Stored{Mirrors: 2_000_000_000, Index: 20_000, Database: 300, Time: ended},
		Index: &operations.Index{Generation: 7, Repositories: 9, Files: 80, Blocks: 90_000, Bytes: 5000},
	}
}

func behindTheScenes(c *Config) {
	c.Operations = Operations{Report: func(context.Context) (*operations.Report, error) { return fullReport(), nil }}
}

// TestOperationsPage tells everything in both languages, in a page that a validator accepts, with neither markup nor hidden characters of
// strangers, nor what is nobody's business.
func TestOperationsPage(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for path, want := range map[string][]string{
		"/exploitation": {"Exploitation", "source interne", "serveur interne", "budget de temps épuisé", "échec (dossier de données non inscriptible)", "98,7 Mo",
			"liste interrompue, faute du serveur, serveur muet (2), autre raison (1), exclu par son propriétaire (1)", "laissé en paix jusqu’au 20 novembre 2026, 10:00 (UTC) (serveur injoignable)",
			"Le dernier parcours a échoué : autre raison.", "5 sur 9", "4, le plus ancien depuis le 20 novembre 2026, 07:30 (UTC)", "communs gone", "12 345"},
		"/operations?lang=en": {"Operations", "internal source", "budget of time used up", "left alone until 20 November 2026", "has us wait until", "5 of 9", "Processor"},
	} {
		w := get(h, path)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: HTTP %d", path, w.Code)
		}
		body := w.Body.String()
		for _, fault := range checkPage(body) {
			t.Errorf("%s: %s", path, fault)
		}
		page := strings.ReplaceAll(strings.ReplaceAll(html.UnescapeString(body), "\u202f", " "), "\u00a0", " ")
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s: no %q", path, text)
			}
		}
		for _, bad := range []string{"<script>alert", "\u202e", "10.0.0.7", "secrète", "/srv/", "web.operations", "crawl.why", "%!"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s: %q is shown", path, bad)
			}
		}
		if !strings.Contains(body, "&lt;script&gt;") || !strings.Contains(body, `<span class=ctl>`) {
			t.Errorf("%s: what a stranger wrote is not shown as it is", path)
		}
	}
	if body := get(h, "/").Body.String(); !strings.Contains(body, `href="/exploitation"`) {
		t.Error("no page leads there")
	}
}

// TestOperationsSentencesAreUsed: each is named in the page's code or template, or ends in a word of the report.
func TestOperationsSentencesAreUsed(t *testing.T) {
	var text string
	for _, name := range []string{"operations.go", "templates/operations.html", "templates/layout.html"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range catalog.Keys(words.French) {
		name, ours := strings.CutPrefix(key, "web.operations.")
		kind, need := strings.CutPrefix(name, "need.")
		if !ours || need && slices.Contains(operations.NeedKinds(), kind) || strings.HasPrefix(name, "how.") {
			continue
		}
		if !strings.Contains(text, `"`+name+`"`) && !strings.Contains(text, `"`+key+`"`) {
			t.Errorf("%s is used nowhere", key)
		}
	}
	for _, kind := range operations.NeedKinds() {
		if !catalog.Printer(words.English).Has("web.operations.need." + kind) {
			t.Errorf("a need has no sentence: %s", kind)
		}
	}
}

// TestOperationsForWhom: for everybody, for this machine alone, for nobody; and a report that cannot be read is an error of ours.
func TestOperationsForWhom(t *testing.T) {
	local := newServer(t, newFake(), func(c *Config) { c.Operations.Local = true })
	from := func(h http.Handler, path, address, host string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr, r.Host = address, host
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/exploitation", "/api/v1/operations", "/api/v1/sources"} {
		for _, c := range []struct {
			address, host string
			header        []string
			want          int
		}{
			{"127.0.0.1:4000", "localhost:8080", nil, 200}, {"[::1]:4000", "[::1]:8080", nil, 200}, {"[::ffff:127.0.0.1]:1", "127.0.0.1", nil, 200},
			{"192.0.2.7:4000", "localhost:8080", nil, 404}, {"127.0.0.1:4000", "code.example.org", nil, 404}, {"127.0.0.1:4000", "127.0.0.1.evil.example", nil, 404},
			{"127.0.0.1:4000", "localhost", []string{"X-Forwarded-For", "192.0.2.7"}, 404}, {"127.0.0.1:4000", "localhost", []string{"Forwarded", "for=192.0.2.7"}, 404},
			{"127.0.0.1:4000", "localhost", []string{"Via", "1.1 proxy"}, 404}, {"", "localhost", nil, 404},
		} {
			w := from(local, path, c.address, c.host, c.header...)
			if w.Code != c.want {
				t.Errorf("%s from %s to %s with %q: HTTP %d, want %d", path, c.address, c.host, c.header, w.Code, c.want)
			}
			if c.want == 200 && (!strings.Contains(w.Body.String(), "secrète") && path != "/exploitation" || w.Header().Get("Cache-Control") != "no-store") {
				t.Errorf("%s: on this machine it is not whole, or kept: %s", path, w.Header().Get("Cache-Control"))
			}
		}
	}
	if strings.Contains(get(local, "/").Body.String(), "/exploitation") {
		t.Error("a page that is not for everybody is linked")
	}
	if w := get(newServer(t, newFake(), func(c *Config) { c.Operations = Operations{} }), "/exploitation"); w.Code != 404 {
		t.Errorf("without a report: HTTP %d", w.Code)
	}
	broken := newServer(t, newFake(), func(c *Config) {
		c.Operations.Report = func(context.Context) (*operations.Report, error) { return nil, errors.New("damaged /srv/x") }
		c.Logger = nil
	})
	if w := get(broken, "/exploitation"); w.Code != 500 || strings.Contains(w.Body.String(), "/srv/x") {
		t.Errorf("broken: HTTP %d %s", w.Code, w.Body)
	}
}

// TestOperationsAPI gives what the page shows, open to all.
func TestOperationsAPI(t *testing.T) {
	h := newServer(t, newFake(), nil)
	var rep operations.Report
	ask(t, h, "/api/v1/operations", &rep)
	if len(rep.Needs) != 12 || rep.Sources[1].Name != "" || !rep.Sources[1].Internal || rep.Hosts[1].Host != "" || rep.Index.Blocks != 90_000 || rep.Sources[0].Last.Why["silent"] != 2 {
		t.Errorf("got %+v", rep)
	}
	var list sourceList
	ask(t, h, "/api/v1/sources", &list)
	if list.Total != 3 || len(list.Sources) != 3 || list.Sources[0].Name != hostileServer || list.Sources[1].Name != "" {
		t.Errorf("got %+v", list)
	}
}

// TestRepositoryAPI: one repository with its archive status and its past, under its old addresses too; nothing of one that is not shown, and
// no reason that is not of the list.
func TestRepositoryAPI(t *testing.T) {
	f := newFake()
	url := f.repos[0].info.URL
	f.repos[0].info.Aliases = []string{"https://old.example.org/a"}
	commit := strings.Repeat("0123456789abcdef", 3)[:40]
	hash, err := crawler.ParseHash(commit)
	if err != nil {
		t.Fatal(err)
	}
	j := &crawler.Journal{URL: url, Since: reported, Entries: []crawler.Happening{
		{Kind: crawler.WasNotBrought, Why: "silent", Times: 3, First: reported, Time: reported}, {Kind: crawler.WasWithdrawn, Why: "court order", Times: 1, Time: reported, First: reported}}}
	h := newServer(t, f, func(c *Config) {
		c.Journal = func(_ context.Context, at string, n int) (*crawler.Journal, error) {
			if at != url {
				return nil, &crawler.UnknownError{}
			}
			return j, nil
		}
		c.Archived = func(context.Context, string) (crawler.Archived, error) {
			return crawler.Archived{URL: url, Revision: heritage.ID{Type: heritage.Revision, Hash: hash}, Asked: reported, Holds: crawler.HoldsCommit}, nil
		}
	})
	address := "/api/v1/repositories/" + repositoryPath(url)
	var repo struct {
		URL, Journal string
		Aliases      []string
		Archive      struct{ Revision, Holds string }
	}
	ask(t, h, address, &repo)
	if repo.URL != url || repo.Archive.Holds != "commit" || repo.Archive.Revision != "swh:1:rev:"+commit || len(repo.Aliases) != 1 || repo.Journal != address+"/-/journal" {
		t.Errorf("got %+v", repo)
	}
	var past crawler.Journal
	ask(t, h, repo.Journal, &past)
	if past.URL != url || len(past.Entries) != 2 || past.Entries[0].Why != "silent" || past.Entries[1].Why != "" || j.Entries[1].Why != "court order" {
		t.Errorf("got %+v", past)
	}
	old := "/api/v1/repositories/" + repositoryPath("https://old.example.org/a")
	for from, to := range map[string]string{old: address, old + "/-/journal": repo.Journal} {
		if w := get(h, from); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != to {
			t.Errorf("%s: HTTP %d to %s", from, w.Code, w.Header().Get("Location"))
		}
	}
	for path, want := range map[string]int{"/api/v1/repositories/absent.example.org/a": 404, "/api/v1/repositories/absent.example.org/a/-/journal": 404,
		address + "/-/other": 404, address + "/-/journal?n=x": 400, "/api/v1/repositories/": 301} {
		if w := get(h, path); w.Code != want {
			t.Errorf("%s: HTTP %d, want %d", path, w.Code, want)
		}
	}
	ask(t, h, "/api/v1/repositories/"+repositoryPath(f.repos[1].info.URL)+"/-/journal", &past)
	if past.URL != f.repos[1].info.URL || past.Entries == nil || len(past.Entries) != 0 {
		t.Errorf("of a repository without a past: %+v", past)
	}
}

// TestServedIsTold of each request: by the name of its route, whatever stands in its path.
func TestServedIsTold(t *testing.T) {
	got := map[string]int{}
	h := newServer(t, newFake(), func(c *Config) {
		c.Served = func(route string, status int, _ time.Duration, _ int) { got[route] += status }
	})
	for _, path := range []string{"/", "/absent/secret", "/code/x", "/depots/a.example/b", "/exploitation"} {
		get(h, path)
	}
	for route := range got {
		if strings.ContainsAny(route, "/.") {
			t.Errorf("a path is told: %q", route)
		}
	}
	if got["home"] != 200 || got["none"] != 404 {
		t.Errorf("got %v", got)
	}
}

// TestEveryFieldIsDescribed holds what the API answers about crawls to openapi.json: each field is told, and what must be there is.
func TestEveryFieldIsDescribed(t *testing.T) {
	f := newFake()
	h := newServer(t, f, func(c *Config) {
		c.Journal = func(_ context.Context, url string, _ int) (*crawler.Journal, error) {
			return &crawler.Journal{URL: url, Since: reported, Seen: reported, Entries: []crawler.Happening{{Kind: crawler.WasChanged, Before: "a", After: "b", Why: "silent", Times: 1}}}, nil
		}
		id := heritage.ID{Type: heritage.Snapshot}
		c.Archived = func(_ context.Context, url string) (crawler.Archived, error) {
			return crawler.Archived{URL: url, Revision: id, Snapshot: id, Asked: reported, Holds: "commit", Moved: true, Restored: id, Since: reported,
				Visit: crawler.Visit{Asked: reported, Time: reported, Status: "full", Snapshot: id}, Save: crawler.Save{ID: 1, Time: reported, Request: "accepted", Task: "pending"}}, nil
		}
	})
	var doc map[string]any
	ask(t, h, "/api/v1/openapi.json", &doc)
	repo := repositoryPath(f.repos[0].info.URL)
	for path, address := range map[string]string{"/api/v1/operations": "", "/api/v1/sources": "", "/api/v1/repositories": "/api/v1/repositories?forks=1", "/api/v1/repositories/{address}": "/api/v1/repositories/" + repo,
		"/api/v1/repositories/{address}/-/journal": "/api/v1/repositories/" + repo + "/-/journal"} {
		var answer any
		ask(t, h, cmp.Or(address, path), &answer)
		schema := at(doc, "paths", path, "get", "responses", "200", "content", "application/json", "schema")
		for _, fault := range undescribed(doc, schema, answer, "") {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

func at(from any, names ...string) any {
	for _, name := range names {
		m, _ := from.(map[string]any)
		from = m[name]
	}
	return from
}

// undescribed lists what of an answer its schema does not name, and what it names as there always and is not. An object without
// properties is described elsewhere.
func undescribed(doc map[string]any, schema, answer any, where string) (faults []string) {
	if ref, ok := at(schema, "$ref").(string); ok {
		schema = at(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	switch v := answer.(type) {
	case []any:
		for _, one := range v {
			faults = append(faults, undescribed(doc, at(schema, "items"), one, where+"[]")...)
		}
	case map[string]any:
		known, closed := at(schema, "properties").(map[string]any)
		for name, one := range v {
			if known[name] == nil && closed {
				faults = append(faults, where+"."+name+" is not told")
			}
			faults = append(faults, undescribed(doc, known[name], one, where+"."+name)...)
		}
		must, _ := at(schema, "required").([]any)
		for _, name := range must {
			if _, ok := v[name.(string)]; !ok {
				faults = append(faults, where+"."+name.(string)+" is missing")
			}
		}
	}
	return faults
}
