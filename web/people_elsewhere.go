// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"communs/internal/oidc"
	"communs/registry/people"
)

// Signing in with an account at another site. Whoever presses its button gets a cookie of ten minutes, which ties the return to this browser: it holds
// what the return is checked against, sealed with a key that this server made when it started, so that nothing is kept here of those who never come
// back. The return takes the cookie away.

// entryLife is how long somebody may take at the other site.
const entryLife = 10 * time.Minute

// How often one network may leave for another site: each time may cost a question to it.
const (
	perEntry    = 15 * time.Second
	atOnceEntry = 20
)

// entry is one attempt to sign in with another site, as the cookie carries it.
type entry struct {
	oidc.Start
	Next    string // where signing in leads
	Join    string // the account that it adds a way to sign in to; empty: it signs in
	Lang    string
	Expires int64
}

// seal closes what cookies carry.
type seal struct{ cipher.AEAD }

func newSeal() (seal, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(rand.Reader, key); err != nil {
		return seal{}, fmt.Errorf("make a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, err
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	return seal{gcm}, err
}

func (s seal) close(e entry, provider string) (string, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.Seal(nil, nil, text, []byte(provider))), nil
}

// open gives what was closed for the same site and is not too old.
func (s seal) open(sealed, provider string, now time.Time) (e entry, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return entry{}, false
	}
	text, err := s.Open(nil, nil, raw, []byte(provider))
	if err != nil || json.Unmarshal(text, &e) != nil || now.Unix() >= e.Expires {
		return entry{}, false
	}
	return e, true
}

// wayIn is a button of the page.
type wayIn struct{ Title, Action string }

func (s *Server) waysIn(r *request) (all []wayIn) {
	for _, p := range s.people.providers {
		all = append(all, wayIn{p.Title(), r.link.signInWith(p.Name())})
	}
	return all
}

func (l linker) signInWith(provider string) string {
	return l.with(routes[l.lang].signIn+"/"+routes[l.lang].with+"/"+provider, nil)
}

// returnPath is where other sites send browsers back. It is one, whatever the language: the other site has to be told of it beforehand.
const returnPath = "/connexion/retour/"

