// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"communs/registry"
)

// Feed is an Atom feed (RFC 4287): the records around one of them as they are now, the last changed first.
type Feed struct {
	Kind    registry.Kind // of the record it is about; empty: all changes
	ID      string
	Entries []registry.Stamped
}

// maxEntries is how many records a feed names: those that read it ask more often than that many change.
const maxEntries = 100

// FeedOf collects what a feed about a record tells: a need, a software, an organisation or a request; of any other kind there is none.
// Kind "" is the feed of all changes. Repositories are in none: they change with every visit.
func FeedOf(c *registry.Catalogue, kind registry.Kind, id string) (Feed, bool) {
	f := Feed{Kind: kind, ID: id}
	if kind == "" {
		for _, k := range registry.Kinds() {
			if k != registry.KindRepository {
				list := c.Stamped(k)
				f.Entries = append(f.Entries, list[max(0, len(list)-maxEntries):]...)
			}
		}
		f.sort()
		return f, true
	}
	own, ok := c.Entry(kind, id)
	if !ok {
		return f, false
	}
	f.Entries = append(f.Entries, own)
	switch kind {
	case registry.KindNeed:
		f.add(stamped(c, c.SoftwareFor(id)), stamped(c, c.OffersForNeed(id)), stamped(c, c.SelectionsFor(id)), stamped(c, c.RequestsFor(id)))
	case registry.KindSoftware:
		offers, _ := c.OffersFor(id)
		f.add(stamped(c, offers), stamped(c, c.UsesOf(id)), stamped(c, c.SelectionsWith(id)), stamped(c, c.RequestsAbout(id)))
	case registry.KindOrganisation:
		f.add(stamped(c, c.OffersOf(id)), stamped(c, c.UsesBy(id)), stamped(c, c.RequestsOf(id)), stamped(c, c.SoftwareOf(id)))
	case registry.KindRequest:
	default:
		return f, false
	}
	f.sort()
	return f, true
}

func (f *Feed) add(lists ...[]registry.Stamped) {
	for _, l := range lists {
		f.Entries = append(f.Entries, l...)
	}
}

func (f *Feed) sort() {
	slices.SortFunc(f.Entries, func(a, b registry.Stamped) int {
		return cmp.Or(cmp.Compare(b.Seq, a.Seq), cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(a.Head().ID, b.Head().ID))
	})
	f.Entries = f.Entries[:min(len(f.Entries), maxEntries)]
}

// The parts of a feed, as RFC 4287 has them.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomPerson  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomText struct {
		Lang string `xml:"xml:lang,attr,omitempty"`
		Text string `xml:",chardata"`
	}
	atomCategory struct {
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	}
	atomEntry struct {
		ID       string       `xml:"id"`
		Title    atomText     `xml:"title"`
		Updated  string       `xml:"updated"`
		Link     atomLink     `xml:"link"`
		Category atomCategory `xml:"category"`
		Rights   string       `xml:"rights"`
		Summary  *atomText    `xml:"summary"`
	}
)

// WriteAtom writes a feed in a language. Self is its own address, page that of the page it goes with.
func (x Site) WriteAtom(w io.Writer, c *registry.Catalogue, f Feed, lang, self, page string) error {
	out := atomFeed{Lang: lang, ID: x.tag("feed/" + cmp.Or(string(f.Kind), "all") + "/" + url.PathEscape(f.ID)), Author: atomPerson{x.Name},
		Links: []atomLink{{"self", "application/atom+xml", self}, {"alternate", "text/html", page}}}
	out.Title = x.Say(lang, "opendata.feed.all", x.Name)
	if own, ok := c.Entry(f.Kind, f.ID); ok {
		title, _ := titleOf(c, own.Entry, lang)
		out.Title = title + " – " + x.Name
	}
	updated := time.Time{}
	for _, e := range f.Entries {
		if e.Changed.After(updated) {
			updated = e.Changed
		}
		out.Entries = append(out.Entries, x.atomEntry(c, e, lang))
	}
	if len(f.Entries) == 0 {
		updated = c.Changed()
	}
	return out.write(w, updated)
}

// write writes the feed, which was last changed then.
func (out atomFeed) write(w io.Writer, updated time.Time) error {
	out.Updated = updated.UTC().Format(time.RFC3339)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	return nil
}

func (x Site) atomEntry(c *registry.Catalogue, s registry.Stamped, lang string) atomEntry {
	kind := s.Kind()
	title, written := titleOf(c, s.Entry, lang)
	e := atomEntry{
		ID: x.tag(string(kind) + "/" + url.PathEscape(s.Head().ID)), Title: atomText{other(written, lang), title}, Updated: s.Changed.UTC().Format(time.RFC3339),
		Link: atomLink{"alternate", "text/html", x.Link(s)}, Category: atomCategory{string(kind), x.Say(lang, "opendata.one."+string(kind))}, Rights: Licence(s.Head()),
	}
	if text := summaryOf(s.Entry); text != (registry.Text{}) {
		summary, written := text.In(lang)
		e.Summary = &atomText{other(written, lang), summary}
	}
	return e
}

// tag is an id that stays when pages move (RFC 4151).
func (x Site) tag(specific string) string { return "tag:" + x.hostOf() + ",2026:" + specific }

// other is a text's language where it is not that of what stands around it.
func other(written, lang string) string {
	if written == lang {
		return ""
	}
	return written
}

// Title names a record in a language, or in the one in which it is named.
func Title(c *registry.Catalogue, e registry.Entry, lang string) string {
	title, _ := titleOf(c, e, lang)
	return title
}

// titleOf names a record, and tells the language of the name; empty for names that are the same everywhere.
func titleOf(c *registry.Catalogue, e registry.Entry, lang string) (title, written string) {
	both := func(organisation, software string) (string, string) {
		name := organisation
		if o, ok := c.Organisation(organisation); ok {
			name = o.Name
		}
		if s, ok := c.Software(software); ok {
			name += " – " + s.Name
		}
		return name, lang
	}
	switch e := e.(type) {
	case *registry.Need:
		return e.Name.In(lang)
	case *registry.Organisation:
		return e.Name, lang
	case *registry.Software:
		return e.Name, lang
	case *registry.Offer:
		return both(e.Organisation, e.Software)
	case *registry.Use:
		return both(e.Organisation, e.Software)
	case *registry.Selection:
		return e.Title.In(lang)
	case *registry.Request:
		return e.Title.In(lang)
	}
	return e.Head().ID, lang
}

func summaryOf(e registry.Entry) registry.Text {
	switch e := e.(type) {
	case *registry.Organisation:
		return e.About
	case *registry.Software:
		return e.Summary
	case *registry.Offer:
		return e.Note
	case *registry.Use:
		return e.Note
	case *registry.Selection:
		return e.Situation
	case *registry.Request:
		return e.About
	}
	return registry.Text{}
}
