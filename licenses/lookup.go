// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"cmp"
	"slices"
	"sort"
)

// A lookup asks the index which templates a text may hold. It is kept for the next text, so that it allocates nothing.
type lookup struct {
	hits    []hit // in the order of the text
	near    []hit // those of a region, with their places there
	sorted  []hit // and those of one template together
	counts  []int32
	number  []int32
	touched []uint16 // the templates whose count is not zero
	present []bool   // by word: it stands in the region
	weight  []int32  // by place in the region: of the heaviest match there
	found   []span
}

func newLookup(d *Detector) *lookup {
	return &lookup{counts: make([]int32, len(d.templates)), number: make([]int32, len(d.templates)), present: make([]bool, 1<<16)}
}

const (
	farApart = 256          // hits with so many words between them belong to different regions
	margin   = farApart / 2 // how many words around its hits belong to a region
	// Beyond where a template begins or ends as its hits tell, so many words belong to a region: copies may have words too much.
	reachMore = 32
)

// gather takes all hits of a text.
func (s *lookup) gather(x *index, ids []uint16) {
	s.hits = s.hits[:0]
	known := 0 // how many words up to here the templates have
	for i, w := range ids {
		if known++; w == unknownWord {
			known = 0
		}
		if known < shingleSize {
			continue
		}
		at := i + 1 - shingleSize
		h := hashShingle(ids[at : i+1])
		for _, e := range x.bucket(h) {
			if e.hash == h {
				if len(s.hits) == cap(s.hits) {
					s.hits = slices.Grow(s.hits, len(s.hits)+64) // twice as many
				}
				s.hits = append(s.hits, hit{e.template, e.pos, int32(at)})
			}
		}
	}
}

// collect takes the hits of a text with templates of which there are enough.
func (s *lookup) collect(d *Detector, ids []uint16) {
	s.gather(d.index, ids)
	s.hits = s.enough(d, s.hits[:0], s.hits, 0)
}

// enough adds to a list the hits with templates of which there are enough, as places behind from.
func (s *lookup) enough(d *Detector, list, hits []hit, from int) []hit {
	s.count(hits)
	list = slices.Grow(list, len(hits))
	for _, h := range hits {
		if d.templates[h.template].enough(int(s.counts[h.template])) {
			list = append(list, hit{h.template, h.pos, h.at - int32(from)})
		}
	}
	return list
}

// within is the hits whose words all lie in a region of the text.
func (s *lookup) within(r span) []hit {
	from := sort.Search(len(s.hits), func(i int) bool { return int(s.hits[i].at) >= r.from })
	to := sort.Search(len(s.hits), func(i int) bool { return int(s.hits[i].at)+shingleSize > r.to })
	return s.hits[from:max(from, to)]
}

// count counts the hits of each template.
func (s *lookup) count(hits []hit) {
	for _, t := range s.touched {
		s.counts[t] = 0
	}
	s.touched = s.touched[:0]
	for _, h := range hits {
		if s.counts[h.template] == 0 {
			s.touched = append(s.touched, h.template)
		}
		s.counts[h.template]++
	}
}

// regions finds the parts of a text that hold enough hits of a template. They lie apart; none reaches over a break unless its
// hits do.
func (s *lookup) regions(d *Detector, ids []uint16, breaks []int) []span {
	s.found = s.found[:0]
	s.collect(d, ids)
	last := 0 // the first break that is not before the region
	for hits := s.hits; len(hits) > 0; {
		n := 1
		for n < len(hits) && hits[n].at-hits[n-1].at <= farApart {
			n++
		}
		if r, ok := s.reach(d, hits[:n]); ok {
			r.from, r.to = max(0, r.from), min(len(ids), r.to)
			first, end := int(hits[0].at), int(hits[n-1].at)+shingleSize
			for last > 0 && breaks[last-1] > r.from { // the region before may have reached further
				last--
			}
			for ; last < len(breaks) && breaks[last] < first; last++ {
				r.from = max(r.from, breaks[last]+1)
			}
			for i := last; i < len(breaks) && breaks[i] < r.to; i++ {
				if breaks[i] >= end {
					r.to = breaks[i]
				}
			}
			if k := len(s.found) - 1; k >= 0 && r.from < s.found[k].to {
				s.found[k].to = max(s.found[k].to, r.to)
			} else {
				s.found = append(s.found, r)
			}
		}
		hits = hits[n:]
	}
	return s.found
}

// reach is how far the templates go of which there are enough hits, and some words more; ok is false when there are none.
func (s *lookup) reach(d *Detector, hits []hit) (r span, ok bool) {
	s.count(hits)
	r = span{int(hits[0].at) - margin, int(hits[len(hits)-1].at) + shingleSize + margin}
	for _, h := range hits {
		if t := &d.templates[h.template]; t.enough(int(s.counts[h.template])) {
			begin := int(h.at) - int(h.pos)
			r.from, r.to, ok = min(r.from, begin-reachMore), max(r.to, begin+len(t.words)+reachMore), true
		}
	}
	return r, ok
}

// matches lays the templates of which there are enough hits over a region of the text, which has the words ids, the likely ones first: where a
// match was found that a template cannot outweigh, it is not laid. The hits are those that regions left.
func (s *lookup) matches(d *Detector, ids []uint16, r span) []match {
	s.near = s.enough(d, s.near[:0], s.within(r), r.from)
	s.count(s.near)
	s.sort()
	slices.SortFunc(s.touched, func(a, b uint16) int {
		if c := cmp.Compare(s.promise(d, b), s.promise(d, a)); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	for _, w := range ids {
		s.present[w] = true
	}
	s.weight = append(s.weight[:0], make([]int32, len(ids))...)
	var found []match
	for _, number := range s.touched {
		t, end := &d.templates[number], s.counts[number]
		hits := s.sorted[end-s.number[number] : end]
		most, ok := t.affords(s.present)
		if !ok || s.outweighed(hits, int32(most)) {
			continue
		}
		first := len(found)
		found = t.matches(ids, hits, d.turns, found)
		for _, m := range found[first:] {
			w := int32(m.weight())
			for i := m.core.from; i < m.core.to; i++ {
				s.weight[i] = max(s.weight[i], w)
			}
		}
	}
	for _, w := range ids {
		s.present[w] = false
	}
	return found
}

// sort puts the hits near with one template together, in sorted. From then on counts are where those of a template end, and number is how many
// there are.
func (s *lookup) sort() {
	if cap(s.sorted) < len(s.near) {
		s.sorted = make([]hit, len(s.near)*5/4)
	}
	s.sorted = s.sorted[:len(s.near)]
	end := int32(0)
	for _, t := range s.touched {
		s.number[t] = s.counts[t]
		end, s.counts[t] = end+s.counts[t], end
	}
	for _, h := range s.near {
		s.sorted[s.counts[h.template]] = h
		s.counts[h.template]++
	}
}

// promise is what a template may weigh, by its hits.
func (s *lookup) promise(d *Detector, number uint16) int {
	t := &d.templates[number]
	return int(s.number[number]) * len(t.words) / max(1, t.prints)
}

// outweighed reports whether each hit lies where something heavier was found.
func (s *lookup) outweighed(hits []hit, most int32) bool {
	for _, h := range hits {
		if s.weight[h.at] <= most {
			return false
		}
	}
	return true
}
