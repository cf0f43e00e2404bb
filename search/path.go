// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"net/url"
	"unicode/utf8"
)

// RawPath is the percent-encoded form that JSON gives, as path_raw, of a path that is not UTF-8; empty for any other. Git takes
// any bytes for a path and JSON does not: in "path" each byte that is no character becomes U+FFFD, while path_raw gives them
// all back once its %XX are decoded, as in the path of a URL.
func RawPath(path string) string {
	if utf8.ValidString(path) {
		return ""
	}
	return (&url.URL{Path: path}).EscapedPath()
}
