// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"errors"
	"slices"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

func compared(t *testing.T) *Finder {
	one := &registry.Software{
		Meta: testMeta("un"), Name: "Un", Summary: registry.Text{FR: "Un."}, Licence: "MIT", Repositories: []string{"https://forge.example.org/g/un"},
		Needs: []string{"vote"}, Languages: []string{"fr"}, Replaces: []string{"Truc"},
		Export: registry.Statement{Answer: registry.Yes, Levels: []string{"csv"}, URL: "https://un.example.org/export", Date: "2026-05"},
	}
	one.Sources[0].Read = "2026-10-01"
	two := &registry.Software{Meta: testMeta("deux"), Name: "Deux", Licence: "MIT", Needs: []string{"vote", "sondage"}, Replaces: []string{"Truc"}, Languages: []string{"fr", "en"}}
	three := &registry.Software{Meta: testMeta("trois"), Name: "Trois", Replaces: []string{"Un"}, Like: []string{"deux"}}
	repository := &registry.Repository{
		Meta: testMeta("https://forge.example.org/g/un"), Aliases: []string{"https://forge.example.org/ancien/un"},
		Activity: registry.Activity{LastChange: &registry.Finding{Value: "2026-11-02", Date: "2026-11-20", How: "registry.how.git-history"}},
	}
	return newFinder(t, append(testNeeds(t), one, two, three, repository)...)
}

func row(t *testing.T, c *Comparison, key string) Row {
	t.Helper()
	i := slices.IndexFunc(c.Rows, func(r Row) bool { return r.Key == key })
	if i < 0 {
		t.Fatalf("no row %s", key)
	}
	return c.Rows[i]
}

func TestCompare(t *testing.T) {
	c, err := compared(t).Compare([]string{"un", "deux", "un"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Date != "2026-11-22" || len(c.Software) != 2 || c.Software[1].ID != "deux" {
		t.Errorf("compared %v on %s", c.Software, c.Date)
	}
	for key, differs := range map[string]bool{"licence": false, "libre": false, "languages": true, "needs": true, "export": false, "replaces": false, "activity": false} {
		r := row(t, c, key)
		if r.Differs != differs || len(r.Cells) != 2 {
			t.Errorf("%s differs: %v, %+v", key, r.Differs, r.Cells)
		}
	}
	export := row(t, c, "export").Cells
	if !slices.Equal(export[0].Values, []string{"yes", "csv"}) || export[0].Date != "2026-05" || export[0].URL == "" || export[1].Known() {
		t.Errorf("export: %+v", export)
	}
	if change := row(t, c, "last-change").Cells; change[0].Values[0] != "2026-11-02" || change[0].Date != "2026-11-20" || change[0].How == "" || change[1].Known() {
		t.Errorf("last change: %+v", change)
	}
	if licence := row(t, c, "licence").Cells[0]; licence.Source != "base" || licence.Date != "2026-10-01" {
		t.Errorf("licence: %+v", licence)
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	f := compared(t)
	var count *CompareError
	for _, ids := range [][]string{nil, {"un"}, {"un", "un"}} {
		if _, err := f.Compare(ids); !errors.As(err, &count) {
			t.Errorf("%v: %v", ids, err)
		}
	}
	var unknown *UnknownError
	if _, err := f.Compare([]string{"un", "quatre"}); !errors.As(err, &unknown) || unknown.ID != "quatre" || !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("an id that nobody has: %v", err)
	}
	f = testFinder(t)
	if _, err := f.Compare([]string{"nextcloud", "seafile", "element", "galette", "paheko"}); !errors.As(err, &count) {
		t.Errorf("five: %v", err)
	}
}

func TestAlternatives(t *testing.T) {
	f := compared(t)
	list, err := f.Alternatives("un", 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	got := map[string][]string{}
	for _, a := range list {
		for _, r := range a.Reasons {
			got[a.Software.ID] = append(got[a.Software.ID], r.Key)
		}
	}
	if !slices.Equal(got["deux"], []string{ReasonNeeds, ReasonBoth}) || !slices.Equal(got["trois"], []string{ReasonReplaces}) {
		t.Errorf("got %v", got)
	}
	if list, err = f.Alternatives("deux", 1); err != nil || len(list) != 1 {
		t.Errorf("one of two: %v, %v", list, err)
	}
	if _, err = f.Alternatives("quatre", 1); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("an id that nobody has: %v", err)
	}
}

func TestCodeQuery(t *testing.T) {
	c := registrytest.Catalogue(t, []registry.Entry{
		&registry.Software{Meta: testMeta("un"), Name: "Un", Repositories: []string{"https://forge.example.org/g/un", "https://forge.example.org/g/greffon", "https://forge.example.org/g/vide"}},
		&registry.Repository{Meta: testMeta("https://forge.example.org/g/un"), Aliases: []string{"https://forge.example.org/ancien/un"}},
	})
	un, _ := c.Software("un")
	for want, have := range map[string][]string{
		"":                                    {"https://forge.example.org/g/autre"},
		"repo:https://forge.example.org/g/un": {"https://forge.example.org/g/un"},
		"repo:https://forge.example.org/ancien/un":                                          {"https://forge.example.org/ancien/un"},
		"(repo:https://forge.example.org/g/un OR repo:https://forge.example.org/g/greffon)": {"https://forge.example.org/g/un", "https://forge.example.org/g/greffon"},
	} {
		if got := CodeQuery(c, un, func(url string) bool { return slices.Contains(have, url) }); got != want {
			t.Errorf("with %v: %s, want %s", have, got, want)
		}
	}
	if back := c.SoftwareAt("https://forge.example.org/ancien/un"); len(back) != 1 || back[0] != un {
		t.Errorf("the way back gives %v", back)
	}
}
