// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "math/bits"

// An index finds the templates that a text may hold. For each template it keeps fingerprints: of every few consecutive
// shingles (runs of shingleSize words) one, see [Prints]. A text is looked up shingle by shingle, so every copied run of that
// many words is seen. The entries of one hash lie together, in the order of their hashes.
type index struct {
	starts  []uint32 // by the first bits of a hash: where its entries begin; one more for the end
	entries []entry
	shift   int
}

type entry struct {
	hash     uint32
	template uint16
	pos      uint16
}

const (
	shingleSize = 5
	unknownWord = 0xFFFF
)

// hashShingle mixes the words of one shingle.
func hashShingle(w []uint16) uint32 {
	h := uint64(w[0])<<48 | uint64(w[1])<<32 | uint64(w[2])<<16 | uint64(w[3])
	h = (h ^ uint64(w[4])*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return uint32(h >> 32)
}

// newIndex indexes all templates at the positions that were chosen for each.
func newIndex(all []template, positions [][]byte) *index {
	count := 0
	for _, p := range positions {
		count += len(p)
	}
	width := max(1, bits.Len(uint(count))-1)
	x := &index{starts: make([]uint32, 1<<width+1), entries: make([]entry, count), shift: 32 - width}
	fresh := make([]entry, 0, count)
	for i := range all {
		pos := 0
		for _, step := range positions[i] {
			pos += int(step)
			h := hashShingle(all[i].words[pos : pos+shingleSize])
			fresh = append(fresh, entry{h, uint16(i), uint16(pos)})
			x.starts[h>>x.shift]++
		}
	}
	sum := uint32(0)
	for i, n := range x.starts {
		sum += n
		x.starts[i] = sum
	}
	for i := len(fresh) - 1; i >= 0; i-- { // from the end, so that each bucket is filled in order
		at := &x.starts[fresh[i].hash>>x.shift]
		*at--
		x.entries[*at] = fresh[i]
	}
	return x
}

// bucket is the entries among which those of a hash are.
func (x *index) bucket(hash uint32) []entry {
	b := hash >> x.shift
	return x.entries[x.starts[b]:x.starts[b+1]]
}

// hit is a shingle that text and template share.
type hit struct {
	template uint16
	pos      uint16 // in the template
	at       int32  // in the text
}
