// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/people"
	"communs/registry/publiclog"
)

// The HTTP API gives the commons to everybody, and takes what a program does with a key of the scope "vote":
//
//	GET  /api/v1/decisions?n=…&after=…     proposals, the last first; POST proposes one
//	GET  /api/v1/decisions/N               one, with all that its result follows from
//	POST /api/v1/decisions/N/comments      adds to its discussion
//	POST /api/v1/decisions/N/votes         votes, or declares a conflict of interest
//	GET  /api/v1/rules                     every version, the one in force last
//	GET  /api/v1/log?n=…&after=…           the public log, from its beginning
//	GET  /api/v1/members?n=…&after=…       the members

// apiDecision is a proposal.
type apiDecision struct {
	Number int64             `json:"number"`
	Status governance.Status `json:"status"`
	Title  string            `json:"title"` // empty: erased
	Text   string            `json:"text"`
	Target string            `json:"target,omitempty"`
	Void   string            `json:"void,omitempty"` // why it was accepted and could not be applied
	*governance.Proposal
	Proposed   string             `json:"proposed_rules,omitempty"` // governance.toml
	Electorate []governance.Voter `json:"electorate"`               // of the opening
	Comments   []commons.Comment  `json:"comments"`
}

// routeDecisionsAPI finds the screen for a path below /api/v1/; nil when it is none of the commons.
func (s *Server) routeDecisionsAPI(path string) (string, screen) {
	if s.commons == nil {
		return "none", nil
	}
	name, rest, one := strings.Cut(path, "/")
	switch {
	case path == "decisions":
		return "api decisions", s.apiDecisions
	case path == "rules":
		return "api rules", s.apiRules
	case path == "log":
		return "api log", s.apiLog
	case path == "members":
		return "api members", s.apiMembers
	case name == "decisions" && one:
		number, act, acts := strings.Cut(rest, "/")
		n, err := strconv.ParseInt(number, 10, 64)
		switch {
		case err != nil:
		case !acts:
			return "api decision", func(r *request) (*response, error) { return s.apiDecision(r, n) }
		case act == "comments" || act == "votes":
			return "api " + act, func(r *request) (*response, error) { return s.apiAct(r, n, act) }
		}
	}
	return "none", nil
}

func (s *Server) viewAPI(p *commons.Proposal) apiDecision {
	return apiDecision{p.Number, p.Status(s.now()), p.Title, p.About, p.Target, p.Void, p.Proposal, p.Text, p.Electorate(), append([]commons.Comment{}, p.Comments...)}
}

// slicePage reads n and after: how many, and how many come before.
func slicePage(r *request, total int) (from, to int, next string, err error) {
	n, err := count(r, itemsPerPage)
	if err != nil {
		return 0, 0, "", err
	}
	if text := r.query.Get("after"); text != "" {
		if from, err = strconv.Atoi(text); err != nil || from < 0 {
			return 0, 0, "", badParameter("after", text)
		}
	}
	from = min(from, total)
	if to = min(from+n, total); to < total {
		next = strconv.Itoa(to)
	}
	return from, to, next, nil
}

func (s *Server) apiDecisions(r *request) (*response, error) {
	if r.Method == http.MethodPost {
		return s.apiPropose(r)
	}
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	from, to, next, err := slicePage(r, len(st.Proposals))
	if err != nil {
		return nil, err
	}
	page := itemPage[apiDecision]{Total: len(st.Proposals), Next: next, Items: []apiDecision{}}
	for i := from; i < to; i++ {
		page.Items = append(page.Items, s.viewAPI(st.Proposals[len(st.Proposals)-1-i]))
	}
	return jsonResponse(http.StatusOK, page)
}

func (s *Server) apiDecision(r *request, n int64) (*response, error) {
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	p, err := st.Proposal(n)
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, s.viewAPI(p))
}

func (s *Server) apiRules(r *request) (*response, error) {
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, itemPage[*commons.InForce]{Total: len(st.Rules), Items: append([]*commons.InForce{}, st.Rules...)})
}

func (s *Server) apiMembers(r *request) (*response, error) {
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	list := st.MemberList()
	from, to, next, err := slicePage(r, len(list))
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, itemPage[governance.Member]{Total: len(list), Next: next, Items: list[from:to]})
}

func (s *Server) apiLog(r *request) (*response, error) {
	head, err := s.records.Head(r.Context())
	if err != nil {
		return nil, err
	}
	from, to, next, err := slicePage(r, int(head.N))
	if err != nil {
		return nil, err
	}
	page := itemPage[publiclog.Entry]{Total: int(head.N), Next: next, Items: []publiclog.Entry{}}
	for e, err := range s.records.Log(r.Context(), int64(from)) {
		if err != nil {
			return nil, err
		}
		if e.N > int64(to) {
			break
		}
		page.Items = append(page.Items, e)
	}
	return jsonResponse(http.StatusOK, page)
}

// sent is what a program does in the commons.
type sent struct {
	Organisation string `json:"organisation"`
	Kind         string `json:"kind"`
	Title        string `json:"title"`
	Text         string `json:"text"`
	Target       string `json:"target"`
	College      string `json:"college"`
	Rules        string `json:"rules"`
	Choice       string `json:"choice"` // yes, no, abstain, or conflict
}

// sender reads what a program sends, and who it acts for. Who has no key learns that first.
func (s *Server) sender(r *request) (by registry.Actor, what sent, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		err = &problem{http.StatusUnsupportedMediaType, "media-type", "web.decisions.media-type", nil}
	} else if !utf8.Valid(r.body) || json.Unmarshal(r.body, &what) != nil {
		err = &problem{http.StatusBadRequest, "body", "web.error.body", nil}
	}
	by, refused := s.actorOf(r, people.ScopeVote, what.Organisation)
	return by, what, cmp.Or(refused, err)
}

func (s *Server) apiPropose(r *request) (*response, error) {
	by, what, err := s.sender(r)
	if err != nil {
		return nil, err
	}
	n, err := s.propose(r, by, commons.Motion{Kind: governance.Kind(what.Kind), Title: what.Title, Text: what.Text, Target: what.Target, Rules: []byte(what.Rules)}, what.College)
	if err != nil {
		return nil, err
	}
	return s.apiDone(r, n, http.StatusCreated)
}

// apiAct comments on a proposal, votes on it, or declares a conflict.
func (s *Server) apiAct(r *request, n int64, act string) (*response, error) {
	if r.Method != http.MethodPost {
		return nil, errPost
	}
	by, what, err := s.sender(r)
	switch {
	case err != nil:
	case act == "comments":
		_, err = s.commons.Comment(r.Context(), by, n, what.Text)
	case what.Choice == "conflict":
		_, err = s.commons.Declare(r.Context(), by, n)
	default:
		_, err = s.commons.Vote(r.Context(), by, n, governance.Choice(what.Choice))
	}
	if err != nil {
		return nil, err
	}
	return s.apiDone(r, n, http.StatusOK)
}

// apiDone answers with the proposal as it is after the act.
func (s *Server) apiDone(r *request, n int64, status int) (*response, error) {
	resp, err := s.apiDecision(r, n)
	if resp != nil {
		resp.status, resp.noStore = status, true
	}
	return resp, err
}
