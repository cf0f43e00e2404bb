// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"sync"
	"sync/atomic"
)

// DefaultCacheBytes is how much decompressed content an index keeps in memory.
const DefaultCacheBytes = 256 << 20

// frameCache keeps the content frames that were used not long ago, up to a number of bytes, for all shards of an index.
// What is there is found without a lock. What has to go is found by the clock algorithm: a hand goes round, and takes what
// was not used since it last came by.
type frameCache struct {
	max  int64
	mu   sync.Mutex // held while a frame comes or goes
	size int64
	ring []*cachedFrame
	hand int
}

type cachedFrame struct {
	slot  *atomic.Pointer[cachedFrame]
	bytes []byte
	used  atomic.Bool // since the hand last came by
}

func newFrameCache(max int64) *frameCache { return &frameCache{max: max} }

// get gives a frame of a shard's content.
func (c *frameCache) get(t *content, frame uint32) ([]byte, error) {
	if int(frame) < len(t.cached) {
		if f := t.cached[frame].Load(); f != nil {
			if !f.used.Load() {
				f.used.Store(true)
			}
			return f.bytes, nil
		}
	}
	b, err := t.frame(frame)
	if err != nil {
		return nil, err
	}
	c.keep(&cachedFrame{slot: &t.cached[frame], bytes: b})
	return b, nil
}

// keep puts a frame into its slot, and takes others out until there is room.
func (c *frameCache) keep(f *cachedFrame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !f.slot.CompareAndSwap(nil, f) {
		return // another search was faster
	}
	c.ring = append(c.ring, f)
	c.size += int64(len(f.bytes))
	for c.size > c.max && len(c.ring) > 1 {
		c.hand %= len(c.ring)
		old := c.ring[c.hand]
		if old == f || old.used.Swap(false) {
			c.hand++
			continue
		}
		old.slot.Store(nil)
		c.size -= int64(len(old.bytes))
		last := len(c.ring) - 1
		c.ring[c.hand] = c.ring[last]
		c.ring[last] = nil
		c.ring = c.ring[:last]
	}
}
