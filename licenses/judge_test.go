// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
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
		{"MIT", "GPL-3.0-only", Copy, Yes, "matrix", ""},
		{"GPL-3.0-only", "MIT", Copy, No, "matrix", ""},
		{"Apache-2.0", "GPL-2.0-only", Copy, No, "matrix", ""},
		{"Apache-2.0", "GPL-2.0-only", Link, No, "matrix", ""},
		{"Apache-2.0", "GPL-3.0-or-later", Copy, Yes, "matrix", "attribution notice state-changes patent no-endorsement"},
		{"Apache-2.0", "EUPL-1.2", Copy, CannotSay, "matrix", ""},
		{"Apache-2.0", "EUPL-1.2", Link, Yes, "article", ""},
		{"Apache-2.0", "EUPL-1.2", NetworkService, CannotSay, "matrix", ""},
		{"Apache-2.0", "GPL-2.0-only", NetworkService, Yes, "article", "patent no-endorsement"},
		{"Apache-2.0 WITH LLVM-exception", "GPL-2.0-only", Link, Yes, "article", "attribution patent no-endorsement"},
		{"Apache-2.0 WITH LLVM-exception", "GPL-2.0-only", Copy, CannotSay, "matrix", ""},
		{"GPL-2.0-only", "GPL-3.0-only", Copy, No, "matrix", ""},
		{"GPL-2.0-or-later", "GPL-3.0-only", Copy, Yes, "matrix", ""},
		{"GPL-2.0-or-later", "GPL-2.0-only", Copy, Yes, "matrix", ""},
		{"GPL-2.0-only", "GPL-2.0-or-later", Copy, No, "matrix", ""},
		{"GPL-2.0+", "GPL-3.0-only", Copy, Yes, "matrix", ""},
		{"GPL-2.0-or-later", "AGPL-3.0-only", Copy, Yes, "article", ""},
		{"GPL-2.0-only", "AGPL-3.0-only", Copy, No, "matrix", ""},
		{"LGPL-3.0-only", "GPL-3.0-only", Copy, Yes, "article", ""},
		{"LGPL-3.0-only", "GPL-2.0-only", Link, No, "matrix", ""},
		{"LGPL-2.1-only", "GPL-2.0-only", Copy, Yes, "article", ""},
		{"LGPL-2.1-only", "AGPL-3.0-only", Link, Yes, "article", ""},
		{"LGPL-2.1-only", "Apache-2.0", Copy, No, "matrix", ""},
		{"LGPL-2.1-only", "Apache-2.0", Link, Yes, "article", "attribution notice state-changes source same-licence relink"},
		{"LGPL-2.1-only", "CECILL-2.1", Link, CannotSay, "unknown", ""},
		{"GPL-3.0-or-later", "AGPL-3.0-only", Copy, Yes, "article", ""},
		{"AGPL-3.0-only", "GPL-3.0-only", Copy, CannotSay, "matrix", ""},
		{"AGPL-3.0-only", "GPL-3.0-only", Link, Yes, "article", ""},
		{"MPL-2.0", "GPL-2.0-only", Copy, Yes, "article", "notice source same-licence patent"},
		{"MPL-2.0-no-copyleft-exception", "GPL-2.0-only", Copy, No, "matrix", ""},
		{"MPL-2.0", "MIT", Copy, No, "matrix", ""},
		{"MPL-2.0", "MIT", Link, Yes, "article", ""},
		{"MPL-2.0", "LGPL-2.1-or-later", Copy, Yes, "article", ""},
		{"EPL-2.0", "GPL-2.0-only", Copy, CannotSay, "article", ""},
		{"EPL-2.0", "Apache-2.0", Copy, No, "matrix", ""},
		{"EPL-2.0", "Apache-2.0", Link, Yes, "article", ""},
		{"CDDL-1.0", "GPL-2.0-only", Link, No, "matrix", ""},
		{"CDDL-1.0", "CDDL-1.1", Copy, Yes, "article", ""},
		{"EUPL-1.2", "GPL-3.0-only", Copy, Yes, "appendix", "attribution notice state-changes source same-licence network-use patent no-endorsement"},
		{"EUPL-1.2", "GPL-3.0-only", NetworkService, Yes, "appendix", "state-changes source same-licence network-use no-endorsement"},
		{"EUPL-1.2", "CECILL-2.1", Copy, Yes, "appendix", ""},
		{"EUPL-1.2", "LiLiQ-Rplus-1.1", Copy, Yes, "appendix", ""},
		{"EUPL-1.2", "EUPL-1.1", Copy, Yes, "appendix", ""},
		{"EUPL-1.2", "EPL-2.0", Copy, No, "matrix", ""},
		{"EUPL-1.2", "MIT", Copy, No, "matrix", ""},
		{"EUPL-1.2", "MIT", Link, CannotSay, "article", ""},
		{"EUPL-1.2", "MIT", NetworkService, No, "matrix", ""},
		{"EUPL-1.2", "CC-BY-4.0", Copy, No, "article", ""},
		{"EUPL-1.1", "EUPL-1.2", Copy, Yes, "article", ""},
		{"EUPL-1.1+", "EUPL-1.2", Copy, Yes, "article", ""},
		{"EUPL-1.2", "EUPL-1.1+", Copy, Yes, "appendix", ""},
		{"EUPL-1.1", "GPL-2.0-only", Copy, Yes, "appendix", ""},
		{"EUPL-1.1", "GPL-3.0-only", Copy, No, "matrix", ""},
		{"EUPL-1.0", "EUPL-1.2", Copy, Yes, "article", "attribution notice state-changes source same-licence patent no-endorsement"},
		{"CECILL-2.1", "EUPL-1.2", Copy, Yes, "article", "attribution notice state-changes source same-licence patent"},
		{"CECILL-2.1", "AGPL-3.0-only", Copy, Yes, "article", ""},
		{"CECILL-2.0", "GPL-2.0-or-later", Copy, Yes, "article", ""},
		{"CECILL-2.0", "AGPL-3.0-only", Copy, No, "article", ""},
		{"CECILL-2.0", "CECILL-2.1", Copy, Yes, "article", ""},
		{"CECILL-2.1", "CECILL-2.0", Copy, No, "article", ""},
		{"CECILL-1.1", "GPL-2.0-only", Copy, Yes, "article", ""},
		{"CECILL-2.1", "MIT", Copy, No, "article", ""},
		{"CECILL-2.1", "MIT", Link, No, "article", ""},
		{"CECILL-2.1", "MIT", NetworkService, CannotSay, "article", ""},
		{"CECILL-B", "MIT", Copy, Yes, "article", "attribution notice source acknowledgement state-changes patent"},
		{"CECILL-B", "GPL-3.0-only", Copy, CannotSay, "unknown", ""},
		{"CECILL-B", "CECILL-2.1", Copy, Yes, "article", ""},
		{"CECILL-C", "MIT", Copy, No, "article", ""},
		{"CECILL-C", "MIT", Link, Yes, "article", ""},
		{"CECILL-C", "CECILL-2.1", Copy, CannotSay, "unknown", ""},
		{"CECILL-C", "CECILL-2.1", Link, Yes, "article", ""},
		{"LiLiQ-R-1.1", "MPL-2.0", Copy, Yes, "article", ""},
		{"LiLiQ-R-1.1", "MIT", Copy, No, "article", ""},
		{"LiLiQ-R-1.1", "MIT", Link, Yes, "article", ""},
		{"LiLiQ-R-1.1", "EUPL-1.2", Copy, CannotSay, "unknown", ""},
		{"LiLiQ-Rplus-1.1", "GPL-3.0-only", Copy, Yes, "article", ""},
		{"LiLiQ-Rplus-1.1", "MPL-2.0", Copy, CannotSay, "unknown", ""},
		{"LiLiQ-P-1.1", "GPL-3.0-only", Copy, Yes, "article", "attribution notice state-changes"},
		{"LiLiQ-P-1.1", "BUSL-1.1", Copy, CannotSay, "unknown", ""},
		{"LGPL-2.1-only", "MIT", Copy, No, "matrix", ""},
		{"GPL-3.0-only", "MIT", Link, No, "matrix", ""},
		{"GPL-3.0-only", "MIT", NetworkService, Yes, "article", ""},
		{"GPL-3.0-only", "EUPL-1.2", NetworkService, No, "matrix", ""},
		{"GPL-3.0-only", "BUSL-1.1", Copy, No, "article", ""},
		{"GPL-3.0-only", "BUSL-1.1", NetworkService, CannotSay, "article", ""},
		{"AGPL-3.0-only", "MIT", NetworkService, No, "matrix", ""},
		{"GPL-2.0-only", "AGPL-3.0-only", NetworkService, No, "matrix", ""},
		{"MIT", "MIT", NetworkService, Yes, "same", ""},
		{"AGPL-3.0-only", "AGPL-3.0-only", NetworkService, Yes, "same", "notice state-changes source same-licence network-use"},
		{"SSPL-1.0", "MIT", Copy, No, "article", ""},
		{"MIT OR GPL-3.0-only", "Apache-2.0", Copy, Yes, "matrix", "attribution notice"},
		{"MIT AND GPL-3.0-only", "Apache-2.0", Copy, No, "matrix", ""},
		{"MIT AND LicenseRef-x", "Apache-2.0", Copy, CannotSay, "matrix", "attribution notice unknown"},
		{"MIT", "MIT OR Apache-2.0", Copy, Yes, "same", ""},
		{"Apache-2.0 OR GPL-2.0-only", "GPL-2.0-only AND GPL-3.0-only", Copy, No, "matrix", ""},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "MIT", Link, Yes, "article", "attribution notice state-changes source same-licence"},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "BUSL-1.1", Link, Yes, "article", ""},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "MIT", Copy, No, "matrix", ""},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "GPL-3.0-only", Link, Yes, "article", ""},
		{"GPL-3.0-or-later WITH GCC-exception-3.1", "MIT", Link, Yes, "article", ""},
		{"GPL-2.0-or-later WITH Bison-exception-2.2", "GPL-3.0-only", Copy, Yes, "matrix", ""},
		{"GPL-2.0-only WITH Autoconf-exception-2.0", "GPL-2.0-only", Copy, Yes, "matrix", ""},
		{"CC-BY-SA-4.0", "GPL-3.0-only", Copy, Yes, "article", ""},
		{"GPL-3.0-only", "CC-BY-SA-4.0", Copy, No, "article", ""},
		{"CC-BY-SA-4.0", "GPL-3.0-or-later", Copy, CannotSay, "unknown", ""},
		{"CC-BY-SA-4.0", "MIT", Copy, No, "article", ""},
		{"CC-BY-4.0", "MIT", Copy, Yes, "article", ""},
		{"CC-BY-4.0", "Apache-2.0", Copy, Yes, "article", ""},
		{"LiLiQ-R-1.1", "Apache-2.0", Copy, No, "article", ""},
		{"CECILL-B", "Apache-2.0", Copy, Yes, "article", ""},
		{"CECILL-B", "EUPL-1.2", Copy, CannotSay, "unknown", ""},
		{"CC-BY-4.0", "CC0-1.0", Copy, CannotSay, "unknown", ""},
		{"CECILL-B", "0BSD", Copy, CannotSay, "unknown", ""},
		{"CC-BY-4.0", "CC-BY-SA-4.0", Copy, Yes, "article", ""},
		{"CC-BY-4.0", "GPL-3.0-only", Copy, CannotSay, "unknown", ""},
		{"CC-BY-NC-4.0", "MIT", Copy, CannotSay, "unknown", "attribution notice state-changes restrictions"},
		{"OFL-1.1", "MIT", Copy, Yes, "article", "not-sold-alone notice no-endorsement same-licence"},
		{"etalab-2.0", "CC-BY-2.0", Copy, Yes, "article", ""},
		{"etalab-2.0", "ODC-By-1.0", Copy, Yes, "article", ""},
		{"etalab-2.0", "OGL-UK-3.0", Copy, Yes, "article", ""},
		{"etalab-2.0", "MIT", Copy, Yes, "article", "attribution no-endorsement"},
		{"etalab-2.0", "CC0-1.0", Copy, CannotSay, "unknown", ""},
		{"ODbL-1.0", "MIT", Copy, CannotSay, "unknown", ""},
		{"MS-PL", "GPL-3.0-only", Copy, CannotSay, "matrix", ""},
		{"Python-2.0", "GPL-2.0-only", Copy, No, "matrix", ""},
		{"OpenSSL", "GPL-2.0-only", Copy, No, "matrix", ""},
		{"OpenSSL", "GPL-2.0-only", Link, No, "matrix", ""},
		{"OpenSSL", "GPL-2.0-or-later WITH openvpn-openssl-exception", Link, Yes, "article", ""},
		{"Artistic-2.0", "GPL-3.0-only", Copy, Yes, "matrix", ""},
		{"MIT", "CECILL-2.1", Copy, Yes, "permissive", ""},
		{"CC0-1.0", "EUPL-1.2", Copy, Yes, "permissive", ""},
		{"EUPL-1.2", "CC-BY-SA-3.0", Copy, CannotSay, "appendix", ""},
		{"MIT WITH AdditionRef-x", "MIT WITH AdditionRef-x", Copy, CannotSay, "unknown", ""},
		{"LiLiQ-P-1.1", "MIT WITH AdditionRef-x", Copy, CannotSay, "unknown", ""},
		{"GPL-2.0-only", "MIT WITH AdditionRef-x", NetworkService, CannotSay, "unknown", ""},
		{"MIT WITH LicenseRef-commons-clause", "MIT", Copy, CannotSay, "unknown", "attribution notice unknown"},
		{"GPL-2.0-only WITH AdditionRef-x", "GPL-2.0-only", Copy, CannotSay, "unknown", ""},
		{"LGPL-2.1-only WITH AdditionRef-x", "MIT", Link, CannotSay, "unknown", ""},
		{"GPL-3.0-only WITH AdditionRef-x", "MIT", NetworkService, CannotSay, "unknown", ""},
		{"LicenseRef-x", "LicenseRef-x", Copy, CannotSay, "unknown", "unknown"},
		{"LicenseRef-x", "MIT", NetworkService, CannotSay, "unknown", "unknown"},
		{"MIT", "LicenseRef-x", Copy, CannotSay, "unknown", ""},
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

