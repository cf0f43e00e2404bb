// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds what was written against a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; it is now\n%s", name, got)
	}
}

// small is a catalogue with something of each kind, several licences among it, and texts that want escaping.
func small(t testing.TB) *registry.Catalogue {
	t.Helper()
	from := func(id string, licences ...string) registry.Meta {
		m := registry.Meta{ID: id, Status: registry.Declared}
		for i, l := range licences {
			m.Sources = append(m.Sources, registry.Source{Name: []string{"base", "sill"}[i%2], Licence: l, URL: "https://example.org/source", Read: "2026-11"})
		}
		return m
	}
	repository := from("https://forge.example.org/sondage/sondage", "CC0-1.0")
	return (*registry.Catalogue)(nil).With(
		&registry.Need{Meta: from("sondage", "CC0-1.0"), Name: registry.Text{FR: "Choisir une date", EN: "Find a date"}, Group: "communiquer", Words: []string{"doodle", "sondage"}},
		&registry.Organisation{Meta: from("maison", "etalab-2.0"), Name: "Maison <des> logiciels & Cie", Type: registry.TypeAssociation, Website: "https://maison.example.org",
			About: registry.Text{FR: "Héberge.\n\nForme."}, SIREN: "732829320", Place: registry.Place{Commune: "Bordeaux", INSEE: "33063", Departement: "33", Region: "75"}},
		&registry.Repository{Meta: repository, Activity: registry.Activity{LastRelease: &registry.Finding{Value: "v1.2.0 2026-10-03", Date: "2026-11-22", How: "tags"}}},
		&registry.Software{Meta: from("sondage", "CC0-1.0"), Name: "Sondage", Summary: registry.Text{FR: "Choisir une date à plusieurs.", EN: "Find a date together."},
			About: registry.Text{FR: "Chacun coche ses dates.</script><b>", EN: "Everybody ticks dates."}, Website: "https://sondage.example.org", Licence: "AGPL-3.0-or-later",
			Repositories: []string{repository.ID}, Stage: registry.StageStable, Needs: []string{"sondage"}, Categories: []string{"appointment-scheduling"},
			Languages: []string{"fr", "en"}, Platforms: []string{"web"}, Prices: []registry.Price{registry.PriceFree}, Replaces: []string{"Doodle"},
			Online: registry.Online{Without: registry.Yes, Demo: "https://demo.example.org"}},
		&registry.Software{Meta: from("formules", "CC0-1.0", "etalab-2.0"), Name: "=1+1", Summary: registry.Text{FR: "@SUM(A1)", EN: "\tcmd"}, Licence: "Je ne sais pas", Needs: []string{"sondage"}},
		&registry.Offer{Meta: from("maison-sondage", "ODbL-1.0"), Organisation: "maison", Software: "sondage", Services: []registry.Service{registry.ServiceHosting, registry.ServiceSupport},
			URL: "https://maison.example.org/sondage", Prices: []registry.Price{registry.PriceSubscription}, Note: registry.Text{FR: "Pour les associations"}},
		&registry.Use{Meta: from("maison-utilise", "CC0-1.0"), Organisation: "maison", Software: "sondage", People: 12, Since: "2024"},
		&registry.Selection{Meta: from("reunir", "CC0-1.0"), Title: registry.Text{FR: "Se réunir", EN: "Meet"}, Situation: registry.Text{FR: "Une association", EN: "An association"},
			Items: []registry.Pick{{Need: "sondage", Software: "sondage", Why: registry.Text{FR: "Simple", EN: "Simple"}}}},
		&registry.Request{Meta: from("export-ics", "CC0-1.0"), Title: registry.Text{FR: "Exporter vers l'agenda", EN: "Export to the calendar"}, Needs: []string{"sondage"}, Software: "sondage",
			By: "maison", Date: "2026-10-01", State: registry.RequestOpen, Supports: []registry.Support{{Organisation: "maison", Date: "2026-10-02", Euros: 500, Days: 2}}},
	)
}

