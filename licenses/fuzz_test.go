// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// seed adds the corpus to a fuzz target.
func seed(f *testing.F, add func(path string, data []byte)) {
	a, err := txtar.ParseFile("testdata/detect.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		path, _, _ := bytes.Cut([]byte(file.Name), []byte(" ="))
		add(string(path), file.Data)
	}
}

func FuzzText(f *testing.F) {
	seed(f, func(path string, data []byte) { f.Add(path, data) })
	d := detector(f)
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		lines := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) + 1
		found := d.Text(path, data)
		tree := NewTree()
		tree.Add(path, found)
		tree.Effective(path)
		for _, x := range found {
			if x.Expression.IsZero() || x.Start < 1 || x.End < x.Start || x.End > lines {
				t.Fatalf("%+v in %d lines", x, lines)
			}
		}
		Copyrights(data)
	})
}

func FuzzTags(f *testing.F) {
	seed(f, func(_ string, data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, x := range findTags(data, 1) {
			if x.expr.tree() == nil {
				t.Fatalf("tag %q does not read back", x.expr)
			}
		}
	})
}
