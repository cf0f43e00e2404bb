// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"communs/indexer"
	"communs/internal/manifests"
	"communs/licenses"
)

// With type:component a question asks for components, the units that package manifests declare; component: asks for the blocks of one. A
// file belongs to the components whose folder is the nearest above it.

// ComponentInfo is a component of an answer.
type ComponentInfo struct {
	Ecosystem       string         `json:"ecosystem"` // as package URLs write it: npm, golang, pypi…
	Name            string         `json:"name"`
	Version         string         `json:"version,omitempty"` // empty when no manifest says it
	Description     string         `json:"description"`
	DescriptionPath string         `json:"description_path,omitempty"` // the README that it was taken from, when no manifest has one
	Keywords        []string       `json:"keywords"`
	License         string         `json:"license"` // declared, or else that of the manifest's file
	Libre           licenses.Libre `json:"libre"`
	LibreGround     string         `json:"libre_ground,omitempty"`
	Evidence        []Evidence     `json:"evidence"`
	Private         bool           `json:"private"` // it says that it is not to be published
	PURL            string         `json:"purl"`
	Repo            string         `json:"repo"`
	Commit          string         `json:"commit"`
	Path            string         `json:"path"` // the manifest
	PathRaw         string         `json:"path_raw,omitempty"`
	Folder          string         `json:"folder"` // what belongs to it lies there; empty for the whole repository
	Languages       []string       `json:"languages,omitempty"`
	Flags           []string       `json:"flags,omitempty"`
	Files           int            `json:"files,omitempty"`  // places; counted for an answer to type:component
	Blocks          int            `json:"blocks,omitempty"` // as a search counts them: those of equal files once
	Query           string         `json:"query,omitempty"`  // the question that finds its blocks
	Score           float64        `json:"score,omitempty"`  // of an answer to type:component
	Why             []Term         `json:"why,omitempty"`
}

// component is one of a generation.
type component struct {
	*indexer.Component
	repo   uint32
	flags  indexer.Flag
	folder int // position in componentIndex.folders
	record *record
	facts  licenseFacts
	twin   bool // another one of the repository answers to its name
}

// componentFolder is a folder that has manifests, with what lies in it and in no such folder below.
type componentFolder struct {
	files, blocks int
	bytes         map[string]int64 // by language
	languages     []string         // the most used first
	last          [2]uint32        // shard and blob, counted from 1, of the last file
}

// componentIndex is what is known of the components of a generation. It is made when it is first asked for.
type componentIndex struct {
	all     []component // by repository, as they are stored
	folders []componentFolder
}

// componentFields are what is searched of a component, with what each is worth, see docs/ranking.md.
var componentFields = recordFields{{"name", 4}, {"keywords", 2}, {"description", 1.5}, {"place", 0.5}}

// What else decides about a component.
const (
	componentLiveness = 0.5
	componentTest     = -1.5
	componentVendored = -1
	componentPrivate  = -0.5
)

// manifestsOf gives the components of a repository; what is damaged is named.
func (g *generation) manifestsOf(repo int) []indexer.Component {
	l, err := g.x.Components(repo)
	if err != nil {
		g.faults.add(err)
	}
	return l.Components
}

