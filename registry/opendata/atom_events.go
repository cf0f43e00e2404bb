// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"io"
	"time"
)

// Event is something that happened, for a feed that tells of it.
type Event struct {
	ID      string // "log/12"
	At      time.Time
	Kind    string // a word for programs
	Title   string
	Summary string
	Page    string // its address
}

// WriteEvents writes a feed of events in a language, the last first. Self is its own address, page that of the page it goes with.
func (x Site) WriteEvents(w io.Writer, lang, title, self, page string, events []Event) error {
	out := atomFeed{Lang: lang, ID: x.tag("events"), Title: title + " – " + x.Name, Author: atomPerson{x.Name},
		Links: []atomLink{{"self", "application/atom+xml", self}, {"alternate", "text/html", page}}}
	var updated time.Time
	for _, e := range events {
		if e.At.After(updated) {
			updated = e.At
		}
		one := atomEntry{ID: x.tag(e.ID), Title: atomText{Text: e.Title}, Updated: e.At.UTC().Format(time.RFC3339),
			Link: atomLink{"alternate", "text/html", e.Page}, Category: atomCategory{e.Kind, e.Title}, Rights: "CC0-1.0"}
		if e.Summary != "" {
			one.Summary = &atomText{Text: e.Summary}
		}
		out.Entries = append(out.Entries, one)
	}
	return out.write(w, updated)
}
