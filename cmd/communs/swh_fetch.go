// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/crawler/heritage"
	"communs/indexer"
)

func (p *program) swhFetchCommand() *cli.Command {
	return &cli.Command{
		Name: "fetch",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "origin", Usage: p.say.T("cmd.swh.fetch.origin")},
			&cli.BoolFlag{Name: "force", Usage: p.say.T("cmd.swh.fetch.force")},
			p.boolFlag("no-index"),
		},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.swhFetch),
	}
}

// swhFetch makes a mirror of a repository whose origin is gone, from what the archive has of it.
func (p *program) swhFetch(ctx context.Context, c *cli.Context) error {
	client, err := p.archive()
	if err != nil {
		return err
	}
	origin, id, err := wanted(c.Args().First(), c.String("origin"))
	if err != nil {
		return err
	}
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	if !c.Bool("force") {
		alive, err := s.crawler.Alive(ctx, origin)
		if err != nil {
			return err
		}
		if alive {
			return &crawler.AliveError{URL: origin}
		}
	}
	if id.IsZero() {
		visit, err := client.LatestVisit(ctx, origin)
		if err != nil {
			return err
		}
		id = visit.Snapshot
	}
	show := p.progress()
	defer show.done()
	err = client.Cook(ctx, id, func(at heritage.Cooking) {
		progress, _, _ := strings.Cut(at.Progress, "\n")
		show.live("cmd.swh.fetch.live", at.ID.String(), at.Status, visible(progress))
	})
	if err != nil {
		return err
	}
	done, err := s.crawler.BringBack(ctx, client, origin, id)
	show.done()
	if err != nil {
		return err
	}
	if !c.Bool("no-index") {
		if _, err := p.update(ctx, s, indexer.Options{}, show); err != nil {
			return err
		}
	}
	if p.settings.format != formatText {
		return p.result(done)
	}
	p.line("%s", p.say.T("cmd.swh.fetch.done", field(done.URL), done.From.String(), done.References, p.size(done.Bytes)))
	return nil
}

// wanted is the repository that is meant, and what of it: its latest state when no identifier says.
func wanted(arg, origin string) (string, heritage.ID, error) {
	if !strings.HasPrefix(strings.ToLower(arg), "swh:") {
		if origin != "" {
			return "", heritage.ID{}, fault("cmd.swh.fetch.two-origins")
		}
		address, err := crawler.CanonicalURL(arg)
		return address, heritage.ID{}, err
	}
	s, err := heritage.Parse(arg)
	if err != nil {
		return "", heritage.ID{}, err
	}
	if origin == "" {
		origin = s.Origin
	}
	if origin == "" {
		return "", heritage.ID{}, fault("cmd.swh.fetch.no-origin", arg)
	}
	address, err := crawler.CanonicalURL(origin)
	return address, s.ID, err
}
