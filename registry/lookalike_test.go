// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"errors"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

// TestLookalikeOrganisations: who would be taken for an organisation that is there already is told so, and nothing is kept until a person has confirmed what
// may be chance; what mixes alphabets is never kept.
func TestLookalikeOrganisations(t *testing.T) {
	named := func(id, name string) *registry.Organisation {
		return &registry.Organisation{Name: name, Type: registry.TypeAssociation,
			Meta: registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "members", Licence: "CC0-1.0"}}}}
	}
	s := registrytest.Open(t, []registry.Entry{named("mairie-de-pau", "Mairie de Pau")})
	c, err := registry.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name       string
		sure, kept bool
	}{
		{"Mairie de Pau", false, false}, {"MAIRIE DE PAU", false, false}, {"Mai rie de Pau", false, false}, {"Malrie de Pau", false, false}, {"Mairie de P\u0430u", false, false},
		{"Mairie de P\u0430u", true, false}, {"Mairie\u200b de Pau", true, false}, {"Mairie de \u202euaP", true, false},
		{"Mairie de Pau", true, true}, {"Mairie de Dax", false, true},
	} {
		_, err := registry.Save(t.Context(), s, c.Full(), registry.Edit{Entry: named("x", test.name), Sure: test.sure})
		var invalid *registry.InvalidError
		if err != nil && !errors.As(err, &invalid) {
			t.Fatal(err)
		}
		if kept := err == nil; kept != test.kept {
			t.Errorf("%q, confirmed %v: %v", test.name, test.sure, err)
		}
		if err == nil {
			s = registrytest.Open(t, []registry.Entry{named("mairie-de-pau", "Mairie de Pau")})
		}
	}
}
