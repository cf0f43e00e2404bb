// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"math"

	"communs/indexer"
)

// rankTerm numbers the terms of a score. docs/ranking.md says what each is; keep both together.
type rankTerm int

const (
	termBM25 rankTerm = iota
	termIdentifier
	termName
	termWord
	termDefinition
	termPath
	termClarity
	termCopies
	termLiveness
	termTest
	termVendored
	termGenerated
	termMissing
	termComplete
	termNamed
	termNameShare
	termAround
	termLanguage
	termRelated
	termVerbatim
	numTerms
)

// ranking gives each term its name in the answer and its weight: in most questions, and in a relaxed one (see relax.go).
var ranking = [numTerms]struct {
	name            string
	weight, relaxed float64
}{
	termBM25:       {"bm25", 1, 0.7},
	termIdentifier: {"identifier", 2, 8},
	termName:       {"name", 4, 6},
	termWord:       {"word", 1.5, 1.5},
	termDefinition: {"definition", 1, 24},
	termPath:       {"path", 1, 0.5},
	termClarity:    {"clarity", 0.75, 0.3},
	termCopies:     {"copies", 0.5, 0.5},
	termLiveness:   {"liveness", 0.5, 0.5},
	termTest:       {"test", -1.5, -24},
	termVendored:   {"vendored", -1, -1},
	termGenerated:  {"generated", -2, -2},
	termMissing:    {"missing", 0, -4},
	termComplete:   {"complete", 0, 2.5},
	termNamed:      {"named", 0, 0.25},
	termNameShare:  {"name-share", 0, 2},
	termAround:     {"around", 0, 0.28},
	termLanguage:   {"language", 0, 1.5},
	termRelated:    {"related", 0, 1.4},
	termVerbatim:   {"verbatim", 0, 1.4},
}

// Weight is what a term of the ranking weighs: in most questions, and in a long one, of which not every word must be there.
type Weight struct {
	Term        string
	Usual, Long float64
}

// Weights lists the terms by which blocks are ranked, for whoever wants to know.
func Weights() []Weight {
	list := make([]Weight, 0, numTerms)
	for _, r := range ranking {
		list = append(list, Weight{r.name, r.weight, r.relaxed})
	}
	return list
}

// weight is what a term weighs in the question.
func (p *plan) weight(i int) float64 {
	if p.relaxed != nil {
		return ranking[i].relaxed
	}
	return ranking[i].weight
}

// values are the terms of one hit.
type values [numTerms]float64

// score sums the terms up. It is rounded, so that the same terms always give the same score.
func (v *values) score(p *plan) (sum float64) {
	if p.relaxed != nil {
		for i := range v {
			sum += v[i] * ranking[i].relaxed
		}
		return math.Round(sum*1e6) / 1e6
	}
	for i := range v {
		sum += v[i] * ranking[i].weight
	}
	return math.Round(sum*1e6) / 1e6
}

// why lists the terms that count.
func (v *values) why(p *plan) []Term {
	out := make([]Term, 0, 8)
	for i, value := range v {
		if weight := p.weight(i); value != 0 && weight != 0 {
			out = append(out, Term{ranking[i].name, value, weight})
		}
	}
	return out
}

// round keeps four decimals of a value that is not negative: what people can compare.
func round(v float64) float64 { return float64(int64(v*1e4+0.5)) / 1e4 }

// definition is how much a block's kind makes it what somebody looks for.
func definition(k indexer.Kind) float64 {
	switch k {
	case indexer.KindText:
		return 0
	case indexer.KindSection, indexer.KindRule, indexer.KindConstant, indexer.KindVariable, indexer.KindModule:
		return 0.5
	}
	return 1
}

// clarity is how readable a block is by itself: best from 4 to 60 lines, with a comment that says what it is for.
func clarity(row *indexer.BlockRow) float64 {
	lines := float64(row.End - row.Start + 1)
	v := 1.0
	switch {
	case lines < 4:
		v = lines / 4
	case lines > 60:
		v = max(0, 1-(lines-60)/240)
	}
	if row.Doc > 0 {
		return round(0.75*v + 0.25)
	}
	return round(0.75 * v)
}

// copiesValue grows with the logarithm of the number of places that hold the same file, those in forks of one another left out; 64 are the most that count.
func copiesValue(places int) float64 {
	return round(min(1, math.Log2(float64(max(1, places)))/6))
}

