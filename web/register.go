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

	"communs/registry"
	"communs/registry/imports"
	"communs/registry/people"
	"communs/registry/register"
)

// Registering a software takes four pages: its address, what was found and is to be corrected, the card as it will stand, and the proof that its
// repository is in the hands of whoever answers for it. Each can be left and come back to.

// How long a page waits for a repository to be read, and for a proof to be looked for; the reading goes on without it.
const (
	readPatience  = 7 * time.Second
	provePatience = 45 * time.Second
)

// routeRegister finds the screen for a path of registering; nil when it is none.
func (s *Server) routeRegister(first, rest string) (string, screen) {
	if s.register == nil || s.people == nil || first != "inscrire" && first != "register" {
		return "none", nil
	}
	if rest == "" {
		return "register", s.enrol
	}
	id, step, _ := strings.Cut(rest, "/")
	switch step {
	case "":
		return "register draft", func(r *request) (*response, error) { return s.correct(r, id) }
	case "apercu", "preview":
		return "register draft", func(r *request) (*response, error) { return s.preview(r, id) }
	case "preuve", "proof":
		return "register draft", func(r *request) (*response, error) { return s.prove(r, id) }
	}
	return "none", nil
}

func (l linker) enrol(draft, step string) string {
	path := routes[l.lang].enrol
	if draft != "" {
		path += "/" + escape(draft)
	}
	if step != "" {
		path += "/" + step
	}
	return l.with(path, nil)
}

func (l linker) previewOf(draft string) string {
	if l.lang == "en" {
		return l.enrol(draft, "preview")
	}
	return l.enrol(draft, "apercu")
}

func (l linker) proofOf(draft string) string {
	if l.lang == "en" {
		return l.enrol(draft, "proof")
	}
	return l.enrol(draft, "preuve")
}

// owner is whose drafts the member sees: their own, and those of the organisations in which they have a seat.
func (m *member) owner() register.Owner {
	o := register.Owner{Account: m.ID}
	for _, seat := range m.Seats {
		o.Organisations = append(o.Organisations, seat.Organisation)
	}
	return o
}

// enrolPage asks for an address, and lists what was begun.
type enrolPage struct {
	frame
	Action   string
	Form     string
	Address  string
	Seats    []option // in whose name; empty: the member has no seat
	Drafts   []draftRow
	Fault    string
	Hint     string
	Done     string
	MayBegin bool
}

// draftRow is a draft in the list.
type draftRow struct {
	ID, Name, Href, Organisation, Changed, Expires, State string
	Open                                                  bool // it can be dropped
}

func (s *Server) enrol(r *request) (*response, error) {
	m, err := s.member(r)
	if err != nil {
		return nil, err
	}
	page := enrolPage{frame: s.frame(r, r.said.T("web.register.title")), Action: r.link.enrol("", ""), Form: people.FormToken(m.session)}
	s.place(r, &page.frame, func(l linker) string { return l.enrol("", "") })
	page.NoIndex = true
	status, fault := http.StatusOK, error(nil)
	if r.Method == http.MethodPost {
		form, err := s.form(r, m.session)
		if err != nil {
			return nil, err
		}
		if form.Get("do") == "discard" {
			if fault = s.register.Discard(r.Context(), m.owner(), form.Get("draft")); fault == nil {
				page.Done = r.said.T("web.register.dropped")
			}
		} else {
			var d *register.Draft
			if d, fault = s.beginDraft(r, m, form); fault == nil {
				return see(r.link.enrol(d.ID, "")), nil
			}
			page.Address = plain(clip(form.Get("address"), 2000))
		}
	}
	if fault != nil {
		if status, page.Fault, page.Hint, err = s.refusal(r, fault); err != nil {
			return nil, err
		}
	}
	if err := s.listDrafts(r, m, &page); err != nil {
		return nil, err
	}
	resp, err := private(s.render(r, "register", page))
	if err == nil {
		resp.status = status
		resp.comeBack(fault)
	}
	return resp, err
}

