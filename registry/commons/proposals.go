// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"communs/registry"
	"communs/registry/governance"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Proposal is a proposal with what was said about it.
type Proposal struct {
	*governance.Proposal
	Number   int64
	Title    string // empty once erased
	About    string
	Target   string
	Member   *governance.Member
	Text     string // of the rules proposed
	Comments []Comment
	Void     string // why it was accepted and could not be applied
}

// Comment is what somebody said about a proposal.
type Comment struct {
	Entry        int64         `json:"entry"` // of the log
	At           time.Time     `json:"at"`
	By           registry.Role `json:"by"`
	Organisation string        `json:"organisation,omitempty"`
	Text         string        `json:"text"`
	Erased       bool          `json:"erased,omitempty"`
}

// Proposal finds a proposal by its number.
func (st *State) Proposal(n int64) (*Proposal, error) {
	if n < 1 || n > int64(len(st.Proposals)) {
		return nil, &Error{"unknown", strconv.FormatInt(n, 10)}
	}
	return st.Proposals[n-1], nil
}

func (st *State) submit(b submitted, at time.Time) error {
	if len(st.Rules) == 0 {
		return &Error{Code: "not-founded"}
	}
	target := st.Members[b.Target] != nil
	switch {
	case b.Organisation != "" && st.Members[b.Organisation] == nil:
		return &Error{"no-member", b.Organisation}
	case b.Kind == governance.Admission && target:
		return &Error{"member", b.Target}
	case b.Kind == governance.Admission && (b.Member == nil || b.Member.Organisation != b.Target),
		b.Kind == governance.NewRules && b.Rules == "", (b.Kind == governance.Admission || b.Kind == governance.Removal || b.Kind == governance.Appeal) && b.Target == "":
		return &Error{"target", string(b.Kind)}
	case b.Kind == governance.Removal && !target:
		return &Error{"no-member", b.Target}
	}
	if b.Kind == governance.NewRules {
		if _, err := governance.Read([]byte(b.Rules)); err != nil {
			return err
		}
	}
	var concerned []string
	if b.Target != "" {
		concerned = []string{b.Target}
	}
	g, err := governance.Submit(b.Kind, b.Organisation, concerned, st.Rules[len(st.Rules)-1].Rules, at)
	if err != nil {
		return err
	}
	st.Proposals = append(st.Proposals, &Proposal{Proposal: g, Number: int64(len(st.Proposals)) + 1, Target: b.Target, Member: b.Member, Text: b.Rules})
	return nil
}

// open opens a vote as the log says that it was: at its time, for those who were members.
func (st *State) open(p *Proposal, b voteOpened, at time.Time) error {
	in := st.Rules[len(st.Rules)-1]
	if !b.Due.Equal(p.Opens) || at.Before(p.Opens) || b.Rules != in.Version || !slices.Equal(b.Voters, in.Rules.Electorate(st.MemberList())) {
		return errOrder()
	}
	if err := p.Open(in.Rules, in.Version, st.MemberList()); err != nil {
		return err
	}
	if !b.Closes.Equal(p.Closes) {
		return errOrder()
	}
	return nil
}

// closed counts the votes, and holds the result that the log tells against it.
func (st *State) closed(p *Proposal, b voteClosed, at time.Time) error {
	if !b.Due.Equal(p.Closes) || b.Result == nil {
		return errOrder()
	}
	if err := p.Close(at); err != nil {
		return err
	}
	if !reflect.DeepEqual(plain(p.Result), plain(b.Result)) {
		return errOrder()
	}
	if p.Result.Accepted && (p.Kind == governance.Admission || p.Kind == governance.Removal || p.Kind == governance.NewRules) {
		st.pending = p
	}
	return nil
}

// plain is a result as its JSON says it.
func plain(r *governance.Result) (v any) {
	data, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		return err
	}
	return v
}
