// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"communs/licenses"
)

// licenseValue checks the value of license: and puts it in canonical form. It is "unknown", an SPDX expression, an id, a
// pattern of ids, or the name of a family of ids. What can be the licence of nothing is refused, since it would silently
// find nothing; ok is false then, with the ids that are written alike.
func licenseValue(value string) (canonical string, near []string, ok bool) {
	switch plain(value) {
	case "unknown", "inconnue", "inconnu", "noassertion":
		return "unknown", nil, true
	}
	if strings.ContainsAny(value, "*?") {
		return value, nil, anyLicense(newGlob(value, ignoreCases))
	}
	if e, err := licenses.Parse(value); err == nil {
		if strings.HasSuffix(value, "+") { // GPL-2.0+ is GPL-2.0-or-later by its former name
			value = e.Current().String()
		}
		return value, nil, true
	}
	if info, known := licenses.Info(value); known { // an exception
		return info.ID, nil, true
	}
	family := strings.ToLower(value) + "-"
	for _, id := range licenses.IDs() {
		if strings.HasPrefix(strings.ToLower(id), family) {
			return value, nil, true
		}
	}
	if strings.HasPrefix("licenseref-", family) {
		return value, nil, true
	}
	return value, nearLicenses(value), false
}

// anyLicense reports whether a pattern matches a listed id, or may match one that an author made up.
func anyLicense(g *glob) bool {
	fixed := string(g.pattern[:slices.IndexFunc(g.pattern, func(c byte) bool { return c == '*' || c == '?' })])
	for _, made := range []string{"licenseref-", "documentref-", "additionref-"} {
		if strings.HasPrefix(made, fixed) || strings.HasPrefix(fixed, made) {
			return true
		}
	}
	return slices.ContainsFunc(licenses.IDs(), func(id string) bool {
		ok, _ := g.match([]byte(id), nil)
		return ok
	})
}

// spoken is what people put into the name of a licence and SPDX does not: “v” ahead of its number, the word itself.
var spoken = regexp.MustCompile(`(?i)\bv(?:ersion)?[ .]*([0-9])|([a-z])v([0-9])|[ -]*\blicen[cs]e\b`)

// nearLicenses gives the ids that are written like a value, best first.
func nearLicenses(value string) []string {
	written := strings.Join(strings.Fields(spoken.ReplaceAllString(value, "$2$1$3")), "-")
	if info, known := licenses.Info(written); known && !info.Exception {
		return []string{info.ID}
	}
	for _, text := range []string{value, written} {
		_, err := licenses.Parse(text)
		var wrong *licenses.SyntaxError
		if errors.As(err, &wrong) {
			if near := wrong.Near(); len(near) > 0 {
				return near
			}
		}
	}
	return nil
}
