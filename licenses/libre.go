// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// The grounds on which a licence is libre.
const (
	GroundOSI  = "osi"  // approved by the Open Source Initiative
	GroundFSF  = "fsf"  // free for the Free Software Foundation
	GroundEtat = "etat" // on the French State's list
)

// LibreOf says whether an expression makes code free software, and on what ground: osi, fsf, etat, or nothing.
// OR takes the best branch, AND needs all and gives the ground of its first. A licence that the SPDX list holds and nobody
// approved is not libre; one that no list knows is unknown.
func LibreOf(e Expression) (l Libre, ground string) {
	n := e.tree()
	if n == nil {
		return LibreUnknown, ""
	}
	return n.libre()
}

func (n *node) libre() (Libre, string) {
	switch n.op {
	case opLicense:
		return libreOf(n.id)
	case opWith: // an exception adds permissions
		return n.kids[0].libre()
	case opAnd:
		result, ground := n.kids[0].libre()
		for _, k := range n.kids[1:] {
			if l, _ := k.libre(); worse(l, result) {
				result, ground = l, ""
			}
		}
		return result, ground
	default:
		result, ground := n.kids[0].libre()
		for _, k := range n.kids[1:] {
			if l, g := k.libre(); worse(result, l) {
				result, ground = l, g
			}
		}
		return result, ground
	}
}

// worse orders yes, unknown, no.
func worse(a, b Libre) bool {
	rank := map[Libre]int{LibreYes: 2, LibreUnknown: 1, LibreNo: 0}
	return rank[a] < rank[b]
}

func libreOf(id string) (Libre, string) {
	info, ok := Info(id)
	switch {
	case !ok && onStateList(id): // Licence Ouverte 1.0 has no id of SPDX
		return LibreYes, GroundEtat
	case !ok || info.Exception:
		return LibreUnknown, ""
	case info.OSI:
		return LibreYes, GroundOSI
	case info.FSF:
		return LibreYes, GroundFSF
	case info.Etat:
		return LibreYes, GroundEtat
	}
	if info.Current != "" && info.Current != info.ID {
		if e, err := Parse(info.Current); err == nil {
			return LibreOf(e)
		}
	}
	return LibreNo, ""
}

// onStateList reports whether French administrations may publish software or data under the licence: article D323-2-1 of the Code
// des relations entre le public et l'administration (décret n° 2017-638 of 27 April 2017) and the list that it refers to,
// https://www.data.gouv.fr/fr/licences (Licence Ouverte, ODbL; Apache, BSD, CeCILL-B, MIT; CeCILL, CeCILL-C, GPL, LGPL, AGPL, MPL; and,
// approved since, EUPL 1.2 and EPL 2.0), as it stood in 2024.
func onStateList(id string) bool {
	switch id {
	case "etalab-2.0", "LicenseRef-etalab-1.0", "ODbL-1.0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CECILL-B", "MIT",
		"CECILL-2.0", "CECILL-2.1", "CECILL-C", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later",
		"LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later",
		"MPL-2.0", "EUPL-1.2", "EPL-2.0":
		return true
	}
	return false
}
