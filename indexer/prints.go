// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"os"

	"communs/internal/durable"
)

// The prints file says which blocks have which print (see AppendPrints); a block has those of its own lines. Of a print's 32
// bits the upper ones are its key: as many as it takes for one key in sixteen or so to be in use. It is a container of
//
//	head     u32 PrintsVersion, u32 bits of a key, u32 upper bits of a key that number its bucket, u32 blocks of the shard
//	buckets  u32 where each bucket starts in lists, and where the last one ends
//	lists    the buckets. A bucket holds its keys in ascending order, each as
//	           uvarint  (difference to the key before, the first to the bucket's smallest) << 2 | min(blocks−1, 3)
//	           if that minimum is 3: uvarint blocks−4, uvarint bytes of the list
//	           the list: the ordinals of the blocks, ascending, each as the uvarint of its difference to the one before (the
//	           first to −1), minus one
//
// An index written before there were prints has no such file: everything else of it answers, and the next writer makes it.
const (
	printsFile    = "prints"
	printParts    = 12 // upper bits of a print by which a writer collects them
	bucketKeyBits = 10
)

// printsWriter collects prints in memory: for each part of their range a list of
// uvarint (blocks since the one before << lower bits | lower bits of the print), four bytes or so for each.
type printsWriter struct {
	parts [1 << printParts]struct {
		bytes []byte
		last  uint32
	}
	n int
}

const printLow = 32 - printParts

func newPrintsWriter() *printsWriter { return &printsWriter{} }

// add records the prints of a block. Blocks come in ascending order.
func (w *printsWriter) add(block uint32, prints []uint32) {
	for _, p := range prints {
		part := &w.parts[p>>printLow]
		part.bytes = binary.AppendUvarint(part.bytes, uint64(block-part.last)<<printLow|uint64(p&(1<<printLow-1)))
		part.last = block
	}
	w.n += len(prints)
}

// printAt is a print's lower bits and a block that has it.
type printAt struct{ low, block uint32 }

// write makes the file; it empties the parts as it goes.
func (w *printsWriter) write(disk *durable.Disk, name string, blocks uint32) error {
	keyBits := min(32, max(printParts, bits.Len(uint(w.n))+3))
	bucketBits := keyBits - bucketKeyBits
	c, err := createContainer(disk, name)
	if err != nil {
		return err
	}
	var buckets, list []byte
	var entries, scratch []printAt
	written, started := 0, 0
	key := -1 // the one before in the same bucket
	c.begin("lists")
	for i := range w.parts {
		list = list[:0]
		for entries, scratch = w.sorted(i, 32-keyBits, entries, scratch); len(entries) > 0; {
			n := 1
			for n < len(entries) && entries[n].low == entries[0].low {
				n++
			}
			at := i<<(keyBits-printParts) | int(entries[0].low)
			for started <= at>>bucketKeyBits {
				buckets = binary.LittleEndian.AppendUint32(buckets, uint32(written+len(list)))
				started++
				key = -1
			}
			at &= 1<<bucketKeyBits - 1
			list = appendPrintList(list, at-key-1, entries[:n])
			key = at
			entries = entries[n:]
		}
		c.Write(list)
		written += len(list)
	}
	c.end()
	for started <= 1<<bucketBits {
		buckets = binary.LittleEndian.AppendUint32(buckets, uint32(written))
		started++
	}
	c.section("buckets", buckets)
	var head []byte
	for _, v := range []uint32{PrintsVersion, uint32(keyBits), uint32(bucketBits), blocks} {
		head = binary.LittleEndian.AppendUint32(head, v)
	}
	c.section("head", head)
	return c.close()
}

// sorted gives what a part holds, by key without the part's own bits, then by block, each once. drop is how many of a
// print's lowest bits its key does without.
func (w *printsWriter) sorted(part, drop int, entries, scratch []printAt) (sorted, spare []printAt) {
	entries = entries[:0]
	block := uint32(0)
	for b := w.parts[part].bytes; len(b) > 0; {
		v, n := binary.Uvarint(b)
		b = b[n:]
		block += uint32(v >> printLow)
		entries = append(entries, printAt{uint32(v) & (1<<printLow - 1) >> drop, block})
	}
	w.parts[part].bytes = nil
	scratch = append(scratch[:0], entries...)
	const digit = 10
	for shift := 0; shift < printLow; shift += digit { // they are in the order of their blocks, and stay so
		var count [1<<digit + 1]int
		for _, e := range entries {
			count[e.low>>shift&(1<<digit-1)+1]++
		}
		for i := range 1 << digit {
			count[i+1] += count[i]
		}
		for _, e := range entries {
			d := e.low >> shift & (1<<digit - 1)
			scratch[count[d]] = e
			count[d]++
		}
		entries, scratch = scratch, entries
	}
	kept := entries[:0]
	for i, e := range entries {
		if i == 0 || e != kept[len(kept)-1] {
			kept = append(kept, e)
		}
	}
	return kept, scratch
}

