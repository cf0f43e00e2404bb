// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"communs/internal/durable"
)

// Whatever is asked for side by side, every blob is given as it was written, and no more is kept than there is room for.
func TestFrameCacheStaysWithinItsSize(t *testing.T) {
	const blobs, size = 64, 40_000 // two a frame
	dir := t.TempDir()
	w, err := newContentWriter(&durable.Disk{}, dir+"/content")
	if err != nil {
		t.Fatal(err)
	}
	text := func(i uint32) []byte { return bytes.Repeat(fmt.Appendf(nil, "blob %4d\n", i), size/10) }
	for i := range uint32(blobs) {
		if _, err := w.add(Blob{Hash: BlobHash{byte(i)}}, "", text(i), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	content, err := openContent(dir+"/content", "content")
	if err != nil {
		t.Fatal(err)
	}
	defer content.close()
	cache := newFrameCache(4 * 2 * size)
	s := &Shard{content: content, cache: cache}
	var all sync.WaitGroup
	for start := range uint32(4) {
		all.Go(func() {
			for n := range uint32(3 * blobs) {
				i := (start*17 + n*(start+1)) % blobs
				if got, err := s.Content(i); err != nil || !bytes.Equal(got, text(i)) {
					t.Errorf("blob %d: %.20q…, %v", i, got, err)
					return
				}
			}
		})
	}
	all.Wait()
	if cache.size > cache.max || cache.size == 0 {
		t.Errorf("%d bytes are kept of %d", cache.size, cache.max)
	}
	kept := int64(0)
	for i := range content.cached {
		if f := content.cached[i].Load(); f != nil {
			kept += int64(len(f.bytes))
		}
	}
	if kept != cache.size || content.nframes < 20 {
		t.Errorf("%d bytes in the slots of %d frames, %d counted", kept, content.nframes, cache.size)
	}
}
