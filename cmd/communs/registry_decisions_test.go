// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/publiclog"
	"communs/registry/registrytest"
)

// assembly is a data folder with a commons of three, a resolution whose vote is open, and one whose vote has been due for a while.
func assembly(t *testing.T) string {
	t.Helper()
	dir, clock := t.TempDir(), time.Now().AddDate(0, 0, -30)
	now := func() time.Time { return clock }
	s, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: dir, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	registrytest.Fill(t, s, registrytest.Generate(registrytest.Size{Software: 5, Organisations: 6}))
	c, f := commons.New(s, now), commons.Founding{Rules: governance.Default()}
	for i := range 3 {
		f.Members = append(f.Members, governance.Member{Organisation: fmt.Sprintf("structure-%d", i), Type: "company"})
	}
	if _, err := c.Found(t.Context(), operatorActor(), f); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"Ancienne", "Actuelle"} {
		if _, err := c.Propose(t.Context(), operatorFor("structure-0"), commons.Motion{Kind: governance.Resolution, Title: title, Text: "Un texte."}); err != nil {
			t.Fatal(err)
		}
		clock = clock.AddDate(0, 0, 20)
	}
	return dir
}

// A commons over the command line, from its founding to its decisions.
func TestRegistryDecisions(t *testing.T) {
	dir := assembly(t)
	rules := filepath.Join(t.TempDir(), "governance.toml")
	if err := os.WriteFile(rules, []byte(strings.Replace(string(governance.Default()), "change = false", "chnage = 1", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args string
		code int
		want string
	}{
		{"registry decisions", exitYes, "à traiter"},
		{"registry found structure-4", exitNo, "déjà fondé"},
		{"registry members", exitYes, "structure-2"},
		{"registry admit structure-4", exitNo, "vote"},
		{"registry vote 2 oui --organisation structure-1", exitYes, "vote ouvert jusqu’au"},
		{"registry vote 2 non --organisation structure-1", exitNo, "déjà voté"},
		{"registry vote 2 yes --organisation structure-5", exitNo, "pas de voix"},
		{"registry vote 2 peut-être --organisation structure-2", exitNo, "n’est pas un vote"},
		{"registry vote 2 yes", exitNo, "--organisation"},
		{"registry vote 1 yes --organisation structure-2", exitNo, "clos"},
		{"registry vote 9 yes --organisation structure-2", exitNo, "pas de proposition 9"},
		{"registry vote deux yes --organisation structure-2", exitFailure, "numéro"},
		{"registry vote 2 récuser --organisation structure-2", exitYes, "Actuelle"},
		{"registry vote 2 yes --organisation structure-2", exitNo, "conflit"},
		{"registry discuss 2 --organisation structure-1 --text D’accord.", exitYes, "D’accord."},
		{"registry discuss 2 --organisation structure-1", exitNo, "--text"},
		{"registry decisions 1", exitYes, "personne n’a dit oui ni non"}, // the first act has closed it
		{"registry decisions --apply --lang en", exitYes, "refused on"},
		{"registry motion admission structure-4 --organisation structure-0 --title Bienvenue --text Bonjour.", exitYes, "3  en discussion"},
		{"registry motion admission structure-0 --title Bienvenue --text Bonjour.", exitNo, "déjà membre"},
		{"registry motion admission nulle-part --title Bienvenue --text Bonjour.", exitNo, "nulle-part"},
		{"registry motion sacre --title Bienvenue --text Bonjour.", exitFailure, "sacre"},
		{"registry motion règles --rules " + rules + " --title Autres --text Parce.", exitFailure, "vote.change"},
		{"registry motion exclusion --title Autres --text Parce.", exitNo, "structure"},
		{"registry leave structure-2", exitYes, "structure-1"},
		{"registry leave structure-2", exitNo, "pas membre"},
		{"registry rules", exitYes, "Version 1"},
		{"registry rules " + rules, exitNo, "existe pas"},
		{"registry rules --default", exitYes, "[decision.admission]"},
		{"registry consult", exitYes, "Aucune consultation"},
		{"registry consult demander --title Jour --text Lequel? --answer Mardi", exitNo, "deux à 10"},
		{"registry consult demander --title Jour --text Lequel? --answer Mardi --answer Jeudi", exitYes, "2. Jeudi"},
		{"registry consult répondre 1 2", exitNo, "compte"},
		{"registry invite anne@exemple.fr --role administrator", exitYes, ""},
		{"registry consult répondre 1 2 --account personne@exemple.fr", exitNo, "compte"},
		{"registry consult résultats 1", exitYes, "Aucune réponse"},
		{"registry consult résultats 2", exitNo, "pas de consultation 2"},
		{"registry consult chanter", exitFailure, "demander"},
		{"registry verify", exitYes, "entier"},
	} {
		code, out := runIn(t, dir, strings.Fields(step.args)...)
		if code != step.code || !strings.Contains(out, step.want) || strings.Contains(out, "%!") || strings.Contains(out, "cmd.") {
			t.Errorf("%s: %d, want %d with %q:\n%s", step.args, code, step.code, step.want, out)
		}
	}
	for args, field := range map[string]string{
		"registry decisions": "proposals", "registry consult": "consultations", "registry consult results 1": "answers", "registry decisions 1": "result", "registry rules": "versions", "registry members": "members", "registry rules " + rules: "faults",
	} {
		var got map[string]any
		_, out := runIn(t, dir, append(strings.Fields(args), "--format", "json", "--quiet")...)
		if err := json.NewDecoder(strings.NewReader(out)).Decode(&got); err != nil || got[field] == nil {
			t.Errorf("%s: %v, no %s in %s", args, err, field, out)
		}
	}
	if code, out := runIn(t, t.TempDir(), "registry", "decisions"); code != exitFailure {
		t.Errorf("where there is nothing: %d %s", code, out)
	}
}

// What a commons that was founded here, and its log as a file, tell of a vote that the rules do not allow.
func TestVerifyTellsBreaches(t *testing.T) {
	dir := assembly(t)
	s, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Act(t.Context(), registry.Act{Tell: []publiclog.Draft{{Type: "member.removed", Body: map[string]string{"organisation": "structure-1"}}}}); err != nil {
		t.Fatal(err)
	}
	_, log := runIn(t, dir, "registry", "log", "--format", "jsonl")
	file := filepath.Join(t.TempDir(), "log.jsonl")
	if err := os.WriteFile(file, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"registry", "verify", "--format", "json"}, {"registry", "verify", file, "--format", "json"}} {
		if code, out := runIn(t, dir, args...); code != exitNo || !strings.Contains(out, `"code": "breach"`) || !strings.Contains(out, `"n": 8`) {
			t.Errorf("%v: %d %s", args, code, out)
		}
	}
}

// Every code that the rules and the commons may give has its sentence.
func TestCommonsHasSentences(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Langs() {
		say := catalog.Printer(lang)
		for prefix, codes := range map[string]string{
			"governance.rules.":       "syntax unknown missing type fraction majority choice number colleges id twice weight size",
			"governance.refusal.":     "no-vote not-open closed not-yet voted conflict left not-member choice no-conflicts",
			"commons.":                "founded not-founded no-members unknown no-organisation member no-member not-yours empty long target needs-vote busy breach order unknown-question answers answer same-answer no-account members-only consultation-closed",
			"publiclog.fault.":        "form hash body personal number prev time missing cut head unknown-head syntax too-long",
			"registry.erasure.":       "unknown gone needed reason",
			"cmd.registry.decisions.": "status.discussion status.open status.due status.accepted status.refused void.member void.no-member",
		} {
			for _, code := range strings.Fields(codes) {
				if !say.Has(prefix + code) {
					t.Errorf("%s%s has no sentence in %s", prefix, code, lang)
				}
			}
		}
	}
}
