// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"fmt"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

// The catalogue that pages are measured at: two thousand software, 150 organisations, and what stands around them.
func BenchmarkLoad(b *testing.B) {
	store := registrytest.Open(b, registrytest.Generate(registrytest.Full()))
	b.ResetTimer()
	for b.Loop() {
		if _, err := registry.Load(b.Context(), store); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRefresh(b *testing.B) {
	entries := registrytest.Generate(registrytest.Full())
	store := registrytest.Open(b, entries)
	live, err := registry.NewLive(b.Context(), store)
	if err != nil {
		b.Fatal(err)
	}
	var s *registry.Software
	for _, e := range entries {
		if e.Head().ID == "logiciel-1000" {
			s = e.(*registry.Software)
		}
	}
	i := 0
	for b.Loop() {
		b.StopTimer()
		s.Name = fmt.Sprint("Nom ", i)
		i++
		c, err := registry.Put(s, registry.AnyBase)
		if err == nil {
			_, err = store.Apply(b.Context(), c)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := live.Catalogue(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCatalogueUnchanged(b *testing.B) {
	live, err := registry.NewLive(b.Context(), registrytest.Open(b, registrytest.Generate(registrytest.Full())))
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := live.Catalogue(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// Every card of the catalogue, as a search index reads them.
func BenchmarkCards(b *testing.B) {
	c := registrytest.Catalogue(b, registrytest.Generate(registrytest.Full()))
	b.ResetTimer()
	for b.Loop() {
		for _, s := range c.AllSoftware() {
			c.Card(s.ID)
		}
	}
}
