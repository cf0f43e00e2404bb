// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// nearby is how many words apart two statements may be to form one, follow how many lie between licences that are listed one by one, and
// headed how many between a title and what it is the title of.
const (
	nearby = 400
	follow = 90
	headed = 60
)

// settle makes of the statements of one file, in their order, what they say together: what was said without version takes it from
// what stands near, a title gives way to the text below it, an alternative is joined to what it is an alternative to, an exception to
// its licence.
func settle(statements, exceptions []statement) []statement {
	statements = specify(statements)
	var out []statement
	for _, s := range statements {
		last := len(out) - 1
		if last >= 0 && out[last].title && entitles(out[last], s) {
			s.other, s.choice, s.several = s.other || out[last].other, s.choice || out[last].choice, s.several || out[last].several
			s.joined = s.joined || out[last].several && isChoice(s.expr) // an item that is a choice itself
			out, last = out[:last], last-1
		}
		if last >= 0 && s.how == "text" && out[last].below && s.from-out[last].to < headed/2 && isChoice(out[last].expr) && simple(s.expr, out[last].expr) {
			out[last].to = s.to
			continue
		}
		if last >= 0 && out[last].spelledOut(s) {
			out[last].expr, out[last].to = out[last].expr.replace("BSD-3-Clause", s.expr.text), s.to
			continue
		}
		if last >= 0 && offered(out[last], s) {
			out[last].expr = asPerl(Or(asRuby(out[last], s), s.expr), append(out[last].loose, s.loose...))
			out[last].to, out[last].score = s.to, min(out[last].score, s.score)
			out[last].choice, out[last].joined = true, true
			continue
		}
		out = append(out, s)
	}
	return refine(attach(withoutRepeats(out), exceptions))
}

// offered reports whether s is one more of the licences of which the statement before offers a choice.
func offered(before, s statement) bool {
	apart := s.from - before.to
	switch {
	case apart >= nearby:
		return false
	case s.other:
		return true
	case simple(s.expr, before.expr):
		return false
	case before.several && (before.joined || !isChoice(before.expr)):
		return apart < follow || !before.joined
	}
	return before.choice && !isChoice(before.expr) && (s.how != "text" || apart < headed)
}

// spelledOut reports whether s is the text that a choice calls the BSD licence below.
func (s statement) spelledOut(text statement) bool {
	return text.how == "text" && s.below && isChoice(s.expr) && text.from-s.to < headed/2 && slices.Contains(s.loose, "BSD-3-Clause") &&
		(line(text.expr.text) == "BSD" || text.expr.text == "Linux-OpenIB")
}

// asRuby gives the GPL without version, offered beside the conditions of Ruby, the version that is meant there: "the terms of the GPL (see
// the file GPL), or the conditions below" stood in Ruby, whose file GPL is that of version 2.
func asRuby(before, s statement) Expression {
	if s.how == "text" && s.expr.text == "Ruby" && slices.Contains(before.loose, "GPL-1.0-or-later") {
		return before.expr.replace("GPL-1.0-or-later", "GPL-2.0-only")
	}
	return before.expr
}

// entitles reports whether a title says no more than the statement below it.
func entitles(title, s statement) bool {
	if s.from-title.to > headed || isChoice(title.expr) || s.how != "text" && !s.grant {
		return false
	}
	stem := func(e Expression) string { id, _, _ := strings.Cut(e.text, "-"); return id }
	return stem(title.expr) == stem(s.expr)
}

// specify gives each licence that was stated without version the version that is stated or pointed to nearest to it. What only points
// to a licence counts alone when nothing else is said.
func specify(all []statement) []statement {
	statements := slices.DeleteFunc(slices.Clone(all), func(s statement) bool { return s.hint })
	if len(statements) == 0 {
		all = slices.DeleteFunc(slices.Clone(all), func(s statement) bool { return s.link })
		return all[:min(1, len(all))]
	}
	firm := make([][]string, len(all)) // by statement: the licences whose version it says
	for i, o := range all {
		for _, id := range o.expr.IDs() {
			if !slices.Contains(o.loose, id) {
				firm[i] = append(firm[i], id)
			}
		}
	}
	first := 0 // of those that lie near the statement
	for i := range statements {
		s := &statements[i]
		for first < len(all) && s.from-all[first].to > nearby {
			first++
		}
		for _, id := range s.loose {
			if version := nearestVersion(s, id, all[first:], firm[first:]); version != "" {
				s.expr = s.expr.replace(id, version)
				s.loose = slices.DeleteFunc(slices.Clone(s.loose), func(l string) bool { return l == id })
			}
		}
	}
	return statements
}

