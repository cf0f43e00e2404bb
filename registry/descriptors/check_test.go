// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"slices"
	"strings"
	"testing"
)

func TestURL(t *testing.T) {
	for s, want := range map[string]string{ // the address meant; "=" when it is right, empty when nobody can tell
		"https://example.org/a.git":              "=",
		"http://localhost:8080/a":                "=",
		"git://example.org/a.git":                "=",
		"ssh://git@example.org/a.git":            "=",
		"svn+ssh://example.org/a":                "=",
		"git@example.org:a/b.git":                "https://example.org/a/b.git",
		"git+https://example.org/a":              "https://example.org/a",
		" https://example.org/a":                 "https://example.org/a",
		"https://example.org/a b":                "https://example.org/a%20b",
		"<https://example.org/a>":                "https://example.org/a",
		"www.example.org":                        "https://www.example.org",
		"framagit.org/a/b":                       "https://framagit.org/a/b",
		"//example.org/a":                        "https://example.org/a",
		"example":                                "",
		"":                                       "",
		"https://":                               "",
		"https:///a":                             "",
		"javascript:alert(1)":                    "",
		"data:text/html,<script>":                "",
		"file:///etc/passwd":                     "",
		"https://example.org/\"onclick=":         "",
		"https://exa\u0000mple.org":              "",
		"JAVASCRIPT://example.org/%0aalert(1)":   "",
		"https://example.org/<script>alert(1)//": "",
	} {
		ok, fix := checkURL(s, codeSchemes)
		if ok != (want == "=") || !ok && fix != want {
			t.Errorf("%q: %t %q, want %q", s, ok, fix, want)
		}
	}
	if ok, fix := checkURL("git://example.org/a", webSchemes); ok || fix != "https://example.org/a" {
		t.Errorf("git for a page: %t %q", ok, fix)
	}
}

func TestDate(t *testing.T) {
	for s, want := range map[string]string{
		"2026-03-14": "=", "2024-02-29": "=", "2025-02-29": "", "2026-13-01": "", "": "", "hier": "", "2026": "", "2026-03": "",
		"2026-03-14T10:00:00Z": "2026-03-14", "2026-03-14 10:00:00": "2026-03-14", "2026-3-4": "2026-03-04", "2026/03/14": "2026-03-14",
		"20260314": "2026-03-14", "14/03/2026": "2026-03-14", "14.03.2026": "2026-03-14", "14-03-2026": "2026-03-14", "03/14/2026": "2026-03-14",
		"03/04/2026": "", "03/03/2026": "2026-03-03", "14 mars 2026": "2026-03-14", "1er avril 2026": "2026-04-01", "March 14, 2026": "2026-03-14", "14 Mar 2026": "2026-03-14",
		" 2026-03-14": "2026-03-14",
	} {
		ok, fix := checkDate(s)
		if ok != (want == "=") || !ok && fix != want {
			t.Errorf("%q: %t %q, want %q", s, ok, fix, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for s, want := range map[string]string{
		"fr": "=", "pt-BR": "=", "zh-Hans": "=", "sl-IT-nedis": "=", "zh-yue": "=", "br": "=", "gsw": "=", "gcf": "=", "en-gb": "=",
		"fr_FR": "fr-FR", "fr_FR.UTF-8": "fr-FR", "French": "fr", "Français": "fr", "fra": "fr", "eng": "en", "en-UK": "en-GB",
		"sr-lat": "sr-Latn", "sr-cyr": "sr-Cyrl", "zh-simplified": "zh-Hans", "": "", "xx": "", "x": "", "tout": "", "und": "", "<script>": "",
	} {
		ok, fix := checkLanguage(s)
		if ok != (want == "=") || !ok && fix != want {
			t.Errorf("%q: %t %q, want %q", s, ok, fix, want)
		}
	}
}

func TestPath(t *testing.T) {
	for s, want := range map[string]string{
		"docs/logo.svg": "", "logo.PNG": "", "https://example.org/logo.png?raw=true": "", "https://example.org": "", "https://example.org/logo": "",
		"logo.jpg": "picture", "logo": "picture", "https://example.org/logo.jpg": "picture", "/logo.svg": "path-absolute", "../logo.svg": "path-outside",
		`docs\logo.svg`: "path-backslash", "file:///logo.svg": "path-url", "javascript:alert(1).svg": "path-url", "C:/logo.svg": "path-url",
	} {
		if code, _ := checkPath(s, logoKinds); code != want {
			t.Errorf("%q: %q, want %q", s, code, want)
		}
	}
}

func TestCharacters(t *testing.T) {
	for s, want := range map[string]int{"": 0, "été": 3, "e\u0301te\u0301": 3, "👨\u200d👩\u200d👧": 1, "👍🏽": 1, "🇫🇷🇧🇪": 2, "a🇫🇷b": 3, "ﷺ": 1} {
		if n := characters(s); n != want {
			t.Errorf("%q has %d, want %d", s, n, want)
		}
	}
}

func TestFirstSentence(t *testing.T) {
	for text, want := range map[string]string{
		"A wiki for everybody. It is small.":                        "A wiki for everybody.",
		"Un logiciel, p. ex. un wiki, pour M. Tout-le-monde. Fin.":  "Un logiciel, p. ex. un wiki, pour M. Tout-le-monde.",
		"Version 2.0 of a small tool is here":                       "Version 2.0 of a small tool is here",
		"Short. But this goes on. And on.":                          "Short. But this goes on.",
		"A tool that does\nall kinds of things! See below.":         "A tool that does all kinds of things!",
		strings.Repeat("mot ", 60):                                  strings.TrimSpace(strings.Repeat("mot ", 37)) + "…",
		"Nothing else than one long sentence without a stop inside": "Nothing else than one long sentence without a stop inside",
	} {
		if got := firstSentence(text, maxShort); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	for s, want := range map[string]string{
		"landingUrl": "landingURL", "localization": "localisation", "developementStatus": "developmentStatus", "licence": "", "x": "", "publiccode_yml_version": "publiccodeYmlVersion",
	} {
		if got := nearest(s, []string{"landingURL", "localisation", "developmentStatus", "publiccodeYmlVersion", "url"}); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	if len(categories) != 106 || len(scopes) != 24 || len(countries) != 249 {
		t.Errorf("%d categories, %d scopes, %d countries", len(categories), len(scopes), len(countries))
	}
	for _, list := range [][]string{categories, scopes, countries} {
		sorted := slices.Clone(list)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != len(list) {
			t.Errorf("%s is there twice", list[0])
		}
	}
	for word := range categorySince {
		if !slices.Contains(categories, word) {
			t.Errorf("%s is no category", word)
		}
	}
}
