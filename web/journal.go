// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"strings"

	"communs/crawler"
)

// Journal tells the latest n entries about a repository's past here.
type Journal func(ctx context.Context, url string, n int) (*crawler.Journal, error)

// journalView is what the crawls noted of a repository.
type journalView struct {
	Seen    string // a sentence; empty when it was not seen unchanged
	Entries []journalLine
}

// journalLine is one entry: when, what, and how often.
type journalLine struct{ Date, What string }

// journalLines is how many entries a page shows.
const journalLines = 8

// viewJournal tells a repository's past; nil when nothing is known. Reasons are told in words of a closed list, so that neither a path nor a
// message of a server is shown.
func (s *Server) viewJournal(r *request, url string) *journalView {
	if s.journal == nil {
		return nil
	}
	j, err := s.journal(r.Context(), url, journalLines)
	var unknown *crawler.UnknownError
	if err != nil {
		if !errors.As(err, &unknown) && r.Context().Err() == nil {
			s.log.Warn("journal", "error", err)
		}
		return nil
	}
	v := &journalView{}
	if !j.Seen.IsZero() {
		v.Seen = r.said.T("crawl.journal-seen", date(r.said, j.Seen))
	}
	for _, h := range j.Entries {
		parts := []string{word(r.said, "crawl.happened", string(h.Kind))}
		if _, err := crawler.ParseHash(h.After); err == nil {
			parts = append(parts, shortCommit(h.After))
		}
		if key := "crawl.why." + h.Why; h.Why != "" && r.said.Has(key) {
			parts = append(parts, "("+r.said.T(key)+")")
		}
		if h.Times > 1 {
			parts = append(parts, "· "+r.said.T("crawl.happened-times", h.Times, date(r.said, h.First)))
		}
		v.Entries = append(v.Entries, journalLine{date(r.said, h.Time), strings.Join(parts, " ")})
	}
	if v.Seen == "" && len(v.Entries) == 0 {
		return nil
	}
	return v
}
