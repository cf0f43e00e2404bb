// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"communs/registry"
	"communs/registry/find"
)

// needsPage lists what people want to do, in plain words.
type needsPage struct {
	frame
	Groups []needGroup
}

// needGroup is a group of needs under one heading.
type needGroup struct {
	Name  string
	Needs []needView
}

// needView is a need in a list.
type needView struct {
	Href  string
	Name  textView
	Count int // software that meet it
}

// needPage is one need: the software that meet it, and what else leads there.
type needPage struct {
	frame
	Need       needView
	List       []foundView
	Compare    string // where the form of the boxes leads
	Filter     string // the same software with filters; empty where there is little to filter
	Selections []namedLink
	Requests   []namedLink
}

// namedLink is a link whose text may be in the other language.
type namedLink struct {
	Href string
	Name textView
}

// softwareView is a software in a list.
type softwareView struct {
	Href    string
	Name    string
	Summary textView
	Badge   badge
}

func (s *Server) needs(r *request) (*response, error) {
	c := s.read(r)
	page := needsPage{frame: s.frame(r, r.said.T("web.needs.title"))}
	s.place(r, &page.frame, linker.needs)
	page.Groups = needGroups(r, c)
	return s.render(r, "needs", page)
}

// needGroups sorts the needs under their groups, in the order in which these come first; what has none comes last.
func needGroups(r *request, c *registry.Catalogue) []needGroup {
	var groups []needGroup
	var rest []needView
	at := map[string]int{}
	for _, n := range c.Needs() {
		if n.Group == "" {
			rest = append(rest, viewNeed(r, c, n))
			continue
		}
		i, ok := at[n.Group]
		if !ok {
			i = len(groups)
			at[n.Group] = i
			groups = append(groups, needGroup{Name: word(r.said, "registry.group", n.Group)})
		}
		groups[i].Needs = append(groups[i].Needs, viewNeed(r, c, n))
	}
	if len(rest) > 0 {
		groups = append(groups, needGroup{r.said.T("web.needs.others"), rest})
	}
	return groups
}

func (s *Server) need(r *request, c *registry.Catalogue, id string) (*response, error) {
	n, ok := c.Need(id)
	if !ok {
		return nil, &problem{404, "not-found", "web.error.no-need", []any{plain(id)}}
	}
	name, _ := n.Name.In(string(r.said.Lang))
	page := needPage{frame: s.frame(r, plain(name)), Need: viewNeed(r, c, n)}
	s.place(r, &page.frame, func(l linker) string { return l.need(id) })
	page.Programs = append(page.Programs, alternate{atomType, r.link.feed(registry.KindNeed, id)})
	if err := s.needSoftware(r, c, id, &page); err != nil {
		return nil, err
	}
	for _, one := range c.SelectionsFor(id) {
		page.Selections = append(page.Selections, namedLink{r.link.selection(one.ID), viewText(r, one.Title)})
	}
	for _, one := range c.RequestsFor(id) {
		page.Requests = append(page.Requests, namedLink{r.link.oneRequest(one.ID), viewText(r, one.Title)})
	}
	return s.render(r, "need", page)
}

// needSoftware lists what meets a need, as the list of software does.
func (s *Server) needSoftware(r *request, c *registry.Catalogue, id string, page *needPage) error {
	q := find.Query{N: shownForNeed}.With(find.FacetNeed, id)
	found, err := s.finder.Search(r.Context(), q)
	if err != nil {
		return err
	}
	for _, hit := range found.Hits {
		one := viewFound(r, c, hit)
		one.Why = nil // nothing was asked
		page.List = append(page.List, one)
	}
	page.Compare = r.link.compare()
	if q.N = 0; found.Total > 2 {
		page.Filter = r.link.allSoftware(q.Values())
	}
	return nil
}

// shownForNeed is how many software the page of a need lists; the list of software has the others.
const shownForNeed = 30

func viewNeed(r *request, c *registry.Catalogue, n *registry.Need) needView {
	return needView{r.link.need(n.ID), viewText(r, n.Name), len(c.SoftwareFor(n.ID))}
}

func viewSoftware(r *request, c *registry.Catalogue, one *registry.Software) softwareView {
	licence := c.Licence(one)
	return softwareView{r.link.software(one.ID), one.Name, viewText(r, one.Summary), newBadge(licence.Declared, licence.Libre)}
}
