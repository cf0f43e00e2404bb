// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"communs/internal/manifests"
	"communs/licenses"
)

// The section "components" of an occurrence file holds what the repository's package manifests declare. It is JSON; files are numbers of rows:
//
//	components  for each: ecosystem, name, version, description, keywords; readme, the README that the description was taken from when no
//	            manifest has one; license, the expression that the manifest declares, with license_row and license_line where it does;
//	            private when it is not to be published; folder, what it holds; row, the manifest that names it; sources, all that it rests on
//	damaged     manifests that could not be read: row, and the line where reading ended
//
// A file written before there were components has neither the section nor "components" in its meta; it is made anew by the next Add.

// ComponentRules names the rules by which manifests are read. Raise it with every change that gives another result.
const ComponentRules = 1

// Component is the unit that a package manifest declares.
type Component struct {
	Ecosystem   string   `json:"ecosystem"`
	Name        string   `json:"name"`
	Version     string   `json:"version,omitempty"`
	Description string   `json:"description,omitempty"`
	Readme      *uint32  `json:"readme,omitempty"` // row of the file that the description was taken from; nil for the manifest
	Keywords    []string `json:"keywords,omitempty"`
	License     string   `json:"license,omitempty"` // as the manifest declares it; empty when it does not, or is not understood
	LicenseRow  uint32   `json:"license_row,omitempty"`
	LicenseLine int      `json:"license_line,omitempty"`
	Private     bool     `json:"private,omitempty"`
	Folder      []byte   `json:"folder,omitempty"` // any bytes, as paths are
	Row         uint32   `json:"row"`
	Sources     []uint32 `json:"sources"`
}

// DamagedManifest is a manifest that is not written as its format asks.
type DamagedManifest struct {
	Row  uint32 `json:"row"`
	Line int    `json:"line"`
}

// ComponentList is what the manifests of one repository say. It must not be modified.
type ComponentList struct {
	Components []Component       `json:"components,omitempty"`
	Damaged    []DamagedManifest `json:"damaged,omitempty"`
}

// maxComponents is how many components of one repository are kept, and how many damaged manifests.
const maxComponents = 20_000

// declaration is what a file's content says of components.
type declaration struct {
	manifest *manifests.Manifest
	damaged  int    // line of a damaged manifest; 0 when it is none
	summary  string // of a README
}

// declares tells whether a file may say something of components.
func declares(name string) bool { return manifests.Ecosystem(name) != "" || manifests.IsReadme(name) }

// declared reads a file that may say something of components.
func declared(name string, src []byte) (d declaration) {
	if manifests.IsReadme(name) {
		d.summary = manifests.Summary(src)
		return d
	}
	var err error
	var damaged *manifests.DamagedError
	if d.manifest, err = manifests.Read(name, src); errors.As(err, &damaged) {
		d.damaged = max(1, damaged.Line)
	}
	return d
}

// componentsOf makes the list of components from what the files of a repository say.
func (w *Writer) componentsOf(jobs []*job, root string) func(rows []Occurrence) *ComponentList {
	says := map[string]declaration{}
	for _, j := range jobs {
		if j.says != (declaration{}) {
			says[j.file.Path] = j.says
		}
	}
	return func(rows []Occurrence) *ComponentList {
		paths := make([]string, len(rows))
		for i, row := range rows {
			paths[i] = row.Path
		}
		return components(paths, func(i int) declaration { return says[paths[i]] }, root, w.opts.Detector)
	}
}

