// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
)

func (p *program) goneCommand() *cli.Command {
	return &cli.Command{
		Name:    "gone",
		Aliases: []string{"disparus"},
		Flags:   []cli.Flag{p.stringFlag("keep"), p.boolFlag("hide")},
		Action:  p.action(shape{least: 0, most: 1, formats: []string{formatJSON, formatJSONL}}, p.gone),
	}
}

// goneResult is a repository that is not there any more, as it prints as JSON.
type goneResult struct {
	Repo     string     `json:"repo"`
	Fate     string     `json:"fate"`             // deleted, private, replaced, emptied, vanished
	Either   bool       `json:"either,omitempty"` // deleted or private: the forge does not tell which
	Since    time.Time  `json:"since"`
	Hidden   *time.Time `json:"hidden,omitempty"`
	Answers  int        `json:"answers"` // of the forge that say so
	Kept     bool       `json:"kept"`
	Note     string     `json:"note,omitempty"`
	Reviewed *time.Time `json:"reviewed,omitempty"`
}

func (p *program) gone(ctx context.Context, c *cli.Context) error {
	note, hide, target := strings.TrimSpace(c.String("keep")), c.Bool("hide"), c.Args().First()
	switch {
	case target == "" && (note != "" || hide):
		return fault("cmd.gone.which")
	case target != "" && (note != "") == hide:
		return fault("cmd.gone.how", quote(target))
	}
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	if target == "" {
		list, err := s.crawler.Tombstones(ctx)
		if err != nil {
			return err
		}
		if err := p.tombstones(list); err != nil {
			return err
		}
		if len(list) == 0 {
			return verdict{exitNo, "cmd.gone.none", nil}
		}
		return nil
	}
	stone, err := s.crawler.Keep(ctx, fullPath(target), note)
	if err != nil {
		return err
	}
	show := p.progress()
	if _, err := p.update(ctx, s, indexer.Options{}, show); err != nil {
		return err
	}
	return p.tombstones([]crawler.Tombstone{stone})
}

// goneOf is a tombstone as it prints as JSON.
func goneOf(t crawler.Tombstone) goneResult {
	r := goneResult{Repo: t.URL, Fate: t.Fate, Either: t.Either, Since: t.Since, Answers: t.Times, Kept: t.Kept, Note: t.Note}
	if !t.Hidden.IsZero() {
		r.Hidden = &t.Hidden
	}
	if !t.Reviewed.IsZero() {
		r.Reviewed = &t.Reviewed
	}
	return r
}

// fullPath writes a path of this machine in full, whether something is still there or not; whatever begins as a server's name stays.
func fullPath(target string) string {
	first, _, _ := strings.Cut(filepath.ToSlash(target), "/")
	_, err := os.Stat(target)
	if strings.Contains(target, "://") || err != nil && first != "." && first != ".." && strings.ContainsAny(first, ".:@") {
		return target
	}
	if full, err := filepath.Abs(target); err == nil {
		return full
	}
	return target
}

// tombstone tells what has become of a repository that is not shown any more.
func (p *program) tombstone(ctx context.Context, url string) (crawler.Tombstone, error) {
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return crawler.Tombstone{}, err
	}
	defer mirrors.Close()
	return mirrors.Tombstone(ctx, url)
}

// tombstones prints what has become of repositories.
func (p *program) tombstones(list []crawler.Tombstone) error {
	if p.settings.format != formatText {
		told := make([]goneResult, len(list))
		for i, t := range list {
			told[i] = goneOf(t)
		}
		if p.settings.format == formatJSONL {
			return results(p, told)
		}
		return p.result(told)
	}
	for _, t := range list {
		fate, said, at := t.Fate, "cmd.gone.shown", t.Since
		if t.Either {
			fate = "either"
		}
		switch {
		case t.Kept:
			said, at = "cmd.gone.kept", t.Reviewed
		case !t.Hidden.IsZero():
			said, at = "cmd.gone.hidden", t.Hidden
		}
		args := []any{field(t.URL), p.say.T("cmd.gone.fate." + fate), at.Local().Format(time.DateOnly)}
		if t.Kept {
			args = append(args, field(t.Note))
		}
		p.line("%s", p.say.T(said, args...))
	}
	return nil
}
