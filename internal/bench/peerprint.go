// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"hash/crc32"
	"slices"

	"communs/indexer"
)

// wfpIndex finds blocks as SCANOSS's winnowing fingerprints do: bytes other than letters and digits left out, letters in lower case,
// a CRC-32C of each 30 bytes, the smallest of each 64 of them, whose own bytes are hashed again. The block that shares most wins.
type wfpIndex struct {
	index   *indexer.Index
	entries []wfpEntry // by hash
}

type wfpEntry struct {
	hash uint32
	at   blockAt
}

// blockAt is a block of the index.
type blockAt struct{ shard, block uint32 }

const (
	wfpGram   = 30
	wfpWindow = 64
)

func wfp(code []byte) (prints []uint32) {
	var text []byte
	for _, c := range code {
		switch {
		case c >= 'A' && c <= 'Z':
			text = append(text, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			text = append(text, c)
		}
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	var grams []uint32
	for i := 0; i+wfpGram <= len(text); i++ {
		grams = append(grams, crc32.Checksum(text[i:i+wfpGram], table))
	}
	last := -1
	for i := 0; i+wfpWindow <= len(grams) || i == 0 && len(grams) > 0; i++ {
		least := i
		for j := i; j < min(len(grams), i+wfpWindow); j++ {
			if grams[j] <= grams[least] {
				least = j
			}
		}
		if least != last {
			last = least
			h := grams[least]
			prints = append(prints, crc32.Checksum([]byte{byte(h), byte(h >> 8), byte(h >> 16), byte(h >> 24)}, table))
		}
	}
	return prints
}

func newWFPIndex(x *indexer.Index) (*wfpIndex, error) {
	w := &wfpIndex{index: x}
	for s, shard := range x.Shards() {
		for b := range uint32(shard.NumBlocks()) {
			row := shard.Block(b)
			content, err := shard.Content(row.Blob)
			if err != nil {
				return nil, err
			}
			for _, h := range wfp(content[row.StartByte:row.EndByte]) {
				w.entries = append(w.entries, wfpEntry{h, blockAt{uint32(s), b}})
			}
		}
	}
	slices.SortFunc(w.entries, func(a, b wfpEntry) int { return cmp.Compare(a.hash, b.hash) })
	return w, nil
}

// best gives the block that shares most prints with the code; of equal ones the shortest, then the first.
func (w *wfpIndex) best(code []byte) (at blockAt, found bool) {
	votes := map[blockAt]int{}
	most := 0
	for _, h := range wfp(code) {
		i, _ := slices.BinarySearchFunc(w.entries, h, func(e wfpEntry, h uint32) int { return cmp.Compare(e.hash, h) })
		for ; i < len(w.entries) && w.entries[i].hash == h; i++ {
			votes[w.entries[i].at]++
			most = max(most, votes[w.entries[i].at])
		}
	}
	for b, n := range votes {
		if n == most && (!found || cmp.Or(cmp.Compare(w.size(b), w.size(at)), cmp.Compare(b.shard, at.shard), cmp.Compare(b.block, at.block)) < 0) {
			at, found = b, true
		}
	}
	return at, found
}

func (w *wfpIndex) size(b blockAt) uint32 {
	row := w.index.Shards()[b.shard].Block(b.block)
	return row.EndByte - row.StartByte
}
