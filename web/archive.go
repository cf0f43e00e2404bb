// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"

	"communs/crawler"
)

// archiveView is what is known of a repository in the Software Heritage archive.
type archiveView struct {
	State    string // a sentence
	Asked    string // the day of the answer; empty when nobody asked
	Visit    string // a sentence about the archive's latest visit
	Link     link   // where the archive has it
	SWHID    string // to copy
	Save     string // what an operator types to have it visited
	Restored string // a sentence: the mirror comes from the archive
}

// viewArchive tells what the archive was last heard to hold; nil when the repository cannot be in it, or nothing can be told.
func (s *Server) viewArchive(r *request, url string) *archiveView {
	if s.archived == nil {
		return nil
	}
	a, err := s.archived(r.Context(), url)
	var unknown *crawler.UnknownError
	if err != nil {
		if !errors.As(err, &unknown) && r.Context().Err() == nil {
			s.log.Warn("archive", "error", err)
		}
		return nil
	}
	if a.Omitted != "" {
		return nil
	}
	v := &archiveView{Asked: date(r.said, a.Asked)}
	key, id := "asked", a.Revision
	switch {
	case a.Asked.IsZero():
		v.Asked = ""
	case a.Moved:
		key = "moved"
	case a.Holds == crawler.HoldsSnapshot:
		key, id = "whole", a.Snapshot
	case a.Holds == crawler.HoldsCommit:
		key = "commit"
	case !a.Visit.Time.IsZero():
		key, id = "older", a.Visit.Snapshot
	default:
		key = "none"
	}
	v.State = r.said.T("web.archive." + key)
	if a.Holds != "" || key == "older" {
		v.Link, v.SWHID = link{archive(id.String()), r.said.T("web.block.archive")}, id.String()
	} else {
		v.Save = "communs swh save " + plain(a.URL)
	}
	if !a.Visit.Time.IsZero() {
		v.Visit = r.said.T("web.archive.visit", date(r.said, a.Visit.Time), word(r.said, "web.archive.visit", a.Visit.Status))
	}
	if a.Save.Request != "" && a.Holds == "" {
		v.Visit, v.Save = r.said.T("web.archive.saving", date(r.said, a.Save.Time), word(r.said, "web.archive.request", a.Save.Request)), ""
		if a.Save.Note != "" {
			v.Visit += " " + plain(a.Save.Note)
		}
	}
	if !a.Restored.IsZero() {
		v.Restored = r.said.T("web.archive.restored", date(r.said, a.Since))
	}
	return v
}

// Archived tells what is known of a repository in the archive.
type Archived func(ctx context.Context, url string) (crawler.Archived, error)
