// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"crypto/sha1"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// objectType is a git object's type as a pack writes it.
type objectType uint8

const (
	typeCommit   objectType = 1
	typeTree     objectType = 2
	typeBlob     objectType = 3
	typeTag      objectType = 4
	typeOfsDelta objectType = 6
	typeRefDelta objectType = 7
)

// String is the type's name in an object's header.
func (t objectType) String() string {
	switch t {
	case typeCommit:
		return "commit"
	case typeTree:
		return "tree"
	case typeBlob:
		return "blob"
	case typeTag:
		return "tag"
	}
	return "type " + strconv.Itoa(int(t))
}

// Limits for reading. A pack is never trusted: it may come from a server that means harm, or from a bad disk.
const (
	maxObject = 256 << 20 // largest object that is put together in memory
	maxChain  = 4096      // longest chain of deltas, as git allows
)

// pack is a pack file open for reading, with its index. It may be read from several goroutines.
//
// A pack (gitformat-pack) is "PACK", version 2, a count, the entries, and the SHA-1 of all that. An entry is a header
// of 7-bit groups with type and inflated size, for a delta the base (a distance back in the pack, or a name), and the
// zlib stream.
type pack struct {
	file  string
	repo  string // whose mirror it belongs to; named when it turns out to be damaged
	f     *os.File
	size  int64
	index *packIndex
	read  bool // every entry was seen to have the size that it announces

	once  sync.Once
	order []int // positions by offset; see entries
}

// openPack opens base + ".pack" and base + ".idx".
func openPack(base string) (*pack, error) {
	data, err := os.ReadFile(base + ".idx")
	if err != nil {
		return nil, absent(base+".idx", err)
	}
	index, err := parsePackIndex(data)
	if err != nil {
		return nil, &CorruptError{base + ".idx", "", err}
	}
	f, err := os.Open(base + ".pack")
	if err != nil {
		return nil, absent(base+".pack", err)
	}
	fi, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	var trailer Hash
	if fi.Size() < 32 {
		err = io.ErrUnexpectedEOF
	} else if _, err = f.ReadAt(trailer[:], fi.Size()-20); err == nil && trailer != index.pack {
		err = errors.New("it is not the pack that its index describes")
	}
	if err != nil {
		f.Close()
		return nil, &CorruptError{base + ".pack", "", err}
	}
	return &pack{file: base + ".pack", f: f, size: fi.Size(), index: index}, nil
}

// absent makes damage of a file that is not there.
func absent(file string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return &CorruptError{file, "", os.ErrNotExist}
	}
	return err
}

// entry is the header of one object in a pack.
type entry struct {
	typ   objectType
	size  int64 // inflated; of the delta itself for a delta
	start int64 // offset of the header
	data  int64 // offset of the zlib stream
	base  int64 // offset of the base of an ofs-delta
	ref   Hash  // name of the base of a ref-delta
}

func (e *entry) delta() bool { return e.typ == typeOfsDelta || e.typ == typeRefDelta }

// entryAt reads the header at an offset.
func (p *pack) entryAt(off int64) (entry, error) {
	var buf [64]byte
	if off < 12 || off >= p.size-20 {
		return entry{}, p.corrupt(fmt.Errorf("offset %d lies outside", off))
	}
	n, err := p.f.ReadAt(buf[:min(int64(len(buf)), p.size-20-off)], off)
	if err != nil && err != io.EOF {
		return entry{}, err
	}
	e, used, err := parseEntry(buf[:n], off)
	if err != nil {
		return entry{}, p.corrupt(err)
	}
	e.data = off + int64(used)
	return e, nil
}

