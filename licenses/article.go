// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// Some licences say themselves which others their code may pass to. Their words come before the matrix.

// A passage is such a statement: code under one of from may go into a project under one of into.
type passage struct {
	kind, detail string
	from, into   []string
	uses         []Use // empty: all
}

// passages cites each licence's own words.
func passages() []passage {
	gpl := []string{"GPL-1.0-only", "GPL-1.0-or-later", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later"}
	agpl := []string{"AGPL-3.0-only", "AGPL-3.0-or-later"}
	eupl := []string{"EUPL-1.0", "EUPL-1.1", "EUPL-1.2"}
	link := []Use{Link}
	return []passage{
		{"appendix", "EUPL-1.2, appendix and article 5", []string{"EUPL-1.2"}, []string{"GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later",
			"AGPL-3.0-only", "AGPL-3.0-or-later", "OSL-2.1", "OSL-3.0", "EPL-1.0", "CECILL-2.0", "CECILL-2.1", "MPL-2.0",
			"LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "EUPL-1.1", "LiLiQ-R-1.1", "LiLiQ-Rplus-1.1"}, nil},
		{"appendix", "EUPL-1.1, appendix and article 5", []string{"EUPL-1.1"}, []string{"GPL-2.0-only", "GPL-2.0-or-later", "OSL-2.1", "OSL-3.0", "CPL-1.0",
			"EPL-1.0", "CECILL-2.0"}, nil},
		{"article", "CeCILL 2.1, 5.3.4", []string{"CECILL-2.1"}, slices.Concat(gpl, agpl, eupl), nil},
		{"article", "CeCILL 2.0, 5.3.4", []string{"CECILL-2.0"}, gpl, nil},
		{"article", "GPL 3, 13", []string{"GPL-3.0-only", "GPL-3.0-or-later"}, agpl, nil},
		{"article", "AGPL 3, 13", agpl, []string{"GPL-3.0-only", "GPL-3.0-or-later"}, link},
	}
}

// libraryArticle is where a licence allows to link its code with works under other terms.
func libraryArticle(id string) string {
	switch id {
	case "LGPL-2.0-only", "LGPL-2.0-or-later":
		return "LGPL 2, 6"
	case "LGPL-2.1-only", "LGPL-2.1-or-later":
		return "LGPL 2.1, 6"
	case "LGPL-3.0-only", "LGPL-3.0-or-later":
		return "LGPL 3, 4"
	case "MPL-2.0":
		return "MPL 2.0, 3.3"
	case "MPL-1.1":
		return "MPL 1.1, 3.7"
	case "CDDL-1.0", "CDDL-1.1":
		return "CDDL, 3.6"
	}
	return ""
}

// article looks for a licence's own words; kind is empty when there are none. Linking with a library stands only towards
// libre licences: those allow what the article asks of the whole.
func article(from, into *node, use Use) (kind, detail string) {
	f, i := from.String(), into.String()
	for _, p := range passages() {
		if slices.Contains(p.from, f) && slices.Contains(p.into, i) && (len(p.uses) == 0 || slices.Contains(p.uses, use)) {
			return p.kind, p.detail
		}
	}
	if use == Link {
		if d := libraryArticle(f); d != "" {
			if l, _ := into.libre(); l == LibreYes && !strong(into) {
				return "article", d
			}
		}
	}
	return "", ""
}
