// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"html"
	"strings"
	"testing"
	"time"

	"communs/crawler"
	"communs/crawler/heritage"
)

// TestRepositoryTellsWhetherItIsArchived: each state in words, with what can be done: a link and an identifier, or how to ask for it.
func TestRepositoryTellsWhetherItIsArchived(t *testing.T) {
	f := newFake()
	url := f.repos[0].info.URL
	revision, snapshot := heritage.Sum(heritage.Revision, nil), heritage.SnapshotOf(nil)
	day := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	visit := crawler.Visit{Asked: day, Time: day.AddDate(0, -1, 0), Status: "partial", Snapshot: snapshot}
	base := crawler.Archived{URL: url, Revision: revision, Snapshot: snapshot, Asked: day}
	with := func(edit func(*crawler.Archived)) crawler.Archived {
		a := base
		edit(&a)
		return a
	}
	save := "communs swh save " + url
	for name, c := range map[string]struct {
		a         crawler.Archived
		has, lack []string
	}{
		"not asked": {crawler.Archived{URL: url, Revision: revision}, []string{"Pas encore demandé à l’archive.", save}, []string{"réponse du", "archive.softwareheritage.org"}},
		"not there": {base, []string{"Pas archivé.", "(réponse du 20 novembre 2026)", save}, []string{"archive.softwareheritage.org"}},
		"commit": {with(func(a *crawler.Archived) { a.Holds, a.Visit = crawler.HoldsCommit, visit }),
			[]string{"Archivé, tel qu’il est ici.", "https://archive.softwareheritage.org/" + revision.String(), ">" + revision.String() + "<", "20 octobre 2026 (en partie)"}, []string{save}},
		"whole": {with(func(a *crawler.Archived) { a.Holds = crawler.HoldsSnapshot }), []string{"avec toutes ses branches", ">" + snapshot.String() + "<"}, []string{save}},
		"older": {with(func(a *crawler.Archived) { a.Visit = visit }), []string{"plus ancien", ">" + snapshot.String() + "<"}, []string{save}},
		"moved": {with(func(a *crawler.Archived) { a.Moved = true }), []string{"depuis le dernier changement", save}, []string{"archive.softwareheritage.org"}},
		"saving": {with(func(a *crawler.Archived) { a.Save = crawler.Save{ID: 1, Time: day, Request: "pending"} }),
			[]string{"Enregistrement demandé le 20 novembre 2026 : à l’étude."}, []string{save}},
		"refused": {with(func(a *crawler.Archived) {
			a.Save = crawler.Save{ID: 1, Time: day, Request: "rejected", Note: "a blocked forge"}
		}), []string{"Enregistrement demandé le 20 novembre 2026 : refusé. a blocked forge"}, []string{save}},
		"restored": {with(func(a *crawler.Archived) { a.Holds, a.Restored, a.Since = crawler.HoldsSnapshot, snapshot, day }),
			[]string{"Ce dépôt vient de l’archive", "ramené le 20 novembre 2026"}, []string{save}},
		"local": {crawler.Archived{URL: url, Omitted: "local"}, nil, []string{"Software Heritage"}},
	} {
		h := newServer(t, f, func(cfg *Config) {
			cfg.Archived = func(context.Context, string) (crawler.Archived, error) { return c.a, nil }
		})
		w := get(h, linker{lang: "fr"}.repository(url), "Accept-Language", "fr")
		page := html.UnescapeString(w.Body.String())
		for _, text := range c.has {
			if !strings.Contains(page, text) {
				t.Errorf("%s: no %q", name, text)
			}
		}
		for _, text := range c.lack {
			if strings.Contains(page, text) {
				t.Errorf("%s: %q stands there", name, text)
			}
		}
	}
	for _, err := range []error{&crawler.UnknownError{}, errors.New("damaged")} {
		h := newServer(t, f, func(cfg *Config) {
			cfg.Archived = func(context.Context, string) (crawler.Archived, error) { return crawler.Archived{}, err }
		})
		if w := get(h, linker{lang: "fr"}.repository(url)); w.Code != 200 || strings.Contains(w.Body.String(), "Software Heritage") {
			t.Errorf("%v: HTTP %d", err, w.Code)
		}
	}
}
