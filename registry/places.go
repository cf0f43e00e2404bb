// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	_ "embed" // places.tsv
	"slices"
	"strings"
	"sync"
)

// Area is a region or a département of France, by its code in the Code officiel géographique.
type Area struct {
	Code   string
	Name   string
	Region string // of a département: its region's code; empty for the communities overseas that belong to none
}

//go:embed places.tsv
var placesTable string

// places reads the table once; it is never changed.
var places = sync.OnceValue(func() (p struct{ regions, departements []Area }) {
	for line := range strings.Lines(placesTable) {
		switch f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); f[0] {
		case "region":
			p.regions = append(p.regions, Area{Code: f[1], Name: f[2]})
		case "departement":
			p.departements = append(p.departements, Area{f[1], f[2], f[3]})
		}
	}
	return p
})

// Regions lists the regions of France by code.
func Regions() []Area { return slices.Clone(places().regions) }

// Departements lists the départements of France, and its communities overseas, by code.
func Departements() []Area { return slices.Clone(places().departements) }

// Region gives a region by its code.
func Region(code string) (Area, bool) { return area(places().regions, code) }

// Departement gives a département by its code.
func Departement(code string) (Area, bool) { return area(places().departements, code) }

func area(list []Area, code string) (Area, bool) {
	i := slices.IndexFunc(list, func(a Area) bool { return a.Code == code })
	if i < 0 {
		return Area{}, false
	}
	return list[i], true
}

// InRegion is the code of the region that a place lies in: the one that it names, or that of its département or commune; empty when
// it is not in France or not known.
func (p Place) InRegion() string {
	if p.Region != "" {
		return p.Region
	}
	d, _ := Departement(p.InDepartement())
	return d.Region
}

// InDepartement is the code of the département that a place names, or that its commune lies in; empty when it is not known.
func (p Place) InDepartement() string {
	if p.Departement != "" || len(p.INSEE) != 5 {
		return p.Departement
	}
	if strings.HasPrefix(p.INSEE, "97") || strings.HasPrefix(p.INSEE, "98") {
		return p.INSEE[:3]
	}
	return p.INSEE[:2]
}
