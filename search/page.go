// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"hash/fnv"
	"slices"
)

// compareMatches orders hits: by score, the best first, then by repository, path and place in the file.
func compareMatches(a, b match) int {
	if a.score != b.score {
		return cmp.Compare(b.score, a.score)
	}
	if a.place != b.place {
		return cmp.Compare(a.place, b.place)
	}
	return cmp.Compare(a.block, b.block)
}

// atFirst is how many matches are put in order at first for k that differ in their texts.
func atFirst(k int) int { return k + k/4 + 32 }

// distinct gives the first k matches, in order, that do not repeat an earlier one's text, and whether there are more. It changes
// the order of matches.
func distinct(matches []match, k int) (first []match, more bool) {
	for sorted := 0; ; {
		sorted = min(len(matches), max(atFirst(k), 4*sorted))
		selectFirst(matches, sorted)
		slices.SortFunc(matches[:sorted], compareMatches)
		seen := make(map[uint64]bool, min(k, len(matches)))
		first = first[:0]
		for _, m := range matches[:sorted] {
			if seen[m.text] {
				continue
			}
			if len(first) == k {
				return first, true
			}
			seen[m.text] = true
			first = append(first, m)
		}
		if sorted == len(matches) {
			return first, false
		}
	}
}

// selectFirst moves the k first of the matches to the front, in no order (Hoare's quickselect).
func selectFirst(m []match, k int) {
	lo, hi := 0, len(m)
	for hi-lo > 16 && k > lo && k < hi {
		a, b, c := m[lo], m[lo+(hi-lo)/2], m[hi-1]
		if compareMatches(b, a) < 0 {
			a, b = b, a
		}
		if compareMatches(c, b) < 0 {
			b = c
			if compareMatches(b, a) < 0 {
				b = a
			}
		}
		i, j := lo, hi-1
		for i <= j {
			for compareMatches(m[i], b) < 0 {
				i++
			}
			for compareMatches(b, m[j]) < 0 {
				j--
			}
			if i <= j {
				m[i], m[j] = m[j], m[i]
				i++
				j--
			}
		}
		switch {
		case k <= j+1:
			hi = j + 1
		case k >= i:
			lo = i
		default:
			return
		}
	}
	if k > lo && k < hi {
		slices.SortFunc(m[lo:hi], compareMatches)
	}
}

// A cursor says how far the answer was given (see arrange), of which question, in which generation of the index: base64url of uvarint
// offset, uvarint generation, u32 FNV-1a of the canonical question, u32 CRC-32 of all that. In a newer generation the
// next page starts at the same number: hits may then repeat or be missed, as with any list that changes while it is read.
type cursor struct {
	offset     int
	generation uint64
}

// maxReach bounds how far into an answer a page may begin, and how long one may be. Anybody can make a cursor.
const maxReach = 1 << 28

func questionSum(q string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(q))
	return h.Sum32()
}

func (c cursor) encode(question string) string {
	b := binary.AppendUvarint(nil, uint64(c.offset))
	b = binary.AppendUvarint(b, c.generation)
	b = binary.BigEndian.AppendUint32(b, questionSum(question))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(s, question string) (c cursor, err error) {
	if s == "" {
		return c, nil
	}
	bad := &CursorError{s}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 10 {
		return c, bad
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.ChecksumIEEE(body) != sum || binary.BigEndian.Uint32(body[len(body)-4:]) != questionSum(question) {
		return c, bad
	}
	offset, n := binary.Uvarint(body)
	if n <= 0 || offset > maxReach {
		return c, bad
	}
	generation, m := binary.Uvarint(body[n:])
	if m <= 0 {
		return c, bad
	}
	return cursor{int(offset), generation}, nil
}
