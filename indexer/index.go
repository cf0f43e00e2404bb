// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// OpenOptions tunes reading.
type OpenOptions struct {
	CacheBytes int64 // decompressed content kept in memory; 0 means DefaultCacheBytes
}

// Index is one published generation, open for reading. It is safe for concurrent use until Close.
type Index struct {
	current *current
	shards  []*Shard
	repos   []*Occurrences
	places  []places
	faults  []error
	lexicon *lexiconFile // nil when there is none
}

// Place is where a blob stands: row Row of repository Repo.
type Place struct {
	Repo, Row uint32
}

// places lists the places of each blob of a shard: those of blob i are list[first[i]:first[i+1]].
type places struct {
	first []uint32
	list  []Place
}

// Open opens what is in service in a data folder. Files that are damaged or missing are set aside: they are named by
// Faults and the rest answers. ErrNoIndex says that nothing was published yet.
func Open(dir string, opts OpenOptions) (*Index, error) {
	for try := 0; ; try++ {
		c, err := readCurrent(dir)
		if err != nil {
			return nil, err
		}
		x := openGeneration(dir, c, opts)
		// A writer may have replaced the state, and removed its files, while they were being opened.
		now, err := readCurrent(dir)
		if len(x.faults) == 0 || try == 5 || err == nil && now.Generation == c.Generation {
			return x, nil
		}
		x.Close()
	}
}

func openGeneration(dir string, c *current, opts OpenOptions) *Index {
	if opts.CacheBytes == 0 {
		opts.CacheBytes = DefaultCacheBytes
	}
	x := &Index{current: c}
	cache := newFrameCache(opts.CacheBytes)
	for _, entry := range c.Shards {
		s, err := openShard(dir, entry.Name, cache)
		if err != nil {
			x.faults = append(x.faults, asCorrupt("shards/"+entry.Name, err))
			continue
		}
		x.shards = append(x.shards, s)
	}
	hiddenRepo := map[string]bool{}
	for _, url := range c.Hidden.Repos {
		hiddenRepo[url] = true
	}
	for _, entry := range c.Occurrences {
		if hiddenRepo[entry.URL] {
			continue
		}
		o, err := openOccurrences(filepath.Join(dir, "occurrences", entry.Name), "occurrences/"+entry.Name)
		if err != nil {
			x.faults = append(x.faults, asCorrupt("occurrences/"+entry.Name, err))
			continue
		}
		x.repos = append(x.repos, o)
	}
	x.place()
	var err error
	if x.lexicon, err = openLexicon(dir, c.Lexicon); err != nil {
		x.faults = append(x.faults, err)
	}
	return x
}

// asCorrupt names the file that an error of the file system or of a library is about.
func asCorrupt(file string, err error) error {
	var c *CorruptError
	if errors.As(err, &c) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &CorruptError{File: file, Why: "missing"}
	}
	return fmt.Errorf("%w (%w)", &CorruptError{File: file, Why: "cannot be read"}, err)
}

// standing is a file of a repository on the way to the blob that it holds.
type standing struct {
	key   uint64 // the start of its hash
	place Place
	shard int32 // -1 until it is found
	blob  uint32
}

// place finds where each blob stands. Files and blobs are gone through in the order of their hashes side by side: to look
// each file up in each shard took nearly all the time of opening.
func (x *Index) place() {
	all := x.standings()
	for i, s := range x.shards {
		s.content.find(all, func(at *standing, blob uint32) {
			if at.shard < 0 && x.repos[at.place.Repo].Hash(at.place.Row) == s.content.blob(blob).Hash {
				at.shard, at.blob = int32(i), blob
			}
		})
	}
	x.places = make([]places, len(x.shards))
	for i, s := range x.shards {
		x.places[i].first = make([]uint32, s.NumBlobs()+1)
	}
	for i := range all {
		if at := &all[i]; at.shard >= 0 {
			x.places[at.shard].first[at.blob+1]++
		}
	}
	next := make([][]uint32, len(x.places))
	for i := range x.places {
		p := &x.places[i]
		for b := 1; b < len(p.first); b++ {
			p.first[b] += p.first[b-1]
		}
		p.list = make([]Place, p.first[len(p.first)-1])
		next[i] = slices.Clone(p.first)
	}
	for i := range all {
		if at := &all[i]; at.shard >= 0 {
			to := &next[at.shard][at.blob]
			x.places[at.shard].list[*to] = at.place
			*to++
		}
	}
}

// standings lists the indexed files of all repositories that are not hidden, by hash, equal ones by repository and row.
func (x *Index) standings() (all []standing) {
	hiddenBlob := map[string]bool{}
	for _, h := range x.current.Hidden.Blobs {
		hiddenBlob[h] = true
	}
	rows := 0
	for _, o := range x.repos {
		rows += o.Len()
	}
	all = make([]standing, 0, rows)
	for r, o := range x.repos {
		for row := range uint32(o.Len()) {
			if o.Skipped(row) != Indexed {
				continue
			}
			h := o.Hash(row)
			if len(hiddenBlob) > 0 && hiddenBlob[h.String()] {
				continue
			}
			all = append(all, standing{key: binary.BigEndian.Uint64(h[:]), place: Place{uint32(r), row}, shard: -1})
		}
	}
	slices.SortFunc(all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place.Repo, b.place.Repo), cmp.Compare(a.place.Row, b.place.Row))
	})
	return all
}

// Generation counts the publications of this data folder.
func (x *Index) Generation() uint64 { return x.current.Generation }

// Faults names what was set aside on opening.
func (x *Index) Faults() []error { return x.faults }

// Shards lists the shards in service.
func (x *Index) Shards() []*Shard { return x.shards }

// Repos lists the repositories in service.
func (x *Index) Repos() []*Occurrences { return x.repos }

// Lookup finds a blob by its hash. When several shards hold it, the first is given, always the same.
func (x *Index) Lookup(h BlobHash) (shard int, blob uint32, ok bool) {
	for i, s := range x.shards {
		if b, ok := s.Lookup(h); ok {
			return i, b, true
		}
	}
	return 0, 0, false
}

// Places lists where a blob stands, by repository. Empty: no live repository holds it, or another shard answers for it.
func (x *Index) Places(shard int, blob uint32) []Place {
	p := &x.places[shard]
	if int(blob)+1 >= len(p.first) {
		return nil // the row that names it was damaged after it was checked
	}
	return p.list[p.first[blob]:p.first[blob+1]]
}

// Stood reports whether a blob stood in an earlier state of a repository, and no live one holds it. It can be told until a merge drops the blob.
// While something is being withdrawn nothing is told.
func (x *Index) Stood(h BlobHash) bool {
	part, blob, found := x.Lookup(h)
	return found && len(x.Places(part, blob)) == 0 && len(x.current.Hidden.Repos)+len(x.current.Hidden.Blobs) == 0
}

// Close gives everything back. Nothing of the index may be used after.
func (x *Index) Close() error {
	for _, s := range x.shards {
		s.close()
	}
	for _, o := range x.repos {
		o.close()
	}
	return nil
}
