// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"strings"
	"testing"

	"communs/crawler"
)

func TestFrenchForms(t *testing.T) {
	for word, want := range map[string]string{
		"calculer": "calcule calcules calculons calculent calculait calculee calculees", "calculons": "calculer calcule calculee", "charge": "charger chargeons",
		"national": "nationale nationaux nationales", "journaux": "journal", "travaux": "travail", "tableau": "tableaux", "remplissons": "remplir rempli",
		"envoyer": "envoie envoient envoyees", "appelle": "appeler appellent appelees", "recoit": "recevoir recu recues", "permis": "permettre permettent",
		"traduite": "traduire traduisent traduits", "definie": "definir definissent definies", "lisent": "lire lue lues", "utilisatrice": "utilisateur utilisateurs",
		"public": "publique publiques", "attendre": "attend attendent attendus", "active": "actif actives", "contenu": "contenir contiennent", "joint": "joindre joignent",
	} {
		forms := frenchForms(word)
		for w := range strings.FieldsSeq(want) {
			if !slices.Contains(forms, w) {
				t.Errorf("%s: %s is no form of it: %v", word, w, forms)
			}
		}
		for i, f := range forms {
			if f == word || slices.Contains(forms[:i], f) {
				t.Errorf("%s: %s twice", word, f)
			}
		}
	}
	for _, word := range []string{"", "e", "er", "les", "http"} {
		for _, f := range frenchForms(word) {
			if len(f) < 3 {
				t.Errorf("%s: %q", word, f)
			}
		}
	}
}

const duesPHP = `<?php
/** Calcule les paiements des adhérents, et relance ceux qui n’ont pas payé. */
function relancer($adherents) {
    return cotisationsDues($adherents);
}

// Calculons le reste : les sommes reçues par les mairies sont soustraites.
function reste($sommes) {
    return array_sum($sommes);
}

// Les journaux nationaux sont lus par l’utilisatrice.
function lecture() {
    return [];
}

// Le paiement calculé d’un adhérent est envoyé au comptable.
function envoi($p) {
    return $p;
}
`

// TestFrenchCommentsAreFound: whatever the form that is typed, with accents or without.
func TestFrenchCommentsAreFound(t *testing.T) {
	l := newIndex(t, append(library(t, "encoding/csv", "text/template"),
		repo{Repository: crawler.Repository{URL: "https://forge.example/a/cotisations"}, files: map[string]string{"dues.php": duesPHP}})...)
	for question, want := range map[string][]string{
		"calculer paiement adhérent":       {"relancer", "envoi"},
		"calculons les paiements":          {"relancer", "envoi"},
		"calculer":                         {"relancer", "reste", "envoi"},
		"les sommes soustraire":            {"reste"},
		"dans un journal national":         {"lecture"},
		"lire un journal":                  {"lecture"},
		"envoyer les paiements calculés":   {"envoi"},
		"recevoir des sommes de la mairie": {"reste"},
		"utilisateurs des journaux":        {"lecture"},
		"ADHÉRENTS payée":                  {"relancer"},
	} {
		page := ask(t, l, question)
		for _, name := range want {
			if !slices.ContainsFunc(page.Hits, func(h Hit) bool { return h.Name == name && h.Missing == nil }) {
				t.Errorf("%s: %s is not among %v (%v)", question, name, places(page), page.Explain.Plan)
			}
		}
		for _, h := range page.Hits {
			checkHit(t, h)
		}
	}
	// English stays as it is, also where its words look like forms of French ones.
	for _, question := range []string{"read the port", "parse actions", "content", "sort lists", "parser"} {
		if page := ask(t, l, question); strings.Contains(strings.Join(page.Explain.Plan, " "), ", or ") {
			t.Errorf("%s: %v", question, page.Explain.Plan)
		}
	}
}
