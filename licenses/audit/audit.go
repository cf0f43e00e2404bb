// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"communs/licenses"
)

// Options are how an audit is made.
type Options struct {
	Detector *licenses.Detector
	Tool     Tool
	Time     time.Time // what the report is dated; zero: it has no date
	Today    time.Time // tells which exceptions have expired
	Subject  Subject

	Into   licenses.Expression // zero: the policy's, else the project's own licence
	Use    *licenses.Use       // of everything; nil: the policy's for dependencies, else Link, and Copy for files
	Policy *Policy             // nil: none
	Dev    bool                // development dependencies may fail the audit too

	Caches Caches
	Dir    string // the folder that is audited, where what is installed lies; empty for an archive
	Jobs   int

	Progress func(step Step, done int, name string) // called often; may be nil
}

// Step is what an audit is doing.
type Step int

// The steps.
const (
	StepFiles Step = iota
	StepDependencies
)

// Run audits a source. The error is a failure of the whole; what concerns a part only is told in the report.
func Run(ctx context.Context, source Source, o Options) (*Report, error) {
	a := &audit{Options: o, parts: newParts(), byPath: map[string]*scanned{}}
	var err error
	if a.walked, err = walkSource(ctx, source, o.Detector, o.Jobs, a.progress(StepFiles)); err != nil {
		return nil, fmt.Errorf("read %s: %w", o.Subject.Name, err)
	}
	if _, archive := source.(ArchiveSource); archive {
		a.walked.strip()
	}
	a.start()
	if o.Dir != "" {
		if a.root, err = os.OpenRoot(o.Dir); err != nil {
			return nil, fmt.Errorf("open %s: %w", o.Subject.Name, err)
		}
		defer a.root.Close()
	}
	if err := a.components(ctx); err != nil {
		return nil, err
	}
	a.describeFiles()
	return a.finish(), nil
}

// describeFiles says what is known of each file. A vendored part that says nothing as a whole is under the licences of its files, when each of them
// has one.
func (a *audit) describeFiles() {
	said := map[string][]licenses.Expression{}
	silent := map[string]bool{}
	for _, s := range a.walked.files {
		f := a.file(s)
		a.files = append(a.files, f)
		if f.License.IsZero() && !licenses.Interesting(f.Path) {
			silent[f.Component] = true
		}
		said[f.Component] = append(said[f.Component], f.License)
	}
	for id, p := range a.parts.byID {
		if p.Kind == Vendored && p.Concluded.IsZero() && !silent[id] {
			p.Found = licenses.And(said[id]...)
			p.Concluded = p.Found
		}
	}
}

// audit is one run.
type audit struct {
	Options
	walked *walked
	tree   *licenses.Tree
	root   *os.Root
	parts  parts
	files  []File // of the report, before they are judged

	byPath   map[string]*scanned
	unlocked []string // manifests without a lock
	report   *Report
}

// progress tells how far a step is.
func (a *audit) progress(step Step) func(int, string) {
	if a.Options.Progress == nil {
		return nil
	}
	return func(done int, name string) { a.Options.Progress(step, done, name) }
}

// strip takes away the folder that holds all of an archive.
func (w *walked) strip() {
	if len(w.files) == 0 {
		return
	}
	top, _, ok := strings.Cut(w.files[0].Path, "/")
	for _, f := range w.files {
		if ok = ok && strings.HasPrefix(f.Path, top+"/"); !ok {
			return
		}
	}
	for _, f := range w.files {
		f.Path = strings.TrimPrefix(f.Path, top+"/")
		for i := range f.found {
			f.found[i].Path = f.Path
		}
	}
}

// start fills the report with what is known before anything is judged.
func (a *audit) start() {
	a.tree = licenses.NewTree()
	for _, f := range a.walked.files {
		a.tree.Add(f.Path, f.found)
	}
	r := &Report{Tool: a.Tool, Time: a.Time, Subject: a.Subject, FileUse: licenses.Copy, Use: licenses.Link, Dev: a.Dev}
	if a.Policy == nil {
		a.Policy = &Policy{}
	} else {
		r.Policy = a.Policy.echo()
	}
	if a.Policy.Use != nil {
		r.Use = *a.Policy.Use
	}
	if a.Options.Use != nil {
		r.Use, r.FileUse = *a.Options.Use, *a.Options.Use
	}
	a.report = r
	a.project()
	a.against()
}

// against chooses what is judged against.
func (a *audit) against() {
	r := a.report
	switch {
	case !a.Into.IsZero():
		r.Into, r.IntoHow = a.Into.Current(), IntoGiven
	case !a.Policy.Into.IsZero():
		r.Into, r.IntoHow = a.Policy.Into.Current(), IntoPolicy
	case !r.Project.Concluded.IsZero():
		r.Into, r.IntoHow = ofPrograms(r.Project.Concluded), IntoProject
	default:
		r.IntoHow = IntoUnknown
	}
}

