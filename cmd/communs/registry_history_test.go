// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"communs/crawler"
	"communs/internal/words"
)

// TestEverythingThatHappensHasItsWords holds that whatever a crawl may note of a repository is told in words.
func TestEverythingThatHappensHasItsWords(t *testing.T) {
	kinds := []string{crawler.FateDeleted, crawler.FatePrivate, crawler.FateReplaced}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "crawler", "journal.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && (strings.HasPrefix(v.Names[0].Name, "Was") || strings.HasPrefix(v.Names[0].Name, "Came")) {
			for _, value := range v.Values {
				if text, ok := value.(*ast.BasicLit); ok {
					kind, _ := strconv.Unquote(text.Value)
					kinds = append(kinds, kind)
				}
			}
		}
		return true
	})
	if len(kinds) < 17 {
		t.Fatalf("only %d kinds were found: %q", len(kinds), kinds)
	}
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Langs() {
		said := catalog.Printer(lang)
		for _, kind := range kinds {
			if !said.Has("crawl.happened." + kind) {
				t.Errorf("%s: what happened is not told: %s", lang, kind)
			}
		}
		for _, why := range []string{"vanished", "emptied", crawler.FateDeleted, crawler.FatePrivate, crawler.FateReplaced} {
			if !said.Has("crawl.why." + why) {
				t.Errorf("%s: why it is not shown is not told: %s", lang, why)
			}
		}
	}
}
