// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
	"testing"
)

// templateText is the text of a licence as its template has it.
func templateText(t *testing.T, id string) string {
	d := detector(t)
	for i := range d.templates {
		if tm := &d.templates[i]; tm.expr == id && tm.kind == kindText {
			return d.words(tm)
		}
	}
	t.Fatalf("no template of %s", id)
	return ""
}

// TestTwisted changes texts a little. What only looks different keeps its name; a ban or duty more, a permission less make another
// licence, which is not called by the name of its neighbour.
func TestTwisted(t *testing.T) {
	d := detector(t)
	const clause = "neither the name of the copyright holder nor the names of its contributors may be used"
	for _, c := range []struct {
		id, old, new string
		same         bool
	}{
		{"MIT", "authors or copyright holders", "author", true},
		{"MIT", "merge", "mer-\nge", true},
		{"MIT", "documentation", "docu\nmentation", true},
		{"MIT", "the rights to use", "the right to use", true},
		{"MIT", "license", "licence", true},
		{"MIT", "merge publish", "merge, and/or publish", true},
		{"MIT", "without restriction", "for evaluation without restriction", false},
		{"MIT", "sublicense and or sell copies", "copies", false},
		{"MIT", "shall be included", "shall not be included", false},
		{"MIT", "to deal in the software", "to deal in the unmodified software", false},
		{"BSD-3-Clause", "the copyright holder", "Jane Doe Software, Inc. of Rennes", true},
		{"BSD-3-Clause", clause, "The name of the author may not be used", true},
		{"BSD-3-Clause", clause, "None of the names of A and its contributors may be used", true},
		{"BSD-3-Clause", clause, "The name of the author may be used", false},
		{"BSD-3-Clause", clause, "The name of A may not be used; all advertising must display the name of A and may be used", false},
		{"BSD-2-Clause", "list of conditions and", "list of conditions unchanged and", false},
		{"BSD-2-Clause", "the following conditions are met", "it is only for academic research and the following conditions are met", false},
		{"Zlib", "the origin of this software must not be misrepresented", "the origin of this software may be misrepresented", false},
	} {
		text := strings.Join(strings.Fields(templateText(t, c.id)), " ")
		changed := strings.Replace(text, c.old, c.new, 1)
		if changed == text {
			t.Errorf("%s does not have %q", c.id, c.old)
		}
		found := d.Text("LICENSE", []byte(changed))
		got := slices.ContainsFunc(found, func(f Finding) bool { return slices.Contains(f.Expression.IDs(), c.id) })
		if got != c.same {
			t.Errorf("%s with %q for %q: %s", c.id, c.new, c.old, answer(found))
		}
	}
}

// TestUnknownText reads texts that are licences, though none that is known.
func TestUnknownText(t *testing.T) {
	const own = `The Acme Workshop Terms. Permission is granted to members of the workshop, and to nobody else, to run the tool on
their own benches, provided that they pay their yearly fee, that they shall report each fault they meet, and must hand back every
copy when their membership ends. The workshop gives no warranty of any sort and is not liable for broken benches. Parts of the
tool are under the MIT license.`
	d := detector(t)
	for path, want := range map[string]string{"LICENSE": "LicenseRef-unknown", "tool.c": "LicenseRef-unknown", "notes.txt": "LicenseRef-unknown"} {
		text := own
		if path != "LICENSE" { // there a name in a sentence is taken for a notice
			text, _, _ = strings.Cut(own, "Parts of")
		}
		if path == "tool.c" {
			text = "/* " + text + " */\nint main(void) { return 0; }\n"
		}
		if got := answer(d.Text(path, []byte(text))); got.String() != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for _, text := range []string{
		"/* The function must not be called before the lock is granted. It shall return -1 if use is not permitted. */",
		"// grants permission to the user provided that the role has the right; the caller is liable to wait",
	} {
		if found := d.Text("a.c", []byte(text)); len(found) > 0 {
			t.Errorf("%s: %+v", text, found)
		}
	}
}

// TestNoticeOfVersion reads notices of which one word tells the version, and what else the licence says.
func TestNoticeOfVersion(t *testing.T) {
	d := detector(t)
	for text, want := range map[string]string{
		`Permission is granted to copy, distribute and/or modify this document under the terms of the GNU Free Documentation License, Version 1.2;
with no Invariant Sections, no Front-Cover Texts, and no Back-Cover Texts. A copy of the license is included in the section entitled
"GNU Free Documentation License".`: "GFDL-1.2-no-invariants-only",
		`This Source Code Form is "Incompatible With Secondary Licenses", as defined by the Mozilla Public License, v. 2.0.`: "MPL-2.0-no-copyleft-exception",
		`Alternatively, this file may be used under the terms of the GNU General Public License version 2.0 or (at your option) the GNU General
Public license version 3 or any later version approved by the KDE Free Qt Foundation. The licenses are as published by the Free Software
Foundation and appearing in the file LICENSE.GPL2 and LICENSE.GPL3 included in the packaging of this file. Please review the following
information to ensure the GNU General Public License requirements will be met: https://www.gnu.org/licenses/gpl-2.0.html and
https://www.gnu.org/licenses/gpl-3.0.html.`: "GPL-2.0-only OR GPL-3.0-or-later", // no exception
	} {
		if got := answer(d.Text("a.txt", []byte(text))); got.String() != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
