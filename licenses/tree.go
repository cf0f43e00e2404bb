// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"communs/internal/manifests"
)

// Tree knows the licence evidence of one repository, and which of it holds for which file. The nearest evidence wins:
//
//  1. an overriding annotation of REUSE.toml, that of the topmost one;
//  2. the file's .license, else a tag, notice or text in the file itself; an aggregating annotation holds together with it;
//  3. the annotation of the nearest REUSE.toml, or of debian/copyright;
//  4. folder by folder upwards: the licence files there, else the manifest there, else the licence section of the README there;
//  5. what an annotation at the root says of everything, the only text in LICENSES/, or that of a folder such as docs/ or legal/.
//
// Licence files of one folder are joined with AND, unless the folder's manifest or README says of the same licences that they
// are a choice or that later versions may be chosen. The texts of LGPL-3.0 and GPL-3.0 beside each other are one licence,
// the LGPL, which is written on top of the GPL. A manifest that only leads to a file has that file's licence. Licence files about other
// people's code say nothing of the folder they lie in, and what lies in a folder of vendored code is not under the licence of the project
// around it. A tree is filled first and read then; reading is safe for concurrent use.
type Tree struct {
	files   map[string][]Finding
	folders map[string]*folder
	texts   []Finding // LICENSES/*
}

// folder is the evidence that lies in one folder.
type folder struct {
	licenses, manifests, readme, notes []Finding // notes: annotations of files below
}

// NewTree makes an empty tree.
func NewTree() *Tree {
	return &Tree{files: map[string][]Finding{}, folders: map[string]*folder{}}
}

// thirdParty are licence files about other people's code, which say nothing of the folder they lie in.
var thirdParty = regexp.MustCompile(`(?i)third|3rd|depend|vendor|external|bundled|other|notice`)

// Add records what was found in the file at path (slash-separated, relative to the repository's root).
func (t *Tree) Add(name string, found []Finding) {
	if len(found) == 0 {
		return
	}
	name = clean(name)
	t.files[name] = found
	dir := path.Dir(name)
	switch kindOf(name) {
	case fileLicense:
		if path.Base(dir) == "LICENSES" {
			if dir == "LICENSES" {
				t.texts = append(t.texts, found...)
			}
			return
		}
		if !thirdParty.MatchString(path.Base(name)) {
			f := t.folder(dir)
			f.licenses = append(f.licenses, found...)
		}
	case fileManifest:
		if folder := manifests.Folder(name); folder != "" {
			dir = folder
		} else {
			dir = "."
		}
		f := t.folder(dir)
		f.manifests = append(f.manifests, declared(found, "manifest", seeHow)...)
	case fileReadme:
		f := t.folder(dir)
		f.readme = append(f.readme, found...)
	case fileReuse, fileCopyright:
		if base := path.Base(dir); base == ".reuse" || base == "debian" {
			dir = path.Dir(dir)
		}
		f := t.folder(dir)
		f.notes = append(f.notes, declared(found, "reuse", debianHow)...)
		if kindOf(name) == fileCopyright && len(declared(found, debianHow)) == 0 { // in prose, it is of the whole package
			f.licenses = append(f.licenses, found...)
		}
	}
}

// declared is the findings of some kinds.
func declared(found []Finding, how ...string) []Finding {
	var kept []Finding
	for _, f := range found {
		if slices.Contains(how, f.How) {
			kept = append(kept, f)
		}
	}
	return kept
}

func (t *Tree) folder(dir string) *folder {
	f := t.folders[dir]
	if f == nil {
		f = &folder{}
		t.folders[dir] = f
	}
	return f
}

// clean makes a path relative to the root, without dots.
func clean(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name == "" {
		return "."
	}
	return name
}

// Effective is the licence of the file at path by its nearest evidence, with that evidence. The zero Expression means
// that nothing is known. Deprecated ids are given by their current name. Snippets of other origin in the file have their own: see
// [Tree.Explain].
func (t *Tree) Effective(name string) (Expression, []Finding) {
	name = clean(name)
	notes := t.annotations(name)
	if len(notes) > 0 && notes[0].Override {
		return combine(notes)
	}
	e, evidence := t.own(name)
	switch {
	case e.IsZero() && len(notes) > 0:
		return combine(notes)
	case e.IsZero():
		return t.above(path.Dir(name))
	case len(notes) > 0 && notes[0].Aggregate:
		return combine(slices.Concat(evidence, notes))
	}
	return t.clarify(e, evidence, path.Dir(name))
}

// own is what a file says of itself, or its .license of it.
func (t *Tree) own(name string) (Expression, []Finding) {
	if e, evidence := combine(ofFile(t.files[name+".license"])); !e.IsZero() {
		return e, evidence
	}
	return combine(ofFile(t.files[name]))
}

// clarify lets the nearest licence file tell which licence a vague notice means: of "the BSD license" there are several.
func (t *Tree) clarify(e Expression, own []Finding, dir string) (Expression, []Finding) {
	if len(own) != 1 || own[0].How != "notice" || own[0].Score > vagueScore {
		return e, own
	}
	near, evidence := t.above(dir)
	if clarifies(near, e) {
		return near, append(slices.Clone(own), evidence...)
	}
	return e, own
}

// clarifies reports whether one expression tells which licence of its kin another, vague one means.
func clarifies(near, vague Expression) bool {
	kin, _, _ := strings.Cut(vague.text, "-")
	ids := near.IDs()
	return len(ids) == 1 && strings.HasPrefix(ids[0], kin+"-")
}

