// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"strconv"

	"communs/licenses"
	"communs/search"
)

// The HTTP API gives what the pages show, as JSON, to GET:
//
//	/api/v1/search?q=…&n=…&after=…&explain=1   a search.Page
//	/api/v1/blocks/{id}                        a search.Hit, with its code and the obligations of its licence
//	/api/v1/repositories?owner=…&fork_of=…&forks=1&n=…&after=…   a search.RepositoryPage
//
// n is 10 when it is not given; 0 and whatever is above maxN mean maxN: next leads on. Errors are
// {"error":{"code","message","hint","position","length"}}, in the language of Accept-Language or ?lang=.

// maxN is how many hits or repositories one answer of the API holds at most.
const maxN = 1000

func (s *Server) apiSearch(r *request) (*response, error) {
	n, err := count(r, hitsPerPage)
	if err != nil {
		return nil, err
	}
	q := r.query.Get("q")
	if len(q) > maxQuery {
		return nil, &problem{http.StatusBadRequest, "query", "web.error.long", []any{maxQuery}}
	}
	page, err := s.search.Search(r.Context(), search.Query{
		Text: q, N: n, After: r.query.Get("after"), Explain: isOn(r, "explain"),
	})
	if err != nil {
		return nil, err
	}
	resp, err := s.apiPage(page)
	if err != nil {
		return nil, err
	}
	quickZip(r, resp)
	return resp, nil
}

// apiPage gives hits as the API does.
func (s *Server) apiPage(page *search.Page) (*response, error) {
	if page.Hits == nil {
		page.Hits = []search.Hit{}
	}
	for i := range page.Hits {
		s.withhold(&page.Hits[i])
	}
	return jsonResponse(http.StatusOK, page)
}

// apiHit is a block as the API gives it alone.
type apiHit struct {
	*search.Hit
	Obligations []apiObligation `json:"obligations"`
}

// apiObligation is one thing that the block's licence asks of who copies it.
type apiObligation struct {
	Code    string `json:"code"`
	License string `json:"license"`
	Text    string `json:"text"`
}

func (s *Server) apiBlock(r *request, raw string) (*response, error) {
	h, err := s.blockAt(r, raw)
	if err != nil {
		return nil, err
	}
	answer := apiHit{h, []apiObligation{}}
	if e, err := licenses.Parse(h.License); err == nil && h.License != "" {
		for _, o := range licenses.Obligations(e, licenses.Copy) {
			answer.Obligations = append(answer.Obligations, apiObligation{o.Code, o.License, viewObligation(r.said, o.Code).Name})
		}
	}
	return jsonResponse(http.StatusOK, answer)
}

func (s *Server) apiRepositories(r *request) (*response, error) {
	n, err := count(r, repositoriesPerPage)
	if err != nil {
		return nil, err
	}
	page, err := s.search.Repositories(r.Context(), search.RepositoryQuery{
		Owner: r.query.Get("owner"), ForkOf: r.query.Get("fork_of"), Forks: isOn(r, "forks"), After: r.query.Get("after"), N: n,
	})
	if err != nil {
		return nil, err
	}
	if page.Repositories == nil {
		page.Repositories = []search.RepositoryInfo{}
	}
	return jsonResponse(http.StatusOK, page)
}

// count reads n.
func count(r *request, usual int) (int, error) {
	text := r.query.Get("n")
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badParameter("n", text)
	}
	if n == 0 || n > maxN {
		n = maxN
	}
	return n, nil
}

// isOn reads a parameter that is on or off.
func isOn(r *request, name string) bool {
	on, err := strconv.ParseBool(r.query.Get(name))
	return err == nil && on
}
