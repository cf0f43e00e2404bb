// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// File is a manifest at its place in a repository.
type File struct {
	Path string
	*Manifest
}

// Component is the unit that the manifests of one folder declare, with what it takes from those of folders above.
type Component struct {
	Ecosystem   string
	Name        string
	Version     string
	Description string
	Keywords    []string
	Licenses    []string // as they are written; several are a choice
	LicensePath string   // the manifest that declares the licence; empty when none does
	LicenseLine int
	Private     bool
	Folder      string   // what belongs to it lies below; empty is the whole repository
	Path        string   // the manifest that names it
	Sources     []string // every manifest that it rests on, sorted
}

// Resolve makes components of a repository's manifests: those that speak of the same package in one folder are one, and what is left to a
// manifest above (a Cargo workspace, a parent POM, Directory.Build.props) is taken from there. root is the name of the repository, which
// a Gradle build at its top has when it is not given one. They come sorted by folder, then ecosystem, then name.
func Resolve(files []File, root string) []Component {
	r := &resolver{root: root, at: map[string]int{}, gradle: map[string]*mavenProject{}}
	for _, f := range files {
		if f.Ecosystem != "" {
			r.files = append(r.files, f)
		}
	}
	slices.SortFunc(r.files, func(a, b File) int {
		return cmp.Or(cmp.Compare(Folder(a.Path), Folder(b.Path)), cmp.Compare(a.Ecosystem, b.Ecosystem),
			cmp.Compare(a.rank, b.rank), cmp.Compare(a.Path, b.Path))
	})
	for i, f := range r.files {
		r.at[f.Path] = i
		if f.maven != nil && f.rank > 0 {
			r.gradle[Folder(f.Path)] = merged(r.gradle[Folder(f.Path)], f.maven)
		}
	}
	for from := 0; from < len(r.files); {
		to := from + 1
		for to < len(r.files) && Folder(r.files[to].Path) == Folder(r.files[from].Path) && r.files[to].Ecosystem == r.files[from].Ecosystem {
			to++
		}
		r.group(r.files[from:to])
		from = to
	}
	return r.out
}

// Folder is what a manifest speaks of: the folder that it lies in, or the one above for debian/control and X.egg-info/PKG-INFO.
func Folder(name string) string {
	dir := path.Dir(name)
	base := path.Base(dir)
	if base == "debian" && path.Base(name) == "control" || strings.HasSuffix(base, ".egg-info") {
		dir = path.Dir(dir)
	}
	if dir == "." {
		return ""
	}
	return dir
}

type resolver struct {
	root   string
	files  []File
	at     map[string]int           // path → position in files
	gradle map[string]*mavenProject // folder → what its Gradle files say together
	out    []Component
}

// group makes components of the manifests of one ecosystem in one folder.
func (r *resolver) group(files []File) {
	var found []Component
	for _, f := range files {
		c := r.component(f)
		if c.Name == "" && c.Version == "" && c.Description == "" && len(c.Licenses) == 0 {
			continue // it only gives to those below
		}
		i := slices.IndexFunc(found, func(o Component) bool {
			return o.Name == "" || c.Name == "" || sameName(o.Name, c.Name)
		})
		if i < 0 {
			found = append(found, c)
		} else {
			found[i].fill(c)
		}
	}
	slices.SortStableFunc(found, func(a, b Component) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range found {
		if c.Name != "" {
			slices.Sort(c.Sources)
			c.Sources = slices.Compact(c.Sources)
			r.out = append(r.out, c)
		}
	}
}

// sameName compares names as Python's index does, which is the most lenient.
func sameName(a, b string) bool {
	flat := func(s string) string { return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(s)) }
	return flat(a) == flat(b)
}

// fill takes what is missing from another manifest of the same package.
func (c *Component) fill(from Component) {
	if c.Name == "" && from.Name != "" {
		c.Name, c.Path = from.Name, from.Path
	}
	c.Version = firstOf(c.Version, from.Version)
	c.Description = firstOf(c.Description, from.Description)
	if len(c.Keywords) == 0 {
		c.Keywords = from.Keywords
	}
	if len(c.Licenses) == 0 && len(from.Licenses) > 0 {
		c.Licenses, c.LicensePath, c.LicenseLine = from.Licenses, from.LicensePath, from.LicenseLine
	}
	c.Private = c.Private || from.Private
	c.Sources = append(c.Sources, from.Sources...)
}

// component is what one manifest declares, with what it takes from those above.
func (r *resolver) component(f File) Component {
	if f.maven != nil {
		return r.maven(f)
	}
	c := Component{
		Ecosystem: f.Ecosystem, Name: f.Name, Version: f.Version, Description: f.Description, Keywords: f.Keywords,
		Licenses: f.Licenses, Private: f.Private, Folder: Folder(f.Path), Path: f.Path, Sources: []string{f.Path},
	}
	if c.Name == "" && f.fallback != "" && !r.named(f) {
		c.Name = f.fallback
	}
	if len(c.Licenses) > 0 {
		c.LicensePath, c.LicenseLine = f.Path, f.LicenseLine
	}
	if len(f.takes) == 0 {
		return c
	}
	above, ok := r.offering(f)
	if !ok {
		return c
	}
	c.Sources = append(c.Sources, above.Path)
	for _, p := range f.takes {
		switch {
		case p == partVersion && c.Version == "":
			c.Version = above.offers.Version
		case p == partDescription && c.Description == "":
			c.Description = above.offers.Description
		case p == partKeywords && len(c.Keywords) == 0:
			c.Keywords = above.offers.Keywords
		case p == partLicense && len(c.Licenses) == 0 && len(above.offers.Licenses) > 0:
			c.Licenses, c.LicensePath, c.LicenseLine = above.offers.Licenses, above.Path, above.offers.LicenseLine
		}
	}
	return c
}