// nearestVersion is the version of a licence that is stated nearest to s.
func nearestVersion(s *statement, id string, near []statement, firm [][]string) string {
	best, apart := "", nearby
	for i, o := range near {
		if o.from-s.to > nearby {
			break
		}
		for _, version := range firm[i] {
			if d := distanceTo(*s, o); d < apart && line(version) == line(id) {
				best, apart = version, d
			}
		}
	}
	if best != "" && slices.Contains(s.expr.IDs(), best) {
		return ""
	}
	return best
}

// replace puts one licence in the place of another.
func (e Expression) replace(old, id string) Expression {
	n := e.tree()
	if n == nil {
		return e
	}
	var walk func(n *node) *node
	walk = func(n *node) *node {
		if n.op == opLicense {
			if n.id == old {
				return &node{op: opLicense, id: id}
			}
			return n
		}
		kids := make([]*node, len(n.kids))
		for i, k := range n.kids {
			kids[i] = walk(k)
		}
		return &node{op: n.op, kids: kids}
	}
	return Expression{walk(n).String()}
}

// isChoice reports whether an expression already is a choice.
func isChoice(e Expression) bool {
	if !strings.Contains(e.text, " OR ") {
		return false
	}
	n := e.tree()
	return n != nil && n.op == opOr
}

// simple reports whether one expression says nothing that the other does not.
func simple(a, b Expression) bool {
	other := b.IDs()
	return !slices.ContainsFunc(a.IDs(), func(id string) bool { return !slices.Contains(other, id) })
}

// withoutRepeats drops what a choice stated before already says, or one stated after corrects.
func withoutRepeats(statements []statement) []statement {
	var out []statement
	for i, s := range statements {
		if !absorbed(out, s) && !corrected(s, statements[i+1:]) {
			out = append(out, s)
		}
	}
	return out
}

// refine lets the notices speak for the text of a licence of GNU, which says only its version: a notice may add "or later".
func refine(statements []statement) []statement {
	notices := map[string]bool{}
	for _, s := range statements {
		if s.how == "notice" {
			for _, id := range s.expr.IDs() {
				notices[id] = true
			}
		}
	}
	for i, s := range statements {
		id := s.expr.text
		if later := strings.TrimSuffix(id, "-only") + "-or-later"; s.how == "text" && later != id && notices[later] {
			statements[i].expr = Expression{later}
		}
	}
	return statements
}

// absorbed reports whether a choice that was stated before is only explained further: "under either the GPL or the CDDL … if you
// wish to use the CDDL only …".
func absorbed(before []statement, s statement) bool {
	if s.how != "notice" || s.grant && !s.part {
		return false
	}
	for _, b := range slices.Backward(before) {
		if s.from-b.to >= nearby && !s.part {
			break
		}
		if isChoice(b.expr) && simple(s.expr, b.expr) || b.expr == s.expr && s.from-b.to < headed && b.how == s.how {
			return true
		}
	}
	return false
}

// corrected reports whether what is said is soon said better: joined by and it turns out to be a choice, or a choice is explained.
func corrected(s statement, after []statement) bool {
	n := s.expr.tree()
	if s.how != "notice" || n == nil || n.op != opAnd && n.op != opOr {
		return false
	}
	for _, o := range after {
		if o.from-s.to >= nearby/2 {
			break
		}
		if o.expr != s.expr && isChoice(o.expr) && alike(s.expr.IDs(), o.expr.IDs()) {
			return true
		}
	}
	return false
}

// alike reports whether two lists name the same licences, versions apart. What people call the X11 license is the MIT License.
func alike(a, b []string) bool {
	stem := func(id string) string {
		if id == "X11" {
			return "MIT"
		}
		return line(id)
	}
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool {
		return !slices.ContainsFunc(b, func(y string) bool { return stem(x) == stem(y) })
	})
}
