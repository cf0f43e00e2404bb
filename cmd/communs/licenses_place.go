// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"communs/indexer"
	"communs/licenses"
)

// explainPlace is what is to be explained: a folder, a file or lines of it, in a repository on disk. The root keeps what links lead to
// within the repository.
type explainPlace struct {
	root       *os.Root
	path       string // from the root, with slashes
	folder     bool
	start, end int
}

// placeToExplain reads PATH, PATH:LINE or PATH:START-END. The repository's root is given, or the nearest folder above with a .git, or
// the folder itself.
func (p *program) placeToExplain(arg, root string) (*explainPlace, error) {
	name, start, end := arg, 0, 0
	info, err := os.Stat(name)
	if err != nil {
		before, lines, ok := cutLast(arg, ":")
		from, to, isRange := strings.Cut(lines, "-")
		if a, e := strconv.Atoi(from); ok && e == nil && a > 0 {
			b := a
			if isRange {
				b, e = strconv.Atoi(to)
			}
			if e != nil || b < a {
				return nil, fault("cmd.licenses.explain.lines", quote(lines))
			}
			name, start, end = before, a, b
			info, err = os.Stat(name)
		}
	}
	if err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(name))
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fault("cmd.licenses.detect.skip.special", field(name))
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(name))
	}
	folder := full
	if !info.IsDir() {
		folder = filepath.Dir(full)
	}
	if root == "" {
		root = repositoryOf(folder)
	} else if root, err = filepath.Abs(root); err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(root))
	}
	rel, err := filepath.Rel(root, full)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil, fault("cmd.licenses.explain.outside", field(name), field(root))
	}
	if info.IsDir() && start > 0 {
		return nil, fault("cmd.licenses.explain.lines", quote(arg))
	}
	place := &explainPlace{path: filepath.ToSlash(rel), folder: info.IsDir(), start: start, end: end}
	if place.root, err = os.OpenRoot(root); err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(root))
	}
	if err := place.within(name); err != nil {
		return nil, errors.Join(err, place.root.Close())
	}
	return place, nil
}

// within checks that the lines asked for exist; those that end beyond the end of the file end with it.
func (x *explainPlace) within(name string) error {
	if x.start == 0 {
		return nil
	}
	f, err := x.root.Open(filepath.FromSlash(x.path))
	if err != nil {
		return faultOf(err, "cmd.input-unreadable", field(name))
	}
	defer f.Close()
	lines := 0
	chunk := make([]byte, 64<<10)
	for last := byte('\n'); lines < x.end; {
		n, err := f.Read(chunk)
		if n > 0 {
			lines += bytes.Count(chunk[:n], []byte("\n"))
			last = chunk[n-1]
		}
		if errors.Is(err, io.EOF) {
			if last != '\n' {
				lines++
			}
			break
		} else if err != nil {
			return faultOf(err, "cmd.input-unreadable", field(name))
		}
	}
	if x.start > lines {
		return fault("cmd.licenses.explain.beyond", field(name), lines, strconv.Itoa(x.start))
	}
	x.end = min(x.end, lines)
	return nil
}

// cutLast cuts at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// repositoryOf is the nearest folder above that is a git repository; the folder itself where none is.
func repositoryOf(folder string) string {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return folder
		}
	}
}

// block widens a single line to the smallest block of code that holds it.
func (x *explainPlace) block() error {
	f, err := x.root.Open(filepath.FromSlash(x.path))
	if err != nil {
		return err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, indexer.MaxFileSize))
	if err != nil {
		return err
	}
	line := x.start
	for _, b := range indexer.SplitterFor(indexer.Language(x.path, src)).Split(x.path, src) {
		if b.Start <= line && line <= b.End && (x.start == x.end || b.End-b.Start < x.end-x.start) {
			x.start, x.end = b.Start, b.End
		}
	}
	return nil
}

// unreadFile is a file that may hold evidence and could not be read.
type unreadFile struct{ path, reason string }

// tree reads all that may be evidence for the place: the file, and what its folder and those above say.
func (x *explainPlace) tree(ctx context.Context, d *licenses.Detector) (*licenses.Tree, []unreadFile) {
	tree := licenses.NewTree()
	var unread []unreadFile
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if seen[name] || ctx.Err() != nil {
			return
		}
		seen[name] = true
		found, err := x.detect(ctx, d, name)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				unread = append(unread, unreadFile{name, reasonOf(err)})
			}
			return
		}
		tree.Add(name, found)
		for _, f := range found {
			if f.Expression.IsZero() && f.Scope != "" { // a manifest leads there
				add(path.Join(path.Dir(name), f.Scope))
			}
		}
	}
	dir := x.path
	if !x.folder {
		add(x.path)
		add(x.path + ".license")
		dir = path.Dir(x.path)
	}
	for {
		folders := []string{"", ".reuse", "debian"}
		if dir == "." {
			folders = append(folders, licenses.LegalFolders()...)
		}
		for _, below := range folders {
			names, err := x.interesting(path.Join(dir, below))
			if err != nil {
				unread = append(unread, unreadFile{path.Join(dir, below), reasonOf(err)})
			}
			for _, name := range names {
				add(name)
			}
		}
		if dir == "." {
			return tree, unread
		}
		dir = path.Dir(dir)
	}
}

// interesting lists the files of a folder that may say something of others. A link to a file of the same folder says nothing more.
func (x *explainPlace) interesting(dir string) ([]string, error) {
	entries, err := fs.ReadDir(x.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() || !licenses.Interesting(name) {
			continue
		}
		if e.Type()&fs.ModeSymlink != 0 {
			if to, err := x.root.Readlink(filepath.FromSlash(name)); err == nil && !strings.ContainsAny(to, `/\`) && licenses.Interesting(to) {
				continue
			}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, err
}

func (x *explainPlace) detect(ctx context.Context, d *licenses.Detector, name string) ([]licenses.Finding, error) {
	info, err := x.root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	f, err := x.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	scanned, err := d.Scan(ctx, name, f)
	return scanned.Findings, err
}
