// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

// With in:file each term may hold in another block of the file. The hit is the file's block that scores best by
// itself, and its score counts each term where it scores best in the file.

// whole decides about one file.
func (w *worker) whole(blob uint32) {
	block, ok := w.gather(blob)
	if !ok {
		return
	}
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

// gather evaluates every leaf in every block of a file, sets seen to what holds for the file, and makes its best block
// the current one.
func (w *worker) gather(blob uint32) (best uint32, ok bool) {
	w.enter(w.shard.Blob(blob).FirstBlock, blob)
	if w.nearer == nil && len(w.places) == 0 {
		return 0, false
	}
	if w.file == nil {
		w.file = make([]leafValue, len(w.plan.leaves))
	}
	clear(w.file)
	clear(w.at)
	top := 0.0
	for b := w.blob.FirstBlock; b < w.blob.FirstBlock+w.blob.NumBlocks && !w.halt.Load(); b++ {
		w.turn(b)
		if !w.enter(b, blob) { // a block under another licence than its file
			continue
		}
		w.cut = false
		clear(w.seen)
		wanted := false
		for i, l := range w.plan.leaves {
			if l.scope == scopePlace {
				continue
			}
			v, f := w.leaf(i, b), &w.file[i]
			f.known = true
			f.holds, f.whole, f.bm25 = f.holds || v.holds, f.whole || v.whole, max(f.bm25, v.bm25)
			wanted = wanted || v.holds && !l.negated
		}
		if !wanted && ok {
			continue
		}
		own := w.terms(b)
		if score := own.score(w.plan); !ok || score > top {
			best, top, ok = b, score, true
		}
	}
	if ok {
		w.turn(best)
		w.enter(best, blob)
		copy(w.seen, w.file)
	}
	return best, ok
}

// again evaluates a block that was found to answer once more, and gives the terms of its score.
func (w *worker) again(m match) values {
	for _, b := range w.batches {
		if b.part == int(m.part) && w.batch != b {
			w.batch, w.shard, w.fresh = b, w.g.x.Shards()[b.part], false
		}
	}
	clear(w.at)
	w.turn(m.block)
	w.enter(m.block, w.row.Blob)
	if w.plan.parsed.inFile {
		w.gather(w.row.Blob)
	} else {
		clear(w.seen)
		w.cut = false
	}
	w.best = shownPlace{known: true, at: m.at, rank: m.place, terms: w.placeTerms(m.at)}
	w.best.terms[termCopies] = copiesValue(w.g.independent(w.batch.part, w.blobAt))
	return w.terms(m.block)
}
