// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"time"
)

// A forge is listed part by part: a page of its API, some lines of a list. Its cursor is JSON and says how far that has come:
//
//	since   activity before this time has been listed, by a listing that came to its end
//	latest  the same for the listing under way, once it has come to its end
//	at      where the listing under way goes on, in its source's own words; empty when none is under way
//	full    it goes through everything, whatever "since" says, to find what is not there any more
//
// A cursor that is a time alone, as they were once written, is "since".
type place struct {
	Since  time.Time `json:"since,omitzero"`
	Latest time.Time `json:"latest,omitzero"`
	At     string    `json:"at,omitempty"`
	Full   bool      `json:"full,omitempty"`
}

// parsePlace reads a cursor. What cannot be read begins anew: a listing too many does no harm.
func parsePlace(c Cursor) place {
	var p place
	if t, err := time.Parse(time.RFC3339Nano, string(c)); err == nil {
		p.Since = t
	} else if json.Unmarshal([]byte(c), &p) != nil {
		return place{}
	}
	return p
}

func (p place) cursor() Cursor {
	if p == (place{}) {
		return ""
	}
	text, err := json.Marshal(p)
	if err != nil { // a year that JSON cannot write
		return ""
	}
	return Cursor(text)
}

// underway reports whether a listing was begun and not brought to its end.
func (p place) underway() bool { return p.At != "" }

// sequence says what a listing's parts tell of activity.
type sequence int

const (
	unordered sequence = iota // nothing: each listing goes through everything
	filtered                  // the server gives only what was active since
	latest                    // the latest activity comes first, so a listing stops where the one before began
)

// part is one piece of a listing.
type part struct {
	repos []Repository
	left  []error // why entries were left out
	next  string  // where the listing goes on; empty after the last part
	date  time.Time
}

// lister reads one kind of source.
type lister interface {
	// part reads the piece that begins at a position, empty for the first. Of interest is what was active since.
	part(ctx context.Context, at string, since time.Time) (part, error)
}

// pagedSource lists what a lister reads.
type pagedSource struct {
	name    string
	order   sequence
	overlap time.Duration // how much later than it happened activity may be noted
	lister
}

// maxListed bounds how many repositories one listing may give: a server whose pages never end comes to nothing.
const maxListed = 5_000_000

// page is what a part brings, and the place where the listing goes on after it.
type page struct {
	part
	place place
	last  bool
}

// pages lists part by part from a cursor on. An error ends it; the cursor of the part before is where to go on.
func (s *pagedSource) pages(ctx context.Context, from place) iter.Seq2[page, error] {
	return func(yield func(page, error) bool) {
		here, listed := from, 0
		for {
			since := here.Since
			if here.Full || s.order == unordered {
				since = time.Time{}
			}
			got, err := s.part(ctx, here.At, since)
			if err == nil {
				if listed += len(got.repos); listed > maxListed {
					err = aimless(s.name, fmt.Sprint(maxListed))
				}
			}
			if err != nil {
				yield(page{}, err)
				return
			}
			if here.Latest.IsZero() {
				here.Latest = got.date
			}
			p := page{part: got, last: got.next == ""}
			for i, r := range got.repos {
				if r.PushedAt.After(here.Latest) {
					here.Latest = r.PushedAt
				}
				if s.order == latest && !r.PushedAt.IsZero() && r.PushedAt.Before(since) {
					p.repos, p.last = got.repos[:i], true
					break
				}
			}
			here.At = got.next
			if p.last {
				here = here.end(s.overlap)
			}
			p.place = here
			if !yield(p, nil) || p.last {
				return
			}
		}
	}
}

// end is the place after a listing that came to its end.
func (p place) end(overlap time.Duration) place {
	since := p.Since
	if !p.Latest.IsZero() && p.Latest.Add(-overlap).After(since) {
		since = p.Latest.Add(-overlap).UTC()
	}
	return place{Since: since}
}

// Repositories lists what was active since the cursor.
func (s *pagedSource) Repositories(ctx context.Context, since Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		for p, err := range s.pages(ctx, parsePlace(since)) {
			if err != nil {
				yield(Repository{}, err)
				return
			}
			for _, err := range p.left {
				if !yield(Repository{}, &SkipError{err}) {
					return
				}
			}
			for _, r := range p.repos {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// pageNumber reads a position that is a number from 1 on.
func pageNumber(at string) int {
	n, err := strconv.Atoi(at)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// nextNumber is the position after n; a server that sends us back is told.
func nextNumber(source string, n, next int) (string, error) {
	switch {
	case next == 0:
		return "", nil
	case next <= n:
		return "", aimless(source, fmt.Sprintf("%d → %d", n, next))
	}
	return strconv.Itoa(next), nil
}

// aimless is a list whose pages come round again or have no end, and where that was seen.
func aimless(source, where string) error {
	return &ListError{source, &FetchError{URL: source, Reason: ReasonPages, Detail: where[:min(len(where), maxTold)]}}
}
