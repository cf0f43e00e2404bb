// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	_ "embed"
	"fmt"
	"slices"
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
	if code, ok := strings.CutPrefix(place, regionPrefix); ok {
		area, _ := registry.Region(code)
		return area.Name
	}
	area, _ := registry.Departement(strings.TrimPrefix(place, departementPrefix))
	return area.Name
}

// gazetteer knows places by their names.
type gazetteer struct {
	region  map[string]string   // of each département
	within  map[string][]string // départements of each région
	found   map[string]string   // place by folded name
	unsure  map[string]bool     // folded names that are everyday words
	longest int                 // words in the longest name
}

// theGazetteer is read once, when somebody needs it.
var theGazetteer = sync.OnceValues(func() (*gazetteer, error) {
	g := &gazetteer{map[string]string{}, map[string][]string{}, map[string]string{}, map[string]bool{}, 0}
	for _, r := range registry.Regions() {
		g.name(regionPrefix+r.Code, r.Name)
	}
	for _, d := range registry.Departements() {
		g.name(departementPrefix+d.Code, d.Name)
		if d.Region != "" {
			place, region := departementPrefix+d.Code, regionPrefix+d.Region
			g.region[place], g.within[region] = region, append(g.within[region], place)
		}
	}
	if err := eachLine(placesText, g.add); err != nil {
		return nil, fmt.Errorf("read places.txt: %w", err)
	}
	return g, nil
})

// add reads a line of places.txt.
func (g *gazetteer) add(line string) error {
	place, names, ok := strings.Cut(line, ":")
	if !ok || !known(place) {
		return fmt.Errorf("%q is no place", place)
	}
	for name := range strings.SplitSeq(names, ",") {
		name, unsure := strings.CutSuffix(strings.TrimSpace(name), "*")
		g.name(place, name)
		g.unsure[placeKey(tokens(name))] = unsure
	}
	return nil
}

// name notes a name of a place. Of two places with one name the first has it: Guadeloupe the région.
func (g *gazetteer) name(place, name string) {
	key := placeKey(tokens(name))
	g.longest = max(g.longest, strings.Count(key, " ")+1)
	if _, taken := g.found[key]; !taken {
		g.found[key] = place
	}
}

// placeKey is what the spellings of a place's name share.
func placeKey(words []token) string {
	key := joinPlain(words)
	return strings.ReplaceAll(" "+key, " st ", " saint ")[1:]
}

// ParsePlace reads a place as people write it, and gives it as the facet "near" does; false for what is none that we know.
func ParsePlace(s string) (place string, ok bool) { return parsePlace(s) }

// HelpsAt tells of an organisation with its offers whether it helps at a place, and whether it helps in the région around it.
func HelpsAt(o *registry.Organisation, offers []*registry.Offer, place string) (there, around bool) {
	g, err := theGazetteer()
	if err != nil {
		return false, false
	}
	places := g.served(o, &registry.Offer{})
	for _, offer := range offers {
		places = append(places, g.served(nil, offer)...)
	}
	return slices.Contains(places, place), g.region[place] != "" && slices.Contains(places, g.region[place])
}

// parsePlace reads a place as people and addresses write it: region-75, departement-33, 33, 2a, gironde, Nouvelle-Aquitaine, Bordeaux.
func parsePlace(s string) (string, bool) {
	g, err := theGazetteer()
	if err != nil {
		return "", false
	}
	upper := strings.ToUpper(strings.TrimSpace(s))
	for _, place := range []string{strings.ToLower(strings.TrimSpace(s)), departementPrefix + upper, departementPrefix + strings.TrimPrefix(upper, strings.ToUpper(departementPrefix))} {
		if known(place) {
			return place, true
		}
	}
	place, ok := g.found[placeKey(tokens(s))]
	return place, ok
}

// known reports whether a place is written as the facet writes it.
func known(place string) bool {
	return (strings.HasPrefix(place, regionPrefix) || strings.HasPrefix(place, departementPrefix)) && PlaceName(place) != ""
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
		if code := o.Place.InDepartement(); code != "" {
			list = append(list, departementPrefix+code)
		}
		if code := o.Place.InRegion(); code != "" {
			list = append(list, regionPrefix+code)
		}
	}
	for _, code := range offer.Regions {
		region := regionPrefix + code
		list = append(append(list, region), g.within[region]...)
	}
	return list
}
