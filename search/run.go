// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"communs/indexer"
)

// match is one block that answers.
type match struct {
	score float64
	place uint64 // rank of the repository, then row: what orders equal scores
	text  uint64 // hash of the block's text
	at    indexer.Place
	part  uint32
	block uint32
	loose bool // it lacks words of a relaxed question
	rough bool // its score was not reckoned: it is too low to be shown
}

// run is one question over one generation. What its workers share does not change while they work, but for the
// counters.
type run struct {
	g      *generation
	plan   *plan
	public bool
	stop   atomic.Bool  // the deadline has passed, or the budget is used up
	over   atomic.Bool  // it was the budget
	budget atomic.Int64 // bytes that may still be read by questions that nothing narrows down

	repoOK      [][]bool   // by leaf and repository, for repo: and owner:
	componentOK [][][]bool // by leaf, repository and row, for component:; nil for a repository without any that is called so
	licenseOK   [][]bool   // by leaf and licence, for license:, libre:, into:
	langID      [][]int    // by leaf and shard, for lang:; -1 when the shard has none
	damaged     atomic.Bool
	late        bool // the deadline came before all matches had their scores
	outdated    bool // the question names a component, and some manifests were not read yet

	keep       int // how many of the best scores must be exact; 0 for all
	batches    []*batch
	candidates int
	verified   atomic.Int64
	matches    []match
}

// reasonManifests says that a part of the index was written before manifests were read.
const reasonManifests = "manifests"

// scanBudget is how many bytes of code one question may read when no trigram narrows it down.
const scanBudget = 1 << 30

func newRun(g *generation, p *plan, public bool) *run {
	r := &run{g: g, plan: p, public: public}
	r.budget.Store(scanBudget)
	r.damaged.Store(len(g.x.Faults()) > 0) // what was set aside on opening may have held an answer
	r.repoOK = make([][]bool, len(p.leaves))
	r.licenseOK = make([][]bool, len(p.leaves))
	r.componentOK = make([][][]bool, len(p.leaves))
	r.langID = make([][]int, len(p.leaves))
	var buf []byte
	for i, l := range p.leaves {
		switch {
		case l.license != nil:
			r.licenseOK[i] = make([]bool, len(g.licenses))
			for j := range g.licenses {
				r.licenseOK[i][j] = l.license(g.licenses[j].expression)
			}
		case l.field == fieldComponent:
			r.componentOK[i] = make([][]bool, len(g.repos))
			for j := range g.repos {
				r.componentOK[i][j] = g.componentRows(j, l.glob)
			}
			r.outdated = g.withoutComponents()
		case l.scope == scopePlace && l.field != fieldPath:
			r.repoOK[i] = make([]bool, len(g.repos))
			for j, o := range g.x.Repos() {
				text := o.Meta().URL
				if l.field == fieldOwner {
					text = o.Meta().Owner
				}
				r.repoOK[i][j], buf = l.glob.match([]byte(text), buf)
				for _, old := range o.Meta().Aliases {
					if l.field == fieldRepo && !r.repoOK[i][j] {
						r.repoOK[i][j], buf = l.glob.match([]byte(old), buf)
					}
				}
			}
		case l.lang != "":
			for _, s := range g.x.Shards() {
				id := -1
				for j, name := range s.Langs() {
					if name == l.lang {
						id = j
					}
				}
				r.langID[i] = append(r.langID[i], id)
			}
		}
	}
	return r
}

// fault records that a part of the index could not be read.
func (r *run) fault(err error) {
	r.damaged.Store(true)
	r.g.faults.add(err)
}

// do answers the question: it fills matches, in no order.
func (r *run) do(ctx context.Context) {
	unwatch := context.AfterFunc(ctx, func() { r.stop.Store(true) })
	defer unwatch()
	var from source = &shardSource{r.g, r.fault}
	err := from.candidates(ctx, r.plan, func(b *batch) {
		r.batches = append(r.batches, b)
		r.candidates += b.n
	})
	if err != nil {
		r.fault(err)
	}
	if ctx.Err() != nil {
		r.stop.Store(true)
	}
	if r.candidates <= fewCandidates {
		w := newWorker(r)
		for _, b := range r.batches {
			w.part(b, 0, b.n)
		}
		r.matches = w.out
		return
	}
	r.parallel()
}

// How the work is cut up: below fewCandidates one goroutine is faster; pieces are small enough for all to end together.
const (
	fewCandidates = 256
	pieceSize     = 512
)

// parallel shares the candidates out among as many workers as there are processors.
func (r *run) parallel() {
	type piece struct{ batch, from, to int }
	var pieces []piece
	for i, b := range r.batches {
		for from := 0; from < b.n; from += pieceSize {
			pieces = append(pieces, piece{i, from, min(b.n, from+pieceSize)})
		}
	}
	most := !slices.ContainsFunc(r.plan.leaves, func(l *leaf) bool { return l.text != nil })
	workers := make([]*worker, min(runtime.GOMAXPROCS(0), len(pieces)))
	var next atomic.Int64
	var done sync.WaitGroup
	for i := range workers {
		workers[i] = newWorker(r)
		if most { // of the candidates will answer
			workers[i].out = make([]match, 0, r.candidates/len(workers)+pieceSize)
		}
		done.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(pieces) || r.stop.Load() {
					return
				}
				workers[i].part(r.batches[pieces[n].batch], pieces[n].from, pieces[n].to)
			}
		})
	}
	done.Wait()
	total := 0
	for _, w := range workers {
		total += len(w.out)
	}
	r.matches = make([]match, 0, total)
	for _, w := range workers {
		r.matches = append(r.matches, w.out...)
	}
}

// reason says why the answer is only a part; empty when it is whole.
func (r *run) reason(ctx context.Context) string {
	switch {
	case r.over.Load():
		return "budget"
	case ctx.Err() != nil && r.stop.Load(), r.late:
		return "deadline"
	case r.damaged.Load():
		return "damaged"
	case r.outdated:
		return reasonManifests
	}
	return ""
}
