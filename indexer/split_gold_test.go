// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestGold compares with definitions that somebody read off real files before seeing what a splitter makes of them: kind,
// name, lines, the definition around, and how many lines are comment and attributes. Unlike the golden files, these are
// not written by the program: what it misses stands in the table of docs/splitting.md.
func TestGold(t *testing.T) {
	files, err := filepath.Glob("testdata/gold/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no gold files: %v", err)
	}
	found := map[string]*agreement{}
	var languages []string
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil || len(ar.Files) != 2 || ar.Files[1].Name != "definitions" {
			t.Fatalf("%s: want a source and its definitions: %v", file, err)
		}
		src := ar.Files[0]
		lang := Language(src.Name, src.Data)
		want := map[string]bool{}
		var around []string // the definitions that enclose the line, outermost first
		for line := range strings.Lines(string(ar.Files[1].Data)) {
			text := strings.TrimLeft(line, " ")
			around = append(around[:(len(line)-len(text))/2], strings.TrimSpace(text))
			want[strings.Join(around, " > ")] = true
		}
		got := map[string]bool{}
		blocks := SplitterFor(lang).Split(src.Name, src.Data)
		said := make([]string, len(blocks))
		for i, b := range blocks {
			said[i] = fmt.Sprintf("%d-%d %s %s", b.Start, b.End, b.Kind, b.Name)
			if b.Doc > 0 {
				said[i] += fmt.Sprintf(" (doc %d)", b.Doc)
			}
			if b.Parent >= 0 {
				said[i] = said[b.Parent] + " > " + said[i]
			}
			if b.Kind != KindText {
				got[said[i]] = true
			}
		}
		if found[lang] == nil {
			found[lang] = &agreement{}
			languages = append(languages, lang)
		}
		found[lang].compare(file, want, got)
	}
	for _, lang := range languages {
		a := found[lang]
		t.Logf("| %s | %.0f / %.0f | %d |", lang, a.recall(), a.precision(), a.both+a.missed)
		a.atLeast(t, 95, 95)
	}
}