// named tells whether another manifest of the folder names the package of a project without a name.
func (r *resolver) named(f File) bool {
	i, ok := r.at[strings.TrimSuffix(f.Path, path.Ext(f.Path))+".nuspec"]
	return ok && r.files[i].Name != ""
}

// offering finds the nearest manifest of the ecosystem, here or above, that gives values to those below.
func (r *resolver) offering(f File) (File, bool) {
	base := path.Base(f.Path)
	if f.Ecosystem == "nuget" {
		base = "Directory.Build.props"
	}
	for dir := path.Dir(f.Path); ; dir = path.Dir(dir) {
		if i, ok := r.at[path.Join(dir, base)]; ok && r.files[i].offers != nil {
			return r.files[i], true
		}
		if dir == "." || dir == "/" {
			return File{}, false
		}
	}
}

// maven resolves a POM or a part of a Gradle build.
func (r *resolver) maven(f File) Component {
	m := Manifest{Ecosystem: f.Ecosystem, Licenses: f.Licenses, LicenseLine: f.LicenseLine}
	sources := []string{f.Path}
	licensePath := f.Path
	if f.rank > 0 {
		m.Name, m.Version, m.Description = r.gradleName(f)
	} else {
		chain := r.parents(f)
		p := f.maven
		value := func(s string) string {
			return replaceVariables(s, "${", "}", func(name string) (string, bool) { return mavenProperty(chain, name) })
		}
		group := value(firstOf(p.group, p.parentGroup))
		if artifact := value(p.artifact); group != "" && artifact != "" {
			m.Name = group + ":" + artifact
		}
		m.Version, m.Description = value(firstOf(p.version, p.parentVersion)), value(p.description)
		for _, above := range chain[1:] {
			sources = append(sources, above.Path)
			if len(m.Licenses) == 0 && len(above.Licenses) > 0 {
				m.Licenses, m.LicenseLine, licensePath = above.Licenses, above.LicenseLine, above.Path
			}
		}
	}
	m.tidy()
	c := Component{
		Ecosystem: f.Ecosystem, Name: m.Name, Version: m.Version, Description: m.Description, Licenses: m.Licenses,
		Folder: Folder(f.Path), Path: f.Path, Sources: sources,
	}
	if len(c.Licenses) > 0 {
		c.LicensePath, c.LicenseLine = licensePath, m.LicenseLine
	}
	return c
}

// maxParents is how many parents of a POM are looked for.
const maxParents = 10

// parents gives a POM and those above it that are in the repository.
func (r *resolver) parents(f File) []File {
	chain := []File{f}
	for len(chain) <= maxParents {
		p := chain[len(chain)-1].maven
		if !p.hasParent || p.to == "" {
			break
		}
		to := path.Join(path.Dir(chain[len(chain)-1].Path), p.to)
		i, ok := r.at[to]
		if !ok {
			i, ok = r.at[path.Join(to, "pom.xml")]
		}
		if !ok || r.files[i].maven == nil || r.files[i].rank > 0 || r.files[i].maven.artifact != p.parentArtifact ||
			slices.ContainsFunc(chain, func(c File) bool { return c.Path == r.files[i].Path }) {
			break
		}
		chain = append(chain, r.files[i])
	}
	return chain
}

// mavenProperty gives the value of a property of a POM, or of the nearest parent that has it.
func mavenProperty(chain []File, name string) (string, bool) {
	own := chain[0].maven
	known := func(s string) (string, bool) { return s, s != "" }
	switch strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.") {
	case "groupId":
		return known(firstOf(own.group, own.parentGroup))
	case "version":
		return known(firstOf(own.version, own.parentVersion))
	case "artifactId":
		return known(own.artifact)
	case "parent.groupId":
		return known(own.parentGroup)
	case "parent.version":
		return known(own.parentVersion)
	}
	for _, f := range chain {
		if v, ok := f.maven.properties[name]; ok {
			return v, true
		}
	}
	return "", false
}

// merged joins what two Gradle files of a folder say; the first goes first.
func merged(a, b *mavenProject) *mavenProject {
	if a == nil {
		return b
	}
	return &mavenProject{
		group: firstOf(a.group, b.group), artifact: firstOf(a.artifact, b.artifact), version: firstOf(a.version, b.version),
		description: firstOf(a.description, b.description),
	}
}

// gradleName gives what a Gradle build calls a folder: a project must have a name or a group of its own; the group and the version
// may stand in a folder above.
func (r *resolver) gradleName(f File) (name, version, description string) {
	folder := Folder(f.Path)
	p := r.gradle[folder]
	if p.group == "" && p.artifact == "" {
		return "", p.version, p.description
	}
	artifact := p.artifact
	if artifact == "" {
		if artifact = path.Base(folder); folder == "" {
			artifact = r.root
		}
	}
	group := p.group
	version = p.version
	for dir := folder; dir != "" && (group == "" || version == ""); {
		if dir = path.Dir(dir); dir == "." {
			dir = ""
		}
		if above := r.gradle[dir]; above != nil {
			group, version = firstOf(group, above.group), firstOf(version, above.version)
		}
	}
	if group != "" {
		artifact = group + ":" + artifact
	}
	return artifact, version, p.description
}
