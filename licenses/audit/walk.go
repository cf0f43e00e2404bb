// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"communs/internal/manifests"
	"communs/licenses"
)

// How much of a file is held in memory: files up to maxHeld are read side by side; of longer ones the first part is read for
// statements and the rest for its digest only. A lock file may be longer.
const (
	maxHeld = 1 << 20
	maxLock = 64 << 20
)

// scanned is what was found in one file.
type scanned struct {
	File
	found    []licenses.Finding
	snippets []snippet
	text     []byte              // of lock files, manifests and licence files
	manifest *manifests.Manifest // nil for other files
	lock     *lockFormat         // nil for other files
	imports  []string            // of Go source
	bill     bool                // an SBOM
	part     string              // the folder of vendored code that it belongs to; empty: the project's own
}

// walked is what a source holds.
type walked struct {
	files   []*scanned // by path
	partial []Partial
	skipped skips
}

// walk reads every file of a source.
type walk struct {
	detector *licenses.Detector
	progress func(files int, name string)

	mu      sync.Mutex
	byPath  map[string]*scanned
	partial []Partial
	skipped skips
}

// walkSource reads a source with so many workers.
func walkSource(ctx context.Context, source Source, detector *licenses.Detector, jobs int, progress func(int, string)) (*walked, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &walk{detector: detector, progress: progress, byPath: map[string]*scanned{}, skipped: skips{}}
	type held struct {
		name string
		data []byte
	}
	work := make(chan held)
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for h := range work {
				if err := w.read(ctx, h.name, h.data); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := w.entries(ctx, source, func(name string, data []byte) bool {
		select {
		case work <- held{name, data}:
			return true
		case <-ctx.Done():
			return false
		}
	})
	close(work)
	workers.Wait()
	if cause := context.Cause(ctx); cause != nil && err == nil {
		err = cause
	}
	if err != nil {
		return nil, err
	}
	return w.result(), nil
}

// entries takes each entry of the source: short files are handed on, long ones read at once.
func (w *walk) entries(ctx context.Context, source Source, hand func(string, []byte) bool) error {
	n := 0
	for e, err := range source.Files(ctx) {
		var part *PartError
		switch {
		case errors.As(err, &part):
			w.missed(part.Partial)
			continue
		case err != nil:
			return err
		case e.Skip != "":
			w.skip(e.Skip, e.Path)
			continue
		}
		if n++; w.progress != nil {
			w.progress(n, e.Path)
		}
		data, err := w.open(ctx, e)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &part):
			w.missed(part.Partial)
		case errors.Is(err, errLimit): // told once for the archive
		case errors.Is(err, io.ErrUnexpectedEOF):
			w.missed(partial(e.Path, PartialTruncated).Partial)
		case err != nil:
			w.missed(Unreadable(e.Path, err).Partial)
		case data != nil:
			if !hand(e.Path, data) {
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// open reads a file whole when it is short enough, and gives its bytes; else it is dealt with when open returns nil.
func (w *walk) open(ctx context.Context, e Entry) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	before := stateOf(r)
	most := int64(maxHeld)
	if lockFormatOf(e.Path) != nil || billName(e.Path) {
		most = maxLock
	}
	var data bytes.Buffer
	if _, err := data.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, err
	}
	if int64(data.Len()) <= most {
		w.compare(e.Path, before, r)
		return data.Bytes()[:data.Len():data.Len()], nil
	}
	err = w.readLong(ctx, e.Path, &data, r)
	w.compare(e.Path, before, r)
	return nil, err
}

// stateOf is what the system says of an open file; nil when it is none.
func stateOf(r io.Reader) fs.FileInfo {
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil {
			return info
		}
	}
	return nil
}

// compare tells of a file that somebody wrote to while it was read: what was read may be half of each state.
func (w *walk) compare(name string, before fs.FileInfo, r io.Reader) {
	after := stateOf(r)
	if before != nil && after != nil && (before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime())) {
		w.missed(partial(name, PartialChanged).Partial)
	}
}

// digests hashes a file.
type digests struct {
	sha1, sha256 hash.Hash
	size         int
}

func newDigests() *digests { return &digests{sha1.New(), sha256.New(), 0} }

func (d *digests) Write(p []byte) (int, error) {
	d.sha1.Write(p)
	d.sha256.Write(p)
	d.size += len(p)
	return len(p), nil
}

func (d *digests) file(name string) File {
	return File{Path: name, Size: d.size, SHA1: hex.EncodeToString(d.sha1.Sum(nil)), SHA256: hex.EncodeToString(d.sha256.Sum(nil))}
}

