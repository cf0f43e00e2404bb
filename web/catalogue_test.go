// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"communs/registry"
	"communs/registry/find"
)

// still is a catalogue that does not change.
type still struct{ c *registry.Catalogue }

func (s still) Catalogue(context.Context) (*registry.Catalogue, error) { return s.c, nil }

// withCatalogue serves these entries.
func withCatalogue(t testing.TB, entries []registry.Entry) func(*Config) {
	t.Helper()
	c := (*registry.Catalogue)(nil).With(entries...)
	finder, err := find.New(t.Context(), c, func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finder.Close() })
	return func(config *Config) { config.Catalogue, config.Finder = still{c}, finder }
}

func baseServer(t testing.TB) http.Handler {
	t.Helper()
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, newFake(), withCatalogue(t, base))
}

// maxPage is what a page may weigh, compressed.
const maxPage = 20 << 10

// TestEveryPageOfTheCatalogue follows every link from the menu's pages, in both languages: each leads somewhere, to a page that a
// validator accepts.
func TestEveryPageOfTheCatalogue(t *testing.T) {
	h := baseServer(t)
	for _, lang := range []string{"fr", "en"} {
		seen := map[string]bool{}
		pending := []string{"/?lang=" + lang, "/besoins?lang=" + lang, "/logiciels?q=visio+bordeaux&lang=" + lang, "/comparer?logiciel=jitsi-meet&logiciel=bigbluebutton&lang=" + lang}
		for len(pending) > 0 && len(seen) < 240 {
			path := pending[0]
			pending = pending[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			w := get(h, path, "Accept-Encoding", "gzip")
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d", path, w.Code)
				continue
			}
			if n := w.Body.Len(); n > maxPage {
				t.Errorf("%s weighs %d bytes", path, n)
			}
			body := get(h, path).Body.String()
			if faults := checkPage(body); len(faults) > 0 {
				t.Errorf("%s: %s", path, strings.Join(faults, "; "))
			}
			if strings.Contains(body, "%!") || strings.Contains(body, "web.") && strings.Contains(body, ">web.") {
				t.Errorf("%s: a sentence is missing", path)
			}
			doc, err := html.Parse(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			walk(doc, func(n *html.Node) {
				href, _ := attr(n, "href")
				if n.Data == "a" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "/code") && !strings.HasPrefix(href, "/depots") &&
					!(strings.Contains(path, "?") && strings.HasPrefix(href, path[:strings.Index(path, "?")+1])) {
					pending = append(pending, href)
				}
			})
		}
		if len(seen) < 200 {
			t.Errorf("%s: only %d pages were reached", lang, len(seen))
		}
	}
}
