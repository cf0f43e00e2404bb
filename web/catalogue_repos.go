// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"

	"communs/registry"
)

// holds tells whether a repository is in the index, by its address.
func (s *Server) holds(r *request) func(url string) bool {
	return func(url string) bool {
		one := heldRepository{url, s.search.Holds(r.Context(), url)}
		r.held = append(r.held, one)
		return one.held
	}
}

// viewRepos shows the repositories of a software: where they are, whether their code can be searched here, and what was found in them.
func (s *Server) viewRepos(r *request, c *registry.Catalogue, one *registry.Software, page *softwarePage) {
	holds := s.holds(r)
	for _, url := range one.Repositories {
		v := repoView{At: outsideValue(url)}
		for _, fork := range c.Forks(url) {
			v.Forks = append(v.Forks, outsideValue(fork.ID))
		}
		names := []string{url}
		if repo, ok := c.FindRepository(url); ok {
			v.found(r, repo)
			names = append(append(names, repo.ID), repo.Aliases...)
		}
		for _, name := range names {
			if v.Here == "" && holds(name) {
				v.Here = r.link.repository(name)
			}
		}
		page.Repos = append(page.Repos, v)
	}
}

// familyView is a repository with the forks of it that stand under it.
type familyView struct {
	At     factValue
	ForkOf string // what it comes from itself, where that is not in the list
	Forks  []factValue
}

// viewForks lists repositories, each fork under what it comes from where that is in the list too.
func viewForks(c *registry.Catalogue, list []*registry.Repository) (all []familyView) {
	listed, at := map[*registry.Repository]bool{}, map[*registry.Repository]int{}
	for _, repo := range list {
		listed[repo] = true
	}
	for _, repo := range list {
		if rootAmong(c, listed, repo) == repo {
			at[repo] = len(all)
			all = append(all, familyView{At: outsideValue(repo.ID), ForkOf: shortRepo(repo.ForkOf)})
		}
	}
	for _, repo := range list {
		if root := rootAmong(c, listed, repo); root != repo {
			one := &all[at[root]]
			one.Forks = append(one.Forks, outsideValue(repo.ID))
		}
	}
	return all
}

// rootAmong is what a repository comes from in the end, as far as that is listed; itself where two name each other.
func rootAmong(c *registry.Catalogue, listed map[*registry.Repository]bool, repo *registry.Repository) *registry.Repository {
	root, seen := repo, map[*registry.Repository]bool{repo: true}
	for root.ForkOf != "" {
		of, known := c.FindRepository(root.ForkOf)
		if !known || !listed[of] {
			break
		}
		if seen[of] {
			return repo
		}
		seen[of], root = true, of
	}
	return root
}

// found shows what was found in a repository.
func (v *repoView) found(r *request, repo *registry.Repository) {
	v.Archived = repo.Archived
	if id := repo.Snapshot.Value; strings.HasPrefix(id, "swh:1:") {
		v.Snapshot, v.Archive, v.SeenOn = plain(id), archive(id), isoDate(r, repo.Snapshot.Date)
	}
	a := repo.Activity
	sign := func(key, value, how string, day registry.Date) {
		if value != "" {
			v.Signs = append(v.Signs, signView{r.said.T("web.sign." + key), value, howFound(r, how, day)})
		}
	}
	day := func(key string, f *registry.Finding) {
		if f != nil {
			sign(key, isoDate(r, registry.Date(f.Value)), f.How, f.Date)
		}
	}
	number := func(key string, n *registry.Count) {
		if n != nil {
			sign(key, number(r.said, n.N), n.How, n.Date)
		}
	}
	answer := func(key string, f *registry.Finding) {
		if f != nil {
			sign(key, word(r.said, "find.value.export", f.Value), f.How, f.Date)
		}
	}
	day("first-change", a.FirstChange)
	day("last-change", a.LastChange)
	number("commits", a.Commits)
	number("contributors", a.Contributors)
	number("releases", a.Releases)
	if a.LastRelease != nil {
		sign("last-release", releaseName(r, a.LastRelease.Value), a.LastRelease.How, a.LastRelease.Date)
	}
	answer("tests", a.Tests)
	answer("documentation", a.Documentation)
}

// howFound says how a thing was found out, and when.
func howFound(r *request, how string, day registry.Date) string {
	who := r.said.T("web.source.found")
	if r.said.Has(how) {
		who = r.said.T(how)
	}
	if on := isoDate(r, day); on != "" {
		return r.said.T("web.source-on", who, on)
	}
	return who
}

// softwareFiles leads to what programs read of a software.
func softwareFiles(r *request, id string) []link {
	files := routes[r.link.lang].software + "/" + escape(id)
	return []link{
		{r.link.with(files+"/publiccode.yml", nil), "publiccode.yml"}, {r.link.with(files+"/codemeta.json", nil), "codemeta.json"},
		{"/api/v1/software/" + escape(id), "JSON"}, {r.link.feed(registry.KindSoftware, id), r.said.T("web.software.feed")},
		{r.link.with(files+"/badge.svg", nil), r.said.T("web.software.badge")},
	}
}

// inCatalogue leads from a repository to the software that is developed there.
func (s *Server) inCatalogue(r *request, url string) (list []link) {
	if s.catalogue == nil {
		return nil
	}
	for _, one := range s.read(r).SoftwareAt(url) {
		list = append(list, link{r.link.software(one.ID), one.Name})
	}
	return list
}
