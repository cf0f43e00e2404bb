// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import "bytes"

// bytePair is the two rarest bytes of a text, which stand at a fixed distance. Where both are seen at that distance, the
// text may stand; almost nowhere else. (Wojciech Muła, "SIMD-friendly algorithms for substring searching", 2018.)
type bytePair struct {
	first, gap   int  // place of the one that comes first in the text, and how much further the other is
	want1, want2 byte // the two bytes with the bits of their masks set
	mask1, mask2 byte // in which bits their two forms differ
}

// newBytePair chooses from a text whose bytes have two forms each. The text is not empty.
func newBytePair(lower, upper []byte) bytePair {
	rank := func(i int) int {
		n := int(byteFrequency[lower[i]])
		if lower[i] != upper[i] {
			n = max(n, int(byteFrequency[upper[i]])) + 8
		}
		return n
	}
	one, two := 0, len(lower)-1
	for i := range lower {
		if rank(i) < rank(one) {
			one = i
		}
	}
	if two == one {
		two = 0
	}
	for i := range lower {
		if i != one && rank(i) < rank(two) {
			two = i
		}
	}
	one, two = min(one, two), max(one, two)
	m1, m2 := lower[one]^upper[one], lower[two]^upper[two]
	return bytePair{
		first: one, gap: two - one,
		want1: lower[one] | m1, want2: lower[two] | m2, mask1: m1, mask2: m2,
	}
}

// nextSlow is next for few places, and for every number of them where there are no instructions for many at once.
func (p *bytePair) nextSlow(s []byte, from, last int) int {
	for i := from; i <= last; i++ {
		if p.mask1 == 0 {
			n := bytes.IndexByte(s[i+p.first:last+p.first+1], p.want1)
			if n < 0 {
				return -1
			}
			i += n
		}
		if at := i + p.first; s[at]|p.mask1 == p.want1 && s[at+p.gap]|p.mask2 == p.want2 {
			return i
		}
	}
	return -1
}
