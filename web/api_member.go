// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"communs/registry"
	"communs/registry/people"
)

// What programs do in the name of an account: they send a key, "Authorization: Bearer communs_…" (RFC 6750), and no cookie is looked at, so that no
// page elsewhere can have a browser do it.

// How often one key may be used: so many at once, and then one every so often.
const (
	perKey    = time.Second
	atOnceKey = 120

	perBadKey    = 6 * time.Second // from one network
	atOnceBadKey = 20
)

// errKey is that a route needs a key and none was sent.
var errKey = &problem{http.StatusUnauthorized, "key", "web.error.key", nil}

// keyHolder is the account whose key a request to the API carries, if the key was made for what the scope says. Its answer may not be kept by caches:
// use [own].
func (s *Server) keyHolder(r *request, scope people.Scope) (*member, error) {
	if s.people == nil {
		return nil, errNoPage
	}
	kind, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || key == "" {
		return nil, errKey
	}
	hash := sha256.Sum256([]byte(key)) // the limit remembers no key
	a, err := s.people.Unlock(r.Context(), strings.TrimSpace(key), scope)
	limit, who := s.people.key, string(hash[:])
	if err != nil {
		limit, who = s.people.badKey, s.visitor(r)
	}
	if often := limit.Take(who); often != nil {
		return nil, often
	}
	if err != nil {
		return nil, err
	}
	return &member{a, ""}, nil
}

// actorOf is who acts by a request to the API, as the registry knows them: the holder of its key, for an organisation in which they have a
// seat, or, when it is empty, for nobody else. Routes that change something begin with it: [people.ScopeEdit] for records, [people.ScopeVote] for
// proposals and votes, [people.ScopeModerate] for reports.
func (s *Server) actorOf(r *request, scope people.Scope, organisation string) (registry.Actor, error) {
	m, err := s.keyHolder(r, scope)
	if err != nil {
		return registry.Actor{}, err
	}
	return m.actor(organisation)
}

// own answers the holder of a key: caches keep nothing of it.
func own(status int, v any) (*response, error) {
	resp, err := jsonResponse(status, v)
	if resp != nil {
		resp.noStore = true
	}
	return resp, err
}

// apiAccount tells a program whose key it has, and what its holder may do.
func (s *Server) apiAccount(r *request) (*response, error) {
	m, err := s.keyHolder(r, people.ScopeRead)
	if err != nil {
		return nil, err
	}
	return own(http.StatusOK, m.Account)
}
