// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"net/url"
	"slices"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
)

// proposePage is the form that proposes something, or the choice of what.
type proposePage struct {
	frame
	acts
	fault
	Kinds      []link
	Kind       string
	KindText   string
	Nobody     bool // may be proposed in nobody's name
	May        bool
	Target     bool // asks for an organisation
	College    []option
	Rules      bool
	Answers    bool
	GivenTitle string
	GivenText  string
	GivenFor   string
	GivenRules string
	Given      []string // answers
}

// consultationKind is what the form calls a consultation, beside the kinds of proposals.
const consultationKind = "consultation"

func (s *Server) proposePage(r *request) (*response, error) {
	m, err := s.member(r)
	if err != nil {
		return nil, err
	}
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	if len(st.Rules) == 0 {
		return nil, &commons.Error{Code: "not-founded"}
	}
	rules := st.Rules[len(st.Rules)-1]
	page := proposePage{Kind: r.query.Get("kind"), GivenRules: rules.Text, Given: make([]string, 4)}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		form, err := s.form(r, m.session)
		if err != nil {
			return nil, err
		}
		page.Kind = form.Get("kind")
		to, err := s.proposed(r, m, form)
		if err == nil {
			return see(to), nil
		}
		if status, err = page.refused(r, "propose", err); err != nil {
			return nil, err
		}
		page.GivenTitle, page.GivenText, page.GivenFor, page.Given = form.Get("title"), form.Get("text"), form.Get("target"), form["answer"]
		if page.Kind == string(governance.NewRules) {
			page.GivenRules = form.Get("rules")
		}
	}
	page.frame = s.frame(r, r.said.T("web.propose.title"))
	s.place(r, &page.frame, func(l linker) string { return l.propose("") })
	page.NoIndex = true
	if _, page.acts, err = s.readerOf(r, st, r.link.propose("")); err != nil {
		return nil, err
	}
	page.Nobody = m.Moderates()
	page.May = page.Nobody || len(page.Seats) > 0
	s.viewPropose(r, &page, rules.Rules)
	resp, err := private(s.render(r, "propose", page))
	if err == nil {
		resp.status = status
	}
	return resp, err
}

func (s *Server) viewPropose(r *request, page *proposePage, rules *governance.Rules) {
	for _, kind := range governance.Kinds() {
		if _, voted := rules.Decisions[kind]; voted {
			page.Kinds = append(page.Kinds, link{r.link.propose(string(kind)), r.said.T("web.rules.kind." + string(kind))})
			if string(kind) == page.Kind {
				page.KindText = r.said.T("web.rules.kind." + page.Kind)
			}
		}
	}
	page.Kinds = append(page.Kinds, link{r.link.propose(consultationKind), r.said.T("web.rules.consultation")})
	if page.Answers = page.Kind == consultationKind; page.Answers {
		page.KindText = r.said.T("web.rules.consultation")
	}
	page.Target = slices.Contains([]string{string(governance.Admission), string(governance.Removal), string(governance.Appeal)}, page.Kind)
	page.Rules = page.Kind == string(governance.NewRules)
	if page.Kind == string(governance.Admission) {
		for _, c := range rules.Colleges {
			page.College = append(page.College, option{c.ID, college(r, rules, c.ID), false})
		}
	}
}

// proposed carries the form out, and says where that is shown.
func (s *Server) proposed(r *request, m *member, form url.Values) (string, error) {
	by, err := m.actor(form.Get("organisation"))
	if err != nil {
		return "", err
	}
	if form.Get("kind") == consultationKind {
		q := commons.Question{Title: form.Get("title"), Text: form.Get("text")}
		for _, answer := range form["answer"] {
			if answer != "" {
				q.Answers = append(q.Answers, answer)
			}
		}
		st, err := s.commons.Ask(r.Context(), by, q)
		if err != nil {
			return "", err
		}
		return r.link.consultation(int64(len(st.Consultations))), nil
	}
	n, err := s.propose(r, by, commons.Motion{Kind: governance.Kind(form.Get("kind")), Title: form.Get("title"), Text: form.Get("text"), Target: form.Get("target"),
		Rules: []byte(form.Get("rules"))}, form.Get("college"))
	if err != nil {
		return "", err
	}
	return r.link.decision(n), nil
}

// propose submits a motion, and gives its number. Who would be admitted has to stand in the catalogue, which knows what it is.
func (s *Server) propose(r *request, by registry.Actor, m commons.Motion, college string) (int64, error) {
	if m.Kind != governance.NewRules {
		m.Rules = nil
	}
	if m.Kind == governance.Admission {
		if s.catalogue == nil {
			return 0, &commons.Error{Code: "target", Name: string(m.Kind)}
		}
		o, ok := s.read(r).Organisation(m.Target)
		if !ok {
			return 0, &problem{http.StatusUnprocessableEntity, "target", "web.propose.unknown", []any{plain(m.Target)}}
		}
		m.Member = &governance.Member{Organisation: o.ID, Type: string(o.Type), College: college}
	}
	st, err := s.commons.Propose(r.Context(), by, m)
	if err != nil {
		return 0, err
	}
	return int64(len(st.Proposals)), nil
}
