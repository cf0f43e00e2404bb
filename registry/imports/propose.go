// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"communs/crawler"
	"communs/licenses"
	"communs/registry"
	"communs/registry/descriptors"
)

// Repositories are proposed as software when people would look for them: free by the licence that was found in their files, not
// archived, no fork or mirror of another, not a library, with a sentence that says what they are and a need that they answer. What they
// say of themselves in a publiccode.yml or codemeta.json is taken over; of the rest, a proposal is made of what the forge and the README
// say. Either way each field says on what it rests, and the record's licence is that of the repository, whose words they are.

// Mirrored is a repository that was crawled, with what the index knows of it.
type Mirrored struct {
	*crawler.Snapshot
	Indexed bool   // in the state that the mirror holds
	Licence string // that was found in its files; empty when none was
	Files   Sketch

	known string // id of the software that it belongs to already
	owned bool   // it stands on the forge of an organisation of the catalogue
}

// RepositorySource names the source of what a repository says of itself.
const RepositorySource = "repository"

// foundSource names the source of what we found out ourselves.
const foundSource = "found"

// Propose gives the software that repositories may be, of those that are asked about; the others are there to be compared with. What
// is not proposed is among the skipped, each with its reason.
func Propose(ctx context.Context, all []*Mirrored, asked func(url string) bool, o Options) (*Result, error) {
	o.Source.Name = RepositorySource
	x := &proposing{
		reading:  &reading{Options: o, ctx: ctx, result: &Result{Source: o.Source}, ids: map[string]string{}},
		proposer: descriptors.NewProposer(askedNeeds(o.Known)), copies: copies{map[string]*Mirrored{}, map[uint64][]*Mirrored{}},
	}
	all = slices.Clone(all)
	for _, m := range all {
		if own := o.Known.SoftwareAt(m.URL); len(own) > 0 {
			m.known = own[0].ID
		}
		_, m.owned = o.Known.OwnerOf(m.URL)
	}
	// Of two that hold the same, the one that others would call the original comes first.
	slices.SortStableFunc(all, func(a, b *Mirrored) int {
		return cmp.Or(last(a.known == "", b.known == ""), last(a.Fork, b.Fork), last(!a.owned, !b.owned), last(a.Archived, b.Archived), cmp.Compare(a.URL, b.URL))
	})
	for _, m := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		of, same := x.copies.find(m)
		x.copies.add(m)
		if !asked(m.URL) {
			continue
		}
		if err := x.one(m, of, same); err != nil {
			return nil, err
		}
	}
	return x.result, nil
}

// last orders what is not so before what is.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func askedNeeds(c *registry.Catalogue) (list []descriptors.Need) {
	for _, n := range c.Needs() {
		list = append(list, descriptors.Need{ID: n.ID, Words: n.Words, Categories: n.Publiccode})
	}
	return list
}

// proposing is one run of proposals.
type proposing struct {
	*reading
	proposer *descriptors.Proposer
	copies   copies
	asked    bool // somebody registers it: a library, or what says little of itself, is described all the same
}

// one decides on one repository.
func (x *proposing) one(m, of *Mirrored, same bool) error {
	no := func(code string, args ...any) error {
		x.skip(m.URL, 0, m.Name, fault("proposal."+code, args...))
		return nil
	}
	if !strings.HasPrefix(m.URL, "https://") || m.Version != "" {
		return no("no-address")
	}
	if s, ok := x.Known.Software(m.known); ok && !proposedFrom(s, m.URL) {
		return no("known", s.ID)
	}
	found, err := licenses.Parse(m.Licence)
	libre, ground := licenses.LibreOf(found)
	switch {
	case of != nil && m.known == "":
		r := x.repository(m)
		if code := "fork"; same {
			r.MirrorOf, code = of.URL, "mirror"
			no(code, of.URL)
		} else {
			r.ForkOf = of.URL
			no(code, of.URL)
		}
		return x.add(r, m.URL, 0)
	case m.Fork:
		return no("forge-fork")
	case m.Archived:
		return no("archived")
	case !m.Indexed:
		return no("not-indexed")
	case m.Licence == "" || err != nil:
		return no("no-licence")
	case libre != licenses.LibreYes:
		return no("not-free", m.Licence)
	}
	s, why, err := x.software(m)
	if err != nil {
		return err
	}
	if why != nil {
		x.skip(m.URL, 0, m.Name, why)
		return nil
	}
	r := x.repository(m)
	day := registry.Date(x.Source.Read)
	r.SetLicence(m.Licence, libre, ground, day)
	if err := x.add(r, m.URL, 0); err != nil {
		return err
	}
	return x.add(s, m.URL, 0)
}

