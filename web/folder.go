// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strconv"
	"strings"

	"communs/search"
)

// folderPage is one folder of a repository.
type folderPage struct {
	frame
	Repo    link
	Crumbs  []link
	Name    string
	Entries []entryView
	Total   int
	Part    partView
}

// entryView is one line of a folder.
type entryView struct {
	Href, Name string
	Dir        bool
	About      string // language, licence, size, why it is not indexed
}

// maxEntries is how many entries of a folder one page lists.
const maxEntries = 90

func (s *Server) folder(r *request, t *search.Tree) (*response, error) {
	repo := t.Repository.URL
	page := folderPage{
		Repo: link{r.link.repository(repo), shortRepo(repo)}, Crumbs: crumbs(r, repo, t.Path),
		Name: t.Path[strings.LastIndexByte(t.Path, '/')+1:], Total: len(t.Entries),
	}
	page.frame = s.frame(r, r.said.T("web.file.title", plain(page.Name), plain(shortRepo(repo))))
	page.Entries, page.Part = viewEntries(r, t)
	s.place(r, &page.frame, func(l linker) string {
		return l.file(repo, t.Path, 0) + partQuery(l, page.Part.Number)
	})
	return s.render(r, "folder", page)
}

// viewEntries lists the part of a folder that was asked for.
func viewEntries(r *request, t *search.Tree) (all []entryView, part partView) {
	parts := max(1, (len(t.Entries)+maxEntries-1)/maxEntries)
	n, err := strconv.Atoi(r.query.Get("part"))
	if err != nil || n < 1 || n > parts {
		n = 1
	}
	part = partView{Number: n, Of: parts}
	base := r.link.file(t.Repository.URL, t.Path, 0)
	if n > 1 {
		part.Previous = base + partQuery(r.link, n-1)
	}
	if n < parts {
		part.Next = base + partQuery(r.link, n+1)
	}
	for _, e := range t.Entries[(n-1)*maxEntries : min(n*maxEntries, len(t.Entries))] {
		path := e.Name
		if t.Path != "" {
			path = t.Path + "/" + e.Name
		}
		one := entryView{Href: r.link.file(t.Repository.URL, path, 0), Name: e.Name, Dir: e.Dir}
		var about []string
		for _, a := range []string{plain(e.Lang), plain(e.License)} {
			if a != "" {
				about = append(about, a)
			}
		}
		if e.Skipped != "" {
			about = append(about, word(r.said, "web.skipped", e.Skipped))
		}
		if !e.Dir {
			about = append(about, size(r.said, e.Size))
		}
		one.About = strings.Join(about, " · ")
		all = append(all, one)
	}
	return all, part
}
