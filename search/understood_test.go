// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"testing"
)

func TestUnderstoodHoldsNothingOfTheAskerAlone(t *testing.T) {
	for question, want := range map[string][]string{
		"fichier xqzjkw":                  {"fichier"},
		"Fichier FICHIER serveur":         {"fichier", "serveur"},
		"-fichier serveur":                {"serveur"},
		`"mot de passe hunter2" fichier`:  {"fichier"},
		"/fichier.*/ serveur":             {"serveur"},
		"path:fichier serveur lang:go":    {"serveur"},
		"jeanne@dupont.example":           nil,
		"0612345678":                      nil,
		"(fichier OR xqzjkw) in:file":     {"fichier"},
		"(":                               nil,
		"":                                nil,
		"repo:xqzjkw":                     nil,
		"motdepassexqzjkw AKIAXQZJKW1234": nil,
		"parsing fichiers serveurs":       {"parse", "fichier", "serveur"},
		"fichierXqzjkw x_fichier":         nil,
	} {
		if got := Understood(question); !slices.Equal(got, want) {
			t.Errorf("%q is counted as %q, want %q", question, got, want)
		}
	}
}

func FuzzUnderstood(f *testing.F) {
	f.Add("fichier secret")
	f.Add(`é"x" OR (a -b)`)
	f.Fuzz(func(t *testing.T, question string) {
		c, err := theCountable()
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range Understood(question) {
			_, french := closed(c.french)[word]
			_, english := closed(c.english)[word]
			if !french && !english {
				t.Errorf("%q is counted as %q", question, word)
			}
		}
	})
}

// closed turns the list inside out: its words.
func closed(byStem map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, word := range byStem {
		all[word] = true
	}
	return all
}

func BenchmarkUnderstood(b *testing.B) {
	for b.Loop() {
		Understood("lire un fichier de configuration sur le serveur")
	}
}
