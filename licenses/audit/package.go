// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"communs/internal/manifests"
	"communs/licenses"
)

// pack is what the files of a package say of its licence.
type pack struct {
	declared     licenses.Expression // by its manifests
	declaredText []string
	found        []licenses.Finding // by its licence files and README
	expression   licenses.Expression
	evidence     []Evidence
	copyrights   []string
	texts        []Text
	conflict     bool     // what is declared and what was found differ
	closed       []string // files that the system refuses to open
}

// How much of a package is looked at.
const (
	maxPackFiles = 200
	maxPackFile  = 1 << 20
	maxTexts     = 512 << 10
)

// passOn are files that come with the licence of a package and are handed on with it.
var passOn = regexp.MustCompile(`(?i)^(?:licen[cs]e|unlicen[cs]e|copying|copyright|notice|patents|authors|thirdparty|third[-_]party|ofl|lgpl|gpl)(?:[-_.].*)?$|licen[cs]es?(?:\.(?:txt|md|rst))?$`)

// readPack reads the licence of a package that lies at the top of a file system: its manifests, licence files and README, and the
// folders that hold licence texts.
func readPack(ctx context.Context, files fs.FS, detector *licenses.Detector) (*pack, error) {
	names, err := packFiles(files)
	if err != nil {
		return nil, err
	}
	p := &pack{}
	tree := licenses.NewTree()
	left := maxTexts
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := readPart(files, name, maxPackFile)
		if errors.Is(err, fs.ErrPermission) {
			p.closed = append(p.closed, name)
		}
		if err != nil {
			continue // a link that leads nowhere; what is left tells, or nothing is known
		}
		got := detector.Text(name, data)
		p.take(detector, tree, name, data, got)
		if base := path.Base(name); passOn.MatchString(base) && manifests.Ecosystem(name) == "" {
			p.copyrights = append(p.copyrights, copyrightsOf(data)...)
			if text := plainText(data); len(text) <= left {
				left -= len(text)
				p.texts = append(p.texts, Text{Path: name, Body: text})
			}
		}
	}
	p.expression, p.found = tree.Repository()
	for _, f := range p.found {
		p.evidence = append(p.evidence, evidenceOf(f))
	}
	slices.Sort(p.copyrights)
	p.copyrights = slices.Compact(p.copyrights)
	return p, nil
}

// take sorts out what a file says: a manifest declares, the others are evidence.
func (p *pack) take(detector *licenses.Detector, tree *licenses.Tree, name string, data []byte, got []licenses.Finding) {
	var others []licenses.Finding
	for _, f := range got {
		if f.How != "manifest" {
			others = append(others, f)
			continue
		}
		p.declared = licenses.Or(p.declared, f.Expression)
		p.evidence = append(p.evidence, evidenceOf(f))
	}
	if dir := path.Dir(name); dir != "." && dir != "LICENSES" { // a folder of licences is about all of the package
		name = path.Base(name)
	}
	tree.Add(name, others)
	if name == pythonMetadata { // the same fields
		name = "PKG-INFO"
	}
	m, err := manifests.Read(name, data)
	if err != nil || m == nil {
		return
	}
	p.declaredText = append(p.declaredText, m.Licenses...)
	if e := detector.Declared(m.Licenses); p.declared.IsZero() && !e.IsZero() {
		p.declared = e
		p.evidence = append(p.evidence, Evidence{Path: path.Base(name), Start: m.LicenseLine, End: m.LicenseLine, How: "manifest", License: e, Score: 0.9})
	}
}

// pythonMetadata is what an installed distribution says of itself.
const pythonMetadata = "METADATA"

// packFiles lists the files of a package that speak of its licence.
func packFiles(files fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		switch lower := strings.ToLower(e.Name()); {
		case !e.IsDir() && (licenses.Interesting(e.Name()) || passOn.MatchString(e.Name()) || e.Name() == pythonMetadata):
			names = append(names, e.Name())
		case e.IsDir() && (lower == "licenses" || lower == "licences" || lower == "license"):
			below, err := fs.ReadDir(files, e.Name())
			if err != nil {
				continue
			}
			for _, b := range below {
				if !b.IsDir() {
					names = append(names, path.Join(e.Name(), b.Name()))
				}
			}
		}
	}
	return names[:min(len(names), maxPackFiles)], nil
}

// readPart reads the first bytes of a file.
func readPart(files fs.FS, name string, most int64) ([]byte, error) {
	if info, err := fs.Stat(files, name); err != nil { // before it is opened: a pipe would wait for a writer
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// plainText is a text as it is handed on: UTF-8 with line feeds.
func plainText(data []byte) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(string(data), "\uFFFD"), "\r\n", "\n")
	return strings.TrimRight(strings.TrimPrefix(s, "\ufeff"), "\n\t ") + "\n"
}

func evidenceOf(f licenses.Finding) Evidence {
	return Evidence{Path: f.Path, Start: f.Start, End: f.End, How: f.How, License: f.Expression, Score: f.Score}
}

// conclude says under which licence a component is, by what is declared and what was found in its files, and whether the two differ.
// What is declared makes of several texts a choice, and tells -only from -or-later; what was found beyond it is added.
func conclude(declared licenses.Expression, found []licenses.Finding) (e licenses.Expression, conflict bool) {
	declared = declared.Current()
	var all, beyond []licenses.Expression
	common := false
	said := families(declared)
	for _, f := range found {
		e := f.Expression.Current()
		all = append(all, e)
		fams := families(e)
		if within(fams, said) {
			common = true
		} else {
			beyond = append(beyond, e)
		}
		for _, id := range fams {
			common = common || slices.Contains(said, id)
		}
	}
	switch {
	case declared.IsZero():
		return licenses.And(all...), false
	case len(beyond) == 0:
		return declared, false
	}
	return licenses.And(append([]licenses.Expression{declared}, beyond...)...), !common
}

var version = regexp.MustCompile(`-(?:only|or-later)$|\+$`)

// families are the licences of an expression without what tells -only from -or-later.
func families(e licenses.Expression) []string {
	var all []string
	for _, id := range e.IDs() {
		all = append(all, version.ReplaceAllString(id, ""))
	}
	return all
}

func within(part, whole []string) bool {
	for _, x := range part {
		if !slices.Contains(whole, x) {
			return false
		}
	}
	return true
}
