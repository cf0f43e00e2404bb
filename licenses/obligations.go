// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// Obligation is one thing to do when code is reused.
type Obligation struct {
	Code    string `json:"code"`    // one of the codes below
	License string `json:"license"` // the id that asks for it
	Ground  Ground `json:"ground"`  // the clause
}

// The codes of obligations. Their words stand in messages/licenses.toml under license.obligation.
const (
	Attribution  = "attribution"    // name the authors
	Notice       = "notice"         // pass on the licence text and the notices
	Source       = "source"         // give the source code
	SameLicense  = "same-licence"   // hand on under the same licence
	NetworkUse   = "network-use"    // give the source to those who use it over a network
	Patent       = "patent"         // patents are licensed, and lost by who sues
	StateChanges = "state-changes"  // say what was changed
	NoEndorse    = "no-endorsement" // do not advertise with the authors' names
	Relink       = "relink"         // let people exchange the library
	Advertise    = "advertising"    // name the authors in advertisements
	NonLibre     = "restrictions"   // uses are restricted
)

// terms are what a family of licences asks for, with the clause of each.
type terms struct {
	ids    string // separated by spaces; a * at the end stands for any ending
	duties string // code=clause, separated by spaces; an empty clause when the licence is too short to have numbers
}

// catalogue is read in order; the first that fits holds.
var catalogue = []terms{
	{"0BSD Unlicense CC0-1.0 MIT-0 WTFPL blessing", ""},
	{"MIT MIT-CMU ISC X11 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Views NCSA curl ICU HPND NTP PostgreSQL Unicode* SMLNJ UPL-1.0 Beerware", "attribution= notice="},
	{"BSD-2-Clause-Patent", "attribution= notice= patent="},
	{"BSD-3-Clause*", "attribution= notice= no-endorsement=3"},
	{"BSD-4-Clause*", "attribution= notice= advertising=3 no-endorsement=4"},
	{"Zlib Libpng libpng-2.0 zlib-acknowledgement", "notice=3 state-changes=2"},
	{"BSL-1.0", "attribution= notice="},
	{"Python-2.0 PSF-2.0", "attribution=2 notice=2 state-changes=3"},
	{"Apache-2.0", "attribution=4(c) notice=4(a) state-changes=4(b) patent=3 no-endorsement=6"},
	{"Apache-1.1 Apache-1.0", "attribution=1 notice=2 advertising=3 no-endorsement=4"},
	{"Artistic-2.0", "attribution= notice=4 state-changes=4"},
	{"GPL-1.0*", "attribution=1 notice=1 state-changes=2 source=3 same-licence=2"},
	{"GPL-2.0*", "attribution=1 notice=1 state-changes=2(a) source=3 same-licence=2(b)"},
	{"GPL-3.0*", "attribution=4 notice=4 state-changes=5(a) source=6 same-licence=5(c) patent=11"},
	{"AGPL-3.0*", "attribution=4 notice=4 state-changes=5(a) source=6 same-licence=5(c) network-use=13 patent=11"},
	{"LGPL-2*", "attribution=1 notice=1 state-changes=2(b) source=4 same-licence=2(c) relink=6"},
	{"LGPL-3.0*", "attribution=4(a) notice=4(b) source=4(d) same-licence=2 relink=4(d) patent="},
	{"MPL-1.1", "notice=3.5 source=3.2 same-licence=3.1 state-changes=3.3 patent=2.1"},
	{"MPL-2.0*", "notice=3.4 source=3.2 same-licence=3.1 patent=2.1"},
	{"EPL-1.0", "attribution=3 source=3 same-licence=3 patent=2"},
	{"EPL-2.0", "notice=3.3 source=3.1 same-licence=3.2 patent=2"},
	{"CDDL*", "notice=3.3 source=3.1 same-licence=3.1 patent=2.1"},
	{"EUPL*", "attribution=5 notice=5 state-changes=5 source=5 same-licence=5 network-use=5 patent=2"},
	{"OSL*", "attribution=6 source=3 same-licence=1(c) network-use=5 patent=2"},
	{"CECILL-1* CECILL-2*", "attribution=6.4 notice=5.3.1 source=5.3.2 same-licence=5.3.2"},
	{"CECILL-B", "attribution=5.3.4 notice=5.3.1"},
	{"CECILL-C", "attribution=6.4 notice=5.3.1 source=5.3.2 same-licence=5.3.2"},
	{"LiLiQ-P*", "attribution= notice="},
	{"LiLiQ-R*", "attribution= notice= source= same-licence="},
	{"etalab-2.0", "attribution="},
	{"ODbL-1.0", "attribution=4.2 notice=4.2 same-licence=4.4"},
	{"CC-BY-SA-4.0 CC-BY-SA-3.0", "attribution=3(a) notice=3(a) state-changes=3(a) same-licence=3(b)"},
	{"CC-BY-4.0 CC-BY-3.0 CC-BY-2.5 CC-BY-2.0", "attribution=3(a) notice=3(a) state-changes=3(a)"},
	{"CC-BY-NC* CC-BY-ND* Elastic-2.0 BUSL-1.1 SSPL-1.0", "attribution= notice= restrictions="},
	{"OFL-1.1* OFL-1.0*", "notice=2 same-licence=5 no-endorsement=4"},
	{"MS-PL", "attribution=3(C) notice=3(D) patent=2(B) no-endorsement=3(A)"},
	{"MS-RL", "attribution=3(D) notice=3(E) source=3(A) same-licence=3(A) patent=2(B) no-endorsement=3(B)"},
}

