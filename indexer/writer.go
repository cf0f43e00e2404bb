// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"communs/internal/durable"
	"communs/licenses"
)

// DefaultShardBytes is the size of source at which a shard is closed.
const DefaultShardBytes = 128 << 20

// Options says how to write an index. Dir and Detector are required.
type Options struct {
	Dir        string // data folder; the caller holds its lock
	Disk       *durable.Disk
	Detector   *licenses.Detector
	Withdrawn  func(BlobHash) bool // contents that must never be indexed again; may be nil
	Progress   func(Progress)      // told after each file; called from one goroutine at a time; may be nil
	Jobs       int                 // files analysed side by side; 0 means one for each core
	ShardBytes int64               // 0 means DefaultShardBytes
	Rebuild    bool                // make everything anew from the mirrors; the old state serves until Publish
	Discard    []string            // damaged files, as Check names them: what they held is made anew by Add
}

// Progress is what a writer has done so far.
type Progress struct {
	Repo        string // being read
	Repos       int    // added
	Unchanged   int    // found in service as they are
	Files       int
	Bytes       int64          // of files read
	Indexed     int            // files that are searchable
	IndexedSize int64          // their bytes, each content counted once
	Skipped     map[Reason]int // files by reason
	Damaged     int            // package manifests that are not written as their format asks
}

// Writer adds snapshots to the index of a data folder. Nothing that it does is visible before Publish. It is for one
// goroutine.
type Writer struct {
	opts     Options
	current  *current // what will be published next
	index    *Index   // what is in service, less what is discarded; nil when there is nothing
	previous map[string]*Occurrences
	suspect  bool // some shard is missing: repositories in service may lack blobs
	shard    *shardWriter
	seen     map[BlobHash]*fact
	dirty    bool
	broken   error // a shard could not be written: nothing more may be published
	progress Progress
}

// NewWriter readies a writer and removes what a killed one left behind.
func NewWriter(ctx context.Context, opts Options) (*Writer, error) {
	if opts.Disk == nil {
		opts.Disk = &durable.Disk{}
	}
	if opts.ShardBytes == 0 {
		opts.ShardBytes = DefaultShardBytes
	}
	if opts.Jobs == 0 {
		opts.Jobs = runtime.GOMAXPROCS(0)
	}
	for _, folder := range []string{"shards", "occurrences"} {
		if err := opts.Disk.MkdirAll(filepath.Join(opts.Dir, folder)); err != nil {
			return nil, fmt.Errorf("open the index for writing: %w", err)
		}
	}
	w := &Writer{opts: opts, progress: Progress{Skipped: map[Reason]int{}}}
	live, err := readCurrent(opts.Dir)
	switch {
	case errors.Is(err, ErrNoIndex): // what a killed first run left would stand in the way of the same numbers
		live = &current{Format: currentFormat}
		if err := sweep(opts.Disk, opts.Dir, live); err != nil {
			return nil, err
		}
	case err != nil && !slices.Contains(opts.Discard, "CURRENT"):
		return nil, err
	case err != nil: // nothing is known to be in service: number above all that lies there
		live = &current{Format: currentFormat, Next: highestNumber(opts.Dir), Generation: highestNumber(opts.Dir)}
	default:
		if err := sweep(opts.Disk, opts.Dir, live); err != nil {
			return nil, err
		}
	}
	w.current = live.clone()
	w.discard()
	w.reopen()
	if len(live.Hidden.Repos)+len(live.Hidden.Blobs) > 0 { // a withdrawal was cut short
		return w, w.purge(ctx)
	}
	return w, nil
}

// discard takes out of the next state what the options name, or everything for a rebuild.
func (w *Writer) discard() {
	gone := func(folder, name string) bool {
		return w.opts.Rebuild || slices.ContainsFunc(w.opts.Discard, func(d string) bool {
			return d == folder+"/"+name || strings.HasPrefix(d, folder+"/"+name+"/")
		})
	}
	n := len(w.current.Shards) + len(w.current.Occurrences)
	w.current.Shards = slices.DeleteFunc(w.current.Shards, func(s currentShard) bool { return gone("shards", s.Name) })
	w.current.Occurrences = slices.DeleteFunc(w.current.Occurrences, func(o currentRepo) bool { return gone("occurrences", o.Name) })
	if l := w.current.Lexicon; l != nil && gone("lexicon", l.Name) {
		w.current.Lexicon, w.dirty = nil, true
	}
	w.dirty = w.dirty || n != len(w.current.Shards)+len(w.current.Occurrences)
	w.suspect = len(w.opts.Discard) > 0
}

