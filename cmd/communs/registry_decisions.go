// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
)

func (p *program) registryMotionCommand() *cli.Command {
	return &cli.Command{
		Name:   "motion",
		Flags:  []cli.Flag{p.commonsFlag("title"), p.commonsFlag("text"), p.commonsFlag("organisation"), p.commonsFlag("rules"), p.commonsFlag("college")},
		Action: p.action(shape{least: 1, most: 2, formats: []string{formatJSON}}, p.registryMotion),
	}
}

func (p *program) registryDiscussCommand() *cli.Command {
	return &cli.Command{
		Name: "discuss", Aliases: []string{"discuter"}, Flags: []cli.Flag{p.commonsFlag("text"), p.commonsFlag("organisation")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, func(ctx context.Context, c *cli.Context) error {
			return p.onProposal(ctx, c, func(cs *commons.Commons, n int64) (*commons.State, error) {
				return cs.Comment(ctx, operatorFor(c.String("organisation")), n, c.String("text"))
			})
		}),
	}
}

func (p *program) registryVoteCommand() *cli.Command {
	return &cli.Command{
		Name: "vote", Aliases: []string{"voter"}, Flags: []cli.Flag{p.commonsFlag("organisation")},
		Action: p.action(shape{least: 2, most: 2, formats: []string{formatJSON}}, p.registryVote),
	}
}

func (p *program) registryDecisionsCommand() *cli.Command {
	return &cli.Command{
		Name: "decisions", Aliases: []string{"décisions"},
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "apply", Usage: p.say.T("cmd.registry.decisions.apply")}},
		Action: p.action(shape{most: 1, formats: []string{formatJSON}}, p.registryDecisions),
	}
}

// shownDecision is a proposal as it stands.
type shownDecision struct {
	Number int64             `json:"number"`
	Status governance.Status `json:"status"`
	Title  string            `json:"title"` // empty: erased
	Text   string            `json:"text"`
	Target string            `json:"target,omitempty"`
	Void   string            `json:"void,omitempty"` // why it was accepted and could not be applied
	*governance.Proposal
	Proposed   string             `json:"proposed_rules,omitempty"` // governance.toml
	Electorate []governance.Voter `json:"electorate"`               // of the opening
	Comments   []commons.Comment  `json:"comments"`
}

func shown(pr *commons.Proposal) shownDecision {
	return shownDecision{
		pr.Number, pr.Status(time.Now()), pr.Title, pr.About, pr.Target, pr.Void, pr.Proposal, pr.Text, pr.Electorate(), append([]commons.Comment{}, pr.Comments...),
	}
}

// motionKind reads what is proposed, in English or French.
func motionKind(name string) (governance.Kind, error) {
	french := map[string]governance.Kind{
		"admission": governance.Admission, "exclusion": governance.Removal, "regles": governance.NewRules, "appel": governance.Appeal, "resolution": governance.Resolution,
	}
	for _, k := range governance.Kinds() {
		if string(k) == name {
			return k, nil
		}
	}
	if k, ok := french[registry.Fold(name)]; ok {
		return k, nil
	}
	return "", fault("cmd.registry.motion.kind", quote(name))
}

// registryMotion submits a proposal.
func (p *program) registryMotion(ctx context.Context, c *cli.Context) error {
	kind, err := motionKind(c.Args().First())
	if err != nil {
		return err
	}
	m := commons.Motion{Kind: kind, Title: c.String("title"), Text: c.String("text"), Target: c.Args().Get(1)}
	if name := c.String("rules"); name != "" {
		if m.Rules, err = p.readRules(name); err != nil {
			return err
		}
	}
	return p.commonsAct(ctx, func(cs *commons.Commons, s registry.Store) (*commons.State, error) {
		if kind == governance.Admission && m.Target != "" {
			if m.Member, err = organisationMember(ctx, s, m.Target, c.String("college")); err != nil {
				return nil, err
			}
		}
		return cs.Propose(ctx, operatorFor(c.String("organisation")), m)
	}, func(st *commons.State) error { return p.showDecision(st.Proposals[len(st.Proposals)-1]) })
}

// proposalNumber reads the number of a proposal.
func proposalNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, fault("cmd.registry.decisions.number", quote(s))
	}
	return n, nil
}

// onProposal does something with the proposal whose number comes first, and shows it.
func (p *program) onProposal(ctx context.Context, c *cli.Context, do func(*commons.Commons, int64) (*commons.State, error)) error {
	n, err := proposalNumber(c.Args().First())
	if err != nil {
		return err
	}
	return p.commonsAct(ctx, func(cs *commons.Commons, _ registry.Store) (*commons.State, error) { return do(cs, n) }, func(st *commons.State) error {
		pr, err := st.Proposal(n)
		if err != nil {
			return notAllowed(err)
		}
		return p.showDecision(pr)
	})
}

