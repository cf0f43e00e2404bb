// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"
	"fmt"
	"slices"
)

// Withdraw hides repositories and blobs at once, then rewrites shards and occurrence files until their bytes are in none. When
// it returns nil nothing of them is left in the index. Cut short, it leaves them hidden, and the next writer completes it.
func (w *Writer) Withdraw(ctx context.Context, repos []string, blobs []BlobHash) error {
	if err := w.Publish(ctx); err != nil { // what was added before is not to be lost
		return err
	}
	for _, url := range repos {
		w.current.Hidden.Repos = append(w.current.Hidden.Repos, url)
	}
	for _, h := range blobs {
		w.current.Hidden.Blobs = append(w.current.Hidden.Blobs, h.String())
	}
	if err := w.publish(); err != nil {
		return fmt.Errorf("hide what is withdrawn: %w", err)
	}
	return w.purge(ctx)
}

// purge removes what the state in service hides.
func (w *Writer) purge(ctx context.Context) error {
	hide := w.current.Hidden
	gone := map[BlobHash]bool{}
	for _, text := range hide.Blobs {
		h, err := ParseBlobHash(text)
		if err != nil {
			return fmt.Errorf("withdraw: %w", err)
		}
		gone[h] = true
	}
	for _, url := range hide.Repos {
		w.current.drop(url)
	}
	if err := w.unlearn(gone); err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	for _, o := range w.index.repos {
		if err := w.purgeOccurrences(o, gone); err != nil {
			return fmt.Errorf("withdraw: %w", err)
		}
	}
	// In the index as it is open, hidden blobs and blobs of hidden repositories have no place; rewriting a shard keeps
	// only blobs that have one.
	for i, s := range w.index.shards {
		if !w.anyDead(i) {
			continue
		}
		if err := w.rewrite(ctx, []*Shard{s}); err != nil {
			return fmt.Errorf("withdraw: %w", err)
		}
	}
	w.current.Hidden = hidden{}
	if err := w.publish(); err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	return nil
}

// anyDead reports whether a shard holds a blob that no visible repository holds.
func (w *Writer) anyDead(shard int) bool {
	for b := range uint32(w.index.shards[shard].NumBlobs()) {
		if len(w.index.Places(shard, b)) == 0 {
			return true
		}
	}
	return false
}

// purgeOccurrences writes a repository's occurrence file anew, with the rows of withdrawn blobs marked as such.
func (w *Writer) purgeOccurrences(o *Occurrences, gone map[BlobHash]bool) error {
	if !slices.ContainsFunc(o.hashes(), func(h BlobHash) bool { return gone[h] }) {
		return nil
	}
	out := newOccurrenceWriter(o.meta)
	list, _ := o.Components() // what is damaged is made anew by doctor
	out.declared = func([]Occurrence) *ComponentList {
		return list.without(func(row uint32) bool { return gone[o.Hash(row)] })
	}
	for i := range uint32(o.Len()) {
		row := o.Row(i)
		if gone[row.Hash] {
			row = Occurrence{Hash: row.Hash, Path: row.Path, Size: row.Size, Skipped: SkipWithdrawn}
		}
		out.add(row)
	}
	return w.replaceOccurrences(out)
}

func (o *Occurrences) hashes() []BlobHash {
	all := make([]BlobHash, o.n)
	for i := range all {
		all[i] = o.Hash(uint32(i))
	}
	return all
}
