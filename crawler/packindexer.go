// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"

	"github.com/klauspost/compress/zlib"
)

// largeObject is from how many bytes on one is made only when the collector of garbage has taken back what it can: the system counts
// what is not taken back yet.
const largeObject = 16 << 20

// packIndexer finds out what a pack holds that came without an index: one pass through the file for the plain
// objects, then every delta once, from the bases down. Nothing that the pack announces is believed before it comes.
type packIndexer struct {
	ctx    context.Context
	f      *os.File
	size   int64
	limits Limits
	outer  *objects // holds bases that a thin pack leaves out
	list   []found
	byOff  map[int64][]int // deltas by the offset of their base
	byRef  map[Hash][]int  // deltas by the name of their base
	left   int             // deltas not put together yet
	held   int64           // bytes of bases in memory
	thin   bool            // some base lies outside

	pointers bool // some content begins as a pointer of LFS does
}

// found is one object of the pack.
type found struct {
	entry
	end  int64
	hash Hash
}

// indexed is what was found out of a pack.
type indexed struct {
	list           []packed
	trailer        Hash
	thin, pointers bool // it is not complete by itself; some content begins as a pointer of LFS does
}

// indexPack reads a whole pack, checks it, and lists what is in it.
func indexPack(ctx context.Context, file string, outer *objects, limits Limits) (*indexed, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	x := &packIndexer{ctx: ctx, f: f, size: fi.Size(), outer: outer, limits: limits, byOff: map[int64][]int{}, byRef: map[Hash][]int{}}
	out := &indexed{}
	if out.trailer, err = x.checksum(); err != nil {
		return nil, err
	}
	if err := x.scan(); err != nil {
		return nil, err
	}
	if err := x.deltas(); err != nil {
		return nil, err
	}
	out.list = make([]packed, 0, len(x.list))
	for _, o := range x.list {
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, io.NewSectionReader(f, o.start, o.end-o.start)); err != nil {
			return nil, err
		}
		out.list = append(out.list, packed{o.hash, o.start, sum.Sum32()})
	}
	out.thin, out.pointers = x.thin, x.pointers
	return out, nil
}

// checksum compares the pack with the SHA-1 at its end.
func (x *packIndexer) checksum() (trailer Hash, err error) {
	if x.size < 32 {
		return trailer, fmt.Errorf("pack of %d bytes: %w", x.size, io.ErrUnexpectedEOF)
	}
	sum := sha1.New()
	if _, err := io.Copy(sum, io.NewSectionReader(x.f, 0, x.size-20)); err != nil {
		return trailer, err
	}
	if _, err := x.f.ReadAt(trailer[:], x.size-20); err != nil {
		return trailer, err
	}
	if Hash(sum.Sum(nil)) != trailer {
		return trailer, errors.New("the pack's checksum differs")
	}
	return trailer, nil
}

// scan goes through the entries in their order, names the plain objects, and notes the deltas.
func (x *packIndexer) scan() error {
	var head [12]byte
	if _, err := x.f.ReadAt(head[:], 0); err != nil {
		return err
	}
	if err := checkPackHeader(head[:], x.limits.Objects); err != nil {
		return err
	}
	count := binary.BigEndian.Uint32(head[8:])
	src := &counter{r: io.NewSectionReader(x.f, 12, x.size-32), n: 12}
	br := bufio.NewReaderSize(src, 64<<10)
	var z io.ReadCloser
	buf := make([]byte, 32<<10)
	for range count {
		start := src.n - int64(br.Buffered())
		peek, err := br.Peek(64)
		if err != nil && err != io.EOF {
			return err
		}
		e, used, err := parseEntry(peek, start)
		if err != nil {
			return err
		}
		if _, err := br.Discard(used); err != nil {
			return err
		}
		e.data = start + int64(used)
		if z == nil {
			z, err = zlib.NewReader(br)
		} else {
			err = z.(zlib.Resetter).Reset(br, nil)
		}
		o := found{entry: e}
		if err == nil {
			o.hash, err = x.drain(z, e, buf)
		}
		if err != nil {
			return fmt.Errorf("entry at %d: %w", start, err)
		}
		o.end = src.n - int64(br.Buffered())
		x.note(o)
	}
	if rest := x.size - 20 - (src.n - int64(br.Buffered())); rest != 0 {
		return fmt.Errorf("%d bytes follow the last entry", rest)
	}
	return nil
}

// checkPackHeader reads the beginning of a pack.
func checkPackHeader(head []byte, most int) error {
	if string(head[:4]) != "PACK" || binary.BigEndian.Uint32(head[4:]) != 2 {
		return errors.New("what came is not a pack")
	}
	if n := binary.BigEndian.Uint32(head[8:]); uint64(n) > uint64(most) {
		return beyond(ReasonObjects, most)
	}
	return nil
}

// note adds an object to the list.
func (x *packIndexer) note(o found) {
	i := len(x.list)
	x.list = append(x.list, o)
	switch o.typ {
	case typeOfsDelta:
		x.byOff[o.base] = append(x.byOff[o.base], i)
		x.left++
	case typeRefDelta:
		x.byRef[o.ref] = append(x.byRef[o.ref], i)
		x.left++
	}
}

