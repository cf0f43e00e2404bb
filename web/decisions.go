// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/people"
	"communs/registry/publiclog"
)

// The pages of the commons: what is decided, by which rules, and the log that it all follows from. Everybody reads them; who has a seat in an organisation
// acts on them with forms that carry the token of their session.

// decisionParts are the second segments below /decisions, which are spelled differently in each language.
var decisionParts = map[words.Lang]struct{ rules, log, chain, propose, consultation, mine string }{
	words.French:  {"regles", "journal", "chaine", "proposer", "consultation", "/ma-structure"},
	words.English: {"rules", "log", "chain", "propose", "consultation", "/my-organisation"},
}

func (l linker) decisions(part string, v url.Values) string {
	if part != "" {
		part = "/" + part
	}
	return l.with("/decisions"+part, v)
}

func (l linker) decision(n int64) string { return l.decisions(strconv.FormatInt(n, 10), nil) }

func (l linker) consultation(n int64) string {
	return l.decisions(decisionParts[l.lang].consultation+"/"+strconv.FormatInt(n, 10), nil)
}

func (l linker) rules() string { return l.decisions(decisionParts[l.lang].rules, nil) }

func (l linker) log(v url.Values) string { return l.decisions(decisionParts[l.lang].log, v) }

func (l linker) chain() string { return l.decisions(decisionParts[l.lang].chain, nil) }

// propose leads to the form that proposes something of a kind, or to the choice of kinds.
func (l linker) propose(kind string) string {
	return l.decisions(decisionParts[l.lang].propose, values("kind", kind))
}

func (l linker) mine() string { return l.with(decisionParts[l.lang].mine, nil) }

// routeDecisions finds the screen for a path of the commons; nil when it is none.
func (s *Server) routeDecisions(first, rest string, more bool) (string, screen) {
	if s.commons == nil {
		return "none", nil
	}
	switch first {
	case "ma-structure", "my-organisation":
		if !more && s.people != nil {
			return "my organisation", s.myOrganisation
		}
	case "decisions":
		part, number, numbered := strings.Cut(rest, "/")
		n, err := strconv.ParseInt(part, 10, 64)
		switch {
		case !more:
			return "decisions", s.decisionList
		case err == nil && !numbered:
			return "decision", func(r *request) (*response, error) { return s.decision(r, n) }
		case part == "consultation" && numbered:
			if n, err = strconv.ParseInt(number, 10, 64); err == nil {
				return "consultation", func(r *request) (*response, error) { return s.consultation(r, n) }
			}
		case numbered:
		case part == "regles" || part == "rules":
			return "rules", s.rulesPage
		case part == "proposer" || part == "propose":
			return "propose", s.proposePage
		case part == "chaine" || part == "chain":
			return "chain", s.chainPage
		case part == "journal" || part == "log":
			return "log", s.logPage
		case part == "journal.jsonl" || part == "log.jsonl":
			return "log lines", s.logLines
		case part == "journal.atom" || part == "log.atom":
			return "log feed", s.logFeed
		}
	}
	return "none", nil
}

// decided is the commons as it is now, after what the clock has done. Where that cannot be written, it is as it was left.
func (s *Server) decided(ctx context.Context) (*commons.State, error) {
	st, err := s.commons.Keep(ctx)
	if err != nil {
		return s.commons.State(ctx)
	}
	return st, nil
}

// isDecision reports whether an error is what the commons, or its rules, say to whoever acts.
func isDecision(err error) bool {
	var refusal *governance.Refusal
	var state *commons.Error
	var rules *governance.RulesError
	var breach *commons.Breach
	return errors.As(err, &refusal) || errors.As(err, &state) || errors.As(err, &rules) || errors.As(err, &breach)
}

// decisionStatus is [classify] for them.
func decisionStatus(err error) (status int, code string, told error) {
	var refusal *governance.Refusal
	var state *commons.Error
	var rules *governance.RulesError
	var breach *commons.Breach
	switch {
	case errors.As(err, &breach):
		return http.StatusServiceUnavailable, "breach", breach
	case errors.As(err, &rules):
		return http.StatusUnprocessableEntity, "rules", rules
	case errors.As(err, &refusal):
		return http.StatusConflict, refusal.Code, refusal
	}
	errors.As(err, &state)
	switch state.Code {
	case "unknown", "unknown-question", "not-founded":
		status = http.StatusNotFound
	case "not-yours", "members-only", "no-account":
		status = http.StatusForbidden
	case "founded", "member", "no-member", "needs-vote", "consultation-closed", "order":
		status = http.StatusConflict
	case "busy":
		status = http.StatusServiceUnavailable
	default:
		status = http.StatusUnprocessableEntity
	}
	return status, state.Code, state
}

