// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"net/url"
	"strconv"

	"communs/registry"
	"communs/registry/commons"
)

// consultationPage is a question to the users: who has an account answers it, and everybody reads the result.
type consultationPage struct {
	frame
	acts
	fault
	decisionLine
	By, On  string
	About   []string
	Who     string
	Answers []choiceView
	Mine    string // what the reader has answered
	May     bool
	Closed  bool
	Log     string
}

type choiceView struct {
	option
	Count string // once it is closed
}

// consultation shows a question and takes an answer.
func (s *Server) consultation(r *request, n int64) (*response, error) {
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	q, err := st.Consultation(n)
	if err != nil {
		return nil, err
	}
	var page consultationPage
	status := http.StatusOK
	if r.Method == http.MethodPost {
		m, form, err := s.memberForm(r)
		if err != nil {
			return nil, err
		}
		answer, _ := strconv.Atoi(form.Get("answer"))
		if _, err = s.commons.Answer(r.Context(), m.answering(st), n, answer); err == nil {
			return see(r.link.consultation(n)), nil
		}
		if status, err = page.refused(r, "answer", err); err != nil {
			return nil, err
		}
	}
	m, a, err := s.readerOf(r, st, r.link.consultation(n))
	if err != nil {
		return nil, err
	}
	var listed decisionsPage
	s.listDecisions(r, &listed, &commons.State{Consultations: []*commons.Consultation{q}})
	page.acts, page.decisionLine = a, listed.Consultations[0]
	page.frame = s.frame(r, plain(page.decisionLine.Text))
	s.place(r, &page.frame, func(l linker) string { return l.consultation(n) })
	page.By, page.On, page.Closed = s.signed(r, q.By), date(r.said, q.Asked), q.Outcome != nil
	page.About, page.Who = lines(q.About), r.said.T("web.rules.members-no")
	if q.Members {
		page.Who = r.said.T("web.rules.members-yes")
	}
	page.May = m != nil && !page.Closed && (!q.Members || m.answering(st).Organisation != "")
	page.Log = r.link.log(url.Values{"about": {"consultation/" + itoa(n)}})
	given := 0
	if m != nil {
		given = q.AnswerOf(m.ID)
	}
	for i := range q.Choices {
		view := choiceView{option: option{strconv.Itoa(i + 1), r.said.T("web.decisions.erased"), i+1 == given}}
		if i < len(q.Answers) {
			view.Text = q.Answers[i]
		}
		if q.Outcome != nil {
			view.Count = r.said.T("web.consultation.answered", q.Outcome.Counts[i])
		}
		if view.Chosen {
			page.Mine = view.Text
		}
		page.Answers = append(page.Answers, view)
	}
	resp, err := s.render(r, "consultation", page)
	if err != nil {
		return nil, err
	}
	resp.status = status
	if m != nil {
		return private(resp, nil)
	}
	return resp, nil
}

// answering is the member as one who answers: with a seat in a member organisation where they have one.
func (m *member) answering(st *commons.State) registry.Actor {
	by := registry.Actor{Account: m.ID, Roles: []registry.Role{registry.RoleMember}}
	for _, seat := range m.Seats {
		if st.Members[seat.Organisation] != nil {
			by.Organisation = seat.Organisation
			break
		}
	}
	return by
}
