// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A packed list is ascending numbers as differences: each to the number before, the first to -1, minus one. It is patched
// frame-of-reference (Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", 2006): for every full group of 128
// differences
//
//	u8 width, u8 number of exceptions
//	the low width bits of each difference, one after the other, the first in the lowest bits: 16 × width bytes
//	for each exception u8 its place in the group, then for each the uvarint of its bits above width
//
// and each difference that is left after the last full group as an uvarint.
const packedGroup = 128

// appendPacked appends the packed form of differences.
func appendPacked(dst []byte, differences []uint32) []byte {
	for len(differences) >= packedGroup {
		dst = appendGroup(dst, (*[packedGroup]uint32)(differences))
		differences = differences[packedGroup:]
	}
	for _, d := range differences {
		dst = binary.AppendUvarint(dst, uint64(d))
	}
	return dst
}

func appendGroup(dst []byte, group *[packedGroup]uint32) []byte {
	width := packedWidth(group)
	start := len(dst)
	dst = append(dst, byte(width), 0)
	var word uint64
	filled := 0
	for _, d := range group {
		word |= uint64(d) & (1<<width - 1) << filled
		for filled += width; filled >= 32; filled -= 32 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(word))
			word >>= 32
		}
	}
	for i, d := range group {
		if d>>width != 0 {
			dst = append(dst, byte(i))
			dst[start+1]++
		}
	}
	for _, d := range group {
		if high := d >> width; high != 0 {
			dst = binary.AppendUvarint(dst, uint64(high))
		}
	}
	return dst
}

// packedWidth is the width for which a group takes the fewest bytes.
func packedWidth(group *[packedGroup]uint32) (best int) {
	var longer [33]int // how many differences have exactly so many bits
	for _, d := range group {
		longer[bits.Len32(d)]++
	}
	least := 1 << 30
	for width := 31; width >= 0; width-- {
		size := packedGroup / 8 * width
		for n := width + 1; n <= 32; n++ {
			size += longer[n] * (1 + (n-width+6)/7)
		}
		if size < least {
			best, least = width, size
		}
	}
	return best
}

// unpack appends the numbers of a packed list of count to dst, with so many of them in full groups. It stops where the
// numbers reach limit, and where the list ends too early.
func unpack(dst []uint32, list []byte, count, grouped int, limit uint32) []uint32 {
	next := uint32(0)
	var group [packedGroup]uint32
	for ; grouped >= packedGroup; grouped -= packedGroup {
		rest, ok := readGroup(&group, list)
		if !ok {
			return dst
		}
		list, count = rest, count-packedGroup
		end := uint64(next) + packedGroup
		for _, d := range group {
			end += uint64(d)
		}
		if end > uint64(limit) {
			return dst
		}
		dst = slices.Grow(dst, packedGroup)
		to := (*[packedGroup]uint32)(dst[len(dst):cap(dst)])
		for i, d := range group {
			to[i] = next + d
			next += d + 1
		}
		dst = dst[:len(dst)+packedGroup]
	}
	for ; count > 0 && len(list) > 0; count-- {
		d := uint64(list[0]) // most differences are small
		if list = list[1:]; d >= 0x80 {
			high, n := binary.Uvarint(list)
			if n <= 0 {
				return dst
			}
			d, list = d&0x7f|high<<7, list[n:]
		}
		if d >= uint64(limit) || uint64(next)+d >= uint64(limit) {
			return dst
		}
		next += uint32(d)
		dst = append(dst, next)
		next++
	}
	return dst
}

// readGroup reads one full group and gives what follows it.
func readGroup(group *[packedGroup]uint32, list []byte) (rest []byte, ok bool) {
	if len(list) < 2 {
		return nil, false
	}
	width, exceptions := int(list[0]), int(list[1])
	size := packedGroup / 8 * width
	if width > 31 || exceptions > packedGroup || len(list) < 2+size+exceptions {
		return nil, false
	}
	unpackBits(group, list[2:], width)
	places, rest := list[2+size:2+size+exceptions], list[2+size+exceptions:]
	for _, at := range places {
		high, n := binary.Uvarint(rest)
		if n <= 0 || at >= packedGroup {
			return nil, false
		}
		group[at] |= uint32(high) << width
		rest = rest[n:]
	}
	return rest, true
}

// unpackBits spreads the first numbers of width bits. packed has 16 × width bytes at least.
func unpackBits(group *[packedGroup]uint32, packed []byte, width int) {
	var room [packedGroup/8*31 + 8]byte
	if len(packed) < packedGroup/8*width+8 { // eight bytes are read from every place
		copy(room[:], packed)
		packed = room[:]
	}
	mask, at := uint64(1)<<width-1, 0
	if width > 14 {
		for i := range group {
			group[i] = uint32(binary.LittleEndian.Uint64(packed[at>>3:]) >> (at & 7) & mask)
			at += width
		}
		return
	}
	w := width & 15 // which is what it is; shifts by so little need no check
	for i := 0; i < packedGroup; i += 4 {
		v := binary.LittleEndian.Uint64(packed[at>>3:]) >> (at & 7)
		four := (*[4]uint32)(group[i:])
		four[0] = uint32(v & mask)
		four[1] = uint32(v >> w & mask)
		four[2] = uint32(v >> (2 * w) & mask)
		four[3] = uint32(v >> (3 * w) & mask)
		at += 4 * width
	}
}