// appendPrintList writes one key, gap being how many keys there are between it and the one before, and its blocks.
func appendPrintList(dst []byte, gap int, entries []printAt) []byte {
	n := len(entries)
	dst = binary.AppendUvarint(dst, uint64(gap)<<2|uint64(min(n-1, 3)))
	size := 0
	if n > 3 {
		next := uint32(0)
		for _, e := range entries {
			size += uvarintLen(e.block - next)
			next = e.block + 1
		}
		dst = binary.AppendUvarint(dst, uint64(n-4))
		dst = binary.AppendUvarint(dst, uint64(size))
	}
	next := uint32(0)
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, uint64(e.block-next))
		next = e.block + 1
	}
	return dst
}

func uvarintLen(v uint32) int { return (bits.Len32(v|1) + 6) / 7 }

// Prints is an open prints file. It is safe for concurrent use.
type Prints struct {
	buckets, lists []byte
	keyBits        int
	blocks         uint32
}

// PrintList is the list of blocks that have one print.
type PrintList struct {
	Count int
	bytes []byte
}

// openPrints maps the file, if the shard's manifest lists one.
func openPrints(path, name string, files map[string]manifestFile) (*container, error) {
	want, ok := files[printsFile]
	if !ok {
		return nil, ErrNoPrints
	}
	fi, err := os.Stat(path)
	if err != nil {
		return nil, asCorrupt(name, err)
	}
	if fi.Size() != want.Size {
		return nil, &CorruptError{File: name, Why: "its size is not the manifest's"}
	}
	c, err := openContainer(path, name)
	if err != nil {
		return nil, asCorrupt(name, err)
	}
	return c, nil
}

func readPrints(c *container, blocks int) (*Prints, error) {
	head, n, err := c.rows("head", 16)
	if err != nil {
		return nil, err
	}
	u32 := func(i int) int { return int(binary.LittleEndian.Uint32(head[4*i:])) }
	bad := func(section, why string) (*Prints, error) { return nil, &CorruptError{c.name, section, why} }
	switch {
	case n != 1:
		return bad("head", "not one row")
	case u32(0) != PrintsVersion:
		return nil, ErrNoPrints
	case u32(1) < printParts || u32(1) > 32 || u32(2) != u32(1)-bucketKeyBits || u32(3) != blocks:
		return bad("head", "not the figures of this shard")
	}
	p := &Prints{keyBits: u32(1), blocks: uint32(blocks)}
	if p.buckets, n, err = c.rows("buckets", 4); err != nil {
		return nil, err
	}
	if n != 1<<u32(2)+1 {
		return bad("buckets", "not one for each bucket")
	}
	p.lists, err = c.section("lists")
	return p, err
}

// withoutPrints tells whether the shard was written without prints, or with those of other rules.
func (s *Shard) withoutPrints() bool {
	if s.printsErr != nil {
		return errors.Is(s.printsErr, ErrNoPrints)
	}
	head, err := s.printsC.section("head")
	return err == nil && len(head) >= 4 && binary.LittleEndian.Uint32(head) != PrintsVersion
}

// Find gives the list of a print; it is empty when no block has it. Now and then it is that of another print with the same
// key.
func (p *Prints) Find(print uint32) PrintList {
	key := print >> (32 - p.keyBits)
	bucket := int(key >> bucketKeyBits)
	from, to := binary.LittleEndian.Uint32(p.buckets[4*bucket:]), binary.LittleEndian.Uint32(p.buckets[4*bucket+4:])
	if from > to || int64(to) > int64(len(p.lists)) {
		return PrintList{}
	}
	b := p.lists[from:to]
	want := int(key & (1<<bucketKeyBits - 1))
	for at := -1; len(b) > 0; {
		v, n := binary.Uvarint(b)
		if n <= 0 || v>>2 > 1<<bucketKeyBits {
			break
		}
		b = b[n:]
		at += int(v>>2) + 1
		count, size := int(v&3)+1, 0
		if count == 4 {
			more, n1 := binary.Uvarint(b)
			bytes, n2 := binary.Uvarint(b[max(n1, 0):])
			if n1 <= 0 || n2 <= 0 || bytes > uint64(len(b)-n1-n2) || more+4 > bytes {
				break
			}
			count, size, b = int(more)+4, int(bytes), b[n1+n2:]
		} else {
			for range count {
				for size < len(b) && b[size] >= 0x80 {
					size++
				}
				size = min(size+1, len(b))
			}
		}
		if at == want {
			return PrintList{count, b[:size]}
		}
		if at > want {
			break
		}
		b = b[size:]
	}
	return PrintList{}
}

// Blocks appends the ordinals of the list's blocks to dst, ascending.
func (p *Prints) Blocks(l PrintList, dst []uint32) []uint32 {
	next := uint32(0)
	for b := l.bytes; len(b) > 0; {
		d := uint64(b[0])
		n := 1
		if d >= 0x80 {
			if d, n = binary.Uvarint(b); n <= 0 {
				return dst
			}
		}
		if d >= uint64(p.blocks-next) {
			return dst
		}
		next += uint32(d)
		dst = append(dst, next)
		next++
		b = b[n:]
	}
	return dst
}

// ErrNoPrints says that a shard was written without prints, or with those of other rules.
var ErrNoPrints error = noPrints{}

type noPrints struct{}

func (noPrints) Error() string            { return "the index was written before there were prints" }
func (noPrints) Message() (string, []any) { return "index.no-prints", nil }
