// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"io"
	"regexp"
	"regexp/syntax"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// textMatcher says whether lines of code have an exact text or match a regular expression. It is safe for concurrent use.
type textMatcher struct {
	literal *finder        // the text; nil for a regular expression
	line    *regexp.Regexp // for one line; nil for a text, as what follows
	need    []*finder      // one of these stands in every line that matches; empty when nothing is known
	shorter int            // no line with fewer bytes matches
	insts   int
	quick   func() *lineDFA       // which lines match; gives nil where it would be too large
	asked   atomic.Int32          // lines that mayMatch was asked about
	dirty   func() *regexp.Regexp // line for text that is not UTF-8, see cleaned
	grams   *gramQuery
}

// newExactMatcher looks for text as it stands.
func newExactMatcher(text string, fold bool) *textMatcher {
	return &textMatcher{literal: newFinder(text, fold), grams: literalGrams(foldRunes([]rune(text))).lighten()}
}

// newRegexpMatcher looks for lines that match.
func newRegexpMatcher(source string, fold bool) (*textMatcher, error) {
	tree, insts, err := lineRegexp(source, fold)
	if err != nil {
		return nil, err
	}
	simple := tree.Simplify()
	m := &textMatcher{insts: insts, grams: regexpGrams(simple), shorter: shortestMatch(simple)}
	if tree.Op == syntax.OpLiteral && (tree.Flags&syntax.FoldCase != 0) == fold {
		m.literal = newFinder(string(tree.Rune), fold)
		return m, nil
	}
	if m.line, err = compileLine(tree); err != nil {
		return nil, err
	}
	m.dirty = sync.OnceValue(func() *regexp.Regexp { return dirtyRegexp(source, fold, m.line) })
	m.quick = sync.OnceValue(func() *lineDFA { return newLineDFA(tree) })
	r := requiredTexts(simple)
	for _, text := range r.texts {
		m.need = append(m.need, newFinder(text, r.fold))
	}
	return m, nil
}

// maxRun bounds the work (instructions × bytes) that one call of the regexp package may do, since such a call cannot be
// stopped: about 20 ms. Longer texts are fed rune by rune.
const maxRun = 1 << 21

// textFacts is what is known of a text beforehand.
type textFacts struct {
	latin1 bool // it may not be UTF-8
	plain  bool // isPlain holds
}

// match looks in text, which is whole lines, and says whether a line matches and whether some match is a whole word: not
// within a longer one. When stop is set, the answer may be no too early.
func (m *textMatcher) match(text []byte, facts textFacts, stop *atomic.Bool) (found, whole bool) {
	if m.literal != nil {
		for at, tries := 0, 0; at <= len(text) && tries < 16; tries++ {
			start, end, ok := m.literal.next(text, at, facts.plain)
			if !ok {
				return found, false
			}
			if found = true; wholeWord(text, start, end) {
				return true, true
			}
			at = max(end, start+1)
		}
		return found, false
	}
	if len(m.need) > 0 {
		return m.matchNeeded(text, facts, stop)
	}
	text = bytes.TrimSuffix(text, []byte("\n")) // or an expression would see an empty line after it
	for at := 0; at <= len(text) && !stop.Load(); {
		from, to, ok := m.nextLine(text, at, facts, stop)
		if !ok {
			break
		}
		f, w := m.run(text[from:to], facts, stop)
		found, whole = found || f, whole || w
		if whole {
			break
		}
		at = to + 1
	}
	return found, whole
}

// matchNeeded runs the expression over the lines that have a text that it needs.
func (m *textMatcher) matchNeeded(text []byte, facts textFacts, stop *atomic.Bool) (found, whole bool) {
	for _, need := range m.need {
		for at := 0; at < len(text) && !stop.Load(); {
			start, end, ok := need.next(text, at, facts.plain)
			if !ok {
				break
			}
			from, to := lineAround(text, start, end)
			if at = to + 1; !m.mayMatch(text[from:to], stop) {
				continue
			}
			f, w := m.run(text[from:to], facts, stop)
			found, whole = found || f, whole || w
			if whole {
				return true, true
			}
		}
	}
	return found, whole
}

// mayMatch is false for a line that the expression does not match.
func (m *textMatcher) mayMatch(line []byte, stop *atomic.Bool) bool {
	if len(line) < m.shorter {
		return false
	}
	if m.asked.Load() < fewLines {
		m.asked.Add(1)
		return true
	}
	quick := m.quick()
	if quick == nil {
		return true
	}
	at, ok := quick.find(line, 0, stop)
	return !ok || at >= 0
}

// fewLines is up to how many lines the regexp package is as fast as an automaton that has to be made first.
const fewLines = 64

// run gives a line to the expression. Only its first match is asked whether it is a whole word.
func (m *textMatcher) run(line []byte, facts textFacts, stop *atomic.Bool) (found, whole bool) {
	re := m.line
	if facts.latin1 && !utf8.Valid(line) {
		line, re = cleaned(line), m.dirty()
	}
	var at []int
	if len(line)*m.insts > maxRun {
		at = re.FindReaderIndex(&stoppableReader{text: line, stop: stop})
	} else {
		at = re.FindIndex(line)
	}
	return at != nil, at != nil && wholeWord(line, at[0], at[1])
}

