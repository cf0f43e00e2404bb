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
		"LicenseRef-Acme":                      "LicenseRef-Acme",
		"DocumentRef-x:LicenseRef-y AND MIT":   "DocumentRef-x:LicenseRef-y AND MIT",
		"MIT WITH AdditionRef-x":               "MIT WITH AdditionRef-x",
		"MIT WITH DocumentRef-a:AdditionRef-x": "MIT WITH DocumentRef-a:AdditionRef-x",
		"MIT aNd\u0020ISC":                     "MIT AND ISC",
		" \tMIT\n":                             "MIT",
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
		"Classpath-exception-2.0":         {"addition", 0, ""},
		"MIT OR AdditionRef-x":            {"addition", 7, ""},
		"MIT WITH":                        {"expected-exception", 8, ""},
		"NOASSERTION":                     {"none", 0, ""},
		"MIT AND NONE":                    {"none", 8, ""},
		"LicenseRef-x+":                   {"unknown-id", 0, ""},
		"MIT +":                           {"expected-end", 4, ""},
		"()":                              {"expected-license", 1, ""},
		"(MIT) (ISC)":                     {"expected-end", 6, ""},
		"(MIT) WITH Bison-exception-2.2":  {"expected-end", 6, ""},
		"DocumentRef-x:MIT":               {"unknown-id", 0, ""},
		strings.Repeat("MIT OR ", 2000):   {"too-deep", 0, ""},
		"LicenseRef-":                     {"unknown-id", 0, ""},
		strings.Repeat("(", 100) + "MIT":  {"too-deep", 50, ""},
	} {
		_, err := Parse(in)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q): %v", in, err)
			continue
		}
		if e.Kind != want.kind || e.Offset != want.offset || want.near != "" && !slices.Contains(e.Near(), want.near) {
			t.Errorf("Parse(%q): %s at %d, near %v; want %+v", in, e.Kind, e.Offset, e.Near(), want)
		}
		if key, args := e.Message(); !strings.HasPrefix(key, "license.expression.") || len(args) < 3 {
			t.Errorf("Parse(%q): message %s %v", in, key, args)
		}
	}
}

// TestPosition holds that what is wrong is counted in characters.
func TestPosition(t *testing.T) {
	_, err := Parse("é OR MIT")
	var e *SyntaxError
	if !errors.As(err, &e) || e.Position() != 1 || e.Word != "é" {
		t.Errorf("%+v", e)
	}
	if _, err = Parse("LicenseRef-a OR é MIT"); !errors.As(err, &e) || e.Position() != 17 {
		t.Errorf("%+v", e)
	}
	if _, err = Parse("MIT\u00a0OR ISC é"); !errors.As(err, &e) || e.Position() != 1 {
		t.Errorf("%+v", e)
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
		"GPL-1.0-or-later": {LibreYes, GroundOSI}, "GPL-1.0-only": {LibreNo, ""}, "LicenseRef-x": {LibreUnknown, ""}, "MIT AND LicenseRef-x": {LibreUnknown, ""}, "MIT OR LicenseRef-x": {LibreYes, GroundOSI},
		"LicenseRef-x OR MIT": {LibreYes, GroundOSI}, "MIT AND BUSL-1.1": {LibreNo, ""}, "EUPL-1.1+": {LibreYes, GroundOSI},
		"MIT AND etalab-2.0": {LibreYes, GroundEtat}, "CC0-1.0 AND etalab-2.0": {LibreYes, GroundFSF}, "MIT AND CECILL-B": {LibreYes, GroundFSF},
		"GPL-2.0": {LibreYes, GroundOSI}, "BSD-2-Clause-FreeBSD": {LibreYes, GroundFSF}, "Classpath-exception-2.0": {LibreUnknown, ""},
		"MIT WITH AdditionRef-x": {LibreUnknown, ""}, "MIT WITH LicenseRef-commons-clause": {LibreUnknown, ""},
		"LicenseRef-scancode-json-pd": {LibreYes, GroundPublic}, "blessing": {LibreYes, GroundPublic}, "NIST-PD": {LibreNo, ""},
		"LicenseRef-scancode-oracle-bcl-javase-javafx-2012": {LibreNo, GroundSort}, "LicenseRef-scancode-proprietary-license": {LibreUnknown, ""}, "GPL-2.0-only WITH Classpath-exception-2.0": {LibreYes, GroundOSI},
	} {
		e, err := parseAlone(in)
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

// parseAlone reads an expression that may be an exception alone, as the detector reports the text of one.
func parseAlone(s string) (Expression, error) {
	n, err := parse(s, true)
	if err != nil {
		return Expression{}, err
	}
	return Expression{n.String()}, nil
}

// TestLibreGrounds holds that no licence is free without a ground, and that what no list approves is not.
func TestLibreGrounds(t *testing.T) {
	words := readMessages(t)
	for _, g := range []string{GroundOSI, GroundFSF, GroundEtat, GroundPublic, GroundSort} {
		if !strings.Contains(words, "[license.libre-ground."+g+"]") {
			t.Errorf("no message for ground %s", g)
		}
	}
	for _, id := range IDs() {
		info, _ := Info(id)
		l, ground := libreOf(id)
		if l == LibreYes && ground == "" || l == LibreUnknown && !info.Exception {
			t.Errorf("%s: %s on %q", id, l, ground)
		}
		if (info.OSI || info.FSF || info.Etat) && l != LibreYes {
			t.Errorf("%s: %s, although %+v", id, l, info)
		}
	}
	for id, other := range others() {
		if l, ground := libreOf(other.ID); l == LibreYes && ground != GroundPublic && ground != GroundEtat {
			t.Errorf("%s: %s on %q", id, l, ground)
		}
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
		if l, ground := LibreOf(e); l == LibreYes && ground == "" {
			t.Fatalf("%q is free without ground", e)
		}
		if !e.Equal(e.Simplify()) || e.Simplify() != e.Simplify().Simplify() {
			t.Fatalf("%q is simplified to %q", e, e.Simplify())
		}
		for _, use := range []Use{Copy, Link, NetworkService} {
			for _, into := range []Expression{e, {"EUPL-1.2"}} {
				v := Judge(e, into, use)
				if len(v.Grounds) == 0 || v.Answer == Yes && (v.From.IsZero() || v.Into.IsZero() || len(fails(v)) > 0) {
					t.Fatalf("%q into %q: %+v", e, into, v)
				}
			}
		}
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

// plainSayer says what it has.
type plainSayer map[string]string

func (s plainSayer) Has(key string) bool           { return s[key] != "" }
func (s plainSayer) T(key string, _ ...any) string { return s[key] }

func TestTitle(t *testing.T) {
	say := plainSayer{"license.title.LicenseRef-scancode-public-domain": "domaine public"}
	for id, want := range map[string]string{
		"LicenseRef-scancode-public-domain": "domaine public", "MIT": "MIT License", "LicenseRef-Acme": "",
		"LicenseRef-scancode-oracle-bcl-javase-javafx-2012": "Oracle BCL for Java SE Platform Products and JavaFX 2012",
	} {
		if got := Title(id, say); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
}
