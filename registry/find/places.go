// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"communs/registry"
)

//go:embed data/places.txt
var placesText string

// A place of the facet "near" is written region-75 or departement-33: both have numbers.
const (
	regionPrefix      = "region-"
	departementPrefix = "departement-"
)

// PlaceName is the name of a place of the facet "near", as INSEE writes it; empty for what is none.
func PlaceName(place string) string {
	g, err := theGazetteer()
	if err != nil {
		return ""
	}
	return g.names[place]
}

// Regions lists the places that are régions, in the order of their codes; Departements those of a région.
func Regions() []string {
	g, err := theGazetteer()
	if err != nil {
		return nil
	}
	return g.regions
}

// Departements lists the places that are départements of a région, in the order of their codes.
func Departements(region string) []string {
	g, err := theGazetteer()
	if err != nil {
		return nil
	}
	return g.within[region]
}

// gazetteer knows places by their names.
type gazetteer struct {
	names   map[string]string   // of each place
	regions []string            // in the order of the file
	region  map[string]string   // of each département
	within  map[string][]string // départements of each région
	found   map[string]string   // place by folded name
	unsure  map[string]bool     // folded names that are everyday words
	longest int                 // words in the longest name
}

// theGazetteer is read once, when somebody needs it.
var theGazetteer = sync.OnceValues(func() (*gazetteer, error) {
	g := &gazetteer{map[string]string{}, nil, map[string]string{}, map[string][]string{}, map[string]string{}, map[string]bool{}, 0}
	if err := eachLine(placesText, g.add); err != nil {
		return nil, fmt.Errorf("read places.txt: %w", err)
	}
	return g, nil
})

func (g *gazetteer) add(line string) error {
	head, list, ok := strings.Cut(line, ":")
	first, second, two := strings.Cut(head, " ")
	if !ok || !two {
		return fmt.Errorf("%q is no place", line)
	}
	place := departementPrefix + first
	if first == "region" {
		place = regionPrefix + second
		g.regions = append(g.regions, place)
	} else {
		region := regionPrefix + second
		g.region[place] = region
		g.within[region] = append(g.within[region], place)
	}
	for i, name := range strings.Split(list, ",") {
		name, unsure := strings.CutSuffix(strings.TrimSpace(name), "*")
		if i == 0 {
			g.names[place] = name
		}
		key := placeKey(tokens(name))
		g.longest = max(g.longest, strings.Count(key, " ")+1)
		if _, taken := g.found[key]; !taken {
			g.found[key], g.unsure[key] = place, unsure
		}
	}
	return nil
}

// placeKey is what the spellings of a place's name share.
func placeKey(words []token) string {
	key := joinPlain(words)
	return strings.ReplaceAll(" "+key, " st ", " saint ")[1:]
}

// parsePlace reads a place as people and addresses write it: region-75, departement-33, 33, 2a, gironde, Nouvelle-Aquitaine, Bordeaux.
func parsePlace(s string) (string, bool) {
	g, err := theGazetteer()
	if err != nil {
		return "", false
	}
	upper := strings.ToUpper(strings.TrimSpace(s))
	for _, place := range []string{strings.ToLower(strings.TrimSpace(s)), departementPrefix + upper, departementPrefix + strings.TrimPrefix(upper, strings.ToUpper(departementPrefix))} {
		if _, ok := g.names[place]; ok {
			return place, true
		}
	}
	place, ok := g.found[placeKey(tokens(s))]
	return place, ok
}

// at looks for the name of a place at the start of words, the longest first. sure: what is an everyday word counts as well.
func (g *gazetteer) at(words []token, sure bool) (place string, n int) {
	for n = min(g.longest, len(words)); n > 0; n-- {
		key := placeKey(words[:n])
		if place, ok := g.found[key]; ok && (sure || !g.unsure[key]) {
			return place, n
		}
	}
	return "", 0
}

// served lists the places where an organisation helps: that of its seat, with its région, and those that an offer serves in person.
func (g *gazetteer) served(o *registry.Organisation, offer *registry.Offer) []string {
	var list []string
	if o != nil && (o.Place.Country == "" || o.Place.Country == "FR") {
		departement, region := departementPrefix+o.Place.Departement, regionPrefix+o.Place.Region
		if o.Place.Departement != "" {
			list = append(list, departement)
			region = g.region[departement]
		}
		if region != "" && region != regionPrefix {
			list = append(list, region)
		}
	}
	for _, code := range offer.Regions {
		region := regionPrefix + code
		list = append(append(list, region), g.within[region]...)
	}
	return list
}
