// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// What a source of sources-similar.txt is for.
const (
	useSmall = "small" // in both indexes
	useLarge = "large" // in the larger one
	useOther = "other" // in none: code that should not be found
)

// readSimilarSources reads the sources by use.
func readSimilarSources(file string) (map[string][]source, error) {
	uses := map[string][]source{}
	err := sourceLines(file, func(line string) error {
		use, rest, _ := strings.Cut(line, "\t")
		if use != useSmall && use != useLarge && use != useOther {
			return errors.New("want small, large or other, a tab, and a source")
		}
		s, err := parseSource(rest)
		uses[use] = append(uses[use], s)
		return err
	})
	return uses, err
}

// measureSimilarCorpora gets the corpora for Similar, indexes a small and a large one, and measures on both.
func measureSimilarCorpora(ctx context.Context, p program, dir string, o options, stdout io.Writer) (string, error) {
	uses, err := readSimilarSources(o.similar.sources)
	if err != nil {
		return "", err
	}
	folder := o.large.folder
	if folder == "" {
		folder = filepath.Join(dir, "sources")
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return "", err
	}
	folders := map[string][]string{}
	missing := ""
	for _, use := range []string{useSmall, useLarge, useOther} {
		fmt.Fprintf(stdout, "%s: %d sources\n", use, len(uses[use]))
		list, notes, err := fetchSources(ctx, uses[use], folder)
		if err != nil {
			return "", err
		}
		folders[use] = list
		missing += notes
	}
	out := "\n## Similar blocks\n"
	so := o.similar
	so.others, so.peer = strings.Join(folders[useOther], string(filepath.ListSeparator)), true
	for _, size := range []struct {
		name    string
		folders []string
	}{{useSmall, folders[useSmall]}, {useLarge, append(folders[useSmall], folders[useLarge]...)}} {
		if len(size.folders) == 0 {
			continue
		}
		fmt.Fprintf(stdout, "%s: mirroring and indexing %d sources\n", size.name, len(size.folders))
		p.data = filepath.Join(dir, size.name)
		if _, err := p.measured(ctx, append([]string{"crawl", "--no-index", "--quiet"}, size.folders...)...); err != nil {
			return "", err
		}
		if _, err := p.measured(ctx, "index", "--quiet"); err != nil {
			return "", err
		}
		fmt.Fprintln(stdout, size.name+": asking")
		so.data = p.data
		text, err := measureSimilar(ctx, so)
		if err != nil {
			return "", err
		}
		out += "\n" + text
	}
	return out + "\n" + machine("make bench-similar", nil) + missing, nil
}

// measureSimilarDemo measures Similar on the demo; the standard library of Go, which the demo does not have, is the other code.
func measureSimilarDemo(ctx context.Context, data string, o similarOptions) (string, error) {
	root, err := quiet(exec.CommandContext(ctx, "go", "env", "GOROOT"))
	if err != nil {
		return "", err
	}
	o.data, o.peer, o.others = data, true, filepath.Join(strings.TrimSpace(root), "src")
	text, err := measureSimilar(ctx, o)
	return "\n## Similar blocks\n\n" + text, err
}
