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
	if covers(ea.tree(), eb) || covers(eb.tree(), ea) || isVague(a, ea, eb) || isVague(b, eb, ea) {
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

// isVague reports whether a statement only names the kin of the licence in the other.
func isVague(found []Finding, vague, other Expression) bool {
	return len(found) == 1 && found[0].Score <= vagueScore && clarifies(other, vague)
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