// spans gives the byte ranges of a line's matches; at most max. raw is the line as the file has it, without its end.
func (m *textMatcher) spans(raw []byte, facts textFacts, max int) (spans [][2]int) {
	if m.literal != nil {
		for at := 0; len(spans) < max && at <= len(raw); {
			start, end, ok := m.literal.next(raw, at, facts.plain)
			if !ok {
				break
			}
			spans = append(spans, [2]int{start, end})
			at = end
		}
		return spans
	}
	text, re := raw, m.line
	dirty := facts.latin1 && !utf8.Valid(raw)
	if dirty {
		text, re = cleaned(raw), m.dirty()
	}
	if len(text)*m.insts > maxRun {
		return nil
	}
	for _, at := range re.FindAllIndex(text, max) {
		s := [2]int{at[0], at[1]}
		if dirty {
			s = [2]int{rawOffset(raw, s[0]), rawOffset(raw, s[1])}
		}
		spans = append(spans, s)
	}
	return spans
}

// nextLine gives the bounds of the first line of text, from at on, that may match. A line starts at at.
func (m *textMatcher) nextLine(text []byte, at int, facts textFacts, stop *atomic.Bool) (from, to int, ok bool) {
	f := m.literal
	if f == nil && len(m.need) == 1 {
		f = m.need[0]
	}
	if f != nil {
		start, end, ok := f.next(text, at, facts.plain)
		if !ok {
			return 0, 0, false
		}
		from, to = lineAround(text, start, end)
		return from, to, true
	}
	if quick := m.quick(); quick != nil {
		if place, ok := quick.find(text, at, stop); ok {
			if place < 0 {
				return 0, 0, false
			}
			from, to = lineAround(text, place, place)
			return from, to, true
		}
	}
	for ; at <= len(text); at = to + 1 {
		if _, to = lineAround(text, at, at); to-at >= m.shorter {
			return at, to, true
		}
	}
	return 0, 0, false
}

// stoppableReader ends early when stop is set, which makes the regexp package return.
type stoppableReader struct {
	text []byte
	at   int
	stop *atomic.Bool
}

func (r *stoppableReader) ReadRune() (rune, int, error) {
	if r.at >= len(r.text) || r.at&1023 < 4 && r.stop.Load() {
		return 0, 0, io.EOF
	}
	if c := r.text[r.at]; c < utf8.RuneSelf {
		r.at++
		return rune(c), 1, nil
	}
	c, n := utf8.DecodeRune(r.text[r.at:])
	r.at += n
	return c, n, nil
}

// lineAround gives the bounds of the line that holds text[start:end], its newline left out.
func lineAround(text []byte, start, end int) (from, to int) {
	from = bytes.LastIndexByte(text[:start], '\n') + 1
	if n := bytes.IndexByte(text[end:], '\n'); n >= 0 {
		return from, end + n
	}
	return from, len(text)
}

// wholeWord tells whether text[start:end] is not the inside of a longer word.
func wholeWord(text []byte, start, end int) bool {
	if start == end {
		return false
	}
	before := start > 0 && isWordByte(text[start-1]) && isWordByte(text[start])
	after := end < len(text) && isWordByte(text[end]) && isWordByte(text[end-1])
	return !before && !after
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// In text that is not UTF-8 no character of an expression matches a byte that belongs to none, as with ripgrep. The
// regexp package takes such a byte for U+FFFD, so each is replaced by a code point that stands in no text, and the
// expression is compiled so that nothing in it matches that.
const noCharacter = '\U0010FFFF'

func cleaned(text []byte) []byte {
	out := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			out = utf8.AppendRune(out, noCharacter)
		} else {
			out = append(out, text[:n]...)
		}
		text = text[n:]
	}
	return out
}

// rawOffset gives the place in raw of an offset in its cleaned form.
func rawOffset(raw []byte, cleanedAt int) int {
	at, c := 0, 0
	for at < len(raw) && c < cleanedAt {
		r, n := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && n == 1 {
			c += utf8.RuneLen(noCharacter)
		} else {
			c += n
		}
		at += n
	}
	return at
}

func dirtyRegexp(source string, fold bool, otherwise *regexp.Regexp) *regexp.Regexp {
	tree, _, err := lineRegexp(source, fold)
	if err != nil {
		return otherwise
	}
	re, err := compileLine(onlyCharacters(tree))
	if err != nil {
		return otherwise
	}
	return re
}

// onlyCharacters takes noCharacter out of everything in the tree.
func onlyCharacters(re *syntax.Regexp) *syntax.Regexp {
	switch re.Op {
	case syntax.OpAnyCharNotNL:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, '\n' - 1, '\n' + 1, noCharacter - 1}}
	case syntax.OpCharClass:
		class := append([]rune(nil), re.Rune...)
		if n := len(class); n > 0 && class[n-1] == noCharacter {
			if class[n-1]--; class[n-2] > class[n-1] {
				class = class[:n-2]
			}
		}
		if len(class) == 0 {
			return &syntax.Regexp{Op: syntax.OpNoMatch}
		}
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: class, Flags: re.Flags}
	}
	for i, sub := range re.Sub {
		re.Sub[i] = onlyCharacters(sub)
	}
	return re
}
