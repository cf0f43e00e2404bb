// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
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
	Links   *linksView
}

// linksView is what a repository points at outside of itself.
type linksView struct {
	Modules     string // how many, in words; empty when there is none
	Module      []moduleView
	MoreModules int
	Large       string // how many files are kept elsewhere, and how large they are
}

// moduleView is another repository that stands in this one at a commit.
type moduleView struct {
	Path     string
	To       link   // its page here, or elsewhere; no Href when it has no address on the web
	Outside  bool   // elsewhere
	Revision string // its SWHID
	Archive  string // where the archive would show that
}

// moduleLines is how many submodules a page shows.
const moduleLines = 12

// viewLinks shows what a repository points at; nil when that is nothing.
func (s *Server) viewLinks(r *request, l *crawler.Links) *linksView {
	if l == nil {
		return nil
	}
	v := &linksView{MoreModules: max(0, l.Submodules-moduleLines)}
	if l.Submodules > 0 {
		v.Modules = r.said.T("crawl.links.submodules", l.Submodules)
	}
	if l.Large > 0 {
		v.Large = r.said.T("crawl.links.lfs", l.Large, size(r.said, l.LargeBytes))
	}
	for _, m := range l.First[:min(len(l.First), moduleLines)] {
		line := moduleView{Path: m.Path, To: link{outside(m.URL), cmp.Or(shortRepo(m.URL), m.Declared, r.said.T("crawl.links.nowhere"))}, Outside: true,
			Revision: m.Revision, Archive: archive(m.Revision)}
		for _, url := range []string{m.URL, strings.TrimSuffix(m.URL, ".git")} {
			if m.URL != "" && line.Outside && s.search.Holds(r.Context(), url) {
				line.To.Href, line.Outside = r.link.repository(url), false
			}
		}
		v.Module = append(v.Module, line)
	}
	return v
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
		if h.Hook {
			parts = append(parts, r.said.T("crawl.happened-hook"))
		}
		v.Entries = append(v.Entries, journalLine{date(r.said, h.Time), strings.Join(parts, " ")})
	}
	v.Links = s.viewLinks(r, j.Links)
	if v.Seen == "" && len(v.Entries) == 0 && v.Links == nil {
		return nil
	}
	return v
}
