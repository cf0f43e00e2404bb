// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// The licences of GNU are called in many ways, and the words around tell the version and whether later ones may be
// chosen: "under version 2 or later of the GNU GPL", "the GNU General Public License as published by the Free Software
// Foundation; either version 2 of the License, or (at your option) any later version".

// gnuNames are the ways to call a family, longest first.
var gnuNames = []struct {
	family string
	words  []string
}{
	{"LGPL", []string{"library", "or", "lesser", "general", "public", "license"}},
	{"LGPL", []string{"lesser", "or", "library", "general", "public", "license"}},
	{"LGPL", []string{"lesser", "general", "public", "license"}},
	{"LGPL", []string{"library", "general", "public", "license"}},
	{"LGPL", []string{"general", "lesser", "public", "license"}},
	{"AGPL", []string{"affero", "general", "public", "license"}},
	{"AGPL", []string{"general", "affero", "public", "license"}},
	{"AGPL", []string{"affero", "public", "license"}},
	{"LGPL", []string{"license", "publique", "generale", "limitee"}},
	{"LGPL", []string{"license", "publique", "generale", "amoindrie"}},
	{"AGPL", []string{"license", "publique", "generale", "affero"}},
	{"GPL", []string{"license", "publique", "generale"}},
	{"GPL", []string{"license", "generale", "publique"}},
	{"GPL", []string{"general", "public", "license"}},
	{"GPL", []string{"general", "public", "licenses"}},
	{"LGPL", []string{"lesser", "public", "license"}},
	{"LGPL", []string{"lesser", "gpl"}},
	{"LGPL", []string{"library", "gpl"}},
	{"AGPL", []string{"affero", "gpl"}},
	{"GFDL", []string{"free", "documentation", "license"}},
	{"GPL", []string{"gpl"}},
	{"LGPL", []string{"lgpl"}},
	{"AGPL", []string{"agpl"}},
	{"GFDL", []string{"gfdl"}},
}

// gnu reads a licence of GNU named at word i; the name before ends at before.
func (n *notice) gnu(i, before int) (a atom, ok bool) {
	switch n.words[i] {
	case "gnu", "gpl", "lgpl", "agpl", "gfdl", "library", "lesser", "general", "affero", "license", "free": // the first words of gnuNames
	default:
		return a, false
	}
	k := i
	family := ""
	if n.words[k] == "gnu" {
		if k++; k+1 < len(n.words) && n.words[k] == "public" && n.words[k+1] == "license" {
			family, k = "GPL", k+2
		}
	}
	for _, g := range gnuNames {
		if family == "" && k+len(g.words) <= len(n.words) && slices.Equal(n.words[k:k+len(g.words)], g.words) {
			family, k = g.family, k+len(g.words)
			break
		}
	}
	if family == "" {
		return a, false
	}
	expr, end := n.versionAfter(family, k)
	if expr == "" {
		expr = n.versionBefore(family, i, before)
	}
	loose := expr == ""
	if loose {
		expr = map[string]string{"GPL": "GPL-1.0-or-later", "LGPL": "LGPL-2.0-or-later", "AGPL": "AGPL-3.0-or-later", "GFDL": "GFDL-1.1-or-later"}[family]
	}
	return atom{name{expr: expr, loose: loose}, i, max(k, end)}, true
}

// versionAfter looks for the version behind the name, which ends at k.
func (n *notice) versionAfter(family string, k int) (expr string, end int) {
	other := 0
	most := k + 26
	for p := k; p < len(n.words) && p < most; p++ {
		if to := n.address(p); to > 0 { // Foundation, Inc., 51 Franklin St, Boston, MA 02110-1301 USA; either version 2
			p, most = to, to+12
			continue
		}
		if p > k && (n.first[p] && n.gap[p]&gapColon != 0 || isNumber(n.words[p-1]) && isNumber(n.words[p])) {
			return "", k // the version of something else: "Version: 0.3" on the next line
		}
		if id, next := n.number(family, p); id != "" {
			q := next
			for n.run(q, "of") || n.run(q, "license") {
				q++
			}
			if q+1 < len(n.words) && n.words[q] == "or" { // version 2 or version 3
				q++
				for q+1 < len(n.words) && (n.words[q] == "at" || n.words[q] == "your" || n.words[q] == "option") {
					q++
				}
				if second, stop := n.number(family, q); second != "" && second != id {
					later := n.later(stop)
					if later > 0 && !n.has(later, later+3, "accepted", "approved") { // by somebody: not any
						return id + "-only OR " + second + "-or-later", later
					}
					return id + "-only OR " + second + "-only", max(stop, later)
				}
			}
			if stop := n.later(next); stop > 0 {
				return id + "-or-later", stop
			}
			if stop := n.laterAside(next); stop > 0 {
				return id + "-or-later", stop
			}
			return id + "-only", next
		}
		w := n.words[p]
		if w == "later" || w == "newer" {
			return "", p + 1
		}
		if p > k && n.gap[p]&gapItem != 0 || w == "lesser" || w == "library" || w == "affero" || w != strings.ToLower(family) && isShort(w) {
			return "", k // another licence
		}
		if !isGNUFiller(w) {
			if other++; other > 1 {
				return "", k
			}
		}
	}
	return "", k
}