// readComponents makes the index of components.
func (g *generation) readComponents() *componentIndex {
	x := &componentIndex{}
	words := indexer.NewTokenizer()
	of := make([][]int32, len(g.repos)) // by repository and row, its folder; nil where there are no components
	for repo, o := range g.x.Repos() {
		list := g.manifestsOf(repo)
		twins := twinsOf(list)
		for i := range list {
			c := component{Component: &list[i], repo: uint32(repo), flags: o.Flags(list[i].Row), twin: twins[i]}
			if i == 0 {
				of[repo] = newFolderTable(o)
			}
			if i == 0 || !bytes.Equal(c.Folder, list[i-1].Folder) {
				markFolder(o, &c, of[repo], int32(len(x.folders)))
				x.folders = append(x.folders, componentFolder{bytes: map[string]int64{}})
			}
			c.folder = len(x.folders) - 1
			c.facts = g.componentLicense(&c)
			m := o.Meta()
			c.record = newRecord(words, c.Name, shortName(c.Name), strings.Join(c.Keywords, " "), g.described(&c), m.Name+" "+m.Owner+" "+string(c.Folder))
			x.all = append(x.all, c)
		}
	}
	for part, s := range g.x.Shards() {
		for b := range uint32(s.NumBlobs()) {
			for _, at := range g.x.Places(part, b) {
				if of[at.Repo] == nil || of[at.Repo][at.Row] < 0 {
					continue
				}
				f, blob := &x.folders[of[at.Repo][at.Row]], s.Blob(b)
				f.files++
				if id := [2]uint32{uint32(part) + 1, b + 1}; f.last != id {
					f.last = id
					f.blocks += int(blob.NumBlocks)
				}
				f.bytes[s.LangName(blob.Lang)] += int64(blob.Size)
			}
		}
	}
	for i := range x.folders {
		x.folders[i].rank()
	}
	return x
}

func newFolderTable(o *indexer.Occurrences) []int32 {
	table := make([]int32, o.Len())
	for i := range table {
		table[i] = -1
	}
	return table
}

// markFolder gives the rows of a component's folder its number. Folders above come first, so the nearest one stays.
func markFolder(o *indexer.Occurrences, c *component, table []int32, number int32) {
	row := uint32(0)
	if len(c.Folder) > 0 {
		row = o.From(string(c.Folder) + "/")
	}
	for ; int(row) < o.Len() && c.In(o.PathBytes(row)); row++ {
		table[row] = number
	}
}

// leastOfLanguage is the part of a component's bytes from which on a language is one of its own.
const leastOfLanguage = 0.05

func (f *componentFolder) rank() {
	total := int64(0)
	for lang, n := range f.bytes {
		total += n
		f.languages = append(f.languages, lang)
	}
	slices.SortFunc(f.languages, func(a, b string) int { return cmp.Or(cmp.Compare(f.bytes[b], f.bytes[a]), cmp.Compare(a, b)) })
	f.languages = slices.DeleteFunc(f.languages, func(lang string) bool { return float64(f.bytes[lang]) < leastOfLanguage*float64(total) })
	f.bytes = nil
}

// shortName is the last part of a name: cobra of github.com/spf13/cobra, core of @angular/core, guava of com.google.guava:guava.
func shortName(name string) string {
	name = name[strings.LastIndexByte(name, ':')+1:]
	segments := strings.Split(name, "/")
	last := segments[len(segments)-1]
	if n := len(segments); n > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" { // of a Go module
		last = segments[n-2]
	}
	return last
}

// described is the description of a component, but for one that a public instance may not show: what a README says that is not free.
func (g *generation) described(c *component) string {
	if c.Readme != nil && g.public && !g.mayShowFile(indexer.Place{Repo: c.repo, Row: *c.Readme}) {
		return ""
	}
	return c.Description
}

// version is what the manifest says, or what the mirror of a Go module says of its own.
func (g *generation) version(c *component) string {
	if c.Version == "" && c.Ecosystem == "golang" && len(c.Folder) == 0 {
		return g.x.Repos()[c.repo].Meta().Version
	}
	return c.Version
}

// componentLicense is the licence that the manifest declares, or else that of its file.
func (g *generation) componentLicense(c *component) licenseFacts {
	if c.License != "" {
		return newLicenseFacts(c.License)
	}
	return *g.license(indexer.Place{Repo: c.repo, Row: c.Row})
}

// named tells whether a component is called so: by its name, the last part of it, or its package URL; or whether its name has the pattern.
func (g *glob) named(c *indexer.Component) bool {
	names := []string{c.Name, shortName(c.Name)}
	if bytes.HasPrefix(g.pattern, []byte("pkg:")) {
		names = []string{manifests.PURL(c.Ecosystem, c.Name, ""), manifests.PURL(c.Ecosystem, c.Name, c.Version)}
	}
	if g.wild {
		return g.has(names[0]) // its name has the short one at its end
	}
	for _, name := range names {
		text := []byte(name)
		if g.fold {
			text = indexer.Fold(nil, text)
		}
		if bytes.Equal(text, g.pattern) {
			return true
		}
	}
	return false
}

