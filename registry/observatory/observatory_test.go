// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package observatory

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

// rowsOf gives the rows of one chart by their keys.
func rowsOf(t *testing.T, c *registry.Catalogue, f Filter, id string) map[string]Row {
	t.Helper()
	all := Figures(c, nil, f)
	i := slices.IndexFunc(all, func(c Chart) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no chart %q", id)
	}
	rows := map[string]Row{}
	for _, r := range all[i].Rows {
		if _, twice := rows[r.Key]; twice {
			t.Errorf("%s: %q stands twice", id, r.Key)
		}
		rows[r.Key] = r
	}
	return rows
}

// bruteForce counts again from the records alone, in the plainest way, one chart at a time.
func bruteForce(entries []registry.Entry, f Filter) map[string]map[string]Row {
	charts := map[string]map[string]Row{}
	add := func(chart, key string, with Row) {
		if charts[chart] == nil {
			charts[chart] = map[string]Row{}
		}
		r := charts[chart][key]
		charts[chart][key] = Row{Key: key, N: r.N + with.N, People: r.People + with.People, Euros: r.Euros + with.Euros, Days: r.Days + with.Days}
	}
	places := map[string]registry.Place{}
	for _, e := range entries {
		if o, ok := e.(*registry.Organisation); ok {
			places[o.ID] = o.Place
		}
	}
	here := func(organisation string) bool {
		p := places[organisation]
		return (f.Region == "" || p.Region == f.Region) && (f.Departement == "" || p.Departement == f.Departement)
	}
	territory := func(organisation string) string {
		if f.Region+f.Departement == "" {
			return places[organisation].Region
		}
		return places[organisation].Departement
	}
	offered := f.Region // what an offer may name
	if d, ok := registry.Departement(f.Departement); ok {
		offered = d.Region
	}
	in := func(d registry.Date) bool {
		return f.From == "" && f.Until == "" || len(d) >= 4 && d[:4] >= f.From && (f.Until == "" || d[:4] <= f.Until)
	}
	for _, e := range entries {
		switch e := e.(type) {
		case *registry.Organisation:
			if here(e.ID) {
				add("organisations-by-type", string(e.Type), Row{N: 1})
				add("organisations-by-territory", territory(e.ID), Row{N: 1})
			}
		case *registry.Use:
			if here(e.Organisation) && in(e.Since) {
				add("uses-by-software", e.Software, Row{N: 1, People: e.People})
				add("uses-by-territory", territory(e.Organisation), Row{N: 1, People: e.People})
				add("uses-by-year", string(e.Since[:4]), Row{N: 1, People: e.People})
			}
		case *registry.Request:
			if here(e.By) && in(e.Date) {
				row := Row{N: 1}
				for _, s := range e.Supports {
					row.Euros += s.Euros
					row.Days += s.Days
				}
				add("requests-by-state", string(e.State), row)
			}
		case *registry.Software:
			if offered == "" || concerns(entries, e, offered, here) {
				add("software-by-need", "", Row{N: 1}) // the invented needs have no group
				add("software-by-licence", e.Licence, Row{N: 1})
				add("software-libre", map[bool]string{true: "yes", false: "no"}[e.Licence != "BUSL-1.1"], Row{N: 1})
				for range e.Repositories {
					add("archive-coverage", "", Row{N: 1})
				}
				for _, l := range e.Languages {
					add("software-by-language", l, Row{N: 1})
				}
			}
		case *registry.Need:
			n, hosted, helped := missing(entries, e.ID, offered, here)
			if n <= 1 {
				add("needs-without-choice", e.ID, Row{N: n})
			}
			if n > 0 && !hosted {
				add("needs-without-host", e.ID, Row{N: n})
			}
			if n > 0 && !helped {
				add("needs-without-provider", e.ID, Row{N: n})
			}
		}
	}
	return charts
}

// concerns looks through everything for who uses, helps with, or makes a software.
func concerns(entries []registry.Entry, s *registry.Software, region string, here func(string) bool) bool {
	for _, e := range entries {
		switch e := e.(type) {
		case *registry.Use:
			if e.Software == s.ID && here(e.Organisation) {
				return true
			}
		case *registry.Offer:
			if e.Software == s.ID && (here(e.Organisation) || slices.Contains(e.Regions, region)) {
				return true
			}
		case *registry.Organisation:
			if here(e.ID) && strings.HasPrefix(s.Repositories[0], e.Forges[0]+"/") {
				return true
			}
		}
	}
	return false
}

// missing tells how many software meet a need, and whether any offer hosts or helps with it.
func missing(entries []registry.Entry, need, region string, here func(string) bool) (n int, hosted, helped bool) {
	meets := map[string]bool{}
	for _, e := range entries {
		if s, ok := e.(*registry.Software); ok && slices.Contains(s.Needs, need) {
			meets[s.ID] = true
		}
	}
	for _, e := range entries {
		o, ok := e.(*registry.Offer)
		if !ok || !meets[o.Software] && !slices.Contains(o.Needs, need) || region != "" && !here(o.Organisation) && !slices.Contains(o.Regions, region) {
			continue
		}
		hosted = hosted || slices.Contains(o.Services, registry.ServiceHosting)
		helped = helped || slices.ContainsFunc(o.Services, func(s registry.Service) bool { return s != registry.ServiceHosting })
	}
	return len(meets), hosted, helped
}

