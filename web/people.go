// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"communs/internal/oidc"
	"communs/registry/people"
)

// People is what the pages for people with an account ask of the store. *people.Store is one.
type People interface {
	SignInLink(ctx context.Context, email, lang string) (people.Link, error)
	Look(ctx context.Context, secret string) (people.Invitation, error)
	Follow(ctx context.Context, secret string) (*people.Account, people.Session, error)
	SignedIn(ctx context.Context, secret string) (*people.Account, error)
	SignOut(ctx context.Context, secret string) error
	SignOutEverywhere(ctx context.Context, account string) (int, error)
	Rename(ctx context.Context, account, name, lang string) error
	Erase(ctx context.Context, account string) error
	NewKey(ctx context.Context, account, name string, life time.Duration, scopes ...people.Scope) (people.Key, string, error)
	Keys(ctx context.Context, account string) ([]people.Key, error)
	DropKey(ctx context.Context, account, id string) error
	Enter(ctx context.Context, v people.Vouched) (*people.Account, people.Session, error)
	Join(ctx context.Context, account string, v people.Vouched) error
	Part(ctx context.Context, account, issuer string) error
	Subject(ctx context.Context, account, issuer string) (string, error)
	Unlock(ctx context.Context, key string, may people.Scope) (*people.Account, error)
	Accounts(ctx context.Context) ([]*people.Account, error)
	Owe(ctx context.Context, l people.Letter) error // what people are told of later; it survives a restart
}

// Letter is a message that leaves for one reader.
type Letter struct{ To, Subject, Text, Lang string }

// accounts is what the server knows about signing in.
type accounts struct {
	People
	post    func(context.Context, Letter) error // nil: no letter can leave
	origin  string                              // of the addresses in letters: never what a request calls this server, which a stranger chooses
	cookie  string                              // its name
	secure  bool                                // the cookie goes over https alone
	origins *http.CrossOriginProtection

	network, address, all *people.Limit // of letters
	key, badKey, entries  *people.Limit

	providers []*oidc.Provider
	seal      seal
}

// How many letters with a link leave: for one network, to one address, in all.
const (
	perNetwork = 6 * time.Minute
	perAddress = 10 * time.Minute
	perAll     = 5 * time.Second

	atOnceNetwork = 10
	atOnceAddress = 3
	atOnceAll     = 200
)

// newAccounts prepares signing in; nil when the instance has no accounts, or does not know its own address. Where no letter can leave, who
// was handed a link comes in all the same.
func newAccounts(c Config, now func() time.Time) (*accounts, error) {
	if c.People == nil || c.Origin == "" {
		return nil, nil
	}
	a := &accounts{
		People: c.People, post: c.Post, origin: trimSlash(c.Origin), cookie: "communs", origins: http.NewCrossOriginProtection(),
		network: people.NewLimit(perNetwork, atOnceNetwork, now), address: people.NewLimit(perAddress, atOnceAddress, now), all: people.NewLimit(perAll, atOnceAll, now),
		key: people.NewLimit(perKey, atOnceKey, now), badKey: people.NewLimit(perBadKey, atOnceBadKey, now),
		entries: people.NewLimit(perEntry, atOnceEntry, now), providers: c.Providers,
	}
	var err error
	if a.seal, err = newSeal(); err != nil {
		return nil, err
	}
	if strings.HasPrefix(c.Origin, "https://") {
		// The prefix has the browser refuse a cookie of this name from a neighbouring site, or over http.
		a.cookie, a.secure = "__Host-communs", true
	}
	if err := a.origins.AddTrustedOrigin(a.origin); err != nil {
		return nil, &ConfigError{"base-url", c.Origin, err}
	}
	return a, nil
}

var (
	errOrigin = &problem{http.StatusForbidden, "origin", "web.error.origin", nil}
	errUnsent = &problem{http.StatusServiceUnavailable, "letter", "web.sign-in.unsent", nil}
	errForm   = &problem{http.StatusForbidden, "form", "web.error.form", nil}
)

