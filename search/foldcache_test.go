// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"sync"
	"testing"

	"communs/indexer"
)

// What is kept stays below its limit, is what was put in, and may be asked for by many at once.
func TestFoldCache(t *testing.T) {
	var c foldCache
	var all sync.WaitGroup
	for worker := range uint32(4) {
		all.Go(func() {
			for i := range uint32(2000) {
				at := blockAt{worker % 2, i}
				if c.get(at) == nil {
					c.put(at, newFoldTokens(make([]indexer.PrintToken, i)))
				}
				if got := c.get(at); got != nil && len(got.list) != int(i) {
					t.Errorf("block %d has the tokens of another one: %d", i, len(got.list))
				}
			}
		})
	}
	all.Wait()
	sum := 0
	for _, kept := range c.known {
		sum += kept.size()
	}
	if sum != c.bytes || sum > maxFoldCache || sum < maxFoldCache/2 {
		t.Errorf("%d bytes are kept, %d were counted, at most %d", sum, c.bytes, maxFoldCache)
	}
}
