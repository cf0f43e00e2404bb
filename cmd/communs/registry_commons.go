// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
)

// What the commands of the commons share: its founding, its rules, its members. On the command line the operator acts, as administrator, for
// the organisation that they name.

func (p *program) registryFoundCommand() *cli.Command {
	return &cli.Command{
		Name: "found", Aliases: []string{"fonder"}, Flags: []cli.Flag{p.commonsFlag("rules")},
		Action: p.action(shape{least: 1, most: -1, formats: []string{formatJSON}}, p.registryFound),
	}
}

func (p *program) registryMembersCommand() *cli.Command {
	return &cli.Command{
		Name: "members", Aliases: []string{"membres"},
		Action: p.action(shape{formats: []string{formatJSON}}, p.registryMembers),
	}
}

func (p *program) registryAdmitCommand() *cli.Command {
	return &cli.Command{
		Name: "admit", Aliases: []string{"admettre"}, Flags: []cli.Flag{p.commonsFlag("college")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, func(ctx context.Context, c *cli.Context) error {
			return p.commonsAct(ctx, func(cs *commons.Commons, s registry.Store) (*commons.State, error) {
				m, err := organisationMember(ctx, s, c.Args().First(), c.String("college"))
				if err != nil {
					return nil, err
				}
				return cs.Admit(ctx, operatorActor(), *m)
			}, p.showMembers)
		}),
	}
}

func (p *program) registryLeaveCommand() *cli.Command {
	return &cli.Command{
		Name: "leave", Aliases: []string{"quitter"},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, func(ctx context.Context, c *cli.Context) error {
			return p.commonsAct(ctx, func(cs *commons.Commons, _ registry.Store) (*commons.State, error) {
				return cs.Leave(ctx, operatorFor(c.Args().First()))
			}, p.showMembers)
		}),
	}
}

func (p *program) registryRulesCommand() *cli.Command {
	return &cli.Command{
		Name: "rules", Aliases: []string{"regles", "règles"},
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "default", Usage: p.say.T("cmd.registry.rules.default")}},
		Action: p.action(shape{most: 1, formats: []string{formatJSON}}, p.registryRules),
	}
}

func (p *program) commonsFlag(name string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: p.say.T("cmd.registry.commons." + name)}
}

// operatorFor is the operator, who acts for an organisation.
func operatorFor(organisation string) registry.Actor {
	by := operatorActor()
	by.Organisation = organisation
	return by
}

// organisationMember is the member that an organisation of the catalogue would be.
func organisationMember(ctx context.Context, s registry.Store, id, college string) (*governance.Member, error) {
	c, err := registry.Load(ctx, s)
	if err != nil {
		return nil, err
	}
	o, ok := c.Organisation(id)
	if !ok {
		return nil, &registry.UnknownError{Kind: registry.KindOrganisation, ID: id}
	}
	return &governance.Member{Organisation: o.ID, Type: string(o.Type), College: college}, nil
}

// commonsAct does something in the commons and shows what has become of it. What the rules do not allow is a no.
func (p *program) commonsAct(ctx context.Context, do func(*commons.Commons, registry.Store) (*commons.State, error), show func(*commons.State) error) error {
	s, err := p.importStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	st, err := do(commons.New(s, time.Now), s)
	if err != nil {
		return notAllowed(err)
	}
	if err := p.settleLog(ctx, s); err != nil {
		return err
	}
	return show(st)
}

// notAllowed makes a no of what the rules, or the state of the commons, do not allow.
func notAllowed(err error) error {
	var refused *governance.Refusal
	var state *commons.Error
	var m words.Messenger
	if (errors.As(err, &refused) || errors.As(err, &state)) && errors.As(err, &m) {
		key, args := m.Message()
		return verdict{exitNo, key, args}
	}
	return noSuch(err)
}

