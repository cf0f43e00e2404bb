// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"context"
	"slices"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

// TestARenamedRepositoryKeepsItsRecord: it is found by either address, and two records of it become one.
func TestARenamedRepositoryKeepsItsRecord(t *testing.T) {
	const old, older, now = "https://forge.example.org/a/old", "https://forge.example.org/a/older", "https://forge.example.org/b/new"
	source := func(name string) []registry.Source { return []registry.Source{{Name: name, Licence: "CC0-1.0"}} }
	tool := &registry.Software{Meta: registry.Meta{ID: "outil", Status: registry.Declared, Sources: source("operator")}, Name: "Outil", Summary: registry.Text{FR: "Un outil."},
		Repositories: []string{old}}
	was := func() *registry.Repository {
		r := &registry.Repository{Meta: registry.Meta{ID: old, Status: registry.Declared, Sources: source("operator")}, Description: "before", Aliases: []string{older}, Topics: []string{"visio"}}
		r.SetSnapshot("swh:1:snp:0123456789abcdef0123456789abcdef01234567", "2026-01-01")
		return r
	}
	is := &registry.Repository{Meta: registry.Meta{ID: now, Status: registry.Proposed, Sources: source("found")}, Description: "now"}
	out := &registry.Repository{Meta: registry.Meta{ID: now, Status: registry.Withdrawn, Sources: source("found"), Withdrawal: &registry.Withdrawal{Reason: "asked", Date: "2026-01-01"}}}
	for name, c := range map[string]struct {
		entries     []registry.Entry
		n           int
		description string
		snapshot    bool
		aliases     []string
		status      registry.Status
	}{
		"only the former one":       {[]registry.Entry{tool, was()}, 1, "before", true, []string{old, older}, registry.Declared},
		"both":                      {[]registry.Entry{tool, was(), is}, 1, "now", true, []string{old, older}, registry.Declared},
		"only the present one":      {[]registry.Entry{tool, is}, 1, "now", false, []string{old}, registry.Proposed},
		"a software names it alone": {[]registry.Entry{tool}, 1, "", false, []string{old}, registry.Proposed},
		"the present one taken out": {[]registry.Entry{tool, was(), out}, 0, "", false, nil, ""},
		"nobody names it":           {nil, 0, "", false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := registrytest.Open(t, c.entries)
			moved := map[string]string{old: now + ".git", "https://forge.example.org/x/y": "https://forge.example.org/x/z"}
			for run, want := range []int{c.n, 0} {
				if n, err := registry.Rename(context.Background(), s, moved); err != nil || n != want {
					t.Fatalf("run %d: %d, %v", run, n, err)
				}
			}
			if c.n == 0 {
				return
			}
			known, err := registry.Load(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, url := range append(c.aliases, now) {
				r, ok := known.FindRepository(url)
				if !ok || r.ID != now || r.Description != c.description || r.Status != c.status || (r.Snapshot.Value != "") != c.snapshot || !slices.Equal(r.Aliases, c.aliases) {
					t.Errorf("%s: %+v", url, r)
				}
				if at := known.SoftwareAt(url); len(at) != 1 || at[0].ID != "outil" {
					t.Errorf("%s: %v", url, at)
				}
			}
			if _, still := known.Entry(registry.KindRepository, old); still {
				t.Error("the former record is still there")
			}
		})
	}
}

// TestAnImportUnderAFormerAddressIsOfTheSameRecord: lists that others keep go on naming the address that a repository had.
func TestAnImportUnderAFormerAddressIsOfTheSameRecord(t *testing.T) {
	const old, now = "https://forge.example.org/a/old", "https://forge.example.org/b/new"
	meta := func(id, source string) registry.Meta {
		return registry.Meta{ID: id, Status: registry.Proposed, Sources: []registry.Source{{Name: source, Licence: "CC0-1.0", Read: "2026-11-01"}}}
	}
	software := func(id, source, at string) *registry.Software {
		return &registry.Software{Meta: meta(id, source), Name: "Outil", Summary: registry.Text{FR: "Un outil."}, Repositories: []string{at}}
	}
	s := registrytest.Open(t, []registry.Entry{software("outil", "sill", old), &registry.Repository{Meta: meta(old, "found"), Name: "old"}})
	if n, err := registry.Rename(t.Context(), s, map[string]string{old: now}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for _, at := range []string{old, old + ".git", "https://FORGE.example.org/a/old/"} {
		run(t, s, registry.ImportOptions{}, &registry.Repository{Meta: meta(at, "list"), Name: "old", Description: "of a list"}, software("liste-outil", "list", at))
		known, err := registry.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if list := known.Repositories(); len(list) != 1 || list[0].ID != now {
			t.Errorf("imported as %s: %d repositories, the first %s", at, len(list), list[0].ID)
		}
		if list := known.AllSoftware(); len(list) != 1 || list[0].ID != "outil" {
			t.Errorf("imported as %s: %d software, the first %s", at, len(list), list[0].ID)
		}
	}
}

// TestARenameThatTheCatalogueDoesNotTake leaves its records as they are, and keeps no other one from being renamed.
func TestARenameThatTheCatalogueDoesNotTake(t *testing.T) {
	repo := func(id string) registry.Entry {
		return &registry.Repository{Meta: registry.Meta{ID: id, Status: registry.Proposed, Sources: []registry.Source{{Name: "found", Licence: "CC0-1.0"}}}}
	}
	const one, two, now = "https://forge.example.org/a/one", "https://forge.example.org/a/two", "https://forge.example.org/b/two"
	s := registrytest.Open(t, []registry.Entry{repo(one), repo(two)})
	n, err := registry.Rename(t.Context(), s, map[string]string{one: "http://127.0.0.1:3000/a/one", two: now})
	if n != 1 || err != nil {
		t.Fatal(n, err)
	}
	known, err := registry.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for url, id := range map[string]string{one: one, two: now} {
		if r, ok := known.FindRepository(url); !ok || r.ID != id {
			t.Errorf("%s: %+v", url, r)
		}
	}
}
