// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package operations

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/crawler/polite"
	"communs/internal/durable"
	"communs/internal/ledger"
	"communs/internal/sqlite"
)

var at = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// run enters a crawl in the ledger of a data folder.
func run(t *testing.T, dir string, began time.Time, how ledger.How, told Told) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	l, err := ledger.Open(t.Context(), dir, &durable.Disk{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w := ledger.Work{What: ledger.Crawl, Began: began, Ended: began.Add(time.Minute), CPU: 2 * time.Second, Fetched: 1000, Requests: 30, How: how,
		Stored: ledger.Stored{Mirrors: 5, Shards: 6, Database: 7}, Told: told.Text()}
	id, err := l.Begin(t.Context(), w)
	if err == nil {
		err = l.Tell(t.Context(), id, w, w.Ended)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func report(t *testing.T, r *Reader) *Report {
	t.Helper()
	r.Clock = func() time.Time { return at }
	rep, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func kinds(list []Need) (names []string) {
	for _, n := range list {
		names = append(names, n.Kind)
	}
	return names
}

// TestReportOfAnEmptyFolder: there is nothing to tell, but that nothing was crawled.
func TestReportOfAnEmptyFolder(t *testing.T) {
	rep := report(t, &Reader{Dir: t.TempDir(), Version: "v1"})
	if !reflect.DeepEqual(kinds(rep.Needs), []string{NeedNever}) || rep.Stored != nil || rep.Archive != nil || rep.Version != "v1" {
		t.Errorf("got %+v", rep)
	}
	text, err := json.Marshal(rep)
	if err != nil || strings.Contains(string(text), "null") {
		t.Errorf("%s, %v", text, err)
	}
}

// TestReportTellsTheLatestOfEachSource: also of one that the latest crawl had nothing to do with, and what somebody should look at.
func TestReportTellsTheLatestOfEachSource(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, at.Add(-48*time.Hour), ledger.InPart, Told{Sources: []crawler.Tally{{Source: "forge", Found: 9, New: 3, Failed: 2}, {Source: "list", Found: 1}}})
	run(t, dir, at.Add(-time.Hour), ledger.Failed, Told{Why: "disk", Asked: 2, Sources: []crawler.Tally{{Source: "list", Broken: "server"}},
		Hosts: []Host{{Host: "git.example.org", Resting: true, Until: at.Add(time.Hour).Format(time.RFC3339), Why: "network"},
			{Host: "old.example.org", Resting: true, Until: at.Add(-time.Hour).Format(time.RFC3339)}}})
	rep := report(t, &Reader{Dir: dir, Sources: []crawler.SourceConfig{{Name: "quiet", Kind: crawler.KindGitLab, URL: "https://gitlab.example.org"},
		{Name: "list", Kind: crawler.KindList, URL: "https://list.example.org/all.txt"}}})
	if want := []string{NeedRunFailed, NeedSource, NeedFailed, NeedHost, NeedContact}; !reflect.DeepEqual(kinds(rep.Needs), want) {
		t.Errorf("needs %+v, want %q", rep.Needs, want)
	}
	var got []string
	for _, s := range rep.Sources {
		got = append(got, s.Name)
	}
	if want := []string{"quiet", "list", "forge"}; !reflect.DeepEqual(got, want) {
		t.Errorf("sources %q, want %q", got, want)
	}
	if s := rep.Sources[2]; s.Configured || s.Last.New != 3 || !s.Crawled.Equal(at.Add(-48*time.Hour)) {
		t.Errorf("of a source that the latest crawl did not have: %+v", s)
	}
	if s := rep.Sources[1]; s.Kind != crawler.KindList || s.Last.Broken != "server" {
		t.Errorf("of one that it had: %+v", s)
	}
	if len(rep.Runs) != 2 || rep.Runs[0].Why != "disk" || rep.Runs[1].Found != 10 || rep.Runs[1].Seconds != 60 || rep.Runs[1].CPU != 2 ||
		rep.Runs[1].Requests != 30 || rep.HostsAsked != 2 {
		t.Errorf("runs %+v", rep.Runs)
	}
	if want := (&Stored{5, 6, 7, at.Add(-59 * time.Minute)}); !reflect.DeepEqual(rep.Stored, want) {
		t.Errorf("stored %+v, want %+v", rep.Stored, want)
	}
}

// TestNeedsOfTheLatestRun: killed, and long ago.
func TestNeedsOfTheLatestRun(t *testing.T) {
	for how, want := range map[ledger.How]string{ledger.UnderWay: NeedRunKilled, ledger.Done: NeedStale} {
		dir := t.TempDir()
		run(t, dir, at.AddDate(0, 0, -9), how, Told{})
		r := &Reader{Dir: dir, Contact: true, Sources: []crawler.SourceConfig{{Name: "a", URL: "https://git.example.org/a.git", Kind: crawler.KindGit}}}
		if rep := report(t, r); !reflect.DeepEqual(kinds(rep.Needs), []string{want}) {
			t.Errorf("%q: %+v", how, rep.Needs)
		}
	}
}

// TestOpenKeepsWhatIsNobodysBusiness: names of folders, of private servers, and of what the operator calls private, wherever they stand.
func TestOpenKeepsWhatIsNobodysBusiness(t *testing.T) {
	dir := t.TempDir()
	hosts := []string{"10.0.0.7:3000", "forge.interne", "intranet", "[::1]:80", "secret.example.org", "git.example.org"}
	var told Told
	for _, h := range hosts {
		told.Hosts = append(told.Hosts, Host{Host: h, Resting: true, Until: at.Add(time.Hour).Format(time.RFC3339)})
	}
	names := []string{"/srv/secret", "https://10.0.0.7/team", "http://plain.example.org", "https://u:pw@git.example.org/a", "Hidden forge", "not in the configuration",
		"https://git.example.org/a", "Open forge", "build"}
	for _, n := range names {
		told.Sources = append(told.Sources, crawler.Tally{Source: n, Failed: 1})
	}
	run(t, dir, at.Add(-time.Hour), ledger.Done, told)
	r := &Reader{Dir: dir, Contact: true, Sources: []crawler.SourceConfig{
		{Name: "Hidden forge", URL: "https://secret.example.org", Private: true}, {Name: "Open forge", URL: "https://codeberg.org"},
		{Name: "Folder", Path: "/srv/folder"}, {Name: "Named host", URL: "https://named.example.org", Hosts: []string{"10.1.1.1"}}}}
	whole := report(t, r)
	text, err := json.Marshal(whole.Open())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"10.0.0.7", "interne", "intranet", "::1", "secret", "/srv", "plain.example.org", "pw@", "Hidden", "not in the", "Folder", "Named host"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is told to everybody: %s", secret, text)
		}
	}
	for _, open := range []string{`"https://git.example.org/a"`, `"Open forge"`, `"build"`, `"git.example.org"`} {
		if !strings.Contains(string(text), open) {
			t.Errorf("%s is not told", open)
		}
	}
	if whole.Sources[0].Name != "Hidden forge" {
		t.Errorf("the whole report lost a name: %+v", whole.Sources[0])
	}
}

// TestHostsSayWhy holds what is told of a host that is left alone, and of one that has us wait.
func TestHostsSayWhy(t *testing.T) {
	got := Hosts([]polite.HostState{{Host: "a", Resting: true, Until: at, Why: "rest", Err: errors.New("refused by /srv/x")},
		{Host: "b", Resting: true, Until: at, Why: "rest"}, {Host: "c", Until: at, Why: "retry-after"}, {Host: "d", Why: "x"}})
	want := []string{"network", "server", "retry-after", ""}
	for i, h := range got {
		if h.Why != want[i] || strings.Contains(h.Why, "/") {
			t.Errorf("%s: %q, want %q", h.Host, h.Why, want[i])
		}
	}
}

// TestAFaultyIndexIsTold as something to be looked at, and that it cannot be read at all is an error.
func TestAFaultyIndexIsTold(t *testing.T) {
	r := &Reader{Dir: t.TempDir(), Index: func(context.Context) (*Index, error) { return &Index{Faults: 2}, nil }}
	if rep := report(t, r); !reflect.DeepEqual(kinds(rep.Needs), []string{NeedNever, NeedFaults}) {
		t.Errorf("got %+v", rep.Needs)
	}
	r.Index = func(context.Context) (*Index, error) { return nil, errors.New("closed") }
	if _, err := r.Read(t.Context()); err == nil {
		t.Error("an index that fails is not told")
	}
}
