// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"

	"communs/registry"
)

// requestsPage lists the gaps that organisations state and others support.
type requestsPage struct {
	frame
	List []requestView
}

type requestView struct {
	Href  string
	Title textView
	By    link
	Date  string
	State string
	Needs []namedLink
	Count int // organisations behind it, the one that stated it included
	Euros int // what they would pay
	Days  int // what they would work
}

// requestPage is one of them.
type requestPage struct {
	frame
	Request  requestView
	About    []textView
	Software *link
	Supports []supportView
	Answer   *answerView
	Status   string
	Sources  []sourceView
}

type supportView struct {
	Organisation link
	Date         string
	Euros, Days  int
	Gives        textView
}

type answerView struct {
	Software *link
	Href     string
	Note     textView
	Date     string
}

func (s *Server) requests(r *request) (*response, error) {
	c := s.read(r)
	page := requestsPage{frame: s.frame(r, r.said.T("web.requests.title"))}
	s.place(r, &page.frame, func(l linker) string { return l.requests(nil) })
	for _, one := range c.Requests() {
		page.List = append(page.List, viewRequest(r, c, one))
	}
	return s.render(r, "requests", page)
}

func viewRequest(r *request, c *registry.Catalogue, one *registry.Request) requestView {
	v := requestView{Href: r.link.oneRequest(one.ID), Title: viewText(r, one.Title), By: organisationLink(r, c, one.By), Date: isoDate(r, one.Date),
		State: r.said.T("web.request.state." + string(one.State)), Count: 1}
	for _, id := range one.Needs {
		if n, ok := c.Need(id); ok {
			v.Needs = append(v.Needs, namedLink{r.link.need(id), viewText(r, n.Name)})
		}
	}
	for _, support := range one.Supports {
		v.Euros += support.Euros
		v.Days += support.Days
		if support.Organisation != one.By {
			v.Count++
		}
	}
	return v
}

func organisationLink(r *request, c *registry.Catalogue, id string) link {
	if o, ok := c.Organisation(id); ok {
		return link{r.link.provider(id), o.Name}
	}
	return link{Text: id}
}

func softwareLink(r *request, c *registry.Catalogue, id string) *link {
	if one, ok := c.Software(id); ok {
		return &link{r.link.software(id), one.Name}
	}
	return nil
}

func (s *Server) oneRequest(r *request, c *registry.Catalogue, id string) (*response, error) {
	one, ok := c.Request(id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-request", []any{plain(id)}}
	}
	view := viewRequest(r, c, one)
	page := requestPage{frame: s.frame(r, plain(view.Title.Text)), Request: view, About: paragraphs(r, one.About), Software: softwareLink(r, c, one.Software),
		Status: r.said.T("web.status." + string(one.Status)), Sources: viewSources(r, one.Sources)}
	s.place(r, &page.frame, func(l linker) string { return l.oneRequest(id) })
	page.Programs = append(page.Programs, alternate{atomType, r.link.feed(registry.KindRequest, id)})
	for _, support := range one.Supports {
		page.Supports = append(page.Supports, supportView{organisationLink(r, c, support.Organisation), isoDate(r, support.Date), support.Euros,
			support.Days, viewText(r, support.Gives)})
	}
	if a := one.Answer; a != nil {
		page.Answer = &answerView{softwareLink(r, c, a.Software), outside(a.URL), viewText(r, a.Note), isoDate(r, a.Date)}
	}
	return s.render(r, "request", page)
}
