// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The modes of a folder's entries, as git writes them.
const (
	ModeFile       = 0o100644
	ModeExecutable = 0o100755
	ModeSymlink    = 0o120000
	ModeDirectory  = 0o040000
	ModeSubmodule  = 0o160000
)

// Entry is one thing in a folder.
type Entry struct {
	Name string // any bytes but NUL and '/'
	Mode uint32
	Hash [20]byte
}

// sortKey is what entries are in the order of: a folder's name counts as if a '/' followed.
func (e Entry) sortKey() string {
	if e.Mode == ModeDirectory {
		return e.Name + "/"
	}
	return e.Name
}

// DirectoryOf is the identifier of a folder: the hash of its entries in order, each as "<mode in octal> <name>\0<hash>".
func DirectoryOf(entries []Entry) ID {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	var manifest []byte
	for _, e := range entries {
		manifest = strconv.AppendUint(manifest, uint64(e.Mode), 8)
		manifest = append(manifest, ' ')
		manifest = append(manifest, e.Name...)
		manifest = append(manifest, 0)
		manifest = append(manifest, e.Hash[:]...)
	}
	return Sum(Directory, manifest)
}

// ChangedError is a file that was written to while it was read.
type ChangedError struct{ Path string }

func (e *ChangedError) Error() string { return e.Path + " changed while it was read" }

// Message says it to people.
func (e *ChangedError) Message() (string, []any) { return "heritage.changed", []any{e.Path} }

// ContentOf is the identifier of what a reader gives, which must be so many bytes.
func ContentOf(r io.Reader, size int64) (ID, error) {
	h := newHash(Content, size)
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{io.LimitReader(r, size+1)}, make([]byte, 128<<10))
	if err != nil {
		return ID{}, err
	}
	if n != size {
		return ID{}, &ChangedError{}
	}
	return finish(Content, h), nil
}

// Spool is the identifier of what a reader gives when nobody knows how much that is: what is long waits in a temporary file.
func Spool(r io.Reader) (id ID, err error) {
	const inMemory = 4 << 20
	var head bytes.Buffer
	if n, err := io.CopyN(&head, r, inMemory); errors.Is(err, io.EOF) {
		return ContentOf(&head, n)
	} else if err != nil {
		return ID{}, err
	}
	f, err := os.CreateTemp("", "communs-")
	if err != nil {
		return ID{}, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	size, err := io.Copy(f, io.MultiReader(&head, r))
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return ID{}, err
	}
	return ContentOf(f, size)
}

// FileOf is the identifier of a file's content.
func FileOf(name string) (ID, error) {
	f, err := os.Open(name)
	if err != nil {
		return ID{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ID{}, err
	}
	id, err := ContentOf(f, info.Size())
	var changed *ChangedError
	if errors.As(err, &changed) {
		changed.Path = name
	}
	return id, err
}

// FolderOf is the identifier of a folder on this disk with all that is in it, empty folders included. A symbolic link is the text of its
// target, and what is neither a file nor a folder nor a link is an empty file, as for Software Heritage. Entries whose name, or whose path
// from the top, matches one of the patterns (path.Match) are left out; a folder that only they were in stays, empty.
func FolderOf(ctx context.Context, dir string, exclude []string) (ID, error) {
	for _, p := range exclude {
		if _, err := path.Match(p, ""); err != nil {
			return ID{}, fmt.Errorf("pattern %q: %w", p, err)
		}
	}
	return (&folderWalk{ctx, exclude}).folder(dir, "")
}

type folderWalk struct {
	ctx     context.Context
	exclude []string
}

// folder holds the entries of one folder for each level of depth, and nothing of what is finished.
func (w *folderWalk) folder(dir, relative string) (ID, error) {
	if err := w.ctx.Err(); err != nil {
		return ID{}, err
	}
	listed, err := os.ReadDir(dir)
	if err != nil {
		return ID{}, err
	}
	entries := make([]Entry, 0, len(listed))
	for _, l := range listed {
		name := l.Name()
		if w.excluded(name, path.Join(relative, name)) {
			continue
		}
		e, err := w.entry(filepath.Join(dir, name), path.Join(relative, name), l.Type())
		if err != nil {
			return ID{}, err
		}
		e.Name = name
		entries = append(entries, e)
	}
	return DirectoryOf(entries), nil
}

func (w *folderWalk) excluded(name, relative string) bool {
	return slices.ContainsFunc(w.exclude, func(p string) bool {
		p = strings.TrimSuffix(p, "/")
		byName, _ := path.Match(p, name) // patterns were checked
		byPath, _ := path.Match(p, relative)
		return byName || byPath
	})
}

func (w *folderWalk) entry(full, relative string, mode fs.FileMode) (Entry, error) {
	var id ID
	switch {
	case mode.IsDir():
		id, err := w.folder(full, relative)
		return Entry{Mode: ModeDirectory, Hash: id.Hash}, err
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(full)
		return Entry{Mode: ModeSymlink, Hash: Sum(Content, []byte(filepath.ToSlash(target))).Hash}, err
	}
	info, err := os.Lstat(full)
	if err != nil {
		return Entry{}, err
	}
	if info.Mode().IsRegular() {
		if id, err = FileOf(full); err != nil {
			return Entry{}, err
		}
	} else {
		id = Sum(Content, nil)
	}
	e := Entry{Mode: ModeFile, Hash: id.Hash}
	if info.Mode()&0o111 != 0 {
		e.Mode = ModeExecutable
	}
	return e, nil
}

// hexID is an identifier whose hash is written.
func hexID(t Type, digits string) (ID, error) {
	id := ID{Type: t}
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != len(id.Hash) || t.header() == "" {
		return ID{}, fmt.Errorf("%q %q names no object", t, digits)
	}
	copy(id.Hash[:], b)
	return id, nil
}
