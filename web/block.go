// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"html/template"
	"net/url"
	"strings"

	"communs/search"
)

// blockPage is one block: its code, what its licence asks for, what to copy, and where else it stands.
type blockPage struct {
	frame
	Name       string
	Crumbs     []link
	Kind       string
	Language   string
	Repo       link
	File       link
	Where      string
	Version    string
	ID         string
	Archive    string
	Permalink  string
	Code       template.HTML
	Cut        string // link to the whole file, when only the block's first lines are shown
	Withheld   bool
	Origin     string // where the code can be read, when it may not be shown here
	License    licenseView
	Notice     string
	Snippet    string
	Flags      []string
	Like       string          // link to the blocks like this one; empty when the code is withheld
	Units      []componentLine // the components that the file belongs to
	Copies     []copyView
	AllCopies  int
	MoreCopies int // copies that are not listed
	Catalogued []link
}

// copyView is one place where the same code stands.
type copyView struct {
	Repo, File link
	Badge      badge
	FirstSeen  string
	ForkOf     string // what its repository comes from
}

// maxCopies bounds how many copies a page lists.
const maxCopies = 20

// blockAt finds the block that a segment of an address names.
func (s *Server) blockAt(r *request, raw string) (*search.Hit, error) {
	id, err := url.PathUnescape(raw)
	if err != nil {
		return nil, errNoPage
	}
	h, err := s.search.Block(r.Context(), id)
	if err != nil {
		return nil, err
	}
	s.withhold(h)
	return h, nil
}

func (s *Server) block(r *request, raw string) (*response, error) {
	h, err := s.blockAt(r, raw)
	if err != nil {
		return nil, err
	}
	page := blockPage{
		Name: h.Name, Kind: word(r.said, "web.kind", h.Kind), Language: plain(h.Lang),
		Repo: link{r.link.repository(h.Repo), shortRepo(h.Repo)}, File: link{r.link.file(h.Repo, h.Path, h.Start), h.Path},
		Where: lineRange(r.said, h.Start, h.End), Version: plain(shortCommit(h.Commit)),
		ID: plain(h.ID), Archive: archive(h.ID), Permalink: s.base + linker{}.block(h.ID), Withheld: h.Withheld,
		License: viewLicense(r, h.Repo, h.License, h.Libre, h.LibreGround, h.Evidence),
	}
	if page.Name == "" {
		page.Name = h.Path[strings.LastIndexByte(h.Path, '/')+1:]
	}
	page.Units, page.Catalogued = viewComponents(r, h.Components), s.inCatalogue(r, h.Repo)
	page.Crumbs = crumbs(r, h.Repo, h.Path)
	page.frame = s.frame(r, r.said.T("web.block.title", plain(page.Name), shortRepo(plain(h.Repo))))
	s.place(r, &page.frame, func(l linker) string { return l.block(h.ID) })
	for _, f := range h.Flags {
		page.Flags = append(page.Flags, word(r.said, "web.flag", f))
	}
	page.viewCopies(r, h)
	if h.Withheld {
		page.Origin = outside(h.Repo)
		return s.render(r, "block", page)
	}
	page.Like = r.link.similar(h.ID)
	last := max(h.Start, h.End)
	if last-h.Start >= partLines {
		last = h.Start + partLines - 1
		page.Cut = r.link.file(h.Repo, h.Path, last)
	}
	page.Code = codeView(r.said, h.Lang, h.Code, h.Start, h.Start, last, 10*len(page.Copies))
	page.Notice = attribution(r.said, h)
	page.Snippet = snippet(h)
	return s.render(r, "block", page)
}

func (page *blockPage) viewCopies(r *request, h *search.Hit) {
	page.AllCopies = len(h.Occurrences)
	for i, o := range h.Occurrences {
		if i == maxCopies {
			page.MoreCopies = len(h.Occurrences) - i
			break
		}
		libre := h.Libre
		if o.License != h.License {
			libre = libreOf(o.License)
		}
		page.Copies = append(page.Copies, copyView{
			Repo: link{r.link.repository(o.Repo), shortRepo(o.Repo)}, File: link{r.link.file(o.Repo, o.Path, h.Start), o.Path},
			Badge: newBadge(o.License, libre), FirstSeen: date(r.said, o.FirstSeen), ForkOf: shortRepo(o.ForkOf),
		})
	}
}
