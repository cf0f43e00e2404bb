// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"communs/licenses"
)

// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/) holds one run: every rule, then one result for each problem. A
// problem that the policy excuses is suppressed with the reason. What could not be read is a notification of the invocation, which
// then did not succeed. Paths are relative to %SRCROOT%.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID            string    `json:"id"`
	Short         sarifText `json:"shortDescription"`
	Configuration struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI  string `json:"uri"`
			Base string `json:"uriBaseId"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	Start int `json:"startLine"`
	End   int `json:"endLine,omitempty"`
}

func (r *Report) writeSARIF(w io.Writer, v Voice) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: r.Tool.Name, Version: r.Tool.Version}
	for _, rule := range Rules() {
		s := sarifRule{ID: rule.ID, Short: sarifText{v.word("audit.rule-name", rule.ID)}}
		s.Configuration.Level = string(rule.Severity)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, s)
	}
	run.Invocations = []sarifInvocation{{Successful: len(r.Partial) == 0}}
	for i := range r.Partial {
		p := &r.Partial[i]
		key, args := p.Message()
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{
			Level: "error", Message: sarifText{v.Printer.T(key, args...)}, Locations: []sarifLocation{sarifPlace(p.Path, p.Line, 0)},
		})
	}
	byID := r.byID()
	for i := range r.Problems {
		p := &r.Problems[i]
		path, line, end := r.placeOfProblem(p, byID)
		result := sarifResult{
			RuleID: p.Rule, RuleIndex: slices.IndexFunc(Rules(), func(rule Rule) bool { return rule.ID == p.Rule }), Level: string(p.Severity),
			Message: sarifText{v.problem(p)}, Locations: []sarifLocation{sarifPlace(path, line, end)},
			Fingerprints: map[string]string{"communsLicence/v1": p.fingerprint()},
		}
		if p.Excuse != nil {
			result.Suppressions = []sarifSuppression{{"external", p.Excuse.Reason}}
		}
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// problem says why something is a problem, on what ground, and what to do.
func (v Voice) problem(p *Problem) string {
	key, args := p.Message()
	lines := []string{v.Printer.T(key, args...)}
	for _, g := range p.Grounds {
		if g.Answer != licenses.Yes {
			lines = append(lines, v.ground(g))
		}
	}
	if v.Printer.Has(key + ".hint") {
		lines = append(lines, v.Printer.T(key+".hint", args...))
	}
	return strings.Join(lines, "\n")
}

// placeOfProblem is a file to show a problem at: forges refuse one that has no place. Without any it is the place of the component, or
// what was audited.
func (r *Report) placeOfProblem(p *Problem, byID map[string]*Component) (path string, line, end int) {
	if p.Path != "" {
		return p.Path, p.Line, p.End
	}
	for _, c := range []*Component{byID[p.Component], &r.Project} {
		if c != nil && len(c.Places) > 0 {
			return c.Places[0].Path, c.Places[0].Line, c.Places[0].End
		}
	}
	if len(r.Files) > 0 {
		return r.Files[0].Path, 0, 0
	}
	return cmp.Or(r.Subject.Name, "."), 0, 0
}

func sarifPlace(path string, line, end int) sarifLocation {
	var l sarifLocation
	l.Physical.Artifact.URI, l.Physical.Artifact.Base = (&url.URL{Path: path}).EscapedPath(), "%SRCROOT%"
	if line > 0 {
		l.Physical.Region = &sarifRegion{line, max(line, end)}
	}
	return l
}

// fingerprint names a problem independently of its lines, so that it stays the same one when text above it moves.
func (p *Problem) fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%q", p.Rule, p.Component, p.Path, p.License, p.Args))
	return hex.EncodeToString(sum[:16])
}

// codeQuality is one entry of the list that GitLab shows in a merge request (https://docs.gitlab.com/ci/testing/code_quality/).
type codeQuality struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// writeCodeQuality leaves out what the policy excuses: that format has no word for it.
func (r *Report) writeCodeQuality(w io.Writer, v Voice) error {
	list, byID := []codeQuality{}, r.byID()
	for i := range r.Problems {
		p := &r.Problems[i]
		if p.Excuse != nil {
			continue
		}
		q := codeQuality{Description: v.problem(p), CheckName: "licence/" + p.Rule, Fingerprint: p.fingerprint()}
		q.Severity = map[Severity]string{Error: "major", Warning: "minor", Note: "info"}[p.Severity]
		if p.Severity == Error && !p.Unknown {
			q.Severity = "critical"
		}
		path, line, _ := r.placeOfProblem(p, byID)
		q.Location.Path, q.Location.Lines.Begin = path, max(line, 1)
		list = append(list, q)
	}
	return writeJSON(w, list)
}
