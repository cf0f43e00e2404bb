// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"

	"communs/search"
)

// componentLine is one component of a list: the unit that a package manifest declares.
type componentLine struct {
	Name, Version, Kind string
	Href                string // its folder
	Repo                link
	Manifest            link
	Description         string
	Badge               badge
	Languages           string
	Marks               []string // test, vendored, not to be published
	Blocks              int
	BlocksHref          string // the question that finds its blocks
	Why                 []string
	Score               float64
}

func viewComponent(r *request, c *search.ComponentInfo) componentLine {
	line := componentLine{
		Name: c.Name, Version: c.Version, Kind: word(r.said, "web.ecosystem", c.Ecosystem), Href: r.link.file(c.Repo, c.Folder, 0),
		Repo: link{r.link.repository(c.Repo), shortRepo(c.Repo)}, Manifest: link{r.link.file(c.Repo, c.Path, 0), c.Path},
		Description: c.Description, Badge: newBadge(c.License, c.Libre), Languages: plain(strings.Join(c.Languages, ", ")), Blocks: c.Blocks,
		Why: viewWhy(r, c.Why), Score: c.Score,
	}
	if c.Query != "" {
		line.BlocksHref = r.link.search(c.Query)
	}
	for _, f := range c.Flags {
		line.Marks = append(line.Marks, word(r.said, "web.flag", f))
	}
	if c.Private {
		line.Marks = append(line.Marks, r.said.T("web.component.private"))
	}
	return line
}

func viewComponents(r *request, list []search.ComponentInfo) (all []componentLine) {
	for i := range list {
		all = append(all, viewComponent(r, &list[i]))
	}
	return all
}
