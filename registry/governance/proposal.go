// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package governance

import (
	"maps"
	"slices"
	"time"
)

// The life of a proposal. It is submitted and discussed; its vote opens and closes by the clock; the result follows from the votes.
//
//   - The length of the discussion is that of the rules in force at the submission, so that the day which was told stays. Everything else, the length of the
//     vote, quorum, majority, colleges, conflicts, follows the rules in force when the vote opens: a change of the rules holds for votes opened after it.
//   - Who has a vote is frozen at the opening: those who are members then. Who is admitted later does not vote on what is open already, so that nobody
//     can bring voters in. Who leaves or is removed before the closing no longer counts, not even with a vote that they have cast.
//   - A vote cast is not changed, unless the rules allow it: then the last one counts.
//   - The organisations that the matter concerns, and those that declare a conflict of interest, have no vote where the rules say so. They do not count
//     for the quorum either, and a vote that they have cast before they declared it does not count.

// Status says how far a proposal has come.
type Status string

// The statuses.
const (
	Discussion Status = "discussion"
	Open       Status = "open"
	Accepted   Status = "accepted"
	Refused    Status = "refused"
	Due        Status = "due" // its time to open or to close has come, and it was not done yet
)

// Choice is what a vote says.
type Choice string

// The choices.
const (
	Yes     Choice = "yes"
	No      Choice = "no"
	Abstain Choice = "abstain"
)

// Choices lists every choice.
func Choices() []Choice { return []Choice{Yes, No, Abstain} }

// Proposal is one proposal with what has happened to it. It is changed by its methods alone, each of which either does what it says or changes nothing
// and gives a [*Refusal].
type Proposal struct {
	Kind      Kind      `json:"kind"`
	By        string    `json:"by"`        // the organisation that proposes; empty: an administrator or moderator
	Concerned []string  `json:"concerned"` // organisations
	Submitted time.Time `json:"submitted"`
	Opens     time.Time `json:"opens"`            // when the vote opens, or has opened
	Closes    time.Time `json:"closes"`           // when it closes; until it is open, by the rules in force at the submission
	Rules     int       `json:"rules"`            // version of the rules under which it is voted on
	Result    *Result   `json:"result,omitempty"` // once it is closed

	rules    *Rules // nil until the vote opens
	voters   map[string]Voter
	ballots  map[string]Choice
	conflict map[string]bool // who declared one
	left     map[string]bool
}

// Refusal says why something cannot be done with a proposal.
type Refusal struct {
	Code string // no-vote, not-open, closed, not-yet, voted, conflict, left, not-member, choice, no-conflicts
	Name string // of the organisation, or the choice
}

func (r *Refusal) Error() string { return "refused: " + r.Code + " " + r.Name }

// Message says it to people.
func (r *Refusal) Message() (key string, args []any) {
	return "governance.refusal." + r.Code, []any{r.Name}
}

// Submit begins the life of a proposal under the rules in force.
func Submit(kind Kind, by string, concerned []string, rules *Rules, at time.Time) (*Proposal, error) {
	terms, ok := rules.Decisions[kind]
	if !ok {
		return nil, &Refusal{"no-vote", string(kind)}
	}
	return &Proposal{
		Kind: kind, By: by, Concerned: concerned, Submitted: at, Opens: at.Add(terms.Discussion), Closes: at.Add(terms.Discussion + terms.Vote),
		voters: map[string]Voter{}, ballots: map[string]Choice{}, conflict: map[string]bool{}, left: map[string]bool{},
	}, nil
}

// Clone is a proposal of its own in the same state.
func (p *Proposal) Clone() *Proposal {
	c := *p
	c.voters, c.ballots, c.conflict, c.left = maps.Clone(p.voters), maps.Clone(p.ballots), maps.Clone(p.conflict), maps.Clone(p.left)
	return &c
}

