// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// DefaultCacheBytes is how much decompressed content an index keeps in memory.
const DefaultCacheBytes = 512 << 20

// frameCache keeps content frames that were used, up to a number of bytes, for all shards of an index. What is there is
// found without a lock. What has to go is drawn by lot, and has a second chance when it was used since it was last drawn:
// a question for a common text goes through all frames in order, and where they do not all fit, letting the one go that
// was not used for longest would find none of them there the next time.
type frameCache struct {
	max  int64
	mu   sync.Mutex // held while a frame comes or goes
	size int64
	all  []*cachedFrame
}

type cachedFrame struct {
	slot  *atomic.Pointer[cachedFrame]
	bytes []byte
	used  atomic.Bool // since it was last drawn
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
	c.all = append(c.all, f)
	c.size += int64(len(f.bytes))
	for c.size > c.max && len(c.all) > 1 {
		c.drop(c.draw())
	}
}

// draw chooses a frame that goes: not the last one, which has just come.
func (c *frameCache) draw() (i int) {
	for range 8 {
		if i = rand.IntN(len(c.all) - 1); !c.all[i].used.Swap(false) {
			break
		}
	}
	return i
}

func (c *frameCache) drop(i int) {
	old, last := c.all[i], len(c.all)-1
	old.slot.Store(nil)
	c.size -= int64(len(old.bytes))
	c.all[i], c.all[last] = c.all[last], nil
	c.all = c.all[:last]
}
