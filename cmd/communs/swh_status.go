// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/crawler/heritage"
	"communs/crawler/polite"
)

func (p *program) swhStatusCommand() *cli.Command {
	return &cli.Command{
		Name: "status",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: p.say.T("cmd.swh.status.all")},
			&cli.BoolFlag{Name: "offline", Usage: p.say.T("cmd.swh.status.offline")},
			&cli.IntFlag{Name: "visits", Value: archiveVisits, Usage: p.say.T("cmd.swh.status.visits", archiveVisits)},
		},
		Action: p.action(shape{most: -1, formats: []string{formatJSON, formatJSONL}}, p.swhStatus),
	}
}

// How often the same question is asked: by hand, and after each crawl; and how many repositories' visits are asked for each time.
const (
	askedByHand   = 24 * time.Hour
	askedByCrawls = 7 * 24 * time.Hour
	archiveVisits = 20
)

// swhStatus tells what the archive holds: of some repositories, mirrored here or not, or of all that are.
func (p *program) swhStatus(ctx context.Context, c *cli.Context) error {
	urls, err := p.listed(c.Args().Slice())
	if err != nil {
		return err
	}
	all := c.Bool("all") || c.Bool("offline")
	if len(urls) == 0 && !all {
		return fault("cmd.swh.status.which", called(c.App, c.Command))
	}
	if len(urls) > 0 && all {
		return fault("cmd.too-many-arguments", called(c.App, c.Command), quote(urls[0]))
	}
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	if c.Bool("offline") {
		return p.archiveCoverage(ctx, s.crawler, nil, nil)
	}
	client, err := p.archive()
	if err != nil {
		return err
	}
	if c.Bool("all") {
		show := p.progress()
		done, err := s.crawler.RefreshArchive(ctx, client, crawler.ArchiveRefresh{Older: askedByHand, Visits: c.Int("visits"),
			Tell: func(asked, visits int) { show.live("cmd.swh.status.live", asked, visits) }})
		show.done()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return p.archiveCoverage(ctx, s.crawler, &done, err)
	}
	return p.archiveStatus(ctx, s.crawler, client, urls)
}

// swhCoverageResult is how much of what is mirrored the archive holds.
type swhCoverageResult struct {
	crawler.ArchiveCoverage
	Now *crawler.ArchiveAsked `json:"now,omitempty"` // what was asked just now
}

// archiveCoverage tells how much of what is mirrored is archived. What was asked before a failure counts.
func (p *program) archiveCoverage(ctx context.Context, c *crawler.Crawler, done *crawler.ArchiveAsked, failure error) error {
	coverage, err := c.Archive(ctx)
	if err != nil {
		return err
	}
	if p.settings.format == formatText {
		p.line("%s", p.say.T("cmd.swh.status.coverage", coverage.Repositories, coverage.Held, coverage.Whole, coverage.Repositories-coverage.Asked))
		if coverage.Saving+coverage.Restored > 0 {
			p.line("%s", p.say.T("cmd.swh.status.more", coverage.Saving, coverage.Restored))
		}
	} else if err := p.result(swhCoverageResult{coverage, done}); err != nil {
		return err
	}
	if failure != nil {
		p.tell(failure)
		if done.Asked+done.Visits == 0 {
			return verdict{code: exitFailure}
		}
		return verdict{code: exitPart}
	}
	return tally{yes: coverage.Held, no: coverage.Repositories - coverage.Held}.verdict()
}

// swhStatusResult is what is known of one repository.
type swhStatusResult struct {
	crawler.Archived
	Mirrored bool   `json:"mirrored"`
	Error    string `json:"error,omitempty"`
}

// archiveStatus asks about repositories one by one.
func (p *program) archiveStatus(ctx context.Context, c *crawler.Crawler, client *heritage.Client, urls []string) error {
	list := []swhStatusResult{}
	var count tally
	for _, url := range urls {
		r, err := askOne(ctx, c, client, url)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err != nil:
			r.Error, _ = p.say.Error(err)
			p.tell(err)
			count.failed++
		case r.Holds != "" || !r.Visit.Time.IsZero():
			count.yes++
		default:
			count.no++
		}
		if p.settings.format == formatText && err == nil {
			p.archiveLine(&r)
		}
		list = append(list, r)
		if err != nil && stops(err) {
			count.failed += len(urls) - len(list)
			break
		}
	}
	switch p.settings.format {
	case formatJSON:
		if err := p.result(list); err != nil {
			return err
		}
	case formatJSONL:
		if err := results(p, list); err != nil {
			return err
		}
	}
	return count.verdict()
}

// askOne asks about a repository, whether it is mirrored here or not.
func askOne(ctx context.Context, c *crawler.Crawler, client *heritage.Client, url string) (swhStatusResult, error) {
	if err := notLocal(url); err != nil {
		return swhStatusResult{Archived: crawler.Archived{URL: url}}, err
	}
	a, err := c.AskArchive(ctx, client, url)
	var unknown *crawler.UnknownError
	if !errors.As(err, &unknown) {
		if err == nil && a.Omitted != "" {
			err = fault("cmd.swh.status.omitted."+a.Omitted, field(url))
		}
		return swhStatusResult{Archived: a, Mirrored: true}, err
	}
	a = crawler.Archived{URL: url}
	address, err := crawler.CanonicalURL(url)
	if err != nil {
		return swhStatusResult{Archived: a}, err
	}
	a.URL = address
	v, err := client.LatestVisit(ctx, address)
	var none *heritage.NoVisitError
	if errors.As(err, &none) {
		err = nil
	}
	if err != nil {
		return swhStatusResult{Archived: a}, err
	}
	a.Visit = crawler.Visit{Asked: time.Now().UTC(), Time: v.Time, Status: v.Status, Snapshot: v.Snapshot}
	return swhStatusResult{Archived: a}, nil
}

// archiveLine tells what is known of a repository, in a line or two.
func (p *program) archiveLine(r *swhStatusResult) {
	key, day := "cmd.swh.status.none", r.Visit.Time.Local().Format(time.DateOnly)
	switch {
	case r.Holds == crawler.HoldsSnapshot:
		key = "cmd.swh.status.whole"
	case r.Holds == crawler.HoldsCommit:
		key = "cmd.swh.status.commit"
	case !r.Visit.Time.IsZero() && r.Mirrored:
		key = "cmd.swh.status.older"
	case !r.Visit.Time.IsZero():
		key = "cmd.swh.status.there"
	}
	p.line("%s\t%s", field(r.URL), p.say.T(key))
	if !r.Visit.Time.IsZero() {
		p.line("\t%s", p.say.T("cmd.swh.status.visit", day, p.archiveWord("web.archive.visit.", r.Visit.Status), r.Visit.Snapshot.String()))
	}
	if r.Save.Request != "" {
		p.line("\t%s", p.say.T("cmd.swh.status.save", r.Save.Time.Local().Format(time.DateOnly), p.archiveWord("web.archive.request.", r.Save.Request), p.archiveWord("cmd.swh.task.", r.Save.Task)))
		if r.Save.Note != "" {
			p.line("\t%s", visible(oneLine(r.Save.Note)))
		}
	}
	if !r.Restored.IsZero() {
		p.line("\t%s", p.say.T("cmd.swh.status.restored", r.Since.Local().Format(time.DateOnly), r.Restored.String()))
	}
}

// isPolite reports whether a server asks to be left alone until later.
func isPolite(err error) bool {
	var wait *polite.WaitError
	var rest *polite.BreakerError
	return errors.As(err, &wait) || errors.As(err, &rest)
}
