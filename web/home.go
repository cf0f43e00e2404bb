// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"net/http"

	"communs/search"
)

// homePage is the first page: one box, what it is, three questions to try, the needs, figures.
type homePage struct {
	frame
	Examples []link
	Needs    []needGroup
	Status   *search.Status
}

// link is an address and what stands on it.
type link struct{ Href, Text string }

// examples are questions that any index of software can answer: words, an exact text, a regular expression with a filter.
var examples = []string{"parse date", `"invalid argument"`, `/func \w+Error\(/ lang:go`}

func (s *Server) home(r *request) (*response, error) {
	status, err := s.search.Status(r.Context())
	if err != nil {
		return nil, fmt.Errorf("read what is in service: %w", err)
	}
	page := homePage{frame: s.frame(r, ""), Status: status}
	s.place(r, &page.frame, linker.home)
	for _, q := range examples {
		page.Examples = append(page.Examples, link{r.link.search(q), q})
	}
	if s.catalogue != nil {
		page.Needs = needGroups(r, s.read(r))
	}
	return s.render(r, "home", page)
}

// health says whether the server can answer: 200 with the generation in service and how many faults were set aside.
func (s *Server) health(r *request) (*response, error) {
	status, err := s.search.Status(r.Context())
	if err != nil {
		s.log.Error("health", "error", err)
		resp, err := jsonResponse(http.StatusServiceUnavailable, map[string]any{"status": "failing"})
		if err == nil {
			resp.noStore, resp.retryAfter = true, 2
		}
		return resp, err
	}
	word := "ok"
	if len(status.Faults) > 0 {
		word = "degraded"
	}
	resp, err := jsonResponse(http.StatusOK, map[string]any{
		"status": word, "generation": status.Generation, "faults": len(status.Faults)})
	if err == nil {
		resp.noStore = true
	}
	return resp, err
}

// robots lets search engines read what stands still, and keeps them from asking questions: each costs a search.
func (s *Server) robots(*request) (*response, error) {
	text := "User-agent: *\nDisallow: /code?\nDisallow: /code$\nDisallow: /api/\n"
	if !s.inst.Public {
		text = "User-agent: *\nDisallow: /\n"
	}
	return &response{status: http.StatusOK, kind: "text/plain; charset=utf-8", body: []byte(text)}, nil
}
