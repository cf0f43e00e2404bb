// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"communs/search"
)

// folds gives the fake's first hit near copies under two licences, and its repository more hits.
func folds(f *fake, n int) {
	for i := range n {
		license := []string{"MIT", "GPL-3.0-only"}[i%2]
		f.near = append(f.near, search.Near{
			ID: f.repos[0].files[1].id(12+i, 21), Similarity: 0.934, Repo: fmt.Sprintf("https://forge.example/copie/v%d", i), Path: "src/<date>.go",
			Start: 4, End: 20, License: license, Libre: "yes", Copies: 1,
		})
	}
	f.later = []search.Later{{Repo: f.repos[0].info.URL, Hits: 3, Query: "parse repo:" + f.repos[0].info.URL}}
}

// TestNearCopiesAreShown: folded, with the licences that the hit itself does not have in sight, and a way to each.
func TestNearCopiesAreShown(t *testing.T) {
	f := newFake()
	folds(f, nearPerHit+2)
	h := newServer(t, f, nil)
	body := strings.ReplaceAll(get(h, "/code?q=parse").Body.String(), "&#43;", "+")
	for _, want := range []string{
		"<summary>12 versions presque identiques ", "GPL-3.0-only</span></summary>", "forge.example/copie/v9<", "src/&lt;date&gt;.go", "93 %", url.QueryEscape("parse fold:no"),
		"(2 autres ne sont pas dans la liste)", "3 autres résultats de ", url.QueryEscape(f.later[0].Query),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	if strings.Contains(body, "copie/v10<") || strings.Count(body, "MIT</span></summary>") != 0 {
		t.Error("too many are listed, or the hit's own licence is told as another")
	}
	if body = get(h, "/code?q=parse&lang=en").Body.String(); !strings.Contains(body, "12 near-identical versions") || !strings.Contains(body, "3 more results from ") {
		t.Error("the English page says it otherwise")
	}
	f.near, f.later = nil, nil
	if body := get(h, "/code?q=parse").Body.String(); strings.Contains(body, "presque identiques") || strings.Contains(body, "plus loin") {
		t.Error("copies are told where there are none")
	}
}
