// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"math"
	"sync"
	"unsafe"

	"communs/indexer"
)

// foldTokens are the tokens of a block as near copies are looked for. They do not change.
type foldTokens struct {
	list   []indexer.PrintToken
	counts [2][64]uint8 // of the tokens, blind and raw, by their lowest bits
}

func newFoldTokens(list []indexer.PrintToken) *foldTokens {
	t := &foldTokens{list: append([]indexer.PrintToken(nil), list...)}
	for _, token := range list {
		for i, sum := range [2]uint32{token.Blind, token.Raw} {
			if n := &t.counts[i][sum%64]; *n < math.MaxUint8 {
				*n++
			}
		}
	}
	return t
}

// maxFoldCache is how many bytes of tokens a generation keeps: those of some thousands of blocks.
const maxFoldCache = 8 << 20

// foldCache keeps the tokens of blocks that pages were made of: reading them takes longer than comparing them. What has to go
// is taken as it comes. It is safe for concurrent use.
type foldCache struct {
	mu    sync.Mutex
	known map[blockAt]*foldTokens
	bytes int
}

// blockAt is a block of a generation.
type blockAt struct{ part, block uint32 }

func (c *foldCache) get(at blockAt) *foldTokens {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[at]
}

func (c *foldCache) put(at blockAt, t *foldTokens) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[blockAt]*foldTokens{}
	}
	if c.known[at] != nil {
		return
	}
	c.known[at] = t
	c.bytes += t.size()
	for other, old := range c.known {
		if c.bytes <= maxFoldCache {
			return
		}
		delete(c.known, other)
		c.bytes -= old.size()
	}
}

// size is what the tokens take in memory, in bytes.
func (t *foldTokens) size() int {
	return len(t.list)*int(unsafe.Sizeof(indexer.PrintToken{})) + int(unsafe.Sizeof(*t))
}
