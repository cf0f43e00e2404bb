// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"slices"
	"time"
)

// fate is what became of an exception or a curation.
type fate struct{ used, stale bool }

func (j *judge) exception(i int) *fate { return &j.fates[i] }
func (j *judge) curation(i int) *fate  { return &j.fates[len(j.policy.Exceptions)+i] }

// curate applies the first curation that covers a component.
func (j *judge) curate(c *Component) {
	for i := range j.policy.Curations {
		k := &j.policy.Curations[i]
		if !k.covers(c.PURL, c.paths()...) {
			continue
		}
		if k.Version != "" && k.Version != c.Version {
			j.stale(i, c.label(), k.Version, c.Version)
			continue
		}
		if k.SHA256 != "" && !slices.Contains(c.Checksums, Checksum{"SHA256", k.SHA256}) {
			j.stale(i, c.label(), k.SHA256, "?")
			continue
		}
		j.curation(i).used = true
		c.Curation = &Curated{k.License, k.Reason, k.Line}
		c.Concluded, c.Missing = k.License.Current(), ""
		return
	}
}

// curateFile applies the first curation that covers a file.
func (j *judge) curateFile(f *File) {
	for i := range j.policy.Curations {
		k := &j.policy.Curations[i]
		if k.PURL != "" || !k.covers("", f.Path) {
			continue
		}
		if k.SHA256 != "" && k.SHA256 != f.SHA256 {
			j.stale(i, f.Path, k.SHA256, f.SHA256)
			continue
		}
		j.curation(i).used = true
		f.Curation = &Curated{k.License, k.Reason, k.Line}
		f.License = k.License.Current()
		return
	}
}

// stale reports, once, a curation that was made for something else.
func (j *judge) stale(i int, name, want, got string) {
	state := j.curation(i)
	if state.stale {
		return
	}
	state.stale = true
	j.atPolicy(RuleStale, j.policy.Curations[i].Line, name, want, firstOf(got, "?"))
}

// excuse finds the first exception for a problem that holds today.
func (j *judge) excuse(p *Problem, purl string, paths []string) *Excuse {
	if p.Severity != Error {
		return nil
	}
	for i := range j.policy.Exceptions {
		e := &j.policy.Exceptions[i]
		if !e.covers(purl, paths...) || len(e.Rules) > 0 && !slices.Contains(e.Rules, p.Rule) || !e.License.IsZero() && e.License.Current() != p.License {
			continue
		}
		j.exception(i).used = true
		if !e.expired(j.today) {
			return &Excuse{e.Reason, e.Expires.Format(time.DateOnly), e.Line}
		}
	}
	return nil
}

// expired reports whether the last day of an exception is over.
func (e *Exception) expired(today time.Time) bool {
	return !today.Before(e.Expires.AddDate(0, 0, 1))
}

// policyProblems tells of exceptions that have expired, and of what nothing falls under.
func (j *judge) policyProblems() {
	for i := range j.policy.Exceptions {
		e := &j.policy.Exceptions[i]
		switch {
		case e.expired(j.today):
			j.atPolicy(RuleExpired, e.Line, e.name(), e.Expires.Format(time.DateOnly), e.Reason)
		case !j.exception(i).used:
			j.atPolicy(RuleUnused, e.Line, e.name())
		}
	}
	for _, item := range j.policy.idle {
		j.atPolicy(RuleUnused, item.line, item.name)
	}
	for i := range j.policy.Curations {
		if state := j.curation(i); !state.used && !state.stale {
			j.atPolicy(RuleUnused, j.policy.Curations[i].Line, j.policy.Curations[i].name())
		}
	}
}

func (s *scope) name() string { return firstOf(s.PURL, s.Path) }

// atPolicy adds a problem whose place is a line of the policy.
func (j *judge) atPolicy(rule string, line int, args ...string) {
	p := newProblem(rule, args...)
	p.Path, p.Line = j.policy.Name, line
	j.report.Problems = append(j.report.Problems, p)
}
