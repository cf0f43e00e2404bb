// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"strings"

	"communs/registry"
)

// CodeQuery is the question that finds a software's code in the code search: "repo:https://…", with OR between several; empty when none
// of its repositories is in the index. indexed tells whether a repository is, by its address. The way back is [registry.Catalogue.SoftwareAt].
func CodeQuery(c *registry.Catalogue, s *registry.Software, indexed func(url string) bool) string {
	var found []string
	for _, url := range s.Repositories {
		names := []string{url}
		if r, ok := c.FindRepository(url); ok {
			names = append(append(names, r.ID), r.Aliases...)
		}
		for _, name := range names {
			if indexed(name) {
				found = append(found, "repo:"+quoted(name))
				break
			}
		}
	}
	if len(found) > 1 {
		return "(" + strings.Join(found, " OR ") + ")"
	}
	return strings.Join(found, "")
}

// quoted writes an address so that the query language takes it as one value.
func quoted(url string) string {
	if !strings.ContainsAny(url, " \t\"()\\") {
		return url
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(url) + `"`
}
