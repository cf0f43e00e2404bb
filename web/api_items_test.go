// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"testing"

	"communs/registry"
	"communs/registry/find"
	"communs/registry/opendata"
	"communs/registry/registrytest"
)

// TestSoftwareIsWrittenAsJSONWritesIt holds that answers put together from what was written before are those of encoding/json.
func TestSoftwareIsWrittenAsJSONWritesIt(t *testing.T) {
	h := newServer(t, newFake(), withCatalogue(t, registrytest.Generate(registrytest.Size{Software: 120, Organisations: 20})))
	s := h.(*Server)
	c, err := s.catalogue.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type item struct {
		opendata.Item
		foundItem
	}
	for _, words := range []string{"", "agenda", "partager fichiers", "qzxv"} {
		for _, near := range []string{"", "region-75"} {
			q := find.Query{Words: words, N: 50, Uncounted: true}
			if near != "" {
				q = q.With(find.FacetNear, near)
			}
			found, err := s.finder.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			want := struct {
				Total    int    `json:"total"`
				Next     string `json:"next"`
				Items    []item `json:"items"`
				Anywhere int    `json:"anywhere,omitempty"`
			}{found.Total, `next<&">`, []item{}, found.Anywhere}
			for _, hit := range found.Hits {
				e, ok := c.Entry(registry.KindSoftware, hit.ID)
				if !ok {
					t.Fatal(hit.ID)
				}
				want.Items = append(want.Items, item{opendata.NewItem(e), foundItem{hit.Score, hit.Libre, hit.Activity, hit.Changed, hit.Uses}})
			}
			plain, err := jsonResponse(200, want)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // made, and then kept
				got, err := s.softwareItems(c, found, found.Hits, want.Next)
				if err != nil || !bytes.Equal(got.body, plain.body) {
					t.Errorf("%q %q: %v\n%s\nis not\n%s", words, near, err, got.body, plain.body)
				}
			}
		}
	}
}