// drain reads an entry's stream to its end, and names it when it is a plain object.
func (x *packIndexer) drain(z io.Reader, e entry, buf []byte) (h Hash, err error) {
	if most := x.largest(e.delta()); e.size > most {
		return h, &limitError{ReasonFile, megabytes(most)}
	}
	sum, n := newObjectHash(e.typ, e.size), int64(0)
	for {
		if err := x.ctx.Err(); err != nil {
			return h, err
		}
		k, err := z.Read(buf)
		x.pointers = x.pointers || n == 0 && e.typ == typeBlob && beginsAsPointer(buf[:k], e.size)
		if n += int64(k); n > e.size {
			return h, fmt.Errorf("more than the %d bytes announced", e.size)
		}
		sum.Write(buf[:k])
		if err == io.EOF {
			break
		}
		if err != nil {
			return h, err
		}
	}
	if n != e.size {
		return h, fmt.Errorf("%d of the %d bytes announced", n, e.size)
	}
	if !e.delta() {
		sum.Sum(h[:0])
	}
	return h, nil
}

// largest is how large an object may be; one that is put together in memory less than one that flows through.
func (x *packIndexer) largest(delta bool) int64 {
	if delta {
		return min(x.limits.File, maxObject)
	}
	return x.limits.File
}

// base is an object in memory, and the deltas on it that are still to be put together.
type base struct {
	typ  objectType
	data []byte
	kids []int
}

// deltas puts every delta together, beginning with those on plain objects of this pack, then with those on objects
// that lie outside.
func (x *packIndexer) deltas() error {
	for i := range x.list {
		if o := x.list[i]; !o.delta() {
			if kids := x.kids(o); len(kids) > 0 {
				data, err := x.inflate(o.entry)
				if err != nil {
					return err
				}
				if err := x.descend(base{o.typ, data, kids}); err != nil {
					return err
				}
			}
		}
	}
	for h, kids := range x.byRef {
		if x.left == 0 {
			break
		}
		if len(kids) == 0 || !x.outer.has(h) {
			continue
		}
		_, size, err := x.outer.stat(h)
		if err == nil {
			err = x.room(2 * size)
		}
		if err != nil {
			return err
		}
		typ, data, err := x.outer.read(h)
		if err != nil {
			return err
		}
		x.thin = true
		x.byRef[h] = nil
		if err := x.descend(base{typ, data, kids}); err != nil {
			return err
		}
	}
	if x.left > 0 {
		return fmt.Errorf("%d deltas have no base: %w", x.left, errNoObject)
	}
	return nil
}

// kids takes the deltas that are based on an object.
func (x *packIndexer) kids(o found) []int {
	kids := append(x.byOff[o.start], x.byRef[o.hash]...)
	delete(x.byOff, o.start)
	if x.byRef[o.hash] != nil {
		x.byRef[o.hash] = nil // not deleted: the map may be in the middle of being walked
	}
	return kids
}

// descend puts together everything that is based on an object, directly or not. What nothing is waiting for any more
// is let go, so that a long chain costs no more memory than two of its links.
func (x *packIndexer) descend(b base) error {
	x.held = int64(len(b.data))
	defer func() { x.held = 0 }()
	for stack := []base{b}; len(stack) > 0; {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		top := &stack[len(stack)-1]
		typ, data, i := top.typ, top.data, top.kids[0]
		last := len(top.kids) == 1
		if top.kids = top.kids[1:]; last {
			top.data = nil
			stack = stack[:len(stack)-1]
		}
		o := &x.list[i]
		made, err := x.put(data, o)
		if err != nil {
			return err
		}
		if last {
			x.held -= int64(len(data))
		}
		o.hash = hashObject(typ, made)
		x.pointers = x.pointers || typ == typeBlob && beginsAsPointer(made, int64(len(made)))
		x.left--
		if kids := x.kids(*o); len(kids) > 0 {
			stack = append(stack, base{typ, made, kids})
			x.held += int64(len(made))
		}
	}
	return nil
}

// put puts the delta at o together with its base.
func (x *packIndexer) put(base []byte, o *found) ([]byte, error) {
	delta, err := x.inflate(o.entry)
	if err != nil {
		return nil, err
	}
	_, size, _, err := deltaSizes(delta)
	if most := x.largest(true); err == nil && size > most {
		return nil, &limitError{ReasonFile, megabytes(most)}
	}
	if err == nil {
		err = x.room(int64(len(delta)) + size)
	}
	if err != nil {
		return nil, err
	}
	made, err := applyDelta(base, delta)
	if err != nil {
		return nil, fmt.Errorf("entry at %d: %w", o.start, err)
	}
	return made, nil
}

// inflate reads an entry that scan has gone through.
func (x *packIndexer) inflate(e entry) ([]byte, error) {
	if err := x.room(e.size); err != nil {
		return nil, err
	}
	return (&pack{file: x.f.Name(), f: x.f, size: x.size, read: true}).inflateAll(e)
}

// room makes sure that so many bytes can be had beside what is held: a quarter of the memory is for the rest of the program.
func (x *packIndexer) room(more int64) error {
	if x.held+more > x.limits.Memory/4*3 {
		return &limitError{ReasonMemory, megabytes(x.limits.Memory)}
	}
	if more >= largeObject {
		runtime.GC()
	}
	return nil
}

// counter counts what was read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// readHead reads the first bytes of a stream and gives it back whole.
func readHead(r io.Reader, n int) ([]byte, io.Reader, error) {
	head := make([]byte, n)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, nil, err
	}
	return head, io.MultiReader(bytes.NewReader(head), r), nil
}
