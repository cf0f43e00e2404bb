// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/registry/descriptors"
)

func TestRegistryRecords(t *testing.T) {
	dir := withCatalogue(t)
	out := filepath.Join(t.TempDir(), "données", "ouvertes")
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args string
		code int
		want []string // parts of what is written
	}{
		{"registry list software", exitYes, []string{"framadate  Framadate\n"}},
		{"registre list need --lang en", exitYes, []string{"visioconference  "}},
		{"registry list software --format csv", exitYes, []string{"id,name,summary_fr,summary_en,", "\nframadate,Framadate,"}},
		{"registry list needs --format json", exitYes, []string{`"total": `, `"record_licence": "CC0-1.0"`}},
		{"registry list choses", exitFailure, []string{"choses", "structures"}},
		{"registry list", exitFailure, []string{"SORTE"}},
		{"registry show software framadate", exitYes, []string{"name: Framadate", "record_licence: CC0-1.0"}},
		{"registry show software framadate --format json", exitYes, []string{`"kind": "software"`}},
		{"registry show software framadate --format codemeta", exitYes, []string{`"@type": "SoftwareSourceCode"`}},
		{"registry show software framadate --format publiccode", exitYes, []string{"\nname: Framadate\n", "maintenance:\n"}},
		{"registry show software galette --format publiccode", exitYes, []string{"# Proposition tirée du catalogue « Communs ».", "\nname: Galette\n"}},
		{"registry show needs visioconference --format codemeta", exitFailure, []string{"logiciels"}},
		{"registry show software rien", exitNo, []string{"« rien »"}},
		{"registry export --output " + out, exitYes, []string{"software.CC0-1.0.jsonl\n", "needs.CC0-1.0.jsonl\n"}},
		{"registry export software --format csv -o " + out, exitYes, []string{"software.CC0-1.0.csv\n"}},
		{"registry export --format dcat -o -", exitYes, []string{`"@type": "dcat:Catalog"`, "Le catalogue de logiciels libres : Communs", "Free software"}},
		{"registry export --format csv", exitFailure, []string{"--output"}},
		{"registry export choses", exitFailure, []string{"choses"}},
		{"registry export -o " + blocked, exitFailure, []string{"file"}},
	} {
		var said strings.Builder
		code := run(t.Context(), append([]string{"communs", "--data", dir}, strings.Fields(test.args)...), []string{"LANG=fr_FR.UTF-8"}, strings.NewReader(""), &said, &said)
		if code != test.code {
			t.Errorf("%s: exit code %d, want %d: %s", test.args, code, test.code, said.String())
		}
		for _, want := range test.want {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%s: no %q in\n%.2000s", test.args, want, said.String())
			}
		}
	}
	data, err := os.ReadFile(filepath.Join(out, "software.CC0-1.0.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	table, err := os.Open(filepath.Join(out, "software.CC0-1.0.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if rows, err := csv.NewReader(table).ReadAll(); err != nil || len(rows) != strings.Count(string(data), "\n")+1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// TestShownDescriptorIsRead: what show writes, check reads.
func TestShownDescriptorIsRead(t *testing.T) {
	dir := withCatalogue(t)
	for _, format := range []descriptors.Format{descriptors.Publiccode, descriptors.Codemeta} {
		var out, errs strings.Builder
		if code := run(t.Context(), []string{"communs", "--data", dir, "registry", "show", "software", "jitsi-meet", "--format", string(format)}, nil, strings.NewReader(""), &out, &errs); code != exitYes {
			t.Fatalf("%d: %s", code, errs.String())
		}
		doc, err := descriptors.Reader{}.Read(format, strings.NewReader(out.String()))
		if err != nil || doc.Software.Name != "Jitsi Meet" || doc.Software.Repository == "" {
			t.Errorf("%s: %v %+v", format, err, doc.Software)
		}
	}
}
