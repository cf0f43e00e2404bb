// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// assemble turns a program over characters into one over the bytes of UTF-8; false when it is too long.
func (d *lineDFA) assemble(prog *syntax.Prog) bool {
	d.insts = make([]byteInst, len(prog.Inst))
	d.start = prog.Start
	a := &byteAssembler{d: d, shared: map[byteTransition]int{}}
	for i, in := range prog.Inst {
		to := &d.insts[i]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			*to = byteInst{op: opSplit, out: int(in.Out), other: int(in.Arg)}
		case syntax.InstCapture, syntax.InstNop:
			*to = byteInst{op: opGo, out: int(in.Out)}
		case syntax.InstEmptyWidth:
			*to = byteInst{op: opAssert, out: int(in.Out), assert: syntax.EmptyOp(in.Arg)}
			d.asserts = true
		case syntax.InstMatch:
			to.op = opMatch
		case syntax.InstFail:
			to.op = opFail
		default:
			a.ranges = nil
			for _, r := range runeRanges(in) {
				a.add(r[0], r[1], int(in.Out))
			}
			d.insts[i] = byteInst{op: opByte, ranges: a.ranges} // not through to: the list may have moved
		}
		if len(d.insts) > maxByteInsts || a.total > maxByteInsts {
			return false
		}
	}
	return true
}

// runeRanges gives the characters that an instruction takes.
func runeRanges(in syntax.Inst) (ranges [][2]rune) {
	switch in.Op {
	case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return [][2]rune{{0, '\n' - 1}, {'\n' + 1, unicode.MaxRune}}
	}
	if len(in.Rune) == 1 { // one character, perhaps in any case
		r := in.Rune[0]
		ranges = [][2]rune{{r, r}}
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
				ranges = append(ranges, [2]rune{v, v})
			}
		}
		return ranges
	}
	for i := 0; i+1 < len(in.Rune); i += 2 {
		ranges = append(ranges, [2]rune{in.Rune[i], in.Rune[i+1]})
	}
	return ranges
}

// byteAssembler makes the instructions for the characters of one instruction. Ends that several characters share are
// made once.
type byteAssembler struct {
	d      *lineDFA
	shared map[byteTransition]int
	ranges []byteTransition // of the first byte
	total  int
}

// add takes the characters lo to hi, which lead to out. A range is cut until the UTF-8 of its characters is the product of
// one range for each byte (Ken Thompson's way, as in RE2).
func (a *byteAssembler) add(lo, hi rune, out int) {
	const firstSurrogate, lastSurrogate = 0xD800, 0xDFFF // they are no characters
	if lo <= lastSurrogate && hi >= firstSurrogate {
		if lo < firstSurrogate {
			a.add(lo, firstSurrogate-1, out)
		}
		if hi > lastSurrogate {
			a.add(lastSurrogate+1, hi, out)
		}
		return
	}
	for _, last := range [...]rune{0x7F, 0x7FF, 0xFFFF} { // of each length
		if lo <= last && hi > last {
			a.add(lo, last, out)
			a.add(last+1, hi, out)
			return
		}
	}
	for bits := 6; bits <= 18 && hi >= utf8.RuneSelf; bits += 6 {
		low := rune(1)<<bits - 1
		if lo&^low == hi&^low {
			break // they differ in the last bytes only
		}
		if lo&low != 0 {
			a.add(lo, lo|low, out)
			a.add((lo|low)+1, hi, out)
			return
		}
		if hi&low != low {
			a.add(lo, hi&^low-1, out)
			a.add(hi&^low, hi, out)
			return
		}
	}
	var first, last [utf8.UTFMax]byte
	n := utf8.EncodeRune(first[:], lo)
	utf8.EncodeRune(last[:], hi)
	for i := n - 1; i > 0; i-- {
		out = a.suffix(byteTransition{first[i], last[i], out})
	}
	a.ranges = append(a.ranges, byteTransition{first[0], last[0], out})
	a.total++
}

// suffix gives the instruction that takes one byte.
func (a *byteAssembler) suffix(t byteTransition) int {
	if i, ok := a.shared[t]; ok {
		return i
	}
	a.d.insts = append(a.d.insts, byteInst{op: opByte, ranges: []byteTransition{t}})
	i := len(a.d.insts) - 1
	a.shared[t] = i
	return i
}
