// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"communs/licenses"
	"communs/search"
)

// filePage is one file, a part at a time when it is long.
type filePage struct {
	frame
	Repo      link
	Crumbs    []link // folders above
	Name      string
	Language  string
	Size      string
	Lines     int
	Flags     []string
	Skipped   string // why it is not indexed, in words
	Withheld  bool
	Origin    string
	License   licenseView
	Code      template.HTML
	Part      partView
	Outline   []link
	Archive   string
	Copies    []copyView
	AllCopies int
}

// partView says which part of something long a page shows.
type partView struct {
	Number, Of     int
	Range          string
	Previous, Next string
}

// maxOutline bounds the list of blocks beside a file.
const maxOutline = 40

// inRepository serves a repository, or a file or folder of it.
func (s *Server) inRepository(r *request, raw string) (*response, error) {
	repo, path, err := parseRepositoryPath(raw)
	if err != nil {
		return nil, err
	}
	resp, err := s.withinRepository(r, repo, path)
	if err != nil {
		return nil, s.orGone(r, repo, err)
	}
	return resp, nil
}

func (s *Server) withinRepository(r *request, repo, path string) (*response, error) {
	if path == "" {
		return s.repository(r, repo)
	}
	f, err := s.search.File(r.Context(), repo, path)
	if err == nil {
		r.route = "file"
		if slices.Contains(f.Repository.Aliases, repo) {
			return movedTo(r.link.file(f.Repository.URL, path, 0)), nil
		}
		return s.file(r, f)
	}
	var missing *search.NotFoundError
	if !errors.As(err, &missing) {
		return nil, err
	}
	tree, errTree := s.search.Tree(r.Context(), repo, path)
	if errors.As(errTree, &missing) {
		return nil, err
	}
	if errTree != nil {
		return nil, errTree
	}
	r.route = "folder"
	if slices.Contains(tree.Repository.Aliases, repo) {
		return movedTo(r.link.file(tree.Repository.URL, path, 0)), nil
	}
	return s.folder(r, tree)
}

// movedTo leads from an address that a repository had to the one that it has.
func movedTo(location string) *response {
	return &response{status: http.StatusMovedPermanently, location: location, cache: time.Hour}
}

func (s *Server) file(r *request, f *search.File) (*response, error) {
	repo := f.Repository.URL
	if f.Withheld || s.inst.Public && f.Libre != licenses.LibreYes {
		f.Withheld, f.Text = true, ""
	}
	lines := len(splitLines(f.Text))
	page := filePage{
		Repo: link{r.link.repository(repo), shortRepo(repo)}, Crumbs: crumbs(r, repo, f.Path), Language: plain(f.Lang),
		Size: size(r.said, f.Size), Lines: lines, Withheld: f.Withheld,
		License: viewLicense(r, repo, f.License, f.Libre, f.LibreGround, f.Evidence),
	}
	page.Name = f.Path[strings.LastIndexByte(f.Path, '/')+1:]
	page.frame = s.frame(r, r.said.T("web.file.title", plain(page.Name), plain(shortRepo(repo))))
	for _, flag := range f.Flags {
		page.Flags = append(page.Flags, word(r.said, "web.flag", flag))
	}
	if f.Skipped != "" {
		page.Skipped = word(r.said, "web.skipped", f.Skipped)
	}
	if f.Withheld || f.Skipped != "" {
		page.Origin = outside(repo)
	}
	if f.Hash != "" {
		page.Archive = archive("swh:1:cnt:" + f.Hash)
	}
	page.AllCopies = len(f.Copies)
	for i, o := range f.Copies {
		if i == maxCopies {
			break
		}
		page.Copies = append(page.Copies, copyView{
			Repo: link{r.link.repository(o.Repo), shortRepo(o.Repo)}, File: link{r.link.file(o.Repo, o.Path, 0), o.Path},
			Badge: newBadge(o.License, libreOf(o.License)), FirstSeen: date(r.said, o.FirstSeen), ForkOf: shortRepo(o.ForkOf),
		})
	}
	part := page.viewPart(r, f, lines)
	s.place(r, &page.frame, func(l linker) string { return l.file(repo, f.Path, 0) + partQuery(l, part) })
	return s.render(r, "file", page)
}

// viewPart chooses the part that was asked for, and writes its code and outline.
func (page *filePage) viewPart(r *request, f *search.File, lines int) int {
	parts := max(1, partOf(lines))
	part, err := strconv.Atoi(r.query.Get("part"))
	if err != nil || part < 1 || part > parts {
		part = 1
	}
	first, last := (part-1)*partLines+1, min(part*partLines, lines)
	page.Part = partView{Number: part, Of: parts, Range: lineRange(r.said, first, last)}
	base := r.link.file(f.Repository.URL, f.Path, 0)
	if part > 1 {
		page.Part.Previous = base + partQuery(r.link, part-1)
	}
	if part < parts {
		page.Part.Next = base + partQuery(r.link, part+1)
	}
	if f.Text == "" {
		return part
	}
	for _, b := range f.Blocks {
		if b.Name != "" && b.Start >= first && b.Start <= last && len(page.Outline) < maxOutline {
			page.Outline = append(page.Outline, link{r.link.block(b.ID), b.Name})
		}
	}
	page.Code = codeView(r.said, f.Lang, f.Text, 1, first, last, 2*len(page.Outline)+8*len(page.Copies))
	return part
}

// partQuery is what is added to a file's address for one of its parts.
func partQuery(l linker, part int) string {
	if part <= 1 {
		return ""
	}
	mark := "?"
	if l.keep {
		mark = "&"
	}
	return mark + "part=" + strconv.Itoa(part)
}

// crumbs are the folders above a path, the repository's top left out.
func crumbs(r *request, repo, path string) (all []link) {
	for at, c := range path {
		if c == '/' {
			folder := path[:at]
			all = append(all, link{r.link.file(repo, folder, 0), folder[strings.LastIndexByte(folder, '/')+1:]})
		}
	}
	return all
}
