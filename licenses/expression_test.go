// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"MIT":                         "MIT",
		"mit":                         "MIT",
		"apache-2.0 or mit":           "Apache-2.0 OR MIT",
		"(MIT)":                       "MIT",
		"MIT OR (Apache-2.0 AND ISC)": "MIT OR (Apache-2.0 AND ISC)",
		"(MIT OR Apache-2.0) AND ISC": "(MIT OR Apache-2.0) AND ISC",
		"MIT AND (ISC AND 0BSD)":      "MIT AND ISC AND 0BSD",
		"GPL-2.0+":                    "GPL-2.0+",
		"EPL-1.0+":                    "EPL-1.0+",
		"gpl-2.0-or-later WITH classpath-exception-2.0":        "GPL-2.0-or-later WITH Classpath-exception-2.0",
		"GPL-2.0-only WITH Classpath-exception-2.0 OR EPL-2.0": "GPL-2.0-only WITH Classpath-exception-2.0 OR EPL-2.0",
		"LicenseRef-Acme":                    "LicenseRef-Acme",
		"DocumentRef-x:LicenseRef-y AND MIT": "DocumentRef-x:LicenseRef-y AND MIT",
		" \tMIT\n":                           "MIT",
	} {
		e, err := Parse(in)
		if err != nil || e.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, e, err, want)
		}
		again, err := Parse(e.String())
		if err != nil || again != e {
			t.Errorf("%q does not read back: %q, %v", e, again, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]struct {
		kind   string
		offset int
		near   string
	}{
		"":                                {"empty", 0, ""},
		"MIT AND":                         {"expected-license", 7, ""},
		"MIT Apache-2.0":                  {"expected-end", 4, ""},
		"(MIT":                            {"unclosed", 4, ""},
		"MIT)":                            {"expected-end", 3, ""},
		"AND MIT":                         {"expected-license", 0, ""},
		"MIT AND Apache2":                 {"unknown-id", 8, "Apache-2.0"},
		"EUPL1.2":                         {"unknown-id", 0, "EUPL-1.2"},
		"GPL-2.0-only WITH MIT":           {"not-exception", 18, ""},
		"GPL-2.0-only WITH classpath-2.0": {"unknown-exception", 18, "Classpath-exception-2.0"},
		"GPL-2.0-only+":                   {"plus", 0, ""},
		"Classpath-exception-2.0":         {"expected-license", 0, ""},
		"LicenseRef-":                     {"unknown-id", 0, ""},
		strings.Repeat("(", 100) + "MIT":  {"too-deep", 50, ""},
	} {
		_, err := Parse(in)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q): %v", in, err)
			continue
		}
		if e.Kind != want.kind || e.Offset != want.offset || want.near != "" && !slices.Contains(e.Near, want.near) {
			t.Errorf("Parse(%q): %s at %d, near %v; want %+v", in, e.Kind, e.Offset, e.Near, want)
		}
		if key, args := e.Message(); !strings.HasPrefix(key, "license.expression.") || len(args) < 3 {
			t.Errorf("Parse(%q): message %s %v", in, key, args)
		}
	}
}

func TestCurrent(t *testing.T) {
	for in, want := range map[string]string{
		"GPL-2.0": "GPL-2.0-only", "GPL-2.0+": "GPL-2.0-or-later", "LGPL-2.1+ OR MIT": "LGPL-2.1-or-later OR MIT", "AGPL-3.0": "AGPL-3.0-only",
		"GPL-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0 WITH Linux-syscall-note": "GPL-2.0-only WITH Linux-syscall-note",
		"BSD-2-Clause-FreeBSD": "BSD-2-Clause-Views", "MIT": "MIT", "EPL-1.0+": "EPL-1.0+",
	} {
		e, err := Parse(in)
		if err != nil || e.Current().String() != want {
			t.Errorf("%s: current %q, %v; want %q", in, e.Current(), err, want)
		}
	}
	e, _ := Parse("GPL-2.0+ OR (MIT AND GPL-2.0-or-later)")
	if got := e.IDs(); !slices.Equal(got, []string{"GPL-2.0-or-later", "MIT"}) {
		t.Errorf("IDs: %v", got)
	}
	if got := (Expression{}); got.IDs() != nil || !got.IsZero() || got.Current() != got {
		t.Errorf("zero expression: %v", got)
	}
}

func TestAndOr(t *testing.T) {
	p := func(s string) Expression { e, _ := Parse(s); return e }
	if got := And(p("MIT"), Expression{}, p("ISC OR MIT"), p("MIT")); got.String() != "MIT AND (ISC OR MIT)" {
		t.Errorf("And: %s", got)
	}
	if got := Or(p("MIT"), p("ISC OR MIT")); got.String() != "MIT OR ISC" {
		t.Errorf("Or: %s", got)
	}
}

func TestLibreOf(t *testing.T) {
	for in, want := range map[string]struct {
		l      Libre
		ground string
	}{
		"MIT": {LibreYes, GroundOSI}, "EUPL-1.2": {LibreYes, GroundOSI}, "CECILL-B": {LibreYes, GroundFSF}, "etalab-2.0": {LibreYes, GroundEtat}, "LicenseRef-etalab-1.0": {LibreYes, GroundEtat},
		"ODbL-1.0": {LibreYes, GroundFSF}, "GPL-2.0+": {LibreYes, GroundOSI}, "CC-BY-NC-4.0": {LibreNo, ""}, "BUSL-1.1": {LibreNo, ""},
		"LicenseRef-x": {LibreUnknown, ""}, "MIT AND LicenseRef-x": {LibreUnknown, ""}, "MIT OR LicenseRef-x": {LibreYes, GroundOSI},
		"LicenseRef-x OR MIT": {LibreYes, GroundOSI}, "MIT AND BUSL-1.1": {LibreNo, ""}, "GPL-2.0-only WITH Classpath-exception-2.0": {LibreYes, GroundOSI},
	} {
		e, err := Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if l, g := LibreOf(e); l != want.l || g != want.ground {
			t.Errorf("LibreOf(%s) = %s, %q; want %s, %q", in, l, g, want.l, want.ground)
		}
	}
	if l, _ := LibreOf(Expression{}); l != LibreUnknown {
		t.Errorf("LibreOf of nothing: %s", l)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"MIT", "(MIT OR Apache-2.0) AND ISC", "GPL-2.0-only WITH Classpath-exception-2.0", "DocumentRef-a:LicenseRef-b", "((", "MIT+ AND"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := Parse(e.String())
		if err != nil || again != e {
			t.Fatalf("%q: %q reads back as %q, %v", s, e, again, err)
		}
		e.Current()
		LibreOf(e)
		Judge(e, e, Copy)
	})
}

func TestWeigh(t *testing.T) {
	weights := map[string]int{"MIT": 3, "GPL-2.0-only WITH Classpath-exception-2.0": 2, "GPL-2.0-or-later": 1}
	for in, want := range map[string]int{
		"MIT": 3, "MIT AND GPL-2.0+": 1, "MIT OR GPL-2.0+": 3, "GPL-2.0-only WITH Classpath-exception-2.0 AND (MIT OR GPL-2.0+)": 2, "": 0,
	} {
		var e Expression
		if err := e.UnmarshalText([]byte(in)); err != nil {
			t.Fatal(err)
		}
		if got := e.Weigh(func(id string) int { return weights[id] }); got != want {
			t.Errorf("%q weighs %d, want %d", in, got, want)
		}
	}
}
