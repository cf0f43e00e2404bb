// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestDetect reads testdata/detect.txtar, whose files carry their expected answers.
func TestDetect(t *testing.T) { testAnswers(t, "testdata/detect.txtar") }

// TestFrenchNotices reads testdata/notices_fr.txtar, of the same form.
func TestFrenchNotices(t *testing.T) { testAnswers(t, "testdata/notices_fr.txtar") }

// TestChoices reads testdata/choices.txtar, of the same form.
func TestChoices(t *testing.T) { testAnswers(t, "testdata/choices.txtar") }

// testAnswers reads an archive whose files carry their expected answers in their names.
func testAnswers(t *testing.T, name string) {
	d := detector(t)
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		path, want, ok := strings.Cut(f.Name, " =")
		if !ok {
			t.Fatalf("%s: no expected answer", f.Name)
		}
		t.Run(path, func(t *testing.T) {
			found := d.Text(path, f.Data)
			if got := answer(found); shape(got) != shape(Expression{strings.TrimSpace(want)}) {
				t.Errorf("got %q, want %q\n%+v", got, strings.TrimSpace(want), found)
			}
			for _, x := range found {
				if x.Path != path || x.Start < 1 || x.End < x.Start || x.Score <= 0 || x.Score > 1 || x.How == "" {
					t.Errorf("incomplete finding %+v", x)
				}
			}
		})
	}
}

// TestTree reads testdata/tree.txtar.
func TestTree(t *testing.T) {
	d := detector(t)
	a, err := txtar.ParseFile("testdata/tree.txtar")
	if err != nil {
		t.Fatal(err)
	}
	tree := NewTree()
	for _, f := range a.Files {
		switch f.Name {
		case "end":
			tree = NewTree()
		case "want":
			for line := range strings.Lines(string(f.Data)) {
				path, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
				got, evidence := tree.Effective(path)
				if path == "." {
					got, evidence = tree.Repository()
				}
				if shape(got) != shape(Expression{want}) {
					t.Errorf("%s: got %q, want %q\n%+v", path, got, want, evidence)
				}
				if got.IsZero() != (len(evidence) == 0) {
					t.Errorf("%s: %q on the evidence of %v", path, got, evidence)
				}
			}
		default:
			tree.Add(f.Name, d.Text(f.Name, f.Data))
		}
	}
}

// TestEncodings finds the same tag and text in every encoding that licence files come in.
func TestEncodings(t *testing.T) {
	d := detector(t)
	a, err := txtar.ParseFile("testdata/detect.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var mit string
	for _, f := range a.Files {
		if f.Name == "LICENSE = MIT" {
			mit = string(f.Data)
		}
	}
	utf16 := func(s string, high bool) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if high {
				b.Write([]byte{0, c})
			} else {
				b.Write([]byte{c, 0})
			}
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"plain": mit, "crlf": strings.ReplaceAll(mit, "\n", "\r\n"), "bom": "\xEF\xBB\xBF" + mit, "latin1": "Soci\xE9t\xE9 A\n" + mit,
		"utf16le": "\xFF\xFE" + utf16(mit, false), "utf16be": "\xFE\xFF" + utf16(mit, true),
		"html":     "<html><body><p>" + strings.ReplaceAll(mit, "\n\n", "</p>\n<p>") + "</p></body></html>",
		"one line": strings.ReplaceAll(mit, "\n", " "), "quoted": strings.ReplaceAll(mit, "\"", "&quot;"),
	} {
		if got := answer(d.Text("LICENSE", []byte(text))); got.String() != "MIT" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestData reads what is embedded: every template has an id that is on the list, and the matrix is square.
func TestData(t *testing.T) {
	d := detector(t)
	if len(d.templates) < 2400 {
		t.Errorf("only %d templates", len(d.templates))
	}
	for _, tm := range d.templates {
		_, listed := Info(tm.expr)
		if _, other := Other(tm.expr); listed == other || other != strings.HasPrefix(tm.expr, "LicenseRef-") {
			t.Errorf("template of %s, which is not on one list", tm.expr)
		}
		if len(tm.gap) != len(tm.words)+1 || len(tm.needed) != len(tm.words)+1 {
			t.Errorf("template of %s is not whole", tm.expr)
		}
	}
	m := compatibility()
	if len(m.rows) != len(m.at) || len(m.at) < 100 {
		t.Errorf("matrix of %d ids and %d rows", len(m.at), len(m.rows))
	}
	for i, row := range m.rows {
		if len(row) != len(m.rows) || row[i] != 's' {
			t.Errorf("row %d of the matrix is not whole", i)
		}
	}
	for _, info := range list() {
		if info.Current != "" {
			if (Expression{info.Current}).tree() == nil {
				t.Errorf("%s: bad current expression %q", info.ID, info.Current)
			}
		}
	}
	if data, err := os.ReadFile("data/texts.zst"); err != nil || len(data) > 2000000 {
		t.Errorf("texts: %d bytes, %v", len(data), err)
	}
}

func TestInteresting(t *testing.T) {
	for path, want := range map[string]bool{
		"LICENSE": true, "LICENCE.md": true, "COPYING.LESSER": true, "UNLICENSE": true, "LICENSE-MIT": true, "MIT-LICENSE.txt": true, "LICENSES/MIT.txt": true,
		"a.png.license": true, "REUSE.toml": true, ".reuse/dep5": true, "x/package.json": true, "README.md": true, "gpl-3.0.txt": true,
		"NOTICE": false, "license.go": false, "main.go": false, "licenses.py": false, "AUTHORS": false, "data.json": false,
	} {
		if Interesting(path) != want {
			t.Errorf("Interesting(%s) = %v", path, !want)
		}
	}
}

// TestConcurrent reads the corpus from many goroutines at once; the race detector watches.
func TestConcurrent(t *testing.T) {
	d := detector(t)
	a, err := txtar.ParseFile("testdata/detect.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, f := range a.Files {
				path, want, _ := strings.Cut(f.Name, " =")
				if got := answer(d.Text(path, f.Data)); shape(got) != shape(Expression{strings.TrimSpace(want)}) {
					t.Errorf("%s: got %q", path, got)
				}
			}
		})
	}
	group.Wait()
}

// TestManyHeaders reads a file put together of others that each brought their header: many headers of the LGPL are not its text.
func TestManyHeaders(t *testing.T) {
	const header = `// This file is part of the GNU C Library.
//
// The GNU C Library is free software; you can redistribute it and/or
// modify it under the terms of the GNU Lesser General Public
// License as published by the Free Software Foundation; either
// version 2.1 of the License, or (at your option) any later version.
//
// The GNU C Library is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
// Lesser General Public License for more details.
//
// You should have received a copy of the GNU Lesser General Public
// License along with the GNU C Library; if not, see
// <https://www.gnu.org/licenses/>.

`
	lines := strings.Count(header, "\n") + 1
	for _, count := range []int{1, 5, 20, 60} {
		found := detector(t).Text("types.go", []byte(strings.Repeat(header+"type t int\n", count)))
		if len(found) != count {
			t.Errorf("%d headers: %d findings", count, len(found))
		}
		for _, f := range found {
			if f.Expression.String() != "LGPL-2.1-or-later" || (f.Start-1)/lines != (f.End-1)/lines {
				t.Errorf("%d headers: %+v", count, f)
			}
		}
	}
}
