// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"strings"
	"testing"
	"time"

	"communs/crawler"
)

// TestAGoneRepositoryIsToldOf, since when and why and no more; what was never known is not found, nor what is there gone.
func TestAGoneRepositoryIsToldOf(t *testing.T) {
	f := newFake()
	there, gone, never := f.repos[0].info.URL, "https://forge.example.org/team/gone", "https://forge.example.org/team/never"
	day := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		fate           string
		either         bool
		reason, fr, en string
	}{
		{crawler.FateDeleted, false, "deleted", "supprimé de sa forge. Cela a été remarqué le 20 novembre 2026", "was deleted"},
		{crawler.FatePrivate, false, "private", "rendu privé. ", "made private. "},
		{crawler.FateDeleted, true, "deleted-or-private", "ou rendu privé", "or made private"},
		{crawler.FateReplaced, false, "replaced", "Un autre dépôt", "Another repository"},
		{"emptied", false, "emptied", "vidé", "emptied"},
		{"/srv/secret", false, "vanished", "plus sur son serveur", "no longer on its server"},
	} {
		h := newServer(t, f, func(cfg *Config) {
			cfg.Tombstone = func(_ context.Context, url string) (crawler.Tombstone, error) {
				if url != never {
					return crawler.Tombstone{URL: url, Fate: c.fate, Either: c.either, Since: day, Hidden: day.AddDate(0, 0, 7), Note: "/srv/secret"}, nil
				}
				return crawler.Tombstone{}, &crawler.UnknownError{}
			}
		})
		for _, below := range []string{"", "/-/journal"} {
			w := get(h, "/api/v1/repositories/"+repositoryPath(gone)+below)
			var told struct{ Error errorBody }
			if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || w.Code != 410 || told.Error.Code != "gone" || told.Error.Reason != c.reason || told.Error.Since != "2026-11-20" ||
				strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s%s: HTTP %d, %v %s", c.reason, below, w.Code, err, w.Body)
			}
		}
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			for _, at := range []string{linker{lang: "fr"}.repository(gone), linker{lang: "fr"}.file(gone, "main.go", 0)} {
				w := get(h, at, "Accept-Language", lang)
				if page := html.UnescapeString(w.Body.String()); w.Code != 410 || !strings.Contains(page, want) || strings.Contains(page, "secret") {
					t.Errorf("%s, %s: HTTP %d without %q", at, lang, w.Code, want)
				}
				for _, fault := range checkPage(w.Body.String()) {
					t.Errorf("%s, %s: %s", at, lang, fault)
				}
			}
		}
		for at, want := range map[string]int{
			linker{lang: "fr"}.repository(never): 404, "/api/v1/repositories/" + repositoryPath(never): 404, "/api/v1/repositories/" + repositoryPath(never) + "/-/journal": 404,
			linker{lang: "fr"}.repository(there): 200, linker{lang: "fr"}.file(there, "is/not/there", 0): 404,
		} {
			if w := get(h, at); w.Code != want {
				t.Errorf("%s: HTTP %d, not %d", at, w.Code, want)
			}
		}
	}
	h := newServer(t, f, func(cfg *Config) {
		cfg.Tombstone = func(context.Context, string) (crawler.Tombstone, error) {
			return crawler.Tombstone{}, errors.New("damaged")
		}
	})
	if w := get(h, linker{lang: "fr"}.repository(gone)); w.Code != 404 {
		t.Errorf("HTTP %d when nothing is known", w.Code)
	}
}
