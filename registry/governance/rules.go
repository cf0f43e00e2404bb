// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package governance is the rules by which the members of a commons decide, and what follows from them: who has a vote, when a proposal is
// voted on, what its result is and why. It reads governance.toml and keeps nothing: what it answers depends on what it is given alone.
package governance

import (
	_ "embed"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"time"
)

// Kind says what is proposed.
type Kind string

// The kinds of proposals. What is not in the rules is not put to the vote.
const (
	Admission  Kind = "admission"  // an organisation becomes a member
	Removal    Kind = "removal"    // a member is removed
	NewRules   Kind = "rules"      // another governance.toml
	Appeal     Kind = "appeal"     // against a decision of moderators
	Resolution Kind = "resolution" // anything else; the program applies nothing
)

// Kinds lists every kind of proposal.
func Kinds() []Kind { return []Kind{Admission, Removal, NewRules, Appeal, Resolution} }

// Rules are what a governance.toml says.
type Rules struct {
	Colleges     []College // none: one organisation, one vote
	Change       bool      // a vote may be changed until the closing
	Conflict     Conflict
	Decisions    map[Kind]Terms
	Moderation   Moderation
	Consultation Consultation
}

// College is a group of members whose votes weigh together, however many they are.
type College struct {
	ID     string
	FR, EN string // its name
	Weight Fraction
	Types  []string // of the organisations that are in it unless they were admitted to another
}

// Conflict says who has no vote because the matter is their own.
type Conflict struct {
	Concerned bool // the organisations that the proposal is about
	Declared  bool // those that say so themselves
}

// Terms are the conditions of one kind of decision.
type Terms struct {
	Discussion time.Duration // between the proposal and the opening of its vote
	Vote       time.Duration // between the opening and the closing
	Quorum     Fraction      // of those who have a vote, how many must take part; abstaining is taking part
	Majority   Majority      // of the votes cast, yes and no
}

// Majority is the share of yes that a proposal needs.
type Majority struct {
	More  bool // more than the share; else at least
	Share Fraction
}

// Moderation says how moderators decide.
type Moderation struct {
	Moderators int           // how many must decide alike
	Appeal     time.Duration // until when one may appeal
}

// Consultation says how users are asked.
type Consultation struct {
	Length  time.Duration
	Members bool // only accounts of members may answer; else anybody who has one
}

// Fraction is an exact number, 2/3. The zero Fraction is 0.
type Fraction struct{ Num, Den int64 }

var fractionForm = regexp.MustCompile(`^([0-9]{1,6})(?:/([1-9][0-9]{0,5}))?$`)

// ParseFraction reads 2/3, 0 or 1.
func ParseFraction(s string) (Fraction, error) {
	if !fractionForm.MatchString(s) {
		return Fraction{}, fmt.Errorf("%q is not a fraction", s)
	}
	r, _ := new(big.Rat).SetString(s)
	return Fraction{r.Num().Int64(), r.Denom().Int64()}, nil
}

// Rat is the fraction as a number to count with.
func (f Fraction) Rat() *big.Rat { return big.NewRat(f.Num, max(f.Den, 1)) }

// String is the fraction as it is written: 2/3.
func (f Fraction) String() string { return f.Rat().RatString() }

// MarshalText writes the fraction as it is written.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// String is the majority as it is written: "> 1/2".
func (m Majority) String() string {
	if m.More {
		return "> " + m.Share.String()
	}
	return ">= " + m.Share.String()
}

// reached reports whether a share is enough.
func (m Majority) reached(share *big.Rat) bool {
	c := share.Cmp(m.Share.Rat())
	return c > 0 || c == 0 && !m.More
}

// Default is the governance.toml that comes with the program.
func Default() []byte { return slices.Clone(defaultRules) }

//go:embed governance.toml
var defaultRules []byte

// Member is an organisation that belongs to the commons.
type Member struct {
	Organisation string `json:"organisation"`
	Type         string `json:"type"`              // company, association, public…
	College      string `json:"college,omitempty"` // that it was admitted to; empty: the one of its type
}

// Voter is a member that has a vote, frozen when the vote opens.
type Voter struct {
	Organisation string `json:"organisation"`
	College      string `json:"college,omitempty"`
}

// Electorate lists who has a vote among the members: all of them, or, where the rules have colleges, all that one has a place for. They are in the order of
// their ids.
func (r *Rules) Electorate(members []Member) []Voter {
	list := []Voter{}
	for _, m := range members {
		v := Voter{Organisation: m.Organisation}
		if len(r.Colleges) > 0 {
			i := slices.IndexFunc(r.Colleges, func(c College) bool { return c.ID == m.College })
			if i < 0 {
				i = slices.IndexFunc(r.Colleges, func(c College) bool { return slices.Contains(c.Types, m.Type) })
			}
			if i < 0 {
				continue
			}
			v.College = r.Colleges[i].ID
		}
		list = append(list, v)
	}
	sortVoters(list)
	return slices.CompactFunc(list, func(a, b Voter) bool { return a.Organisation == b.Organisation })
}