func TestDumpsAreSplitByLicence(t *testing.T) {
	var names []string
	var all bytes.Buffer
	for _, d := range Dumps(small(t)) {
		names = append(names, d.Name)
		all.WriteString("== " + d.Name + "\n")
		if err := d.Write(&all); err != nil {
			t.Fatal(err)
		}
		if d.Format != JSONL {
			continue
		}
		var one bytes.Buffer
		if err := d.Write(&one); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(one.String()) {
			var item struct {
				Licence string `json:"record_licence"`
				Record  struct {
					Sources []registry.Source `json:"sources"`
				} `json:"record"`
			}
			if err := json.Unmarshal([]byte(line), &item); err != nil || item.Licence != d.Licence || len(item.Record.Sources) == 0 {
				t.Errorf("%s: %v: %s", d.Name, err, line)
			}
		}
	}
	golden(t, "dumps.txt", all.Bytes())
	for _, want := range []string{"software.CC0-1.0.jsonl", "software.etalab-2.0.csv", "offers.ODbL-1.0.jsonl", "organisations.etalab-2.0.jsonl"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s among %v", want, names)
		}
	}
}

func TestLicenceOfARecord(t *testing.T) {
	for _, test := range []struct {
		licences []string
		want     string
	}{
		{nil, "NOASSERTION"}, {[]string{"CC0-1.0"}, "CC0-1.0"}, {[]string{"CC0-1.0", "CC0-1.0"}, "CC0-1.0"},
		{[]string{"CC0-1.0", "ODbL-1.0"}, "ODbL-1.0"}, {[]string{"etalab-2.0", "ODbL-1.0", "etalab-2.0"}, "etalab-2.0 AND ODbL-1.0"},
	} {
		m := &registry.Meta{}
		for _, l := range test.licences {
			m.Sources = append(m.Sources, registry.Source{Licence: l})
		}
		if got := Licence(m); got != test.want {
			t.Errorf("%v: %q, want %q", test.licences, got, test.want)
		}
	}
}

// TestEveryRecordIsInOneDump: nothing is lost by the split, and a table has the columns that it promises.
func TestEveryRecordIsInOneDump(t *testing.T) {
	c := registrytest.Catalogue(t, registrytest.Generate(registrytest.Size{Software: 60, Organisations: 12}))
	count := map[registry.Kind]int{}
	for _, d := range Dumps(c) {
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		if d.Format == JSONL {
			count[d.Kind] += strings.Count(b.String(), "\n")
			continue
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != d.Records+1 || !slices.Equal(rows[0], Columns(d.Kind)) {
			t.Errorf("%s: %d rows for %d records, %v", d.Name, len(rows), d.Records, err)
		}
	}
	for _, kind := range registry.Kinds() {
		if n := len(c.Stamped(kind)); n == 0 || count[kind] != n {
			t.Errorf("%s: %d of %d", kind, count[kind], n)
		}
	}
}

// FuzzCell: no cell begins like a formula, read back from the table too, and nothing of a text is lost.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1+1", "+33 5", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "", "a,b\n\"c\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Cell(s)
		if strings.TrimPrefix(got, "'") != s && got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(got)[0]) {
			t.Errorf("%q begins like a formula", got)
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.Write([]string{"x", got}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		row, err := csv.NewReader(&b).Read()
		if want := strings.ReplaceAll(got, "\r\n", "\n"); err != nil || row[1] != want {
			t.Errorf("%q was read as %q: %v", want, row, err)
		}
	})
}

// BenchmarkDump writes two thousand software.
func BenchmarkDump(b *testing.B) {
	c := registrytest.Catalogue(b, registrytest.Generate(registrytest.Full()))
	for _, format := range []Format{JSONL, CSV} {
		b.Run(string(format), func(b *testing.B) {
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				for _, d := range Dumps(c) {
					if d.Kind == registry.KindSoftware && d.Format == format {
						if err := d.Write(&out); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
			b.SetBytes(int64(out.Len()))
		})
	}
}
