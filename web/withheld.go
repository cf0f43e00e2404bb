// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"communs/licenses"
	"communs/search"
)

// withhold takes the code out of a hit that a public instance may not show. The searcher did so already; a page must
// not depend on that alone.
func (s *Server) withhold(h *search.Hit) {
	if !h.Withheld && (!s.inst.Public || h.Libre == licenses.LibreYes) {
		return
	}
	h.Withheld, h.Code, h.Lines = true, "", nil
}

// withheldView says what a public instance did not search, and where it can be read.
type withheldView struct {
	Files, Repositories int
	List                []withheldLine
	More                int // repositories that are not listed
}

type withheldLine struct {
	Href, Name string
	Origin     string // where its code can be read; empty when that is no place for a browser
	Badge      badge
	Files      int // not searched
}

func viewWithheld(r *request, w *search.Withheld) *withheldView {
	if w == nil || w.Files == 0 {
		return nil
	}
	v := &withheldView{Files: w.Files, Repositories: w.Total, More: max(0, w.Total-len(w.Repositories))}
	for _, repo := range w.Repositories {
		v.List = append(v.List, withheldLine{
			Href: r.link.repository(repo.URL), Name: shortRepo(repo.URL), Origin: outside(repo.URL),
			Badge: newBadge(repo.License, repo.Libre), Files: repo.Withheld,
		})
	}
	return v
}
