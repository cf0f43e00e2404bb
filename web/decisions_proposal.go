// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
)

// decisionPage is one proposal: its text, its discussion, its votes, how they were counted, and what was applied.
type decisionPage struct {
	frame
	acts
	fault
	decisionLine
	By       string
	On       string
	Target   link
	About    []string
	Proposed string // governance.toml
	Changes  []ruleChange
	Comments []commentView
	Ballots  []ballotView
	Tally    string // title of the count
	Counted  []string
	Colleges []collegeView
	Applied  string
	Rules    link
	Log      string
	May      bool // vote now
	MayTalk  bool
	Draft    string // of a comment that was refused
	Choices  []option
}

type commentView struct {
	By, At string
	Lines  []string
}

type ballotView struct {
	Organisation link
	College      string
	Choice       string
}

type collegeView struct {
	Name, Weight, Gives            string
	Electorate, Yes, No, Abstained int
}

// decision shows a proposal and does what its forms ask.
func (s *Server) decision(r *request, n int64) (*response, error) {
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	p, err := st.Proposal(n)
	if err != nil {
		return nil, err
	}
	var page decisionPage
	status := http.StatusOK
	if r.Method == http.MethodPost {
		m, form, err := s.memberForm(r)
		if err != nil {
			return nil, err
		}
		if err = s.actOn(r.Context(), m, n, form); err == nil {
			return see(r.link.decision(n)), nil
		}
		if status, err = page.refused(r, form.Get("do"), err); err != nil {
			return nil, err
		}
		page.Draft = form.Get("text")
	}
	m, a, err := s.readerOf(r, st, r.link.decision(n))
	if err != nil {
		return nil, err
	}
	page.acts, page.decisionLine = a, s.decisionLine(r, st, p)
	page.frame = s.frame(r, plain(page.decisionLine.Text))
	s.place(r, &page.frame, func(l linker) string { return l.decision(n) })
	s.viewDecision(r, &page, st, p)
	page.MayTalk = p.Result == nil && m != nil
	page.May = p.Voting() && len(a.Seats) > 0
	resp, err := s.render(r, "decision", page)
	if err != nil {
		return nil, err
	}
	resp.status = status
	if m != nil {
		return private(resp, nil)
	}
	return resp, nil
}

// memberForm is who sends a form, and what it holds.
func (s *Server) memberForm(r *request) (*member, url.Values, error) {
	m, err := s.member(r)
	if err != nil {
		return nil, nil, err
	}
	form, err := s.form(r, m.session)
	return m, form, err
}

// actOn does what a form on a proposal's page asks.
func (s *Server) actOn(ctx context.Context, m *member, n int64, form url.Values) error {
	by, err := m.actor(form.Get("organisation"))
	if err != nil {
		return err
	}
	switch form.Get("do") {
	case "comment":
		_, err = s.commons.Comment(ctx, by, n, form.Get("text"))
	case "vote":
		_, err = s.commons.Vote(ctx, by, n, governance.Choice(form.Get("choice")))
	case "conflict":
		_, err = s.commons.Declare(ctx, by, n)
	default:
		return badParameter("do", form.Get("do"))
	}
	return err
}

func (s *Server) viewDecision(r *request, page *decisionPage, st *commons.State, p *commons.Proposal) {
	page.By, page.On = s.signed(r, registry.Signed{By: registry.RoleSpeaker, Organisation: p.By}), date(r.said, p.Submitted)
	if p.By == "" {
		page.By = r.said.T("web.decisions.by.administrator")
	}
	page.Target, page.About, page.Proposed = s.organisation(r, p.Target), lines(p.About), p.Text
	if page.About == nil {
		page.About = []string{r.said.T("web.decisions.erased")}
	}
	if p.Text != "" {
		if to, err := governance.Read([]byte(p.Text)); err == nil {
			page.Changes = changes(r.said, s.rulesBefore(st, p), to)
		}
	}
	for _, c := range p.Comments {
		view := commentView{s.signed(r, registry.Signed{By: c.By, Organisation: c.Organisation}), moment(r, c.At), lines(c.Text)}
		if c.Erased {
			view.By, view.Lines = "", []string{r.said.T("web.decisions.erased")}
		}
		page.Comments = append(page.Comments, view)
	}
	page.Log = r.link.log(url.Values{"about": {"proposal/" + strconv.FormatInt(p.Number, 10)}})
	for _, choice := range governance.Choices() {
		page.Choices = append(page.Choices, option{string(choice), r.said.T("web.decisions.choice." + string(choice)), false})
	}
	if tally := p.Result; tally != nil {
		page.Tally = r.said.T("web.decisions.counted")
		s.viewTally(r, page, st, p, tally)
	} else if tally = p.Tally(); tally != nil {
		page.Tally = r.said.T("web.decisions.so-far")
		s.viewTally(r, page, st, p, tally)
	}
	for _, id := range p.Conflicts() {
		if p.Result == nil {
			page.Counted = append(page.Counted, r.said.T("web.decisions.declared", plain(s.organisation(r, id).Text)))
		}
	}
	page.Applied = s.applied(r, p)
}

