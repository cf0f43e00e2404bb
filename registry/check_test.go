// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/registrytest"
)

func sourced(id string) registry.Meta {
	return registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "form", Licence: "CC0-1.0"}}}
}

// told lists problems as "field key", without the prefix that all keys share.
func told(problems []registry.Problem) (list []string) {
	for _, p := range problems {
		list = append(list, p.Field+" "+strings.TrimPrefix(p.Key, "registry.problem."))
	}
	return list
}

func tool(edit func(*registry.Software)) registry.Entry {
	s := &registry.Software{Meta: sourced("outil"), Name: "Outil", Summary: registry.Text{FR: "Un outil."}}
	edit(s)
	return s
}

func house(edit func(*registry.Organisation)) registry.Entry {
	o := &registry.Organisation{Meta: sourced("maison"), Name: "Maison", Type: registry.TypeCompany}
	edit(o)
	return o
}

func TestCheckFields(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	named := func(name string) registry.Entry { return tool(func(s *registry.Software) { s.Name = name }) }
	at := func(url string) registry.Entry { return tool(func(s *registry.Software) { s.Website = url }) }
	code := func(url string) registry.Entry {
		return tool(func(s *registry.Software) { s.Repositories = []string{url} })
	}
	under := func(l string) registry.Entry { return tool(func(s *registry.Software) { s.Licence = l }) }
	on := func(d registry.Date) registry.Entry { return tool(func(s *registry.Software) { s.Export.Date = d }) }
	siren := func(n string) registry.Entry { return house(func(o *registry.Organisation) { o.SIREN = n }) }
	rna := func(n string) registry.Entry { return house(func(o *registry.Organisation) { o.RNA = n }) }
	in := func(p registry.Place) registry.Entry { return house(func(o *registry.Organisation) { o.Place = p }) }
	forge := func(url string) registry.Entry {
		return house(func(o *registry.Organisation) { o.Forges = []string{url} })
	}
	id := func(id string) registry.Entry { return tool(func(s *registry.Software) { s.ID = id }) }
	for _, test := range []struct {
		name  string
		entry registry.Entry
		want  string // "field key", joined by ", "
	}{
		{"all well", named("Élégance 3"), ""},
		{"nothing", &registry.Software{}, "id missing, status missing, sources missing, name missing, summary missing"},
		{"no id", id(""), "id missing"},
		{"capitals in an id", id("Outil"), "id id"},
		{"a path for an id", id("../x"), "id id"},
		{"two hyphens", id("a--b"), "id id"},
		{"a long id", id(strings.Repeat("a", 81)), "id id"},
		{"a status", tool(func(s *registry.Software) { s.Status = "good" }), "status one-of"},
		{"a source without licence", tool(func(s *registry.Software) { s.Sources[0].Licence = "" }), "sources[0].licence missing"},
		{"a source under nothing", tool(func(s *registry.Software) { s.Sources[0].Licence = "free" }), "sources[0].licence license.expression.unknown-id-near"},

		{"hundred characters", named(long(100)), ""},
		{"one more", named(long(101)), "name too-long"},
		{"no name", named(" "), "name missing"},
		{"a name with a space", named(" Outil"), "name spaces"},
		{"a summary", tool(func(s *registry.Software) { s.Summary.EN = long(151) }), "summary.en too-long"},
		{"a line feed in a name", named("Ou\ntil"), "name character"},
		{"lines in paragraphs", tool(func(s *registry.Software) { s.About.FR = "Un.\n\nDeux." }), ""},
		{"a tabulator", tool(func(s *registry.Software) { s.About.FR = "Un.\tDeux." }), "about.fr character"},
		{"a null", named("a\x00b"), "name character"},
		{"an escape", named("a\x1b[31mb"), "name character"},
		{"a C1 control", named("a\u009bb"), "name character"},
		{"an override", named("a\u202eb"), "name character"},
		{"an isolate", tool(func(s *registry.Software) { s.About.EN = "a\u2066b" }), "about.en character"},
		{"a zero-width space", named("Ou\u200btil"), "name character"},
		{"a byte order mark", named("\ufeffOutil"), "name character"},
		{"a tag", named("Outil\U000e0041"), "name character"},
		{"a private character", named("Outil\ue000"), "name character"},
		{"emoji that are joined", named("Outil 👩‍💻"), ""},
		{"not UTF-8", named("a\xff"), "name not-utf8"},
		{"script is text", named("<script>alert(1)</script>"), ""},
		{"Latin and Cyrillic", named("Оutil"), "name mixed"},
		{"Latin and Greek", named("Οutil"), "name mixed"},
		{"Latin beside Cyrillic", named("Outil Москва"), ""},
		{"Chinese and Latin", named("Outil工具"), ""},
		{"a mixed word", tool(func(s *registry.Software) { s.Replaces = []string{"Zооm"} }), "replaces[0] mixed"},
		{"too many words", tool(func(s *registry.Software) { s.Words = make([]string, 101) }), "words too-many"},
		{"a word twice", tool(func(s *registry.Software) { s.Words = []string{"a", "a", ""} }), "words[1] twice, words[2] missing"},

		{"an address", at("https://www.exemple.fr/page?a=b#c"), ""},
		{"with accents", at("https://www.château.example/"), ""},
		{"in punycode", at("https://xn--chteau-7ta.example/"), ""},
		{"a port", at("https://exemple.fr:8443/"), ""},
		{"plain HTTP", at("http://exemple.fr/"), "website https"},
		{"a script", at("javascript:alert(1)"), "website url"},
		{"data", at("data:text/html,x"), "website url"},
		{"no scheme", at("exemple.fr"), "website https"},
		{"only a scheme", at("https://"), "website url"},
		{"a user", at("https://moi@exemple.fr/"), "website credentials"},
		{"a password", at("https://moi:secret@exemple.fr/"), "website credentials"},
		{"a space", at("https://exemple.fr/a b"), "website url"},
		{"a backslash", at(`https://exemple.fr\@autre.fr/`), "website url"},
		{"a line feed", at("https://exemple.fr/\nx"), "website character"},
		{"the same machine", at("https://localhost/"), "website private-address"},
		{"a name of it", at("https://a.localhost/"), "website private-address"},
		{"one label", at("https://intranet/"), "website private-address"},
		{"a local name", at("https://nas.local/"), "website private-address"},
		{"loopback", at("https://127.0.0.1/"), "website private-address"},
		{"loopback in short", at("https://127.1/"), "website private-address"},
		{"a number", at("https://2130706433/"), "website private-address"},
		{"hexadecimal", at("https://0x7f.0.0.0x1/"), "website private-address"},
		{"a private network", at("https://192.168.1.1/"), "website private-address"},
		{"the metadata of a cloud", at("https://169.254.169.254/"), "website private-address"},
		{"a carrier's network", at("https://100.64.0.1/"), "website private-address"},
		{"IPv6 loopback", at("https://[::1]/"), "website private-address"},
		{"IPv4 in IPv6", at("https://[::ffff:10.0.0.1]/"), "website private-address"},
		{"unique local", at("https://[fd00::1]/"), "website private-address"},
		{"nowhere", at("https://0.0.0.0/"), "website private-address"},
		{"a trailing dot", at("https://localhost./"), "website private-address"},
		{"an address that anybody reaches", at("https://192.0.32.7/"), ""},
		{"apple in Cyrillic", at("https://xn--80ak6aa92e.com/"), "website look-alike-host"},
		{"one Cyrillic letter", at("https://frаmasoft.org/"), "website look-alike-host"},
		{"a Russian site", at("https://xn--80adxhks.example/"), ""}, // москва
		{"broken punycode", at("https://xn--zzzzzzzzzzzz99999.fr/"), "website host"},
		{"very long", at("https://exemple.fr/" + strings.Repeat("a", 2000)), "website too-long"},

		{"a repository", code("https://forge.example.org/groupe/outil"), ""},
		{"with .git", code("https://forge.example.org/groupe/outil.git"), "repositories[0] canonical"},
		{"with a slash", code("https://forge.example.org/groupe/outil/"), "repositories[0] canonical"},
		{"with a query", code("https://forge.example.org/groupe/outil?x=1"), "repositories[0] repository-url"},
		{"over ssh", code("git@forge.example.org:groupe/outil"), "repositories[0] url"},
		{"a file", code("file:///etc/passwd"), "repositories[0] https"},

		{"an expression", under("MIT OR (Apache-2.0 AND GPL-2.0-or-later WITH Classpath-exception-2.0)"), ""},
		{"an unknown licence", under("GPLv3"), "licence license.expression.unknown-id"},
		{"half an expression", under("MIT OR"), "licence license.expression.expected-license"},
		{"a day", on("2024-02-29"), ""},
		{"a month", on("2024-02"), ""},
		{"a year", on("2024"), ""},
		{"no day", on("2023-02-29"), "export.date date"},
		{"a French date", on("22/11/2026"), "export.date date"},
		{"a year of long ago", on("0001"), "export.date date"},
		{"a time", on("2026-11-22T10:00:00Z"), "export.date date"},

		{"a SIREN", siren("732829320"), ""},
		{"a wrong digit", siren("732829321"), "siren siren"},
		{"eight digits", siren("73282932"), "siren siren"},
		{"letters", siren("73282932A"), "siren siren"},
		{"other digits", siren("७३२८२९३२०"), "siren siren"},
		{"nought", siren("000000000"), "siren siren"},
		{"an RNA", rna("W332001234"), ""},
		{"an RNA of Corsica", rna("W2A1000123"), ""},
		{"a short RNA", rna("W33200123"), "rna rna"},
		{"Bordeaux", in(registry.Place{Commune: "Bordeaux", INSEE: "33063", Departement: "33", Region: "75", Country: "FR"}), ""},
		{"Ajaccio", in(registry.Place{INSEE: "2A004", Departement: "2A", Region: "94"}), ""},
		{"Saint-Denis of La Réunion", in(registry.Place{INSEE: "97411", Departement: "974", Region: "04"}), ""},
		{"Nouméa", in(registry.Place{INSEE: "98818", Departement: "988"}), ""},
		{"only a region", in(registry.Place{Region: "53"}), ""},
		{"a postcode", in(registry.Place{INSEE: "33000", Departement: "75"}), "place.insee insee-elsewhere"},
		{"no commune", in(registry.Place{INSEE: "20001"}), "place.insee insee"},
		{"no département", in(registry.Place{Departement: "20"}), "place.departement departement"},
		{"no region", in(registry.Place{Region: "99"}), "place.region region"},
		{"another region", in(registry.Place{Departement: "33", Region: "53"}), "place.region region-elsewhere"},
		{"Belgium", in(registry.Place{Commune: "Namur", Country: "BE"}), ""},
		{"a commune in Belgium", in(registry.Place{INSEE: "33063", Country: "BE"}), "place.country not-in-france"},
		{"no country", in(registry.Place{Country: "XX"}), "place.country country"},
		{"small letters", in(registry.Place{Country: "fr"}), "place.country country"},
		{"a group", forge("https://github.com/groupe"), ""},
		{"a forge of one's own", forge("https://forge.exemple.fr"), ""},
		{"everybody's forge", forge("https://GitHub.com/"), "forges[0] whole-forge"},
		{"a language", tool(func(s *registry.Software) { s.Languages = []string{"fr", "pt-BR", "français"} }), "languages[2] language"},
		{"a platform", tool(func(s *registry.Software) { s.Platforms = []string{"web", "amiga"} }), "platforms[1] one-of"},
		{"a screenshot without address", tool(func(s *registry.Software) { s.Shots = []registry.Link{{}} }), "screenshots[0].url missing"},
	} {
		got := strings.Join(told(registry.Check(test.entry, nil)), ", ")
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestCheckKinds(t *testing.T) {
	finding := registry.Finding{Value: "swh:1:snp:x", Date: "2026-11-01", How: "registry.how.x"}
	for _, test := range []struct {
		name  string
		entry registry.Entry
		want  string
	}{
		{"an offer of nothing", &registry.Offer{Meta: sourced("o")}, "organisation missing, software software-or-needs, services missing"},
		{"an offer", &registry.Offer{Meta: sourced("o"), Organisation: "a", Needs: []string{"n"}, Services: []registry.Service{"cooking"},
			Regions: []string{"75", "33"}, HostedIn: "France"}, "services[0] one-of, hosted_in country, regions[1] region"},
		{"a use", &registry.Use{Meta: sourced("u"), Organisation: "a", People: -1}, "software missing, people number"},
		{"a selection of nothing", &registry.Selection{Meta: sourced("s")}, "title missing, items missing"},
		{"a selection", &registry.Selection{Meta: sourced("s"), Title: registry.Text{FR: "T"}, Items: []registry.Pick{{Need: "n"}}},
			"items[0].software missing, items[0].why missing"},
		{"a request", &registry.Request{Meta: sourced("r"), Title: registry.Text{FR: "T"}, By: "a", Date: "2026", State: registry.RequestAnswered,
			Supports: []registry.Support{{Organisation: "b", Euros: -5}, {Organisation: "b"}}}, "supports[0].euros number, supports[1].organisation twice, answer missing"},
		{"a repository", &registry.Repository{Meta: sourced("https://forge.example.org/a/b"), Snapshot: finding, Licence: registry.Finding{Value: "MIT"}},
			"snapshot.value swhid, licence.date missing, licence.how missing"},
		{"a repository by an id", &registry.Repository{Meta: sourced("outil")}, "id https"},
		{"a need", &registry.Need{Meta: sourced("n")}, "name missing"},
		{"a label that ends before it begins", house(func(o *registry.Organisation) {
			o.Labels = []registry.Label{{Name: "L", From: "2025-03", Until: "2024"}, {Name: "L", From: "2025-03", Until: "2025"}}
		}), "labels[0].until before"},
		{"too much", tool(func(s *registry.Software) {
			for range 90 {
				s.Shots = append(s.Shots, registry.Link{URL: "https://exemple.fr/", Title: registry.Text{FR: strings.Repeat("<>", 5000)}})
			}
		}), " too-big"},
	} {
		got := told(registry.Check(test.entry, nil))
		if test.want == " too-big" {
			got = got[len(got)-1:]
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestCheckAgainstOthers(t *testing.T) {
	c := registrytest.Catalogue(t, []registry.Entry{
		&registry.Need{Meta: sourced("visio"), Name: registry.Text{FR: "Se réunir"}},
		&registry.Software{Meta: draft("framadate"), Name: "Framadate"},
		&registry.Organisation{Meta: sourced("a"), Name: "Maison"},
	})
	named := func(id, name string) registry.Entry {
		return tool(func(s *registry.Software) { s.ID, s.Name = id, name })
	}
	for _, test := range []struct {
		name  string
		entry registry.Entry
		want  string
	}{
		{"another name", named("x", "Outil"), ""},
		{"the same, edited", named("framadate", "Framadate"), ""},
		{"the same name", named("x", "FramaDaté"), "name like"},
		{"written in two", named("x", "Frama date"), "name looks-like"},
		{"in Cyrillic and Latin", named("x", "Frаmadate"), "name mixed, name looks-like"},
		{"the name of an organisation", named("x", "Maison"), ""},
		{"needs", tool(func(s *registry.Software) { s.Needs = []string{"visio", "nulle-part"} }), "needs[1] no-need"},
		{"alternatives", tool(func(s *registry.Software) { s.Like = []string{"framadate", "outil", "rien"} }), "alternatives[1] itself, alternatives[2] no-software"},
		{"an organisation", &registry.Use{Meta: sourced("u"), Organisation: "b", Software: "framadate"}, "organisation no-organisation"},
	} {
		problems := registry.Check(test.entry, c)
		if got := strings.Join(told(problems), ", "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		for _, p := range problems {
			if like := strings.Contains(p.Key, "like"); p.Doubt != like {
				t.Errorf("%s: %s is a doubt: %v", test.name, p.Key, p.Doubt)
			}
		}
	}
}

func TestSave(t *testing.T) {
	store := registrytest.Open(t, nil)
	c, err := registry.Load(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	n := &registry.Need{Meta: sourced("visio"), Name: registry.Text{FR: "Se réunir"}}
	good := tool(func(s *registry.Software) { s.Needs = []string{"visio"} })
	if _, err := registry.Save(t.Context(), store, c, registry.Edit{Entry: good}); err == nil {
		t.Error("a need that is not there was accepted")
	}
	if seq, err := registry.Save(t.Context(), store, c, registry.Edit{Entry: good}, registry.Edit{Entry: n}); err != nil || seq != 2 {
		t.Errorf("together: %d, %v", seq, err)
	}
	if c, err = registry.Load(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	twin := tool(func(s *registry.Software) { s.ID = "autre" })
	var invalid *registry.InvalidError
	if _, err := registry.Save(t.Context(), store, c, registry.Edit{Entry: twin}); !errors.As(err, &invalid) || invalid.ID != "autre" {
		t.Errorf("a doubt: %v", err)
	}
	if _, err := registry.Save(t.Context(), store, c, registry.Edit{Entry: twin, Sure: true}); err != nil {
		t.Errorf("a doubt that was confirmed: %v", err)
	}
	var conflict *registry.ConflictError
	if _, err := registry.Save(t.Context(), store, c, registry.Edit{Entry: good, Base: 2}); !errors.As(err, &conflict) {
		t.Errorf("an old state: %v", err)
	}
}

// Everything that the generator and the program bring is valid.
func TestWhatComesWithUsIsValid(t *testing.T) {
	for name, list := range map[string][]registry.Entry{"base": base(t), "generator": registrytest.Generate(registrytest.Full())} {
		c := registrytest.Catalogue(t, list)
		for _, e := range list {
			for _, p := range registry.Check(e, c) {
				t.Errorf("%s: %s %s: %v", name, e.Kind(), e.Head().ID, p)
			}
		}
	}
}

// Each problem has a sentence in both languages, and no sentence is left over.
func TestProblemsHaveSentences(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	key := regexp.MustCompile(`[cw]\.(?:add|doubt)\([^"\n]*(?:"[^"\n]*")?[^"\n]*, "([a-z0-9-]+)"|return "([a-z-]+)"|\{"((?:looks-)?like)"`)
	for _, file := range files {
		if !strings.HasPrefix(file, "check") && file != "fields.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(text), -1) {
			if key := m[1] + m[2] + m[3]; key != "no-" { // followed by a kind
				asked["registry.problem."+key] = true
			}
		}
		for _, m := range regexp.MustCompile(`"((?:looks-)?like)"`).FindAllStringSubmatch(string(text), -1) {
			asked["registry.problem."+m[1]] = true
		}
	}
	for _, key := range []string{"no-need", "no-organisation", "no-software", "withdrawn", "taken", "fixed", "withdraw"} {
		asked["registry.problem."+key] = true
	}
	for _, lang := range words.Langs() {
		keys := slices.DeleteFunc(catalog.Keys(lang), func(k string) bool { return !strings.HasPrefix(k, "registry.problem.") })
		for k := range asked {
			if !slices.Contains(keys, k) {
				t.Errorf("%s has no sentence in %s", k, lang)
			}
		}
		for _, k := range keys {
			if !asked[strings.TrimSuffix(k, ".hint")] {
				t.Errorf("nobody asks for %s", k)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	c := registrytest.Catalogue(f, small())
	for _, e := range append(small(), tool(func(s *registry.Software) { s.Website = "https://xn--80ak6aa92e.com/" })) {
		change, _ := registry.Put(e, 0)
		f.Add(string(change.Kind), change.ID, []byte(change.Body))
	}
	f.Fuzz(func(t *testing.T, kind, id string, body []byte) {
		if e, err := (registry.Record{Kind: registry.Kind(kind), ID: id, Body: body}).Entry(); err == nil {
			for _, p := range registry.Check(e, c) {
				if p.Key == "" {
					t.Fatal("a problem without a key")
				}
			}
		}
	})
}
