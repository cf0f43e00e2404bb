// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
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
	slot  []uint32 // trigram → position in lists + 1
	lists []gramList
}

type gramList struct {
	key   uint32
	last  uint32 // last block + 1
	count uint32
	bytes []byte
}

func newGramsWriter() *gramsWriter { return &gramsWriter{slot: make([]uint32, 1<<24)} }

// add records the trigrams of one folded stretch of lines of a block. Blocks come in ascending order.
func (w *gramsWriter) add(block uint32, folded []byte) {
	if len(folded) < 3 {
		return
	}
	key := uint32(folded[0])<<8 | uint32(folded[1])
	newline := 0 // how many of the next trigrams still hold a newline
	for i, b := range folded[:2] {
		if b == '\n' {
			newline = i + 1
		}
	}
	for _, b := range folded[2:] {
		key = (key<<8 | uint32(b)) & 0xffffff
		if b == '\n' {
			newline = 3
		}
		if newline > 0 {
			newline--
			continue
		}
		w.record(key, block)
	}
}

func (w *gramsWriter) record(key, block uint32) {
	s := w.slot[key]
	if s == 0 {
		w.lists = append(w.lists, gramList{key: key})
		s = uint32(len(w.lists))
		w.slot[key] = s
	}
	l := &w.lists[s-1]
	if l.last == block+1 {
		return
	}
	l.bytes = binary.AppendUvarint(l.bytes, uint64(block-l.last))
	l.last = block + 1
	l.count++
}

func (w *gramsWriter) write(disk *durable.Disk, name string) error {
	slices.SortFunc(w.lists, func(a, b gramList) int { return int(a.key) - int(b.key) })
	var keys, counts, offsets []byte
	var differences []uint32
	at := uint32(0)
	for i := range w.lists {
		l := &w.lists[i]
		differences = differences[:0]
		for rest := l.bytes; len(rest) > 0; {
			d, n := binary.Uvarint(rest)
			differences, rest = append(differences, uint32(d)), rest[n:]
		}
		if len(differences) >= packedGroup {
			l.bytes = appendPacked(make([]byte, 0, len(l.bytes)), differences)
		}
		keys = binary.LittleEndian.AppendUint32(keys, l.key)
		counts = binary.LittleEndian.AppendUint32(counts, l.count)
		offsets = binary.LittleEndian.AppendUint32(offsets, at)
		at += uint32(len(l.bytes))
	}
	c, err := createContainer(disk, name)
	if err != nil {
		return err
	}
	c.section("keys", keys)
	c.section("counts", counts)
	c.section("offsets", offsets)
	c.begin("packed")
	buf := make([]byte, 0, 1<<20)
	for _, l := range w.lists {
		if len(buf)+len(l.bytes) > cap(buf) {
			c.Write(buf)
			buf = buf[:0]
		}
		buf = append(buf, l.bytes...)
	}
	c.Write(buf)
	c.end()
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
