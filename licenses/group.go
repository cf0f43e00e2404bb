// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// A group is licences that one sentence names together: "the MIT or the GPL version 2", "MPL 1.1/GPL 2.0/LGPL 2.1". What stands
// between two names says how they are joined; words of choice around them ("dual", "at your option", "you may choose") make a choice of
// what is joined by and.
type group struct {
	atoms   []atom // each licence once
	count   int    // how many names were read
	or      bool
	choice  bool
	several bool
}

// relation is what joins two names.
type relation byte

const (
	apart       relation = iota
	same                 // the second explains the first: its short name, its address
	listed               // a comma
	slashed              // MIT/GPL
	conjunct             // and
	alternative          // or
)

// group reads the names that are joined to the first. Its introduction begins at intro; end is where the statement before ends.
func (n *notice) group(atoms []atom, intro, end int) group {
	g := group{atoms: atoms[:1:1], count: 1}
	g.choice, g.several = n.offers(max(end, intro-60), atoms[0].from)
	and, short := false, n.isShortName(atoms[0])
	for i := 1; i < len(atoms); i++ {
		a, b := atoms[i-1], atoms[i]
		r := n.relation(a, b, g.choice)
		if r == apart || r == slashed && a.url {
			break
		}
		g.count++
		if g.holds(b, r) {
			continue
		}
		g.atoms = append(g.atoms, b)
		and = and || r == conjunct
		g.or = g.or || r == alternative || r == slashed
		short = short && n.isShortName(b)
	}
	last := atoms[g.count-1].to
	more, several := n.offers(last, n.until(last, atoms[g.count:]))
	g.choice, g.several = g.choice || more, g.several || several
	begins := n.gap[atoms[0].from]&(gapColon|gapItem|gapParagraph) != 0
	g.several = g.several || g.choice && begins && len(g.atoms) == 1 // a list of them
	g.or = g.or || g.choice || !and && len(g.atoms) > 1 || short && len(g.atoms) > 2
	g.or = g.or || n.isEclipse(g.atoms) || slices.ContainsFunc(g.atoms, func(a atom) bool { return a.sold })
	return g
}

// until is where what is said behind a group ends: with the next sentence, or where another name comes.
func (n *notice) until(last int, next []atom) int {
	end := n.sentenceEnd(last, 30)
	if end < len(n.words) && n.words[end] != masked {
		end = n.sentenceEnd(end, 15)
	}
	if len(next) > 0 {
		end = min(end, n.sentence(next[0].from, 20))
	}
	return end
}

// holds reports whether a name adds nothing to the group; it may tell the version of one that is there.
func (g *group) holds(b atom, r relation) bool {
	if i := slices.IndexFunc(g.atoms, func(a atom) bool { return a.expr == b.expr }); i >= 0 {
		g.atoms[i].loose = g.atoms[i].loose && b.loose
		return true
	}
	if r == same && strings.Contains(b.expr, " OR ") { // an address where all of the choice is explained
		g.specify(b)
		return true
	}
	for i, a := range g.atoms {
		if line(a.expr) != line(b.expr) || line(a.expr) == "" {
			continue
		}
		if b.loose {
			return true
		}
		if a.loose && (r == same || b.url) {
			g.atoms = slices.Clone(g.atoms)
			g.atoms[i].name = b.name
			return true
		}
	}
	return r == same
}

// specify takes the versions of a choice for the names that have none.
func (g *group) specify(b atom) {
	g.atoms = slices.Clone(g.atoms)
	for i, a := range g.atoms {
		for _, part := range strings.Split(b.expr, " OR ") {
			if id, _, _ := strings.Cut(part, " WITH "); a.loose && line(id) == line(a.expr) {
				g.atoms[i].expr, g.atoms[i].loose = part, b.loose
			}
		}
	}
}