// registryVote votes for an organisation, or says that it has a conflict of interest.
func (p *program) registryVote(ctx context.Context, c *cli.Context) error {
	choice := governance.Choice(c.Args().Get(1))
	if french, ok := map[string]governance.Choice{"oui": governance.Yes, "non": governance.No, "abstention": governance.Abstain}[string(choice)]; ok {
		choice = french
	}
	return p.onProposal(ctx, c, func(cs *commons.Commons, n int64) (*commons.State, error) {
		by := operatorFor(c.String("organisation"))
		if choice == "recuse" || choice == "recuser" || choice == "récuser" {
			return cs.Declare(ctx, by, n)
		}
		return cs.Vote(ctx, by, n, choice)
	})
}

// registryDecisions lists the proposals, or shows one with all that its result follows from.
func (p *program) registryDecisions(ctx context.Context, c *cli.Context) error {
	if c.Bool("apply") {
		return p.commonsAct(ctx, func(cs *commons.Commons, _ registry.Store) (*commons.State, error) { return cs.Keep(ctx) }, func(st *commons.State) error {
			return p.showDecisions(st, c.Args().First())
		})
	}
	st, err := p.commonsState(ctx)
	if err != nil {
		return err
	}
	return p.showDecisions(st, c.Args().First())
}

func (p *program) showDecisions(st *commons.State, number string) error {
	if number != "" {
		n, err := proposalNumber(number)
		if err != nil {
			return err
		}
		pr, err := st.Proposal(n)
		if err != nil {
			return notAllowed(err)
		}
		return p.showDecision(pr)
	}
	if p.settings.format == formatJSON {
		list := []shownDecision{}
		for _, pr := range st.Proposals {
			list = append(list, shown(pr))
		}
		return p.result(map[string]any{"total": len(list), "proposals": list, "head": st.Head})
	}
	for _, pr := range st.Proposals {
		p.decisionLine(pr)
	}
	p.note("cmd.registry.decisions.count", len(st.Proposals))
	return nil
}

// decisionLine is a proposal in one line: number, how far it has come, the next date, title.
func (p *program) decisionLine(pr *commons.Proposal) {
	status := pr.Status(time.Now())
	at := pr.Closes
	if status == governance.Discussion {
		at = pr.Opens
	}
	title := pr.Title
	if title == "" {
		title = p.say.T("cmd.registry.log.erased")
	}
	p.line("%d  %s  %s  %s", pr.Number, p.paint(styleBold, p.say.T("cmd.registry.decisions.status."+string(status), at.Format("2006-01-02 15:04 MST"))),
		p.paint(styleDim, p.say.T("cmd.registry.decisions.kind."+string(pr.Kind))), visible(oneLine(strings.TrimSpace(title+" "+pr.Target))))
}

// showDecision writes one proposal, and why its result is what it is.
func (p *program) showDecision(pr *commons.Proposal) error {
	if p.settings.format == formatJSON {
		return p.result(shown(pr))
	}
	p.decisionLine(pr)
	p.line("    %s", strings.ReplaceAll(visible(pr.About), "\n", "\n    "))
	for _, said := range pr.Comments {
		text := said.Text
		if said.Erased {
			text = p.say.T("cmd.registry.log.erased")
		}
		p.line("  %s %s: %s", said.At.Format(time.DateOnly), field(said.Organisation), visible(oneLine(text)))
	}
	r := pr.Result
	if r == nil {
		return nil
	}
	p.line("  %s", p.say.T("cmd.registry.decisions.why."+r.Why))
	p.line("  %s", p.say.T("cmd.registry.decisions.votes", r.Electorate, r.Yes, r.No, r.Abstain))
	p.line("  %s", p.say.T("cmd.registry.decisions.quorum", r.Quorum.Reached, r.Quorum.Needed))
	p.line("  %s", p.say.T("cmd.registry.decisions.majority", r.Majority.Reached, r.Majority.Needed))
	for _, t := range r.Colleges {
		p.line("    %s", p.say.T("cmd.registry.decisions.college", t.College, t.Weight.String(), t.Yes, t.No, t.Abstain, t.For))
	}
	for _, b := range r.Ballots {
		p.line("    %s  %s", field(b.Organisation), p.say.T("cmd.registry.decisions.choice."+string(b.Choice)))
	}
	for _, x := range r.Excluded {
		p.line("    %s  %s", field(x.Organisation), p.say.T("cmd.registry.decisions.excluded."+x.Why))
	}
	if pr.Void != "" {
		p.line("  %s", p.say.T("cmd.registry.decisions.void."+pr.Void))
	}
	return nil
}
