// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "testing"

// TestUnspecificNames declares what names no version or no member of its family: it goes with every member, and with no other licence.
func TestUnspecificNames(t *testing.T) {
	d := detector(t)
	for _, c := range []struct {
		name, manifest, license string
		conflict                bool
	}{
		{"package.json", `{"license": "BSD"}`, "BSD-2-Clause", false},
		{"package.json", `{"license": "BSD"}`, "BSD-3-Clause", false},
		{"package.json", `{"license": "BSD"}`, "0BSD", false},
		{"package.json", `{"license": "BSD"}`, "BSD-2-Clause AND MIT", false},
		{"package.json", `{"license": "BSD"}`, "MIT", true},
		{"package.json", `{"license": "GPL"}`, "GPL-2.0-or-later", false},
		{"package.json", `{"license": "LGPL"}`, "LGPL-3.0-only", false},
		{"package.json", `{"license": "GPL"}`, "MIT", true},
		{"package.json", `{"license": "Apache"}`, "Apache-1.1", false},
		{"package.json", `{"license": "Apache-2.0"}`, "Apache-1.1", true},
		{"package.json", `{"license": "CC-BY"}`, "CC-BY-4.0", false},
		{"package.json", `{"license": "CC-BY"}`, "CC0-1.0", true},
		{"package.json", `{"license": "CeCILL"}`, "CECILL-B", false},
		{"package.json", `{"license": "Mozilla"}`, "MPL-2.0", false},
		{"package.json", `{"license": "LicenseRef-house"}`, "MIT", true},
		{"pyproject.toml", "[project]\nlicense = {text = \"BSD\"}\nclassifiers = [\"License :: OSI Approved :: BSD License\"]\n", "BSD-2-Clause", false},
		{"setup.cfg", "[metadata]\nlicense = BSD\n", "BSD-2-Clause", false},
		{"Cargo.toml", "[package]\nlicense = \"BSD\"\n", "BSD-2-Clause", false},
	} {
		tree := NewTree()
		tree.Add(c.name, d.Text(c.name, []byte(c.manifest)))
		tree.Add("LICENSE", d.Text("LICENSE", []byte("SPDX-License-Identifier: "+c.license+"\n")))
		if x := tree.ExplainFolder("."); len(x.Conflicts) > 0 != c.conflict {
			t.Errorf("%s beside %s: %+v", c.manifest, c.license, x.Conflicts)
		}
	}
}

// TestSpecify takes the member of its family for a name without version that the files have, where no value names another one.
func TestSpecify(t *testing.T) {
	d := detector(t)
	for _, c := range []struct {
		values      []string
		found, want string
	}{
		{[]string{"BSD"}, "BSD-2-Clause", "BSD-2-Clause"},
		{[]string{"BSD", "BSD-3-Clause"}, "BSD-2-Clause", "BSD-3-Clause"},
		{[]string{"BSD"}, "BSD-2-Clause AND BSD-4-Clause", "BSD-3-Clause"},
		{[]string{"BSD"}, "MIT", "BSD-3-Clause"},
		{[]string{"MIT", "BSD"}, "BSD-2-Clause AND MIT", "MIT OR BSD-2-Clause"},
		{[]string{"GPL"}, "GPL-2.0-only", "GPL-2.0-only"},
		{[]string{"CC-BY"}, "CC-BY-4.0", "CC-BY-4.0"},
		{[]string{"Apache-2.0"}, "Apache-1.1", "Apache-2.0"},
	} {
		found, err := Parse(c.found)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Specify(d.Declared(c.values), c.values, found); got.String() != c.want {
			t.Errorf("%q beside %s: got %q, want %q", c.values, c.found, got, c.want)
		}
	}
}
