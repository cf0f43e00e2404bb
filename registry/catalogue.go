// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"
)

// Catalogue is one state of the registry, in memory: every record that may be shown, its references resolved, its lists sorted. It never
// changes, so what it gives is shared by all readers and must not be changed by them.
//
// Names are sorted as [Fold] compares them, requests by date, the newest first. A record without which another says nothing (the
// organisation of an offer) takes it along: it is in no list when that one is not there or may not be shown.
type Catalogue struct {
	state *state
	full  func() *Catalogue // with what only operators see

	seq     int64
	changed time.Time
	items   map[Kind]map[string]*item
	chosen  map[Kind][]*item // the same, in order
	broken  []Broken

	needs         []*Need
	software      []*Software
	organisations []*Organisation
	repositories  []*Repository
	offers        []*Offer
	uses          []*Use
	selections    []*Selection
	requests      []*Request

	// What is found by something else's id is made when it is first asked for: a change costs a running server little.
	stamps    func() map[Kind][]Stamped
	names     func() map[Kind]map[string][]*item
	addresses func() *addressIndex
	makers    func() *makerIndex
	byNeed    func() map[string][]*Software
	like      func() map[string][]*Software
	members   func() map[string][]*Organisation
	offered   func() *offerIndex
	used      func() *useIndex
	selected  func() *selectionIndex
	requested func() *requestIndex
	licences  sync.Map // what is known of that of a *Software
}

// Stamped is an entry and the change that made it what it is.
type Stamped struct {
	Entry
	Seq     int64
	Changed time.Time
}

// Broken is a reference to a record that is not there, or a record that cannot be read.
type Broken struct {
	Kind  Kind   `json:"kind"` // of the record that refers
	ID    string `json:"id"`
	Field string `json:"field,omitempty"`   // path; empty when the record itself cannot be read
	To    string `json:"to,omitempty"`      // what it refers to
	Why   string `json:"problem,omitempty"` // why it cannot be read
}

// Load makes the catalogue of what the store holds, without any drafts and withdrawn records.
func Load(ctx context.Context, s Store) (*Catalogue, error) {
	st, err := new(state).next(s.Since(ctx, 0))
	if err != nil {
		return nil, err
	}
	return st.catalogue(), nil
}

// Full is the same state with drafts and withdrawn records, for operators.
func (c *Catalogue) Full() *Catalogue { return c.full() }

// Seq is the number of the last change that the catalogue knows of; Changed is when it was made.
func (c *Catalogue) Seq() int64 { return c.seq }

// Changed is when the last change was made; zero before the first.
func (c *Catalogue) Changed() time.Time { return c.changed }

// Broken lists the references that lead nowhere and the records that cannot be read. References to what may not be shown are not
// among them.
func (c *Catalogue) Broken() []Broken { return c.broken }

// Stamped lists the entries of a kind in the order of their changes, the oldest first.
func (c *Catalogue) Stamped(kind Kind) []Stamped { return c.stamps()[kind] }

// Since yields the entries of a kind that changed after the number, the oldest change first.
func (c *Catalogue) Since(kind Kind, seq int64) iter.Seq[Stamped] {
	list := c.stamps()[kind]
	from, _ := slices.BinarySearchFunc(list, seq+1, func(s Stamped, want int64) int { return int(s.Seq - want) })
	return slices.Values(list[from:])
}

// Entry gives any entry with its stamp.
func (c *Catalogue) Entry(kind Kind, id string) (Stamped, bool) {
	it, ok := c.items[kind][id]
	if !ok {
		return Stamped{}, false
	}
	return it.Stamped, true
}

func get[T Entry](c *Catalogue, kind Kind, id string) (e T, ok bool) {
	it, ok := c.items[kind][id]
	if !ok {
		return e, false
	}
	return it.Entry.(T), true
}

// Need gives one need; the methods beside it give the other kinds.
func (c *Catalogue) Need(id string) (*Need, bool) { return get[*Need](c, KindNeed, id) }

// Software gives one software.
func (c *Catalogue) Software(id string) (*Software, bool) { return get[*Software](c, KindSoftware, id) }

// Organisation gives one organisation.
func (c *Catalogue) Organisation(id string) (*Organisation, bool) {
	return get[*Organisation](c, KindOrganisation, id)
}

// Offer gives one offer.
func (c *Catalogue) Offer(id string) (*Offer, bool) { return get[*Offer](c, KindOffer, id) }

// Use gives one use statement.
func (c *Catalogue) Use(id string) (*Use, bool) { return get[*Use](c, KindUse, id) }

// Selection gives one selection.
func (c *Catalogue) Selection(id string) (*Selection, bool) {
	return get[*Selection](c, KindSelection, id)
}

// Request gives one request.
func (c *Catalogue) Request(id string) (*Request, bool) { return get[*Request](c, KindRequest, id) }

// Needs lists all needs; the methods beside it list the other kinds.
func (c *Catalogue) Needs() []*Need { return c.needs }

