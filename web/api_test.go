// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"communs/search"
)

func decode(t *testing.T, w *httptest.ResponseRecorder, v any) {
	t.Helper()
	if kind := w.Header().Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("type %q", kind)
	}
	if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
}

func TestAPISearchPages(t *testing.T) {
	h := newServer(t, newFake(), nil)
	seen, after, pages := map[string]bool{}, "", 0
	for {
		var page search.Page
		decode(t, get(h, "/api/v1/search?q=parse+date&n=100&after="+url.QueryEscape(after)), &page)
		for _, hit := range page.Hits {
			seen[hit.Repo+hit.ID] = true
		}
		pages++
		if after = page.Next; after == "" {
			if len(seen) != page.Total || pages < 3 {
				t.Errorf("%d hits on %d pages, total %d", len(seen), pages, page.Total)
			}
			break
		}
	}
	all := len(seen) // fewer than maxN
	for n, want := range map[string]int{"": 10, "3": 3, "0": all, "999999": all} {
		var page search.Page
		decode(t, get(h, "/api/v1/search?q=parse+date&n="+n), &page)
		if len(page.Hits) != want {
			t.Errorf("n=%s: %d hits, want %d", n, len(page.Hits), want)
		}
	}
	if body := get(h, "/api/v1/search?q=zzzzzz").Body.String(); !strings.Contains(body, `"hits":[]`) {
		t.Errorf("no hits: %s", body)
	}
	if body := get(h, "/api/v1/search?q=parse&explain=1&n=1").Body.String(); !strings.Contains(body, `"explain":{`) {
		t.Errorf("no explanation: %s", body)
	}
}

func TestAPIErrors(t *testing.T) {
	h := newServer(t, newFake(), nil)
	var answer struct {
		Error struct {
			Code, Message, Hint string
			Position, Length    *int
		}
	}
	w := get(h, "/api/v1/search?q="+url.QueryEscape("été lnag:go"), "Accept-Language", "en")
	decode(t, w, &answer)
	if e := answer.Error; w.Code != 400 || e.Code != "query" || e.Position == nil || *e.Position != 4 || *e.Length != 4 ||
		!strings.HasPrefix(e.Message, "The parameter") || e.Hint == "" {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	w = get(h, "/api/v1/search?q=x&n=dix", "Accept-Language", "fr")
	decode(t, w, &answer)
	if w.Code != 400 || answer.Error.Code != "parameter" || !strings.HasPrefix(answer.Error.Message, "Le paramètre") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	for _, path := range []string{"/api/", "/api/v1/none", "/api/v1/blocks/swh:1:cnt:" + strings.Repeat("0", 40)} {
		if w := get(h, path); !strings.Contains(w.Header().Get("Content-Type"), "json") && w.Code != 301 {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
	if w := get(h, "/api/v1/search?q="+strings.Repeat("x", 5000)); w.Code != 400 {
		t.Errorf("a long question: %d", w.Code)
	}
}

func TestAPIBlockAndRepositories(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	var block struct {
		search.Hit
		Obligations []struct{ Code, License, Text string }
	}
	decode(t, get(h, "/api/v1/blocks/"+f.repos[0].files[1].id(12, 21)), &block)
	if !strings.HasPrefix(block.Code, "// ParseHeader reads") || block.License != "MIT" || len(block.Occurrences) != 2 {
		t.Errorf("%+v", block)
	}
	var list search.RepositoryPage
	decode(t, get(h, "/api/v1/repositories?owner=exemple&n=1"), &list)
	if list.Total != 2 || len(list.Repositories) != 1 || list.Next == "" {
		t.Errorf("%+v", list)
	}
	var health struct {
		Status             string
		Generation, Faults int
	}
	decode(t, get(h, "/healthz"), &health)
	if health.Status != "ok" || health.Generation != 7 {
		t.Errorf("%+v", health)
	}
}

// TestPublicInstanceShowsFreeCodeOnly asks a public instance, over a searcher that withholds nothing, for code whose
// licence is unknown: no page and no answer of the API holds it.
func TestPublicInstanceShowsFreeCodeOnly(t *testing.T) {
	f := newFake()
	closed := f.repos[2].files[0]
	l := linker{lang: "fr"}
	paths := []string{l.block(closed.id(1, 2)), "/code?q=parse_secret", l.file(f.repos[2].info.URL, closed.path, 0), "/api/v1/blocks/" + closed.id(1, 2), "/api/v1/search?q=parse_secret"}
	private, public := newServer(t, f, nil), newServer(t, f, func(c *Config) { c.Instance.Public = true })
	for i, path := range paths {
		if i != 1 && i != 4 && !strings.Contains(get(private, path).Body.String(), "tresor") {
			t.Errorf("%s: a private instance does not show the code", path)
		}
		body := get(public, path).Body.String()
		if strings.Contains(body, "tresor") || strings.Contains(body, "def parse_secret") {
			t.Errorf("%s: a public instance shows the code", path)
		}
		if i < 3 && !strings.Contains(body, "licence n’est pas connue comme libre") {
			t.Errorf("%s: the reason is not given", path)
		}
	}
	if body := get(public, paths[0]).Body.String(); !strings.Contains(body, `href="https://forge.exemple.fr/region/sans-licence"`) {
		t.Error("no link to where the code can be read")
	}
	if !strings.Contains(get(public, l.block(f.repos[0].files[1].id(12, 21))).Body.String(), "ErrFormat") {
		t.Error("a public instance hides free code")
	}
}

func TestAPISearchCompressed(t *testing.T) {
	h := newServer(t, newFake(), nil)
	const path = "/api/v1/search?q=parse"
	plainAnswer, zipped := get(h, path), get(h, path, "Accept-Encoding", "gzip")
	if zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len() >= plainAnswer.Body.Len()/2 {
		t.Fatalf("%q, %d bytes of %d", zipped.Header().Get("Content-Encoding"), zipped.Body.Len(), plainAnswer.Body.Len())
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != plainAnswer.Body.String() {
		t.Errorf("%v, got %d bytes that differ", err, len(text))
	}
	if zipped.Header().Get("ETag") != plainAnswer.Header().Get("ETag") {
		t.Error("the same answer has two tags")
	}
}
