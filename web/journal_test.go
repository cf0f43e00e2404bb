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
)

// TestRepositoryTellsItsPast in both languages, and never a text that a server or a path has put into a reason.
func TestRepositoryTellsItsPast(t *testing.T) {
	f := newFake()
	url := f.repos[0].info.URL
	day := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	commit := strings.Repeat("0123456789abcdef", 3)[:40]
	j := &crawler.Journal{URL: url, Seen: day, Entries: []crawler.Happening{
		{Kind: crawler.WasNotBrought, Why: "silent", Times: 3, First: day.AddDate(0, 0, -9), Time: day.AddDate(0, 0, -1)},
		{Kind: crawler.WasWithdrawn, Why: "/srv/secret <b>", Times: 1, Time: day.AddDate(0, 0, -5)},
		{Kind: crawler.WasMirrored, After: commit, Times: 1, Time: day.AddDate(0, 0, -15)},
	}}
	h := newServer(t, f, func(cfg *Config) {
		cfg.Journal = func(context.Context, string, int) (*crawler.Journal, error) { return j, nil }
	})
	for lang, want := range map[string][]string{
		"fr": {"Passages de Communs", "Vu sans changement le 20 novembre 2026.", "non copié (serveur muet) · 3 fois depuis le 11 novembre 2026", "copié pour la première fois " + shortCommit(commit)},
		"en": {"Visits by Communs", "Seen unchanged on 20 November 2026.", "not copied (silent server)", "first copied"},
	} {
		body := get(h, linker{lang: "fr"}.repository(url), "Accept-Language", lang).Body.String()
		for _, fault := range checkPage(body) {
			t.Errorf("%s: %s", lang, fault)
		}
		page := html.UnescapeString(body)
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s: no %q", lang, text)
			}
		}
		if strings.Contains(page, "/srv/secret") {
			t.Errorf("%s: a reason that is not of the list is shown", lang)
		}
	}
	for _, err := range []error{&crawler.UnknownError{}, errors.New("damaged")} {
		h := newServer(t, f, func(cfg *Config) {
			cfg.Journal = func(context.Context, string, int) (*crawler.Journal, error) { return nil, err }
		})
		if w := get(h, linker{lang: "fr"}.repository(url)); w.Code != 200 || strings.Contains(w.Body.String(), "Passages de Communs") {
			t.Errorf("%v: HTTP %d", err, w.Code)
		}
	}
}
