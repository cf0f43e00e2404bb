// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"

	"communs/indexer"
	"communs/licenses"
)

// likeness is a text that was compared with the example.
type likeness struct {
	candidate
	others     []candidate // further texts with the same blind tokens
	rank       uint32      // of its repository, for equal scores
	sum        uint64      // of its blind tokens
	nested     float64     // what decides between a block and those within it
	aligned    float64     // share of the example
	tokens     int         // of the block
	why        []Term
	score      float64
	similarity float64
	start      int // line of the block that was compared
	ranges     []RangePair
}

// What a hit's score is made of, see docs/similar.md.
const (
	weightShared  = 0.2
	weightAligned = 0.8
	weightPrints  = 0.4
	weightLines   = 0.1
	weightMore    = -0.15
	weightLang    = 0.005
)

// SimilarWeights lists the terms by which similar blocks are ranked, each of the value 1.
func SimilarWeights() []Term {
	return []Term{{"shared", 1, weightShared}, {"aligned", 1, weightAligned}, {"prints", 1, weightPrints}, {"lines", 1, weightLines},
		{"more", 1, weightMore}, {"lang", 1, weightLang}}
}

// What makes a hit of a comparison. The evidence that what is shared is no chance grows with the share of the shorter text that stands
// in the other as runs, with the share of the longer that stands in the other in the same order, and with the length of the shorter; it
// falls with each time that the weight of the example's prints must be halved to get that of those shared, and that those which share
// about as much are twice as many: a copy stands out. The more blocks there are, the likelier some of them are alike by chance: each
// doubling asks for so much more. The figures are those of a logistic regression over clones and unrelated code, rounded;
// docs/similar.md has what other thresholds would give.
const (
	minMatched    = 10   // tokens in runs
	minRuns       = 0.2  // of the shorter text
	minBits       = 45.0 // how unlikely it is by chance that so many prints are shared
	minSimilarity = 0.4
	minEvidence   = 9.5 // among 2²⁰ blocks
	perDoubling   = 0.4

	evidenceRuns    = 9.0
	evidenceAligned = 7.0
	evidenceShorter = 1.5
	evidenceRare    = 2.0
	evidenceCrowd   = -0.7
)

// evidence is how unlikely it is that what two texts of so many tokens share is chance.
func (r *similarRun) evidence(runs, aligned, bits float64, query, block int) float64 {
	return evidenceRuns*runs + evidenceAligned*min(1, aligned/float64(max(query, block))) +
		evidenceShorter*math.Log2(float64(min(query, block))) + evidenceRare*math.Log2(min(1, bits/r.weight)) +
		evidenceCrowd*math.Log2(float64(max(1, r.crowd)))
}

// enoughEvidence is what a hit needs in an index of this size.
func (r *similarRun) enoughEvidence() float64 {
	return minEvidence + perDoubling*math.Log2(float64(max(r.g.counted, fewBlocks))/(1<<20))
}

// nestQuery is how much the example's length counts, beside the block's, in deciding whether a block is meant or one within it.
const nestQuery = 0.7

// clearlyMore is how much more of the example a block has than one within it, to be the answer for each time that it is twice as long:
// the longer a block, the more it has of any example.
const clearlyMore = 0.1

// enough is how many bytes of candidates are compared at most, and how far their weight may be below the best one's.
const (
	compareBytes = 2 << 20
	worthRatio   = 0.3
)

