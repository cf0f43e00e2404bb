// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// A lookup asks the index which templates a text may hold. It is kept for the next text, so that it allocates nothing.
type lookup struct {
	hits    []hit // in the order of the text
	sorted  []hit // those of one template together
	counts  []int32
	touched []uint16 // the templates whose count is not zero
	present []bool   // by word: it stands in the region
	found   []span
}

func newLookup(d *Detector) *lookup {
	return &lookup{counts: make([]int32, len(d.templates)), present: make([]bool, 1<<16)}
}

const (
	farApart = 256          // hits with so many words between them belong to different regions
	margin   = farApart / 2 // how many words around its hits belong to a region
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
				s.hits = append(s.hits, hit{e.template, e.pos, int32(at)})
			}
		}
	}
}

// collect takes the hits of a text with templates of which there are enough.
func (s *lookup) collect(d *Detector, ids []uint16) {
	s.gather(d.index, ids)
	s.count(s.hits)
	kept := s.hits[:0]
	for _, h := range s.hits {
		if d.templates[h.template].enough(int(s.counts[h.template])) {
			kept = append(kept, h)
		}
	}
	s.hits = kept
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
		s.count(hits[:n])
		held := false
		for _, t := range s.touched {
			held = held || d.templates[t].enough(int(s.counts[t]))
		}
		if held {
			first, end := int(hits[0].at), int(hits[n-1].at)+shingleSize
			r := span{max(0, first-margin), min(len(ids), end+margin)}
			for ; last < len(breaks) && breaks[last] < first; last++ {
				r.from = max(r.from, breaks[last]+1)
			}
			for i := last; i < len(breaks) && breaks[i] < r.to; i++ {
				if breaks[i] >= end {
					r.to = breaks[i]
				}
			}
			s.found = append(s.found, r)
		}
		hits = hits[n:]
	}
	return s.found
}

// matches lays the templates of which there are enough hits over a region.
func (s *lookup) matches(d *Detector, ids []uint16) []match {
	s.collect(d, ids)
	s.count(s.hits)
	if cap(s.sorted) < len(s.hits) {
		s.sorted = make([]hit, len(s.hits)*5/4)
	}
	sorted, end := s.sorted[:len(s.hits)], int32(0)
	slices.Sort(s.touched)
	for _, t := range s.touched { // from here on counts are where the next hit of a template goes
		end, s.counts[t] = end+s.counts[t], end
	}
	for _, h := range s.hits {
		sorted[s.counts[h.template]] = h
		s.counts[h.template]++
	}
	for _, w := range ids {
		s.present[w] = true
	}
	var found []match
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].template == sorted[0].template {
			n++
		}
		if t := &d.templates[sorted[0].template]; t.affords(s.present) {
			found = t.matches(ids, sorted[:n], d.turns, found)
		}
		sorted = sorted[n:]
	}
	for _, w := range ids {
		s.present[w] = false
	}
	return found
}
