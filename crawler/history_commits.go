// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// commitData is a commit with the address of its author.
type commitData struct {
	commit
	author string
}

func newCommitData(data []byte) (commitData, error) {
	c, err := parseCommit(data)
	return commitData{c, authorAddress(data)}, err
}

// readCommit reads a commit, unless it is larger than any that people write.
func readCommit(o *objects, h Hash) (commitData, error) {
	typ, size, err := o.stat(h)
	if err != nil {
		return commitData{}, err
	}
	if typ != typeCommit || size > maxCommit {
		return commitData{}, fmt.Errorf("%s is a %v of %d bytes, not a commit", h, typ, size)
	}
	_, data, err := o.read(h)
	if err != nil {
		return commitData{}, err
	}
	return newCommitData(data)
}

// authorAddress is the address in a commit's author line: "author Name <address> seconds zone".
func authorAddress(data []byte) string {
	head, _, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range bytes.Lines(head) {
		if rest, ok := bytes.CutPrefix(line, []byte("author ")); ok {
			end := bytes.LastIndexByte(rest, '>')
			begin := bytes.LastIndexByte(rest[:max(end, 0)], '<')
			if begin >= 0 {
				return string(bytes.ToLower(bytes.TrimSpace(rest[begin+1 : end])))
			}
			return string(bytes.TrimSpace(rest))
		}
	}
	return ""
}

// walk notes every commit from HEAD to the edge.
func (q *historian) walk(ctx context.Context, edge map[Hash]bool, read func(Hash) (commitData, error)) error {
	for pending := []Hash{q.history.Head}; len(pending) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		h := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if _, seen := q.times[h]; seen {
			continue
		}
		if len(q.times) == historyCommits {
			q.history.Older = true
			return nil
		}
		c, err := read(h)
		if err != nil {
			return err
		}
		q.times[h] = c.when
		sum := sha256.Sum256(append(q.salt[:], c.author...))
		q.history.Commits = append(q.history.Commits, HistoryCommit{c.when, [8]byte(sum[:])})
		if edge[h] {
			q.history.Older = q.history.Older || len(c.parents) > 0
			continue
		}
		pending = append(pending, c.parents...)
	}
	return nil
}

// undated are the highest versions whose day no commit has told.
func (q *historian) undated() (wants []plumbing.Hash) {
	type candidate struct {
		version *Version
		tagged
	}
	var list []candidate
	for name, t := range q.tags {
		if v := ParseVersion(name); v != nil {
			list = append(list, candidate{v, t})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int { return b.version.Compare(a.version) })
	for _, c := range list[:min(len(list), historyDates)] {
		if _, known := q.times[c.commit]; !known && !slices.Contains(wants, plumbing.Hash(c.object)) {
			wants = append(wants, plumbing.Hash(c.object))
		}
	}
	return wants
}

// finish puts what was found in order.
func (q *historian) finish() *History {
	h := q.history
	slices.SortFunc(h.Commits, func(a, b HistoryCommit) int { return b.Time.Compare(a.Time) })
	for name, t := range q.tags {
		h.Tags = append(h.Tags, Tag{name, ParseVersion(name), q.times[t.commit]})
	}
	slices.SortFunc(h.Tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	return h
}
