// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registrytest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"communs/registry"
)

// Size is how much a generated catalogue holds.
type Size struct{ Software, Organisations int }

// Full is the size that pages are measured at.
func Full() Size { return Size{Software: 2000, Organisations: 150} }

// Generate makes a catalogue of invented software and organisations, the same for the same size: fifty needs; a repository for each
// software, some with an alias, a mirror or a fork; three offers and six uses for each organisation; selections and requests. All of it
// is valid. It comes in the order of kinds.
func Generate(size Size) []registry.Entry {
	g := &generator{rand.New(rand.NewPCG(7, uint64(size.Software))), nil, size}
	g.needs()
	g.organisations()
	g.software()
	g.services()
	g.selections()
	g.requests()
	return g.list
}

// Fill puts entries into a store, and gives the number of the last change.
func Fill(t testing.TB, s registry.Store, entries []registry.Entry) int64 {
	t.Helper()
	var changes []registry.Change
	for _, e := range entries {
		c, err := registry.Put(e, 0)
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, c)
	}
	seq, err := s.Apply(t.Context(), changes...)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// Open makes a store in a folder of the test, with the entries.
func Open(t testing.TB, entries []registry.Entry) registry.Store {
	t.Helper()
	s, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	Fill(t, s, entries)
	return s
}

// Catalogue makes the catalogue of entries.
func Catalogue(t testing.TB, entries []registry.Entry) *registry.Catalogue {
	t.Helper()
	c, err := registry.Load(t.Context(), Open(t, entries))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type generator struct {
	random *rand.Rand
	list   []registry.Entry
	size   Size
}

const needCount = 50

// pick chooses by a place in a list, the first ones more often, as in life.
func pick[T any](g *generator, list []T) T {
	n := len(list)
	return list[min(g.random.IntN(n), g.random.IntN(n))]
}

func (g *generator) chance(percent int) bool { return g.random.IntN(100) < percent }

func (g *generator) syllables(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(pick(g, strings.Fields("la mi ro ta ne sol ve ka lu bri do fa ger pin tor vi zé œu cha mo")))
	}
	return b.String()
}

// words are a sentence of everyday words.
func (g *generator) words(list string, n int) string {
	words := strings.Fields(list)
	picked := make([]string, n)
	for i := range picked {
		picked[i] = pick(g, words)
	}
	return title(strings.Join(picked, " ")) + "."
}

const (
	frenchWords  = "gérer partager fichiers agenda réunion équipe document tableau association adhérents courriel sondage carte salle écrire publier suivre photos bénévoles comptabilité dons en avec pour les des un ensemble simplement"
	englishWords = "manage share files calendar meeting team document table association members mail poll map room write publish follow pictures volunteers accounts gifts in with for the of a together simply"
)

func (g *generator) text(n int) registry.Text {
	return registry.Text{FR: g.words(frenchWords, n), EN: g.words(englishWords, n)}
}

func meta(id string, status registry.Status) registry.Meta {
	return registry.Meta{ID: id, Status: status, Sources: []registry.Source{{Name: "base", Licence: "CC0-1.0"}}}
}

func (g *generator) date() registry.Date {
	return registry.Date(fmt.Sprintf("20%02d-%02d-%02d", 20+g.random.IntN(6), 1+g.random.IntN(12), 1+g.random.IntN(28)))
}

func (g *generator) needs() {
	for i := range needCount {
		n := &registry.Need{Meta: meta(needID(i), registry.Declared), Name: registry.Text{
			FR: fmt.Sprintf("Besoin %d : %s", i, g.words(frenchWords, 3)), EN: fmt.Sprintf("Need %d: %s", i, g.words(englishWords, 3)),
		}, Words: strings.Fields(g.syllables(2) + " " + g.syllables(3))}
		g.list = append(g.list, n)
	}
}

func needID(i int) string         { return fmt.Sprintf("besoin-%d", i) }
func softwareID(i int) string     { return fmt.Sprintf("logiciel-%d", i) }
func organisationID(i int) string { return fmt.Sprintf("structure-%d", i) }

func (g *generator) anyNeed() string {
	return needID(min(g.random.IntN(needCount), g.random.IntN(needCount)))
}
func (g *generator) anySoftware() string { return softwareID(g.random.IntN(g.size.Software)) }
func (g *generator) anyOrganisation() string {
	return organisationID(g.random.IntN(g.size.Organisations))
}