// TestFiguresAreThoseOfTheRecords counts everything twice, in regions and periods.
func TestFiguresAreThoseOfTheRecords(t *testing.T) {
	for _, size := range []registrytest.Size{{Software: 12, Organisations: 4}, {Software: 200, Organisations: 60}} {
		entries := registrytest.Generate(size)
		c := (*registry.Catalogue)(nil).With(entries...)
		for _, f := range []Filter{{}, {Region: "75"}, {Region: "94"}, {Region: "11"}, {From: "2023"}, {Until: "2022"}, {Region: "84", From: "2021", Until: "2024"}, {Departement: "33"}, {Region: "75", Departement: "86"}} {
			want := bruteForce(entries, f)
			for _, chart := range Figures(c, nil, f) {
				got := rowsOf(t, c, f, chart.ID)
				if expected := want[chart.ID]; len(got)+len(expected) > 0 && !reflect.DeepEqual(got, expected) {
					t.Errorf("%d software, %+v, %s:\n got %v\nwant %v", size.Software, f, chart.ID, got, expected)
				}
				delete(want, chart.ID)
			}
			for id := range want {
				t.Errorf("%+v: the chart %s is missing", f, id)
			}
		}
	}
}

func TestOrderOfRows(t *testing.T) {
	c := (*registry.Catalogue)(nil).With(registrytest.Generate(registrytest.Size{Software: 200, Organisations: 60})...)
	for _, chart := range Figures(c, nil, Filter{}) {
		if len(chart.Rows) == 0 {
			continue
		}
		sorted := slices.IsSortedFunc(chart.Rows, func(a, b Row) int {
			switch {
			case a.Key == "" || b.Key == "":
				return len(b.Key) - len(a.Key)
			case chart.ID == "uses-by-year":
				return strings.Compare(a.Key, b.Key)
			case chart.ID == "needs-without-choice":
				return a.N - b.N
			}
			return b.N - a.N
		})
		if !sorted {
			t.Errorf("%s is out of order: %v", chart.ID, chart.Rows)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, test := range []struct {
		date, from, until registry.Date
		want              bool
	}{
		{"2024", "", "", true}, {"", "", "", true}, {"", "2020", "", false}, {"", "", "2020", false}, {"2024", "2024", "2024", true},
		{"2024-05-06", "2024", "", true}, {"2024", "2024-06", "", true}, {"2023", "2024-06", "", false}, {"2024-05", "2024-06", "", false},
		{"2024-05", "", "2024", true}, {"2025", "", "2024-12", false}, {"2024-12-31", "", "2024-12", true},
	} {
		if got := (Filter{From: test.from, Until: test.until}).within(test.date); got != test.want {
			t.Errorf("%q from %q until %q: %v", test.date, test.from, test.until, got)
		}
	}
}

// TestWhatIsNotSaid holds that records that say next to nothing are counted all the same.
func TestWhatIsNotSaid(t *testing.T) {
	head := func(id string) registry.Meta { return registry.Meta{ID: id, Status: registry.Declared} }
	c := (*registry.Catalogue)(nil).With(
		&registry.Need{Meta: head("n"), Group: "g"}, &registry.Need{Meta: head("m"), Group: "g"},
		&registry.Organisation{Meta: head("o"), Name: "O"}, &registry.Software{Meta: head("s"), Name: "S"},
		&registry.Software{Meta: head("two"), Name: "T", Needs: []string{"n", "m"}},
		&registry.Use{Meta: head("u"), Organisation: "o", Software: "s"},
	)
	for id, key := range map[string]string{"uses-by-year": "", "software-by-licence": "", "software-by-language": "", "organisations-by-type": "",
		"organisations-by-territory": "", "uses-by-territory": "", "software-by-need": "", "software-libre": "unknown"} {
		if r, ok := rowsOf(t, c, Filter{}, id)[key]; !ok || r.N == 0 {
			t.Errorf("%s does not count what is not said", id)
		}
	}
	if got := rowsOf(t, c, Filter{}, "software-by-need")["g"].N; got != 1 {
		t.Errorf("a software with two needs of a group counts %d times", got)
	}
	if all := Figures((*registry.Catalogue)(nil).With(), nil, Filter{}); len(all) != 21 {
		t.Errorf("an empty catalogue has %d charts", len(all))
	}
}

// TestMemo holds that what is kept is what would be counted, also after a change and after many filters.
func TestMemo(t *testing.T) {
	entries := registrytest.Generate(registrytest.Size{Software: 12, Organisations: 4})
	whole := (*registry.Catalogue)(nil).With(entries...)
	less := (*registry.Catalogue)(nil).With(entries[:len(entries)/2]...)
	var m Memo
	var b Beside
	for i := range 3 * maxKnown {
		c := []*registry.Catalogue{whole, whole, less}[i/7%3]
		f := Filter{From: registry.Date(strconv.Itoa(2000 + i))}
		for range 2 {
			if got, want := m.Figures(c, &b, f), Figures(c, &b, f); !reflect.DeepEqual(got, want) {
				t.Fatalf("%d: got %v, want %v", i, got, want)
			}
		}
		if len(m.known) > maxKnown {
			t.Fatalf("%d filters are kept", len(m.known))
		}
	}
}

func BenchmarkFigures(b *testing.B) {
	c := (*registry.Catalogue)(nil).With(registrytest.Generate(registrytest.Full())...)
	for b.Loop() {
		Figures(c, nil, Filter{Region: "75"})
	}
}