func (a *accounts) provider(name string) *oidc.Provider {
	for _, p := range a.providers {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// routeElsewhere finds the screen for a path of signing in with another site; nil when it is none.
func (s *Server) routeElsewhere(rest string) (string, screen) {
	verb, name, _ := strings.Cut(rest, "/")
	p := s.people.provider(name)
	switch {
	case p == nil:
		return "none", nil
	case verb == "avec" || verb == "with":
		return "sign-in with", func(r *request) (*response, error) { return s.leaveFor(r, p) }
	case verb == "retour":
		return "sign-in return", func(r *request) (*response, error) { return s.comeFrom(r, p) }
	}
	return "none", nil
}

// awayPage leads to the other site.
type awayPage struct {
	frame
	Site    string
	Address string
}

// leaveFor sends whoever pressed the button to the other site. The answer is a page that leads on by itself, not a redirection: the policy of our
// pages, and of theirs, binds where a form may lead to, over all redirections.
func (s *Server) leaveFor(r *request, p *oidc.Provider) (*response, error) {
	if r.Method != http.MethodPost {
		return see(r.link.signIn()), nil
	}
	form, err := s.form(r, "")
	if err != nil {
		return nil, err
	}
	e := entry{Next: r.nextOf(form), Lang: string(r.said.Lang), Expires: s.now().Add(entryLife).Unix()}
	if form.Get("do") == "join" {
		m, err := s.member(r)
		if err != nil {
			return nil, err
		}
		if !people.GoodForm(m.session, form.Get("form")) {
			return nil, errForm
		}
		e.Join, e.Next = m.ID, r.link.account()
	}
	if err := s.people.entries.Take(s.visitor(r)); err != nil {
		return s.notIn(r, p, err)
	}
	address := ""
	if address, e.Start, err = p.Begin(r.Context(), s.people.origin+returnPath+p.Name()); err != nil {
		return s.notIn(r, p, err)
	}
	sealed, err := s.people.seal.close(e, p.Name())
	if err != nil {
		return nil, err
	}
	page := awayPage{s.frame(r, r.said.T("web.sign-in.away", p.Title())), p.Title(), address}
	s.place(r, &page.frame, linker.signIn)
	page.NoIndex = true
	resp, err := private(s.render(r, "sign-in-away", page))
	if err == nil {
		resp.refresh, resp.entry = address, s.entryCookie(sealed)
	}
	return resp, err
}

// entryCookie carries what an attempt to sign in is held against; an empty one takes it away.
func (s *Server) entryCookie(sealed string) *http.Cookie {
	c := &http.Cookie{Name: s.people.cookie + "-entry", Value: sealed, Path: "/", HttpOnly: true, Secure: s.people.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(entryLife.Seconds())}
	if sealed == "" {
		c.MaxAge = -1
	}
	return c
}

// comeFrom takes whoever comes back from the other site.
func (s *Server) comeFrom(r *request, p *oidc.Provider) (resp *response, err error) {
	e, ok := entry{}, false
	if c, err := r.Cookie(s.people.cookie + "-entry"); err == nil {
		e, ok = s.people.seal.open(c.Value, p.Name(), s.now())
	}
	if !ok { // of another browser, of long ago, or of nobody's making
		return s.notIn(r, p, notStarted(p))
	}
	for _, known := range s.words {
		if string(known.Lang) == e.Lang && !r.asked {
			r.said, r.link.lang = known, known.Lang
		}
	}
	session := people.Session{}
	said, err := p.Finish(r.Context(), s.people.origin+returnPath+p.Name(), e.Start, r.query)
	if err == nil {
		session, err = s.enter(r, p, e, people.Vouched{Issuer: said.Issuer, Subject: said.Subject, Email: said.Email, Verified: said.Verified, Name: said.Name, Lang: e.Lang})
	}
	if err != nil && e.Join != "" {
		resp = s.fail(r, err)
		resp.entry = s.entryCookie("")
		return resp, nil
	}
	if err != nil {
		return s.notIn(r, p, err)
	}
	resp = see(r.afterSignIn(localPath(e.Next)))
	resp.entry = s.entryCookie("")
	if session.Secret != "" {
		resp.cookie = s.cookieOf(session)
	}
	return resp, nil
}

func notStarted(p *oidc.Provider) error {
	return &oidc.Error{Code: "state", Title: p.Title(), Err: errors.New("this browser has not started")}
}

// enter signs in whom the site vouches for, or adds the way to the account that asked for it.
func (s *Server) enter(r *request, p *oidc.Provider, e entry, v people.Vouched) (people.Session, error) {
	if e.Join != "" {
		m, err := s.visitorOrMember(r)
		if err == nil && (m == nil || m.ID != e.Join) { // they have signed out, or somebody else has signed in meanwhile
			err = notStarted(p)
		}
		if err != nil {
			return people.Session{}, err
		}
		return people.Session{}, s.people.Join(r.Context(), m.ID, v)
	}
	// Whatever session the browser had is another's, or an old one.
	if err := s.people.SignOut(r.Context(), s.secret(r)); err != nil {
		return people.Session{}, err
	}
	_, session, err := s.people.Enter(r.Context(), v)
	return session, err
}

// notIn says on the page of signing in why nobody came in, with the other ways.
func (s *Server) notIn(r *request, p *oidc.Provider, err error) (*response, error) {
	status, _, told := classify(err)
	if status == http.StatusInternalServerError {
		return nil, err
	}
	var failed *oidc.Error
	if errors.As(err, &failed) && (failed.Code == "down" || failed.Code == "token" || failed.Code == "refused") {
		s.log.Warn("sign in elsewhere", "site", p.Name(), "why", failed.Code, "error", clip(fmt.Sprint(failed.Err), 300))
	}
	page := s.newSignIn(r)
	sentence, hint := r.said.Error(told)
	page.Fault, page.Hint = plain(sentence), plain(hint)
	resp, err := private(s.render(r, "sign-in", page))
	if err == nil {
		resp.status, resp.entry = status, s.entryCookie("")
		resp.comeBack(told)
	}
	return resp, err
}

// elsewhereStatus is [classify] for what another site says, or does not say.
func elsewhereStatus(err *oidc.Error) int {
	switch err.Code {
	case "state":
		return http.StatusBadRequest
	case "denied":
		return http.StatusForbidden
	case "down":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadGateway
}
