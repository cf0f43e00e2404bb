// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/registrytest"
)

// testDay is the day on which tests take place.
func testDay() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func testMeta(id string) registry.Meta {
	return registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "base", Licence: "CC0-1.0"}}}
}

// lines reads the rows of a table of testdata.
func lines(t testing.TB, name string) (rows [][]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		if line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

func list(s string) (l []string) {
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			l = append(l, part)
		}
	}
	return l
}

// testNeeds is the taxonomy that comes with the program.
func testNeeds(t testing.TB) []registry.Entry {
	t.Helper()
	entries, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(entries, func(e registry.Entry) bool { return e.Kind() != registry.KindNeed })
}

// testID makes an id of a name.
func testID(name string) string { return strings.ReplaceAll(registry.Fold(name), " ", "-") }

// testSoftware is that of testdata/software.tsv.
func testSoftware(t testing.TB) (entries []registry.Entry) {
	t.Helper()
	for _, row := range lines(t, "software.tsv") {
		entries = append(entries, &registry.Software{
			Meta: testMeta(testID(row[0])), Name: row[0], Needs: list(row[1]), Summary: registry.Text{FR: row[2], EN: row[3]}, Replaces: list(row[4]),
		})
	}
	return entries
}

// newFinder makes a finder of entries.
func newFinder(t testing.TB, entries ...registry.Entry) *Finder {
	t.Helper()
	f, err := New(t.Context(), registrytest.Catalogue(t, entries), testDay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// testFinder finds the software of testdata.
func testFinder(t testing.TB) *Finder {
	t.Helper()
	return newFinder(t, append(testNeeds(t), testSoftware(t)...)...)
}

// search gives the answer to a query.
func search(t testing.TB, f *Finder, q Query) *Page {
	t.Helper()
	p, err := f.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ids lists what was found.
func ids(p *Page) (list []string) {
	for _, h := range p.Hits {
		list = append(list, h.ID)
	}
	return list
}