// relation reads what stands between two names. In a sentence that offers a choice more words may.
func (n *notice) relation(a, b atom, choice bool) relation {
	start := n.behindBracket(a.to, b.from)
	if limit := 14; b.from-start > limit && !(b.url && b.from-start <= 2*limit) {
		return apart
	}
	op, other, signs := apart, 0, gap(0)
	for p := start; p <= b.from; p++ {
		signs |= n.gap[p]
		if n.gap[p]&gapParagraph != 0 || n.gap[p]&gapSentence != 0 && !b.url {
			return apart
		}
		if p == b.from {
			break
		}
		switch w := n.words[p]; {
		case w == masked:
			return apart
		case w == "or" || w == "ou":
			op, other = alternative, other-min(other, 3)
		case w == "and" || w == "et" || w == "plus" || w == "well":
			op = max(op, conjunct)
		case !isConnector(w) && !(p == start && choice && n.first[b.from] && (w == "html" || w == "htm" || w == "txt" || w == "php")): // the end of an address
			other++
		}
	}
	switch {
	case b.url && op == apart && line(a.expr) != "" && line(a.expr) == line(b.expr):
		return same
	case b.url && op == conjunct && (a.expr == b.expr || a.loose || b.loose) && line(a.expr) != "" && line(a.expr) == line(b.expr):
		return same // which accompanies this distribution and is available at …
	case n.addressed(a, b):
		return same
	case b.expr == publicDomain && signs&gapBracket != 0 && (line(a.expr) == "CC0" || a.expr == "Unlicense"): // CC0 (public domain)
		return same
	case other > 1 && !choice || other > 5 || other > 0 && op == apart && !(choice && signs&(gapComma|gapItem) != 0):
		return apart
	case op == apart && b.url:
		return same
	case op != apart:
		return op
	case signs&(gapComma|gapItem) != 0:
		return listed
	case b.from == a.to && signs&gapBracket != 0 && signs&gapSlash == 0 && line(a.expr) == line(b.expr):
		return same
	case n.first[b.from] && !choice || signs&gapBracket != 0 && signs&gapSlash == 0 && !choice:
		return apart
	case b.from == a.to || b.from == a.to+1 && signs&gapSlash != 0:
		return slashed
	case choice:
		return listed
	}
	return apart
}

// behindBracket is where a remark in brackets ends that begins at word p and says in which file a licence is found; p when there is none.
func (n *notice) behindBracket(p, to int) int {
	if n.gap[p]&gapBracket == 0 || !n.has(p, p+2, "found", "see", "in") {
		return p
	}
	for q := p + 1; q < min(to, p+16) && n.gap[q]&(gapSentence|gapParagraph) == 0; q++ {
		if n.gap[q]&gapBracket != 0 {
			return q
		}
	}
	return p
}

// addressed reports whether the second name stands in an address in brackets behind the first: "MIT (example.com/mit-license.txt)".
func (n *notice) addressed(a, b atom) bool {
	return n.gap[a.to]&gapBracket != 0 && line(a.expr) == line(b.expr) && b.from-a.to <= 6 && n.has(a.to, b.from, "com", "org", "net") &&
		!slices.ContainsFunc(n.gap[a.to+1:b.from+1], func(g gap) bool { return g&gapBracket != 0 })
}

// isConnector reports whether a word may stand between two names that belong together.
func isConnector(w string) bool {
	switch w {
	case "license", "licenses", "either", "of", "your", "choice", "at", "option", "both", "also", "as", "terms", "under", "with", "by", "published",
		"free", "software", "foundation", "conditions", "licence", "gnu", "later", "any", "its", "licensed", "s", "l", "la", "le", "de", "org", "alternatively", "inc", "see", "copy", "is", "available",
		"obtain", "you", "may", "to", "from", "in", "file", "preferred", "new", "modified", "only", "collectively", "if", "prefer", "like", "per", "licensee", "recipient", "instead", "this", "itself", "one", "same":
		return true
	}
	return false
}

// isShortName reports whether a licence is called by its short name without version.
func (n *notice) isShortName(a atom) bool { return a.to-a.from == 1 && !a.url }

// isEclipse reports whether the group is the Eclipse Public License and the Eclipse Distribution License, which the foundation
// always means as a choice.
func (n *notice) isEclipse(atoms []atom) bool {
	return len(atoms) == 2 && n.words[atoms[0].from] == "eclipse" && n.words[atoms[1].from] == "eclipse" && line(atoms[0].expr) != line(atoms[1].expr)
}

