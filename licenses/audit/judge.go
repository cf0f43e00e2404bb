// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"communs/licenses"
)

// judge tells problems from what is in order.
type judge struct {
	report *Report
	policy *Policy // never nil
	today  time.Time
	into   licenses.Expression // the report's, or one branch of it
	own    []string            // the licences of the project's parts
	memo   map[question]licenses.Verdict
	fates  []fate // of the policy's exceptions and curations
}

// newJudge makes the judge of one branch. Of the project's own licences those that only other branches name do not count.
func newJudge(r *Report, policy *Policy, today time.Time, branch licenses.Expression) *judge {
	chosen, all := branch.IDs(), r.Into.IDs()
	own := slices.DeleteFunc(r.Project.Concluded.IDs(), func(id string) bool { return slices.Contains(all, id) && !slices.Contains(chosen, id) })
	return &judge{
		report: r, policy: policy, today: today, into: branch, own: own, memo: map[question]licenses.Verdict{},
		fates: make([]fate, len(policy.Exceptions)+len(policy.Curations)),
	}
}

// question is what the verdict of one licence depends on.
type question struct {
	license licenses.Expression
	use     licenses.Use
	foreign bool
}

// verdict judges a licence against the project's. What is under a licence that holds for a part of the project is in order there, even
// where the project as a whole holds parts under others. A name that is none of a known licence says nothing of what is foreign: it may
// be under another text than the project's own.
func (j *judge) verdict(e licenses.Expression, use licenses.Use, foreign bool) licenses.Verdict {
	q := question{e, use, foreign}
	v, known := j.memo[q]
	if known {
		return v
	}
	v = licenses.Judge(e, j.into, use)
	if v.Answer != licenses.Yes && j.report.IntoHow == IntoProject && j.isOwn(e) && (!foreign || licenses.Known(e)) {
		v = licenses.Verdict{Answer: licenses.Yes, Obligations: licenses.Obligations(e, use)}
		v.Grounds = []licenses.Ground{{Kind: "same", From: e.String(), Into: j.into.String()}}
	}
	j.memo[q] = v
	return v
}

// isOwn reports whether one branch of a licence names only licences of the project's parts.
func (j *judge) isOwn(e licenses.Expression) bool {
	return slices.ContainsFunc(e.Branches(), func(b licenses.Expression) bool { return within(b.IDs(), j.own) })
}

// subject is what a licence is judged of.
type subject struct {
	name      string
	component string // ID; empty for a file of the project's own
	path      string
	line, end int
	license   licenses.Expression
	evidence  []Evidence
	missing   string
	use       licenses.Use
}

// problems lists what is wrong with a licence.
func (j *judge) problems(s *subject, v *licenses.Verdict) []Problem {
	if s.license.IsZero() {
		if s.missing != "" {
			return []Problem{j.problem(RuleMissing, s, s.name, s.missing)}
		}
		return []Problem{j.problem(RuleNoLicense, s, s.name)}
	}
	stand := j.policy.standingOf(s.license)
	license, into := s.license.String(), j.into.String()
	var all []Problem
	switch stand {
	case standDenied:
		all = append(all, j.problem(RuleDenied, s, s.name, license, j.policy.Name))
	case standReview:
		all = append(all, j.problem(RuleReview, s, s.name, license, j.policy.Name))
	case standNotAllowed:
		all = append(all, j.problem(RuleNotAllowed, s, s.name, license, j.policy.Name))
	}
	switch {
	case j.report.Into.IsZero():
		if len(all) == 0 && stand < standCategory && unknownText(s.license) {
			all = append(all, j.problem(RuleUnknownLicense, s, s.name, firstPath(s.evidence)))
		}
	case v.Answer == licenses.No:
		p := j.problem(RuleIncompatible, s, s.name, license, into, s.use.String())
		p.Grounds = v.Grounds
		all = append(all, p)
	case v.Answer != licenses.Yes && stand != standAllowed && unknownText(s.license):
		all = append(all, j.problem(RuleUnknownLicense, s, s.name, firstPath(s.evidence)))
	case v.Answer != licenses.Yes && stand != standAllowed && len(all) == 0:
		p := j.problem(RuleCannotSay, s, s.name, license, into, s.use.String())
		p.Grounds = v.Grounds
		all = append(all, p)
	}
	return all
}

// unknownText reports whether an expression holds a text that nobody knows.
func unknownText(e licenses.Expression) bool {
	return slices.ContainsFunc(e.IDs(), func(id string) bool { return strings.HasPrefix(id, "LicenseRef-unknown") })
}

func firstPath(evidence []Evidence) string {
	for _, e := range evidence {
		if unknownText(e.License) {
			return e.Path
		}
	}
	return "?"
}

// problem makes one of a rule.
func (j *judge) problem(rule string, s *subject, args ...string) Problem {
	p := newProblem(rule, args...)
	p.Component, p.Path, p.Line, p.End, p.License = s.component, s.path, s.line, s.end, s.license
	return p
}

