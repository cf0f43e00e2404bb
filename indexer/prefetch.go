// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"unsafe"
)

// Blocks that are looked at one after the other lie anywhere in memory, and most of the time goes by waiting for it: for a
// block's row, its blob's row, the frame and the text, each found through the one before. Prefetch asks for the next of
// these for a block that is still some way ahead, in this order, so that the waits overlap.
const (
	PrefetchRow     = iota // the block's row
	PrefetchBlob           // its blob's row and the slot of its frame
	PrefetchFrame          // where the frame is
	PrefetchContent        // the first bytes of the block's text
	PrefetchSteps          // how many steps there are
)

// Prefetch takes one step for a block. Steps that follow each other for one block are some blocks apart, or the later one
// waits after all.
func (s *Shard) Prefetch(step int, block uint32) {
	if int(block) >= s.blocks.n {
		return
	}
	row := s.blocks.rows[int(block)*blockRowSize:][:blockRowSize]
	if step == PrefetchRow {
		prefetch(&row[0])
		prefetch(&row[blockRowSize-1])
		return
	}
	blob := binary.LittleEndian.Uint32(row)
	if int(blob) >= s.content.nblobs {
		return
	}
	of := s.content.blobs[int(blob)*blobRowSize:][:blobRowSize]
	if step == PrefetchBlob {
		prefetch(&of[0])
		prefetch(&of[blobRowSize-1])
		return
	}
	frame := binary.LittleEndian.Uint32(of[20:])
	if int(frame) >= len(s.content.cached) {
		return
	}
	cached := s.content.cached[frame].Load()
	if cached == nil {
		return
	}
	if step == PrefetchFrame {
		prefetch((*byte)(unsafe.Pointer(cached)))
		return
	}
	at := uint64(binary.LittleEndian.Uint32(of[24:])) + uint64(binary.LittleEndian.Uint32(row[12:]))
	if at < uint64(len(cached.bytes)) {
		prefetch4(&cached.bytes[at])
	}
}
