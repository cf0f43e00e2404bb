// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

func from(id, source string, status registry.Status) registry.Meta {
	return registry.Meta{ID: id, Status: status, Sources: []registry.Source{{Name: source, Licence: "etalab-2.0"}}}
}

// fates lists what a plan does: "id<from fate fields +suggestions !problems".
func fates(p *registry.Plan) (list []string) {
	for _, it := range p.Items {
		line := it.ID
		if it.From != "" {
			line += "<" + it.From
		}
		line += " " + string(it.Fate)
		for _, f := range it.Fields {
			line += " " + f.Field
		}
		for _, f := range it.Suggested {
			line += " +" + f.Field
		}
		for _, problem := range told(it.Problems) {
			line += " !" + strings.ReplaceAll(problem, " ", ":")
		}
		list = append(list, line)
	}
	return list
}

func run(t *testing.T, s registry.Store, o registry.ImportOptions, entries ...registry.Entry) *registry.Plan {
	t.Helper()
	p, err := registry.Import(t.Context(), s, entries, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const codeAt = "https://forge.example.org/groupe/"

// stock is what is there before the imports of these tests.
func stock() []registry.Entry {
	french := registry.Text{FR: "Un outil."}
	return []registry.Entry{
		&registry.Need{Meta: from("visio", "base", registry.Declared), Name: registry.Text{FR: "Se réunir"}},
		&registry.Need{Meta: from("agenda", "base", registry.Declared), Name: registry.Text{FR: "Fixer une date"}},
		&registry.Organisation{Meta: from("maison", "members", registry.Proposed), Name: "La Maison", Type: registry.TypeCompany, SIREN: "732829320"},
		&registry.Repository{Meta: from(codeAt+"outil", "crawl", registry.Proposed), Aliases: []string{codeAt + "avant"}},
		&registry.Software{Meta: from("outil", "sill", registry.Proposed), Name: "Outil", Summary: french, Needs: []string{"visio"},
			Repositories: []string{codeAt + "outil"}, Platforms: []string{"web"}},
		&registry.Software{Meta: from("repondu", "form", registry.Declared), Name: "Répondu", Summary: french, Licence: "MIT", Website: "https://exemple.fr"},
		&registry.Software{Meta: from("retire", "sill", registry.Withdrawn), Name: "Retiré", Summary: french},
		&registry.Software{Meta: from("efface", "sill", registry.Proposed), Name: "Effacé", Summary: french},
	}
}

func stocked(t *testing.T) registry.Store {
	t.Helper()
	s := registrytest.Open(t, stock())
	if _, err := s.Apply(t.Context(), registry.Change{Kind: registry.KindSoftware, ID: "efface", Base: registry.AnyBase}); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestImportFates(t *testing.T) {
	other := registry.Text{FR: "Autre chose.", EN: "Something else."}
	software := func(id, source string, edit func(*registry.Software)) registry.Entry {
		s := &registry.Software{Meta: from(id, source, registry.Proposed), Name: strings.ToUpper(id[:1]) + id[1:], Summary: other}
		edit(s)
		return s
	}
	as := func(*registry.Software) {}
	for _, test := range []struct {
		name    string
		entries []registry.Entry
		want    []string
	}{
		{"new", []registry.Entry{software("neuf", "sill", as)}, []string{"neuf new"}},
		{"its own source", []registry.Entry{software("outil", "sill", as)},
			[]string{"outil changed needs platforms repositories summary.en summary.fr"}},
		{"another source", []registry.Entry{software("outil", "comptoir", func(s *registry.Software) {
			s.Platforms, s.Licence, s.Repositories = []string{"linux", "web"}, "MIT", []string{codeAt + "outil"}
		})}, []string{"outil changed licence platforms summary.en +summary.fr"}},
		{"more needs", []registry.Entry{software("outil", "comptoir", func(s *registry.Software) {
			s.Summary, s.Needs, s.Website = registry.Text{}, []string{"visio", "agenda"}, "https://outil.example.org/"
		})}, []string{"outil changed website +needs"}},
		{"somebody answers for it", []registry.Entry{software("repondu", "sill", func(s *registry.Software) { s.Licence, s.Website = "GPL-3.0-only", "https://exemple.fr/" })},
			[]string{"repondu same +licence +name +summary.en +summary.fr"}}, // its address without the slash is the same
		{"withdrawn", []registry.Entry{software("retire", "sill", as)}, []string{"retire refused !:withdrawn"}},
		{"deleted", []registry.Entry{software("efface", "sill", as)}, []string{"efface refused !:withdrawn"}},
		{"invalid", []registry.Entry{software("neuf", "sill", func(s *registry.Software) { s.Website = "javascript:x" })}, []string{"neuf refused !website:url"}},
		{"a repository that we know", []registry.Entry{software("tool", "comptoir", func(s *registry.Software) {
			s.Name, s.Summary, s.Repositories = "Outil", registry.Text{FR: "Un outil."}, []string{codeAt + "avant"}
		})}, []string{"outil<tool changed repositories"}},
		{"a repository that we know, in other letters", []registry.Entry{software("outil", "comptoir", func(s *registry.Software) {
			s.Summary, s.Repositories = registry.Text{}, []string{codeAt + "Outil"}
		})}, []string{"outil same"}},
		{"a name that we know, without repository", []registry.Entry{software("tool", "comptoir", func(s *registry.Software) { s.Name, s.Summary.FR = "outil", "" })},
			[]string{"outil<tool changed summary.en +name"}},
		{"a name that we know, elsewhere", []registry.Entry{software("tool", "comptoir", func(s *registry.Software) {
			s.Name, s.Repositories = "outil", []string{"https://ailleurs.example.org/outil"}
		})}, []string{"tool refused !name:like"}},
		{"an organisation by its number", []registry.Entry{
			&registry.Use{Meta: from("u", "sill", registry.Proposed), Organisation: "house", Software: "outil"},
			&registry.Organisation{Meta: from("house", "chatons", registry.Proposed), Name: "The House", Type: registry.TypeCompany, SIREN: "732829320"},
		}, []string{"maison<house same +name", "u new"}},
		{"what refers to something refused", []registry.Entry{
			software("neuf", "sill", func(s *registry.Software) { s.Summary = registry.Text{} }),
			&registry.Use{Meta: from("u", "sill", registry.Proposed), Organisation: "maison", Software: "neuf"},
		}, []string{"neuf refused !summary:missing", "u refused !software:no-software"}},
		{"the same thing twice", []registry.Entry{
			software("neuf", "sill", func(s *registry.Software) { s.Platforms = []string{"web"} }),
			software("neuf", "sill", func(s *registry.Software) { s.Platforms, s.Licence = []string{"mac"}, "MIT" }),
			software("nouveau", "sill", func(s *registry.Software) { s.Repositories = []string{codeAt + "n"} }),
			software("nouvel", "sill", func(s *registry.Software) { s.Repositories = []string{codeAt + "n"} }),
		}, []string{"neuf new", "nouveau new +name"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := stocked(t)
			before, err := s.Seq(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			dry := run(t, s, registry.ImportOptions{DryRun: true}, test.entries...)
			if got := fates(dry); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if seq, _ := s.Seq(t.Context()); seq != before {
				t.Error("a dry run changes something")
			}
			if got, want := fates(run(t, s, registry.ImportOptions{}, test.entries...)), fates(dry); !slices.Equal(got, want) {
				t.Errorf("it does %q, and had said %q", got, want)
			}
			seq, _ := s.Seq(t.Context())
			again := run(t, s, registry.ImportOptions{}, test.entries...)
			if n := again.Count(registry.FateNew) + again.Count(registry.FateChanged); n > 0 {
				t.Errorf("the second time it does %q", fates(again))
			}
			if now, _ := s.Seq(t.Context()); now != seq {
				t.Error("the second time it writes")
			}
		})
	}
}

// What was taken over names its source; what was only suggested does not.
func TestImportKeepsSources(t *testing.T) {
	s := stocked(t)
	text := registry.Text{FR: "Autre chose."}
	run(t, s, registry.ImportOptions{},
		&registry.Software{Meta: from("outil", "comptoir", ""), Name: "Outil", Summary: text, Licence: "MIT"},
		&registry.Software{Meta: from("repondu", "comptoir", ""), Name: "Répondu", Summary: text, Website: "https://exemple.fr/"},
		&registry.Software{Meta: from("neuf", "comptoir", ""), Name: "Neuf", Summary: text})
	c, err := registry.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"outil": "sill comptoir", "repondu": "form", "neuf": "comptoir"} {
		tool, ok := c.Software(id)
		if !ok {
			t.Fatalf("there is no %s", id)
		}
		var names []string
		for _, source := range tool.Sources {
			names = append(names, source.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s comes from %q, want %q", id, got, want)
		}
	}
	if tool, _ := c.Software("outil"); tool.Licence != "MIT" || tool.Summary.FR != "Un outil." || tool.Status != registry.Proposed {
		t.Errorf("got %+v", tool)
	}
}

func TestImportWithoutLicence(t *testing.T) {
	s := stocked(t)
	good := &registry.Software{Meta: from("neuf", "sill", ""), Name: "Neuf", Summary: registry.Text{FR: "Neuf."}}
	bad := &registry.Software{Meta: registry.Meta{ID: "x", Sources: []registry.Source{{Name: "sill"}}}, Name: "X"}
	var unlicensed *registry.UnlicensedError
	if _, err := registry.Import(t.Context(), s, []registry.Entry{good, bad}, registry.ImportOptions{}); !errors.As(err, &unlicensed) || unlicensed.ID != "x" {
		t.Errorf("got %v", err)
	}
	if _, err := s.Get(t.Context(), registry.KindSoftware, "neuf"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("a part was imported: %v", err)
	}
}

// Only who read it and when has changed: that is nothing new.
func TestImportOfAnotherDay(t *testing.T) {
	s := stocked(t)
	day := func(d registry.Date) registry.Entry {
		e := &registry.Software{Meta: from("neuf", "sill", ""), Name: "Neuf", Summary: registry.Text{FR: "Neuf."}}
		e.Sources[0].Read, e.Sources[0].Version = d, "v"+string(d)
		return e
	}
	run(t, s, registry.ImportOptions{}, day("2026-01-01"))
	if got := fates(run(t, s, registry.ImportOptions{}, day("2026-02-01"))); !slices.Equal(got, []string{"neuf same"}) {
		t.Errorf("got %q", got)
	}
}

// racing lets somebody else write just before each of the first changes.
type racing struct {
	registry.Store
	t     *testing.T
	times int
}

func TestImportWhileOthersWrite(t *testing.T) {
	s := &racing{stocked(t), t, 2}
	entry := &registry.Software{Meta: from("outil", "comptoir", ""), Name: "Outil", Licence: "MIT", Summary: registry.Text{FR: "Un outil."}}
	p := run(t, s, registry.ImportOptions{}, entry)
	if got := fates(p); !slices.Equal(got, []string{"outil changed licence"}) {
		t.Errorf("got %q", got)
	}
	c, err := registry.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if tool, _ := c.Software("outil"); tool.Licence != "MIT" || len(tool.Words) != 2 {
		t.Errorf("got %+v", tool)
	}
}

// The catalogue that comes with the program is imported as any other, and updates itself.
func TestImportBase(t *testing.T) {
	s := registrytest.Open(t, nil)
	list := base(t)
	p := run(t, s, registry.ImportOptions{}, list...)
	if p.Count(registry.FateNew) != len(list) {
		t.Errorf("%d of %d are new: %q", p.Count(registry.FateNew), len(list), fates(p)[:min(len(p.Items), 5)])
	}
	if p = run(t, s, registry.ImportOptions{}, list...); p.Count(registry.FateSame) != len(list) {
		t.Errorf("%d of %d are the same", p.Count(registry.FateSame), len(list))
	}
	for _, e := range list {
		if s, ok := e.(*registry.Software); ok {
			s.Summary.FR = "Mieux dit."
			break
		}
	}
	if p = run(t, s, registry.ImportOptions{}, list...); p.Count(registry.FateChanged) != 1 {
		t.Errorf("%d have changed", p.Count(registry.FateChanged))
	}
}

// A large import is planned in reasonable time.
func BenchmarkImport(b *testing.B) {
	entries := registrytest.Generate(registrytest.Full())
	store := registrytest.Open(b, entries)
	b.ResetTimer()
	for b.Loop() {
		p, err := registry.Import(b.Context(), store, entries, registry.ImportOptions{DryRun: true, Sure: true})
		if err != nil || p.Count(registry.FateSame) != len(entries) {
			b.Fatal(fmt.Errorf("%d of %d the same, %w", p.Count(registry.FateSame), len(entries), err))
		}
	}
}

func (r *racing) Act(ctx context.Context, a registry.Act) (registry.Done, error) {
	if r.times > 0 {
		r.times--
		old, err := r.Store.Get(ctx, registry.KindSoftware, "outil")
		if err != nil {
			r.t.Fatal(err)
		}
		e, err := old.Entry()
		if err != nil {
			r.t.Fatal(err)
		}
		e.(*registry.Software).Words = append(e.(*registry.Software).Words, fmt.Sprint("mot", r.times))
		c, err := registry.Put(e, old.Seq)
		if err == nil {
			_, err = r.Store.Apply(ctx, c)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return r.Store.Act(ctx, a)
}
