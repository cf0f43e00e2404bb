// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/url"
	"strings"
	"testing"

	"communs/search"
)

// TestAddedWordsAreShown: each with where it comes from, and a question that does without it, without a script.
func TestAddedWordsAreShown(t *testing.T) {
	f := newFake()
	f.added = []search.Added{
		{For: "lire", Word: "read", Weight: 0.95, Source: "glossary"},
		{For: "ligne de commande", Word: "command line", Weight: 0.9, Source: "catalogues",
			From: []search.PairPlace{{Repo: "https://forge.example/a/b", Path: "po/<fr>.po"}}},
	}
	body := strings.ReplaceAll(get(newServer(t, f, nil), "/code?q=lire").Body.String(), "&#43;", "+")
	for _, want := range []string{
		"Mots ajoutés", ">read<", "glossaire de Communs", "po/&lt;fr&gt;.po",
		url.QueryEscape("lire -~read"), url.QueryEscape(`lire -~"command line"`), url.QueryEscape("lire expand:no"),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	f.added = nil
	if body := get(newServer(t, f, nil), "/code?q=lire").Body.String(); strings.Contains(body, "Mots ajoutés") {
		t.Error("words are said to be added where none was")
	}
}
