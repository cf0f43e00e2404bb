// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is the number of a release, read from the name of a tag.
type Version struct {
	Numbers []int
	Pre     bool // before the release of that number: alpha, beta, rc…
}

// versionTag is a tag's name that ends with a version: v1.2.3, 1.2, release-1.2.3, app@2.0.0, REL_1_2, v7, jitsi-2.0-rc1. Two numbers at
// least, or a "v" before: stable-2024 names a branch of work as often as a release.
var versionTag = regexp.MustCompile(`(?i)^(?:@?\pL[\pL\d+]*[-_/@])*?(v|version[-_]?|rel(?:ease)?[-_]?|r)?(\d{1,8}(?:[._-]\d{1,8}){0,3})([-._+~]?[\pL][\pL\d.+_-]*)?$`)

var preRelease = regexp.MustCompile(`(?i)^[-._+~]?(?:a|b|c|alpha|beta|rc|cr|pre|preview|dev|snapshot|nightly|canary|next|m|milestone|test|wip)(?:[-._+]?\d|[-._+]|$)`)

// ParseVersion reads the name of a tag; nil when it names no version.
func ParseVersion(tag string) *Version {
	if len(tag) > 100 {
		return nil
	}
	m := versionTag.FindStringSubmatch(tag)
	if m == nil {
		return nil
	}
	numbers := strings.FieldsFunc(m[2], func(r rune) bool { return strings.ContainsRune("._-", r) })
	if len(numbers) < 2 && m[1] == "" {
		return nil
	}
	v := &Version{Pre: preRelease.MatchString(m[3])}
	for _, s := range numbers {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil
		}
		v.Numbers = append(v.Numbers, n)
	}
	return v
}

// Compare orders versions: by their numbers, and what comes before a release before it.
func (v *Version) Compare(w *Version) int {
	if c := slices.Compare(v.Numbers, w.Numbers); c != 0 {
		return c
	}
	switch {
	case v.Pre == w.Pre:
		return 0
	case v.Pre:
		return -1
	}
	return 1
}
