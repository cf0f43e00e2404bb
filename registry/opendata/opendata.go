// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package opendata hands the catalogue on: dumps as JSONL and CSV, split by the licence of what they hold; JSON-LD as schema.org and
// DCAT-AP have it; Atom feeds; badges; publiccode.yml and codemeta.json of each software.
//
// Everything is made from one state of the catalogue and depends on nothing else, so the same state always gives the same bytes.
package opendata

import (
	"slices"
	"strings"
	"time"

	"communs/registry"
)

// FreeLicence is the licence that asks nothing of who hands data on.
const FreeLicence = "CC0-1.0"

// Item is a record as the dumps and the API give it: what it says, and beside it under which licence it may be handed on.
type Item struct {
	Kind    registry.Kind  `json:"kind"`
	ID      string         `json:"id"`
	Licence string         `json:"record_licence"` // SPDX expression, of the record and not of the software it may describe
	Changed time.Time      `json:"changed"`
	Record  registry.Entry `json:"record"`
}

// NewItem makes the item of an entry.
func NewItem(s registry.Stamped) Item {
	return Item{s.Kind(), s.Head().ID, Licence(s.Head()), s.Changed.UTC().Truncate(time.Second), s.Entry}
}

// Licence is the licence of a record. What several sources have made is under all their licences at once, those that ask nothing aside;
// a record without any source may not be handed on by others: its licence is "NOASSERTION".
func Licence(m *registry.Meta) string {
	var all []string
	for _, s := range m.Sources {
		if s.Licence != "" && s.Licence != FreeLicence && !slices.Contains(all, s.Licence) {
			all = append(all, s.Licence)
		}
	}
	switch {
	case len(all) > 0:
		return strings.Join(all, " AND ")
	case len(m.Sources) > 0:
		return FreeLicence
	}
	return "NOASSERTION"
}

// Plural names all records of a kind, in addresses and names of files.
func Plural(kind registry.Kind) string {
	switch kind {
	case registry.KindSoftware:
		return string(kind)
	case registry.KindRepository:
		return "repositories"
	}
	return string(kind) + "s"
}

// KindOf reads the name of a kind, in the singular or plural.
func KindOf(name string) (registry.Kind, bool) {
	for _, kind := range registry.Kinds() {
		if name == string(kind) || name == Plural(kind) {
			return kind, true
		}
	}
	return "", false
}

// List gives the entries of a kind in the order of the catalogue.
func List(c *registry.Catalogue, kind registry.Kind) []registry.Stamped {
	switch kind {
	case registry.KindNeed:
		return stamped(c, c.Needs())
	case registry.KindOrganisation:
		return stamped(c, c.Organisations())
	case registry.KindRepository:
		return stamped(c, c.Repositories())
	case registry.KindSoftware:
		return stamped(c, c.AllSoftware())
	case registry.KindOffer:
		return stamped(c, c.Offers())
	case registry.KindUse:
		return stamped(c, c.Uses())
	case registry.KindSelection:
		return stamped(c, c.Selections())
	case registry.KindRequest:
		return stamped(c, c.Requests())
	}
	return nil
}

func stamped[T registry.Entry](c *registry.Catalogue, list []T) []registry.Stamped {
	all := make([]registry.Stamped, 0, len(list))
	for _, e := range list {
		if s, ok := c.Entry(e.Kind(), e.Head().ID); ok {
			all = append(all, s)
		}
	}
	return all
}
