// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// What a word may be a part of, in the text of a licence.
const (
	clauseRight      = 1 << iota // permission, license, right
	clauseGrant                  // granted
	clauseUse                    // redistribution, use
	clausePermitted              // permitted
	clauseCondition              // provided, must, shall
	clauseDisclaimer             // warranty, liable
	clauseException              // exception: the text is an addition to a licence
	clauseDuty                   // must, shall: a notice of another licence does not say so
)

// newClauses marks the words that licence texts are made of, by their number in the dictionary.
func newClauses(dict map[string]uint16, words int) []uint8 {
	clauses := make([]uint8, words)
	for class, list := range map[uint8][]string{
		clauseRight:      {"permission", "license", "right", "rights", "licensor", "hereby"},
		clauseGrant:      {"granted", "grants", "grant"},
		clauseUse:        {"redistribution", "redistributions", "use", "copying", "distribution", "reproduction"},
		clausePermitted:  {"permitted", "allowed", "authorized"},
		clauseCondition:  {"provided", "must", "shall", "prohibited", "agree", "terminate", "terminates", "termination", "conditions", "restrictions"},
		clauseDisclaimer: {"warranty", "warranties", "liable", "liability", "merchantability"},
		clauseException:  {"exception", "exceptions"},
		clauseDuty:       {"must", "shall", "prohibited", "agree", "terminate", "terminates", "termination", "restrictions"},
	} {
		for _, w := range list {
			if id, ok := dict[w]; ok {
				clauses[id] |= class
			}
		}
	}
	return clauses
}

const (
	clauseApart = 80  // clauses with more words between them belong to different texts
	agreedApart = 200 // in a licence file, where long agreements stand
	grantApart  = 12  // so near stand the words of a grant
	leastText   = 50  // a text has that many words
	longText    = 300 // one with that many speaks of exceptions without being one
)

// unknownTexts finds texts that read as a licence, in what the known ones do not cover: a grant, conditions and a disclaimer, near each
// other.
func (s *scanner) unknownTexts(covered []bool) []span {
	var found []span
	var b clauseBlock
	apart := clauseApart
	if b.agreed = s.kind == fileLicense; b.agreed {
		apart = agreedApart
	}
	last := [4]int{-100, -100, -100, -100} // where the words of a grant stood last
	for i, id := range s.ids {
		if covered[i] || id == unknownWord || s.d.clauses[id] == 0 {
			if covered[i] && b.open {
				found = b.end(found)
			}
			continue
		}
		c := s.d.clauses[id]
		if b.open && i-b.to > apart {
			found = b.end(found)
		}
		if !b.open {
			b = clauseBlock{span: span{i, i}, open: true, agreed: b.agreed}
		}
		b.to = i + 1
		for k := range last {
			if c&(1<<k) != 0 {
				last[k] = i
			}
		}
		if c&(clauseRight|clauseGrant) != 0 && i-last[0] <= grantApart && i-last[1] <= grantApart || c&(clauseUse|clausePermitted) != 0 && i-last[2] <= grantApart && i-last[3] <= grantApart {
			b.grants++
		}
		if c&clauseCondition != 0 {
			b.conditions++
		}
		if c&clauseDuty != 0 {
			b.duties++
		}
		if c&clauseDisclaimer != 0 {
			b.disclaimers++
		}
		b.exception = b.exception || c&clauseException != 0
	}
	if b.open {
		found = b.end(found)
	}
	return found
}

// clauseBlock is a stretch of text with clauses.
type clauseBlock struct {
	span
	open                            bool
	agreed                          bool // it stands in a licence file: there less tells that it is a licence
	grants, conditions, disclaimers int
	duties                          int // of the conditions
	exception                       bool
}

// end keeps a block that is a licence.
func (b *clauseBlock) end(found []span) []span {
	b.open = false
	if b.isLicense() {
		return append(found, b.span)
	}
	return found
}

// isLicense reports whether a block reads as a licence.
func (b *clauseBlock) isLicense() bool {
	size := b.to - b.from
	switch {
	case size < leastText || b.exception && (!b.agreed || size < longText):
		return false
	case b.grants > 0 && b.conditions > 1 && b.disclaimers > 1:
		return true
	}
	return b.agreed && b.duties > 1 && b.grants+b.disclaimers > 0
}

// withUnknown takes the notices out that stand within a text nobody knows: what it says of other licences is not about the file. The
// text itself is a statement.
func withUnknown(statements []statement, unknown []span) []statement {
	statements = slices.DeleteFunc(statements, func(t statement) bool {
		return slices.ContainsFunc(unknown, func(u span) bool { return t.how == "notice" && t.from > u.from && t.to < u.to+grantApart })
	})
	for _, u := range unknown {
		statements = append(statements, statement{expr: unknownText, from: u.from, to: u.to, how: "text", score: 0.5})
	}
	return statements
}