// TestMatrixSource holds the embedded matrix against its source, with OSADL's file in LICENSES_DEVSET: there the first key is the
// project's licence, the second that of the code that comes in.
func TestMatrixSource(t *testing.T) {
	dir := os.Getenv("LICENSES_DEVSET")
	if dir == "" {
		t.Skip("LICENSES_DEVSET is not set")
	}
	data, err := os.ReadFile(filepath.Join(dir, "osadl-matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rows map[string]any
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	cells := 0
	for into, row := range rows {
		columns, ok := row.(map[string]any)
		if !ok {
			continue
		}
		for from, want := range columns {
			cells++
			if cell, ok := matrixCell(from, into); !ok || cellName(cell) != want {
				t.Errorf("%s into %s: %c, want %v", from, into, cell, want)
			}
		}
	}
	if n := len(compatibility().at); cells != n*n {
		t.Errorf("%d cells in the source, %d embedded", cells, n*n)
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

// TestCatalogue holds that every code of the catalogue is one that messages explain, and that it names licences of the SPDX list.
func TestCatalogue(t *testing.T) {
	words := readMessages(t)
	for _, c := range Codes() {
		for _, key := range []string{"[license.obligation." + c + "]", "[license.obligation-why." + c + "]"} {
			if !strings.Contains(words, key) {
				t.Errorf("no message %s", key)
			}
		}
	}
	for id, duties := range catalogue() {
		if info, ok := Info(id); !ok || info.ID != id || info.Deprecated || info.Exception {
			t.Errorf("%s is not on the list", id)
		}
		codes := map[string]bool{}
		for _, d := range duties {
			if codes[d.code] {
				t.Errorf("%s asks twice for %s", id, d.code)
			}
			codes[d.code] = true
		}
		if restricted := codes[NonLibre]; restricted {
			if l, _ := libreOf(id); l == LibreYes {
				t.Errorf("%s restricts uses and is free", id)
			}
		}
	}
	for _, text := range []string{"= MIT\nsource", "source 1 | x", "= MIT\nsource 1 x", "= MIT\nno 1 | x", "= MIT\n= MIT"} {
		if _, err := readDuties(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// TestPassages holds that the tables name ids of the SPDX list, and only current ones.
func TestPassages(t *testing.T) {
	check := func(ids string) {
		for _, id := range licenseList(ids) {
			if e, err := Parse(id); err != nil || e.Current() != e || e.String() != id {
				t.Errorf("%s is no current id: %v", id, err)
			}
		}
	}
	for _, p := range passages {
		check(p.from)
		check(p.into)
	}
	for _, list := range [][]term{library, conveying} {
		for _, x := range list {
			check(x.ids)
		}
	}
	for _, list := range [][]term{linking, openSSL} {
		for _, x := range list {
			if info, ok := Info(x.ids); !ok || !info.Exception {
				t.Errorf("%s is no exception", x.ids)
			}
		}
	}
	for _, r := range reciprocity {
		check(r.ids)
	}
}

// TestGroundMessages holds that every ground can be said.
func TestGroundMessages(t *testing.T) {
	words := readMessages(t)
	for _, kind := range []string{KindSame, KindMatrix, KindAppendix, KindArticle, KindPermissive, KindClause, KindUnknown} {
		for _, answer := range []Answer{Yes, No, CannotSay} {
			key, args := Ground{Kind: kind, Answer: answer, From: "a", Into: "b", Detail: "c"}.Message()
			if kind == KindAppendix && answer == No { // no appendix forbids
				continue
			}
			if !strings.Contains(words, "["+key+"]") || len(args) != 3 {
				t.Errorf("no message %s", key)
			}
		}
	}
}

// TestUnread holds that what is not known is said: neither an empty list, nor a yes that hides it.
func TestUnread(t *testing.T) {
	for _, id := range IDs() {
		info, _ := Info(id)
		if info.Exception || info.Deprecated {
			continue
		}
		_, known := catalogue()[id]
		got := Obligations(Expression{id}, Copy)
		if !known && (len(got) != 1 || got[0].Code != NotKnown || AllKnown(got)) {
			t.Errorf("%s: %v, want an unknown one", id, got)
		}
	}
	if got := Obligations(Expression{"CC0-1.0"}, Copy); len(got) != 0 || !AllKnown(got) {
		t.Errorf("CC0-1.0 asks for %v", got)
	}
	for _, c := range []struct{ text, want string }{
		{"MIT OR LicenseRef-x", "attribution notice"},
		{"LicenseRef-x OR GPL-3.0-only", "attribution notice state-changes source same-licence patent"},
		{"MIT AND LicenseRef-x", "attribution notice unknown"},
		{"OCaml-LGPL-linking-exception", "unknown"},
	} {
		var codes []string
		for _, o := range Obligations(Expression{c.text}, Copy) {
			codes = append(codes, o.Code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s asks for %q, want %q", c.text, got, c.want)
		}
	}
	relink := func(text string) bool {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range Obligations(e, Link) {
			if o.Code == Relink {
				return true
			}
		}
		return false
	}
	if !relink("LGPL-2.1-only") || relink("LGPL-2.1-only WITH OCaml-LGPL-linking-exception") {
		t.Error("an exception lifts what it lifts")
	}
}

// TestBranches holds that a verdict says which branches it rests on, and what stands against it.
func TestBranches(t *testing.T) {
	for _, c := range []struct{ from, into, branch, target, fails string }{
		{"MIT OR GPL-3.0-only", "Apache-2.0", "MIT", "Apache-2.0", ""},
		{"GPL-3.0-only", "MIT OR GPL-3.0-only", "GPL-3.0-only", "GPL-3.0-only", ""},
		{"(MIT OR GPL-2.0-only) AND Zlib", "Apache-2.0", "MIT AND Zlib", "Apache-2.0", ""},
		{"MIT AND GPL-3.0-only", "Apache-2.0", "MIT AND GPL-3.0-only", "Apache-2.0", "GPL-3.0-only>Apache-2.0"},
		{"Apache-2.0 OR GPL-2.0-only", "GPL-3.0-only AND GPL-2.0-only", "", "GPL-3.0-only AND GPL-2.0-only",
			"Apache-2.0>GPL-2.0-only GPL-2.0-only>GPL-3.0-only"},
		{"GPL-2.0-only OR GPL-3.0-only", "MIT", "", "MIT", "GPL-2.0-only>MIT GPL-3.0-only>MIT"},
		{"GPL-3.0-only AND GPL-2.0-only", "GPL-3.0-only OR GPL-2.0-only", "", "", "GPL-2.0-only>GPL-3.0-only GPL-3.0-only>GPL-2.0-only"},
		{"EUPL-1.1+", "GPL-3.0-only", "EUPL-1.2", "GPL-3.0-only", ""},
		{"EUPL-1.1+", "GPL-2.0-only", "EUPL-1.1", "GPL-2.0-only", ""},
		{"MIT AND MIT", "MIT", "MIT", "MIT", ""},
	} {
		from, _ := Parse(c.from)
		into, _ := Parse(c.into)
		v := Judge(from, into, Copy)
		var against []string
		for _, g := range fails(v) {
			against = append(against, g.From+">"+g.Into)
		}
		if v.From.String() != c.branch || v.Into.String() != c.target || strings.Join(against, " ") != c.fails {
			t.Errorf("%s into %s: %s, branch %q into %q, against it %q; want %q into %q, %q", c.from, c.into, v.Answer, v.From, v.Into,
				against, c.branch, c.target, c.fails)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, c := range []struct{ name, from, into string }{
		{"one", "MIT", "EUPL-1.2"}, {"article", "EUPL-1.2", "GPL-3.0-only"}, {"choice", "MIT OR GPL-2.0-or-later", "Apache-2.0"},
		{"unknown", "LicenseRef-x", "MIT"},
	} {
		from, _ := Parse(c.from)
		into, _ := Parse(c.into)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Judge(from, into, Copy)
			}
		})
	}
}

// fails lists the grounds that stand against a yes.
func fails(v Verdict) []Ground {
	return slices.DeleteFunc(slices.Clone(v.Grounds), func(g Ground) bool { return g.Answer == Yes })
}
