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
	var l largeIndex
	if l.mirror, err = p.measured(ctx, append([]string{"crawl", "--no-index", "--quiet"}, folders...)...); err != nil {
		return "", err
	}
	if l.index, err = p.measured(ctx, "index", "--quiet"); err != nil {
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
	if l.parts, err = indexParts(p.data); err != nil {
		return "", err
	}
	if l.cost, err = measureCost(c); err != nil {
		return "", err
	}
	if l.zoekt = os.Getenv("ZOEKT_INDEX"); l.zoekt != "" {
		fmt.Fprintln(stdout, "indexing with zoekt")
		if l.theirs, l.theirSize, err = zoektIndex(ctx, l.zoekt, c, dir); err != nil {
			return "", err
		}
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
		q.peers.notes += "- zoekt's queries: not measured. Start zoekt-webserver on the folder zoekt below that of `-keep`, and name it in ZOEKT_URL.\n"
	}
	tables, err := q.askEveryone(ctx, p, s, c, stdout)
	if err != nil {
		return "", err
	}
	return "\n## A larger corpus\n\n" + l.table(c, s) + "\n" + tables + "\n" +
		machine("make bench-large", q.peers.list) + missing + q.peers.notes, nil
}

// largeIndex is what mirroring and indexing took.
type largeIndex struct {
	mirror, index effort
	cost          indexCost
	parts         []part
	zoekt         string // the program beside which it is measured; empty when there is none
	theirs        effort
	theirSize     int64
}

func (l *largeIndex) table(c *corpus, s *server) string {
	total := int64(0)
	for _, p := range l.parts {
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
		{"mirroring, processor time", perMB(l.mirror.cpu)},
		{"mirroring, memory at most", megabytes(l.mirror.peak)},
		{"indexing, processor time", perMB(l.index.cpu)},
		{"– without licences and prints", perMB(l.withoutParts())},
		{"– licences", perMB(l.cost.licences)},
		{"– prints", perMB(l.cost.prints)},
		{"indexing, time", perMB(l.index.wall)},
		{"indexing, memory at most", megabytes(l.index.peak)},
	}
	rows = append(rows, l.zoektRows(perMB, ratio)...)
	rows = append(rows, [][]string{
		{"ready to serve", fmt.Sprintf("%.0f ms", float64(s.ready.Microseconds())/1000)},
		{"index on disk, content included, prints apart", ratio(total)},
	}...)
	for _, p := range l.parts {
		rows = append(rows, []string{"– " + p.name, ratio(p.bytes)})
	}
	for _, left := range c.left {
		rows = append(rows, []string{"not indexed: " + left.reason, fmt.Sprintf("%d files, %s", left.files, megabytes(left.bytes))})
	}
	return table(1, []string{"what", "measured"}, rows)
}

func (l *largeIndex) withoutParts() time.Duration {
	return l.index.cpu - l.cost.licences - l.cost.prints
}

// zoektRows say what zoekt took for the same files.
func (l *largeIndex) zoektRows(perMB func(time.Duration) string, ratio func(int64) string) [][]string {
	if l.zoekt == "" {
		return [][]string{{"zoekt-index with ctags", "not measured: name the program in ZOEKT_INDEX"}}
	}
	return [][]string{
		{"zoekt-index with ctags, processor time", perMB(l.theirs.cpu)},
		{"– Communs' share of it, without licences and prints", number(l.withoutParts().Seconds() / l.theirs.cpu.Seconds())},
		{"– Communs' share of it, all included", number(l.index.cpu.Seconds() / l.theirs.cpu.Seconds())},
		{"zoekt-index, time", perMB(l.theirs.wall)},
		{"zoekt-index, memory at most", megabytes(l.theirs.peak)},
		{"zoekt, index on disk", ratio(l.theirSize)},
	}
}
