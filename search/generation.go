// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"communs/indexer"
	"communs/licenses"
)

// generation is one published state of the index with what a search derives from it once. It stays open until its last
// reader gives it back.
type generation struct {
	x     *indexer.Index
	stamp string

	public bool         // only code whose licence is known to be free may be shown
	refs   atomic.Int64 // readers, and one for being in service

	live    []*liveBlocks      // for each shard
	plain   []plainBlobs       // for each shard
	counted int                // live blocks of all shards: BM25's N
	average float64            // words in a live block
	norm    []func() []float32 // for each shard, lengthNorm of its blocks: worked out when a relaxed question first asks for it
	blocks  int                // in service, those included that may not be shown
	files   int
	bytes   int64

	repos     []repoFacts
	order     []uint32          // repositories by URL
	aliases   map[string]uint32 // repositories by the addresses that they had before
	family    []uint32          // for each repository, the one that it comes from; itself when that is none here
	forks     map[uint32]int    // how many come from a repository
	licenses  []licenseFacts
	licenseOf [][]uint32 // for each repository, its licence ids → position in licenses

	postings   *postingsCache
	folded     foldCache
	counts     termCounts
	faults     faultSet
	lexicon    func() (*lexicon, error)
	components func() *componentIndex // made when it is first asked for
	nearer     sync.Map               // blobAt → *nearerBlob, of those that were asked for
	closed     []map[uint32]bool      // on a public instance, by shard: blobs that are not shown wherever they stand
	hidden     func() []hiddenRepo    // what a public instance does not search; found out when it is first asked for
}

// liveBlocks says which blocks of a shard answer: those of blobs that a repository in service holds, and that no
// other shard answers for; on a public instance, of blobs that are free somewhere.
type liveBlocks struct {
	all    bool
	blobs  []bool // by blob; nil when all
	blocks int
}

// repoFacts is what ranking and filters ask of a repository again and again.
type repoFacts struct {
	rank     uint32  // position by URL
	liveness float64 // see docs/ranking.md
	blocks   int
}

// licenseFacts is what is known of one licence expression of the index.
type licenseFacts struct {
	expression licenses.Expression
	text       string
	libre      licenses.Libre
	ground     string
}

func newGeneration(x *indexer.Index, stamp string, public bool) *generation {
	g := &generation{x: x, stamp: stamp, public: public, postings: newPostingsCache()}
	g.refs.Store(1)
	g.lexicon = sync.OnceValues(g.readLexicon)
	g.hidden = sync.OnceValue(g.findHidden)
	g.components = sync.OnceValue(g.readComponents)
	for _, err := range x.Faults() {
		g.faults.add(err)
	}
	g.readLicenses()
	if public {
		g.readClosed()
	}
	g.rankRepos()
	g.findFamilies()
	g.countLive()
	for i := range x.Shards() {
		g.norm = append(g.norm, sync.OnceValue(func() []float32 { return g.readNorms(i) }))
	}
	return g
}

// acquire takes the generation for reading; it fails when the last reader has just left.
func (g *generation) acquire() bool {
	for {
		n := g.refs.Load()
		if n == 0 {
			return false
		}
		if g.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// release gives the generation back; the last one to do so closes the index.
func (g *generation) release() {
	if g.refs.Add(-1) == 0 {
		g.x.Close()
	}
}

func (g *generation) readLicenses() {
	ids := map[string]uint32{}
	for _, o := range g.x.Repos() {
		table := make([]uint32, len(o.Licenses()))
		for i, text := range o.Licenses() {
			id, known := ids[text]
			if !known {
				id = uint32(len(g.licenses))
				ids[text] = id
				g.licenses = append(g.licenses, newLicenseFacts(text))
			}
			table[i] = id
		}
		g.licenseOf = append(g.licenseOf, table)
	}
}

func newLicenseFacts(text string) licenseFacts {
	f := licenseFacts{text: text, libre: licenses.LibreUnknown}
	if text == "" {
		return f
	}
	var err error
	if f.expression, err = licenses.Parse(text); err == nil {
		f.libre, f.ground = licenses.LibreOf(f.expression)
	}
	return f
}

// license is what is known of the licence of a file.
func (g *generation) license(at indexer.Place) *licenseFacts {
	return &g.licenses[g.licenseID(at)]
}

// rankRepos puts the repositories in order and computes how alive each is: how close its last commit is to the newest
// one of the index, halved every three years, so that the clock of the day has no say.
func (g *generation) rankRepos() {
	repos := g.x.Repos()
	g.repos = make([]repoFacts, len(repos))
	var newest time.Time
	for i, o := range repos {
		g.order = append(g.order, uint32(i))
		for _, old := range o.Meta().Aliases {
			if g.aliases == nil {
				g.aliases = map[string]uint32{}
			}
			g.aliases[old] = uint32(i)
		}
		if at := o.Meta().Time; at.After(newest) {
			newest = at
		}
	}
	slices.SortFunc(g.order, func(a, b uint32) int { return cmp.Compare(repos[a].Meta().URL, repos[b].Meta().URL) })
	for rank, i := range g.order {
		g.repos[i].rank = uint32(rank)
	}
	const halfLife = 3 * 365 * 24
	for i, o := range repos {
		m := o.Meta()
		days := math.Floor(newest.Sub(m.Time).Hours()/24) * 24
		alive := math.Exp2(-days / halfLife)
		if m.Time.IsZero() {
			alive = 0
		}
		if m.Archived {
			alive /= 4
		}
		if m.Fork {
			alive /= 2
		}
		g.repos[i].liveness = round(alive)
	}
}

// countLive counts what answers: the numbers that scores rest on are those of live blocks only, so neither a blob that
// two shards hold nor one that is no longer in service changes a score; nor, on a public instance, one that may not be
// shown, since the rarity of a word would tell whether it stands there.
func (g *generation) countLive() {
	tokens := uint64(0)
	for i, s := range g.x.Shards() {
		n := uint32(s.NumBlobs())
		g.plain = append(g.plain, make(plainBlobs, n/blobsInWord+1))
		l := &liveBlocks{blobs: make([]bool, n)}
		dead := 0
		for b := range n {
			places := g.x.Places(i, b)
			blob := s.Blob(b)
			if l.blobs[b] = len(places) > 0 && (!g.public || g.free(i, b)); l.blobs[b] {
				l.blocks += int(blob.NumBlocks)
			} else {
				dead++
			}
			if len(places) == 0 {
				continue
			}
			g.blocks += int(blob.NumBlocks)
			g.bytes += int64(blob.Size)
			for _, p := range places {
				g.files++
				g.repos[p.Repo].blocks += int(blob.NumBlocks)
			}
		}
		if dead == 0 {
			l.all, l.blobs = true, nil
			tokens += s.TotalTokens()
		} else {
			for b := range uint32(s.NumBlocks()) {
				if row := s.Block(b); l.has(row.Blob) {
					tokens += uint64(row.Tokens)
				}
			}
		}
		g.counted += l.blocks
		g.live = append(g.live, l)
	}
	g.average = float64(tokens) / float64(max(1, g.counted))
}

func (l *liveBlocks) has(blob uint32) bool { return l.all || int(blob) < len(l.blobs) && l.blobs[blob] }

// faultSet collects what was found damaged, each once.
type faultSet struct {
	mu   sync.Mutex
	errs []error
}

func (f *faultSet) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.errs {
		if e.Error() == err.Error() {
			return
		}
	}
	f.errs = append(f.errs, err)
}

func (f *faultSet) list() []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.errs)
}
