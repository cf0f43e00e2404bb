// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"math"
	"slices"
)

// A page does not repeat itself. Matches with different texts are taken by score in windows of windowSize. Within a window near copies
// fold under the best of them, and where a repository has maxOfRepo of ten hits in a row, the next hit of another repository
// comes before its others. Windows do not look at each other: so pages fit together, however long each is and wherever one
// begins, and a page far down costs what the first one does. An offset is windowSize × window + position within it.
const (
	windowSize = 100
	maxOfRepo  = 5
	inARow     = 10
)

// pick is a match that a page shows.
type pick struct {
	match
	near []nearMatch // its near copies
	lost float64     // what its score lost because its repository had enough hits before it
}

// nearMatch is a match that is almost the same as another.
type nearMatch struct {
	match
	similarity float64
}

// Later says of how many hits of a repository others were put before, though those score less.
type Later struct {
	Repo  string `json:"repo"`
	Hits  int    `json:"hits"`
	Query string `json:"query"` // the question, to that repository
}

// arranged is a page of matches.
type arranged struct {
	picks []pick
	later map[uint32]int // by repository, how many of its hits were put off
	next  int            // offset of the next page; 0 when there is none
}

// all gives the texts of a page: its hits and what is folded under them.
func (a *arranged) all() (out []match) {
	for i := range a.picks {
		out = append(out, a.picks[i].match)
		for _, m := range a.picks[i].near {
			out = append(out, m.match)
		}
	}
	return out
}

// arrange chooses the n matches from an offset on. n 0 means all, each by itself and in the order of their scores.
func (r *run) arrange(ctx context.Context, offset, n int) (out arranged) {
	plain := r.plan.parsed.unfolded || n == 0
	if n == 0 {
		n = len(r.matches)
	}
	w := offset / windowSize
	skip := offset - w*windowSize
	var first []match
	for more := true; len(out.picks) < n; w++ {
		if end := (w + 1) * windowSize; more && len(first) < end {
			first, more = r.first(ctx, max(end, firstTexts(offset, n), 2*len(first)))
		}
		if len(first) <= w*windowSize {
			return out
		}
		window := first[w*windowSize : min(len(first), (w+1)*windowSize)]
		picks, order := r.window(window, plain)
		to := min(len(picks), skip+n-len(out.picks))
		if skip < to {
			out.picks = append(out.picks, picks[skip:to]...)
			if order != nil {
				out.later = putOff(picks, order, to)
			}
		}
		switch skip = 0; {
		case to < len(picks):
			out.next = w*windowSize + to
		case len(first) > (w+1)*windowSize || more:
			out.next = (w + 1) * windowSize
		default:
			out.next = 0
		}
	}
	return out
}

// firstTexts is how many of the best texts are looked at first.
func firstTexts(offset, n int) int { return (offset+n)/windowSize*windowSize + windowSize }

// enough is how many of the best matches need exact scores, as far as one can tell before; 0 for all.
func enough(offset, n int) int {
	if n == 0 {
		return 0
	}
	return atFirst(firstTexts(offset, n))
}

// first gives the first k matches that differ in their texts, with their scores; those that have none at the deadline are left out.
func (r *run) first(ctx context.Context, k int) (first []match, more bool) {
	rough := func(m match) bool { return m.rough }
	if first, more = distinct(r.matches, k); !slices.ContainsFunc(first, rough) {
		return first, more
	}
	if r.settle(ctx) {
		return distinct(r.matches, k)
	}
	return slices.DeleteFunc(first, rough), false
}

// window arranges the matches of a window. order is the place by score of each pick; nil when that is their order.
func (r *run) window(matches []match, plain bool) (picks []pick, order []int) {
	if plain {
		for _, m := range matches {
			picks = append(picks, pick{match: m})
		}
		return picks, nil
	}
	picks = r.foldNear(matches)
	if r.plan.oneRepo {
		return picks, nil
	}
	return spread(picks, r.g.family)
}

// spread puts the hits of a repository that has maxOfRepo of the inARow last ones after the next hit of another, as long as there is
// one in the window. A hit that comes later than by its score gets the score of the one before it, so that the order is that of scores.
// A fork and what it comes from are as one: family gives for each repository the one that stands for it.
func spread(picks []pick, family []uint32) (out []pick, order []int) {
	ids := map[uint32]int{}
	repo := make([]int, len(picks))
	for i := range picks {
		root := family[picks[i].at.Repo]
		id, ok := ids[root]
		if !ok {
			id = len(ids)
			ids[root] = id
		}
		repo[i] = id
	}
	if len(ids) <= 1 {
		return picks, nil
	}
	recent := make([]int, len(ids)) // hits among the last inARow-1
	left := make([]int, len(picks))
	for i := range left {
		left[i] = i
	}
	low := math.Inf(1)
	for len(left) > 0 {
		if n := len(order); n >= inARow {
			recent[repo[order[n-inARow]]]--
		}
		at := max(0, slices.IndexFunc(left, func(i int) bool { return recent[repo[i]] < maxOfRepo }))
		i := left[at]
		left = slices.Delete(left, at, at+1)
		recent[repo[i]]++
		p := picks[i]
		if p.score > low {
			p.lost = math.Round((p.score-low)*1e6) / 1e6
		}
		low = min(low, p.score)
		out, order = append(out, p), append(order, i)
	}
	return out, order
}

// putOff counts, by repository, the hits after the first n of a window that others were put before.
func putOff(picks []pick, order []int, n int) map[uint32]int {
	last := slices.Max(order[:n])
	count := map[uint32]int{}
	for i, by := range order[n:] {
		if by < last {
			count[picks[n+i].at.Repo]++
		}
	}
	return count
}

// toldLater says of the repositories of a page how many of their hits were put off, in the order of the page.
func (r *run) toldLater(page *arranged) (out []Later) {
	for i := range page.picks {
		repo := page.picks[i].at.Repo
		n := page.later[repo]
		if n == 0 {
			continue
		}
		delete(page.later, repo)
		url := r.g.x.Repos()[repo].Meta().URL
		out = append(out, Later{url, n, r.plan.parsed.within(url)})
	}
	return out
}
