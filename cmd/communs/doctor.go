// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
	"communs/internal/sqlite"
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
	Files    int           `json:"files"`   // of the index, compared
	Mirrors  int           `json:"mirrors"` // compared
	Faults   []faultResult `json:"faults"`
	Repaired bool          `json:"repaired"`
	Failures []problem     `json:"failures,omitempty"` // mirrors that could not be fetched anew
	Index    *indexResult  `json:"index,omitempty"`    // what the repair did
}

type faultResult struct {
	File string `json:"file"`
	Repo string `json:"repo,omitempty"` // whose mirror the file belongs to
	Why  string `json:"why"`
}

// examination is what is damaged, by who mends it.
type examination struct {
	index    []string             // files of the index
	repos    []string             // whose mirrors
	database *sqlite.DamagedError // which nothing here can mend
}

func (p *program) doctor(ctx context.Context, c *cli.Context) error {
	if c.Bool("check") {
		return p.checkup(ctx)
	}
	p.noContact()
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	result := doctorResult{Faults: []faultResult{}}
	show := p.progress()
	bad, err := p.examine(ctx, s.crawler, &result, show)
	if err != nil {
		return err
	}
	if bad.database != nil {
		return errors.Join(p.diagnosis(&result), bad.database)
	}
	if len(result.Faults) == 0 {
		return p.diagnosis(&result)
	}
	if len(bad.repos) > 0 { // first, since the index is made from them
		summary, err := s.crawler.Restore(ctx, bad.repos, p.reporter(show, false))
		show.done()
		if err != nil {
			return err
		}
		result.Failures = p.problems(summary.Failures)
	}
	done, err := p.update(ctx, s, indexer.Options{Discard: bad.index}, show)
	if err != nil {
		return err
	}
	result.Index = p.indexResult(&done)
	failed := map[string]bool{}
	for _, f := range slices.Concat(result.Failures, result.Index.Failures) {
		failed[f.Repo] = true
	}
	result.Repaired = len(failed) == 0
	if err := p.diagnosis(&result); err != nil {
		return err
	}
	if !result.Repaired {
		return verdict{exitPart, "cmd.doctor.part", []any{len(failed)}}
	}
	return nil
}

// checkup looks and touches nothing, not even what an interrupted run has left.
func (p *program) checkup(ctx context.Context) error {
	result := doctorResult{Faults: []faultResult{}}
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	var bad examination
	switch {
	case errors.As(err, &bad.database):
		result.Faults = append(result.Faults, faultResult{File: filepath.Base(bad.database.Path), Why: bad.database.Detail})
	case err != nil:
		return err
	default:
		defer mirrors.Close()
		if bad, err = p.examine(ctx, mirrors, &result, p.progress()); err != nil {
			return err
		}
	}
	if err := p.diagnosis(&result); err != nil {
		return err
	}
	switch {
	case bad.database != nil:
		key, args := bad.database.Message()
		return verdict{exitNo, key, args}
	case len(result.Faults) > 0:
		return verdict{exitNo, "cmd.doctor.damaged", []any{len(result.Faults)}}
	}
	return nil
}

// examine compares every mirror and every file in service with its checksum.
func (p *program) examine(ctx context.Context, mirrors *crawler.Crawler, result *doctorResult, show *progress) (bad examination, err error) {
	defer show.done()
	damages, err := mirrors.Check(ctx, func(url string) {
		result.Mirrors++
		show.live("cmd.doctor.live", result.Mirrors, field(url))
	})
	if errors.As(err, &bad.database) {
		result.Faults = append(result.Faults, faultResult{File: filepath.Base(bad.database.Path), Why: bad.database.Detail})
	} else if err != nil {
		return bad, err
	}
	for _, d := range damages {
		result.Faults = append(result.Faults, faultResult{d.File, d.Repo, d.Err.Error()})
		if !slices.Contains(bad.repos, d.Repo) {
			bad.repos = append(bad.repos, d.Repo)
		}
	}
	faults, err := indexer.Check(ctx, p.settings.data, func(file string) {
		result.Files++
		show.live("cmd.doctor.live", result.Files, file)
	})
	if errors.Is(err, indexer.ErrNoIndex) && len(result.Faults) > 0 { // it will be made
		err = nil
	}
	for _, f := range faults {
		result.Faults = append(result.Faults, faultResult{File: f.File, Why: f.Why})
		bad.index = append(bad.index, f.File)
	}
	return bad, err
}

// diagnosis prints what was found and done.
func (p *program) diagnosis(result *doctorResult) error {
	if p.settings.format != formatText {
		return p.result(result)
	}
	for _, f := range result.Faults {
		if f.Repo == "" {
			p.line("%s", p.say.T("cmd.doctor.fault", field(f.File), visible(f.Why)))
		} else {
			p.line("%s", p.say.T("cmd.doctor.fault-mirror", field(f.File), field(f.Repo), visible(f.Why)))
		}
	}
	switch {
	case len(result.Faults) == 0:
		p.line("%s", p.say.T("cmd.doctor.well", result.Files))
		p.line("%s", p.say.T("cmd.doctor.mirrors", result.Mirrors))
	case result.Index != nil:
		p.problemList("cmd.crawl.why-failed", result.Failures)
		p.problemList("cmd.index.why-failed", result.Index.Failures)
		if result.Repaired {
			p.line("%s", p.say.T("cmd.doctor.repaired"))
		}
	}
	return nil
}
