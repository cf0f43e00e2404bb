// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// demo is what was seen of the demo, from an empty data folder to the second start.
type demo struct {
	first  time.Duration // from the start of the process to the first answer
	again  time.Duration // the same, with the index already there
	cpu    time.Duration // of the processor, by the process that indexed
	peak   int64         // bytes of memory at most, until the first answer
	parts  []part        // what the index takes on disk
	corpus *corpus
}

// part is one piece of the index and its size on disk.
type part struct {
	name  string
	bytes int64
}

// printsPart is the part of the index that finds similar blocks. It is counted apart.
const printsPart = "prints"

// measureDemo runs the demo twice and leaves the second one serving.
func measureDemo(ctx context.Context, p program, folder string) (*demo, *server, *corpus, error) {
	first, err := p.serve(ctx, "demo")
	if err != nil {
		return nil, nil, nil, err
	}
	d := &demo{first: first.ready, peak: first.peak}
	if d.cpu, err = first.stop(); err != nil {
		return nil, nil, nil, err
	}
	origins, err := moduleOrigins(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	if d.corpus, err = exportCorpus(ctx, p, folder, origins); err != nil {
		return nil, nil, nil, err
	}
	if d.parts, err = indexParts(p.data); err != nil {
		return nil, nil, nil, err
	}
	s, err := p.serve(ctx, "demo")
	if err != nil {
		return nil, nil, nil, err
	}
	d.again = s.ready
	return d, s, d.corpus, nil
}

// indexParts sums the sizes of the files of the index: each part of the shards, then the rest. The mirrors, which the
// index can be made from again, are not part of it.
func indexParts(data string) ([]part, error) {
	list := []part{{name: "content"}, {name: "blocks"}, {name: "grams"}, {name: "words"}, {name: printsPart}, {name: "occurrences"}, {name: "other"}}
	for _, folder := range []string{"shards", "occurrences"} {
		err := filepath.WalkDir(filepath.Join(data, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(data, path)
			if err != nil {
				return err
			}
			to := &list[len(list)-1]
			names := strings.Split(filepath.ToSlash(rel), "/")
			for i := range list {
				if names[0] == list[i].name || len(names) > 2 && names[2] == list[i].name {
					to = &list[i]
				}
			}
			to.bytes += info.Size()
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// String is the section of the page about the demo.
func (d *demo) String() string {
	c := d.corpus
	var index int64
	for _, p := range d.parts {
		if p.name != printsPart {
			index += p.bytes
		}
	}
	ofSource := func(n int64) string { return fmt.Sprintf("%.3f", float64(n)/float64(c.unique)) }
	rows := [][]string{
		{"first answer, from the start of the process", fmt.Sprintf("%.1f s", d.first.Seconds()), "60 s"},
		{"text indexed", fmt.Sprintf("%s in %d files (%s when each content counts once)", megabytes(c.bytes), len(c.exported), megabytes(c.unique)), ""},
		{"speed, mirroring included", fmt.Sprintf("%.1f MB/s", float64(c.bytes)/1e6/d.first.Seconds()), ""},
		{"processor time until stopped", fmt.Sprintf("%.1f s", d.cpu.Seconds()), ""},
		{"memory at most", megabytes(d.peak), "1 GB"},
		{"ready again, from the start of the process", fmt.Sprintf("%.0f ms", float64(d.again.Microseconds())/1000), "1 s"},
		{"index on disk, content included, prints apart", fmt.Sprintf("%s: %.3f × the files; %s × each content once", megabytes(index), float64(index)/float64(c.bytes), ofSource(index)), "1.1 ×"},
	}
	for _, p := range d.parts {
		most := ""
		if p.name == printsPart {
			most = "0.25 ×"
		}
		rows = append(rows, []string{"– " + p.name, fmt.Sprintf("%s: %s ×", megabytes(p.bytes), ofSource(p.bytes)), most})
	}
	for _, l := range c.left {
		rows = append(rows, []string{"not indexed: " + l.reason, fmt.Sprintf("%d files, %s", l.files, megabytes(l.bytes)), ""})
	}
	return "## The demo\n\n" + table(1, []string{"what", "measured", "at most"}, rows)
}
