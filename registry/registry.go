// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package registry tells what software is for and who answers for it: the catalogue, the needs, the governance.
//
// What is kept is a set of records: software, repositories, organisations, offers, uses, needs, selections and requests. Each is
// one JSON document with an id that never changes, and says where it comes from and under which licence it may be handed on. A
// [Store] keeps them and puts every change in one order; a [Catalogue] is what readers see: all of it in memory, made
// from the records alone, so it can always be made again.
package registry

import (
	"encoding/json"
	"time"
)

// Kind says what a record describes. The names stand in the database, in the dumps and in the HTTP API.
type Kind string

// The kinds of records, in the order in which they refer to each other: a kind refers to those before it.
const (
	KindNeed         Kind = "need"
	KindOrganisation Kind = "organisation"
	KindRepository   Kind = "repository"
	KindSoftware     Kind = "software"
	KindOffer        Kind = "offer"
	KindUse          Kind = "use"
	KindSelection    Kind = "selection"
	KindRequest      Kind = "request"
)

// Kinds lists every kind, in the order of the constants.
func Kinds() []Kind {
	return []Kind{KindNeed, KindOrganisation, KindRepository, KindSoftware, KindOffer, KindUse, KindSelection, KindRequest}
}

// Text is a sentence or more in both languages. One may be missing: [Text.In] then gives the other.
type Text struct {
	FR string `json:"fr,omitempty"`
	EN string `json:"en,omitempty"`
}

// In gives the text in the language ("fr" or "en"), and the language it is really in, which a page has to mark when it
// is not its own.
func (t Text) In(lang string) (text, written string) {
	if lang == "en" && t.EN != "" || t.FR == "" {
		return t.EN, "en"
	}
	return t.FR, "fr"
}

// Tri is a yes, a no, or an unknown, which is the zero value: nobody has said.
type Tri string

// The values of Tri.
const (
	Unknown Tri = ""
	Yes     Tri = "yes"
	No      Tri = "no"
)

// Date is a day, a month or a year as ISO 8601 writes them: 2026-11-22, 2026-11, 2026; empty when not known.
type Date string

// Source says where a record comes from and what may be done with it.
type Source struct {
	Name    string `json:"name"`              // who made it known: "base", "sill", "comptoir", "chatons", "publiccode", "members", "form", "operator"…
	URL     string `json:"url,omitempty"`     // where it was read
	Licence string `json:"licence"`           // SPDX id under which the record, not the software, may be handed on
	Read    Date   `json:"read,omitempty"`    // when
	Credit  string `json:"credit,omitempty"`  // whom the licence asks to name
	Version string `json:"version,omitempty"` // of what was read: a commit, an ETag
}

// Status says how far a record has come. Only what is [Status.Public] is shown to all.
type Status string

// The statuses of records.
const (
	Draft     Status = "draft"     // being written; its author sees it
	Proposed  Status = "proposed"  // found by the crawler or an import; nobody answers for it yet
	Declared  Status = "declared"  // « déclaré »: somebody answers for it
	Proven    Status = "proven"    // « contrôle du dépôt prouvé »
	Withdrawn Status = "withdrawn" // taken out; the id stays taken
)

// Public reports whether all may see a record of this status.
func (s Status) Public() bool { return s == Proposed || s == Declared || s == Proven }

// Meta is what every record carries.
type Meta struct {
	ID      string   `json:"id"` // lower-case letters, digits and "-"; for a repository its canonical URL
	Status  Status   `json:"status"`
	Sources []Source `json:"sources"` // the one it was made from first

	Withdrawal *Withdrawal `json:"withdrawal,omitempty"` // of what was taken out
}

// Withdrawal tells why a record was taken out.
type Withdrawal struct {
	Reason string `json:"reason"`
	Date   Date   `json:"date"`
	With   string `json:"with,omitempty"` // what it was taken out along with: "organisation/mairie-exemple"
}

// Record is a record as the store keeps it: Body is the JSON of a Software, an Organisation…, whose Meta.ID is ID.
type Record struct {
	Kind    Kind            `json:"kind"`
	ID      string          `json:"id"`
	Seq     int64           `json:"seq"`     // of the change that made it what it is: no two records have the same
	Changed time.Time       `json:"changed"` // UTC, to the second
	Deleted bool            `json:"deleted,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"` // empty when deleted
}
