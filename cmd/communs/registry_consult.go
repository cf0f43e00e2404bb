// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/people"
)

func (p *program) registryConsultCommand() *cli.Command {
	return &cli.Command{
		Name: "consult", Aliases: []string{"consulter"},
		Flags: []cli.Flag{p.commonsFlag("title"), p.commonsFlag("text"), p.commonsFlag("organisation"),
			&cli.StringSliceFlag{Name: "answer", Usage: p.say.T("cmd.registry.consult.answer")}, &cli.StringFlag{Name: "account", Usage: p.say.T("cmd.registry.consult.account")}},
		Action: p.action(shape{most: 3, formats: []string{formatJSON}}, p.registryConsult),
	}
}

// shownConsultation is a question as it stands.
type shownConsultation struct {
	Number   int64            `json:"number"`
	Title    string           `json:"title"` // empty: erased
	Text     string           `json:"text"`
	Answers  []string         `json:"answers"`
	Signed   registry.Signed  `json:"asked_by"`
	Asked    time.Time        `json:"asked"`
	Closes   time.Time        `json:"closes"`
	Members  bool             `json:"members"` // only people with a seat in a member answer
	Answered int              `json:"answered"`
	Outcome  *commons.Outcome `json:"outcome"` // null until it is closed
}

func shownQuestion(q *commons.Consultation) shownConsultation {
	return shownConsultation{q.Number, q.Title, q.About, append([]string{}, q.Answers...), q.By, q.Asked, q.Closes, q.Members, q.Answered(), q.Outcome}
}

// registryConsult asks a question, answers one, or shows what was asked and answered.
func (p *program) registryConsult(ctx context.Context, c *cli.Context) error {
	verb, rest := c.Args().First(), c.Args().Tail()
	switch {
	case (verb == "ask" || verb == "demander") && len(rest) == 0:
		q := commons.Question{Title: c.String("title"), Text: c.String("text"), Answers: c.StringSlice("answer")}
		return p.commonsAct(ctx, func(cs *commons.Commons, _ registry.Store) (*commons.State, error) {
			return cs.Ask(ctx, operatorFor(c.String("organisation")), q)
		}, func(st *commons.State) error { return p.showConsultation(st.Consultations[len(st.Consultations)-1]) })
	case (verb == "answer" || verb == "répondre" || verb == "repondre") && len(rest) == 2:
		return p.answerConsultation(ctx, c, rest[0], rest[1])
	case (verb == "results" || verb == "résultats" || verb == "resultats") && len(rest) == 1:
		return p.showConsultations(ctx, rest[0])
	case verb == "":
		return p.showConsultations(ctx, "")
	}
	return fault("cmd.registry.consult.verb")
}

// answerConsultation answers for an account, with the right of who runs the instance.
func (p *program) answerConsultation(ctx context.Context, c *cli.Context, number, choice string) error {
	n, err := proposalNumber(number)
	if err != nil {
		return err
	}
	answer, err := strconv.Atoi(choice)
	if err != nil {
		return fault("cmd.registry.decisions.number", quote(choice))
	}
	by := registry.Actor{Organisation: c.String("organisation"), Roles: []registry.Role{registry.RoleMember}}
	if name := c.String("account"); name != "" {
		err := p.withAccounts(ctx, func(s *people.Store) error {
			a, err := s.Account(ctx, name)
			if err == nil {
				by.Account = a.ID
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return p.commonsAct(ctx, func(cs *commons.Commons, _ registry.Store) (*commons.State, error) {
		return cs.Answer(ctx, by, n, answer)
	}, func(st *commons.State) error {
		return p.showConsultation(st.Consultations[n-1])
	})
}

func (p *program) showConsultations(ctx context.Context, number string) error {
	st, err := p.commonsState(ctx)
	if err != nil {
		return err
	}
	if number != "" {
		n, err := proposalNumber(number)
		if err != nil {
			return err
		}
		q, err := st.Consultation(n)
		if err != nil {
			return notAllowed(err)
		}
		return p.showConsultation(q)
	}
	if p.settings.format == formatJSON {
		list := []shownConsultation{}
		for _, q := range st.Consultations {
			list = append(list, shownQuestion(q))
		}
		return p.result(map[string]any{"total": len(list), "consultations": list, "head": st.Head})
	}
	for _, q := range st.Consultations {
		p.consultationLine(q)
	}
	p.note("cmd.registry.consult.count", len(st.Consultations))
	return nil
}

// consultationLine is a consultation in one line.
func (p *program) consultationLine(q *commons.Consultation) {
	status, title := "open", q.Title
	if q.Outcome != nil {
		status = "closed"
	} else if !q.Closes.After(time.Now()) {
		status = "due"
	}
	if title == "" {
		title = p.say.T("cmd.registry.log.erased")
	}
	p.line("%d  %s  %s", q.Number, p.paint(styleBold, p.say.T("cmd.registry.consult.status."+status, q.Closes.Format("2006-01-02 15:04 MST"))), visible(oneLine(title)))
}

// showConsultation writes one consultation: its answers, and how many chose each once it is closed.
func (p *program) showConsultation(q *commons.Consultation) error {
	if p.settings.format == formatJSON {
		return p.result(shownQuestion(q))
	}
	p.consultationLine(q)
	for i := range q.Choices {
		text := p.say.T("cmd.registry.log.erased")
		if i < len(q.Answers) {
			text = visible(oneLine(q.Answers[i]))
		}
		if q.Outcome == nil {
			p.line("  %d. %s", i+1, text)
		} else {
			p.line("  %d. %s: %d", i+1, text, q.Outcome.Counts[i])
		}
	}
	p.note("cmd.registry.consult.answered", q.Answered())
	return nil
}