// rulesBefore are the rules that a proposal would change: those in force when it was accepted, or now.
func (s *Server) rulesBefore(st *commons.State, p *commons.Proposal) *governance.Rules {
	for i, in := range st.Rules {
		if in.Proposal == p.Number && i > 0 {
			return st.Rules[i-1].Rules
		}
	}
	return st.Rules[len(st.Rules)-1].Rules
}

// viewTally explains a count: who had a vote, quorum, majority, weights, and whose vote does not count.
func (s *Server) viewTally(r *request, page *decisionPage, st *commons.State, p *commons.Proposal, t *governance.Result) {
	rules := st.Rules[p.Rules-1]
	page.Rules = link{r.link.rules() + "#v" + strconv.Itoa(rules.Version), r.said.T("web.decisions.under", rules.Version)}
	measured := func(key string, m governance.Measure) string {
		met := "unmet"
		if m.Met {
			met = "met"
		}
		return r.said.T("web.decisions."+key, m.Reached, needed(r.said, m.Needed)) + " " + r.said.T("web.decisions."+met)
	}
	if p.Result != nil {
		page.Counted = append(page.Counted, r.said.T("cmd.registry.decisions.why."+t.Why))
	}
	page.Counted = append(page.Counted, r.said.T("web.decisions.votes", t.Electorate, t.Yes, t.No, t.Abstain), measured("quorum", t.Quorum))
	if len(t.Colleges) > 0 {
		page.Counted = append(page.Counted, measured("majority-colleges", t.Majority))
	} else {
		page.Counted = append(page.Counted, measured("majority", t.Majority))
	}
	for _, c := range t.Colleges {
		page.Colleges = append(page.Colleges, collegeView{college(r, rules.Rules, c.College), c.Weight.String(), c.For, c.Electorate, c.Yes, c.No, c.Abstain})
	}
	add := func(id, in, choice string) {
		page.Ballots = append(page.Ballots, ballotView{s.organisation(r, id), college(r, rules.Rules, in), choice})
	}
	for _, b := range t.Ballots {
		add(b.Organisation, b.College, r.said.T("web.decisions.choice."+string(b.Choice)))
	}
	for _, x := range t.Excluded {
		add(x.Organisation, "", r.said.T("cmd.registry.decisions.excluded."+x.Why))
	}
	for _, id := range t.Silent {
		add(id, "", r.said.T("web.decisions.silent"))
	}
}

// college is the name of a college.
func college(r *request, rules *governance.Rules, id string) string {
	i := slices.IndexFunc(rules.Colleges, func(c governance.College) bool { return c.ID == id })
	switch {
	case i < 0:
		return id
	case r.said.Lang == "en":
		return rules.Colleges[i].EN
	}
	return rules.Colleges[i].FR
}

// applied is what followed from a proposal.
func (s *Server) applied(r *request, p *commons.Proposal) string {
	switch {
	case p.Void != "":
		return r.said.T("cmd.registry.decisions.void." + p.Void)
	case p.Result == nil:
		return ""
	case !p.Result.Accepted:
		return r.said.T("web.decisions.applied.nothing")
	case p.Target != "" && p.Kind != governance.Resolution:
		return r.said.T("web.decisions.applied."+string(p.Kind), plain(s.organisation(r, p.Target).Text))
	}
	return r.said.T("web.decisions.applied."+string(p.Kind), "")
}
