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
	"communs/internal/words"
)

func (p *program) swhSaveCommand() *cli.Command {
	return &cli.Command{
		Name: "save",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "missing", Usage: p.say.T("cmd.swh.save.missing")},
			&cli.BoolFlag{Name: "wait", Usage: p.say.T("cmd.swh.save.wait")},
		},
		Action: p.action(shape{most: -1, formats: []string{formatJSON, formatJSONL}}, p.swhSave),
	}
}

// swhSaveResult is what became of asking for one repository to be saved.
type swhSaveResult struct {
	URL     string `json:"url"`
	ID      int64  `json:"id,omitempty"`
	Request string `json:"request,omitempty"` // accepted, pending, rejected
	Task    string `json:"task,omitempty"`    // not created, pending, scheduled, running, succeeded, failed
	Note    string `json:"note,omitempty"`
	Error   string `json:"error,omitempty"`
}

// How long, and how often, the end of a visit is waited for.
const (
	saveWait  = time.Hour
	savePause = 30 * time.Second
)

// swhSave asks the archive to visit repositories, but never those that opted out.
func (p *program) swhSave(ctx context.Context, c *cli.Context) error {
	urls, err := p.listed(c.Args().Slice())
	if err != nil {
		return err
	}
	if len(urls) == 0 && !c.Bool("missing") {
		return fault("cmd.swh.save.which", called(c.App, c.Command))
	}
	client, err := p.archive()
	if err != nil {
		return err
	}
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	if c.Bool("missing") {
		more, err := s.crawler.NotArchived(ctx)
		if err != nil {
			return err
		}
		urls = append(urls, more...)
	}
	saver := saving{p: p, client: client, crawler: s.crawler}
	list := []swhSaveResult{}
	for _, url := range urls {
		r, err := saver.save(ctx, url)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		list = append(list, r)
		if p.settings.format == formatText && err == nil {
			p.line("%s\t%s", field(r.URL), p.saveState(r))
		}
		if err != nil && stops(err) {
			break
		}
	}
	if c.Bool("wait") {
		if err := saver.wait(ctx, list); err != nil {
			return err
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
	count := tally{failed: len(urls) - len(list)}
	for _, r := range list {
		switch {
		case r.Error != "":
			count.failed++
		case r.Request == "rejected", r.Task == "failed":
			count.no++
		default:
			count.yes++
		}
	}
	return count.verdict()
}

// saveState says in words where a request stands.
func (p *program) saveState(r swhSaveResult) string {
	return p.say.T("cmd.swh.save.state", p.archiveWord("web.archive.request.", r.Request), p.archiveWord("cmd.swh.task.", r.Task))
}

// stops reports whether an error would only be repeated by asking for the next repository.
func stops(err error) bool {
	var api *heritage.APIError
	if errors.As(err, &api) {
		return api.Status == 401 || api.Status == 429
	}
	var m words.Messenger
	return !errors.As(err, &m) || isPolite(err)
}

// saving asks for repositories to be saved, and writes down what becomes of it.
type saving struct {
	p       *program
	client  *heritage.Client
	crawler *crawler.Crawler
}

func (s *saving) save(ctx context.Context, url string) (swhSaveResult, error) {
	r := swhSaveResult{URL: url}
	var address string
	err := notLocal(url)
	if err == nil {
		address, err = s.crawler.MaySave(ctx, url)
	}
	if err == nil {
		r.URL = address
		var answer heritage.SaveRequest
		if answer, err = s.crawler.RequestSave(ctx, s.client, address); err == nil {
			r.ID, r.Request, r.Task, r.Note = answer.ID, answer.Request, answer.Task, answer.Note
		}
	}
	if err != nil && ctx.Err() == nil {
		r.Error, _ = s.p.say.Error(err)
		s.p.tell(err)
	}
	return r, err
}

// wait follows the visits to their end, or for an hour.
func (s *saving) wait(ctx context.Context, list []swhSaveResult) error {
	ctx, cancel := context.WithTimeout(ctx, saveWait)
	defer cancel()
	show := s.p.progress()
	defer show.done()
	for {
		left := 0
		for i := range list {
			r := &list[i]
			if r.Error != "" || (heritage.SaveRequest{Request: r.Request, Task: r.Task}).Done() {
				continue
			}
			answers, err := s.client.Requests(ctx, r.URL)
			if err != nil {
				return err
			}
			if len(answers) == 0 {
				continue
			}
			a := answers[0]
			if r.Request, r.Task, r.Note = a.Request, a.Task, a.Note; !a.Done() {
				left++
			} else if s.p.settings.format == formatText {
				s.p.line("%s\t%s", field(r.URL), s.p.saveState(*r))
			}
			if err := s.crawler.NoteSave(ctx, r.URL, a); err != nil {
				return err
			}
		}
		if left == 0 {
			return nil
		}
		show.live("cmd.swh.save.live", left)
		select {
		case <-time.After(savePause):
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil
			}
			return ctx.Err()
		}
	}
}

// How many repositories the archive is asked to visit after one crawl, and of how many earlier requests it is asked what became: a request each.
const (
	savedByCrawls    = 20
	followedByCrawls = 20
)

// archiveResult is what the archive was asked after a crawl.
type archiveResult struct {
	crawler.ArchiveTended
	Error string `json:"error,omitempty"` // what ended it early; the next crawl goes on
}

// archiveAfterCrawl asks the archive what it holds, what became of what it was asked to save, and to visit what it does not hold, as far as
// the configuration wants it. What fails there is told, and makes no crawl a failure.
func (p *program) archiveAfterCrawl(ctx context.Context, c *crawler.Crawler) *archiveResult {
	cfg := p.settings.config.Heritage
	if !cfg.Status && !cfg.Save {
		return nil
	}
	var r archiveResult
	client, err := p.archive()
	if err == nil {
		tend := crawler.ArchiveTending{ArchiveRefresh: crawler.ArchiveRefresh{Older: askedByCrawls, Visits: archiveVisits}, Follow: followedByCrawls}
		if cfg.Save {
			tend.Saves = savedByCrawls
		}
		r.ArchiveTended, err = c.TendArchive(ctx, client, tend)
	}
	if err != nil && ctx.Err() == nil {
		r.Error, _ = p.say.Error(err)
		p.tell(err)
	}
	return &r
}

// archiveTable tells what the archive was asked after a crawl, as far as there was something to ask.
func (p *program) archiveTable(r *archiveResult) {
	if r == nil {
		return
	}
	if r.Asked+r.Visits > 0 {
		p.line("%s", p.say.T("cmd.crawl.archive.asked", r.Asked, r.Held))
	}
	if r.Followed > 0 {
		p.line("%s", p.say.T("cmd.crawl.archive.followed", r.Followed, r.Saved, r.Under, len(r.Refused)))
	}
	if r.Requested+r.Left > 0 {
		p.line("%s", p.say.T("cmd.crawl.archive.requested", r.Requested, r.Left))
	}
	for _, one := range r.Refused {
		p.line("  %s", p.say.T("cmd.crawl.archive.refused", field(one.URL), visible(oneLine(one.Why))))
	}
}
