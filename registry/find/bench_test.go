// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"slices"
	"sync"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/registrytest"
)

// fullCatalogue is as large as a region's: 2,000 software, 150 organisations.
func fullCatalogue(b testing.TB) *registry.Catalogue {
	b.Helper()
	return registrytest.Catalogue(b, registrytest.Generate(registrytest.Full()))
}

// benchQueries are questions of all sorts: common words, a typo, filters, nothing.
func benchQueries() []Query {
	near := Query{Words: "partager des fichiers agenda"}
	near.Picks[FacetNear] = []string{"region-75"}
	near.Picks[FacetLibre] = []string{"yes"}
	return []Query{
		{Words: "gérer les adhérents d'une association"}, {Words: "alternative à doodle"}, {Words: "visio conference"}, near,
		{Words: "reunoin equipe"}, {Words: "share a calendar with the team"}, {}, {Words: "compta"}, {Words: "hébergeur document bordeaux", Sort: ByChange},
	}
}

func BenchmarkNew(b *testing.B) {
	c := fullCatalogue(b)
	for b.Loop() {
		f, err := New(b.Context(), c, testDay)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

func BenchmarkSearch(b *testing.B) {
	f, err := New(b.Context(), fullCatalogue(b), testDay)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	queries := benchQueries()
	for i := 0; b.Loop(); i++ {
		search(b, f, queries[i%len(queries)])
	}
}

// BenchmarkSearchSideBySide has twenty ask at once and gives the time that 95 of 100 stay below.
func BenchmarkSearchSideBySide(b *testing.B) {
	f, err := New(b.Context(), fullCatalogue(b), testDay)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	queries := benchQueries()
	var mu sync.Mutex
	var took []time.Duration
	next := make(chan Query)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for q := range next {
				start := time.Now()
				search(b, f, q)
				mu.Lock()
				took = append(took, time.Since(start))
				mu.Unlock()
			}
		})
	}
	for i := 0; b.Loop(); i++ {
		next <- queries[i%len(queries)]
	}
	close(next)
	wg.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
}

// BenchmarkFollow is what a change of one card costs before the next answer.
func BenchmarkFollow(b *testing.B) {
	store := registrytest.Open(b, registrytest.Generate(registrytest.Full()))
	live, err := registry.NewLive(b.Context(), store)
	if err != nil {
		b.Fatal(err)
	}
	f, err := New(b.Context(), live.Last(), testDay)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	card := *live.Last().AllSoftware()[7]
	for b.Loop() {
		b.StopTimer()
		card.Summary.FR += "."
		change, err := registry.Put(&card, registry.AnyBase)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := store.Apply(b.Context(), change); err != nil {
			b.Fatal(err)
		}
		c, err := live.Catalogue(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := f.Follow(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}
