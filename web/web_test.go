// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"communs/internal/words"
)

// newServer makes a server over the fake, changed by edit when it is given.
func newServer(t testing.TB, f *fake, edit func(*Config)) http.Handler {
	t.Helper()
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Searcher: f, Words: catalog, Instance: Instance{Name: "Communs", Region: "Nouvelle-Aquitaine", Contact: "communs@exemple.fr"},
		Logger: slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))}
	behindTheScenes(&c)
	if edit != nil {
		edit(&c)
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get asks for a path; header holds names and values in turn.
func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryScreenAnswers(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	file := f.repos[0].files[1]
	for _, c := range []struct {
		path   string
		status int
	}{
		{"/", 200},
		{"/?lang=en", 200},
		{"/code", 200},
		{"/code?q=parse+date", 200},
		{"/code?q=" + "nothing-of-the-kind", 200},
		{"/code?q=lnag:go", 400},
		{"/code?q=x&after=bad", 400},
		{"/code/" + file.id(12, 21), 200},
		{"/code/swh:1:cnt:" + file.hash() + "%23L12-21", 200},
		{"/code/swh%3A1%3Acnt%3A" + file.hash() + "%3Blines%3D12-21", 200},
		{"/code/swh:1:cnt:" + file.hash() + ";lines=9000-9001", 404},
		{"/code/nonsense", 400},
		{"/code/%zz", 400},
		{"/depots", 200},
		{"/depots/", 301},
		{"/repositories", 200},
		{"/depots/github.com/exemple/dates", 200},
		{"/repositories/github.com/exemple/dates", 200},
		{"/depots/github.com/exemple/absent", 404},
		{"/depots/github.com/exemple/dates/-/dates/parse.go", 200},
		{"/depots/github.com/exemple/dates/-/dates", 200},
		{"/depots/github.com/exemple/dates/-/dates/", 301},
		{"/depots/github.com/exemple/dates/-/absent", 404},
		{"/depots/github.com/exemple/dates/-", 200},
		{"/proprietaires/exemple", 200},
		{"/owners/region/num%C3%A9rique", 200},
		{"/owners/absent", 404},
		{"/owners", 404},
		{"/healthz", 200},
		{"/robots.txt", 200},
		{"/favicon.ico", 200},
		{"/api/v1/search?q=parse", 200},
		{"/api/v1/search?q=parse&n=-1", 400},
		{"/api/v1/search?q=lnag:x", 400},
		{"/api/v1/blocks/" + file.id(12, 21), 200},
		{"/api/v1/repositories", 200},
		{"/api/v2/search", 404},
		{"/absent", 404},
		{"//evil.example/", 404},
		{"/style.css", 404},
	} {
		r, err := http.NewRequest("GET", "http://localhost"+c.path, nil)
		if err != nil {
			if c.path == "/code/%zz" {
				continue // net/http refuses it before we see it
			}
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d\n%.300s", c.path, w.Code, c.status, w.Body)
		}
	}
}

// TestFormerAddressesLeadOn: a repository that was renamed is found under its old address, with all that is in it.
func TestFormerAddressesLeadOn(t *testing.T) {
	f := newFake()
	f.repos[0].info.Aliases = []string{"https://ancien.example/dates"}
	h := newServer(t, f, nil)
	for path, want := range map[string]string{
		"/depots/ancien.example/dates":                       "/depots/github.com/exemple/dates",
		"/depots/ancien.example/dates/-/dates/parse.go":      "/depots/github.com/exemple/dates/-/dates/parse.go",
		"/repositories/ancien.example/dates/-/dates?lang=en": "/repositories/github.com/exemple/dates/-/dates?lang=en",
	} {
		if w := get(h, path); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != want {
			t.Errorf("%s: %d, to %q", path, w.Code, w.Header().Get("Location"))
		}
	}
}

// testLog writes what the server logs into the test's log.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}
