// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// memFS is a file system of files held in memory, by slash-separated path.
type memFS map[string][]byte

// below is the part of it under a folder, with nothing held twice.
func (m memFS) below(dir string) memFS {
	part := memFS{}
	for name, data := range m {
		if rel, ok := strings.CutPrefix(name, dir+"/"); ok || dir == "." {
			if dir == "." {
				rel = name
			}
			part[rel] = data
		}
	}
	return part
}

// Open opens a file; folders are listed by ReadDir only.
func (m memFS) Open(name string) (fs.File, error) {
	data, ok := m[name]
	if !ok || !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memFile{memInfo{path.Base(name), int64(len(data)), false}, bytes.NewReader(data)}, nil
}

// ReadDir lists a folder, sorted.
func (m memFS) ReadDir(dir string) ([]fs.DirEntry, error) {
	seen := map[string]memInfo{}
	for name, data := range m {
		rel, ok := strings.CutPrefix(name, dir+"/")
		if dir == "." {
			rel, ok = name, true
		}
		if !ok {
			continue
		}
		first, _, folder := strings.Cut(rel, "/")
		seen[first] = memInfo{first, int64(len(data)), folder}
	}
	if len(seen) == 0 {
		return nil, &fs.PathError{Op: "readdir", Path: dir, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	for _, info := range sorted(seen) {
		list = append(list, fs.FileInfoToDirEntry(info))
	}
	return slices.Clip(list), nil
}

type memFile struct {
	info memInfo
	io.Reader
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *memFile) Close() error               { return nil }

type memInfo struct {
	name   string
	size   int64
	folder bool
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return i.folder }
func (i memInfo) Sys() any           { return nil }
func (i memInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