func (g *generator) organisations() {
	places := []registry.Place{
		{Commune: "Bordeaux", INSEE: "33063", Departement: "33", Region: "75"}, {Commune: "Poitiers", INSEE: "86194", Departement: "86", Region: "75"},
		{Commune: "Lyon", INSEE: "69123", Departement: "69", Region: "84"}, {Commune: "Rennes", INSEE: "35238", Departement: "35", Region: "53"},
		{Commune: "Ajaccio", INSEE: "2A004", Departement: "2A", Region: "94"}, {Commune: "Saint-Denis", INSEE: "97411", Departement: "974", Region: "04"},
		{Country: "BE"},
	}
	types := []registry.OrganisationType{
		registry.TypeCompany, registry.TypeAssociation, registry.TypePublicBody, registry.TypeCommunity,
	}
	for i := range g.size.Organisations {
		o := &registry.Organisation{
			Meta: meta(organisationID(i), registry.Declared), Name: fmt.Sprintf("%s %d", title(g.syllables(3)), i), Type: pick(g, types),
			About: g.text(12), Website: fmt.Sprintf("https://structure-%d.example.org/", i), Place: pick(g, places),
			Forges: []string{fmt.Sprintf("https://forge.example.org/groupe-%d", i)},
		}
		switch {
		case i == 0:
			o.Type = registry.TypeCluster
		case g.chance(30):
			o.Member = []string{organisationID(0)}
		}
		if g.chance(20) {
			o.Labels = []registry.Label{{Name: "Label " + g.syllables(2), From: "2024", Until: "2027"}}
		}
		g.list = append(g.list, o)
	}
}

