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
	x := &index{heads: make([]int32, size), entries: make([]entry, 0, words/3), mask: uint32(size - 1)}
	for i := range all {
		x.add(uint16(i), &all[i])
	}
	return x
}

// add winnows one template.
func (x *index) add(number uint16, t *template) {
	n := len(t.words) - shingleSize + 1
	if n <= 0 {
		return
	}
	hashes := make([]uint32, n)
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
		if x.insert(entry{hash: hashes[last], template: number, pos: uint16(last)}) {
			t.prints++
		}
	}
}

func (x *index) insert(e entry) bool {
	head := &x.heads[e.hash&x.mask]
	same := 0
	for i := *head; i > 0; i = x.entries[i-1].next {
		if x.entries[i-1].hash == e.hash {
			if same++; same == maxSharing {
				return false
			}
		}
	}
	e.next = *head
	x.entries = append(x.entries, e)
	*head = int32(len(x.entries))
	return true
}

// hit is a shingle that text and template share.
type hit struct {
	template uint16
	pos      uint16 // in the template
	at       int32  // in the text
}
