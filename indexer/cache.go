// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"container/list"
	"sync"
)

// DefaultCacheBytes is how much decompressed content an index keeps in memory.
const DefaultCacheBytes = 256 << 20

// frameCache keeps the content frames that were used last, up to a number of bytes.
type frameCache struct {
	mu     sync.Mutex
	max    int64
	size   int64
	frames map[frameKey]*list.Element
	order  *list.List // last used in front
}

type frameKey struct {
	shard *Shard
	frame uint32
}

type cachedFrame struct {
	key   frameKey
	bytes []byte
}

func newFrameCache(max int64) *frameCache {
	return &frameCache{max: max, frames: map[frameKey]*list.Element{}, order: list.New()}
}

func (c *frameCache) get(s *Shard, frame uint32) ([]byte, error) {
	key := frameKey{s, frame}
	c.mu.Lock()
	if e, ok := c.frames[key]; ok {
		c.order.MoveToFront(e)
		c.mu.Unlock()
		return e.Value.(*cachedFrame).bytes, nil
	}
	c.mu.Unlock()
	b, err := s.content.frame(frame)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.frames[key]; !ok {
		c.frames[key] = c.order.PushFront(&cachedFrame{key, b})
		c.size += int64(len(b))
	}
	for c.size > c.max && c.order.Len() > 1 {
		e := c.order.Back()
		old := e.Value.(*cachedFrame)
		c.order.Remove(e)
		delete(c.frames, old.key)
		c.size -= int64(len(old.bytes))
	}
	return b, nil
}
