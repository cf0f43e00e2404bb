// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"communs/registry"
	"communs/registry/people"
)

// member is who is signed in, for one request.
type member struct {
	*people.Account
	session string // its secret, which its forms are bound to
}

// errReadOnly is that nothing can be changed here: the folder may only be read.
var errReadOnly = &problem{http.StatusServiceUnavailable, "read-only", "web.error.read-only", nil}

// errSeat is an act in the name of an organisation in which the account has no seat.
var errSeat = &problem{http.StatusForbidden, "no-seat", "web.error.no-seat", nil}

// member is who is signed in. For a visitor it is [people.ErrSignedOut], which leads a page to signing in, and back to it afterwards.
func (s *Server) member(r *request) (*member, error) {
	if s.people == nil {
		return nil, errNoPage
	}
	secret := s.secret(r)
	a, err := s.people.SignedIn(r.Context(), secret)
	if err != nil {
		return nil, err
	}
	return &member{a, secret}, nil
}

// visitorOrMember is who is signed in, for a page that visitors see too; nil is a visitor.
func (s *Server) visitorOrMember(r *request) (*member, error) {
	if s.people == nil || s.secret(r) == "" {
		return nil, nil
	}
	m, err := s.member(r)
	if errors.Is(err, people.ErrSignedOut) {
		return nil, nil
	}
	return m, err
}

// actor is the member as the registry knows them: for an organisation in which they have a seat, or, when it is empty, for nobody else.
func (m *member) actor(organisation string) (registry.Actor, error) {
	by := registry.Actor{Account: m.ID, Organisation: organisation, Roles: []registry.Role{registry.RoleMember}}
	if organisation != "" {
		if !m.ActsFor(organisation) {
			return registry.Actor{}, errSeat
		}
		if m.SpeaksFor(organisation) {
			by.Roles = append(by.Roles, registry.RoleSpeaker)
		}
	}
	if m.Moderator {
		by.Roles = append(by.Roles, registry.RoleModerator)
	}
	if m.Administrator {
		by.Roles = append(by.Roles, registry.RoleAdministrator)
	}
	return by, nil
}

// signInFirst leads a visitor to signing in, and from there to the page that they asked for. What a form carried is not kept: it is sent
// once more by whoever signed in.
func (s *Server) signInFirst(r *request) *response {
	next := r.URL.EscapedPath()
	if r.Method == http.MethodGet && r.URL.RawQuery != "" {
		next += "?" + r.URL.RawQuery
	}
	if next == r.link.account() { // where signing in leads anyway
		next = ""
	}
	resp := see(r.link.signInFor(next))
	if s.secret(r) != "" { // of a session that has ended
		resp.cookie = s.cookieOf(people.Session{})
	}
	return resp
}

// localPath is an address to go to after signing in when it is a path of this server, and else nothing: a link that somebody was sent must
// not lead elsewhere.
func localPath(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || len(address) > maxNext {
		return ""
	}
	for _, c := range []byte(address) {
		if c <= ' ' || c == '\\' || c >= 0x7f {
			return ""
		}
	}
	if u, err := url.Parse(address); err != nil || u.Host != "" || u.Scheme != "" {
		return ""
	}
	return address
}

// maxNext is the longest address that is come back to, in bytes.
const maxNext = 1000

// nextOf is where a request wants to go after signing in.
func (r *request) nextOf(form url.Values) string {
	if next := localPath(form.Get("next")); next != "" {
		return next
	}
	return localPath(r.query.Get("next"))
}

func (l linker) signInFor(next string) string {
	return l.with(routes[l.lang].signIn, values("next", localPath(next)))
}