// Obligations lists what the licences of an expression ask for, in the order of the expression; of a choice, the branch that asks
// least. It is empty when nothing is asked, and when nothing is known: [Known] tells the two apart.
func Obligations(e Expression, use Use) []Obligation {
	n := e.Current().tree()
	if n == nil {
		return nil
	}
	return obligations(n, use)
}

func obligations(n *node, use Use) []Obligation {
	switch n.op {
	case opLicense:
		return obligationsOf(n.id, use)
	case opWith:
		return obligations(n.kids[0], use)
	case opAnd:
		var all []Obligation
		for _, k := range n.kids {
			all = appendNew(all, obligations(k, use))
		}
		return all
	}
	var least []Obligation
	for i, k := range n.kids {
		if !Known(Expression{k.String()}) {
			continue
		}
		if o := obligations(k, use); least == nil || len(o) < len(least) {
			least = o
		}
		if i == 0 && least == nil {
			least = []Obligation{}
		}
	}
	return least
}

// obligationsOf reads the catalogue. Offering a service hands nothing on, so that only what reaches a network holds then.
func obligationsOf(id string, use Use) []Obligation {
	duties, ok := dutiesOf(id)
	if !ok {
		return nil
	}
	network := strings.Contains(duties, NetworkUse)
	var all []Obligation
	for d := range strings.FieldsSeq(duties) {
		code, clause, _ := strings.Cut(d, "=")
		if use == NetworkService && code != NonLibre && !(network && slices.Contains([]string{NetworkUse, Source, SameLicense, Notice, StateChanges}, code)) {
			continue
		}
		if code == Relink && use != Link {
			continue
		}
		all = append(all, Obligation{code, id, Ground{Kind: "clause", From: id, Detail: clause}})
	}
	return all
}

func dutiesOf(id string) (string, bool) {
	id = strings.TrimSuffix(id, "+")
	for _, t := range catalogue {
		for pattern := range strings.FieldsSeq(t.ids) {
			prefix, any := strings.CutSuffix(pattern, "*")
			if id == pattern || any && strings.HasPrefix(id, prefix) {
				return t.duties, true
			}
		}
	}
	if m := compatibility(); m != nil {
		if i, ok := m.at[id]; ok && m.free[i] { // permissive, by the matrix
			return "attribution= notice=", true
		}
	}
	return "", false
}
