// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// What is unpacked of an archive: nothing is written to disk, so that this bounds time, not space. Source code packs to a fifth, generated
// text to a fiftieth: what unpacks to more than maxRatio times its size is made to do so.
const (
	maxUnpacked   = 2 << 30
	maxRatio      = 200
	neverTooMuch  = 64 << 20 // is unpacked of however small an archive
	maxEntries    = 300_000
	maxCrateBytes = 256 << 20 // of a crate; the registry takes 10 MB packed
)

// ArchiveSource is an archive: zip, or tar that is perhaps packed with gzip, bzip2 or zstd; its bytes tell which. Nothing is
// unpacked to disk. An entry whose name leads out of the archive is not read, nor is the second of one name; an archive within it is a
// binary file as others are.
type ArchiveSource struct {
	Name string // of the archive, for messages
	Data io.ReaderAt
	Size int64

	mostBytes, mostEntries int64 // 0: as the constants say
}

// IsArchive reports whether a file that begins so is an archive that can be read.
func IsArchive(head []byte) bool { return archiveKind(head) != "" }

func archiveKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(head, []byte("BZh")):
		return "bzip2"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "tar"
	}
	return ""
}

// Files yields the entries in the archive's order.
func (s ArchiveSource) Files(ctx context.Context) iter.Seq2[Entry, error] {
	if s.mostBytes == 0 {
		s.mostBytes = min(maxUnpacked, max(neverTooMuch, s.Size*maxRatio))
	}
	if s.mostEntries == 0 {
		s.mostEntries = maxEntries
	}
	return func(yield func(Entry, error) bool) {
		head := make([]byte, 512)
		n, err := s.Data.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			yield(Entry{}, err)
			return
		}
		whole := bufio.NewReaderSize(io.NewSectionReader(s.Data, 0, s.Size), 1<<16)
		w := &unpacking{ctx: ctx, name: s.Name, left: s.mostBytes, most: s.mostBytes, mostEntries: s.mostEntries, seen: map[string]bool{}, yield: yield}
		var packed io.Reader = whole
		switch archiveKind(head[:n]) {
		case "zip":
			w.zip(s.Data, s.Size)
			return
		case "gzip":
			packed, err = gzip.NewReader(whole)
		case "bzip2":
			packed = bzip2.NewReader(whole)
		case "zstd":
			var d *zstd.Decoder
			if d, err = zstd.NewReader(whole, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20)); err == nil {
				defer d.Close()
				packed = d
			}
		}
		if err != nil {
			yield(Entry{Path: s.Name}, partial(s.Name, PartialBad, err.Error()))
			return
		}
		w.tar(packed)
	}
}

// unpacking is one pass over an archive.
type unpacking struct {
	ctx         context.Context
	name        string
	left        int64 // bytes that may still be unpacked
	most        int64
	entries     int64
	mostEntries int64
	seen        map[string]bool
	yield       func(Entry, error) bool
}

// errLimit ends a pass that became too long.
var errLimit = errors.New("archive holds too much")

// bounded counts what is unpacked.
type bounded struct {
	w *unpacking
	r io.Reader
}

func (b bounded) Read(p []byte) (int, error) {
	if err := b.w.ctx.Err(); err != nil {
		return 0, err
	}
	if b.w.left <= 0 {
		return 0, errLimit
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.w.left)])
	b.w.left -= int64(n)
	return n, err
}

// full reports, once, that the archive holds more than is read.
func (w *unpacking) full() bool {
	return w.yield(Entry{Path: w.name}, partial(w.name, PartialLimit, strconv.FormatInt(w.most>>20, 10), strconv.FormatInt(w.mostEntries, 10)))
}

// bad reports that the archive cannot be read on.
func (w *unpacking) bad(err error) {
	switch {
	case w.ctx.Err() != nil:
		w.yield(Entry{}, w.ctx.Err())
	case errors.Is(err, errLimit):
		w.full()
	case errors.Is(err, io.ErrUnexpectedEOF):
		w.yield(Entry{Path: w.name}, partial(w.name, PartialTruncated))
	default:
		w.yield(Entry{Path: w.name}, partial(w.name, PartialBad, err.Error()))
	}
}

func (w *unpacking) tar(r io.Reader) {
	t := tar.NewReader(bounded{w, r})
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			w.bad(err)
			return
		}
		name, ok := entryName(h.Name)
		e := Entry{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(t), nil }}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		case tar.TypeSymlink, tar.TypeLink:
			e.Skip = SkippedLink
			if !linkWithin(h.Typeflag == tar.TypeSymlink, name, h.Linkname) {
				e.Skip = SkippedOutside
			}
		default:
			e.Skip = SkippedSpecial
		}
		if !w.give(e, h.Name, ok) {
			return
		}
	}
}

func (w *unpacking) zip(r io.ReaderAt, size int64) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		if errors.Is(err, zip.ErrFormat) { // its end, which says where all stands, is missing
			err = io.ErrUnexpectedEOF
		}
		w.bad(err)
		return
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name, ok := entryName(strings.ReplaceAll(f.Name, `\`, "/"))
		e := Entry{Path: name, Open: func() (io.ReadCloser, error) {
			rc, err := f.Open()
			if err != nil {
				return nil, partial(name, PartialBad, err.Error())
			}
			return struct {
				io.Reader
				io.Closer
			}{bounded{w, rc}, rc}, nil
		}}
		switch mode := f.Mode(); {
		case mode&fs.ModeSymlink != 0:
			e.Skip = SkippedLink // its target, which may be anything, is not followed
		case !mode.IsRegular():
			e.Skip = SkippedSpecial
		}
		if !w.give(e, f.Name, ok) {
			return
		}
		if w.left <= 0 {
			w.full()
			return
		}
	}
}

// give passes an entry on, unless its name leads outside or there are too many.
func (w *unpacking) give(e Entry, written string, within bool) bool {
	if w.entries++; w.entries > w.mostEntries {
		w.full()
		return false
	}
	if !within {
		return w.yield(Entry{Path: written}, partial(written, PartialEscape))
	}
	if w.seen[e.Path] {
		return w.yield(Entry{Path: e.Path}, partial(e.Path, PartialTwice))
	}
	w.seen[e.Path] = true
	return w.yield(e, nil)
}

// entryName is an entry's name as a relative path; it reports false when that leads outside.
func entryName(name string) (string, bool) {
	if strings.ContainsRune(name, 0) || strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' {
		return name, false
	}
	clean := path.Clean(name)
	return clean, clean != "." && clean != ".." && !strings.HasPrefix(clean, "../")
}

// linkWithin reports whether a link stays within the archive. A symbolic one is relative to its own folder, a hard one to the top.
func linkWithin(symbolic bool, name, target string) bool {
	if symbolic && !strings.HasPrefix(target, "/") {
		target = path.Join(path.Dir(name), target)
	}
	_, ok := entryName(target)
	return ok
}
