// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"communs/crawler"
)

// TestPathsOfAnyBytes: two names that differ only in bytes that are not UTF-8 stay two, in JSON as on the pages.
func TestPathsOfAnyBytes(t *testing.T) {
	const address = "https://forge.example/a/bytes"
	files := map[string]string{
		"d\xff/a\xfe%41.go":   "package a\n\nfunc First() {}\n",
		"d\xff/a\xff%41.go":   "package a\n\nfunc Second() {}\n",
		"d\xff/LICENSE":       "SPDX-License-Identifier: MIT\n",
		"d\uFFFD/a\uFFFD.go":  "package a\n\nfunc Third() {}\n",
		"plain é/%41 b;c#.go": "package a\n\nfunc Fourth() {}\n",
	}
	l := newIndex(t, repo{Repository: crawler.Repository{URL: address}, files: files})
	page := ask(t, l, "lang:go kind:function")
	if len(page.Hits) != 4 {
		t.Fatalf("found %v", places(page))
	}
	text, err := json.Marshal(page)
	if err != nil || !utf8.Valid(text) {
		t.Fatalf("%q, %v", text, err)
	}
	var read Page
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	whole := func(path, raw string) string {
		if raw == "" {
			return path
		}
		back, err := url.PathUnescape(raw)
		if err != nil || utf8.ValidString(back) || strings.ToValidUTF8(back, "") != strings.ReplaceAll(path, "\uFFFD", "") {
			t.Errorf("path %q, path_raw %q: %q, %v", path, raw, back, err)
		}
		return back
	}
	for _, h := range read.Hits {
		path := whole(h.Path, h.PathRaw)
		if files[path] == "" {
			t.Errorf("there is no %q", path)
		}
		if o := h.Occurrences[0]; whole(o.Path, o.PathRaw) != path {
			t.Errorf("%q stands at %q", path, o.PathRaw)
		}
		for _, e := range h.Evidence {
			if e := whole(e.Path, e.PathRaw); e != "d\xff/LICENSE" {
				t.Errorf("the licence of %q stands in %q", path, e)
			}
		}
		f, err := l.File(context.Background(), address, path)
		if err != nil || f.Text != files[path] || f.Path != path {
			t.Errorf("%q: %+v, %v", path, f, err)
		}
		again, err := l.Block(context.Background(), h.ID)
		if err != nil || again.Path != path {
			t.Errorf("%s: %+v, %v", h.ID, again, err)
		}
	}
	top, err := l.Tree(context.Background(), address, "")
	if err != nil || len(top.Entries) != 3 {
		t.Fatalf("%+v, %v", top, err)
	}
	n := 0
	for _, e := range top.Entries {
		folder, err := l.Tree(context.Background(), address, e.Name)
		if err != nil {
			t.Fatalf("folder %q: %v", e.Name, err)
		}
		for _, f := range folder.Entries {
			if files[e.Name+"/"+f.Name] == "" {
				t.Errorf("there is no %q in %q", f.Name, e.Name)
			}
			n++
		}
	}
	if n != len(files) {
		t.Errorf("the folders list %d files, want %d", n, len(files))
	}
}