// refusal is why something is not done, as the page that carries the form shows it; an error of ours is given back.
func (s *Server) refusal(r *request, fault error) (status int, sentence, hint string, err error) {
	status, _, told := classify(fault)
	if status == http.StatusInternalServerError {
		return status, "", "", fault
	}
	var faults register.Faults
	if errors.As(told, &faults) && len(faults) == 1 {
		told = faults[0]
	}
	sentence, hint = r.said.Error(told)
	return status, plain(sentence), plain(hint), nil
}

// beginDraft is the first of the four steps.
func (s *Server) beginDraft(r *request, m *member, form url.Values) (*register.Draft, error) {
	by, err := m.actor(form.Get("organisation"))
	if err != nil {
		return nil, err
	}
	d, err := s.register.Begin(r.Context(), by, form.Get("address"), s.visitor(r))
	if err != nil {
		return nil, err
	}
	return s.waitFor(r, m.owner(), d.ID)
}

// waitFor gives a draft when its repository has been read, or as it is when that takes longer.
func (s *Server) waitFor(r *request, of register.Owner, id string) (*register.Draft, error) {
	ctx, cancel := context.WithTimeout(r.Context(), readPatience)
	defer cancel()
	return s.register.Wait(ctx, of, id)
}

func (s *Server) listDrafts(r *request, m *member, page *enrolPage) error {
	c := s.read(r)
	for i, seat := range m.Seats {
		page.Seats = append(page.Seats, option{seat.Organisation, organisationLink(r, c, seat.Organisation).Text, i == 0})
	}
	page.MayBegin = len(m.Seats) > 0 || m.Administrator
	drafts, err := s.register.Drafts(r.Context(), m.owner())
	if err != nil {
		return err
	}
	for _, d := range drafts {
		row := draftRow{ID: d.ID, Name: strings.TrimPrefix(d.Address, "https://"), Href: r.link.enrol(d.ID, ""), Changed: date(r.said, d.Changed), Expires: date(r.said, d.Expires)}
		row.State, row.Open = r.said.T("web.register.open"), d.Published == ""
		if d.Software != nil && d.Software.Name != "" {
			row.Name = plain(d.Software.Name)
		}
		if !row.Open {
			row.State, row.Href = r.said.T("web.register.published"), r.link.proofOf(d.ID)
		}
		if d.Organisation != "" {
			row.Organisation = organisationLink(r, c, d.Organisation).Text
		}
		page.Drafts = append(page.Drafts, row)
	}
	return nil
}

// draftOf is a draft and who works on it.
func (s *Server) draftOf(r *request, id string) (*member, *register.Draft, registry.Actor, error) {
	m, err := s.member(r)
	if err != nil {
		return nil, nil, registry.Actor{}, err
	}
	d, err := s.register.Draft(r.Context(), m.owner(), id)
	if err != nil {
		return nil, nil, registry.Actor{}, err
	}
	by, err := m.actor(d.Organisation)
	return m, d, by, err
}

// isRegister reports whether an error is what registering says to whoever registers.
func isRegister(err error) bool {
	var refused *register.Error
	var faults register.Faults
	var fetched *imports.Fault
	return errors.As(err, &refused) || errors.As(err, &faults) || errors.As(err, &fetched)
}

// registerStatus is [classify] for them.
func registerStatus(err error) (status int, code string, told error) {
	var refused *register.Error
	var faults register.Faults
	switch {
	case errors.As(err, &faults):
		return http.StatusUnprocessableEntity, "faults", faults
	case !errors.As(err, &refused):
		return http.StatusUnprocessableEntity, "site", err
	}
	status = http.StatusUnprocessableEntity
	switch refused.Code {
	case "unknown":
		status = http.StatusNotFound
	case "seat":
		status = http.StatusForbidden
	case "known", "taken", "withdrawn", "stale", "published", "many", "unread":
		status = http.StatusConflict
	}
	return status, refused.Code, refused
}