// fault is what the form of a page says of what was refused.
type fault struct {
	Fault string
	Of    string // which form
}

// refused notes why a form was refused; what is no fault of the form's is given back.
func (f *fault) refused(r *request, form string, err error) (status int, failed error) {
	status, _, told := classify(err)
	if status == http.StatusInternalServerError {
		return 0, err
	}
	sentence, _ := r.said.Error(told)
	f.Fault, f.Of = plain(sentence), form
	return status, nil
}

// organisation is the name of an organisation, and its page.
func (s *Server) organisation(r *request, id string) link {
	if id == "" {
		return link{}
	}
	if s.catalogue != nil {
		if o, ok := s.read(r).Organisation(id); ok {
			return link{r.link.provider(id), o.Name}
		}
	}
	return link{Text: id}
}

// left is how long something still takes, in words.
func left(p *words.Printer, until, now time.Time) string {
	switch d := until.Sub(now); {
	case d >= 48*time.Hour:
		return p.T("web.decisions.days-left", int(d/(24*time.Hour)))
	case d >= time.Hour:
		return p.T("web.decisions.hours-left", int(d/time.Hour))
	default:
		return p.T("web.decisions.minutes-left", max(1, int(d/time.Minute)))
	}
}

// needed is "> 1/2" or ">= 2/3" in words.
func needed(p *words.Printer, measure string) string {
	if share, more := strings.CutPrefix(measure, "> "); more {
		return p.T("web.decisions.more-than", share)
	}
	return p.T("web.decisions.at-least", strings.TrimPrefix(measure, ">= "))
}

// decisionLine is a proposal in a list.
type decisionLine struct {
	link
	Number int64
	Kind   string
	Status string
	Need   string
	State  string // yes, no, or empty: how its badge looks
}

// decisionsPage lists what is to be decided and what was.
type decisionsPage struct {
	frame
	Founded       bool
	Open          []decisionLine
	Discussed     []decisionLine
	Decided       []decisionLine
	Consultations []decisionLine
	Members       string
	Log           []logLine
	Chain         chainView
	Rules         string
	LogPage       string
	ChainPage     string
	Propose       string
	Mine          string
}

// shownDecided is how many past decisions the page lists.
const shownDecided = 30

func (s *Server) decisionList(r *request) (*response, error) {
	page := decisionsPage{frame: s.frame(r, r.said.T("web.decisions.title")), Rules: r.link.rules(), LogPage: r.link.log(nil), ChainPage: r.link.chain(), Propose: r.link.propose("")}
	s.place(r, &page.frame, func(l linker) string { return l.decisions("", nil) })
	page.Programs = append(page.Programs, alternate{atomType, r.link.decisions("journal.atom", nil)})
	var err error
	if page.Chain, err = s.chainNow(r); err != nil {
		return nil, err
	}
	m, err := s.visitorOrMember(r)
	if err != nil {
		return nil, err
	}
	if m != nil && len(m.Seats) > 0 {
		page.Mine = r.link.mine()
	}
	st, err := s.decided(r.Context())
	var breach *commons.Breach
	if err != nil && !errors.As(err, &breach) {
		return nil, err
	}
	if err == nil {
		page.Founded = len(st.Rules) > 0
		s.listDecisions(r, &page, st)
		if page.Log, _, err = s.entries(r, logFilter{}, latestEntries); err != nil {
			return nil, err
		}
	}
	resp, err := s.render(r, "decisions", page)
	if m != nil {
		return private(resp, err)
	}
	return resp, err
}

