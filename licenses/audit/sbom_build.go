// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"communs/licenses"
)

// bill makes components of what was read.
func (b *billReader) bill(detector *licenses.Detector) *Bill {
	out := &Bill{Format: b.format, Partial: b.partial}
	resolve := &billLicenses{detector: detector, texts: b.texts, known: map[billText]licenses.Expression{}}
	ids := map[string]string{} // ref → ID
	at := map[string]int{}     // ID → place in components
	var components []Component
	for i := range b.items {
		item := &b.items[i]
		c := b.component(item, resolve)
		known, twice := at[c.ID]
		for n, id := 2, c.ID; twice && !sameLicense(&components[known], &c); n++ {
			if n > maxVariants {
				n = maxVariants + i
			}
			c.ID = fmt.Sprintf("%s~%d", id, n)
			known, twice = at[c.ID]
		}
		ids[item.ref] = c.ID
		if twice { // the same package, found in two places
			components[known].Places = append(components[known].Places, c.Places...)
			continue
		}
		at[c.ID] = len(components)
		components = append(components, c)
	}
	root := b.root(ids)
	b.graph(components, ids, root)
	if i, found := at[root]; found {
		out.Project = components[i]
		out.Project.Kind, out.Project.Direct, out.Project.Via = Project, false, nil
		components = slices.Delete(components, i, i+1)
	}
	slices.SortFunc(components, func(x, y Component) int { return cmp.Compare(x.ID, y.ID) })
	out.Components = components
	if len(components) == 0 {
		out.Files = b.fileList(resolve)
	}
	return out
}

// maxVariants is how many entries for one package with different licences are compared with each other.
const maxVariants = 50

func sameLicense(x, y *Component) bool { return x.Declared == y.Declared && x.Found == y.Found }

// root is the ID of what the document describes: of the first such element that is a package.
func (b *billReader) root(ids map[string]string) string {
	for _, ref := range b.roots {
		if id := ids[ref]; id != "" {
			return id
		}
	}
	return ""
}

func (b *billReader) component(item *billItem, resolve *billLicenses) Component {
	c := Component{
		Kind: Dependency, Name: item.name, Version: item.version, Origin: item.origin, Checksums: item.checksums, Optional: item.optional,
		Source: SourceSBOM, Places: []Place{{Path: b.path, Line: item.line, How: b.place}}, DeclaredText: []string{},
		Evidence: []Evidence{}, Copyrights: []string{},
	}
	for _, p := range item.purls {
		if purl, err := packageurl.FromString(p); err == nil {
			c.named(purl)
			break
		}
	}
	if c.ID = c.PURL; c.ID == "" {
		ref := item.ref
		if strings.HasPrefix(ref, namelessRef) {
			ref = ""
		}
		c.ID = "sbom:" + cmp.Or(ref, strings.TrimSuffix(item.name+"@"+item.version, "@"))
	}
	declared := append(slices.Clone(item.declared), namesOf(item.declaredNames)...)
	if len(declared) > 0 {
		c.DeclaredText = []string{strings.Join(declared, " AND ")}
	}
	c.Declared = resolve.all(item.declared, item.declaredNames)
	c.Found = resolve.all(item.concluded, item.foundNames)
	if c.Declared.IsZero() && c.Found.IsZero() {
		c.Found = resolve.all(item.observed, nil)
	}
	for _, e := range []licenses.Expression{c.Declared, c.Found} {
		if !e.IsZero() && (len(c.Evidence) == 0 || c.Evidence[0].License != e) {
			c.Evidence = append(c.Evidence, Evidence{Path: b.path, Start: item.line, End: item.line, How: "sbom", License: e, Score: 1})
		}
	}
	for _, t := range item.copyright {
		c.Copyrights = append(c.Copyrights, statements(t)...)
	}
	slices.Sort(c.Copyrights)
	c.Copyrights = slices.Compact(c.Copyrights)
	for _, name := range append(item.declaredNames, item.foundNames...) {
		if strings.Count(name.text, " ") > shortText {
			c.Texts = append(c.Texts, Text{Path: cmp.Or(name.name, "LICENSE"), Body: strings.ReplaceAll(name.text, "\r\n", "\n")})
		}
	}
	return c
}

// named takes from a package URL what it tells.
func (c *Component) named(purl packageurl.PackageURL) {
	c.PURL, c.Ecosystem = purl.ToString(), purl.Type
	separator := "/"
	if purl.Type == packageurl.TypeMaven {
		separator = ":"
	}
	if c.Name == "" || purl.Type == packageurl.TypeMaven {
		c.Name = strings.TrimPrefix(purl.Namespace+separator+purl.Name, separator)
	}
	c.Version = cmp.Or(c.Version, purl.Version)
}

