// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/find"
	"communs/registry/registrytest"
)

// withCatalogue is a data folder that holds the catalogue that comes with the program.
func withCatalogue(t *testing.T) string {
	t.Helper()
	entries, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	registrytest.Fill(t, s, entries)
	return dir
}

func TestRegistryFind(t *testing.T) {
	dir := withCatalogue(t)
	for _, test := range []struct {
		args string
		code int
		want []string // parts of the results and of what is said beside them
	}{
		{"registry find alternative à doodle", exitYes, []string{"Framadate", "\n  framadate\n", "(libre)", "logiciels trouvés"}},
		{"registre find doodle --lang en", exitYes, []string{"Framadate", "software found"}},
		{"registry find --explain visio", exitYes, []string{"répond au besoin", " × 5.000 = "}},
		{"registry find jitsi bordeaux", exitYes, []string{"jitsi-meet", "« bordeaux » : pour ne garder", "--near departement-33"}},
		{"registry find visio --near 2A", exitNo, []string{"logiciels en tout", "enlevez --near"}},
		{"registry find zzyzx", exitNo, []string{"zzyzx"}},
		{"registry find visio --libre peut-etre", exitFailure, []string{"peut-etre"}},
		{"registry find visio --sort hasard", exitFailure, []string{"hasard"}},
		{"registry compare framadate jitsi-meet", exitYes, []string{"≠ ", "Licence déclarée", "Comparés le "}},
		{"registry compare framadate rien", exitFailure, []string{"rien"}},
		{"registry compare framadate framadate", exitFailure, []string{"deux"}},
		{"registry compare framadate", exitFailure, []string{"LOGICIEL"}},
	} {
		var out strings.Builder
		code := run(t.Context(), append([]string{"communs", "--data", dir}, strings.Fields(test.args)...), []string{"LANG=fr_FR.UTF-8"}, strings.NewReader(""), &out, &out)
		if code != test.code {
			t.Errorf("%s: exit code %d, want %d: %s", test.args, code, test.code, out.String())
		}
		for _, want := range test.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", test.args, want, out.String())
			}
		}
	}
}

func TestRegistryFindForPrograms(t *testing.T) {
	dir := withCatalogue(t)
	output := func(args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if code := run(t.Context(), append([]string{"communs", "--data", dir}, args...), nil, strings.NewReader(""), &out, &errs); code != exitYes {
			t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	var page find.Page
	if err := json.Unmarshal([]byte(output("registry", "find", "visio", "--format", "json", "--n", "0")), &page); err != nil || page.Total == 0 || len(page.Hits) != page.Total {
		t.Errorf("JSON: %d of %d, %v", len(page.Hits), page.Total, err)
	}
	if lines := strings.Count(output("registry", "find", "visio", "--format", "jsonl", "--n", "0"), "\n"); lines != page.Total {
		t.Errorf("JSONL has %d lines for %d hits", lines, page.Total)
	}
	rows, err := csv.NewReader(strings.NewReader(output("registry", "find", "visio", "--format", "csv", "--n", "0"))).ReadAll()
	if err != nil || len(rows) != page.Total+1 || rows[1][0] != page.Hits[0].ID {
		t.Errorf("CSV: %d rows, %v", len(rows), err)
	}
	var compared find.Comparison
	if err := json.Unmarshal([]byte(output("registry", "compare", "framadate", "jitsi-meet", "--format", "json")), &compared); err != nil || len(compared.Rows) == 0 {
		t.Errorf("comparison: %d rows, %v", len(compared.Rows), err)
	}
	if rows, err = csv.NewReader(strings.NewReader(output("registry", "compare", "framadate", "jitsi-meet", "--format", "csv"))).ReadAll(); err != nil || len(rows) != len(compared.Rows)+1 {
		t.Errorf("comparison as CSV: %d rows, %v", len(rows), err)
	}
}

func TestAnEmptyCatalogueSaysSo(t *testing.T) {
	var out strings.Builder
	code := run(t.Context(), []string{"communs", "--data", t.TempDir(), "registry", "find", "visio"}, nil, strings.NewReader(""), &out, &out)
	if code != exitFailure || !strings.Contains(out.String(), "catalogue est vide") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}

// Every term, facet, row, order and reason has its sentence.
func TestFindIsToldInWords(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{}
	for _, f := range find.Facets() {
		keys = append(keys, "find.facet."+f.Key())
	}
	for _, term := range find.Terms() {
		keys = append(keys, "find.why."+term.Term)
	}
	for _, lang := range words.Langs() {
		for _, key := range keys {
			if !catalog.Printer(lang).Has(key) {
				t.Errorf("%s has no sentence in %s", key, lang)
			}
		}
	}
}