func (s *Server) listDecisions(r *request, page *decisionsPage, st *commons.State) {
	page.Members = r.said.T("web.decisions.members", len(st.Members))
	for _, p := range slices.Backward(st.Proposals) {
		line := s.decisionLine(r, st, p)
		switch {
		case p.Result == nil && p.Voting():
			page.Open = append(page.Open, line)
		case p.Result == nil:
			page.Discussed = append(page.Discussed, line)
		case len(page.Decided) < shownDecided:
			page.Decided = append(page.Decided, line)
		}
	}
	for _, q := range slices.Backward(st.Consultations) {
		if len(page.Consultations) == shownDecided {
			break
		}
		line := decisionLine{link: link{r.link.consultation(q.Number), s.titled(r, q.Title)}, Number: q.Number, Kind: r.said.T("web.decisions.consultation"),
			Status: r.said.T("web.decisions.closed", date(r.said, q.Closes)), Need: r.said.T("web.consultation.answered", q.Answered())}
		if q.Outcome == nil {
			line.Status = r.said.T("web.decisions.open-until", moment(r, q.Closes), left(r.said, q.Closes, s.now()))
		}
		page.Consultations = append(page.Consultations, line)
	}
}

// titled is a title, or that it was erased.
func (s *Server) titled(r *request, title string) string {
	if title == "" {
		return r.said.T("web.decisions.erased")
	}
	return title
}

// decisionLine is a proposal as a list has it: how far it has come, and what it takes.
func (s *Server) decisionLine(r *request, st *commons.State, p *commons.Proposal) decisionLine {
	line := decisionLine{link: link{r.link.decision(p.Number), s.titled(r, p.Title)}, Number: p.Number, Kind: r.said.T("cmd.registry.decisions.kind." + string(p.Kind))}
	in := st.Rules[len(st.Rules)-1]
	if p.Rules > 0 {
		in = st.Rules[p.Rules-1]
	}
	terms := in.Rules.Decisions[p.Kind]
	line.Need = r.said.T("web.decisions.takes", needed(r.said, ">= "+terms.Quorum.String()), needed(r.said, terms.Majority.String()))
	switch {
	case p.Result != nil && p.Result.Accepted:
		line.Status, line.State, line.Need = r.said.T("web.decisions.accepted", date(r.said, p.Closes)), "yes", ""
	case p.Result != nil:
		line.Status, line.State, line.Need = r.said.T("web.decisions.refused", date(r.said, p.Closes)), "no", r.said.T("cmd.registry.decisions.why."+p.Result.Why)
	case p.Voting():
		line.Status = r.said.T("web.decisions.open-until", moment(r, p.Closes), left(r.said, p.Closes, s.now()))
	default:
		line.Status = r.said.T("web.decisions.opens", moment(r, p.Opens), left(r.said, p.Opens, s.now()))
	}
	return line
}

// chosenSeat is an organisation for which the member may act.
func (s *Server) chosenSeats(r *request, m *member, st *commons.State) (list []option) {
	for _, seat := range m.Seats {
		if seat.Speaker && st.Members[seat.Organisation] != nil {
			list = append(list, option{seat.Organisation, s.organisation(r, seat.Organisation).Text, false})
		}
	}
	return list
}

// signed is who did something, in words.
func (s *Server) signed(r *request, by registry.Signed) string {
	role := word(r.said, "web.decisions.by", string(by.By))
	if by.Organisation == "" {
		return role
	}
	return role + ", " + s.organisation(r, by.Organisation).Text
}

// acts is what a page with forms knows of its reader.
type acts struct {
	Token  string // of the forms; empty: nothing can be done here
	Action string
	SignIn string // where a visitor signs in; empty: nobody can
	Seats  []option
}

// readerOf is who reads a page, and what its forms need.
func (s *Server) readerOf(r *request, st *commons.State, action string) (*member, acts, error) {
	a := acts{Action: action}
	m, err := s.visitorOrMember(r)
	if err != nil {
		return nil, a, err
	}
	if m != nil {
		a.Token, a.Seats = people.FormToken(m.session), s.chosenSeats(r, m, st)
	} else if s.people != nil {
		a.SignIn = r.link.signInFor(action)
	}
	return m, a, nil
}

// lines cuts a text where its writer began a new line.
func lines(text string) (all []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// faultOfChain says of an error where the log does not hold; false for any other error.
func faultOfChain(err error) (n int64, told words.Messenger, ok bool) {
	var chain *publiclog.Fault
	var breach *commons.Breach
	switch {
	case errors.As(err, &chain):
		return chain.N, chain, true
	case errors.As(err, &breach):
		return breach.N, breach, true
	}
	return 0, nil, false
}
