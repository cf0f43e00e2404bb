// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An index from before manifests were read is brought up to date by indexing: no other question would find more in it.
func TestComponentsOfAnOldIndex(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "indexer", "testdata", "format", "1-before-components"))); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	args := []string{"communs", "search", "--lang", "en", "--data", dir, "type:component"}
	code := run(t.Context(), args, nil, strings.NewReader(""), &out, &said)
	if code != exitPart || !strings.Contains(said.String(), "“communs index” brings it up to date.") || strings.Contains(said.String(), "Narrow") {
		t.Errorf("exit code %d: %s", code, &said)
	}
}