// compare compares the candidates of all shards with the example and keeps those that are alike, the best first.
func (r *similarRun) compare(ctx context.Context) {
	var own, outer []candidate
	for i := range r.parts {
		own = append(own, r.parts[i].own...)
		outer = append(outer, r.parts[i].outer...)
	}
	own = r.worthwhile(own, ownCandidates)
	r.crowd = len(own)
	all := append(own, r.worthwhile(outer, outerCandidates)...)
	found := make([]*likeness, len(all))
	workers := make(chan *compareWorker, len(all)+1)
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	parallel(len(all), func(i int) {
		if stop.Load() {
			return
		}
		var w *compareWorker
		select {
		case w = <-workers:
		default:
			w = &compareWorker{r: r, tiler: tiler{index: r.example.tiles}}
		}
		found[i] = w.compare(all[i])
		workers <- w
	})
	for _, m := range found {
		if m != nil {
			r.matches = append(r.matches, *m)
		}
	}
	slices.SortStableFunc(r.matches, func(a, b likeness) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.rank, b.rank), cmp.Compare(a.text, b.text), cmp.Compare(a.part, b.part), cmp.Compare(a.blocks[0], b.blocks[0]))
	})
	r.matches = r.fold(r.matches)
}

// worthwhile sorts the candidates of all shards by rank and keeps those that are worth comparing: so many texts at most, some of
// which several shards may have.
func (r *similarRun) worthwhile(all []candidate, most int) []candidate {
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.text, b.text)) })
	room, texts := compareBytes, map[uint64]bool{}
	for i, c := range all {
		if texts[c.text] {
			continue
		}
		row := r.g.x.Shards()[c.part].Block(c.blocks[0])
		room -= int(row.EndByte - row.StartByte)
		if c.rank < all[0].rank*worthRatio || room < 0 && i > 0 || len(texts) == most {
			return all[:i]
		}
		texts[c.text] = true
	}
	return all
}

// compareWorker is what one goroutine needs to compare.
type compareWorker struct {
	r      *similarRun
	lexer  indexer.PrintLexer
	tiler  tiler
	prints []uint32 // scratch
}

// compare compares one candidate; nil when it is not alike.
func (w *compareWorker) compare(c candidate) *likeness {
	r := w.r
	shard := r.g.x.Shards()[c.part]
	row := shard.Block(c.blocks[0])
	content, err := shard.Content(row.Blob)
	if err != nil {
		r.damaged.Store(true)
		r.g.faults.add(err)
		return nil
	}
	if int(row.EndByte) > len(content) || row.StartByte > row.EndByte {
		return nil
	}
	text := content[row.StartByte:row.EndByte]
	tokens := w.lexer.Lex(text)
	if len(tokens) < tileRun {
		return nil
	}
	shared := w.tiler.compare(tokens)
	query, block := len(r.example.tokens), len(tokens)
	matched := shared.query
	if block < query {
		matched = shared.block
	}
	shorter := float64(min(query, block))
	m := &likeness{candidate: c, sum: blindSum(tokens), tokens: block}
	runs := (0.9*float64(matched) + 0.1*float64(min(shared.same, matched))) / shorter
	// The same text but for comments and layout is a copy, however ordinary it is.
	whole := shared.same == query && block == query
	prints, bits := w.sharedPrints(w.tiler.reach(tokens))
	if !whole && (matched < minMatched || runs < minRuns || bits < minBits) {
		return nil
	}
	aligned, ok := w.tiler.align(tokens)
	if !ok {
		aligned = runs * shorter
	}
	m.similarity = min(1, (runs+aligned/shorter)/2)
	more := 1 - min(1, float64(shared.query)/float64(block))
	if !whole && (m.similarity < minSimilarity || r.evidence(runs, aligned, bits, query, block) < r.enoughEvidence()) {
		return nil
	}
	m.rank = math.MaxUint32
	for _, at := range r.g.x.Places(int(c.part), row.Blob) {
		m.rank = min(m.rank, r.g.repos[at.Repo].rank)
	}
	m.start = row.Start
	m.ranges = shared.ranges(r.example.tokens, tokens, row.Start)
	m.why = []Term{
		{"shared", float64(shared.query) / float64(query), weightShared},
		{"aligned", min(1, aligned/float64(query)), weightAligned},
		{"prints", float64(prints) / float64(len(r.example.prints)), weightPrints},
		{"lines", r.sameLines(text), weightLines},
		{"more", more, weightMore},
	}
	m.aligned = min(1, aligned/float64(query))
	m.nested = aligned / (nestQuery*float64(query) + (1-nestQuery)*float64(block))
	if r.lang != "" && shard.LangName(shard.Blob(row.Blob).Lang) == r.lang {
		m.why = append(m.why, Term{"lang", 1, weightLang})
	}
	for i := range m.why {
		m.why[i].Value = math.Round(m.why[i].Value*1e4) / 1e4
		m.score += m.why[i].Value * m.why[i].Weight
	}
	return m
}

