// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "encoding/binary"

// byteLists holds a great many lists of bytes that grow side by side, as those of the trigrams and the words of a shard do while it is
// written. They share a pool of pages; a list is a chain of pieces in it, each about twice as long as the one before, which ends in the
// address of the next. So a list costs its header and little more than its bytes, nothing is copied as it grows, and the
// garbage collector has nothing to follow.
type byteLists struct {
	pages [][]byte
	used  int // of the last page
}

// byteList is a list of a byteLists. The zero value is empty.
type byteList struct {
	head uint32 // address of the first piece + 1
	at   uint32 // address of the next byte
	left uint16 // bytes until the address of the next piece
	step uint8  // pieces
}

const (
	listPageBits  = 18
	firstPiece    = 12
	maxPieceSteps = 10 // the longest piece is 12 KiB
	pieceLink     = 4  // bytes of an address
)

func pieceSize(step uint8) int { return firstPiece << min(step, maxPieceSteps) }

// piece makes room for a new piece and gives its address.
func (l *byteLists) piece(size int) uint32 {
	if len(l.pages) == 0 || l.used+size > 1<<listPageBits {
		l.pages = append(l.pages, make([]byte, 1<<listPageBits))
		l.used = 0
	}
	at := uint32(len(l.pages)-1)<<listPageBits | uint32(l.used)
	l.used += size
	return at
}

func (l *byteLists) append(list *byteList, b byte) {
	if list.left == 0 {
		l.grow(list)
	}
	l.pages[list.at>>listPageBits][list.at&(1<<listPageBits-1)] = b
	list.at++
	list.left--
}

func (l *byteLists) grow(list *byteList) {
	size := pieceSize(list.step)
	next := l.piece(size)
	if list.step == 0 {
		list.head = next + 1
	} else {
		binary.LittleEndian.PutUint32(l.pages[list.at>>listPageBits][list.at&(1<<listPageBits-1):], next)
	}
	list.at, list.left = next, uint16(size-pieceLink)
	if list.step < maxPieceSteps {
		list.step++
	}
}

func (l *byteLists) appendUvarint(list *byteList, v uint64) {
	for ; v >= 0x80; v >>= 7 {
		l.append(list, byte(v)|0x80)
	}
	l.append(list, byte(v))
}

// read appends the bytes of a list to dst.
func (l *byteLists) read(dst []byte, list byteList) []byte {
	if list.head == 0 {
		return dst
	}
	at := list.head - 1
	for step := uint8(0); ; step++ {
		page, from := l.pages[at>>listPageBits], at&(1<<listPageBits-1)
		end := from + uint32(pieceSize(step)-pieceLink)
		if list.at >= at && list.at-at <= end-from {
			return append(dst, page[from:from+list.at-at]...)
		}
		dst = append(dst, page[from:end]...)
		at = binary.LittleEndian.Uint32(page[end:])
	}
}
