// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// largeOptions say what the larger corpus is and what is asked of it.
type largeOptions struct {
	sources, folder, queries string
	rounds                   int
}

func (o *largeOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.sources, "sources", "", "the sources of the larger corpus; empty leaves it out")
	flags.StringVar(&o.folder, "sources-folder", "", "where they are unpacked, and kept for the next time; empty: below the working folder")
	flags.StringVar(&o.queries, "large-queries", "internal/bench/queries-large.txt", "the queries over the larger corpus")
	flags.IntVar(&o.rounds, "large-rounds", 5, "rounds over the larger corpus, after one that warms up")
}

// effort is what a command took.
type effort struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory at most
}

// measured runs a command of the binary to its end.
func (p program) measured(ctx context.Context, args ...string) (effort, error) {
	cmd := p.command(ctx, args...)
	log := &record{}
	cmd.Stdout, cmd.Stderr = log, log
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return effort{}, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var e effort
	for {
		e.peak = max(e.peak, memoryOf(cmd.Process.Pid))
		select {
		case err := <-done:
			if code := cmd.ProcessState.ExitCode(); err != nil && code != 3 { // 3: a file or a link was left out, and counted
				return e, fmt.Errorf("communs %s: %w\n%s", args[0], err, log)
			}
			e.wall, e.cpu = time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
			return e, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// measureLarge gets the larger corpus, mirrors and indexes it, and asks the queries of everyone.
func measureLarge(ctx context.Context, p program, dir string, o largeOptions, stdout io.Writer) (string, error) {
	list, err := readSources(o.sources)
	if err != nil {
		return "", err
	}
	queries, err := readQueriesFile(o.queries)
	if err != nil {
		return "", err
	}
	if o.folder == "" {
		o.folder = filepath.Join(dir, "sources")
	}
	if o.folder, err = filepath.Abs(o.folder); err != nil {
		return "", err
	}
	fmt.Fprintf(stdout, "the larger corpus: %d sources\n", len(list))
	folders, missing, err := fetchSources(ctx, list, o.folder)
	if err != nil {
		return "", err
	}
	if len(folders) == 0 {
		return "\n## A larger corpus\n\nNot measured: nothing of it could be had.\n\n" + missing, nil
	}
	fmt.Fprintln(stdout, "mirroring and indexing")
	mirror, err := p.measured(ctx, append([]string{"crawl", "--no-index", "--quiet"}, folders...)...)
	if err != nil {
		return "", err
	}
	index, err := p.measured(ctx, "index", "--quiet")
	if err != nil {
		return "", err
	}
	origins := map[string]origin{}
	for _, f := range folders {
		origins["file://"+f] = origin{filepath.Base(f), f}
	}
	c, err := exportCorpus(ctx, p, filepath.Join(dir, "files"), origins)
	if err != nil {
		return "", err
	}
	parts, err := indexParts(p.data)
	if err != nil {
		return "", err
	}
	s, err := p.serve(ctx, "serve")
	if err != nil {
		return "", err
	}
	defer s.stop()
	q := questions{queries, o.rounds, findPeers(ctx, c, dir)}
	q.peers.names = append(q.peers.names, (*zoekt)(nil).name())
	if address := os.Getenv("ZOEKT_URL"); address != "" {
		q.peers.list = append(q.peers.list, newZoekt(address))
	} else {
		q.peers.notes += "- zoekt: not measured. Have a zoekt-webserver serve the same files and name it in ZOEKT_URL; `-keep` leaves them.\n"
	}
	tables, err := q.askEveryone(ctx, p, s, c, stdout)
	if err != nil {
		return "", err
	}
	return "\n## A larger corpus\n\n" + largeTable(c, mirror, index, parts, s) + "\n" + tables + "\n" +
		machine(q.peers.list) + missing + q.peers.notes, nil
}

// largeTable says what mirroring and indexing took.
func largeTable(c *corpus, mirror, index effort, parts []part, s *server) string {
	total := int64(0)
	for _, p := range parts {
		if p.name != printsPart {
			total += p.bytes
		}
	}
	perMB := func(d time.Duration) string {
		return fmt.Sprintf("%.1f s: %.3f s a MB", d.Seconds(), d.Seconds()/(float64(c.bytes)/1e6))
	}
	ratio := func(n int64) string {
		return fmt.Sprintf("%s: %.3f × the files; %.3f × each content once", megabytes(n), float64(n)/float64(c.bytes), float64(n)/float64(c.unique))
	}
	rows := [][]string{
		{"text indexed", fmt.Sprintf("%s in %d files (%s when each content counts once)", megabytes(c.bytes), len(c.exported), megabytes(c.unique))},
		{"mirroring, processor time", perMB(mirror.cpu)},
		{"mirroring, memory at most", megabytes(mirror.peak)},
		{"indexing, processor time", perMB(index.cpu)},
		{"indexing, time", perMB(index.wall)},
		{"indexing, memory at most", megabytes(index.peak)},
		{"ready to serve", fmt.Sprintf("%.0f ms", float64(s.ready.Microseconds())/1000)},
		{"index on disk, content included, prints apart", ratio(total)},
	}
	for _, p := range parts {
		rows = append(rows, []string{"– " + p.name, ratio(p.bytes)})
	}
	for _, l := range c.left {
		rows = append(rows, []string{"not indexed: " + l.reason, fmt.Sprintf("%d files, %s", l.files, megabytes(l.bytes))})
	}
	return table(1, []string{"what", "measured"}, rows)
}
