// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"communs/registry"
	"communs/registry/find"
)

// softwarePage is one software: what it is, what is known of it and by whom, who helps with it, what else there is.
type softwarePage struct {
	frame
	Name       string
	Summary    textView
	About      []textView // paragraphs
	Badge      badge
	Ground     string         // why it counts as free, or not
	Conflict   string         // that what was found in its files is another licence than the one it declares
	Proposal   []proposalView // on what a proposal rests
	Status     string         // who answers for the card
	Control    string         // when control of its repository was proven, and how
	By         *link          // the organisation that answers for it
	Enrol      string         // where it can be registered; empty: nowhere, or somebody answers for it
	Rows       []factRow
	Missing    string // what nobody has said
	From       string // who says what is known, unless a row says otherwise
	Offers     []offerView
	Others     []offerView // for any software of its needs
	Uses       []useView
	Likes      []likeView
	Selections []namedLink
	Requests   []namedLink
	Shots      []factValue
	Code       string // the question that finds its code; empty when none of its repositories is in the index
	Found      string // the licence that was found in its files, and when; empty when nobody has looked
	Repos      []repoView
	Proposed   bool // nobody answers for the card
	Makers     []link
	Near       nearForm
	Files      []link // the same for programs
	Compare    string // with the alternatives
	Sources    []sourceView
	Changed    string
}

// offerView is what an organisation offers around a software.
type offerView struct {
	Organisation link
	Place        string
	Services     []string
	Prices       []string
	HostedIn     string
	Chatons      bool
	Note         textView
	Href         string
	Software     *link // in the list of an organisation
}

// repoView is a repository of a software, with what was found in it, when and how.
type repoView struct {
	At       factValue
	Here     string // its page here; empty when it is not in the index
	Archived bool
	Snapshot string // SWHID of what was seen
	Archive  string // where the archive has it, if it has it
	SeenOn   string
	Signs    []signView
	Forks    []factValue // that the catalogue knows of
}

// signView is a sign of life: what, its value, and how and when it was found.
type signView struct{ Label, Value, How string }

type useView struct {
	Organisation link
	Since        string
	People       int
	Note         textView
}

// likeView is an alternative, with why.
type likeView struct {
	softwareView
	Reason string // the one that says most
}

// proposalView is a field of a proposed card, and on what it rests.
type proposalView struct{ Label, How, Words, Place string }

// sourceView says where a record comes from.
type sourceView struct{ Name, Href, Licence, Read, Credit string }

func (s *Server) software(r *request, c *registry.Catalogue, id string) (*response, error) {
	card, ok := c.Card(id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-software", []any{plain(id)}}
	}
	one := card.Software
	page := softwarePage{
		frame: s.frame(r, plain(one.Name)), Name: one.Name, Summary: viewText(r, one.Summary), About: paragraphs(r, one.About),
		Badge: newBadge(card.Licence.Declared, card.Licence.Libre), Ground: word(r.said, "license.libre-ground", card.Licence.Ground),
		Status: r.said.T("web.status." + string(one.Status)), Changed: date(r.said, card.Changed), Sources: viewSources(r, one.Sources),
	}
	s.place(r, &page.frame, func(l linker) string { return l.software(id) })
	if err := s.describeSoftware(r, &page.frame, card); err != nil {
		return nil, err
	}
	if page.Proposed = one.Status == registry.Proposed; page.Proposed && s.register != nil && s.people != nil {
		page.Enrol = r.link.enrol("", "")
	}
	if one.Control != nil {
		page.Control = s.controlWords(r, one.Control)
	}
	if o, ok := c.Organisation(one.By); ok {
		page.By = &link{r.link.provider(o.ID), o.Name}
	}
	if card.Licence.Found != "" {
		page.Found = r.said.T("web.source-on", plain(card.Licence.Found), isoDate(r, card.Licence.FoundOn))
	}
	for _, maker := range card.Makers {
		page.Makers = append(page.Makers, link{r.link.provider(maker.ID), maker.Name})
	}
	page.Near, page.Files = s.nearForm(r, id), softwareFiles(r, id)
	s.viewRepos(r, c, one, &page)
	if one.Status == registry.Proposed {
		page.Proposal = viewReasons(r, c, one.Reasons)
	}
	if card.Licence.Conflict {
		page.Conflict = r.said.T("web.software.conflict", plain(card.Licence.Declared), plain(card.Licence.Found))
	}
	rows, err := s.finder.Sheet(id)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return nil, err
	}
	known, missing := sheetRows(r, c, rows, one)
	page.Rows, page.Missing = known, strings.Join(missing, ", ")
	if len(page.Sources) > 0 {
		page.From = page.Sources[0].Name
	}
	page.Offers, page.Others = viewOffers(r, c, card.Offers, false), viewOffers(r, c, card.OtherOffers, false)
	for _, u := range card.Uses {
		if o, ok := c.Organisation(u.Organisation); ok {
			page.Uses = append(page.Uses, useView{link{r.link.provider(o.ID), o.Name}, isoDate(r, u.Since), u.People, viewText(r, u.Note)})
		}
	}
	for _, one := range card.Selections {
		page.Selections = append(page.Selections, namedLink{r.link.selection(one.ID), viewText(r, one.Title)})
	}
	for _, one := range card.Requests {
		page.Requests = append(page.Requests, namedLink{r.link.oneRequest(one.ID), viewText(r, one.Title)})
	}
	for i, shot := range one.Shots {
		if href := outside(shot.URL); href != "" {
			title := viewText(r, shot.Title)
			if title.Text == "" {
				title.Text = r.said.T("web.software.shot", i+1)
			}
			page.Shots = append(page.Shots, factValue{title.Text, title.Lang, href, true})
		}
	}
	if err := s.softwareLikes(r, c, id, &page); err != nil {
		return nil, err
	}
	if query := find.CodeQuery(c, one, s.holds(r)); query != "" {
		page.Code = r.link.search(query)
	}
	return s.render(r, "software", page)
}

