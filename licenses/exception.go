// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// Exceptions stand after WITH. Most are quoted and found as texts; others are only named, as in "GPL version 2 with the Classpath
// exception". Each then belongs to the nearest licence that can take it.

// exceptionNames are the words before "exception" or "note", the last one first to be compared.
var exceptionNames = []struct {
	id    string
	words []string
}{
	{"Classpath-exception-2.0", []string{"classpath"}},
	{"OpenJDK-assembly-exception-1.0", []string{"openjdk", "assembly"}},
	{"OpenJDK-assembly-exception-1.0", []string{"assembly"}},
	{"LLVM-exception", []string{"llvm"}},
	{"Autoconf-exception-generic", []string{"autoconf"}},
	{"GCC-exception-3.1", []string{"gcc", "runtime", "library"}},
	{"Linux-syscall-note", []string{"linux", "syscall"}},
	{"Bison-exception-2.2", []string{"bison"}},
	{"Libtool-exception", []string{"libtool"}},
	{"Font-exception-2.0", []string{"font"}},
	{"Font-exception-2.0", []string{"font", "embedding"}},
	{"openvpn-openssl-exception", []string{"openvpn", "openssl"}},
	{"Universal-FOSS-exception-1.0", []string{"universal", "foss"}},
	{"Qt-GPL-exception-1.0", []string{"qt", "gpl"}},
	{"Qt-GPL-exception-1.0", []string{"qt", "company", "gpl"}},
	{"Digia-Qt-LGPL-exception-1.1", []string{"digia", "qt", "lgpl"}},
	{"Nokia-Qt-exception-1.1", []string{"nokia", "qt", "lgpl"}},
	{"Qt-LGPL-exception-1.1", []string{"qt", "lgpl"}},
	{"Swift-exception", []string{"swift"}},
	{"Swift-exception", []string{"runtime", "library"}},
	{"OCaml-LGPL-linking-exception", []string{"ocaml", "linking"}},
	{"OCaml-LGPL-linking-exception", []string{"ocaml", "lgpl", "linking"}},
	{"WxWindows-exception-3.1", []string{"wxwindows", "library"}},
	{"WxWindows-exception-3.1", []string{"wxwindows"}},
	{"FLTK-exception", []string{"fltk"}},
	{"GNAT-exception", []string{"gnat"}},
	{"eCos-exception-2.0", []string{"ecos"}},
	{"u-boot-exception-2.0", []string{"u", "boot"}},
}

// exceptions finds the exceptions that are named, not quoted. Each counts once.
func (n *notice) exceptions() []statement {
	var found []statement
	for i := 1; i < len(n.words); i++ {
		if n.words[i] == "openssl" && n.links(i) && !slices.ContainsFunc(found, func(s statement) bool { return s.expr.text == linksOpenSSL }) {
			found = append(found, statement{expr: Expression{linksOpenSSL}, from: int(n.at[i]), to: int(n.at[i]) + 1, how: "notice", score: 0.9, named: true})
		}
		if !strings.HasPrefix(n.words[i], "exception") && n.words[i] != "note" || n.negated(i) {
			continue
		}
		id, length := n.exceptionBefore(i, 0)
		if id == "" || slices.ContainsFunc(found, func(s statement) bool { return s.expr.text == id }) {
			continue
		}
		found = append(found, statement{expr: Expression{id}, from: int(n.at[i-length]), to: int(n.at[i]) + 1, how: "notice", score: 0.9, named: true})
	}
	return found
}

// withExceptions gives each of two names of one licence its own exception: "version 2 with the GNU Classpath Exception and the GNU General Public License,
// version 2 with the OpenJDK Assembly Exception". An exception that stands with all of them is found by itself.
func (n *notice) withExceptions(atoms []atom) []atom {
	for k := 1; k < len(atoms); k++ {
		a, b := &atoms[k-1], &atoms[k]
		if a.expr != b.expr || a.loose || !isGNU(a.expr) || b.from-a.to > 12 {
			continue
		}
		one, from := n.exceptionAfter(*a)
		other, to := n.exceptionAfter(*b)
		if one != "" && other != "" && one != other {
			a.expr, a.to = a.expr+" WITH "+one, from
			b.expr, b.to = b.expr+" WITH "+other, to
		}
	}
	return atoms
}

// exceptionAfter is the exception that the words right behind a licence name, and where they end.
func (n *notice) exceptionAfter(a atom) (id string, end int) {
	if !n.run(a.to, "with") {
		return "", 0
	}
	for p := a.to + 1; p < len(n.words) && p < a.to+7 && n.gap[p]&(gapSentence|gapParagraph|gapComma) == 0; p++ {
		if strings.HasPrefix(n.words[p], "exception") {
			id, _ = n.exceptionBefore(p, a.to+1)
			return id, p + 1
		}
	}
	return "", 0
}

