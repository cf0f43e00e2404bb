// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Tree knows the licence evidence of one repository, and which of it holds for which file. The nearest evidence wins:
//
//  1. a tag, notice or text in the file itself;
//  2. a REUSE statement: its .license file, then the annotation of the nearest REUSE.toml (before 1 where it overrides);
//  3. folder by folder upwards: the licence files there, else the manifest there, else the licence section of the README there;
//  4. the texts in LICENSES/ at the root.
//
// Licence files of one folder are joined with AND, unless the folder's manifest or README says of the same licences that they
// are a choice or that later versions may be chosen. The texts of LGPL-3.0 and GPL-3.0 beside each other are one licence,
// the LGPL, which is written on top of the GPL. A tree is filled first and read then; reading is safe for concurrent use.
type Tree struct {
	files   map[string][]Finding
	folders map[string]*folder
	texts   []Finding // LICENSES/*
}

// folder is the evidence that lies in one folder.
type folder struct {
	licenses, manifests, readme, reuse []Finding
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
		f := t.folder(dir)
		f.manifests = append(f.manifests, declared(found, "manifest")...)
	case fileReadme:
		f := t.folder(dir)
		f.readme = append(f.readme, found...)
	case fileReuse:
		if path.Base(dir) == ".reuse" {
			dir = path.Dir(dir)
		}
		f := t.folder(dir)
		f.reuse = append(f.reuse, declared(found, "reuse")...)
	}
}

// declared is the findings of one kind.
func declared(found []Finding, how string) []Finding {
	var kept []Finding
	for _, f := range found {
		if f.How == how {
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
// that nothing is known. Deprecated ids are given by their current name.
func (t *Tree) Effective(name string) (Expression, []Finding) {
	name = clean(name)
	annotations, override := t.annotations(name)
	if override {
		return combine(annotations)
	}
	if k := kindOf(name); k != fileManifest && k != fileReuse {
		if e, ev := combine(t.files[name]); !e.IsZero() {
			return t.clarify(e, ev, path.Dir(name))
		}
	} else if own := stated(t.files[name]); len(own) > 0 {
		return combine(own)
	}
	if e, ev := combine(t.files[name+".license"]); !e.IsZero() {
		return e, ev
	}
	if len(annotations) > 0 {
		return combine(annotations)
	}
	return t.above(path.Dir(name))
}

// clarify lets the nearest licence file tell which licence a vague notice means: of "the BSD license" there are several.
func (t *Tree) clarify(e Expression, own []Finding, dir string) (Expression, []Finding) {
	if len(own) != 1 || own[0].How != "notice" || own[0].Score > vagueScore {
		return e, own
	}
	kin, _, _ := strings.Cut(e.text, "-")
	near, evidence := t.above(dir)
	if ids := near.IDs(); len(ids) == 1 && strings.HasPrefix(ids[0], kin+"-") {
		return near, append(slices.Clone(own), evidence...)
	}
	return e, own
}

// stated is what a file says of itself, without what it declares for others.
func stated(found []Finding) []Finding {
	var kept []Finding
	for _, f := range found {
		if f.How != "manifest" && f.How != "reuse" {
			kept = append(kept, f)
		}
	}
	return kept
}

// Repository is the licence of the repository as a whole, with its evidence.
func (t *Tree) Repository() (Expression, []Finding) { return t.above(".") }

// above is the evidence of a folder or of the nearest one above it.
func (t *Tree) above(dir string) (Expression, []Finding) {
	for {
		if f := t.folders[dir]; f != nil {
			if e, ev := f.effective(); !e.IsZero() {
				return e, ev
			}
		}
		if dir == "." || dir == "/" {
			return combine(t.texts)
		}
		dir = path.Dir(dir)
	}
}

// effective is what a folder's licence files, manifest and README say of it.
func (f *folder) effective() (Expression, []Finding) {
	if len(f.licenses) == 0 {
		if len(f.manifests) > 0 {
			return combine(f.manifests)
		}
		return combine(f.readme)
	}
	e, ev := combine(withoutBase(f.licenses))
	for _, other := range [][]Finding{f.manifests, f.readme} {
		if said, more := combine(other); !said.IsZero() && said != e && sameFamilies(said, e) {
			return said, append(slices.Clone(ev), more...)
		}
	}
	return e, ev
}

// withoutBase drops the text of GPL-3.0 where that of LGPL-3.0 lies beside it.
func withoutBase(found []Finding) []Finding {
	lesser := slices.ContainsFunc(found, func(f Finding) bool { return family(f.Expression.text) == "LGPL-3.0" })
	if !lesser {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return family(f.Expression.text) == "GPL-3.0" && f.How == "text" })
}

// sameFamilies reports whether two expressions name the same licences, -only and -or-later apart.
func sameFamilies(a, b Expression) bool {
	set := func(e Expression) []string {
		var s []string
		for _, id := range e.IDs() {
			s = append(s, family(id))
		}
		slices.Sort(s)
		return slices.Compact(s)
	}
	return slices.Equal(set(a), set(b))
}

// combine joins findings that hold together.
func combine(found []Finding) (Expression, []Finding) {
	es := make([]Expression, len(found))
	for i, f := range found {
		es[i] = f.Expression.Current()
	}
	return And(es...), found
}

// annotations are the REUSE annotations for a file from the nearest REUSE.toml that has one; within it the last that matches holds.
// An overriding one further up wins over all below.
func (t *Tree) annotations(name string) (found []Finding, override bool) {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if f := t.folders[dir]; f != nil {
			rel := strings.TrimPrefix(name, dir+"/")
			var last []Finding
			for _, a := range f.reuse {
				if !inScope(a.Scope, rel) {
					continue
				}
				if len(last) > 0 && last[0].Start != a.Start {
					last = nil
				}
				last = append(last, a)
			}
			if len(last) > 0 && (found == nil || last[0].Override) {
				found, override = last, last[0].Override
			}
		}
		if dir == "." || dir == "/" {
			return found, override
		}
	}
}

// inScope reports whether a glob of the scope matches: * is any run without a slash, ** any run at all, \ takes the next
// character as it is.
func inScope(scope, name string) bool {
	for glob := range strings.SplitSeq(scope, "\n") {
		if globMatch(glob, name) {
			return true
		}
	}
	return false
}

func globMatch(glob, name string) bool {
	for glob != "" {
		switch {
		case strings.HasPrefix(glob, "**"):
			rest := strings.TrimLeft(glob, "*")
			for i := 0; i <= len(name); i++ {
				if globMatch(rest, name[i:]) {
					return true
				}
			}
			return false
		case glob[0] == '*':
			for i := 0; i <= len(name); i++ {
				if globMatch(glob[1:], name[i:]) {
					return true
				}
				if i < len(name) && name[i] == '/' {
					return false
				}
			}
			return false
		case glob[0] == '\\' && len(glob) > 1:
			glob = glob[1:]
		}
		if name == "" || name[0] != glob[0] {
			return false
		}
		glob, name = glob[1:], name[1:]
	}
	return name == ""
}
