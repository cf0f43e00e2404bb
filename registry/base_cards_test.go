// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"communs/internal/words"
	"communs/licenses"
	"communs/registry"
	"communs/registry/registrytest"
)

// TestBaseHolds what every record of the base is held to beyond what a store takes: nothing in it may be wrong or doubtful, each software
// is free by its licence and told in both languages, and every source says when it was read.
func TestBaseHolds(t *testing.T) {
	said, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	french, list := said.Printer(words.French), base(t)
	all := registrytest.Catalogue(t, list)
	for _, e := range list {
		at := string(e.Kind()) + " " + e.Head().ID
		for _, p := range registry.Check(e, all) {
			t.Errorf("%s: %v", at, p)
		}
		if s := e.Head().Sources[0]; s.Name != registry.BaseSource || s.Licence != "CC0-1.0" || s.Read == "" && e.Kind() != registry.KindNeed {
			t.Errorf("%s comes from %+v", at, s)
		}
		switch e := e.(type) {
		case *registry.Software:
			holds(t, at, e)
		case *registry.Need:
			if key := "registry.group." + e.Group; !french.Has(key) {
				t.Errorf("%s belongs to %q, which has no name: %s", at, e.Group, key)
			}
		case *registry.Organisation:
			inBoth(t, at+": about", e.About, 20, 400)
		case *registry.Selection:
			inBoth(t, at+": situation", e.Situation, 50, 400)
			for _, p := range e.Items {
				inBoth(t, at+": why "+p.Software, p.Why, 20, 200)
				if slices.Contains(p.Else, p.Software) {
					t.Errorf("%s: %s is its own other choice", at, p.Software)
				}
			}
		}
	}
}

func holds(t *testing.T, at string, s *registry.Software) {
	t.Helper()
	inBoth(t, at+": summary", s.Summary, 20, 150)
	inBoth(t, at+": about", s.About, 300, 900)
	if s.Website == "" || len(s.Needs) == 0 || len(s.Words) == 0 || len(s.Categories) == 0 || len(s.Languages) == 0 || len(s.Platforms) == 0 {
		t.Errorf("%s lacks a website, needs, words, categories, languages or platforms", at)
	}
	licence, err := licenses.Parse(s.Licence)
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	if libre, ground := licenses.LibreOf(licence); libre != licenses.LibreYes {
		t.Errorf("%s: %s is not free: %s", at, s.Licence, ground)
	}
}

func inBoth(t *testing.T, at string, text registry.Text, least, most int) {
	t.Helper()
	for lang, s := range map[string]string{"fr": text.FR, "en": text.EN} {
		if n := utf8.RuneCountInString(s); n < least || n > most {
			t.Errorf("%s.%s has %d characters, not %d to %d", at, lang, n, least, most)
		}
	}
}

// TestBaseAnswersEveryNeed wants two choices for every need, and a recommendation for the situations that people ask for most.
func TestBaseAnswersEveryNeed(t *testing.T) {
	answers, situations := map[string]int{}, map[string][]registry.Pick{}
	for _, e := range base(t) {
		switch e := e.(type) {
		case *registry.Need:
			answers[e.ID] += 0
		case *registry.Software:
			for _, need := range e.Needs {
				answers[need]++
			}
		case *registry.Selection:
			situations[e.ID] = e.Items
		}
	}
	for need, n := range answers {
		if n < 2 {
			t.Errorf("%s has %d software", need, n)
		}
	}
	if len(situations) < 8 {
		t.Errorf("%d selections", len(situations))
	}
	for _, need := range []string{"visioconference", "redaction-collaborative", "messagerie-instantanee", "stockage-fichiers"} {
		if !slices.ContainsFunc(situations["continuer-a-distance"], func(p registry.Pick) bool { return p.Need == need }) {
			t.Errorf("nothing is recommended to those who work at a distance for %s", need)
		}
	}
}
