// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import "communs/registry"

// selectionsPage lists the portfolios for a situation.
type selectionsPage struct {
	frame
	Selections []selectionView
}

type selectionView struct {
	Href             string
	Title, Situation textView
}

// selectionPage is one portfolio: for each need a software, and why.
type selectionPage struct {
	frame
	Selection selectionView
	Picks     []pickView
}

type pickView struct {
	Need     namedLink
	Software softwareView
	Why      textView
	Else     []softwareView
}

func (s *Server) selections(r *request) (*response, error) {
	page := selectionsPage{frame: s.frame(r, r.said.T("web.selections.title"))}
	s.place(r, &page.frame, linker.selections)
	for _, one := range s.read(r).Selections() {
		page.Selections = append(page.Selections, viewSelection(r, one))
	}
	return s.render(r, "selections", page)
}

func (s *Server) selection(r *request, c *registry.Catalogue, id string) (*response, error) {
	one, ok := c.Selection(id)
	if !ok {
		return nil, &problem{404, "not-found", "web.error.no-selection", []any{plain(id)}}
	}
	title, _ := one.Title.In(string(r.said.Lang))
	page := selectionPage{frame: s.frame(r, plain(title)), Selection: viewSelection(r, one)}
	s.place(r, &page.frame, func(l linker) string { return l.selection(id) })
	for _, p := range one.Items {
		if v, ok := viewPick(r, c, p); ok {
			page.Picks = append(page.Picks, v)
		}
	}
	return s.render(r, "selection", page)
}

func viewSelection(r *request, one *registry.Selection) selectionView {
	return selectionView{r.link.selection(one.ID), viewText(r, one.Title), viewText(r, one.Situation)}
}

func viewPick(r *request, c *registry.Catalogue, p registry.Pick) (pickView, bool) {
	chosen, ok := c.Software(p.Software)
	if !ok {
		return pickView{}, false
	}
	v := pickView{Software: viewSoftware(r, c, chosen), Why: viewText(r, p.Why)}
	if n, ok := c.Need(p.Need); ok {
		v.Need = namedLink{r.link.need(n.ID), viewText(r, n.Name)}
	}
	for _, id := range p.Else {
		if other, ok := c.Software(id); ok {
			v.Else = append(v.Else, viewSoftware(r, c, other))
		}
	}
	return v, true
}