// Status is how far it has come at a time.
func (p *Proposal) Status(now time.Time) Status {
	switch {
	case p.Result != nil && p.Result.Accepted:
		return Accepted
	case p.Result != nil:
		return Refused
	case !p.Next().After(now):
		return Due
	case p.rules != nil:
		return Open
	}
	return Discussion
}

// Next is when its vote opens, or closes when it is open. It is not asked of one that is closed.
func (p *Proposal) Next() time.Time {
	if p.rules == nil {
		return p.Opens
	}
	return p.Closes
}

// Voting reports whether its vote has opened and not closed.
func (p *Proposal) Voting() bool { return p.rules != nil && p.Result == nil }

// Open opens the vote under the rules in force, for the members there are. The time is that at which it was to open. A kind of decision
// that the rules no longer put to the vote keeps no terms: nobody votes, and it is refused at once.
func (p *Proposal) Open(rules *Rules, version int, members []Member) error {
	if p.rules != nil {
		return &Refusal{Code: "not-open"}
	}
	p.rules, p.Rules = rules, version
	p.Closes = p.Opens.Add(rules.Decisions[p.Kind].Vote)
	for _, v := range rules.Electorate(members) {
		p.voters[v.Organisation] = v
	}
	return nil
}

// Electorate lists who got a vote at the opening.
func (p *Proposal) Electorate() []Voter {
	list := []Voter{}
	for _, v := range p.voters {
		list = append(list, v)
	}
	return sortVoters(list)
}

// Vote casts the vote of an organisation.
func (p *Proposal) Vote(organisation string, choice Choice, at time.Time) error {
	_, has := p.voters[organisation]
	why := p.excluded(organisation)
	switch {
	case p.rules == nil || at.Before(p.Opens):
		return &Refusal{"not-open", organisation}
	case p.Result != nil || !at.Before(p.Closes):
		return &Refusal{"closed", organisation}
	case !has:
		return &Refusal{"not-member", organisation}
	case why != "":
		return &Refusal{why, organisation}
	case !slices.Contains(Choices(), choice):
		return &Refusal{"choice", string(choice)}
	case p.ballots[organisation] != "" && !p.rules.Change:
		return &Refusal{"voted", organisation}
	}
	p.ballots[organisation] = choice
	return nil
}

// Declare notes that an organisation declares a conflict of interest, before the vote or during it.
func (p *Proposal) Declare(organisation string, at time.Time) error {
	switch {
	case p.Result != nil || p.rules != nil && !at.Before(p.Closes):
		return &Refusal{"closed", organisation}
	case p.rules != nil && !p.rules.Conflict.Declared:
		return &Refusal{"no-conflicts", organisation}
	case p.conflict[organisation]:
		return &Refusal{"conflict", organisation}
	}
	p.conflict[organisation] = true
	return nil
}

// Leave notes that an organisation is no longer a member.
func (p *Proposal) Leave(organisation string) {
	if p.Voting() {
		p.left[organisation] = true
	}
}

// Tally is the result that the votes cast so far would give, of a vote that has opened; nil of one that has not.
func (p *Proposal) Tally() *Result {
	if p.rules == nil {
		return nil
	}
	return p.count()
}

// Conflicts lists the organisations that have declared a conflict of interest.
func (p *Proposal) Conflicts() []string { return slices.Sorted(maps.Keys(p.conflict)) }

// Close closes the vote and works out its result. Not before its time.
func (p *Proposal) Close(at time.Time) error {
	switch {
	case p.rules == nil || at.Before(p.Closes):
		return &Refusal{Code: "not-yet"}
	case p.Result != nil:
		return &Refusal{Code: "closed"}
	}
	p.Result = p.count()
	return nil
}

// excluded says why one who had a vote at the opening has none; empty when they have.
func (p *Proposal) excluded(organisation string) string {
	switch {
	case p.rules == nil:
		return ""
	case p.left[organisation]:
		return "left"
	case p.rules.Conflict.Concerned && slices.Contains(p.Concerned, organisation),
		p.rules.Conflict.Declared && p.conflict[organisation]:
		return "conflict"
	}
	return ""
}
