// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// File is something to read: Name is what people are told.
type File struct {
	Name       string
	Data       []byte
	Repository string // address of the repository that it stands in, where that is known
}

// What is too big is refused before it is read.
const (
	MaxSize   = 50 << 20  // of one file
	maxUnpack = 200 << 20 // of all that a folder or an archive holds
	maxFiles  = 20_000
)

// ReadInput reads one file. One that is an archive (.tar.gz) is unpacked.
func ReadInput(name string, r io.Reader) ([]File, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, &Fault{"unreadable", []any{name}, err}
	}
	if len(data) > MaxSize {
		return nil, fault("too-big", name, MaxSize>>20)
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return unpack(name, data)
	}
	return []File{{Name: name, Data: data}}, nil
}

// ReadPath reads a file, or the files of a folder whose names have one of the endings, in the order of their names.
func ReadPath(name string, endings ...string) ([]File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, &Fault{"unreadable", []any{name}, err}
	}
	if !info.IsDir() {
		f, err := os.Open(name)
		if err != nil {
			return nil, &Fault{"unreadable", []any{name}, err}
		}
		defer f.Close()
		return ReadInput(name, f)
	}
	var files []File
	total := 0
	err = filepath.WalkDir(name, func(at string, e fs.DirEntry, err error) error {
		if err != nil {
			return &Fault{"unreadable", []any{at}, err}
		}
		if e.IsDir() && e.Name() == ".git" {
			return fs.SkipDir
		}
		if !e.Type().IsRegular() || !slices.Contains(endings, path.Ext(e.Name())) {
			return nil
		}
		f, err := os.Open(at)
		if err != nil {
			return &Fault{"unreadable", []any{at}, err}
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
		if err != nil {
			return &Fault{"unreadable", []any{at}, err}
		}
		if total += len(data); len(data) > MaxSize || total > maxUnpack || len(files) >= maxFiles {
			return fault("too-big", at, MaxSize>>20)
		}
		files = append(files, File{Name: filepath.ToSlash(at), Data: data})
		return nil
	})
	return files, err
}

// unpack reads the files of an archive, in the order of their names. Nothing is written anywhere.
func unpack(name string, data []byte) ([]File, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, &Fault{"unreadable", []any{name}, err}
	}
	limited := &io.LimitedReader{R: z, N: maxUnpack}
	t := tar.NewReader(limited)
	var files []File
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if limited.N <= 0 || len(files) >= maxFiles {
			return nil, fault("too-big", name, maxUnpack>>20)
		}
		if err != nil {
			return nil, &Fault{"unreadable", []any{name}, err}
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(t)
		if limited.N <= 0 {
			return nil, fault("too-big", name, maxUnpack>>20)
		}
		if err != nil {
			return nil, &Fault{"unreadable", []any{name}, err}
		}
		files = append(files, File{Name: h.Name, Data: data})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// text gives a file as UTF-8 with line ends of one byte: what has the mark of UTF-16 or UTF-8 is that, what is not UTF-8 is taken for
// Windows-1252, of which Latin-1 is a part.
func text(data []byte) ([]byte, error) {
	var err error
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case !utf8.Valid(data):
		data, err = charmap.Windows1252.NewDecoder().Bytes(data)
	}
	if err != nil {
		return nil, &Fault{Code: "encoding", Err: err}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, fault("encoding")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), nil
}
