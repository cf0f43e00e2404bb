// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"communs/licenses"
	"communs/registry"
	"communs/registry/registrytest"
)

func meta(id string) registry.Meta { return registry.Meta{ID: id, Status: registry.Declared} }

func draft(id string) registry.Meta { return registry.Meta{ID: id, Status: registry.Draft} }

// small is a catalogue in which everything refers to something.
func small() []registry.Entry {
	const forge = "https://forge.example.org/"
	return []registry.Entry{
		&registry.Need{Meta: meta("visio"), Name: registry.Text{FR: "Se réunir"}},
		&registry.Need{Meta: meta("agenda"), Name: registry.Text{FR: "Être à l’heure"}},
		&registry.Organisation{Meta: meta("zeta"), Name: "Zêta", Member: []string{"grappe"}},
		&registry.Organisation{Meta: meta("grappe"), Name: "grappe", Type: registry.TypeCluster},
		&registry.Organisation{Meta: meta("ecole"), Name: "École", Forges: []string{forge + "Ecole"}},
		&registry.Organisation{Meta: draft("cachee"), Name: "Cachée"},
		&registry.Repository{Meta: meta(forge + "ecole/salle"), Aliases: []string{forge + "avant/salle"},
			Licence: registry.Finding{Value: "AGPL-3.0-only AND MIT", Date: "2026-11-01"}},
		&registry.Repository{Meta: meta("https://miroir.example.net/salle"), MirrorOf: forge + "avant/salle.git"},
		&registry.Repository{Meta: meta(forge + "autre/salle"), ForkOf: forge + "ecole/salle", Organisation: "zeta"},
		&registry.Software{Meta: meta("salle"), Name: "Salle", Licence: "AGPL-3.0-or-later", Needs: []string{"visio", "agenda"},
			Repositories: []string{forge + "ecole/salle"}, Like: []string{"autre"}},
		&registry.Software{Meta: meta("autre"), Name: "l’Autre Salle", Licence: "MIT", Needs: []string{"visio"},
			Repositories: []string{forge + "autre/salle"}},
		&registry.Software{Meta: meta("ici"), Name: "Éclair", Needs: []string{"visio", "nulle-part"}, Like: []string{"salle"},
			Repositories: []string{forge + "ecole/sous/ici"}},
		&registry.Software{Meta: draft("plus-tard"), Name: "Plus tard", Needs: []string{"visio"}, Like: []string{"ici"}},
		&registry.Offer{Meta: meta("o1"), Organisation: "zeta", Software: "salle"},
		&registry.Offer{Meta: meta("o2"), Organisation: "ecole", Software: "salle"},
		&registry.Offer{Meta: meta("o3"), Organisation: "zeta", Needs: []string{"agenda", "visio"}},
		&registry.Offer{Meta: meta("o4"), Organisation: "cachee", Software: "salle"},
		&registry.Offer{Meta: meta("o5"), Organisation: "partie", Software: "salle"},
		&registry.Use{Meta: meta("u1"), Organisation: "zeta", Software: "salle"},
		&registry.Use{Meta: meta("u2"), Organisation: "zeta", Software: "plus-tard"},
		&registry.Selection{Meta: meta("s1"), Title: registry.Text{FR: "À distance"}, By: "ecole",
			Items: []registry.Pick{{Need: "visio", Software: "salle", Else: []string{"autre"}}, {Need: "visio", Software: "ici"}}},
		&registry.Request{Meta: meta("r1"), By: "zeta", Date: "2025-02-01", Needs: []string{"visio"}},
		&registry.Request{Meta: meta("r2"), By: "ecole", Date: "2026-01", Software: "salle", Supports: []registry.Support{{Organisation: "zeta"}},
			Answer: &registry.Answer{Software: "autre"}},
	}
}

func ids[T registry.Entry](list []T) string {
	var names []string
	for _, e := range list {
		names = append(names, e.Head().ID)
	}
	return strings.Join(names, " ")
}

