// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestDeclared reads testdata/declared.txtar, whose files carry the expression, the paths and the lines that are expected.
func TestDeclared(t *testing.T) {
	d := detector(t)
	a, err := txtar.ParseFile("testdata/declared.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		name, want, ok := strings.Cut(f.Name, " =")
		if !ok {
			t.Fatalf("%s: no expected answer", f.Name)
		}
		want, lines, _ := strings.Cut(strings.TrimSpace(want), "@")
		want, see, _ := strings.Cut(strings.TrimSpace(want), "see ")
		t.Run(name, func(t *testing.T) {
			found := d.Text(name, f.Data)
			if got := Together(found); shape(got) != shape(Expression{strings.TrimSpace(want)}) {
				t.Errorf("got %q, want %q\n%+v", got, want, found)
			}
			var paths []string
			for _, x := range found {
				if x.How == seeHow {
					paths = append(paths, x.Scope)
				}
			}
			if got := strings.Join(paths, " "); got != see {
				t.Errorf("leads to %q, want %q", got, see)
			}
			if lines != "" && len(found) > 0 {
				if got := fmt.Sprintf("%d-%d", found[0].Start, found[0].End); got != lines {
					t.Errorf("lines %s, want %s\n%+v", got, lines, found)
				}
			}
		})
	}
}
