// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"communs/licenses"
)

// view is a report in words, for the formats that people read: text and HTML say the same.
type view struct {
	Lang    string
	Title   string
	About   []string // against what it was judged, when, with what
	Verdict Verdict
	Said    string // the verdict in one sentence
	Partial []string
	Unread  int           // how many readings are incomplete; the first are in Partial
	Errors  []problemView // those that are alike as one
	Rest    []problemView // warnings, notes, what is excused
	ToMend  int           // how many problems are in Errors
	ToKnow  int           // in Rest
	Rows    []rowView
	Counts  []string
	Skipped []string
}

// problemView is one problem, or several that differ only in where they are.
type problemView struct {
	Rule      string
	Status    Status
	Component string // its name; empty for one of the project's own files
	Sentence  string
	Grounds   []string
	Members   []string // of several components: each, where it is asked for and by what it comes
	Places    []string
	More      string // how many members or places are not listed
	Via       string
	Hint      string
	Excuse    string
}

// rowView is one component in the table.
type rowView struct {
	Name, Version, License, Use, Answer string
	Status                              Status
	StatusWord                          string
	Details                             []detailView
}

// detailView is one fact about a component.
type detailView struct {
	Name   string
	Values []string
}

// How many places and how many components of like problems are listed. The table has all components, the JSON form all that there is.
const (
	maxPlaces  = 5
	maxMembers = 20
	maxParts   = 200 // of what could not be read
)

func (r *Report) view(v Voice) *view {
	say := v.Printer
	out := &view{Lang: say.T("audit.report.lang"), Title: r.title(), Verdict: r.Verdict, Said: r.said(say), Unread: len(r.Partial)}
	if len(r.Partial) > 0 && r.Verdict == Compliant {
		out.Verdict = Unknown // of what was not read nothing is known
	}
	out.About = r.about(v)
	for i := range r.Partial[:min(len(r.Partial), maxParts)] {
		key, args := r.Partial[i].Message()
		out.Partial = append(out.Partial, say.T(key, args...))
	}
	if n := len(r.Partial) - maxParts; n > 0 {
		out.Partial = append(out.Partial, say.T("audit.report.more-places", n))
	}
	byID := r.byID()
	for _, group := range r.groups(say) {
		p := r.problemView(v, group, byID)
		if group[0].Severity == Error && group[0].Excuse == nil {
			out.Errors, out.ToMend = append(out.Errors, p), out.ToMend+len(group)
		} else {
			out.Rest, out.ToKnow = append(out.Rest, p), out.ToKnow+len(group)
		}
	}
	out.Rows = r.rows(v)
	out.Counts = r.counts(v)
	for _, s := range r.Skipped {
		out.Skipped = append(out.Skipped, fmt.Sprintf("%s (%s)", say.T("audit.skipped."+s.Reason, s.Count), v.examples(s)))
	}
	return out
}

// said is the verdict in one sentence. What could not be read is part of it: nobody should read "compliant" and stop there.
func (r *Report) said(say Printer) string {
	key := "audit.report.verdict." + string(r.Verdict)
	switch {
	case len(r.Partial) > 0 && r.Verdict == Compliant:
		return say.T(key + "-part")
	case len(r.Partial) > 0:
		return say.T(key+"-part", r.Counts.Errors)
	case r.Counts.Errors > 0:
		return say.T(key+"-count", r.Counts.Errors)
	}
	return say.T(key)
}

// examples lists some of what was left out, and how much there is beside them.
func (v Voice) examples(s Skip) string {
	said := strings.Join(s.Examples, ", ")
	if n := s.Count - len(s.Examples); n > 0 {
		said += " " + v.Printer.T("audit.report.more-places", n)
	}
	return said
}

// about says what was judged, against what.
func (r *Report) about(v Voice) []string {
	say := v.Printer
	lines := []string{say.T("audit.report.subject."+string(r.Subject.Kind), r.Subject.Name)}
	if r.Subject.Commit != "" {
		lines = append(lines, say.T("audit.report.commit", r.Subject.Commit))
	}
	if r.Into.IsZero() {
		lines = append(lines, say.T("audit.report.into.unknown"))
	} else {
		lines = append(lines, say.T("audit.report.into."+string(r.IntoHow), r.Into.String(), v.word("license.use", r.FileUse.String()), v.word("license.use", r.Use.String())))
	}
	lines = append(lines, r.branchLines(say)...)
	if r.Policy != nil {
		lines = append(lines, say.T("audit.report.policy", r.Policy.Name, r.Policy.Exceptions, r.Policy.Curations))
	}
	if !r.Time.IsZero() {
		lines = append(lines, say.T("audit.report.time", r.Time.UTC().Format(time.RFC3339)))
	}
	return append(lines, strings.TrimSpace(say.T("audit.report.tool", r.Tool.Name, r.Tool.Version)))
}

