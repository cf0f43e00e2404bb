// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"html/template"
	"strings"

	"communs/internal/words"
	"communs/licenses"
	"communs/search"
)

// badge is a licence at a glance: a word that says whether it is free, and its SPDX expression.
type badge struct {
	Libre   string // yes, no, unknown: also the badge's class
	License string // empty when unknown
}

func newBadge(license string, libre licenses.Libre) badge {
	if libre != licenses.LibreYes && libre != licenses.LibreNo || license == "" {
		libre = licenses.LibreUnknown
	}
	return badge{string(libre), license}
}

// licenseView is what a page says of a licence.
type licenseView struct {
	Badge       badge
	Names       []string // full names of the licences, where they say more than the id
	Ground      string   // why it counts as free, in words
	Evidence    []evidenceView
	Obligations []obligationView
}

// evidenceView is one statement that the licence rests on.
type evidenceView struct {
	Path    template.HTML
	Lines   string
	Href    string
	How     string
	License string
}

// maxEvidence bounds how many statements a page lists.
const maxEvidence = 8

func viewLicense(r *request, repo, license string, libre licenses.Libre, ground string, evidence []search.Evidence) licenseView {
	v := licenseView{Badge: newBadge(license, libre)}
	if v.Badge.Libre == string(licenses.LibreYes) && ground != "" {
		v.Ground = word(r.said, "license.libre-ground", ground)
	}
	e, err := licenses.Parse(license)
	if err == nil {
		for _, id := range e.IDs() {
			if name := licenses.Title(id, r.said); name != "" && name != license {
				v.Names = append(v.Names, name)
			}
		}
		v.Obligations = obligations(r.said, e)
	}
	for i, ev := range evidence {
		if i == maxEvidence {
			break
		}
		one := evidenceView{
			Path: visible(ev.Path), How: word(r.said, "license.how", ev.How), License: ev.License,
			Href: r.link.file(repo, ev.Path, ev.Start),
		}
		if ev.Start > 0 {
			one.Lines = lineRange(r.said, ev.Start, max(ev.Start, ev.End))
		}
		v.Evidence = append(v.Evidence, one)
	}
	return v
}

// obligationView is one thing that a licence asks for: its name, and a sentence that explains it.
type obligationView struct{ Name, Why string }

// obligations says in words what a licence asks of who copies the code, each thing once.
func obligations(p *words.Printer, e licenses.Expression) (all []obligationView) {
	seen := map[string]bool{}
	for _, o := range licenses.Obligations(e, licenses.Copy) {
		if !seen[o.Code] {
			seen[o.Code] = true
			all = append(all, viewObligation(p, o.Code))
		}
	}
	return all
}

func viewObligation(p *words.Printer, code string) obligationView {
	v := obligationView{Name: word(p, "license.obligation", code)}
	if key := "license.obligation-why." + code; p.Has(key) {
		v.Why = p.T(key)
	}
	return v
}

// verdict says whether a licence's code goes into a project under another, and what that rests on.
func verdict(p *words.Printer, from, into string) (class, said string, grounds []string) {
	f, errFrom := licenses.Parse(from)
	i, errInto := licenses.Parse(into)
	if from == "" || errFrom != nil || errInto != nil {
		return "unknown", p.T("web.verdict.cannot-say", into), nil
	}
	v := licenses.Judge(f, i, licenses.Copy)
	for _, g := range v.Grounds {
		g.From, g.Into = plain(g.From), plain(g.Into)
		key, args := g.Message()
		grounds = append(grounds, p.T(key, args...))
	}
	switch v.Answer {
	case licenses.Yes:
		return "yes", p.T("web.verdict.yes", into), grounds
	case licenses.No:
		return "no", p.T("web.verdict.no", into), grounds
	}
	return "unknown", p.T("web.verdict.cannot-say", into), grounds
}

// intoChoices are the licences of « my licence is… », permissive to protective. Any other can be asked for in the URL.
var intoChoices = []string{"MIT", "BSD-3-Clause", "Apache-2.0", "CECILL-B", "MPL-2.0", "LGPL-3.0-or-later", "CECILL-C", "EUPL-1.2",
	"CECILL-2.1", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-or-later", "AGPL-3.0-or-later"}

func intoOptions(r *request) []option {
	into := intoOf(r)
	all := make([]option, 0, len(intoChoices)+1)
	found := into == ""
	for _, id := range intoChoices {
		all = append(all, option{id, id, id == into})
		found = found || id == into
	}
	if !found {
		all = append(all, option{into, into, true})
	}
	return all
}

// intoOf is the licence that « my licence is… » was set to; nothing when it does not look like one.
func intoOf(r *request) string {
	into := strings.TrimSpace(r.query.Get("into"))
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+ ()"
	if len(into) > 200 || strings.Trim(into, allowed) != "" {
		return ""
	}
	return into
}

// libreOf says whether an expression makes code free software; one that cannot be read does not.
func libreOf(license string) licenses.Libre {
	e, err := licenses.Parse(license)
	if err != nil {
		return licenses.LibreUnknown
	}
	libre, _ := licenses.LibreOf(e)
	return libre
}
