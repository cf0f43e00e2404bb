// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"communs/registry"
	"communs/registry/publiclog"
)

// A consultation is a question to people, not to organisations, and it binds nobody: anybody with an account gives one answer, or, where
// the rules say so, anybody with a seat in a member. The log does not name them. Whoever answers first gets place 1, the next one place 2; a later answer from
// the same place takes the former's. Whose place it is stands in the entry's personal part alone, which is not handed out.

// Consultation is a question with what was answered.
type Consultation struct {
	Number   int64
	By       registry.Signed
	Asked    time.Time
	Closes   time.Time
	Members  bool // only people with a seat in a member answer
	Choices  int
	Title    string   // empty once erased
	About    string   // empty once erased
	Answers  []string // to choose from; empty once erased
	Outcome  *Outcome // once it is closed
	answers  map[int]int
	accounts map[string]int // place of each account
}

// Outcome is what a consultation came to.
type Outcome struct {
	Answered int   `json:"answered"`
	Counts   []int `json:"counts"` // of each answer, in their order
}

// Answered tells how many have answered.
func (q *Consultation) Answered() int { return len(q.answers) }

// AnswerOf is what an account has answered, from 1; 0 is nothing.
func (q *Consultation) AnswerOf(account string) int { return q.answers[q.accounts[account]] }

// count is the outcome as it stands.
func (q *Consultation) count() *Outcome {
	o := &Outcome{Answered: len(q.answers), Counts: make([]int, q.Choices)}
	for _, answer := range q.answers {
		o.Counts[answer-1]++
	}
	return o
}

func (q *Consultation) clone() *Consultation {
	own := *q
	own.answers, own.accounts = maps.Clone(q.answers), maps.Clone(q.accounts)
	return &own
}

// Question is what is asked.
type Question struct {
	Title, Text string
	Answers     []string
}

// The most that a question may hold.
const (
	maxAnswers = 10
	maxAnswer  = 200 // characters
)

// Ask asks the users, for as long as the rules say. The consultation is the last of the state's.
func (c *Commons) Ask(ctx context.Context, by registry.Actor, q Question) (*State, error) {
	if err := must(by, registry.RoleSpeaker, registry.RoleModerator, registry.RoleAdministrator); err != nil {
		return nil, err
	}
	told := questionText{Signed: by.Sign()}
	var err error
	if told.Title, err = written(q.Title, maxTitle); err != nil {
		return nil, err
	}
	if told.Text, err = written(q.Text, maxText); err != nil {
		return nil, err
	}
	for _, answer := range q.Answers {
		if answer, err = written(answer, maxAnswer); err != nil {
			return nil, err
		}
		if slices.Contains(told.Answers, answer) {
			return nil, &Error{"same-answer", answer}
		}
		told.Answers = append(told.Answers, answer)
	}
	return c.act(ctx, by, func(a *acting) error {
		if len(a.Rules) == 0 {
			return &Error{Code: "not-founded"}
		}
		n, terms := int64(len(a.Consultations))+1, a.Rules[len(a.Rules)-1].Rules.Consultation
		if err := a.tell("consultation.asked", n, asked{told.Signed, a.now.Add(terms.Length), len(told.Answers), terms.Members}); err != nil {
			return err
		}
		return a.tell("consultation.text", n, told)
	})
}

// Answer gives, or changes, the answer of the actor's account: a number from 1.
func (c *Commons) Answer(ctx context.Context, by registry.Actor, consultation int64, answer int) (*State, error) {
	if by.Account == "" {
		return nil, &Error{Code: "no-account"}
	}
	return c.act(ctx, by, func(a *acting) error {
		q, err := a.Consultation(consultation)
		if err != nil {
			return err
		}
		if q.Members && a.Members[by.Organisation] == nil {
			return &Error{"members-only", by.Organisation}
		}
		place, again := q.accounts[by.Account]
		if !again {
			place = len(q.answers) + 1
		} else if q.answers[place] == answer {
			return nil // said already
		}
		return a.tell("consultation.answered", consultation, answered{place, answer})
	})
}

// Consultation finds a consultation by its number.
func (st *State) Consultation(n int64) (*Consultation, error) {
	if n < 1 || n > int64(len(st.Consultations)) {
		return nil, &Error{"unknown-question", strconv.FormatInt(n, 10)}
	}
	return st.Consultations[n-1], nil
}

// consult takes an entry of a consultation.
func (st *State) consult(e publiclog.Entry, number int64) error {
	if e.Type == "consultation.asked" {
		return take(e, func(b asked) error { return st.ask(b, number, e.At) })
	}
	q, err := st.Consultation(number)
	if err != nil {
		return err
	}
	switch e.Type {
	case "consultation.text":
		if e.Body.Text == nil {
			return nil
		}
		return take(e, func(b questionText) error {
			if len(b.Answers) != q.Choices || q.Title != "" {
				return errOrder()
			}
			q.Title, q.About, q.Answers = b.Title, b.Text, b.Answers
			return nil
		})
	case "consultation.answered":
		return take(e, func(b answered) error { return q.answer(b, e) })
	case "consultation.closed":
		return take(e, func(b consultationClosed) error {
			now := q.count()
			if !b.Due.Equal(q.Closes) || b.Outcome == nil || b.Outcome.Answered != now.Answered || !slices.Equal(b.Outcome.Counts, now.Counts) {
				return errOrder()
			}
			q.Outcome = b.Outcome
			return nil
		})
	}
	return nil
}

func (st *State) ask(b asked, number int64, at time.Time) error {
	if len(st.Rules) == 0 {
		return &Error{Code: "not-founded"}
	}
	terms := st.Rules[len(st.Rules)-1].Rules.Consultation
	switch {
	case number != int64(len(st.Consultations))+1 || !b.Closes.Equal(at.Add(terms.Length)) || b.Members != terms.Members:
		return errOrder()
	case b.Choices < 2 || b.Choices > maxAnswers:
		return &Error{"answers", strconv.Itoa(maxAnswers)}
	case b.Organisation != "" && st.Members[b.Organisation] == nil:
		return &Error{"no-member", b.Organisation}
	}
	st.Consultations = append(st.Consultations, &Consultation{Number: number, By: b.Signed, Asked: at, Closes: b.Closes, Members: b.Members, Choices: b.Choices,
		answers: map[int]int{}, accounts: map[string]int{}})
	return nil
}

// answer takes one answer. Where the log still says whose it is, nobody has two places.
func (q *Consultation) answer(b answered, e publiclog.Entry) error {
	switch {
	case q.Outcome != nil || !e.At.Before(q.Closes):
		return &Error{"consultation-closed", strconv.FormatInt(q.Number, 10)}
	case b.Answer < 1 || b.Answer > q.Choices:
		return &Error{"answer", strconv.Itoa(b.Answer)}
	case b.Place < 1 || b.Place > len(q.answers)+1:
		return errOrder()
	}
	if e.Personal.Text != nil {
		var who struct {
			Account string `json:"account"`
		}
		if err := json.Unmarshal(e.Personal.Text, &who); err != nil {
			return err
		}
		if place, known := q.accounts[who.Account]; known && place != b.Place {
			return errOrder()
		}
		q.accounts[who.Account] = b.Place
	}
	q.answers[b.Place] = b.Answer
	return nil
}