// secret is the session's, as the browser sent it.
func (s *Server) secret(r *request) string {
	c, err := r.Cookie(s.people.cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// cookieOf makes the cookie of a session; one without a secret takes it away.
func (s *Server) cookieOf(session people.Session) *http.Cookie {
	c := &http.Cookie{Name: s.people.cookie, Value: session.Secret, Path: "/", HttpOnly: true, Secure: s.people.secure, SameSite: http.SameSiteLaxMode, Expires: session.Expires}
	if session.Secret == "" {
		c.MaxAge = -1
	}
	return c
}

// form reads what a POST of this site's own pages sends. With a session, the form must carry its token: a page elsewhere can have the
// browser send the cookie, but does not know the token.
func (s *Server) form(r *request, session string) (url.Values, error) {
	if err := s.people.origins.Check(r.Request); err != nil {
		return nil, errOrigin
	}
	form, err := url.ParseQuery(string(r.body))
	if err != nil {
		return nil, &problem{http.StatusBadRequest, "body", "web.error.body", nil}
	}
	if session != "" && !people.GoodForm(session, form.Get("form")) {
		return nil, errForm
	}
	return form, nil
}

// routePeople finds the screen for a path of signing in and accounts; nil when it is none.
func (s *Server) routePeople(first, rest string, more bool) (string, screen) {
	if s.people == nil {
		return "none", nil
	}
	switch first {
	case "connexion", "sign-in":
		if !more {
			return "sign-in", s.signIn
		}
		if strings.Contains(rest, "/") {
			return s.routeElsewhere(rest)
		}
		return "sign-in link", func(r *request) (*response, error) { return s.followLink(r, rest) }
	case "compte", "account":
		if !more {
			return "account", s.account
		}
	}
	return "none", nil
}

func (l linker) signIn() string { return l.with(routes[l.lang].signIn, nil) }

func (l linker) signInLink(secret, next string) string {
	return l.with(routes[l.lang].signIn+"/"+escape(secret), values("next", next))
}

func (l linker) account() string { return l.with(routes[l.lang].account, nil) }

// private marks a page as being for its reader alone.
func private(resp *response, err error) (*response, error) {
	if resp != nil {
		resp.noStore, resp.ownForms = true, true
	}
	return resp, err
}

// see leads to a page after a POST, so that going back does not send it again.
func see(address string) *response {
	return &response{status: http.StatusSeeOther, location: address, noStore: true}
}

// isPeople reports whether an error is what the accounts say to their holder.
func isPeople(err error) bool {
	var refusal people.Refusal
	var often *people.TooOftenError
	var address *people.AddressError
	var name *people.NameError
	return errors.As(err, &refusal) || errors.As(err, &often) || errors.As(err, &address) || errors.As(err, &name)
}

// peopleStatus is [classify] for them.
func peopleStatus(err error) (status int, code string, told error) {
	var refusal people.Refusal
	var often *people.TooOftenError
	switch {
	case errors.As(err, &often):
		return http.StatusTooManyRequests, "too-often", often
	case !errors.As(err, &refusal):
		return http.StatusUnprocessableEntity, "form", err
	}
	switch refusal {
	case people.ErrUnknownLink:
		status = http.StatusNotFound
	case people.ErrUsedLink, people.ErrExpiredLink:
		status = http.StatusGone
	case people.ErrSignedOut, people.ErrUnknownKey, people.ErrExpiredKey:
		status = http.StatusUnauthorized
	case people.ErrClosed, people.ErrScope, people.ErrUnverified:
		status = http.StatusForbidden
	case people.ErrLast, people.ErrOnlyWay, people.ErrTaken, people.ErrTooMany:
		status = http.StatusConflict
	default:
		status = http.StatusUnprocessableEntity
	}
	return status, strings.TrimPrefix(string(refusal), "people."), refusal
}

// comeBack says when, to whoever came too often.
func (resp *response) comeBack(err error) {
	var often *people.TooOftenError
	if errors.As(err, &often) {
		resp.retryAfter = int(often.Wait.Seconds()) + 1
	}
}
