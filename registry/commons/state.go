// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"communs/registry/governance"
	"communs/registry/publiclog"
)

// InForce is one version of the rules.
type InForce struct {
	Version  int               `json:"version"`
	From     time.Time         `json:"from"`
	Proposal int64             `json:"proposal,omitempty"` // that brought them; 0: they are those of the founding
	Text     string            `json:"text"`
	Rules    *governance.Rules `json:"-"`
}

// State is the commons after an entry of the log.
type State struct {
	Head          publiclog.Head // of the last entry
	At            time.Time
	Rules         []*InForce // every version, the one in force last; empty: the commons is not founded yet
	Members       map[string]*governance.Member
	Proposals     []*Proposal // number 1 first
	Consultations []*Consultation

	pending *Proposal // accepted, and not applied yet: the next entry does
}

// NewState is the state before the first entry.
func NewState() *State { return &State{Members: map[string]*governance.Member{}} }

// clone is a state of its own. What is decided does not change any more, and is shared.
func (st *State) clone() *State {
	c := *st
	c.Rules, c.Members, c.Proposals = slices.Clone(st.Rules), maps.Clone(st.Members), slices.Clone(st.Proposals)
	for i, p := range c.Proposals {
		if p.Result == nil {
			own := *p
			own.Proposal, own.Comments = p.Proposal.Clone(), slices.Clone(p.Comments)
			c.Proposals[i] = &own
		}
	}
	c.Consultations = slices.Clone(st.Consultations)
	for i, q := range c.Consultations {
		if q.Outcome == nil {
			c.Consultations[i] = q.clone()
		}
	}
	return &c
}

// Breach is an entry of the log that the rules do not allow.
type Breach struct {
	N   int64
	Err error
}

func (b *Breach) Error() string { return fmt.Sprintf("entry %d of the public log: %v", b.N, b.Err) }

func (b *Breach) Unwrap() error { return b.Err }

// Message says it to people.
func (b *Breach) Message() (key string, args []any) {
	return "commons.breach", []any{strconv.FormatInt(b.N, 10), b.Err}
}

// errOrder is what is wrong with an entry that does not follow from those before it.
func errOrder() error { return &Error{Code: "order"} }

// MemberList lists the members in the order of their ids.
func (st *State) MemberList() []governance.Member {
	list := []governance.Member{}
	for _, id := range slices.Sorted(maps.Keys(st.Members)) {
		list = append(list, *st.Members[id])
	}
	return list
}

// Add takes the next entry. Where the rules do not allow it, the error is a [*Breach].
func (st *State) Add(e publiclog.Entry) error {
	st.At = e.At
	if err := st.add(e); err != nil {
		return &Breach{e.N, err}
	}
	st.Head = publiclog.Head{N: e.N, Hash: e.Hash}
	return nil
}

func (st *State) add(e publiclog.Entry) error {
	var p *Proposal
	if n, about := strings.CutPrefix(e.About, "consultation/"); about && strings.HasPrefix(e.Type, "consultation.") {
		number, err := strconv.ParseInt(n, 10, 64)
		if err == nil {
			err = st.inTurnToAsk(e.Type, number, e.At)
		}
		if err != nil {
			return err
		}
		return st.consult(e, number)
	}
	if n, about := strings.CutPrefix(e.About, "proposal/"); about {
		number, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return err
		}
		if e.Type == "proposal.submitted" {
			if number != int64(len(st.Proposals))+1 {
				return errOrder()
			}
		} else if p, err = st.Proposal(number); err != nil {
			return err
		}
	}
	if err := st.inTurn(e.Type, p, e.At); err != nil {
		return err
	}
	switch e.Type {
	case "commons.founded":
		return take(e, st.found)
	case "member.admitted":
		return take(e, func(b memberAdmitted) error { return st.admit(b, p) })
	case "member.removed", "member.left":
		return take(e, func(b memberGone) error { return st.leave(b.Organisation, e.Type == "member.removed", p) })
	case "rules.changed":
		return take(e, func(b rulesChanged) error { return st.change(b.Rules, p, p) })
	case "proposal.submitted":
		return take(e, func(b submitted) error { return st.submit(b, e.At) })
	}
	if p == nil {
		if strings.HasPrefix(e.Type, "proposal.") || strings.HasPrefix(e.Type, "vote.") {
			return errOrder()
		}
		return nil
	}
	switch e.Type {
	case "proposal.text":
		if e.Body.Text == nil {
			return nil
		}
		return take(e, func(b text) error {
			p.Title, p.About = b.Title, b.Text
			return nil
		})
	case "proposal.commented":
		if e.Body.Text == nil {
			p.Comments = append(p.Comments, Comment{Entry: e.N, At: e.At, Erased: true})
			return nil
		}
		return take(e, func(b text) error {
			if p.Result != nil || !e.At.Before(p.Closes) && p.Voting() {
				return &governance.Refusal{Code: "closed", Name: b.Organisation}
			}
			p.Comments = append(p.Comments, Comment{e.N, e.At, b.By, b.Organisation, b.Text, false})
			return nil
		})
	case "proposal.conflict":
		return take(e, func(b memberGone) error {
			if st.Members[b.Organisation] == nil {
				return &Error{"no-member", b.Organisation}
			}
			return p.Declare(b.Organisation, e.At)
		})
	case "vote.opened":
		return take(e, func(b voteOpened) error { return st.open(p, b, e.At) })
	case "vote.cast":
		return take(e, func(b voteCast) error { return p.Vote(b.Organisation, b.Choice, e.At) })
	case "vote.closed":
		return take(e, func(b voteClosed) error { return st.closed(p, b, e.At) })
	case "proposal.void":
		return take(e, func(b void) error {
			member := st.Members[p.Target] != nil
			if !p.passed(governance.Admission) && !p.passed(governance.Removal) || member != (p.Kind == governance.Admission) {
				return errOrder()
			}
			p.Void = b.Why
			return nil
		})
	}
	return nil
}

// inTurn holds an entry against the clock: what was accepted is applied at once, and what is due is done before anything else.
func (st *State) inTurn(kind string, p *Proposal, at time.Time) error {
	name, _, _ := strings.Cut(kind, ".")
	if kind == "proposal.text" && p != nil && p.Number == int64(len(st.Proposals)) && p.Title == "" {
		return nil // a part of its submission, even where the vote opens at once
	}
	if !slices.Contains([]string{"commons", "member", "rules", "proposal", "vote"}, name) {
		return nil // of something else
	}
	if pending := st.pending; pending != nil {
		st.pending = nil
		if p != pending || !slices.Contains([]string{"member.admitted", "member.removed", "rules.changed", "proposal.void"}, kind) {
			return errOrder()
		}
		return nil
	}
	due, question := st.due(at)
	clock := kind == "vote.opened" || kind == "vote.closed"
	if question != nil || clock && (p == nil || p != due || p.Voting() != (kind == "vote.closed")) || !clock && due != nil {
		return errOrder()
	}
	return nil
}

// inTurnToAsk is [State.inTurn] for the entries of consultations.
func (st *State) inTurnToAsk(kind string, number int64, at time.Time) error {
	due, question := st.due(at)
	if st.pending != nil || due != nil || (question != nil) != (kind == "consultation.closed") || question != nil && question.Number != number {
		return errOrder()
	}
	return nil
}

// take reads the body of an entry.
func take[T any](e publiclog.Entry, do func(T) error) error {
	var body T
	if err := json.Unmarshal(e.Body.Text, &body); err != nil {
		return fmt.Errorf("read its text: %w", err)
	}
	return do(body)
}
