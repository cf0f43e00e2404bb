// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExtraTexts finds each text of gen/extra: as it is, as one line, in the old encodings, without what may be missing. What the text
// says of other licences (the EUPL's appendix, the compatibility of CeCILL with the GPL) is no finding.
func TestExtraTexts(t *testing.T) {
	d := detector(t)
	files, err := filepath.Glob("gen/extra/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d texts, %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		id, language, _ := strings.Cut(strings.TrimSuffix(filepath.Base(f), ".txt"), "__")
		whole := strings.NewReplacer("{{\n", "", "}}\n", "").Replace(string(data))
		for name, text := range map[string]string{
			"whole":      whole,
			"one line":   strings.ReplaceAll(whole, "\n", " "),
			"in French":  "Copyright 2024 Région Bretagne\n\nLe texte de la licence suit.\n\n" + whole,
			"in Latin-1": string(latin1(whole)),
			"bare":       withoutOptional(string(data)),
		} {
			if got := answer(d.Text("LICENSE", []byte(text))); got.String() != id {
				t.Errorf("%s in %s, %s: got %q", id, language, name, got)
			}
		}
	}
}

// TestWithout asks a detector that does not know a licence: its text is unknown, or nothing, and never that of a neighbour.
func TestWithout(t *testing.T) {
	d := detector(t)
	text := []byte(templateText(t, "Artistic-2.0"))
	less := d.Without("Artistic-2.0", "LicenseRef-x")
	if got := answer(d.Text("LICENSE", text)); got.String() != "Artistic-2.0" {
		t.Errorf("known: %s", got)
	}
	if got := answer(less.Text("LICENSE", text)); got.String() != "LicenseRef-unknown" {
		t.Errorf("not known: %s", got)
	}
	if got := answer(less.Text("LICENSE", []byte(templateText(t, "MIT")))); got.String() != "MIT" {
		t.Errorf("another: %s", got)
	}
}

// latin1 encodes a text; what it has no letter for is left out of words that have one.
func latin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return []byte(s)
		}
		out = append(out, byte(r))
	}
	return out
}

// withoutOptional leaves out the lines between {{ and }}.
func withoutOptional(s string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(s) {
		switch strings.TrimSpace(line) {
		case "{{":
			inside = true
		case "}}":
			inside = false
		default:
			if !inside {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// TestExceptionAlone reads a file that is nothing but the text of an exception, which names the licence that it is for.
func TestExceptionAlone(t *testing.T) {
	d := detector(t)
	for i := range d.templates {
		if tm := &d.templates[i]; tm.expr == "GCC-exception-3.1" {
			if got := answer(d.Text("gcc-exception.txt", []byte(d.words(tm)))); got.String() != tm.expr {
				t.Errorf("%s", got)
			}
		}
	}
}
