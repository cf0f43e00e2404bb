// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// packIndex is a git pack index, version 2 (gitformat-pack): a signature, 256 running counts by first byte, the sorted
// object names, their CRC-32, their 31-bit offsets (or, with the top bit set, positions in a table of 64-bit offsets
// that follows), the pack's SHA-1 and the index's own.
type packIndex struct {
	fanout  [256]uint32
	names   []byte
	crcs    []byte
	offsets []byte
	large   []byte
	pack    Hash // checksum of the pack that this indexes
}

var indexSignature = []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}

// parsePackIndex reads an index and checks that it is whole.
func parsePackIndex(data []byte) (*packIndex, error) {
	const fixed = 8 + 1024 + 40
	if len(data) < fixed || !bytes.Equal(data[:8], indexSignature) {
		return nil, errors.New("not a version 2 pack index")
	}
	if sum := sha1.Sum(data[:len(data)-20]); !bytes.Equal(sum[:], data[len(data)-20:]) {
		return nil, errors.New("checksum differs")
	}
	x := &packIndex{}
	last := uint32(0)
	for i := range x.fanout {
		x.fanout[i] = binary.BigEndian.Uint32(data[8+4*i:])
		if x.fanout[i] < last {
			return nil, errors.New("counts decrease")
		}
		last = x.fanout[i]
	}
	n := int64(last)
	rest := data[8+1024 : len(data)-40]
	if int64(len(rest)) < n*28 || (int64(len(rest))-n*28)%8 != 0 {
		return nil, fmt.Errorf("%d objects do not fit %d bytes", n, len(rest))
	}
	x.names, rest = rest[:n*20], rest[n*20:]
	x.crcs, rest = rest[:n*4], rest[n*4:]
	x.offsets, x.large = rest[:n*4], rest[n*4:]
	copy(x.pack[:], data[len(data)-40:])
	return x, nil
}

// count is the number of objects.
func (x *packIndex) count() int { return int(x.fanout[255]) }

// name is the i-th object's name.
func (x *packIndex) name(i int) (h Hash) {
	copy(h[:], x.names[20*i:])
	return h
}

// crc is the CRC-32 of the i-th object's entry in the pack.
func (x *packIndex) crc(i int) uint32 { return binary.BigEndian.Uint32(x.crcs[4*i:]) }

// offset is where the i-th object's entry begins in the pack; -1 when the index points nowhere.
func (x *packIndex) offset(i int) int64 {
	o := binary.BigEndian.Uint32(x.offsets[4*i:])
	if o&(1<<31) == 0 {
		return int64(o)
	}
	at := int(o&^(1<<31)) * 8
	if at+8 > len(x.large) {
		return -1
	}
	return int64(binary.BigEndian.Uint64(x.large[at:]))
}

// find is the position of an object; false when the pack does not hold it.
func (x *packIndex) find(h Hash) (int, bool) {
	lo, hi := 0, int(x.fanout[h[0]])
	if h[0] > 0 {
		lo = int(x.fanout[h[0]-1])
	}
	i := lo + sort.Search(hi-lo, func(i int) bool { return bytes.Compare(x.names[20*(lo+i):20*(lo+i)+20], h[:]) >= 0 })
	return i, i < hi && x.name(i) == h
}

// byOffset lists positions in the order in which their entries stand in the pack.
func (x *packIndex) byOffset() []int {
	order := make([]int, x.count())
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return x.offset(order[a]) < x.offset(order[b]) })
	return order
}
