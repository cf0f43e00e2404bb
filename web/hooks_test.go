// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler"
)

// fakeHooks says what it is asked to.
type fakeHooks struct {
	outcome crawler.Outcome
	err     error
	mu      sync.Mutex
	got     []byte
	times   int
}

func (f *fakeHooks) Has(source string) bool { return source == "naos" || source == "a b/é" }

func (f *fakeHooks) Take(_ context.Context, _ string, _ http.Header, body []byte) (crawler.Outcome, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = body
	f.times++
	return f.outcome, f.err
}

func sendHook(h http.Handler, method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHooks(t *testing.T) {
	hooks := &fakeHooks{}
	h := newServer(t, newFake(), func(c *Config) { c.Hooks = hooks })
	long := strings.Repeat("a", maxHook)
	for _, tc := range []struct {
		name, method, path, kind, body string
		outcome                        crawler.Outcome
		err                            error
		status                         int
		answer                         string
	}{
		{"accepted", "POST", "/hooks/naos", "application/json", "{}", crawler.Accepted, nil, 202, `{"status":"accepted"}`},
		{"a name that is escaped", "POST", "/hooks/a%20b%2F%C3%A9", "application/json; charset=utf-8", "{}", crawler.Accepted, nil, 202, "accepted"},
		{"duplicate", "POST", "/hooks/naos", "application/json", "{}", crawler.Duplicate, nil, 200, "duplicate"},
		{"elsewhere", "POST", "/hooks/naos", "application/json", "{}", crawler.Elsewhere, nil, 200, "elsewhere"},
		{"wrong secret", "POST", "/hooks/naos", "application/json", "{}", crawler.Signature, nil, 403, `"code":"signature"`},
		{"malformed", "POST", "/hooks/naos", "application/json", "{", crawler.Malformed, nil, 400, `"code":"malformed"`},
		{"foreign", "POST", "/hooks/naos", "application/json", "{}", crawler.Foreign, nil, 422, `"code":"foreign"`},
		{"disk", "POST", "/hooks/naos", "application/json", "{}", "", errors.New("secret of the disk"), 503, `"code":"unwritten"`},
		{"unknown", "POST", "/hooks/nobody", "application/json", "{}", crawler.Accepted, nil, 404, `"code":"no-hook"`},
		{"form", "POST", "/hooks/naos", "application/x-www-form-urlencoded", "payload=%7B%7D", crawler.Accepted, nil, 415, `"code":"media-type"`},
		{"as long as may be", "POST", "/hooks/naos", "application/json", long, crawler.Accepted, nil, 202, "accepted"},
		{"too long", "POST", "/hooks/naos", "application/json", long + "a", crawler.Accepted, nil, 413, `"code":"too-large"`},
		{"GET", "GET", "/hooks/naos", "", "", crawler.Accepted, nil, 405, `"code":"method"`},
		{"PUT", "PUT", "/hooks/naos", "application/json", "{}", crawler.Accepted, nil, 405, `"code":"method"`},
	} {
		hooks.outcome, hooks.err = tc.outcome, tc.err
		w := sendHook(h, tc.method, tc.path, tc.kind, strings.NewReader(tc.body))
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.answer) || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%s: %d %s", tc.name, w.Code, w.Body)
		}
		if tc.status == 202 && len(hooks.got) != len(tc.body) {
			t.Errorf("%s: %d bytes came of %d", tc.name, len(hooks.got), len(tc.body))
		}
		if tc.status == 405 && w.Header().Get("Allow") != "POST" || tc.status == 503 && w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %v", tc.name, w.Header())
		}
	}
	// Without a length, too: it is cut where the limit is.
	if w := sendHook(h, "POST", "/hooks/naos", "application/json", io.MultiReader(strings.NewReader(long), strings.NewReader("aa"))); w.Code != 413 {
		t.Errorf("too long, without saying so: %d", w.Code)
	}
	// A source that is not there, one that takes none, and a server that takes none at all, answer alike.
	none := newServer(t, newFake(), nil)
	a, b := sendHook(h, "POST", "/hooks/nobody", "x", nil), sendHook(none, "POST", "/hooks/naos", "application/json", strings.NewReader("{}"))
	if a.Code != 404 || a.Body.String() != b.Body.String() {
		t.Errorf("%d %s\n%d %s", a.Code, a.Body, b.Code, b.Body)
	}
}

// TestHooksUnderAttack: long and slow messages of strangers take bounded memory and keep nobody else out.
func TestHooksUnderAttack(t *testing.T) {
	hooks := &fakeHooks{outcome: crawler.Accepted}
	server := httptest.NewUnstartedServer(newServer(t, newFake(), func(c *Config) { c.Hooks, c.Timeout = hooks, 2*time.Second }))
	server.Config.ReadTimeout = time.Second
	server.Start()
	defer server.Close()
	address := server.Listener.Addr().String()
	var conns []net.Conn
	for i := range 40 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		conns = append(conns, c)
		fmt.Fprintf(c, "POST /hooks/naos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", maxHook)
		if i%2 == 0 {
			c.Write(bytes.Repeat([]byte("a"), shortHook+1)) // long enough to wait for a turn
		}
	}
	resp, err := http.Post(server.URL+"/hooks/naos", "application/json", strings.NewReader("{}"))
	if err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatalf("beside slow ones: %v, %v", resp, err)
	}
	resp.Body.Close()
	for i, c := range conns {
		c.SetReadDeadline(time.Now().Add(20 * time.Second))
		said, err := io.ReadAll(c)
		if line, _, _ := strings.Cut(string(said), "\r\n"); err != nil && len(said) == 0 || line != "" && !strings.Contains(line, " 408 ") && !strings.Contains(line, " 503 ") {
			t.Errorf("slow one %d: %q, %v", i, line, err)
		}
	}
	hooks.mu.Lock()
	defer hooks.mu.Unlock()
	if hooks.times != 1 {
		t.Errorf("%d messages were judged", hooks.times)
	}
}
