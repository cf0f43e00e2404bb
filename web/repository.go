// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"communs/crawler"
	"communs/licenses"
	"communs/search"
)

// repositoryPage is one repository: what it is, its licence, its figures, its top folder.
type repositoryPage struct {
	frame
	Name        string
	Repo        string
	Origin      string // where it lives; empty when that is no place for a browser
	Description string
	Owner       link
	Version     string
	Date        string
	FirstSeen   string
	Marks       []string // fork, archived
	Upstream    []upstream
	Forks       []link // the first repositories here that come from it
	AllForks    link   // all of them, when there are more
	Topics      []string
	Files       int
	Blocks      int
	License     licenseView
	Languages   []share
	Licenses    []share
	Kinds       []share
	Skipped     []share
	Entries     []entryView
	Part        partView
	Units       []link // components that its manifests declare
	AllUnits    link   // the question that finds them
	Withheld    bool   // a public instance shows and searches only the files whose licence is free
	Heritage    *archiveView
	Journal     *journalView
	SearchHere  string // the filter that keeps a question within this repository
	Catalogued  []link // the software of the catalogue that is developed here
}

// upstream is another address that a repository has to do with.
type upstream struct {
	Said, Href, Name string
	Here             bool // its page here
}

// share is a value's part of a whole.
type share struct {
	Name    string
	N       int
	Percent int // rounded
	Href    string
}

// maxShares bounds how many values of one figure a page lists.
const maxShares = 8

func (s *Server) repository(r *request, address string) (*response, error) {
	repo, err := s.search.Repository(r.Context(), address)
	if err != nil {
		return nil, err
	}
	if repo.URL != address && slices.Contains(repo.Aliases, address) {
		return movedTo(r.link.repository(repo.URL)), nil
	}
	tree, err := s.search.Tree(r.Context(), address, "")
	var missing *search.NotFoundError
	if errors.As(err, &missing) {
		tree, err = &search.Tree{Repository: repo.RepositoryInfo}, nil
	}
	if err != nil {
		return nil, err
	}
	page := repositoryPage{
		Name: repo.Name, Repo: repo.URL, Origin: outside(repo.URL), Description: repo.Description, Topics: repo.Topics,
		Date: date(r.said, repo.Time), FirstSeen: date(r.said, repo.FirstSeen), Files: repo.Files, Blocks: repo.Blocks,
		License:    viewLicense(r, repo.URL, repo.License, repo.Libre, repo.LibreGround, repo.Evidence),
		SearchHere: "repo:" + quoteFilter(shortRepo(repo.URL)),
	}
	if page.Name == "" {
		page.Name = shortRepo(repo.URL)
	}
	page.Withheld = s.inst.Public && repo.Libre != licenses.LibreYes
	page.Version = repo.Version
	if page.Version == "" {
		page.Version = shortCommit(repo.Commit)
	}
	if repo.Owner != "" {
		page.Owner = link{r.link.owner(repo.Owner, ""), repo.Owner}
	}
	page.frame = s.frame(r, plain(page.Name))
	s.place(r, &page.frame, func(l linker) string { return l.repository(repo.URL) })
	if repo.Fork {
		page.Marks = append(page.Marks, r.said.T("web.repository.fork"))
	}
	if repo.Archived {
		page.Marks = append(page.Marks, r.said.T("web.repository.archived"))
	}
	if repo.Note != "" {
		page.Marks = append(page.Marks, r.said.T("web.repository.gone", repo.Note))
	}
	page.Upstream = viewUpstream(r, repo.RepositoryInfo)
	if repo.Forks > 0 {
		if err := s.viewForks(r, repo, &page); err != nil {
			return nil, err
		}
	}
	page.Catalogued = s.inCatalogue(r, repo.URL)
	page.viewFigures(r, repo)
	page.viewUnits(r, repo)
	page.Heritage = s.viewArchive(r, repo.URL)
	page.Journal = s.viewJournal(r, repo.URL)
	page.Entries, page.Part = viewEntries(r, tree)
	return s.render(r, "repository", page)
}

// viewUpstream tells what a repository comes from, what it follows, and where it was before.
func viewUpstream(r *request, repo search.RepositoryInfo) (list []upstream) {
	of := func(said, address string) {
		here := repo.ForkOf != "" && crawler.AddressKey(address) == crawler.AddressKey(repo.ForkOf)
		href := outside(address)
		if here {
			href = r.link.repository(repo.ForkOf)
		}
		list = append(list, upstream{said, href, shortRepo(address), here})
	}
	if repo.Parent != "" {
		of(r.said.T("web.repository.fork-of"), repo.Parent)
	}
	if repo.MirrorOf != "" {
		of(r.said.T("web.repository.mirror-of"), repo.MirrorOf)
	}
	if repo.ForkOf != "" && !slices.ContainsFunc(list, func(u upstream) bool { return u.Here }) {
		of(r.said.T("web.repository.fork-of"), repo.ForkOf)
	}
	for _, old := range repo.Aliases {
		list = append(list, upstream{r.said.T("web.repository.formerly"), "", shortRepo(old), false})
	}
	return list
}

// viewForks lists the first forks of a repository; what they hold that it does not is found as anything else is.
func (s *Server) viewForks(r *request, repo *search.Repository, page *repositoryPage) error {
	list, err := s.search.Repositories(r.Context(), search.RepositoryQuery{ForkOf: repo.URL, N: maxShares})
	if err != nil {
		return err
	}
	for _, fork := range list.Repositories {
		page.Forks = append(page.Forks, link{r.link.repository(fork.URL), shortRepo(fork.URL)})
	}
	if list.Next != "" {
		page.AllForks = link{r.link.forks(repo.URL, ""), r.said.T("web.repository.forks", repo.Forks)}
	}
	return nil
}

