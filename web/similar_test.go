// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"communs/search"
)

// post sends a body to a server of fixtures.
func post(t testing.TB, h http.Handler, path, kind, body string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestAPISimilar(t *testing.T) {
	h := newServer(t, newFake(), nil)
	code := "func parse(a int) error { return nil }"
	sent, err := json.Marshal(map[string]string{"code": code, "lang": "go"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, path, kind, body string
		status                 int
		code                   string // of the error
	}{
		{"JSON", "/api/v1/similar", "application/json; charset=utf-8", string(sent), 200, ""},
		{"text", "/api/v1/similar?n=1", "text/plain", code, 200, ""},
		{"too short", "/api/v1/similar", "text/plain", "x", 400, "example"},
		{"no code", "/api/v1/similar", "application/json", `{"lang":"go"}`, 400, "body"},
		{"no JSON", "/api/v1/similar", "application/json", `{"code":`, 400, "body"},
		{"another format", "/api/v1/similar", "application/x-tar", "x", 415, "media-type"},
		{"no format", "/api/v1/similar", "", "x", 415, "media-type"},
		{"too long", "/api/v1/similar", "text/plain", strings.Repeat("a", maxBody+1), 413, "too-large"},
		{"a wrong n", "/api/v1/similar?n=x", "text/plain", code, 400, "parameter"},
		{"elsewhere", "/api/v1/search", "text/plain", code, 405, "method"},
	} {
		w := post(t, h, c.path, c.kind, c.body)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %.300s", c.what, w.Code, c.status, w.Body)
			continue
		}
		if c.code != "" {
			var answer struct{ Error errorBody }
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Error.Code != c.code || answer.Error.Message == "" {
				t.Errorf("%s: %s", c.what, w.Body)
			}
			continue
		}
		var page search.Page
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || len(page.Hits) == 0 || page.Hits[0].Similarity == 0 || len(page.Hits[0].Ranges) == 0 {
			t.Errorf("%s: %.300s", c.what, w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be cached: %s", c.what, w.Header().Get("Cache-Control"))
		}
	}
	req := httptest.NewRequest(http.MethodGet, "/api/v1/similar", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

// The page works without script: a form, then the answer with groups, ranges, places and dates.
func TestSimilarPage(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for _, c := range []struct {
		path, code string
		status     int
		want       []string
	}{
		{"/similar", "func parse(a int) error { return nil }", 200,
			[]string{"Copies", "100% alike", "of the example ≈", "First seen on", "not legal advice", "does not say who wrote the code"}},
		{"/similaire?lang=fr", "func parse(a int) error { return nil }", 200,
			[]string{"semblable à 100", "Première vue le", "pas un avis juridique", "première fois"}},
		{"/similar", "func parse(a int) error {\r\n\treturn nil // \u202e\r\n}\r\n", 200,
			[]string{"spellcheck=\"false\" translate=\"no\" dir=\"ltr\">\nfunc parse(a int) error {\n\treturn nil // ⟨U&#43;202E⟩\n}\n</textarea>"}},
		{"/similar", "x", 400, []string{"Too short to compare", `aria-invalid="true"`}},
		{"/similar", "a <b> c </textarea><script>alert(1)</script>", 200, []string{"&lt;/textarea&gt;&lt;script&gt;"}},
		{"/similar", strings.Repeat("word ", 5000), 200, []string{"too long to be shown here again"}},
	} {
		w := post(t, h, c.path, "application/x-www-form-urlencoded", url.Values{"code": {c.code}}.Encode())
		body := w.Body.String()
		if w.Code != c.status {
			t.Errorf("%.30q: status %d", c.code, w.Code)
		}
		for _, text := range c.want {
			if !strings.Contains(body, text) {
				t.Errorf("%.30q: the page lacks %q", c.code, text)
			}
		}
		for _, fault := range checkPage(body) {
			t.Errorf("%.30q: %s", c.code, fault)
		}
		if len(body) > 20_000 {
			t.Errorf("%.30q: the page takes %d bytes", c.code, len(body))
		}
	}
}

func FuzzSimilarForm(f *testing.F) {
	h := newServer(f, newFake(), nil)
	f.Add("code=a%20b%20c%20d", "application/json")
	f.Add(`{"code":"a b c d"}`, "text/plain")
	f.Fuzz(func(t *testing.T, body, kind string) {
		for _, path := range []string{"/similaire", "/api/v1/similar"} {
			req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			req.Header["Content-Type"] = []string{kind}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			if w.Code >= 500 {
				t.Fatalf("%s: status %d", path, w.Code)
			}
		}
	})
}