// proposedFrom reports whether a software is our own proposal from that repository, for which nobody answers.
func proposedFrom(s *registry.Software, url string) bool {
	return s.Status == registry.Proposed && len(s.Sources) == 1 && s.Sources[0].Name == RepositorySource &&
		crawler.AddressKey(s.Sources[0].URL) == crawler.AddressKey(url)
}

// repository is the record of a repository, with what it holds already.
func (x *proposing) repository(m *Mirrored) *registry.Repository {
	r := &registry.Repository{Meta: x.meta(repository(m.URL)), Name: line(m.Name), Archived: m.Archived}
	if known, ok := x.Known.FindRepository(m.URL); ok {
		*r = *known
		r.Archived = m.Archived
	}
	r.Sources = slices.Clone(r.Sources)
	if r.Sources[0].Name == RepositorySource { // these are facts
		r.Sources[0] = registry.Source{Name: foundSource, URL: r.ID, Licence: "CC0-1.0", Read: x.Source.Read}
	}
	return r
}

// software is what a repository says that it is; why tells what it lacks.
func (x *proposing) software(m *Mirrored) (s *registry.Software, why *Fault, err error) {
	top, err := lookAt(m.Snapshot)
	if err != nil {
		return nil, nil, err
	}
	if top.empty {
		return nil, fault("proposal.empty"), nil
	}
	s, why, err = x.fromDescriptor(m, top)
	if err != nil || why != nil {
		return nil, why, err
	}
	described := s != nil
	if !described {
		s = &registry.Software{}
	}
	if why := x.fromReadme(s, m, top, described); why != nil {
		return nil, why, nil
	}
	x.fromForge(s, m)
	s.Meta = x.meta(x.softwareID(s.Name, s.Repositories))
	s.Sources[0].URL, s.Sources[0].Licence, s.Sources[0].Version = repository(m.URL), m.Licence, m.Public()
	if known, ok := x.Known.Software(m.known); ok { // the same card, though its name has changed
		s.ID = known.ID
	}
	if len(s.Reasons) > maxReasons {
		s.Reasons = s.Reasons[:maxReasons]
	}
	return s, nil, nil
}

const maxReasons = 60

// because notes on what a field rests.
func because(s *registry.Software, field, value, how string, r descriptors.Reason) {
	s.Reasons = append(s.Reasons, registry.Reason{
		Field: field, Value: value, How: "registry.how.proposed." + how, Words: cut(line(r.Words), 150), Path: cut(line(r.Path), 150), Line: r.Line,
	})
}

// fromForge fills what the forge says, and what was found in the files, where nothing else has been said.
func (x *proposing) fromForge(s *registry.Software, m *Mirrored) {
	if s.Website == "" && m.Homepage != "" {
		if site := web(m.Homepage); crawler.AddressKey(site) != crawler.AddressKey(m.URL) {
			s.Website = site
			because(s, "website", "", "forge", descriptors.Reason{})
		}
	}
	if s.Licence == "" {
		s.Licence = m.Licence
		because(s, "licence", "", "licence", descriptors.Reason{})
	}
	if len(s.Repositories) == 0 {
		s.Repositories = []string{repository(m.URL)}
	}
}
