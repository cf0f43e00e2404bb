// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"communs/licenses"
)

// Why a file was not read for licences, beside what [licenses.Unread] says.
const (
	skipUnreadable = "unreadable"
	skipSpecial    = "special" // neither file nor folder
)

// detecting reads files side by side and gives what it found in them in their order.
type detecting struct {
	detector  *licenses.Detector
	copyright bool // copyright statements too
}

// run detects in every path, folders walked. The second value tells whether the next answer is there already. It ends early when ctx does.
func (r *detecting) run(ctx context.Context, paths func(yield func(string, error) bool)) iter.Seq2[detection, bool] {
	return func(yield func(detection, bool) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		workers := runtime.GOMAXPROCS(0)
		jobs := make(chan func(), workers)
		answers := make(chan chan detection, 4*workers)
		for range workers {
			go func() {
				for job := range jobs {
					job()
				}
			}()
		}
		go func() {
			defer close(jobs)
			defer close(answers)
			r.feed(ctx, paths, jobs, answers)
		}()
		for {
			var answer chan detection
			var more bool
			select {
			case answer, more = <-answers:
			case <-ctx.Done():
				return
			}
			if !more || !yield(<-answer, len(answers) > 0) {
				return
			}
		}
	}
}

// feed makes a job of each file.
func (r *detecting) feed(ctx context.Context, paths func(yield func(string, error) bool), jobs chan<- func(), answers chan<- chan detection) {
	hand := func(name string, named bool, known error) bool {
		answer := make(chan detection, 1)
		job := func() {
			d := r.file(ctx, name, known)
			d.named = named
			answer <- d
		}
		select {
		case jobs <- job:
		case <-ctx.Done():
			return false
		}
		select {
		case answers <- answer:
		case <-ctx.Done():
			return false
		}
		return true
	}
	paths(func(name string, err error) bool {
		if info, e := os.Stat(name); err != nil || e != nil || !info.IsDir() {
			return hand(name, true, errors.Join(err, e))
		}
		return walkFiles(name, func(path string, err error) bool { return hand(path, err != nil, err) })
	})
}

// walkFiles gives every regular file below a folder but those of version control, and every folder that cannot be read. Links are not
// followed: what they lead to is below the folder, or nothing that was asked for. It tells whether do wanted it all.
func walkFiles(root string, do func(path string, err error) bool) bool {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if !do(path, err) {
				return fs.SkipAll
			}
		case e.IsDir() && (e.Name() == ".git" || e.Name() == ".hg" || e.Name() == ".svn"):
			return fs.SkipDir
		case e.Type().IsRegular() && !do(path, nil):
			return errEnough
		}
		return nil
	}) == nil
}

// errEnough ends a walk.
var errEnough = errors.New("enough")

// file detects in one file. known is what is wrong with it already.
func (r *detecting) file(ctx context.Context, name string, known error) detection {
	d := detection{Path: name, Libre: licenses.LibreUnknown, Findings: []detectionFinding{}, Copyright: []copyrightLine{}}
	if known != nil {
		d.Skipped, d.detail = skipUnreadable, reasonOf(known)
		return d
	}
	scanned, text, err := r.read(ctx, name)
	switch {
	case errors.Is(err, errSpecial):
		d.Skipped = skipSpecial
		return d
	case err != nil:
		d.Skipped, d.detail = skipUnreadable, reasonOf(err)
		return d
	}
	d.Skipped = string(scanned.Unread)
	for _, f := range scanned.Findings {
		x := detectionFinding{License: f.Expression.Current().String(), Start: f.Start, End: f.End, How: f.How, Score: f.Score, fault: f.Fault}
		if f.Fault != nil {
			x.Fault = f.Fault.Kind
		}
		d.Findings = append(d.Findings, x)
	}
	e := licenses.Together(scanned.Findings)
	d.License = e.String()
	d.Libre, _ = licenses.LibreOf(e)
	for _, c := range licenses.Copyrights(text) {
		d.Copyright = append(d.Copyright, copyrightLine{c.Holder, c.Years, c.Line, c.Text})
	}
	return d
}

// errSpecial says that a path is neither a file nor a folder.
var errSpecial = errors.New("neither file nor folder")

// read reads a file as far as licences are looked for. The text is kept for its copyright statements only.
func (r *detecting) read(ctx context.Context, name string) (licenses.Scanned, []byte, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errSpecial
	}
	if err != nil {
		return licenses.Scanned{}, nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return licenses.Scanned{}, nil, err
	}
	defer f.Close()
	var in io.Reader = f
	var text bytes.Buffer
	if r.copyright {
		in = io.TeeReader(f, &text)
	}
	scanned, err := r.detector.Scan(ctx, filepath.ToSlash(name), in)
	if scanned.Unread == licenses.UnreadBinary {
		return scanned, nil, err
	}
	return scanned, text.Bytes(), err
}

// reasonOf is what the system says of a file, without the file's name.
func reasonOf(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}
