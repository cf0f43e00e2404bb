// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"communs/search"
)

func (p *program) similarCommand() *cli.Command {
	return &cli.Command{
		Name: "similar",
		Flags: []cli.Flag{
			p.intFlag("n"), p.stringFlag("as"), &cli.StringFlag{Name: "batch", Usage: p.say.T("cmd.flag.batch-similar")}, p.boolFlag("table"),
			p.boolFlag("explain"),
		},
		Action: p.action(shape{least: 0, most: 1, formats: []string{formatJSON, formatJSONL}}, p.similar),
	}
}

func (p *program) similar(ctx context.Context, c *cli.Context) error {
	n, err := p.hits(c)
	if err != nil {
		return err
	}
	name, batch := c.Args().First(), c.String("batch")
	switch {
	case batch != "" && name != "":
		return fault("cmd.similar.batch-and-file")
	case batch != "" && (c.IsSet("as") || c.Bool("table") || c.Bool("explain")):
		return fault("cmd.similar.batch-alone")
	case name == "" && typed(p.stdin):
		return fault("cmd.missing-argument", called(c.App, c.Command), c.Command.ArgsUsage)
	case name == "":
		name = "-"
	}
	local, err := p.openSearch(false)
	if err != nil {
		return err
	}
	defer local.Close()
	if batch != "" {
		return p.batch(ctx, batch, examples(local, n))
	}
	if fi, err := os.Stat(name); name != "-" && err == nil && fi.IsDir() || c.Bool("table") {
		return p.similarTable(ctx, local, name, c.String("as"))
	}
	code, err := p.readExample(name)
	if err != nil {
		return err
	}
	e := search.Example{Code: string(code), Lang: c.String("as"), N: n}
	if n == 0 {
		e.Deadline = patience
	}
	page, err := local.Similar(ctx, e)
	if err != nil {
		return err
	}
	if err := p.printSimilar(page, c.Bool("explain")); err != nil {
		return err
	}
	return p.concludeSimilar(ctx, local, page.Reason, len(page.Hits))
}

// typed tells whether input would be typed on a terminal: better ask for a file.
func typed(in io.Reader) bool {
	f, ok := in.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// concludeSimilar chooses the exit code of an answer.
func (p *program) concludeSimilar(ctx context.Context, s search.Searcher, reason string, hits int) error {
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	if reason != "" || len(status.Faults) > 0 {
		return p.partial(reason, status.Faults)
	}
	if hits == 0 {
		return verdict{exitNo, "cmd.similar.nothing", nil}
	}
	return nil
}

// readExample reads a file or stdin, a little further than what can be compared, so that it is the search that refuses it.
func (p *program) readExample(name string) ([]byte, error) {
	in, err := p.openInput(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	code, err := io.ReadAll(io.LimitReader(in, search.MaxExample+1))
	if err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(name))
	}
	return code, nil
}

// printSimilar writes an answer: copies first, then what is less alike.
func (p *program) printSimilar(page *search.Page, explain bool) error {
	switch p.settings.format {
	case formatJSON:
		return p.result(page)
	case formatJSONL:
		return results(p, page.Hits)
	}
	group := ""
	for i := range page.Hits {
		h := &page.Hits[i]
		if now := similarGroup(h); now != group {
			if group != "" {
				p.line("")
			}
			group = now
			p.line("%s", p.paint(styleBold, p.say.T("cmd.similar.group."+now)))
		}
		p.printLikeness(h, explain)
	}
	if page.Total > 0 {
		p.note("cmd.search.total", page.Total, len(page.Hits))
		p.note("cmd.similar.advice")
	}
	return nil
}

// similarGroup tells copies from what is less alike.
func similarGroup(h *search.Hit) string {
	switch {
	case h.Similarity >= search.CopySimilarity:
		return "copies"
	case h.Similarity >= search.NearSimilarity:
		return "near"
	}
	return "parts"
}

// printLikeness writes one hit: what it is, which lines are alike, and every place with its licence and date.
func (p *program) printLikeness(h *search.Hit, explain bool) {
	p.line("%s  %s  %s", p.paint(styleGreen, p.say.T("cmd.similar.percent", 100*h.Similarity)), p.kindWords(h), p.licenceWords(h))
	for _, r := range h.Ranges {
		p.line("    %s", p.say.T("cmd.similar.range", lineRange(r.Query), lineRange(r.Block)))
	}
	for _, o := range h.Occurrences {
		license := field(o.License)
		if license == "" {
			license = p.say.T("cmd.licence.unknown")
		}
		p.line("  %s %s  %s  %s", p.paint(styleRepo, field(o.Repo)), p.paint(styleBold, field(o.Path)), license,
			p.paint(styleDim, p.say.T("cmd.similar.first-seen", o.FirstSeen.Format("2006-01-02"))))
	}
	if more := h.Copies - len(h.Occurrences); more > 0 {
		p.line("  %s", p.paint(styleDim, p.say.T("cmd.similar.more-places", more)))
	}
	if explain {
		for _, t := range p.explainTerms(h) {
			p.line("    %s", p.paint(styleDim, t))
		}
	}
	p.line("    %s", shellQuote(h.ID))
}

func lineRange(r [2]int) string { return fmt.Sprintf("%d-%d", r[0], r[1]) }