// branchLines says, where the licence leaves the choice, which branch was judged against and what the others come to.
func (r *Report) branchLines(say Printer) []string {
	if r.Branch.IsZero() {
		return nil
	}
	key, lines := "audit.report.branch.none", []string(nil)
	for _, b := range r.Branches {
		if b.Verdict == Compliant {
			lines = append(lines, say.T("audit.report.branch.yes", b.License.String()))
			key = "audit.report.branch.fits"
			continue
		}
		lines = append(lines, say.T("audit.report.branch.no", b.License.String(), b.Errors-b.Unknowns, b.Unknowns))
	}
	return append([]string{say.T(key, r.Branch.String())}, lines...)
}

// groups joins the problems that one sentence can tell, in the report's order, what decides first: those of files that differ only in where
// they are, and those of components for whose rule there is a sentence about many.
func (r *Report) groups(say Printer) [][]*Problem {
	var groups [][]*Problem
	at := map[string]int{}
	for i := range r.Problems {
		p := &r.Problems[i]
		args, component := p.Args, p.Component
		sentence, _ := p.Message()
		if many := say.Has(sentence + manySuffix); len(args) > 0 && (args[0] == p.Path || many && component != "") {
			if args = args[1:]; p.Rule == RuleUnknownLicense {
				args = nil // the file of the text
			}
			if component != "" {
				component = "*"
			}
		}
		var excuse Excuse
		if p.Excuse != nil {
			excuse = *p.Excuse
		}
		key := fmt.Sprintf("%s\x00%s\x00%s\x00%q\x00%v\x00%s", sentence, component, p.License, args, excuse, p.Severity)
		n, known := at[key]
		if !known {
			n = len(groups)
			at[key] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], p)
	}
	slices.SortStableFunc(groups, func(a, b []*Problem) int { return cmp.Compare(statusOrder(a[0].status()), statusOrder(b[0].status())) })
	return groups
}

// manySuffix ends the key of the sentence that says of many what another says of one: its first argument is how many of what, the
// others are the same.
const manySuffix = "-many"

func (r *Report) problemView(v Voice, group []*Problem, byID map[string]*Component) problemView {
	say, p := v.Printer, group[0]
	key, args := p.Message()
	out := problemView{Rule: v.word("audit.rule-name", p.Rule), Status: p.status()}
	if say.Has(key + ".hint") {
		out.Hint = say.T(key+".hint", args...)
	}
	if len(group) > 1 && say.Has(key+manySuffix) {
		what := "audit.report.many.files"
		if p.Component != "" {
			what = "audit.report.many.components"
		}
		args = append([]any{say.T(what, len(group))}, args[1:]...)
		key += manySuffix
	}
	out.Sentence = say.T(key, args...)
	for _, g := range p.Grounds {
		if g.Answer != licenses.Yes { // what is compatible is no part of the problem
			out.Grounds = append(out.Grounds, v.ground(g))
		}
	}
	if len(group) > 1 && p.Component != "" && key != strings.TrimSuffix(key, manySuffix) {
		out.members(say, group, byID)
	} else {
		out.places(say, group)
		if c := byID[p.Component]; c != nil {
			out.Component = nameOf(c)
			out.Via = wayOf(c, byID)
		}
	}
	if p.Excuse != nil {
		out.Excuse = say.T("audit.report.excuse", p.Excuse.Reason, p.Excuse.Expires)
	}
	return out
}

// places lists where like problems are.
func (out *problemView) places(say Printer, group []*Problem) {
	for _, q := range group {
		if q.Path != "" && len(out.Places) < maxPlaces {
			out.Places = append(out.Places, placeOf(q.Path, q.Line, q.End))
		}
	}
	if n := len(group) - len(out.Places); n > 0 && len(out.Places) > 0 {
		out.More = say.T("audit.report.more-places", n)
	}
}

// members lists the components that have a problem in common.
func (out *problemView) members(say Printer, group []*Problem, byID map[string]*Component) {
	for _, q := range group[:min(len(group), maxMembers)] {
		c := byID[q.Component]
		if c == nil {
			continue
		}
		line := nameOf(c)
		if q.Path != "" {
			line = say.T("audit.report.member", line, placeOf(q.Path, q.Line, q.End))
		}
		if way := wayOf(c, byID); way != "" {
			line = say.T("audit.report.member-via", line, way)
		}
		out.Members = append(out.Members, line)
	}
	if n := len(group) - len(out.Members); n > 0 {
		out.More = say.T("audit.report.more-members", n)
	}
}

// placeOf writes a path with its lines: a.go:3-9.
func placeOf(path string, line, end int) string {
	switch {
	case line == 0:
		return path
	case end <= line:
		return fmt.Sprintf("%s:%d", path, line)
	}
	return fmt.Sprintf("%s:%d-%d", path, line, end)
}

func nameOf(c *Component) string { return strings.TrimSpace(c.Name + " " + c.Version) }

