// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"sort"

	"communs/licenses"
)

// flat is a template without control codes: its words by number, and what is special about some of them.
type flat struct {
	words  []uint16
	free   []bool      // by word
	groups [][2]uint16 // the runs of free words
	gaps   [][2]uint16 // word, how many others may stand before it
}

// flatten takes the control codes out of a template.
func flatten(t template, number map[string]uint16) (f flat, err error) {
	depth, outer, wild := 0, 0, 0
	gaps := map[int]int{}
	for i := 0; i < len(t.words); i++ {
		at := len(f.words)
		switch w := t.words[i]; w {
		case code(wildBegin), code(optBegin):
			if depth == 0 {
				outer = at
			}
			depth++
			if w == code(wildBegin) {
				i++
				if _, err := fmt.Sscanf(t.words[i], "\x00%d", &wild); err != nil {
					return f, fmt.Errorf("template of %s: gap %q: %w", t.expr, t.words[i], err)
				}
				wild = min(wild, math.MaxUint8)
				gaps[at] = max(gaps[at], wild)
			}
		case code(wildEnd), code(optEnd):
			if w == code(wildEnd) {
				wild = 0
			}
			if depth--; depth == 0 && at > outer {
				f.groups = append(f.groups, [2]uint16{uint16(outer), uint16(at)})
			}
		default:
			f.words, f.free = append(f.words, number[w]), append(f.free, depth > 0)
			if wild > 0 {
				gaps[at+1] = wild
			}
		}
	}
	if len(f.words) >= math.MaxUint16 || depth != 0 {
		return f, fmt.Errorf("template of %s: %d words, depth %d", t.expr, len(f.words), depth)
	}
	for at := range len(f.words) + 1 {
		if gaps[at] > 0 {
			f.gaps = append(f.gaps, [2]uint16{uint16(at), uint16(gaps[at])})
		}
	}
	return f, nil
}

// dictionary numbers all words, most frequent first.
func dictionary(all []template) (dict []string, number map[string]uint16, err error) {
	count := map[string]int{}
	for _, t := range all {
		for _, w := range t.words {
			if w[0] != 0 {
				count[w]++
			}
		}
	}
	for w := range count {
		dict = append(dict, w)
	}
	if len(dict) >= math.MaxUint16 {
		return nil, nil, fmt.Errorf("%d different words are too many", len(dict))
	}
	sort.Slice(dict, func(i, j int) bool {
		if a, b := count[dict[i]], count[dict[j]]; a != b {
			return a > b
		}
		return dict[i] < dict[j]
	})
	number = make(map[string]uint16, len(dict))
	for i, w := range dict {
		number[w] = uint16(i)
	}
	return dict, number, nil
}

// encode writes what readTemplates of package licenses reads; the format is told there.
func encode(all []template) ([]byte, error) {
	dict, number, err := dictionary(all)
	if err != nil {
		return nil, err
	}
	flats := make([]flat, len(all))
	words, free := make([][]uint16, len(all)), make([][]bool, len(all))
	for i, t := range all {
		if flats[i], err = flatten(t, number); err != nil {
			return nil, err
		}
		words[i], free[i] = flats[i].words, flats[i].free
	}
	prints := licenses.Prints(words, free)
	var names, table, texts, groups, gaps, positions []byte
	le := binary.LittleEndian
	for i, f := range flats {
		names = append(append(names, all[i].expr...), '\n')
		for _, v := range []int{int(all[i].kind), len(f.words), len(f.groups), len(f.gaps), len(prints[i])} {
			table = le.AppendUint16(table, uint16(v))
		}
		for _, w := range f.words {
			texts = le.AppendUint16(texts, w)
		}
		for _, g := range f.groups {
			groups = le.AppendUint16(le.AppendUint16(groups, g[0]), g[1])
		}
		for _, g := range f.gaps {
			gaps = le.AppendUint16(le.AppendUint16(gaps, g[0]), g[1])
		}
		last := 0
		for _, p := range prints[i] {
			positions = append(positions, byte(p-last))
			last = p
		}
	}
	var out, vocabulary []byte
	for _, w := range dict {
		vocabulary = append(append(vocabulary, w...), '\n')
	}
	out = le.AppendUint32(out, uint32(len(dict)))
	out = le.AppendUint32(out, uint32(len(all)))
	for _, part := range [][]byte{vocabulary, names, table, texts, groups, gaps, positions} {
		out = append(le.AppendUint32(out, uint32(len(part))), part...)
	}
	fmt.Printf("%d templates, %d different words, %d words, %d prints\n", len(all), len(dict), len(texts)/2, len(positions))
	return out, nil
}