// sharedPrints counts the example's prints that a stretch of a block has, and adds up their weights.
func (w *compareWorker) sharedPrints(tokens []indexer.PrintToken) (n int, bits float64) {
	w.prints = indexer.AppendPrints(w.prints[:0], tokens)
	slices.Sort(w.prints)
	at := 0
	for i, print := range w.prints {
		if i > 0 && print == w.prints[i-1] {
			continue
		}
		skip, found := slices.BinarySearch(w.r.example.prints[at:], print)
		if at += skip; found {
			n++
			bits += float64(w.r.weights[at])
		}
	}
	return n, bits
}

// sameLines is the share of the example's lines that the text has as they are, comments included.
func (r *similarRun) sameLines(text []byte) float64 {
	if len(r.example.lines) == 0 {
		return 0
	}
	n := 0
	seen := map[string]bool{}
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); r.example.lines[string(line)] && !seen[string(line)] {
			seen[string(line)] = true
			n++
		}
	}
	return float64(n) / float64(len(r.example.lines))
}

// fold makes one of the matches that differ in names, literals, comments and layout only, the best first. Of blocks that stand
// within each other it leaves the one that is meant.
func (r *similarRun) fold(matches []likeness) (out []likeness) {
	type span struct{ match, start, end int }
	inBlob := map[blobAt][]span{}
	for i, m := range matches {
		shard := r.g.x.Shards()[m.part]
		for _, b := range m.blocks {
			row := shard.Block(b)
			at := blobAt{int(m.part), row.Blob}
			inBlob[at] = append(inBlob[at], span{i, row.Start, row.End})
		}
	}
	hidden := make([]bool, len(matches)) // left out
	for _, spans := range inBlob {
		for i, a := range spans {
			for _, b := range spans[i+1:] {
				if a.match == b.match || a.start > b.end || b.start > a.end {
					continue
				}
				outer, inner := a, b
				if a.end-a.start < b.end-b.start {
					outer, inner = b, a
				}
				if matches[outer.match].meant(&matches[inner.match]) {
					hidden[inner.match] = true
				} else {
					hidden[outer.match] = true
				}
			}
		}
	}
	bySum := map[uint64]int{}
	for i, m := range matches {
		if hidden[i] {
			continue
		}
		if i, ok := bySum[m.sum]; ok {
			out[i].others = append(out[i].others, m.candidate)
			continue
		}
		bySum[m.sum] = len(out)
		out = append(out, m)
	}
	return out
}

// meant tells whether a block is the answer rather than one within it: because it has clearly more of the example, or somewhat more
// and is not much longer.
func (m *likeness) meant(inner *likeness) bool {
	times := max(1, math.Log2(float64(m.tokens)/float64(max(1, inner.tokens))))
	return m.aligned > inner.aligned+clearlyMore*times || m.nested > inner.nested
}

// page makes the answer of the n best matches.
func (r *similarRun) page(ctx context.Context, n int) *Page {
	page := &Page{Hits: []Hit{}}
	switch {
	case ctx.Err() != nil:
		page.Reason = "deadline"
	case r.damaged.Load():
		page.Reason = "damaged"
	case r.outdated.Load():
		page.Reason = "outdated"
	}
	page.Partial = page.Reason != ""
	for i := range r.matches {
		m := &r.matches[i]
		page.Total += len(m.blocks)
		for _, c := range m.others {
			page.Total += len(c.blocks)
		}
		if n == 0 || i < n {
			page.Hits = append(page.Hits, r.hit(m, n == 0))
		}
	}
	return page
}

