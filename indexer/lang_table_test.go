// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-enry/go-enry/v2/data"
)

// TestLanguageTable compares lang_table.tsv with go-enry's data, from which -update makes it. The binary carries the
// table and not go-enry: importing that one costs 28 ms and 16 MB at each start and 8 MB of binary.
func TestLanguageTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Languages, aliases, extensions, file names and interpreters, from github/linguist (MIT) commit\n# " +
		data.LinguistCommit + " as extracted by go-enry (Apache-2.0).\n")
	aliases := map[string][]string{}
	for alias, lang := range data.LanguageByAliasMap {
		aliases[lang] = append(aliases[lang], alias)
	}
	for _, lang := range slices.Sorted(maps.Keys(aliases)) {
		slices.Sort(aliases[lang])
		fmt.Fprintf(&b, "L\t%s\t%s\n", lang, strings.Join(aliases[lang], "|"))
	}
	for _, section := range []struct {
		letter string
		table  map[string][]string
	}{{"E", data.LanguagesByExtension}, {"F", data.LanguagesByFilename}, {"I", data.LanguagesByInterpreter}} {
		for _, key := range slices.Sorted(maps.Keys(section.table)) {
			fmt.Fprintf(&b, "%s\t%s\t%s\n", section.letter, key, strings.Join(section.table[key], "|"))
		}
	}
	if *update {
		if err := os.WriteFile("lang_table.tsv", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile("lang_table.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("lang_table.tsv is not what go-enry says; run go test -run TestLanguageTable -update")
	}
}
