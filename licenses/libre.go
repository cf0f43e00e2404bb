// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// The grounds on which a licence is libre, or not.
const (
	GroundOSI    = "osi"           // approved by the Open Source Initiative
	GroundFSF    = "fsf"           // free for the Free Software Foundation
	GroundEtat   = "etat"          // on the French State's list
	GroundPublic = "public-domain" // given to the public domain, which the Free Software Foundation holds to be free
	GroundSort   = "category"      // not free: ScanCode's LicenseDB sorts it among proprietary or restricted ones
)

// LibreOf says whether an expression makes code free software, and on what ground; without ground it is never yes. OR takes the best
// branch, AND needs all, and has a ground that holds for all where there is one. A licence that the SPDX list holds and nobody
// approved is not libre; one that no list knows is unknown.
func LibreOf(e Expression) (l Libre, ground string) {
	n := e.tree()
	if n == nil {
		return LibreUnknown, ""
	}
	return n.libre()
}

func (n *node) libre() (Libre, string) {
	l, grounds := n.grounds()
	if len(grounds) == 0 {
		return l, ""
	}
	return l, grounds[0]
}

// grounds says whether a part makes code free software, and on what grounds, the best first.
func (n *node) grounds() (Libre, []string) {
	switch n.op {
	case opLicense:
		return groundsOf(strings.TrimSuffix(n.id, "+"))
	case opWith:
		if !addsPermissions(n.kids[1].id) {
			return LibreUnknown, nil
		}
		return n.kids[0].grounds()
	}
	result, grounds := n.kids[0].grounds()
	for _, k := range n.kids[1:] {
		l, g := k.grounds()
		switch {
		case n.op == opAnd && worse(l, result), n.op == opOr && worse(result, l):
			result, grounds = l, g
		case n.op == opAnd && l == result:
			if common := slices.DeleteFunc(slices.Clone(grounds), func(x string) bool { return !slices.Contains(g, x) }); len(common) > 0 {
				grounds = common
			}
		}
	}
	return result, grounds
}

// worse orders yes, unknown, no.
func worse(a, b Libre) bool {
	rank := map[Libre]int{LibreYes: 2, LibreUnknown: 1, LibreNo: 0}
	return rank[a] < rank[b]
}

func libreOf(id string) (Libre, string) { return (&node{op: opLicense, id: id}).libre() }

// groundsOf looks for the grounds of one licence.
func groundsOf(id string) (Libre, []string) {
	info, ok := Info(id)
	var grounds []string
	for _, g := range []struct {
		is   bool
		name string
	}{{info.OSI, GroundOSI}, {info.FSF, GroundFSF}, {info.Etat || onStateList(id), GroundEtat}, {isPublicDomain(id), GroundPublic}} {
		if g.is {
			grounds = append(grounds, g.name)
		}
	}
	switch {
	case info.Exception:
		return LibreUnknown, nil
	case len(grounds) > 0:
		return LibreYes, grounds
	case !ok:
		if other, known := Other(id); known && isRestricted(other.Category) {
			return LibreNo, []string{GroundSort}
		}
		return LibreUnknown, nil
	}
	if id == "GPL-1.0-or-later" { // nobody was asked about version 1, but a later one may be chosen
		return groundsOf("GPL-2.0-or-later")
	}
	if info.Current != "" && info.Current != info.ID {
		if e, err := Parse(info.Current); err == nil {
			return e.tree().grounds()
		}
	}
	return LibreNo, nil
}

// addsPermissions reports whether what stands after WITH gives permissions and takes none away: SPDX lists no other, and LicenseDB
// says it by the category. What an author calls so himself may be a restriction.
func addsPermissions(exception string) bool {
	if info, ok := Info(exception); ok {
		return info.Exception
	}
	other, ok := Other(exception)
	return ok && other.Exception && (other.Category == "Permissive" || strings.HasPrefix(other.Category, "Copyleft"))
}

// isRestricted reports whether LicenseDB's category of a licence is one of those whose terms forbid uses that free software allows.
func isRestricted(category string) bool {
	switch category {
	case "Proprietary Free", "Commercial", "Source-available", "Free Restricted":
		return true
	}
	return false
}

// isPublicDomain reports whether an id stands for a statement by which an author gives up all rights. What one State alone does not
// protect (the works of a government) is not among them.
func isPublicDomain(id string) bool {
	switch id {
	case "CC-PDDC", "PDDL-1.0", "SAX-PD", "SAX-PD-2.0", "ANTLR-PD", "ANTLR-PD-fallback", "blessing":
		return true
	}
	other, ok := Other(id)
	return ok && other.Category == "Public Domain" || id == "LicenseRef-scancode-public-domain"
}

// onStateList reports whether French administrations may publish software or data under the licence: article D323-2-1 of the Code
// des relations entre le public et l'administration, from décret n° 2017-638 of 27 April 2017 (for data Licence Ouverte and ODbL; for
// software BSD, Apache, CeCILL-B and MIT, Mozilla Public License, GNU General Public License and CeCILL) and a decree of December 2021
// (European Union Public Licence, Eclipse Public License). The versions are those of https://www.data.gouv.fr/pages/legal/licences.
func onStateList(id string) bool {
	switch id {
	case "etalab-2.0", "LicenseRef-etalab-1.0", "ODbL-1.0",
		"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CECILL-B", "MIT",
		"CECILL-2.1", "CECILL-C", "GPL-3.0-or-later", "LGPL-3.0-or-later", "AGPL-3.0-or-later", "MPL-2.0", "EPL-2.0", "EUPL-1.2":
		return true
	}
	return false
}
