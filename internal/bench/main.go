// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Command bench measures Communs beside ripgrep and codesearch on the files of the demo, and writes the tables of
// docs/benchmarks.md. It also takes the README's picture. It knows of Communs only what a user knows: the binary, its
// commands and its HTTP API. It also measures how well copies of blocks are found again, on the demo, on a list of sources or
// on any data folder (-similar); for that it reads the index.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

// options are the command line of the bench.
type options struct {
	binary, queries, write, keep, picture string
	rounds                                int
	french, catalogue                     bool
	similar                               similarOptions
	large                                 largeOptions
	ranking                               rankingOptions
	licenses                              licenseOptions
	crawl                                 crawlOptions
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/communs", "the built program")
	flags.StringVar(&o.queries, "queries", "internal/bench/queries.txt", "the queries")
	flags.StringVar(&o.write, "write", "", "page to write the tables into, between its markers; empty prints them")
	flags.StringVar(&o.keep, "keep", "", "folder to work in and to leave behind; empty takes a temporary one")
	flags.StringVar(&o.picture, "picture", "", "take the README's picture into this file, and nothing else")
	flags.IntVar(&o.rounds, "rounds", 11, "rounds of measurement, after one that warms up")
	flags.BoolVar(&o.french, "french", false, "measure French questions beside English ones, and nothing else")
	flags.BoolVar(&o.catalogue, "catalogue", false, "measure the pages of a catalogue of 2,000 software, and nothing else")
	o.similar.flags(flags)
	o.large.flags(flags)
	o.ranking.flags(flags)
	o.licenses.flags(flags)
	o.crawl.flags(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.similar.data != "" {
		text, err := measureSimilar(ctx, o.similar)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(stdout, text)
		return err
	}
	var err error
	if o.binary, err = filepath.Abs(o.binary); err != nil {
		return err
	}
	dir := o.keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "communs-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	if o.french {
		return measureFrench(ctx, o.binary, dir, stdout)
	}
	p := program{o.binary, filepath.Join(dir, "data")}
	if o.picture != "" {
		return takePicture(ctx, p, o.picture)
	}
	command, text := "make bench", ""
	if o.catalogue {
		command = "make bench-catalogue"
		text, err = measureCatalogue(ctx, p, stdout)
	} else if o.crawl.gitea != "" {
		command = "make bench-crawl"
		text, err = measureCrawl(ctx, p, dir, o.crawl, stdout)
	} else if o.licenses.data != "" {
		command = "make eval-licenses"
		text, err = measureLicenses(ctx, o.binary, dir, o.licenses, stdout)
	} else if o.ranking.sources != "" {
		command = "make bench-ranking"
		text, err = measureRanking(ctx, o.binary, dir, o.ranking, stdout)
	} else if o.similar.sources != "" {
		command = "make bench-similar"
		text, err = measureSimilarCorpora(ctx, p, dir, o, stdout)
	} else if o.large.sources != "" {
		command = "make bench-large"
		text, err = measureLarge(ctx, p, dir, o.large, stdout)
	} else {
		text, err = bench(ctx, p, dir, o, stdout)
	}
	if err != nil {
		return err
	}
	if o.write == "" {
		_, err := fmt.Fprintln(stdout, text)
		return err
	}
	fmt.Fprintln(stdout, "writing", o.write)
	return replaceBetweenMarkers(o.write, command, text)
}

// bench does everything below dir and gives the tables.
func bench(ctx context.Context, p program, dir string, o options, stdout io.Writer) (string, error) {
	queries, err := readQueriesFile(o.queries)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(stdout, "demo, from an empty data folder")
	d, s, c, err := measureDemo(ctx, p, filepath.Join(dir, "files"))
	if err != nil {
		return "", err
	}
	defer s.stop()
	q := questions{queries, o.rounds, findPeers(ctx, c, dir)}
	tables, err := q.askEveryone(ctx, p, s, c, stdout)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(stdout, "similar blocks")
	similar, err := measureSimilarDemo(ctx, p.data, o.similar)
	if err != nil {
		return "", err
	}
	return d.String() + "\n## Queries beside ripgrep and codesearch\n\n" + tables + similar + "\n## Machine\n\n" + machine("make bench", q.peers.list) + q.peers.notes, nil
}

// questions are what is asked, how often, and of whom beside Communs.
type questions struct {
	queries []query
	rounds  int
	peers   peers
}

// askEveryone asks the queries in turn, compares the files that are found, and gives the tables.
func (q questions) askEveryone(ctx context.Context, p program, s *server, c *corpus, stdout io.Writer) (string, error) {
	fmt.Fprintf(stdout, "%d queries, %d rounds\n", len(q.queries), q.rounds)
	list, err := measureAll(ctx, s, q.peers.list, q.queries, q.rounds)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(stdout, "comparing files")
	for i := range list {
		if list[i].files, err = compare(ctx, p, c, q.peers.rg, list[i].query); err != nil {
			return "", err
		}
	}
	return timeTable(list) + "\n" + ratioTable(list, q.peers.names) + "\n" + queryTable(list, q.peers.names), nil
}

// peers are the programs beside which Communs is measured.
type peers struct {
	list  []peer   // those that are here
	names []string // the columns, of those that are missing too
	rg    peer     // nil when it is missing
	notes string   // on each, what is to be known
}

// findPeers looks for the peers and prepares them. One that is missing is named in the notes, and its columns say so.
func findPeers(ctx context.Context, c *corpus, dir string) peers {
	p := peers{names: []string{ripgrep{}.name(), (*codesearch)(nil).name()}}
	if _, err := exec.LookPath("rg"); err == nil {
		p.rg = ripgrep{c.folder}
		p.list = append(p.list, p.rg)
	} else {
		p.notes += "- ripgrep is not installed: not measured.\n"
	}
	if _, err := exec.LookPath("cindex"); err != nil {
		p.notes += "- codesearch is not installed: not measured.\n"
		return p
	}
	cs, err := newCodesearch(ctx, c.folder, filepath.Join(dir, "csearchindex"))
	if err != nil {
		p.notes += fmt.Sprintf("- codesearch: not measured (%v).\n", err)
		return p
	}
	p.list = append(p.list, cs)
	p.notes += fmt.Sprintf("- codesearch indexed %d of the %d files.\n", cs.indexed, len(c.exported))
	return p
}