// reopen opens for reading what the next state holds so far.
func (w *Writer) reopen() {
	if w.index != nil {
		w.index.Close()
	}
	w.index = openGeneration(w.opts.Dir, w.current, OpenOptions{CacheBytes: 8 << 20})
	w.suspect = w.suspect || len(w.index.faults) > 0
	w.previous = map[string]*Occurrences{}
	for _, o := range w.index.repos {
		w.previous[o.meta.URL] = o
	}
	w.seen = map[BlobHash]*fact{}
}

// highestNumber is the highest number that a shard folder or an occurrence file carries.
func highestNumber(dir string) (highest uint64) {
	for _, folder := range []string{"shards", "occurrences", "lexicon"} {
		entries, _ := os.ReadDir(filepath.Join(dir, folder))
		for _, e := range entries {
			var n uint64
			if _, err := fmt.Sscanf(e.Name(), "%d", &n); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return highest
}

// Repos lists the URLs of the repositories that the next state holds.
func (w *Writer) Repos() []string {
	urls := make([]string, len(w.current.Occurrences))
	for i, o := range w.current.Occurrences {
		urls[i] = o.URL
	}
	return urls
}

// Forget takes a repository out of the index at the next Publish. Its blobs go when their shard is merged; Withdraw is
// for what must be gone.
func (w *Writer) Forget(url string) {
	if _, known := w.current.occurrence(url); known {
		w.current.drop(url)
		w.dirty = true
	}
}

// unchanged reports whether the state in service already is what Add would make.
func (w *Writer) unchanged(meta RepoMeta) bool {
	o := w.previous[meta.URL]
	if o == nil || o.meta.Unreadable > 0 { // perhaps the mirror was mended since
		return false
	}
	if _, known := w.current.occurrence(meta.URL); !known {
		return false
	}
	old := o.meta
	old.License, old.Evidence = "", nil
	if !old.Time.Equal(meta.Time) || !old.FirstSeen.Equal(meta.FirstSeen) {
		return false
	}
	old.Time, old.FirstSeen = meta.Time, meta.FirstSeen
	if len(old.Topics) == 0 && len(meta.Topics) == 0 {
		old.Topics = meta.Topics
	}
	return reflect.DeepEqual(old, meta) && (!w.suspect || w.complete(o))
}

// complete reports whether every indexed blob of a repository is in some shard.
func (w *Writer) complete(o *Occurrences) bool {
	for i := range uint32(o.Len()) {
		if o.Skipped(i) != Indexed {
			continue
		}
		if _, _, ok := w.index.Lookup(o.Hash(i)); !ok {
			return false
		}
	}
	return true
}

// Progress is what was done so far.
func (w *Writer) Progress() Progress { return w.progress }

// finishShard closes the open shard, if any; it waits for Publish.
func (w *Writer) finishShard() error {
	if w.shard == nil {
		return nil
	}
	s := w.shard
	w.shard = nil
	entry, err := s.finish()
	if err != nil {
		w.broken = err
		return err
	}
	w.current.Shards = append(w.current.Shards, entry)
	w.dirty = true
	return nil
}

// Publish puts everything that was added in service by one rename, folds small shards into bigger ones, and removes what is
// no longer in service. When it returns nil, what was added is durable.
func (w *Writer) Publish(ctx context.Context) error {
	if w.broken != nil {
		return w.broken
	}
	if err := w.finishShard(); err != nil {
		return err
	}
	if w.dirty || w.current.Generation == 0 {
		if err := w.publish(); err != nil {
			return err
		}
	}
	if err := w.merge(ctx); err != nil {
		return err
	}
	return w.learn(ctx)
}

func (w *Writer) publish() error {
	slices.SortFunc(w.current.Occurrences, func(a, b currentRepo) int { return strings.Compare(a.URL, b.URL) })
	next := w.current.clone()
	next.Generation++
	if err := next.publish(w.opts.Disk, w.opts.Dir); err != nil {
		return err
	}
	w.current, w.dirty = next, false
	w.reopen()
	return sweep(w.opts.Disk, w.opts.Dir, w.current)
}

// Close gives everything back. What was not published is given up.
func (w *Writer) Close() error {
	if w.shard != nil {
		w.shard.abort()
		w.shard = nil
	}
	return w.index.Close()
}
