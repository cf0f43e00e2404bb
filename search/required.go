// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import "regexp/syntax"

// required is a set of texts one of which stands in every match of an expression. Lines without any of them are never
// given to the regular expression.
type required struct {
	texts []string
	fold  bool // whether they stand in any case
}

// maxRequired is how many texts are worth looking for before the expression itself.
const maxRequired = 8

// requiredTexts finds the best such set; its texts is nil when there is none.
func requiredTexts(re *syntax.Regexp) (r required) {
	switch re.Op {
	case syntax.OpLiteral:
		return required{[]string{string(re.Rune)}, re.Flags&syntax.FoldCase != 0}
	case syntax.OpCapture, syntax.OpPlus:
		return requiredTexts(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if s := requiredTexts(sub); s.better(r) {
				r = s
			}
		}
		return r
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			s := requiredTexts(sub)
			if s.texts == nil {
				return required{}
			}
			r.texts = append(r.texts, s.texts...)
			r.fold = r.fold || s.fold
		}
		if len(r.texts) > maxRequired {
			return required{}
		}
		return r
	}
	return required{}
}

func (r required) better(than required) bool {
	if r.texts == nil || than.texts == nil {
		return r.texts != nil
	}
	return shortest(r.texts)*len(than.texts) > shortest(than.texts)*len(r.texts)
}

// shortestMatch is the least number of bytes that a match has: one for each of its characters.
func shortestMatch(re *syntax.Regexp) (n int) {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortestMatch(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n += shortestMatch(sub)
		}
	case syntax.OpAlternate:
		n = shortestMatch(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			n = min(n, shortestMatch(sub))
		}
	}
	return n
}
