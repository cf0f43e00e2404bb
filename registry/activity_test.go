// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"encoding/json"
	"testing"
	"time"

	"communs/crawler"
	"communs/internal/words"
	"communs/registry"
)

var activityNow = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func TestActivityOfAHistory(t *testing.T) {
	ago := func(years, months int) time.Time { return activityNow.AddDate(-years, -months, 0) }
	ada, bob, eve := [8]byte{1}, [8]byte{2}, [8]byte{3}
	at := func(when time.Time, who [8]byte) crawler.HistoryCommit {
		return crawler.HistoryCommit{Time: when, Author: who}
	}
	tag := func(name string, when time.Time) crawler.Tag {
		return crawler.Tag{Name: name, Version: crawler.ParseVersion(name), Time: when}
	}
	for name, tc := range map[string]struct {
		history crawler.History
		want    string
	}{
		"alive": {
			crawler.History{Older: true, Commits: []crawler.HistoryCommit{at(ago(0, 1), ada), at(ago(0, 2), bob), at(ago(0, 3), ada), at(ago(1, 1), eve)},
				Tags: []crawler.Tag{tag("v1.0", ago(1, 1)), tag("v1.1", ago(0, 2)), tag("v1.2-rc1", ago(0, 1)), tag("latest", ago(0, 1)), tag("v0.9", time.Time{})}},
			`{"last_change":{"value":"2026-10-22","date":"2026-11-22","how":"registry.how.history"},"commits_12m":{"n":3,"date":"2026-11-22","how":"registry.how.history"},"contributors_12m":{"n":2,"date":"2026-11-22","how":"registry.how.history"},"releases":{"n":4,"date":"2026-11-22","how":"registry.how.tags"},"last_release":{"value":"v1.1 2026-09-22","date":"2026-11-22","how":"registry.how.release"}}`,
		},
		"all of it, quiet": {
			crawler.History{Commits: []crawler.HistoryCommit{at(ago(3, 0), ada), at(ago(4, 0), ada)}},
			`{"last_change":{"value":"2023-11-22","date":"2026-11-22","how":"registry.how.history"},"commits_12m":{"n":0,"date":"2026-11-22","how":"registry.how.history"},"contributors_12m":{"n":0,"date":"2026-11-22","how":"registry.how.history"},"releases":{"n":0,"date":"2026-11-22","how":"registry.how.tags"},"first_change":{"value":"2022-11-22","date":"2026-11-22","how":"registry.how.history"}}`,
		},
		"the last commit alone": {
			crawler.History{Last: true, Older: true, Commits: []crawler.HistoryCommit{at(ago(0, 1), ada)}},
			`{"last_change":{"value":"2026-10-22","date":"2026-11-22","how":"registry.how.history"},"releases":{"n":0,"date":"2026-11-22","how":"registry.how.tags"}}`,
		},
		"dates that cannot be": {
			crawler.History{Commits: []crawler.HistoryCommit{at(activityNow.AddDate(9000, 0, 0), ada), at(ago(0, 1), ada), at(time.Unix(0, 0), bob)}},
			`{"last_change":{"value":"2026-10-22","date":"2026-11-22","how":"registry.how.history"},"commits_12m":{"n":2,"date":"2026-11-22","how":"registry.how.history"},"contributors_12m":{"n":1,"date":"2026-11-22","how":"registry.how.history"},"releases":{"n":0,"date":"2026-11-22","how":"registry.how.tags"}}`,
		},
		"empty": {crawler.History{}, `{"releases":{"n":0,"date":"2026-11-22","how":"registry.how.tags"}}`},
	} {
		got, err := json.Marshal(registry.ActivityOf(&tc.history, nil, activityNow))
		if err != nil || string(got) != tc.want {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, got, tc.want)
		}
	}
}

func TestTestsAndDocumentationByName(t *testing.T) {
	said, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path        string
		size        int64
		tests, docs string
	}{
		{"src/main.c", 10, "none", "none"},
		{"pkg/a_test.go", 10, "file", "none"},
		{"src/app/list.component.spec.ts", 10, "file", "none"},
		{"src/test/java/org/ListTest.java", 10, "file", "none"},
		{"src/Contest.java", 10, "none", "none"},
		{"latest/list.js", 10, "none", "none"},
		{"spec/models/user_spec.rb", 10, "file", "none"},
		{"tests/fixtures/list.csv", 10, "folder", "none"},
		{"app/tests/__init__.py", 0, "none", "none"},
		{"vendor/lib/a_test.go", 10, "none", "none"},
		{"node_modules/lib/docs/index.md", 10, "none", "none"},
		{"docs/index.md", 10, "none", "folder"},
		{"server/doc/install.md", 10, "none", "folder"},
		{"INSTALL.fr.md", 10, "none", "file"},
		{"README.md", 5000, "none", "readme"},
		{"LISEZMOI.md", 5000, "none", "readme"},
		{"README.md", 100, "none", "none"},
		{"sub/README.md", 5000, "none", "none"},
	} {
		a := registry.ActivityOf(nil, []registry.RepositoryFile{{Path: tc.path, Size: tc.size}}, activityNow)
		for what, f := range map[string][2]string{"tests": {a.Tests.How, tc.tests}, "documentation": {a.Documentation.How, tc.docs}} {
			if want := "registry.how." + what + "." + f[1]; f[0] != want {
				t.Errorf("%s: %s, want %s", tc.path, f[0], want)
			}
		}
		if (a.Tests.Value == "yes") != (tc.tests != "none") || (a.Documentation.Value == "yes") != (tc.docs != "none") {
			t.Errorf("%s: %+v %+v", tc.path, a.Tests, a.Documentation)
		}
		for _, lang := range words.Langs() {
			for _, how := range []string{a.Tests.How, a.Documentation.How, "registry.how.history", "registry.how.tags", "registry.how.release"} {
				if !said.Printer(lang).Has(how) {
					t.Errorf("nothing is said for %s", how)
				}
			}
		}
	}
	if a := registry.ActivityOf(nil, nil, activityNow); a != (registry.Activity{}) {
		t.Errorf("nothing was looked at: %+v", a)
	}
}
