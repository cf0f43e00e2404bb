// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"fmt"
	"sort"
)

// A lineIndex knows where the lines of a text start and which of them are blank. A line ends at '\n', as in git and in
// SWHIDs; what follows the last '\n' is a line when it is not empty.
type lineIndex struct {
	starts []int32 // offset of each line, then the length of the text
	full   []int32 // full[n] is how many of the first n lines are not blank
}

func newLineIndex(src []byte) lineIndex {
	n := bytes.Count(src, []byte{'\n'})
	if len(src) > 0 && src[len(src)-1] != '\n' {
		n++
	}
	both := make([]int32, 2*(n+1))
	l := lineIndex{starts: both[: 0 : n+1], full: both[n+1 : n+1 : 2*(n+1)]}
	l.full = append(l.full, 0)
	filled := int32(0)
	for off := 0; off < len(src); {
		l.starts = append(l.starts, int32(off))
		end := bytes.IndexByte(src[off:], '\n')
		if end < 0 {
			end = len(src) - off
		}
		for _, c := range src[off : off+end] {
			if !isBlank(c) {
				filled++
				break
			}
		}
		l.full = append(l.full, filled)
		off += end + 1
	}
	l.starts = append(l.starts, int32(len(src)))
	return l
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' }

func (l lineIndex) count() int { return len(l.starts) - 1 }

// blank tells whether line n, from 1, holds only white space.
func (l lineIndex) blank(n int) bool { return l.full[n] == l.full[n-1] }

// filled counts the lines from start to end that are not blank.
func (l lineIndex) filled(start, end int) int {
	if end < start {
		return 0
	}
	return int(l.full[end] - l.full[start-1])
}

// line gives the number, from 1, of the line that holds an offset.
func (l lineIndex) line(off int) int {
	return sort.Search(l.count(), func(i int) bool { return int(l.starts[i]) > off })
}

// text gives line n without its end.
func (l lineIndex) text(src []byte, n int) []byte {
	return bytes.TrimRight(src[l.starts[n-1]:l.starts[n]], "\r\n")
}

// CheckBlocks verifies what Splitter promises of blocks cut from src: order, nesting, parents, that every line which
// is not blank is covered, and that no block has more than MaxBlockLines own lines that are not blank.
func CheckBlocks(src []byte, blocks []Block) error {
	lines := newLineIndex(src)
	own := make([]int, len(blocks))
	var open []int
	covered := 0 // last line that a block without parent covers
	for i, b := range blocks {
		switch {
		case b.Start < 1 || b.End < b.Start || b.End > lines.count():
			return fmt.Errorf("block %d: lines %d-%d of a file of %d lines", i, b.Start, b.End, lines.count())
		case b.Doc < 0 || b.Doc > b.End-b.Start:
			return fmt.Errorf("block %d: %d lines of comment in lines %d-%d", i, b.Doc, b.Start, b.End)
		case i > 0 && compareBlocks(blocks[i-1], b) >= 0:
			return fmt.Errorf("block %d (%d-%d) does not sort after %d-%d", i, b.Start, b.End, blocks[i-1].Start, blocks[i-1].End)
		}
		for len(open) > 0 && blocks[open[len(open)-1]].End < b.Start {
			open = open[:len(open)-1]
		}
		parent := -1
		if len(open) > 0 {
			parent = open[len(open)-1]
		}
		if b.Parent != parent {
			return fmt.Errorf("block %d (%d-%d): parent is %d, not %d", i, b.Start, b.End, parent, b.Parent)
		}
		own[i] = lines.filled(b.Start, b.End)
		if parent >= 0 {
			if b.End > blocks[parent].End {
				return fmt.Errorf("block %d (%d-%d) crosses the end of %d-%d", i, b.Start, b.End, blocks[parent].Start, blocks[parent].End)
			}
			own[parent] -= own[i]
		} else {
			if n := lines.filled(covered+1, b.Start-1); n > 0 {
				return fmt.Errorf("%d lines between %d and %d are in no block", n, covered+1, b.Start-1)
			}
			covered = b.End
		}
		open = append(open, i)
	}
	if n := lines.filled(covered+1, lines.count()); n > 0 {
		return fmt.Errorf("%d lines after line %d are in no block", n, covered)
	}
	for i, n := range own {
		if n > MaxBlockLines {
			return fmt.Errorf("block %d (%d-%d) has %d own lines", i, blocks[i].Start, blocks[i].End, n)
		}
	}
	return nil
}
