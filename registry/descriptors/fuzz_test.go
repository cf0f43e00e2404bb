// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

func seed(f *testing.F, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatalf("%s: %v", pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// check reads whatever it is given: every fault stands in the file and can be shown.
func check(t *testing.T, format Format, data []byte) *Document {
	doc, err := Reader{}.Read(format, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	lines := 2 + bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'})
	for _, x := range doc.Faults {
		if x.Line < 1 || x.Line > lines || x.Column < 1 || x.Code == "" || !utf8.ValidString(x.Value) {
			t.Fatalf("%+v in %d lines", x, lines)
		}
	}
	for _, u := range []string{doc.Software.Repository, doc.Software.Landing, doc.Software.Roadmap, doc.Software.IssueTracker, doc.Software.Download} {
		if u != "" && !isURL(u, codeSchemes) {
			t.Fatalf("%q is no address", u)
		}
	}
	return doc
}

// What is valid can be written, and is valid still.
func FuzzPubliccode(f *testing.F) {
	seed(f, "testdata/publiccode/*.yml")
	f.Fuzz(func(t *testing.T, data []byte) {
		doc := check(t, Publiccode, data)
		if !doc.Valid() {
			return
		}
		if missing := Missing(doc.Software); len(missing) > 0 {
			var b bytes.Buffer
			_ = WritePubliccode(&b, doc.Software, "")
			t.Fatalf("%v\n%s", missing[0], b.String())
		}
	})
}

func FuzzCodemeta(f *testing.F) {
	seed(f, "testdata/codemeta/*.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		doc := check(t, Codemeta, data)
		if !doc.Valid() {
			return
		}
		var b bytes.Buffer
		if err := WriteCodemeta(&b, doc.Software); err != nil {
			t.Fatal(err)
		}
		if again := check(t, Codemeta, b.Bytes()); !again.Valid() {
			t.Fatalf("%v\n%s", again.Faults[0], b.String())
		}
	})
}
