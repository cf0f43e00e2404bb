// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"slices"
	"strings"
)

// Conflict is two statements about the same thing of which not both can be right.
type Conflict struct {
	Kind       ConflictKind
	One, Other Finding // One is the nearer, which holds
}

// ConflictKind says what contradicts each other.
type ConflictKind string

// The kinds.
const (
	ConflictDeclaration ConflictKind = "declaration" // a manifest, and the licence file beside it
	ConflictManifests   ConflictKind = "manifests"   // two manifests of one folder
	ConflictReadme      ConflictKind = "readme"      // the README, and the licence file or the manifest beside it
	ConflictTag         ConflictKind = "tag"         // a tag, and a notice or text of the same file
	ConflictBeside      ConflictKind = "beside"      // the .license of a file, and the file
	ConflictAnnotation  ConflictKind = "annotation"  // an annotation of a file, and the file
)

// fileConflicts are those among what is said of one file by name. That a file is under another licence than its folder is none.
func (t *Tree) fileConflicts(name string) []Conflict {
	own, beside := ofFile(t.files[name]), ofFile(t.files[name+".license"])
	found := contradictions(ConflictBeside, beside, own)
	isTag := func(f Finding) bool { return f.How == "tag" }
	tags := slices.DeleteFunc(slices.Clone(own), func(f Finding) bool { return !isTag(f) })
	found = append(found, contradictions(ConflictTag, tags, slices.DeleteFunc(slices.Clone(own), isTag))...)
	notes := t.annotations(name)
	if len(notes) == 0 || notes[0].Override || notes[0].Aggregate { // these mean to say something else
		return found
	}
	if len(beside) > 0 {
		own = beside
	}
	return append(found, contradictions(ConflictAnnotation, own, notes)...)
}

// folderConflicts are those among what is said of one folder.
func (t *Tree) folderConflicts(dir string) []Conflict {
	f := t.folders[dir]
	if f == nil {
		return nil
	}
	texts := withoutBase(f.licenses)
	byFile := map[string][]Finding{}
	var order []string
	for _, m := range f.manifests {
		if byFile[m.Path] == nil {
			order = append(order, m.Path)
		}
		byFile[m.Path] = append(byFile[m.Path], m)
	}
	var found []Conflict
	for i, name := range order {
		found = append(found, contradictions(ConflictDeclaration, texts, byFile[name])...)
		for _, other := range order[:i] {
			found = append(found, contradictions(ConflictManifests, byFile[other], byFile[name])...)
		}
	}
	nearer := texts
	if len(nearer) == 0 {
		nearer = f.manifests
	}
	return append(found, contradictions(ConflictReadme, nearer, f.readme)...)
}

// contradictions compares two statements, each of several findings that hold together.
func contradictions(kind ConflictKind, one, other []Finding) []Conflict {
	a, b := known(one), known(other)
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	ea, _ := combine(a)
	eb, _ := combine(b)
	if covers(ea.tree(), eb) || covers(eb.tree(), ea) || agree(a, eb) || agree(b, ea) {
		return nil
	}
	c := Conflict{Kind: kind, One: a[0], Other: b[0]}
	c.One.Expression, c.Other.Expression = ea, eb
	return []Conflict{c}
}

// known leaves out what says nothing, and texts that nobody knows: they may be anything.
func known(found []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool {
		return f.Expression.IsZero() || f.Expression == unknownText
	})
}

// agree reports whether each of the findings, which hold together, goes with an expression: it is named by it, or is a name without version of
// which the expression has one: the GPL, "BSD", "CC-BY".
func agree(found []Finding, by Expression) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool {
		n := f.Expression.tree()
		return !covers(n, by) && !(n != nil && unspecific(n, f.Score, by))
	})
}

// unspecific reports whether one of the licences of a finding stands for a family of which the expression names a member.
func unspecific(n *node, score float64, by Expression) bool {
	found := false
	n.leaves(func(id string) { found = found || len(members(id, score, by)) > 0 })
	return found
}

// members are the licences of an expression that a name may mean which was read as id.
func members(id string, score float64, of Expression) []string {
	kin := ""
	if own, ok := strings.CutPrefix(id, "LicenseRef-"); ok {
		kin = strings.ToLower(own)
		if usual, ok := familyNames[kin]; ok {
			kin = usual
		}
	} else if score <= vagueScore {
		kin = strings.ToLower(line(id))
	}
	if kin == "" {
		return nil
	}
	return slices.DeleteFunc(of.IDs(), func(other string) bool {
		other = strings.ToLower(other)
		return other != kin && !strings.HasPrefix(other, kin+"-") && !(kin == "bsd" && other == "0bsd")
	})
}

// Specify gives a declaration, which these values of a manifest's licence field made, the licences that its names without version mean beside
// what was found in the files: "BSD" is BSD-2-Clause where the licence file has that text.
func (d *Detector) Specify(declared Expression, values []string, found Expression) Expression {
	sure := map[string]float64{} // by licence: how surely a value names it
	for _, s := range values {
		e, score := d.declaredValue(s)
		for _, id := range e.IDs() {
			sure[id] = max(sure[id], score)
		}
	}
	for _, id := range declared.IDs() {
		if meant := members(id, sure[id], found); sure[id] > 0 && len(meant) == 1 && !slices.Contains(found.IDs(), id) {
			declared = declared.replace(id, meant[0])
		}
	}
	return declared
}

// familyNames are names of families that are not the beginning of their members' ids.
var familyNames = map[string]string{
	"mozilla": "mpl", "eclipse": "epl", "creative-commons": "cc", "creativecommons": "cc", "zope": "zpl", "python": "psf", "academic-free": "afl", "gnu": "gpl",
}

// covers reports whether what an expression asks for, in one of its branches, is named by another one.
func covers(n *node, by Expression) bool {
	switch {
	case n == nil:
		return false
	case n.op == opLicense:
		return slices.ContainsFunc(by.IDs(), func(id string) bool { return sameOrLater(n.id, id) })
	case n.op == opWith:
		return covers(n.kids[0], by)
	case n.op == opOr:
		return slices.ContainsFunc(n.kids, func(k *node) bool { return covers(k, by) })
	}
	return !slices.ContainsFunc(n.kids, func(k *node) bool { return !covers(k, by) })
}

// sameOrLater reports whether two ids are of one licence, -only and -or-later apart, or one is of a version that the other allows.
func sameOrLater(a, b string) bool {
	if family(a) == family(b) {
		return true
	}
	return laterOf(a, b) || laterOf(b, a)
}

func laterOf(orLater, id string) bool {
	base, ok := strings.CutSuffix(orLater, "-or-later")
	if !ok {
		return false
	}
	kinA, versionA, _ := strings.Cut(base, "-")
	kinB, versionB, _ := strings.Cut(family(id), "-")
	return kinA == kinB && versionA <= versionB
}

// placeOf is the folder that a licence file, manifest or README speaks of.
func placeOf(name string) string {
	dir := path.Dir(name)
	if base := path.Base(dir); base == ".reuse" || base == "debian" || strings.HasSuffix(base, ".egg-info") {
		dir = path.Dir(dir)
	}
	return dir
}
