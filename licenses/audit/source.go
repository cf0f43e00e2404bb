// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Source yields what is audited, entry by entry, in any order. An error that comes with an entry's path is about that entry alone;
// one without ends the audit.
type Source interface {
	Files(ctx context.Context) iter.Seq2[Entry, error]
}

// Entry is one file of a source, or something in its place that is only counted.
type Entry struct {
	Path string // slash-separated, relative, without . and ..
	Skip string // a Skipped… word: why it is not read; empty for a file
	Open func() (io.ReadCloser, error)
}

// PartError is something in a source that could not be read while the rest can.
type PartError struct{ Partial Partial }

// Error is for logs.
func (e *PartError) Error() string { return e.Partial.Reason + ": " + e.Partial.Path }

// Message names the sentence.
func (e *PartError) Message() (key string, args []any) { return e.Partial.Message() }

// partial makes an entry's failure.
func partial(name, reason string, args ...string) *PartError {
	return &PartError{Partial{Path: name, Reason: reason, Args: append([]string{}, args...)}}
}

// Unreadable is what the system refused, in the words of the system.
func Unreadable(name string, err error) *PartError {
	var errno syscall.Errno
	said := "?"
	var pathErr *fs.PathError
	switch {
	case errors.As(err, &errno):
		said = errno.Error()
	case errors.As(err, &pathErr):
		said = pathErr.Err.Error()
	case err != nil:
		said = err.Error()
	}
	return partial(name, PartialUnreadable, said)
}

// FolderSource is a folder on disk. In the work tree of a git repository the files are those that git tracks; elsewhere all
// are, but for what lies in .git and what a package manager installed. Symbolic links are not followed: one that stays within the folder leads to a file that is read
// anyway, and what lies outside is not the project's.
type FolderSource struct{ Dir string }

// Files walks the folder in the order of paths.
func (s FolderSource) Files(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		root, err := os.OpenRoot(s.Dir)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		defer root.Close()
		tracked, err := trackedFiles(s.Dir)
		if err != nil {
			part := Unreadable(".git", err)
			if !yield(Entry{Path: ".git"}, part) {
				return
			}
		}
		w := folderWalk{root: root, tracked: tracked, yield: yield, ctx: ctx}
		w.folder(".")
	}
}

// folderWalk is one walk; its methods report whether to go on.
type folderWalk struct {
	ctx     context.Context
	root    *os.Root
	tracked *tracked // nil: all files count
	yield   func(Entry, error) bool
}

func (w *folderWalk) folder(dir string) bool {
	if err := w.ctx.Err(); err != nil {
		w.yield(Entry{}, err)
		return false
	}
	entries, err := w.list(dir)
	if err != nil {
		return w.yield(Entry{Path: dir}, Unreadable(dir, err))
	}
	for _, e := range entries {
		if !w.entry(path.Join(dir, e.Name()), e) {
			return false
		}
	}
	return true
}

func (w *folderWalk) list(dir string) ([]fs.DirEntry, error) {
	return fs.ReadDir(w.root.FS(), dir)
}

func (w *folderWalk) entry(name string, e fs.DirEntry) bool {
	skip := func(why string) bool { return w.yield(Entry{Path: name, Skip: why}, nil) }
	switch {
	case e.Name() == ".git":
		return skip(SkippedGit)
	case w.tracked != nil && w.tracked.modules[name]:
		return skip(SkippedSubmodule)
	case e.IsDir():
		if w.tracked != nil && !w.tracked.folders[name] {
			return skip(SkippedIgnored)
		}
		if w.tracked == nil && installed(w.root, name) {
			return skip(SkippedInstalled)
		}
		return w.folder(name)
	case w.tracked != nil && !w.tracked.files[name]:
		return skip(SkippedIgnored)
	case e.Type()&fs.ModeSymlink != 0:
		return skip(w.link(name))
	case !e.Type().IsRegular():
		return skip(SkippedSpecial)
	}
	return w.yield(Entry{Path: name, Open: func() (io.ReadCloser, error) { return w.root.Open(name) }}, nil)
}

// installed reports whether a folder holds what a package manager put there: a virtual environment of Python, which says so by its
// pyvenv.cfg, or the packages of a lock file of npm, Yarn, pnpm or Composer beside it. They are read as dependencies.
func installed(root *os.Root, dir string) bool {
	var marks []string
	switch path.Base(dir) {
	case "node_modules":
		marks = []string{"../package-lock.json", "../npm-shrinkwrap.json", "../yarn.lock", "../pnpm-lock.yaml"}
	case "vendor":
		marks = []string{"../composer.lock"}
	default:
		marks = []string{"pyvenv.cfg"}
	}
	return slices.ContainsFunc(marks, func(mark string) bool {
		info, err := root.Stat(path.Join(dir, mark))
		return err == nil && info.Mode().IsRegular()
	})
}

// link tells a link within the folder from one that leaves it.
func (w *folderWalk) link(name string) string {
	if _, err := w.root.Stat(name); err == nil || errors.Is(err, fs.ErrNotExist) {
		target, err := w.root.Readlink(name)
		if err == nil && !filepath.IsAbs(target) && !strings.HasPrefix(path.Join(path.Dir(name), filepath.ToSlash(target)), "..") {
			return SkippedLink
		}
	}
	return SkippedOutside
}

// FileSource is one file by itself.
type FileSource struct {
	Name string
	Data io.ReadSeeker
}

// Files yields the file.
func (s FileSource) Files(context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		yield(Entry{Path: s.Name, Open: func() (io.ReadCloser, error) {
			_, err := s.Data.Seek(0, io.SeekStart)
			return io.NopCloser(s.Data), err
		}}, nil)
	}
}