// ofLinux takes the GPL without version for version 2 where the sentence behind it, from word p on, sends to the file COPYING of Linux, which is that text:
// "See the file COPYING in the main directory of the Linux distribution".
func (s *statement) ofLinux(n *notice, p int) {
	if s.expr.text != "GPL-1.0-or-later" || len(s.loose) == 0 {
		return
	}
	for q := p; q < len(n.words) && q < p+14; q++ {
		if n.words[q] == "copying" && n.has(q+1, q+9, "linux") && n.has(q+1, q+9, "directory", "source", "sources", "kernel", "distribution") {
			s.expr, s.loose = Expression{"GPL-2.0-only"}, nil
			return
		}
	}
}

// address is the last word of the Free Software Foundation's postal address that begins at word p; 0 when there is none.
func (n *notice) address(p int) int {
	switch n.words[p] {
	case "51", "59", "675":
		for q := p + 3; q < len(n.words) && q < p+16; q++ {
			if n.words[q] == "usa" {
				return q
			}
		}
	}
	return 0
}

func isNumber(w string) bool { return strings.Trim(w, "0123456789") == "" }

// versionBefore looks for the version in front of the name, which begins at i, not further back than end.
func (n *notice) versionBefore(family string, i, end int) string {
	later := false
	for p := i - 1; p >= max(end, i-14); p-- {
		w := n.words[p]
		if isLater(w) {
			later = true
			continue
		}
		if p > end {
			if id, next := n.number(family, p-1); id != "" && next == p+1 {
				return id + suffix(later)
			}
		}
		if id, next := n.number(family, p); id != "" && next == p+1 {
			return id + suffix(later)
		}
		if !isGNUFiller(w) {
			return ""
		}
	}
	return ""
}

func suffix(later bool) string {
	if later {
		return "-or-later"
	}
	return "-only"
}

// number reads a version of the family at word p.
func (n *notice) number(family string, p int) (id string, next int) {
	if p >= len(n.words) || len(n.words[p]) != 1 && n.words[p] != "21" || n.run(p+1, "clause") {
		return "", 0
	}
	major, minor, next := n.words[p], "0", p+1
	if major == "21" {
		major, minor = "2", "1"
	} else if next < len(n.words) && (n.words[next] == "0" || n.words[next] == "1" || n.words[next] == "2" || n.words[next] == "3") {
		minor, next = n.words[next], next+1
	}
	id = family + "-" + major + "." + minor
	if info, ok := Info(id + "-only"); ok {
		return strings.TrimSuffix(info.ID, "-only"), next
	}
	if minor != "0" { // 2 1991: not a minor version
		id = family + "-" + major + ".0"
		if _, ok := Info(id + "-only"); ok {
			return id, p + 1
		}
	}
	return "", 0
}

// later looks for "or any later version" behind a version and says where it ends; 0 when only that version is meant.
func (n *notice) later(p int) int {
	joined := false
	for q := p; q < len(n.words) && q < p+16; q++ {
		w := n.words[q]
		switch {
		case w == "plus":
			return q + 1
		case w == "or" || w == "and" || w == "any" || w == "ou" || w == "et" || w == "all":
			joined = true
		case isLater(w) && joined:
			return q + 1
		case w == "only":
			return 0
		case !isGNUFiller(w):
			return 0
		}
	}
	return 0
}

// laterAside looks for ", or any later version" behind an aside: "version 3, the text of which stands in COPYING, or any later version".
func (n *notice) laterAside(p int) int {
	if p >= len(n.words) || n.gap[p]&gapComma == 0 {
		return 0
	}
	for q, end := p, n.sentenceEnd(p, 20); q < end; q++ {
		if n.gap[q]&gapComma != 0 && (n.run(q, "or", "any", "later") || n.run(q, "or", "any", "newer")) {
			return q + 3
		}
		if isNumber(n.words[q]) {
			return 0
		}
	}
	return 0
}

func isLater(w string) bool {
	switch w {
	case "later", "newer", "higher", "above", "greater", "upwards", "onwards", "subsequent", "plus", "ulterieure", "ulterieures", "superieure", "posterieure", "up", "beyond":
		return true
	}
	return false
}

// isGNUFiller reports whether a word may stand between the name of a licence of GNU and its version.
func isGNUFiller(w string) bool {
	switch w {
	case "as", "published", "by", "free", "software", "foundation", "fsf", "inc", "is", "of", "license", "licenses", "gnu", "gpl", "lgpl", "agpl", "either", "under",
		"terms", "dated", "june", "1991", "february", "1999", "29", "2007", "or", "at", "your", "option", "any", "general", "public", "lesser", "library",
		"(", "in", "its", "and", "to", "s", "choice", "opinion", "discretion", "publiee", "par", "telle", "que", "soit", "de", "la", "ou", "votre", "gre", "toute",
		"license2", "conditions", "affero", "du", "publique", "generale", "if", "you", "prefer", "want", "user", "yours", "licence", "option)", "subject", "classpath", "exception", "which", "that", "same", "this", "convenance", "publie", "tel", "au", "choix":
		return true
	}
	return false
}
