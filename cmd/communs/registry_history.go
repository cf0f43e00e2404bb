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

	"communs/crawler"
)

func (p *program) registryHistoryCommand() *cli.Command {
	return &cli.Command{
		Name:   "history",
		Flags:  []cli.Flag{p.intFlag("n")},
		Action: p.action(shape{least: 1, most: -1, formats: []string{formatJSON, formatJSONL}}, p.registryHistory),
	}
}

// registryHistory tells what the crawls noted of repositories.
func (p *program) registryHistory(ctx context.Context, c *cli.Context) error {
	n, err := p.number(c, "n", 0, 0)
	if err != nil {
		return err
	}
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return err
	}
	defer mirrors.Close()
	var told []*crawler.Journal
	var missing error
	for _, address := range c.Args().Slice() {
		j, err := mirrors.Journal(ctx, fullPath(address), n)
		var unknown *crawler.UnknownError
		switch {
		case errors.As(err, &unknown):
			missing = errors.Join(missing, err)
		case err != nil:
			return err
		default:
			if j.URL == "" { // nothing of it is here but what happened to it
				j.URL = address
			}
			told = append(told, j)
		}
	}
	switch p.settings.format {
	case formatJSON:
		if told == nil {
			told = []*crawler.Journal{}
		}
		err = p.result(told)
	case formatJSONL:
		err = results(p, told)
	default:
		for _, j := range told {
			p.tellJournal(j)
		}
	}
	if err == nil && missing != nil {
		p.tell(missing)
		return verdict{code: exitNo}
	}
	return err
}

// tellJournal writes one line for each entry: when, what, from what to what, how often.
func (p *program) tellJournal(j *crawler.Journal) {
	if j.Since.IsZero() {
		p.line("%s", p.paint(styleRepo, p.say.T("cmd.history.never", field(j.URL))))
	} else {
		p.line("%s", p.paint(styleRepo, p.say.T("cmd.history.of", field(j.URL), j.Since.Format(time.DateOnly))))
	}
	if !j.Seen.IsZero() {
		p.line("%s", p.say.T("crawl.journal-seen", j.Seen.Format(time.DateOnly)))
	}
	p.tellLinks(j.Links)
	for _, h := range j.Entries {
		parts := []string{"  " + h.Time.Format("2006-01-02 15:04"), p.say.T("crawl.happened." + string(h.Kind))}
		if h.Before != "" {
			parts = append(parts, field(shortName(h.Before)), "→", field(shortName(h.After)))
		} else if h.After != "" {
			parts = append(parts, field(shortName(h.After)))
		}
		switch {
		case h.Kind == crawler.WasWithdrawn, h.Kind == crawler.WasRestored:
			parts = append(parts, field(h.Why))
		case h.Why != "":
			parts = append(parts, "("+p.whyWords(h.Why)+")")
		}
		if h.Times > 1 {
			parts = append(parts, p.say.T("crawl.happened-times", h.Times, h.First.Format(time.DateOnly)))
		}
		if h.Hook {
			parts = append(parts, p.say.T("crawl.happened-hook"))
		}
		p.line("%s", strings.Join(parts, " "))
	}
}

// tellLinks says what the state that is mirrored points at outside of itself.
func (p *program) tellLinks(l *crawler.Links) {
	if l == nil {
		return
	}
	if l.Submodules > 0 {
		p.line("%s", p.say.T("crawl.links.submodules", l.Submodules))
	}
	for _, s := range l.First {
		where := cmp.Or(s.URL, s.Declared, p.say.T("crawl.links.nowhere"))
		p.line("  %s → %s %s", field(s.Path), field(where), s.Revision)
	}
	if l.Large > 0 {
		p.line("%s", p.say.T("crawl.links.lfs", l.Large, p.size(l.LargeBytes)))
	}
	for _, f := range l.FirstLarge {
		p.line("  %s %s", field(f.Path), p.size(f.Size))
	}
}

// shortName is a commit in 12 digits; an address is left as it is.
func shortName(name string) string {
	if _, err := crawler.ParseHash(name); err == nil {
		return name[:12]
	}
	return name
}

// journal reads what the crawls noted of a repository, for its page. As for the archive, the database is opened each time.
func (p *program) journal(ctx context.Context, url string, n int) (*crawler.Journal, error) {
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer mirrors.Close()
	return mirrors.Journal(ctx, url, n)
}
