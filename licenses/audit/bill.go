// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"context"
	"errors"
	"path"
	"regexp"
	"slices"

	"communs/licenses"
)

// RunBill audits what an SBOM lists. Of each component what the SBOM concludes holds, else what it declares. Nothing is looked up elsewhere.
func RunBill(ctx context.Context, bill *Bill, o Options) (*Report, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	a := &audit{Options: o, parts: newParts(), walked: &walked{partial: bill.Partial, skipped: skips{}}}
	a.start()
	project := bill.Project
	if project.Name != "" {
		project.ID, project.Kind, project.Use = a.report.Project.ID, Project, a.report.FileUse
		project.Concluded = ofBill(&project)
		project.Libre, project.LibreGround = licenses.LibreOf(project.Concluded)
		project.Answer, project.Status = licenses.Yes, OK
		a.report.Project = project
		a.against()
	}
	for _, c := range bill.Components {
		a.parts.byID[c.ID] = partOfBill(c)
	}
	a.files = slices.Clone(bill.Files)
	return a.finish(), nil
}

// ofBill is the licence that holds by an SBOM.
func ofBill(c *Component) licenses.Expression {
	if !c.Found.IsZero() {
		return c.Found.Current()
	}
	return c.Declared.Current()
}

// partOfBill is what an SBOM says of one component: there is nothing else to read of it.
func partOfBill(c Component) *part {
	p := &part{Component: c, settled: true}
	p.Concluded = ofBill(&p.Component)
	if p.Concluded.IsZero() {
		p.Missing = MissingAny
	}
	if !c.Declared.IsZero() && !c.Found.IsZero() {
		_, conflict := conclude(c.Declared, []licenses.Finding{{Expression: c.Found}})
		p.pack = &pack{conflict: conflict}
	}
	return p
}

// addOfBill takes in a component that an SBOM within the project lists. One that a lock file names too is read where that says; what the SBOM
// says of its licence counts beside that.
func (ps *parts) addOfBill(c Component, file string) {
	old := ps.byID[c.ID]
	switch {
	case old == nil:
		ps.byID[c.ID] = partOfBill(c)
	case c.PURL == "": // an ID of the file's own, which another file has for something else
		c.ID = file + "#" + c.ID
		ps.byID[c.ID] = partOfBill(c)
	default:
		if said := ofBill(&c); !said.IsZero() && !old.settled {
			old.said = append(old.said, said)
			old.Evidence = append(old.Evidence, c.Evidence...)
		}
		ps.add(&part{Component: Component{ID: c.ID, Places: c.Places, Via: old.Via, Direct: old.Direct, Development: old.Development, Optional: old.Optional}})
	}
}

// billNames tells by its name a file that is perhaps an SBOM; its beginning tells then.
var billNames = regexp.MustCompile(`(?i)(?:^|[._-])s?bom(?:[._-].*)?\.(?:json|xml)$|\.(?:spdx|cdx)\.(?:json|xml|rdf|ya?ml)$|\.spdx$`)

func billName(name string) bool { return billNames.MatchString(path.Base(name)) }

// bills takes in the components that the SBOMs within the project list.
func (a *audit) bills(v *vendored) {
	if a.listOnly() {
		return
	}
	for _, f := range a.walked.files {
		if !f.bill || v.folder(f.Path) != "" {
			continue
		}
		if inFixture(f.Path) {
			a.walked.skipped.add(SkippedFixture, f.Path)
			continue
		}
		bill, err := ReadSBOM(f.Path, bytes.NewReader(f.text), a.Detector)
		if err != nil {
			var wrong *SBOMError
			kind := "?"
			if errors.As(err, &wrong) {
				kind = wrong.Reason
			}
			a.walked.partial = append(a.walked.partial, partial(f.Path, PartialKind, kind).Partial)
			continue
		}
		a.walked.partial = append(a.walked.partial, bill.Partial...)
		for _, c := range bill.Components {
			if c.PURL == "" || c.PURL != a.report.Project.PURL {
				a.parts.addOfBill(c, f.Path)
			}
		}
	}
}
