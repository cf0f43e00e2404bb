// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
)

// sourceKinds lists what a source may be.
func sourceKinds() []string { return crawler.Kinds() }

func (p *program) crawlCommand() *cli.Command {
	kind := &cli.StringFlag{Name: "kind", Usage: p.say.T("cmd.flag.kind", strings.Join(sourceKinds(), ", "))}
	return &cli.Command{
		Name: "crawl",
		Flags: []cli.Flag{kind, p.stringFlag("since"), p.stringFlag("budget"), p.boolFlag("dry-run"), p.boolFlag("hooked"), p.intFlag("jobs"),
			p.boolFlag("no-index"), p.boolFlag("members"), p.boolFlag("no-catalogue")},
		Action: p.action(shape{least: 0, most: -1, formats: []string{formatJSON, formatJSONL}}, p.crawl),
	}
}

// crawlOptions reads how the crawl is to be done.
func crawlOptions(c *cli.Context) (opts crawler.Options, err error) {
	opts.DryRun, opts.Hooked = c.Bool("dry-run"), c.Bool("hooked")
	if opts.Hooked && (c.NArg() > 0 || c.String("since") != "" || c.Bool("members")) {
		return opts, fault("cmd.crawl.hooked-alone")
	}
	if text := c.String("since"); text != "" {
		if opts.Since, err = time.ParseInLocation(time.DateOnly, text, time.Local); err != nil {
			if opts.Since, err = time.Parse(time.RFC3339, text); err != nil {
				return opts, faultOf(err, "cmd.crawl.since", quote(text))
			}
		}
		if opts.Since.After(time.Now()) {
			return opts, fault("cmd.crawl.since-to-come", quote(text))
		}
	}
	if text := c.String("budget"); text != "" {
		opts.Budget, err = crawler.ParseBudget(text)
	}
	return opts, err
}

func (p *program) crawl(ctx context.Context, c *cli.Context) error {
	jobs, err := p.number(c, "jobs", p.settings.config.Crawl.Jobs, 0)
	if err != nil {
		return err
	}
	opts, err := crawlOptions(c)
	if err != nil {
		return err
	}
	if opts.Hooked {
		if due, err := p.hooksDue(ctx); err != nil {
			return err
		} else if !due { // nobody else who writes to the data folder is disturbed
			return p.crawled(&crawler.Summary{}, nil, opts.DryRun, nil, nil, nil)
		}
	}
	sources, err := p.sources(ctx, c)
	if err != nil {
		return err
	}
	opts.All = c.NArg() == 0 && c.String("kind") == "" && !c.Bool("members")
	open := p.openStore
	if opts.DryRun {
		open = p.overlook
	}
	s, err := open(ctx, jobs)
	if err != nil {
		return err
	}
	defer s.close()
	p.noContact()
	show := p.progress()
	var broken []crawler.Event // sources: whichever ends the command is told then, and not twice
	report := p.bySource(show, len(sources), p.reporter(show, opts.DryRun))
	moved := map[string]bool{}
	summary, tallies, err := p.crawlSources(ctx, s, sources, opts, func(e crawler.Event) {
		if e.Kind == crawler.New || e.Kind == crawler.Changed || e.Kind == crawler.ForcePushed {
			moved[crawler.AddressKey(e.Repository.URL)] = true
		}
		if e.Kind == crawler.Failed && e.Repository.URL == "" {
			broken = append(broken, e)
			return
		}
		report(e)
	})
	for _, e := range broken {
		if e.Err != err {
			report(e)
		}
	}
	show.done()
	if err != nil {
		return err
	}
	if opts.DryRun {
		return p.crawled(&summary, tallies, true, nil, nil, nil)
	}
	archived := p.archiveAfterCrawl(ctx, s.crawler)
	var indexed *indexing
	if c.Bool("no-index") {
		if err := p.purgeLeftOut(ctx, s, &summary); err != nil {
			return err
		}
	} else {
		done, err := p.update(ctx, s, indexer.Options{Jobs: jobs}, show)
		if err != nil {
			return err
		}
		indexed = &done
	}
	var kept *catalogueResult
	if indexed != nil && !c.Bool("no-catalogue") {
		if kept, err = p.keepCatalogue(ctx, s, moved, c.NArg() == 0 && !opts.Hooked, jobs); err != nil {
			return err
		}
	}
	return p.crawled(&summary, tallies, false, archived, indexed, kept)
}

// purgeLeftOut takes out of the index, though it is not brought up to date, what its owner has just kept out.
func (p *program) purgeLeftOut(ctx context.Context, s *store, summary *crawler.Summary) error {
	for _, left := range summary.Left {
		var why *crawler.OptOutError
		if errors.As(left.Err, &why) && why.By != crawler.ByRequest {
			return p.purge(ctx, s)
		}
	}
	return nil
}