// readLong reads a file of which only the beginning is held.
func (w *walk) readLong(ctx context.Context, name string, head *bytes.Buffer, rest io.Reader) error {
	d := newDigests()
	all := io.TeeReader(io.MultiReader(head, rest), d)
	got, err := w.detector.Scan(ctx, name, all)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, ctxReader{ctx, all}); err != nil {
		return err
	}
	s := &scanned{File: d.file(name), found: got.Findings}
	if lockFormatOf(name) != nil {
		w.missed(partial(name, PartialTooBig, megabytes(d.size), megabytes(maxLock)).Partial)
	} else {
		w.tooLong(name, d.size)
	}
	w.keep(s, got, d.size)
	return nil
}

// tooLong tells of a manifest that is not read because of its length.
func (w *walk) tooLong(name string, size int) {
	if size > manifests.MaxSize && manifests.Declares(name) {
		w.missed(partial(name, PartialTooBig, megabytes(size), megabytes(manifests.MaxSize)).Partial)
	}
}

func megabytes(n int) string { return strconv.Itoa((n + 1<<20 - 1) >> 20) }

// ctxReader stops reading when the context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// read finds what one file says.
func (w *walk) read(ctx context.Context, name string, data []byte) error {
	d := newDigests()
	d.Write(data)
	got, err := w.detector.Scan(ctx, name, bytes.NewReader(data))
	if err != nil {
		return err
	}
	s := &scanned{File: d.file(name), found: got.Findings}
	s.lock = lockFormatOf(name)
	s.bill = billName(name) && LooksLikeSBOM(data[:min(len(data), sniffed)])
	if s.lock != nil || s.bill || licenses.Interesting(name) || path.Base(name) == modulesTxt || path.Base(name) == goWork {
		s.text = data
	}
	s.imports = goImports(name, data)
	if s.bill { // what it names is not about itself
		s.found = nil
		w.keep(s, got, len(data))
		return nil
	}
	if got.Unread != licenses.UnreadBinary {
		s.snippets = readSnippets(data)
		s.Copyrights = copyrightsOf(data)
		w.tooLong(name, len(data))
		if s.manifest, err = manifests.Read(name, data); err != nil {
			var damaged *manifests.DamagedError
			if !errors.As(err, &damaged) {
				return fmt.Errorf("read %s: %w", name, err)
			}
			if s.lock == nil || s.lock.rank == looseRank { // else the reader of its dependencies tells
				w.missed(Partial{Path: name, Line: damaged.Line, Reason: PartialMalformed, Args: []string{strconv.Itoa(damaged.Line)}})
			}
		}
	}
	w.keep(s, got, len(data))
	return nil
}

// keep records a file, and that a part of it was not looked at.
func (w *walk) keep(s *scanned, got licenses.Scanned, size int) {
	switch got.Unread {
	case licenses.UnreadBinary:
		w.skip(SkippedBinary, s.Path)
	case licenses.UnreadLong:
		w.missed(partial(s.Path, PartialTooBig, megabytes(size), megabytes(int(got.Read))).Partial)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.byPath[s.Path] = s
}

func (w *walk) missed(p Partial) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p.Path = strings.ToValidUTF8(p.Path, "\uFFFD")
	w.partial = append(w.partial, p)
}

// maxExamples is how many paths are kept of what was left out.
const maxExamples = 5

func (w *walk) skip(why, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.skipped.add(why, name)
}

// skips counts what was left out, by reason.
type skips map[string]*Skip

func (all skips) add(why, name string) {
	s := all[why]
	if s == nil {
		s = &Skip{Reason: why}
		all[why] = s
	}
	s.Count++
	s.Examples = append(s.Examples, strings.ToValidUTF8(name, "\uFFFD"))
	if slices.Sort(s.Examples); len(s.Examples) > maxExamples { // the first by path, whoever came first
		s.Examples = s.Examples[:maxExamples]
	}
}

func (w *walk) result() *walked {
	r := &walked{partial: w.partial, skipped: w.skipped}
	for _, s := range w.byPath {
		r.files = append(r.files, s)
	}
	slices.SortFunc(r.files, func(a, b *scanned) int { return cmp.Compare(a.Path, b.Path) })
	return r
}

// copyrightsOf lists the statements of a text, each once, sorted.
func copyrightsOf(text []byte) []string {
	var all []string
	for _, c := range licenses.Copyrights(text) {
		if s := oneLine(c.Text); utf8.ValidString(s) {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
