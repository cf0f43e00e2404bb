// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
)

// Small shards are folded as a log-structured merge tree does: a shard's level is the power of four of its size, and
// mergeFan shards of one level become one. So a blob is rewritten about once for each level, however often a little is added.
const (
	mergeFan   = 4
	mergeFloor = 1 << 20 // shards below this size are of the lowest level
)

func mergeLevel(size int64) int {
	if size < mergeFloor {
		return 0
	}
	return 1 + (bits.Len64(uint64(size/mergeFloor))-1)/2
}

// merge folds shards until no level has too many, and drops the blobs that no repository holds any more from those it
// touches. Shards of which more than half is dead are written anew as well, and those that other rules made or that have no
// prints of today's rules.
func (w *Writer) merge(ctx context.Context) error {
	for {
		group := w.mergeGroup()
		if group == nil {
			return nil
		}
		if err := w.rewrite(ctx, group); err != nil {
			return fmt.Errorf("fold shards: %w", err)
		}
		if err := w.publish(); err != nil {
			return err
		}
	}
}

// mergeGroup picks the shards to fold next; nil when there is nothing to do.
func (w *Writer) mergeGroup() []*Shard {
	levels := map[int][]*Shard{}
	for i, s := range w.index.shards {
		if live := w.liveBytes(i); s.Bytes() > 0 && live*2 < s.Bytes() {
			return []*Shard{s}
		}
		if s.withoutPrints() || s.manifest.Analysis != AnalysisVersion {
			return []*Shard{s}
		}
		if s.Bytes()*2 <= w.opts.ShardBytes {
			level := mergeLevel(s.Bytes())
			levels[level] = append(levels[level], s)
		}
	}
	for level := range 64 {
		if len(levels[level]) >= mergeFan {
			return levels[level][:mergeFan]
		}
	}
	return nil
}

// liveBytes is the size of the blobs of a shard that some repository holds.
func (w *Writer) liveBytes(shard int) (size int64) {
	s := w.index.shards[shard]
	for b := range uint32(s.NumBlobs()) {
		if len(w.index.Places(shard, b)) > 0 {
			size += int64(s.Blob(b).Size)
		}
	}
	return size
}

// rewrite writes the live blobs of the shards into new ones and puts these in their place in the next state. Blobs are analysed
// anew from their content, so the result is what indexing them today gives.
func (w *Writer) rewrite(ctx context.Context, group []*Shard) error {
	w.current.Shards = slices.DeleteFunc(w.current.Shards, func(e currentShard) bool {
		return slices.ContainsFunc(group, func(s *Shard) bool { return s.name == e.Name })
	})
	w.dirty = true
	written := map[BlobHash]bool{}
	for _, s := range group {
		shard := slices.Index(w.index.shards, s)
		if err := w.copyBlobs(ctx, s, func(b uint32, h BlobHash) bool {
			if written[h] || len(w.index.Places(shard, b)) == 0 {
				return false
			}
			written[h] = true
			return true
		}); err != nil {
			return err
		}
	}
	return w.finishShard()
}

// copyBlobs analyses the blobs of a shard that keep chooses and appends them to the open shard, in order.
func (w *Writer) copyBlobs(ctx context.Context, s *Shard, keep func(blob uint32, h BlobHash) bool) error {
	type copied struct {
		blob uint32
		out  *analysed
		err  error
	}
	return pipeline[*copied]{
		workers: w.opts.Jobs,
		make: func(add func(*copied) error) error {
			for b := range uint32(s.NumBlobs()) {
				if !keep(b, s.Blob(b).Hash) {
					continue
				}
				if err := add(&copied{blob: b}); err != nil {
					return err
				}
			}
			return nil
		},
		needs: func(*copied) bool { return true },
		work: func(a *analyser, c *copied) {
			row := s.Blob(c.blob)
			src, err := s.Content(c.blob)
			if c.err = err; err == nil {
				name, found := w.anyPath(s, c.blob), s.Findings(c.blob, "")
				if s.manifest.Analysis != AnalysisVersion {
					found = w.opts.Detector.Text(name, src)
				}
				c.out = a.blob(row.Hash, name, s.LangName(row.Lang), row.Flags, src, found)
			}
		},
		take: func(c *copied) error {
			if c.err != nil {
				return c.err
			}
			if err := w.write(c.out); err != nil {
				w.broken = err
				return err
			}
			return nil
		},
	}.run(ctx)
}

// anyPath is a path that a blob stands at, for the splitter.
func (w *Writer) anyPath(s *Shard, blob uint32) string {
	places := w.index.Places(slices.Index(w.index.shards, s), blob)
	if len(places) == 0 {
		return ""
	}
	return w.index.repos[places[0].Repo].Path(places[0].Row)
}
