// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"communs/crawler/heritage"
)

func (p *program) swhKnownCommand() *cli.Command {
	return &cli.Command{
		Name:   "known",
		Action: p.action(shape{least: 1, most: -1, formats: []string{formatJSON, formatJSONL}}, p.swhKnown),
	}
}

// swhKnownResult says of one identifier whether the archive has what it names.
type swhKnownResult struct {
	SWHID string `json:"swhid"`
	Known bool   `json:"known"`
}

// swhKnown asks the archive which objects it has. Answers are printed in the order of the questions, as they come.
func (p *program) swhKnown(ctx context.Context, c *cli.Context) error {
	texts, err := p.listed(c.Args().Slice())
	if err != nil {
		return err
	}
	var ids []heritage.ID
	seen := map[heritage.ID]bool{}
	for _, text := range texts {
		s, err := heritage.Parse(text)
		if err != nil {
			return err
		}
		if !seen[s.ID] {
			seen[s.ID], ids = true, append(ids, s.ID)
		}
	}
	client, err := p.archive()
	if err != nil {
		return err
	}
	list := []swhKnownResult{}
	var count tally
	err = client.Known(ctx, ids, func(known map[heritage.ID]bool) error {
		for _, id := range ids[len(list) : len(list)+len(known)] {
			r := swhKnownResult{id.String(), known[id]}
			list = append(list, r)
			word := "cmd.swh.known.no"
			if r.Known {
				count.yes++
				word = "cmd.swh.known.yes"
			} else {
				count.no++
			}
			switch p.settings.format {
			case formatText:
				p.line("%s\t%s", r.SWHID, p.say.T(word))
			case formatJSONL:
				if err := p.result(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.tell(err)
		count.failed = len(ids) - len(list)
	}
	if p.settings.format == formatJSON {
		if err := p.result(list); err != nil {
			return err
		}
	}
	return count.verdict()
}
