// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"communs/internal/words"
)

var update = flag.Bool("update", false, "write the golden files")

// readFile reads a descriptor of any file, by the end of its name.
func readFile(t testing.TB, name string) *Document {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	format := Publiccode
	if filepath.Ext(name) == ".json" {
		format = Codemeta
	}
	doc, err := Reader{}.Read(format, f)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Each file of testdata has its golden file: whether it is valid, each fault in both languages, and what was understood.
func TestGolden(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"testdata/publiccode/*.yml", "testdata/codemeta/*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			doc := readFile(t, file)
			var b strings.Builder
			fmt.Fprintf(&b, "version %q, valid %t\n", doc.Version, doc.Valid())
			for _, f := range doc.Faults {
				fmt.Fprintf(&b, "\n%d:%d %s %s %s\n", f.Line, f.Column, f.Severity, f.Code, f.Key)
				for _, lang := range words.Langs() {
					p := catalog.Printer(lang)
					sentence, hint := p.Error(f)
					if key, _ := f.Message(); !p.Has(key) || hint == "" || strings.Contains(sentence+hint, "%!") {
						t.Errorf("%s has no sentence or no hint in %s: %s %s", key, lang, sentence, hint)
					}
					fmt.Fprintf(&b, "  %s\n    %s\n", sentence, hint)
				}
			}
			software, err := json.MarshalIndent(doc.Software, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "\n%s\n", software)
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// Of wrong-values.yml, the lines that end in a number sign have a fault, and no others.
func TestEveryWrongValueIsFound(t *testing.T) {
	const name = "testdata/publiccode/wrong-values.yml"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[int]bool{}
	for _, f := range readFile(t, name).Faults {
		wrong[f.Line] = true
	}
	for i, line := range strings.Split(string(text), "\n") {
		if want := strings.HasSuffix(line, " #"); wrong[i+1] != want {
			t.Errorf("line %d (%s): fault %t, want %t", i+1, line, wrong[i+1], want)
		}
	}
}
