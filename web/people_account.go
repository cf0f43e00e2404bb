// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"communs/internal/words"
	"communs/registry/people"
)

// accountPage is what an account's holder sees of it, and changes.
type accountPage struct {
	frame
	Action  string
	Form    string // the token of its forms
	Account *people.Account
	Since   string
	Langs   []option
	Roles   []roleView
	Ways    []wayOf
	Keys    []keyView
	Scopes  []option
	Lives   []option
	Secret  string // of a key just made: shown once
	Done    string // what the last form did
	Fault   string
	Hint    string
	Of      string // which form is at fault
}

type roleView struct {
	Text string
	Href string // of the organisation
}

// wayOf is another site that vouches for people, and whether it does for the account.
type wayOf struct {
	Title, Name string
	Action      string // that adds it
	Joined      bool
}

type keyView struct{ ID, Name, Scopes, Made, Expires, Seen string }

// account shows the account and does what its forms ask.
func (s *Server) account(r *request) (*response, error) {
	m, err := s.member(r)
	if err != nil {
		return nil, err
	}
	a, session := m.Account, m.session
	page := accountPage{Action: r.link.account(), Form: people.FormToken(session)}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		form, err := s.form(r, session)
		if err != nil {
			return nil, err
		}
		leave, err := s.do(r, &page, a, session, form)
		if err == nil && leave {
			resp := see(r.link.home())
			resp.cookie = s.cookieOf(people.Session{})
			return resp, nil
		}
		if err != nil {
			var told error
			if status, _, told = classify(err); status == http.StatusInternalServerError {
				return nil, err
			}
			sentence, hint := r.said.Error(told)
			page.Fault, page.Hint, page.Of = plain(sentence), plain(hint), form.Get("do")
		}
		if a, err = s.people.SignedIn(r.Context(), session); err != nil {
			return nil, err
		}
	}
	resp, err := s.showAccount(r, page, a)
	if err == nil {
		resp.status = status
	}
	return resp, err
}

// do carries a form out; leave says that the session has ended with it.
func (s *Server) do(r *request, page *accountPage, a *people.Account, session string, form url.Values) (leave bool, err error) {
	ctx := r.Context()
	switch form.Get("do") {
	case "name":
		lang := words.Match(form.Get("lang"))
		if err = s.people.Rename(ctx, a.ID, form.Get("name"), string(lang)); err == nil {
			page.Done = r.said.T("web.account.renamed")
		}
	case "leave":
		return true, s.people.SignOut(ctx, session)
	case "leave-everywhere":
		_, err = s.people.SignOutEverywhere(ctx, a.ID)
		return true, err
	case "key":
		days, badNumber := strconv.Atoi(form.Get("days"))
		if badNumber != nil {
			return false, people.ErrLifetime
		}
		var scopes []people.Scope
		for _, name := range form["scope"] {
			scopes = append(scopes, people.Scope(name))
		}
		if _, page.Secret, err = s.people.NewKey(ctx, a.ID, form.Get("name"), time.Duration(min(days, 1e5))*24*time.Hour, scopes...); err == nil {
			page.Done = r.said.T("web.account.key-made")
		}
	case "part":
		p := s.people.provider(form.Get("site"))
		if p == nil {
			return false, badParameter("site", form.Get("site"))
		}
		if err = s.people.Part(ctx, a.ID, p.Issuer()); err == nil {
			page.Done = r.said.T("web.account.way-removed", p.Title())
		}
	case "drop":
		if err = s.people.DropKey(ctx, a.ID, form.Get("key")); err == nil {
			page.Done = r.said.T("web.account.key-dropped")
		}
	case "erase":
		if form.Get("sure") == "" {
			return false, &problem{http.StatusUnprocessableEntity, "sure", "web.account.sure", nil}
		}
		return true, s.people.Erase(ctx, a.ID)
	default:
		return false, badParameter("do", form.Get("do"))
	}
	return false, err
}

func (s *Server) showAccount(r *request, page accountPage, a *people.Account) (*response, error) {
	page.frame = s.frame(r, r.said.T("web.account.title"))
	s.place(r, &page.frame, linker.account)
	page.NoIndex = true
	page.Account, page.Since = a, date(r.said, a.Made)
	for _, lang := range words.Langs() {
		page.Langs = append(page.Langs, option{string(lang), s.words[lang].T("web.language"), string(lang) == a.Lang})
	}
	for _, seat := range a.Seats {
		role := people.Member
		if seat.Speaker {
			role = people.Speaker
		}
		page.Roles = append(page.Roles, roleView{s.roleWords(r, role, seat.Organisation), r.link.provider(seat.Organisation)})
	}
	if a.Moderator {
		page.Roles = append(page.Roles, roleView{Text: s.roleWords(r, people.Moderator, "")})
	}
	if a.Administrator {
		page.Roles = append(page.Roles, roleView{Text: s.roleWords(r, people.Administrator, "")})
	}
	for _, p := range s.people.providers {
		subject, err := s.people.Subject(r.Context(), a.ID, p.Issuer())
		if err != nil {
			return nil, err
		}
		page.Ways = append(page.Ways, wayOf{p.Title(), p.Name(), r.link.signInWith(p.Name()), subject != ""})
	}
	keys, err := s.people.Keys(r.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		v := keyView{ID: k.ID, Name: k.Name, Made: date(r.said, k.Made), Expires: date(r.said, k.Expires)}
		for i, scope := range k.Scopes {
			if i > 0 {
				v.Scopes += ", "
			}
			v.Scopes += r.said.T("people.scope-of." + string(scope))
		}
		if k.Seen != nil {
			v.Seen = date(r.said, *k.Seen)
		}
		page.Keys = append(page.Keys, v)
	}
	for _, scope := range people.Scopes() {
		page.Scopes = append(page.Scopes, option{string(scope), r.said.T("people.scope-of." + string(scope)), scope == people.ScopeRead})
	}
	for _, days := range []int{30, 90, 365} {
		page.Lives = append(page.Lives, option{strconv.Itoa(days), r.said.T("web.account.days", days), days == 90})
	}
	return private(s.render(r, "account", page))
}
