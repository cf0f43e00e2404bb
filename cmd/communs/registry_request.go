// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"

	"github.com/urfave/cli/v2"

	"communs/internal/words"
	"communs/registry"
)

func (p *program) registrySupportCommand() *cli.Command {
	number := func(name string) cli.Flag {
		return &cli.IntFlag{Name: name, Usage: p.say.T("cmd.registry.support." + name)}
	}
	return &cli.Command{
		Name:    "support",
		Aliases: []string{"soutenir"},
		Flags: p.writingFlags(p.writeFlag("organisation"), p.writeFlag("offers"), number("amount"), number("days"),
			&cli.BoolFlag{Name: "withdraw", Usage: p.say.T("cmd.registry.support.withdraw")}),
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, p.registrySupport),
	}
}

func (p *program) registryAnswerCommand() *cli.Command {
	return &cli.Command{
		Name:    "answer",
		Aliases: []string{"repondre", "répondre"},
		Flags: []cli.Flag{
			p.writeFlag("software"), p.writeFlag("at"), p.writeFlag("note"), p.writeFlag("state"), p.boolFlag("dry-run"), p.boolFlag("sure"), p.writeFlag("licence"),
		},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, p.registryAnswer),
	}
}

// reviseRequest changes a request.
func (p *program) reviseRequest(ctx context.Context, c *cli.Context, change func(r *registry.Request) error) error {
	return p.revise(ctx, c, func(full *registry.Catalogue) ([]registry.Edit, error) {
		old, r, seq, err := known[*registry.Request](full, registry.KindRequest, c.Args().First())
		if err == nil {
			err = change(r)
		}
		if err == nil {
			err = registry.ByHand(old, r, p.operator(c))
		}
		return []registry.Edit{{Entry: r, Base: seq}}, err
	})
}

// written is a text in the language in which the user speaks to the program.
func (p *program) written(text string) registry.Text {
	if p.say.Lang == words.English {
		return registry.Text{EN: text}
	}
	return registry.Text{FR: text}
}

// registrySupport makes an organisation a supporter of a request, or takes its support back.
func (p *program) registrySupport(ctx context.Context, c *cli.Context) error {
	s := registry.Support{
		Organisation: c.String("organisation"), Date: today(), Euros: c.Int("amount"), Days: c.Int("days"), Gives: p.written(c.String("offers")),
	}
	leaves := c.Bool("withdraw")
	switch {
	case s.Organisation == "":
		return fault("cmd.registry.support.by-whom")
	case leaves && (c.IsSet("amount") || c.IsSet("days") || c.IsSet("offers")):
		return fault("cmd.registry.support.both")
	}
	return p.reviseRequest(ctx, c, func(r *registry.Request) error {
		if leaves {
			return r.Leave(s.Organisation)
		}
		return r.Support(s)
	})
}

// registryAnswer says what answered a request, or how far it has come.
func (p *program) registryAnswer(ctx context.Context, c *cli.Context) error {
	a := registry.Answer{Software: c.String("software"), URL: c.String("at"), Note: p.written(c.String("note")), Date: today()}
	state := registry.State(cmp.Or(c.String("state"), string(registry.RequestAnswered)))
	named := a.Software != "" || a.URL != "" || a.Note != (registry.Text{})
	if named != (state == registry.RequestAnswered) {
		return fault("cmd.registry.answer.what")
	}
	return p.reviseRequest(ctx, c, func(r *registry.Request) error {
		r.Settle(state, a)
		return nil
	})
}
