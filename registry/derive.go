// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"communs/crawler"
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
	c := &Catalogue{state: s, seq: s.seq, changed: s.changed, items: map[Kind]map[string]*item{}, stamped: map[Kind][]Stamped{}}
	for _, kind := range Kinds() { // a kind refers to those before it
		c.choose(kind, wanted)
	}
	c.list()
	c.index()
	return c
}

// choose takes what is shown of a kind, and notes what leads nowhere.
func (c *Catalogue) choose(kind Kind, wanted func(Status) bool) {
	all := c.state.sorted[kind]
	chosen := make(map[string]*item, len(all))
	for _, it := range all {
		if it.fault != nil {
			c.broken = append(c.broken, Broken{Kind: kind, ID: it.id, Why: it.fault.Error()})
			continue
		}
		if !wanted(it.Head().Status) {
			continue
		}
		if c.refers(kind, it, wanted) {
			chosen[it.id] = it
		}
	}
	c.items[kind] = chosen
	stamped := make([]Stamped, 0, len(chosen))
	for _, it := range all {
		if chosen[it.id] == it {
			stamped = append(stamped, it.Stamped)
		}
	}
	slices.SortFunc(stamped, func(a, b Stamped) int { return cmp.Compare(a.Seq, b.Seq) })
	c.stamped[kind] = stamped
}

// refers notes what an entry refers to in vain, and reports whether what it cannot do without is shown.
func (c *Catalogue) refers(kind Kind, it *item, wanted func(Status) bool) bool {
	ok := true
	for _, r := range references(it.Entry) {
		target, there := c.state.items[r.kind][r.id]
		if !there {
			c.broken = append(c.broken, Broken{Kind: kind, ID: it.id, Field: r.field, To: r.id})
		}
		shown := there && target.fault == nil && wanted(target.Head().Status)
		ok = ok && (shown || !r.required)
	}
	return ok
}

// list makes the lists of all kinds.
func (c *Catalogue) list() {
	c.needs = listed[*Need](c, KindNeed)
	c.organisations = listed[*Organisation](c, KindOrganisation)
	c.repositories = listed[*Repository](c, KindRepository)
	c.software = listed[*Software](c, KindSoftware)
	c.selections = listed[*Selection](c, KindSelection)
	c.requests = listed[*Request](c, KindRequest)
	c.offersByOrganisation, c.usesByOrganisation = map[string][]*Offer{}, map[string][]*Use{}
	offers, uses := listed[*Offer](c, KindOffer), listed[*Use](c, KindUse)
	for _, o := range offers {
		add(c.offersByOrganisation, o.Organisation, o)
	}
	for _, u := range uses {
		add(c.usesByOrganisation, u.Organisation, u)
	}
	c.offers, c.uses = make([]*Offer, 0, len(offers)), make([]*Use, 0, len(uses))
	for _, o := range c.organisations { // so they come by its name
		c.offers = append(c.offers, c.offersByOrganisation[o.ID]...)
		c.uses = append(c.uses, c.usesByOrganisation[o.ID]...)
	}
}

func listed[T Entry](c *Catalogue, kind Kind) []T {
	list := make([]T, 0, len(c.items[kind]))
	for _, it := range c.state.sorted[kind] {
		if c.items[kind][it.id] == it {
			list = append(list, it.Entry.(T))
		}
	}
	return list
}

// add appends to the list of a key, once, unless there is no key.
func add[T comparable](lists map[string][]T, key string, e T) {
	if list := lists[key]; key != "" && (len(list) == 0 || list[len(list)-1] != e) {
		lists[key] = append(list, e)
	}
}

// index makes what is found by something else's id. Everything is gone through in the order of its list, so each result is sorted.
func (c *Catalogue) index() {
	c.indexRepositories()
	c.indexSoftware()
	c.offersBySoftware, c.offersByNeed = map[string][]*Offer{}, map[string][]*Offer{}
	for _, o := range c.offers {
		add(c.offersBySoftware, o.Software, o)
		for _, need := range o.Needs {
			if o.Software == "" {
				add(c.offersByNeed, need, o)
			}
		}
	}
	c.usesBySoftware = map[string][]*Use{}
	for _, u := range c.uses {
		add(c.usesBySoftware, u.Software, u)
	}
	c.membersOf = map[string][]*Organisation{}
	for _, o := range c.organisations {
		for _, cluster := range o.Member {
			add(c.membersOf, cluster, o)
		}
	}
	c.selectionsBySoftware, c.selectionsByNeed = map[string][]*Selection{}, map[string][]*Selection{}
	for _, s := range c.selections {
		for _, p := range s.Items {
			add(c.selectionsByNeed, p.Need, s)
			for _, id := range append([]string{p.Software}, p.Else...) {
				add(c.selectionsBySoftware, id, s)
			}
		}
	}
	c.indexRequests()
}