// components makes the list of a repository's components. paths are those of its files, sorted; what gives what each file says.
func components(paths []string, what func(i int) declaration, root string, detector *licenses.Detector) *ComponentList {
	list := &ComponentList{}
	var files []manifests.File
	readmes := map[string]int{} // folder → row
	for i, name := range paths {
		d := what(i)
		switch {
		case d.manifest != nil:
			files = append(files, manifests.File{Path: name, Manifest: d.manifest})
		case d.damaged > 0 && len(list.Damaged) < maxComponents:
			list.Damaged = append(list.Damaged, DamagedManifest{uint32(i), d.damaged})
		case d.summary != "":
			if _, has := readmes[path.Dir(name)]; !has {
				readmes[path.Dir(name)] = i
			}
		}
	}
	row := func(name string) uint32 {
		i, _ := slices.BinarySearch(paths, name)
		return uint32(i)
	}
	for _, f := range manifests.Resolve(files, root) {
		if len(list.Components) == maxComponents {
			break
		}
		c := Component{
			Ecosystem: f.Ecosystem, Name: f.Name, Version: f.Version, Description: f.Description, Keywords: f.Keywords,
			Private: f.Private, Folder: []byte(f.Folder), Row: row(f.Path),
		}
		for _, s := range f.Sources {
			c.Sources = append(c.Sources, row(s))
		}
		if e := detector.Declared(f.Licenses); !e.IsZero() {
			c.License, c.LicenseRow, c.LicenseLine = e.Current().String(), row(f.LicensePath), f.LicenseLine
		}
		if i, ok := readmes[path.Dir(path.Join(f.Folder, "x"))]; ok && c.Description == "" {
			at := uint32(i)
			c.Description, c.Readme = what(i).summary, &at
		}
		list.Components = append(list.Components, c)
	}
	return list
}

// without leaves out what rests on some rows.
func (l *ComponentList) without(gone func(row uint32) bool) *ComponentList {
	kept := &ComponentList{}
	for _, c := range l.Components {
		if slices.ContainsFunc(c.Sources, gone) {
			continue
		}
		if c.Readme != nil && gone(*c.Readme) {
			c.Description, c.Readme = "", nil
		}
		kept.Components = append(kept.Components, c)
	}
	for _, d := range l.Damaged {
		if !gone(d.Row) {
			kept.Damaged = append(kept.Damaged, d)
		}
	}
	return kept
}

// encode is the section's bytes; nothing for an empty list.
func (l *ComponentList) encode() ([]byte, error) {
	if l == nil || len(l.Components)+len(l.Damaged) == 0 {
		return nil, nil
	}
	return json.Marshal(l)
}

// HasComponents tells whether manifests were read when the file was written. Where they were not, Components is empty.
func (o *Occurrences) HasComponents() bool { return o.meta.Components > 0 }

// Components gives what the repository's manifests declare.
func (o *Occurrences) Components() (*ComponentList, error) {
	o.once.Do(func() { o.components, o.broken = readComponents(o) })
	return o.components, o.broken
}

func readComponents(o *Occurrences) (*ComponentList, error) {
	l := &ComponentList{}
	if !o.c.has("components") {
		return l, nil
	}
	b, err := o.c.section("components")
	if err != nil || len(b) == 0 {
		return l, err
	}
	bad := func(why string) (*ComponentList, error) {
		return &ComponentList{}, &CorruptError{o.c.name, "components", why}
	}
	if err := json.Unmarshal(b, l); err != nil {
		return bad("not the JSON it should be")
	}
	outside := func(row uint32) bool { return int(row) >= o.n }
	for _, c := range l.Components {
		if outside(c.Row) || outside(c.LicenseRow) || c.Readme != nil && outside(*c.Readme) || slices.ContainsFunc(c.Sources, outside) {
			return bad("a component points outside the files")
		}
	}
	for _, d := range l.Damaged {
		if outside(d.Row) {
			return bad("a manifest points outside the files")
		}
	}
	return l, nil
}

// Components gives what the manifests of a repository in service declare, less what a withdrawal under way hides.
func (x *Index) Components(repo int) (*ComponentList, error) {
	o := x.repos[repo]
	l, err := o.Components()
	if len(x.current.Hidden.Blobs) > 0 {
		l = l.without(func(row uint32) bool { return x.hiddenBlob(o.Hash(row)) })
	}
	return l, err
}

// In tells whether a path lies in the component's folder.
func (c *Component) In(name []byte) bool {
	return len(c.Folder) == 0 || len(name) > len(c.Folder) && name[len(c.Folder)] == '/' && strings.HasPrefix(string(name[:len(c.Folder)]), string(c.Folder))
}
