// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"slices"
	"strings"

	"communs/crawler"
)

// What is found by something else's id. Everything is gone through in the order of its list, so each result is sorted.

// indexNames finds entries by how their names are compared, and by how they look.
func (c *Catalogue) indexNames() map[Kind]map[string][]*item {
	by := map[Kind]map[string][]*item{}
	for _, kind := range Kinds() {
		for _, it := range c.chosen[kind] {
			name := nameOf(it.Entry)
			if name == "" {
				continue
			}
			if by[kind] == nil {
				by[kind] = map[string][]*item{}
			}
			add(by[kind], it.order, it)
			add(by[kind], Skeleton(name), it)
		}
	}
	return by
}

type offerIndex struct{ bySoftware, byNeed, byOrganisation map[string][]*Offer }

func (c *Catalogue) indexOffers(byOrganisation map[string][]*Offer) *offerIndex {
	x := &offerIndex{map[string][]*Offer{}, map[string][]*Offer{}, byOrganisation}
	for _, o := range c.offers {
		add(x.bySoftware, o.Software, o)
		for _, need := range o.Needs {
			if o.Software == "" {
				add(x.byNeed, need, o)
			}
		}
	}
	return x
}

type useIndex struct{ bySoftware, byOrganisation map[string][]*Use }

func (c *Catalogue) indexUses(byOrganisation map[string][]*Use) *useIndex {
	x := &useIndex{map[string][]*Use{}, byOrganisation}
	for _, u := range c.uses {
		add(x.bySoftware, u.Software, u)
	}
	return x
}

func (c *Catalogue) indexMembers() map[string][]*Organisation {
	of := map[string][]*Organisation{}
	for _, o := range c.organisations {
		for _, cluster := range o.Member {
			add(of, cluster, o)
		}
	}
	return of
}

type selectionIndex struct{ bySoftware, byNeed map[string][]*Selection }

func (c *Catalogue) indexSelections() *selectionIndex {
	x := &selectionIndex{map[string][]*Selection{}, map[string][]*Selection{}}
	for _, s := range c.selections {
		for _, p := range s.Items {
			add(x.byNeed, p.Need, s)
			add(x.bySoftware, p.Software, s)
			for _, id := range p.Else {
				add(x.bySoftware, id, s)
			}
		}
	}
	return x
}

type requestIndex struct{ bySoftware, byNeed, byOrganisation map[string][]*Request }

func (c *Catalogue) indexRequests() *requestIndex {
	x := &requestIndex{map[string][]*Request{}, map[string][]*Request{}, map[string][]*Request{}}
	for _, r := range c.requests {
		add(x.bySoftware, r.Software, r)
		if r.Answer != nil {
			add(x.bySoftware, r.Answer.Software, r)
		}
		for _, need := range r.Needs {
			add(x.byNeed, need, r)
		}
		add(x.byOrganisation, r.By, r)
		for _, s := range r.Supports {
			add(x.byOrganisation, s.Organisation, r)
		}
	}
	return x
}

func (c *Catalogue) indexNeeds() map[string][]*Software {
	by := map[string][]*Software{}
	for _, s := range c.software {
		for _, need := range s.Needs {
			add(by, need, s)
		}
	}
	return by
}

// indexAlternatives makes of each naming of an alternative one that goes both ways.
func (c *Catalogue) indexAlternatives() map[string][]*Software {
	names := map[string][]*item{}
	for _, it := range c.chosen[KindSoftware] {
		for _, id := range it.Entry.(*Software).Like {
			if other := c.items[KindSoftware][id]; other != nil && other != it {
				add(names, id, it)
				add(names, it.id, other)
			}
		}
	}
	like := map[string][]*Software{}
	for id, others := range names {
		slices.SortFunc(others, (*item).compare)
		for _, other := range others {
			add(like, id, other.Entry.(*Software))
		}
	}
	return like
}

// addressIndex finds things by the keys of addresses.
type addressIndex struct {
	repositories   map[string]*item // by their own address and those that they had
	forks, mirrors map[string][]*Repository
	software       map[string][]*Software
}

func (c *Catalogue) indexAddresses() *addressIndex {
	all := c.chosen[KindRepository]
	x := &addressIndex{make(map[string]*item, len(all)), map[string][]*Repository{}, map[string][]*Repository{},
		make(map[string][]*Software, len(c.software))}
	for _, it := range all {
		x.repositories[it.keys[ownAddress]] = it
	}
	for _, it := range all {
		for _, alias := range it.keys[firstAlias:] {
			if x.repositories[alias] == nil { // its own address goes first
				x.repositories[alias] = it
			}
		}
	}
	for _, it := range all {
		add(x.forks, x.root(it.keys[forkedFrom]), it.Entry.(*Repository))
		add(x.mirrors, x.root(it.keys[mirroredFrom]), it.Entry.(*Repository))
	}
	for _, it := range c.chosen[KindSoftware] {
		for _, key := range it.keys {
			add(x.software, x.root(key), it.Entry.(*Software))
		}
	}
	return x
}

// root is the key of the repository that another key leads to in the end, through aliases and mirrors.
func (x *addressIndex) root(key string) string {
	for range 8 { // two that call each other a mirror end here
		it := x.repositories[key]
		if it == nil {
			return key
		}
		if key = it.keys[mirroredFrom]; key == "" {
			return it.keys[ownAddress]
		}
	}
	return key
}

// makerIndex tells on whose forges code stands.
type makerIndex struct {
	software      map[string][]*Software   // by organisation
	repositories  map[string][]*Repository // by organisation
	organisations map[string][]*Organisation
	owner         func(key string) string // id of the organisation whose an address is
}

// indexMakers asks for each address whose it is: of the organisation that the repository names, or the one whose forge it is below.
func (c *Catalogue) indexMakers() *makerIndex {
	forges := map[string]string{}
	for _, it := range c.chosen[KindOrganisation] {
		for _, key := range it.keys {
			if key != "" && forges[key] == "" {
				forges[key] = it.id
			}
		}
	}
	known := c.addresses().repositories
	owner := func(key string) string {
		if r := known[key]; r != nil {
			if o := r.Entry.(*Repository).Organisation; o != "" {
				return o
			}
			key = r.keys[ownAddress]
		}
		for ; key != ""; key = key[:max(strings.LastIndexByte(key, '/'), 0)] {
			if id := forges[key]; id != "" {
				return id
			}
		}
		return ""
	}
	x := &makerIndex{map[string][]*Software{}, map[string][]*Repository{}, map[string][]*Organisation{}, owner}
	for _, it := range c.chosen[KindRepository] {
		add(x.repositories, owner(it.keys[ownAddress]), it.Entry.(*Repository))
	}
	for _, it := range c.chosen[KindSoftware] {
		for _, key := range it.keys {
			id := owner(key)
			add(x.software, id, it.Entry.(*Software))
			if o, ok := c.Organisation(id); ok && !slices.Contains(x.organisations[it.id], o) {
				x.organisations[it.id] = append(x.organisations[it.id], o)
			}
		}
	}
	return x
}

// keyOf is what all spellings of a repository's address share. Forges take their paths in any case.
func keyOf(url string) string {
	if url == "" {
		return ""
	}
	return strings.ToLower(crawler.AddressKey(url))
}
