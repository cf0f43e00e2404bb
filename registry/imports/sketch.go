// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"encoding/binary"
	"iter"
	"slices"
)

// Sketch tells how much two repositories have in common without either at hand: the smallest of the hashes of their files' contents.
// As hashes are spread evenly, the share of the smallest ones that both have is that of all contents (Broder, On the resemblance and
// containment of documents, 1997). It is how a fork or a copy is recognised whose forge does not say what it is of: a mirror holds the
// last state alone, and no history by which they could be compared.
type Sketch []uint64

const (
	sketchSize = 64
	fewFiles   = 8  // of fewer contents nothing is concluded: all that begins from one template looks alike
	copied     = 32 // of 64: half of what the two hold together
)

// SketchOf makes the sketch of contents, by their git names.
func SketchOf(contents iter.Seq[[20]byte]) Sketch {
	var all Sketch
	for h := range contents {
		all = append(all, binary.BigEndian.Uint64(h[:]))
		if len(all) >= 64*sketchSize {
			all = all.smallest()
		}
	}
	return all.smallest()
}

func (s Sketch) smallest() Sketch {
	slices.Sort(s)
	s = slices.Compact(s)
	return slices.Clone(s[:min(len(s), sketchSize)])
}

// common counts, of the smallest contents of the two together, those that both have, as a share of sketchSize.
func (s Sketch) common(other Sketch) int {
	if len(s) < fewFiles || len(other) < fewFiles {
		return 0
	}
	n, both := 0, 0
	for i, j := 0, 0; n < sketchSize && i < len(s) && j < len(other); n++ {
		switch {
		case s[i] == other[j]:
			both, i, j = both+1, i+1, j+1
		case s[i] < other[j]:
			i++
		default:
			j++
		}
	}
	if len(s) < sketchSize && len(other) < sketchSize { // both are whole: count what only one of them has
		n = len(s) + len(other) - both
	}
	return both * sketchSize / max(n, 1)
}

// copies finds, among repositories, the one of which another is a copy.
type copies struct {
	byTree  map[string]*Mirrored
	byPrint map[uint64][]*Mirrored
}

// find gives the repository that holds the very same files, or else the one that has most in common: at least half.
func (c *copies) find(m *Mirrored) (of *Mirrored, same bool) {
	if of := c.byTree[m.Tree]; of != nil && m.Tree != "" && len(m.Files) > 0 {
		return of, true
	}
	seen, most := map[*Mirrored]bool{}, copied-1
	for _, h := range m.Files {
		for _, other := range c.byPrint[h] {
			if seen[other] {
				continue
			}
			seen[other] = true
			if n := other.Files.common(m.Files); n > most {
				of, most = other, n
			}
		}
	}
	return of, false
}

func (c *copies) add(m *Mirrored) {
	if c.byTree[m.Tree] == nil && m.Tree != "" {
		c.byTree[m.Tree] = m
	}
	for _, h := range m.Files {
		c.byPrint[h] = append(c.byPrint[h], m)
	}
}
