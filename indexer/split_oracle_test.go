// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// kindClass puts kinds together that languages tell apart in different ways: a trait is a type, a method a function.
func kindClass(k Kind) string {
	switch k {
	case KindFunction, KindMethod, KindProcedure:
		return "function"
	case KindClass, KindInterface, KindType, KindEnum, KindStruct, KindTrait:
		return "type"
	}
	return k.String()
}

// TestAgreesWithOracle compares blocks with the definitions that another parser found: ORACLE names the files that
// testdata/oracle/treesitter.py wrote. A match is the same class of kind, name, first line (comment and attributes
// included) and last line; the second figure leaves comments and attributes out of the first line.
func TestAgreesWithOracle(t *testing.T) {
	files := strings.Fields(os.Getenv("ORACLE"))
	if len(files) == 0 {
		t.Skip("ORACLE names no file that testdata/oracle/treesitter.py wrote")
	}
	for _, name := range files {
		compareWithOracle(t, name)
	}
}

func compareWithOracle(t *testing.T, name string) {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var clean, bare, all agreement
	clean.show, _ = strconv.Atoi(os.Getenv("EXAMPLES"))
	read, damaged := 0, 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var file struct {
			Path, Lang string
			Error      bool
			Defs       [][5]any
		}
		if err := json.Unmarshal(lines.Bytes(), &file); err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		want, wantBare := map[string]bool{}, map[string]bool{}
		for _, d := range file.Defs {
			kind, _ := ParseKind(d[0].(string))
			want[fmt.Sprintf("%s %s %v-%v", kindClass(kind), d[1], d[2], d[4])] = true
			wantBare[fmt.Sprintf("%s %s %v-%v", kindClass(kind), d[1], d[3], d[4])] = true
		}
		lang := oracleLanguages[file.Lang]
		got, gotBare := map[string]bool{}, map[string]bool{}
		blocks := SplitterFor(lang).Split(file.Path, src)
		if err := CheckBlocks(src, blocks); err != nil {
			t.Errorf("%s: %v", file.Path, err)
		}
		for _, b := range blocks {
			if b.Kind != KindText && b.Kind != KindRule { // the oracle reads no styles
				got[fmt.Sprintf("%s %s %d-%d", kindClass(b.Kind), b.Name, b.Start, b.End)] = true
				gotBare[fmt.Sprintf("%s %s %d-%d", kindClass(b.Kind), b.Name, b.Start+b.Doc, b.End)] = true
			}
		}
		all.compare(file.Path, want, got)
		read++
		if file.Error {
			damaged++
			continue
		}
		clean.compare(file.Path, want, got)
		bare.compare(file.Path, wantBare, gotBare)
	}
	if clean.both == 0 {
		t.Fatalf("%s: nothing was compared", name)
	}
	t.Logf("%s: %d files, %d of which the oracle cannot read whole\n%v\nwithout comments: %.2f / %.2f; all files: %.2f / %.2f", name, read,
		damaged, &clean, bare.recall(), bare.precision(), all.recall(), all.precision())
}

// oracleLanguages are the names that the oracle has for languages.
var oracleLanguages = map[string]string{
	"java": "Java", "c": "C", "cpp": "C++", "rust": "Rust", "php": "PHP", "cs": "C#", "kt": "Kotlin", "js": "JavaScript",
	"ts": "TypeScript", "tsx": "TSX", "py": "Python", "vue": "Vue", "svelte": "Svelte", "html": "HTML",
}