// findComponents gives the components that answer, the best first.
func (g *generation) findComponents(q *Parsed, extra *expansion) ([]recordMatch, error) {
	r, err := newRecordRun(q, extra, componentFields)
	if err != nil {
		return nil, err
	}
	x := g.components()
	for i := range x.all {
		c := &x.all[i]
		o := g.x.Repos()[c.repo]
		r.record = c.record
		r.lines = []string{c.Name, strings.Join(c.Keywords, " "), g.described(c), manifests.PURL(c.Ecosystem, c.Name, g.version(c))}
		r.filter = func(l *leaf) bool {
			switch {
			case l.license != nil:
				return l.license(c.facts.expression)
			case l.lang != "":
				return slices.Contains(x.folders[c.folder].languages, l.lang)
			case l.field == fieldKind:
				return l.ecosystem == c.Ecosystem
			case l.field == fieldComponent:
				return l.glob.named(c.Component)
			case l.field == fieldPath:
				return l.glob.has(o.Path(c.Row))
			case l.field == fieldName:
				return l.glob.has(c.Name)
			case l.field == fieldOwner:
				return l.glob.has(o.Meta().Owner)
			}
			return l.glob.has(o.Meta().URL) || slices.ContainsFunc(o.Meta().Aliases, l.glob.has)
		}
		terms := []Term{{"liveness", g.repos[c.repo].liveness, componentLiveness}}
		for _, t := range []struct {
			name   string
			holds  bool
			weight float64
		}{
			{"test", c.flags&indexer.FlagTest != 0, componentTest}, {"vendored", c.flags&indexer.FlagVendored != 0, componentVendored},
			{"private", c.Private, componentPrivate},
		} {
			if t.holds {
				terms = append(terms, Term{t.name, 1, t.weight})
			}
		}
		r.answer(i, terms...)
	}
	return r.best(func(a, b int) int {
		x, y := &x.all[a], &x.all[b]
		return cmp.Or(cmp.Compare(g.repos[x.repo].rank, g.repos[y.repo].rank), cmp.Compare(x.Row, y.Row), cmp.Compare(a, b))
	}), nil
}

// componentPage makes a page of components.
func (g *generation) componentPage(found []recordMatch) []ComponentInfo {
	x := g.components()
	page := make([]ComponentInfo, len(found))
	for i, m := range found {
		c := &x.all[m.at]
		info := g.componentInfo(c)
		f := &x.folders[c.folder]
		info.Files, info.Blocks, info.Languages = f.files, f.blocks, f.languages
		info.Query = c.blocksQuery(info.Repo)
		info.Score, info.Why = m.score, m.why
		page[i] = info
	}
	return page
}

// twinsOf tells of each component of a repository whether another one answers to its name.
func twinsOf(list []indexer.Component) []bool {
	fold := func(name string) string { return string(indexer.Fold(nil, []byte(name))) }
	called := map[string]int{}
	for i := range list {
		name, short := fold(list[i].Name), fold(shortName(list[i].Name))
		called[name]++
		if short != name {
			called[short]++
		}
	}
	twins := make([]bool, len(list))
	for i := range list {
		twins[i] = called[fold(list[i].Name)] > 1
	}
	return twins
}

// blocksQuery is the question that finds the blocks of a component.
func (c *component) blocksQuery(repo string) string {
	name := c.Name
	if c.twin && len(c.Folder) == 0 {
		name = manifests.PURL(c.Ecosystem, c.Name, c.Version)
	}
	query := "component:" + quoteValue(name) + " repo:" + quoteValue(repo)
	if c.twin && len(c.Folder) > 0 {
		query += " path:" + quoteValue("/"+string(c.Folder)+"/**")
	}
	return query
}

