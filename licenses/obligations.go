// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Obligation is one thing to do when code is reused.
type Obligation struct {
	Code    string `json:"code"`    // one of the codes below
	License string `json:"license"` // the id that asks for it
	Ground  Ground `json:"ground"`  // the clause, with its words
}

// The codes of obligations. Their words stand in messages/licenses.toml under license.obligation.
const (
	Attribution  = "attribution"     // name the authors
	Notice       = "notice"          // pass on the licence text and the notices
	Source       = "source"          // give the source code
	SameLicense  = "same-licence"    // hand on under the same licence
	NetworkUse   = "network-use"     // a service counts as handing on: its users get the source
	Patent       = "patent"          // patents are licensed, and lost by who sues
	StateChanges = "state-changes"   // say what was changed
	NoEndorse    = "no-endorsement"  // do not advertise with the authors' names
	Relink       = "relink"          // let people exchange the library
	Advertise    = "advertising"     // name the authors in advertisements
	Acknowledge  = "acknowledgement" // take over a sentence that the licence gives
	NotAlone     = "not-sold-alone"  // sell it only together with something else
	NonLibre     = "restrictions"    // uses are restricted
	NotKnown     = "unknown"         // what the licence asks for is not known: its text has to be read
)

// Codes lists the codes of obligations.
func Codes() []string {
	return []string{Attribution, Notice, Source, SameLicense, NetworkUse, Patent, StateChanges, NoEndorse, Relink, Advertise, Acknowledge,
		NotAlone, NonLibre, NotKnown}
}

// Obligations lists what the licences of an expression ask for, in the order of the expression; of a choice, the branch that asks
// least. It is empty when nothing is asked. Of a licence whose terms are not known it holds an obligation [NotKnown].
func Obligations(e Expression, use Use) []Obligation {
	n := e.Current().tree()
	if n == nil {
		return nil
	}
	return obligations(n.versions(opOr).simple(), use)
}

// AllKnown reports whether obligations are complete: none of them is [NotKnown].
func AllKnown(obligations []Obligation) bool {
	return !slices.ContainsFunc(obligations, func(o Obligation) bool { return o.Code == NotKnown })
}

func obligations(n *node, use Use) []Obligation {
	switch n.op {
	case opLicense:
		return obligationsOf(n.id, use)
	case opWith:
		waived := ""
		if w, ok := waivers[n.kids[1].id]; ok && use == Link {
			waived = w
		}
		if !addsPermissions(n.kids[1].id) { // it may ask for more
			return append(obligations(n.kids[0], use), notKnown(n.String()))
		}
		return slices.DeleteFunc(obligations(n.kids[0], use), func(o Obligation) bool { return has(waived, o.Code) })
	case opAnd:
		all := distinct[Obligation]{}
		for _, k := range n.kids {
			all.add(obligations(k, use)...)
		}
		return all.list
	}
	least := obligations(n.kids[0], use)
	for _, k := range n.kids[1:] {
		if o := obligations(k, use); burden(o) < burden(least) {
			least = o
		}
	}
	return least
}

// waivers are the codes that an exception lifts where the code is linked. The words of the exceptions stand in passages.go.
var waivers = map[string]string{
	"LGPL-3.0-linking-exception":   Relink,
	"OCaml-LGPL-linking-exception": Relink,
	"FLTK-exception":               Relink,
	"Qwt-exception-1.0":            Relink,
	"WxWindows-exception-3.1":      Relink,
	"LLVM-exception":               Notice + " " + StateChanges,
}

// obligationsOf reads the catalogue. Offering a service hands nothing on: only what holds without that is asked then.
func obligationsOf(id string, use Use) []Obligation {
	duties, ok := catalogue()[id]
	if !ok {
		return []Obligation{notKnown(id)}
	}
	var all []Obligation
	for _, d := range duties {
		if use == NetworkService && !d.always || d.code == Relink && use != Link {
			continue
		}
		all = append(all, Obligation{d.code, id, Ground{Kind: KindClause, From: id, Detail: d.clause, Source: id, Quote: d.quote}})
	}
	return all
}

func notKnown(id string) Obligation {
	return Obligation{NotKnown, id, Ground{Kind: KindUnknown, From: id}}
}

// asks reports whether a licence is known to ask for something.
func asks(id, code string) bool {
	return slices.ContainsFunc(catalogue()[id], func(d duty) bool { return d.code == code })
}

// duty is one thing that a licence asks for.
type duty struct {
	code   string
	clause string // empty when the licence has no numbers
	quote  string
	always bool // also when nothing is handed on
}

//go:embed data/duties.txt
var dutiesData string

// catalogue holds what licences ask for, by id.
var catalogue = sync.OnceValue(func() map[string][]duty {
	all, err := readDuties(dutiesData)
	if err != nil {
		panic("licenses: embedded duties: " + err.Error()) // the build is broken; a test reads it
	}
	return all
})

// readDuties reads the catalogue; data/duties.txt tells its form.
func readDuties(text string) (map[string][]duty, error) {
	all := map[string][]duty{}
	var ids []string
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if list, ok := strings.CutPrefix(line, "="); ok {
			ids = strings.Fields(list)
			for _, id := range ids {
				if _, twice := all[id]; twice {
					return nil, fmt.Errorf("line %d: %s stands here for the second time", i+1, id)
				}
				all[id] = nil
			}
			continue
		}
		head, quote, ok := strings.Cut(line, " | ")
		code, clause, also := strings.Cut(head, " ")
		code, always := strings.CutSuffix(code, "!")
		if !ok || !also || len(ids) == 0 || !slices.Contains(Codes(), code) {
			return nil, fmt.Errorf("line %d: bad duty %q", i+1, line)
		}
		for _, id := range ids {
			all[id] = append(all[id], duty{code, strings.TrimPrefix(clause, "-"), quote, always})
		}
	}
	return all, nil
}