// ofFile is what a file says of itself as a whole: not what it declares for others, nor what is of a snippet.
func ofFile(found []Finding) []Finding {
	apart := func(f Finding) bool {
		return f.How == "manifest" || f.How == seeHow || f.How == snippetHow || f.Scope != ""
	}
	if !slices.ContainsFunc(found, apart) {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), apart)
}

// Repository is the licence of the repository as a whole, with its evidence.
func (t *Tree) Repository() (Expression, []Finding) { return t.above(".") }

// vendored are folders of other people's code.
var vendored = regexp.MustCompile(`(?i)^(?:vendor|vendored|_vendor|third[-_]?party|3rd[-_]?party|node_modules|bower_components|site-packages)$`)

// above is the evidence of a folder or of the nearest one above it.
func (t *Tree) above(dir string) (Expression, []Finding) {
	for {
		if e, evidence := t.of(dir); !e.IsZero() {
			return e, evidence
		}
		if dir == "." || dir == "/" {
			return t.whole()
		}
		if vendored.MatchString(path.Base(dir)) {
			return Expression{}, nil
		}
		dir = path.Dir(dir)
	}
}

// legalFolders are where some projects keep their licence file.
var legalFolders = []string{"license", "licence", "licenses", "legal", "doc", "docs"}

// LegalFolders lists the folders at the root whose files may say something of the whole repository.
func LegalFolders() []string { return append([]string{"LICENSES"}, legalFolders...) }

// whole is what is said of everything when nothing lies at the root: by an annotation, by the only text in LICENSES/, or by the licence file
// of a folder for such.
func (t *Tree) whole() (Expression, []Finding) {
	if f := t.folders["."]; f != nil {
		for _, a := range slices.Backward(f.notes) {
			if slices.Contains(strings.Split(a.Scope, "\n"), "**") {
				return combine(declaredAt(f.notes, a))
			}
		}
	}
	if e, evidence := combine(t.texts); len(e.IDs()) == 1 {
		return e, evidence
	}
	for _, dir := range legalFolders {
		if f := t.folders[dir]; f != nil && len(f.licenses) > 0 {
			if e, evidence := combine(withoutBase(f.licenses)); len(e.IDs()) == 1 {
				return e, evidence
			}
		}
	}
	return Expression{}, nil
}

// of is what a folder's licence files, manifest and README say of it.
func (t *Tree) of(dir string) (Expression, []Finding) {
	f := t.folders[dir]
	if f == nil {
		return Expression{}, nil
	}
	manifest := f.manifests
	if e, _ := combine(manifest); e.IsZero() && len(f.licenses) == 0 {
		manifest = t.led(dir, manifest)
	}
	if len(f.licenses) == 0 {
		if e, evidence := combine(manifest); !e.IsZero() {
			return e, evidence
		}
		return combine(f.readme)
	}
	e, evidence := combine(withoutBase(f.licenses))
	for _, other := range [][]Finding{manifest, f.readme} {
		if said, more := combine(other); !said.IsZero() && said != e && sameFamilies(said, e) {
			return said, append(slices.Clone(evidence), more...)
		}
	}
	return e, evidence
}

// led follows a manifest to the files that it says hold the licence.
func (t *Tree) led(dir string, manifest []Finding) []Finding {
	var all []Finding
	for _, f := range manifest {
		if f.How == seeHow {
			if found := ofFile(t.files[clean(path.Join(dir, f.Scope))]); len(found) > 0 {
				all = append(append(all, f), found...)
			}
		}
	}
	return all
}

// withoutBase drops the text of GPL-3.0 where that of LGPL-3.0 lies beside it.
func withoutBase(found []Finding) []Finding {
	lesser := slices.ContainsFunc(found, func(f Finding) bool { return family(f.Expression.text) == "LGPL-3.0" })
	if !lesser {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return family(f.Expression.text) == "GPL-3.0" && f.How == "text" })
}

// families are the licences that an expression names, -only and -or-later apart, sorted.
func families(e Expression) []string {
	var s []string
	for _, id := range e.IDs() {
		s = append(s, family(id))
	}
	slices.Sort(s)
	return slices.Compact(s)
}

// sameFamilies reports whether two expressions name the same licences, -only and -or-later apart.
func sameFamilies(a, b Expression) bool { return slices.Equal(families(a), families(b)) }

// combine joins findings that hold together.
func combine(found []Finding) (Expression, []Finding) {
	return And(meaning(found)...), found
}

// annotations are what annotations say of a file: those of the nearest folder that has one; within a folder the last that matches holds.
// An overriding one further up wins over all below. Those that aggregate are joined.
func (t *Tree) annotations(name string) (found []Finding) {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if f := t.folders[dir]; f != nil {
			rel := strings.TrimPrefix(name, dir+"/")
			for _, a := range slices.Backward(f.notes) {
				if !inScope(a.Scope, rel) {
					continue
				}
				last := declaredAt(f.notes, a)
				switch {
				case len(found) == 0 || a.Override:
					found = last
				case a.Aggregate && found[0].Aggregate:
					found = append(slices.Clone(found), last...)
				}
				break
			}
		}
		if dir == "." || dir == "/" {
			return found
		}
	}
}

// declaredAt is all that one annotation says: it may name several licences.
func declaredAt(notes []Finding, a Finding) []Finding {
	var all []Finding
	for _, n := range notes {
		if n.Path == a.Path && n.Start == a.Start {
			all = append(all, n)
		}
	}
	return all
}