// componentInfo is what is said of a component without counting.
func (g *generation) componentInfo(c *component) ComponentInfo {
	o := g.x.Repos()[c.repo]
	m, row := o.Meta(), o.Row(c.Row)
	version := g.version(c)
	info := ComponentInfo{
		Ecosystem: c.Ecosystem, Name: c.Name, Version: version, Description: g.described(c), Keywords: c.Keywords,
		License: c.facts.text, Libre: c.facts.libre, LibreGround: c.facts.ground, Evidence: evidence(row.Evidence),
		Private: c.Private, PURL: manifests.PURL(c.Ecosystem, c.Name, version), Repo: m.URL, Commit: publicCommit(m),
		Path: row.Path, PathRaw: RawPath(row.Path), Folder: string(c.Folder), Flags: flagNames(row.Flags),
	}
	if info.Keywords == nil {
		info.Keywords = []string{}
	}
	if info.Description != "" && c.Readme != nil {
		info.DescriptionPath = o.Path(*c.Readme)
	}
	if c.License != "" {
		at := o.Path(c.LicenseRow)
		info.Evidence = []Evidence{{at, RawPath(at), c.LicenseLine, c.LicenseLine, "manifest", c.License}}
	}
	return info
}

// componentsAt gives the components that the file at a place belongs to.
func (g *generation) componentsAt(at indexer.Place) (all []ComponentInfo) {
	o := g.x.Repos()[at.Repo]
	path := o.PathBytes(at.Row)
	list := g.manifestsOf(int(at.Repo))
	nearest := -1
	for i := range list {
		if list[i].In(path) && (nearest < 0 || len(list[i].Folder) > len(list[nearest].Folder)) {
			nearest = i
		}
	}
	twins := twinsOf(list)
	for i := range list {
		if nearest >= 0 && bytes.Equal(list[i].Folder, list[nearest].Folder) {
			all = append(all, g.uncounted(&list[i], at.Repo, twins[i]))
		}
	}
	return all
}

// uncounted is what is said of a component without counting what it holds.
func (g *generation) uncounted(of *indexer.Component, repo uint32, twin bool) ComponentInfo {
	c := component{Component: of, repo: repo, twin: twin}
	c.facts = g.componentLicense(&c)
	info := g.componentInfo(&c)
	info.Query = c.blocksQuery(info.Repo)
	return info
}

// maxRepositoryComponents is how many components a repository is shown with.
const maxRepositoryComponents = 1000

// componentsOf gives the components of a repository, its own ones before tests and what it carries of others.
func (g *generation) componentsOf(repo uint32) []ComponentInfo {
	list := g.manifestsOf(int(repo))
	all := []ComponentInfo{}
	twins := twinsOf(list)
	for i := range list[:min(len(list), maxRepositoryComponents)] {
		all = append(all, g.uncounted(&list[i], repo, twins[i]))
	}
	slices.SortStableFunc(all, func(a, b ComponentInfo) int { return cmp.Compare(len(a.Flags), len(b.Flags)) })
	return all
}

// componentRows tells of each file of a repository whether it belongs to a component that is called so; nil when none is.
func (g *generation) componentRows(repo int, name *glob) []bool {
	list := g.manifestsOf(repo)
	if !slices.ContainsFunc(list, func(c indexer.Component) bool { return name.named(&c) }) {
		return nil
	}
	o := g.x.Repos()[repo]
	table := newFolderTable(o)
	wanted := make([]bool, len(list))
	first := 0 // of the components of the same folder
	for i := range list {
		if i == 0 || !bytes.Equal(list[i].Folder, list[i-1].Folder) {
			first = i
			markFolder(o, &component{Component: &list[i]}, table, int32(i))
		}
		wanted[first] = wanted[first] || name.named(&list[i])
	}
	rows := make([]bool, o.Len())
	for row, folder := range table {
		rows[row] = folder >= 0 && wanted[folder]
	}
	return rows
}

// withoutComponents tells whether a repository was indexed before manifests were read.
func (g *generation) withoutComponents() bool {
	return slices.ContainsFunc(g.x.Repos(), func(o *indexer.Occurrences) bool { return !o.HasComponents() })
}
