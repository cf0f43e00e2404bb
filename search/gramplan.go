// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"regexp/syntax"
	"slices"
	"strings"

	"communs/indexer"
)

// The plan of a regular expression follows Russ Cox, "Regular Expression Matching with a Trigram Index" (2012): for each
// part of the expression, what is known of the texts that it matches, folded as the trigrams are.
type textInfo struct {
	empty  bool       // may match the empty text
	exact  []string   // all texts that it matches; nil when they are too many or unknown
	prefix []string   // with exact nil: each match starts with one of these
	suffix []string   // with exact nil: each match ends with one of these
	match  *gramQuery // holds for each match
	turns  []string   // of [x]+, with exact nil: all characters that one turn matches, when they are few
}

// How large the sets may grow before they are cut down to trigrams.
const (
	maxExact   = 16
	maxAffixes = 256
	maxClass   = 128
	maxLetters = 32 // [a-z] is looked up, \w is not: it costs more than it narrows
	maxCross   = 1024
)

// regexpGrams is the condition on trigrams that every line matched by the expression fulfils. The tree comes from
// lineRegexp, so a match holds no newline.
func regexpGrams(re *syntax.Regexp) *gramQuery {
	i := analyse(re)
	i.simplify(true)
	q := i.match
	if i.exact != nil {
		q = q.and(anyOf(i.exact))
	} else {
		q = q.and(anyOf(i.prefix)).and(anyOf(i.suffix))
	}
	if q = q.lighten(); q.op == gramAll {
		return classGrams(re)
	}
	return q
}

func anyText() *textInfo {
	return &textInfo{empty: true, prefix: []string{""}, suffix: []string{""}, match: &gramQuery{}}
}

func anyRune() *textInfo {
	return &textInfo{prefix: []string{""}, suffix: []string{""}, match: &gramQuery{}}
}

func onlyText(texts ...string) *textInfo {
	return &textInfo{empty: slices.Contains(texts, ""), exact: unique(texts), match: &gramQuery{}}
}

func noText() *textInfo {
	return &textInfo{exact: []string{}, match: &gramQuery{op: gramNone}}
}

func analyse(re *syntax.Regexp) *textInfo {
	var i *textInfo
	switch re.Op {
	case syntax.OpNoMatch:
		return noText()
	case syntax.OpLiteral:
		i = onlyText(foldRunes(re.Rune))
	case syntax.OpCharClass:
		i = class(re.Rune)
	case syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		return anyRune()
	case syntax.OpCapture:
		return analyse(re.Sub[0])
	case syntax.OpConcat:
		i = sequence(re.Sub)
	case syntax.OpAlternate:
		i = noText()
		for _, sub := range re.Sub {
			i = alternate(i, analyse(sub))
			i.simplify(false)
		}
	case syntax.OpQuest:
		i = alternate(analyse(re.Sub[0]), onlyText(""))
	case syntax.OpStar:
		return anyText()
	case syntax.OpPlus: // its first and its last turn are matches of the part
		i = analyse(re.Sub[0])
		if i.exact != nil {
			i.match = i.match.and(anyOf(i.exact))
			if re.Sub[0].Op == syntax.OpCharClass {
				i.turns = i.exact
			}
			i.prefix, i.suffix, i.exact = i.exact, i.exact, nil
		}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return onlyText("")
	default: // simplified trees have no other
		return anyText()
	}
	i.simplify(false)
	return i
}

// sequence puts parts side by side: from the left, and once more from the right, where a part that repeats is followed
// by itself or by the next one.
func sequence(subs []*syntax.Regexp) *textInfo {
	left, right, repeats := onlyText(""), onlyText(""), false
	infos := make([]textInfo, len(subs))
	for j, sub := range subs {
		infos[j] = *analyse(sub)
		repeats = repeats || infos[j].turns != nil
		info := infos[j]
		left = concat(left, &info)
		left.simplify(false)
	}
	if !repeats {
		return left
	}
	for j := len(infos) - 1; j >= 0; j-- {
		info := infos[j]
		if n := len(info.turns); n > 0 && j+1 < len(infos) && n*(n+len(right.starts())) <= maxAffixes {
			again := &textInfo{prefix: info.turns, suffix: []string{""}, match: &gramQuery{}}
			if n*n*(n+len(right.starts())) <= maxAffixes { // two turns, where that is not too much
				next := *right
				again = concat(onlyText(info.turns...), alternate(again, &next))
			}
			right = concat(onlyText(info.turns...), alternate(again, right))
		} else {
			right = concat(&info, right)
		}
		right.simplify(false)
	}
	left.match = left.match.and(right.match)
	if left.exact == nil && right.exact == nil {
		left.prefix = right.prefix
	}
	return left
}

func class(ranges []rune) *textInfo {
	n := 0
	for i := 0; i < len(ranges); i += 2 {
		if n += int(ranges[i+1]-ranges[i]) + 1; n > maxClass {
			return anyRune()
		}
	}
	var texts []string
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			texts = append(texts, foldRunes([]rune{r}))
		}
	}
	if texts = unique(texts); len(texts) > maxLetters {
		return anyRune()
	}
	return onlyText(texts...)
}

func foldRunes(runes []rune) string { return string(indexer.Fold(nil, []byte(string(runes)))) }