func namesOf(texts []billText) []string {
	var names []string
	for _, t := range texts {
		names = append(names, said(t.name)...)
	}
	return names
}

var address = regexp.MustCompile(`\s*[<(]?[^\s<>()]+@[^\s<>()]+\.[^\s<>()]+[>)]?`)

// dated is a line that is a copyright statement without the word: "2021 The Authors".
var dated = regexp.MustCompile(`^(?:19|20)\d\d\b`)

// statements are the copyright statements of a text, which has one on a line; where it has none that is written as one, its lines.
// Addresses are left out.
func statements(text string) []string {
	var all, lines []string
	for line := range strings.Lines(text) {
		found := licenses.Copyrights([]byte(line))
		for _, c := range found {
			all = append(all, c.Text)
		}
		if line = strings.TrimRight(address.ReplaceAllString(strings.TrimSpace(line), ""), ",; "); line == "" || len(found) > 0 {
			continue
		}
		lines = append(lines, line)
		if dated.MatchString(line) {
			all = append(all, line)
		}
	}
	if len(all) > 0 {
		return all
	}
	return lines
}

// fileList is the files of an SPDX document that tells nothing else, as the REUSE tool writes it.
func (b *billReader) fileList(resolve *billLicenses) []File {
	files := make([]File, 0, len(b.files))
	for i := range b.files {
		f := b.files[i].File
		f.License = resolve.all(b.files[i].statements, nil)
		f.Libre, _ = licenses.LibreOf(f.License)
		f.Evidence = []Evidence{}
		if !f.License.IsZero() {
			f.Evidence = []Evidence{{Path: b.path, How: "sbom", License: f.License, Score: 1}}
		}
		var copyrights []string
		for _, c := range f.Copyrights {
			copyrights = append(copyrights, statements(c)...)
		}
		slices.Sort(copyrights)
		f.Copyrights = slices.Compact(copyrights)
		files = append(files, f)
	}
	slices.SortStableFunc(files, func(x, y File) int { return cmp.Compare(x.Path, y.Path) })
	return files
}

// billLicenses understands what an SBOM says of licences.
type billLicenses struct {
	detector *licenses.Detector
	texts    map[string]billText // of the document's LicenseRef-…
	known    map[billText]licenses.Expression
}

// shortText is how many words a text may have to be no licence text, but a remark; then its name may tell.
const shortText = 12

// all joins what holds together. When one part is not understood, nothing is known of the whole.
func (l *billLicenses) all(statements []string, names []billText) licenses.Expression {
	var whole licenses.Expression
	for _, s := range statements {
		e := l.expression(s)
		if e.IsZero() {
			return e
		}
		whole = licenses.And(whole, e)
	}
	for _, n := range names {
		e := l.text(n)
		if e.IsZero() {
			if e = refOf(n.name); e.IsZero() {
				return e
			}
		}
		whole = licenses.And(whole, e)
	}
	return whole
}

var licenseRef = regexp.MustCompile(`(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+`)

// expression reads an expression; a LicenseRef whose text is a known licence's is taken as that one. What is no expression may be
// a name that the detector knows.
func (l *billLicenses) expression(s string) licenses.Expression {
	s = licenseRef.ReplaceAllStringFunc(s, func(ref string) string {
		text, told := l.texts[ref]
		if !told {
			return ref
		}
		if e := l.text(text); !e.IsZero() {
			return "(" + e.String() + ")"
		}
		return ref
	})
	e, err := licenses.Parse(s)
	if err != nil {
		return l.detector.Declared([]string{s})
	}
	return e
}

// text is the licence of a name and text; zero when neither tells.
func (l *billLicenses) text(t billText) licenses.Expression {
	if e, read := l.known[t]; read {
		return e
	}
	var e licenses.Expression
	for _, f := range l.detector.Text("LICENSE", []byte(t.text)) {
		if !licenses.Known(f.Expression) {
			e = licenses.Expression{}
			break
		}
		e = licenses.And(e, f.Expression)
	}
	if e.IsZero() && strings.Count(t.text, " ") < shortText {
		e = l.detector.Declared([]string{t.name})
	}
	l.known[t] = e
	return e
}

var notIDString = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// refOf is the LicenseRef for a licence that only has a name.
func refOf(name string) licenses.Expression {
	e, err := licenses.Parse("LicenseRef-" + cmp.Or(strings.Trim(notIDString.ReplaceAllString(name, "-"), "-"), "unknown"))
	if err != nil {
		return licenses.Expression{}
	}
	return e
}
