// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/find"
	"communs/registry/registrytest"
)

// keeping is a server with a catalogue that can be edited, and what it counts.
type keeping struct {
	http.Handler
	store    registry.Store
	live     *registry.Live
	now      time.Time
	asked    int
	searcher *holding
}

// holding is an index that holds a repository, or no longer.
type holding struct {
	*fake
	none bool
}

func (h *holding) Holds(ctx context.Context, repo string) bool { return !h.none }

func newKeeping(t *testing.T) *keeping {
	t.Helper()
	k := &keeping{store: registrytest.Open(t, registrytest.Generate(registrytest.Size{Software: 40, Organisations: 10})),
		now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), searcher: &holding{fake: newFake()}}
	clock := func() time.Time { return k.now }
	var err error
	if k.live, err = registry.NewLive(t.Context(), k.store); err != nil {
		t.Fatal(err)
	}
	finder, err := find.New(t.Context(), k.live.Last(), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finder.Close() })
	k.Handler = newServer(t, newFake(), func(c *Config) {
		c.Searcher, c.Catalogue, c.Finder, c.Clock, c.Asked = k.searcher, k.live, finder, clock, func(*find.Page) { k.asked++ }
	})
	return k
}

func (k *keeping) pages() int { return len(k.Handler.(*Server).kept.young) }

// edit changes the short description of a software, as the command line does: in the store, without a word to the server.
func (k *keeping) edit(t *testing.T, id, text string) {
	t.Helper()
	one, _ := k.live.Last().Software(id)
	card := *one
	card.Summary.FR = text
	change, err := registry.Put(&card, registry.AnyBase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.store.Apply(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

func TestAnEditIsSeenByTheNextRequest(t *testing.T) {
	k := newKeeping(t)
	for _, path := range []string{"/logiciels?tri=nom", "/logiciels/logiciel-3", "/comparer?logiciel=logiciel-3&logiciel=logiciel-4"} {
		for n := range 3 {
			text := fmt.Sprintf("Résumé numéro %d", n)
			k.edit(t, "logiciel-3", text)
			first := get(k, path)
			if again := get(k, path); again.Body.String() != first.Body.String() || again.Header().Get("ETag") != first.Header().Get("ETag") {
				t.Errorf("%s: a kept page is not the one that was made", path)
			}
			if path == "/logiciels/logiciel-3" && !strings.Contains(first.Body.String(), text) {
				t.Errorf("%s: %q is not seen", path, text)
			}
			tag := first.Header().Get("ETag")
			if w := get(k, path, "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
				t.Errorf("%s: the same page again: %d", path, w.Code)
			}
			k.edit(t, "logiciel-3", text+" bis")
			if w := get(k, path, "If-None-Match", tag); path == "/logiciels/logiciel-3" && (w.Code != http.StatusOK || !strings.Contains(w.Body.String(), text+" bis")) {
				t.Errorf("%s: after an edit: %d", path, w.Code)
			}
		}
	}
}

func TestKeptPagesAreThoseThatWereMade(t *testing.T) {
	k := newKeeping(t)
	for _, path := range []string{"/besoins", "/besoins/besoin-1", "/logiciels", "/logiciels?q=agenda&libre=oui", "/logiciels/logiciel-1", "/selections", "/prestataires", "/prestataires/structure-1", "/demandes", "/selections?lang=en"} {
		for _, lang := range []string{"fr", "en"} {
			made, before := get(k, path, "Accept-Language", lang), k.pages()
			packed := get(k, path, "Accept-Language", lang, "Accept-Encoding", "gzip")
			plain := get(k, path, "Accept-Language", lang)
			if k.pages() != before || before == 0 {
				t.Errorf("%s: %d pages are kept, then %d", path, before, k.pages())
			}
			if made.Code != 200 || plain.Body.String() != made.Body.String() || string(unzip(packed.Body.Bytes())) != made.Body.String() {
				t.Errorf("%s in %s: what is kept is not what was made", path, lang)
			}
			for name := range made.Header() {
				if plain.Header().Get(name) != made.Header().Get(name) {
					t.Errorf("%s: %s was %q, and is %q of a kept page", path, name, made.Header().Get(name), plain.Header().Get(name))
				}
			}
		}
	}
}

func TestWhatIsNotKept(t *testing.T) {
	k := newKeeping(t)
	for _, path := range []string{"/logiciels?q=agenda+dupontel", "/logiciels?q=agendaa", "/logiciels?pres=Trifouillis", "/prestataires?pres=Trifouillis", "/logiciels/absent", "/logiciels?libre=peut-etre", "/observatoire", "/"} {
		if get(k, path); k.pages() != 0 {
			t.Errorf("%s is kept", path)
		}
	}
	if get(k, "/besoins", "Cookie", "a=b"); k.pages() != 0 {
		t.Error("a page for who sends a cookie is kept")
	}
}

func TestQuestionsAreCountedWhenTheirPageIsKept(t *testing.T) {
	k := newKeeping(t)
	for range 3 {
		get(k, "/logiciels?q=agenda")
	}
	if k.asked != 3 || k.pages() != 1 {
		t.Errorf("of 3 questions %d are counted, %d pages are kept", k.asked, k.pages())
	}
}

// TestKeptPagesFollowTheIndexAndTheDay changes what is around the catalogue.
func TestKeptPagesFollowTheIndexAndTheDay(t *testing.T) {
	k := newKeeping(t)
	const path = "/logiciels/logiciel-1"
	first := get(k, path).Body.String()
	k.searcher.none = true
	if second := get(k, path).Body.String(); second == first || strings.Contains(second, "/depots/") {
		t.Error("the page leads to a repository that the index no longer holds")
	}
	get(k, "/besoins")
	k.now = k.now.AddDate(0, 0, 1)
	if get(k, "/demandes"); k.pages() != 1 {
		t.Errorf("on the next day %d pages are kept", k.pages())
	}
}

func TestKeptPagesAreBounded(t *testing.T) {
	k, c := &kept{}, new(registry.Catalogue)
	page := func(n int) *keptPage { return &keptPage{response: response{gzipped: make([]byte, n)}} }
	k.put(c, "", "hot", page(10))
	for i := range 10_000 {
		k.put(c, "", fmt.Sprint(i), page(5000))
		if k.get(c, "", "hot") == nil {
			t.Fatalf("after %d pages the one that all ask for is gone", i)
		}
	}
	bytes := 0
	for _, pages := range []map[string]*keptPage{k.young, k.old} {
		for key, page := range pages {
			bytes += len(key) + len(page.gzipped)
		}
	}
	if bytes > keptBytes || bytes < keptBytes/3 {
		t.Errorf("%d bytes are kept, at most %d", bytes, keptBytes)
	}
	if k.get(c, "", "0") != nil || k.get(c, "", "9999") == nil {
		t.Error("old pages do not make room for young ones")
	}
	if k.get(new(registry.Catalogue), "", "9999") != nil {
		t.Error("a page outlives its catalogue")
	}
}
