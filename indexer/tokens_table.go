// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "hash/maphash"

// A wordTable remembers the terms of words. It is a hash table with open addressing whose keys and values stand in two
// slices: a map takes twice the time, and gives the garbage collector a pointer for each word to follow.
type wordTable struct {
	seed    maphash.Seed
	entries []wordEntry // a power of two of them, at most three quarters taken
	taken   int
	keys    []byte
	values  []uint32
}

// A wordEntry is free when its keyLen is 0.
type wordEntry struct {
	hash, key, value uint32
	keyLen, valueLen uint16
}

// maxKey is the longest word that is remembered: what is longer hardly comes back.
const maxKey = 4 * maxTerm

func newWordTable() wordTable {
	return wordTable{seed: maphash.MakeSeed(), entries: make([]wordEntry, 1<<12)}
}

func (t *wordTable) hash(w []byte) uint32 { return uint32(maphash.Bytes(t.seed, w)) }

// find gives the terms of a word, and whether it is known.
func (t *wordTable) find(w []byte, hash uint32) ([]uint32, bool) {
	mask := uint32(len(t.entries) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := &t.entries[i]
		if e.keyLen == 0 {
			return nil, false
		}
		if e.hash == hash && int(e.keyLen) == len(w) && string(t.keys[e.key:e.key+uint32(e.keyLen)]) == string(w) {
			return t.values[e.value : e.value+uint32(e.valueLen)], true
		}
	}
}

// add remembers a word that find does not know.
func (t *wordTable) add(w []byte, hash uint32, terms []uint32) {
	if len(w) > maxKey {
		return
	}
	if t.taken*4 >= len(t.entries)*3 {
		t.grow()
	}
	t.put(wordEntry{
		hash: hash, key: uint32(len(t.keys)), value: uint32(len(t.values)), keyLen: uint16(len(w)), valueLen: uint16(len(terms)),
	})
	t.keys = append(t.keys, w...)
	t.values = append(t.values, terms...)
	t.taken++
}

func (t *wordTable) put(e wordEntry) {
	mask := uint32(len(t.entries) - 1)
	i := e.hash & mask
	for t.entries[i].keyLen != 0 {
		i = (i + 1) & mask
	}
	t.entries[i] = e
}

func (t *wordTable) grow() {
	old := t.entries
	t.entries = make([]wordEntry, 2*len(old))
	for _, e := range old {
		if e.keyLen != 0 {
			t.put(e)
		}
	}
}