// commonsState is the commons as the log tells it; nothing is written.
func (p *program) commonsState(ctx context.Context) (*commons.State, error) {
	s, err := p.readStore(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return commons.New(s, time.Now).State(ctx)
}

// registryFound founds the commons with its first members.
func (p *program) registryFound(ctx context.Context, c *cli.Context) error {
	f := commons.Founding{Rules: governance.Default()}
	if name := c.String("rules"); name != "" {
		var err error
		if f.Rules, err = p.readRules(name); err != nil {
			return err
		}
	}
	return p.commonsAct(ctx, func(cs *commons.Commons, s registry.Store) (*commons.State, error) {
		for _, id := range c.Args().Slice() {
			m, err := organisationMember(ctx, s, id, "")
			if err != nil {
				return nil, err
			}
			f.Members = append(f.Members, *m)
		}
		return cs.Found(ctx, operatorActor(), f)
	}, p.showMembers)
}

func (p *program) registryMembers(ctx context.Context, _ *cli.Context) error {
	st, err := p.commonsState(ctx)
	if err != nil {
		return err
	}
	return p.showMembers(st)
}

func (p *program) showMembers(st *commons.State) error {
	list := st.MemberList()
	if p.settings.format == formatJSON {
		return p.result(map[string]any{"total": len(list), "members": list, "head": st.Head})
	}
	for _, m := range list {
		p.line("%s  %s %s", field(m.Organisation), p.paint(styleDim, m.Type), p.paint(styleDim, m.College))
	}
	p.note("cmd.registry.members.count", len(list))
	return nil
}

// readRules reads the text of a governance.toml.
func (p *program) readRules(name string) ([]byte, error) {
	in, err := p.openInput(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, governance.MaxRules+1))
	if err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(name))
	}
	return data, nil
}

// rulesFault is what is wrong with a governance.toml, at one place.
type rulesFault struct {
	Line    int    `json:"line"`
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// registryRules shows the rules in force and those before them, or checks a file.
func (p *program) registryRules(ctx context.Context, c *cli.Context) error {
	if c.Bool("default") {
		_, err := p.out.Write(governance.Default())
		return err
	}
	if name := c.Args().First(); name != "" {
		return p.checkRules(name)
	}
	st, err := p.commonsState(ctx)
	if err != nil {
		return err
	}
	if len(st.Rules) == 0 {
		return verdict{exitNo, "commons.not-founded", []any{""}}
	}
	in := st.Rules[len(st.Rules)-1]
	if p.settings.format == formatJSON {
		return p.result(map[string]any{"version": in.Version, "versions": st.Rules})
	}
	for _, v := range st.Rules {
		if day := v.From.Format(time.DateOnly); v.Proposal == 0 {
			p.line("%s", p.say.T("cmd.registry.rules.founding", v.Version, day))
		} else {
			p.line("%s", p.say.T("cmd.registry.rules.voted", v.Version, day, v.Proposal))
		}
	}
	p.line("\n%s", visible(in.Text))
	return nil
}

func (p *program) checkRules(name string) error {
	data, err := p.readRules(name)
	if err != nil {
		return err
	}
	_, err = governance.Read(data)
	faults := []rulesFault{}
	var wrong *governance.RulesError
	if errors.As(err, &wrong) {
		for _, f := range wrong.Faults {
			sentence, hint := p.say.Error(f)
			faults = append(faults, rulesFault{f.Line, f.Field, f.Code, sentence, hint})
		}
	} else if err != nil {
		return err
	}
	if p.settings.format == formatJSON {
		if err := p.result(map[string]any{"valid": len(faults) == 0, "faults": faults}); err != nil {
			return err
		}
	} else {
		for _, f := range faults {
			p.line("%s:%d: %s", field(name), f.Line, visible(oneLine(f.Message)))
			if f.Hint != "" {
				p.line("    %s", p.paint(styleDim, visible(oneLine(f.Hint))))
			}
		}
	}
	if len(faults) > 0 {
		return verdict{exitNo, "cmd.registry.rules.wrong", []any{len(faults)}}
	}
	p.note("cmd.registry.rules.good")
	return nil
}
