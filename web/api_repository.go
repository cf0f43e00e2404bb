// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"communs/crawler"
	"communs/licenses"
	"communs/search"
)

// One repository as the API gives it, under its address as pages write it, /api/v1/repositories/HOST/PATH, and with /-/journal behind it what
// happened to it over the crawls. Of what is not in the index, because its owner or a forge took it away, nothing is told here either.

// apiRepository is a repository with its archive status.
type apiRepository struct {
	*search.Repository
	Withheld bool              `json:"withheld"`          // a public instance shows none of its code but what is free
	Archive  *crawler.Archived `json:"archive,omitempty"` // what Software Heritage holds of it
	Journal  string            `json:"journal"`           // where its past is told
}

func (s *Server) apiInRepository(r *request, raw string) (*response, error) {
	address, below, err := parseRepositoryPath(raw)
	if err != nil || below != "" && below != "journal" {
		return nil, errNoPage
	}
	repo, err := s.search.Repository(r.Context(), address)
	if err != nil {
		return nil, s.orGone(r, address, err)
	}
	here := "/api/v1/repositories/" + repositoryPath(repo.URL)
	if repo.URL != address && slices.Contains(repo.Aliases, address) {
		if below != "" {
			here += "/-/" + below
		}
		return &response{status: http.StatusMovedPermanently, location: here, cache: time.Hour}, nil
	}
	if below == "journal" {
		return s.apiJournal(r, repo.URL)
	}
	answer := apiRepository{Repository: repo, Withheld: s.inst.Public && repo.Libre != licenses.LibreYes, Journal: here + "/-/journal"}
	if s.archived != nil {
		a, err := s.archived(r.Context(), repo.URL)
		var unknown *crawler.UnknownError
		switch {
		case err == nil && a.Omitted == "":
			answer.Archive = &a
		case err != nil && !errors.As(err, &unknown):
			return nil, err
		}
	}
	return jsonResponse(http.StatusOK, answer)
}

// apiJournal gives a repository's past, as "communs registry history --format jsonl" prints it. Reasons are those of a closed list: what an
// operator wrote is not told.
func (s *Server) apiJournal(r *request, url string) (*response, error) {
	n, err := count(r, 0)
	if err != nil {
		return nil, err
	}
	j := &crawler.Journal{}
	if s.journal != nil {
		var unknown *crawler.UnknownError
		known, err := s.journal(r.Context(), url, n)
		if err != nil && !errors.As(err, &unknown) {
			return nil, err
		}
		if err == nil {
			j = known
		}
	}
	told := *j
	told.URL, told.Entries = url, slices.Clone(j.Entries)
	if told.Entries == nil {
		told.Entries = []crawler.Happening{}
	}
	for i := range told.Entries {
		if h := &told.Entries[i]; !r.said.Has("crawl.why." + h.Why) {
			h.Why = ""
		}
	}
	return jsonResponse(http.StatusOK, told)
}