// maxLikes is how many alternatives a page names.
const maxLikes = 6

func (s *Server) softwareLikes(r *request, c *registry.Catalogue, id string, page *softwarePage) error {
	likes, err := s.finder.Alternatives(id, maxLikes)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	side := []string{id}
	for _, a := range likes {
		v := likeView{softwareView: viewSoftware(r, c, a.Software)}
		if len(a.Reasons) > 0 {
			why := slices.MinFunc(a.Reasons, func(a, b find.Reason) int {
				return cmp.Compare(slices.Index(telling, a.Key), slices.Index(telling, b.Key))
			})
			if v.Reason = r.said.T("find.alternative." + why.Key); len(why.With) > 0 {
				v.Reason = r.said.T("find.alternative."+why.Key, strings.Join(reasonNames(r, c, why), ", "))
			}
		}
		page.Likes = append(page.Likes, v)
		if len(side) < find.MaxCompared {
			side = append(side, a.Software.ID)
		}
	}
	if len(side) > 1 {
		page.Compare = r.link.compare(side...)
	}
	return nil
}

// telling are the reasons for an alternative, the one that says most first.
var telling = []string{find.ReasonReplaces, find.ReasonBoth, find.ReasonNeeds, find.ReasonListed}

// reasonNames are the names that a reason rests on.
func reasonNames(r *request, c *registry.Catalogue, why find.Reason) []string {
	var names []string
	for _, name := range why.With {
		if n, ok := c.Need(name); ok && why.Key == find.ReasonNeeds {
			name, _ = n.Name.In(string(r.said.Lang))
		}
		names = append(names, plain(name))
	}
	return names
}

// paragraphs are the parts of a text that blank lines separate.
func paragraphs(r *request, t registry.Text) []textView {
	whole := viewText(r, t)
	var list []textView
	for p := range strings.SplitSeq(whole.Text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, textView{p, whole.Lang})
		}
	}
	return list
}

func viewOffers(r *request, c *registry.Catalogue, offers []*registry.Offer, withSoftware bool) []offerView {
	var list []offerView
	for _, o := range offers {
		by, ok := c.Organisation(o.Organisation)
		if !ok {
			continue
		}
		v := offerView{Organisation: link{r.link.provider(by.ID), by.Name}, Place: viewPlace(by.Place), Chatons: o.Chatons, Note: viewText(r, o.Note),
			Href: outside(o.URL)}
		if o.HostedIn != "" {
			v.HostedIn = countryName(r, o.HostedIn)
		}
		for _, service := range o.Services {
			v.Services = append(v.Services, r.said.T("web.service."+string(service)))
		}
		for _, price := range o.Prices {
			v.Prices = append(v.Prices, word(r.said, "find.value.price", string(price)))
		}
		if one, ok := c.Software(o.Software); ok && withSoftware {
			v.Software = &link{r.link.software(one.ID), one.Name}
		}
		list = append(list, v)
	}
	return list
}

// viewPlace is a place in words: Bordeaux (Gironde).
func viewPlace(p registry.Place) string {
	area := ""
	if d, ok := registry.Departement(p.InDepartement()); ok {
		area = d.Name
	} else if region, ok := registry.Region(p.InRegion()); ok {
		area = region.Name
	}
	switch {
	case p.Commune == "" || p.Commune == area:
		return area
	case area == "":
		return plain(p.Commune)
	}
	return plain(p.Commune) + " (" + area + ")"
}

func viewSources(r *request, sources []registry.Source) []sourceView {
	var list []sourceView
	for _, s := range sources {
		list = append(list, sourceView{word(r.said, "web.source", s.Name), outside(s.URL), plain(s.Licence), isoDate(r, s.Read), s.Credit})
	}
	return list
}

// viewReasons tells on what the fields of a proposal rest.
func viewReasons(r *request, c *registry.Catalogue, reasons []registry.Reason) (list []proposalView) {
	for _, reason := range reasons {
		field, _, _ := strings.Cut(reason.Field, ".")
		if !r.said.Has("web.proposal."+field) || !r.said.Has(reason.How) {
			continue // of a later version of the program
		}
		v := proposalView{Label: r.said.T("web.proposal." + field), How: r.said.T(reason.How), Words: reason.Words, Place: reason.Path}
		if reason.Value != "" {
			v.Label += " (" + plain(reason.Value) + ")"
		}
		if n, ok := c.Need(reason.Value); ok && field == "needs" {
			name := viewText(r, n.Name)
			v.Label = r.said.T("web.proposal.needs") + " (" + plain(name.Text) + ")"
		}
		if reason.Line > 0 {
			v.Place = r.said.T("web.proposal.line", plain(reason.Path), reason.Line)
		}
		list = append(list, v)
	}
	return list
}
