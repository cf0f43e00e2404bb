// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"communs/registry"
	"communs/registry/registrytest"
)

// known is a catalogue that holds what comes with the program.
func known(t testing.TB) *registry.Catalogue {
	t.Helper()
	entries, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return registrytest.Catalogue(t, entries)
}

func licensed() Options { return Options{Source: registry.Source{Licence: "CC0-1.0"}} }

func file(name, data string) []File { return []File{{Name: name, Data: []byte(data)}} }

// reasons are the codes of what was left out: line, field, code.
func reasons(r *Result) string {
	var list []string
	for _, s := range r.Skipped {
		code := s.Why.Error()
		var f *Fault
		var p registry.Problem
		if errors.As(s.Why, &f) {
			code = f.Code
		} else if errors.As(s.Why, &p) {
			code = strings.TrimPrefix(p.Key, "registry.problem.")
		}
		list = append(list, strings.Trim(fmt.Sprintf("%d %s %s", s.Line, s.Field, code), " "))
	}
	return strings.Join(list, "; ")
}

// imported checks that the store takes what was read, without doubt, and that a second import changes nothing.
func imported(t *testing.T, base []registry.Entry, r *Result, fresh int) *registry.Plan {
	t.Helper()
	s := registrytest.Open(t, base)
	plan, err := registry.Import(t.Context(), s, r.Entries(), registry.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range plan.Items {
		if it.Fate == registry.FateRefused {
			t.Errorf("%s %s is refused: %v", it.Kind, it.ID, it.Problems)
		}
	}
	if n := plan.Count(registry.FateNew); n != fresh {
		t.Errorf("%d new records, want %d", n, fresh)
	}
	again, err := registry.Import(t.Context(), s, r.Entries(), registry.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := again.Count(registry.FateSame); n != len(again.Items) {
		t.Errorf("importing again: %d of %d are the same", n, len(again.Items))
	}
	return plan
}

func TestWithoutALicenceNothingIsImported(t *testing.T) {
	for _, origin := range []Origin{Members, Publiccode, Chatons, Comptoir} {
		_, err := Read(t.Context(), origin, file("a.csv", "nom\nA\n"), Options{})
		var f *Fault
		if !errors.As(err, &f) || f.Code != "unlicensed" {
			t.Errorf("%s: %v", origin, err)
		}
	}
	if _, err := Read(t.Context(), Members, file("a.csv", "nom\nA\n"), Options{Source: registry.Source{Licence: "libre ?"}}); err == nil {
		t.Error("a licence that is none is taken")
	}
	for _, origin := range []Origin{SILL, Awesome} { // each publishes its data under one licence, and says where
		r, err := Read(t.Context(), origin, nil, Options{})
		if err != nil || r.Source.Licence == "" || r.Source.Credit == "" || !strings.HasPrefix(r.Stated, "https://") {
			t.Errorf("%s: %+v, %v", origin, r, err)
		}
		if r, err = Read(t.Context(), origin, nil, licensed()); err != nil || r.Source.Licence != "CC0-1.0" || r.Stated != "" {
			t.Errorf("%s under another licence: %+v, %v", origin, r, err)
		}
	}
	if _, err := Read(t.Context(), "wikidata", nil, licensed()); err == nil {
		t.Error("an unknown origin is taken")
	}
}

func TestTheBaseIsImported(t *testing.T) {
	r, err := Read(t.Context(), Base, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	imported(t, nil, r, len(r.Items))
}

const membersFR = "Nom de la structure;N° SIREN;Code commune;Site Web;Forge GitLab;Dépôts;Effectif\n" +
	"Coopérative Chêne;732 829 320;33063;chene.example.org;https://gitlab.com/chene;;12\n" +
	"\"Atelier \"\"Été\"\"\";;2A004;http://ete.example.org/;;https://github.com/atelier-ete https://codeberg.org/atelier/outil;3\n" +
	";;;;;;\n" +
	"Mauvaise SARL;123456789;99999;javascript:alert(1);https://10.0.0.1/groupe;;\n" +
	";732829320;;;;;\n" +
	"'=2+3;;;;;;\n"

func TestMembersOfACluster(t *testing.T) {
	r, err := Read(t.Context(), Members, file("membres.csv", membersFR), licensed())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Items) != 4 {
		t.Fatalf("%d members, want 4: %s", len(r.Items), reasons(r))
	}
	o := r.Items[0].Entry.(*registry.Organisation)
	if o.ID != "cooperative-chene" || o.SIREN != "732829320" || o.Place.INSEE != "33063" || o.Website != "https://chene.example.org" || o.Place.InRegion() != "75" || r.Items[0].Line != 2 {
		t.Errorf("the first member: %+v", o)
	}
	if o := r.Items[1].Entry.(*registry.Organisation); o.Name != `Atelier "Été"` || len(o.Forges) != 2 || o.Place.InDepartement() != "2A" {
		t.Errorf("the second member: %+v", o)
	}
	if o := r.Items[3].Entry.(*registry.Organisation); o.Name != "=2+3" {
		t.Errorf("a formula has become %q", o.Name)
	}
	want := "5 website url; 5 siren siren; 5 place.insee insee; 5 forges[0] private-address; 6 no-name"
	if got := reasons(r); !strings.Contains(got, "5 siren siren") || !strings.Contains(got, "5 forges[0] private-address") || !strings.Contains(got, "6  no-name") && !strings.Contains(got, "6 no-name") {
		t.Errorf("left out: %s\nlike:     %s", got, want)
	}
	if o := r.Items[2].Entry.(*registry.Organisation); o.SIREN+o.Website+o.Place.INSEE != "" || len(o.Forges) != 0 {
		t.Errorf("wrong values are kept: %+v", o)
	}
	if strings.Join(r.Ignored, ",") != "Effectif" {
		t.Errorf("ignored columns: %q", r.Ignored)
	}
	imported(t, nil, r, 4)
	lines, err := SourceLines(r.Crawl)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"[[source]]", "kind = 'gitlab'", "url = 'https://gitlab.com'", "group = 'chene'", "organisation = 'atelier-ete'", "url = 'https://codeberg.org/atelier/outil'"} {
		if !strings.Contains(string(lines), want) {
			t.Errorf("no %q in\n%s", want, lines)
		}
	}
	if strings.Contains(string(lines), "10.0.0.1") {
		t.Errorf("a private address is to be crawled:\n%s", lines)
	}
}

func TestMembersInAnyEncodingAndWithAnySeparator(t *testing.T) {
	text := "name;city;forge\nÉcole d’été;Bègles;https://gitlab.com/ecole\n"
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	latin, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"UTF-8": text, "BOM": "\ufeff" + text, "UTF-16": utf16, "Windows-1252": latin, "commas": strings.ReplaceAll(text, ";", ","),
		"tabs": strings.ReplaceAll(text, ";", "\t"), "CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "CR": strings.ReplaceAll(text, "\n", "\r"),
	} {
		r, err := Read(t.Context(), Members, file(name, data), licensed())
		if err != nil || len(r.Items) != 1 {
			t.Errorf("%s: %v, %+v", name, err, r)
			continue
		}
		if o := r.Items[0].Entry.(*registry.Organisation); o.Name != "École d’été" || o.Place.Commune != "Bègles" || len(o.Forges) != 1 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestTablesThatAreNone(t *testing.T) {
	for data, want := range map[string]string{
		"":                             "empty",
		"ville;forge\nPau;x\n":         "no-column",
		"\x00\x01\x02":                 "encoding",
		"nom\"x;b\nA;B\n":              "not-csv",
		strings.Repeat("a", 100) + ";": "no-column",
	} {
		_, err := Read(t.Context(), Members, file("m.csv", data), licensed())
		var f *Fault
		if !errors.As(err, &f) || f.Code != want {
			t.Errorf("%.20q: %v, want %s", data, err, want)
		}
	}
	_, err := Read(t.Context(), Members, file("m.csv", "Ville,Forge\n"), licensed())
	var f *Fault
	if !errors.As(err, &f) || !strings.Contains(fmt.Sprint(f.Args), "raison sociale") || !strings.Contains(fmt.Sprint(f.Args), "Ville, Forge") {
		t.Errorf("the missing column and those there are: %v", f)
	}
	r, err := Read(t.Context(), Members, file("m.csv", "nom\nA\n\"B\nC\n"), licensed())
	if err != nil || len(r.Items) != 1 || reasons(r) != "3  quotes" {
		t.Errorf("quotes that are not closed: %v, %s", err, reasons(r))
	}
}

func TestNamesakesWithOtherNumbersAreTwo(t *testing.T) {
	r, err := Read(t.Context(), Members, file("m.csv", "nom,siren\nAtelier,732829320\nAtelier,552100554\nAtelier,732829320\n"), licensed())
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := r.Items[0].Entry.Head().ID, r.Items[1].Entry.Head().ID, r.Items[2].Entry.Head().ID
	if a == b || a != c {
		t.Errorf("ids %s, %s, %s", a, b, c)
	}
}

const described = `publiccodeYmlVersion: "0.5"
name: Cotisations
url: https://forge.example.org/maison/cotisations.git
landingURL: https://cotisations.example.org
platforms: [web]
categories: [membership-management, appointment-scheduling]
developmentStatus: stable
softwareType: standalone/web
logo: https://10.1.2.3/logo.svg
description:
  fr-FR:
    shortDescription: Suit les adhérents d'une <b>association</b>.
    longDescription: Un long texte.
  en:
    shortDescription: Tracks the members of an association.
legal:
  license: EUPL-1.2
localisation:
  availableLanguages: [fr, en]
`

func TestPubliccode(t *testing.T) {
	o := licensed()
	o.Known = known(t)
	r, err := Read(t.Context(), Publiccode, []File{
		{Name: "https://forge.example.org/fork/publiccode.yml", Data: []byte(described), Repository: "https://forge.example.org/fork"},
		{Name: "b.yml", Data: []byte("name: Sans texte\n")},
		{Name: "c.yml", Data: []byte("a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n")},
		{Name: "d.yml", Data: make([]byte, 2<<20)},
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Items) != 1 || len(r.Skipped) != 4 {
		t.Fatalf("%d read, left out: %s", len(r.Items), reasons(r))
	}
	s := r.Items[0].Entry.(*registry.Software)
	if s.Name != "Cotisations" || s.Summary.FR != "Suit les adhérents d'une association ." && s.Summary.FR != "Suit les adhérents d'une association." || s.Summary.EN == "" || s.Licence != "EUPL-1.2" || s.Logo != "" {
		t.Errorf("%+v", s)
	}
	if len(s.Repositories) != 1 || s.Repositories[0] != "https://forge.example.org/maison/cotisations" || s.Sources[0].URL != "https://forge.example.org/fork" {
		t.Errorf("repositories %v, source %+v", s.Repositories, s.Sources)
	}
	if len(s.Needs) == 0 {
		t.Error("no need for its categories")
	}
	entries, _ := registry.Base()
	imported(t, entries, r, 1)
}

func TestASoftwareWithTheNameOfAnotherIsNotTakenForIt(t *testing.T) {
	o := licensed()
	o.Known = known(t)
	r, err := Read(t.Context(), Publiccode, file("p.yml", "name: Framadate\nurl: https://example.org/autre/framadate\ndescription:\n  fr:\n    shortDescription: Autre chose.\n"), o)
	if err != nil || len(r.Items) != 1 {
		t.Fatal(err, reasons(r))
	}
	if id := r.Items[0].Entry.Head().ID; id == "framadate" || !strings.HasPrefix(id, "framadate-") {
		t.Errorf("its id is %s", id)
	}
	entries, _ := registry.Base()
	plan, err := registry.Import(t.Context(), registrytest.Open(t, entries), r.Entries(), registry.ImportOptions{DryRun: true})
	if err != nil || plan.Count(registry.FateRefused) != 1 || !plan.Items[0].Problems[0].Doubt {
		t.Errorf("%v: %+v", err, plan.Items[0])
	}
}

func TestWhatIsTooBigIsRefused(t *testing.T) {
	_, err := ReadInput("big", bytes.NewReader(make([]byte, MaxSize+1)))
	var f *Fault
	if !errors.As(err, &f) || f.Code != "too-big" {
		t.Errorf("a big file: %v", err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "bomb.yml", Typeflag: tar.TypeReg, Mode: 0o600, Size: maxUnpack + 1000}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, maxUnpack+1000)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadInput("bomb.tar.gz", &b); !errors.As(err, &f) || f.Code != "too-big" {
		t.Errorf("an archive that grows: %v", err)
	}
}

func TestSummaries(t *testing.T) {
	for in, want := range map[string]string{
		"Partage [de fichiers](https://x.example) **simple**": "Partage de fichiers simple",
		"<p>a&nbsp;&lt;b</p>": "a <b",
		"Une phrase assez courte. " + strings.Repeat("mot ", 60): "Une phrase assez courte.",
		strings.Repeat("abcdefghi ", 30):                         strings.TrimSpace(strings.Repeat("abcdefghi ", 14)) + "…",
		"zéro\u200blargeur\u202e":                                "zérolargeur",
	} {
		if got, _ := summarise(in); got != want {
			t.Errorf("%.40q becomes %q, want %q", in, got, want)
		}
	}
}
