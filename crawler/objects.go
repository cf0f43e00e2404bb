// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/go-git/go-git/v5/plumbing/cache"
)

// objects reads the git objects of several packs. It may be used from several goroutines.
type objects struct {
	packs []*pack
	bases *cache.BufferLRU // inflated bases of deltas, by pack and offset
}

// errNoObject is an object that no pack holds.
var errNoObject = errors.New("object is missing")

// openObjects opens the packs with these base names.
func openObjects(bases []string) (*objects, error) {
	o := &objects{bases: cache.NewBufferLRU(16 * cache.MiByte)}
	for _, b := range bases {
		p, err := openPack(b)
		if err != nil {
			o.close()
			return nil, err
		}
		o.packs = append(o.packs, p)
	}
	return o, nil
}

func (o *objects) close() {
	for _, p := range o.packs {
		p.close()
	}
}

// find is where an object lies: the number of its pack and the offset there.
func (o *objects) find(h Hash) (pack int, off int64, ok bool) {
	for n, p := range o.packs {
		if i, ok := p.index.find(h); ok {
			return n, p.index.offset(i), true
		}
	}
	return 0, 0, false
}

// has reports whether a pack holds the object.
func (o *objects) has(h Hash) bool {
	_, _, ok := o.find(h)
	return ok
}

// link is one entry on the way from a delta to what it is based on.
type link struct {
	pack int
	entry
}

// chain follows deltas from an object to its base, which comes last.
func (o *objects) chain(h Hash) ([]link, error) {
	n, off, ok := o.find(h)
	if !ok {
		return nil, fmt.Errorf("%w: %s", errNoObject, h)
	}
	return o.chainAt(n, off)
}

func (o *objects) chainAt(n int, off int64) ([]link, error) {
	var links []link
	for {
		e, err := o.packs[n].entryAt(off)
		if err != nil {
			return nil, err
		}
		links = append(links, link{n, e})
		switch {
		case !e.delta():
			return links, nil
		case len(links) > maxChain:
			return nil, o.packs[n].corrupt(fmt.Errorf("entry at %d: chain of more than %d deltas", links[0].start, maxChain))
		case e.typ == typeOfsDelta:
			off = e.base
		default:
			var ok bool
			if n, off, ok = o.find(e.ref); !ok {
				return nil, o.packs[links[0].pack].corrupt(fmt.Errorf("%w: %s, on which another is based", errNoObject, e.ref))
			}
		}
	}
}

// stat is an object's type and size; only as much is inflated as it takes.
func (o *objects) stat(h Hash) (objectType, int64, error) {
	links, err := o.chain(h)
	if err != nil {
		return 0, 0, err
	}
	first, last := links[0], links[len(links)-1]
	if len(links) == 1 {
		return first.typ, first.size, nil
	}
	r, done, err := o.packs[first.pack].inflate(first.entry)
	if err != nil {
		return 0, 0, err
	}
	defer done()
	var head [24]byte
	n, err := io.ReadFull(r, head[:min(first.size, int64(len(head)))])
	if err != nil {
		return 0, 0, o.packs[first.pack].corrupt(err)
	}
	_, target, _, err := deltaSizes(head[:n])
	if err != nil {
		return 0, 0, o.packs[first.pack].corrupt(err)
	}
	return last.typ, target, nil
}

// read puts an object together in memory and checks its name.
func (o *objects) read(h Hash) (objectType, []byte, error) {
	links, err := o.chain(h)
	if err != nil {
		return 0, nil, err
	}
	data, err := o.resolve(links)
	if err != nil {
		return 0, nil, err
	}
	typ := links[len(links)-1].typ
	if hashObject(typ, data) != h {
		return 0, nil, o.packs[links[0].pack].corrupt(fmt.Errorf("object %s has another content", h))
	}
	return typ, data, nil
}

// resolve applies the deltas of a chain to its base.
func (o *objects) resolve(links []link) ([]byte, error) {
	key := func(l link) int64 { return int64(l.pack)<<48 | l.start }
	i := len(links) - 1
	var data []byte
	for j := 1; j < len(links); j++ { // the nearest base that is still in memory
		if b, ok := o.bases.Get(key(links[j])); ok {
			data, i = b, j
			break
		}
	}
	if data == nil {
		var err error
		if data, err = o.packs[links[i].pack].inflateAll(links[i].entry); err != nil {
			return nil, err
		}
		if i > 0 {
			o.bases.Put(key(links[i]), data)
		}
	}
	for i--; i >= 0; i-- {
		p := o.packs[links[i].pack]
		delta, err := p.inflateAll(links[i].entry)
		if err != nil {
			return nil, err
		}
		if data, err = applyDelta(data, delta); err != nil {
			return nil, p.corrupt(fmt.Errorf("entry at %d: %w", links[i].start, err))
		}
		if i > 0 {
			o.bases.Put(key(links[i]), data)
		}
	}
	return data, nil
}

// streamFrom is the size from which an object is not put together in memory when it can be avoided.
const streamFrom = 4 << 20

