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
		Flags:  []cli.Flag{p.stringFlag("reason")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.withdraw),
	}
}

// withdrawResult is what a withdrawal prints as JSON.
type withdrawResult struct {
	Target string `json:"target"`
	Repo   string `json:"repo,omitempty"`
	Blob   string `json:"blob,omitempty"`
	Reason string `json:"reason"`
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
	target := c.Args().First()
	w, err := s.crawler.Withdraw(ctx, target, reason)
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
	if err := p.purge(ctx, s); err != nil {
		return err
	}
	result := withdrawResult{Target: target, Repo: w.URL, Reason: w.Reason}
	if !w.Blob.IsZero() {
		result.Blob = w.Blob.String()
	}
	if p.settings.format != formatText {
		return p.result(result)
	}
	p.line("%s", p.say.T("cmd.withdraw.done", field(target)))
	return nil
}

// purge erases everything that was withdrawn from the index.
func (p *program) purge(ctx context.Context, s *store) (err error) {
	withdrawn, err := s.crawler.Withdrawn(ctx)
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
