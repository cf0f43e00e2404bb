// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package commons is the commons as it is decided in the open: its members, its rules, its proposals and votes.
//
// It keeps nothing of its own. Everything that is done is an entry of the registry's public log, and a [State] is what follows from the entries:
// made anew from the log, it is the same, and an entry that the rules do not allow is a [*Breach]. What the clock does (a vote opens,
// closes, is applied) is written before anything else is, as if it had been done at its time: nothing can have come between.
package commons

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"communs/registry"
	"communs/registry/governance"
	"communs/registry/publiclog"
)

// Commons acts on a store. It is safe for use by several goroutines, and by several processes.
type Commons struct {
	store registry.Store
	now   func() time.Time

	mutex sync.Mutex
	last  *State // as it was when it was last asked for; it does not change
}

// New makes a commons of a store's log, by a clock.
func New(s registry.Store, now func() time.Time) *Commons { return &Commons{store: s, now: now} }

// Error says why something is not done.
type Error struct {
	Code string // founded, not-founded, no-members, unknown, no-organisation, member, no-member, not-yours, empty, long, target, needs-vote, busy, order, unknown-question, answers, answer, same-answer, no-account, members-only, consultation-closed
	Name string
}

func (e *Error) Error() string { return "commons: " + e.Code + " " + e.Name }

// Message says it to people.
func (e *Error) Message() (key string, args []any) { return "commons." + e.Code, []any{e.Name} }

// State is the commons as it is now: what was added to the log since it was last asked for is read. It is to be looked at, not changed.
func (c *Commons) State(ctx context.Context) (*State, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	from := c.last
	if from == nil {
		from = NewState()
	}
	next, err := c.read(ctx, from)
	if errors.Is(err, errErased) { // what was read before holds what was erased since
		next, err = c.read(ctx, NewState())
	}
	if err == nil {
		c.last = next
	}
	return next, err
}

// errErased is that a text was erased from the log after it was read.
var errErased = errors.New("a text was erased")