// parseEntry reads an entry's header from b, which begins at offset off of its pack.
func parseEntry(b []byte, off int64) (e entry, used int, err error) {
	short := errors.New("entry header is cut off")
	if len(b) == 0 {
		return e, 0, short
	}
	e.start, e.typ, e.size = off, objectType(b[0]>>4&7), int64(b[0]&15)
	i := 1
	for shift := 4; b[i-1]&0x80 != 0; shift += 7 {
		if i == len(b) || shift > 53 {
			return e, 0, short
		}
		e.size |= int64(b[i]&0x7f) << shift
		i++
	}
	switch e.typ {
	case typeCommit, typeTree, typeBlob, typeTag:
	case typeRefDelta:
		if len(b)-i < 20 {
			return e, 0, short
		}
		i += copy(e.ref[:], b[i:])
	case typeOfsDelta:
		back := int64(-1)
		for {
			if i == len(b) || back > 1<<53 {
				return e, 0, short
			}
			c := b[i]
			i++
			back = (back+1)<<7 | int64(c&0x7f)
			if c&0x80 == 0 {
				break
			}
		}
		if back <= 0 || back > off {
			return e, 0, fmt.Errorf("delta at %d has its base %d bytes back", off, back)
		}
		e.base = off - back
	default:
		return e, 0, fmt.Errorf("entry at %d has %v", off, e.typ)
	}
	return e, i, nil
}

// inflater is a reusable zlib reader with its buffer.
type inflater struct {
	buf *bufio.Reader
	z   io.ReadCloser
}

var inflaters = sync.Pool{New: func() any { return &inflater{buf: bufio.NewReaderSize(nil, 16<<10)} }}

// inflate begins to read the zlib stream of an entry. close gives the reader back.
func (p *pack) inflate(e entry) (r io.Reader, close func(), err error) {
	in := inflaters.Get().(*inflater)
	in.buf.Reset(io.NewSectionReader(p.f, e.data, p.size-20-e.data))
	if in.z == nil {
		in.z, err = zlib.NewReader(in.buf)
	} else {
		err = in.z.(zlib.Resetter).Reset(in.buf, nil)
	}
	if err != nil {
		return nil, nil, p.corrupt(fmt.Errorf("entry at %d: %w", e.start, err))
	}
	return in.z, func() { inflaters.Put(in) }, nil
}

// inflateAll reads the whole zlib stream of an entry.
func (p *pack) inflateAll(e entry) ([]byte, error) {
	if e.size > maxObject {
		return nil, &limitError{ReasonFile, megabytes(maxObject)}
	}
	r, done, err := p.inflate(e)
	if err != nil {
		return nil, err
	}
	defer done()
	first := e.size
	if !p.read { // the header's size is a promise of the pack's author: memory is spent as bytes really come
		first = min(e.size, 1<<20)
	}
	data, err := readSized(r, e.size, first)
	if err != nil {
		return nil, p.corrupt(fmt.Errorf("entry at %d: %w", e.start, err))
	}
	return data, nil
}

// readSized reads exactly size bytes up to the end of r. It begins with memory for the first of them.
func readSized(r io.Reader, size, first int64) ([]byte, error) {
	data := make([]byte, first)
	for filled := 0; ; {
		n, err := io.ReadFull(r, data[filled:])
		filled += n
		if err != nil {
			return nil, fmt.Errorf("%d of %d bytes: %w", filled, size, err)
		}
		if int64(filled) == size {
			break
		}
		data = append(data, make([]byte, min(int64(len(data)), size-int64(len(data))))...)
	}
	var one [1]byte
	if n, err := io.ReadFull(r, one[:]); n != 0 {
		return nil, fmt.Errorf("more than %d bytes", size)
	} else if err != io.EOF {
		return nil, err
	}
	return data, nil
}

// end is where the entry that starts at that offset ends.
func (p *pack) end(start int64) int64 {
	order := p.entries()
	lo, hi := 0, len(order)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.index.offset(order[mid]) > start {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo < len(order) {
		return p.index.offset(order[lo])
	}
	return p.size - 20
}

// entries lists the positions of the index in the order of the pack.
func (p *pack) entries() []int {
	p.once.Do(func() { p.order = p.index.byOffset() })
	return p.order
}

func (p *pack) corrupt(err error) error { return &CorruptError{p.file, p.repo, err} }

func (p *pack) close() error { return p.f.Close() }

// newObjectHash begins an object's name: the SHA-1 of its type, its size and its content.
func newObjectHash(t objectType, size int64) hash.Hash {
	h := sha1.New()
	h.Write(append(strconv.AppendInt([]byte(t.String()+" "), size, 10), 0))
	return h
}

// hashObject is the name of an object.
func hashObject(t objectType, data []byte) (h Hash) {
	sum := newObjectHash(t, int64(len(data)))
	sum.Write(data)
	sum.Sum(h[:0])
	return h
}
