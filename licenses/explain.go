// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"slices"
)

// Explanation is the licence of a file, of lines of it, or of a folder, with what it rests on.
type Explanation struct {
	Path       string // from the repository's root; . is the root
	Start, End int    // lines; 0 when it is of the whole file, or of a folder
	Expression Expression
	Libre      Libre
	Ground     string
	Chain      []Step // nearest first; those that hold and those that give way to them
	Conflicts  []Conflict
}

// Step is one piece of evidence.
type Step struct {
	Finding
	Why   Reason
	Holds bool // the answer rests on it; else something nearer holds
}

// Reason says by what a piece of evidence has its place.
type Reason string

// The reasons, nearest first.
const (
	ByOverride   Reason = "override"   // an annotation that overrides what the file says
	BySnippet    Reason = "snippet"    // SPDX-SnippetBegin … SPDX-SnippetEnd around the lines
	ByBlock      Reason = "block"      // a statement within the lines
	ByBeside     Reason = "beside"     // the file's .license
	ByFile       Reason = "file"       // the file itself
	ByAnnotation Reason = "annotation" // REUSE.toml, .reuse/dep5, debian/copyright
	ByFolder     Reason = "folder"     // a licence file of the folder
	ByManifest   Reason = "manifest"   // a declaration of the folder's
	ByReadme     Reason = "readme"     // the README's section on the licence
	ByWhole      Reason = "whole"      // an annotation of everything, or the only text of LICENSES/
)

// Explain tells the licence of the file at path; where start is not 0, of the lines from start to end: a snippet around them or a
// statement within them is nearer than what the file says.
func (t *Tree) Explain(name string, start, end int) Explanation {
	name = clean(name)
	x := Explanation{Path: name, Start: start, End: end}
	e, evidence := t.Effective(name)
	steps := t.fileSteps(name)
	if start > 0 {
		near, why, apart := t.lines(name, start, end, evidence)
		switch {
		case apart:
			e, evidence = combine(near)
		case !e.IsZero(): // what is unknown stays so together with what is known
			e, evidence = combine(slices.Concat(near, evidence))
		}
		steps = slices.Concat(stepsOf(why, near), steps)
	}
	x.conclude(e, evidence, append(steps, t.folderSteps(path.Dir(name))...))
	x.Conflicts = t.fileConflicts(name)
	for _, s := range x.Chain {
		if s.Holds && (s.Why == ByFolder || s.Why == ByManifest || s.Why == ByReadme) {
			x.Conflicts = append(x.Conflicts, t.folderConflicts(placeOf(s.Path))...)
			break
		}
	}
	return x
}

// ExplainFolder tells the licence of a folder; "." is the repository.
func (t *Tree) ExplainFolder(dir string) Explanation {
	dir = clean(dir)
	x := Explanation{Path: dir}
	e, evidence := t.above(dir)
	x.conclude(e, evidence, t.folderSteps(dir))
	x.Conflicts = t.folderConflicts(dir)
	return x
}

// conclude fills the answer and the chain.
func (x *Explanation) conclude(e Expression, evidence []Finding, steps []Step) {
	x.Expression = e
	x.Libre, x.Ground = LibreOf(e)
	for _, s := range steps {
		s.Holds = slices.Contains(evidence, s.Finding)
		if !slices.ContainsFunc(x.Chain, func(c Step) bool { return c.Finding == s.Finding }) {
			x.Chain = append(x.Chain, s)
		}
	}
	for _, f := range evidence { // a file that a manifest leads to
		if !slices.ContainsFunc(x.Chain, func(c Step) bool { return c.Finding == f }) {
			x.Chain = append(x.Chain, Step{f, ByManifest, true})
		}
	}
}

// lines is what is said nearer to some lines than their file, see [Nearer]. What the file says of itself, and so of some lines, does not
// count where the file's licence rests on something else, such as an annotation that overrides it.
func (t *Tree) lines(name string, start, end int, evidence []Finding) (near []Finding, why Reason, apart bool) {
	near, apart = Nearer(t.files[name], start, end)
	switch {
	case len(near) == 0:
		return nil, "", false
	case near[0].IsSnippet():
		return near, BySnippet, apart
	case slices.ContainsFunc(evidence, func(f Finding) bool { return f.Path == near[0].Path }):
		return near, ByBlock, apart
	}
	return nil, "", false
}

// stepsOf are findings that have their place for one reason.
func stepsOf(why Reason, found []Finding) []Step {
	steps := make([]Step, 0, len(found))
	for _, f := range found {
		steps = append(steps, Step{Finding: f, Why: why})
	}
	return steps
}

// fileSteps is what is said of a file by name, nearest first.
func (t *Tree) fileSteps(name string) []Step {
	notes := t.annotations(name)
	own := append(stepsOf(ByBeside, ofFile(t.files[name+".license"])), stepsOf(ByFile, ofFile(t.files[name]))...)
	if len(notes) > 0 && notes[0].Override {
		return append(stepsOf(ByOverride, notes), own...)
	}
	return append(own, stepsOf(ByAnnotation, notes)...)
}

// folderSteps is what is said of the folders from dir upwards, as far as it may hold for what lies in dir.
func (t *Tree) folderSteps(dir string) []Step {
	var steps []Step
	for {
		if f := t.folders[dir]; f != nil {
			steps = append(steps, stepsOf(ByFolder, f.licenses)...)
			steps = append(steps, stepsOf(ByManifest, f.manifests)...)
			steps = append(steps, stepsOf(ByReadme, f.readme)...)
		}
		switch {
		case dir == "." || dir == "/":
			_, evidence := t.whole()
			return append(steps, stepsOf(ByWhole, evidence)...)
		case vendored.MatchString(path.Base(dir)):
			return steps
		}
		dir = path.Dir(dir)
	}
}
