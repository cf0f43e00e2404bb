// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		from, into string
		use        Use
		answer     Answer
		kind       string // of the first ground
		duties     string
	}{
		{"MIT", "EUPL-1.2", Copy, Yes, "matrix", "attribution notice"},
		{"MIT", "MIT", Copy, Yes, "same", "attribution notice"},
		{"GPL-3.0-only", "MIT", Copy, No, "matrix", ""},
		{"Apache-2.0", "GPL-2.0-only", Copy, No, "matrix", ""},
		{"Apache-2.0", "GPL-3.0-or-later", Copy, Yes, "matrix", "attribution notice state-changes patent no-endorsement"},
		{"EUPL-1.2", "GPL-3.0-only", Copy, Yes, "appendix", "attribution notice state-changes source same-licence network-use patent"},
		{"EUPL-1.2", "CECILL-2.1", Copy, Yes, "appendix", ""},
		{"CECILL-2.1", "EUPL-1.2", Copy, Yes, "article", "attribution notice source same-licence"},
		{"CECILL-2.1", "AGPL-3.0-only", Copy, Yes, "article", ""},
		{"CECILL-2.0", "GPL-2.0-or-later", Copy, Yes, "article", ""},
		{"CECILL-2.1", "MIT", Copy, CannotSay, "unknown", ""},
		{"GPL-3.0-or-later", "AGPL-3.0-only", Copy, Yes, "article", ""},
		{"AGPL-3.0-only", "GPL-3.0-only", Copy, CannotSay, "matrix", ""},
		{"LGPL-2.1-only", "MIT", Copy, No, "matrix", ""},
		{"LGPL-2.1-only", "MIT", Link, Yes, "article", "attribution notice state-changes source same-licence relink"},
		{"GPL-3.0-only", "MIT", Link, No, "matrix", ""},
		{"GPL-3.0-only", "MIT", NetworkService, CannotSay, "matrix", ""},
		{"MIT", "MIT", NetworkService, Yes, "same", ""},
		{"AGPL-3.0-only", "AGPL-3.0-only", NetworkService, Yes, "same", "notice state-changes source same-licence network-use"},
		{"MIT OR GPL-3.0-only", "Apache-2.0", Copy, Yes, "matrix", "attribution notice"},
		{"MIT AND GPL-3.0-only", "Apache-2.0", Copy, No, "matrix", ""},
		{"MIT AND LicenseRef-x", "Apache-2.0", Copy, CannotSay, "matrix", ""},
		{"GPL-2.0+", "GPL-3.0-only", Copy, Yes, "matrix", ""},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "MIT", Link, CannotSay, "matrix", ""},
		{"LicenseRef-x", "LicenseRef-x", Copy, CannotSay, "unknown", ""},
		{"MIT", "CECILL-2.1", Copy, Yes, "permissive", ""},
		{"CC0-1.0", "EUPL-1.2", Copy, Yes, "permissive", ""},
		{"CC-BY-NC-4.0", "MIT", Copy, CannotSay, "unknown", "attribution notice restrictions"},
	} {
		from, err := Parse(c.from)
		if err != nil {
			t.Fatal(err)
		}
		into, err := Parse(c.into)
		if err != nil {
			t.Fatal(err)
		}
		v := Judge(from, into, c.use)
		if v.Answer != c.answer || len(v.Grounds) == 0 || v.Grounds[0].Kind != c.kind {
			t.Errorf("%s into %s, %s: %s on %+v; want %s on %s", c.from, c.into, c.use, v.Answer, v.Grounds, c.answer, c.kind)
		}
		var duties []string
		for _, o := range v.Obligations {
			duties = append(duties, o.Code)
		}
		if got := strings.Join(duties, " "); c.duties != "" && got != c.duties {
			t.Errorf("%s into %s, %s: obligations %q, want %q", c.from, c.into, c.use, got, c.duties)
		}
	}
	if v := Judge(Expression{}, Expression{"MIT"}, Copy); v.Answer != CannotSay {
		t.Errorf("nothing into MIT: %s", v.Answer)
	}
}

// TestJudgeMatrix holds every cell: what the matrix says for a copy is what is said, save where a licence speaks for itself.
func TestJudgeMatrix(t *testing.T) {
	m := compatibility()
	for from := range m.at {
		for into := range m.at {
			v := Judge(Expression{from}, Expression{into}, Copy)
			if k := v.Grounds[0].Kind; k == "appendix" || k == "article" {
				continue
			}
			cell, _ := matrixCell(from, into)
			want := map[byte]Answer{'y': Yes, 's': Yes, 'n': No}[cell]
			if want == "" {
				want = CannotSay
			}
			if strings.HasPrefix(from, "LicenseRef-") && from == into {
				want = Yes // the matrix knows both
			}
			deprecated := (Expression{from}).Current().text != from || (Expression{into}).Current().text != into
			if v.Answer != want && !deprecated {
				t.Errorf("%s into %s: %s, the matrix says %c", from, into, v.Answer, cell)
			}
		}
	}
}

func TestUse(t *testing.T) {
	for _, u := range []Use{Copy, Link, NetworkService} {
		if got, err := ParseUse(u.String()); err != nil || got != u {
			t.Errorf("%s reads back as %s, %v", u, got, err)
		}
	}
	if _, err := ParseUse("x"); err == nil {
		t.Error("x is a use")
	}
}

// TestCatalogue holds that every code of the catalogue is one that messages explain, and that clauses are written as they should be.
func TestCatalogue(t *testing.T) {
	codes := []string{Attribution, Notice, Source, SameLicense, NetworkUse, Patent, StateChanges, NoEndorse, Relink, Advertise, NonLibre}
	words := readMessages(t)
	for _, c := range codes {
		for _, key := range []string{"[license.obligation." + c + "]", "[license.obligation-why." + c + "]"} {
			if !strings.Contains(words, key) {
				t.Errorf("no message %s", key)
			}
		}
	}
	for _, terms := range catalogue {
		for d := range strings.FieldsSeq(terms.duties) {
			code, _, ok := strings.Cut(d, "=")
			if !ok || !strings.Contains(strings.Join(codes, " "), code) {
				t.Errorf("%s: bad duty %q", terms.ids, d)
			}
		}
		for id := range strings.FieldsSeq(terms.ids) {
			if _, ok := Info(strings.TrimSuffix(id, "*")); !ok && !strings.HasSuffix(id, "*") {
				t.Errorf("%s is not on the list", id)
			}
		}
	}
}
