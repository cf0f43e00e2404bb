// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// Prints are what a block is known by to Similar: hashes of short runs of its tokens, some of them chosen by winnowing
// (Schleimer, Wilkerson and Aiken 2003), so that any run of gram+window−1 tokens that two blocks share gives both a common
// print. Runs of five blind tokens find copies whose names were changed; runs of four raw tokens find small and edited ones.
const (
	blindGram   = 5
	rawGram     = 4
	blindWindow = 4
	rawWindow   = 4
	// PrintsVersion names the rules by which prints are made; a shard made by others is made anew from its content.
	PrintsVersion = 2
)

// AppendPrints appends the prints of a block's tokens to dst; one may come several times.
func AppendPrints(dst []uint32, tokens []PrintToken) []uint32 {
	blind, raw := newWinnower(blindGram, blindWindow, 0x9e3779b9), newWinnower(rawGram, rawWindow, 0x7f4a7c15)
	for i := range tokens {
		dst = blind.add(dst, tokens[i].Blind)
		dst = raw.add(dst, tokens[i].Raw)
	}
	return raw.end(blind.end(dst))
}

// A winnower chooses the smallest hash of each window of grams, the last of equal ones.
type winnower struct {
	gram, window int
	salt         uint32
	oldest       uint64 // multiplier of the token that leaves the gram
	hash         uint64 // of the last tokens, as a polynomial
	seen         int    // tokens
	tokens, ring [8]uint32
	least, last  int // positions of the smallest gram of the window, and of the one chosen last
}

const winnowBase = 0x9ddfea08eb382d69

func newWinnower(gram, window int, salt uint32) winnower {
	w := winnower{gram: gram, window: window, salt: salt, oldest: 1, least: -1, last: -1}
	for range gram {
		w.oldest *= winnowBase
	}
	return w
}

func (w *winnower) add(dst []uint32, token uint32) []uint32 {
	at := w.seen & 7
	w.hash = w.hash*winnowBase + uint64(token)
	if w.seen >= w.gram {
		w.hash -= w.oldest * uint64(w.tokens[(w.seen-w.gram)&7])
	}
	w.tokens[at] = token
	w.seen++
	i := w.seen - w.gram // the gram's position
	if i < 0 {
		return dst
	}
	h := w.hash ^ w.hash>>32
	v := mix32(uint32(h) ^ w.salt)
	w.ring[i&7] = v
	switch {
	case w.least < 0 || v <= w.ring[w.least&7]:
		w.least = i
	case w.least <= i-w.window:
		w.least = i - w.window + 1
		for j := w.least + 1; j <= i; j++ {
			if w.ring[j&7] <= w.ring[w.least&7] {
				w.least = j
			}
		}
	}
	if i >= w.window-1 && w.least != w.last {
		return w.choose(dst)
	}
	return dst
}

func (w *winnower) choose(dst []uint32) []uint32 {
	w.last = w.least
	return append(dst, mix32(w.ring[w.least&7]^w.salt))
}

// end chooses the smallest of all when there were too few for a window.
func (w *winnower) end(dst []uint32) []uint32 {
	if w.least >= 0 && w.last < 0 {
		return w.choose(dst)
	}
	return dst
}
