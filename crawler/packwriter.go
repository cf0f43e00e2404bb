// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/klauspost/compress/zlib"

	"communs/internal/durable"
)

// packWriter writes one pack and its index into a folder. The number of objects need not be known beforehand: it is
// filled in at the end, when the file is read back once for its checksum.
type packWriter struct {
	disk *durable.Disk
	dir  string
	f    *os.File
	buf  *bufio.Writer
	off  int64
	list []packed
	at   map[Hash]int64 // where each object begins
}

type packed struct {
	hash Hash
	off  int64
	crc  uint32
}

// newPackWriter begins a pack in the folder, which must exist.
func newPackWriter(disk *durable.Disk, dir string) (*packWriter, error) {
	name := filepath.Join(dir, "pack.tmp")
	if err := disk.Step(durable.OpCreate, name); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	w := &packWriter{disk: disk, dir: dir, f: f, at: map[Hash]int64{}}
	w.buf = bufio.NewWriterSize(announced{f, disk}, 256<<10)
	w.write([]byte{'P', 'A', 'C', 'K', 0, 0, 0, 2, 0, 0, 0, 0}) // an error stays in buf until it is flushed
	return w, nil
}

// announced tells the Disk of every write to a file.
type announced struct {
	f    *os.File
	disk *durable.Disk
}

func (a announced) Write(p []byte) (int, error) {
	if err := a.disk.Step(durable.OpWrite, a.f.Name()); err != nil {
		n, _ := a.f.Write(p[:len(p)/2])
		return n, err
	}
	return a.f.Write(p)
}

func (w *packWriter) write(p []byte) error {
	n, err := w.buf.Write(p)
	w.off += int64(n)
	return err
}

// entryHeader is the header of an entry with that type and inflated size.
func entryHeader(t objectType, size int64) []byte {
	b := []byte{byte(t)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		b[len(b)-1] |= 0x80
		b = append(b, byte(size&0x7f))
	}
	return b
}

// distance writes how far back the base of a delta lies.
func distance(n int64) []byte {
	b := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		b = append([]byte{0x80 | byte(n&0x7f)}, b...)
	}
	return b
}

// add writes an object whose zlib stream is already made. An object that the pack holds is not written again.
func (w *packWriter) add(h Hash, t objectType, size int64, stream []byte) error {
	return w.addEntry(h, entryHeader(t, size), bytes.NewReader(stream))
}

// addEntry writes an entry: its header and its zlib stream.
func (w *packWriter) addEntry(h Hash, header []byte, stream io.Reader) error {
	if _, ok := w.at[h]; ok {
		return nil
	}
	start := w.off
	sum := crc32.NewIEEE()
	sum.Write(header)
	if err := w.write(header); err != nil {
		return err
	}
	n, err := io.Copy(io.MultiWriter(w.buf, sum), stream)
	w.off += n
	if err != nil {
		return err
	}
	w.at[h] = start
	w.list = append(w.list, packed{h, start, sum.Sum32()})
	return nil
}

// stream compresses and writes a large content whose name is known, and checks that it still has that name.
func (w *packWriter) stream(h Hash, size int64, content io.Reader) error {
	pr, pw := io.Pipe()
	sum := newObjectHash(typeBlob, size)
	go func() {
		z := newDeflater(pw)
		n, err := io.Copy(io.MultiWriter(z, sum), io.LimitReader(content, size+1))
		if err == nil {
			err = z.Close()
		}
		freeDeflater(z)
		if err == nil && (n != size || Hash(sum.Sum(nil)) != h) {
			err = errChanged
		}
		pw.CloseWithError(err)
	}()
	mark, entries := w.off, len(w.list)
	err := w.addEntry(h, entryHeader(typeBlob, size), pr)
	pr.CloseWithError(err)
	if err == errChanged {
		return w.rewind(mark, entries, err)
	}
	return err
}

// rewind forgets what was written since mark, so that one bad file does not spoil the pack.
func (w *packWriter) rewind(mark int64, entries int, cause error) error {
	if err := w.buf.Flush(); err != nil {
		return err
	}
	if err := w.disk.Step(durable.OpWrite, w.f.Name()); err != nil {
		return err
	}
	if err := w.f.Truncate(mark); err != nil {
		return err
	}
	if _, err := w.f.Seek(mark, io.SeekStart); err != nil {
		return err
	}
	w.off, w.list = mark, w.list[:entries]
	return cause
}

// abort closes and removes an unfinished pack.
func (w *packWriter) abort() {
	w.f.Close()
	w.disk.Remove(w.f.Name())
}

// finish completes the pack, flushes it to the disk, writes its index beside it, and returns its base name: the
// folder, "pack-" and the checksum.
func (w *packWriter) finish() (string, error) {
	if err := w.buf.Flush(); err != nil {
		return "", err
	}
	if err := w.disk.Step(durable.OpWrite, w.f.Name()); err != nil {
		return "", err
	}
	var count [4]byte
	binary.BigEndian.PutUint32(count[:], uint32(len(w.list)))
	if _, err := w.f.WriteAt(count[:], 8); err != nil {
		return "", err
	}
	sum := sha1.New()
	if _, err := io.Copy(sum, io.NewSectionReader(w.f, 0, w.off)); err != nil {
		return "", err
	}
	trailer := Hash(sum.Sum(nil))
	if _, err := (announced{w.f, w.disk}).Write(trailer[:]); err != nil {
		return "", err
	}
	if err := w.disk.Step(durable.OpSync, w.f.Name()); err != nil {
		return "", err
	}
	if err := w.f.Sync(); err != nil {
		return "", err
	}
	if err := w.f.Close(); err != nil {
		return "", err
	}
	return placePack(w.disk, w.f.Name(), trailer, w.list)
}

// placePack writes the index of a finished pack and gives both their names, in the pack's folder.
func placePack(disk *durable.Disk, file string, sum Hash, list []packed) (string, error) {
	index := &idxfile.Writer{}
	if err := index.OnHeader(uint32(len(list))); err != nil {
		return "", err
	}
	for _, p := range list {
		index.Add(plumbing.Hash(p.hash), uint64(p.off), p.crc)
	}
	if err := index.OnFooter(plumbing.Hash(sum)); err != nil {
		return "", err
	}
	mem, err := index.Index()
	if err != nil {
		return "", err
	}
	base := filepath.Join(filepath.Dir(file), "pack-"+sum.String())
	f, err := disk.Create(base + ".idx")
	if err != nil {
		return "", err
	}
	buf := bufio.NewWriterSize(f, 256<<10)
	if _, err := idxfile.NewEncoder(buf).Encode(mem); err != nil {
		f.Close()
		return "", err
	}
	if err := buf.Flush(); err != nil {
		f.Close()
		return "", err
	}
	if err := f.Commit(); err != nil {
		return "", err
	}
	return base, disk.Rename(file, base+".pack")
}

// errChanged is a file that is not what it was a moment ago.
var errChanged = fmt.Errorf("file changed while it was read")

// deflaters keeps compressors, each of which holds about a megabyte of tables.
var deflaters = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant that the library knows
	}
	return z
}}

// newDeflater makes a zlib writer at the fastest level, which stores what does not shrink.
func newDeflater(w io.Writer) *zlib.Writer {
	z := deflaters.Get().(*zlib.Writer)
	z.Reset(w)
	return z
}

func freeDeflater(z *zlib.Writer) { deflaters.Put(z) }

// deflate compresses data.
func deflate(data []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(data)/3 + 64)
	z := newDeflater(&b)
	defer freeDeflater(z)
	z.Write(data) // a Buffer does not fail
	z.Close()
	return b.Bytes()
}
