// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"communs/registry/observatory"
)

// TestRegistryFigures holds that every format tells the same figures, and that a region that is none is refused.
func TestRegistryFigures(t *testing.T) {
	dir := withCatalogue(t)
	told := func(want int, args ...string) string {
		var out, said strings.Builder
		args = append([]string{"communs", "--data", dir, "registry", "figures"}, args...)
		if code := run(t.Context(), args, []string{"LANG=fr_FR.UTF-8"}, strings.NewReader(""), &out, &said); code != want {
			t.Fatalf("%v: exit code %d: %s", args, code, said.String())
		}
		return out.String() + said.String()
	}
	var charts []observatory.Chart
	if err := json.Unmarshal([]byte(told(exitYes, "--format", "json")), &charts); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(told(exitYes, "--format", "csv"))).ReadAll()
	n, lines := 1, len(charts)
	for _, c := range charts {
		n, lines = n+len(c.Rows), lines+len(c.Rows)
	}
	if err != nil || n < 50 || len(rows) != n {
		t.Errorf("%d rows in CSV, %d in JSON, %v", len(rows), n, err)
	}
	if text := told(exitYes, "--region", "75"); !strings.Contains(text, "Logiciels par licence\n") {
		t.Errorf("text: %s", text)
	}
	if text := told(exitYes); strings.Count(text, "\n") != lines {
		t.Errorf("%d lines of text, want %d", strings.Count(text, "\n"), lines)
	}
	if text := told(exitFailure, "--region", "00"); !strings.Contains(text, "00") {
		t.Errorf("a region that is none: %s", text)
	}
}