func concat(x, y *textInfo) *textInfo {
	out := &textInfo{empty: x.empty && y.empty, match: x.match.and(y.match)}
	if x.exact != nil && y.exact != nil {
		if len(x.exact)*len(y.exact) <= maxCross {
			out.exact = cross(x.exact, y.exact)
			return out
		}
		out.match = out.match.and(anyOf(x.exact)).and(anyOf(y.exact)).and(anyOf(joints(x.exact, y.exact, 2, 1))).
			and(anyOf(joints(x.exact, y.exact, 1, 2)))
		out.prefix, out.suffix = cross(x.exact, []string{""}), cross(y.exact, []string{""})
		if x.empty {
			out.prefix = []string{""}
		}
		if y.empty {
			out.suffix = []string{""}
		}
		return out
	}
	switch {
	case x.exact != nil:
		out.prefix = cross(x.exact, y.prefix)
	case x.empty:
		out.prefix = unique(slices.Concat(x.prefix, y.starts()))
	default:
		out.prefix = x.prefix
	}
	switch {
	case y.exact != nil:
		out.suffix = cross(x.suffix, y.exact)
	case y.empty:
		out.suffix = unique(slices.Concat(y.suffix, x.ends()))
	default:
		out.suffix = y.suffix
	}
	// What x ends with and y starts with stands side by side.
	if x.exact == nil && y.exact == nil && !x.empty && !y.empty {
		out.match = out.match.and(anyOf(joints(x.suffix, y.prefix, 2, 1))).and(anyOf(joints(x.suffix, y.prefix, 1, 2)))
	}
	return out
}

// joints gives what stands side by side where a text of x is followed by one of y: the last a bytes and the first b. It
// is the empty text when they are too many to be of use.
func joints(x, y []string, a, b int) []string {
	ends, starts := make([]string, len(x)), make([]string, len(y))
	for i, s := range x {
		ends[i] = s[max(0, len(s)-a):]
	}
	for i, s := range y {
		starts[i] = s[:min(len(s), b)]
	}
	ends, starts = unique(ends), unique(starts)
	if len(ends)*len(starts) > maxAffixes {
		return []string{""}
	}
	return cross(ends, starts)
}

func alternate(x, y *textInfo) *textInfo {
	out := &textInfo{empty: x.empty || y.empty}
	if x.exact != nil && y.exact != nil {
		out.exact = unique(slices.Concat(x.exact, y.exact))
		out.match = x.match.or(y.match)
		return out
	}
	out.prefix = unique(slices.Concat(x.starts(), y.starts()))
	out.suffix = unique(slices.Concat(x.ends(), y.ends()))
	if x.exact != nil {
		x.match = x.match.and(anyOf(x.exact))
	}
	if y.exact != nil {
		y.match = y.match.and(anyOf(y.exact))
	}
	out.match = x.match.or(y.match)
	return out
}

func (i *textInfo) starts() []string {
	if i.exact != nil {
		return i.exact
	}
	return i.prefix
}

func (i *textInfo) ends() []string {
	if i.exact != nil {
		return i.exact
	}
	return i.suffix
}

// simplify keeps the sets small, putting what they said into the trigram condition first.
func (i *textInfo) simplify(force bool) {
	if i.exact != nil && (tooMany(i.exact) || force && shortest(i.exact) >= 3) {
		i.match = i.match.and(anyOf(i.exact))
		i.prefix, i.suffix, i.exact = i.exact, i.exact, nil
	}
	if i.exact != nil {
		return
	}
	i.prefix = i.shorten(i.prefix, func(s string, n int) string { return s[:n] })
	i.suffix = i.shorten(i.suffix, func(s string, n int) string { return s[len(s)-n:] })
}

// tooMany tells whether a set is too large to be kept whole: of one or two bytes each, there may be more.
func tooMany(set []string) bool {
	return len(set) > maxExact && (len(set) > maxClass || slices.ContainsFunc(set, func(s string) bool { return len(s) > 2 }))
}

// shorten records a set's trigrams and cuts its texts until it is small. Two bytes are enough to go on: the trigrams
// that lie across the cut are recorded here.
func (i *textInfo) shorten(set []string, cut func(s string, n int) string) []string {
	if slices.Contains(set, "") { // everything starts and ends with that
		return []string{""}
	}
	i.match = i.match.and(anyOf(set))
	for n := 2; n >= 0; n-- {
		out := make([]string, len(set))
		for j, s := range set {
			out[j] = s
			if len(s) > n {
				out[j] = cut(s, n)
			}
		}
		set = unique(out)
		if len(set) <= maxAffixes {
			return set
		}
	}
	return []string{""}
}

func shortest(set []string) int {
	n := 1 << 30
	for _, s := range set {
		n = min(n, len(s))
	}
	return n
}

// cross gives each of x followed by each of y; when that is too many, the empty text, with which everything starts and
// ends.
func cross(x, y []string) []string {
	if len(x)*len(y) > maxCross {
		return []string{""}
	}
	out := make([]string, 0, len(x)*len(y))
	for _, a := range x {
		for _, b := range y {
			out = append(out, a+b)
		}
	}
	return unique(out)
}

func unique(set []string) []string {
	out := slices.Clone(set)
	slices.SortFunc(out, strings.Compare)
	return slices.Compact(out)
}
