// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
)

// lineDFA finds the lines that match a regular expression, in a time that grows with the text alone. It is a
// deterministic automaton over bytes whose states are made when they are first met (Cox, "Regular Expression Matching in
// the Wild", 2010). It tells that a line matches, not where: that is asked of the regexp package, about that line only.
// It is safe for concurrent use.
type lineDFA struct {
	insts   []byteInst
	start   int
	asserts bool // something in the expression looks at what is around it: ^ $ \b \B
	classes [256]uint8

	begin   *dfaState // at the start of a line
	matched *dfaState // reached as soon as the line is known to match

	mu     sync.Mutex // held while a state is made
	states map[string]*dfaState
	size   int         // bytes that the states weigh
	full   atomic.Bool // they weigh too much
	seen   []bool      // by instruction, while a state is made
}

// byteInst is one instruction of the nondeterministic automaton.
type byteInst struct {
	op     byteOp
	out    int              // the next one, of opGo, opSplit and opAssert
	other  int              // of opSplit
	assert syntax.EmptyOp   // of opAssert
	ranges []byteTransition // of opByte
}

type byteOp uint8

const (
	opFail byteOp = iota
	opMatch
	opGo
	opSplit
	opAssert
	opByte
)

// byteTransition leads from a byte between lo and hi to an instruction.
type byteTransition struct {
	lo, hi byte
	out    int
}

// dfaState is a set of instructions, with what stands before the next byte.
type dfaState struct {
	next   [256]atomic.Pointer[dfaState] // by byte; nil: not made yet
	insts  []int                         // opByte, opMatch and opAssert, ascending
	before lookBehind
}

// lookBehind is what an assertion asks of the byte before.
type lookBehind uint8

const (
	atLineStart lookBehind = 1 << iota
	afterWord
)

// How much an expression may take before its lines are given to the regexp package one by one: instructions, and bytes
// for all states.
const (
	maxByteInsts = 20_000
	maxDFABytes  = 8 << 20
)

// newLineDFA makes the automaton of a tree that lineRegexp gave; nil when it would be too large.
func newLineDFA(tree *syntax.Regexp) *lineDFA {
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil
	}
	d := &lineDFA{states: map[string]*dfaState{}}
	if !d.assemble(prog) {
		return nil
	}
	d.classify()
	d.seen = make([]bool, len(d.insts))
	d.matched = &dfaState{}
	var first []int
	if d.add(&first, d.start) {
		d.begin = d.matched
	} else {
		d.begin = d.state(first, atLineStart)
	}
	return d
}

// find gives a place in the first line of text, from at on, that matches; at is where a line starts. -1: no line does.
// ok is false when the automaton has grown too large to answer, or when stop was set while it grew.
func (d *lineDFA) find(text []byte, at int, stop *atomic.Bool) (place int, ok bool) {
	s := d.begin
	if s == d.matched {
		return at, true
	}
	matched := d.matched
	for i := at; i < len(text); i++ {
		t := s.next[text[i]].Load()
		if t == nil {
			if t = d.step(s, text[i], stop); t == nil {
				return -1, false
			}
		}
		if s = t; s == matched {
			return i, true
		}
	}
	t := s.next['\n'].Load()
	if t == nil {
		if t = d.step(s, '\n', stop); t == nil {
			return -1, false
		}
	}
	if t == matched {
		return len(text), true
	}
	return -1, true
}

// step makes the state that follows s after c and the bytes of its class; nil when there is no room or no time for more.
func (d *lineDFA) step(s *dfaState, c byte, stop *atomic.Bool) *dfaState {
	if d.full.Load() || stop.Load() {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.after(s, c)
	if t == nil {
		return nil
	}
	for other, class := range d.classes {
		if class == d.classes[c] {
			s.next[other].Store(t)
		}
	}
	return t
}

func (d *lineDFA) after(s *dfaState, c byte) *dfaState {
	insts := s.insts
	if d.asserts {
		var matches bool
		if insts, matches = d.resolve(s, c); matches {
			return d.matched
		}
	}
	if c == '\n' {
		return d.begin
	}
	clear(d.seen)
	var set []int
	for _, i := range insts {
		for _, r := range d.insts[i].ranges {
			if r.lo <= c && c <= r.hi && d.add(&set, r.out) {
				return d.matched
			}
		}
	}
	if d.add(&set, d.start) { // a match may start anywhere
		return d.matched
	}
	var before lookBehind
	if d.asserts && isASCIIWord(c) {
		before = afterWord
	}
	return d.state(set, before)
}

// resolve gives a state's instructions with those behind the assertions that hold before c.
func (d *lineDFA) resolve(s *dfaState, c byte) (insts []int, matches bool) {
	var holds syntax.EmptyOp
	if s.before&atLineStart != 0 {
		holds |= syntax.EmptyBeginLine | syntax.EmptyBeginText
	}
	if c == '\n' {
		holds |= syntax.EmptyEndLine | syntax.EmptyEndText
	}
	if (s.before&afterWord != 0) != isASCIIWord(c) {
		holds |= syntax.EmptyWordBoundary
	} else {
		holds |= syntax.EmptyNoWordBoundary
	}
	clear(d.seen)
	for _, i := range s.insts {
		d.seen[i] = true
	}
	insts = slices.Clone(s.insts)
	for at := 0; at < len(insts); at++ {
		if in := d.insts[insts[at]]; in.op == opAssert && in.assert&^holds == 0 && d.add(&insts, in.out) {
			return nil, true
		}
	}
	return insts, false
}

// add appends to set what can be reached from an instruction without a byte, and tells whether the match is.
func (d *lineDFA) add(set *[]int, from int) (matches bool) {
	todo := []int{from}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if d.seen[i] {
			continue
		}
		d.seen[i] = true
		switch in := d.insts[i]; in.op {
		case opMatch:
			return true
		case opGo:
			todo = append(todo, in.out)
		case opSplit:
			todo = append(todo, in.other, in.out)
		case opByte, opAssert:
			*set = append(*set, i)
		}
	}
	return false
}

// state gives the state of a set, which is made when there is none; nil when there is no room.
func (d *lineDFA) state(set []int, before lookBehind) *dfaState {
	slices.Sort(set)
	key := make([]byte, 1, 1+2*len(set))
	key[0] = byte(before)
	last := 0
	for _, i := range set {
		key = binary.AppendUvarint(key, uint64(i-last))
		last = i
	}
	if s, ok := d.states[string(key)]; ok {
		return s
	}
	if d.size += 2300 + len(key) + 8*len(set); d.size > maxDFABytes {
		d.full.Store(true)
		return nil
	}
	s := &dfaState{insts: slices.Clone(set), before: before}
	d.states[string(key)] = s
	return s
}

// classify puts the bytes that nothing in the expression tells apart into one class.
func (d *lineDFA) classify() {
	var edge [257]bool // a class starts here
	mark := func(lo, hi byte) { edge[lo], edge[int(hi)+1] = true, true }
	mark('\n', '\n')
	for _, in := range d.insts {
		for _, r := range in.ranges {
			mark(r.lo, r.hi)
		}
	}
	if d.asserts {
		mark('0', '9')
		mark('A', 'Z')
		mark('_', '_')
		mark('a', 'z')
	}
	class := uint8(0)
	for c := range 256 {
		if c > 0 && edge[c] {
			class++
		}
		d.classes[c] = class
	}
}

// isASCIIWord is what \b takes for a letter of a word.
func isASCIIWord(c byte) bool { return c < 0x80 && isWordByte(c) }