func (c *Commons) read(ctx context.Context, from *State) (*State, error) {
	st := from
	for e, err := range c.store.Log(ctx, from.Head.N) {
		if err != nil {
			return nil, err
		}
		if e.Type == publiclog.TypeErased && from.Head.N > 0 {
			return nil, errErased
		}
		if st == from {
			st = from.clone()
		}
		if err := st.Add(e); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// Keep writes what the clock has done since it was last asked, and gives the state after it.
func (c *Commons) Keep(ctx context.Context) (*State, error) {
	return c.act(ctx, registry.Actor{}, func(*acting) error { return nil })
}

// acting is one act being prepared: what it tells changes the state at once, so that each part of it is checked against what is before it.
type acting struct {
	*State
	by  registry.Actor
	now time.Time

	drafts []publiclog.Draft
}

// tell adds an entry to the act, about the proposal or the consultation of that number, if any. The rules are checked by the very code that reads the log.
func (a *acting) tell(kind string, number int64, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	d := publiclog.Draft{Type: kind, Body: json.RawMessage(text)}
	if strings.HasPrefix(kind, "consultation.") {
		d.About = fmt.Sprintf("consultation/%d", number)
	} else if number > 0 {
		d.About = fmt.Sprintf("proposal/%d", number)
	}
	e := publiclog.Entry{N: a.Head.N + 1, At: a.now, Type: kind, About: d.About, Body: publiclog.Part{Text: text}}
	if a.by.Account != "" {
		personal, err := json.Marshal(map[string]string{"account": a.by.Account})
		if err != nil {
			return err
		}
		d.Personal, e.Personal.Text = json.RawMessage(personal), personal
	}
	if err := a.Add(e); err != nil {
		var breach *Breach
		if errors.As(err, &breach) {
			return breach.Err
		}
		return err
	}
	a.drafts = append(a.drafts, d)
	return nil
}

// maxTries is how often an act is prepared anew because others act meanwhile.
const maxTries = 200

// act prepares an act on the state as it is, after what the clock has done, and writes all of it or nothing.
func (c *Commons) act(ctx context.Context, by registry.Actor, do func(a *acting) error) (*State, error) {
	for range maxTries {
		st, err := c.State(ctx)
		if err != nil {
			return nil, err
		}
		after := st.Head.N
		a := &acting{State: st.clone(), now: c.now().UTC().Truncate(time.Second)}
		if a.now.Before(st.At) {
			a.now = st.At
		}
		if err := a.keep(); err != nil {
			return nil, err
		}
		kept := len(a.drafts)
		a.by = by
		refused := do(a)
		if refused != nil { // what the clock did holds all the same
			a.drafts = a.drafts[:kept]
		}
		if len(a.drafts) > 0 {
			_, err = c.store.Act(ctx, registry.Act{Tell: a.drafts, After: after, At: a.now})
			if errors.Is(err, registry.ErrMoved) {
				continue
			}
		}
		if err = errors.Join(refused, err); err != nil {
			return nil, err
		}
		return a.State, nil
	}
	return nil, &Error{Code: "busy"}
}

// keep does what the clock asks for, in the order in which it was to be done.
func (a *acting) keep() error {
	if len(a.Rules) == 0 {
		return nil
	}
	for {
		p, q := a.due(a.now)
		var err error
		switch {
		case q != nil:
			err = a.tell("consultation.closed", q.Number, consultationClosed{q.Closes, q.count()})
		case p == nil:
			return nil
		case p.Voting():
			err = a.close(p)
		default:
			in := a.Rules[len(a.Rules)-1]
			err = a.tell("vote.opened", p.Number, voteOpened{p.Opens, p.Opens.Add(in.Rules.Decisions[p.Kind].Vote), in.Version, in.Rules.Electorate(a.MemberList())})
		}
		if err != nil {
			return err
		}
	}
}

// due is the proposal whose time came first; of several at one moment, one that closes before one that opens, so that the latter's vote opens under
// what the former has decided, and a consultation last.
func (st *State) due(now time.Time) (first *Proposal, question *Consultation) {
	for _, p := range st.Proposals {
		if p.Result != nil || p.Next().After(now) {
			continue
		}
		if first == nil || p.Next().Before(first.Next()) || p.Next().Equal(first.Next()) && p.Voting() && !first.Voting() {
			first = p
		}
	}
	for _, q := range st.Consultations {
		if q.Outcome == nil && !q.Closes.After(now) && (first == nil || q.Closes.Before(first.Next())) && (question == nil || q.Closes.Before(question.Closes)) {
			question = q
		}
	}
	if question != nil {
		first = nil
	}
	return first, question
}

// Next is when the clock has something to do next; the zero time when it has nothing.
func (st *State) Next() (next time.Time) {
	for _, p := range st.Proposals {
		if p.Result == nil && (next.IsZero() || p.Next().Before(next)) {
			next = p.Next()
		}
	}
	for _, q := range st.Consultations {
		if q.Outcome == nil && (next.IsZero() || q.Closes.Before(next)) {
			next = q.Closes
		}
	}
	return next
}

// close closes a vote and applies what was accepted.
func (a *acting) close(p *Proposal) error {
	counted := *p.Proposal
	if err := counted.Close(p.Closes); err != nil {
		return err
	}
	if err := a.tell("vote.closed", p.Number, voteClosed{p.Closes, counted.Result}); err != nil || !p.Result.Accepted {
		return err
	}
	switch p.Kind {
	case governance.Admission:
		if a.Members[p.Target] == nil {
			return a.tell("member.admitted", p.Number, memberAdmitted{Member: *p.Member})
		}
		return a.tell("proposal.void", p.Number, void{"member"})
	case governance.Removal:
		if a.Members[p.Target] != nil {
			return a.tell("member.removed", p.Number, memberGone{Organisation: p.Target})
		}
		return a.tell("proposal.void", p.Number, void{"no-member"})
	case governance.NewRules:
		return a.tell("rules.changed", p.Number, rulesChanged{p.Text})
	}
	return nil
}