// maxPlaces is how many places a hit lists.
const maxPlaces = 100

func (r *similarRun) hit(m *likeness, all bool) (h Hit) {
	part, row, at := r.choose(m)
	shard := r.g.x.Shards()[part]
	blob := shard.Blob(row.Blob)
	h.Start, h.End, h.Kind = row.Start, row.End, row.Kind.String()
	r.g.describe(&h, int(part), row.Blob, at)
	h.Name = shown([]byte(shard.BlockName(row)), blob.Flags)
	h.ID = swhid(blob.Hash, h.Start, h.End)
	h.Score, h.Why = m.score, m.why
	h.Similarity, h.Ranges = math.Round(m.similarity*1e3)/1e3, m.ranges
	for i := range h.Ranges { // of equal texts another one may have been compared
		h.Ranges[i].Block[0] += row.Start - m.start
		h.Ranges[i].Block[1] += row.Start - m.start
	}
	var texts []textAt
	for _, c := range append([]candidate{m.candidate}, m.others...) {
		for _, b := range c.blocks {
			if len(texts) < 1<<12 {
				texts = addText(texts, int(c.part), r.g.x.Shards()[c.part].Block(b))
			}
		}
	}
	places := maxPlaces
	if all {
		places = 0
	}
	h.Occurrences, h.Copies, h.ForkCopies = r.g.occurrences(texts, at, places)
	if h.Withheld = r.public && (h.Libre != licenses.LibreYes || !r.g.mayShow(int(part), row.Blob, at)); !h.Withheld {
		h.Lines = r.lines(shard, row, h.Ranges, blob.Flags)
	}
	return h
}

// choose picks, of the blocks with the match's text, the one to show and its place: a free one rather than another, the code's own
// files rather than vendored or test ones, the repository that is most alive.
func (r *similarRun) choose(m *likeness) (part uint32, row indexer.BlockRow, at indexer.Place) {
	shard := r.g.x.Shards()[m.part]
	best := math.Inf(-1)
	for i, b := range m.blocks {
		if i == maxPlaces {
			break
		}
		candidate := shard.Block(b)
		place := r.g.bestPlace(int(m.part), candidate.Blob, blockID{})
		value := r.g.repos[place.Repo].liveness
		if r.g.license(place).libre == licenses.LibreYes {
			value += 10
		}
		if r.g.x.Repos()[place.Repo].Flags(place.Row)&(indexer.FlagVendored|indexer.FlagTest|indexer.FlagGenerated) == 0 {
			value += 2
		}
		if value > best {
			best, row, at = value, candidate, place
		}
	}
	return m.part, row, at
}

// maxSimilarLines is how many of its lines a hit shows.
const maxSimilarLines = 12

// lines gives the first lines that the block shares with the example.
func (r *similarRun) lines(shard *indexer.Shard, row indexer.BlockRow, ranges []RangePair, flags indexer.Flag) []Line {
	out := []Line{}
	content, err := shard.Content(row.Blob)
	if err != nil {
		r.g.faults.add(err)
		return out
	}
	if int(row.EndByte) > len(content) || row.StartByte > row.EndByte {
		return out
	}
	next := row.Start
	text := content[row.StartByte:row.EndByte]
	for _, p := range ranges {
		for n := max(next, p.Block[0]); n <= p.Block[1] && len(out) < maxSimilarLines; n++ {
			for ; next < n; next++ {
				_, text, _ = bytes.Cut(text, []byte{'\n'})
			}
			line, rest, _ := bytes.Cut(text, []byte{'\n'})
			text, next = rest, n+1
			shownLine := decode(bytes.TrimRight(line[:min(len(line), maxSimilarLine)], "\r"), flags&indexer.FlagLatin1 != 0)
			out = append(out, Line{N: n, Text: shownLine, Spans: [][2]int{}})
		}
	}
	return out
}

// maxSimilarLine is how many bytes of a line a hit shows.
const maxSimilarLine = 400
