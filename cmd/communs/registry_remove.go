// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/registry"
)

func (p *program) registryRemoveCommand() *cli.Command {
	cascade := &cli.BoolFlag{Name: "cascade", Usage: p.say.T("cmd.registry.remove.cascade")}
	return &cli.Command{
		Name:    "remove",
		Aliases: []string{"retirer"},
		Flags:   []cli.Flag{p.writeFlag("reason"), cascade, p.boolFlag("dry-run")},
		Action:  p.action(shape{least: 2, most: 2, formats: []string{formatJSON}}, p.registryRemove),
	}
}

// registryRemove takes a record out of the catalogue.
func (p *program) registryRemove(ctx context.Context, c *cli.Context) error {
	kind, err := kindNamed(c.Args().First())
	if err != nil {
		return err
	}
	why := registry.Withdrawal{Reason: strings.TrimSpace(c.String("reason")), Date: today()}
	if why.Reason == "" {
		return fault("cmd.reason-missing")
	}
	marked := &registry.Need{Meta: registry.Meta{ID: "x", Status: registry.Withdrawn, Withdrawal: &why}}
	for _, problem := range registry.Check(marked, nil) {
		if strings.HasPrefix(problem.Field, "withdrawal.") {
			return problem
		}
	}
	err = p.revise(ctx, c, func(full *registry.Catalogue) ([]registry.Edit, error) {
		return full.Withdraw(kind, c.Args().Get(1), why, c.Bool("cascade"))
	})
	var referred *registry.ReferredError
	if errors.As(err, &referred) {
		return p.stillReferred(referred)
	}
	return err
}

// referredResult is what is printed as JSON of a record that others speak of.
type referredResult struct {
	Kind       registry.Kind       `json:"kind"`
	ID         string              `json:"id"`
	ReferredBy []registry.Referrer `json:"referred_by"`
}

// stillReferred names what speaks of the record that was to be taken out.
func (p *program) stillReferred(err *registry.ReferredError) error {
	if p.settings.format == formatJSON {
		if err := p.result(referredResult{err.Kind, err.ID, err.By}); err != nil {
			return err
		}
	} else {
		for _, by := range err.By {
			p.line("%s %s  %s", by.Kind, p.paint(styleRepo, field(by.ID)), p.paint(styleDim, by.Field))
		}
	}
	key, args := err.Message()
	return verdict{exitNo, key, args}
}
