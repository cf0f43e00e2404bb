// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/register"
)

// drafted is what registering in steps prints as JSON.
type drafted struct {
	*register.Draft
	Faults    []importProblem     `json:"faults"`
	Known     string              `json:"known,omitempty"`
	Proof     *registry.Control   `json:"proof,omitempty"`
	Challenge *register.Challenge `json:"challenge,omitempty"`
	Card      *registry.Software  `json:"published_card,omitempty"`
}

// stepFlags have a software registered in the steps of the pages.
func (p *program) stepFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "draft", Usage: p.say.T("cmd.registry.write.draft")}, &cli.BoolFlag{Name: "publish", Usage: p.say.T("cmd.registry.write.publish")},
		p.writeFlag("prove"), &cli.StringFlag{Name: "organisation", Usage: p.say.T("cmd.registry.write.in-name")},
	}
}

// inSteps reports whether a software is to be registered in steps.
func inSteps(c *cli.Context) bool {
	return c.Bool("draft") || c.Bool("publish") || c.String("prove") != "" || c.String("organisation") != ""
}

// registerAddress goes through the steps of the pages: a draft that is filled, corrected by --set, proven, published; each as far as it was asked for.
func (p *program) registerAddress(ctx context.Context, c *cli.Context, address string) error {
	records, err := p.importStore(ctx, false)
	if err != nil {
		return err
	}
	defer records.Close()
	s, err := p.registering(ctx, records, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	by := operatorActor()
	of := register.Owner{}
	if by.Organisation = c.String("organisation"); by.Organisation != "" {
		if _, err := records.Get(ctx, registry.KindOrganisation, by.Organisation); err != nil {
			return noSuch(&registry.UnknownError{Kind: registry.KindOrganisation, ID: by.Organisation})
		}
		of.Organisations = []string{by.Organisation}
	}
	d, err := s.Begin(ctx, by, address, "")
	if err != nil {
		return err
	}
	if d, err = s.Wait(ctx, of, d.ID); err == nil && d.Failed != nil && !d.Reading { // once more, as somebody asks again
		if d, err = s.Again(ctx, of, d.ID, ""); err == nil {
			d, err = s.Wait(ctx, of, d.ID)
		}
	}
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for _, set := range c.StringSlice("set") {
		name, value, ok := strings.Cut(set, "=")
		if !ok {
			return fault("cmd.registry.write.no-value", quote(set))
		}
		fields[strings.TrimSpace(name)] = value
	}
	if len(fields) > 0 {
		if d, err = s.Correct(ctx, of, d.ID, 0, fields); err != nil {
			return err
		}
	}
	return p.takeSteps(ctx, c, s, by, of, d)
}

// takeSteps proves and publishes what was asked for, and tells how the draft stands.
func (p *program) takeSteps(ctx context.Context, c *cli.Context, s *register.Service, by registry.Actor, of register.Owner, d *register.Draft) error {
	r := &drafted{Draft: d, Faults: []importProblem{}}
	var stopped error
	if method := c.String("prove"); method != "" {
		r.Proof, stopped = s.Prove(ctx, by, of, d.ID, registry.ControlMethod(method), "")
	}
	if c.Bool("publish") && stopped == nil {
		r.Card, stopped = s.Publish(ctx, by, of, d.ID, c.Bool("sure"))
	}
	if after, err := s.Draft(ctx, of, d.ID); err == nil {
		r.Draft = after
	}
	if d.Software != nil {
		st, told := s.Look(ctx, r.Draft)
		if stopped == nil && r.Card == nil && !c.Bool("draft") {
			stopped = told
		}
		if st != nil {
			if r.Proof = st.Proof; st.Known != nil {
				r.Known = st.Known.ID
			}
			for _, problem := range st.Faults {
				sentence, hint := p.say.Error(problem)
				r.Faults = append(r.Faults, importProblem{problem.Field, sentence, hint})
			}
		}
		var err error
		if r.Proof == nil {
			if r.Challenge, err = s.Challenge(ctx, of, d.ID); err != nil {
				return err
			}
		}
	}
	if err := p.tellDrafted(r); err != nil {
		return err
	}
	var faults register.Faults
	if errors.As(stopped, &faults) {
		key := "cmd.registry.write.refused"
		if faults.Doubtful() {
			key = "cmd.registry.write.doubtful"
		}
		return verdict{exitFailure, key, nil}
	}
	return stopped
}

func (p *program) tellDrafted(r *drafted) error {
	if p.settings.format == formatJSON {
		return p.result(r)
	}
	p.line("%s %s", p.paint(styleRepo, field(r.ID)), field(r.Address))
	if r.Failed != nil {
		p.line("    ! %s", visible(oneLine(p.say.T("register.unreadable"))))
	}
	if s := r.Software; s != nil {
		for _, said := range []struct{ field, value string }{{"name", s.Name}, {"summary.fr", s.Summary.FR}, {"summary.en", s.Summary.EN}, {"licence", s.Licence},
			{"website", s.Website}, {"needs", strings.Join(s.Needs, ", ")}} {
			if said.value != "" {
				p.line("    %s: %s%s", said.field, visible(oneLine(said.value)), p.paint(styleDim, p.firstReason(s, said.field, "")))
			}
		}
	}
	for _, f := range r.Faults {
		p.line("    ! %s: %s", field(f.Field), visible(oneLine(f.Message)))
	}
	switch {
	case r.Proof != nil:
		p.note("cmd.registry.add.proven", string(r.Proof.Date), string(r.Proof.Until))
	case r.Challenge != nil:
		p.note("cmd.registry.add.place", r.Challenge.File, r.Challenge.Line)
	}
	if r.Published != "" {
		p.note("cmd.registry.add.published", field(r.Published))
	}
	return nil
}
