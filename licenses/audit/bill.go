// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"context"
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
		p := &part{Component: c}
		p.Concluded = ofBill(&p.Component)
		if p.Concluded.IsZero() {
			p.Missing = MissingAny
		}
		if !c.Declared.IsZero() && !c.Found.IsZero() {
			_, conflict := conclude(c.Declared, []licenses.Finding{{Expression: c.Found}})
			p.pack = &pack{conflict: conflict}
		}
		a.parts.byID[c.ID] = p
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