func TestCatalogue(t *testing.T) {
	c := registrytest.Catalogue(t, small())
	own, others := c.OffersFor("salle")
	card, ok := c.Card("salle")
	if !ok {
		t.Fatal("no card")
	}
	mirror := c.Mirrors("https://forge.example.org/ecole/salle.git")
	for name, pair := range map[string][2]string{
		"needs by name":                         {ids(c.Needs()), "agenda visio"},
		"software by name, accents or not":      {ids(c.AllSoftware()), "ici autre salle"},
		"organisations":                         {ids(c.Organisations()), "ecole grappe zeta"},
		"software for a need":                   {ids(c.SoftwareFor("visio")), "ici autre salle"},
		"offers that name it, by organisation":  {ids(own), "o2 o1"},
		"offers for its needs, once":            {ids(others), "o3"},
		"offers without their organisation":     {ids(c.Offers()), "o2 o1 o3"},
		"offers of an organisation":             {ids(c.OffersOf("zeta")), "o1 o3"},
		"offers for a need":                     {ids(c.OffersForNeed("agenda")), "o3"},
		"uses of what may be shown":             {ids(c.Uses()), "u1"},
		"uses of a software":                    {ids(c.UsesOf("salle")), "u1"},
		"uses by an organisation":               {ids(c.UsesBy("zeta")), "u1"},
		"members":                               {ids(c.Members("grappe")), "zeta"},
		"alternatives both ways":                {ids(c.Alternatives("salle")), "ici autre"},
		"alternatives of one that names none":   {ids(c.Alternatives("autre")), "salle"},
		"software on a forge, groups below too": {ids(c.SoftwareOf("ecole")), "ici salle"},
		"software in a repository that says so": {ids(c.SoftwareOf("zeta")), "autre"},
		"its makers":                            {ids(card.Makers), "ecole"},
		"repositories of an organisation":       {ids(c.RepositoriesOf("zeta")), "https://forge.example.org/autre/salle"},
		"selections with another choice":        {ids(c.SelectionsWith("autre")), "s1"},
		"selections for a need, once":           {ids(c.SelectionsFor("visio")), "s1"},
		"requests, the newest first":            {ids(c.Requests()), "r2 r1"},
		"requests made or supported":            {ids(c.RequestsOf("zeta")), "r2 r1"},
		"requests that a software answered":     {ids(c.RequestsAbout("autre")), "r2"},
		"requests for a need":                   {ids(c.RequestsFor("visio")), "r1"},
		"needs of a card":                       {ids(card.Needs), "visio agenda"},
		"mirrors, through an alias":             {ids(mirror), "https://miroir.example.net/salle"},
		"forks":                                 {ids(c.Forks("https://miroir.example.net/salle")), "https://forge.example.org/autre/salle"},
		"software at its address":               {ids(c.SoftwareAt("git@forge.example.org:ecole/salle.git")), "salle"},
		"software at an alias":                  {ids(c.SoftwareAt("http://FORGE.example.org/Avant/salle/")), "salle"},
		"software at a mirror":                  {ids(c.SoftwareAt("https://miroir.example.net/salle")), "salle"},
		"software at a fork is another":         {ids(c.SoftwareAt("https://forge.example.org/autre/salle")), "autre"},
		"software whose repository is unknown":  {ids(c.SoftwareAt("https://forge.example.org/ecole/sous/ici.git")), "ici"},
		"operators see drafts":                  {ids(c.Full().AllSoftware()), "ici autre plus-tard salle"},
		"and what hangs on them":                {ids(c.Full().Uses()), "u1 u2"},
	} {
		got, want := strings.Fields(pair[0]), strings.Fields(pair[1])
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	var broken []string
	for _, b := range c.Broken() {
		broken = append(broken, b.ID+" "+b.Field+" "+b.To)
	}
	if want := []string{"ici needs[1] nulle-part", "o5 organisation partie"}; !slices.Equal(broken, want) {
		t.Errorf("broken: %q, want %q", broken, want)
	}
	if _, ok := c.Software("plus-tard"); ok {
		t.Error("a draft is shown")
	}
	if r, ok := c.FindRepository("https://forge.example.org/avant/salle"); !ok || r.ID != "https://forge.example.org/ecole/salle" {
		t.Errorf("an alias leads to %+v", r)
	}
}

// Two mirrors of each other end somewhere.
func TestMirrorsInACircle(t *testing.T) {
	c := registrytest.Catalogue(t, []registry.Entry{
		&registry.Repository{Meta: meta("https://a.example/x"), MirrorOf: "https://b.example/x"},
		&registry.Repository{Meta: meta("https://b.example/x"), MirrorOf: "https://a.example/x"},
		&registry.Repository{Meta: meta("https://c.example/x"), MirrorOf: "https://c.example/x"},
		&registry.Software{Meta: meta("s"), Repositories: []string{"https://c.example/x"}},
	})
	c.SoftwareAt("https://a.example/x")
	if got := ids(c.SoftwareAt("https://c.example/x")); got != "s" {
		t.Errorf("a mirror of itself: %q", got)
	}
}

func TestLicenceOfSoftware(t *testing.T) {
	for _, test := range []struct {
		name, declared, found string
		libre                 licenses.Libre
		ground                string
		conflict              bool
	}{
		{"nothing said", "", "", licenses.LibreUnknown, "", false},
		{"only found", "", "MIT", licenses.LibreYes, licenses.GroundOSI, false},
		{"only declared", "MIT", "", licenses.LibreYes, licenses.GroundOSI, false},
		{"the same", "EUPL-1.2", "EUPL-1.2", licenses.LibreYes, licenses.GroundOSI, false},
		{"or later stands in no text", "AGPL-3.0-or-later", "AGPL-3.0-only", licenses.LibreYes, licenses.GroundOSI, false},
		{"parts of others", "GPL-3.0-or-later", "GPL-3.0-only AND MIT AND BSD-3-Clause", licenses.LibreYes, licenses.GroundOSI, false},
		{"one of a choice", "MIT OR Apache-2.0", "Apache-2.0", licenses.LibreYes, licenses.GroundOSI, false},
		{"half of both", "MIT AND Apache-2.0", "Apache-2.0", licenses.LibreYes, licenses.GroundOSI, true},
		{"another", "MIT", "GPL-3.0-only", licenses.LibreYes, licenses.GroundOSI, true},
		{"free and not", "MIT", "MIT AND BUSL-1.1", licenses.LibreYes, licenses.GroundOSI, true},
		{"not free", "BUSL-1.1", "BUSL-1.1", licenses.LibreNo, "", false},
		{"its own", "LicenseRef-ours", "MIT", licenses.LibreUnknown, "", false},
		{"an exception", "GPL-2.0-or-later WITH Classpath-exception-2.0", "GPL-2.0-only", licenses.LibreYes, licenses.GroundOSI, false},
		{"no expression", "free as in beer", "MIT", licenses.LibreUnknown, "", false},
	} {
		const url = "https://forge.example.org/x"
		entries := []registry.Entry{&registry.Repository{Meta: meta(url), Licence: registry.Finding{Value: test.found}}}
		s := &registry.Software{Meta: meta("s"), Licence: test.declared, Repositories: []string{url}}
		l := registrytest.Catalogue(t, append(entries, s)).Licence(s)
		if l.Libre != test.libre || l.Ground != test.ground || l.Conflict != test.conflict || l.Declared != test.declared || l.Found != test.found {
			t.Errorf("%s: %+v", test.name, l)
		}
	}
}

// A catalogue that followed every change says the same as one that was read anew.
func TestLiveFollows(t *testing.T) {
	entries := registrytest.Generate(registrytest.Size{Software: 30, Organisations: 6})
	store := registrytest.Open(t, entries[:80])
	live, err := registry.NewLive(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	before, err := live.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	was := len(before.AllSoftware())
	step := func(changes ...registry.Change) {
		t.Helper()
		if _, err := store.Apply(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
		c, err := live.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := registry.Load(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := describe(c), describe(fresh); got != want {
			t.Errorf("after %v\n got %.2000s\nwant %.2000s", changes[0].ID, got, want)
		}
	}
	for some := range slices.Chunk(entries[80:], 9) {
		var changes []registry.Change
		for _, e := range some {
			c, err := registry.Put(e, 0)
			if err != nil {
				t.Fatal(err)
			}
			changes = append(changes, c)
		}
		step(changes...)
	}
	for i, e := range entries {
		c, err := registry.Put(e, registry.AnyBase)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case i%7 == 0:
			c.Body = nil
			step(c)
		case i%7 == 1 && e.Kind() == registry.KindSoftware:
			e.(*registry.Software).Name = "Àà " + e.(*registry.Software).Name
			e.(*registry.Software).Status = registry.Draft
			if c, err = registry.Put(e, registry.AnyBase); err != nil {
				t.Fatal(err)
			}
			step(c)
		}
	}
	step(registry.Change{Kind: registry.KindNeed, ID: "odd", Base: registry.AnyBase, Body: []byte(`{"id":"even"}`)},
		registry.Change{Kind: "novel", ID: "x", Base: registry.AnyBase, Body: []byte(`{}`)})
	if len(before.AllSoftware()) != was {
		t.Error("a catalogue that was given out has changed")
	}
}

// describe writes all that a catalogue says.
func describe(c *registry.Catalogue) string {
	var b strings.Builder
	fmt.Fprintln(&b, c.Seq(), c.Changed(), len(c.Broken()), ids(c.Needs()), ids(c.Organisations()), ids(c.Repositories()), ids(c.Offers()),
		ids(c.Uses()), ids(c.Selections()), ids(c.Requests()))
	for _, s := range c.Full().AllSoftware() {
		fmt.Fprintln(&b, "full", s.ID, s.Name)
	}
	for _, s := range c.AllSoftware() {
		card, _ := c.Card(s.ID)
		fmt.Fprintln(&b, card.Seq, s.ID, s.Name, ids(card.Needs), ids(card.Offers), ids(card.OtherOffers), ids(card.Uses), ids(card.Alternatives),
			ids(card.Selections), ids(card.Requests), ids(card.Repositories), ids(card.Makers), ids(c.SoftwareAt(s.Repositories[0])))
	}
	for _, n := range c.Needs() {
		fmt.Fprintln(&b, n.ID, ids(c.SoftwareFor(n.ID)), ids(c.SelectionsFor(n.ID)), ids(c.RequestsFor(n.ID)), ids(c.OffersForNeed(n.ID)))
	}
	for _, o := range c.Organisations() {
		fmt.Fprintln(&b, o.ID, ids(c.Members(o.ID)), ids(c.SoftwareOf(o.ID)), ids(c.OffersOf(o.ID)), ids(c.UsesBy(o.ID)), ids(c.RequestsOf(o.ID)))
	}
	for _, kind := range registry.Kinds() {
		for _, s := range c.Stamped(kind) {
			fmt.Fprint(&b, s.Seq, " ")
		}
	}
	return b.String()
}

func TestSinceOfACatalogue(t *testing.T) {
	c := registrytest.Catalogue(t, small())
	all := c.Stamped(registry.KindSoftware)
	for _, from := range []int64{0, all[0].Seq, all[1].Seq, all[2].Seq, 1000} {
		var want, got []int64
		for _, s := range all {
			if s.Seq > from {
				want = append(want, s.Seq)
			}
		}
		for s := range c.Since(registry.KindSoftware, from) {
			got = append(got, s.Seq)
		}
		if !slices.Equal(got, want) {
			t.Errorf("since %d: %v, want %v", from, got, want)
		}
	}
}

// counting counts how often the store is read.
type counting struct {
	registry.Store
	seqs, reads atomic.Int64
	hold        func()
}

func (c *counting) Seq(ctx context.Context) (int64, error) {
	c.seqs.Add(1)
	return c.Store.Seq(ctx)
}

func (c *counting) Since(ctx context.Context, seq int64) iter.Seq2[registry.Record, error] {
	c.reads.Add(1)
	if c.hold != nil {
		c.hold()
	}
	return c.Store.Since(ctx, seq)
}

// Whoever asks at once shares one reading, and each sees what was acknowledged before.
func TestLiveReadsOnce(t *testing.T) {
	store := &counting{Store: registrytest.Open(t, small())}
	live, err := registry.NewLive(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := live.Catalogue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if store.reads.Load() != 1 || store.seqs.Load() != 5 {
		t.Errorf("%d readings, %d looks, want 1 and 5", store.reads.Load(), store.seqs.Load())
	}
	const many = 20
	store.hold = func() { // until everybody has looked
		for store.seqs.Load() < 5+many {
			select {
			case <-t.Context().Done():
				return
			default:
			}
		}
	}
	change, err := registry.Put(&registry.Need{Meta: meta("neuf"), Name: registry.Text{FR: "Neuf"}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Apply(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range many {
		wait.Go(func() {
			c, err := live.Catalogue(context.Background())
			if err != nil {
				t.Error(err)
			} else if _, ok := c.Need("neuf"); !ok {
				t.Error("an acknowledged change is not seen")
			}
		})
	}
	wait.Wait()
	if store.reads.Load() != 2 {
		t.Errorf("%d readings, want 2", store.reads.Load())
	}
}

// When an older state takes the store's place, the catalogue goes back with it.
func TestLiveGoesBack(t *testing.T) {
	old, new := registrytest.Open(t, small()[:3]), registrytest.Open(t, small())
	swap := &swapped{}
	swap.Store = new
	live, err := registry.NewLive(t.Context(), swap)
	if err != nil {
		t.Fatal(err)
	}
	swap.Store = old
	c, err := live.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.AllSoftware()) != 0 || len(c.Needs()) != 2 || c.Seq() != 3 {
		t.Errorf("%d software, %d needs at %d", len(c.AllSoftware()), len(c.Needs()), c.Seq())
	}
}

type swapped struct{ registry.Store }

func TestLiveSaysWhatFails(t *testing.T) {
	store := registrytest.Open(t, small())
	live, err := registry.NewLive(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	c, err := live.Catalogue(t.Context())
	if err == nil || len(c.AllSoftware()) != 3 {
		t.Errorf("got %v and %d software, want the last state and an error", err, len(c.AllSoftware()))
	}
}

func TestEntriesComeBack(t *testing.T) {
	for _, e := range append(registrytest.Generate(registrytest.Size{Software: 30, Organisations: 10}), small()...) {
		c, err := registry.Put(e, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, read := range []func(registry.Record) (registry.Entry, error){registry.Record.Entry, registry.Record.Strict} {
			back, err := read(registry.Record{Kind: c.Kind, ID: c.ID, Body: c.Body})
			if err != nil || !reflect.DeepEqual(back, e) {
				t.Errorf("%s came back as %.300v, %v, want %.300v", c.ID, back, err, e)
			}
		}
	}
	unknown := registry.Record{Kind: registry.KindNeed, ID: "a", Body: []byte(`{"id":"a","colour":"red"}`)}
	if _, err := unknown.Entry(); err != nil {
		t.Errorf("a field of a later version: %v", err)
	}
	if _, err := unknown.Strict(); err == nil {
		t.Error("an unknown field is accepted")
	}
}

func FuzzEntry(f *testing.F) {
	for _, e := range small() {
		c, _ := registry.Put(e, 0)
		f.Add(string(c.Kind), c.ID, []byte(c.Body))
	}
	f.Fuzz(func(t *testing.T, kind, id string, body []byte) {
		e, err := registry.Record{Kind: registry.Kind(kind), ID: id, Body: body}.Entry()
		if err != nil {
			return
		}
		c, err := registry.Put(e, 0)
		if err != nil || c.ID != id || string(c.Kind) != kind {
			t.Fatalf("%s %q came back as %s %q, %v", kind, id, c.Kind, c.ID, err)
		}
	})
}
