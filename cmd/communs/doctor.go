// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"communs/indexer"
)

func (p *program) doctorCommand() *cli.Command {
	return &cli.Command{
		Name:   "doctor",
		Flags:  []cli.Flag{p.boolFlag("check")},
		Action: p.action(shape{formats: []string{formatJSON, formatJSONL}}, p.doctor),
	}
}

// doctorResult is what a check prints as JSON.
type doctorResult struct {
	Files    int           `json:"files"` // compared
	Faults   []faultResult `json:"faults"`
	Repaired bool          `json:"repaired"`
	Index    *indexResult  `json:"index,omitempty"` // what the repair did
}

type faultResult struct {
	File string `json:"file"`
	Why  string `json:"why"`
}

func (p *program) doctor(ctx context.Context, c *cli.Context) error {
	result := doctorResult{Faults: []faultResult{}}
	show := p.progress()
	if c.Bool("check") {
		if _, err := p.examine(ctx, &result, show); err != nil {
			return err
		}
		if err := p.diagnosis(&result, nil); err != nil {
			return err
		}
		if len(result.Faults) > 0 {
			return verdict{exitNo, "cmd.doctor.damaged", []any{len(result.Faults)}}
		}
		return nil
	}
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	bad, err := p.examine(ctx, &result, show)
	if err != nil {
		return err
	}
	if len(bad) == 0 {
		return p.diagnosis(&result, nil)
	}
	done, err := p.update(ctx, s, indexer.Options{Discard: bad}, show)
	if err != nil {
		return err
	}
	result.Repaired = len(done.failures) == 0
	if err := p.diagnosis(&result, &done); err != nil {
		return err
	}
	if !result.Repaired {
		return verdict{exitPart, "cmd.doctor.part", []any{len(done.failures)}}
	}
	return nil
}

// examine compares every file in service with its checksum and gives the names of the damaged ones.
func (p *program) examine(ctx context.Context, result *doctorResult, show *progress) (bad []string, err error) {
	faults, err := indexer.Check(ctx, p.settings.data, func(file string) {
		result.Files++
		show.live("cmd.doctor.live", result.Files, file)
	})
	show.done()
	for _, f := range faults {
		result.Faults = append(result.Faults, faultResult{f.File, f.Why})
		bad = append(bad, f.File)
	}
	return bad, err
}

// diagnosis prints what was found and done.
func (p *program) diagnosis(result *doctorResult, done *indexing) error {
	if done != nil {
		result.Index = p.indexResult(done)
	}
	if p.settings.format != formatText {
		return p.result(result)
	}
	for _, f := range result.Faults {
		p.line("%s", p.say.T("cmd.doctor.fault", field(f.File), visible(f.Why)))
	}
	switch {
	case len(result.Faults) == 0:
		p.line("%s", p.say.T("cmd.doctor.well", result.Files))
	case result.Index != nil:
		p.problemList("cmd.index.why-failed", result.Index.Failures)
		if result.Repaired {
			p.line("%s", p.say.T("cmd.doctor.repaired"))
		}
	}
	return nil
}
