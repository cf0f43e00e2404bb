// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"communs/indexer"
)

// maxOccurrences is how many places a hit of a page of results lists. Searcher.Block and a question for all hits list all.
const maxOccurrences = 20

// swhid is a block's id.
func swhid(hash indexer.BlobHash, start, end int) string {
	b := make([]byte, 0, 80)
	b = append(b, "swh:1:cnt:"...)
	b = hex.AppendEncode(b, hash[:])
	b = append(b, ";lines="...)
	b = strconv.AppendInt(b, int64(start), 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(end), 10)
	return string(b)
}

// present makes the hits of a page, each with at most so many places (0 is all). It has until the deadline and a little
// more.
func (r *run) present(page *arranged, places int, left time.Duration) []Hit {
	var halt atomic.Bool
	timer := time.AfterFunc(max(left, 0)+presentTime, func() { halt.Store(true) })
	defer timer.Stop()
	w := newWorker(r)
	w.halt = &halt
	hits := make([]Hit, len(page.picks))
	same := r.sameText(page.all())
	marks := newHighlighter(r.plan)
	for i := range page.picks {
		p := &page.picks[i]
		m := p.match
		v := w.again(m)
		h := &hits[i]
		h.Start, h.End, h.Kind = w.row.Start, w.row.End, w.row.Kind.String()
		r.g.describe(h, int(m.part), w.row.Blob, m.at)
		h.Name = shown([]byte(w.shard.BlockName(w.row)), w.blob.Flags)
		h.ID = swhid(w.blob.Hash, h.Start, h.End)
		h.Score, h.Why = v.score(r.plan), v.why(r.plan)
		if p.lost > 0 {
			h.Score, h.Why = math.Round((h.Score-p.lost)*1e6)/1e6, append(h.Why, Term{"repository", p.lost, -1})
		}
		h.Missing = w.lacks(m.block)
		h.Occurrences, h.Copies, h.ForkCopies = r.g.occurrences(same[0], m.at, places)
		h.Near = r.near(p.near, same[1:])
		same = same[1+len(p.near):]
		if w.load() {
			h.Lines = marks.lines(w, m.block)
		}
	}
	return hits
}

// near describes near copies; same holds, for each, the blobs with its text.
func (r *run) near(copies []nearMatch, same [][]textAt) (out []Near) {
	for i, m := range copies {
		s, o := r.g.x.Shards()[m.part], r.g.x.Repos()[m.at.Repo]
		row := s.Block(m.block)
		license, _, _ := r.g.linesLicense(int(m.part), row.Blob, m.at, row.Start, row.End)
		path := o.Path(m.at.Row)
		_, places, _ := r.g.occurrences(same[i], m.at, 1)
		out = append(out, Near{
			ID: swhid(s.Blob(row.Blob).Hash, row.Start, row.End), Similarity: m.similarity, Repo: o.Meta().URL, Path: path,
			PathRaw: RawPath(path), Start: row.Start, End: row.End, License: license.text, Libre: license.libre, Score: m.score, Copies: places,
		})
	}
	return out
}

// presentTime is what making a page may take beyond the deadline.
const presentTime = 30 * time.Millisecond

// blobAt is a blob of a shard.
type blobAt struct {
	part int
	blob uint32
}

// textAt is where a text stands in a blob.
type textAt struct {
	blobAt
	start, end int
}

// addText adds where a text stands, each blob once.
func addText(found []textAt, part int, row indexer.BlockRow) []textAt {
	at := blobAt{part, row.Blob}
	if slices.ContainsFunc(found, func(t textAt) bool { return t.blobAt == at }) {
		return found
	}
	return append(found, textAt{at, row.Start, row.End})
}

// sameText gives, for each match of the page, the blobs of all matches with the same text, its own first.
func (r *run) sameText(page []match) [][]textAt {
	out := make([][]textAt, len(page))
	index := make(map[uint64]int, len(page))
	for i, m := range page {
		index[m.text] = i
		out[i] = addText(out[i], int(m.part), r.g.x.Shards()[m.part].Block(m.block))
	}
	var few [1 << 10]bool // by the low bits of the text's hash: most matches are on no page
	for _, m := range page {
		few[m.text%uint64(len(few))] = true
	}
	for _, m := range r.matches {
		if !few[m.text%uint64(len(few))] {
			continue
		}
		i, ok := index[m.text]
		if !ok {
			continue
		}
		out[i] = addText(out[i], int(m.part), r.g.x.Shards()[m.part].Block(m.block))
	}
	return out
}

// occurrences lists where the texts stand, the shown place first, then by repository and path, at most max of them (0
// means all), and counts them all, and of them the copies in forks, which come last.
func (g *generation) occurrences(texts []textAt, first indexer.Place, max int) (list []Occurrence, all, inForks int) {
	type place struct {
		indexer.Place
		text int
		fork int // 1 for a copy in a fork
	}
	var places []place
	for i, t := range texts {
		for _, at := range g.x.Places(t.part, t.blob) {
			places = append(places, place{at, i, 0})
		}
	}
	if len(g.forks) > 0 {
		held := map[uint32]bool{}
		for _, at := range places {
			held[at.Repo] = true
		}
		for i := range places {
			if g.inFork(places[i].Place, func(repo uint32) bool { return held[repo] }) {
				places[i].fork = 1
				inForks++
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if (a.Place == first) != (b.Place == first) {
			if a.Place == first {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.fork, b.fork), cmp.Compare(g.repos[a.Repo].rank, g.repos[b.Repo].rank), cmp.Compare(a.Row, b.Row))
	})
	n := len(places)
	if max > 0 && n > max {
		places = places[:max]
	}
	out := make([]Occurrence, len(places))
	for i, at := range places {
		o := g.x.Repos()[at.Repo]
		m, t := o.Meta(), texts[at.text]
		license, _, _ := g.linesLicense(t.part, t.blob, at.Place, t.start, t.end)
		out[i] = Occurrence{
			Repo: m.URL, Path: o.Path(at.Row), PathRaw: RawPath(o.Path(at.Row)), Commit: publicCommit(m),
			License: license.text, FirstSeen: m.FirstSeen, ForkOf: g.upstream(at.Repo),
		}
	}
	return out, n, inForks
}

// publicCommit is the version that people know: of a Go module its version, else the commit.
func publicCommit(m *indexer.RepoMeta) string { return cmp.Or(m.Version, m.Commit) }

// describe fills in what a hit, whose lines are known, says of them and of their file at a place.
func (g *generation) describe(h *Hit, part int, blob uint32, at indexer.Place) {
	o := g.x.Repos()[at.Repo]
	row, s := o.Row(at.Row), g.x.Shards()[part]
	license, near, apart := g.linesLicense(part, blob, at, h.Start, h.End)
	b := s.Blob(blob)
	h.Repo, h.Path, h.Commit = o.Meta().URL, row.Path, publicCommit(o.Meta())
	h.ForkOf = g.upstream(at.Repo)
	h.PathRaw = RawPath(h.Path)
	h.Lang = s.LangName(b.Lang)
	h.License, h.Libre, h.LibreGround = license.text, license.libre, license.ground
	h.Evidence = linesEvidence(row, near, apart)
	h.Flags = flagNames(row.Flags | b.Flags)
	h.FileLines = int(b.Lines)
	h.Lines = []Line{}
}

func evidence(in []indexer.Evidence) []Evidence {
	out := make([]Evidence, len(in))
	for i, e := range in {
		out[i] = Evidence{e.Path, RawPath(e.Path), e.Start, e.End, e.How, e.License}
	}
	return out
}