// wayOf says by which components one comes into the project: a > b > c.
func wayOf(c *Component, byID map[string]*Component) string {
	if len(c.Via) == 0 {
		return ""
	}
	names := make([]string, 0, len(c.Via)+1)
	for _, id := range c.Via {
		if via := byID[id]; via != nil {
			id = nameOf(via)
		}
		names = append(names, id)
	}
	return strings.Join(append(names, nameOf(c)), " > ")
}

// ground says what a verdict rests on.
func (v Voice) ground(g licenses.Ground) string {
	key, args := g.Message()
	return v.Printer.T(key, args...)
}

// expression writes a licence; when none is known, that.
func (v Voice) expression(e licenses.Expression) string {
	if e.IsZero() {
		return v.Printer.T("audit.report.no-licence")
	}
	return e.String()
}

// rows is the table of components: what decides first, then by name.
func (r *Report) rows(v Voice) []rowView {
	components := make([]*Component, len(r.Components))
	for i := range r.Components {
		components[i] = &r.Components[i]
	}
	slices.SortStableFunc(components, func(a, b *Component) int { return cmp.Compare(statusOrder(a.Status), statusOrder(b.Status)) })
	byID := r.byID()
	rows := make([]rowView, 0, len(components))
	for _, c := range components {
		row := rowView{
			Name: c.Name, Version: c.Version, License: v.expression(c.Concluded), Use: v.word("license.use", c.Use.String()),
			Answer: v.word("audit.report.answer", string(c.Answer)), Status: c.Status, StatusWord: v.word("audit.report.status", string(c.Status)),
		}
		row.Details = r.details(v, c, byID)
		rows = append(rows, row)
	}
	return rows
}

// details are the facts behind a row.
func (r *Report) details(v Voice, c *Component, byID map[string]*Component) []detailView {
	say := v.Printer
	var all []detailView
	add := func(fact string, values ...string) {
		if values = slices.DeleteFunc(values, func(s string) bool { return s == "" }); len(values) > 0 {
			all = append(all, detailView{say.T("audit.report.fact." + fact), values})
		}
	}
	add("id", c.ID)
	add("origin", c.Origin)
	if !c.Declared.IsZero() && c.Declared != c.Concluded {
		add("declared", c.Declared.String())
	} else if c.Declared.IsZero() {
		add("declared", c.DeclaredText...)
	}
	if !c.Found.IsZero() && c.Found != c.Concluded {
		add("found", c.Found.String())
	}
	if c.Curation != nil {
		add("curation", say.T("audit.report.curated", c.Curation.License.String(), c.Curation.Reason))
	}
	var evidence []string
	for _, e := range c.Evidence {
		evidence = append(evidence, fmt.Sprintf("%s: %s (%s)", placeOf(e.Path, e.Start, e.End), e.License, v.word("license.how", e.How)))
	}
	add("evidence", evidence...)
	if c.Missing != "" {
		add("missing", say.T("audit.missing."+c.Missing, nameOf(c)))
	}
	if c.Source != "" {
		add("source", v.word("audit.source", c.Source))
	}
	var places []string
	for _, p := range c.Places {
		places = append(places, placeOf(p.Path, p.Line, p.End))
	}
	add("places", places...)
	add("via", wayOf(c, byID))
	add("copyrights", c.Copyrights...)
	add("obligations", v.obligations(c)...)
	var grounds []string
	for _, g := range c.Grounds {
		grounds = append(grounds, v.ground(g))
	}
	add("grounds", grounds...)
	return all
}

// obligations says what the licence of a component asks for, each thing once, with the licences that ask for it.
func (v Voice) obligations(c *Component) []string {
	var codes, lines []string
	asked := map[string][]string{}
	for _, o := range c.Obligations {
		if asked[o.Code] == nil {
			codes = append(codes, o.Code)
		}
		if !slices.Contains(asked[o.Code], o.License) {
			asked[o.Code] = append(asked[o.Code], o.License)
		}
	}
	for _, code := range codes {
		lines = append(lines, fmt.Sprintf("%s (%s)", v.word("license.obligation", code), strings.Join(asked[code], ", ")))
	}
	return lines
}

// counts says how much was looked at.
func (r *Report) counts(v Voice) []string {
	say, n := v.Printer, r.Counts
	lines := []string{say.T("audit.report.count.files", n.Files), say.T("audit.report.count.components", n.Components)}
	for _, c := range []struct {
		what string
		n    int
	}{
		{"direct", n.Direct}, {"development", n.Development}, {"unknown-files", n.UnknownFiles}, {"errors", n.Errors}, {"warnings", n.Warnings},
		{"notes", n.Notes}, {"excused", n.Excused},
	} {
		if c.n > 0 {
			lines = append(lines, say.T("audit.report.count."+c.what, c.n))
		}
	}
	return lines
}
