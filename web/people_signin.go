// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"regexp"
	"strings"

	"communs/registry/people"
)

// signInPage asks for an address, and says that a letter is on its way.
type signInPage struct {
	frame
	Action string
	Next   string  // the path that is gone to afterwards; empty: the account
	Email  string  // in the form
	Sent   string  // the address that a link was sent to
	Ways   []wayIn // other sites that vouch for people
	Fault  string
	Hint   string
	Typed  bool // the fault is the address's
	Mute   bool // no letter can leave from here
}

func (s *Server) newSignIn(r *request) signInPage {
	page := signInPage{frame: s.frame(r, r.said.T("web.sign-in.title")), Action: r.link.signIn(), Next: r.nextOf(nil), Ways: s.waysIn(r), Mute: s.people.post == nil}
	s.place(r, &page.frame, linker.signIn)
	page.NoIndex = true
	return page
}

// signIn sends a link to whoever owns an address. The answer is the same whether somebody is known here or not.
func (s *Server) signIn(r *request) (*response, error) {
	page := s.newSignIn(r)
	if r.Method != http.MethodPost || page.Mute {
		if _, err := s.people.SignedIn(r.Context(), s.secret(r)); err == nil {
			return see(r.afterSignIn(page.Next)), nil
		}
		return private(s.render(r, "sign-in", page))
	}
	form, err := s.form(r, "")
	if err != nil {
		return nil, err
	}
	page.Next = r.nextOf(form)
	email, err := people.ReadAddress(form.Get("email"))
	if err == nil {
		err = s.sendLink(r, email, page.Next)
	}
	status, fault := http.StatusOK, err
	if fault == nil {
		page.Sent = email
	} else {
		var told error
		if status, _, told = classify(err); status == http.StatusInternalServerError {
			return nil, err
		}
		sentence, hint := r.said.Error(told)
		page.Email, page.Fault, page.Hint, page.Typed = plain(clip(form.Get("email"), 254)), plain(sentence), plain(hint), true
	}
	resp, err := private(s.render(r, "sign-in", page))
	if err == nil {
		resp.status = status
		resp.comeBack(fault)
	}
	return resp, err
}

// sendLink sends the letter, unless too many have left.
func (s *Server) sendLink(r *request, email, next string) error {
	// Whatever its case, an address is one mailbox: it must not be written to more often for being spelt in many ways.
	for _, limit := range []struct {
		on  *people.Limit
		who string
	}{{s.people.network, s.visitor(r)}, {s.people.address, strings.ToLower(email)}, {s.people.all, ""}} {
		if err := limit.on.Take(limit.who); err != nil {
			return err
		}
	}
	lang := string(r.said.Lang)
	l, err := s.people.SignInLink(r.Context(), email, lang)
	if err != nil {
		return err
	}
	address := linker{lang: r.said.Lang}.signInLink(l.Secret, next)
	err = s.people.post(r.Context(), Letter{To: l.Email, Lang: lang, Subject: r.said.T("people.letter.sign-in.subject", s.inst.Name),
		Text: r.said.T("people.letter.sign-in.text", s.inst.Name, s.people.origin+address)})
	if err != nil {
		// What a mail server says names the address, which no log holds.
		s.log.Error("letter", "error", withoutAddress(err, l.Email))
		return errUnsent
	}
	return nil
}

// withoutAddress is what went wrong, without whom it was for.
func withoutAddress(err error, email string) string {
	return regexp.MustCompile("(?i)"+regexp.QuoteMeta(email)).ReplaceAllLiteralString(err.Error(), "…")
}

// followPage asks whether to sign in: a link that a mail program opens by itself must use nothing up.
type followPage struct {
	frame
	Action string
	Email  string
	Role   string // what the invitation gives, in words
}

func (s *Server) followLink(r *request, secret string) (*response, error) {
	invitation, err := s.people.Look(r.Context(), secret)
	if err != nil {
		return nil, err
	}
	if r.Method != http.MethodPost {
		page := followPage{frame: s.frame(r, r.said.T("web.sign-in.follow")), Action: r.link.signInLink(secret, r.nextOf(nil)), Email: invitation.Email}
		// The page's address holds the secret: it is told to nobody.
		s.place(r, &page.frame, linker.signIn)
		page.NoIndex = true
		if invitation.Role != "" {
			page.Role = s.roleWords(r, invitation.Role, invitation.Organisation)
		}
		return private(s.render(r, "sign-in-link", page))
	}
	if _, err := s.form(r, ""); err != nil {
		return nil, err
	}
	// Whatever session the browser had is another's, or an old one.
	if err := s.people.SignOut(r.Context(), s.secret(r)); err != nil {
		return nil, err
	}
	_, session, err := s.people.Follow(r.Context(), secret)
	if err != nil {
		return nil, err
	}
	resp := see(r.afterSignIn(r.nextOf(nil)))
	resp.cookie = s.cookieOf(session)
	return resp, nil
}

// afterSignIn is where signing in leads: to the page that was asked for, or to the account.
func (r *request) afterSignIn(next string) string {
	if next != "" {
		return next
	}
	return r.link.account()
}

// roleWords says a role, with the organisation's name.
func (s *Server) roleWords(r *request, role people.Role, organisation string) string {
	if !role.OfOrganisation() {
		return r.said.T("people.role." + string(role))
	}
	name := organisation
	if s.catalogue != nil {
		name = organisationLink(r, s.read(r), organisation).Text
	}
	return r.said.T("people.role."+string(role), plain(name))
}
