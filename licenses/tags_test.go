// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "testing"

// TestCutTags tells what a tag lacks that is cut, and where.
func TestCutTags(t *testing.T) {
	d := detector(t)
	for tag, want := range map[string]struct {
		kind     string
		position int
	}{
		"MIT AND":                  {"expected-license", 8},
		"MIT OR (Apache-2.0 AND )": {"expected-license", 24},
		"(MIT OR ISC":              {"unclosed", 12},
		"GPL-2.0-only WITH":        {"expected-exception", 18},
		"MIT ISC":                  {"expected-end", 5},
		"MIT)":                     {"expected-end", 4},
	} {
		found := d.Text("a.c", []byte("int a;\n// SPDX-License-Identifier: "+tag+"\n"))
		if len(found) != 1 || found[0].Expression != unknownText || found[0].Start != 2 || found[0].Score >= 1 || found[0].Fault == nil {
			t.Errorf("%q: %+v", tag, found)
			continue
		}
		if fault := found[0].Fault; fault.Kind != want.kind || fault.Position() != want.position {
			t.Errorf("%q: %s at %d, want %s at %d", tag, fault.Kind, fault.Position(), want.kind, want.position)
		}
	}
	for _, tag := range []string{"MIT", "MIT AND ISC", "NONE", "<id>", "see below AND elsewhere", "%s"} {
		for _, f := range d.Text("a.c", []byte("// SPDX-License-Identifier: "+tag+"\n")) {
			if f.Fault != nil {
				t.Errorf("%q: %v", tag, f.Fault)
			}
		}
	}
}
