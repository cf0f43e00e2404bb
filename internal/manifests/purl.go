// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"fmt"
	"strings"
)

// PURL writes a package URL (ECMA-427): pkg:npm/%40scope/name@1.0.0.
func PURL(ecosystem, name, version string) string {
	switch ecosystem {
	case "npm", "composer", "golang", "hex", "pub":
		name = strings.ToLower(name)
	case "pypi":
		name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	case "maven":
		name = strings.Replace(name, ":", "/", 1)
	case "deb":
		name = "debian/" + strings.ToLower(name)
	}
	segments := strings.Split(name, "/")
	for i, s := range segments {
		segments[i] = percentEncode(s)
	}
	purl := "pkg:" + ecosystem + "/" + strings.Join(segments, "/")
	if version != "" {
		purl += "@" + percentEncode(version)
	}
	return purl
}

// percentEncode writes what is neither a letter, a digit nor one of .-_~: as %XX.
func percentEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_~:", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
