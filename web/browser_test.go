// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package web

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBrowser opens every screen in Chromium, in light and dark, on a phone, a tablet and a wide screen: no request but
// the page and its style sheet, nothing refused by the policy, nothing wider than the window, no cookie. With
// SCREENSHOTS=DIR it leaves the pictures there.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	f := newFake()
	server := httptest.NewServer(newServer(t, f, nil))
	defer server.Close()
	pictures := os.Getenv("SCREENSHOTS")
	for name, path := range screens(f) {
		for _, width := range []int{320, 768, 1280} {
			for _, dark := range []bool{false, true} {
				if pictures == "" && (dark || width == 768) {
					continue
				}
				label := fmt.Sprintf("%s-%d-%t", name, width, dark)
				v := b.open(server.URL+path, width, dark)
				if len(v.Requests) > 3 {
					t.Errorf("%s: %d requests: %v", label, len(v.Requests), v.Requests)
				}
				for _, u := range v.Requests {
					if !strings.HasPrefix(u, server.URL) && !strings.HasPrefix(u, "data:") {
						t.Errorf("%s: asks a third party: %s", label, u)
					}
				}
				for _, e := range v.Errors {
					if !strings.Contains(e, "status of 40") {
						t.Errorf("%s: the console says %s", label, e)
					}
				}
				var seen struct {
					Wide   int
					Cookie string
					Small  []string
				}
				b.eval(measure, &seen)
				if seen.Wide > width {
					t.Errorf("%s: the page is %d px wide in a window of %d", label, seen.Wide, width)
				}
				if seen.Cookie != "" {
					t.Errorf("%s: cookie %q", label, seen.Cookie)
				}
				if len(seen.Small) > 0 {
					t.Errorf("%s: links or fields less than 24 px high: %v", label, seen.Small)
				}
				if pictures != "" {
					b.shot(filepath.Join(pictures, fmt.Sprintf("%s-%d-%s.png", name, width, map[bool]string{false: "light", true: "dark"}[dark])))
				}
			}
		}
	}
}

// measure finds what is too wide and what is too small to touch (inline links within a sentence apart).
const measure = `(() => {
	const small = [];
	for (const e of document.querySelectorAll("input, select, button, textarea, header a, .pills a, .pages a, .code a, .shares a, .outline a, .note a, td a")) {
		const r = e.getBoundingClientRect();
		if (r.height > 0 && r.height < 23.5 && e.type !== "hidden") small.push(e.tagName + " " + e.textContent.slice(0, 20) + " " + r.height);
	}
	return {Wide: document.documentElement.scrollWidth, Cookie: document.cookie, Small: small.slice(0, 5)};
})()`
