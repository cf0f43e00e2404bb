// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"math"
	"slices"
	"sync/atomic"

	"communs/indexer"
	"communs/licenses"
)

// worker verifies and scores candidates, one after the other. One goroutine has one.
type worker struct {
	*run
	halt  *atomic.Bool // ends the work: the run's stop, but for a worker that presents hits
	shard *indexer.Shard
	batch *batch
	at    []int // for each leaf, where its word list was last read

	blobAt  uint32
	fresh   bool // blobAt is set
	blob    indexer.Blob
	nearer  *nearerBlob     // what the blob says of some of its lines, where the question asks for licences; nil for most
	block   uint32          // for which places holds, where nearer is set
	places  []indexer.Place // where the blob stands and may be shown
	best    shownPlace
	content []byte
	facts   textFacts // of content
	read    bool      // content is set, or could not be read

	row  indexer.BlockRow
	norm float64 // of row, see lengthNorm
	own  []indexer.Segment
	cut  bool // own is set
	seen []leafValue
	buf  []byte
	name []byte
	out  []match

	floor float64      // scores below it need not be exact
	top   []scoredText // the best ones
	look  int          // how many of them there are when they are looked through

	reads int64       // blocks whose text was read, not yet told
	file  []leafValue // with in:file, what each leaf is worth in the whole file

	licensed map[licenseAsked]bool // what was answered about licences of blocks; nil when the question asks for none
}

// licenseAsked is a leaf that was asked about a licence that is a block's own.
type licenseAsked struct {
	leaf    int
	license licenses.Expression
}

// leafValue is what a leaf is worth in the current block.
type leafValue struct {
	known, holds bool
	whole        bool    // exact text: as a whole word. Word: as the identifier that was typed
	bm25         float64 // of a word
}

// shownPlace is the occurrence that a hit shows, with the terms of its score that depend on it.
type shownPlace struct {
	known bool
	at    indexer.Place
	rank  uint64
	terms values
	score float64
}

func newWorker(r *run) *worker {
	w := &worker{floor: math.Inf(-1), look: 2 * r.keep, run: r, halt: &r.stop, at: make([]int, len(r.plan.leaves)), seen: make([]leafValue, len(r.plan.leaves))}
	if slices.ContainsFunc(r.licenseOK, func(ok []bool) bool { return ok != nil }) {
		w.licensed = map[licenseAsked]bool{}
	}
	return w
}

// part goes through the candidates from..to of a batch.
func (w *worker) part(b *batch, from, to int) {
	if w.batch != b {
		w.batch, w.shard, w.fresh = b, w.g.x.Shards()[b.part], false
	}
	clear(w.at)
	for i := from; i < to && !w.halt.Load(); i++ {
		n := b.block(i)
		if w.plan.parsed.inFile {
			w.whole(n)
		} else {
			w.one(n)
		}
	}
	w.verified.Add(w.reads)
	w.reads = 0
}

// one decides about one block.
func (w *worker) one(block uint32) {
	w.turn(block)
	if !w.enter(block, w.row.Blob) {
		return
	}
	clear(w.seen)
	w.cut = false
	for _, part := range w.plan.atBlock {
		if !w.holds(part, block, nil) {
			return
		}
	}
	if len(w.plan.mixed) > 0 && !w.narrow(block) || w.halt.Load() {
		return
	}
	w.hit(block)
}

// turn makes a block's row the current one.
func (w *worker) turn(block uint32) {
	w.row = w.shard.Block(block)
	w.norm = lengthNorm(w.row.Tokens, w.g.average)
}

// enter makes a block and its blob the current ones. It is false when no place may answer with it.
func (w *worker) enter(block, blob uint32) bool {
	if !w.fresh || w.blobAt != blob {
		w.fresh, w.blobAt, w.read, w.content = true, blob, false, nil
		w.blob, w.nearer = w.shard.Blob(blob), nil
		if w.licensed != nil {
			w.nearer = w.g.nearerOf(w.batch.part, blob)
		}
	} else if w.nearer == nil || w.block == block {
		return len(w.places) > 0
	}
	w.block = block
	w.best.known = false
	w.places = w.places[:0]
next:
	for _, at := range w.g.x.Places(w.batch.part, blob) {
		if w.public && !w.g.mayShow(w.batch.part, blob, at) {
			continue
		}
		for _, part := range w.plan.atPlace {
			if !w.holds(part, 0, &at) {
				continue next
			}
		}
		w.places = append(w.places, at)
	}
	return len(w.places) > 0
}

// narrow keeps the places for which the parts of the question that look at block and place hold together.
func (w *worker) narrow(block uint32) bool {
	var kept []indexer.Place
next:
	for _, at := range w.places {
		for _, part := range w.plan.mixed {
			if !w.holds(part, block, &at) {
				continue next
			}
		}
		kept = append(kept, at)
	}
	if len(kept) == 0 {
		return false
	}
	w.choose(kept)
	return true
}

