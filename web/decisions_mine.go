// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"slices"

	"communs/registry/commons"
	"communs/registry/people"
)

// minePage is what somebody with a seat sees of their organisations.
type minePage struct {
	frame
	acts
	fault
	Organisations []mineView
	Propose       string
	Register      string // where software is registered and drafts are kept; empty when nothing can be
}

type mineView struct {
	link
	ID       string
	Standing string // member or not
	Speaker  bool   // the reader speaks for it
	Member   bool
	Leave    bool // may be left here
	People   []string
	Software []link
	Votes    []decisionLine // open, and it has not voted yet
}

// myOrganisation shows them, and has one leave the commons.
func (s *Server) myOrganisation(r *request) (*response, error) {
	m, err := s.member(r)
	if err != nil {
		return nil, err
	}
	page := minePage{Propose: r.link.propose("")}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		form, err := s.form(r, m.session)
		if err != nil {
			return nil, err
		}
		by, err := m.actor(form.Get("organisation"))
		if err == nil && form.Get("sure") == "" {
			err = &problem{http.StatusUnprocessableEntity, "sure", "web.mine.sure", nil}
		}
		if err == nil {
			_, err = s.commons.Leave(r.Context(), by)
		}
		if err == nil {
			return see(r.link.mine()), nil
		}
		if status, err = page.refused(r, form.Get("organisation"), err); err != nil {
			return nil, err
		}
	}
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	page.frame = s.frame(r, r.said.T("web.mine.title"))
	s.place(r, &page.frame, linker.mine)
	page.NoIndex = true
	if s.register != nil {
		page.Register = r.link.enrol("", "")
	}
	page.Token, page.Action = people.FormToken(m.session), r.link.mine()
	all, err := s.people.Accounts(r.Context())
	if err != nil {
		return nil, err
	}
	for _, seat := range m.Seats {
		page.Organisations = append(page.Organisations, s.viewMine(r, st, seat, all))
	}
	resp, err := private(s.render(r, "my-organisation", page))
	if err == nil {
		resp.status = status
	}
	return resp, err
}

func (s *Server) viewMine(r *request, st *commons.State, seat people.Seat, all []*people.Account) mineView {
	id := seat.Organisation
	v := mineView{link: s.organisation(r, id), ID: id, Speaker: seat.Speaker, Member: st.Members[id] != nil}
	v.Leave, v.Standing = v.Speaker && v.Member, r.said.T("web.mine.no-member")
	if v.Member {
		v.Standing = r.said.T("web.mine.member")
	}
	for _, a := range all {
		if a.ActsFor(id) {
			name := plain(a.Name)
			if name == "" {
				name = r.said.T("web.mine.nameless")
			}
			if a.SpeaksFor(id) {
				name = r.said.T("web.mine.speaks", name)
			}
			v.People = append(v.People, name)
		}
	}
	if s.catalogue != nil {
		for _, software := range s.read(r).SoftwareOf(id) {
			v.Software = append(v.Software, link{r.link.software(software.ID), software.Name})
		}
	}
	for _, p := range st.Proposals {
		if p.Voting() && slices.Contains(p.Tally().Silent, id) {
			v.Votes = append(v.Votes, s.decisionLine(r, st, p))
		}
	}
	return v
}
