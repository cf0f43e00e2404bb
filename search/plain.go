// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import "sync/atomic"

// plainBlobs remembers for which blobs of a shard isPlain holds: two bits for each, filled in when a blob is first read.
type plainBlobs []uint32

const (
	blobsInWord = 16

	plainYes = 1
	plainNo  = 2
)

// holds tells whether isPlain holds for a blob, whose text is given.
func (p plainBlobs) holds(blob uint32, text []byte) bool {
	word, shift := &p[blob/blobsInWord], blob%blobsInWord*2
	known := atomic.LoadUint32(word) >> shift & 3
	if known == 0 {
		known = plainNo
		if isPlain(text) {
			known = plainYes
		}
		atomic.OrUint32(word, known<<shift)
	}
	return known == plainYes
}
