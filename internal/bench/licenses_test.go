// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"slices"
	"strings"
	"testing"

	"communs/licenses"
)

// Answers that mean the same must be written the same, others must not.
func TestLicenseTerm(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"MIT", "MIT"},
		{"GPL-2.0", "GPL-2.0-only"},
		{"GPL-2.0+", "GPL-2.0-or-later"},
		{"GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"},
		{"MIT OR Apache-2.0", "Apache-2.0 OR MIT"},
		{"MIT AND (BSD-3-Clause AND (MIT))", "BSD-3-Clause AND MIT"},
		{"(MIT OR (Zlib OR MIT)) AND ISC", "ISC AND (MIT OR Zlib)"},
		{"MIT OR Zlib AND ISC", "(ISC AND Zlib) OR MIT"},
		{"MIT AND MIT", "MIT"},
		{"GPL-2.0-or-later WITH Bison-exception-2.2 OR MIT", "GPL-2.0-or-later WITH Bison-exception-2.2 OR MIT"},
		{"LicenseRef-x AND 389-exception", "389-exception AND LicenseRef-x"},
		{"(MIT", "MIT"},
		{"MIT OR", "MIT"},
	} {
		if got := readLicenseTerm(c.in).String(); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	term := readLicenseTerm("GPL-2.0+ WITH Bison-exception-2.2 AND (MIT OR MIT OR ISC)")
	if got := strings.Join(term.ids(false), " "); got != "GPL-2.0-or-later ISC MIT" {
		t.Error(got)
	}
	if got := term.ids(true); !slices.Contains(got, "Bison-exception-2.2") || !term.hasChoice() {
		t.Error(got)
	}
}

func TestLicenseTally(t *testing.T) {
	var r setResult
	for _, c := range []struct{ want, got string }{
		{"MIT", "MIT"}, {"MIT OR ISC", "MIT AND ISC"}, {"", "Zlib"}, {"Apache-2.0 AND LicenseRef-x", "Apache-2.0"}, {"", ""},
	} {
		var found []licenses.Finding
		for id := range strings.SplitSeq(c.got, " AND ") {
			if id != "" {
				e, err := licenses.Parse(id)
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, licenses.Finding{Expression: e})
			}
		}
		r.add(licenseFile{path: c.want + "/" + c.got, want: c.want}, found)
	}
	all := r.all()
	if all.exact != 2 || all.files != 5 || all.choices != 1 || all.choicesGood != 0 || all.right != 4 || all.wrong != 1 || all.missed != 1 || all.claimed != 4 || all.alone != 4 || all.listed != 4 || all.listedGood != 2 {
		t.Errorf("%+v", all)
	}
	rows, mixed := licenseRows(r.answers)
	if rows[0].id != "LicenseRef-x" || rows[1].id != "Zlib" || len(rows) != 5 {
		t.Errorf("%+v", rows)
	}
	for _, c := range []confusion{{"the same licences", "joined in another way", 1}, {"nothing", "Zlib", 1}, {"LicenseRef-x", "nothing", 1}} {
		if !slices.Contains(mixed, c) {
			t.Errorf("%+v is not in %+v", c, mixed)
		}
	}
}

func TestDebianLicenses(t *testing.T) {
	for _, c := range []struct {
		fields string
		want   string
		ok     bool
	}{
		{"License: GPL-2+\n", "GPL-2.0-or-later", true},
		{"License: LGPL-2.1 and Expat\nLicense: BSD-3-clause\n", "BSD-3-Clause LGPL-2.1-only MIT", true},
		{"License: GPL-3+ with autoconf-exception\n", "", false},
		{"License: permissive\n", "", false},
		{"License: GFDL-1.3+\n", "", false},
		{"Copyright: x\n", "", false},
	} {
		ids, ok := debianLicenses(c.fields)
		if ok != c.ok || ok && strings.Join(ids, " ") != c.want {
			t.Errorf("%q: %v %v", c.fields, ids, ok)
		}
	}
}

func TestStandardHeader(t *testing.T) {
	got, err := standardHeader([]byte(`<a><text><p>not this</p></text><standardLicenseHeader>Copyright <alt name="c" match=".+">2020
   me</alt><p>Licensed<br/>under the X.</p></standardLicenseHeader></a>`))
	if want := "Copyright 2020 me \nLicensed \nunder the X."; err != nil || strings.TrimSpace(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if got := wrap(got, " * ", 20); got != " * Copyright 2020 me\n * Licensed\n * under the X.\n" {
		t.Errorf("%q", got)
	}
}
