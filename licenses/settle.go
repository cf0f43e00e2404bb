// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// nearby is how many words apart two statements may be to form one.
const nearby = 400

// settle makes of the statements of one file, in their order, what they say together: an alternative is joined to what it is an
// alternative to, an exception to its licence, and a mention without version gives way to one with.
func settle(statements, exceptions []statement) []statement {
	var out []statement
	for _, s := range statements {
		last := len(out) - 1
		if last >= 0 && s.from-out[last].to < nearby && (s.other || out[last].choice && !isChoice(out[last].expr) && !simple(s.expr, out[last].expr)) {
			out[last].expr = Or(out[last].expr, s.expr)
			out[last].to, out[last].score = s.to, min(out[last].score, s.score)
			continue
		}
		out = append(out, s)
	}
	return refine(attach(out, exceptions))
}

// isChoice reports whether an expression already is a choice.
func isChoice(e Expression) bool {
	n := e.tree()
	return n != nil && n.op == opOr
}

// simple reports whether one expression says nothing that the other does not.
func simple(a, b Expression) bool {
	other := b.IDs()
	return !slices.ContainsFunc(a.IDs(), func(id string) bool { return !slices.Contains(other, id) })
}

// attach puts each exception on the nearest licence of GNU, or on the only licence there is. Where there is none the exception
// stands alone, so that its text is not passed over in silence.
func attach(statements, exceptions []statement) []statement {
	count := len(statements)
	for _, x := range exceptions {
		best := -1
		for i, s := range statements {
			if i >= count || !takesException(s.expr, count == 1) {
				continue
			}
			if best < 0 || distanceTo(s, x) < distanceTo(statements[best], x) {
				best = i
			}
		}
		if best < 0 {
			if x.named {
				continue
			}
			statements = append(statements, x)
			continue
		}
		statements[best].expr = withException(statements[best].expr, x.expr.text)
	}
	return statements
}

func takesException(e Expression, only bool) bool {
	n := e.tree()
	if n == nil {
		return false
	}
	found := only && n.op == opLicense
	n.leaves(func(id string) { found = found || isGNU(id) })
	return found
}

func isGNU(id string) bool {
	return strings.HasPrefix(id, "GPL-") || strings.HasPrefix(id, "LGPL-") || strings.HasPrefix(id, "AGPL-")
}

func distanceTo(a, b statement) int {
	if a.from < b.from {
		return max(0, b.from-a.to)
	}
	return max(0, a.from-b.to)
}

// withException adds WITH to the licences of GNU in an expression, or to the only licence.
func withException(e Expression, exception string) Expression {
	n := e.tree()
	var add func(n *node) *node
	add = func(n *node) *node {
		switch {
		case n.op == opLicense && (isGNU(n.id) || e.text == n.id):
			return &node{op: opWith, kids: []*node{n, {op: opLicense, id: exception}}}
		case n.op == opAnd || n.op == opOr:
			kids := make([]*node, len(n.kids))
			for i, k := range n.kids {
				kids[i] = add(k)
			}
			return join(n.op, kids...)
		}
		return n
	}
	return Expression{add(n).String()}
}

// refine lets the most telling statement of each family of GNU speak for the others: a licence text says only its version, a
// notice may add "or later"; a mention without version says least.
func refine(statements []statement) []statement {
	notices := map[string]bool{}
	versions := map[string]bool{}
	for _, s := range statements {
		for _, id := range s.expr.IDs() {
			if s.how == "notice" {
				notices[id] = true
			}
			if isGNU(id) && !isVersionless(id) {
				versions[id[:strings.Index(id, "-")]] = true
			}
		}
	}
	out := statements[:0]
	for i, s := range statements {
		id := s.expr.text
		if absorbed(statements[:i], s) {
			continue
		}
		s.expr = withoutVersionless(s.expr)
		if isVersionless(id) && versions[id[:strings.Index(id, "-")]] && len(statements) > 1 {
			continue
		}
		if later := strings.TrimSuffix(id, "-only") + "-or-later"; s.how == "text" && later != id && notices[later] {
			s.expr = Expression{later}
		}
		out = append(out, s)
	}
	return out
}

// absorbed reports whether a choice that was stated before is only explained further: "under either the GPL or the CDDL … if you
// wish to use the CDDL only …".
func absorbed(before []statement, s statement) bool {
	if s.how != "notice" {
		return false
	}
	for _, b := range before {
		if b.choice && isChoice(b.expr) && simple(s.expr, b.expr) {
			return true
		}
	}
	return false
}

// withoutVersionless leaves out of a choice a licence of GNU without version beside the same with one.
func withoutVersionless(e Expression) Expression {
	n := e.tree()
	if n == nil || n.op != opOr {
		return e
	}
	var kids []*node
	for _, k := range n.kids {
		versioned := func(o *node) bool {
			return o.op == opLicense && !isVersionless(o.id) && isVersionless(k.id) && strings.HasPrefix(o.id, k.id[:strings.Index(k.id, "-")+1])
		}
		if k.op != opLicense || !slices.ContainsFunc(n.kids, versioned) {
			kids = append(kids, k)
		}
	}
	return Expression{join(opOr, kids...).String()}
}

// isVersionless reports whether an id is what stands for a licence of GNU without a version.
func isVersionless(id string) bool {
	return id == "GPL-1.0-or-later" || id == "LGPL-2.0-or-later"
}
