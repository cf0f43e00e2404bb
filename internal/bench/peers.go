// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// peer is another program that finds the files which hold something.
type peer interface {
	// name is how the tables call it.
	name() string
	// version is what it says of itself.
	version() string
	// files are the paths that answer, relative to the folder.
	files(ctx context.Context, q query) ([]string, error)
}

// ripgrep reads every file of a folder for every query, as fast as that can be done.
type ripgrep struct{ folder string }

func (ripgrep) name() string { return "ripgrep" }

func (ripgrep) version() string {
	out, _ := exec.Command("rg", "--version").Output()
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(first)
}

// files asks `rg -a -l` over everything in the folder, whatever its ignore files say. Words have no equivalent: the
// nearest is the files that hold them all, so the files that hold the first are searched for the second, and so on.
func (p ripgrep) files(ctx context.Context, q query) ([]string, error) {
	args := []string{"--no-config", "--no-ignore", "--hidden", "-a", "-l", "-0"}
	if q.fold {
		args = append(args, "-i")
	}
	if q.form == regexpForm {
		return p.run(ctx, nil, append(args, "-e", q.pattern, ".")...)
	}
	args = append(args, "-F")
	if q.form == exact {
		return p.run(ctx, nil, append(args, "-e", q.pattern, ".")...)
	}
	found, err := p.run(ctx, nil, append(args, "-e", q.words[0], ".")...)
	for _, w := range q.words[1:] {
		if err != nil || len(found) == 0 {
			return nil, err
		}
		found, err = p.run(ctx, found, append(args, "-e", w, "--")...)
	}
	return found, err
}

// run starts rg, through xargs when the files to search are given.
func (p ripgrep) run(ctx context.Context, files []string, args ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "rg", args...)
	if files != nil {
		cmd = exec.CommandContext(ctx, "xargs", append([]string{"-0", "rg"}, args...)...)
		cmd.Stdin = strings.NewReader(strings.Join(files, "\x00"))
	}
	cmd.Dir = p.folder
	return pathsOf(cmd, "\x00")
}

// codesearch keeps a trigram index of the files of a folder.
type codesearch struct {
	folder, index string
	indexed       int // files that it took: none whose name starts with a dot, that is not UTF-8 or has very long lines
}

// newCodesearch indexes the folder.
func newCodesearch(ctx context.Context, folder, index string) (*codesearch, error) {
	p := &codesearch{folder: folder, index: index}
	cmd := exec.CommandContext(ctx, "cindex", "-verbose", folder)
	cmd.Env = append(os.Environ(), "CSEARCHINDEX="+index)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("cindex: %w: %s", err, out)
	}
	p.indexed = len(regexp.MustCompile(`(?m)^\S+ \S+ \d+ \d+ /`).FindAll(out, -1)) // bytes, trigrams, path
	return p, nil
}

func (*codesearch) name() string { return "codesearch" }

func (p *codesearch) version() string {
	out, _ := exec.Command("dpkg-query", "-W", "-f", "${Version}", "codesearch").Output()
	return strings.TrimSpace("codesearch " + string(out))
}

// files asks `csearch -l`; for words, the files that each of them is in.
func (p *codesearch) files(ctx context.Context, q query) ([]string, error) {
	switch q.form {
	case exact:
		return p.run(ctx, q.fold, regexp.QuoteMeta(q.pattern))
	case regexpForm:
		return p.run(ctx, q.fold, q.pattern)
	}
	var found []string
	for i, w := range q.words {
		some, err := p.run(ctx, q.fold, regexp.QuoteMeta(w))
		if err != nil {
			return nil, err
		}
		if i == 0 {
			found = some
			continue
		}
		found = intersection(found, some)
	}
	return found, nil
}

func (p *codesearch) run(ctx context.Context, fold bool, pattern string) ([]string, error) {
	args := []string{"-l"}
	if fold {
		args = append(args, "-i")
	}
	cmd := exec.CommandContext(ctx, "csearch", append(args, pattern)...)
	cmd.Env = append(os.Environ(), "CSEARCHINDEX="+p.index)
	list, err := pathsOf(cmd, "\n")
	for i, path := range list {
		if rel, err := filepath.Rel(p.folder, path); err == nil {
			list[i] = rel
		}
	}
	return list, err
}

// pathsOf runs a grep-like program that writes paths: status 1 says that there are none, and under xargs 123 says that
// one of its runs found none.
func pathsOf(cmd *exec.Cmd, separator string) ([]string, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 123) && stderr.Len() == 0 {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, stderr.String())
	}
	var list []string
	for _, path := range strings.Split(string(out), separator) {
		if path = strings.TrimPrefix(path, "./"); path != "" {
			list = append(list, path)
		}
	}
	return list, nil
}

// intersection keeps what stands in both lists, in the first one's order.
func intersection(a, b []string) []string {
	in := make(map[string]bool, len(b))
	for _, s := range b {
		in[s] = true
	}
	var both []string
	for _, s := range a {
		if in[s] {
			both = append(both, s)
		}
	}
	return both
}
