// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"communs/registry"
)

// Catalogue is where the pages on software, needs and organisations read. *registry.Live is one.
type Catalogue interface {
	// Catalogue is the catalogue as it is now. With an error it gives the last one, which is shown all the same.
	Catalogue(ctx context.Context) (*registry.Catalogue, error)
}

// menuItem is an entry of the menu.
type menuItem struct {
	Href, Text string
	Here       bool
}

func (s *Server) catalogueMenu(r *request) []menuItem {
	if s.catalogue == nil {
		return nil
	}
	item := func(href, route string) menuItem {
		return menuItem{href, r.said.T("web.menu." + route), r.route == route}
	}
	return []menuItem{item(r.link.needs(), "needs"), item(r.link.allSoftware(nil), "software"),
		item(r.link.selections(), "selections"), item(r.link.providers(nil), "providers"), item(r.link.requests(nil), "requests")}
}

// routeCatalogue finds the screen for a path of the catalogue; nil when it is none.
func (s *Server) routeCatalogue(first, rest string, more bool) (string, screen) {
	if s.catalogue == nil {
		return "none", nil
	}
	// A list, and each of its entries by id.
	pages := func(name string, list screen, one func(*request, *registry.Catalogue, string) (*response, error)) (string, screen) {
		if !more {
			return name, s.keep(list)
		}
		return name + " one", s.keep(func(r *request) (*response, error) {
			id, err := url.PathUnescape(rest)
			if err != nil {
				return nil, errNoPage
			}
			return one(r, s.read(r), id)
		})
	}
	switch first {
	case "besoins", "needs":
		return pages("needs", s.needs, s.need)
	case "flux", "feeds":
		return s.routeFeed(rest)
	case "logiciels", "software":
		if id, file, ok := strings.Cut(rest, "/"); ok {
			return "software file", func(r *request) (*response, error) { return s.softwareFile(r, id, file) }
		}
		return pages("software", s.allSoftware, s.software)
	case "comparer", "compare":
		if !more {
			return "compare", s.keep(s.compare)
		}
	case "prestataires", "providers":
		return pages("providers", s.providers, s.provider)
	case "demandes", "requests":
		return pages("requests", s.requests, s.oneRequest)
	case "observatoire", "observatory":
		if !more {
			return "observatory", s.observatory
		}
		return "observatory csv", func(r *request) (*response, error) { return s.observatoryCSV(r, rest) }
	case "selections":
		return pages("selections", s.selections, s.selection)
	}
	return "none", nil
}

// read is the catalogue that one request shows, the same each time, and the finder that follows it. A store that cannot be asked leaves
// the last one in service.
func (s *Server) read(r *request) *registry.Catalogue {
	if r.catalogue != nil {
		return r.catalogue
	}
	c, err := s.catalogue.Catalogue(r.Context())
	if err != nil {
		r.passing = true
		s.log.Error("catalogue", "error", fmt.Errorf("read what has changed: %w", err))
	}
	if err := s.finder.Follow(r.Context(), c); err != nil {
		r.passing = true
		s.log.Error("catalogue", "error", fmt.Errorf("follow what has changed: %w", err))
	}
	r.catalogue = c
	return c
}

// textView is a text in the page's language, or in the other one, which the page then marks.
type textView struct {
	Text string
	Lang string // empty when it is the page's own
}

func viewText(r *request, t registry.Text) textView {
	text, lang := t.In(string(r.said.Lang))
	if lang == string(r.said.Lang) {
		lang = ""
	}
	return textView{text, lang}
}