func (page *repositoryPage) viewFigures(r *request, repo *search.Repository) {
	within := func(field string) func(string) string {
		return func(value string) string {
			return r.link.search(page.SearchHere + " " + field + ":" + quoteFilter(value))
		}
	}
	page.Languages = shares(repo.Languages, plain, within("lang"))
	page.Licenses = shares(repo.Licenses, func(v string) string {
		if v == "" {
			return r.said.T("web.license.none")
		}
		return plain(v)
	}, nil)
	page.Kinds = shares(repo.Kinds, func(v string) string { return word(r.said, "web.kind", v) }, nil)
	page.Skipped = shares(repo.Skipped, func(v string) string { return word(r.said, "web.skipped", v) }, nil)
}

// viewUnits lists the first components of a repository; each leads to its manifest.
func (page *repositoryPage) viewUnits(r *request, repo *search.Repository) {
	for i := range repo.Components {
		if i == maxShares {
			break
		}
		c := &repo.Components[i]
		page.Units = append(page.Units, link{r.link.file(c.Repo, c.Path, 0), strings.TrimSpace(c.Name + " " + c.Version)})
	}
	if n := len(repo.Components); n > 0 {
		page.AllUnits = link{r.link.search("type:component " + page.SearchHere), r.said.T("web.components.total", n)}
	}
}

// shares turns counts into parts of a whole, the largest first as they come.
func shares(counts []search.Count, name, href func(string) string) (all []share) {
	total := 0
	for _, c := range counts {
		total += c.N
	}
	for i, c := range counts {
		if i == maxShares {
			break
		}
		one := share{Name: name(c.Value), N: c.N, Percent: int(100*float64(c.N)/float64(max(1, total)) + 0.5)}
		if href != nil && c.Value != "" {
			one.Href = href(c.Value)
		}
		all = append(all, one)
	}
	return all
}

// quoteFilter writes a filter's value so that the query language reads it as one.
func quoteFilter(value string) string {
	for _, c := range value {
		if c <= ' ' || c == '"' || c == '\\' || c == '(' || c == ')' {
			return `"` + quoteEscapes.Replace(value) + `"`
		}
	}
	return value
}

var quoteEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// repositoriesPage lists repositories: all of them, or an owner's.
type repositoriesPage struct {
	frame
	Owner  string // empty on the list of all
	ForkOf link   // of whose forks it is the list
	Total  int
	Folded int // forks that stand under what they come from
	List   []repositoryLine
	Next   string
	First  string
}

// repositoryLine is one repository of a list.
type repositoryLine struct {
	Href, Name, Address, Description string
	Badge                            badge
	Date                             string
	Files                            int
	Family                           link     // to what it is a fork of, or to the forks that it has here
	Why                              []string // of an answer
	Score                            float64
}

func viewRepository(r *request, repo search.RepositoryInfo) repositoryLine {
	line := repositoryLine{
		Href: r.link.repository(repo.URL), Name: repo.Name, Address: shortRepo(repo.URL), Description: repo.Description,
		Badge: newBadge(repo.License, repo.Libre), Date: date(r.said, repo.Time), Files: repo.Files,
		Why: viewWhy(r, repo.Why), Score: repo.Score,
	}
	if line.Name == "" {
		line.Name = line.Address
	}
	switch {
	case repo.ForkOf != "":
		line.Family = link{r.link.repository(repo.ForkOf), r.said.T("web.repository.fork-of") + " " + shortRepo(repo.ForkOf)}
	case repo.Forks > 0:
		line.Family = link{r.link.forks(repo.URL, ""), r.said.T("web.repository.forks", repo.Forks)}
	}
	return line
}

// repositoriesPerPage is how many repositories one page lists.
const repositoriesPerPage = 30

func (s *Server) repositories(r *request) (*response, error) {
	of := r.query.Get("fork_of")
	if of == "" {
		return s.listRepositories(r, search.RepositoryQuery{}, r.said.T("web.repositories.title"), linker.repositories)
	}
	return s.listRepositories(r, search.RepositoryQuery{ForkOf: of}, r.said.T("web.repositories.forks-title", shortRepo(of)),
		func(l linker, after string) string { return l.forks(of, after) })
}

func (s *Server) owner(r *request, raw string) (*response, error) {
	owner, err := url.PathUnescape(raw)
	if err != nil || owner == "" {
		return nil, errNoPage
	}
	return s.listRepositories(r, search.RepositoryQuery{Owner: owner}, plain(owner), func(l linker, after string) string { return l.owner(owner, after) })
}

func (s *Server) listRepositories(r *request, q search.RepositoryQuery, title string, address func(l linker, after string) string) (*response, error) {
	q.After, q.N = r.query.Get("after"), repositoriesPerPage
	list, err := s.search.Repositories(r.Context(), q)
	if err != nil {
		return nil, err
	}
	if q.Owner != "" && list.Total == 0 {
		return nil, &problem{404, "not-found", "web.error.no-owner", []any{plain(q.Owner)}}
	}
	page := repositoriesPage{frame: s.frame(r, title), Owner: q.Owner, Total: list.Total, Folded: list.Folded}
	if q.ForkOf != "" {
		page.ForkOf = link{r.link.repository(q.ForkOf), shortRepo(q.ForkOf)}
	}
	s.place(r, &page.frame, func(l linker) string { return address(l, q.After) })
	for _, repo := range list.Repositories {
		line := viewRepository(r, repo)
		if q.ForkOf != "" { // said above
			line.Family = link{}
		}
		page.List = append(page.List, line)
	}
	if list.Next != "" {
		page.Next = address(r.link, list.Next)
	}
	if q.After != "" {
		page.First = address(r.link, "")
	}
	return s.render(r, "repositories", page)
}