// sources are those of the command line, or with none those of the configuration and the forges of the registry's members.
func (p *program) sources(ctx context.Context, c *cli.Context) ([]crawler.SourceConfig, error) {
	args, kind, members := c.Args().Slice(), c.String("kind"), c.Bool("members")
	if len(args) == 0 && kind == crawler.KindBuild && !members { // of this very program
		return []crawler.SourceConfig{{Name: kind, Kind: kind}}, nil
	}
	if len(args) == 0 || members {
		list, err := p.memberSources(ctx)
		if err != nil {
			return nil, err
		}
		if members && len(list) == 0 {
			return nil, fault("cmd.crawl.no-members")
		}
		if !members {
			list = append(slices.Clone(p.settings.config.Source), list...)
		}
		if len(list) == 0 {
			return nil, fault("cmd.no-sources")
		}
		if len(args) == 0 {
			return list, nil
		}
		named, err := p.named(args, kind)
		return append(named, list...), err
	}
	return p.named(args, kind)
}

// named are the sources of the command line.
func (p *program) named(args []string, kind string) ([]crawler.SourceConfig, error) {
	var list []crawler.SourceConfig
	for _, arg := range args {
		lines := []string{arg}
		if arg == "-" {
			var err error
			if lines, err = p.stdinLines(); err != nil {
				return nil, err
			}
		}
		for _, line := range lines {
			source, err := argument(line, kind)
			if err != nil {
				return nil, err
			}
			list = append(list, source)
		}
	}
	return list, nil
}

// argument reads one argument: its kind is the one given, else the one that its folder tells, or that will be recognised by its
// address. What of a forge is meant stands in the address, as in that of its page; on GitHub an organisation's name is enough.
func argument(arg, kind string) (crawler.SourceConfig, error) {
	var scope *string
	s := crawler.SourceConfig{Name: arg, Kind: kind}
	switch kind {
	case crawler.KindGitLab:
		scope = &s.Group
	case crawler.KindGitHub, crawler.KindGitea, crawler.KindForgejo, crawler.KindGogs:
		scope = &s.Organisation
	case crawler.KindList, crawler.KindCatalogue, crawler.KindCGit, crawler.KindGitWeb:
		if strings.Contains(arg, "://") {
			s.URL = arg
		} else {
			s.Path = arg
		}
		return s, nil
	case crawler.KindSWH:
		s.Search = arg
		return s, nil
	default:
		s, err := crawler.ParseArg(arg)
		if err == nil && kind != "" {
			s.Kind = kind
		}
		return s, err
	}
	u, err := url.Parse(arg)
	if err != nil || u.Host == "" && (kind != crawler.KindGitHub || strings.Trim(u.Path, "/") == "") {
		return s, faultOf(err, "cmd.crawl.group", quote(arg), kind)
	}
	if *scope = strings.Trim(u.Path, "/"); u.Host != "" && u.Host != "github.com" {
		s.URL = u.Scheme + "://" + u.Host
	}
	return s, nil
}

// stdinLines reads the lines of standard input; empty ones and those that start with # are left out.
func (p *program) stdinLines() ([]string, error) {
	var lines []string
	scanner := bufio.NewScanner(p.stdin)
	row := 0
	for scanner.Scan() {
		row++
		if line := strings.TrimSpace(scanner.Text()); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, p.lineFault(err, "-", row+1)
	}
	if len(lines) == 0 {
		return nil, fault("cmd.no-input")
	}
	return lines, nil
}

// reporter tells what happens to each repository. What did not move is only counted.
func (p *program) reporter(show *progress, dry bool) func(crawler.Event) {
	found, done := 0, 0
	return func(e crawler.Event) {
		name := field(e.Repository.URL)
		if name == "" {
			name = field(e.Source)
		}
		switch e.Kind {
		case crawler.Found:
			found++
			return
		case crawler.Progress:
			show.live("cmd.crawl.live", done, found, name, p.size(e.Bytes))
			return
		case crawler.Unchanged:
			show.live("cmd.crawl.live", done, found, name, p.size(e.Bytes))
		case crawler.Unlisted:
			show.step("cmd.crawl.event.unlisted", name, field(e.Source))
			return
		case crawler.Renamed:
			show.step("cmd.crawl.event.renamed", name, field(e.Previous))
			return
		case crawler.Recognised:
			show.step("cmd.crawl.event.recognised", name, e.As)
			return
		case crawler.HostWaiting, crawler.HostResting, crawler.HostBack:
			show.step("cmd.crawl.event."+string(e.Kind), name, e.Until.Local().Format("2006-01-02 15:04"))
			return
		case crawler.Postponed:
			show.live("cmd.crawl.live", done, found, name, p.size(e.Bytes)) // its server was told of
		case crawler.Failed, crawler.Skipped, crawler.Withdrawn:
			sentence, _ := p.say.Error(localFault(e.Err, p.settings.data))
			show.step("cmd.crawl.event."+string(e.Kind), name, sentence)
		case crawler.Emptied, crawler.Vanished:
			if e.Until.IsZero() { // nothing of it is kept
				show.step("crawl.nothing-kept."+string(e.Kind), name)
				break
			}
			show.step("cmd.crawl.event."+string(e.Kind), name, e.Until.Format("2006-01-02"))
		case crawler.New, crawler.Changed, crawler.ForcePushed:
			if !e.From.IsZero() {
				show.step("cmd.crawl.event.restored", name, e.From.String())
				break
			}
			if dry {
				show.step("cmd.crawl.would."+string(e.Kind), name)
				break
			}
			show.step("cmd.crawl.event."+string(e.Kind), name, p.size(e.Bytes))
		default:
			show.step("cmd.crawl.event."+string(e.Kind), name)
		}
		done++
	}
}
