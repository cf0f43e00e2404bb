// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"communs/internal/words"
)

// Every sentence that this package asks for exists, and every one of its sentences is asked for.
func TestSentencesAreAskedFor(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"((?:cmd|search|license)\.[a-z0-9.-]+)"( \+)?`)
	asked := map[string]bool{
		"cmd.": false, // "cmd." + command + ".usage" and the like: the prefix alone says nothing
	}
	prefixes := []string{"cmd.flag.", "cmd.man.", "cmd.show."} // the rest is chosen by a flag's, a section's, a fact's name
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			if strings.HasSuffix(m[1], ".") {
				prefixes = append(prefixes, m[1])
				continue
			}
			asked[m[1]] = true
			for _, lang := range words.Langs() {
				if m[2] == "" && !catalog.Printer(lang).Has(m[1]) {
					t.Errorf("%s asks for %s, which has no sentence in %s", file, m[1], lang)
				}
			}
		}
	}
	p, _, _ := testProgram(t, words.French)
	app := p.app()
	for _, c := range allCommands(app) {
		for _, part := range []string{"usage", "description", "examples", "args", "format"} {
			asked["cmd."+strings.ReplaceAll(called(app, c), " ", ".")+"."+part] = true
		}
	}
	for _, key := range catalog.Keys(words.French) {
		if !strings.HasPrefix(key, "cmd.") || asked[key] || asked[strings.TrimSuffix(key, ".hint")] {
			continue
		}
		used := false
		for _, prefix := range prefixes {
			used = used || prefix != "cmd." && strings.HasPrefix(key, prefix)
		}
		if !used {
			t.Errorf("nobody asks for %s", key)
		}
	}
}
