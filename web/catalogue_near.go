// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"net/url"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"communs/registry"
	"communs/registry/find"
)

// nearForm asks where somebody is, to show who helps there with some software.
type nearForm struct {
	Action   string
	Software []string // ids
	Place    string   // as typed, or the name of the place
	KeepLang string
}

func (s *Server) nearForm(r *request, software ...string) nearForm {
	f := nearForm{Action: routes[r.link.lang].providers, Software: software, Place: typedPlace(r.query)}
	if r.asked {
		f.KeepLang = string(r.said.Lang)
	}
	return f
}

// typedPlace is the place that an address asks for, in words.
func typedPlace(v url.Values) string {
	for _, typed := range append(slices.Clone(v["pres"]), v["near"]...) {
		if name := find.PlaceName(typed); name != "" {
			return name
		}
		if typed != "" {
			return plain(clip(typed, maxPlace))
		}
	}
	return ""
}

// maxPlace bounds what is shown of a place that we do not know.
const maxPlace = 100

// takePlaces takes the places out of an address that we do not know, and gives the first of them: a page says so and shows what it can.
func takePlaces(v url.Values) (known url.Values, unknown string) {
	known = url.Values{}
	for name, values := range v {
		if name == "pres" || name == "near" {
			values = slices.DeleteFunc(slices.Clone(values), func(place string) bool {
				_, ok := find.ParsePlace(place)
				if !ok && place != "" && unknown == "" {
					unknown = plain(clip(place, maxPlace))
				}
				return !ok
			})
		}
		known[name] = values
	}
	return known, unknown
}

// byName sorts as a dictionary of the page's language does: Île-de-France stands among the I.
func byName[T any](r *request, list []T, name func(T) string) {
	tag := language.French
	if r.said.Lang == "en" {
		tag = language.English
	}
	type keyed struct {
		key []byte
		of  T
	}
	c, buffer, all := collate.New(tag, collate.IgnoreCase), new(collate.Buffer), make([]keyed, len(list))
	for i, one := range list {
		all[i] = keyed{c.KeyFromString(buffer, name(one)), one}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return bytes.Compare(a.key, b.key) })
	for i := range all {
		list[i] = all[i].of
	}
}

// helpers narrows organisations down to those that offer something around some software, or around any software of its needs. Without
// software it gives all of them.
func helpers(c *registry.Catalogue, software []*registry.Software) (list []*registry.Organisation, offers func(id string) []*registry.Offer) {
	if len(software) == 0 {
		return c.Organisations(), c.OffersOf
	}
	by := map[string][]*registry.Offer{}
	for _, one := range software {
		own, others := c.OffersFor(one.ID)
		for _, offer := range slices.Concat(own, others) {
			if !slices.Contains(by[offer.Organisation], offer) {
				by[offer.Organisation] = append(by[offer.Organisation], offer)
			}
		}
	}
	for _, o := range c.Organisations() {
		if by[o.ID] != nil {
			list = append(list, o)
		}
	}
	return list, func(id string) []*registry.Offer { return by[id] }
}

// nearby keeps the organisations that help at a place, and after them those that help in the region around it.
func nearby(list []*registry.Organisation, offers func(id string) []*registry.Offer, place string) []*registry.Organisation {
	var at, near []*registry.Organisation
	for _, o := range list {
		switch there, around := find.HelpsAt(o, offers(o.ID), place); {
		case there:
			at = append(at, o)
		case around:
			near = append(near, o)
		}
	}
	return append(at, near...)
}
