// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"communs/registry"
	"communs/registry/governance"
	"communs/registry/publiclog"
)

// The bodies of the entries. What decisions rest on and what people write freely are entries of their own (proposal.text, proposal.commented), since
// only the latter can be erased.

type founded struct {
	registry.Signed
	Rules   string              `json:"rules"` // governance.toml
	Members []governance.Member `json:"members"`
}

type memberAdmitted struct {
	Signed *registry.Signed `json:"signed,omitempty"` // nil: by vote
	governance.Member
}

type memberGone struct {
	Organisation string `json:"organisation"`
}

type rulesChanged struct {
	Rules string `json:"rules"`
}

type submitted struct {
	registry.Signed
	Kind   governance.Kind    `json:"kind"`
	Target string             `json:"target,omitempty"` // organisation that it is about; of an appeal the one that appeals
	Member *governance.Member `json:"member,omitempty"` // of an admission
	Rules  string             `json:"rules,omitempty"`  // governance.toml that is proposed
}

type text struct {
	registry.Signed
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
}

type voteOpened struct {
	Due    time.Time          `json:"due"`
	Closes time.Time          `json:"closes"`
	Rules  int                `json:"rules"`
	Voters []governance.Voter `json:"voters"`
}

type voteCast struct {
	Organisation string            `json:"organisation"`
	Choice       governance.Choice `json:"choice"`
}

type voteClosed struct {
	Due    time.Time          `json:"due"`
	Result *governance.Result `json:"result"`
}

type void struct {
	Why string `json:"why"` // member, no-member
}

// InForce is one version of the rules.
type InForce struct {
	Version  int               `json:"version"`
	From     time.Time         `json:"from"`
	Proposal int64             `json:"proposal,omitempty"` // that brought them; 0: they are those of the founding
	Text     string            `json:"text"`
	Rules    *governance.Rules `json:"-"`
}

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

// State is the commons after an entry of the log.
type State struct {
	Head      publiclog.Head // of the last entry
	At        time.Time
	Rules     []*InForce // every version, the one in force last; empty: the commons is not founded yet
	Members   map[string]*governance.Member
	Proposals []*Proposal // number 1 first

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

// Proposal finds a proposal by its number.
func (st *State) Proposal(n int64) (*Proposal, error) {
	if n < 1 || n > int64(len(st.Proposals)) {
		return nil, &Error{"unknown", strconv.FormatInt(n, 10)}
	}
	return st.Proposals[n-1], nil
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
	due, clock := st.due(at), kind == "vote.opened" || kind == "vote.closed"
	if clock && (p == nil || p != due || p.Voting() != (kind == "vote.closed")) || !clock && due != nil {
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