// holds evaluates a part of the question; at may be nil when nothing in the part looks at the place.
func (w *worker) holds(n *planNode, block uint32, at *indexer.Place) bool {
	switch n.op {
	case planAnd:
		for _, kid := range n.kids {
			if !w.holds(kid, block, at) {
				return false
			}
		}
		return true
	case planOr:
		for _, kid := range n.kids {
			if w.holds(kid, block, at) {
				return true
			}
		}
		return false
	case planNot:
		return !w.holds(n.kids[0], block, at)
	case planMost:
		return w.plan.relaxed.enough(w.missing(block))
	}
	if n.scope == scopePlace {
		return w.placeHolds(n.leaf, *at)
	}
	return w.leaf(n.leaf, block).holds
}

// licenseHolds evaluates a leaf about the licence of the current block at a place.
func (w *worker) licenseHolds(leaf int, at indexer.Place) bool {
	id := w.g.licenseID(at)
	if w.nearer == nil {
		return w.licenseOK[leaf][id]
	}
	e, ok := w.g.blockLicense(w.nearer, w.batch.part, w.blobAt, w.block, id)
	if !ok {
		return w.licenseOK[leaf][id]
	}
	key := licenseAsked{leaf, e}
	holds, known := w.licensed[key]
	if !known {
		holds = w.plan.leaves[leaf].license(e)
		w.licensed[key] = holds
	}
	return holds
}

func (w *worker) placeHolds(leaf int, at indexer.Place) (ok bool) {
	switch l := w.plan.leaves[leaf]; {
	case w.repoOK[leaf] != nil:
		return w.repoOK[leaf][at.Repo]
	case w.componentOK[leaf] != nil:
		rows := w.componentOK[leaf][at.Repo]
		return rows != nil && rows[at.Row]
	case w.licenseOK[leaf] != nil:
		return w.licenseHolds(leaf, at)
	default:
		ok, w.buf = l.glob.match(w.g.x.Repos()[at.Repo].PathBytes(at.Row), w.buf)
		return ok
	}
}

// leaf evaluates a leaf in the current block, once.
func (w *worker) leaf(i int, block uint32) *leafValue {
	v := &w.seen[i]
	if v.known {
		return v
	}
	v.known = true
	l := w.plan.leaves[i]
	switch {
	case l.scope == scopeWords:
		list := w.batch.words[i]
		w.at[i] = gallop(list.blocks, w.at[i], block)
		if at := w.at[i]; at < len(list.blocks) && list.blocks[at] == block {
			v.holds = true
			v.bm25 = list.best(at, w.norm)
			if len(list.whole) > 0 {
				j := gallop(list.whole, 0, block)
				v.whole = j < len(list.whole) && list.whole[j] == block
			}
		}
	case l.text != nil:
		v.holds, v.whole = w.matches(l.text, block)
	case l.field == fieldLang:
		v.holds = w.langID[i][w.batch.part] == int(w.blob.Lang)
	case l.field == fieldKind:
		v.holds = w.row.Kind == l.kind
	case l.field == fieldName:
		name := w.shard.BlockName(w.row)
		if name != "" {
			v.holds, w.buf = l.glob.match([]byte(name), w.buf)
		}
	}
	return v
}

// matches looks for a text in the block's own lines.
func (w *worker) matches(m *textMatcher, block uint32) (found, whole bool) {
	if !w.load() {
		return false, false
	}
	if !w.cut {
		w.cut = true
		w.segments(block)
		n := 0
		for _, s := range w.own {
			n += int(s.EndByte - s.StartByte)
		}
		w.reads++
		if w.batch.scans && w.halt == &w.stop && w.budget.Add(-int64(n)) < 0 {
			w.over.Store(true)
			w.stop.Store(true)
		}
	}
	for _, s := range w.own {
		if int(s.EndByte) > len(w.content) || s.StartByte > s.EndByte {
			continue
		}
		f, wh := m.match(w.content[s.StartByte:s.EndByte], w.facts, w.halt)
		found, whole = found || f, whole || wh
		if whole {
			break
		}
	}
	return found, whole
}

// segments sets own to the lines of the current block that belong to none of its children. It is what Shard.Segments
// gives, without a copy of the row for each question.
func (w *worker) segments(block uint32) {
	w.own = w.own[:0]
	at, line, n := w.row.StartByte, w.row.Start, uint32(w.shard.NumBlocks())
	for j := block + 1; j < n; j++ {
		child := w.shard.Block(j)
		if child.Blob != w.row.Blob || child.Start > w.row.End {
			break
		}
		if child.Parent != int32(block) {
			continue
		}
		if child.StartByte > at {
			w.own = append(w.own, indexer.Segment{StartByte: at, EndByte: child.StartByte, StartLine: line})
		}
		if child.EndByte > at {
			at, line = child.EndByte, child.End+1
		}
	}
	if w.row.EndByte > at {
		w.own = append(w.own, indexer.Segment{StartByte: at, EndByte: w.row.EndByte, StartLine: line})
	}
}

func (w *worker) load() bool {
	if !w.read {
		w.read = true
		var err error
		if w.content, err = w.shard.Content(w.blobAt); err != nil {
			w.content = nil
			w.fault(err)
		}
		w.facts = textFacts{
			latin1: w.blob.Flags&indexer.FlagLatin1 != 0,
			plain:  w.g.plain[w.batch.part].holds(w.blobAt, w.content),
		}
	}
	return w.content != nil
}
