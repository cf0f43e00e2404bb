// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"communs/indexer"
	"communs/search"
)

func (p *program) indexCommand() *cli.Command {
	return &cli.Command{
		Name:   "index",
		Flags:  []cli.Flag{p.boolFlag("rebuild"), p.boolFlag("report"), p.intFlag("jobs")},
		Action: p.action(shape{formats: []string{formatJSON, formatJSONL}}, p.index),
	}
}

func (p *program) index(ctx context.Context, c *cli.Context) error {
	if c.Bool("report") {
		if c.Bool("rebuild") {
			return fault("cmd.flags-apart", "--report", "--rebuild")
		}
		return p.report(ctx)
	}
	jobs, err := p.number(c, "jobs", p.settings.config.Crawl.Jobs, 0)
	if err != nil {
		return err
	}
	s, err := p.openStore(ctx, jobs)
	if err != nil {
		return err
	}
	defer s.close()
	rebuild := c.Bool("rebuild")
	done, err := p.update(ctx, s, indexer.Options{Jobs: jobs, Rebuild: rebuild}, p.progress())
	if err != nil {
		return err
	}
	if err := p.indexed(&done); err == nil || !rebuild {
		return err
	}
	return verdict{exitFailure, "cmd.index.kept", []any{len(done.failures)}}
}

// indexed prints what an update did and decides whether it was done.
func (p *program) indexed(done *indexing) error {
	result := p.indexResult(done)
	if p.settings.format != formatText {
		if err := p.result(result); err != nil {
			return err
		}
	} else {
		p.indexTable(result)
	}
	switch failed := len(done.failures); {
	case failed > 0 && done.Repos+done.Unchanged == 0:
		return verdict{exitFailure, "cmd.index.failed", []any{failed}}
	case failed > 0:
		return verdict{exitPart, "cmd.index.part", []any{failed}}
	}
	return nil
}

// fileReport is one file of the report.
type fileReport struct {
	Status  string `json:"status"` // indexed, or why it is not
	Path    string `json:"path"`
	PathRaw string `json:"path_raw,omitempty"`
	Repo    string `json:"repo"`
	Size    int64  `json:"size"`
	License string `json:"license"`
	Damaged int    `json:"manifest_damaged_line,omitempty"` // of a package manifest that is not written as its format asks
}

// report lists every file of every repository in service. The bytes of a name that are not UTF-8 are quoted in the text; JSON
// has them in path_raw, see [search.RawPath].
func (p *program) report(ctx context.Context) error {
	x, err := indexer.Open(p.settings.data, indexer.OpenOptions{})
	if err != nil {
		return err
	}
	defer x.Close()
	out := bufio.NewWriterSize(p.out, 64<<10)
	separator := ""
	if p.settings.format == formatJSON {
		fmt.Fprint(out, "[")
	}
	faults := x.Faults()
	for _, repo := range x.Repos() {
		damaged, err := damagedManifests(repo)
		if err != nil {
			faults = append(faults, err)
		}
		for i := range uint32(repo.Len()) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			row := repo.Row(i)
			f := fileReport{"indexed", row.Path, search.RawPath(row.Path), repo.Meta().URL, row.Size, row.License, damaged[i]}
			if row.Skipped != indexer.Indexed {
				f.Status = string(row.Skipped)
			}
			if p.settings.format == formatText {
				fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%s", f.Status, field(f.Path), field(f.Repo), f.Size, field(f.License))
				if f.Damaged > 0 {
					fmt.Fprintf(out, "\tdamaged manifest, line %d", f.Damaged)
				}
				fmt.Fprintln(out)
				continue
			}
			line, err := json.Marshal(f)
			if err != nil {
				return fmt.Errorf("write the report: %w", err)
			}
			if p.settings.format == formatJSON {
				fmt.Fprintf(out, "%s\n%s", separator, line)
				separator = ","
			} else {
				fmt.Fprintf(out, "%s\n", line)
			}
		}
	}
	if p.settings.format == formatJSON {
		fmt.Fprint(out, "\n]\n")
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return p.faults(faults)
}

// faults tells what was set aside; the answer is then a partial one.
func (p *program) faults(list []error) error {
	for _, err := range list {
		p.tell(err)
	}
	if len(list) > 0 {
		return verdict{exitPart, "cmd.index.faults", nil}
	}
	return nil
}
