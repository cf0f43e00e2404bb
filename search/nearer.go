// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"

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
	near     licenses.Nearest
	own      []string // the ids of what it says of itself
	hidden   bool     // a snippet of it is not known to be free
	licenses map[nearerKey]uint32
}

// nearerKey is a block under what its file is under, a position in generation.licenses.
type nearerKey struct{ block, license uint32 }

// readNearer finds the blobs that say something of some of their lines, and adds the licences of their blocks to those of the files.
func (g *generation) readNearer() {
	known := make(map[string]uint32, len(g.licenses))
	for i, l := range g.licenses {
		known[l.text] = uint32(i)
	}
	g.nearer = make([]map[uint32]*nearerBlob, len(g.x.Shards()))
	for part, s := range g.x.Shards() {
		for blob := range uint32(s.NumBlobs()) {
			found := s.Nearer(blob)
			if found == nil || len(g.x.Places(part, blob)) == 0 {
				continue
			}
			if g.nearer[part] == nil {
				g.nearer[part] = map[uint32]*nearerBlob{}
			}
			n := &nearerBlob{near: licenses.NewNearest(found), own: licenses.Own(found).IDs(), licenses: map[nearerKey]uint32{}}
			n.hidden = slices.ContainsFunc(found, func(f licenses.Finding) bool {
				libre, _ := licenses.LibreOf(f.Expression)
				return f.IsSnippet() && libre != licenses.LibreYes
			})
			g.nearer[part][blob] = n
			g.enterNearer(n, part, blob, known)
		}
	}
}

// enterNearer works out the licence of each block of a blob, for each licence that the blob's files are under.
func (g *generation) enterNearer(n *nearerBlob, part int, blob uint32, known map[string]uint32) {
	var under []uint32
	for _, at := range g.x.Places(part, blob) {
		if id := g.licenseID(at); !slices.Contains(under, id) {
			under = append(under, id)
		}
	}
	s := g.x.Shards()[part]
	b := s.Blob(blob)
	for block := b.FirstBlock; block < b.FirstBlock+b.NumBlocks; block++ {
		row := s.Block(block)
		for _, id := range under {
			e, near, _ := n.license(g.licenses[id].expression, row.Start, row.End)
			if near == nil {
				continue
			}
			text := e.String()
			to, ok := known[text]
			if !ok {
				to = uint32(len(g.licenses))
				known[text] = to
				g.licenses = append(g.licenses, newLicenseFacts(text))
			}
			n.licenses[nearerKey{block, id}] = to
		}
	}
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

// linesLicense is what is known of the licence of some lines of a blob at a place, with what it rests on.
func (g *generation) linesLicense(part int, blob uint32, at indexer.Place, start, end int) (*licenseFacts, []Evidence) {
	facts, row := g.license(at), g.x.Repos()[at.Repo].Row(at.Row)
	n := g.nearer[part][blob]
	if n == nil {
		return facts, evidence(row.Evidence)
	}
	e, near, apart := n.license(facts.expression, start, end)
	if near == nil {
		return facts, evidence(row.Evidence)
	}
	var said []indexer.Evidence
	for _, f := range near {
		said = append(said, indexer.Evidence{Path: row.Path, Start: f.Start, End: f.End, How: f.How, License: f.Expression.String()})
	}
	if !apart {
		said = append(said, row.Evidence...)
	}
	found := newLicenseFacts(e.String())
	return &found, evidence(said)
}

// nearLines are the lines in which those who hold the rights in some lines are named, when these have a licence of their own: they and
// what it rests on.
func (g *generation) nearLines(part int, blob uint32, at indexer.Place, start, end int) []int {
	n := g.nearer[part][blob]
	if n == nil {
		return nil
	}
	_, near, apart := n.license(g.license(at).expression, start, end)
	if !apart {
		return nil
	}
	for _, f := range near {
		start, end = min(start, f.Start), max(end, f.End)
	}
	return []int{start, end}
}

// mayShow tells whether a public instance may show what stands at a place.
func (g *generation) mayShow(part int, blob uint32, at indexer.Place) bool {
	n := g.nearer[part][blob]
	return (n == nil || !n.hidden) && g.license(at).libre == licenses.LibreYes
}

// mayShowFile is mayShow for a file of a repository.
func (g *generation) mayShowFile(at indexer.Place) bool {
	part, blob, ok := g.x.Lookup(g.x.Repos()[at.Repo].Hash(at.Row))
	return ok && g.mayShow(part, blob, at)
}