// exceptionBefore is the exception whose name ends before word i and begins no earlier than from, and how many words it has.
func (n *notice) exceptionBefore(i, from int) (id string, length int) {
	for _, x := range exceptionNames {
		if k := len(x.words); k > length && i-k >= from && slices.Equal(n.words[i-k:i], x.words) {
			id, length = x.id, k
		}
	}
	return id, length
}

// linksOpenSSL stands for the permission to link with OpenSSL, which goes by another name with each licence.
const linksOpenSSL = "openssl"

// links reports whether the words before "OpenSSL" at word i give permission to link with it: "as a special exception, the copyright holders give
// permission to link this program with the OpenSSL library".
func (n *notice) links(i int) bool {
	from := n.sentence(i, 40)
	return n.has(from, i, "link", "linked", "linking") && n.has(from, i, "exception") && n.has(from, i, "permission", "permitted", "allowed", "may")
}

// exceptionOf is the id of an exception where it stands with a licence.
func exceptionOf(exception, license string) string {
	if exception != linksOpenSSL {
		return exception
	}
	switch line(license) {
	case "LGPL":
		if strings.HasPrefix(license, "LGPL-3") {
			return "LicenseRef-scancode-openssl-exception-lgpl3.0plus"
		}
		return "LicenseRef-scancode-openssl-exception-lgpl2.0plus"
	case "AGPL":
		return "LicenseRef-scancode-openssl-exception-agpl3.0plus"
	}
	switch license {
	case "GPL-2.0-only":
		return "x11vnc-openssl-exception"
	case "GPL-2.0-or-later":
		return "LicenseRef-scancode-openssl-exception-gpl-2.0-plus"
	}
	return "cryptsetup-OpenSSL-exception"
}

// attach puts each exception on the nearest licence that takes it, or on the only licence there is. Where there is none the exception
// stands alone, so that its text is not passed over in silence.
func attach(statements, exceptions []statement) []statement {
	count := len(statements)
	trees := make([]*node, count) // in a long file of notices there are many of both
	if len(exceptions) > 0 {
		for i, s := range statements {
			trees[i] = s.expr.tree()
		}
	}
	for _, x := range exceptions {
		best := -1
		for i, s := range statements[:count] {
			if !trees[i].takes(x.expr.text, count == 1) {
				continue
			}
			if best < 0 || reach(s, x) < reach(statements[best], x) {
				best = i
			}
		}
		if best < 0 {
			if !x.named {
				statements = append(statements, x)
			}
			continue
		}
		statements[best].expr = withException(statements[best].expr, x.expr.text)
		trees[best] = statements[best].expr.tree()
	}
	return statements
}

// takesException reports whether an exception may belong to a licence of the expression.
func takesException(e Expression, exception string, only bool) bool {
	return e.tree().takes(exception, only)
}

// takes reports the same of an expression that is parsed.
func (n *node) takes(exception string, only bool) bool {
	if n == nil {
		return false
	}
	found := only && n.op == opLicense && exception != linksOpenSSL
	n.leaves(func(id string) { found = found || hosts(id, exception) })
	return found
}

// hosts reports whether an exception is made for a licence.
func hosts(id, exception string) bool {
	switch exception {
	case "LLVM-exception", "Swift-exception":
		return id == "Apache-2.0"
	case "Qt-LGPL-exception-1.1", "Digia-Qt-LGPL-exception-1.1", "Nokia-Qt-exception-1.1", "OCaml-LGPL-linking-exception":
		return strings.HasPrefix(id, "LGPL-")
	case "Qt-GPL-exception-1.0", "Classpath-exception-2.0":
		return strings.HasPrefix(id, "GPL-")
	}
	return isGNU(id)
}

func isGNU(id string) bool {
	return strings.HasPrefix(id, "GPL-") || strings.HasPrefix(id, "LGPL-") || strings.HasPrefix(id, "AGPL-")
}

// reach is how far an exception is from a statement. It belongs to a notice rather than to the text of the licence.
func reach(s, x statement) int {
	d := distanceTo(s, x)
	if s.how == "text" {
		d += nearby
	}
	return d
}

func distanceTo(a, b statement) int {
	if a.from < b.from {
		return max(0, b.from-a.to)
	}
	return max(0, a.from-b.to)
}

// withException adds WITH to the licences in an expression that the exception is made for, or to the only licence.
func withException(e Expression, exception string) Expression {
	n := e.tree()
	var add func(n *node) *node
	add = func(n *node) *node {
		switch {
		case n.op == opLicense && (hosts(n.id, exception) || e.text == n.id):
			return &node{op: opWith, kids: []*node{n, {op: opLicense, id: exceptionOf(exception, n.id)}}}
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