// AllSoftware lists all software.
func (c *Catalogue) AllSoftware() []*Software { return c.software }

// Organisations lists all organisations.
func (c *Catalogue) Organisations() []*Organisation { return c.organisations }

// Repositories lists all repositories, by address.
func (c *Catalogue) Repositories() []*Repository { return c.repositories }

// Offers lists all offers, by the name of the organisation.
func (c *Catalogue) Offers() []*Offer { return c.offers }

// Uses lists all use statements, by the name of the organisation.
func (c *Catalogue) Uses() []*Use { return c.uses }

// Selections lists all selections.
func (c *Catalogue) Selections() []*Selection { return c.selections }

// Requests lists all requests.
func (c *Catalogue) Requests() []*Request { return c.requests }

// SoftwareFor lists the software that answers a need.
func (c *Catalogue) SoftwareFor(need string) []*Software { return c.byNeed()[need] }

// SoftwareOf lists the software whose repositories stand on an organisation's forges.
func (c *Catalogue) SoftwareOf(organisation string) []*Software {
	return c.makers().software[organisation]
}

// MakersOf lists the organisations on whose forges the software's repositories stand.
func (c *Catalogue) MakersOf(software string) []*Organisation {
	return c.makers().organisations[software]
}

// Alternatives lists the software that names this one as an alternative, or that it names.
func (c *Catalogue) Alternatives(software string) []*Software { return c.like()[software] }

// Members lists the members of a cluster.
func (c *Catalogue) Members(organisation string) []*Organisation { return c.members()[organisation] }

// OffersFor lists the offers around a software: those that name it, and those for any software of one of its needs.
func (c *Catalogue) OffersFor(software string) (own, others []*Offer) {
	own = c.offered().bySoftware[software]
	if s, ok := c.Software(software); ok {
		for _, need := range s.Needs {
			for _, o := range c.offered().byNeed[need] {
				if !slices.Contains(others, o) {
					others = append(others, o)
				}
			}
		}
	}
	return own, others
}

// OffersForNeed lists the offers that name no software and this need.
func (c *Catalogue) OffersForNeed(need string) []*Offer { return c.offered().byNeed[need] }

// OffersOf lists an organisation's offers.
func (c *Catalogue) OffersOf(organisation string) []*Offer {
	return c.offered().byOrganisation[organisation]
}

// UsesOf lists the statements that a software is used.
func (c *Catalogue) UsesOf(software string) []*Use { return c.used().bySoftware[software] }

// UsesBy lists what an organisation uses.
func (c *Catalogue) UsesBy(organisation string) []*Use { return c.used().byOrganisation[organisation] }

// SelectionsWith lists the selections that recommend a software, or name it as another choice.
func (c *Catalogue) SelectionsWith(software string) []*Selection {
	return c.selected().bySoftware[software]
}

// SelectionsFor lists the selections that answer a need.
func (c *Catalogue) SelectionsFor(need string) []*Selection { return c.selected().byNeed[need] }

// RequestsAbout lists the requests for a change of a software, or that it answered.
func (c *Catalogue) RequestsAbout(software string) []*Request {
	return c.requested().bySoftware[software]
}

// RequestsFor lists the requests around a need.
func (c *Catalogue) RequestsFor(need string) []*Request { return c.requested().byNeed[need] }

// RequestsOf lists the requests that an organisation made or supports.
func (c *Catalogue) RequestsOf(organisation string) []*Request {
	return c.requested().byOrganisation[organisation]
}

// RepositoriesOf lists the repositories on an organisation's forges.
func (c *Catalogue) RepositoriesOf(organisation string) []*Repository {
	return c.makers().repositories[organisation]
}

// Card is a software and what stands around it.
type Card struct {
	Software     *Software
	Seq          int64
	Changed      time.Time
	Licence      Licence
	Needs        []*Need
	Repositories []*Repository   // that we have looked at, the main one first
	Makers       []*Organisation // on whose forges they stand
	Offers       []*Offer
	OtherOffers  []*Offer // for any software of its needs
	Uses         []*Use
	Alternatives []*Software
	Selections   []*Selection
	Requests     []*Request
}

// Card gives a software with all its references resolved.
func (c *Catalogue) Card(id string) (*Card, bool) {
	it, ok := c.items[KindSoftware][id]
	if !ok {
		return nil, false
	}
	s := it.Entry.(*Software)
	card := &Card{
		Software: s, Seq: it.Seq, Changed: it.Changed, Licence: c.Licence(s), Uses: c.UsesOf(id), Alternatives: c.Alternatives(id),
		Selections: c.SelectionsWith(id), Requests: c.RequestsAbout(id), Repositories: c.RepositoriesFor(s), Makers: c.MakersOf(id),
	}
	card.Offers, card.OtherOffers = c.OffersFor(id)
	for _, need := range s.Needs {
		if n, ok := c.Need(need); ok {
			card.Needs = append(card.Needs, n)
		}
	}
	return card, true
}