// open reads an object's content, and reports at its end when it is not what its name says. done is called at Close.
func (o *objects) open(h Hash, done func()) (io.ReadCloser, error) {
	links, err := o.chain(h)
	if err != nil {
		return nil, err
	}
	if len(links) > 1 || links[0].size < streamFrom {
		_, data, err := o.read(h)
		if err != nil {
			return nil, err
		}
		return &content{Reader: bytes.NewReader(data), done: done}, nil
	}
	p := o.packs[links[0].pack]
	r, free, err := p.inflate(links[0].entry)
	if err != nil {
		return nil, err
	}
	check := &checkedReader{r: r, want: h, sum: newObjectHash(links[0].typ, links[0].size), corrupt: p.corrupt}
	return &content{check, func() { free(); done() }}, nil
}

// content is an object being read.
type content struct {
	io.Reader
	done func()
}

// Close gives back what reading held.
func (c *content) Close() error {
	if c.done != nil {
		c.done()
		c.done = nil
		c.Reader = bytes.NewReader(nil)
	}
	return nil
}

// checkedReader compares what it has read with an object's name when it comes to the end.
type checkedReader struct {
	r       io.Reader
	want    Hash
	sum     hash.Hash
	corrupt func(error) error
}

// Read reads, and at the end checks.
func (c *checkedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.sum.Write(b[:n])
	if err == io.EOF {
		if got := Hash(c.sum.Sum(nil)); got != c.want {
			return n, c.corrupt(fmt.Errorf("object %s has another content", c.want))
		}
	} else if err != nil {
		err = c.corrupt(err)
	}
	return n, err
}

// deltaSizes reads the sizes of base and target at the beginning of a delta.
func deltaSizes(d []byte) (base, target int64, rest []byte, err error) {
	size := func() (n int64) {
		for shift := 0; ; shift += 7 {
			if len(d) == 0 || shift > 56 {
				err = errors.New("delta is cut off")
				return 0
			}
			c := d[0]
			d = d[1:]
			n |= int64(c&0x7f) << shift
			if c&0x80 == 0 {
				return n
			}
		}
	}
	base, target = size(), size()
	if err == nil && (base < 0 || target < 0) {
		err = errors.New("delta has a negative size")
	}
	return base, target, d, err
}

// applyDelta makes the target of a delta: a sequence of copies from the base (top bit set: the bits below say which
// bytes of offset and size follow) and of bytes to insert.
func applyDelta(base, delta []byte) ([]byte, error) {
	want, size, d, err := deltaSizes(delta)
	if err != nil {
		return nil, err
	}
	if want != int64(len(base)) {
		return nil, fmt.Errorf("delta is for a base of %d bytes, not %d", want, len(base))
	}
	if size > maxObject {
		return nil, &limitError{ReasonFile, megabytes(maxObject)}
	}
	if size > int64(len(base)+len(delta))*2 { // what promises this much is looked through before it gets the memory
		if err := checkDelta(d, size); err != nil {
			return nil, err
		}
	}
	out := make([]byte, 0, size)
	for len(d) > 0 {
		op := d[0]
		d = d[1:]
		if op == 0 {
			return nil, errors.New("delta has a reserved instruction")
		}
		if op&0x80 == 0 {
			if int(op) > len(d) {
				return nil, errors.New("delta is cut off")
			}
			out = append(out, d[:op]...)
			d = d[op:]
		} else {
			var off, n int64
			if off, n, d, err = deltaCopy(op, d); err != nil {
				return nil, err
			}
			if off+n > int64(len(base)) {
				return nil, errors.New("delta copies from beyond its base")
			}
			out = append(out, base[off:off+n]...)
		}
		if int64(len(out)) > size {
			return nil, fmt.Errorf("delta makes more than %d bytes", size)
		}
	}
	if int64(len(out)) != size {
		return nil, fmt.Errorf("delta makes %d bytes, not %d", len(out), size)
	}
	return out, nil
}

// deltaCopy reads what follows the first byte of an instruction to copy.
func deltaCopy(op byte, d []byte) (off, n int64, rest []byte, err error) {
	var v [7]int64
	for i := range v {
		if op&(1<<i) != 0 {
			if len(d) == 0 {
				return 0, 0, nil, errors.New("delta is cut off")
			}
			v[i] = int64(d[0])
			d = d[1:]
		}
	}
	off, n = v[0]|v[1]<<8|v[2]<<16|v[3]<<24, v[4]|v[5]<<8|v[6]<<16
	if n == 0 {
		n = 0x10000
	}
	return off, n, d, nil
}

// checkDelta looks whether the instructions of a delta make as many bytes as it says.
func checkDelta(d []byte, size int64) (err error) {
	made := int64(0)
	for len(d) > 0 && made <= size {
		op, n := d[0], int64(d[0])
		if d = d[1:]; op&0x80 != 0 {
			if _, n, d, err = deltaCopy(op, d); err != nil {
				return err
			}
		} else if d = d[min(int(op), len(d)):]; op == 0 {
			return errors.New("delta has a reserved instruction")
		}
		made += n
	}
	if made != size {
		return fmt.Errorf("delta does not make %d bytes", size)
	}
	return nil
}
