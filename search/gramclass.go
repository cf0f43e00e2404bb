// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// Expressions such as [A-Z]{2}[0-9]{3} have no text that could be looked up, but each three of their characters in a row
// are among some thousands of trigrams, which few blocks hold. That is asked where nothing else narrows an expression down.

// byteSet is which bytes may stand at a place of the folded text; nil where nothing is known.
type byteSet []byte

// How many trigrams three places, or all alternatives, may have together, and how many such conditions one expression may get.
const (
	maxWindow  = 8192
	maxWindows = 2
)

// classGrams is a condition on trigrams that every line matched by the expression fulfils. The tree is one that
// regexpGrams takes.
func classGrams(re *syntax.Regexp) *gramQuery {
	q := &gramQuery{}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return classGrams(re.Sub[0])
	case syntax.OpAlternate:
		q.op = gramNone
		for _, sub := range re.Sub {
			if q = q.or(classGrams(sub)); q.op == gramAll || q.weight() > maxWindow {
				return &gramQuery{} // so many together say nothing, and cost time to put together
			}
		}
		return q
	}
	for _, w := range rarestWindows(placesOf(nil, re)) {
		q = q.and(w)
	}
	if q.op == gramAll && re.Op == syntax.OpConcat {
		for _, sub := range re.Sub {
			if q.op == gramAll {
				q = classGrams(sub)
			}
		}
	}
	return q
}

// placesOf appends what may stand at each place of a match, with a nil where any text may stand.
func placesOf(to []byteSet, re *syntax.Regexp) []byteSet {
	switch re.Op {
	case syntax.OpLiteral:
		for _, b := range []byte(foldRunes(re.Rune)) {
			to = append(to, byteSet{b})
		}
		return to
	case syntax.OpCharClass:
		return append(to, classBytes(re.Rune))
	case syntax.OpCapture:
		return placesOf(to, re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			to = placesOf(to, sub)
		}
		return to
	case syntax.OpPlus: // it starts with a match of its part, and ends with one
		if part := re.Sub[0]; part.Op == syntax.OpCharClass || part.Op == syntax.OpLiteral {
			return placesOf(append(placesOf(to, part), nil), part)
		}
		return append(to, nil)
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return to
	}
	return append(to, nil)
}

// classBytes gives the bytes that the characters of a class are in folded text; nil when one of them takes several.
func classBytes(ranges []rune) (set byteSet) {
	count := 0
	for i := 0; i < len(ranges); i += 2 {
		if count += int(ranges[i+1]-ranges[i]) + 1; count > unicode.MaxASCII+1 {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			folded := foldRunes([]rune{r})
			if len(folded) != 1 {
				return nil
			}
			set = append(set, folded[0])
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// rarestWindows gives the conditions of the three places in a row that leave the fewest trigrams.
func rarestWindows(places []byteSet) (out []*gramQuery) {
	type window struct{ at, size int }
	var windows []window
	for i := 0; i+3 <= len(places); i++ {
		if size := len(places[i]) * len(places[i+1]) * len(places[i+2]); size > 0 && size <= maxWindow {
			windows = append(windows, window{i, size})
		}
	}
	slices.SortStableFunc(windows, func(a, b window) int { return a.size - b.size })
	for _, w := range windows {
		q := windowGrams(places[w.at : w.at+3])
		if len(out) < maxWindows && !slices.ContainsFunc(out, q.equal) {
			out = append(out, q)
		}
	}
	return out
}

func windowGrams(places []byteSet) *gramQuery {
	q := &gramQuery{op: gramOr}
	for _, a := range places[0] {
		for _, b := range places[1] {
			for _, c := range places[2] {
				q.grams = append(q.grams, gramKey(string([]byte{a, b, c})))
			}
		}
	}
	slices.Sort(q.grams)
	if len(q.grams) == 1 {
		q.op = gramAnd
	}
	return q
}
