// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
)

// A memo remembers what was found in regions of text, by their words. It forgets the regions that were not met for long, so that it
// never holds more than memoEntries. What is found never depends on it.
type memo struct {
	seed maphash.Seed
	lock sync.Mutex
	// A region that is found in old moves to recent; when recent is full it becomes old.
	recent, old map[memoKey][]match
}

// memoKey stands for the words of a region. The seed is drawn at random, so that nobody can make two texts with the same key.
type memoKey struct {
	sum   uint64
	words int
}

const (
	memoEntries = 4096
	memoMatches = 64 // a region with more matches is not remembered
)

func newMemo() *memo {
	return &memo{seed: maphash.MakeSeed(), recent: map[memoKey][]match{}}
}

func (m *memo) key(ids []uint16) memoKey {
	var h maphash.Hash
	h.SetSeed(m.seed)
	var buf [256]byte
	for part := range slices.Chunk(ids, len(buf)/2) {
		for i, id := range part {
			binary.LittleEndian.PutUint16(buf[2*i:], id)
		}
		h.Write(buf[:2*len(part)])
	}
	return memoKey{h.Sum64(), len(ids)}
}

// get is what was found in the same words before.
func (m *memo) get(key memoKey) ([]match, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if found, ok := m.recent[key]; ok {
		return found, true
	}
	found, ok := m.old[key]
	if ok {
		m.keep(key, found)
	}
	return found, ok
}

// put remembers what was found; nobody changes it from then on.
func (m *memo) put(key memoKey, found []match) {
	if len(found) > memoMatches {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.keep(key, slices.Clip(found))
}

func (m *memo) keep(key memoKey, found []match) {
	if len(m.recent) >= memoEntries/2 {
		m.recent, m.old = map[memoKey][]match{}, m.recent
	}
	m.recent[key] = found
}
