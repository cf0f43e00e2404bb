// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package governance

import (
	"math/big"
	"slices"
	"strings"
)

// How votes are counted. All of it is exact: fractions, never floating point.
//
//   - Who has a vote: the electorate of the opening, without those that have left since and those in conflict.
//   - Quorum: the share of them that took part (yes, no, abstain) is at least the quorum.
//   - Majority, without colleges: yes / (yes + no). Abstentions do not count.
//   - Majority, with colleges: each college in which anybody said yes or no gives its weight × yes / (yes + no); the sum is divided by the weights of
//     those colleges. One that said nothing does not weigh.
//   - With "> 1/2" a tie is refused. Where nobody said yes or no, or only in colleges that weigh nothing, it is refused too.

// Result is the outcome of a vote, with everything that it follows from.
type Result struct {
	Accepted   bool       `json:"accepted"`
	Why        string     `json:"why"` // majority; quorum, minority, tie, nobody
	Electorate int        `json:"electorate"`
	Yes        int        `json:"yes"`
	No         int        `json:"no"`
	Abstain    int        `json:"abstain"`
	Quorum     Measure    `json:"quorum"`   // took part / had a vote
	Majority   Measure    `json:"majority"` // for it / those who said yes or no
	Colleges   []Tally    `json:"colleges,omitempty"`
	Ballots    []Ballot   `json:"ballots"`  // of those that count
	Silent     []string   `json:"silent"`   // had a vote and did not use it
	Excluded   []Excluded `json:"excluded"` // had a vote at the opening and lost it
}

// Measure is what was needed and what was reached, exactly: "> 1/2", "7/12".
type Measure struct {
	Needed  string `json:"needed"`
	Reached string `json:"reached"`
	Met     bool   `json:"met"`
}

// Tally is the count of one college.
type Tally struct {
	College    string   `json:"college"`
	Weight     Fraction `json:"weight"`
	Electorate int      `json:"electorate"`
	Yes        int      `json:"yes"`
	No         int      `json:"no"`
	Abstain    int      `json:"abstain"`
	For        string   `json:"for"` // of its weight; "0" too where nobody said yes or no
}

// Ballot is one vote that counts.
type Ballot struct {
	Voter
	Choice Choice `json:"choice"`
}

// Excluded is one whose vote does not count, and why: left, conflict.
type Excluded struct {
	Organisation string `json:"organisation"`
	Why          string `json:"why"`
}

func sortVoters(list []Voter) []Voter {
	slices.SortFunc(list, func(a, b Voter) int { return strings.Compare(a.Organisation, b.Organisation) })
	return list
}

// count works out the result.
func (p *Proposal) count() *Result {
	r := &Result{Ballots: []Ballot{}, Silent: []string{}, Excluded: []Excluded{}}
	for _, c := range p.rules.Colleges {
		r.Colleges = append(r.Colleges, Tally{College: c.ID, Weight: c.Weight})
	}
	for _, v := range p.Electorate() {
		if why := p.excluded(v.Organisation); why != "" {
			r.Excluded = append(r.Excluded, Excluded{v.Organisation, why})
			continue
		}
		choice := p.ballots[v.Organisation]
		if choice == "" {
			r.Silent = append(r.Silent, v.Organisation)
		} else {
			r.Ballots = append(r.Ballots, Ballot{v, choice})
		}
		add(choice, &r.Electorate, &r.Yes, &r.No, &r.Abstain)
		if i := slices.IndexFunc(r.Colleges, func(t Tally) bool { return t.College == v.College }); i >= 0 {
			t := &r.Colleges[i]
			add(choice, &t.Electorate, &t.Yes, &t.No, &t.Abstain)
		}
	}
	terms, put := p.rules.Decisions[p.Kind]
	took := share(len(r.Ballots), r.Electorate)
	r.Quorum = Measure{">= " + terms.Quorum.String(), took.RatString(), took.Cmp(terms.Quorum.Rat()) >= 0}
	reached, said := r.inFavour()
	r.Majority = Measure{terms.Majority.String(), reached.RatString(), put && said && terms.Majority.reached(reached)}
	switch {
	case !said || !put:
		r.Why = "nobody"
	case !r.Quorum.Met:
		r.Why = "quorum"
	case r.Majority.Met:
		r.Accepted, r.Why = true, "majority"
	case reached.Cmp(big.NewRat(1, 2)) == 0:
		r.Why = "tie"
	default:
		r.Why = "minority"
	}
	return r
}

func add(choice Choice, electorate, yes, no, abstain *int) {
	*electorate++
	switch choice {
	case Yes:
		*yes++
	case No:
		*no++
	case Abstain:
		*abstain++
	}
}

// share is a part of a whole; 0 of nothing.
func share(part, whole int) *big.Rat {
	if whole == 0 {
		return new(big.Rat)
	}
	return big.NewRat(int64(part), int64(whole))
}

// inFavour is the share of yes, and whether anybody said anything that weighs. It notes what each college gives.
func (r *Result) inFavour() (reached *big.Rat, said bool) {
	if len(r.Colleges) == 0 {
		return share(r.Yes, r.Yes+r.No), r.Yes+r.No > 0
	}
	yes, all := new(big.Rat), new(big.Rat)
	for i := range r.Colleges {
		t := &r.Colleges[i]
		gives := new(big.Rat).Mul(t.Weight.Rat(), share(t.Yes, t.Yes+t.No))
		t.For = gives.RatString()
		if t.Yes+t.No > 0 {
			yes.Add(yes, gives)
			all.Add(all, t.Weight.Rat())
		}
	}
	if all.Sign() == 0 {
		return yes, false
	}
	return yes.Quo(yes, all), true
}
