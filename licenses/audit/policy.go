// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"communs/licenses"
)

// PolicyName is what a policy is called that stands at the top of the folder for which it holds.
const PolicyName = "licences.toml"

// Policy is what an organisation has decided about licences, written in TOML:
//
//	into = "EUPL-1.2"                # what is judged against, when the command line does not say
//	use = "link"                     # how dependencies are used: copy, link, service
//
//	allow = ["permissive", "MPL-2.0", "LGPL-*"]
//	deny = ["AGPL-*", "LicenseRef-*"]
//	review = ["copyleft"]
//
//	[[exception]]                    # a problem that was looked at and is accepted
//	path = "testdata/**"             # or purl = "pkg:golang/example.org/*"
//	license = "GPL-3.0-or-later"     # optional: only of this licence
//	rules = ["incompatible"]         # optional: only of these rules
//	reason = "…"
//	expires = 2027-01-31             # the last day on which it holds
//
//	[[curation]]                     # a declaration that is wrong or missing, corrected
//	purl = "pkg:npm/x@1.0.0"         # or path = "…"
//	license = "MIT"
//	reason = "…"
//	version = "1.0.0"                # optional: of the component; or
//	sha256 = "…"                     # optional: of the file
//
// A list holds ids, expressions with WITH, patterns of them (* stands for any characters) and categories: libre, permissive, copyleft. Deny
// goes before review, review before allow; and what any list names by itself before what one names by category. A licence that allow names by its id or a pattern was decided by somebody: that settles
// what is otherwise not known of its compatibility, never what is known to be incompatible; a category settles nothing. With a list of what is allowed,
// what is on none of the three is not allowed. Of a choice (OR) the best branch counts, of licences that hold together (AND) the worst.
//
// In a path * stands for any characters but /, ** for any.
type Policy struct {
	Name, SHA256 string
	Into         licenses.Expression
	Use          *licenses.Use
	Allow        []string
	Deny         []string
	Review       []string
	Exceptions   []Exception
	Curations    []Curation

	idle []idleItem // of the lists, what can never decide anything
}

// idleItem is an item of a list that is without effect whatever is audited: a pattern of no licence that there is, or one that a stricter
// list names too. That nothing of this software falls under an item is no fault.
type idleItem struct {
	name string
	line int
}

// scope is what an exception or curation is about.
type scope struct {
	Path, PURL string
	pattern    *regexp.Regexp
	Line       int
}

// Exception accepts problems.
type Exception struct {
	scope
	License licenses.Expression
	Rules   []string
	Reason  string
	Expires time.Time // the day, at 0:00 UTC
}

// Curation corrects what is declared or found.
type Curation struct {
	scope
	License licenses.Expression
	Reason  string
	Version string
	SHA256  string
}

// The categories of licences that a list may name.
const (
	categoryLibre      = "libre"
	categoryPermissive = "permissive"
	categoryCopyleft   = "copyleft"
)

// standing is what a policy's lists say of a licence.
type standing int

const (
	standDenied standing = iota
	standNotAllowed
	standReview
	standSilent
	standCategory // allowed by category
	standAllowed  // allowed by name
)

// standingOf looks an expression up in the lists.
func (p *Policy) standingOf(e licenses.Expression) standing {
	return standing(e.Weigh(func(id string) int { return int(p.standingOfOne(id)) }))
}

func (p *Policy) standingOfOne(id string) standing {
	allowed, allowedSort := listed(p.Allow, id)
	denied, deniedSort := listed(p.Deny, id)
	review, reviewSort := listed(p.Review, id)
	switch {
	case denied:
		return standDenied
	case review:
		return standReview
	case allowed:
		return standAllowed
	case deniedSort:
		return standDenied
	case reviewSort:
		return standReview
	case allowedSort:
		return standCategory
	case len(p.Allow) > 0:
		return standNotAllowed
	}
	return standSilent
}

// listed reports whether a list names a licence, by its id or a pattern, or by a category.
func listed(list []string, id string) (byName, byCategory bool) {
	base, _, with := strings.Cut(id, " WITH ")
	for _, item := range list {
		switch item {
		case categoryLibre, categoryPermissive, categoryCopyleft:
			byCategory = byCategory || inCategory(item, base)
			continue
		}
		byName = byName || matchID(item, id) || with && matchID(item, base)
	}
	return byName, byCategory
}

// matchID compares an id with a pattern, whatever the case.
func matchID(pattern, id string) bool {
	ok, err := path.Match(strings.ToLower(strings.ReplaceAll(pattern, " ", "/")), strings.ToLower(strings.ReplaceAll(id, " ", "/")))
	return ok && err == nil
}

// inCategory reports whether a licence is known to be of a category.
func inCategory(category, id string) bool {
	e, err := licenses.Parse(id)
	if err != nil {
		return false
	}
	libre, _ := licenses.LibreOf(e)
	asked := licenses.Obligations(e, licenses.Copy)
	same := slices.ContainsFunc(asked, func(o licenses.Obligation) bool { return o.Code == licenses.SameLicense })
	switch category {
	case categoryLibre:
		return libre == licenses.LibreYes
	case categoryCopyleft:
		return same
	}
	return libre == licenses.LibreYes && !same && licenses.Known(e) && (len(asked) > 0 || asksNothing(id))
}

// asksNothing are licences under which nothing is asked, which an empty list of obligations does not tell from nothing being known.
func asksNothing(id string) bool {
	return slices.Contains([]string{"0BSD", "Unlicense", "CC0-1.0", "MIT-0", "WTFPL", "blessing"}, id)
}

// covers reports whether a scope is about a component or path.
func (s *scope) covers(purl string, paths ...string) bool {
	if s.PURL != "" {
		return purl != "" && (s.pattern.MatchString(purl) || s.pattern.MatchString(withoutVersion(purl)))
	}
	return slices.ContainsFunc(paths, s.pattern.MatchString)
}

func withoutVersion(purl string) string {
	if at := strings.LastIndexByte(purl, '@'); at > 0 {
		return purl[:at]
	}
	return purl
}

// compile makes the expression of a pattern; of a PURL, * stands for any characters.
func compile(pattern string, purl bool) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "**/") && !purl:
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case pattern[i] == '*' && purl:
			b.WriteString(".*")
		case pattern[i] == '*':
			b.WriteString("[^/]*")
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String())
}

// echo is what a report says of a policy.
func (p *Policy) echo() *PolicyEcho {
	return &PolicyEcho{Name: p.Name, SHA256: p.SHA256, Allow: list(p.Allow), Deny: list(p.Deny), Review: list(p.Review), Exceptions: len(p.Exceptions), Curations: len(p.Curations)}
}

func list(s []string) []string { return append([]string{}, s...) }
