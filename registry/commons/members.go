// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"communs/registry/governance"
)

func (st *State) found(b founded) error {
	if len(st.Rules) > 0 {
		return &Error{Code: "founded"}
	}
	if len(b.Members) == 0 {
		return &Error{Code: "no-members"}
	}
	for _, m := range b.Members {
		if st.Members[m.Organisation] != nil {
			return &Error{"member", m.Organisation}
		}
		st.Members[m.Organisation] = &m
	}
	return st.change(b.Rules, nil, nil)
}

// change puts rules in force, which came from a vote unless they are those of the founding.
func (st *State) change(toml string, by, accepted *Proposal) error {
	if len(st.Rules) > 0 && (accepted == nil || !accepted.passed(governance.NewRules) || accepted.Text != toml) {
		return errOrder()
	}
	rules, err := governance.Read([]byte(toml))
	if err != nil {
		return err
	}
	in := &InForce{Version: len(st.Rules) + 1, From: st.At, Text: toml, Rules: rules}
	if by != nil {
		in.Proposal, in.From = by.Number, by.Closes
	}
	st.Rules = append(st.Rules, in)
	return nil
}

// passed reports whether a proposal of that kind was accepted.
func (p *Proposal) passed(kind governance.Kind) bool {
	return p != nil && p.Kind == kind && p.Result != nil && p.Result.Accepted
}

func (st *State) admit(b memberAdmitted, p *Proposal) error {
	switch {
	case len(st.Rules) == 0:
		return &Error{Code: "not-founded"}
	case st.Members[b.Organisation] != nil:
		return &Error{"member", b.Organisation}
	case p == nil && st.voted(governance.Admission):
		return &Error{"needs-vote", b.Organisation}
	case p != nil && (!p.passed(governance.Admission) || *p.Member != b.Member):
		return errOrder()
	}
	st.Members[b.Organisation] = &b.Member
	return nil
}

// voted reports whether the rules in force put a kind of decision to the vote.
func (st *State) voted(kind governance.Kind) bool {
	_, ok := st.Rules[len(st.Rules)-1].Rules.Decisions[kind]
	return ok
}

// leave takes a member out, and out of the votes that are open.
func (st *State) leave(organisation string, removed bool, p *Proposal) error {
	switch {
	case st.Members[organisation] == nil:
		return &Error{"no-member", organisation}
	case removed && p == nil && st.voted(governance.Removal):
		return &Error{"needs-vote", organisation}
	case removed && p != nil && (!p.passed(governance.Removal) || p.Target != organisation):
		return errOrder()
	}
	delete(st.Members, organisation)
	for _, p := range st.Proposals {
		p.Leave(organisation)
	}
	return nil
}
