// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

// findPairs gives the first i below n for which s[i] with the bits of mask1 set is want1, and s[i+gap] with those of mask2
// is want2; -1 when there is none. n is 16 or more, and s has n+gap bytes.
//
//go:noescape
func findPairs(s *byte, n, gap int, want1, want2, mask1, mask2 byte) int

// next gives the first place at or after from, and not after last, where the text may start; -1 when there is none.
func (p *bytePair) next(s []byte, from, last int) int {
	if last-from < 15 {
		return p.nextSlow(s, from, last)
	}
	_ = s[last+p.first+p.gap]
	at := findPairs(&s[from+p.first], last-from+1, p.gap, p.want1, p.want2, p.mask1, p.mask2)
	if at < 0 {
		return -1
	}
	return from + at
}
