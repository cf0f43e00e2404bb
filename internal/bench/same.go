// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// verdict compares the files that Communs finds with those that ripgrep finds.
type verdict struct {
	partial    bool     // Communs ended at its deadline, however often it was asked
	asked      bool     // whether the query means the same to both
	known      bool     // whether ripgrep was there
	ours       int      // files that Communs finds
	theirs     int      // files that ripgrep finds
	onlyOurs   []string // found by Communs alone
	onlyTheirs []string // found by ripgrep alone
}

func (v verdict) count() string { return fmt.Sprint(v.ours) }

func (v verdict) String() string {
	switch {
	case v.partial:
		return "partial answer"
	case !v.known:
		return "not measured"
	case !v.asked:
		return fmt.Sprintf("– (%d hold every word)", v.theirs)
	case v.same():
		return "yes"
	}
	return fmt.Sprintf("**no**: %d only here, %d only there", len(v.onlyOurs), len(v.onlyTheirs))
}

func (v verdict) same() bool { return !v.partial && len(v.onlyOurs) == 0 && len(v.onlyTheirs) == 0 }

// compare asks the command line for every hit and ripgrep for its files, over the same exported files. The server, which
// has the same index, tells the places of a block that has more copies than a page lists.
func compare(ctx context.Context, p program, c *corpus, rg peer, q query) (verdict, error) {
	ours, err := p.files(ctx, c, q)
	if errors.Is(err, errPartial) {
		return verdict{partial: true}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	v := verdict{asked: q.form != words, ours: len(ours)}
	if rg == nil {
		return v, nil
	}
	theirs, err := rg.files(ctx, q)
	if err != nil {
		return v, err
	}
	v.known, v.theirs = true, len(theirs)
	if v.asked {
		v.onlyOurs, v.onlyTheirs = difference(ours, theirs), difference(theirs, ours)
	}
	return v, nil
}

// files are the exported files that hold a hit: every place where the block's file stands.
func (p program) files(ctx context.Context, c *corpus, q query) ([]string, error) {
	answer, err := p.everyHit(ctx, q)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	add := func(repo, path string) error {
		exported, ok := c.exported[place{repo, path}]
		if !ok {
			return fmt.Errorf("search %s: %s of %s is a hit, and the report does not call it indexed", q.text, path, repo)
		}
		found[exported] = true
		return nil
	}
	for _, h := range answer.Hits {
		if err := add(h.Repo, h.Path); err != nil {
			return nil, err
		}
		for _, o := range h.Occurrences {
			if err := add(o.Repo, o.Path); err != nil {
				return nil, err
			}
		}
	}
	list := make([]string, 0, len(found))
	for f := range found {
		list = append(list, f)
	}
	slices.Sort(list)
	return list, nil
}

var errPartial = errors.New("the answer is partial")

// everyHit asks the command line for all hits.
func (p program) everyHit(ctx context.Context, q query) (*page, error) {
	out, err := p.output(ctx, "search", "--n", "0", "--format", "json", "--", q.text)
	if err != nil {
		return nil, err
	}
	var answer page
	if err := json.Unmarshal(out, &answer); err != nil {
		return nil, fmt.Errorf("search %s: %w", q.text, err)
	}
	if answer.Partial {
		return nil, fmt.Errorf("search %s: %w", q.text, errPartial)
	}
	return &answer, nil
}

// difference is what stands in a and not in b, sorted.
func difference(a, b []string) []string {
	in := make(map[string]bool, len(b))
	for _, s := range b {
		in[s] = true
	}
	var only []string
	for _, s := range a {
		if !in[s] {
			only = append(only, s)
		}
	}
	slices.Sort(only)
	return only
}