func (c *Catalogue) indexRequests() {
	c.requestsBySoftware, c.requestsByNeed = map[string][]*Request{}, map[string][]*Request{}
	c.requestsByOrganisation = map[string][]*Request{}
	for _, r := range c.requests {
		add(c.requestsBySoftware, r.Software, r)
		if r.Answer != nil {
			add(c.requestsBySoftware, r.Answer.Software, r)
		}
		for _, need := range r.Needs {
			add(c.requestsByNeed, need, r)
		}
		add(c.requestsByOrganisation, r.By, r)
		for _, s := range r.Supports {
			add(c.requestsByOrganisation, s.Organisation, r)
		}
	}
}

func (c *Catalogue) indexRepositories() {
	c.repositoryByKey, c.forksOf, c.mirrorsOf = map[string]*Repository{}, map[string][]*Repository{}, map[string][]*Repository{}
	for _, r := range c.repositories {
		c.repositoryByKey[keyOf(r.ID)] = r
	}
	for _, r := range c.repositories {
		for _, alias := range r.Aliases {
			if key := keyOf(alias); c.repositoryByKey[key] == nil { // its own address goes first
				c.repositoryByKey[key] = r
			}
		}
	}
	for _, r := range c.repositories {
		add(c.forksOf, c.rootKey(r.ForkOf), r)
		add(c.mirrorsOf, c.rootKey(r.MirrorOf), r)
	}
}

func (c *Catalogue) indexSoftware() {
	c.softwareByNeed, c.softwareByKey, c.like = map[string][]*Software{}, map[string][]*Software{}, map[string][]*Software{}
	for _, s := range c.software {
		for _, need := range s.Needs {
			add(c.softwareByNeed, need, s)
		}
		for _, url := range s.Repositories {
			add(c.softwareByKey, c.rootKey(url), s)
		}
	}
	names := map[string][]string{} // who names whom, both ways
	for _, s := range c.software {
		for _, id := range s.Like {
			if _, there := c.Software(id); there && id != s.ID {
				add(names, id, s.ID)
				add(names, s.ID, id)
			}
		}
	}
	for id, others := range names {
		slices.Sort(others)
		list := make([]*Software, 0, len(others))
		for _, other := range slices.Compact(others) {
			s, _ := c.Software(other)
			list = append(list, s)
		}
		slices.SortFunc(list, func(a, b *Software) int {
			return c.items[KindSoftware][a.ID].compare(c.items[KindSoftware][b.ID])
		})
		c.like[id] = list
	}
	c.indexMakers()
}

// indexMakers finds on whose forges software stands: the organisation that a repository names, or the one whose forge its address is
// below.
func (c *Catalogue) indexMakers() {
	forges := map[string]string{}
	for _, o := range c.organisations {
		for _, f := range o.Forges {
			if key := keyOf(f); key != "" && forges[key] == "" {
				forges[key] = o.ID
			}
		}
	}
	owner := func(url string) string {
		if r, ok := c.FindRepository(url); ok {
			if r.Organisation != "" {
				return r.Organisation
			}
			url = r.ID
		}
		for key := keyOf(url); key != ""; key = key[:max(strings.LastIndexByte(key, '/'), 0)] {
			if id := forges[key]; id != "" {
				return id
			}
		}
		return ""
	}
	c.softwareByOrganisation, c.makersOf = map[string][]*Software{}, map[string][]*Organisation{}
	c.repositoriesByOrganisation = map[string][]*Repository{}
	for _, r := range c.repositories {
		add(c.repositoriesByOrganisation, owner(r.ID), r)
	}
	for _, s := range c.software {
		for _, url := range s.Repositories {
			id := owner(url)
			add(c.softwareByOrganisation, id, s)
			if o, ok := c.Organisation(id); ok && !slices.Contains(c.makersOf[s.ID], o) {
				c.makersOf[s.ID] = append(c.makersOf[s.ID], o)
			}
		}
	}
}

// keyOf is what all spellings of a repository's address share. Forges take their paths in any case.
func keyOf(url string) string { return strings.ToLower(crawler.AddressKey(url)) }
