// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"sync"

	"communs/indexer"
	"communs/licenses"
)

// A block is under the licence that is said nearest to it: by the snippet that it stands in, or by a statement of its own. What a file says
// of some of its lines is of the blob, so it holds wherever the blob stands. Few blobs say anything; only they cost.
//
// A public instance hides a file with a snippet that is not known to be free as a whole: neither its code nor the rarity of its words is
// told. Lines of it that are free by themselves are shown to who asks for them by their id.

// nearerBlob is a blob that says something of some of its lines.
type nearerBlob struct {
	near   licenses.Nearest
	own    []string // the ids of what it says of itself
	blocks sync.Once
	under  map[nearerKey]licenses.Expression // of blocks whose licence is not their file's; set by blocks
}

// nearerKey is a block under what its file is under, a position in generation.licenses.
type nearerKey struct{ block, license uint32 }

// nearerOf is what a blob says of some of its lines; nil for most. It is found out when it is first asked for: an index holds many blobs
// of which no question ever asks it.
func (g *generation) nearerOf(part int, blob uint32) *nearerBlob {
	s := g.x.Shards()[part]
	if differs, _ := s.Differs(blob); !differs {
		return nil
	}
	key := blobAt{part, blob}
	if known, ok := g.nearer.Load(key); ok {
		return known.(*nearerBlob)
	}
	var n *nearerBlob
	if near := licenses.NewNearest(s.Findings(blob, "")); near.Differs() {
		n = &nearerBlob{near: near, own: near.IDs()}
	}
	known, _ := g.nearer.LoadOrStore(key, n)
	return known.(*nearerBlob)
}

// blockLicense is the licence of a block of a blob whose file is under a licence, if it is another; ok is false when it is not.
func (g *generation) blockLicense(n *nearerBlob, part int, blob, block, license uint32) (e licenses.Expression, ok bool) {
	n.blocks.Do(func() { n.under = g.enterNearer(n, part, blob) })
	e, ok = n.under[nearerKey{block, license}]
	return e, ok
}

// enterNearer works out the licence of each block of a blob, for each licence that the blob's files are under.
func (g *generation) enterNearer(n *nearerBlob, part int, blob uint32) map[nearerKey]licenses.Expression {
	under := map[nearerKey]licenses.Expression{}
	s := g.x.Shards()[part]
	b := s.Blob(blob)
	var seen []uint32
	for _, at := range g.x.Places(part, blob) {
		id := g.licenseID(at)
		if slices.Contains(seen, id) {
			continue
		}
		seen = append(seen, id)
		for block := b.FirstBlock; block < b.FirstBlock+b.NumBlocks; block++ {
			row := s.Block(block)
			if e, near, _ := n.license(g.licenses[id].expression, row.Start, row.End); near != nil {
				under[nearerKey{block, id}] = e
			}
		}
	}
	return under
}

// license is the licence of some lines of a blob in a file under a licence, and what it rests on that is nearer than that: alone when
// apart is set, else together with it.
func (n *nearerBlob) license(file licenses.Expression, start, end int) (e licenses.Expression, near []licenses.Finding, apart bool) {
	near, apart = n.near.To(start, end)
	switch {
	case len(near) == 0, !near[0].IsSnippet() && !n.counts(file):
		return file, nil, false
	case apart:
		return licenses.Said(near), near, true
	case file.IsZero(): // what is unknown stays so together with what is known
		return file, near, false
	}
	return licenses.And(licenses.Said(near), file), near, false
}

// counts tells whether a file is under what it says itself, rather than under an annotation that overrides it.
func (n *nearerBlob) counts(file licenses.Expression) bool {
	ids := file.IDs()
	return !slices.ContainsFunc(n.own, func(id string) bool { return !slices.Contains(ids, id) })
}

// licenseID is the position in licenses of what a file is under.
func (g *generation) licenseID(at indexer.Place) uint32 {
	return g.licenseOf[at.Repo][g.x.Repos()[at.Repo].LicenseID(at.Row)]
}

// linesLicense is what is known of the licence of some lines of a blob at a place, and what it rests on that is nearer than the file's:
// alone when apart is set, else together with it.
func (g *generation) linesLicense(part int, blob uint32, at indexer.Place, start, end int) (facts *licenseFacts, near []licenses.Finding, apart bool) {
	facts = g.license(at)
	n := g.nearerOf(part, blob)
	if n == nil {
		return facts, nil, false
	}
	e, near, apart := n.license(facts.expression, start, end)
	if near != nil {
		found := newLicenseFacts(e.String())
		facts = &found
	}
	return facts, near, apart
}

// linesEvidence is what the licence of some lines of a file rests on, as linesLicense gives it.
func linesEvidence(row indexer.Occurrence, near []licenses.Finding, apart bool) []Evidence {
	var said []indexer.Evidence
	for _, f := range near {
		said = append(said, indexer.Evidence{Path: row.Path, Start: f.Start, End: f.End, How: f.How, License: f.Expression.String()})
	}
	if !apart {
		said = append(said, row.Evidence...)
	}
	return evidence(said)
}

// nearLines are the lines in which those who hold the rights in some lines are named, when these have a licence of their own: they and
// what it rests on.
func (g *generation) nearLines(part int, blob uint32, at indexer.Place, start, end int) []int {
	_, near, apart := g.linesLicense(part, blob, at, start, end)
	if !apart {
		return nil
	}
	for _, f := range near {
		start, end = min(start, f.Start), max(end, f.End)
	}
	return []int{start, end}
}

// readClosed finds the blobs that a public instance shows nowhere, since a snippet of them is not known to be free.
func (g *generation) readClosed() {
	for part, s := range g.x.Shards() {
		closed := map[uint32]bool{}
		for blob := range uint32(s.NumBlobs()) {
			if _, snippet := s.Differs(blob); snippet {
				closed[blob] = g.nearerOf(part, blob).closed()
			}
		}
		g.closed = append(g.closed, closed)
	}
}

// closed tells whether a blob with a snippet is shown nowhere.
func (n *nearerBlob) closed() bool {
	return n == nil || slices.ContainsFunc(n.near.Snippets(), func(f licenses.Finding) bool {
		libre, _ := licenses.LibreOf(f.Expression)
		return libre != licenses.LibreYes
	})
}

// mayShow tells whether a public instance, which this is, may show what stands at a place.
func (g *generation) mayShow(part int, blob uint32, at indexer.Place) bool {
	return !g.closed[part][blob] && g.license(at).libre == licenses.LibreYes
}

// mayShowFile is mayShow for a file of a repository.
func (g *generation) mayShowFile(at indexer.Place) bool {
	part, blob, ok := g.x.Lookup(g.x.Repos()[at.Repo].Hash(at.Row))
	return ok && g.mayShow(part, blob, at)
}
