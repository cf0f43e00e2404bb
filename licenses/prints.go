// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// window is how many consecutive shingles of a text have one fingerprint at least: of a long text only long parts are of interest.
func window(words int) int {
	switch {
	case words < 400:
		return 6
	case words < 2000:
		return 12
	}
	return 24
}

// Prints chooses the fingerprints of all templates: what the generator of the embedded data needs. A template is its words by number;
// free tells which of them may be missing. Of every window of shingles the one that stands in fewest templates is taken, rather
// one without free words: what many share tells little. The answer is the first word of each, in order.
func Prints(texts [][]uint16, free [][]bool) [][]int {
	sharing := map[uint32]uint16{}
	last := map[uint32]int{} // the template in which a shingle was counted last, + 1
	for i, words := range texts {
		for k := 0; k+shingleSize <= len(words); k++ {
			if h := hashShingle(words[k : k+shingleSize]); last[h] != i+1 {
				last[h] = i + 1
				sharing[h]++
			}
		}
	}
	all := make([][]int, len(texts))
	for i, words := range texts {
		all[i] = winnow(words, free[i], sharing)
	}
	return all
}

// winnow chooses the fingerprints of one template.
func winnow(words []uint16, free []bool, sharing map[uint32]uint16) []int {
	n := len(words) - shingleSize + 1
	if n <= 0 {
		return nil
	}
	rank := make([]uint64, n) // the smallest is taken
	for k := range rank {
		h := hashShingle(words[k : k+shingleSize])
		r := uint64(0)
		for limit := uint16(8); limit < 1024 && sharing[h] > limit; limit *= 4 {
			r++
		}
		for _, f := range free[k : k+shingleSize] {
			if f {
				r |= 1 << 8
			}
		}
		rank[k] = r<<32 | uint64(h)
	}
	var chosen []int
	common := 0
	size, at := window(len(words)), -1
	for from := 0; from == 0 || from+size <= n; from++ {
		best := from
		for k := from; k < min(from+size, n); k++ {
			if rank[k] < rank[best] {
				best = k
			}
		}
		if at < from || rank[best] < rank[at] {
			at = best
			chosen = append(chosen, at)
			if rank[at]>>32 >= commonRank {
				common++
			}
		}
	}
	if rare := len(chosen) - common; rare < enoughRare || rare < len(chosen)/4 {
		return chosen
	}
	return slices.DeleteFunc(chosen, func(at int) bool { return rank[at]>>32 >= commonRank })
}

// A template that has enough fingerprints of its own needs no others: what it shares with very many does not tell it from them.
const (
	commonRank = 2 // shared by more than 32 templates, or with free words
	enoughRare = 10
)