func newProblem(rule string, args ...string) Problem {
	p := Problem{Rule: rule, Args: args, Grounds: []licenses.Ground{}}
	if p.Args == nil {
		p.Args = []string{}
	}
	for _, r := range Rules() {
		if r.ID == rule {
			p.Severity, p.Unknown = r.Severity, r.Unknown
		}
	}
	return p
}

// component judges one component and adds its problems to the report.
func (j *judge) component(p *part) {
	c := &p.Component
	j.curate(c)
	c.Libre, c.LibreGround = licenses.LibreOf(c.Concluded)
	v := j.verdict(c.Concluded, c.Use, true)
	c.Answer, c.Grounds = v.Answer, v.Grounds
	c.Obligations = licenses.Obligations(c.Concluded, c.Use)
	if v.Answer == licenses.Yes && len(v.Obligations) > 0 {
		c.Obligations = v.Obligations
	}
	s := subject{name: c.label(), component: c.ID, license: c.Concluded, evidence: c.Evidence, missing: c.Missing, use: c.Use}
	if len(c.Places) > 0 {
		s.path, s.line, s.end = c.Places[0].Path, c.Places[0].Line, c.Places[0].End
	}
	problems := j.problems(&s, &v)
	if p.pack != nil && p.pack.conflict && c.Curation == nil {
		problems = append(problems, j.problem(RuleConflict, &s, s.name, c.Declared.String(), c.Found.String()))
	}
	if c.Development && !j.report.Dev {
		for i := range problems { // an exception for it holds, whether it is asked for now or not
			j.excuse(&problems[i], c.PURL, c.paths())
		}
		c.Status = NotAsked
		return
	}
	c.Status = j.settle(problems, c.PURL, c.paths()...)
}

// label is how a component is called in a sentence.
func (c *Component) label() string {
	if c.Version == "" || c.Kind == Copied {
		return c.Name
	}
	return c.Name + " " + c.Version
}

// paths are where a component lies in the project; a lock file is no such place.
func (c *Component) paths() []string {
	var all []string
	for _, p := range c.Places {
		if c.Kind != Dependency || p.How == "vendor" {
			all = append(all, p.Path)
		}
	}
	return all
}

// file judges one file.
func (j *judge) file(f *File) {
	j.curateFile(f)
	f.Libre, _ = licenses.LibreOf(f.License)
	use := j.report.FileUse
	if f.Component != "" {
		use = j.report.Use
	}
	v := j.verdict(f.License, use, f.Component != "")
	f.Answer = v.Answer
	if isLicenseText(f) {
		f.Status = NotAsked
		return
	}
	if f.License.IsZero() && (j.report.Project.Concluded.IsZero() || f.Component != "") {
		f.Status = Doubtful // told once, for the project or the component
		return
	}
	s := subject{name: f.Path, component: f.Component, path: f.Path, license: f.License, evidence: f.Evidence, use: use}
	for _, e := range f.Evidence {
		if e.Path == f.Path && e.Start > 0 {
			s.line, s.end = e.Start, e.End
			break
		}
	}
	f.Status = j.settle(j.problems(&s, &v), "", f.Path)
}

// isLicenseText reports whether a file is the text of a licence: it says what holds for others, and is handed on with them.
func isLicenseText(f *File) bool {
	dir, base := path.Split(f.Path)
	if !passOn.MatchString(base) && path.Base(dir) != "LICENSES" {
		return false
	}
	return len(f.Evidence) > 0 && !slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Path != f.Path || e.How != "text" })
}

// settle looks for exceptions, records the problems and sums them up.
func (j *judge) settle(problems []Problem, purl string, paths ...string) Status {
	status := OK
	for _, p := range problems {
		p.Excuse = j.excuse(&p, purl, paths)
		j.report.Problems = append(j.report.Problems, p)
		status = worseOf(status, p.status())
	}
	return status
}

// status is what one problem comes to.
func (p *Problem) status() Status {
	switch {
	case p.Excuse != nil:
		return Excused
	case p.Severity != Error:
		return Warned
	case p.Unknown:
		return Doubtful
	}
	return Failed
}

func worseOf(a, b Status) Status {
	order := []Status{OK, NotAsked, Excused, Warned, Doubtful, Failed}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

// conclude gives the report its verdict, its counts and its order.
func (j *judge) conclude() {
	r := j.report
	j.policyProblems()
	severity := []Severity{Error, Warning, Note}
	slices.SortFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(severity, a.Severity), slices.Index(severity, b.Severity)), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), slices.Compare(a.Args, b.Args))
	})
	r.Verdict = Compliant
	for i := range r.Problems {
		p := &r.Problems[i]
		switch status := p.status(); {
		case status == Excused:
			r.Counts.Excused++
		case p.Severity == Warning:
			r.Counts.Warnings++
		case p.Severity == Note:
			r.Counts.Notes++
		default:
			r.Counts.Errors++
			if status == Failed {
				r.Verdict = NotCompliant
			} else if r.Verdict == Compliant {
				r.Verdict = Unknown
			}
		}
	}
}
