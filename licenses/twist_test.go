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
		{"MIT", "sublicense", "sub-license", true},
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
		{"BSD-3-Clause", "this software is provided", "no license is granted to the trademarks of the holders even if they stand in it this software is provided", false},
		{"BSD-3-Clause", "this software is provided", "every redistribution must carry an acknowledgment of its maker this software is provided", false},
		{"BSD-4-Clause", "all advertising materials", "all materials", false},
		{"CPL-1.0", "license version 1 0", "license version 0 5", false},
		{"CPL-1.0", "license version 1 0", "license v1 0", true},
		{"Apache-2.0", "definitions", "1 1 definitions a b c", true},
		{"CPL-1.0", "no assurances are provided", "a user who lives in a country that has told us not to deal with him may write to the board which then decides and no assurances are provided", false},
		{"Apache-2.0", "and such derivative works in source or object form", "and such derivative works", true},
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

// TestAgreement reads an agreement that nobody knows, which speaks of another licence and of exceptions, but disclaims nothing; and the
// notices of two licences, which grant nothing themselves.
func TestAgreement(t *testing.T) {
	const agreement = `This agreement governs the services. You must be of age, you agree to be bound by it, and each member shall keep its secrets.
We grant you a license to see the reports. Some parts are also available under the Apache License, Version 2.0.`
	const notices = `This copyrighted material is made available subject to the terms and conditions of the GNU General Public License v.2. It is distributed
in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY.

The library is made available subject to the terms and conditions of the GNU Lesser General Public License v.2.1, WITHOUT ANY WARRANTY.`
	d := detector(t)
	long := agreement + strings.Repeat(" There is an exception: a member who pays for the reports must not show them, and shall lose every right when it does.", 15)
	for text, want := range map[string]string{long: "LicenseRef-unknown", notices: "GPL-2.0-only AND LGPL-2.1-only"} {
		if got := answer(d.Text("LICENSE", []byte(text))); got.String() != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestAddedTerms reads licence files in which a sentence beside a known text asks for something more, or only tells something.
func TestAddedTerms(t *testing.T) {
	d := detector(t)
	mit := strings.Join(strings.Fields(templateText(t, "MIT")), " ") + ".\n\n"
	for sentence, want := range map[string]string{
		"Every product that has the software in it must display the name of the program.": "MIT AND LicenseRef-unknown",
		"You may not modify the code.": "MIT AND LicenseRef-unknown",
		"The documentation included with a redistribution, if any, shall include this acknowledgment: Acme.":     "MIT AND LicenseRef-unknown",
		"If you modify the software, such modified software should be marked, so that nobody takes it for ours.": "MIT AND LicenseRef-unknown",
		"A payment for the use of the software is not required.":                                                 "MIT",
		"Contributions to the software must be released by their authors.":                                       "MIT",
		"You must keep to the license when you use the software.":                                                "MIT",
		"The software was written by Jane Doe and her friends, with help from many.":                             "MIT",
	} {
		if got := answer(d.Text("LICENSE", []byte(mit+sentence+"\n"))); got.String() != want {
			t.Errorf("%s: %s, want %s", sentence, got, want)
		}
	}
	if got := answer(d.Text("notes.txt", []byte(mit+"You may not modify the code.\n"))); got.String() != "MIT" {
		t.Errorf("outside of a licence file: %s", got)
	}
}

// TestNoticeOfVersion reads notices of which one word tells the version, and what else the licence says.
func TestNoticeOfVersion(t *testing.T) {
	d := detector(t)
	for text, want := range map[string]string{
		`Permission is granted to copy, distribute and/or modify this document under the terms of the GNU Free Documentation License, Version 1.2;
with no Invariant Sections, no Front-Cover Texts, and no Back-Cover Texts. A copy of the license is included in the section entitled
"GNU Free Documentation License".`: "GFDL-1.2-no-invariants-only",
		`Permission is granted to copy, distribute and/or modify this document under the terms of the GNU Free Documentation License, Version 1.3
or any later version published by the Free Software Foundation; with the Invariant Sections being just "Funding Free Software", and with no cover texts.`: "GFDL-1.3-invariants-or-later",
		`Permission is granted to copy this document under the terms of the GNU Free Documentation License, Version 1.1, with no Invariant Sections,
with the Front-Cover Texts being "A GNU Manual".`: "GFDL-1.1-invariants-only",
		`Permission is granted to copy this document under the terms of the GNU Free Documentation License, Version 1.1, with the Invariant Sections
being LIST THEIR TITLES.`: "GFDL-1.1-only",
		`This manual is under the GNU Free Documentation License, version 1.2. What an invariant section is, it tells itself.`: "GFDL-1.2-only",
		`This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not distributed with this file,
You can obtain one at https://mozilla.org/MPL/2.0/.

This Source Code Form is "Incompatible With Secondary Licenses", as defined by the Mozilla Public License, v. 2.0.`: "MPL-2.0-no-copyleft-exception",
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
