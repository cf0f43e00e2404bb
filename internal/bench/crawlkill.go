// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"communs/crawler"
)

// mirrored is what a data folder has published of one repository: its commit, and the very files that hold it.
type mirrored struct {
	commit string
	packs  []fs.FileInfo
}

// published reads what a data folder has published, after whatever has happened to it.
func (f *crawlForge) published(ctx context.Context, data string) (map[string]mirrored, error) {
	c, err := crawler.Open(ctx, crawler.Config{Dir: data})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	all := map[string]mirrored{}
	for s, err := range c.Snapshots(ctx) {
		if err != nil {
			return nil, err
		}
		m := mirrored{commit: s.Commit}
		packs, _ := filepath.Glob(filepath.Join(data, "mirrors", "*", s.Owner, s.Name+".git", "objects", "pack", "*.pack"))
		for _, name := range packs {
			fi, err := os.Stat(name)
			if err != nil {
				return nil, err
			}
			m.packs = append(m.packs, fi)
		}
		all[s.URL] = m
	}
	return all, nil
}

// compareStates counts what of a state is not in a later one, and what was brought again although nothing moved.
func compareStates(before, after map[string]mirrored) (lost, repeated int) {
	for url, was := range before {
		now, there := after[url]
		switch {
		case !there || now.commit != was.commit || len(was.packs) == 0:
			lost++
		case len(now.packs) != len(was.packs) || !os.SameFile(now.packs[0], was.packs[0]) || !now.packs[0].ModTime().Equal(was.packs[0].ModTime()):
			repeated++
		}
	}
	return lost, repeated
}

// killed kills crawls at random moments, until it has done so as often as it should. What was published before stays, and is
// not brought again; what a round of such crawls ends with is whole.
func (f *crawlForge) killed(ctx context.Context, seed uint64, stdout io.Writer) ([][]string, error) {
	random := rand.New(rand.NewPCG(seed, seed))
	fmt.Fprintln(stdout, "killing crawls, seed", seed)
	data := filepath.Join(f.dir, "killed")
	defer os.RemoveAll(data)
	kills, rounds, lost, repeated := 0, 0, 0, 0
	var whole time.Duration // that a crawl takes when nobody kills it
	for kills < f.size.kills {
		if err := errors.Join(os.RemoveAll(data), os.MkdirAll(data, 0o755)); err != nil {
			return nil, err
		}
		start := time.Now()
		before := map[string]mirrored{}
		for whole > 0 && kills < f.size.kills {
			ended, err := killAfter(f.crawl(ctx, data), time.Duration(random.Int64N(int64(whole/3))))
			if err != nil {
				return nil, err
			}
			if ended {
				break
			}
			kills++
			after, err := f.published(ctx, data)
			if err != nil {
				return nil, err
			}
			gone, again := compareStates(before, after)
			lost, repeated, before = lost+gone, repeated+again, after
		}
		if _, _, err := toItsEnd(f.crawl(ctx, data), unwatched); err != nil {
			return nil, err
		}
		if whole == 0 {
			whole = time.Since(start)
			continue
		}
		gone, again, err := f.wholeAfter(ctx, data, before)
		if err != nil {
			return nil, err
		}
		rounds, lost, repeated = rounds+1, lost+gone, repeated+again
	}
	fmt.Fprintf(stdout, "%d kills in %d rounds: %d lost, %d repeated\n", kills, rounds, lost, repeated)
	return [][]string{{fmt.Sprintf("repositories lost over %d kills at random moments (seed %d)", kills, seed), fmt.Sprint(lost), "0"},
		{"repositories brought again, over the same", fmt.Sprint(repeated), "0"}}, nil
}

// wholeAfter looks at what a round ended with: all repositories, each as git wants it.
func (f *crawlForge) wholeAfter(ctx context.Context, data string, before map[string]mirrored) (lost, repeated int, err error) {
	after, err := f.published(ctx, data)
	if err != nil {
		return 0, 0, err
	}
	lost, repeated = compareStates(before, after)
	lost += f.size.repositories - len(after)
	mirrors, err := filepath.Glob(filepath.Join(data, "mirrors", "*", "*", "*.git"))
	if err != nil {
		return 0, 0, err
	}
	for _, mirror := range mirrors {
		if _, err := f.git(ctx, "-C", mirror, "fsck", "--no-dangling"); err != nil {
			lost++
		}
	}
	return lost, repeated, nil
}

// killAfter starts a command and kills it after a time, without a warning, unless it has ended by then.
func killAfter(cmd *exec.Cmd, after time.Duration) (ended bool, err error) {
	if err := cmd.Start(); err != nil {
		return false, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return true, err
	case <-time.After(after):
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return false, err
	}
	<-done
	return false, nil
}