// title writes a name with a capital.
func title(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func (g *generator) software() {
	licences := []string{"AGPL-3.0-or-later", "MIT", "GPL-3.0-or-later", "Apache-2.0", "EUPL-1.2", "MIT OR Apache-2.0", "CECILL-2.1", "BUSL-1.1"}
	for i := range g.size.Software {
		url := fmt.Sprintf("https://forge.example.org/groupe-%d/%s", g.random.IntN(g.size.Organisations*2), softwareID(i))
		licence := pick(g, licences)
		g.repository(url, licence, i)
		s := &registry.Software{
			Meta: meta(softwareID(i), pick(g, []registry.Status{registry.Declared, registry.Proposed, registry.Proven})),
			Name: fmt.Sprintf("%s %d", title(g.syllables(2+i%2)), i), Summary: g.text(7), About: g.text(60),
			Website: fmt.Sprintf("https://logiciel-%d.example.org/", i), Licence: licence, Repositories: []string{url},
			Stage: pick(g, []registry.Stage{registry.StageStable, registry.StageBeta, registry.StageObsolete}),
			Words: strings.Fields(g.words(frenchWords, 2)), Languages: []string{"fr", "en", "de"}[:1+g.random.IntN(3)],
			Platforms: []string{"web", "linux", "android"}[:1+g.random.IntN(3)],
			Online:    registry.Online{Without: pick(g, []registry.Tri{registry.Yes, registry.No, registry.Unknown})},
			Prices:    []registry.Price{pick(g, []registry.Price{registry.PriceFree, registry.PriceSubscription, registry.PriceQuote})},
			Export:    registry.Statement{Answer: registry.Yes, Levels: []string{"csv", "ods"}, Date: g.date()},
		}
		s.Needs = []string{g.anyNeed()}
		for range 2 {
			if need := g.anyNeed(); need != s.Needs[0] && len(s.Needs) == 1 {
				s.Needs = append(s.Needs, need)
			}
		}
		if other := g.anySoftware(); other != s.ID && g.chance(50) {
			s.Like = []string{other}
		}
		if g.chance(30) {
			s.Replaces = []string{title(g.syllables(2))}
		}
		g.list = append(g.list, s)
	}
}

func (g *generator) repository(url, licence string, i int) {
	finding := func(value string) *registry.Finding {
		return &registry.Finding{Value: value, Date: "2026-11-01", How: "registry.how.git-history"}
	}
	count := func(n int) *registry.Count {
		return &registry.Count{N: n, Date: "2026-11-01", How: "registry.how.git-history"}
	}
	r := &registry.Repository{
		Meta: meta(url, registry.Declared), Name: softwareID(i), Description: g.words(englishWords, 8),
		Snapshot: *finding(fmt.Sprintf("swh:1:snp:%040x", i+1)), Licence: *finding(licence),
		Activity: registry.Activity{
			LastChange: finding(string(g.date())), FirstChange: finding("2012-03-04"), Commits: count(g.random.IntN(500)),
			Contributors: count(1 + g.random.IntN(20)), Releases: count(g.random.IntN(30)), Tests: finding(pick(g, []string{"yes", "no"})),
			Documentation: finding("yes"),
		},
	}
	if g.chance(10) {
		r.Aliases = []string{url + "-ancien"}
	}
	g.list = append(g.list, r)
	switch {
	case g.chance(5):
		g.list = append(g.list, &registry.Repository{Meta: meta(url+"-miroir", registry.Declared), MirrorOf: url})
	case g.chance(5):
		g.list = append(g.list, &registry.Repository{Meta: meta(url+"-fork", registry.Declared), ForkOf: url})
	}
}

func (g *generator) services() {
	services := []registry.Service{registry.ServiceHosting, registry.ServiceSupport, registry.ServiceTraining, registry.ServiceDevelopment}
	for i := range g.size.Organisations {
		for k := range 3 {
			o := &registry.Offer{
				Meta: meta(fmt.Sprintf("offre-%d-%d", i, k), registry.Declared), Organisation: organisationID(i),
				Services: services[:1+g.random.IntN(4)], URL: fmt.Sprintf("https://structure-%d.example.org/offre", i),
				HostedIn: "FR", Prices: []registry.Price{registry.PriceSubscription}, Chatons: g.chance(15), Note: g.text(8), Since: g.date(),
			}
			if k < 2 {
				o.Software = g.anySoftware()
			} else {
				o.Needs = []string{g.anyNeed()}
			}
			if g.chance(40) {
				o.Regions = []string{"75", "84"}[:1+g.random.IntN(2)]
			}
			g.list = append(g.list, o)
		}
		for k := range 6 {
			g.list = append(g.list, &registry.Use{
				Meta: meta(fmt.Sprintf("usage-%d-%d", i, k), registry.Declared), Organisation: organisationID(i), Software: g.anySoftware(),
				Since: g.date()[:4], People: g.random.IntN(2000), Stated: g.date(),
			})
		}
	}
}

func (g *generator) selections() {
	for i := range 10 {
		s := &registry.Selection{
			Meta: meta(fmt.Sprintf("selection-%d", i), registry.Declared), Title: g.text(4), Situation: g.text(12),
			By: g.anyOrganisation(), Date: g.date(),
		}
		for k := range 4 {
			s.Items = append(s.Items, registry.Pick{Need: needID(4*i + k), Software: g.anySoftware(), Why: g.text(10), Else: []string{g.anySoftware()}})
		}
		g.list = append(g.list, s)
	}
}

func (g *generator) requests() {
	states := []registry.State{registry.RequestOpen, registry.RequestFunded, registry.RequestAnswered, registry.RequestClosed}
	for i := range max(g.size.Organisations/3, 1) {
		by := g.random.IntN(g.size.Organisations)
		r := &registry.Request{
			Meta: meta(fmt.Sprintf("demande-%d", i), registry.Declared), Title: g.text(6), About: g.text(30), Needs: []string{g.anyNeed()},
			By: organisationID(by), Date: g.date(), State: pick(g, states),
		}
		if g.chance(40) {
			r.Software = g.anySoftware()
		}
		for k := range g.random.IntN(5) {
			if k+1 < g.size.Organisations {
				r.Supports = append(r.Supports, registry.Support{
					Organisation: organisationID((by + k + 1) % g.size.Organisations), Date: g.date(), Euros: 100 * g.random.IntN(50), Days: g.random.IntN(5),
				})
			}
		}
		if r.State == registry.RequestAnswered {
			r.Answer = &registry.Answer{Software: g.anySoftware(), Date: g.date()}
		}
		g.list = append(g.list, r)
	}
}