// project says what the project itself is: the component of the manifest at its top, under the licence of the repository.
func (a *audit) project() {
	p := &a.report.Project
	p.ID, p.Kind, p.Name, p.Use = "project", Project, a.Subject.Name, a.report.FileUse
	var found []licenses.Finding
	p.Concluded, found = a.tree.Repository()
	for _, f := range found {
		p.Evidence = append(p.Evidence, evidenceOf(f))
		if f.How == "manifest" {
			p.Declared = licenses.Or(p.Declared, f.Expression)
		} else {
			p.Found = licenses.And(p.Found, f.Expression)
		}
	}
	for _, f := range a.walked.files {
		if m := f.manifest; m != nil && m.Name != "" && path.Dir(f.Path) == "." && p.PURL == "" {
			named := part{}
			named.named(m.Ecosystem, m.Name, m.Version)
			p.PURL, p.Ecosystem, p.Name, p.Version = named.PURL, m.Ecosystem, m.Name, m.Version
			p.Places = []Place{{Path: f.Path, How: path.Base(f.Path)}}
		}
	}
	p.Libre, p.LibreGround = licenses.LibreOf(p.Concluded)
	p.Answer, p.Status, p.Direct = licenses.Yes, OK, true
}

// ofPrograms leaves out of what holds together the licences of texts, pictures, data and fonts, which go beside a program and not into it,
// unless nothing remains.
func ofPrograms(e licenses.Expression) licenses.Expression {
	var kept []licenses.Expression
	for part := range strings.SplitSeq(e.String(), " AND ") {
		one, err := licenses.Parse(part)
		if err != nil { // parentheses: not a plain list
			return e
		}
		if !slices.ContainsFunc([]string{"CC-", "CC0-", "OFL-", "ODbL-", "ODC-", "GFDL-", "etalab-"}, func(p string) bool { return strings.HasPrefix(part, p) }) {
			kept = append(kept, one)
		}
	}
	if len(kept) == 0 {
		return e
	}
	return licenses.And(kept...)
}

// judgeAll judges everything against one branch of the licence and gives the report its order. It leaves the audit as it was.
func (a *audit) judgeAll(branch licenses.Expression) *Report {
	copied := *a.report
	r := &copied
	j := newJudge(r, a.Policy, a.Today, branch)
	if (r.Project.Concluded.IsZero() || r.IntoHow == IntoProject && unknownText(r.Project.Concluded)) && !(a.listOnly() && a.judged()) {
		j.settle([]Problem{newProblem(RuleNoProject, r.Project.Name)}, "")
		r.Project.Status, r.Project.Answer = Doubtful, licenses.CannotSay
	}
	for _, name := range a.unlocked {
		p := newProblem(RuleUnlocked, name)
		p.Path = name
		j.settle([]Problem{p}, "", name)
	}
	for _, f := range a.files {
		if a.listOnly() && f.Component == "" && r.Subject.Kind == LockFile { // it is no part of what it lists
			continue
		}
		j.file(&f)
		r.Files = append(r.Files, f)
		r.Counts.Files++
		r.Counts.Bytes += f.Size
		if f.License.IsZero() {
			r.Counts.UnknownFiles++
		}
	}
	for _, p := range a.parts.list() {
		p.Use = r.Use
		if p.Kind == Copied {
			p.Use = r.FileUse
		}
		j.component(p)
		r.Counts.Components++
		if p.Direct {
			r.Counts.Direct++
		}
		if p.Development {
			r.Counts.Development++
		}
		r.Components = append(r.Components, p.Component)
	}
	r.Partial = slices.Clone(a.walked.partial)
	slices.SortFunc(r.Partial, func(a, b Partial) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Reason, b.Reason))
	})
	for _, s := range sorted(a.walked.skipped) {
		r.Skipped = append(r.Skipped, *s)
	}
	j.conclude()
	r.tidy()
	return r
}

// listOnly reports whether the subject only lists what a project depends on.
func (a *audit) listOnly() bool { return a.Subject.Kind == LockFile || a.Subject.Kind == SBOM }

// judged reports whether there is something to judge components by.
func (a *audit) judged() bool { return !a.report.Into.IsZero() || len(a.Policy.Allow) > 0 }

// file is what the report says of a file, before it is judged.
func (a *audit) file(s *scanned) File {
	f := s.File
	license, found := a.tree.Effective(s.Path)
	if dir := path.Dir(s.Path); license.IsZero() && s.part == "" && slices.Contains(vendorFolders, path.Base(dir)) && !inFixture(s.Path) {
		license, found = a.tree.Effective(path.Join(path.Dir(dir), path.Base(s.Path))) // beside the parts: the project's own
	}
	if dir := s.part; dir != "" { // of vendored code the project's licence says nothing
		near := slices.ContainsFunc(found, func(f licenses.Finding) bool { return f.How == "reuse" || strings.HasPrefix(f.Path, dir+"/") })
		if !near {
			license, found = licenses.Expression{}, nil
		}
		f.Component = a.parts.idOf(dir)
	}
	f.License = license
	for _, e := range found {
		f.Evidence = append(f.Evidence, evidenceOf(e))
	}
	return f
}

// Base is what a folder or file is called in a report.
func Base(name string) string {
	abs, err := filepath.Abs(name)
	if err != nil {
		return filepath.Base(name)
	}
	return filepath.Base(abs)
}
