// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"

	"communs/indexer"
	"communs/search"
)

// printComponents writes what type:component found: name and version, of which kind, licence; where it stands; what it is; how its
// blocks are found.
func (p *program) printComponents(components []search.ComponentInfo, explain bool) {
	for i := range components {
		c := &components[i]
		p.line("%s  %s", p.paint(styleRepo, p.componentName(c)), p.componentLicence(c))
		if c.Description != "" {
			p.line("  %s", visible(oneLine(c.Description)))
		}
		place := field(c.Repo) + "  " + field(c.Path)
		flags := c.Flags
		if c.Private {
			flags = append(flags[:len(flags):len(flags)], "private")
		}
		if len(flags) > 0 {
			place += "  " + p.flagWords(flags)
		}
		p.line("  %s", p.paint(styleDim, place))
		if explain {
			for _, t := range p.explainTerms(&search.Hit{Score: c.Score, Why: c.Why}) {
				p.line("    %s", p.paint(styleDim, t))
			}
		}
		p.line("  %s", p.say.T("cmd.search.blocks", c.Blocks, fmt.Sprintf("%s search %s", p.typed, shellQuote(c.Query))))
	}
}

// componentName is the name of a component with its version and what it is published as.
func (p *program) componentName(c *search.ComponentInfo) string {
	name := field(c.Name)
	if c.Version != "" {
		name += " " + field(c.Version)
	}
	return name + " (" + c.Ecosystem + ")"
}

func (p *program) componentLicence(c *search.ComponentInfo) string {
	return p.licenceWords(&search.Hit{License: c.License, Libre: c.Libre})
}

// damagedManifests gives the line where the manifests of a repository that could not be read are damaged, by row.
func damagedManifests(repo *indexer.Occurrences) (map[uint32]int, error) {
	list, err := repo.Components()
	lines := map[uint32]int{}
	for _, d := range list.Damaged {
		lines[d.Row] = d.Line
	}
	return lines, err
}
