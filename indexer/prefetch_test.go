// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "testing"

// Asking ahead does no harm, whatever is asked for: content that is in memory or not, blocks that do not exist.
func TestPrefetchDoesNoHarm(t *testing.T) {
	x, err := Open("testdata/format/1", OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, s := range x.Shards() {
		for range 2 {
			for step := range PrefetchSteps {
				for block := range uint32(s.NumBlocks() + 2) {
					s.Prefetch(step, block)
				}
				s.Prefetch(step, 1<<32-1)
			}
			for blob := range uint32(s.NumBlobs()) {
				if _, err := s.Content(blob); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
