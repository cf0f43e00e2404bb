// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// runIn runs one command and gives its exit code and all that it wrote.
func runIn(t *testing.T, dir string, args ...string) (int, string) {
	t.Helper()
	var out strings.Builder
	code := run(t.Context(), append([]string{"communs", "--data", dir}, args...), []string{"LANG=fr_FR.UTF-8"}, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// The log over the command line: written, kept, checked, erased from, backed up and restored.
func TestRegistryLog(t *testing.T) {
	dir := withCatalogue(t)
	steps := func(steps ...string) string {
		t.Helper()
		last := ""
		for _, step := range steps {
			code, out := runIn(t, dir, strings.Fields(step)...)
			if code != exitYes {
				t.Fatalf("%s: %d %s", step, code, out)
			}
			last = out
		}
		return last
	}
	steps("registry edit software framadate --set website=https://framadate.example.org/", "registry remove software galette --cascade --reason essai")
	text := steps("registry verify")
	head := regexp.MustCompile(`--head ([0-9a-f]{64}@\d+)`).FindStringSubmatch(text)
	if head == nil || !strings.Contains(text, "entier") {
		t.Fatal(text)
	}
	exported := filepath.Join(t.TempDir(), "journal.jsonl")
	log := steps("registry log --format jsonl")
	if err := os.WriteFile(exported, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	steps("registry verify "+exported+" --head "+head[1], "registry erase 3 --reason request", "registry verify --head "+head[1],
		"backup "+filepath.Join(dir, "..", "copie.zip"))
	var told struct {
		Entries []struct {
			N    int64
			Type string
			Body *string
		}
	}
	if err := json.Unmarshal([]byte(steps("registry log --after 2 --format json")), &told); err != nil {
		t.Fatal(err)
	}
	if e := told.Entries; len(e) != 2 || e[0].Body != nil || e[0].Type != "record.withdrawn" || e[1].Type != "erased" {
		t.Errorf("%+v", e)
	}
	restored := filepath.Join(t.TempDir(), "neuf")
	if code, out := runIn(t, restored, "restore", filepath.Join(dir, "..", "copie.zip")); code != exitYes {
		t.Fatal(out)
	}
	if code, out := runIn(t, restored, "registry", "verify", "--head", head[1]); code != exitYes {
		t.Errorf("what was restored: %s", out)
	}
	lines := strings.SplitAfter(log, "\n")
	for name, test := range map[string]struct {
		file string
		code int
		want string
	}{
		"cut":     {strings.Join(lines[:2], ""), exitNo, `"code": "cut"`},
		"dropped": {lines[0] + strings.Join(lines[2:], ""), exitNo, `"n": 3`},
		"changed": {strings.Replace(log, "framadate", "framadite", 1), exitNo, `"code": "body"`},
		"no log":  {"{}\n", exitNo, `"line": 1`},
	} {
		if err := os.WriteFile(exported, []byte(test.file), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out := runIn(t, dir, "registry", "verify", exported, "--head", head[1], "--format", "json")
		if code != test.code || !strings.Contains(out, test.want) || !strings.Contains(out, `"whole": false`) {
			t.Errorf("%s: %d %s", name, code, out)
		}
	}
	if err := os.WriteFile(exported, []byte(lines[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]int{
		"registry verify " + exported: exitNo, "registry verify nulle-part": exitFailure, "registry verify --head xyz": exitFailure,
		"registry erase 3 --reason request": exitNo, "registry erase 1 --reason request": exitNo, "registry erase 2": exitFailure,
		"registry erase deux --reason request": exitFailure,
	} {
		if code, out := runIn(t, dir, strings.Fields(args)...); code != want || strings.Contains(out, "%!") {
			t.Errorf("%s: %d %s", args, code, out)
		}
	}
}
