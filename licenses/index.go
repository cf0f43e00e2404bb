// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// An index finds the templates that a text may hold. For each template it keeps fingerprints: of every windowSize
// consecutive shingles (runs of shingleSize words) the one with the smallest hash. A text is looked up shingle by
// shingle, so every copied run of shingleSize+windowSize-1 words is seen.
type index struct {
	heads   []int32 // by hash: position in entries + 1, 0 for none
	entries []entry
	mask    uint32
}

type entry struct {
	hash     uint32
	next     int32
	template uint16
	pos      uint16
}

const (
	shingleSize = 5
	windowSize  = 6
	maxSharing  = 160 // a shingle that stands in more templates tells nothing
	unknownWord = 0xFFFF
)

// hashShingle mixes the words of one shingle.
func hashShingle(w []uint16) uint32 {
	h := uint64(w[0])<<48 | uint64(w[1])<<32 | uint64(w[2])<<16 | uint64(w[3])
	h = (h ^ uint64(w[4])*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return uint32(h >> 32)
}

// newIndex indexes all templates and counts their prints.
func newIndex(all []template) *index {
	words := 0
	for i := range all {
		words += len(all[i].words)
	}
	size := 1
	for size < words/2 {
		size *= 2
	}
	b := indexBuilder{x: &index{heads: make([]int32, size), entries: make([]entry, 0, words/3), mask: uint32(size - 1)}, chained: make([]uint8, size)}
	for i := range all {
		b.add(uint16(i), &all[i])
	}
	return b.x
}

// indexBuilder fills an index. It counts the entries of each chain, so that only a long one is walked to see how many share a hash.
type indexBuilder struct {
	x       *index
	chained []uint8 // by head, up to maxSharing
	hashes  []uint32
}

// add winnows one template.
func (b *indexBuilder) add(number uint16, t *template) {
	n := len(t.words) - shingleSize + 1
	if n <= 0 {
		return
	}
	if cap(b.hashes) < n {
		b.hashes = make([]uint32, n)
	}
	hashes := b.hashes[:n]
	for i := range hashes {
		hashes[i] = hashShingle(t.words[i : i+shingleSize])
	}
	last := -1
	for from := 0; from == 0 || from+windowSize <= n; from++ {
		to := min(from+windowSize, n)
		if last >= from && hashes[to-1] >= hashes[last] {
			continue
		}
		if last < from {
			last = from
			for i := from + 1; i < to; i++ {
				if hashes[i] < hashes[last] {
					last = i
				}
			}
		} else {
			last = to - 1
		}
		if b.insert(entry{hash: hashes[last], template: number, pos: uint16(last)}) {
			t.prints++
		}
	}
}

// insert adds an entry unless too many have its hash.
func (b *indexBuilder) insert(e entry) bool {
	x, at := b.x, e.hash&b.x.mask
	if b.chained[at] == maxSharing {
		same := 0
		for i := x.heads[at]; i > 0; i = x.entries[i-1].next {
			if x.entries[i-1].hash == e.hash {
				if same++; same == maxSharing {
					return false
				}
			}
		}
	} else {
		b.chained[at]++
	}
	e.next = x.heads[at]
	x.entries = append(x.entries, e)
	x.heads[at] = int32(len(x.entries))
	return true
}

// hit is a shingle that text and template share.
type hit struct {
	template uint16
	pos      uint16 // in the template
	at       int32  // in the text
}