// offers looks for words that offer a choice; several is true when they announce licences that follow one by one.
func (n *notice) offers(from, to int) (choice, several bool) {
	for p := max(0, from); p < min(to, len(n.words)); p++ {
		switch w := n.words[p]; w {
		case "dual", "dually", "triple", "tri", "multi", "disjunctive", "disjunctively":
			choice = true
		case "double": // a French double license
			choice = choice || n.has(p+1, p+2, "license", "licenses", "licensed")
		case "secondary": // what the Eclipse Public License calls so may be chosen in its place
			choice = choice || n.run(p+1, "licenses")
		case "pick":
			choice = choice || n.run(p-2, "take", "your")
		case "choice", "choose", "whichever", "elect":
			choice = choice || (n.run(p+1, "any", "of") || !n.has(p+1, p+4, "law", "laws", "any", "later", "file"))
			several = several || choice && (w == "whichever" || n.has(p+1, p+4, "between"))
		case "option", "discretion":
			choice = choice || !n.has(p+1, p+3, "any", "later", "2", "3")
		case "either":
			if n.run(p+1, "1", "or", "2") { // below
				choice, several = true, true
			}
			next := p+1 < len(n.words) && (len(n.words[p+1]) == 1 || n.words[p+1] == "express" || n.words[p+1] == "expressed")
			choice = choice || !next
		case "one", "any":
			if n.run(p+1, "of") && n.has(p+2, p+7, "license", "licenses", "terms", "conditions") && n.has(p+2, p+6, "following", "these", "two", "three", "several", "above", "below") {
				choice, several = true, true
			}
		case "two", "three", "2", "multiple":
			if n.has(p+1, p+4, "licenses") && !n.has(p+1, p+4, "license") {
				choice, several = true, true
			}
		}
	}
	return choice, several || choice && n.has(from, to, "following")
}

// statement makes of a group what it says.
func (g *group) statement(n *notice) statement {
	s := statement{how: "notice", score: 0.9, choice: g.choice, several: g.several}
	var es []Expression
	for _, a := range g.atoms {
		e, err := Parse(a.expr)
		if err != nil {
			continue
		}
		if a.loose {
			s.loose = append(s.loose, a.expr)
		}
		es = append(es, e)
	}
	s.from, s.to = int(n.at[g.atoms[0].from]), int(n.at[g.atoms[len(g.atoms)-1].to-1])+1
	if g.or {
		s.expr = asPerl(Or(es...), s.loose)
	} else {
		s.expr = And(es...)
	}
	return s
}

// asPerl gives the choice of the GPL and the Artistic License, both without version, its meaning: it is that of Perl.
func asPerl(e Expression, loose []string) Expression {
	if slices.Contains(loose, "Artistic-1.0") && slices.Contains(e.IDs(), "GPL-1.0-or-later") {
		return Expression{strings.ReplaceAll(e.text, "Artistic-1.0", "Artistic-1.0-Perl")}
	}
	return e
}

// line is what the versions of a licence have in common: GPL, Apache, CC-BY-SA. It is empty for what is not one licence.
func line(id string) string {
	if strings.ContainsRune(id, ' ') {
		return ""
	}
	for i := 1; i < len(id); i++ {
		if id[i-1] == '-' && id[i] >= '0' && id[i] <= '9' {
			return id[:i-1]
		}
	}
	return id
}

// referred reports whether the words from p on offer a choice of what was named before: "You may redistribute under either of these
// licenses."
func (n *notice) referred(p int) bool {
	for end := min(p+80, len(n.words)); p < end; p++ {
		switch n.words[p] {
		case masked:
			return false
		case "either", "any", "one":
			if n.run(p+1, "or", "both") { // of the licences apply
				return false
			}
			if n.run(p+1, "license") || n.has(p+1, p+4, "these", "above", "two", "both") && n.has(p+1, p+5, "license", "licenses") {
				return true
			}
		}
	}
	return false
}
