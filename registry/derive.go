// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"cmp"
	"slices"
	"sync"
)

// catalogue makes the view for everybody; the one for operators is made when it is asked for.
func (s *state) catalogue() *Catalogue {
	c := s.view(Status.Public)
	c.full = sync.OnceValue(func() *Catalogue {
		full := s.view(func(Status) bool { return true })
		full.full = func() *Catalogue { return full }
		return full
	})
	return c
}

// view makes the catalogue of the records whose status is wanted.
func (s *state) view(wanted func(Status) bool) *Catalogue {
	c := &Catalogue{state: s, seq: s.seq, changed: s.changed, items: map[Kind]map[string]*item{}, chosen: map[Kind][]*item{}}
	for _, kind := range Kinds() {
		c.choose(kind, wanted)
	}
	c.needs = listed[*Need](c, KindNeed)
	c.organisations = listed[*Organisation](c, KindOrganisation)
	c.repositories = listed[*Repository](c, KindRepository)
	c.software = listed[*Software](c, KindSoftware)
	c.selections = listed[*Selection](c, KindSelection)
	c.requests = listed[*Request](c, KindRequest)
	byOffer, byUse := map[string][]*Offer{}, map[string][]*Use{}
	for _, o := range listed[*Offer](c, KindOffer) {
		add(byOffer, o.Organisation, o)
	}
	for _, u := range listed[*Use](c, KindUse) {
		add(byUse, u.Organisation, u)
	}
	for _, o := range c.organisations { // so they come by its name
		c.offers = append(c.offers, byOffer[o.ID]...)
		c.uses = append(c.uses, byUse[o.ID]...)
	}
	c.stamps = sync.OnceValue(c.stampAll)
	c.names = sync.OnceValue(c.indexNames)
	c.addresses = sync.OnceValue(c.indexAddresses)
	c.makers = sync.OnceValue(c.indexMakers)
	c.byNeed = sync.OnceValue(c.indexNeeds)
	c.like = sync.OnceValue(c.indexAlternatives)
	c.members = sync.OnceValue(c.indexMembers)
	c.offered = sync.OnceValue(func() *offerIndex { return c.indexOffers(byOffer) })
	c.used = sync.OnceValue(func() *useIndex { return c.indexUses(byUse) })
	c.selected = sync.OnceValue(c.indexSelections)
	c.requested = sync.OnceValue(c.indexRequests)
	return c
}

// choose takes what is shown of a kind, and notes what leads nowhere.
func (c *Catalogue) choose(kind Kind, wanted func(Status) bool) {
	all := c.state.sorted[kind]
	list := make([]*item, 0, len(all))
	for _, it := range all {
		if it.fault != nil {
			c.broken = append(c.broken, Broken{Kind: kind, ID: it.id, Why: it.fault.Error()})
		} else if wanted(it.Head().Status) && c.refers(kind, it, wanted) {
			list = append(list, it)
		}
	}
	if c.items[kind], c.chosen[kind] = c.state.items[kind], all; len(list) == len(all) {
		return
	}
	c.items[kind], c.chosen[kind] = make(map[string]*item, len(list)), list
	for _, it := range list {
		c.items[kind][it.id] = it
	}
}

// refers notes what an entry refers to in vain, and reports whether what it cannot do without is shown.
func (c *Catalogue) refers(kind Kind, it *item, wanted func(Status) bool) bool {
	ok := true
	for _, r := range it.refs {
		target, there := c.state.items[r.kind][r.id]
		if !there {
			c.broken = append(c.broken, Broken{Kind: kind, ID: it.id, Field: r.field, To: r.id})
		}
		shown := there && target.fault == nil && wanted(target.Head().Status)
		ok = ok && (shown || !r.required)
	}
	return ok
}

func listed[T Entry](c *Catalogue, kind Kind) []T {
	list := make([]T, len(c.chosen[kind]))
	for i, it := range c.chosen[kind] {
		list[i] = it.Entry.(T)
	}
	return list
}

// add appends to the list of a key, once, unless there is no key.
func add[T comparable](lists map[string][]T, key string, e T) {
	if list := lists[key]; key != "" && (len(list) == 0 || list[len(list)-1] != e) {
		lists[key] = append(list, e)
	}
}

func (c *Catalogue) stampAll() map[Kind][]Stamped {
	all := map[Kind][]Stamped{}
	for kind, list := range c.chosen {
		stamped := make([]Stamped, len(list))
		for i, it := range list {
			stamped[i] = it.Stamped
		}
		slices.SortFunc(stamped, func(a, b Stamped) int { return cmp.Compare(a.Seq, b.Seq) })
		all[kind] = stamped
	}
	return all
}
