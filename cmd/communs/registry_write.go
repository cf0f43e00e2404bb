// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/opendata"
)

// What the commands that change records by hand share.

// writeFlags are the flags of every one of them, then its own.
func (p *program) writingFlags(own ...cli.Flag) []cli.Flag {
	return append(own, p.boolFlag("dry-run"), p.boolFlag("sure"), p.writeFlag("licence"), p.writeFlag("url"), p.writeFlag("credit"))
}

// writeFlag is a flag whose sentence is about what is written by hand.
func (p *program) writeFlag(name string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: p.say.T("cmd.registry.write." + name)}
}

// fieldFlags set and clear single fields.
func (p *program) fieldFlag(name string) cli.Flag {
	return &cli.StringSliceFlag{Name: name, Usage: p.say.T("cmd.registry.write." + name)}
}

func today() registry.Date { return registry.Date(time.Now().UTC().Format(time.DateOnly)) }

// operator is the source of what is written by hand: the data licence of the instance, unless another is stated.
func (p *program) operator(c *cli.Context) registry.Source {
	return registry.Source{
		Name: registry.OperatorSource, Licence: cmp.Or(c.String("licence"), opendata.FreeLicence), URL: c.String("url"), Credit: c.String("credit"), Read: today(),
	}
}

// operatorActor is whoever types the commands: they hold the data folder, so they administrate the instance.
func operatorActor() registry.Actor {
	return registry.Actor{Roles: []registry.Role{registry.RoleAdministrator}}
}

// revised is what a change by hand prints as JSON.
type revised struct {
	DryRun bool           `json:"dry_run"`
	Items  []importedItem `json:"items"`
	Seq    int64          `json:"seq"` // of the registry, after it
}

// revise carries a revision out, or plans it, and tells what became of it.
func (p *program) revise(ctx context.Context, c *cli.Context, revision registry.Revision) error {
	dry := c.Bool("dry-run")
	s, err := p.importStore(ctx, dry)
	if err != nil {
		return err
	}
	defer s.Close()
	plan, err := registry.Revise(ctx, s, registry.ImportOptions{DryRun: dry, Sure: c.Bool("sure"), By: operatorActor()}, revision)
	var wrong *wrongFields
	if errors.As(err, &wrong) {
		plan, err = registry.Refused(wrong.entry, wrong.problems), nil
	}
	if err != nil {
		return noSuch(err)
	}
	r := &revised{DryRun: dry, Items: []importedItem{}}
	if r.Seq, err = s.Seq(ctx); err != nil {
		return err
	}
	for _, it := range plan.Items {
		r.Items = append(r.Items, p.plannedItem(it))
	}
	return p.tellRevised(r, plan)
}

// noSuch makes a no of what is about a record that is not there, or is not as it would have to be.
func noSuch(err error) error {
	var unknown *registry.UnknownError
	var unfit *registry.RequestError
	var m words.Messenger
	if (errors.As(err, &unknown) || errors.As(err, &unfit)) && errors.As(err, &m) {
		key, args := m.Message()
		return verdict{exitNo, key, args}
	}
	return err
}

// wrongFields says what of a record could not be understood.
type wrongFields struct {
	entry    registry.Entry
	problems []registry.Problem
}

func (w *wrongFields) Error() string { return "fields that are not understood" }

// wrong is the error for fields that are not understood, with what else is wrong with the entry; nil when all are.
func wrong(full *registry.Catalogue, e registry.Entry, problems []registry.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &wrongFields{e, append(problems, registry.Check(e, full.With(e))...)}
}

func (p *program) tellRevised(r *revised, plan *registry.Plan) error {
	if p.settings.format == formatJSON {
		if err := p.result(r); err != nil {
			return err
		}
	} else {
		p.showPlanned(r.Items)
	}
	refused, changed := plan.Count(registry.FateRefused), plan.Count(registry.FateNew)+plan.Count(registry.FateChanged)
	if refused > 0 {
		key := "cmd.registry.write.refused"
		for _, it := range plan.Items {
			for _, problem := range it.Problems {
				if problem.Doubt {
					key = "cmd.registry.write.doubtful"
				}
			}
		}
		return verdict{exitFailure, key, nil}
	}
	switch {
	case changed == 0:
		p.note("cmd.registry.write.same")
	case r.DryRun:
		p.note("cmd.registry.import.dry")
	default:
		p.note("cmd.registry.write.kept", changed)
	}
	return nil
}

// plannedItem is what becomes of one record, in words.
func (p *program) plannedItem(it *registry.Planned) importedItem {
	item := importedItem{Planned: it}
	for _, problem := range it.Problems {
		sentence, hint := p.say.Error(problem)
		item.Problems = append(item.Problems, importProblem{problem.Field, sentence, hint})
	}
	return item
}

// showPlanned writes each record with what changes.
func (p *program) showPlanned(items []importedItem) {
	for _, it := range items {
		p.line("%s %s %s%s", importMark(it.Fate), it.Kind, p.paint(styleRepo, field(it.ID)), p.importPlace(it.Path, it.Line))
		for _, f := range it.Fields {
			p.line("    %s: %s → %s", field(f.Field), brief(f.Before), brief(f.After))
		}
		for _, f := range it.Suggested {
			p.line("    %s", p.paint(styleDim, p.say.T("cmd.registry.import.suggested", field(f.Field), brief(f.Before), brief(f.After))))
		}
		for _, problem := range it.Problems {
			p.line("    %s", visible(oneLine(strings.TrimPrefix(problem.Field+": ", ": ")+problem.Message)))
			if problem.Hint != "" {
				p.line("      %s", p.paint(styleDim, visible(oneLine(problem.Hint))))
			}
		}
	}
}

// known gives a copy of a record that can be changed, and the number under which it was read.
func known[T registry.Entry](full *registry.Catalogue, kind registry.Kind, id string) (old, fresh T, seq int64, err error) {
	stamped, ok := full.Entry(kind, id)
	if !ok {
		return old, fresh, 0, &registry.UnknownError{Kind: kind, ID: id}
	}
	old = stamped.Entry.(T)
	fresh, err = registry.Copy(old)
	return old, fresh, stamped.Seq, err
}
