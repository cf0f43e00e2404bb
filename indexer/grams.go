// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"

	"communs/internal/durable"
)

// The grams file says which blocks hold which trigram. A trigram is three bytes of one line's folded text (see Fold),
// b0<<16|b1<<8|b2; a line's trigrams belong to its innermost block, and none spans a line's end. It is a container of
//
//	keys      u32 trigrams, ascending
//	counts    u32 number of blocks, for each trigram
//	offsets   u32 where its posting list starts, for each trigram
//	packed    posting lists: the ordinals of the blocks, ascending, see packedGroup
//
// Instead of packed, older files have postings: the same lists, with all differences as uvarints.
//
// A shard's postings stay below 4 GiB because a shard's source does.
type gramsWriter struct {
	page  *[1 << 16]uint16 // for the first two bytes of a trigram, the page of slots; the first is of those that have none yet
	slots []uint32         // pages of 256: for its third byte the position in lists; 0 for a trigram that has none yet
	seen  []uint32         // for each list the last block + 1 that was found to hold its trigram
	lists []gramList       // the first is of no trigram
	pool  byteLists
	found []uint32 // scratch
}

// gramList is a trigram and the blocks that hold it: the uvarint of each one's difference to the one before, see packedGroup.
type gramList struct {
	key   uint32
	next  uint32 // the last block + 1
	count uint32
	list  byteList
}

func newGramsWriter() *gramsWriter {
	return &gramsWriter{page: new([1 << 16]uint16), slots: make([]uint32, 1<<8), seen: make([]uint32, 1), lists: make([]gramList, 1)}
}

// add records the trigrams of one folded stretch of lines of a block. Blocks come in ascending order.
func (w *gramsWriter) add(block uint32, folded []byte) {
	for len(folded) > 0 {
		line := folded
		if n := bytes.IndexByte(folded, '\n'); n >= 0 {
			line, folded = folded[:n], folded[n+1:]
		} else {
			folded = nil
		}
		if len(line) >= 3 {
			w.line(block, line)
		}
	}
}

// line records the trigrams of a line. Most were met in the same block before, in no order that a processor could foresee, so
// which ones are new is found without a branch, and they are recorded after.
func (w *gramsWriter) line(block uint32, line []byte) {
	w.found = slices.Grow(w.found[:0], len(line))
	found, seen := w.found[:len(line)], w.seen
	n := 0
	key := uint32(line[0])<<8 | uint32(line[1])
	for _, b := range line[2:] {
		key = (key<<8 | uint32(b)) & 0xffffff
		id := w.slots[uint32(w.page[key>>8])<<8|key&0xff]
		if id == 0 {
			id = w.newList(key)
			seen = w.seen
		}
		found[n] = id
		differs := seen[id] ^ (block + 1)
		n += int((differs | -differs) >> 31)
		seen[id] = block + 1
	}
	for _, id := range found[:n] {
		l := &w.lists[id]
		w.pool.appendUvarint(&l.list, uint64(block-l.next))
		l.next = block + 1
		l.count++
	}
}

// newList makes the list of a trigram and gives its position.
func (w *gramsWriter) newList(key uint32) uint32 {
	page := &w.page[key>>8]
	if *page == 0 {
		*page = uint16(len(w.slots) >> 8)
		w.slots = append(w.slots, make([]uint32, 1<<8)...)
	}
	id := uint32(len(w.lists))
	w.slots[uint32(*page)<<8|key&0xff] = id
	w.lists = append(w.lists, gramList{key: key})
	w.seen = append(w.seen, 0)
	return id
}

func (w *gramsWriter) write(disk *durable.Disk, name string) error {
	lists := w.lists[1:]
	slices.SortFunc(lists, func(a, b gramList) int { return int(a.key) - int(b.key) })
	w.slots, w.seen = nil, nil
	var keys, counts, offsets []byte
	for i := range lists {
		keys = binary.LittleEndian.AppendUint32(keys, lists[i].key)
		counts = binary.LittleEndian.AppendUint32(counts, lists[i].count)
	}
	c, err := createContainer(disk, name)
	if err != nil {
		return err
	}
	c.section("keys", keys)
	c.section("counts", counts)
	c.begin("packed")
	buf := make([]byte, 0, 1<<20)
	var list []byte
	var differences []uint32
	at := 0
	for i := range lists {
		if len(buf) > cap(buf)-1<<16 {
			c.Write(buf)
			buf = buf[:0]
		}
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(at))
		start := len(buf)
		if lists[i].count < packedGroup {
			buf = w.pool.read(buf, lists[i].list)
		} else {
			list = w.pool.read(list[:0], lists[i].list)
			differences = differences[:0]
			for rest := list; len(rest) > 0; {
				d, n := binary.Uvarint(rest)
				differences, rest = append(differences, uint32(d)), rest[n:]
			}
			buf = appendPacked(buf, differences)
		}
		at += len(buf) - start
	}
	c.Write(buf)
	c.end()
	c.section("offsets", offsets)
	return c.close()
}

// Grams is an open grams file.
type Grams struct {
	c                     *container
	keys, counts, offsets []byte
	lists                 []byte
	packed                bool // lists are, see packedGroup
	n                     int
	blocks                uint32 // blocks in the shard: bounds what a list may name
}

func readGrams(c *container, blocks int) (g *Grams, err error) {
	g = &Grams{c: c, blocks: uint32(blocks)}
	if g.keys, g.n, err = c.rows("keys", 4); err != nil {
		return nil, err
	}
	var counts, offsets int
	if g.counts, counts, err = c.rows("counts", 4); err != nil {
		return nil, err
	}
	if g.offsets, offsets, err = c.rows("offsets", 4); err != nil {
		return nil, err
	}
	if counts != g.n || offsets != g.n {
		return nil, &CorruptError{c.name, "offsets", "not one for each trigram"}
	}
	if g.packed = c.has("packed"); g.packed {
		g.lists, err = c.section("packed")
	} else {
		g.lists, err = c.section("postings")
	}
	return g, err
}

// find gives the trigram's position, or false.
func (g *Grams) find(trigram uint32) (int, bool) {
	i := sort.Search(g.n, func(i int) bool { return binary.LittleEndian.Uint32(g.keys[i*4:]) >= trigram })
	return i, i < g.n && binary.LittleEndian.Uint32(g.keys[i*4:]) == trigram
}

// Count is the number of blocks that hold the trigram.
func (g *Grams) Count(trigram uint32) int {
	i, ok := g.find(trigram)
	if !ok {
		return 0
	}
	return int(binary.LittleEndian.Uint32(g.counts[i*4:]))
}

// Postings appends to dst the ordinals of the blocks that hold the trigram, ascending.
func (g *Grams) Postings(trigram uint32, dst []uint32) []uint32 {
	i, ok := g.find(trigram)
	if !ok {
		return dst
	}
	from, to := binary.LittleEndian.Uint32(g.offsets[i*4:]), uint32(len(g.lists))
	if i+1 < g.n {
		to = binary.LittleEndian.Uint32(g.offsets[(i+1)*4:])
	}
	if from > to || int(to) > len(g.lists) {
		return dst
	}
	count, grouped := int(binary.LittleEndian.Uint32(g.counts[i*4:])), 0
	if g.packed {
		grouped = count
	}
	return unpack(slices.Grow(dst, min(count, int(g.blocks))), g.lists[from:to], count, grouped, g.blocks)
}
