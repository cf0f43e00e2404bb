// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"cmp"
	"slices"

	"communs/registry/publiclog"
)

// What the public log tells of changes of records, one entry for all that is changed in one step:
//
//   - record.withdrawn: somebody took records out. A decision: the records, with the reason.
//   - record.edited: somebody changed records by hand: which ones, and which of their fields. Not what they said before and say now.
//   - record.imported: records came from elsewhere: how many, and from which sources.
//
// What the program observes by itself (activity, licences found, other addresses of a repository) is not told: nobody decided it, it is
// found anew at any time, and there is more of it than of all else.

// maxTold is how many records one entry names; of more it tells the number.
const maxTold = 1000

// changesTold is the body of an entry about records.
type changesTold struct {
	Signed
	New     int          `json:"new"`
	Changed int          `json:"changed"`
	Sources []string     `json:"sources,omitempty"`
	Reason  string       `json:"reason,omitempty"`
	Records []recordTold `json:"records,omitempty"`
}

type recordTold struct {
	Kind   Kind     `json:"kind"`
	ID     string   `json:"id"`
	Fate   Fate     `json:"fate"`
	Fields []string `json:"fields,omitempty"`
}

// FateWithdrawn is that of a record that was taken out, in the public log.
const FateWithdrawn Fate = "withdrawn"

// written lists what a plan writes.
func (p *Plan) written() (list []*Planned) {
	for _, it := range p.Items {
		if it.Fate == FateNew || it.Fate == FateChanged {
			list = append(list, it)
		}
	}
	return list
}

// imported tells of an import.
func (p *Plan) imported(by Actor) publiclog.Draft {
	told := changesTold{Signed: by.Sign(), New: p.Count(FateNew), Changed: p.Count(FateChanged)}
	for _, it := range p.written() {
		for _, s := range it.entry.Head().Sources {
			if !slices.Contains(told.Sources, s.Name) {
				told.Sources = append(told.Sources, s.Name)
			}
		}
	}
	slices.Sort(told.Sources)
	return publiclog.Draft{Type: "record.imported", Body: told, Personal: by.personal()}
}

// edited tells of changes by hand.
func (p *Plan) edited(by Actor) publiclog.Draft {
	told := changesTold{Signed: by.Sign(), New: p.Count(FateNew), Changed: p.Count(FateChanged)}
	kind := "record.edited"
	for _, it := range p.written() {
		r := recordTold{Kind: it.Kind, ID: it.ID, Fate: it.Fate}
		m := it.entry.Head()
		if m.Status == Withdrawn && m.Withdrawal != nil && slices.ContainsFunc(it.Fields, func(f FieldChange) bool { return f.Field == "status" }) {
			kind, r.Fate = "record.withdrawn", FateWithdrawn
			told.Reason = cmp.Or(told.Reason, m.Withdrawal.Reason)
		} else {
			for _, f := range it.Fields {
				r.Fields = append(r.Fields, f.Field)
			}
		}
		if len(told.Records) < maxTold {
			told.Records = append(told.Records, r)
		}
	}
	return publiclog.Draft{Type: kind, Body: told, Personal: by.personal()}
}
