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
		if near, why := t.lines(name, start, end); len(near) > 0 {
			e, evidence = combine(near)
			if why == BySnippet {
				near = declared(near, snippetHow) // what is said of the file has its place already
			}
			steps = slices.Concat(stepsOf(why, near), steps)
		}
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

// lines is what is said nearer to some lines than their file: the smallest snippet that holds them, those that they hold a part of, or the
// statements within them when the file has others.
func (t *Tree) lines(name string, start, end int) ([]Finding, Reason) {
	found := t.files[name]
	var around, touched []Finding
	for _, f := range found {
		switch {
		case f.How != snippetHow || f.End < start || f.Start > end:
		case f.Start <= start && end <= f.End:
			if len(around) == 0 || f.End-f.Start < around[0].End-around[0].Start {
				around = nil
			}
			if len(around) == 0 || f.Start == around[0].Start {
				around = append(around, f)
			}
		default:
			touched = append(touched, f)
		}
	}
	if len(around) > 0 {
		return around, BySnippet
	}
	own := ofFile(found)
	inside := slices.DeleteFunc(slices.Clone(own), func(f Finding) bool { return f.Start < start || f.End > end })
	switch {
	case len(touched) > 0:
		_, evidence := t.Effective(name)
		return slices.Concat(touched, evidence), BySnippet
	case len(inside) > 0 && len(inside) < len(own):
		return inside, ByBlock
	}
	return nil, ""
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