// nameValue is how well the block's name fits what the question looks for: 1 when it is that, or all of it in one; a half
// when it is a part of the name, a quarter when only letters are shared; averaged over the question's terms. folded is
// the name folded.
func (p *plan) nameValue(name string, folded []byte) float64 {
	if len(p.needles) == 0 || name == "" {
		return 0
	}
	sum, joined := 0.0, 0
	for i := range p.needles {
		n := &p.needles[i]
		sum += n.degree(name, folded)
		joined += len(n.bare)
	}
	sum /= float64(len(p.needles))
	if sum < 1 && len(name) >= joined && p.isJoined(folded, joined) {
		return 1
	}
	if p.extra != nil {
		sum = max(sum, p.joinedOthers(folded))
	}
	return round(sum)
}

// mayName is false when nameValue is 0 for a name.
func (p *plan) mayName(name string) bool {
	for i := range p.needles {
		if p.needles[i].mayStandIn(name) {
			return true
		}
	}
	return false
}

// mayPath is false when pathValue is 0 for a path.
func (p *plan) mayPath(path []byte) bool {
	for i := range p.needles {
		if n := &p.needles[i]; n.path && (holdsRare(path, n.rare) || n.othersMayStandIn(path)) {
			return true
		}
	}
	return false
}

// isJoined tells whether the name, its separators aside, is the question's terms one after the other.
func (p *plan) isJoined(folded []byte, length int) bool {
	at := 0
	var room [64]byte
	bare := room[:0]
	for _, c := range folded {
		if c != '_' && c != '-' && c != '.' && c != ':' {
			bare = append(bare, c)
		}
	}
	if len(bare) != length {
		return false
	}
	for i := range p.needles {
		n := p.needles[i].bare
		if string(bare[at:at+len(n)]) != n {
			return false
		}
		at += len(n)
	}
	return true
}

func nameDegree(needle, name string, folded []byte) float64 {
	if string(folded) == needle {
		return 1
	}
	if len(needle) > len(folded) {
		return 0
	}
	best := 0.0
	for at := 0; ; {
		i := bytes.Index(folded[at:], []byte(needle))
		if i < 0 {
			return best
		}
		i += at
		best = 0.25
		if len(folded) == len(name) && isPart(name, i, i+len(needle)) {
			if i+len(needle) == len(name) && (name[i-1] == '.' || name[i-1] == ':') { // the last part of a qualified name
				return 1
			}
			return 0.5
		}
		at = i + 1
	}
}

// isPart tells whether name[start:end] is one or more whole parts of an identifier: parseHTTPHeader, parse_header.
func isPart(name string, start, end int) bool {
	return partStarts(name, start) && (end == len(name) || partStarts(name, end))
}

func partStarts(name string, i int) bool {
	if i == 0 || i >= len(name) {
		return true
	}
	before, c := name[i-1], name[i]
	switch {
	case !isWordByte(before) || before == '_' || !isWordByte(c) || c == '_':
		return true
	case isCapital(c):
		return !isCapital(before) || i+1 < len(name) && isSmall(name[i+1])
	case isDigit(c):
		return !isDigit(before)
	}
	return isDigit(before)
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }
func isSmall(c byte) bool   { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool   { return c >= '0' && c <= '9' }

// pathValue is the part of the question's terms that stands in the path.
func (p *plan) pathValue(folded []byte) float64 {
	n, of := 0.0, 0
	for i := range p.needles {
		if p.needles[i].path {
			of++
			n += p.needles[i].inPath(folded)
		}
	}
	if of == 0 {
		return 0
	}
	return round(n / float64(of))
}

// flagNames are the words for flags in a hit.
func flagNames(f indexer.Flag) (names []string) {
	for _, x := range []struct {
		flag indexer.Flag
		name string
	}{
		{indexer.FlagGenerated, "generated"}, {indexer.FlagVendored, "vendored"}, {indexer.FlagTest, "test"},
		{indexer.FlagMinified, "minified"}, {indexer.FlagLatin1, "latin1"}, {indexer.FlagDocumentation, "documentation"},
	} {
		if f&x.flag != 0 {
			names = append(names, x.name)
		}
	}
	return names
}
