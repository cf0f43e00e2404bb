// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"communs/licenses"
)

// maker makes software descriptions whose texts hold what is hard to write in YAML and JSON.
type maker struct{ *rand.Rand }

var hardTexts = []string{
	"yes", "no", "null", "~", "true", "0.10", "1e3", "0x1F", "2026-03-14", "- item", "key: value", "# comment", "a # b", "it's", `say "x"`, "{a: 1}",
	"[a]", "*alias", "&anchor", "!tag", "%dir", "@at", "`tick", "|", ">", "a: ", "été — « guillemets »", "日本語", "👍🏽", "a\tb", "a\\b", "one\ntwo",
	"one\n\ntwo\n  indented", "a  b", "ends with colon:", "---", "...", "<script>alert(1)</script>", "a\u00a0b", "a\u2028b", "\ufeffb", "=", "<<", "12:30:45",
	"a\u0085b", "trailing \nspace", "\u200eb", "?", "- ", "0o14", ".inf", ".NaN",
}

func (m maker) text() string {
	s := hardTexts[m.IntN(len(hardTexts))]
	if m.IntN(2) == 0 {
		s += " " + hardTexts[m.IntN(len(hardTexts))]
	}
	if clean(s) == "" {
		return "x"
	}
	return clean(s)
}

func (m maker) texts() (list []string) {
	for range m.IntN(4) {
		list = append(list, m.text())
	}
	return list
}

func (m maker) of(list []string) string { return list[m.IntN(len(list))] }

func (m maker) url() string {
	return m.of([]string{"https://example.org/a", "http://example.org/?q=a&b=%20#x", "https://xn--e1afmkfd.example.org:8443/é", "https://example.org/a:b"})
}

func (m maker) party(uri bool) Party {
	p := Party{Name: m.text(), Organisation: true}
	if uri {
		p.URI = m.url()
	}
	return p
}

func (m maker) description() Description {
	return Description{
		Name: m.text(), Short: m.text(), Long: m.text() + " " + strings.Repeat("Ce logiciel sert à tout le monde. ", 5) + m.text(),
		Features: append(m.texts(), m.text()), Documentation: m.url(), APIDocumentation: m.url(),
		Screenshots: []string{"docs/a b.png", "https://example.org/a.jpg"}, Videos: []string{m.url()}, Awards: m.texts(),
	}
}

func (m maker) software(t *testing.T) Software {
	license, err := licenses.Parse(m.of([]string{"MIT", "EUPL-1.2 OR AGPL-3.0-or-later", "GPL-2.0-only WITH Classpath-exception-2.0", "MIT AND (Apache-2.0 OR ISC)"}))
	if err != nil {
		t.Fatal(err)
	}
	s := Software{
		Name: m.text(), Suite: m.text(), Repository: m.url(), Landing: m.url(), BasedOn: []string{m.url()}, Version: m.text(), Released: "2026-03-14",
		Logo: "docs/logo.svg", Status: m.of(statuses), Type: m.of(types), Platforms: append(m.texts(), "web"), Categories: []string{m.of(categories)},
		UsedBy: m.texts(), FundedBy: []Party{m.party(true)}, Roadmap: m.url(), Publisher: m.party(true), Countries: []string{"FR"}, Unsupported: []string{"NO"},
		Scope: []string{m.of(scopes)}, Descriptions: map[string]Description{"fr": m.description(), "en": {Short: m.text()}},
		License: license, LicenseText: license.String(), CopyrightOwner: m.text(),
		Maintenance:       Maintenance{Type: m.of(maintenances), Contacts: []Party{{Name: m.text(), Email: "a@example.org", Phone: "+33100000000", Affiliation: m.text()}}},
		LocalisationReady: m.IntN(2) == 0, Languages: []string{"fr", "no", "pt-BR"},
		DependsOn: Dependencies{Open: []Dependency{{Name: m.text(), Version: m.text()}}, Hardware: []Dependency{{Name: m.text(), VersionMin: "1.10", VersionMax: m.text(), Optional: true}}},
	}
	if s.Maintenance.Type == "contract" {
		s.Maintenance.Contractors = []Contractor{{Name: m.text(), Until: "2028-12-31", Website: m.url()}}
	}
	return s
}

// What is written reads back as it was, without a fault.
func TestPubliccodeRoundTrip(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	for range 1000 {
		s := m.software(t)
		var b bytes.Buffer
		if err := WritePubliccode(&b, s, ""); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		doc := read(t, Publiccode, text)
		if len(doc.Faults) > 0 {
			t.Fatalf("%v\n%s", doc.Faults[0], text)
		}
		if d := cmp.Diff(s, doc.Software, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b licenses.Expression) bool { return a == b })); d != "" {
			t.Fatalf("(-want +got)\n%s\n%s", d, text)
		}
		if missing := Missing(s); len(missing) > 0 {
			t.Fatal(missing[0])
		}
	}
}

func TestCodemetaRoundTrip(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(3, 4))}
	for range 1000 {
		s := m.software(t)
		s.IssueTracker, s.Created, s.Authors = m.url(), "2019-01-01", []Party{m.party(true), {Name: m.text(), Email: "a@example.org", Affiliation: m.text()}}
		s.Keywords, s.ProgrammingLanguages, s.Identifiers = []string{"a", "b"}, []string{"Go", "C++"}, []string{m.url()}
		var b bytes.Buffer
		if err := WriteCodemeta(&b, s); err != nil {
			t.Fatal(err)
		}
		doc := read(t, Codemeta, b.String())
		got := doc.Software
		if len(doc.Faults) > 0 || doc.Version != "3.0" {
			t.Fatalf("%v\n%s", doc.Faults[0], b.String())
		}
		if got.Name != s.Name || got.License != s.License || got.Repository != s.Repository || got.Released != s.Released || got.IssueTracker != s.IssueTracker ||
			got.Descriptions["fr"].Long != s.Descriptions["fr"].Long || !cmp.Equal(got.Authors, s.Authors) || !cmp.Equal(got.Keywords, s.Keywords) || got.CopyrightOwner != s.CopyrightOwner {
			t.Fatalf("%+v\n%s", got, b.String())
		}
	}
}

// Golden: what a person would read of what is written.
func TestWritten(t *testing.T) {
	s := readFile(t, "testdata/publiccode/whole.yml").Software
	for name, write := range map[string]func(*bytes.Buffer) error{
		"publiccode-0.5.yml": func(b *bytes.Buffer) error { return WritePubliccode(b, s, "") },
		"publiccode-0.7.yml": func(b *bytes.Buffer) error { return WritePubliccode(b, s, "0.7") },
		"codemeta.json":      func(b *bytes.Buffer) error { return WriteCodemeta(b, s) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden := "testdata/written/" + name
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}

func TestMissing(t *testing.T) {
	var keys []string
	for _, f := range Missing(Software{Name: "Cotisations", Repository: "https://example.org/a"}) {
		keys = append(keys, f.Key)
	}
	want := []string{"platforms", "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation"}
	if d := cmp.Diff(want, keys); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestVersionsThatCannotBeWritten(t *testing.T) {
	var wrong *VersionError
	if err := WritePubliccode(&bytes.Buffer{}, Software{}, "0.2"); !errors.As(err, &wrong) || wrong.Version != "0.2" {
		t.Errorf("%v", err)
	}
}
