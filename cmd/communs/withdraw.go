// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
	"communs/licenses"
)

func (p *program) withdrawCommand() *cli.Command {
	return &cli.Command{
		Name:   "withdraw",
		Flags:  []cli.Flag{p.stringFlag("reason"), p.boolFlag("ahead")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.withdraw),
	}
}

// withdrawResult is what a withdrawal prints as JSON. With nothing found the decision holds for the future all the same.
type withdrawResult struct {
	Target      string `json:"target"`
	Repo        string `json:"repo,omitempty"`
	Blob        string `json:"blob,omitempty"` // the whole content, whatever lines the target names
	Reason      string `json:"reason"`
	Occurrences int    `json:"occurrences"` // files of the index that it took away
	Repos       int    `json:"repos"`       // that held them, indexed or only mirrored
	Before      bool   `json:"before"`      // it had been withdrawn already

	ahead bool // it need not have been here
}

func (p *program) withdraw(ctx context.Context, c *cli.Context) error {
	reason := strings.TrimSpace(c.String("reason"))
	if reason == "" {
		return fault("cmd.reason-missing")
	}
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	before, err := s.crawler.Withdrawn(ctx)
	if err != nil {
		return err
	}
	target := c.Args().First()
	take, ahead := s.crawler.Withdraw, c.Bool("ahead")
	if ahead {
		take = s.crawler.Forbid
	}
	w, err := take(ctx, target, reason)
	var unknown *crawler.UnknownError
	if errors.As(err, &unknown) && !strings.Contains(target, ":") { // it may be a folder, as crawl takes it
		path, absErr := filepath.Abs(target)
		if absErr != nil {
			return absErr
		}
		if w, absErr = s.crawler.Withdraw(ctx, "file://"+filepath.ToSlash(path), reason); absErr == nil {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	result := withdrawResult{Target: target, Repo: w.URL, Reason: w.Reason, ahead: ahead || strings.HasSuffix(w.URL, "/*")}
	if !w.Blob.IsZero() {
		result.Blob = w.Blob.String()
	}
	for _, b := range before {
		result.Before = result.Before || b.URL == w.URL && b.Blob == w.Blob
	}
	if result.Occurrences, result.Repos, err = inIndex(s.dir, w); err != nil {
		return err
	}
	result.Repos = max(result.Repos, w.Mirrors)
	if err := p.purge(ctx, s); err != nil {
		return err
	}
	return p.withdrawn(&result)
}

// withdrawn prints what was taken away. The answer is no when nothing was there, now or before.
func (p *program) withdrawn(r *withdrawResult) error {
	said, no := "cmd.withdraw.repo", verdict{}
	args := []any{field(r.Repo), r.Occurrences}
	if r.Blob != "" {
		said, args = "cmd.withdraw.content", []any{"swh:1:cnt:" + r.Blob, r.Occurrences, r.Repos}
	}
	switch {
	case r.Repos > 0 && strings.HasSuffix(r.Repo, "/*"):
		said, args = "cmd.withdraw.below", []any{field(r.Repo), r.Repos}
	case r.Repos > 0:
	case r.ahead:
		said = "cmd.withdraw.ahead"
	case r.Before:
		said = "cmd.withdraw.before"
	default:
		said, no = "", verdict{exitNo, "cmd.withdraw.nothing", args}
	}
	if p.settings.format != formatText {
		if err := p.result(r); err != nil {
			return err
		}
	} else if said != "" {
		p.line("%s", p.say.T(said, args...))
	}
	if no.code != 0 {
		return no
	}
	return nil
}

// inIndex counts the files, and their repositories, that the index lists of what is withdrawn.
func inIndex(dir string, w crawler.Withdrawal) (files, repos int, err error) {
	x, err := indexer.Open(dir, indexer.OpenOptions{})
	var damaged *indexer.CorruptError
	if errors.Is(err, indexer.ErrNoIndex) || errors.As(err, &damaged) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	for _, repo := range x.Repos() {
		before := files
		for i := range uint32(repo.Len()) {
			if (w.Covers(repo.Meta().URL) || repo.Hash(i) == w.Blob && !w.Blob.IsZero()) && repo.Skipped(i) != indexer.SkipWithdrawn {
				files++
			}
		}
		if files > before {
			repos++
		}
	}
	return files, repos, x.Close()
}

// purge erases everything that was withdrawn from the index.
func (p *program) purge(ctx context.Context, s *store) (err error) {
	withdrawn, err := s.takenAway(ctx)
	if err != nil {
		return err
	}
	detector, err := licenses.NewDetector()
	if err != nil {
		return err
	}
	writer, err := indexer.NewWriter(ctx, indexer.Options{
		Dir: s.dir, Disk: s.disk, Detector: detector, Withdrawn: never(withdrawn),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	return purge(ctx, writer, s.dir, withdrawn)
}

// never reports which contents must not be indexed again.
func never(list []crawler.Withdrawal) func(indexer.BlobHash) bool {
	blobs := map[indexer.BlobHash]bool{}
	for _, w := range list {
		if !w.Blob.IsZero() {
			blobs[w.Blob] = true
		}
	}
	return func(h indexer.BlobHash) bool { return blobs[h] }
}

// purge erases what was withdrawn from the index, as far as it still is in it.
func purge(ctx context.Context, writer *indexer.Writer, dir string, list []crawler.Withdrawal) error {
	x, err := indexer.Open(dir, indexer.OpenOptions{})
	var damaged *indexer.CorruptError
	if errors.Is(err, indexer.ErrNoIndex) || errors.As(err, &damaged) {
		return nil // nothing is in service: whatever is to come knows what was withdrawn
	}
	if err != nil {
		return err
	}
	known := writer.Repos()
	var repos []string
	var blobs []indexer.BlobHash
	for _, w := range list {
		if slices.Contains(known, w.URL) {
			repos = append(repos, w.URL)
		}
		if _, _, ok := x.Lookup(w.Blob); ok {
			blobs = append(blobs, w.Blob)
		}
	}
	if err := x.Close(); err != nil {
		return err
	}
	if len(repos)+len(blobs) == 0 {
		return nil
	}
	return writer.Withdraw(ctx, repos, blobs)
}
